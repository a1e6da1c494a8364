/* test_utf8: the check against the definition: in pieces, and by every set of instructions here. */
#include "core/simd.h"
#include "core/utf8.h"
#include "tests/support/prng.h"

#include <criterion/criterion.h>
#include <stdlib.h>
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

enum {
    LEAST = MEEPLE__SIMD_UTF8_LEAST,
    LONG_MAX = 200,
    ALIGN = 32
};

/* By one set of instructions, or (NULL) by whatever meeple__utf8_valid() chooses. */
static bool valid_by(const struct meeple__simd *set, const uint8_t *ptr, size_t len)
{
    return set ? set->utf8(ptr, len) : meeple__utf8_valid((meeple_bytes){ptr, len});
}

/* Every set that is here agrees on what this is, and so does the choice. */
static void check_sets(const uint8_t *ptr, size_t len, bool want, const char *what)
{
    const struct meeple__simd *set = meeple__simd_at(0);

    if (valid_by(NULL, ptr, len) != want) {
        cr_assert_fail("%zu bytes, chosen: %s", len, what);
    }
    for (size_t i = 0; set; set = meeple__simd_at(++i)) {
        if (valid_by(set, ptr, len) != want) {
            cr_assert_fail("%zu bytes, %s: %s", len, set->name, what);
        }
    }
}

static void fill(uint8_t *dst, size_t len, const char *character)
{
    size_t size = strlen(character), at = 0;

    for (; size <= len - at; at += size) {
        memcpy(dst + at, character, size);
    }
    memset(dst + at, '.', len - at);
}

static const char *const characters[] = {"a", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x8e\xb2"};

/* Both sides of each bound, and what is cut. */
static const char *const forms[] = {
    "\x7f",
    "\x80",
    "\xbf",
    "\xc0\x80",
    "\xc1\xbf",
    "\xc2",
    "\xc2\x7f",
    "\xc2\x80",
    "\xdf\xbf",
    "\xdf\xc0",
    "\xc3\xa9\xa9",
    "\xe0\x80\x80",
    "\xe0\x9f\xbf",
    "\xe0\xa0\x80",
    "\xe1\x80",
    "\xe1\x80\x7f",
    "\xe1\x80\xc3\xa9",
    "\xe1\x80\x80\x80",
    "\xed\x9f\xbf",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
    "\xee\x80\x80",
    "\xef\xbf\xbf",
    "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf",
    "\xf0\x90\x80\x80",
    "\xf0\x9f\x8e",
    "\xf0\x9f\x8e\xb2\x80",
    "\xf1\x80",
    "\xf1\x80\xc3\xa9",
    "\xf3\xbf\xbf\xbf",
    "\xf4\x8f\xbf\xbf",
    "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80",
    "\xf7\xbf\xbf\xbf",
    "\xf8\x88\x80\x80\x80",
    "\xfe",
    "\xff",
};

Test(utf8, every_set_knows_every_form_at_every_place)
{
    static const size_t lens[] = {LEAST, 20, 31, 32, 33, 35, 47, 63, 64, 65, 67, 96, 128, 130, 160};
    uint8_t text[LONG_MAX];

    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        for (size_t k = 0; k < sizeof characters / sizeof *characters * lens[i]; k++) {
            const char *character = characters[k / lens[i]];
            size_t at = k % lens[i];

            for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
                size_t size = strlen(forms[f]);

                fill(text, lens[i], character);
                memcpy(text + at, forms[f], size < lens[i] - at ? size : lens[i] - at);
                check_sets(text, lens[i], reference(text, lens[i]), forms[f]);
            }
        }
    }
}

/* The only bytes in a text of this length that are not 'a'; over what SSE2 and AVX2 take at once.
 */
static void check_among_ascii(const uint8_t *bytes, size_t size, size_t turn)
{
    uint8_t text[64];

    memset(text, 'a', sizeof text);
    memcpy(text + turn % 7 + turn % 3 * 16 + 9, bytes, size);
    check_sets(text, sizeof text, reference(bytes, size), "a few bytes");
}

Test(utf8, every_set_knows_every_two_bytes)
{
    for (uint32_t bytes = 0; bytes <= 0xffff; bytes++) {
        uint8_t two[2] = {(uint8_t)(bytes >> 8), (uint8_t)bytes};

        check_among_ascii(two, 2, bytes);
    }
}

Test(utf8, every_set_knows_every_lead_with_every_two_bytes_behind)
{
    for (uint32_t bytes = 0xc00000; bytes <= 0xffffff; bytes++) {
        uint8_t three[3] = {(uint8_t)(bytes >> 16), (uint8_t)(bytes >> 8), (uint8_t)bytes};

        check_among_ascii(three, 3, bytes);
    }
}

Test(utf8, every_set_knows_every_lead_of_four_bytes)
{
    for (uint32_t bytes = 0xf000; bytes <= 0xffff; bytes++) {
        uint8_t four[5] = {(uint8_t)(bytes >> 8), (uint8_t)bytes, 0x80, 0xbf, 0x80};

        check_among_ascii(four, 4, bytes);
        check_among_ascii(four, 5, bytes);
    }
}

