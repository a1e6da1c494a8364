/*
 * fuzz_ws_handshake: the opening handshake, both roles.  bytes[0] chooses, bits 0 and 1:
 *
 * 0  a server reads the rest, as headers of a request that is good without them (bit 2: as all of
 *    it); whole and in pieces it says the same, and what it accepts a client accepts.
 * 1  a client reads the rest, as headers of a response that is good without them (bit 2: as all of
 *    it); whole and in pieces it says the same.
 * 2  a client asks a server with texts of the rest, divided by zeros: host, path, two subprotocols,
 *    and a header of each side.  What is taken as an option opens the connection, and arrives.
 *
 * bit 3: permessage-deflate; bits 4 and 5: no context takeover; bytes[1]: the windows.
 */
#include <meeple/event.h>
#include <meeple/ws.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/limited_mem.h"
#include "tests/fuzz/target.h"
#include "tests/support/prng.h"
#include "transport/ws_handshake.h"

enum {
    MEMORY_MAX = 24 * 1024,
    INPUT_MAX = 3000
};

static const char *const chat[] = {"chat", "meeple.1", NULL};

static int fill(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0x5a, len);
    return 0;
}

static meeple_ws_options options_of(const uint8_t bytes[2])
{
    return (meeple_ws_options){
        .protocols = chat,
        .deflate = {.enabled = bytes[0] & 8,
                    .server_no_context_takeover = bytes[0] & 16,
                    .client_no_context_takeover = bytes[0] & 32,
                    .server_max_window_bits = (uint8_t)(9 + (bytes[1] & 7) % 7),
                    .client_max_window_bits = (uint8_t)(9 + (bytes[1] >> 3 & 7) % 7)},
        .random = fill,
    };
}

/* ---- one endpoint reads ---- */

struct run {
    struct limited_mem mem;
    meeple_ws *ws;
    uint64_t told;
    bool opened, closed;
    char protocol[16];
    uint8_t said[16384]; /* what it wrote */
    size_t said_len;
};

static void note(struct run *run, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++) {
        run->told = (run->told ^ at[i]) * UINT64_C(1099511628211);
    }
}

static void hear(struct run *run)
{
    meeple_ws_event event;
    int rc;

    while ((rc = meeple_ws_next(run->ws, &event)) > 0) {
        note(run, &event.type, sizeof event.type);
        note(run, &event.code, sizeof event.code);
        note(run, event.data.ptr, event.data.len);
        if (event.type == MEEPLE_WS_REQUEST) {
            MUST(event.data.len > 0 && meeple_ws_accept(run->ws, NULL, NULL) == 0);
        } else if (event.type == MEEPLE_WS_OPEN) {
            MUST(!run->opened && event.data.len < sizeof run->protocol);
            run->opened = true;
            snprintf(run->protocol, sizeof run->protocol, "%.*s", (int)event.data.len,
                     (const char *)event.data.ptr);
        } else {
            MUST(event.type == MEEPLE_WS_CLOSED && !run->opened && !run->closed);
            run->closed = true;
        }
    }
    MUST(rc == 0);
}

static void drain(struct run *run)
{
    meeple_bytes part;

    hear(run);
    while (meeple_ws_tx(run->ws, &part, 1) > 0) {
        MUST(run->said_len + part.len <= sizeof run->said);
        memcpy(run->said + run->said_len, part.ptr, part.len);
        run->said_len += part.len;
        meeple_ws_sent(run->ws, part.len);
        hear(run);
    }
}

/* One head, and nothing behind it. */
static void read_head(struct run *run, meeple_bytes head, const meeple_ws_options *options,
                      bool pieces)
{
    struct prng prng = {head.len};

    *run = (struct run){.told = 1};
    limited_mem_init(&run->mem, MEMORY_MAX);
    MUST(meeple_ws_new(&run->ws, options, &run->mem.mem) == 0);
    drain(run);
    run->said_len = options->server ? 0 : run->said_len;
    for (size_t at = 0; at < head.len;) {
        size_t piece = pieces ? 1 + (size_t)prng_below(&prng, 20) : head.len;
        uint8_t *copy;

        piece = piece < head.len - at ? piece : head.len - at;
        copy = malloc(piece);
        memcpy(copy, head.ptr + at, piece);
        meeple_ws_feed(run->ws, copy, piece, 1);
        drain(run);
        free(copy);
        at += piece;
    }
    note(run, run->said, run->said_len);
}

static void drop(struct run *run)
{
    meeple_ws_free(run->ws);
    MUST(run->mem.live == 0);
}

