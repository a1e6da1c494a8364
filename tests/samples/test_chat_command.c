/* test_chat_command: samples/chat/command. */
#include <criterion/criterion.h>
#include <string.h>

#include "samples/chat/command.h"

static struct command of(const char *line)
{
    return command_of((meeple_bytes){(const uint8_t *)line, strlen(line)});
}

static void says(const char *line, const char *expected)
{
    struct command command = of(line);

    cr_assert_eq(command.type, COMMAND_SAY, "%s", line);
    cr_assert_eq(command.saying.len, strlen(expected), "%s", line);
    cr_assert_arr_eq(command.saying.ptr, expected, strlen(expected), "%s", line);
}

Test(chat_command, a_line_is_said_as_it_is)
{
    says("hello", "hello");
    says("  a /b  ", "  a /b  ");
    says("//help", "/help");
    says("///", "//");
    says("", "");
    cr_assert_eq(of(" /help").type, COMMAND_SAY);
}

Test(chat_command, a_nul_does_not_end_what_is_said)
{
    struct command command = command_of((meeple_bytes){(const uint8_t *)"a\0b", 3});

    cr_assert_eq(command.saying.len, 3);
}

Test(chat_command, targets)
{
    cr_assert_eq(of("/to all").target, TARGET_ALL);
    cr_assert_eq(of("/to   last  ").target, TARGET_LAST);
    cr_assert_eq(of("/to others").target, TARGET_OTHERS);
    cr_assert_eq(of("/to 1").target, TARGET_NUMBER);
    cr_assert_eq(of("/to 1").peer, 1);
    cr_assert_eq(of("/to 2147483647").peer, 2147483647);
    cr_assert_eq(of("/to -2147483647").peer, -2147483647);
}

Test(chat_command, an_ending_has_a_code_and_the_rest_of_the_line_as_its_reason)
{
    struct command command = of("/kick 17 4001  so long, and  thanks");

    cr_assert_eq(command.type, COMMAND_KICK);
    cr_assert_eq(command.peer, 17);
    cr_assert_eq(command.code, 4001);
    cr_assert_str_eq(command.reason, "so long, and  thanks");
    command = of("/close");
    cr_assert_eq(command.type, COMMAND_CLOSE);
    cr_assert_eq(command.code, 0);
    cr_assert_str_eq(command.reason, "");
    command = of("/quit 3000 bye");
    cr_assert_eq(command.type, COMMAND_CLOSE);
    cr_assert_str_eq(command.reason, "bye");
}

Test(chat_command, the_others)
{
    cr_assert_eq(of("/text").type, COMMAND_TEXT);
    cr_assert_eq(of("/binary").type, COMMAND_BINARY);
    cr_assert_eq(of("/peers").type, COMMAND_PEERS);
    cr_assert_eq(of("/help").type, COMMAND_HELP);
}

Test(chat_command, what_makes_no_sense_has_a_sentence)
{
    static const char *const lines[] = {"/",
                                        "/TEXT",
                                        "/texts",
                                        "/to",
                                        "/to 0",
                                        "/to -",
                                        "/to -0",
                                        "/to --1",
                                        "/to +1",
                                        "/to 2147483648",
                                        "/to 99999999999999999999999999",
                                        "/kick",
                                        "/kick x",
                                        "/kick -1",
                                        "/kick 1 bye",
                                        "/kick 1 65536",
                                        "/close bye",
                                        "/close 4000x"};

    for (size_t i = 0; i < MEEPLE_COUNT(lines); i++) {
        struct command command = of(lines[i]);

        cr_assert_eq(command.type, COMMAND_WRONG, "%s", lines[i]);
        cr_assert_gt(strlen(command.wrong), 10, "%s", lines[i]);
    }
}
