/* test_wire: cursors: canonical forms, truncation, errors that stick. */
#include "core/wire.h"

#include <criterion/criterion.h>
#include <string.h>

static struct meeple__reader reader_of(const void *bytes, size_t len)
{
    return meeple__reader_of((meeple_bytes){bytes, len});
}

#define READER(literal) reader_of(literal, sizeof(literal) - 1)

Test(wire, numbers_are_little_endian)
{
    struct meeple__reader reader = READER("\x01\x02\x03\x04\x05\x06\xff");

    cr_assert_eq(meeple__read_u16(&reader), 0x0201);
    cr_assert_eq(meeple__read_u32(&reader), 0x06050403U);
    cr_assert_not(meeple__reader_at_end(&reader));
    cr_assert_eq(meeple__read_u8(&reader), 0xff);
    cr_assert(meeple__reader_at_end(&reader));
    cr_assert_not(reader.bad);
}

Test(wire, what_is_written_is_read)
{
    static const uint32_t numbers[] = {0,       1,         127,       128,        255,
                                       16383,   16384,     65535,     2097151,    2097152,
                                       1 << 28, 0xfffffff, 268435456, 0x7fffffff, UINT32_MAX};
    uint8_t bytes[64];

    for (size_t i = 0; i < MEEPLE_COUNT(numbers); i++) {
        uint8_t *at = meeple__write_varint(bytes, numbers[i]);
        struct meeple__reader reader;

        cr_assert_leq(at - bytes, 5);
        at = meeple__write_u32(at, numbers[i]);
        at = meeple__write_u16(at, (uint16_t)numbers[i]);
        at = meeple__write_bytes(at, (meeple_bytes){(const uint8_t *)"end", 3});
        reader = reader_of(bytes, (size_t)(at - bytes));
        cr_assert_eq(meeple__read_varint(&reader), numbers[i]);
        cr_assert_eq(meeple__read_u32(&reader), numbers[i]);
        cr_assert_eq(meeple__read_u16(&reader), (uint16_t)numbers[i]);
        cr_assert_eq(memcmp(meeple__read_bytes(&reader, 3).ptr, "end", 3), 0);
        cr_assert(meeple__reader_at_end(&reader));
    }
}

Test(wire, writing_no_bytes_writes_none)
{
    uint8_t byte = 7;

    cr_assert_eq(meeple__write_bytes(&byte, (meeple_bytes){NULL, 0}), &byte);
    cr_assert_eq(byte, 7);
}

Test(wire, varints_are_written_as_the_document_says)
{
    uint8_t bytes[5];

    cr_assert_eq(meeple__write_varint(bytes, 0), bytes + 1);
    cr_assert_eq(bytes[0], 0);
    cr_assert_eq(meeple__write_varint(bytes, 300), bytes + 2);
    cr_assert_eq(memcmp(bytes, "\xac\x02", 2), 0);
    cr_assert_eq(meeple__write_varint(bytes, UINT32_MAX), bytes + 5);
    cr_assert_eq(memcmp(bytes, "\xff\xff\xff\xff\x0f", 5), 0);
}

/* A varint alone in the bytes: its value, or UINT64_MAX if it is refused. */
static uint64_t varint(const void *bytes, size_t len)
{
    struct meeple__reader reader = reader_of(bytes, len);
    uint32_t value = meeple__read_varint(&reader);

    cr_assert(!reader.bad || value == 0);
    return reader.bad ? UINT64_MAX : value;
}

#define REFUSED(literal) (varint(literal, sizeof(literal) - 1) == UINT64_MAX)

Test(wire, a_varint_that_could_be_shorter_is_refused)
{
    cr_assert(REFUSED("\x80\x00"));
    cr_assert(REFUSED("\xff\x00"));
    cr_assert(REFUSED("\x80\x80\x00"));
    cr_assert(REFUSED("\xff\xff\xff\xff\x00"));
}

