/* tls_none: in place of tls and tls_context in a build without OpenSSL: there is no TLS. */
#include "transport/tls.h"

#include <assert.h>
#include <stdio.h>

static int refuse(char *why, size_t why_size)
{
    if (why_size > 0) {
        snprintf(why, why_size, "this build of the library has no TLS of its own");
    }
    return MEEPLE_ENOTSUP;
}

int meeple__tls_context_server(struct meeple__tls_context **out,
                               const meeple_tls_server_options *options, char *why, size_t why_size)
{
    (void)options;
    (void)out;
    return refuse(why, why_size);
}

int meeple__tls_context_client(struct meeple__tls_context **out,
                               const meeple_tls_client_options *options, const char *host,
                               const meeple_mem *mem, char *why, size_t why_size)
{
    (void)options;
    (void)host;
    (void)mem;
    (void)out;
    return refuse(why, why_size);
}

void meeple__tls_context_unref(struct meeple__tls_context *context)
{
    assert(!context);
}

/* A connection has TLS by a context.  There is none, so from here on nothing is ever called, but by
 * what would end it. */

int meeple__tls_init(struct meeple__tls *tls, struct meeple__tls_context *context,
                     struct meeple__pool *pool)
{
    (void)context;
    (void)pool;
    *tls = (struct meeple__tls){.state = MEEPLE__TLS_FAILED};
    return MEEPLE_ENOTSUP;
}

void meeple__tls_done(struct meeple__tls *tls)
{
    assert(!tls->ssl);
}

void meeple__tls_feed(struct meeple__tls *tls, meeple_bytes bytes)
{
    tls->rx = bytes;
}

void meeple__tls_eof(struct meeple__tls *tls)
{
    tls->eof = true;
}

int meeple__tls_next(struct meeple__tls *tls, uint8_t *dst, size_t cap)
{
    (void)tls;
    (void)dst;
    (void)cap;
    return MEEPLE_ENOTSUP;
}

int meeple__tls_send(struct meeple__tls *tls, const meeple_bytes *parts, size_t count)
{
    (void)tls;
    (void)parts;
    (void)count;
    return MEEPLE_ENOTSUP;
}

void meeple__tls_close(struct meeple__tls *tls)
{
    tls->close_sent = true;
}
