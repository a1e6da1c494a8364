/* raw_peer: somebody on the simulated network who speaks WebSocket, or worse, without a net. */
#include "tests/support/raw_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/ws_probe.h"

static int fill(void *ctx, void *dst, size_t len)
{
    prng_fill(ctx, dst, len);
    return 0;
}

static void make_ws(struct raw_peer *raw, bool server, const char *protocol)
{
    const char *const protocols[] = {protocol, NULL};

    cr_assert_eq(meeple_ws_new(&raw->ws,
                               &(meeple_ws_options){.server = server,
                                                    .host = server ? NULL : "raw",
                                                    .protocols = protocols,
                                                    .now_ms = 1000,
                                                    .handshake_timeout_ms = 1000000,
                                                    .close_timeout_ms = 1000000,
                                                    .message_bytes_max = 1 << 24,
                                                    .queue_bytes_max = 1 << 24,
                                                    .random = fill,
                                                    .random_ctx = &raw->random},
                               NULL),
                 0);
}

void raw_connect(struct raw_peer *raw, struct sim *sim, const char *host, const char *to,
                 uint16_t port, const char *protocol, bool ws)
{
    memset(raw, 0, sizeof *raw);
    raw->driver = sim_driver(sim, host);
    cr_assert_eq(raw->driver->open(raw->driver, NULL, NULL, &raw->io), 0);
    cr_assert_eq(raw->driver->connect(raw->io, to, port, raw, &raw->socket), 0);
    if (ws) {
        make_ws(raw, false, protocol);
    }
}

void raw_listen(struct raw_peer *raw, struct sim *sim, const char *host, uint16_t port,
                const char *protocol, bool ws)
{
    memset(raw, 0, sizeof *raw);
    raw->driver = sim_driver(sim, host);
    cr_assert_eq(raw->driver->open(raw->driver, NULL, NULL, &raw->io), 0);
    cr_assert_eq(raw->driver->listen(raw->io, NULL, port, false, NULL, &raw->listener), 0);
    if (ws) {
        make_ws(raw, true, protocol);
    }
}

static void note(struct raw_peer *raw, const char *what, const void *bytes, size_t len)
{
    char quoted[600];
    int added;

    probe_quote(quoted, sizeof quoted, bytes, len);
    added = snprintf(raw->told + raw->told_len, RAW_TOLD - raw->told_len, "%s%s%s\n", what,
                     *quoted ? " " : "", quoted);
    raw->told_len += (size_t)added;
    if (raw->told_len > RAW_TOLD - 1) {
        raw->told_len = RAW_TOLD - 1;
    }
}

static void hear(struct raw_peer *raw, const void *bytes, size_t len)
{
    size_t room = RAW_TOLD - 1 - raw->heard_len;

    memcpy(raw->heard + raw->heard_len, bytes, len < room ? len : room);
    raw->heard_len += len < room ? len : room;
    raw->heard[raw->heard_len] = '\0';
}

static void take_events(struct raw_peer *raw)
{
    static const char *const names[] = {"", "request", "open", "message", "closing", "closed"};
    meeple_ws_event event;
    char what[64];

    while (meeple_ws_next(raw->ws, &event) > 0) {
        snprintf(what, sizeof what, "%s", names[event.type]);
        if (event.type == MEEPLE_WS_REQUEST) {
            meeple_ws_accept(raw->ws, NULL, NULL);
            continue;
        }
        if (event.type == MEEPLE_WS_MESSAGE) {
            snprintf(what, sizeof what, "%s", event.text ? "text" : "binary");
        } else if (event.type == MEEPLE_WS_CLOSING) {
            snprintf(what, sizeof what, "closing %u", (unsigned)event.code);
        } else if (event.type == MEEPLE_WS_CLOSED) {
            snprintf(what, sizeof what, "closed %u %s", (unsigned)event.code,
                     event.clean ? "clean" : "unclean");
        }
        raw->open = raw->open || event.type == MEEPLE_WS_OPEN;
        note(raw, what, event.data.ptr, event.data.len);
    }
}

static void flush(struct raw_peer *raw)
{
    meeple_bytes part;

    while (raw->ws && raw->socket && !raw->mute && !raw->blocked &&
           meeple_ws_tx(raw->ws, &part, 1) > 0) {
        size_t gone = raw->driver->send(raw->io, raw->socket, &part, 1);

        raw->blocked = gone < part.len;
        meeple_ws_sent(raw->ws, gone);
        take_events(raw);
    }
}

void raw_write(struct raw_peer *raw, const void *bytes, size_t len)
{
    meeple_bytes part = {bytes, len};

    cr_assert_eq(raw->driver->send(raw->io, raw->socket, &part, 1), len);
}

void raw_send(struct raw_peer *raw, const void *bytes, size_t len, bool text)
{
    cr_assert_eq(meeple_ws_send(raw->ws, (meeple_bytes){bytes, len}, text), 0);
    flush(raw);
}

void raw_close(struct raw_peer *raw, uint16_t code, const char *reason)
{
    cr_assert_eq(meeple_ws_close(raw->ws, code, reason, 0), 0);
    flush(raw);
}

bool raw_turn(void *ctx)
{
    struct raw_peer *raw = ctx;
    meeple_io_event event;
    bool any = false;

    while (!raw->deaf && raw->driver->next(raw->io, &event, 0) > 0) {
        any = true;
        if (event.type == MEEPLE_IO_ACCEPTED && raw->socket) {
            raw->driver->close(raw->io, event.socket);
        } else if (event.type == MEEPLE_IO_ACCEPTED) {
            raw->socket = event.socket;
            raw->driver->attach(raw->io, raw->socket, raw);
        } else if (event.type == MEEPLE_IO_RECEIVED && raw->ws) {
            meeple_ws_feed(raw->ws, event.bytes, event.len, 0);
            take_events(raw);
        } else if (event.type == MEEPLE_IO_RECEIVED) {
            note(raw, "bytes", event.bytes, event.len);
            hear(raw, event.bytes, event.len);
        } else if (event.type == MEEPLE_IO_SENT) {
            raw->blocked = false;
            cr_assert(raw->ws);
            meeple_ws_sent(raw->ws, event.len);
        } else if (event.type == MEEPLE_IO_ENDED || event.type == MEEPLE_IO_BROKEN) {
            raw->ended = true;
            if (raw->ws) {
                meeple_ws_eof(raw->ws);
                take_events(raw);
            }
        }
        if (event.type != MEEPLE_IO_ACCEPTED || raw->ws) {
            flush(raw);
        }
    }
    return any;
}

void raw_done(struct raw_peer *raw)
{
    if (raw->socket) {
        raw->driver->close(raw->io, raw->socket);
    }
    raw->driver->free(raw->io);
    meeple_ws_free(raw->ws);
}