/* Random characters, most of them of one kind, and now and then something else written over. */
static size_t random_text(struct prng *prng, uint8_t *dst, size_t len)
{
    size_t kind = prng_below(prng, 4), at = 0;

    while (at < len) {
        size_t other = prng_below(prng, 8);
        const char *character = characters[other < 4 ? other : kind];
        size_t size = strlen(character);

        memcpy(dst + at, character, size < len - at ? size : len - at);
        at += size;
    }
    if (prng_below(prng, 2) == 0) {
        const char *form = forms[prng_below(prng, sizeof forms / sizeof *forms)];
        size_t size = strlen(form);

        at = prng_below(prng, len);
        memcpy(dst + at, form, size < len - at ? size : len - at);
    }
    return len;
}

Test(utf8, every_set_knows_texts_of_every_length_at_every_place)
{
    struct prng prng = {3};
    uint8_t room[LONG_MAX + ALIGN];

    for (size_t len = LEAST; len <= LONG_MAX; len++) {
        for (size_t align = 0; align < ALIGN; align++) {
            for (size_t n = 0; n < 4; n++) {
                random_text(&prng, room + align, len);
                check_sets(room + align, len, reference(room + align, len), "random");
            }
        }
    }
}

Test(utf8, every_set_knows_long_texts)
{
    enum {
        LEN = 5000
    };
    static uint8_t text[LEN];
    struct prng prng = {4};

    for (size_t n = 0; n < 300; n++) {
        size_t len = random_text(&prng, text, prng_between(&prng, LONG_MAX, LEN));

        check_sets(text, len, reference(text, len), "random and long");
    }
}

Test(utf8, no_set_reads_over_the_ends)
{
    /* What AddressSanitizer watches: allocations that are exactly so long. */
    for (size_t len = 1; len <= LONG_MAX; len++) {
        for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
            uint8_t *text = malloc(len);

            cr_assert(text);
            fill(text, len, characters[i]);
            if (len < LEAST) {
                cr_assert(valid_by(NULL, text, len));
            } else {
                check_sets(text, len, true, "of exact size");
            }
            free(text);
        }
    }
}

/* A state after a piece is what it is after the same bytes one by one, and so is the answer. */
static void check_piece(struct meeple__utf8 *state, struct meeple__utf8 *twin, const uint8_t *ptr,
                        size_t len, bool *ok)
{
    bool by_bytes = true;

    *ok = meeple__utf8_feed(state, (meeple_bytes){ptr, len});
    for (size_t i = 0; by_bytes && i < len; i++) {
        by_bytes = meeple__utf8_feed(twin, (meeple_bytes){ptr + i, 1});
    }
    cr_assert_eq(*ok, by_bytes, "of %zu", len);
    if (*ok) {
        cr_assert_eq(state->more, twin->more, "of %zu", len);
        cr_assert(state->more == 0 || (state->low == twin->low && state->high == twin->high));
    }
}

Test(utf8, pieces_of_any_size_are_as_their_bytes_one_by_one)
{
    struct prng prng = {5};
    uint8_t text[LONG_MAX];

    for (size_t n = 0; n < 4000; n++) {
        size_t len = random_text(&prng, text, prng_between(&prng, 1, LONG_MAX));
        size_t most = prng_between(&prng, 1, len), at = 0, size;
        struct meeple__utf8 state = {0}, twin = {0};
        bool ok = true;

        for (; ok && at < len; at += size) {
            size = prng_below(&prng, most + 1);
            size = size < len - at ? size : len - at;
            check_piece(&state, &twin, text + at, size, &ok);
        }
        cr_assert_eq(ok && meeple__utf8_whole(&state), reference(text, len));
    }
}

Test(utf8, a_text_may_be_cut_at_every_place)
{
    struct prng prng = {6};
    uint8_t text[LONG_MAX];

    for (size_t n = 0; n < 200; n++) {
        size_t len = random_text(&prng, text, prng_between(&prng, LEAST, LONG_MAX));

        for (size_t cut = 0; cut <= len; cut++) {
            struct meeple__utf8 state = {0}, twin = {0};
            bool ok;

            check_piece(&state, &twin, text, cut, &ok);
            if (ok) {
                check_piece(&state, &twin, text + cut, len - cut, &ok);
            }
            cr_assert_eq(ok && meeple__utf8_whole(&state), reference(text, len));
        }
    }
}

/* Behind a piece that is long enough for vectors, and before another. */
static void check_cuts(const uint8_t *bytes, size_t size)
{
    uint8_t text[2 * LEAST + 4];
    size_t len = LEAST + size + LEAST;

    memset(text, 'a', sizeof text);
    memcpy(text + LEAST, bytes, size);
    for (size_t cut = LEAST; cut <= LEAST + size; cut++) {
        struct meeple__utf8 state = {0}, twin = {0};
        bool ok;

        check_piece(&state, &twin, text, cut, &ok);
        if (ok) {
            check_piece(&state, &twin, text + cut, len - cut, &ok);
        }
        cr_assert_eq(ok && meeple__utf8_whole(&state), reference(text, len));
    }
}

Test(utf8, every_lead_may_be_cut_from_what_follows)
{
    static const uint8_t seconds[] = {0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0};

    for (unsigned first = 0xc0; first <= 0xff; first++) {
        for (size_t i = 0; i < sizeof seconds; i++) {
            const uint8_t bytes[4] = {(uint8_t)first, seconds[i], 0x80, 0xbf};

            for (size_t size = 1; size <= sizeof bytes; size++) {
                check_cuts(bytes, size);
            }
        }
    }
}
