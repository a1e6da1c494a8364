/* sha1_openssl: SHA-1 where OpenSSL is there anyway. */
#define OPENSSL_SUPPRESS_DEPRECATED /* see below */
#include "transport/sha1.h"

#include <openssl/sha.h>

/* EVP_Digest(), which is recommended instead, looks the algorithm up by its name each time, under
 * locks that all threads share, and allocates: three times the work of a handshake's digest. */
int meeple__sha1(uint8_t digest[MEEPLE__SHA1_SIZE], meeple_bytes bytes)
{
    SHA_CTX state;

    if (SHA1_Init(&state) != 1 || SHA1_Update(&state, bytes.ptr, bytes.len) != 1 ||
        SHA1_Final(digest, &state) != 1) {
        return MEEPLE_ENOMEM;
    }
    return 0;
}
