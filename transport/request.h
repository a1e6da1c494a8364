/* request: meeple/request.h made from the head of a good request. */
#ifndef MEEPLE_TRANSPORT_REQUEST_H
#define MEEPLE_TRANSPORT_REQUEST_H

#include <meeple/request.h>

#include "transport/http_head.h"

/* Path and query of a request's target, "/path?query" or "scheme://host/path?query" (RFC 9112
 * section 3.2).  False: it is neither, or has a fragment. */
bool meeple__target_split(meeple_bytes target, meeple_bytes *path, meeple_bytes *query);

/* In *out what meeple__request_free() frees; address, proxy and encrypted are the caller's to fill
 * in.  The target was found good.  MEEPLE_ENOMEM. */
int meeple__request_new(meeple_request **out, const struct meeple__http_head *head,
                        const meeple_mem *mem);
void meeple__request_free(meeple_request *request, const meeple_mem *mem);

#endif /* MEEPLE_TRANSPORT_REQUEST_H */
