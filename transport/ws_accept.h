/* ws_accept: Sec-WebSocket-Key and what answers it (RFC 6455 sections 4.1 and 4.2.2). */
#ifndef MEEPLE_TRANSPORT_WS_ACCEPT_H
#define MEEPLE_TRANSPORT_WS_ACCEPT_H

#include <meeple/base.h>

enum {
    MEEPLE__WS_KEY_SIZE = 25,
    MEEPLE__WS_ACCEPT_SIZE = 29
}; /* with the NUL */

void meeple__ws_key(char key[MEEPLE__WS_KEY_SIZE], const uint8_t random[16]);
/* Whether it is the base64 of 16 bytes. */
bool meeple__ws_key_valid(meeple_bytes key);
/* key is a valid one.  MEEPLE_ENOMEM: the digest could not be made. */
int meeple__ws_accept(char accept[MEEPLE__WS_ACCEPT_SIZE], meeple_bytes key);

#endif /* MEEPLE_TRANSPORT_WS_ACCEPT_H */
