/* ws_target: one endpoint for fuzzed bytes, both roles. */
#include "tests/fuzz/ws_target.h"

#include <meeple/event.h>
#include <meeple/ws.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"
#include "tests/fuzz/target.h"
#include "tests/support/prng.h"
#include "transport/ws_accept.h"

static const char *const protocols[] = {"chat", NULL};

/* What one run told, as a hash, and how it stands. */
struct run {
    struct limited_mem mem;
    meeple_ws *ws;
    uint64_t told;
    size_t messages;
    bool opened, closing, closed, deaf, deflates;
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
    /* Of a compressed message that is corrupt and no UTF-8 either it depends on the pieces which is
     * seen first. */
    if (run->deflates && event->type == MEEPLE_WS_CLOSED &&
        (event->code == MEEPLE_CLOSE_PROTOCOL_ERROR || event->code == MEEPLE_CLOSE_INVALID_TEXT ||
         event->code == MEEPLE_CLOSE_TOO_BIG)) {
        return;
    }
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
    MUST(meeple_ws_queued(run->ws) <= 8000);
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

/* 9 to 15, and once more 15. */
static uint8_t window_of(int choice)
{
    return (uint8_t)(choice < 6 ? 9 + choice : 15);
}

/* bits 0 and 1: no context takeover; bits 2 to 4 and 5 to 7: the windows. */
static meeple_deflate_options deflate_of(uint8_t choice)
{
    return (meeple_deflate_options){
        .enabled = true,
        .server_no_context_takeover = choice & 1,
        .client_no_context_takeover = choice & 2,
        .server_max_window_bits = window_of(choice >> 2 & 7),
        .client_max_window_bits = window_of(choice >> 5),
        .threshold_bytes = 1,
    };
}

/* The largest is a message that grows from one buffer into another; the sums are of ws_deflate.h.
 */
static size_t memory_max(const meeple_deflate_options *deflate, bool server)
{
    size_t most = 40000;

    if (deflate->enabled) {
        uint8_t tx = server ? deflate->server_max_window_bits : deflate->client_max_window_bits;
        uint8_t rx = server ? deflate->client_max_window_bits : deflate->server_max_window_bits;

        most += ((size_t)4 << tx) + (512 << 5) + 6 * 1024 + 7 * 1024 + ((size_t)1 << rx) + 4096;
    }
    return most;
}

static void open_server(struct run *run, const meeple_deflate_options *deflate)
{
    char request[512];

    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Protocol: chat\r\n%s"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
             deflate->enabled
                 ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                 : "");
    feed(run, request, strlen(request));
}

static void open_client(struct run *run, const meeple_deflate_options *deflate)
{
    char response[512], extensions[200] = "";
    char key[MEEPLE__WS_KEY_SIZE], accept[MEEPLE__WS_ACCEPT_SIZE];
    uint8_t random[16];

    fill(NULL, random, sizeof random);
    meeple__ws_key(key, random);
    meeple__ws_accept(accept, (meeple_bytes){(uint8_t *)key, 24});
    if (deflate->enabled) {
        snprintf(extensions, sizeof extensions,
                 "Sec-WebSocket-Extensions: permessage-deflate%s%s; server_max_window_bits=%d; "
                 "client_max_window_bits=%d\r\n",
                 deflate->server_no_context_takeover ? "; server_no_context_takeover" : "",
                 deflate->client_no_context_takeover ? "; client_no_context_takeover" : "",
                 deflate->server_max_window_bits, deflate->client_max_window_bits);
    }
    snprintf(response, sizeof response,
             "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Protocol: chat\r\n%sSec-WebSocket-Accept: %s\r\n\r\n",
             extensions, accept);
    feed(run, response, strlen(response));
}

static void make(struct run *run, bool server, bool open, const meeple_deflate_options *deflate)
{
    limited_mem_init(&run->mem, memory_max(deflate, server));
    run->deflates = deflate->enabled;
    MUST(meeple_ws_new(&run->ws,
                       &(meeple_ws_options){.server = server,
                                            .host = server ? NULL : "h",
                                            .protocols = protocols,
                                            .message_bytes_max = 2000,
                                            .queue_bytes_max = 5000,
                                            .deflate = *deflate,
                                            .random = fill},
                       &run->mem.mem) == 0);
    turn(run);
    if (open) {
        if (server) {
            open_server(run, deflate);
        } else {
            open_client(run, deflate);
        }
        MUST(run->opened && !run->closed);
    }
}

static void end(struct run *run)
{
    meeple_ws_tick(run->ws, 10000);
    turn(run);
    if (!run->closed) {
        meeple_ws_close(run->ws, 1000, "end", 10000);
        turn(run);
        meeple_ws_tick(run->ws, 20000);
        turn(run);
    }
    meeple_ws_eof(run->ws);
    turn(run);
    MUST(run->closed && meeple_ws_deadline_ms(run->ws) == UINT64_MAX);
    meeple_ws_free(run->ws);
    MUST(run->mem.live == 0);
}

/* What is played. */
struct script {
    bool server, deflate;
    const uint8_t *bytes;
    size_t len;
};

static uint64_t play(const struct script *script, bool pieces, bool deaf)
{
    struct run run = {.told = 1};
    struct prng prng = {script->bytes[0]};
    meeple_deflate_options deflate = {.enabled = false};
    size_t at = 1;

    if (script->deflate) {
        deflate = deflate_of(script->bytes[at++]);
    }
    make(&run, script->server, script->deflate || (script->bytes[0] & 1), &deflate);
    run.deaf = deaf;
    while (at < script->len) {
        size_t piece = pieces ? 1 + (size_t)prng_below(&prng, 12) : script->len;

        piece = piece < script->len - at ? piece : script->len - at;
        feed(&run, script->bytes + at, piece);
        at += piece;
    }
    end(&run);
    return run.told;
}

/* Whether what comes of the bytes depends on the pieces: zlib sees that a message reaches back
 * further than a smaller window only where it does not have it all before it. */
static bool depends(const struct script *script)
{
    meeple_deflate_options deflate = deflate_of(script->deflate ? script->bytes[1] : 0);

    return script->deflate &&
           (script->server ? deflate.client_max_window_bits : deflate.server_max_window_bits) < 15;
}

void ws_target(bool server, bool deflate, const uint8_t *bytes, size_t len)
{
    const struct script script = {server, deflate, bytes, len};

    if (len > deflate) {
        uint64_t whole = play(&script, false, false), pieces = play(&script, true, false);

        MUST(depends(&script) || whole == pieces);
        play(&script, true, true);
    }
}
