/* simd: the loops over bytes that vector instructions do faster, each in a file per set of those.
 */
#ifndef MEEPLE_CORE_SIMD_H
#define MEEPLE_CORE_SIMD_H

#include <meeple/base.h>

enum {
    /* Bytes that the functions here want at least: the plain C takes any number. */
    MEEPLE__SIMD_MASK_LEAST = 32,
    MEEPLE__SIMD_UTF8_LEAST = 19
};

/*
 * XORs len bytes with the four of key, over and over, as they lie in memory.  From and to are the
 * same place, or do not overlap.
 */
typedef void meeple__simd_mask_function(uint8_t *to, const uint8_t *from, size_t len, uint32_t key);

/* Whether these bytes are a whole text in UTF-8. */
typedef bool meeple__simd_utf8_function(const uint8_t *ptr, size_t len);

/* What one set of instructions has for each; any of them may be asked for anything of that length.
 */
struct meeple__simd {
    const char *name;
    meeple__simd_mask_function *mask;
    meeple__simd_utf8_function *utf8;
};

/*
 * The sets that this CPU has, counted from 0, NULL behind the last.  The first is plain C, which is
 * what the others are held against.
 */
const struct meeple__simd *meeple__simd_at(size_t i);

/* What is fastest here, for so many bytes. */
meeple__simd_mask_function meeple__simd_mask;
meeple__simd_utf8_function meeple__simd_utf8;

/* The sets one by one.  Only what meeple__simd_at() has on this CPU may be called. */
meeple__simd_mask_function meeple__mask_scalar, meeple__mask_sse2, meeple__mask_avx2,
    meeple__mask_neon;
meeple__simd_utf8_function meeple__utf8_scalar, meeple__utf8_sse2, meeple__utf8_avx2,
    meeple__utf8_neon;

#endif /* MEEPLE_CORE_SIMD_H */
