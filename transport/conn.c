/* conn: a byte stream with a WebSocket, maybe inside TLS. */
#include "transport/conn.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"

enum {
    PARTS = 16,
    LINGER_MS = 1000,
    PLAIN_SIZE = 16384 /* the longest TLS record */
};

void meeple__conn_touched(struct meeple__conn *conn)
{
    meeple__conn_wrote(conn);
    meeple__conn_schedule(conn);
    meeple__conn_wake(conn);
}

static void done_tls(struct meeple__conn *conn)
{
    if (conn->tls) {
        meeple__tls_done(conn->tls);
        meeple__free(conn->loop->mem, conn->tls);
        conn->tls = NULL;
    }
}

static int init_tls(struct meeple__conn *conn, struct meeple__tls_context *context)
{
    struct meeple__loop *loop = conn->loop;
    int rc = MEEPLE_ENOMEM;

    if (!loop->plain) {
        loop->plain = meeple__alloc(loop->mem, PLAIN_SIZE);
    }
    conn->tls = meeple__alloc(loop->mem, sizeof *conn->tls);
    if (loop->plain && conn->tls) {
        rc = meeple__tls_init(conn->tls, context, &loop->pool);
    }
    if (rc < 0) {
        meeple__free(loop->mem, conn->tls);
        conn->tls = NULL;
    }
    return rc;
}

struct meeple__ip meeple__conn_other_end(const struct meeple__loop *loop, meeple_socket *socket)
{
    struct meeple__ip ip = {0};
    char text[64];

    loop->driver->address(loop->io, socket, text, sizeof text);
    meeple__ip_parse(&ip, (meeple_bytes){(const uint8_t *)text, strlen(text)});
    return ip;
}

static int need_aside(struct meeple__conn *conn)
{
    if (!conn->aside) {
        conn->aside = meeple__alloc(conn->loop->mem, sizeof *conn->aside);
        if (!conn->aside) {
            return MEEPLE_ENOMEM;
        }
        conn->aside->fault.text = "";
    }
    return 0;
}

static void done_proxy(struct meeple__conn *conn)
{
    meeple__free(conn->loop->mem, conn->aside->proxy);
    conn->aside->proxy = NULL;
}

static void done_aside(struct meeple__conn *conn)
{
    if (conn->aside) {
        done_proxy(conn);
        meeple__free(conn->loop->mem, conn->aside);
        conn->aside = NULL;
    }
}

int meeple__conn_init(struct meeple__conn *conn, struct meeple__loop *loop,
                      const struct meeple__ws_config *config, meeple_socket *socket,
                      struct meeple__tls_context *context)
{
    int rc = meeple__heap_reserve(&loop->deadlines, loop->mem, loop->conn_count + 1);

    if (rc < 0) {
        return rc;
    }
    *conn = (struct meeple__conn){.loop = loop, .socket = socket, .extra_deadline_ms = UINT64_MAX};
    conn->phase = socket ? MEEPLE__CONN_LIVE : MEEPLE__CONN_CONNECTING;
    conn->deadline.at_ms = UINT64_MAX;
    rc = socket ? 0 : need_aside(conn); /* whoever connects wants to know why it cannot */
    if (rc == 0 && context) {
        rc = init_tls(conn, context);
    }
    if (rc == 0) {
        rc = meeple__ws_init(&conn->ws, config, loop->now_ms);
    }
    if (rc < 0) {
        done_tls(conn);
        done_aside(conn);
        return rc;
    }
    meeple__list_init(&conn->ready);
    meeple__list_init(&conn->dirty);
    loop->conn_count++;
    if (socket) {
        loop->driver->attach(loop->io, socket, conn);
    }
    meeple__conn_schedule(conn);
    return 0;
}

int meeple__conn_is_proxied(struct meeple__conn *conn)
{
    int rc = need_aside(conn);

    if (rc == 0) {
        conn->aside->client = meeple__conn_other_end(conn->loop, conn->socket);
    }
    return rc;
}

