/* test_ws_deflate: messages through permessage-deflate and back, and what is none. */
#include "transport/ws_deflate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"

/* ---- support ---- */

#define BYTES(literal) ((meeple_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

static const meeple_bytes nothing = {NULL, 0};

static struct meeple__deflate_params params(bool takeover, uint8_t bits)
{
    return (struct meeple__deflate_params){!takeover, !takeover, bits, bits};
}

/* One direction of a connection: what a server says to a client. */
struct way {
    struct counting_mem counting;
    struct meeple__deflate deflate;
    struct meeple__inflate inflate;
    struct meeple__buf wire, message;
    size_t ceiling;
};

static void way_init(struct way *way, const struct meeple__deflate_params *agreed,
                     struct meeple__deflate_effort effort)
{
    *way = (struct way){.ceiling = SIZE_MAX};
    counting_mem_init(&way->counting);
    meeple__deflate_init(&way->deflate, &way->counting.mem, agreed, true, &effort);
    meeple__inflate_init(&way->inflate, &way->counting.mem, agreed, true);
}

static void way_drop(struct way *way)
{
    meeple__buf_done(&way->wire, &way->counting.mem);
    meeple__buf_done(&way->message, &way->counting.mem);
}

static void way_done(struct way *way)
{
    way_drop(way);
    meeple__deflate_done(&way->deflate);
    meeple__inflate_done(&way->inflate);
    cr_assert_eq(way->counting.live, 0);
}

static int squeeze(struct way *way, meeple_bytes head, meeple_bytes body)
{
    meeple__buf_clear(&way->wire);
    return meeple__deflate_message(&way->deflate, head, body, &way->wire, way->ceiling);
}

/* Feeds bytes as a message: how 0: whole; 1: byte by byte, and an empty end; else in random pieces.
 */
static int feed(struct way *way, meeple_bytes bytes, uint64_t how)
{
    struct prng prng = {how};
    int rc;

    meeple__buf_clear(&way->message);
    do {
        size_t len = bytes.len;
        bool last;

        if (how == 1) {
            len = bytes.len > 0;
        } else if (how > 1) {
            len = (size_t)prng_below(&prng, 1 + (bytes.len < 4096 ? bytes.len : 4096));
        }
        last = how == 1 ? bytes.len == 0 : len == bytes.len;
        rc = meeple__inflate_feed(&way->inflate, (meeple_bytes){bytes.ptr, len}, last,
                                  &way->message, way->ceiling);
        if (rc < 0 || last) {
            return rc;
        }
        bytes.ptr += len;
        bytes.len -= len;
    } while (true);
}

static bool told(const struct way *way, meeple_bytes want)
{
    return way->message.len == want.len &&
           (want.len == 0 || !memcmp(way->message.ptr, want.ptr, want.len));
}

static bool on_wire(const struct way *way, meeple_bytes want)
{
    return way->wire.len == want.len && !memcmp(way->wire.ptr, want.ptr, want.len);
}

static const struct meeple__deflate_effort normal = {0, 0};

/* ---- the examples of section 7.2.3 ---- */

static const meeple_bytes hello = {(const uint8_t *)"Hello", 5};
#define HELLO "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define HELLO_AGAIN "\xf2\x00\x11\x00\x00"
#define HELLO_STORED "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"
#define HELLO_FINAL "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
#define HELLO_TWO_BLOCKS "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"

enum {
    WAYS = 8
};

Test(ws_deflate, writes_the_rfcs_examples)
{
    for (int takeover = 0; takeover < 2; takeover++) {
        for (uint8_t bits = 9; bits <= 15; bits++) {
            struct meeple__deflate_params agreed = params(takeover, bits);
            struct way way;

            way_init(&way, &agreed, normal);
            cr_assert_eq(squeeze(&way, nothing, hello), 0);
            cr_assert(on_wire(&way, BYTES(HELLO)));
            cr_assert_eq(squeeze(&way, BYTES("Hel"), BYTES("lo")), 0);
            cr_assert(on_wire(&way, takeover ? BYTES(HELLO_AGAIN) : BYTES(HELLO)));
            cr_assert_eq(squeeze(&way, nothing, nothing), 0);
            cr_assert(on_wire(&way, BYTES("\0")));
            cr_assert_eq(squeeze(&way, hello, nothing), 0);
            cr_assert(on_wire(&way, takeover ? BYTES("\x02\x13\x00\x00") : BYTES(HELLO)));
            way_done(&way);
        }
    }
}

