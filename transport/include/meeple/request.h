/* meeple/request.h: who asks to come in: what a server sees before it answers. */
#ifndef MEEPLE_REQUEST_H
#define MEEPLE_REQUEST_H

#include <meeple/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A field of an HTTP head. */
typedef struct meeple_header {
    const char *name, *value;
} meeple_header;

/*
 * A client's opening handshake (RFC 6455 section 4.1), found to be a good one.  All of it is as the
 * client sent it: nothing here can be believed before it was checked.  Texts end with a NUL and
 * have none inside; values need not be UTF-8; never NULL.
 */
typedef struct meeple_request {
    const char *address; /* whose it is: "127.0.0.1:5000", "[::1]:5000"; "" inside this process.
                            Behind a trusted proxy what that says, maybe without a port */
    const char *proxy;   /* then the proxy's own address, else "" */
    bool encrypted;      /* it came by TLS to us */
    const char *path;    /* "/table/7", percent-encoded as it came; begins with a slash */
    const char *query;   /* what is behind the "?", "" if none */
    const char *host;    /* the Host header */
    const char *origin;  /* the page's that opens it, "https://example.org"; "" if no browser */
    const char *const *protocols; /* offered, NULL-terminated, the client's best first */
    const meeple_header *headers; /* all of them, in their order */
    size_t header_count;
} meeple_request;

/* The first header of that name (in any case), or NULL.  Borrowed like the request. */
MEEPLE_API const char *meeple_request_header(const meeple_request *request, const char *name);

/* The value of a cookie (RFC 6265 section 4.2), without the quotes it may have; ptr NULL: there is
 * none of that name.  Borrowed like the request; no NUL behind it. */
MEEPLE_API meeple_bytes meeple_request_cookie(const meeple_request *request, const char *name);

/*
 * The value of "name=value" in the query, the first of that name, decoded ("%41" and "+") into dst,
 * with a NUL behind it.  Returns its length, 0 also for "name" alone.  MEEPLE_ENOTFOUND: none.
 * MEEPLE_ETOOBIG: it needs more than cap bytes.  MEEPLE_EPROTO: a "%" without two hexadecimal
 * digits, a NUL, or not UTF-8.  MEEPLE_EINVAL.  dst is as it was on failure.
 */
MEEPLE_API int meeple_request_parameter(const meeple_request *request, const char *name, char *dst,
                                        size_t cap);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_REQUEST_H */
