/* test_conformance_deflate: permessage-deflate at both endpoints, against zlib by hand: every
 * window and takeover, any size and cut, and what is no compressed message (RFC 7692). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "tests/support/frames.h"

#define BOTH(server)                                                                               \
    int server = 0;                                                                                \
    (server) < 2;                                                                                  \
    (server)++

enum {
    RSV1 = 0x40,
    OUT_MAX = 1 << 20,
    LINE_MAX_LEN = 160
};

/* ---- the other side: zlib by hand ---- */

struct terms {
    bool server_forgets, client_forgets; /* no context takeover */
    uint8_t server_bits, client_bits;    /* 8..15 */
};

struct other {
    struct ws_probe probe; /* ours */
    struct terms terms;
    z_stream deflate, inflate;
    uint8_t out[OUT_MAX]; /* what ours wrote */
    size_t out_len;
    uint8_t wire[OUT_MAX];
    size_t wire_len;
};

/* One at a time: it is large. */
static struct other other;

static bool theirs_forgets(void)
{
    return other.probe.server ? other.terms.client_forgets : other.terms.server_forgets;
}

static bool ours_forgets(void)
{
    return other.probe.server ? other.terms.server_forgets : other.terms.client_forgets;
}

static void begin_zlib(const struct terms *terms)
{
    int theirs = other.probe.server ? terms->client_bits : terms->server_bits;
    int ours = other.probe.server ? terms->server_bits : terms->client_bits;

    other.terms = *terms;
    memset(&other.deflate, 0, sizeof other.deflate);
    memset(&other.inflate, 0, sizeof other.inflate);
    /* zlib compresses with no window of 256 bytes; one of 512 finds nothing further away than
     * that. */
    cr_assert_eq(deflateInit2(&other.deflate, 6, Z_DEFLATED, -(theirs < 9 ? 9 : theirs), 8,
                              Z_DEFAULT_STRATEGY),
                 Z_OK);
    cr_assert_eq(inflateInit2(&other.inflate, -ours), Z_OK);
}

/* What a message is on the wire, in other.wire. */
static void squeeze(const void *bytes, size_t len)
{
    if (len == 0) { /* zlib writes nothing for nothing: section 7.2.3.6 */
        other.wire[0] = 0;
        other.wire_len = 1;
        return;
    }
    other.deflate.next_in = (uint8_t *)(uintptr_t)bytes;
    other.deflate.avail_in = (uInt)len;
    other.deflate.next_out = other.wire;
    other.deflate.avail_out = sizeof other.wire;
    cr_assert_eq(deflate(&other.deflate, Z_SYNC_FLUSH), Z_OK);
    other.wire_len = sizeof other.wire - other.deflate.avail_out - 4;
    if (theirs_forgets()) {
        deflateReset(&other.deflate);
    }
}

/* With a byte of room, so that zlib finds nothing but what is in the window. */
static void restores_to(const uint8_t *wire, size_t wire_len, const uint8_t *want, size_t len)
{
    static uint8_t end[4] = {0x00, 0x00, 0xff, 0xff};
    size_t got = 0;

    for (int part = 0; part < 2; part++) {
        other.inflate.next_in = part == 0 ? (uint8_t *)(uintptr_t)wire : end;
        other.inflate.avail_in = part == 0 ? (uInt)wire_len : 4;
        do {
            uint8_t byte;
            int rc;

            other.inflate.next_out = &byte;
            other.inflate.avail_out = 1;
            rc = inflate(&other.inflate, Z_NO_FLUSH);
            cr_assert(rc == Z_OK || rc == Z_BUF_ERROR, "%d: %s", rc, other.inflate.msg);
            if (other.inflate.avail_out == 0) {
                cr_assert(got < len && byte == want[got], "byte %zu of %zu", got, len);
                got++;
            }
        } while (other.inflate.avail_in > 0 || other.inflate.avail_out == 0);
    }
    cr_assert_eq(got, len);
    if (ours_forgets()) {
        inflateReset(&other.inflate);
    }
}

/* ---- ours ---- */

static void take_out(void)
{
    meeple_bytes part;

    other.out_len = 0;
    while (meeple_ws_tx(other.probe.ws, &part, 1) > 0) {
        cr_assert_lt(part.len, OUT_MAX - other.out_len);
        memcpy(other.out + other.out_len, part.ptr, part.len);
        other.out_len += part.len;
        meeple_ws_sent(other.probe.ws, part.len);
    }
    other.out[other.out_len] = '\0';
}

