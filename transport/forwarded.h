/* forwarded: whom trusted proxies speak for, by Forwarded (RFC 7239) or X-Forwarded-For. */
#ifndef MEEPLE_TRANSPORT_FORWARDED_H
#define MEEPLE_TRANSPORT_FORWARDED_H

#include "transport/http_head.h"
#include "transport/ip.h"

/* Which header the proxies set.  The other is never looked at: a proxy that does not know it lets
 * through what a stranger wrote there. */
enum meeple__forwarded_by {
    MEEPLE__FORWARDED_BY_X_FORWARDED_FOR,
    MEEPLE__FORWARDED_BY_FORWARDED
};

/*
 * *client is the address at the other end of the connection.  As long as it is a trusted one, what
 * it says of the address before it is believed, from the last element of the header to the first.
 * So the header is not looked at if the connection does not come from a trusted proxy, and neither
 * is what stands before the first stranger.
 *
 * 1: *client is somebody else now; 0: it is not, there was nobody to believe or nothing said;
 * MEEPLE_EPROTO: an element that counts is malformed, *client is untouched, and the request has
 * to be refused (400), for nobody knows whose it is.
 *
 * A proxy may hide its client ("unknown", or an identifier such as "_a7"): then *client is the last
 * address that is known.
 */
int meeple__forwarded_client(struct meeple__ip *client, const struct meeple__http_head *head,
                             enum meeple__forwarded_by by, const struct meeple__ip_network *trusted,
                             size_t trusted_count);

#endif /* MEEPLE_TRANSPORT_FORWARDED_H */
