/* test_mask: masks by every set of instructions that this CPU has, against the definition. */
#include "core/mask.h"
#include "core/simd.h"
#include "tests/support/prng.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_MAX = 200,
    LONG_MAX = 70000,
    AROUND = 32, /* bytes before and behind that have to stay as they are, and room to align */
    UNTOUCHED = 0xa5
};

static const uint8_t mask[4] = {0x12, 0x9c, 0x56, 0xff};

/* RFC 6455 section 5.3, as it stands there. */
static void definition(uint8_t *to, const uint8_t *from, size_t len, uint64_t offset)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = from[i] ^ mask[(offset + i) % 4];
    }
}

/* By one set of instructions, or (NULL) by whatever meeple__mask() chooses. */
static void mask_by(const struct meeple__simd *set, uint8_t *to, const uint8_t *from, size_t len,
                    uint64_t offset)
{
    uint8_t turned[4];
    uint32_t key;

    if (!set) {
        meeple__mask(to, from, len, mask, offset);
        return;
    }
    for (size_t i = 0; i < sizeof turned; i++) {
        turned[i] = mask[(offset + i) % 4];
    }
    memcpy(&key, turned, sizeof key);
    set->mask(to, from, len, key);
}

static const char *name_of(const struct meeple__simd *set)
{
    return set ? set->name : "chosen";
}

struct room {
    uint8_t *plain, *want, *got;
    size_t size;
};

static struct room room_new(struct prng *prng, size_t len)
{
    struct room room = {.size = len + 3 * AROUND};

    room.plain = malloc(room.size);
    room.want = malloc(room.size);
    room.got = malloc(room.size);
    cr_assert(room.plain && room.want && room.got);
    prng_fill(prng, room.plain, room.size);
    return room;
}

static void room_done(struct room *room)
{
    free(room->plain);
    free(room->want);
    free(room->got);
}

/* From one place into another, and where it lies; nothing else changes. */
static void check(struct room *room, const struct meeple__simd *set, size_t len, size_t align,
                  uint64_t offset)
{
    size_t from = AROUND + align * 7 % AROUND, to = AROUND + align;

    memset(room->want, UNTOUCHED, room->size);
    memset(room->got, UNTOUCHED, room->size);
    definition(room->want + to, room->plain + from, len, offset);
    mask_by(set, room->got + to, room->plain + from, len, offset);
    cr_assert_arr_eq(room->got, room->want, room->size, "%s: a copy of %zu at %zu, offset %u",
                     name_of(set), len, align, (unsigned)offset);

    memcpy(room->got, room->plain, room->size);
    memcpy(room->want, room->plain, room->size);
    definition(room->want + to, room->plain + to, len, offset);
    mask_by(set, room->got + to, room->got + to, len, offset);
    cr_assert_arr_eq(room->got, room->want, room->size, "%s: %zu in place at %zu, offset %u",
                     name_of(set), len, align, (unsigned)offset);
}

/* Sets by their numbers; behind the last, the choice. */
static bool next_set(size_t i, const struct meeple__simd **set)
{
    *set = meeple__simd_at(i);
    return *set || i == 0 || meeple__simd_at(i - 1);
}

Test(mask, every_set_masks_every_length_at_every_place_with_every_offset)
{
    struct prng prng = {1};
    struct room room = room_new(&prng, SHORT_MAX);
    const struct meeple__simd *set;

    for (size_t i = 0; next_set(i, &set); i++) {
        for (size_t len = set ? MEEPLE__SIMD_MASK_LEAST : 0; len <= SHORT_MAX; len++) {
            for (size_t align = 0; align < AROUND; align++) {
                check(&room, set, len, align, (len + align) % 4);
            }
            for (uint64_t offset = 0; offset < 4; offset++) {
                check(&room, set, len, len % AROUND, offset);
            }
        }
    }
    room_done(&room);
}

Test(mask, every_set_masks_long_ones)
{
    struct prng prng = {2};
    struct room room = room_new(&prng, LONG_MAX);
    const struct meeple__simd *set;

    for (size_t i = 0; next_set(i, &set); i++) {
        for (size_t n = 0; n < 200; n++) {
            size_t max = n % 2 > 0 ? LONG_MAX : 1000;

            check(&room, set, prng_between(&prng, MEEPLE__SIMD_MASK_LEAST, max), n % AROUND,
                  prng_below(&prng, 4));
        }
    }
    room_done(&room);
}

Test(mask, no_set_reads_or_writes_over_the_ends)
{
    const struct meeple__simd *set;

    /* What AddressSanitizer watches: allocations that are exactly so long. */
    for (size_t i = 0; next_set(i, &set); i++) {
        for (size_t len = set ? MEEPLE__SIMD_MASK_LEAST : 1; len <= 2 * SHORT_MAX; len++) {
            uint8_t *from = calloc(1, len), *to = malloc(len);

            cr_assert(from && to);
            mask_by(set, to, from, len, 1);
            for (size_t k = 0; k < len; k++) {
                cr_assert_eq(to[k], mask[(k + 1) % 4]);
            }
            mask_by(set, from, from, len, 1);
            cr_assert_arr_eq(from, to, len);
            free(from);
            free(to);
        }
    }
}

Test(mask, the_offset_is_that_of_the_whole_message_however_long)
{
    uint8_t plain[64] = {0}, want[64], got[64];

    for (uint64_t k = 0; k < 8; k++) {
        uint64_t offset = UINT64_MAX - 7 + k;

        definition(want, plain, sizeof want, k);
        meeple__mask(got, plain, sizeof got, mask, offset);
        cr_assert_arr_eq(got, want, sizeof got);
    }
}

Test(mask, nothing_may_be_nowhere)
{
    meeple__mask(NULL, NULL, 0, mask, 3);
}

Test(mask, the_first_set_is_plain_c_and_the_list_ends)
{
    size_t count = 0;

    while (meeple__simd_at(count)) {
        count++;
    }
    cr_assert(count >= 1 && count < 8);
    cr_assert_str_eq(meeple__simd_at(0)->name, "scalar");
    cr_assert_null(meeple__simd_at(count + 1));
}
