/* simd_x86: SSE2, which every CPU of 64 bits has, and AVX2, if this one has it. */
#include "core/simd.h"

/* What is shorter gains nothing by AVX2, and need not ask for it. */
enum {
    MASK_AVX2_LEAST = 256,
    UTF8_AVX2_LEAST = 64
};

static const struct meeple__simd sets[] = {
    {"scalar", meeple__mask_scalar, meeple__utf8_scalar},
    {"SSE2", meeple__mask_sse2, meeple__utf8_sse2},
    {"AVX2", meeple__mask_avx2, meeple__utf8_avx2},
};

/* The compiler's library has asked the CPU before main(), and whether the system saves the
 * registers. */
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

const struct meeple__simd *meeple__simd_at(size_t i)
{
    return i < (has_avx2() ? 3U : 2U) ? &sets[i] : NULL;
}

void meeple__simd_mask(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    if (len >= MASK_AVX2_LEAST && has_avx2()) {
        meeple__mask_avx2(to, from, len, key);
    } else {
        meeple__mask_sse2(to, from, len, key);
    }
}

bool meeple__simd_utf8(const uint8_t *ptr, size_t len)
{
    return len >= UTF8_AVX2_LEAST && has_avx2() ? meeple__utf8_avx2(ptr, len)
                                                : meeple__utf8_sse2(ptr, len);
}