/* The value of that header in what ours wrote, or "". */
static const char *header_of(char value[LINE_MAX_LEN], const char *name)
{
    const char *at = strstr((const char *)other.out, name);

    value[0] = '\0';
    if (at) {
        at += strlen(name);
        snprintf(value, LINE_MAX_LEN, "%.*s", (int)strcspn(at, "\r"), at);
    }
    return value;
}

#define EXTENSIONS "\r\nSec-WebSocket-Extensions: "

/* Handshakes with those extensions; deflate is ours. */
static void meet(bool server, const meeple_deflate_options *deflate, const char *extensions,
                 size_t message_bytes_max)
{
    meeple_ws_options options = {.deflate = *deflate, .message_bytes_max = message_bytes_max};
    char bytes[1024], accept[29] = "";

    options.deflate.enabled = true;
    options.queue_bytes_max = 1 << 21;
    memset(&other.probe, 0, sizeof other.probe);
    counting_mem_init(&other.probe.mem);
    other.probe.random.state = 5;
    other.probe.deaf = true; /* the test takes what it writes */
    cr_assert_eq(probe_try(&other.probe, server, &options), 0);
    take_out();
    if (server) {
        snprintf(bytes, sizeof bytes,
                 "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                 "%s%s\r\n\r\n",
                 *extensions ? EXTENSIONS : "", extensions);
    } else {
        probe_accept_for(accept, other.out, other.out_len);
        snprintf(bytes, sizeof bytes,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Accept: %s%s%s\r\n\r\n",
                 accept, *extensions ? EXTENSIONS : "", extensions);
    }
    probe_feed(&other.probe, bytes, strlen(bytes));
    cr_assert_eq(other.probe.opens, 1, "%s: %s", extensions, other.probe.told);
    probe_forget(&other.probe);
    if (server) {
        take_out();
    }
}

static void leave(void)
{
    deflateEnd(&other.deflate);
    inflateEnd(&other.inflate);
    probe_done(&other.probe);
}

/* A compressed message in fragments of that size, fed in that way. */
static void give(bool text, const void *bytes, size_t len, size_t fragment, uint64_t how)
{
    struct frames frames;
    char told[700], quoted[600];

    squeeze(bytes, len);
    frames_begin(&frames, other.probe.server);
    frames_message(&frames, RSV1 | (text ? FRAME_TEXT : FRAME_BINARY), other.wire, other.wire_len,
                   fragment);
    probe_feed_in(&other.probe, frames.bytes, frames.len, how);
    probe_quote(quoted, sizeof quoted, bytes, len);
    snprintf(told, sizeof told, "%s%s%s\n", text ? "text" : "binary", len ? " " : "", quoted);
    cr_assert_str_eq(other.probe.told, told);
    probe_forget(&other.probe);
    frames_done(&frames);
}

/* What it told, once all that it had to write is gone. */
static void tells(const char *want)
{
    take_out();
    probe_turn(&other.probe);
    cr_assert_str_eq(other.probe.told, want, "told: %s", other.probe.told);
}

/* The payload of the one frame in other.out; *first is its first byte. */
static meeple_bytes one_frame(uint8_t *first)
{
    size_t size = other.out[1] & 0x7f, head = 2;
    size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;

    cr_assert_gt(other.out_len, 1);
    *first = other.out[0];
    for (size_t i = 0; i < extended; i++) {
        size = (i == 0 ? 0 : size << 8) | other.out[head + i];
    }
    head += extended;
    if (!other.probe.server) {
        head += 4;
        for (size_t i = 0; i < size; i++) {
            other.out[head + i] ^= other.out[head - 4 + (i & 3)];
        }
    }
    cr_assert_eq(other.out_len, head + size, "it is not one frame");
    return (meeple_bytes){other.out + head, size};
}

/* What ours sends is a frame of which the other side makes the message. */
static bool take(bool text, const void *bytes, size_t len)
{
    meeple_bytes payload;
    uint8_t first;

    cr_assert_eq(meeple_ws_send(other.probe.ws, (meeple_bytes){bytes, len}, text), 0);
    take_out();
    payload = one_frame(&first);
    cr_assert_eq(first & ~RSV1, FRAME_FIN | (text ? FRAME_TEXT : FRAME_BINARY));
    if (first & RSV1) {
        restores_to(payload.ptr, payload.len, bytes, len);
        return true;
    }
    cr_assert(payload.len == len && (len == 0 || memcmp(payload.ptr, bytes, len) == 0));
    return false;
}