Test(wire, a_varint_of_more_than_32_bits_is_refused)
{
    cr_assert(REFUSED("\xff\xff\xff\xff\x10"));
    cr_assert(REFUSED("\xff\xff\xff\xff\x1f"));
    cr_assert(REFUSED("\xff\xff\xff\xff\x8f\x00"));
    cr_assert(REFUSED("\x80\x80\x80\x80\x80\x01"));
    cr_assert(REFUSED("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

Test(wire, a_varint_that_is_cut_is_refused)
{
    cr_assert(REFUSED(""));
    cr_assert(REFUSED("\x80"));
    cr_assert(REFUSED("\xff\xff\xff\xff"));
}

Test(wire, every_varint_of_up_to_three_bytes_has_one_form)
{
    static uint8_t seen[1 << 21];
    size_t count = 0;

    for (uint32_t i = 0; i < 1 << 24; i++) {
        const uint8_t bytes[3] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)};
        size_t len = bytes[0] < 0x80 ? 1 : bytes[1] < 0x80 ? 2 : 3;
        struct meeple__reader reader = {bytes, bytes + len, false};
        uint32_t value = meeple__read_varint(&reader);

        if ((len < 3 && bytes[2]) || (len < 2 && bytes[1]) || reader.bad) {
            continue;
        }
        if (value >= sizeof seen || seen[value]) {
            cr_assert_fail("%u twice", (unsigned)value);
        }
        seen[value] = 1;
        count++;
    }
    cr_assert_eq(count, sizeof seen);
}

Test(wire, the_error_sticks_and_everything_after_it_is_empty)
{
    struct meeple__reader reader = READER("\x01\x02\x03");

    cr_assert_eq(meeple__read_u32(&reader), 0);
    cr_assert(reader.bad);
    cr_assert_eq(meeple__read_u8(&reader), 0);
    cr_assert_eq(meeple__read_u16(&reader), 0);
    cr_assert_eq(meeple__read_varint(&reader), 0);
    cr_assert_eq(meeple__read_bytes(&reader, 1).len, 0);
    cr_assert_null(meeple__read_bytes(&reader, 0).ptr);
    cr_assert_eq(meeple__read_block(&reader).len, 0);
    cr_assert_eq(meeple__read_rest(&reader).len, 0);
    cr_assert_not(meeple__reader_at_end(&reader));
    cr_assert(reader.bad);
}

Test(wire, truncation_is_noticed_at_every_byte)
{
    static const char packet[] = "\x07\x01\x02\x01\x02\x03\x04\x85\x01\x03one";
    size_t len = sizeof packet - 1;

    for (size_t cut = 0; cut <= len; cut++) {
        struct meeple__reader reader = reader_of(packet, cut);
        meeple_bytes block;

        (void)meeple__read_u8(&reader);
        (void)meeple__read_u16(&reader);
        (void)meeple__read_u32(&reader);
        (void)meeple__read_varint(&reader);
        block = meeple__read_block(&reader);
        cr_assert_eq(meeple__reader_at_end(&reader), cut == len, "cut at %zu", cut);
        cr_assert_eq(block.len, cut == len ? 3 : 0);
    }
}

Test(wire, a_block_longer_than_the_packet_is_refused_whatever_it_declares)
{
    struct meeple__reader reader = READER("\xff\xff\xff\xff\x0f"
                                          "abc");

    cr_assert_null(meeple__read_block(&reader).ptr);
    cr_assert(reader.bad);
    reader = READER("\x04"
                    "abc");
    cr_assert_null(meeple__read_block(&reader).ptr);
    reader = READER("abc");
    cr_assert_null(meeple__read_bytes(&reader, SIZE_MAX).ptr);
    cr_assert(reader.bad);
}

Test(wire, the_rest_may_be_empty)
{
    struct meeple__reader reader = READER("ab");
    meeple_bytes rest;

    (void)meeple__read_u8(&reader);
    rest = meeple__read_rest(&reader);
    cr_assert_eq(rest.len, 1);
    cr_assert_eq(rest.ptr[0], 'b');
    cr_assert_eq(meeple__read_rest(&reader).len, 0);
    cr_assert(meeple__reader_at_end(&reader));
}

Test(wire, no_bytes_at_all_is_an_end)
{
    struct meeple__reader reader = meeple__reader_of((meeple_bytes){NULL, 0});

    cr_assert(meeple__reader_at_end(&reader));
    cr_assert_eq(meeple__read_rest(&reader).len, 0);
    cr_assert(meeple__reader_at_end(&reader));
    cr_assert_eq(meeple__read_u8(&reader), 0);
    cr_assert(reader.bad);
}