int meeple__conn_expect_proxy(struct meeple__conn *conn)
{
    conn->aside->proxy = meeple__alloc(conn->loop->mem, sizeof *conn->aside->proxy);
    return conn->aside->proxy ? 0 : MEEPLE_ENOMEM;
}

struct meeple__ip meeple__conn_client(const struct meeple__conn *conn)
{
    return conn->aside && !meeple__ip_is_none(&conn->aside->client)
               ? conn->aside->client
               : meeple__conn_other_end(conn->loop, conn->socket);
}

meeple_fault meeple__conn_fault(const struct meeple__conn *conn)
{
    if (conn->aside && conn->aside->fault.stage != MEEPLE_STAGE_NONE) {
        return conn->aside->fault;
    }
    return conn->tls ? conn->tls->fault : (meeple_fault){.text = ""};
}

/* The first one stays. */
static void blame(struct meeple__conn *conn, const meeple_fault *fault)
{
    if (meeple__conn_fault(conn).stage == MEEPLE_STAGE_NONE && need_aside(conn) == 0) {
        conn->aside->fault = *fault;
    }
}

void meeple__conn_address(const struct meeple__conn *conn, char *dst, size_t cap)
{
    if (conn->aside && !meeple__ip_is_none(&conn->aside->client)) {
        meeple__ip_write_cut(dst, cap, &conn->aside->client);
    } else if (conn->socket) {
        conn->loop->driver->address(conn->loop->io, conn->socket, dst, cap);
    } else {
        meeple__ip_write_cut(dst, cap, &(struct meeple__ip){0});
    }
}

int meeple__conn_connect(struct meeple__conn *conn, const char *host, uint16_t port,
                         uint32_t timeout_ms)
{
    struct meeple__loop *loop = conn->loop;

    assert(conn->phase == MEEPLE__CONN_CONNECTING);
    conn->extra_deadline_ms = loop->now_ms + timeout_ms;
    meeple__conn_schedule(conn);
    return loop->driver->connect(loop->io, host, port, conn, &conn->socket);
}

static void close_socket(struct meeple__conn *conn)
{
    if (conn->socket) {
        conn->loop->driver->close(conn->loop->io, conn->socket);
        conn->socket = NULL;
    }
}

void meeple__conn_done(struct meeple__conn *conn)
{
    close_socket(conn);
    meeple__ws_done(&conn->ws);
    done_tls(conn);
    done_aside(conn);
    meeple__list_remove(&conn->ready);
    meeple__list_remove(&conn->dirty);
    meeple__heap_set(&conn->loop->deadlines, &conn->deadline, UINT64_MAX);
    conn->loop->conn_count--;
}

void meeple__conn_leave(struct meeple__conn *conn)
{
    close_socket(conn);
    meeple__queue_clear(&conn->ws.out, &conn->loop->pool);
    if (conn->tls) {
        meeple__queue_clear(&conn->tls->out, &conn->loop->pool);
    }
    conn->phase = MEEPLE__CONN_GONE;
    conn->extra_deadline_ms = UINT64_MAX;
    meeple__list_remove(&conn->dirty);
    meeple__conn_schedule(conn);
    meeple__conn_wake(conn);
}

/* What the stream is given. */
static struct meeple__queue *out_of(struct meeple__conn *conn)
{
    return conn->tls ? &conn->tls->out : &conn->ws.out;
}

size_t meeple__conn_queued(const struct meeple__conn *conn)
{
    return conn->ws.out.bytes + (conn->tls ? conn->tls->out.bytes : 0);
}

void meeple__conn_missed(struct meeple__conn *conn, size_t len)
{
    meeple__line_missed(&conn->line, len, conn->ws.config->options.queue_bytes_max);
}

static bool has_drained(const struct meeple__conn *conn)
{
    return meeple__line_has_drained(&conn->line, conn->ws.out.bytes);
}

bool meeple__conn_drained(struct meeple__conn *conn)
{
    if (!has_drained(conn) || !meeple__ws_is_open(&conn->ws)) {
        return false;
    }
    conn->line.drained_below = 0;
    return true;
}