/* ---- messages ---- */

/* Text with repetitions near and far: a window too small, or a context too many, is noticed. */
static void fill(struct prng *random, uint8_t *bytes, size_t len)
{
    size_t period = 1 + (size_t)prng_below(random, prng_below(random, 2) ? 200 : 33000);

    for (size_t i = 0; i < len; i++) {
        bytes[i] = i < period || prng_below(random, 50) == 0
                       ? (uint8_t)('a' + prng_below(random, 26))
                       : bytes[i - period];
    }
}

static uint8_t message[OUT_MAX / 2];

static void talk(uint64_t seed)
{
    static const size_t lens[] = {70, 600, 0, 3000, 300, 36000};
    struct prng random = {seed};

    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        if (i == MEEPLE_COUNT(lens) - 1 && seed % 8 != 0) {
            break;
        }
        fill(&random, message, lens[i]);
        /* Twice: what is taken over is used. */
        for (int again = 0; again < 2; again++) {
            give(i % 2, message, lens[i], 1 + (size_t)prng_below(&random, 900),
                 PROBE_SEEDS + prng_below(&random, 100));
            take(i % 2, message, lens[i]);
        }
    }
}

/* ---- every window, every takeover ---- */

static void write_params(char text[LINE_MAX_LEN], const struct terms *terms, bool server_bits,
                         bool client_bits)
{
    size_t len = (size_t)snprintf(text, LINE_MAX_LEN, "permessage-deflate%s%s",
                                  terms->server_forgets ? "; server_no_context_takeover" : "",
                                  terms->client_forgets ? "; client_no_context_takeover" : "");

    if (server_bits) {
        len += (size_t)snprintf(text + len, LINE_MAX_LEN - len, "; server_max_window_bits=%u",
                                terms->server_bits);
    }
    if (client_bits) {
        snprintf(text + len, LINE_MAX_LEN - len, "; client_max_window_bits=%u", terms->client_bits);
    }
}

static struct terms terms_of(unsigned code)
{
    return (struct terms){code & 1, code & 2, (uint8_t)(8 + (code >> 2) % 8),
                          (uint8_t)(8 + (code >> 5) % 8)};
}

enum {
    TERMS = 256
};

static const meeple_deflate_options all_bits = {
    .server_max_window_bits = 15, .client_max_window_bits = 15, .threshold_bytes = 1};

/* A client asks for all of it, and gets it. */
Test(conformance_deflate, a_server_meets_every_window_and_takeover_that_is_asked_for)
{
    for (unsigned code = 0; code < TERMS; code++) {
        struct terms terms = terms_of(code);
        char offer[LINE_MAX_LEN], answer[LINE_MAX_LEN];

        write_params(offer, &terms, true, true);
        meet(true, &all_bits, offer, 65536);
        cr_assert_str_eq(header_of(answer, EXTENSIONS), offer);
        begin_zlib(&terms);
        talk(code);
        leave();
    }
}

/* A server of ours asks for all of it, of a client that leaves it the choice. */
Test(conformance_deflate, a_server_gets_every_window_and_takeover_that_it_wishes)
{
    for (unsigned code = 0; code < TERMS; code++) {
        struct terms terms = terms_of(code);
        char want[LINE_MAX_LEN], answer[LINE_MAX_LEN];

        if (terms.server_bits == 8 || terms.client_bits == 8) {
            continue; /* ours never asks for that */
        }
        write_params(want, &terms, terms.server_bits < 15, terms.client_bits < 15);
        meet(true,
             &(meeple_deflate_options){.server_no_context_takeover = terms.server_forgets,
                                       .client_no_context_takeover = terms.client_forgets,
                                       .server_max_window_bits = terms.server_bits,
                                       .client_max_window_bits = terms.client_bits,
                                       .threshold_bytes = 1},
             "permessage-deflate; client_max_window_bits", 65536);
        cr_assert_str_eq(header_of(answer, EXTENSIONS), want);
        begin_zlib(&terms);
        talk(code);
        leave();
    }
}

