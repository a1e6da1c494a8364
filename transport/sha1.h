/* sha1: the digest that the opening handshake is built on (RFC 6455 section 4.2.2), not a secure
 * one. */
#ifndef MEEPLE_TRANSPORT_SHA1_H
#define MEEPLE_TRANSPORT_SHA1_H

#include <meeple/base.h>

enum {
    MEEPLE__SHA1_SIZE = 20
};

/* sha1_openssl.c or sha1_libmd.c, whichever is built.  MEEPLE_ENOMEM: the digest could not be made;
 * digest is untouched then. */
int meeple__sha1(uint8_t digest[MEEPLE__SHA1_SIZE], meeple_bytes bytes);

#endif /* MEEPLE_TRANSPORT_SHA1_H */