Test(ws_deflate, reads_the_rfcs_examples)
{
    static const struct {
        meeple_bytes wire;
        bool refers; /* to a message before it */
        bool empty;
    } cases[] = {{{(const uint8_t *)HELLO, sizeof HELLO - 1}, false, false},
                 {{(const uint8_t *)HELLO_AGAIN, sizeof HELLO_AGAIN - 1}, true, false},
                 {{(const uint8_t *)HELLO_STORED, sizeof HELLO_STORED - 1}, false, false},
                 {{(const uint8_t *)HELLO_FINAL, sizeof HELLO_FINAL - 1}, false, false},
                 {{(const uint8_t *)HELLO_TWO_BLOCKS, sizeof HELLO_TWO_BLOCKS - 1}, false, false},
                 {{(const uint8_t *)"\0", 1}, false, true}};

    for (uint64_t how = 0; how < WAYS; how++) {
        for (int takeover = 0; takeover < 2; takeover++) {
            struct meeple__deflate_params agreed = params(takeover, 15);
            struct way way;

            way_init(&way, &agreed, normal);
            /* Any of them after any other. */
            for (size_t i = 0; i < 100; i++) {
                size_t n = (i * 7 + i / 6) % MEEPLE_COUNT(cases);

                if (cases[n].refers && (!takeover || i == 0)) {
                    continue;
                }
                /* Whichever was before, it was Hello that is 5 bytes back. */
                cr_assert_eq(feed(&way, cases[n].wire, how), 0, "%zu", n);
                cr_assert(told(&way, cases[n].empty ? nothing : hello), "%zu", n);
            }
            way_done(&way);
        }
    }
}

Test(ws_deflate, refuses_a_reference_to_what_was_not_taken_over)
{
    struct meeple__deflate_params agreed = params(false, 15);
    struct way way;

    way_init(&way, &agreed, normal);
    cr_assert_eq(feed(&way, BYTES(HELLO), 0), 0);
    cr_assert_eq(feed(&way, BYTES(HELLO_AGAIN), 0), MEEPLE_EPROTO);
    way_done(&way);
}

/* ---- there and back ---- */

/* Fills with what compresses not at all, well, or as text does. */
static void fill(struct prng *prng, uint8_t *bytes, size_t len)
{
    uint64_t kind = prng_below(prng, 4), period = prng_between(prng, 1, 700);

    for (size_t i = 0; i < len; i++) {
        if (kind == 0 || (kind < 3 && i < period)) {
            bytes[i] = (uint8_t)prng_next(prng);
        } else if (kind < 3) {
            bytes[i] = bytes[i - period];
        } else {
            bytes[i] = (uint8_t) "meeple, dice & \n"[prng_below(prng, 16)];
        }
    }
}

static size_t any_len(struct prng *prng)
{
    switch (prng_below(prng, 8)) {
    case 0:
        return (size_t)prng_below(prng, 3);
    case 1: /* about as much as is written at a time */
        return (size_t)prng_between(prng, 8170, 8200);
    case 2:
        return (size_t)prng_below(prng, 70000);
    default:
        return (size_t)prng_below(prng, 1500);
    }
}

static void there_and_back(struct way *way, struct prng *prng, int messages)
{
    uint8_t *bytes = malloc(70000);

    for (int i = 0; i < messages; i++) {
        size_t len = any_len(prng), head = (size_t)prng_below(prng, len + 1);

        fill(prng, bytes, len);
        cr_assert_eq(
            squeeze(way, (meeple_bytes){bytes, head}, (meeple_bytes){bytes + head, len - head}), 0);
        cr_assert_gt(way->wire.len, 0);
        cr_assert_leq(way->wire.len, len + len / 8 + 64);
        cr_assert_eq(
            feed(way, (meeple_bytes){way->wire.ptr, way->wire.len}, prng_below(prng, WAYS)), 0);
        cr_assert(told(way, (meeple_bytes){bytes, len}), "message %d of %zu bytes", i, len);
        if (prng_below(prng, 4) == 0) {
            meeple__inflate_rest(&way->inflate);
        }
        if (!way->deflate.takeover) {
            way_drop(way);
            cr_assert_eq(way->counting.live, 0, "message %d left something", i);
        }
    }
    free(bytes);
}

