/* ws_probe: one WebSocket endpoint under test, and what it told and said, as text. */
#include "tests/support/ws_probe.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport/ws_accept.h"

static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static int fill_random(void *ctx, void *dst, size_t len)
{
    struct ws_probe *probe = ctx;

    prng_fill(&probe->random, dst, len);
    return probe->random_broken ? MEEPLE_EIO : 0;
}

const char *probe_quote(char *dst, size_t cap, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    size_t used = 0;
    uint32_t hash = 2166136261U;

    dst[0] = '\0';
    if (len > 130) {
        for (size_t i = 0; i < len; i++) {
            hash = (hash ^ at[i]) * 16777619U;
        }
        snprintf(dst, cap, "[%zu %08x]", len, (unsigned)hash);
        return dst;
    }
    for (size_t i = 0; i < len && used + 4 < cap; i++) {
        bool plain = at[i] >= ' ' && at[i] <= '~' && at[i] != '\\';

        used += (size_t)snprintf(dst + used, cap - used, plain ? "%c" : "\\%02x", at[i]);
    }
    return dst;
}

static void line(char *text, size_t *len, const char *what, const void *bytes, size_t size)
{
    char quoted[600];
    int added;

    probe_quote(quoted, sizeof quoted, bytes, size);
    added = snprintf(text + *len, PROBE_TEXT - *len, "%s%s%s\n", what, *quoted ? " " : "", quoted);
    *len += (size_t)added;
    if (*len > PROBE_TEXT - 1) {
        *len = PROBE_TEXT - 1; /* the beginning is enough */
    }
}

static void tell(struct ws_probe *probe, const meeple_ws_event *event)
{
    static const char *const names[] = {"", "request", "open", "message", "closing", "closed"};
    char what[64];

    snprintf(what, sizeof what, "%s", names[event->type]);
    if (event->type == MEEPLE_WS_MESSAGE) {
        snprintf(what, sizeof what, "%s", event->text ? "text" : "binary");
    } else if (event->type == MEEPLE_WS_CLOSING) {
        snprintf(what, sizeof what, "closing %u", (unsigned)event->code);
    } else if (event->type == MEEPLE_WS_CLOSED) {
        snprintf(what, sizeof what, "closed %u %s", (unsigned)event->code,
                 event->clean ? "clean" : "unclean");
    }
    line(probe->told, &probe->told_len, what, event->data.ptr, event->data.len);
}

/* Exactly once, in this order: REQUEST, OPEN, messages, CLOSING, CLOSED. */
static void check_order(struct ws_probe *probe, const meeple_ws_event *event)
{
    cr_assert_not(probe->closed, "an event after CLOSED");
    switch (event->type) {
    case MEEPLE_WS_REQUEST:
        cr_assert(probe->server && probe->requests++ == 0 && probe->opens == 0);
        break;
    case MEEPLE_WS_OPEN:
        cr_assert(probe->requests == (probe->server ? 1 : 0) && probe->opens++ == 0);
        break;
    case MEEPLE_WS_MESSAGE:
        cr_assert(probe->opens == 1 && probe->closings == 0);
        probe->messages++;
        break;
    case MEEPLE_WS_CLOSING:
        cr_assert(probe->opens == 1 && probe->closings++ == 0);
        break;
    case MEEPLE_WS_CLOSED:
    default:
        cr_assert_eq(event->type, MEEPLE_WS_CLOSED);
        probe->closed = true;
        break;
    }
    cr_assert(event->data.len == 0 || event->data.ptr);
}

static bool take_events(struct ws_probe *probe)
{
    meeple_ws_event event;
    bool any = false;
    int rc;

    while ((rc = meeple_ws_next(probe->ws, &event)) != 0) {
        char number[32];

        any = true;
        if (rc < 0) {
            snprintf(number, sizeof number, "error %d", rc);
            line(probe->told, &probe->told_len, number, NULL, 0);
            continue;
        }
        check_order(probe, &event);
        tell(probe, &event);
        if (event.type == MEEPLE_WS_REQUEST && !probe->unanswered) {
            rc = probe->refuse ? meeple_ws_refuse(probe->ws, probe->refuse, "no", NULL)
                               : meeple_ws_accept(probe->ws, NULL, NULL);
            if (rc < 0) { /* out of memory: as net_server does */
                meeple_ws_eof(probe->ws);
            }
        }
    }
    return any;
}

