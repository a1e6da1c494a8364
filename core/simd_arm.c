/* simd_arm: NEON, which every ARM CPU of 64 bits has. */
#include "core/simd.h"

static const struct meeple__simd sets[] = {
    {"scalar", meeple__mask_scalar, meeple__utf8_scalar},
    {"NEON", meeple__mask_neon, meeple__utf8_neon},
};

const struct meeple__simd *meeple__simd_at(size_t i)
{
    return i < sizeof sets / sizeof *sets ? &sets[i] : NULL;
}

void meeple__simd_mask(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    meeple__mask_neon(to, from, len, key);
}

bool meeple__simd_utf8(const uint8_t *ptr, size_t len)
{
    return meeple__utf8_neon(ptr, len);
}