Test(ws_deflate, brings_messages_there_and_back)
{
    static const struct meeple__deflate_effort efforts[] = {{0, 0}, {1, 1}, {9, 9}, {3, 8}};
    struct prng prng = {7692};

    for (size_t e = 0; e < MEEPLE_COUNT(efforts); e++) {
        for (uint8_t bits = 9; bits <= 15; bits++) {
            for (int takeover = 0; takeover < 2; takeover++) {
                struct meeple__deflate_params agreed = params(takeover, bits);
                struct way way;

                way_init(&way, &agreed, efforts[e]);
                there_and_back(&way, &prng, 12);
                way_done(&way);
            }
        }
    }
}

Test(ws_deflate, knows_the_two_directions_apart)
{
    struct prng prng = {8};

    for (unsigned code = 0; code < 7 * 7 * 4; code++) {
        struct meeple__deflate_params agreed = {code % 2 == 1, code / 2 % 2 == 1,
                                                (uint8_t)(9 + code / 4 % 7),
                                                (uint8_t)(9 + code / 28)};

        for (int server = 0; server < 2; server++) {
            struct way way;

            way_init(&way, &agreed, normal);
            meeple__deflate_init(&way.deflate, &way.counting.mem, &agreed, server, &normal);
            meeple__inflate_init(&way.inflate, &way.counting.mem, &agreed, server);
            cr_assert_eq(way.deflate.window_bits,
                         server ? agreed.server_max_window_bits : agreed.client_max_window_bits);
            cr_assert_eq(way.inflate.window_bits, way.deflate.window_bits);
            cr_assert_eq(way.deflate.takeover, server ? !agreed.server_no_context_takeover
                                                      : !agreed.client_no_context_takeover);
            cr_assert_eq(way.inflate.takeover, way.deflate.takeover);
            there_and_back(&way, &prng, 2);
            way_done(&way);
        }
    }
}

/* zlib by hand, with a window of that many bits and no room beside it: what is further back than
 * the window is not there. */
static bool readable_with(z_stream *strict, const struct meeple__buf *wire, const uint8_t *want,
                          size_t len)
{
    static uint8_t end[4] = {0x00, 0x00, 0xff, 0xff};

    for (int part = 0; part < 2; part++) {
        strict->next_in = part == 0 ? wire->ptr : end;
        strict->avail_in = part == 0 ? (uInt)wire->len : 4;
        do {
            uint8_t byte;
            int status;

            strict->next_out = &byte;
            strict->avail_out = 1;
            status = inflate(strict, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_BUF_ERROR) {
                return false;
            }
            if (strict->avail_out == 0 && (len-- == 0 || *want++ != byte)) {
                return false;
            }
        } while (strict->avail_in > 0 || strict->avail_out == 0);
    }
    return len == 0;
}

Test(ws_deflate, finds_nothing_further_back_than_the_window)
{
    static uint8_t bytes[20000];

    /* 8: what was agreed as 256 bytes is compressed with 512. */
    for (uint8_t bits = 8; bits <= 15; bits++) {
        struct meeple__deflate_params agreed = params(true, bits == 8 ? 9 : bits);

        for (uint8_t level = 1; level <= 9; level++) {
            struct prng prng = {level};
            z_stream strict = {0};
            struct way way;

            way_init(&way, &agreed, (struct meeple__deflate_effort){level, level});
            cr_assert_eq(inflateInit2(&strict, -bits), Z_OK);
            for (int i = 0; i < 20; i++) {
                /* Every distance up to twice the window, and more. */
                size_t period = 1 + (size_t)prng_below(&prng, (size_t)2 << bits);
                size_t len = i < 3 ? sizeof bytes : (size_t)prng_below(&prng, 2000);

                for (size_t k = 0; k < len; k++) {
                    bytes[k] = k < period || prng_below(&prng, 40) == 0 ? (uint8_t)prng_next(&prng)
                                                                        : bytes[k - period];
                }
                cr_assert_eq(squeeze(&way, nothing, (meeple_bytes){bytes, len}), 0);
                cr_assert(readable_with(&strict, &way.wire, bytes, len),
                          "window %d, level %d, message %d", bits, level, i);
            }
            inflateEnd(&strict);
            way_done(&way);
        }
    }
}

