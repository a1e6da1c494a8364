/* ws_target: one endpoint for fuzzed bytes, both roles. */
#include "tests/fuzz/ws_target.h"

#include <meeple/event.h>
#include <meeple/ws.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/fuzz/target.h"
#include "tests/support/prng.h"
#include "transport/ws_accept.h"

static const char *const protocols[] = {"chat", NULL};

/* What one run told, as a hash, and how it stands. */
struct run {
    meeple_ws *ws;
    uint64_t told;
    size_t messages;
    bool opened, closing, closed, deaf;
};

static int fill(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0x5a, len);
    return 0;
}

static void note(struct run *run, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++) {
        run->told = (run->told ^ at[i]) * UINT64_C(1099511628211);
    }
}

static void check(struct run *run, const meeple_ws_event *event)
{
    MUST(!run->closed);
    switch (event->type) {
    case MEEPLE_WS_REQUEST:
        MUST(!run->opened);
        break;
    case MEEPLE_WS_OPEN:
        MUST(!run->opened);
        run->opened = true;
        break;
    case MEEPLE_WS_MESSAGE:
        MUST(run->opened && !run->closing && event->data.len <= 2000);
        MUST(!event->text || meeple__utf8_valid(event->data));
        run->messages++;
        break;
    case MEEPLE_WS_CLOSING:
        MUST(run->opened && !run->closing && meeple__utf8_valid(event->data));
        run->closing = true;
        break;
    case MEEPLE_WS_CLOSED:
    default:
        run->closed = true;
        break;
    }
    MUST(event->data.len == 0 || event->data.ptr);
    note(run, &event->type, sizeof event->type);
    note(run, &event->code, sizeof event->code);
    note(run, event->data.ptr, event->data.len);
}

static void drain(struct run *run)
{
    meeple_ws_event event;
    int rc;

    while ((rc = meeple_ws_next(run->ws, &event)) > 0) {
        check(run, &event);
        if (event.type == MEEPLE_WS_REQUEST) {
            MUST(meeple_ws_accept(run->ws, NULL, NULL) == 0);
        } else if (event.type == MEEPLE_WS_MESSAGE && run->messages % 16 == 1) {
            meeple_ws_send(run->ws, event.data, event.text);
        }
    }
    MUST(rc == 0);
}

static void turn(struct run *run)
{
    drain(run);
    /* A peer that does not read: what waits is bounded all the same. */
    MUST(meeple_ws_queued(run->ws) <= 20000);
    while (!run->deaf && meeple_ws_queued(run->ws) > 0) {
        meeple_bytes part;

        MUST(meeple_ws_tx(run->ws, &part, 1) == 1 && part.len > 0);
        meeple_ws_sent(run->ws, part.len);
        drain(run);
    }
}

static void feed(struct run *run, const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    meeple_ws_feed(run->ws, copy, len, 1);
    drain(run);
    free(copy);
    turn(run);
}

static void open_run(struct run *run, bool server)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Protocol: chat\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    char response[256], key[MEEPLE__WS_KEY_SIZE], accept[MEEPLE__WS_ACCEPT_SIZE];
    uint8_t random[16];

    if (server) {
        feed(run, request, sizeof request - 1);
    } else {
        fill(NULL, random, sizeof random);
        meeple__ws_key(key, random);
        meeple__ws_accept(accept, (meeple_bytes){(uint8_t *)key, 24});
        snprintf(response, sizeof response,
                 "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                 accept);
        feed(run, response, strlen(response));
    }
    MUST(run->opened && !run->closed);
}

static uint64_t play(bool server, const uint8_t *bytes, size_t len, bool pieces, bool deaf)
{
    struct run run = {.told = 1};
    struct prng prng = {bytes[0]};

    MUST(meeple_ws_new(&run.ws,
                       &(meeple_ws_options){.server = server,
                                            .host = server ? NULL : "h",
                                            .protocols = protocols,
                                            .message_bytes_max = 2000,
                                            .queue_bytes_max = 5000,
                                            .random = fill},
                       NULL) == 0);
    turn(&run);
    if (bytes[0] & 1) {
        open_run(&run, server);
    }
    run.deaf = deaf;
    for (size_t at = 1; at < len;) {
        size_t piece = pieces ? 1 + (size_t)prng_below(&prng, 12) : len;

        piece = piece < len - at ? piece : len - at;
        feed(&run, bytes + at, piece);
        at += piece;
    }
    meeple_ws_tick(run.ws, 10000);
    turn(&run);
    if (!run.closed) {
        meeple_ws_close(run.ws, 1000, "end", 10000);
        turn(&run);
        meeple_ws_tick(run.ws, 20000);
        turn(&run);
    }
    meeple_ws_eof(run.ws);
    turn(&run);
    MUST(run.closed && meeple_ws_deadline_ms(run.ws) == UINT64_MAX);
    meeple_ws_free(run.ws);
    return run.told;
}

void ws_target(bool server, const uint8_t *bytes, size_t len)
{
    if (len > 0) {
        MUST(play(server, bytes, len, false, false) == play(server, bytes, len, true, false));
        play(server, bytes, len, true, true);
    }
}
