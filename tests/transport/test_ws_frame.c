/* test_ws_frame: frame headers and masks. */
#include "transport/ws_frame.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Whole and every beginning of it: 0 until it is there.  From copies of exact size. */
static int parse(struct meeple__ws_frame *frame, const uint8_t *bytes, size_t len, const char **why)
{
    int rc = 0;

    for (size_t part = 0; part <= len && rc == 0; part++) {
        uint8_t *copy = malloc(part ? part : 1);

        memcpy(copy, bytes, part);
        rc = meeple__ws_frame_parse(frame, (meeple_bytes){copy, part}, why);
        free(copy);
    }
    return rc;
}

#define PARSE(frame, literal, why)                                                                 \
    parse(frame, (const uint8_t *)(literal), sizeof(literal) - 1, why)

Test(ws_frame, reads_the_rfcs_examples)
{
    struct meeple__ws_frame frame;
    const char *why = NULL;

    cr_assert_eq(PARSE(&frame, "\x81\x05Hello", &why), 2);
    cr_assert(frame.fin && frame.opcode == MEEPLE__WS_TEXT && !frame.masked && frame.len == 5);
    cr_assert_eq(PARSE(&frame, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", &why), 6);
    cr_assert(frame.fin && frame.opcode == MEEPLE__WS_TEXT && frame.masked && frame.len == 5);
    cr_assert_eq(memcmp(frame.mask, "\x37\xfa\x21\x3d", 4), 0);
    cr_assert_eq(PARSE(&frame, "\x01\x03Hel", &why), 2);
    cr_assert(!frame.fin && frame.opcode == MEEPLE__WS_TEXT && frame.len == 3);
    cr_assert_eq(PARSE(&frame, "\x80\x02lo", &why), 2);
    cr_assert(frame.fin && frame.opcode == MEEPLE__WS_CONTINUATION && frame.len == 2);
    cr_assert_eq(PARSE(&frame, "\x89\x05Hello", &why), 2);
    cr_assert(frame.fin && frame.opcode == MEEPLE__WS_PING);
    cr_assert_eq(PARSE(&frame, "\x8a\x85\x37\xfa\x21\x3d", &why), 6);
    cr_assert(frame.fin && frame.opcode == MEEPLE__WS_PONG && frame.masked);
    cr_assert_eq(PARSE(&frame, "\x82\x7e\x01\x00", &why), 4);
    cr_assert(frame.opcode == MEEPLE__WS_BINARY && frame.len == 256);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", &why), 10);
    cr_assert(frame.opcode == MEEPLE__WS_BINARY && frame.len == 65536);
}

Test(ws_frame, reads_every_length_in_its_shortest_form)
{
    static const uint64_t lens[] = {0,          1,          125,      126,
                                    127,        65535,      65536,    1U << 31, /**/
                                    UINT32_MAX, 1ULL << 40, INT64_MAX};

    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        for (int masked = 0; masked < 2; masked++) {
            uint8_t head[MEEPLE__WS_HEAD_MAX];
            struct meeple__ws_frame frame;
            const char *why = NULL;
            size_t written = lens[i] > SIZE_MAX ? 65536 : (size_t)lens[i];
            size_t len = meeple__ws_frame_head(head, MEEPLE__WS_BINARY, written,
                                               masked ? (const uint8_t *)"abcd" : NULL);

            /* Longer than this machine's memory can be: such a length is only read. */
            for (unsigned at = 0; lens[i] > SIZE_MAX && at < 8; at++) {
                head[2 + at] = (uint8_t)(lens[i] >> (56 - 8 * at));
            }
            cr_assert_eq(parse(&frame, head, len, &why), (int)len);
            cr_assert_eq(frame.len, lens[i]);
            cr_assert_eq(frame.masked, masked);
            cr_assert(frame.fin && frame.opcode == MEEPLE__WS_BINARY);
        }
    }
}

Test(ws_frame, writes_the_rfcs_examples)
{
    uint8_t head[MEEPLE__WS_HEAD_MAX];

    cr_assert_eq(meeple__ws_frame_head(head, MEEPLE__WS_TEXT, 5, NULL), 2);
    cr_assert_eq(memcmp(head, "\x81\x05", 2), 0);
    cr_assert_eq(
        meeple__ws_frame_head(head, MEEPLE__WS_TEXT, 5, (const uint8_t *)"\x37\xfa\x21\x3d"), 6);
    cr_assert_eq(memcmp(head, "\x81\x85\x37\xfa\x21\x3d", 6), 0);
    cr_assert_eq(meeple__ws_frame_head(head, MEEPLE__WS_BINARY, 256, NULL), 4);
    cr_assert_eq(memcmp(head, "\x82\x7e\x01\x00", 4), 0);
    cr_assert_eq(meeple__ws_frame_head(head, MEEPLE__WS_BINARY, 65536, NULL), 10);
    cr_assert_eq(memcmp(head, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10), 0);
}

Test(ws_frame, masks_as_the_rfcs_example)
{
    uint8_t text[] = "Hello";

    meeple__ws_mask(text, 5, (const uint8_t *)"\x37\xfa\x21\x3d", 0);
    cr_assert_eq(memcmp(text, "\x7f\x9f\x4d\x51\x58", 5), 0);
}

Test(ws_frame, masks_the_same_in_pieces)
{
    enum {
        LEN = 67
    };
    static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
    uint8_t plain[LEN], pieces[LEN];

    for (size_t i = 0; i < LEN; i++) {
        plain[i] = (uint8_t)(i * 7);
    }
    for (size_t cut = 0; cut <= LEN; cut++) {
        for (size_t second = cut; second <= LEN; second += 5) {
            memcpy(pieces, plain, LEN);
            meeple__ws_mask(pieces, cut, mask, 0);
            meeple__ws_mask(pieces + cut, second - cut, mask, cut);
            meeple__ws_mask(pieces + second, LEN - second, mask, second);
            for (size_t i = 0; i < LEN; i++) {
                cr_assert_eq(pieces[i], plain[i] ^ mask[i & 3], "cut at %zu and %zu", cut, second);
            }
        }
    }
}

Test(ws_frame, refuses_every_reserved_bit_and_opcode)
{
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[2] = {(uint8_t)first, 0};
        struct meeple__ws_frame frame = {.len = 77};
        const char *why = NULL;
        unsigned opcode = first & 15;
        bool data = opcode <= 2;
        bool control = opcode >= 8 && opcode <= 10 && (first & 0x80);
        /* RSV1 says that a message is compressed, and is its first frame's. */
        bool rsv1 = !(first & 0x40) || opcode == MEEPLE__WS_TEXT || opcode == MEEPLE__WS_BINARY;
        bool good = !(first & 0x30) && rsv1 && (data || control);

        cr_assert_eq(meeple__ws_frame_parse(&frame, (meeple_bytes){bytes, 2}, &why),
                     good ? 2 : MEEPLE_EPROTO, "%02x", first);
        cr_assert(good || (why && *why && frame.len == 77));
    }
}

