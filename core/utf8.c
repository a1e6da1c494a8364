/* utf8: is it UTF-8, in pieces as they come (RFC 3629: no surrogates, no overlong forms). */
#include "core/utf8.h"
#include "core/simd.h"

#include <string.h>

/* What a lead byte asks for; RFC 3629 section 4, the table UTF8-2 to UTF8-4. */
static bool lead(struct meeple__utf8 *state, uint8_t byte)
{
    state->low = 0x80;
    state->high = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) {
        state->more = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        state->more = 2;
        state->low = byte == 0xe0 ? 0xa0 : 0x80;
        state->high = byte == 0xed ? 0x9f : 0xbf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        state->more = 3;
        state->low = byte == 0xf0 ? 0x90 : 0x80;
        state->high = byte == 0xf4 ? 0x8f : 0xbf;
    } else {
        return false;
    }
    return true;
}

static const uint64_t high_bits = 0x8080808080808080U;

static uint64_t word_at(const uint8_t *ptr)
{
    uint64_t word;

    memcpy(&word, ptr, sizeof word);
    return word;
}

/* The bytes up to the first that is not ASCII, or fewer if the rest is short. */
static size_t skip_ascii(const uint8_t *ptr, size_t len)
{
    size_t at = 0;

    while (len - at >= 8) {
        if (word_at(ptr + at) & high_bits) {
            break;
        }
        at += 8;
    }
    while (at < len && ptr[at] < 0x80) {
        at++;
    }
    return at;
}

enum {
    SHORT_MAX = 32
};

/* Most texts are short, and most of these are ASCII: words that overlap tell it without a loop. */
static bool is_short_ascii(const uint8_t *ptr, size_t len)
{
    uint64_t bytes = 0;

    if (len >= 8) {
        bytes = word_at(ptr) | word_at(ptr + len - 8);
        if (len > 16) {
            bytes |= word_at(ptr + 8) | word_at(ptr + len - 16);
        }
    } else {
        for (size_t i = 0; i < len; i++) {
            bytes |= ptr[i];
        }
    }
    return (bytes & high_bits) == 0;
}

/* The definition, one byte after the other. */
static bool feed_bytes(struct meeple__utf8 *state, const uint8_t *ptr, size_t len)
{
    size_t at = 0;

    while (at < len) {
        if (state->more > 0) {
            if (ptr[at] < state->low || ptr[at] > state->high) {
                return false;
            }
            state->more--;
            state->low = 0x80;
            state->high = 0xbf;
            at++;
        } else if (ptr[at] < 0x80) {
            at += skip_ascii(ptr + at, len - at);
        } else if (lead(state, ptr[at])) {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

bool meeple__utf8_scalar(const uint8_t *ptr, size_t len)
{
    struct meeple__utf8 state = {0};

    return feed_bytes(&state, ptr, len) && meeple__utf8_whole(&state);
}

/* How many bytes at the end may be the beginning of a character: up to three, from a lead on that
 * asks for more than these. */
static size_t beginning_at_end(const uint8_t *end)
{
    return end[-1] >= 0xc0 ? 1 : end[-2] >= 0xe0 ? 2 : end[-3] >= 0xf0 ? 3 : 0;
}

bool meeple__utf8_valid(meeple_bytes bytes)
{
    if (bytes.len <= SHORT_MAX && is_short_ascii(bytes.ptr, bytes.len)) {
        return true;
    }
    return bytes.len < MEEPLE__SIMD_UTF8_LEAST ? meeple__utf8_scalar(bytes.ptr, bytes.len)
                                               : meeple__simd_utf8(bytes.ptr, bytes.len);
}

bool meeple__utf8_feed(struct meeple__utf8 *state, meeple_bytes bytes)
{
    const uint8_t *ptr = bytes.ptr;
    size_t first = state->more, last;

    /* Nearly all pieces begin and end with a character: they are whole texts. */
    if (first == 0 && (bytes.len == 0 || ptr[bytes.len - 1] < 0x80)) {
        return meeple__utf8_valid(bytes);
    }
    last = bytes.len < MEEPLE__SIMD_UTF8_LEAST ? 0 : beginning_at_end(ptr + bytes.len);
    if (bytes.len < MEEPLE__SIMD_UTF8_LEAST + first + last) {
        return feed_bytes(state, ptr, bytes.len);
    }
    return feed_bytes(state, ptr, first) &&
           meeple__simd_utf8(ptr + first, bytes.len - first - last) &&
           feed_bytes(state, ptr + bytes.len - last, last);
}

bool meeple__utf8_whole(const struct meeple__utf8 *state)
{
    return state->more == 0;
}
