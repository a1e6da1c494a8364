/* test_packets: every packet that Godot 3 was recorded to say, whole, cut and changed. */
#include "rpc/command_godot3.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "core/wire.h"
#include "rpc/command.h"
#include "tests/godot3/again.h"
#include "tests/support/columns.h"

enum {
    HEADER = 9, /* of the seat, before the packet */
    MESSAGE_MAX = 65536,
    LONG = 1200 /* longer ones are not copied for each cut */
};

static bool is(meeple_bytes bytes, const char *chars)
{
    return bytes.len == strlen(chars) && memcmp(bytes.ptr, chars, bytes.len) == 0;
}

static bool inside(meeple_bytes part, meeple_bytes packet)
{
    return part.len == 0 ||
           (part.ptr >= packet.ptr && part.ptr + part.len <= packet.ptr + packet.len);
}

/* Whatever bytes they are: nothing outside of them, and what is said to be checked is. */
static int read_any(struct meeple__godot3_command *command, meeple_bytes packet)
{
    const char *why = NULL;
    int rc = meeple__godot3_read(command, packet, &why);

    cr_assert(rc == 0 || rc == 1 || rc == MEEPLE_EPROTO);
    cr_assert_eq(why != NULL, rc == MEEPLE_EPROTO);
    if (rc == 0) {
        cr_assert(inside(command->path, packet) && inside(command->name, packet) &&
                  inside(command->rest, packet));
        cr_assert(!memchr(command->path.ptr ? command->path.ptr : (const uint8_t *)"x", 0,
                          command->path.len));
        cr_assert_eq(command->id & MEEPLE__GODOT3_BY_PATH, 0);
        cr_assert(command->type > MEEPLE__GODOT3_SET || meeple__name_valid(command->name));
    }
    return rc;
}

/* A recorded message that has a packet: its bytes and what it is known to be. */
struct recorded {
    struct columns columns;
    uint8_t bytes[MESSAGE_MAX];
    meeple_bytes packet;
};

static bool recorded_next(struct recorded *recorded)
{
    while (columns_next(&recorded->columns)) {
        size_t len = columns_bytes(recorded->columns.column[1], recorded->bytes, MESSAGE_MAX);

        if (strcmp(recorded->columns.column[2], "payload") == 0) {
            recorded->packet = (meeple_bytes){recorded->bytes + HEADER, len - HEADER};
            return true;
        }
    }
    return false;
}

static void expect_target(const struct meeple__godot3_command *command, const char *target)
{
    if (target[0] == '#') {
        cr_expect(!command->by_path && command->id == strtoul(target + 1, NULL, 10));
    } else {
        cr_expect(command->by_path && is(command->path, target));
    }
}

static void expect_fields(const struct meeple__godot3_command *command,
                          const struct recorded *recorded)
{
    static const char *const types[] = {"call", "set", "simplify", "confirm", "raw"};
    char *const *column = recorded->columns.column + 5;

    cr_assert_str_eq(column[0], types[command->type]);
    switch (command->type) {
    case MEEPLE__GODOT3_CALL:
    case MEEPLE__GODOT3_SET:
        expect_target(command, column[1]);
        cr_expect(is(command->name, column[2]));
        cr_expect_eq(command->count, strtoul(column[3], NULL, 10));
        cr_expect_eq(command->rest.ptr - recorded->packet.ptr, strtol(column[4], NULL, 10));
        cr_expect_eq(command->rest.len, strtoul(column[5], NULL, 10));
        break;
    case MEEPLE__GODOT3_SIMPLIFY:
        cr_expect_eq(command->id, strtoul(column[1] + 1, NULL, 10));
        cr_expect(is(command->path, column[2]));
        break;
    case MEEPLE__GODOT3_CONFIRM:
        cr_expect(is(command->path, column[1]));
        break;
    case MEEPLE__GODOT3_RAW:
        cr_expect_eq(command->rest.len, strtoul(column[1], NULL, 10));
        break;
    }
}

Test(packets, reads_and_writes_every_recorded_packet)
{
    static struct recorded recorded;
    unsigned count = 0;

    columns_open(&recorded.columns, "packets.txt");
    for (; recorded_next(&recorded); count++) {
        struct meeple__godot3_command command;
        struct meeple__buf buf = {0};

        cr_assert_eq(read_any(&command, recorded.packet), 0, "%s", recorded.columns.column[0]);
        expect_fields(&command, &recorded);
        cr_assert_eq(command_again(&buf, MESSAGE_MAX, &command), 0);
        cr_assert_eq(buf.len, recorded.packet.len, "%s", recorded.columns.column[0]);
        cr_assert_arr_eq(buf.ptr, recorded.packet.ptr, buf.len, "%s", recorded.columns.column[0]);
        meeple__buf_done(&buf, NULL);
    }
    cr_expect_eq(count, 661);
}

/* Only a head that is whole can be read; of what has no end of its own every piece is something. */
static bool can_be_cut(const struct meeple__godot3_command *whole, meeple_bytes cut)
{
    switch (whole->type) {
    case MEEPLE__GODOT3_CALL:
    case MEEPLE__GODOT3_SET:
        return cut.len >
               (size_t)((whole->by_path ? whole->path.ptr - 1 : whole->rest.ptr - 1) - cut.ptr);
    case MEEPLE__GODOT3_SIMPLIFY:
        return cut.len >= 5;
    default:
        return cut.len >= 2;
    }
}

Test(packets, reads_no_more_of_a_packet_than_there_is)
{
    static struct recorded recorded;
    static struct meeple__godot3_command whole, command;
    static const char *why;

    columns_open(&recorded.columns, "packets.txt");
    while (recorded_next(&recorded)) {
        uint8_t *exact = malloc(recorded.packet.len);

        cr_assert_eq(meeple__godot3_read(&whole, recorded.packet, &why), 0);
        for (size_t len = 0; len < recorded.packet.len; len++) {
            meeple_bytes cut = {recorded.packet.ptr, len};
            int expected;

            /* A path that is no more than its offset says is none. */
            expected = can_be_cut(&whole, cut) ? 0 : MEEPLE_EPROTO;
            if (whole.type <= MEEPLE__GODOT3_SET && whole.by_path &&
                cut.ptr + cut.len <= whole.path.ptr) {
                expected = MEEPLE_EPROTO;
            }
            if (recorded.packet.len < LONG) {
                cut.ptr = memcpy(exact + recorded.packet.len - len, recorded.packet.ptr, len);
            }
            /* Texts are cut between the bytes of a character, too. */
            int rc = read_any(&command, cut);
            cr_assert(rc == expected || (rc == MEEPLE_EPROTO && whole.path.len > 0), "%s at %zu",
                      recorded.columns.column[0], len);
        }
        free(exact);
    }
}

Test(packets, survives_every_byte_changed)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    static struct recorded recorded;
    static struct meeple__godot3_command command;

    columns_open(&recorded.columns, "packets.txt");
    while (recorded_next(&recorded)) {
        size_t len = recorded.packet.len;
        uint8_t *changed = malloc(len);

        memcpy(changed, recorded.packet.ptr, len);
        for (size_t i = 0; i < len; i++) {
            for (size_t k = 0; k < MEEPLE_COUNT(changes); k++) {
                changed[i] ^= changes[k];
                read_any(&command, (meeple_bytes){changed, len});
                changed[i] ^= changes[k];
            }
            changed[i] = 0;
            read_any(&command, (meeple_bytes){changed, len});
            changed[i] = recorded.packet.ptr[i];
        }
        free(changed);
    }
}
