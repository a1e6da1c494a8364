/* test_conformance_limits: messages up to 16 MiB, in fragments and pieces of many sizes, both roles
 * and both ways (RFC 6455 sections 5.4 and 10.4). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/frames.h"

#define BOTH(server)                                                                               \
    int server = 0;                                                                                \
    (server) < 2;                                                                                  \
    (server)++

enum {
    LONGEST = 16 << 20
};

/* One message for all tests; as text it is cut into characters of one to four bytes. */
static uint8_t *make_message(bool text, size_t len)
{
    static const char letters[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb2";
    uint8_t *bytes = malloc(len);
    struct prng random = {len};

    cr_assert_not_null(bytes);
    if (!text) {
        prng_fill(&random, bytes, len);
        return bytes;
    }
    for (size_t at = 0; at < len; at++) {
        bytes[at] = (uint8_t)(at < len / 10 * 10 ? letters[at % 10] : '.');
    }
    return bytes;
}

/* What came of it, bytes and all; the probe's own lines only keep a hash. */
static void arrives(const struct frames *frames, bool text, const uint8_t *bytes, size_t len,
                    size_t piece)
{
    meeple_ws_event event;
    struct ws_probe probe;
    uint8_t *copy = malloc(piece);
    size_t told = 0;

    probe_init(&probe, frames->server, &(meeple_ws_options){.message_bytes_max = len});
    probe_open(&probe);
    for (size_t at = 0; at < frames->len; at += piece) {
        size_t part = frames->len - at < piece ? frames->len - at : piece;

        memcpy(copy, frames->bytes + at, part);
        meeple_ws_feed(probe.ws, copy, part, 0);
        while (meeple_ws_next(probe.ws, &event) > 0) {
            cr_assert_eq(event.type, MEEPLE_WS_MESSAGE, "%.*s", (int)event.data.len,
                         (const char *)event.data.ptr);
            cr_assert(event.text == text && event.data.len == len);
            cr_assert_eq(memcmp(event.data.ptr, bytes, len), 0);
            told++;
        }
    }
    cr_assert_eq(told, 1);
    cr_assert_leq(probe.mem.live, 4, "the message is not given back");
    probe_done(&probe);
    free(copy);
}

static void goes(bool text, size_t len, size_t fragment, size_t piece)
{
    uint8_t *bytes = make_message(text, len);

    for (BOTH(server)) {
        struct frames frames;

        frames_begin(&frames, server);
        frames_message(&frames, text ? FRAME_TEXT : FRAME_BINARY, bytes, len, fragment);
        arrives(&frames, text, bytes, len, piece);
        frames_done(&frames);
    }
    free(bytes);
}

/* ---- in ---- */

Test(conformance_limits, takes_messages_of_64_kib_to_16_mib_in_one_frame)
{
    for (size_t len = 65536; len <= LONGEST; len *= 4) {
        goes(true, len, len, 65536);
        goes(false, len, len, 65536);
    }
    goes(false, LONGEST, LONGEST, 32 << 20); /* all at once */
}

Test(conformance_limits, takes_a_message_of_16_mib_in_fragments)
{
    goes(true, LONGEST, 1 << 20, 65536);
    goes(false, LONGEST, 1 << 20, 65536);
}

Test(conformance_limits, takes_a_message_of_4_mib_in_fragments_of_any_size)
{
    for (size_t fragment = 64; fragment <= 4 << 20; fragment *= 4) {
        goes(true, 4 << 20, fragment, 65536);
        goes(false, 4 << 20, fragment, 65536);
    }
}

Test(conformance_limits, takes_a_message_of_1_mib_in_pieces_of_any_size)
{
    for (size_t piece = 64; piece <= 2048; piece *= 2) {
        goes(true, 1 << 20, 1 << 20, piece);
        goes(false, 1 << 20, 1 << 20, piece);
    }
    goes(true, 1 << 20, 1000, 997);
    goes(false, 1 << 20, 1000, 1009);
}

/* An empty fragment is legal, and costs nothing; a thousand of them cost nothing either. */
Test(conformance_limits, empty_fragments_cost_nothing)
{
    for (BOTH(server)) {
        struct frames frames;

        frames_begin(&frames, server);
        frames_text(&frames, FRAME_TEXT, "");
        for (unsigned i = 0; i < 1000; i++) {
            frames_text(&frames, 0, "");
        }
        frames_text(&frames, FRAME_FIN, "end");
        frames_give(&frames, &(meeple_ws_options){.message_bytes_max = 3}, "text end\n", "");
    }
}

/* ---- the limit ---- */

Test(conformance_limits, a_message_one_byte_over_the_limit_is_1009_however_it_comes)
{
    static const size_t fragments[] = {1, 7, 4096, 65535, 65536, 1 << 20};
    static uint8_t bytes[65537];

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(fragments); i++) {
            struct frames frames;
            size_t limit = fragments[i] < 100 ? 350 : 65536;

            frames_begin(&frames, server);
            frames_message(&frames, FRAME_BINARY, bytes, limit + 1, fragments[i]);
            frames_text(&frames, FRAME_FIN | FRAME_TEXT, "never");
            frames_give(&frames, &(meeple_ws_options){.message_bytes_max = limit},
                        "closed 1009 unclean the message is over the limit\n",
                        "close 1009 the message is over the limit\n");
        }
    }
}

