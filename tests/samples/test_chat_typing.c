/* test_chat_typing: samples/chat/typing. */
#include <criterion/criterion.h>
#include <string.h>

#include "samples/chat/typing.h"
#include "tests/support/prng.h"

/* The result of the last byte. */
static enum typing_result type(struct typing *typing, const char *keys)
{
    enum typing_result result = TYPING_MORE;

    for (; *keys; keys++) {
        result = typing_byte(typing, (uint8_t)*keys);
    }
    return result;
}

static void typed(const char *keys, const char *expected)
{
    struct typing typing;

    typing_reset(&typing);
    cr_assert_eq(type(&typing, keys), TYPING_MORE);
    cr_assert_str_eq(typing.edit.text, expected);
}

Test(chat_typing, enter_ends_a_line_and_ctrl_d_all_of_them)
{
    struct typing typing;

    typing_reset(&typing);
    cr_assert_eq(type(&typing, "hello\r"), TYPING_LINE);
    cr_assert_str_eq(typing.edit.text, "hello");
    typing_reset(&typing);
    cr_assert_eq(type(&typing, "\n"), TYPING_LINE);
    cr_assert_str_eq(typing.edit.text, "");
    cr_assert_eq(type(&typing, "\x04"), TYPING_END);
    cr_assert_eq(type(&typing, "x\x04"), TYPING_MORE);
}

Test(chat_typing, keys_that_erase)
{
    typed("abc\x7f", "ab");
    typed("abc\x08\x08\x08\x08", "");
    typed("one two\x17", "one ");
    typed("one two\x15", "");
    typed("one two\x1b[D\x1b[D\x15", "wo");
    typed("one\x01\x04", "ne");
    typed("one\x01\x1b[3~", "ne");
    typed("one\x01\x15", "one");
}

Test(chat_typing, keys_that_move)
{
    typed("bc\x01"
          "a\x05"
          "d",
          "abcd");
    typed("bc\x1b[Ha\x1b[Fd", "abcd");
    typed("bc\x1bOHa\x1bOFd", "abcd");
    typed("bc\x1b[1~a\x1b[4~d", "abcd");
    typed("ac\x02"
          "b\x06"
          "d",
          "abcd");
    typed("ac\x1b[Db\x1b[Cd", "abcd");
}

Test(chat_typing, keys_that_it_does_not_know_change_nothing)
{
    typed("a\x1b[Ab\x1b[Bc", "abc");
    typed("a\x1b[15~b\x1b[31~c", "abc");
    typed("a\x1bxb", "ab");
    typed("a\tb\x0c"
          "c",
          "abc");
    typed("a\x1b[1;5\x01"
          "b",
          "ab");
}

Test(chat_typing, characters_of_any_size_and_bytes_that_are_none)
{
    typed("\xc5\xbe\xe6\x97\xa5\xf0\x9f\x8e\xb2", "\xc5\xbe\xe6\x97\xa5\xf0\x9f\x8e\xb2");
    typed("\xe6\x97\xa5\x7f\xc5\xbe", "\xc5\xbe");
    typed("a\x80\xff\xc5z", "az");
    typed("\xed\xa0\x80x", "x");
    typed("\xc2\x9bx", "x"); /* a control character of two bytes */
    typed("\xe6\x97\x01x", "x");
}

Test(chat_typing, more_than_has_room_is_left_out)
{
    struct typing typing;

    typing_reset(&typing);
    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(typing_byte(&typing, 'x'), TYPING_MORE);
    }
    cr_assert_eq(typing.edit.len, TEXT_EDIT_MAX);
}

Test(chat_typing, any_bytes_leave_a_text_under_a_caret)
{
    struct typing typing;
    struct prng prng = {.state = 42};

    typing_reset(&typing);
    for (int i = 0; i < 200000; i++) {
        uint8_t byte = (uint8_t)prng_next(&prng);

        typing_byte(&typing, byte % 3 == 0 ? 0x1B : byte);
        cr_assert_leq(typing.edit.caret, typing.edit.len);
        cr_assert_eq(typing.edit.text[typing.edit.len], '\0');
        cr_assert_eq(strlen(typing.edit.text), typing.edit.len);
    }
}
