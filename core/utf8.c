/* utf8: is it UTF-8, in pieces as they come (RFC 3629: no surrogates, no overlong forms). */
#include "core/utf8.h"

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

static size_t skip_ascii(const uint8_t *ptr, size_t len)
{
    size_t at = 0;
    uint64_t word;

    for (; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, ptr + at, sizeof word);
        if (word & 0x8080808080808080U) {
            break;
        }
    }
    while (at < len && ptr[at] < 0x80) {
        at++;
    }
    return at;
}

bool meeple__utf8_feed(struct meeple__utf8 *state, meeple_bytes bytes)
{
    size_t at = 0;

    while (at < bytes.len) {
        uint8_t byte = bytes.ptr[at];

        if (state->more > 0) {
            if (byte < state->low || byte > state->high) {
                return false;
            }
            state->more--;
            state->low = 0x80;
            state->high = 0xbf;
            at++;
        } else if (byte < 0x80) {
            at += skip_ascii(bytes.ptr + at, bytes.len - at);
        } else if (lead(state, byte)) {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

bool meeple__utf8_whole(const struct meeple__utf8 *state)
{
    return state->more == 0;
}

bool meeple__utf8_valid(meeple_bytes bytes)
{
    struct meeple__utf8 state = {0};

    return meeple__utf8_feed(&state, bytes) && meeple__utf8_whole(&state);
}