Test(ws_deflate, may_forget_a_message_that_was_not_sent)
{
    struct meeple__deflate_params agreed = params(true, 15);
    struct way way;

    way_init(&way, &agreed, normal);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(squeeze(&way, nothing, hello), 0);
        cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, 0), 0);
        cr_assert(told(&way, hello));
        cr_assert_eq(squeeze(&way, nothing, BYTES("this one the other side never sees")), 0);
        meeple__deflate_reset(&way.deflate);
        meeple__deflate_reset(&way.deflate);
    }
    cr_assert_eq(squeeze(&way, nothing, BYTES("never sees")), 0);
    cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, 0), 0);
    cr_assert(told(&way, BYTES("never sees")));
    way_done(&way);
}

/* ---- ceilings ---- */

Test(ws_deflate, writes_not_a_byte_over_the_ceiling)
{
    static uint8_t bytes[30000];
    struct meeple__deflate_params agreed = params(true, 12);
    struct prng prng = {3};
    struct way way;
    size_t need;

    prng_fill(&prng, bytes, sizeof bytes);
    way_init(&way, &agreed, normal);
    /* What does not get smaller may go as it is, and the next one is understood all the same. */
    way.ceiling = sizeof bytes;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(squeeze(&way, nothing, (meeple_bytes){bytes, sizeof bytes}), MEEPLE_ETOOBIG);
        cr_assert_eq(way.wire.len, 0);
        cr_assert_eq(squeeze(&way, nothing, hello), 0);
        cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, 0), 0);
        cr_assert(told(&way, hello));
    }
    way.ceiling = SIZE_MAX;
    meeple__deflate_reset(&way.deflate);
    cr_assert_eq(squeeze(&way, nothing, (meeple_bytes){bytes, 300}), 0);
    need = way.wire.len;
    for (size_t ceiling = 0; ceiling <= need; ceiling++) {
        way.ceiling = ceiling;
        meeple__deflate_reset(&way.deflate);
        cr_assert_eq(squeeze(&way, (meeple_bytes){bytes, 14}, (meeple_bytes){bytes + 14, 286}),
                     ceiling < need ? MEEPLE_ETOOBIG : 0);
        cr_assert_eq(way.wire.len, ceiling < need ? 0 : need);
    }
    way.ceiling = 0;
    cr_assert_eq(squeeze(&way, nothing, nothing), MEEPLE_ETOOBIG);
    way_done(&way);
}

Test(ws_deflate, appends_to_what_is_there)
{
    struct meeple__deflate_params agreed = params(true, 15);
    struct way way;

    way_init(&way, &agreed, normal);
    cr_assert_eq(meeple__buf_add(&way.wire, &way.counting.mem, BYTES("ab"), 99), 0);
    cr_assert_eq(meeple__deflate_message(&way.deflate, nothing, hello, &way.wire, 8),
                 MEEPLE_ETOOBIG);
    cr_assert_eq(meeple__deflate_message(&way.deflate, nothing, hello, &way.wire, 9), 0);
    cr_assert(on_wire(&way, BYTES("ab" HELLO)));
    cr_assert_eq(meeple__buf_add(&way.message, &way.counting.mem, BYTES("ab"), 99), 0);
    cr_assert_eq(meeple__inflate_feed(&way.inflate, BYTES(HELLO), true, &way.message, 7), 0);
    cr_assert(told(&way, BYTES("abHello")));
    cr_assert_eq(meeple__inflate_feed(&way.inflate, BYTES(HELLO), true, &way.message, 11),
                 MEEPLE_ETOOBIG);
    cr_assert(told(&way, BYTES("abHello")));
    way_done(&way);
}

