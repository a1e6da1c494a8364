/* hall: a server and many who only listen to it, of the one kind or the other. */
#include "tests/bench/hall.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/audience.h"
#include "tests/bench/bench.h"
#include "tests/bench/serve.h"
#include "tests/bench/silent_io.h"
#include "transport/ws_frame.h"

enum {
    WAIT_MS = 10,
    ARRIVE_US = 1000, /* until what others say is here, so that one turn takes all of it */
    WORD_BYTES = 16
};

#define HALL_NOTHING(ARG) ARG(int32_t, number)
MEEPLE_RPC(nothing, HALL_NOTHING)

MEEPLE_ANSWERS(struct hall, nothing)
static const meeple_method methods[] = {MEEPLE_METHOD(nothing, MEEPLE_RPC_REMOTE)};
static const meeple_class hall_class = {
    .name = "hall", .methods = methods, .method_count = MEEPLE_COUNT(methods)};

static void on_nothing(struct hall *self, const struct nothing *arg, const meeple_call *call)
{
    (void)arg;
    (void)call;
    self->heard++;
}

static void told(struct hall *hall, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_PACKET) {
        hall->heard++;
    } else if (event->type == MEEPLE_EVENT_JOIN) {
        hall->peers[hall->up++] = event->peer;
    } else if (event->type == MEEPLE_EVENT_LEAVE) {
        bench_fail("a peer left: %u %s", (unsigned)event->code, event->reason);
    }
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    told(meeple_world_user(world), event);
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    bench_fail("the server refuses: %s", refusal->text);
}

/* ---- what clients in memory say, and how ---- */

struct frames {
    uint8_t bytes[256];
    size_t len;
};

/* A frame, masked as a client's. */
static void put(struct frames *frames, const void *payload, size_t len)
{
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

    if (frames->len + MEEPLE__WS_HEAD_MAX + len > sizeof frames->bytes) {
        bench_fail("too much for a client to say");
    }
    frames->len += meeple__ws_frame_head(frames->bytes + frames->len, MEEPLE__WS_BINARY, len, mask);
    memcpy(frames->bytes + frames->len, payload, len);
    meeple__ws_mask(frames->bytes + frames->len, len, mask, 0);
    frames->len += len;
}

/* In the words of docs/wire.md, 4.1 and 5.2: DATA for peer 1, with HELLO, CLASS and OBJECT. */
#define TO_SERVER "\0\1\0\0\0"

static meeple_bytes introduction(void)
{
    static const char hello[] = TO_SERVER "\1\1";
    static const char class[] = TO_SERVER "\2\0\4hall\1\7nothing\1i";
    static const char object[] = TO_SERVER "\3\0\0\4hall";
    static struct frames frames;

    frames.len = 0;
    put(&frames, hello, sizeof hello - 1);
    put(&frames, class, sizeof class - 1);
    put(&frames, object, sizeof object - 1);
    return (meeple_bytes){frames.bytes, frames.len};
}

/* CALL of the first method of the first object, with [7]. */
static meeple_bytes call(void)
{
    static const char nothing[] = TO_SERVER "\5\0\0\x91\7";
    static struct frames frames;

    frames.len = 0;
    put(&frames, nothing, sizeof nothing - 1);
    return (meeple_bytes){frames.bytes, frames.len};
}

static meeple_bytes word(void)
{
    static const char payload[WORD_BYTES] = "this is a word";
    static struct frames frames;

    frames.len = 0;
    put(&frames, payload, sizeof payload);
    return (meeple_bytes){frames.bytes, frames.len};
}

/* ---- the server ---- */

