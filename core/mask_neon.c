/* mask_neon: masks with NEON, 16 bytes at a time. */
#include <arm_neon.h>

#include "core/mask.h"

static uint8x16_t keys_at(uint32_t key, size_t offset)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(meeple__mask_turn(key, offset)));
}

void meeple__mask_neon(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    uint8x16_t keys = keys_at(key, 0);
    /* The end is read before what it overlaps is written, for that may be the same place. */
    uint8x16_t end = veorq_u8(vld1q_u8(from + len - 16), keys_at(key, len));
    size_t i = 0;

    for (; i + 32 < len; i += 32) {
        uint8x16_t first = vld1q_u8(from + i), second = vld1q_u8(from + i + 16);

        vst1q_u8(to + i, veorq_u8(first, keys));
        vst1q_u8(to + i + 16, veorq_u8(second, keys));
    }
    if (i + 16 < len) {
        vst1q_u8(to + i, veorq_u8(vld1q_u8(from + i), keys));
    }
    vst1q_u8(to + len - 16, end);
}
