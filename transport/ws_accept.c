/* ws_accept: Sec-WebSocket-Key and what answers it (RFC 6455 sections 4.1 and 4.2.2). */
#include "transport/ws_accept.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

void meeple__ws_key(char key[MEEPLE__WS_KEY_SIZE], const uint8_t random[16])
{
    uint8_t text[MEEPLE__WS_KEY_SIZE];

    EVP_EncodeBlock(text, random, 16);
    memcpy(key, text, sizeof text);
}

bool meeple__ws_key_valid(meeple_bytes key)
{
    uint8_t decoded[18];

    return key.len == 24 && key.ptr[22] == '=' && key.ptr[23] == '=' && !memchr(key.ptr, '=', 22) &&
           EVP_DecodeBlock(decoded, key.ptr, 24) == sizeof decoded;
}

int meeple__ws_accept(char accept[MEEPLE__WS_ACCEPT_SIZE], meeple_bytes key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t input[24 + sizeof guid - 1];
    uint8_t digest[SHA_DIGEST_LENGTH];
    uint8_t text[MEEPLE__WS_ACCEPT_SIZE];

    assert(key.len == 24);
    memcpy(input, key.ptr, 24);
    memcpy(input + 24, guid, sizeof guid - 1);
    if (EVP_Digest(input, sizeof input, digest, NULL, EVP_sha1(), NULL) != 1) {
        return MEEPLE_ENOMEM;
    }
    EVP_EncodeBlock(text, digest, sizeof digest);
    memcpy(accept, text, sizeof text);
    return 0;
}