static void open_net(struct hall *hall, const struct hall_options *options)
{
    struct serve_options serving = {.peers = options->peers,
                                    .tcp = true,
                                    .plain = hall->kind == HALL_PACKETS,
                                    .io = options->io,
                                    .heartbeat_ms =
                                        options->heartbeat_ms ? options->heartbeat_ms : UINT32_MAX};
    meeple_world_options world = {.on_event = on_event, .on_refused = on_refused, .user = hall};

    if (hall->kind == HALL_CALLS) {
        hall->io = silent_io_new();
        serving.io = silent_io_driver(hall->io);
    }
    hall->net = serve(&serving);
    if (hall->kind == HALL_CALLS) {
        bench_check(meeple_world_new(&hall->world, hall->net, &world), "a world");
        bench_check(meeple_object_add(&hall->object, hall->world, &hall_class, "hall", hall),
                    "an object");
    }
}

static void let_in(struct hall *hall)
{
    if (hall->kind == HALL_CALLS) {
        silent_io_join(hall->io, hall->peer_count, "meeple.1", introduction());
    } else {
        struct audience_place place = {.port = meeple_net_port(hall->net), .word = word()};

        audience_join(hall->audience, &place, hall->peer_count);
    }
    while (hall->up < hall->peer_count) {
        hall_turn(hall, WAIT_MS);
    }
    hall_settle(hall);
}

struct hall *hall_new(const struct hall_options *options)
{
    struct hall *hall = bench_alloc(1, sizeof *hall);

    hall->kind = options->kind;
    hall->audience = options->audience;
    hall->peer_count = options->peers;
    hall->peers = bench_alloc(options->peers, sizeof *hall->peers);
    memset(hall->message, 'm', sizeof hall->message);
    open_net(hall, options);
    let_in(hall);
    return hall;
}

void hall_turn(struct hall *hall, int timeout_ms)
{
    uint64_t start = bench_cpu_ns();
    meeple_event event;
    int rc;

    if (hall->world) {
        rc = meeple_world_poll(hall->world, timeout_ms);
    } else {
        while ((rc = meeple_net_next(hall->net, &event, timeout_ms)) > 0) {
            told(hall, &event);
            timeout_ms = 0;
        }
    }
    hall->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "the server's turn");
}

static int tell(struct hall *hall, int32_t to)
{
    if (hall->world) {
        return meeple_rpc(hall->object, to, nothing, 7);
    }
    return meeple_net_send(hall->net, to, (meeple_bytes){hall->message, sizeof hall->message});
}

void hall_tell(struct hall *hall, int32_t to)
{
    uint64_t start = bench_cpu_ns();
    int rc = tell(hall, to);

    hall->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "a message");
}

void hall_tell_each(struct hall *hall)
{
    uint64_t start = bench_cpu_ns();
    int rc = 0;

    for (size_t i = 0; i < hall->up && rc >= 0; i++) {
        rc = tell(hall, hall->peers[i]);
    }
    hall->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "a message");
}

int32_t hall_next_peer(struct hall *hall)
{
    return hall->peers[hall->next++ % hall->peer_count];
}

void hall_hear(struct hall *hall, size_t words)
{
    if (hall->kind == HALL_CALLS) {
        silent_io_say(hall->io, words, call());
    } else {
        audience_say(hall->audience, words);
        nanosleep(&(struct timespec){.tv_nsec = ARRIVE_US * 1000}, NULL);
    }
    hall->said += words;
    while (hall->heard < hall->said) {
        hall_turn(hall, WAIT_MS);
    }
}

void hall_settle(struct hall *hall)
{
    while (serve_queued(hall->net, hall->peers, hall->up) > 0) {
        hall_turn(hall, WAIT_MS);
    }
    if (hall->kind == HALL_CALLS) {
        if (silent_io_taken(hall->io) != meeple_net_stats(hall->net).bytes_out) {
            bench_fail("not all bytes that were sent have come");
        }
    } else {
        audience_wait(hall->audience, meeple_net_stats(hall->net).packets_out + hall->past);
    }
}

void hall_free(struct hall *hall)
{
    if (!hall) {
        return;
    }
    audience_free(hall->audience);
    if (hall->world) {
        meeple_world_free(hall->world);
    } else {
        meeple_net_free(hall->net);
    }
    silent_io_free(hall->io);
    free(hall->peers);
    free(hall);
}
