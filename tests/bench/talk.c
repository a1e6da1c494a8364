/* talk: clients say something to a server, which says it to all of them: as calls of a world, or as
 * packets of a net. */
#include "tests/bench/talk.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/serve.h"

enum {
    WAIT_MS = 1,
    UNDER_WAY = 16,
    NAME_MAX = 64,
    SAY_BYTES = 11, /* as long as the packets of the calls are */
    SAID_BYTES = 16
};

static const char speaker[] = "Ann";

/* What packets begin with. */
enum {
    PACKET_GO = 'g',
    PACKET_SAY = 's',
    PACKET_SAID = 'd',
    PACKET_WHISPER = 'w'
};

/* At every seat. */
struct talk_side {
    struct talk *talk;           /* the server's */
    struct crowd_member *member; /* a client's */
    meeple_object *object;
    uint32_t each;       /* that every client says in a round */
    uint32_t said, back; /* ours: that we have said, and heard of the server */
    uint64_t heard;      /* in this round, of anybody */
};

/* Clients that have heard everything of this round. */
static atomic_size_t finished;

#define TALK_GO(ARG) ARG(uint32_t, each)
MEEPLE_RPC(go, TALK_GO)
#define TALK_SAY(ARG) ARG(const char *, name, .max = NAME_MAX) ARG(uint32_t, number)
MEEPLE_RPC(say, TALK_SAY)
#define TALK_SAID(ARG)                                                                             \
    ARG(int32_t, who) ARG(const char *, name, .max = NAME_MAX) ARG(uint32_t, number)
MEEPLE_RPC(said, TALK_SAID)
#define TALK_WHISPER(ARG) ARG(const char *, name, .max = NAME_MAX) ARG(uint32_t, number)
MEEPLE_RPC(whisper, TALK_WHISPER)

