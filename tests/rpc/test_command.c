/* test_command: the packets of the native dialect, to bytes and back. */
#include "rpc/command.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "tests/rpc/bytes.h"

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

static int read_hex(struct meeple__command *command, const char *hex)
{
    static uint8_t bytes[256]; /* command borrows */

    return meeple__command_read(command, (meeple_bytes){bytes, from_hex(bytes, hex)});
}

static void expect_text(meeple_bytes bytes, const char *expected)
{
    cr_expect_eq(bytes.len, strlen(expected));
    cr_expect_arr_eq(bytes.ptr, expected, bytes.len);
}

Test(command, writes_the_bytes_the_wire_document_says)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    meeple__command_write(&sink,
                          &(struct meeple__command){.type = MEEPLE__COMMAND_HELLO, .version = 1});
    expect_bytes(buf, "01 01");
    meeple__buf_clear(&buf);
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_CLASS,
                                                           .number = 3,
                                                           .name = text("dice"),
                                                           .method_count = 1});
    meeple__command_write_method(&sink, text("roll"), text("is"));
    expect_bytes(buf, "02 03 04 64 69 63 65 01 04 72 6f 6c 6c 02 69 73");
    meeple__buf_clear(&buf);
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_OBJECT,
                                                           .number = 300,
                                                           .class_number = 3,
                                                           .name = text("a/b")});
    expect_bytes(buf, "03 ac 02 03 03 61 2f 62");
    meeple__buf_clear(&buf);
    meeple__command_write(&sink,
                          &(struct meeple__command){.type = MEEPLE__COMMAND_GONE, .number = 300});
    expect_bytes(buf, "04 ac 02");
    meeple__buf_clear(&buf);
    meeple__command_write(&sink, &(struct meeple__command){
                                     .type = MEEPLE__COMMAND_CALL, .number = 300, .method = 254});
    expect_bytes(buf, "05 ac 02 fe");
    meeple__buf_clear(&buf);
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_RAW});
    expect_bytes(buf, "00");
    cr_expect_eq(sink.rc, 0);
    meeple__buf_done(&buf, NULL);
}

/* Everything that a command about spawned objects has. */
static const struct meeple__command spawned = {.number = 300,
                                               .class_number = 3,
                                               .method = 254,
                                               .level = 3,
                                               .more = true,
                                               .master = 1,
                                               .term = 128,
                                               .owner = 0x7f000001,
                                               .slot = 5,
                                               .total = 1000,
                                               .offset = 10,
                                               .last = 301,
                                               .hash = UINT64_C(0x0102030405060708)};

static void expect_written(enum meeple__command_type type, const char *hex)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};
    struct meeple__command command = spawned;

    command.type = type;
    command.name = text("a/b");
    meeple__command_write(&sink, &command);
    expect_bytes(buf, hex);
    meeple__buf_done(&buf, NULL);
}

Test(command, writes_what_is_said_of_spawned_objects)
{
    expect_written(MEEPLE__COMMAND_LAYOUT, "06 ac 02");
    expect_written(MEEPLE__COMMAND_SPAWN,
                   "07 ac 02 03 01 00 00 00 80 01 01 00 00 7f 03 03 61 2f 62");
    expect_written(MEEPLE__COMMAND_STATE, "08 01");
    expect_written(MEEPLE__COMMAND_OWNER, "09 ac 02 01 00 00 00 80 01 01 00 00 7f 03");
    expect_written(MEEPLE__COMMAND_REMOVE, "0a ac 02");
    expect_written(MEEPLE__COMMAND_CALL_SPAWNED, "0b ac 02 03 fe");
    expect_written(MEEPLE__COMMAND_CHECK, "0c ac 02 ad 02 08 07 06 05 04 03 02 01");
    expect_written(MEEPLE__COMMAND_REPAIR, "0d");
    expect_written(MEEPLE__COMMAND_RESET, "0e");
    expect_written(MEEPLE__COMMAND_FRAGMENT, "0f ac 02 80 01 05 e8 07 0a");
}

