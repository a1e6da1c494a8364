/*
 * fuzz_ws_pair: a client and a server talk to each other, and the bytes are what they do.  Whatever
 * the pieces, the queues and the compression: each message that was accepted arrives once, in order
 * and unchanged, unless somebody closes.
 *
 * bytes[0]: bit 0: permessage-deflate; bits 1 and 2: no context takeover; bits 3 to 5: level.
 * bytes[1]: the windows.  Then commands, see command().
 */
#include <meeple/event.h>
#include <meeple/ws.h>

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"
#include "tests/fuzz/target.h"

enum {
    MESSAGE_MAX = 3000,
    QUEUE_MAX = 7000,
    COMMANDS_MAX = 200
};

/* A message, as far as it is compared. */
struct print {
    uint64_t hash;
    bool text;
};

struct side {
    struct limited_mem mem;
    meeple_ws *ws;
    struct side *other;
    struct print sent[COMMANDS_MAX]; /* by this side */
    size_t sent_count, came_count;   /* came: from the other */
    uint8_t random;
    bool opened, closing, closed;
};

struct pair {
    struct side client, server;
    const uint8_t *at, *end;
    bool somebody_closed;
    uint64_t now_ms;
};

static int fill(void *ctx, void *dst, size_t len)
{
    struct side *side = ctx;

    memset(dst, ++side->random, len);
    return 0;
}

static struct print print_of(meeple_bytes message, bool text)
{
    struct print print = {UINT64_C(14695981039346656037) ^ message.len, text};

    for (size_t i = 0; i < message.len; i++) {
        print.hash = (print.hash ^ message.ptr[i]) * UINT64_C(1099511628211);
    }
    return print;
}

static uint8_t take(struct pair *pair)
{
    return pair->at < pair->end ? *pair->at++ : 0;
}

static void came(struct side *side, const meeple_ws_event *event)
{
    struct print print = print_of(event->data, event->text);
    const struct print *sent = &side->other->sent[side->came_count];

    MUST(side->opened && side->came_count < side->other->sent_count);
    MUST(sent->hash == print.hash && sent->text == print.text);
    side->came_count++;
}

static void drain(struct side *side)
{
    meeple_ws_event event;
    int rc;

    while ((rc = meeple_ws_next(side->ws, &event)) > 0) {
        MUST(!side->closed);
        if (event.type == MEEPLE_WS_REQUEST) {
            MUST(meeple_ws_accept(side->ws, NULL, NULL) == 0);
        } else if (event.type == MEEPLE_WS_OPEN) {
            MUST(!side->opened);
            side->opened = true;
        } else if (event.type == MEEPLE_WS_MESSAGE) {
            came(side, &event);
        } else if (event.type == MEEPLE_WS_CLOSING) {
            /* Neither side breaks a rule, so no close frame says so. */
            MUST(event.code == 1000 && !side->closing);
            side->closing = true;
        } else {
            MUST(event.code == 1000 && event.clean);
            side->closed = true;
        }
    }
    MUST(rc == 0);
}

/* At most that many bytes from one side to the other, from a copy of exact size. */
static size_t carry(struct side *from, size_t most, uint64_t now_ms)
{
    meeple_bytes part;
    uint8_t *copy;
    size_t len;

    if (meeple_ws_tx(from->ws, &part, 1) == 0) {
        return 0;
    }
    MUST(part.len > 0);
    len = part.len < most ? part.len : most;
    copy = malloc(len ? len : 1);
    memcpy(copy, part.ptr, len);
    meeple_ws_sent(from->ws, len);
    drain(from);
    /* A pong may be behind the close frame; nobody reads that any more. */
    if (!from->other->closed) {
        meeple_ws_feed(from->other->ws, copy, len, now_ms);
        drain(from->other);
    }
    free(copy);
    return len;
}

static void carry_all(struct pair *pair)
{
    size_t moved;

    do {
        moved = carry(&pair->client, SIZE_MAX, pair->now_ms) +
                carry(&pair->server, SIZE_MAX, pair->now_ms);
    } while (moved > 0);
    drain(&pair->client);
    drain(&pair->server);
}

