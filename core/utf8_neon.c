/* utf8_neon: is it UTF-8, with NEON, 16 bytes at a time. */
#include <arm_neon.h>

#include "core/simd.h"
#include "core/utf8_classes.h"

static bool is_ascii(uint8x16_t bytes)
{
    return vmaxvq_u8(bytes) < 0x80;
}

static uint8x16_t look_up(const uint8_t table[16], uint8x16_t indices)
{
    return vqtbl1q_u8(vld1q_u8(table), indices);
}

/* The faults of bytes of which the one before, the second and the third before are given. */
static uint8x16_t faults(uint8x16_t bytes, uint8x16_t first, uint8x16_t second, uint8x16_t third)
{
    uint8x16_t low = vandq_u8(first, vdupq_n_u8(0x0f));
    uint8x16_t two = vandq_u8(vandq_u8(look_up(meeple__utf8_first_high, vshrq_n_u8(first, 4)),
                                       look_up(meeple__utf8_first_low, low)),
                              look_up(meeple__utf8_second_high, vshrq_n_u8(bytes, 4)));
    /* The bit of 80 is left of what is a lead of three or four bytes, or of four. */
    uint8x16_t of_three = vqsubq_u8(second, vdupq_n_u8(0xe0 - 0x80));
    uint8x16_t of_four = vqsubq_u8(third, vdupq_n_u8(0xf0 - 0x80));
    uint8x16_t goes_on = vandq_u8(vorrq_u8(of_three, of_four), vdupq_n_u8(MEEPLE__UTF8_SECOND));

    return veorq_u8(two, goes_on);
}

/* At least three bytes lie before. */
static uint8x16_t faults_at(const uint8_t *ptr)
{
    return faults(vld1q_u8(ptr), vld1q_u8(ptr - 1), vld1q_u8(ptr - 2), vld1q_u8(ptr - 3));
}

static uint8x16_t faults_at_beginning(const uint8_t *ptr)
{
    uint8x16_t bytes = vld1q_u8(ptr), before = vdupq_n_u8(0);

    return faults(bytes, vextq_u8(before, bytes, 15), vextq_u8(before, bytes, 14),
                  vextq_u8(before, bytes, 13));
}

bool meeple__utf8_neon(const uint8_t *ptr, size_t len)
{
    uint8x16_t found = vdupq_n_u8(0);
    /* After ASCII nothing has to go on, and ASCII needs no look. */
    bool ascii = is_ascii(vld1q_u8(ptr)), was_ascii = ascii;
    size_t i = 16;

    if (!ascii) {
        found = faults_at_beginning(ptr);
    }
    for (; i + 32 <= len; i += 32, was_ascii = ascii) {
        ascii = is_ascii(vorrq_u8(vld1q_u8(ptr + i), vld1q_u8(ptr + i + 16)));
        if (!ascii || !was_ascii) {
            found = vorrq_u8(found, vorrq_u8(faults_at(ptr + i), faults_at(ptr + i + 16)));
        }
    }
    for (; i < len; i += 16, was_ascii = ascii) {
        const uint8_t *at = ptr + (i + 16 <= len ? i : len - 16);

        ascii = is_ascii(vld1q_u8(at));
        if (!ascii || !was_ascii) {
            found = vorrq_u8(found, faults_at(at));
        }
    }
    return vmaxvq_u8(found) == 0 && !meeple__utf8_cut(ptr + len);
}