static bool has_room(const struct meeple__conn *conn)
{
    return meeple__line_has_room(&conn->line, meeple__conn_queued(conn));
}

bool meeple__conn_got_room(struct meeple__conn *conn)
{
    if (!has_room(conn) || !meeple__ws_is_open(&conn->ws)) {
        return false;
    }
    conn->line.room_below = 0;
    return true;
}

/* The first len bytes of the WebSocket's queue went on. */
static void gone(struct meeple__conn *conn, size_t len)
{
    conn->ws.now_ms = conn->loop->now_ms;
    meeple__ws_sent(&conn->ws, len);
    if (has_drained(conn)) {
        meeple__conn_wake(conn);
    }
}

/* What the WebSocket says to a TLS that has failed will never be sent. */
static bool all_gone(const struct meeple__conn *conn)
{
    bool deaf = conn->tls && conn->tls->state == MEEPLE__TLS_FAILED;

    return meeple__conn_queued(conn) == 0 || (deaf && conn->tls->out.bytes == 0);
}

/* From the WebSocket's queue to that of TLS, as far as there is room. */
static void encrypt(struct meeple__conn *conn)
{
    struct meeple__tls *tls = conn->tls;
    int taken = 1;

    if (!tls || tls->close_sent) {
        return;
    }
    while (conn->ws.out.bytes > 0 && taken > 0) {
        meeple_bytes parts[PARTS];
        size_t count = meeple__queue_parts(&conn->ws.out, parts, PARTS);

        taken = meeple__tls_send(tls, parts, count);
        if (taken > 0) {
            gone(conn, (size_t)taken);
        }
    }
    if (taken < 0 && conn->phase == MEEPLE__CONN_LIVE) {
        meeple__conn_wake(conn);
    }
    if (conn->phase == MEEPLE__CONN_LINGERING && conn->ws.out.bytes == 0) {
        meeple__tls_close(tls);
    }
}

bool meeple__conn_waits(const struct meeple__conn *conn)
{
    const struct meeple__ws *ws = &conn->ws;

    return conn->phase == MEEPLE__CONN_LINGERING && !ws->config->options.server && !conn->first &&
           ws->close_sent && ws->close_received && !ws->failed;
}

/* The end of our side of the stream, once everything is said. */
static void finish(struct meeple__conn *conn)
{
    if (conn->phase == MEEPLE__CONN_LINGERING && !conn->finished && all_gone(conn) &&
        !meeple__conn_waits(conn)) {
        conn->finished = true;
        conn->loop->driver->finish(conn->loop->io, conn->socket);
    }
}

/* Its owner has more to say, when its turn comes. */
static void starve(struct meeple__conn *conn)
{
    if (meeple__list_empty(&conn->ready)) {
        conn->starves = true;
        meeple__list_append(&conn->loop->hungry, &conn->ready);
    }
}

static void sent(struct meeple__conn *conn, size_t len)
{
    conn->loop->bytes_out += len;
    if (conn->tls) {
        meeple__queue_sent(&conn->tls->out, &conn->loop->pool, len);
        if (len > 0 && conn->tls->out.bytes > 0) {
            /* A ping may still be behind that, encrypted: it cannot have been answered yet. */
            meeple__heartbeat_moved(&conn->ws.heartbeat, conn->loop->now_ms);
        }
        encrypt(conn);
    } else {
        gone(conn, len);
    }
    if (has_room(conn)) {
        meeple__conn_wake(conn);
    }
    if (meeple__conn_queued(conn) == 0) {
        finish(conn);
        if (conn->ws.answering) {
            starve(conn);
        } else if (conn->ws.failed || conn->ws.close_sent) {
            meeple__conn_wake(conn);
        }
    }
}