/* A message of up to 4095 bytes: a pattern, its length, and how much of the script is in it. */
static void say(struct pair *pair, struct side *side, uint8_t how)
{
    size_t len = (size_t)(how & 15) << 8 | take(pair);
    uint8_t byte = take(pair), step = take(pair);
    bool text = how & 16;
    uint8_t *message = malloc(len ? len : 1);
    meeple_bytes bytes = {message, len};
    int rc;

    for (size_t i = 0; i < len; i++) {
        message[i] = i < 32 && step & 128 ? take(pair) : (uint8_t)(byte + i * step);
        if (text && step & 64) {
            message[i] &= 0x7f;
        }
    }
    rc = meeple_ws_send(side->ws, bytes, text);
    if (rc == 0) {
        MUST(len <= MESSAGE_MAX && (!text || meeple__utf8_valid(bytes)));
        MUST(side->sent_count < COMMANDS_MAX);
        side->sent[side->sent_count++] = print_of(bytes, text);
    } else {
        MUST((rc == MEEPLE_ETOOBIG && len > MESSAGE_MAX) ||
             (rc == MEEPLE_EINVAL && text && !meeple__utf8_valid(bytes)) || rc == MEEPLE_EFULL ||
             (rc == MEEPLE_ESTATE && (!side->opened || pair->somebody_closed)));
    }
    free(message);
    MUST(meeple_ws_queued(side->ws) <= QUEUE_MAX + 8 * 140);
}

/* The low three bits are what to do, bit 3 says who. */
static void command(struct pair *pair, uint8_t what)
{
    static const uint8_t zeros[125];
    struct side *side = what & 8 ? &pair->server : &pair->client;

    switch (what & 7) {
    case 0:
    case 1:
    case 2:
        say(pair, side, take(pair));
        break;
    case 3:
        carry(side, 1 + (size_t)(what >> 4), pair->now_ms);
        break;
    case 4:
        carry(side, SIZE_MAX, pair->now_ms);
        break;
    case 5:
        meeple_ws_compress(side->ws, what & 16);
        break;
    case 6:
        meeple_ws_ping(side->ws, (meeple_bytes){zeros, take(pair) % 126});
        break;
    default:
        if (what & 16) {
            if (meeple_ws_close(side->ws, 1000, "enough", pair->now_ms) == 0) {
                pair->somebody_closed = true;
            }
        } else {
            carry_all(pair);
        }
        break;
    }
    drain(&pair->client);
    drain(&pair->server);
}

static void make(struct pair *pair, struct side *side, uint8_t flags, uint8_t windows)
{
    meeple_ws_options options = {
        .server = side == &pair->server,
        .host = side == &pair->server ? NULL : "h",
        .message_bytes_max = MESSAGE_MAX,
        .queue_bytes_max = QUEUE_MAX,
        .random = fill,
        .random_ctx = side,
        .deflate = {.enabled = flags & 1,
                    .server_no_context_takeover = flags & 2,
                    .client_no_context_takeover = flags & 4,
                    .level = (uint8_t)(1 + (flags >> 3 & 7)),
                    .memory_level = (uint8_t)(1 + (flags >> 6) * 2),
                    .server_max_window_bits = (uint8_t)(9 + (windows & 7) % 7),
                    .client_max_window_bits = (uint8_t)(9 + (windows >> 3 & 7) % 7),
                    .threshold_bytes = 1 + (size_t)(windows >> 6) * 20},
    };

    side->other = options.server ? &pair->client : &pair->server;
    limited_mem_init(&side->mem, 300 * 1024);
    MUST(meeple_ws_new(&side->ws, &options, &side->mem.mem) == 0);
}

static void end(struct pair *pair)
{
    carry_all(pair);
    if (!pair->somebody_closed) {
        MUST(pair->client.opened && pair->server.opened);
        MUST(pair->server.came_count == pair->client.sent_count);
        MUST(pair->client.came_count == pair->server.sent_count);
        MUST(meeple_ws_close(pair->server.ws, 1000, "enough", pair->now_ms) == 0);
        carry_all(pair);
    }
    /* The server ends the stream, the client has waited for that. */
    meeple_ws_eof(pair->client.ws);
    drain(&pair->client);
    meeple_ws_eof(pair->server.ws);
    drain(&pair->server);
    MUST(pair->client.closed && pair->server.closed);
    meeple_ws_free(pair->client.ws);
    meeple_ws_free(pair->server.ws);
    MUST(pair->client.mem.live == 0 && pair->server.mem.live == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct pair pair = {.at = bytes, .end = bytes + len};
    uint8_t flags = take(&pair), windows = take(&pair);

    make(&pair, &pair.client, flags, windows);
    make(&pair, &pair.server, flags, windows);
    for (size_t i = 0; i < COMMANDS_MAX && pair.at < pair.end; i++) {
        command(&pair, take(&pair));
    }
    end(&pair);
    return 0;
}
