/* utf8_avx2: is it UTF-8, with AVX2, 32 bytes at a time. */
#include <immintrin.h>

#include "core/simd.h"
#include "core/utf8_classes.h"

#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load(const uint8_t *ptr)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)ptr);
}

AVX2 static __m256i look_up(const uint8_t table[16], __m256i indices)
{
    __m128i entries = _mm_loadu_si128((const __m128i *)(const void *)table);

    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(entries), indices);
}

AVX2 static __m256i high_half(__m256i bytes)
{
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));
}

AVX2 static bool is_ascii(__m256i bytes)
{
    return _mm256_movemask_epi8(bytes) == 0;
}

/* The faults of bytes of which the one before, the second and the third before are given. */
AVX2 static __m256i faults(__m256i bytes, __m256i first, __m256i second, __m256i third)
{
    __m256i low = _mm256_and_si256(first, _mm256_set1_epi8(0x0f));
    __m256i two =
        _mm256_and_si256(_mm256_and_si256(look_up(meeple__utf8_first_high, high_half(first)),
                                          look_up(meeple__utf8_first_low, low)),
                         look_up(meeple__utf8_second_high, high_half(bytes)));
    /* The bit of 80 is left of what is a lead of three or four bytes, or of four. */
    __m256i of_three = _mm256_subs_epu8(second, _mm256_set1_epi8(0xe0 - 0x80));
    __m256i of_four = _mm256_subs_epu8(third, _mm256_set1_epi8(0xf0 - 0x80));
    __m256i goes_on = _mm256_and_si256(_mm256_or_si256(of_three, of_four),
                                       _mm256_set1_epi8((char)MEEPLE__UTF8_SECOND));

    return _mm256_xor_si256(two, goes_on);
}

/* At least three bytes lie before. */
AVX2 static __m256i faults_at(const uint8_t *ptr)
{
    return faults(load(ptr), load(ptr - 1), load(ptr - 2), load(ptr - 3));
}

AVX2 static __m256i faults_at_beginning(const uint8_t *ptr)
{
    __m256i bytes = load(ptr);
    /* Each half of a vector is shifted alone, with what is before it: nothing, or the other half.
     */
    __m256i before = _mm256_permute2x128_si256(bytes, bytes, 0x08);

    return faults(bytes, _mm256_alignr_epi8(bytes, before, 15),
                  _mm256_alignr_epi8(bytes, before, 14), _mm256_alignr_epi8(bytes, before, 13));
}

AVX2 bool meeple__utf8_avx2(const uint8_t *ptr, size_t len)
{
    __m256i found = _mm256_setzero_si256();
    /* After ASCII nothing has to go on, and ASCII needs no look. */
    bool ascii, was_ascii;
    size_t i = 32;

    if (len < 64) {
        return meeple__utf8_sse2(ptr, len);
    }
    ascii = was_ascii = is_ascii(load(ptr));
    if (!ascii) {
        found = faults_at_beginning(ptr);
    }
    for (; i + 64 <= len; i += 64, was_ascii = ascii) {
        ascii = is_ascii(_mm256_or_si256(load(ptr + i), load(ptr + i + 32)));
        if (!ascii || !was_ascii) {
            found = _mm256_or_si256(found,
                                    _mm256_or_si256(faults_at(ptr + i), faults_at(ptr + i + 32)));
        }
    }
    for (; i < len; i += 32, was_ascii = ascii) {
        const uint8_t *at = ptr + (i + 32 <= len ? i : len - 32);

        ascii = is_ascii(load(at));
        if (!ascii || !was_ascii) {
            found = _mm256_or_si256(found, faults_at(at));
        }
    }
    return _mm256_testz_si256(found, found) && !meeple__utf8_cut(ptr + len);
}