Test(ws_deflate, reads_not_a_byte_over_the_ceiling)
{
    static const size_t lens[] = {1, 5, 8191, 8192, 8193, 16384, 65536, 65537};
    static uint8_t bytes[65537];
    struct prng prng = {4};

    fill(&prng, bytes, sizeof bytes);
    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        for (uint64_t how = 0; how < WAYS; how++) {
            struct meeple__deflate_params agreed = params(true, 15);
            struct way way;

            way_init(&way, &agreed, normal);
            cr_assert_eq(squeeze(&way, nothing, (meeple_bytes){bytes, lens[i]}), 0);
            way.ceiling = lens[i];
            cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, how), 0);
            cr_assert(told(&way, (meeple_bytes){bytes, lens[i]}));
            meeple__deflate_reset(&way.deflate);
            way.ceiling = SIZE_MAX;
            cr_assert_eq(squeeze(&way, nothing, (meeple_bytes){bytes, lens[i]}), 0);
            way.ceiling = lens[i] - 1;
            cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, how),
                         MEEPLE_ETOOBIG);
            cr_assert_lt(way.message.len, lens[i]);
            /* It stays so. */
            cr_assert_eq(feed(&way, BYTES(HELLO), 0), MEEPLE_ETOOBIG);
            way_done(&way);
        }
    }
}

/* Bytes that are out, and the most that were. */
struct measure {
    meeple_mem mem;
    size_t live, peak;
};

static void *measured(void *ctx, void *ptr, size_t size)
{
    struct measure *measure = ctx;
    uint64_t *block = ptr ? (uint64_t *)ptr - 2 : NULL;

    measure->live -= block ? (size_t)block[0] : 0;
    if (size == 0) {
        free(block);
        return NULL;
    }
    block = realloc(block, size + 16);
    cr_assert(block);
    block[0] = size;
    measure->live += size;
    measure->peak = measure->live > measure->peak ? measure->live : measure->peak;
    return block + 2;
}

Test(ws_deflate, takes_the_memory_it_says)
{
    for (uint8_t bits = 9; bits <= 15; bits++) {
        for (uint8_t memory = 1; memory <= 9; memory++) {
            struct measure measure = {.mem = {measured, &measure}};
            struct meeple__deflate_params agreed = params(true, bits);
            struct meeple__deflate_effort effort = {6, memory};
            struct meeple__deflate deflate;
            struct meeple__inflate inflate_it;
            struct meeple__buf out = {0};

            meeple__deflate_init(&deflate, &measure.mem, &agreed, false, &effort);
            cr_assert_eq(measure.live, 0);
            cr_assert_eq(meeple__deflate_message(&deflate, nothing, hello, &out, 99), 0);
            cr_assert_leq(measure.live - out.cap,
                          ((size_t)4 << bits) + ((size_t)512 << memory) + 6 * 1024 + 256);
            meeple__deflate_done(&deflate);
            meeple__buf_done(&out, &measure.mem);
            cr_assert_eq(measure.live, 0);

            meeple__inflate_init(&inflate_it, &measure.mem, &agreed, false);
            cr_assert_eq(meeple__inflate_feed(&inflate_it, BYTES(HELLO), true, &out, 99), 0);
            cr_assert_leq(measure.live - out.cap, ((size_t)1 << bits) + 7 * 1024 + 256);
            meeple__inflate_done(&inflate_it);
            meeple__buf_done(&out, &measure.mem);
            cr_assert_eq(measure.live, 0);
        }
    }
}