/* Nothing is reserved because somebody says that much will come. */
Test(conformance_limits, a_declared_length_costs_nothing)
{
    for (BOTH(server)) {
        struct ws_probe probe;
        uint8_t head[14] = {FRAME_FIN | FRAME_BINARY, server ? 0xff : 0x7f};
        size_t calls;

        head[6] = 1; /* 16 MiB */
        probe_init(&probe, server, &(meeple_ws_options){.message_bytes_max = LONGEST});
        probe_open(&probe);
        calls = probe.mem.calls;
        probe_feed(&probe, head, server ? 14 : 10);
        cr_assert_eq(probe.mem.calls, calls);
        cr_assert_not(probe.closed);
        probe_done(&probe);
    }
}

/* ---- out ---- */

/* What one sends the other takes; it is one frame, whatever its length. */
static void passes(bool server, bool text, size_t len)
{
    const meeple_ws_options options = {.message_bytes_max = LONGEST};
    uint8_t *bytes = make_message(text, len);
    struct ws_probe from, to;

    probe_init(&from, server, &options);
    probe_open(&from);
    probe_init(&to, !server, &options);
    probe_open(&to);
    from.deaf = true;
    cr_assert_eq(meeple_ws_send(from.ws, (meeple_bytes){bytes, len}, text), 0);
    while (meeple_ws_queued(from.ws) > 0) {
        meeple_bytes part;
        uint8_t *copy;
        meeple_ws_event event;

        cr_assert_eq(meeple_ws_tx(from.ws, &part, 1), 1);
        copy = malloc(part.len);
        memcpy(copy, part.ptr, part.len);
        meeple_ws_sent(from.ws, part.len);
        cr_assert_eq(copy[0], FRAME_FIN | (text ? FRAME_TEXT : FRAME_BINARY));
        meeple_ws_feed(to.ws, copy, part.len, 0);
        cr_assert_eq(meeple_ws_next(to.ws, &event), 1);
        cr_assert(event.type == MEEPLE_WS_MESSAGE && event.text == text && event.data.len == len);
        cr_assert(len == 0 || memcmp(event.data.ptr, bytes, len) == 0);
        cr_assert_eq(meeple_ws_next(to.ws, &event), 0);
        free(copy);
    }
    probe_done(&from);
    probe_done(&to);
    free(bytes);
}

Test(conformance_limits, sends_messages_to_16_mib_each_as_one_frame)
{
    for (BOTH(server)) {
        for (size_t len = 1; len <= LONGEST; len *= 16) {
            passes(server, true, len);
            passes(server, false, len);
        }
        passes(server, true, LONGEST);
        passes(server, false, LONGEST);
    }
}

Test(conformance_limits, a_message_over_the_limit_is_not_sent)
{
    uint8_t *bytes = calloc(1, LONGEST + 1);

    for (BOTH(server)) {
        struct ws_probe probe;

        probe_init(&probe, server, &(meeple_ws_options){.message_bytes_max = LONGEST});
        probe_open(&probe);
        probe.deaf = true;
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){bytes, LONGEST + 1}, false),
                     MEEPLE_ETOOBIG);
        cr_assert_eq(meeple_ws_queued(probe.ws), 0);
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){bytes, LONGEST}, false), 0);
        probe_done(&probe);
    }
    free(bytes);
}

/* There and back a thousand times, one after the other. */
Test(conformance_limits, a_thousand_messages_of_each_length_are_echoed)
{
    static const size_t lens[] = {0, 16, 64, 256, 1024, 4096, 16384};
    static uint8_t payload[16384];

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
            struct frames frames;
            struct ws_probe probe;

            frames_begin(&frames, server);
            frames_put(&frames, FRAME_FIN | FRAME_BINARY, payload, lens[i]);
            probe_init(&probe, server, NULL);
            probe_open(&probe);
            for (unsigned n = 0; n < 1000; n++) {
                meeple_ws_event event;
                uint8_t *copy = malloc(frames.len);
                meeple_bytes part;

                memcpy(copy, frames.bytes, frames.len);
                meeple_ws_feed(probe.ws, copy, frames.len, 0);
                cr_assert_eq(meeple_ws_next(probe.ws, &event), 1);
                cr_assert_eq(meeple_ws_send(probe.ws, event.data, event.text), 0);
                cr_assert_eq(meeple_ws_next(probe.ws, &event), 0);
                while (meeple_ws_tx(probe.ws, &part, 1) > 0) {
                    meeple_ws_sent(probe.ws, part.len);
                }
                free(copy);
            }
            cr_assert_leq(probe.mem.live, 20);
            probe_done(&probe);
            frames_done(&frames);
        }
    }
}