/* A server decides, within what a client of ours offers. */
Test(conformance_deflate, a_client_meets_every_window_and_takeover_that_is_answered)
{
    for (unsigned code = 0; code < TERMS; code++) {
        struct terms terms = terms_of(code);
        char answer[LINE_MAX_LEN];

        write_params(answer, &terms, terms.server_bits < 15 || code % 3, terms.client_bits < 15);
        meet(false, &all_bits, answer, 65536);
        begin_zlib(&terms);
        talk(code);
        leave();
    }
}

/* A client of ours asks for all of it; a server that grants just that, or keeps silent where it
 * may. */
Test(conformance_deflate, a_client_gets_every_window_and_takeover_that_it_wishes)
{
    for (unsigned code = 0; code < TERMS; code++) {
        struct terms terms = terms_of(code);
        struct terms named = terms;
        const meeple_deflate_options wish = {.server_no_context_takeover = terms.server_forgets,
                                             .client_no_context_takeover = terms.client_forgets,
                                             .server_max_window_bits = terms.server_bits,
                                             .client_max_window_bits = terms.client_bits,
                                             .threshold_bytes = 1};
        char answer[LINE_MAX_LEN];

        if (terms.server_bits == 8 || terms.client_bits == 8) {
            continue;
        }
        /* What it said of its own side it does, named or not. */
        named.client_forgets = terms.client_forgets && code % 5;
        write_params(answer, &named, true, code % 7);
        meet(false, &wish, answer, 65536);
        begin_zlib(&terms);
        talk(code);
        leave();
    }
}

/* Section 5: what is not agreed on is not used. */
Test(conformance_deflate, without_an_agreement_nothing_is_compressed)
{
    static const char *const offers[] = {"",
                                         "foo",
                                         "permessage-deflate; server_max_window_bits=16",
                                         "permessage-deflate; server_max_window_bits=7",
                                         "permessage-deflate; unknown",
                                         "permessage-bzip2; client_max_compress_level=5"};

    memset(message, 'a', 1000);
    for (size_t i = 0; i < MEEPLE_COUNT(offers); i++) {
        for (int server = i > 0; server < 2; server++) {
            char answer[LINE_MAX_LEN];

            meet(server, &all_bits, offers[i], 65536);
            if (server) {
                cr_assert_str_eq(header_of(answer, EXTENSIONS), "");
            }
            begin_zlib(&(struct terms){true, true, 15, 15});
            cr_assert_not(take(true, message, 1000));
            probe_feed(&other.probe, server ? "\xc1\x80zzzz" : "\xc1\x00", server ? 6 : 2);
            tells("closed 1002 unclean a reserved bit is set\n");
            leave();
        }
    }
}

/* ---- sizes and cuts ---- */

static const struct terms usual = {false, false, 15, 15};

static void meet_usual(bool server)
{
    meet(server, &all_bits, "permessage-deflate; server_max_window_bits=15", OUT_MAX / 2);
    begin_zlib(&usual);
}

Test(conformance_deflate, messages_of_any_size_come_and_go_in_any_fragments)
{
    static const size_t fragments[] = {1, 13, 256, 1024, 32768, OUT_MAX};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(fragments); i++) {
            struct prng random = {i};

            meet_usual(server);
            for (size_t len = 16; len <= 131072; len *= len < 1024 ? 4 : 2) {
                for (int kind = 0; kind < 3; kind++) {
                    if (fragments[i] == 1 && len > 4096) {
                        continue;
                    }
                    if (kind == 0) {
                        memset(message, '*', len);
                    } else if (kind == 1) {
                        fill(&random, message, len);
                    } else {
                        prng_fill(&random, message, len);
                    }
                    give(kind != 2, message, len, fragments[i],
                         len < 5000 ? PROBE_SEEDS + len : PROBE_WHOLE);
                    take(kind != 2, message, len);
                }
            }
            leave();
        }
    }
}

Test(conformance_deflate, a_thousand_messages_each_way)
{
    for (BOTH(server)) {
        for (int forgets = 0; forgets < 2; forgets++) {
            struct terms terms = {forgets, forgets, 15, 15};
            char params[LINE_MAX_LEN];

            write_params(params, &terms, false, false);
            meet(server, &all_bits, params, 65536);
            begin_zlib(&terms);
            for (unsigned i = 0; i < 1000; i++) {
                size_t len = (size_t)snprintf((char *)message, 200,
                                              "{\"peer\": %u, \"eyes\": %u, \"name\": \"Ann\"}", i,
                                              i * 7 % 6 + 1);

                give(true, message, len, 1 << 20, PROBE_WHOLE);
                take(true, message, len);
            }
            leave();
        }
    }
}

