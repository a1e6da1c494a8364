/* utf8_sse2: is it UTF-8, with SSE2, 16 bytes at a time. */
#include <emmintrin.h>

#include "core/simd.h"
#include "core/utf8_classes.h"

static __m128i load(const uint8_t *ptr)
{
    return _mm_loadu_si128((const __m128i *)(const void *)ptr);
}

static __m128i all(int byte)
{
    return _mm_set1_epi8((char)byte);
}

static bool is_ascii(__m128i bytes)
{
    return _mm_movemask_epi8(bytes) == 0;
}

/* Not zero where a byte is greater than that. */
static __m128i above(__m128i bytes, int limit)
{
    return _mm_subs_epu8(bytes, all(limit));
}

/* That number where a byte is this one, else zero. */
static __m128i where(__m128i bytes, int byte, int number)
{
    return _mm_and_si128(_mm_cmpeq_epi8(bytes, all(byte)), all(number));
}

/*
 * Not zero where bytes are wrong, of which the one before, the second and the third before are
 * given.  SSE2 cannot look up in tables, as the others do, so it compares.
 */
static __m128i faults(__m128i bytes, __m128i first, __m128i second, __m128i third)
{
    __m128i goes_on =
        _mm_or_si128(_mm_or_si128(above(first, 0xbf), above(second, 0xdf)), above(third, 0xef));
    __m128i has_to_begin = _mm_cmpeq_epi8(goes_on, _mm_setzero_si128());
    __m128i follows = _mm_cmplt_epi8(bytes, all(0xc0)); /* with signs: 80 to bf */
    /* RFC 3629 section 4: after a few leads the second byte has narrower bounds. */
    __m128i low =
        _mm_or_si128(all(0x80), _mm_or_si128(where(first, 0xe0, 0x20), where(first, 0xf0, 0x10)));
    __m128i high =
        _mm_xor_si128(all(0xbf), _mm_or_si128(where(first, 0xed, 0x20), where(first, 0xf4, 0x30)));
    __m128i outside = _mm_or_si128(_mm_subs_epu8(low, bytes), _mm_subs_epu8(bytes, high));
    __m128i never = _mm_or_si128(above(bytes, 0xf4),
                                 _mm_cmpeq_epi8(_mm_and_si128(bytes, all(0xfe)), all(0xc0)));

    return _mm_or_si128(_mm_or_si128(never, _mm_cmpeq_epi8(follows, has_to_begin)),
                        _mm_and_si128(follows, outside));
}

/* At least three bytes lie before. */
static __m128i faults_at(const uint8_t *ptr)
{
    return faults(load(ptr), load(ptr - 1), load(ptr - 2), load(ptr - 3));
}

static __m128i faults_at_beginning(const uint8_t *ptr)
{
    __m128i bytes = load(ptr);

    return faults(bytes, _mm_slli_si128(bytes, 1), _mm_slli_si128(bytes, 2),
                  _mm_slli_si128(bytes, 3));
}

bool meeple__utf8_sse2(const uint8_t *ptr, size_t len)
{
    __m128i found = _mm_setzero_si128();
    /* After ASCII nothing has to go on, and ASCII needs no look. */
    bool ascii = is_ascii(load(ptr)), was_ascii = ascii;
    size_t i = 16;

    if (!ascii) {
        found = faults_at_beginning(ptr);
    }
    for (; i + 32 <= len; i += 32, was_ascii = ascii) {
        ascii = is_ascii(_mm_or_si128(load(ptr + i), load(ptr + i + 16)));
        if (!ascii || !was_ascii) {
            found = _mm_or_si128(found, _mm_or_si128(faults_at(ptr + i), faults_at(ptr + i + 16)));
        }
    }
    for (; i < len; i += 16, was_ascii = ascii) {
        const uint8_t *at = ptr + (i + 16 <= len ? i : len - 16);

        ascii = is_ascii(load(at));
        if (!ascii || !was_ascii) {
            found = _mm_or_si128(found, faults_at(at));
        }
    }
    return _mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_setzero_si128())) == 0xffff &&
           !meeple__utf8_cut(ptr + len);
}
