/* test_utf8: the incremental check against the definition, in pieces. */
#include "core/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

/*
 * The reference is the definition turned round: bytes are UTF-8 if they are what encoding some code
 * points gives.  Each is decoded by its bit pattern, without a thought of what is allowed, and
 * encoded again in the shortest form.
 */
static size_t encode(uint32_t point, uint8_t *dst)
{
    if (point < 0x80) {
        dst[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        dst[0] = (uint8_t)(0xc0 | point >> 6);
        dst[1] = (uint8_t)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        dst[0] = (uint8_t)(0xe0 | point >> 12);
        dst[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        dst[2] = (uint8_t)(0x80 | (point & 0x3f));
        return 3;
    }
    dst[0] = (uint8_t)(0xf0 | point >> 18);
    dst[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    dst[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    dst[3] = (uint8_t)(0x80 | (point & 0x3f));
    return 4;
}

static bool reference(const uint8_t *ptr, size_t len)
{
    size_t at = 0;

    while (at < len) {
        uint8_t again[4];
        uint8_t lead = ptr[at];
        size_t count = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : 4;
        uint32_t point = count == 1   ? lead
                         : count == 2 ? lead & 0x1fU
                         : count == 3 ? lead & 0x0fU
                                      : lead & 0x07U;

        if (count > len - at) {
            return false;
        }
        for (size_t i = 1; i < count; i++) {
            point = point << 6 | (ptr[at + i] & 0x3fU);
        }
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ||
            encode(point, again) != count || memcmp(ptr + at, again, count) != 0) {
            return false;
        }
        at += count;
    }
    return true;
}

/* Whole, and cut at every place into two pieces, and byte by byte: always the same answer. */
static bool valid(const void *bytes, size_t len)
{
    const uint8_t *ptr = bytes;
    bool whole = meeple__utf8_valid((meeple_bytes){ptr, len});

    for (size_t cut = 0; cut <= len; cut++) {
        struct meeple__utf8 state = {0};
        bool ok = meeple__utf8_feed(&state, (meeple_bytes){ptr, cut}) &&
                  meeple__utf8_feed(&state, (meeple_bytes){ptr + cut, len - cut}) &&
                  meeple__utf8_whole(&state);

        cr_assert_eq(ok, whole, "cut at %zu of %zu", cut, len);
    }
    for (size_t step = 1; step < 4; step++) {
        struct meeple__utf8 state = {0};
        bool ok = true;

        for (size_t at = 0; ok && at < len; at += step) {
            ok = meeple__utf8_feed(&state,
                                   (meeple_bytes){ptr + at, len - at < step ? len - at : step});
        }
        cr_assert_eq(ok && meeple__utf8_whole(&state), whole, "in steps of %zu of %zu", step, len);
    }
    return whole;
}

#define VALID(literal) valid(literal, sizeof(literal) - 1)

Test(utf8, takes_what_people_write)
{
    cr_assert(VALID(""));
    cr_assert(VALID("a"));
    cr_assert(VALID("\0"));
    cr_assert(VALID("\x7f"));
    cr_assert(VALID("Grüße, κόσμε, 日本語, 🎲"));
    cr_assert(VALID("\xef\xbb\xbf with a mark"));
    cr_assert(VALID("\xef\xbf\xbe\xef\xbf\xbf")); /* noncharacters are characters enough */
}

Test(utf8, takes_the_first_and_the_last_of_each_length)
{
    cr_assert(VALID("\xc2\x80\xdf\xbf"));
    cr_assert(VALID("\xe0\xa0\x80\xef\xbf\xbf"));
    cr_assert(VALID("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
    cr_assert(VALID("\xed\x9f\xbf\xee\x80\x80")); /* next to the surrogates */
}

Test(utf8, refuses_surrogates)
{
    cr_assert_not(VALID("\xed\xa0\x80"));
    cr_assert_not(VALID("\xed\xbf\xbf"));
    cr_assert_not(VALID("\xed\xa0\xbd\xed\xb2\xa9"));
}

Test(utf8, refuses_overlong_forms)
{
    cr_assert_not(VALID("\xc0\x80"));
    cr_assert_not(VALID("\xc0\xaf"));
    cr_assert_not(VALID("\xc1\xbf"));
    cr_assert_not(VALID("\xe0\x80\x80"));
    cr_assert_not(VALID("\xe0\x9f\xbf"));
    cr_assert_not(VALID("\xf0\x80\x80\x80"));
    cr_assert_not(VALID("\xf0\x8f\xbf\xbf"));
}

Test(utf8, refuses_what_is_above_unicode)
{
    cr_assert_not(VALID("\xf4\x90\x80\x80"));
    cr_assert_not(VALID("\xf5\x80\x80\x80"));
    cr_assert_not(VALID("\xf7\xbf\xbf\xbf"));
    cr_assert_not(VALID("\xf8\x88\x80\x80\x80"));
    cr_assert_not(VALID("\xfc\x84\x80\x80\x80\x80"));
    cr_assert_not(VALID("\xfe"));
    cr_assert_not(VALID("\xff"));
}

Test(utf8, refuses_stray_and_missing_continuation_bytes)
{
    cr_assert_not(VALID("\x80"));
    cr_assert_not(VALID("\xbf"));
    cr_assert_not(VALID("a\x80"));
    cr_assert_not(VALID("\xc3"));
    cr_assert_not(VALID("\xc3\x28"));
    cr_assert_not(VALID("\xe2\x82"));
    cr_assert_not(VALID("\xe2\x82 "));
    cr_assert_not(VALID("\xf0\x9f\x8e"));
    cr_assert_not(VALID("\xf0\x9f\xc3\xa9"));
    cr_assert_not(VALID("\xc3\xa9\xa9"));
}

Test(utf8, an_error_is_known_as_early_as_it_can_be)
{
    struct meeple__utf8 state = {0};

    cr_assert(meeple__utf8_feed(&state, (meeple_bytes){(const uint8_t *)"\xed", 1}));
    cr_assert_not(meeple__utf8_whole(&state));
    cr_assert_not(meeple__utf8_feed(&state, (meeple_bytes){(const uint8_t *)"\xa0", 1}));
    state = (struct meeple__utf8){0};
    cr_assert(meeple__utf8_feed(&state, (meeple_bytes){(const uint8_t *)"\xf4\x8f", 2}));
    state = (struct meeple__utf8){0};
    cr_assert_not(meeple__utf8_feed(&state, (meeple_bytes){(const uint8_t *)"\xf4\x90", 2}));
}

Test(utf8, agrees_with_the_reference_on_every_sequence_of_up_to_three_bytes)
{
    for (unsigned a = 0; a < 256; a++) {
        uint8_t bytes[3] = {(uint8_t)a};

        cr_assert_eq(valid(bytes, 1), reference(bytes, 1), "%02x", a);
        for (unsigned b = 0; b < 256; b++) {
            bytes[1] = (uint8_t)b;
            cr_assert_eq(valid(bytes, 2), reference(bytes, 2), "%02x %02x", a, b);
            for (unsigned c = 0; c < 256; c++) {
                bytes[2] = (uint8_t)c;
                if (meeple__utf8_valid((meeple_bytes){bytes, 3}) != reference(bytes, 3)) {
                    cr_assert_fail("%02x %02x %02x", a, b, c);
                }
            }
        }
    }
}

Test(utf8, agrees_with_the_reference_on_every_lead_of_four_bytes)
{
    static const uint8_t ends[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};

    for (unsigned a = 0xe0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            for (size_t i = 0; i < sizeof ends * sizeof ends; i++) {
                uint8_t bytes[4] = {(uint8_t)a, (uint8_t)b, ends[i / sizeof ends],
                                    ends[i % sizeof ends]};

                cr_assert_eq(valid(bytes, 4), reference(bytes, 4), "%02x %02x %02x %02x", a, b,
                             bytes[2], bytes[3]);
            }
        }
    }
}

Test(utf8, takes_every_code_point)
{
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        uint8_t bytes[4];
        size_t len = encode(point, bytes);
        bool want = point < 0xd800 || point > 0xdfff;

        if (meeple__utf8_valid((meeple_bytes){bytes, len}) != want) {
            cr_assert_fail("U+%04X", (unsigned)point);
        }
    }
}

Test(utf8, the_quick_way_over_ascii_misses_nothing)
{
    uint8_t text[40];

    for (size_t len = 0; len <= sizeof text; len++) {
        for (size_t bad = 0; bad < len; bad++) {
            memset(text, 'a', sizeof text);
            cr_assert(valid(text, len));
            text[bad] = 0xff;
            cr_assert_not(valid(text, len));
            text[bad] = 0xc3;
            cr_assert_not(valid(text, len));
            if (bad + 1 < len) {
                text[bad + 1] = 0xa9;
                cr_assert(valid(text, len));
            }
        }
    }
}