/* ---- frames of it ---- */

static void feed(unsigned first, const void *payload, size_t len)
{
    struct frames frames;

    frames_begin(&frames, other.probe.server);
    frames_put(&frames, first, payload, len);
    probe_feed_in(&other.probe, frames.bytes, frames.len, PROBE_BYTES);
    frames_done(&frames);
}

/* Section 6: the bit is each message's own; the context is not touched by one that lacks it. */
Test(conformance_deflate, compressed_and_uncompressed_messages_may_alternate)
{
    for (BOTH(server)) {
        meet_usual(server);
        for (int i = 0; i < 3; i++) {
            give(true, "Hello, Hello, Hello", 19, 5, PROBE_BYTES);
            feed(FRAME_FIN | FRAME_TEXT, "Hello", 5);
            feed(FRAME_BINARY, "in ", 3);
            feed(FRAME_FIN, "two", 3);
            cr_assert_str_eq(other.probe.told, "text Hello\nbinary in two\n");
            probe_forget(&other.probe);
            cr_assert(take(true, "Hello, Hello, Hello", 19));
            meeple_ws_compress(other.probe.ws, false);
            cr_assert_not(take(true, "Hello, Hello, Hello", 19));
            meeple_ws_compress(other.probe.ws, true);
        }
        leave();
    }
}

Test(conformance_deflate, only_the_first_frame_of_a_message_says_that_it_is_compressed)
{
    static const unsigned firsts[] = {RSV1, RSV1 | FRAME_FIN};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(firsts); i++) {
            for (int begun = 0; begun < 2; begun++) {
                meet_usual(server);
                squeeze("Hello", 5);
                feed((begun ? RSV1 : 0U) | FRAME_TEXT, begun ? (void *)other.wire : "He", 2);
                feed(firsts[i], other.wire + 2, other.wire_len - 2);
                tells("closed 1002 unclean a reserved bit is set\n");
                leave();
            }
        }
    }
}

Test(conformance_deflate, control_frames_are_never_compressed)
{
    for (BOTH(server)) {
        for (unsigned opcode = FRAME_CLOSE; opcode <= FRAME_PONG; opcode++) {
            uint8_t first;
            meeple_bytes payload;

            /* Theirs. */
            meet_usual(server);
            squeeze("", 0);
            feed(FRAME_FIN | RSV1 | opcode, other.wire, other.wire_len);
            tells("closed 1002 unclean a reserved bit is set\n");
            leave();
            /* Ours: what is as repetitive as can be. */
            meet_usual(server);
            memset(message, 'p', 125);
            message[123] = 0;
            if (opcode == FRAME_CLOSE) {
                cr_assert_eq(meeple_ws_close(other.probe.ws, 1000, (char *)message, 0), 0);
            } else if (opcode == FRAME_PING) {
                cr_assert_eq(meeple_ws_ping(other.probe.ws, (meeple_bytes){message, 125}), 0);
            } else {
                feed(FRAME_FIN | FRAME_PING, message, 125);
            }
            take_out();
            payload = one_frame(&first);
            cr_assert_eq(first, FRAME_FIN | opcode);
            cr_assert_eq(payload.len, 125);
            leave();
        }
    }
}

Test(conformance_deflate, control_frames_may_come_between_compressed_fragments)
{
    for (BOTH(server)) {
        uint8_t first;

        meet_usual(server);
        squeeze("Hello Hello Hello", 17);
        feed(RSV1 | FRAME_TEXT, other.wire, 3);
        feed(FRAME_FIN | FRAME_PING, "ping", 4);
        feed(0, "", 0);
        feed(FRAME_FIN | FRAME_PONG, "pong", 4);
        feed(FRAME_FIN, other.wire + 3, other.wire_len - 3);
        cr_assert_str_eq(other.probe.told, "text Hello Hello Hello\n");
        take_out();
        one_frame(&first);
        cr_assert_eq(first, FRAME_FIN | FRAME_PONG);
        leave();
    }
}

