/* mask: bytes XORed with four that repeat (RFC 6455 section 5.3). */
#include "core/mask.h"

static uint64_t twice(uint32_t key)
{
    return (uint64_t)key << 32 | key;
}

/*
 * Eight bytes up to 32: the first and the last words, which overlap if there is no multiple of
 * eight.  All are read before the first is written, for they may be the same place.
 */
static void mask_words(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    uint64_t front = twice(key), back = twice(meeple__mask_turn(key, len));
    uint64_t first, second, third, last;

    memcpy(&first, from, 8);
    memcpy(&last, from + len - 8, 8);
    first ^= front;
    last ^= back;
    if (len > 16) {
        memcpy(&second, from + 8, 8);
        memcpy(&third, from + len - 16, 8);
        second ^= front;
        third ^= back;
        memcpy(to + 8, &second, 8);
        memcpy(to + len - 16, &third, 8);
    }
    memcpy(to, &first, 8);
    memcpy(to + len - 8, &last, 8);
}

void meeple__mask_scalar(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    uint64_t words = twice(key), word;
    uint8_t bytes[4];
    size_t i = 0;

    for (; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        word ^= words;
        memcpy(to + i, &word, sizeof word);
    }
    memcpy(bytes, &key, sizeof bytes);
    for (; i < len; i++) {
        to[i] = from[i] ^ bytes[i & 3];
    }
}

void meeple__mask_short(uint8_t *to, const uint8_t *from, size_t len, uint32_t key)
{
    if (len >= 8) {
        mask_words(to, from, len, key);
    } else {
        meeple__mask_scalar(to, from, len, key);
    }
}
