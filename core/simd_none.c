/* simd_none: plain C, where nothing is known of the CPU. */
#include "core/simd.h"

static const struct meeple__simd scalar = {"scalar", meeple__mask_scalar, meeple__utf8_scalar};

const struct meeple__simd *meeple__simd_at(size_t i)
{
    return i == 0 ? &scalar : NULL;
}

void meeple__simd_mask(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    meeple__mask_scalar(to, from, len, key);
}

bool meeple__simd_utf8(const uint8_t *ptr, size_t len)
{
    return meeple__utf8_scalar(ptr, len);
}