/* A prefix that is good, if wanted, and the bytes, up to the end of the head. */
static meeple_bytes join(uint8_t *dst, size_t cap, const char *prefix, const uint8_t *bytes,
                         size_t len)
{
    size_t prefix_len = prefix ? strlen(prefix) : 0;
    ptrdiff_t end;

    MUST(prefix_len + len <= cap);
    if (prefix_len > 0) {
        memcpy(dst, prefix, prefix_len);
    }
    if (len > 0) {
        memcpy(dst + prefix_len, bytes, len);
    }
    len += prefix_len;
    end = meeple__http_head_end((meeple_bytes){dst, len}, 0);
    return (meeple_bytes){dst, end > 0 ? (size_t)end : len};
}

static const char *server_key(const struct run *run, meeple_bytes request,
                              char accept[MEEPLE__WS_ACCEPT_SIZE])
{
    struct meeple__http_head head;
    meeple_bytes key;

    MUST(run->opened && meeple__http_head_parse(&head, request) == 0);
    MUST(meeple__http_head_field(&head, "Sec-WebSocket-Key", &key) == 1);
    MUST(meeple__ws_accept(accept, key) == 0);
    return accept;
}

/* A 101 that any client takes which has asked for it, or a refusal with a body of that length. */
static void check_answer(const struct run *run, meeple_bytes request,
                         const meeple_ws_options *options)
{
    static const struct meeple__deflate_params wish = {0};
    const char *const protocols[] = {run->protocol[0] ? run->protocol : NULL, NULL};
    char accept[MEEPLE__WS_ACCEPT_SIZE], text[160];
    meeple_bytes said = {run->said, run->said_len}, length;
    ptrdiff_t end = meeple__http_head_end(said, 0);
    struct meeple__ws_answer expected = {.protocols = protocols,
                                         .deflate = options->deflate.enabled ? &wish : NULL,
                                         .text = text,
                                         .size = sizeof text};
    struct meeple__http_head head;
    struct meeple__ws_agreed agreed;
    meeple_fault fault;

    if (said.len == 0) {
        MUST(!run->opened);
        return;
    }
    MUST(end > 0 && meeple__http_head_parse(&head, (meeple_bytes){said.ptr, (size_t)end}) == 0);
    if (run->opened) {
        expected.accept = server_key(run, request, accept);
        MUST((size_t)end == said.len);
        MUST(meeple__ws_response_good(&head, &expected, &agreed, &fault));
    } else {
        MUST(head.words[1].ptr[0] == '4' || head.words[1].ptr[0] == '5');
        MUST(meeple__http_head_field(&head, "Content-Length", &length) == 1);
        MUST((size_t)atoi((const char *)length.ptr) == said.len - (size_t)end);
    }
}

static void server_reads(const uint8_t *bytes, size_t len)
{
    static const char good[] = "GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    static struct run whole, pieces;
    uint8_t joined[INPUT_MAX + 512];
    meeple_ws_options options = options_of(bytes);
    meeple_bytes request =
        join(joined, sizeof joined, bytes[0] & 4 ? NULL : good, bytes + 2, len - 2);

    options.server = true;
    read_head(&whole, request, &options, false);
    check_answer(&whole, request, &options);
    read_head(&pieces, request, &options, true);
    MUST(whole.told == pieces.told && whole.opened == pieces.opened);
    drop(&whole);
    drop(&pieces);
}

static void client_reads(const uint8_t *bytes, size_t len)
{
    static struct run whole, pieces;
    uint8_t joined[INPUT_MAX + 512], random[16];
    char good[256], key[MEEPLE__WS_KEY_SIZE], accept[MEEPLE__WS_ACCEPT_SIZE];
    meeple_ws_options options = options_of(bytes);
    meeple_bytes response;
    meeple_fault fault;

    fill(NULL, random, sizeof random);
    meeple__ws_key(key, random);
    meeple__ws_accept(accept, (meeple_bytes){(uint8_t *)key, 24});
    snprintf(good, sizeof good,
             "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n",
             accept);
    response = join(joined, sizeof joined, bytes[0] & 4 ? NULL : good, bytes + 2, len - 2);
    options.host = "h";
    read_head(&whole, response, &options, false);
    read_head(&pieces, response, &options, true);
    MUST(whole.told == pieces.told && whole.opened == pieces.opened);
    meeple_ws_fault(whole.ws, &fault);
    MUST(whole.closed == (fault.stage != MEEPLE_STAGE_NONE) && (!whole.closed || fault.text));
    MUST(!whole.opened || strcmp(whole.protocol, "chat") == 0 ||
         strcmp(whole.protocol, "meeple.1") == 0);
    drop(&whole);
    drop(&pieces);
}

/* ---- a client asks a server ---- */

enum {
    HOST,
    PATH,
    PROTOCOL,
    OTHER_PROTOCOL,
    CLIENT_HEADER,
    SERVER_HEADER,
    TEXTS
};

static meeple_bytes value_of(const char *header)
{
    const char *value = strchr(header, ':') + 1;
    size_t len = strlen(value);

    while (len > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        len--;
    }
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t')) {
        len--;
    }
    return (meeple_bytes){(const uint8_t *)value, len};
}

