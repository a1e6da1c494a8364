/* proxy_header: the client that a proxy speaks for, by the PROXY protocol, versions 1 and 2. */
#ifndef MEEPLE_TRANSPORT_PROXY_HEADER_H
#define MEEPLE_TRANSPORT_PROXY_HEADER_H

#include "transport/ip.h"

enum {
    MEEPLE__PROXY_LINE_MAX = 107,        /* bytes of version 1, with CR LF */
    MEEPLE__PROXY_HEADER_MAX = 16 + 2048 /* bytes of version 2 */
};

/* haproxy's proxy-protocol.txt.  Zeroed is the beginning. */
struct meeple__proxy_header {
    /* Once it is whole: */
    struct meeple__ip client; /* as the proxy has seen it */
    bool has_client;          /* false: the proxy speaks for itself, or cannot say (LOCAL, UNKNOWN,
                                 a family that has no IP address): the socket's address counts */
    /* Private: */
    uint8_t bytes[MEEPLE__PROXY_LINE_MAX]; /* as many of those that came */
    uint16_t came;
    uint16_t len; /* of version 2, once it is known */
};

/*
 * Takes what is the header's and no byte behind it; *taken says how many.  0: more have to come;
 * 1: it is whole; MEEPLE_EPROTO: it is none, and *why (static) says why.  After that or 1 it is not
 * fed again.  Whether there is a header is never guessed: without one a connection is refused.
 *
 * Extensions of version 2 (TLVs) are skipped, the checksum too: TCP has its own.  No more is kept
 * than a line of version 1.
 */
int meeple__proxy_header_feed(struct meeple__proxy_header *header, meeple_bytes bytes,
                              size_t *taken, const char **why);

#endif /* MEEPLE_TRANSPORT_PROXY_HEADER_H */