/* Reads a frame that the probe wrote; strict: one form only. */
static size_t say_frame(struct ws_probe *probe, uint8_t *at, size_t len)
{
    static const char *const names[] = {"continuation", "text", "binary", "?", "?", "?", "?", "?",
                                        "close",        "ping", "pong"};
    size_t extended, head, size;
    char what[64];

    if (len < 2) {
        return 0;
    }
    size = at[1] & 0x7f;
    extended = size == 126 ? 2 : size == 127 ? 8 : 0;
    head = 2 + extended + (probe->server ? 0 : 4);
    if (len < head) {
        return 0;
    }
    if (extended > 0) {
        size = 0;
        for (size_t i = 0; i < extended; i++) {
            size = size << 8 | at[2 + i];
        }
        cr_assert_geq(size, extended == 2 ? 126 : 65536, "a length in a long form");
    }
    if (len - head < size) {
        return 0;
    }
    cr_assert_eq(at[0] & 0xf0, 0x80, "first byte %02x", at[0]);
    cr_assert_leq(at[0] & 15, 10);
    cr_assert_eq((at[1] & 0x80) == 0, probe->server, "masked or not");
    for (size_t i = 0; !probe->server && i < size; i++) {
        at[head + i] ^= at[head - 4 + (i & 3)];
    }
    snprintf(what, sizeof what, "%s", names[at[0] & 15]);
    if ((at[0] & 15) == 8 && size > 0) {
        cr_assert_geq(size, 2);
        snprintf(what, sizeof what, "close %u", (unsigned)(at[head] << 8 | at[head + 1]));
        head += 2;
        size -= 2;
    }
    line(probe->said, &probe->said_len, what, at + head, size);
    return head + size;
}

static void say(struct ws_probe *probe)
{
    while (probe->out_at < probe->out_len) {
        uint8_t *at = probe->out + probe->out_at;
        size_t len = probe->out_len - probe->out_at;
        size_t used = 0;

        if (!probe->head_said) {
            for (size_t i = 3; i < len && used == 0; i++) {
                used = memcmp(at + i - 3, "\r\n\r\n", 4) == 0 ? i + 1 : 0;
            }
            if (used > 0) {
                const uint8_t *end = memchr(at, '\r', len);

                probe->head_said = true;
                line(probe->said, &probe->said_len, "head", at, (size_t)(end - at));
                if (probe->server && memcmp(at, "HTTP/1.1 101 ", 13) != 0) {
                    used = len; /* a body follows */
                }
            }
        } else if (len > 0 && (probe->opens > 0 || !probe->server)) {
            used = say_frame(probe, at, len);
        }
        if (used == 0) {
            return;
        }
        probe->out_at += used;
    }
}

static void reserve(struct ws_probe *probe, size_t len)
{
    if (probe->out_len + len > probe->out_cap) {
        probe->out_cap = (probe->out_len + len) * 2;
        probe->out = realloc(probe->out, probe->out_cap);
        cr_assert_not_null(probe->out);
    }
}

size_t probe_take(struct ws_probe *probe, size_t most)
{
    size_t total = 0;

    while (total < most) {
        meeple_bytes parts[3];
        size_t count = meeple_ws_tx(probe->ws, parts, MEEPLE_COUNT(parts));
        size_t gone = 0;

        for (size_t i = 0; i < count; i++) {
            size_t len = parts[i].len < most - total - gone ? parts[i].len : most - total - gone;

            cr_assert_gt(parts[i].len, 0);
            reserve(probe, len + 1);
            memcpy(probe->out + probe->out_len, parts[i].ptr, len);
            probe->out_len += len;
            gone += len;
        }
        if (gone == 0) {
            cr_assert_eq(meeple_ws_queued(probe->ws), 0);
            break;
        }
        meeple_ws_sent(probe->ws, gone);
        total += gone;
    }
    say(probe);
    take_events(probe);
    return total;
}

void probe_turn(struct ws_probe *probe)
{
    for (unsigned turns = 0;; turns++) {
        bool any = take_events(probe);

        cr_assert_lt(turns, 1000, "it never comes to rest");
        if ((probe->deaf || probe_take(probe, SIZE_MAX) == 0) && !any) {
            return;
        }
    }
}

