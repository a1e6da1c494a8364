/* ours: a server with spawned things and clients that see them: the library's way. */
#include "tests/bench/ours.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/serve.h"

enum {
    WAIT_MS = 10,
    SEED = 1
};

/* At every seat: the server asks, a peer answers. */
struct ours_referee {
    struct crowd_member *member; /* NULL: the server's */
    size_t same;
};

/* What a peer has been shown. */
struct shown {
    const struct thing **things;
    size_t count, cap;
};

#define OURS_COMPARE(ARG) ARG(uint64_t, hash) ARG(uint32_t, count)
MEEPLE_RPC(compare, OURS_COMPARE)
#define OURS_SAME(ARG) ARG(bool, same)
MEEPLE_RPC(same, OURS_SAME)
#define OURS_NOTHING(ARG) ARG(int32_t, number)
MEEPLE_RPC(nothing, OURS_NOTHING)

MEEPLE_ANSWERS(struct ours_referee, compare)
MEEPLE_ANSWERS(struct ours_referee, same)
MEEPLE_ANSWERS(struct ours_referee, nothing)
static const meeple_method referee_methods[] = {MEEPLE_METHOD(compare, MEEPLE_RPC_PUPPET),
                                                MEEPLE_METHOD(same, MEEPLE_RPC_MASTER),
                                                MEEPLE_METHOD(nothing, MEEPLE_RPC_REMOTE)};
static const meeple_class referee_class = {
    .name = "referee", .methods = referee_methods, .method_count = MEEPLE_COUNT(referee_methods)};

static void on_ready(void *self, meeple_object *object)
{
    struct crowd_member *member = meeple_world_user(meeple_object_world(object));
    struct shown *shown = member ? member->data : NULL;

    if (!shown) {
        return;
    }
    if (shown->count == shown->cap) {
        shown->cap = shown->cap ? shown->cap * 2 : 64;
        shown->things = realloc(shown->things, shown->cap * sizeof *shown->things);
        if (!shown->things) {
            bench_fail("out of memory");
        }
    }
    shown->things[shown->count++] = self;
}

static void on_compare(struct ours_referee *self, const struct compare *arg,
                       const meeple_call *call)
{
    const struct shown *shown = self->member->data;
    uint64_t hash = 0;

    for (size_t i = 0; i < shown->count; i++) {
        hash += thing_hash(shown->things[i]);
    }
    bench_check(meeple_rpc(call->object, MEEPLE_SERVER, same,
                           hash == arg->hash && shown->count == arg->count),
                "an answer");
}

static void on_same(struct ours_referee *self, const struct same *arg, const meeple_call *call)
{
    if (!arg->same) {
        bench_fail("peer %" PRId32 " does not see what is here", call->sender);
    }
    self->same++;
}

static void on_nothing(struct ours_referee *self, const struct nothing *arg,
                       const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_class *const *classes(void)
{
    static meeple_state state = {.size = sizeof(struct thing), .on_ready = on_ready};
    static meeple_class thing_class = {.name = "thing", .state = &state};
    static const meeple_class *const all[] = {&thing_class, NULL};

    state.fields = thing_fields;
    state.field_count = thing_field_count;
    return all;
}

static void begin_member(struct crowd_member *member)
{
    struct ours_referee *referee = bench_alloc(1, sizeof *referee);
    meeple_object *object;

    referee->member = member;
    bench_check(meeple_object_add(&object, member->world, &referee_class, "referee", referee),
                "a client's object");
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    bench_fail("the server refuses: %s", refusal->text);
}

static void poll_world(struct ours *ours, int timeout_ms)
{
    uint64_t start = bench_cpu_ns();
    int rc = meeple_world_poll(ours->world, timeout_ms);

    ours->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "the server's poll");
}

/* Until nobody has anything to say and no bytes wait. */
static void settle(struct ours *ours)
{
    bool any, queued;

    do {
        any = crowd_turn(ours->crowd);
        queued = serve_queued(ours->net, ours->peers, ours->peers_here) > 0;
        if (queued) {
            poll_world(ours, WAIT_MS);
        }
    } while (any || queued);
}

static void spawn_all(struct ours *ours)
{
    struct prng prng = {SEED};
    char path[32];

    for (size_t i = 0; i < ours->object_count; i++) {
        meeple_object *object;

        thing_init(&ours->things[i], (uint32_t)i, &prng);
        snprintf(path, sizeof path, "things/%zu", i);
        bench_check(meeple_object_spawn(&object, ours->world, classes()[0], path, &ours->things[i]),
                    "spawn");
    }
}

struct ours *ours_new(const struct ours_options *options)
{
    struct ours *ours = bench_alloc(1, sizeof *ours);
    meeple_world_options world = {.on_refused = on_refused,
                                  .classes = classes(),
                                  .objects_max = 1 << 16,
                                  .mem = options->mem};

    ours->object_count = options->objects;
    ours->peer_count = options->peers;
    ours->things = bench_alloc(options->objects, sizeof *ours->things);
    ours->peers = bench_alloc(options->peers, sizeof *ours->peers);
    ours->net = serve(
        &(struct serve_options){.peers = options->peers, .tcp = options->tcp, .mem = options->mem});
    bench_check(meeple_world_new(&ours->world, ours->net, &world), "a world");
    ours->referee = bench_alloc(1, sizeof *ours->referee);
    bench_check(meeple_object_add(&ours->referee_object, ours->world, &referee_class, "referee",
                                  ours->referee),
                "an object");
    spawn_all(ours);
    ours->crowd = crowd_new(&(struct crowd_options){.count = options->peers,
                                                    .server = options->tcp ? NULL : ours->net,
                                                    .port = meeple_net_port(ours->net),
                                                    .classes = classes(),
                                                    .data_size = sizeof(struct shown),
                                                    .mem = options->peers_mem,
                                                    .begin = begin_member});
    while (crowd_up(ours->crowd) < options->peers || ours->peers_here < options->peers) {
        poll_world(ours, options->tcp ? WAIT_MS : 0);
        crowd_turn(ours->crowd);
        ours->peers_here = meeple_net_peers(ours->net, ours->peers, options->peers);
    }
    ours_agree(ours);
    return ours;
}

void ours_tick(struct ours *ours)
{
    poll_world(ours, 0);
    settle(ours);
}

void ours_call(struct ours *ours, int32_t to)
{
    bench_check(meeple_rpc(ours->referee_object, to, nothing, 7), "a call");
}

/* The call comes after the state that it is about, so there is nothing to wait for. */
void ours_agree(struct ours *ours)
{
    uint64_t hash = 0;
    int rc;

    for (size_t i = 0; i < ours->object_count; i++) {
        hash += thing_hash(&ours->things[i]);
    }
    ours->referee->same = 0;
    if (ours->peer_count == 0) {
        return;
    }
    settle(ours);
    rc = meeple_rpc(ours->referee_object, MEEPLE_ALL, compare, hash, (uint32_t)ours->object_count);
    bench_check(rc, "the question");
    while (ours->referee->same < ours->peer_count) {
        poll_world(ours, WAIT_MS);
        crowd_turn(ours->crowd);
    }
}

void ours_free(struct ours *ours)
{
    crowd_stop(ours->crowd);
    for (size_t i = 0; i < ours->peer_count; i++) {
        struct crowd_member *member = crowd_member(ours->crowd, i);

        free(((struct shown *)member->data)->things);
        free(meeple_object_find(member->world, &referee_class, "referee"));
    }
    crowd_free(ours->crowd);
    meeple_world_free(ours->world);
    free(ours->referee);
    free(ours->peers);
    free(ours->things);
    free(ours);
}