Test(ws_deflate, at_rest_it_keeps_what_the_next_message_may_refer_to)
{
    for (uint8_t bits = 9; bits <= 15; bits++) {
        struct meeple__deflate_params agreed = params(true, bits);
        const size_t window = (size_t)1 << bits;
        uint8_t bytes[600];
        struct prng prng = {bits};
        struct way way;

        way_init(&way, &agreed, normal);
        prng_fill(&prng, bytes, sizeof bytes);
        for (unsigned i = 0; i < 100; i++) {
            meeple_bytes message = {bytes, i == 0 ? 90 : sizeof bytes};
            size_t before, kept;

            cr_assert_eq(squeeze(&way, nothing, message), 0);
            before = way.counting.bytes;
            cr_assert_eq(feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, i % 3), 0);
            cr_assert(told(&way, message), "of %zu bits, message %u", (size_t)bits, i);
            meeple__buf_done(&way.message, &way.counting.mem);
            meeple__inflate_rest(&way.inflate);
            meeple__inflate_rest(&way.inflate);
            kept = way.inflate.window_len;
            cr_assert_eq(way.inflate.zip, NULL);
            cr_assert(i > 0 ? kept <= window : kept == 90, "%zu bytes", kept);
            cr_assert_leq(way.counting.bytes, before + kept + 64);
        }
        cr_assert_eq(way.inflate.window_len, window);
        way_done(&way);
    }
}

Test(ws_deflate, a_bomb_costs_neither_memory_nor_time)
{
    enum {
        CEILING = 65536,
        ZEROS = 64 << 20
    };
    struct measure measure = {.mem = {measured, &measure}};
    struct meeple__deflate_params agreed = params(true, 15);
    struct meeple__deflate deflate;
    struct meeple__buf bomb = {0};
    uint8_t *zeros = calloc(1, ZEROS);

    meeple__deflate_init(&deflate, NULL, &agreed, true, &normal);
    cr_assert_eq(
        meeple__deflate_message(&deflate, nothing, (meeple_bytes){zeros, ZEROS}, &bomb, SIZE_MAX),
        0);
    meeple__deflate_done(&deflate);
    free(zeros);
    cr_assert_lt(bomb.len, ZEROS / 900);
    for (size_t step = 1; step <= bomb.len; step *= 16) {
        struct meeple__inflate inflate_it;
        struct meeple__buf out = {0};
        size_t at = 0;
        int rc = 0;

        meeple__inflate_init(&inflate_it, &measure.mem, &agreed, true);
        measure.peak = 0;
        while (rc == 0) {
            size_t len = step < bomb.len - at ? step : bomb.len - at;

            rc = meeple__inflate_feed(&inflate_it, (meeple_bytes){bomb.ptr + at, len}, false, &out,
                                      CEILING);
            at += len;
        }
        cr_assert_eq(rc, MEEPLE_ETOOBIG);
        /* 1032 is the most a byte can become. */
        cr_assert_leq(at, CEILING / 1000 + 100 + step);
        cr_assert_leq(measure.peak, CEILING * 3 / 2 + 48 * 1024);
        cr_assert_leq(measure.live, CEILING, "the state was given back");
        meeple__buf_done(&out, &measure.mem);
        cr_assert_eq(measure.live, 0);
    }
    meeple__buf_done(&bomb, NULL);
}

Test(ws_deflate, blocks_of_nothing_become_nothing)
{
    static const struct {
        const char *block;
        size_t len;
    } cases[] = {{"\x00\x00\x00\xff\xff", 5}, {"\x01\x00\x00\xff\xff", 5}, {"\x03\x00", 2}};

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__deflate_params agreed = params(true, 9);
        uint8_t *bytes = malloc(1000 * 1000 + 1);
        struct way way;
        size_t len = 0;

        while (len + cases[i].len <= 1000 * 1000) {
            memcpy(bytes + len, cases[i].block, cases[i].len);
            len += cases[i].len;
        }
        bytes[len++] = 0;
        way_init(&way, &agreed, normal);
        way.ceiling = 0;
        for (uint64_t how = 0; how < WAYS; how++) {
            cr_assert_eq(feed(&way, (meeple_bytes){bytes, len}, how), 0);
            cr_assert_eq(way.message.len, 0);
        }
        way_done(&way);
        free(bytes);
    }
}

/* ---- final blocks ---- */

