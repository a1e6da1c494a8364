/* raw_peer: somebody on the simulated network who speaks WebSocket, or worse, without a net. */
#ifndef TESTS_SUPPORT_RAW_PEER_H
#define TESTS_SUPPORT_RAW_PEER_H

#include <meeple/ws.h>

#include "tests/support/prng.h"
#include "tests/support/sim.h"

enum {
    RAW_TOLD = 1 << 14
};

struct raw_peer {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *listener, *socket;
    meeple_ws *ws; /* NULL: bytes only */
    struct prng random;
    bool open, deaf, mute; /* does not read; does not answer */
    bool blocked;          /* the driver has not taken all */
    bool ended;            /* the other side ended the stream, or broke it */
    /* "open meeple.1", "binary \01\02...", "closing 1000 bye", "closed 1000 clean bye"; without a
     * WebSocket what came, quoted. */
    char told[RAW_TOLD];
    size_t told_len;
    char heard[RAW_TOLD]; /* without a WebSocket: the bytes that came, as they are */
    size_t heard_len;
};

/* Connects to a host and handshakes; protocol may be NULL.  ws false: just a stream. */
void raw_connect(struct raw_peer *raw, struct sim *sim, const char *host, const char *to,
                 uint16_t port, const char *protocol, bool ws);
/* Takes one stream on a host and port, and accepts every handshake on it. */
void raw_listen(struct raw_peer *raw, struct sim *sim, const char *host, uint16_t port,
                const char *protocol, bool ws);
/* A binary message (text with `text`). */
void raw_send(struct raw_peer *raw, const void *bytes, size_t len, bool text);
/* Begins a close handshake. */
void raw_close(struct raw_peer *raw, uint16_t code, const char *reason);
/* Bytes as they are, behind a stream without WebSocket or past it. */
void raw_write(struct raw_peer *raw, const void *bytes, size_t len);
/* Takes what there is; true if there was something.  ctx is the raw_peer. */
bool raw_turn(void *ctx);
void raw_done(struct raw_peer *raw);

#endif /* TESTS_SUPPORT_RAW_PEER_H */