Test(ws_frame, rejects_a_control_frame_over_125_bytes)
{
    static const uint8_t opcodes[] = {MEEPLE__WS_CLOSE_FRAME, MEEPLE__WS_PING, MEEPLE__WS_PONG};

    for (size_t i = 0; i < MEEPLE_COUNT(opcodes); i++) {
        for (unsigned second = 0; second < 256; second++) {
            uint8_t bytes[14] = {(uint8_t)(0x80 | opcodes[i]), (uint8_t)second, 1, 1, 1};
            struct meeple__ws_frame frame;
            const char *why = NULL;
            int rc = meeple__ws_frame_parse(&frame, (meeple_bytes){bytes, 2}, &why);

            /* Known from the second byte on. */
            cr_assert_eq(rc == MEEPLE_EPROTO, (second & 0x7f) > 125, "%02x", second);
        }
    }
}

Test(ws_frame, rejects_a_length_that_is_not_in_its_shortest_form)
{
    struct meeple__ws_frame frame;
    const char *why = NULL;

    cr_assert_eq(PARSE(&frame, "\x82\x7e\x00\x00", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7e\x00\x7d", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7e\x00\x7e", &why), 4);
    cr_assert_eq(PARSE(&frame, "\x82\xfe\x00\x01\x01\x02\x03\x04", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x00", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", &why), 10);
}

Test(ws_frame, rejects_a_length_of_64_bits)
{
    struct meeple__ws_frame frame;
    const char *why = NULL;

    cr_assert_eq(PARSE(&frame, "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", &why), MEEPLE_EPROTO);
    cr_assert_eq(PARSE(&frame, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", &why), 10);
    cr_assert_eq(frame.len, INT64_MAX);
}