Test(command, reads_what_is_said_of_spawned_objects)
{
    struct meeple__command command;
    struct meeple__reader entries;
    uint32_t id;

    cr_assert_eq(read_hex(&command, "07 ac 02 03 01 00 00 00 80 01 01 00 00 7f 03 03 61 2f 62 c3"),
                 0);
    cr_expect(command.number == 300 && command.class_number == 3 && command.master == 1);
    cr_expect(command.term == 128 && command.owner == 0x7f000001 && command.level == 3);
    expect_text(command.name, "a/b");
    expect_text(command.rest, "\xc3");
    cr_assert_eq(read_hex(&command, "08 01 05 01 41 ac 02 02 42 43"), 0);
    cr_expect(command.more);
    entries = meeple__reader_of(command.rest);
    expect_text(meeple__command_next_entry(&entries, &id), "A");
    cr_expect_eq(id, 5);
    expect_text(meeple__command_next_entry(&entries, &id), "BC");
    cr_expect_eq(id, 300);
    cr_expect(meeple__reader_at_end(&entries));
    cr_assert_eq(read_hex(&command, "0b ac 02 03 fe 90"), 0);
    cr_expect(command.number == 300 && command.class_number == 3 && command.method == 254);
    expect_text(command.rest, "\x90");
    cr_assert_eq(read_hex(&command, "0f ac 02 80 01 05 e8 07 0a 41 42"), 0);
    cr_expect(command.number == 300 && command.term == 128 && command.slot == 5);
    cr_expect(command.total == 1000 && command.offset == 10);
    expect_text(command.rest, "AB");
    cr_assert_eq(read_hex(&command, "06 03 02 68 70 68 00 00"), 0);
    cr_expect_eq(command.number, 3);
    cr_expect_eq(command.rest.len, 6);
    cr_assert_eq(read_hex(&command, "0c ac 02 ac 02 08 07 06 05 04 03 02 81"), 0);
    cr_expect(command.number == 300 && command.last == 300);
    cr_expect_eq(command.hash, UINT64_C(0x8102030405060708));
    cr_expect_eq(read_hex(&command, "0c ac 02 ab 02 08 07 06 05 04 03 02 01"), MEEPLE_EPROTO);
}

Test(command, reads_what_it_writes)
{
    struct meeple__command command;
    struct meeple__reader methods;
    meeple_bytes name, signature;

    cr_assert_eq(read_hex(&command, "01 01"), 0);
    cr_expect_eq(command.type, MEEPLE__COMMAND_HELLO);
    cr_expect_eq(command.version, 1);
    cr_assert_eq(read_hex(&command, "02 03 04 64 69 63 65 02 04 72 6f 6c 6c 02 69 73 01 78 00"), 0);
    cr_expect_eq(command.number, 3);
    expect_text(command.name, "dice");
    cr_expect_eq(command.method_count, 2);
    methods = meeple__reader_of(command.rest);
    meeple__command_next_method(&methods, &name, &signature);
    expect_text(name, "roll");
    expect_text(signature, "is");
    meeple__command_next_method(&methods, &name, &signature);
    expect_text(name, "x");
    cr_expect_eq(signature.len, 0);
    cr_assert_eq(read_hex(&command, "03 ac 02 03 03 61 2f 62"), 0);
    cr_expect_eq(command.number, 300);
    cr_expect_eq(command.class_number, 3);
    expect_text(command.name, "a/b");
    cr_assert_eq(read_hex(&command, "04 ac 02"), 0);
    cr_expect_eq(command.number, 300);
    cr_assert_eq(read_hex(&command, "05 ac 02 fe 90"), 0);
    cr_expect_eq(command.method, 254);
    cr_expect_eq(command.rest.len, 1);
    cr_assert_eq(read_hex(&command, "00 61"), 0);
    expect_text(command.rest, "a");
}

