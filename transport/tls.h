/* tls: one end of a TLS connection without any I/O: ciphertext in, plaintext out, and back. */
#ifndef MEEPLE_TRANSPORT_TLS_H
#define MEEPLE_TRANSPORT_TLS_H

#include <meeple/event.h>
#include <meeple/tls.h>

#include "core/block.h"

struct ssl_st;

enum {
    /* Plaintext is taken as long as its ciphertext keeps under this. */
    MEEPLE__TLS_OUT_MAX = 65536,
    /* A peer that makes us answer, and reads nothing, is dropped at this. */
    MEEPLE__TLS_OUT_CEILING = 4 * MEEPLE__TLS_OUT_MAX,
    MEEPLE__TLS_TEXT_SIZE = 200
};

/* Files that were read: shared by connections, counted, never changed. */
struct meeple__tls_context;

/* One reference in *out.  Errors and why as in meeple/tls.h; options are not needed after.
 * host: of the URL; NULL options: all defaults. */
int meeple__tls_context_server(struct meeple__tls_context **out,
                               const meeple_tls_server_options *options, char *why,
                               size_t why_size);
int meeple__tls_context_client(struct meeple__tls_context **out,
                               const meeple_tls_client_options *options, const char *host,
                               const meeple_mem *mem, char *why, size_t why_size);
void meeple__tls_context_unref(struct meeple__tls_context *context); /* may be NULL */

/* A net's own reference; meeple_tls_server_free() gives it back. */
meeple_tls_server *meeple__tls_server_ref(meeple_tls_server *server);
/* What a connection is to begin with; borrowed until the next reload. */
struct meeple__tls_context *meeple__tls_server_context(const meeple_tls_server *server);

typedef enum meeple__tls_state {
    MEEPLE__TLS_HANDSHAKE,
    MEEPLE__TLS_OPEN,
    MEEPLE__TLS_ENDED, /* the other side said that it will send nothing more */
    MEEPLE__TLS_FAILED /* fault says why; an alert may wait in out */
} meeple__tls_state;

/* Must not move in memory. */
struct meeple__tls {
    struct meeple__tls_context *context;
    struct ssl_st *ssl;
    struct meeple__pool *pool;
    struct meeple__queue out; /* ciphertext to be sent: as ws.out, the blocks stay where they are */
    meeple_bytes rx;          /* fed, not looked at yet */
    meeple_fault fault;       /* stage TLS; number: an alert that came, or an X509_V_ERR_ */
    int error;                /* FAILED: what next answers */
    int verify_depth;         /* of the certificate that was refused: 0 is the peer's own */
    uint8_t state;
    uint8_t sniffed;        /* first bytes that look like TLS */
    bool eof : 1;           /* the stream ended */
    bool truncated : 1;     /* ... without a word: what came may be cut off */
    bool close_sent : 1;    /* we said that we will send nothing more */
    bool no_memory : 1;     /* a block for out could not be had */
    bool out_of_bounds : 1; /* out came to its ceiling */
    char *text;             /* of the fault; NULL: there is none, or no memory for it */
};

/* The context gets a reference; its maker decides whether it is a server's or a client's.
 * MEEPLE_ENOMEM: nothing to undo. */
int meeple__tls_init(struct meeple__tls *tls, struct meeple__tls_context *context,
                     struct meeple__pool *pool);
/* A zeroed tls is done. */
void meeple__tls_done(struct meeple__tls *tls);

/* Ciphertext from the stream: borrowed until meeple__tls_next() has returned 0 or an error.  Not
 * before that again. */
void meeple__tls_feed(struct meeple__tls *tls, meeple_bytes bytes);
/* The stream ended or broke. */
void meeple__tls_eof(struct meeple__tls *tls);

/*
 * Goes on with the handshake, then puts plaintext into dst (at most one record, 16 KiB) and returns
 * how much.  0: more bytes are needed.  MEEPLE_ECLOSED: the other side ended properly; it can still
 * be sent to.  MEEPLE_ETLS: the handshake failed, the stream was cut off or tampered with, see
 * fault.  MEEPLE_ENOMEM: failed too.  Errors stay.  Look at `out` after each call; the first one
 * of a client puts its hello there.
 */
int meeple__tls_next(struct meeple__tls *tls, uint8_t *dst, size_t cap);

/* Encrypts the parts in order and returns how many bytes it took: all, or as many as `out` has room
 * for; 0 before OPEN.  MEEPLE_ETLS, MEEPLE_ENOMEM: failed.  Not after meeple__tls_close(). */
int meeple__tls_send(struct meeple__tls *tls, const meeple_bytes *parts, size_t count);

/* Says the end of our side (close_notify), into out.  Reading goes on.  Twice is fine. */
void meeple__tls_close(struct meeple__tls *tls);

#endif /* MEEPLE_TRANSPORT_TLS_H */