MEEPLE_ANSWERS(struct talk_side, go)
MEEPLE_ANSWERS(struct talk_side, say)
MEEPLE_ANSWERS(struct talk_side, said)
MEEPLE_ANSWERS(struct talk_side, whisper)
static const meeple_method methods[] = {
    MEEPLE_METHOD(go, MEEPLE_RPC_PUPPET), MEEPLE_METHOD(say, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(said, MEEPLE_RPC_PUPPET), MEEPLE_METHOD(whisper, MEEPLE_RPC_MASTER)};
static const meeple_class talk_class = {
    .name = "talk", .methods = methods, .method_count = MEEPLE_COUNT(methods)};

/* ---- packets ---- */

static void put(uint8_t *dst, uint8_t kind, int32_t who, uint32_t number)
{
    dst[0] = kind;
    memcpy(dst + 1, &number, sizeof number);
    memcpy(dst + 5, &who, sizeof who);
}

static uint32_t number_of(meeple_bytes packet)
{
    uint32_t number;

    if (packet.len < SAY_BYTES) {
        bench_fail("a packet of %zu bytes", packet.len);
    }
    memcpy(&number, packet.ptr + 1, sizeof number);
    return number;
}

static int32_t who_of(meeple_bytes packet)
{
    int32_t who;

    memcpy(&who, packet.ptr + 5, sizeof who);
    return who;
}

/* ---- a client ---- */

static void send_number(struct talk_side *side, uint8_t kind, uint32_t number)
{
    uint8_t bytes[SAY_BYTES] = {0};
    int rc;

    if (!side->object) {
        put(bytes, kind, 0, number);
        rc = meeple_net_send(side->member->net, MEEPLE_SERVER, (meeple_bytes){bytes, sizeof bytes});
    } else if (kind == PACKET_SAY) {
        rc = meeple_rpc(side->object, MEEPLE_SERVER, say, speaker, number);
    } else {
        rc = meeple_rpc(side->object, MEEPLE_SERVER, whisper, speaker, number);
    }
    bench_check(rc, "something to say");
}

static void begin_round(struct talk_side *side, uint32_t each)
{
    side->each = each;
    side->said = side->back = 0;
    side->heard = 0;
    while (side->said < each && side->said < UNDER_WAY) {
        send_number(side, PACKET_SAY, side->said++);
    }
}

static void hear(struct talk_side *side, int32_t who, uint32_t number)
{
    side->heard++;
    if (who == meeple_net_id(side->member->net)) {
        if (number != side->back++) {
            bench_fail("%u came back in the place of %u", (unsigned)number,
                       (unsigned)side->back - 1);
        }
        if (side->said < side->each) {
            send_number(side, PACKET_SAY, side->said++);
        }
    }
    if (side->heard == (uint64_t)side->each * crowd_up(side->member->crowd)) {
        atomic_fetch_add(&finished, 1);
    }
}

static void on_go(struct talk_side *self, const struct go *arg, const meeple_call *call)
{
    (void)call;
    begin_round(self, arg->each);
}

static void on_said(struct talk_side *self, const struct said *arg, const meeple_call *call)
{
    (void)call;
    hear(self, arg->who, arg->number);
}

static void take_packet(struct crowd_member *member, meeple_bytes packet)
{
    struct talk_side *side = member->data;
    uint32_t number = number_of(packet);

    side->member = member;
    if (packet.ptr[0] == PACKET_GO) {
        begin_round(side, number);
    } else {
        hear(side, who_of(packet), number);
    }
}

static void begin_member(struct crowd_member *member)
{
    struct talk_side *side = member->data;

    side->member = member;
    bench_check(meeple_object_add(&side->object, member->world, &talk_class, "talk", side),
                "a client's object");
}

/* ---- the server ---- */

static void on_say(struct talk_side *self, const struct say *arg, const meeple_call *call)
{
    self->heard++;
    bench_check(meeple_rpc(call->object, MEEPLE_ALL, said, call->sender, arg->name, arg->number),
                "an answer to all");
}

static void on_whisper(struct talk_side *self, const struct whisper *arg, const meeple_call *call)
{
    (void)arg;
    (void)call;
    self->heard++;
}

static void answer_packet(struct talk *talk, const meeple_event *event)
{
    uint8_t bytes[SAID_BYTES] = {0};

    talk->side->heard++;
    if (event->data.ptr[0] == PACKET_SAY) {
        put(bytes, PACKET_SAID, event->peer, number_of(event->data));
        bench_check(meeple_net_send(talk->net, MEEPLE_ALL, (meeple_bytes){bytes, sizeof bytes}),
                    "an answer to all");
    }
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    bench_fail("the server refuses: %s", refusal->text);
}

static void server_turn(struct talk *talk, int timeout_ms)
{
    uint64_t start = bench_cpu_ns();
    meeple_event event;
    int rc;

    if (talk->world) {
        rc = meeple_world_poll(talk->world, timeout_ms);
    } else {
        while ((rc = meeple_net_next(talk->net, &event, timeout_ms)) > 0) {
            if (event.type == MEEPLE_EVENT_PACKET) {
                answer_packet(talk, &event);
            }
            timeout_ms = 0;
        }
    }
    talk->server_ns += bench_cpu_ns() - start;
    bench_check(rc, "the server's turn");
}

static void turn(struct talk *talk)
{
    server_turn(talk, talk->tcp ? WAIT_MS : 0);
    crowd_turn(talk->crowd);
}

/* ---- all of it ---- */

static void open_server(struct talk *talk, const struct talk_options *options)
{
    meeple_world_options world = {.on_refused = on_refused};

    talk->net = serve(&(struct serve_options){.peers = options->peers, .tcp = options->tcp});
    talk->side = bench_alloc(1, sizeof *talk->side);
    talk->side->talk = talk;
    if (!options->packets) {
        bench_check(meeple_world_new(&talk->world, talk->net, &world), "a world");
        bench_check(meeple_object_add(&talk->object, talk->world, &talk_class, "talk", talk->side),
                    "an object");
    }
}

struct talk *talk_new(const struct talk_options *options)
{
    static const meeple_class *const none[] = {NULL};
    struct talk *talk = bench_alloc(1, sizeof *talk);

    talk->tcp = options->tcp;
    talk->peer_count = options->peers;
    open_server(talk, options);
    if (options->tcp) {
        cores_pin(options->cores.load);
    }
    talk->crowd = crowd_new(&(struct crowd_options){.count = options->peers,
                                                    .server = options->tcp ? NULL : talk->net,
                                                    .port = meeple_net_port(talk->net),
                                                    .classes = options->packets ? NULL : none,
                                                    .data_size = sizeof(struct talk_side),
                                                    .begin = begin_member,
                                                    .packet = take_packet});
    if (options->tcp) {
        cores_pin(options->cores.server);
    }
    while (crowd_up(talk->crowd) < options->peers ||
           meeple_net_peers(talk->net, NULL, 0) < options->peers) {
        turn(talk);
    }
    return talk;
}

static void say_go(struct talk *talk, uint32_t each)
{
    uint8_t bytes[SAY_BYTES] = {0};
    int rc;

    if (talk->world) {
        rc = meeple_rpc(talk->object, MEEPLE_ALL, go, each);
    } else {
        put(bytes, PACKET_GO, 0, each);
        rc = meeple_net_send(talk->net, MEEPLE_ALL, (meeple_bytes){bytes, sizeof bytes});
    }
    bench_check(rc, "the word to begin");
}

static void expect_heard(struct talk *talk, uint32_t each)
{
    if (talk->side->heard != (uint64_t)each * talk->peer_count) {
        bench_fail("the server heard %llu", (unsigned long long)talk->side->heard);
    }
}

void talk_round(struct talk *talk, uint32_t each)
{
    uint64_t ns = bench_cpu_ns(), us = bench_now_us();

    atomic_store(&finished, 0);
    talk->side->heard = 0;
    say_go(talk, each);
    while (atomic_load(&finished) < talk->peer_count) {
        turn(talk);
    }
    expect_heard(talk, each);
    talk->thread_ns += bench_cpu_ns() - ns;
    talk->us += bench_now_us() - us;
}

void talk_one_way(struct talk *talk, uint32_t each)
{
    uint64_t ns = bench_cpu_ns(), us = bench_now_us();

    talk->side->heard = 0;
    for (uint32_t said = 0; said < each; said += UNDER_WAY) {
        uint32_t now = each - said < UNDER_WAY ? each - said : UNDER_WAY;

        for (size_t i = 0; i < talk->peer_count; i++) {
            struct crowd_member *member = crowd_member(talk->crowd, i);
            struct talk_side *side = member->data;

            side->member = member;
            for (uint32_t k = 0; k < now; k++) {
                send_number(side, PACKET_WHISPER, said + k);
            }
        }
        crowd_turn(talk->crowd);
        server_turn(talk, 0);
    }
    while (talk->side->heard < (uint64_t)each * talk->peer_count) {
        turn(talk);
    }
    expect_heard(talk, each);
    talk->thread_ns += bench_cpu_ns() - ns;
    talk->us += bench_now_us() - us;
}

void talk_free(struct talk *talk)
{
    crowd_free(talk->crowd);
    if (talk->world) {
        meeple_world_free(talk->world);
    } else {
        meeple_net_free(talk->net);
    }
    free(talk->side);
    free(talk);
}