void probe_feed(struct ws_probe *probe, const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    memcpy(copy, bytes, len);
    meeple_ws_feed(probe->ws, copy, len, probe->now_ms);
    take_events(probe);
    /* The bytes are not the endpoint's any more. */
    memset(copy, 0xdb, len);
    free(copy);
    probe_turn(probe);
}

void probe_feed_in(struct ws_probe *probe, const void *bytes, size_t len, uint64_t how)
{
    const uint8_t *at = bytes;
    struct prng random = {how};

    while (len > 0) {
        size_t piece = how == PROBE_WHOLE ? len : 1;

        if (how >= PROBE_SEEDS) {
            piece = 1 + (size_t)prng_below(&random, prng_below(&random, 4) ? 9 : 4000);
        }
        piece = piece < len ? piece : len;
        probe_feed(probe, at, piece);
        at += piece;
        len -= piece;
    }
}

void probe_eof(struct ws_probe *probe)
{
    meeple_ws_eof(probe->ws);
    probe_turn(probe);
}

void probe_tick(struct ws_probe *probe, uint64_t now_ms)
{
    probe->now_ms = now_ms;
    meeple_ws_tick(probe->ws, now_ms);
    probe_turn(probe);
}

void probe_forget(struct ws_probe *probe)
{
    probe->told_len = probe->said_len = probe->out_len = probe->out_at = 0;
    probe->told[0] = probe->said[0] = '\0';
}

int probe_try(struct ws_probe *probe, bool server, const meeple_ws_options *options)
{
    meeple_ws_options filled = options ? *options : (meeple_ws_options){0};

    probe->server = server;
    filled.server = server;
    filled.host = filled.host || server ? filled.host : "h";
    filled.random = fill_random;
    filled.random_ctx = probe;
    filled.now_ms = probe->now_ms;
    return meeple_ws_new(&probe->ws, &filled, &probe->mem.mem);
}

void probe_init(struct ws_probe *probe, bool server, const meeple_ws_options *options)
{
    memset(probe, 0, sizeof *probe);
    counting_mem_init(&probe->mem);
    probe->now_ms = 1000;
    probe->random.state = 1;
    cr_assert_eq(probe_try(probe, server, options), 0);
    probe_turn(probe);
}

void probe_done(struct ws_probe *probe)
{
    meeple_ws_free(probe->ws);
    cr_assert_eq(probe->mem.live, 0, "%zu blocks leaked", probe->mem.live);
    free(probe->out);
    probe->out = NULL;
}

void probe_accept_for(char accept[29], const uint8_t *bytes, size_t len)
{
    static const char name[] = "Sec-WebSocket-Key: ";

    for (size_t i = 0; i + sizeof name - 1 + 24 <= len; i++) {
        if (memcmp(bytes + i, name, sizeof name - 1) == 0) {
            cr_assert_eq(meeple__ws_accept(accept, (meeple_bytes){bytes + i + sizeof name - 1, 24}),
                         0);
            return;
        }
    }
    cr_assert_fail("there is no key in the request");
}

void probe_open(struct ws_probe *probe)
{
    if (probe->server) {
        probe_feed(probe, request, sizeof request - 1);
    } else {
        char response[256], accept[29];

        probe_accept_for(accept, probe->out, probe->out_len);
        snprintf(response, sizeof response,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                 accept);
        probe_feed(probe, response, strlen(response));
    }
    cr_assert_eq(probe->opens, 1, "%s", probe->told);
    cr_assert_not(probe->closed);
    probe_forget(probe);
}

size_t probe_frame(uint8_t *dst, unsigned first, const char *mask, const void *payload, size_t len)
{
    const uint8_t *from = payload;
    size_t at = 2;

    dst[0] = (uint8_t)first;
    dst[1] = (uint8_t)((mask ? 0x80 : 0) | (len < 126 ? len : len < 65536 ? 126 : 127));
    for (size_t i = len < 126 ? 0 : len < 65536 ? 2 : 8; i > 0; i--) {
        dst[at++] = (uint8_t)((uint64_t)len >> (8 * (i - 1)));
    }
    for (size_t i = 0; mask && i < 4; i++) {
        dst[at++] = (uint8_t)mask[i];
    }
    for (size_t i = 0; i < len; i++) {
        dst[at + i] = (uint8_t)(from[i] ^ (mask ? (uint8_t)mask[i & 3] : 0));
    }
    return at + len;
}