/* All that one has to say, which dst keeps. */
static void carry(meeple_ws *from, meeple_ws *to, uint8_t dst[8192])
{
    meeple_bytes part;
    size_t len = 0;

    while (meeple_ws_tx(from, &part, 1) > 0) {
        MUST(len + part.len <= 8192);
        memcpy(dst + len, part.ptr, part.len);
        len += part.len;
        meeple_ws_sent(from, part.len);
    }
    meeple_ws_feed(to, dst, len, 1);
}

static meeple_ws_event next(meeple_ws *ws, meeple_ws_event_type type)
{
    meeple_ws_event event = {.type = MEEPLE_WS_CLOSED};

    MUST(meeple_ws_next(ws, &event) == 1 && event.type == type);
    return event;
}

static void check_request(meeple_ws *server, const char *const texts[TEXTS])
{
    meeple_bytes target = next(server, MEEPLE_WS_REQUEST).data, value, want;
    char name[INPUT_MAX + 1];

    MUST(meeple__bytes_equal(target, texts[PATH]));
    MUST(meeple_ws_header(server, "Host", &value) == 1 && meeple__bytes_equal(value, texts[HOST]));
    want = value_of(texts[CLIENT_HEADER]);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(texts[CLIENT_HEADER], ":"),
             texts[CLIENT_HEADER]);
    MUST(meeple_ws_header(server, name, &value) == 1);
    MUST(value.len == want.len && (want.len == 0 || !memcmp(value.ptr, want.ptr, want.len)));
}

/* Both open with the same subprotocol, or the server refuses. */
static void answer(meeple_ws *client, meeple_ws *server, const char *const texts[TEXTS])
{
    const char *const headers[] = {texts[SERVER_HEADER], NULL};
    static uint8_t response[8192];
    meeple_fault fault;
    int rc = meeple_ws_accept(server, texts[OTHER_PROTOCOL], headers);

    MUST(rc == 0 || rc == MEEPLE_EINVAL);
    if (rc < 0) {
        MUST(meeple_ws_refuse(server, 403, texts[HOST], NULL) == 0);
        carry(server, client, response);
        next(client, MEEPLE_WS_CLOSED);
        meeple_ws_fault(client, &fault);
        MUST(fault.stage == MEEPLE_STAGE_HTTP && fault.number == 403);
        return;
    }
    MUST(meeple__bytes_equal(next(server, MEEPLE_WS_OPEN).data, texts[OTHER_PROTOCOL]));
    carry(server, client, response);
    MUST(meeple__bytes_equal(next(client, MEEPLE_WS_OPEN).data, texts[OTHER_PROTOCOL]));
    MUST(meeple_ws_send(client, (meeple_bytes){(const uint8_t *)"hi", 2}, true) == 0);
    carry(client, server, response);
    MUST(meeple__bytes_equal(next(server, MEEPLE_WS_MESSAGE).data, "hi"));
}

static void client_asks(const uint8_t *bytes, const char *const texts[TEXTS])
{
    const char *const protocols[] = {texts[PROTOCOL], texts[OTHER_PROTOCOL], NULL};
    const char *const headers[] = {texts[CLIENT_HEADER], NULL};
    static uint8_t request[8192];
    struct limited_mem mem;
    meeple_ws_options options = options_of(bytes);
    meeple_ws *client, *server;
    int rc;

    limited_mem_init(&mem, 400 * 1024);
    options.host = texts[HOST];
    options.path = texts[PATH];
    options.protocols = protocols;
    options.headers = headers;
    rc = meeple_ws_new(&client, &options, &mem.mem);
    MUST(rc == 0 || (rc == MEEPLE_EINVAL && !client));
    if (rc == 0) {
        options.server = true;
        options.headers = NULL;
        MUST(meeple_ws_new(&server, &options, &mem.mem) == 0);
        carry(client, server, request);
        check_request(server, texts);
        answer(client, server, texts);
        meeple_ws_free(client);
        meeple_ws_free(server);
    }
    MUST(mem.live == 0);
}

static void both(const uint8_t *bytes, size_t len)
{
    static char text[INPUT_MAX + 1];
    const char *texts[TEXTS];
    char *at = text;

    memcpy(text, bytes + 2, len - 2);
    text[len - 2] = '\0';
    for (size_t i = 0; i < TEXTS; i++) {
        texts[i] = at;
        /* The last zero ends all that are missing. */
        at += strlen(at);
        at += at < text + len - 2;
    }
    client_asks(bytes, texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 2 || len > INPUT_MAX) {
        return 0;
    }
    switch (bytes[0] & 3) {
    case 0:
        server_reads(bytes, len);
        break;
    case 1:
        client_reads(bytes, len);
        break;
    default:
        both(bytes, len);
        break;
    }
    return 0;
}
