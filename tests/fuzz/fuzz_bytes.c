/* fuzz_bytes: masks and UTF-8, by every set of instructions that this CPU has, and in pieces. */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "core/simd.h"
#include "core/utf8.h"

enum {
    HEAD = 6 /* bytes of the input that say how: a mask, an offset, a cut */
};

/* A copy whose ends are those of an allocation, so that no set may read over them. */
static uint8_t *copy_of(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    MUST(copy);
    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

static void masks(const uint8_t head[HEAD], const uint8_t *bytes, size_t len)
{
    uint8_t *want = copy_of(bytes, len), *got = copy_of(bytes, len);
    uint8_t turned[4];
    size_t offset = head[4], cut = len * head[5] / 255;
    const struct meeple__simd *set;
    uint32_t key;

    for (size_t i = 0; i < len; i++) {
        want[i] ^= head[(offset + i) % 4];
    }
    meeple__mask(got, got, cut, head, offset);
    meeple__mask(got + cut, bytes + cut, len - cut, head, offset + cut);
    MUST(memcmp(got, want, len) == 0);
    for (size_t i = 0; i < sizeof turned; i++) {
        turned[i] = head[(offset + i) % 4];
    }
    memcpy(&key, turned, sizeof key);
    for (size_t i = 0; len >= MEEPLE__SIMD_MASK_LEAST && (set = meeple__simd_at(i)); i++) {
        memset(got, 0, len);
        set->mask(got, bytes, len, key);
        MUST(memcmp(got, want, len) == 0);
        memcpy(got, bytes, len);
        set->mask(got, got, len, key);
        MUST(memcmp(got, want, len) == 0);
    }
    free(want);
    free(got);
}

static void texts(const uint8_t *bytes, size_t len, size_t cut)
{
    uint8_t *copy = copy_of(bytes, len);
    bool want = meeple__utf8_scalar(copy, len), ok;
    struct meeple__utf8 state = {0}, twin = {0};
    const struct meeple__simd *set;

    MUST(meeple__utf8_valid((meeple_bytes){copy, len}) == want);
    for (size_t i = 0; len >= MEEPLE__SIMD_UTF8_LEAST && (set = meeple__simd_at(i)); i++) {
        MUST(set->utf8(copy, len) == want);
    }
    ok = meeple__utf8_feed(&state, (meeple_bytes){copy, cut});
    for (size_t i = 0; i < cut; i++) {
        if (!meeple__utf8_feed(&twin, (meeple_bytes){copy + i, 1})) {
            MUST(!ok && !want);
            free(copy);
            return;
        }
    }
    MUST(ok && state.more == twin.more);
    ok = meeple__utf8_feed(&state, (meeple_bytes){copy + cut, len - cut});
    MUST((ok && meeple__utf8_whole(&state)) == want);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len >= HEAD) {
        masks(bytes, bytes + HEAD, len - HEAD);
        texts(bytes + HEAD, len - HEAD, (len - HEAD) * bytes[5] / 255);
    }
    return 0;
}