Test(ws_deflate, goes_on_after_a_final_block)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
    } cases[] = {/* The byte that begins the empty block may be missing. */
                 {"\xf3\x48\xcd\xc9\xc9\x07\x00", 7, "Hello"},
                 {"\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x48\xcd\xc9\xc9\x07\x00", 14, "HelloHello"},
                 {"\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 15, "HelloHello"},
                 {"\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x00\x11\x00\x00", 12, "HelloHello"},
                 {"\x01\x05\x00\xfa\xff"
                  "Hello\x00",
                  11, "Hello"},
                 {"\x01\x05\x00\xfa\xff"
                  "Hello",
                  10, "Hello"},
                 {"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff\x01", 12, "Hello"},
                 {"\x03\x00", 2, ""},
                 {"\x03\x00\x00", 3, ""},
                 {"\x01", 1, ""}};

    for (uint64_t how = 0; how < WAYS; how++) {
        for (int takeover = 0; takeover < 2; takeover++) {
            struct meeple__deflate_params agreed = params(takeover, 15);
            struct way way;

            way_init(&way, &agreed, normal);
            for (size_t i = 0; i < 3 * MEEPLE_COUNT(cases); i++) {
                size_t n = i % MEEPLE_COUNT(cases);

                cr_assert_eq(
                    feed(&way, (meeple_bytes){(const uint8_t *)cases[n].bytes, cases[n].len}, how),
                    0, "%zu", n);
                cr_assert(told(&way, (meeple_bytes){(const uint8_t *)cases[n].message,
                                                    strlen(cases[n].message)}),
                          "%zu", n);
                if (takeover) {
                    cr_assert_eq(feed(&way, BYTES(HELLO), how), 0);
                    cr_assert_eq(feed(&way, BYTES(HELLO_AGAIN), how), 0);
                    cr_assert(told(&way, hello));
                }
            }
            way_done(&way);
        }
    }
}

/* ---- what is none ---- */

/* A message of one block: stored, with fixed and with dynamic codes. */
static void one_block(struct way *way, int kind)
{
    static uint8_t bytes[600];
    struct prng prng = {5};

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = kind == 0   ? (uint8_t)prng_next(&prng)
                   : kind == 1 ? (uint8_t) "meeple"[i % 6]
                               : (uint8_t) "aaaaaaabbbbccdefgh"[prng_below(&prng, 18)];
    }
    cr_assert_eq(squeeze(way, nothing, (meeple_bytes){bytes, sizeof bytes}), 0);
    cr_assert_eq(way->wire.ptr[0] >> 1 & 3, kind);
}

Test(ws_deflate, refuses_a_message_that_is_cut_short_anywhere)
{
    for (int kind = 0; kind < 3; kind++) {
        struct meeple__deflate_params agreed = params(false, 15);
        struct way source;

        way_init(&source, &agreed, normal);
        one_block(&source, kind);
        for (size_t len = 0; len <= source.wire.len; len++) {
            for (uint64_t how = 0; how < 3; how++) {
                /* The first byte of a stored block is an empty message: section 7.2.3.6. */
                bool whole = len == source.wire.len || (kind == 0 && len == 1);
                struct way way;

                way_init(&way, &agreed, normal);
                cr_assert_eq(feed(&way, (meeple_bytes){source.wire.ptr, len}, how),
                             whole ? 0 : MEEPLE_EPROTO, "kind %d, %zu of %zu bytes", kind, len,
                             source.wire.len);
                way_drop(&way);
                cr_assert_eq(way.counting.live, 0);
                way_done(&way);
            }
        }
        way_done(&source);
    }
}

