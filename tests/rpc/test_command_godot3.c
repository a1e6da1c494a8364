/* test_command_godot3: the packets of Godot 3's MultiplayerAPI, to bytes and back. */
#include "rpc/command_godot3.h"

#include <criterion/criterion.h>

#include <string.h>

#include "tests/rpc/bytes.h"

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

static bool is(meeple_bytes bytes, const char *chars)
{
    return bytes.len == strlen(chars) && memcmp(bytes.ptr, chars, bytes.len) == 0;
}

static struct meeple__godot3_command must_read(const char *hex)
{
    static uint8_t bytes[256]; /* the command borrows */
    struct meeple__godot3_command command = {0};
    const char *why = "";

    cr_assert_eq(meeple__godot3_read(&command, (meeple_bytes){bytes, from_hex(bytes, hex)}, &why),
                 0, "%s: %s", hex, why);
    return command;
}

static void must_refuse(const char *hex, const char *because)
{
    uint8_t bytes[256];
    struct meeple__godot3_command command;
    const char *why = "";

    cr_expect_eq(meeple__godot3_read(&command, (meeple_bytes){bytes, from_hex(bytes, hex)}, &why),
                 MEEPLE_EPROTO);
    cr_expect_str_eq(why, because);
}

Test(command_godot3, takes_a_path_without_its_end)
{
    struct meeple__godot3_command command;

    command = must_read("00 0e000080 665f7800 01 00000000 542f4e");
    cr_expect(command.by_path && is(command.path, "T/N") && is(command.name, "f_x"));
    cr_expect_eq(command.rest.len, 4);
    command = must_read("02 08000000 542f4e");
    cr_expect(command.id == 8 && is(command.path, "T/N"));
    command = must_read("03 542f4e");
    cr_expect(is(command.path, "T/N"));
}

Test(command_godot3, takes_paths_that_are_empty)
{
    cr_expect_eq(must_read("02 08000000 00").path.len, 0);
    cr_expect_eq(must_read("02 08000000").path.len, 0);
    cr_expect_eq(must_read("03 00").path.len, 0);
    cr_expect_eq(must_read("00 09000080 6600 00 ff 00").path.len, 0);
}

Test(command_godot3, drops_a_mark_of_byte_order)
{
    cr_expect(is(must_read("02 08000000 efbbbf 54 00").path, "T"));
    cr_expect(is(must_read("03 efbbbf 54").path, "T"));
}

Test(command_godot3, knows_the_ids_that_a_call_can_have)
{
    cr_expect_eq(must_read("00 00000000 6600 00").id, 0);
    cr_expect_eq(must_read("00 ffffff7f 6600 00").id, 0x7fffffff);
    cr_expect_eq(must_read("02 ffffff7f 5400").id, 0x7fffffff);
    must_refuse("02 00000080 5400", "no call could name its id");
}

Test(command_godot3, ignores_commands_that_godot_ignores)
{
    static const uint8_t types[] = {5, 0x40, 0x80, 0xff};
    struct meeple__godot3_command command;
    const char *why = NULL;

    for (size_t i = 0; i < MEEPLE_COUNT(types); i++) {
        cr_expect_eq(meeple__godot3_read(&command, (meeple_bytes){types + i, 1}, &why), 1);
    }
    cr_expect_null(why);
}

Test(command_godot3, says_what_is_wrong_with_a_packet)
{
    must_refuse("", "it is empty");
    must_refuse("00 000000", "it is too short");
    must_refuse("00 00000080", "its name has no end");
    must_refuse("00 07000000 665f72656d6f7465", "its name has no end");
    must_refuse("00 07000000 665f72656d6f746500", "it does not say how many arguments it has");
    must_refuse("00 07000000 00 00", "its name is none");
    must_refuse("00 07000000 660a00 00", "its name is none");
    must_refuse("00 07000000 66ff00 00", "its name is none");
    must_refuse("00 88130080 665f72656d6f74650000", "its path would be behind its end");
    must_refuse("00 09000080 6600 00 00", "its path would be behind its end");
    must_refuse("00 05000080 542f4e0000", "its path is not behind its name");
    must_refuse("00 09000080 6600 00 00 ff 00", "its path is not UTF-8");
    must_refuse("02 010000", "it is too short");
    must_refuse("02 01000000 c0af 00", "its path is not UTF-8");
    must_refuse("03", "it is too short");
    must_refuse("03 ed a0 80 00", "its path is not UTF-8");
    must_refuse("04", "it has no bytes");
}

Test(command_godot3, leaves_the_command_alone_when_it_refuses)
{
    struct meeple__godot3_command command = {.id = 77};
    const char *why;

    cr_expect_eq(meeple__godot3_read(&command, text("\x03"), &why), MEEPLE_EPROTO);
    cr_expect_eq(command.id, 77);
}

Test(command_godot3, writes_one_call_for_those_who_know_the_id_and_those_who_do_not)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 100};
    size_t offset;

    meeple__godot3_write_head(&sink, MEEPLE__GODOT3_CALL, text("f"), 1);
    meeple__sink_u32(&sink, 0);
    offset = buf.len;
    meeple__godot3_write_path(&sink, text("a/b"));
    meeple__godot3_aim_at_path(&buf, offset);
    expect_bytes(buf, "00 0c 00 00 80 66 00 01 00 00 00 00 61 2f 62 00");
    meeple__godot3_aim_at_id(&buf, 2);
    buf.len = offset;
    expect_bytes(buf, "00 02 00 00 00 66 00 01 00 00 00 00");
    cr_expect_eq(sink.rc, 0);
    meeple__buf_done(&buf, NULL);
}
