/* mask_sse2: masks with SSE2, 16 bytes at a time. */
#include <emmintrin.h>

#include "core/mask.h"

static __m128i masked(const uint8_t *from, __m128i key)
{
    return _mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)from), key);
}

static void store(uint8_t *to, __m128i bytes)
{
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
}

void meeple__mask_sse2(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    __m128i keys = _mm_set1_epi32((int)key);
    /* The end is read before what it overlaps is written, for that may be the same place. */
    __m128i end = masked(from + len - 16, _mm_set1_epi32((int)meeple__mask_turn(key, len)));

    for (size_t i = 0; i < len - 16; i += 16) {
        store(to + i, masked(from + i, keys));
    }
    store(to + len - 16, end);
}
