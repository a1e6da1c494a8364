/* sha1_openssl: SHA-1 where OpenSSL is there anyway. */
#include "transport/sha1.h"

#include <string.h>

#include <openssl/evp.h>

int meeple__sha1(uint8_t digest[MEEPLE__SHA1_SIZE], meeple_bytes bytes)
{
    uint8_t made[EVP_MAX_MD_SIZE];

    if (EVP_Digest(bytes.ptr, bytes.len, made, NULL, EVP_sha1(), NULL) != 1) {
        return MEEPLE_ENOMEM;
    }
    memcpy(digest, made, MEEPLE__SHA1_SIZE);
    return 0;
}