void meeple__conn_flush(struct meeple__conn *conn)
{
    struct meeple__loop *loop = conn->loop;
    struct meeple__queue *out = out_of(conn);

    if (conn->phase != MEEPLE__CONN_LIVE && conn->phase != MEEPLE__CONN_LINGERING) {
        return;
    }
    encrypt(conn);
    while (!conn->blocked && out->bytes > 0) {
        meeple_bytes parts[PARTS];
        size_t count = meeple__queue_parts(out, parts, PARTS);
        size_t total = 0, gone;

        for (size_t i = 0; i < count; i++) {
            total += parts[i].len;
        }
        gone = loop->driver->send(loop->io, conn->socket, parts, count);
        assert(gone <= total);
        conn->blocked = gone < total;
        sent(conn, gone);
    }
    finish(conn);
}

void meeple__conn_linger(struct meeple__conn *conn)
{
    /* Where TLS failed, its WebSocket is at its end, but the alert is to arrive. */
    bool ended = conn->tls ? conn->tls->eof : conn->ws.ended;

    if (!conn->socket || ended || conn->ws.timed_out) {
        meeple__conn_leave(conn);
        return;
    }
    conn->phase = MEEPLE__CONN_LINGERING;
    conn->extra_deadline_ms = conn->loop->now_ms + LINGER_MS;
    if (meeple__conn_queued(conn) > 0 && conn->tls) {
        /* It was CLOSED when the last was encrypted, not when it was gone. */
        conn->extra_deadline_ms += conn->ws.config->options.close_timeout_ms;
    }
    meeple__conn_schedule(conn);
    meeple__conn_wrote(conn);
}

/* The WebSocket's next event; when it wants more, it gets the next record. */
static int next_decrypted(struct meeple__conn *conn, meeple_ws_event *event)
{
    struct meeple__loop *loop = conn->loop;
    struct meeple__tls *tls = conn->tls;

    for (;;) {
        int rc = meeple__ws_next(&conn->ws, event);
        int len;

        if (rc != 0 || conn->ws.ended) {
            return rc;
        }
        len = meeple__tls_next(tls, loop->plain, PLAIN_SIZE);
        if (len > 0) {
            meeple__ws_feed(&conn->ws, loop->plain, (size_t)len, loop->now_ms);
        } else if (len == 0) {
            return 0;
        } else {
            meeple__conn_flush(conn);
            meeple__ws_eof(&conn->ws);
        }
    }
}

/* The time that it has to end began with the last turn of the loop, and since then the application
 * may have been away: it begins now. */
static void begin_to_end(struct meeple__conn *conn)
{
    struct meeple__loop *loop = conn->loop;
    struct meeple__ws *ws = &conn->ws;
    uint64_t turn_ms = loop->now_ms;

    if (conn->ending || !(ws->failed || ws->close_sent || ws->close_received)) {
        return;
    }
    conn->ending = true;
    if (ws->deadline_ms != UINT64_MAX) {
        ws->deadline_ms += meeple__loop_now(loop) - turn_ms;
    }
}

int meeple__conn_next(struct meeple__conn *conn, meeple_ws_event *event)
{
    int rc;

    if (conn->phase != MEEPLE__CONN_LIVE) {
        return 0;
    }
    conn->ws.now_ms = conn->loop->now_ms;
    rc = conn->tls ? next_decrypted(conn, event) : meeple__ws_next(&conn->ws, event);
    if (rc <= 0 || event->type != MEEPLE_WS_MESSAGE) {
        begin_to_end(conn);
    }
    if (meeple__conn_queued(conn) > 0 && !conn->blocked) {
        meeple__conn_wrote(conn);
    }
    meeple__conn_schedule(conn);
    return rc;
}

/* A stream broke, or its other end is there no more. */
static void ended(struct meeple__conn *conn, const meeple_io_event *event)
{
    if (event->type == MEEPLE_IO_BROKEN) {
        blame(conn, &event->fault);
    }
    if (event->type == MEEPLE_IO_ENDED && !conn->tls && meeple__ws_answers(&conn->ws)) {
        return; /* who asked for a page has no more to say, and still listens */
    }
    if (conn->phase == MEEPLE__CONN_LIVE) {
        if (conn->tls) {
            meeple__tls_eof(conn->tls);
        } else {
            meeple__ws_eof(&conn->ws);
        }
        meeple__conn_wake(conn);
    } else {
        meeple__conn_leave(conn);
    }
}