Test(command, refuses_what_is_none)
{
    static const char *const packets[] = {
        "",                        /* nothing */
        "00",                      /* raw without bytes */
        "01",                      /* no version */
        "01 01 00",                /* more than a hello */
        "02 03 00 00",             /* a class without a name */
        "02 03 01 61 01",          /* a method is missing */
        "02 03 01 61 00 00",       /* more than it says */
        "02 03 01 61 01 00 00",    /* a method without a name */
        "02 03 01 0a 00",          /* a line end in a name */
        "02 03 01 ff 00",          /* not UTF-8 */
        "03 00 00 00",             /* an empty path */
        "03 00 00 02 61",          /* a path that ends early */
        "03 00 00 01 61 62",       /* bytes behind it */
        "03 00 00 01 07",          /* a bell */
        "03 80 80 80 80 10 00 61", /* a number of more than 32 bits */
        "03 80 00 00 01 61",       /* a number that is longer than it has to be */
        "04",
        "04 80",
        "04 00 00",
        "05",
        "05 00",
        "05 80 00",
        "06",
        "07 00",
        "48 45 4c 4c 4f",
        "ff",
        "ff ff ff ff ff",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(packets); i++) {
        struct meeple__command command = {.number = 77};

        cr_expect_eq(read_hex(&command, packets[i]), MEEPLE_EPROTO, "%s", packets[i]);
        cr_expect_eq(command.number, 77, "untouched on failure");
    }
}

Test(command, understands_the_hello_of_another_version)
{
    struct meeple__command command;

    cr_assert_eq(read_hex(&command, "01 02 99 99"), 0);
    cr_expect_eq(command.version, 2);
}

Test(command, refuses_every_beginning_of_a_class)
{
    static const uint8_t whole[] = "\x02\x03\x04"
                                   "dice\x02\x04roll\x02is\x01x\x01"
                                   "b";

    for (size_t len = 0; len < sizeof whole - 1; len++) {
        uint8_t *exact = malloc(len + 1);
        struct meeple__command command;

        memcpy(exact, whole, len);
        cr_expect_eq(meeple__command_read(&command, (meeple_bytes){exact, len}), MEEPLE_EPROTO,
                     "%zu", len);
        free(exact);
    }
}

Test(command, survives_garbage)
{
    uint32_t seed = 7;

    for (unsigned round = 0; round < 100000; round++) {
        size_t len = 1 + next_random(&seed) % 40;
        uint8_t *bytes = malloc(len);
        struct meeple__command command;

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)(next_random(&seed) % (round % 2 ? 8 : 256));
        }
        if (meeple__command_read(&command, (meeple_bytes){bytes, len}) == 0 &&
            command.type == MEEPLE__COMMAND_CLASS) {
            struct meeple__reader methods = meeple__reader_of(command.rest);

            for (unsigned i = 0; i < command.method_count; i++) {
                meeple_bytes name, signature;

                meeple__command_next_method(&methods, &name, &signature);
                cr_expect(meeple__name_valid(name));
            }
            cr_expect(meeple__reader_at_end(&methods));
        }
        free(bytes);
    }
}

Test(command, takes_names_of_1_to_255_bytes)
{
    char longest[257];

    memset(longest, 'n', sizeof longest);
    cr_expect(meeple__name_valid((meeple_bytes){(uint8_t *)longest, 255}));
    cr_expect_not(meeple__name_valid((meeple_bytes){(uint8_t *)longest, 256}));
    cr_expect_not(meeple__name_valid((meeple_bytes){(uint8_t *)longest, 0}));
    cr_expect(meeple__name_valid(text("players/7")));
    cr_expect(meeple__name_valid(text("Zo\xc3\xab")));
    cr_expect_not(meeple__name_valid(text("a\nb")));
    cr_expect_not(meeple__name_valid(text("a\x7f")));
    cr_expect_not(meeple__name_valid(text("\xc3")));
}
