/* bench_bytes: what is done to every byte: unmasking, frames, UTF-8; against memcpy() of the same
 * bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <meeple/ws.h>

#include "core/utf8.h"
#include "tests/bench/bench.h"
#include "tests/support/prng.h"
#include "transport/ws_frame.h"

enum {
    BLOCKS = 20,           /* the two take turns */
    BLOCK_BYTES = 4 << 20, /* that a block goes over */
    QUICK_BLOCK_BYTES = 64 * 1024,
    STREAM_BYTES = 64 * 1024, /* of frames, fed at once: what the library reads at a time */
    ROOM = 1 << 20,           /* what the largest takes */
    LINE = 64,
    APART = 33 * LINE
};

static const uint8_t mask[4] = {0x37, 0x7a, 0x21, 0x3d};

struct work {
    const struct bench *bench;
    uint8_t *bytes, *copy; /* `len` of each: what is worked on, and where memcpy() puts it */
    size_t len;
    uint64_t work_ns, copy_ns, copied;
};

/* In whole lines of the cache, and half a page apart: what is read must not look to the processor
 * like what is being written, as bytes of the same place in another page do. */
static struct work work_new(const struct bench *bench, size_t len)
{
    size_t lines = (len + LINE - 1) / LINE * LINE;
    uint8_t *bytes = aligned_alloc(LINE, 2 * lines + APART);

    if (!bytes) {
        bench_fail("out of memory");
    }
    memset(bytes, 0, 2 * lines + APART);
    return (struct work){.bench = bench, .bytes = bytes, .copy = bytes + lines + APART, .len = len};
}

static size_t repeats(const struct work *work)
{
    size_t bytes = work->bench->quick ? QUICK_BLOCK_BYTES : BLOCK_BYTES;

    return bytes > work->len ? bytes / work->len : 1;
}

static void copy_block(struct work *work)
{
    /* Through a pointer that could have been changed, so that none of the copies is left out. */
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    size_t count = repeats(work);
    uint64_t start = bench_cpu_ns();

    for (size_t i = 0; i < count; i++) {
        copy(work->copy, work->bytes, work->len);
    }
    work->copy_ns += bench_cpu_ns() - start;
    work->copied += count * work->len;
}

/* `once` goes over the bytes; both go over them equally often.  Then there are two rows. */
static void against_memcpy(struct work *work, const char *name, void (*once)(void *ctx), void *ctx)
{
    size_t blocks = work->bench->quick ? 1 : BLOCKS, count = repeats(work);
    char metric[64];

    for (size_t block = 0; block < blocks; block++) {
        uint64_t start = bench_cpu_ns();

        for (size_t i = 0; i < count; i++) {
            once(ctx);
        }
        work->work_ns += bench_cpu_ns() - start;
        copy_block(work);
    }
    snprintf(metric, sizeof metric, "%s.time/memcpy", name);
    bench_ratio(work->bench, metric, (double)work->work_ns, (double)work->copy_ns);
    if (work->work_ns > 0) {
        bench_row(work->bench, name, (double)work->copied / (double)work->work_ns, "GB/s");
    }
}

static void work_done(struct work *work)
{
    free(work->bytes);
}

/* ---- unmasking alone ---- */

static void unmask_once(void *ctx)
{
    struct work *work = ctx;

    meeple__ws_mask(work->bytes, work->len, mask, 0);
}

static void unmask(const struct bench *bench)
{
    static const struct {
        const char *name;
        size_t len;
    } sizes[] = {{"64", 64}, {"1Ki", 1024}, {"16Ki", 16 * 1024}, {"1Mi", ROOM}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct work work = work_new(bench, sizes[i].len);
        struct prng prng = {i};

        prng_fill(&prng, work.bytes, work.len);
        memcpy(work.copy, work.bytes, work.len);
        unmask_once(&work);
        for (size_t at = 0; at < work.len; at++) {
            if (work.bytes[at] != (work.copy[at] ^ mask[at & 3])) {
                bench_fail("byte %zu of %zu is not unmasked", at, work.len);
            }
        }
        against_memcpy(&work, sizes[i].name, unmask_once, &work);
        work_done(&work);
    }
}

/* ---- frames, as an endpoint of a server takes them ---- */

/* What was unmasked where it lies is masked again by the next time over it: two times are once. */
struct stream {
    struct work *work;
    meeple_ws *ws;
    size_t payload, messages, times;
};

static int random_zeros(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 0, len);
    return 0;
}

static void expect_event(meeple_ws *ws, meeple_ws_event_type type)
{
    meeple_ws_event event;
    int rc = meeple_ws_next(ws, &event);

    if (rc != 1 || event.type != type) {
        bench_fail("another event than %d: %d", (int)type, rc > 0 ? (int)event.type : rc);
    }
}

static meeple_ws *open_ws(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    uint8_t bytes[sizeof request];
    meeple_bytes part;
    meeple_ws *ws;

    bench_check(meeple_ws_new(&ws,
                              &(meeple_ws_options){.server = true,
                                                   .message_bytes_max = 1 << 20,
                                                   .random = random_zeros},
                              NULL),
                "an endpoint");
    memcpy(bytes, request, sizeof bytes);
    meeple_ws_feed(ws, bytes, sizeof request - 1, 0);
    expect_event(ws, MEEPLE_WS_REQUEST);
    bench_check(meeple_ws_accept(ws, NULL, NULL), "accept");
    expect_event(ws, MEEPLE_WS_OPEN);
    while (meeple_ws_tx(ws, &part, 1) > 0) {
        meeple_ws_sent(ws, part.len);
    }
    return ws;
}