Test(ws_deflate, survives_every_bit_that_is_wrong)
{
    for (int kind = 0; kind < 3; kind++) {
        struct meeple__deflate_params agreed = params(true, 15);
        struct way source;
        size_t refused = 0;

        way_init(&source, &agreed, normal);
        one_block(&source, kind);
        for (size_t bit = 0; bit < source.wire.len * 8; bit++) {
            struct way way;
            int rc;

            source.wire.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
            way_init(&way, &agreed, normal);
            way.ceiling = 700;
            rc = feed(&way, (meeple_bytes){source.wire.ptr, source.wire.len}, bit % 3);
            cr_assert(rc == 0 || rc == MEEPLE_EPROTO || rc == MEEPLE_ETOOBIG, "%d", rc);
            if (rc < 0) {
                refused++;
                /* Final, and nothing is kept. */
                cr_assert_eq(
                    meeple__inflate_feed(&way.inflate, BYTES(HELLO), true, &way.message, 700), rc);
                way_drop(&way);
                cr_assert_eq(way.counting.live, 0);
            }
            way_done(&way);
            source.wire.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        cr_assert_gt(refused, kind == 0 ? 30 : 10);
        way_done(&source);
    }
}

Test(ws_deflate, survives_any_bytes)
{
    struct prng prng = {6};
    size_t good = 0;

    for (int i = 0; i < 30000; i++) {
        struct meeple__deflate_params agreed =
            params(prng_below(&prng, 2) == 1, (uint8_t)prng_between(&prng, 9, 15));
        uint8_t bytes[64];
        size_t len = (size_t)prng_below(&prng, sizeof bytes);
        struct way way;

        prng_fill(&prng, bytes, len);
        if (len > 0 && prng_below(&prng, 2)) {
            bytes[0] = (uint8_t)((bytes[0] & ~6) | 2); /* fixed codes: most bytes are some */
        }
        way_init(&way, &agreed, normal);
        way.ceiling = 1000;
        good += feed(&way, (meeple_bytes){bytes, len}, prng_below(&prng, WAYS)) == 0;
        cr_assert_leq(way.message.len, 1000);
        way_done(&way);
    }
    cr_assert_lt(good, 3000);
}

/* ---- memory that is not to be had ---- */

/* The n-th allocation fails.  True: there were not that many. */
static bool without_memory(bool takeover, size_t n)
{
    static uint8_t bytes[30000];
    struct meeple__deflate_params agreed = params(takeover, 15);
    struct prng prng = {9};
    struct way way;
    int rc;
    bool failed = false;

    fill(&prng, bytes, sizeof bytes);
    way_init(&way, &agreed, normal);
    counting_mem_fail(&way.counting, n);
    for (int i = 0; i < 3; i++) {
        meeple_bytes message = {bytes + 100 * i, i == 1 ? sizeof bytes / 2 : 10};

        rc = squeeze(&way, nothing, message);
        if (rc < 0) {
            cr_assert(rc == MEEPLE_ENOMEM && !failed);
            cr_assert_eq(way.wire.len, 0);
            failed = true;
            cr_assert_eq(squeeze(&way, nothing, message), 0, "later there is memory");
        }
        rc = feed(&way, (meeple_bytes){way.wire.ptr, way.wire.len}, 2 + n);
        if (rc < 0) {
            cr_assert(rc == MEEPLE_ENOMEM && !failed);
            failed = true;
            cr_assert_eq(feed(&way, BYTES(HELLO), 0), MEEPLE_ENOMEM);
            break;
        }
        cr_assert(told(&way, message));
        meeple__inflate_rest(&way.inflate);
    }
    way_done(&way);
    /* Without memory to rest in, it does not rest. */
    return way.counting.calls < way.counting.fail_at;
}

Test(ws_deflate, fails_cleanly_wherever_memory_ends)
{
    for (int takeover = 0; takeover < 2; takeover++) {
        size_t n = 1;

        while (!without_memory(takeover, n)) {
            n++;
        }
        cr_assert_gt(n, 15);
    }
}

Test(ws_deflate, owns_nothing_before_it_is_used)
{
    struct meeple__deflate_params agreed = params(true, 15);
    struct way way;

    way_init(&way, &agreed, normal);
    cr_assert_eq(way.counting.calls, 0);
    meeple__deflate_reset(&way.deflate);
    way_done(&way);
}

Test(ws_deflate, knows_which_efforts_there_are)
{
    for (unsigned n = 0; n < 256; n++) {
        struct meeple__deflate_effort level = {(uint8_t)n, 0}, memory = {0, (uint8_t)n};

        cr_assert_eq(meeple__deflate_effort_valid(&level), n <= 9);
        cr_assert_eq(meeple__deflate_effort_valid(&memory), n <= 9);
    }
}
