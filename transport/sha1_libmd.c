/* sha1_libmd: SHA-1 where there is no OpenSSL: libmd's. */
#include "transport/sha1.h"

#include <sha1.h>

_Static_assert(SHA1_DIGEST_LENGTH == MEEPLE__SHA1_SIZE, "a digest is a digest");

int meeple__sha1(uint8_t digest[MEEPLE__SHA1_SIZE], meeple_bytes bytes)
{
    SHA1_CTX context;

    SHA1Init(&context);
    SHA1Update(&context, bytes.ptr, bytes.len);
    SHA1Final(digest, &context);
    return 0;
}
