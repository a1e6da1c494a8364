/* mask: bytes XORed with four that repeat (RFC 6455 section 5.3). */
#ifndef MEEPLE_CORE_MASK_H
#define MEEPLE_CORE_MASK_H

#include <meeple/base.h>

#include <string.h>

#include "core/simd.h"

/* A key as it is for bytes that lie so much farther on. */
static inline uint32_t meeple__mask_turn(uint32_t key, uint64_t by)
{
    const uint32_t one = 1;
    unsigned bits = 8 * (unsigned)(by & 3);
    uint8_t little;

    memcpy(&little, &one, 1);
    bits = little ? bits : -bits & 31;
    return key >> bits | key << (-bits & 31);
}

/* What is shorter than MEEPLE__SIMD_MASK_LEAST; the key is as it is for the first byte. */
void meeple__mask_short(uint8_t *to, const uint8_t *from, size_t len, uint32_t key);

/*
 * Writes len bytes masked, or unmasked, which is the same; offset is how far into what is masked
 * they begin.  From and to are the same place, or do not overlap.
 */
static inline void meeple__mask(uint8_t *to, const uint8_t *from, size_t len, const uint8_t mask[4],
                                uint64_t offset)
{
    uint32_t key;

    memcpy(&key, mask, sizeof key);
    key = meeple__mask_turn(key, offset);
    if (len >= MEEPLE__SIMD_MASK_LEAST) {
        meeple__simd_mask(to, from, len, key);
    } else {
        meeple__mask_short(to, from, len, key);
    }
}

#endif /* MEEPLE_CORE_MASK_H */
