/* ws_accept: Sec-WebSocket-Key and what answers it (RFC 6455 sections 4.1 and 4.2.2). */
#include "transport/ws_accept.h"

#include <assert.h>
#include <string.h>

#include "transport/sha1.h"

/* RFC 4648 section 4. */
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* text gets four characters for each three bytes begun, and a NUL. */
static void encode(char *text, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t some = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16;

        bits |= some > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= some > 2 ? bytes[i + 2] : 0;
        *text++ = base64[bits >> 18];
        *text++ = base64[bits >> 12 & 63];
        *text++ = some > 1 ? base64[bits >> 6 & 63] : '=';
        *text++ = some > 2 ? base64[bits & 63] : '=';
    }
    *text = '\0';
}

void meeple__ws_key(char key[MEEPLE__WS_KEY_SIZE], const uint8_t random[16])
{
    encode(key, random, 16);
}

bool meeple__ws_key_valid(meeple_bytes key)
{
    if (key.len != 24 || key.ptr[22] != '=' || key.ptr[23] != '=') {
        return false;
    }
    for (size_t i = 0; i < 22; i++) {
        if (key.ptr[i] == '\0' || !strchr(base64, key.ptr[i])) {
            return false;
        }
    }
    return true;
}

int meeple__ws_accept(char accept[MEEPLE__WS_ACCEPT_SIZE], meeple_bytes key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t input[24 + sizeof guid - 1];
    uint8_t digest[MEEPLE__SHA1_SIZE];
    int rc;

    assert(key.len == 24);
    memcpy(input, key.ptr, 24);
    memcpy(input + 24, guid, sizeof guid - 1);
    rc = meeple__sha1(digest, (meeple_bytes){input, sizeof input});
    if (rc == 0) {
        encode(accept, digest, sizeof digest);
    }
    return rc;
}