/* What is behind a proxy's header of this piece, if that is whole by now. */
static bool skip_proxy(struct meeple__conn *conn, uint8_t **bytes, size_t *len)
{
    const char *why = "";
    size_t taken;
    int rc =
        meeple__proxy_header_feed(conn->aside->proxy, (meeple_bytes){*bytes, *len}, &taken, &why);

    if (rc < 0) {
        conn->aside->fault = (meeple_fault){MEEPLE_STAGE_CONNECT, 0, why};
        meeple__ws_eof(&conn->ws);
        if (conn->tls) {
            meeple__tls_eof(conn->tls);
        }
    }
    *bytes += taken;
    *len -= taken;
    if (rc > 0) {
        if (conn->aside->proxy->has_client) {
            conn->aside->client = conn->aside->proxy->client;
        }
        done_proxy(conn);
    }
    return rc > 0 && *len > 0;
}

static void received(struct meeple__conn *conn, uint8_t *bytes, size_t len)
{
    if (conn->aside && conn->aside->proxy && !skip_proxy(conn, &bytes, &len)) {
        return; /* more has to come, or nothing can */
    }
    conn->received += (uint32_t)len;
    if (conn->tls) {
        meeple__tls_feed(conn->tls, (meeple_bytes){bytes, len});
        /* A record can take long to be whole on a thin line: its pieces are a sign of life. */
        meeple__heartbeat_heard(&conn->ws.heartbeat, conn->loop->now_ms);
    } else {
        meeple__ws_feed(&conn->ws, bytes, len, conn->loop->now_ms);
    }
}

void meeple__conn_event(struct meeple__conn *conn, const meeple_io_event *event)
{
    switch (event->type) {
    case MEEPLE_IO_CONNECTED:
        conn->phase = MEEPLE__CONN_LIVE;
        conn->extra_deadline_ms = UINT64_MAX;
        conn->ws.now_ms = conn->loop->now_ms;
        conn->ws.deadline_ms = conn->loop->now_ms + conn->ws.config->options.handshake_timeout_ms;
        meeple__conn_schedule(conn);
        meeple__conn_wrote(conn);
        meeple__conn_wake(conn);
        break;
    case MEEPLE_IO_RECEIVED:
        conn->loop->bytes_in += event->len;
        if (conn->phase == MEEPLE__CONN_LIVE) {
            received(conn, event->bytes, event->len);
            meeple__conn_wake(conn);
        }
        break;
    case MEEPLE_IO_SENT:
        conn->blocked = false;
        sent(conn, event->len);
        meeple__conn_wrote(conn);
        break;
    case MEEPLE_IO_ENDED:
    case MEEPLE_IO_BROKEN:
        ended(conn, event);
        break;
    case MEEPLE_IO_ACCEPTED:
    case MEEPLE_IO_WOKEN:
    default:
        break;
    }
}

void meeple__conn_tick(struct meeple__conn *conn)
{
    uint64_t now_ms = conn->loop->now_ms;

    if (conn->phase == MEEPLE__CONN_LINGERING) {
        meeple__conn_leave(conn);
        return;
    }
    if (conn->extra_deadline_ms <= now_ms) {
        /* The owner's: it looks at the time itself when it is woken. */
        conn->extra_deadline_ms = UINT64_MAX;
    }
    if (conn->phase == MEEPLE__CONN_LIVE) {
        meeple__ws_tick(&conn->ws, now_ms);
        if (conn->tls && conn->tls->state == MEEPLE__TLS_HANDSHAKE && conn->ws.failed) {
            /* Nobody can be told that it took too long. */
            conn->ws.timed_out = true;
        }
    } else {
        conn->ws.timed_out = true;
    }
    meeple__conn_schedule(conn);
    meeple__conn_wake(conn);
}