static void feed_once(void *ctx)
{
    struct stream *stream = ctx;
    meeple_ws_event event;
    size_t messages = 0;

    meeple_ws_feed(stream->ws, stream->work->bytes, stream->work->len, 0);
    while (meeple_ws_next(stream->ws, &event) > 0) {
        messages += event.type == MEEPLE_WS_MESSAGE && event.data.len == stream->payload;
    }
    if (messages != stream->messages) {
        bench_fail("%zu messages of %zu", messages, stream->messages);
    }
    stream->times++;
}

/* As many frames as fit, of ASCII: with this mask it stays that, masked or not. */
static size_t fill(uint8_t *dst, uint8_t opcode, size_t payload, size_t frames)
{
    size_t at = 0;

    for (size_t i = 0; i < frames; i++) {
        at += meeple__ws_frame_head(dst + at, opcode, payload, mask);
        for (size_t k = 0; k < payload; k++) {
            dst[at + k] = (uint8_t)('a' + (i + k) % 26);
        }
        meeple__ws_mask(dst + at, payload, mask, 0);
        at += payload;
    }
    return at;
}

static void take_frames(const struct bench *bench, uint8_t opcode)
{
    static const struct {
        const char *name;
        size_t payload;
    } sizes[] = {{"16", 16}, {"64", 64}, {"1Ki", 1024}, {"16Ki", 16 * 1024}};
    uint8_t head[MEEPLE__WS_HEAD_MAX];

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t payload = sizes[i].payload;
        size_t frame = meeple__ws_frame_head(head, opcode, payload, mask) + payload;
        size_t frames = STREAM_BYTES / frame;
        struct work work = work_new(bench, frames * frame);
        struct stream stream = {
            .work = &work, .ws = open_ws(), .payload = payload, .messages = frames};

        fill(work.bytes, opcode, payload, frames);
        against_memcpy(&work, sizes[i].name, feed_once, &stream);
        if (stream.times % 2 == 1) {
            feed_once(&stream);
        }
        fill(work.copy, opcode, payload, frames);
        if (memcmp(work.bytes, work.copy, work.len) != 0) {
            bench_fail("frames of %zu bytes were not unmasked right", payload);
        }
        meeple_ws_free(stream.ws);
        work_done(&work);
    }
}

static void frames_binary(const struct bench *bench)
{
    take_frames(bench, MEEPLE__WS_BINARY);
}

static void frames_text(const struct bench *bench)
{
    take_frames(bench, MEEPLE__WS_TEXT);
}

/* ---- UTF-8 ---- */

static void validate_once(void *ctx)
{
    struct work *work = ctx;

    if (!meeple__utf8_valid((meeple_bytes){work->bytes, work->len})) {
        bench_fail("text of %zu bytes is said to be no UTF-8", work->len);
    }
}

/* A text over and over, whole characters only; spaces where no more fits. */
static void repeat_text(struct work *work, const char *text)
{
    size_t len = strlen(text);

    memset(work->bytes, ' ', work->len);
    for (size_t at = 0; at + len <= work->len; at += len) {
        memcpy(work->bytes + at, text, len);
    }
}

static void expect_fault(struct work *work)
{
    uint8_t last = work->bytes[work->len - 1];

    work->bytes[work->len - 1] = 0xc3; /* begins a character that does not end */
    if (meeple__utf8_valid((meeple_bytes){work->bytes, work->len})) {
        bench_fail("a text that is cut is said to be UTF-8");
    }
    work->bytes[work->len - 1] = last;
}

static void validate(const struct bench *bench)
{
    static const struct {
        const char *name, *text;
    } texts[] = {
        {"ascii", "It is your turn, and a six is what you need.  "},
        {"latin", "\xc3\x9c"
                  "ber den D\xc3\xa4"
                  "chern h\xc3\xb6rt man gro\xc3\x9f"
                  "e V\xc3\xb6gel.  "},
        {"cjk", "\xe8\xbd\xae\xe5\x88\xb0\xe4\xbd\xa0\xe4\xba\x86\xef\xbc\x8c\xe6\x8e\xb7\xe5\x87"
                "\xba\xe5\x85\xad\xe7\x82\xb9\xe5\x90\xa7\xe3\x80\x82"},
        {"emoji", "\xf0\x9f\x8e\xb2\xf0\x9f\x8e\x89\xf0\x9f\x90\x8d\xf0\x9f\x9a\x80"},
    };
    static const struct {
        const char *name;
        size_t len;
    } sizes[] = {{"64", 64}, {"16Ki", 16 * 1024}};
    char name[32];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            struct work work = work_new(bench, sizes[k].len);

            repeat_text(&work, texts[i].text);
            expect_fault(&work);
            snprintf(name, sizeof name, "%s.%s", texts[i].name, sizes[k].name);
            against_memcpy(&work, name, validate_once, &work);
            work_done(&work);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"unmask", "unmasking, against memcpy(); by the bytes at a time", unmask},
        {"frames", "frames of a client as a server takes them: read and unmasked; by payload",
         frames_binary},
        {"frames-text", "the same of text, which is looked at", frames_text},
        {"utf8", "whether a text is UTF-8, by language and bytes", validate},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
