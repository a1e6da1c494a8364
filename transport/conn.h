/* conn: a byte stream with a WebSocket, maybe inside TLS. */
#ifndef MEEPLE_TRANSPORT_CONN_H
#define MEEPLE_TRANSPORT_CONN_H

#include <meeple/io.h>
#include <meeple/net.h>

#include "transport/ip.h"
#include "transport/line.h"
#include "transport/loop.h"
#include "transport/proxy_header.h"
#include "transport/tls.h"
#include "transport/ws.h"

typedef enum meeple__conn_phase {
    MEEPLE__CONN_CONNECTING, /* the stream is not there yet */
    MEEPLE__CONN_LIVE,
    MEEPLE__CONN_LINGERING, /* CLOSED was told; the last bytes are on their way */
    MEEPLE__CONN_GONE       /* nothing more will happen */
} meeple__conn_phase;

/* What only few connections have. */
struct meeple__conn_aside {
    struct meeple__ip client; /* accepted from a proxy: whose it is by its word, or the proxy's;
                                 else zeros */
    struct meeple__proxy_header *proxy; /* what has to come before anything else; else NULL */
    meeple_fault fault;                 /* of the stream */
};

/* There may be tens of thousands, and most of them rest. */
struct meeple__conn {
    struct meeple__loop *loop;
    struct meeple__list ready; /* in loop->ready or, if it starves, in loop->hungry */
    struct meeple__list dirty;
    meeple_socket *socket;
    struct meeple__tls *tls;          /* NULL: plain */
    struct meeple__conn_aside *aside; /* NULL: nothing of it */
    struct meeple__line line;
    uint32_t received; /* bytes of the WebSocket or its TLS; the owner's to reset */
    uint8_t phase;
    bool blocked : 1;  /* the driver has bytes that it will answer for with SENT */
    bool finished : 1; /* our end of the stream was said */
    bool starves : 1;  /* its owner has more for the empty queue, when its turn comes */
    bool ending : 1;   /* its WebSocket is, or never opens, and has its time for that */
    bool first : 1;    /* client: to end the stream, as the server will not */
    struct meeple__deadline deadline;
    uint64_t extra_deadline_ms; /* the owner's, or of a phase; UINT64_MAX: none */
    struct meeple__ws ws;
};

extern const struct meeple__line_ops meeple__conn_line_ops;

/* The conn that is such a line. */
static inline struct meeple__conn *meeple__conn_of(struct meeple__line *line)
{
    return MEEPLE__CONTAINER(line, struct meeple__conn, line);
}

/* Whoever is at the other end; zeros where that is no IP address. */
struct meeple__ip meeple__conn_other_end(const struct meeple__loop *loop, meeple_socket *socket);
/* For a stream that was accepted, or (socket NULL) for one that meeple__conn_connect() begins; a
 * context NULL is a plain one.  MEEPLE_ENOMEM, MEEPLE_EIO: nothing to undo, the socket is the
 * caller's. */
int meeple__conn_init(struct meeple__conn *conn, struct meeple__loop *loop,
                      const struct meeple__ws_config *config, meeple_socket *socket,
                      struct meeple__tls_context *context);
/* It says first whose it is.  meeple__conn_is_proxied() went before.  MEEPLE_ENOMEM. */
int meeple__conn_expect_proxy(struct meeple__conn *conn);
/* The other end is a proxy, with or without such a header: conn->aside->client is kept, and is the
 * proxy until somebody knows better.  MEEPLE_ENOMEM. */
int meeple__conn_is_proxied(struct meeple__conn *conn);
/* Whose it is, as far as that is known; zeros where that is no IP address. */
struct meeple__ip meeple__conn_client(const struct meeple__conn *conn);
/* Why the stream broke, or there was no TLS; stage NONE: it did not. */
meeple_fault meeple__conn_fault(const struct meeple__conn *conn);
/* Whose it is, as meeple_net_peer_address() says it. */
void meeple__conn_address(const struct meeple__conn *conn, char *dst, size_t cap);
int meeple__conn_connect(struct meeple__conn *conn, const char *host, uint16_t port,
                         uint32_t timeout_ms);
/* Closes the stream as it is. */
void meeple__conn_done(struct meeple__conn *conn);

/* The next event of the WebSocket: 1, 0 or an error.  A conn is ready until this returned 0. */
int meeple__conn_next(struct meeple__conn *conn, meeple_ws_event *event);
/* After CLOSED: sends what is queued and waits for the other side to end the stream too, so that
 * the close frame is not lost in a reset; then the phase is GONE and the conn ready. */
void meeple__conn_linger(struct meeple__conn *conn);
/* A client after a close handshake: the server is to end the stream first (RFC 6455 section 7.1.1),
 * so it waits for that as long as it lingers. */
bool meeple__conn_waits(const struct meeple__conn *conn);
/* Nothing is left to do for the stream: it is closed as it is, GONE. */
void meeple__conn_leave(struct meeple__conn *conn);

/* It has something to write. */
static inline void meeple__conn_wrote(struct meeple__conn *conn)
{
    if (meeple__list_empty(&conn->dirty)) {
        meeple__list_append(&conn->loop->dirty, &conn->dirty);
    }
}
/* It may have something to tell. */
static inline void meeple__conn_wake(struct meeple__conn *conn)
{
    if (conn->starves) {
        conn->starves = false;
        meeple__list_remove(&conn->ready);
    }
    if (meeple__list_empty(&conn->ready)) {
        meeple__list_append(&conn->loop->ready, &conn->ready);
    }
}
/* Its deadlines may have moved. */
static inline void meeple__conn_schedule(struct meeple__conn *conn)
{
    uint64_t at_ms = conn->extra_deadline_ms;

    if (conn->phase == MEEPLE__CONN_LIVE && conn->ws.deadline_ms < at_ms) {
        at_ms = conn->ws.deadline_ms;
    }
    if (at_ms != conn->deadline.at_ms) {
        meeple__heap_set(&conn->loop->deadlines, &conn->deadline, at_ms);
    }
}
/* The owner did something to its WebSocket: all of these. */
void meeple__conn_touched(struct meeple__conn *conn);
/* Bytes that wait to be sent, encrypted already or not. */
size_t meeple__conn_queued(const struct meeple__conn *conn);
/* Something of len bytes did not fit: when there is room for it, and half of the queue is free, the
 * conn is ready. */
void meeple__conn_missed(struct meeple__conn *conn, size_t len);
/* Whether that has come; true once, and only as long as it can be sent to. */
bool meeple__conn_drained(struct meeple__conn *conn);
/* Whether there is the room that was wanted, what is encrypted counted, too; true once, and only as
 * long as it can be sent to.  The conn is ready when it has come. */
bool meeple__conn_got_room(struct meeple__conn *conn);
/* As much as the system takes now. */
void meeple__conn_flush(struct meeple__conn *conn);

/* ---- what the loop tells it ---- */

/* Something happened to its stream. */
void meeple__conn_event(struct meeple__conn *conn, const meeple_io_event *event);
/* One of its deadlines has come. */
void meeple__conn_tick(struct meeple__conn *conn);

#endif /* MEEPLE_TRANSPORT_CONN_H */
