/* url: "ws://host:port/path?query" or "wss://..." taken apart (RFC 6455 section 3). */
#ifndef MEEPLE_TRANSPORT_URL_H
#define MEEPLE_TRANSPORT_URL_H

#include <meeple/base.h>

/* Slices of the text they came from. */
struct meeple__url {
    meeple_bytes host;   /* without the brackets of an IPv6 address */
    meeple_bytes target; /* path and query as written, may be empty or begin with '?' */
    uint16_t port;
    bool literal_v6;
    bool secure; /* "wss://" */
};

/* The longest host name DNS knows, and the ports of URLs without one. */
enum {
    MEEPLE__HOST_MAX = 253,
    MEEPLE__WS_PORT = 80,
    MEEPLE__WSS_PORT = 443
};

/* MEEPLE_EINVAL: not such a URL; a fragment and user information are refused. */
int meeple__url_parse(struct meeple__url *url, const char *text);

#endif /* MEEPLE_TRANSPORT_URL_H */