/* Section 7.2.3, and what else deflate allows; each may be cut anywhere. */
Test(conformance_deflate, every_form_of_a_message_is_read)
{
    static const struct {
        const char *wire;
        size_t len;
        const char *text;
    } rows[] = {{"\xf2\x48\xcd\xc9\xc9\x07\x00", 7, "Hello"},
                {"\xf2\x00\x11\x00\x00", 5, "Hello"}, /* by the one before */
                {"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11, "Hello"}, /* not compressed */
                {"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8, "Hello"},              /* a final block */
                {"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13, "Hello"}, /* two */
                {"\x00", 1, ""}};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            for (size_t cut = 0; cut <= rows[i].len; cut++) {
                char told[64];

                meet_usual(server);
                feed(FRAME_FIN | RSV1 | FRAME_TEXT, rows[0].wire, rows[0].len);
                cr_assert_str_eq(other.probe.told, "text Hello\n");
                probe_forget(&other.probe);
                feed(RSV1 | FRAME_TEXT, rows[i].wire, cut);
                feed(FRAME_FIN, rows[i].wire + cut, rows[i].len - cut);
                snprintf(told, sizeof told, "text%s%s\n", *rows[i].text ? " " : "", rows[i].text);
                cr_assert_str_eq(other.probe.told, told, "row %zu, cut at %zu", i, cut);
                leave();
            }
        }
    }
}

/* ---- what is none ---- */

Test(conformance_deflate, text_has_to_be_utf8_once_it_is_inflated)
{
    static const char told[] = "closed 1007 unclean the text is not UTF-8\n";

    for (BOTH(server)) {
        meet_usual(server);
        squeeze("Hello \xff", 7);
        feed(FRAME_FIN | RSV1 | FRAME_TEXT, other.wire, other.wire_len);
        tells(told);
        leave();
        /* In a message that has not ended. */
        meet_usual(server);
        memset(message, 'x', 3000);
        message[50] = 0xff;
        squeeze(message, 3000);
        feed(RSV1 | FRAME_TEXT, other.wire, other.wire_len);
        tells(told);
        leave();
        /* A character that is cut in two by fragments. */
        meet_usual(server);
        give(true, "\xf0\x9f\x8e\xb2\xf0\x9f\x8e\xb2", 8, 1, PROBE_BYTES);
        give(false, "\xff\xff\xff\xff", 4, 1, PROBE_BYTES);
        leave();
    }
}

Test(conformance_deflate, what_cannot_be_inflated_is_1002)
{
    static const struct {
        const char *wire;
        size_t len;
    } rows[] = {
        {"", 0},                                         /* not even the beginning of a block */
        {"\x06", 1},                                     /* a block of the kind that is reserved */
        {"\xf2\x48\xcd\xc9\xc9", 5},                     /* cut off */
        {"\xf2\x00\x11\x00\x00", 5},                     /* refers to before the beginning */
        {"\x00\x05\x00\xff\xffHello\x00", 11},           /* a stored length that is contradicted */
        {"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff", 10} /* ends inside the tail */
    };

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            meet_usual(server);
            feed(FRAME_FIN | RSV1 | FRAME_BINARY, rows[i].wire, rows[i].len);
            tells("closed 1002 unclean the compressed data is corrupt\n");
            leave();
        }
    }
}

Test(conformance_deflate, what_inflates_to_more_than_the_limit_is_1009)
{
    static const size_t fragments[] = {1, 20, OUT_MAX};

    memset(message, 0, OUT_MAX / 2);
    for (BOTH(server)) {
        for (size_t i = 0; i < 2 * MEEPLE_COUNT(fragments); i++) {
            struct frames frames;
            size_t len = i % 2 ? 1001 : OUT_MAX / 2;

            meet(server, &all_bits, "permessage-deflate", 1000);
            begin_zlib(&usual);
            give(false, message, 1000, fragments[i / 2], PROBE_BYTES);
            squeeze(message, len);
            frames_begin(&frames, server);
            frames_message(&frames, RSV1 | FRAME_BINARY, other.wire, other.wire_len,
                           fragments[i / 2]);
            probe_feed_in(&other.probe, frames.bytes, frames.len, PROBE_BYTES);
            tells("closed 1009 unclean the message is over the limit\n");
            frames_done(&frames);
            leave();
        }
    }
}
