/* late_join: what those who are there notice when one more joins and has much to be told. */
#include "tests/bench/late_join.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/delays.h"
#include "tests/bench/serve.h"

enum {
    OTHERS = 5,
    JOINS = 5,      /* one after the other, as one takes the time of a few calls */
    CALM_MS = 2000, /* calls before the first */
    AFTER_MS = 300, /* and after each */
    CALL_EVERY_US = 10000,
    GIVE_UP_MS = 60000,
    QUICK_OTHERS = 3,
    QUICK_JOINS = 2,
    QUICK_CALM_MS = 30
};

enum phase {
    BEFORE,
    DURING,
    AFTER,
    PHASES
};

static const char *const phase_names[] = {"before", "during", "after"};

/* What a peer has seen: its thread's. */
struct sight {
    struct delays delays[PHASES];
    size_t objects;
    uint64_t hash;
};

struct scene {
    const struct bench *bench;
    const struct load *load;
    size_t others, joins;
    meeple_net *net;
    meeple_world *world;
    meeple_object *clock;
    struct crowd *crowd; /* a thread of its own, as each newcomer: none waits for another */
    uint64_t hash;       /* of all objects */
    uint64_t next_call_us;
    size_t calls[PHASES];
    uint64_t stall_us[PHASES]; /* the longest poll */
    struct delays newcomers[PHASES];
    uint64_t joining_us, bytes; /* of all joins */
};

/* What the threads of the clients say to the server's. */
static atomic_size_t objects_wanted;
static atomic_size_t those_complete;
static atomic_uint_least64_t last_complete_us;

#define SNAPSHOT_TICK(ARG) ARG(uint64_t, due_us) ARG(uint8_t, phase, .max = AFTER)
MEEPLE_RPC(tick, SNAPSHOT_TICK)
MEEPLE_ANSWERS(struct crowd_member, tick)
static const meeple_method clock_methods[] = {MEEPLE_METHOD(tick, MEEPLE_RPC_PUPPET)};
static const meeple_class clock_class = {
    .name = "clock", .methods = clock_methods, .method_count = MEEPLE_COUNT(clock_methods)};

static void on_tick(struct crowd_member *self, const struct tick *arg, const meeple_call *call)
{
    struct sight *sight = self->data;

    (void)call;
    delays_add(&sight->delays[arg->phase], (uint32_t)(bench_now_us() - arg->due_us));
}

uint64_t late_join_hash(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

void late_join_saw(const meeple_object *object, uint64_t hash)
{
    struct crowd_member *member = meeple_world_user(meeple_object_world(object));

    if (member) {
        struct sight *sight = member->data;

        sight->hash += hash;
        if (++sight->objects == atomic_load(&objects_wanted)) {
            atomic_store(&last_complete_us, bench_now_us());
            atomic_fetch_add(&those_complete, 1);
        }
    }
}

static void begin_member(struct crowd_member *member)
{
    meeple_object *object;

    bench_check(meeple_object_add(&object, member->world, &clock_class, "clock", member),
                "a client's object");
}

static struct crowd *seat(struct scene *scene, size_t count)
{
    return crowd_new(&(struct crowd_options){.count = count,
                                             .port = meeple_net_port(scene->net),
                                             .classes = scene->load->classes,
                                             .data_size = sizeof(struct sight),
                                             .begin = begin_member});
}

static void poll_world(struct scene *scene, enum phase phase)
{
    uint64_t start = bench_now_us();
    uint64_t took;

    bench_check(meeple_world_poll(scene->world, 0), "the server's poll");
    took = bench_now_us() - start;
    if (took > scene->stall_us[phase]) {
        scene->stall_us[phase] = took;
    }
}

/* Until the next call is due or the net has something. */
static void wait(const struct scene *scene)
{
    struct pollfd fd = {.fd = meeple_net_pollable(scene->net), .events = POLLIN};
    uint64_t now = bench_now_us();

    if (now < scene->next_call_us && meeple_world_wait_ms(scene->world) != 0) {
        poll(&fd, 1, (int)((scene->next_call_us - now + 999) / 1000));
    }
}

/* A call's delay counts from when it was due, so that a server that stalls does not hide it; it
 * catches up call by call, and polls between them. */
static void turn(struct scene *scene, enum phase phase)
{
    wait(scene);
    if (scene->next_call_us <= bench_now_us()) {
        bench_check(meeple_rpc(scene->clock, MEEPLE_ALL, tick, scene->next_call_us, (uint8_t)phase),
                    "a call");
        scene->calls[phase]++;
        scene->next_call_us += CALL_EVERY_US;
    }
    poll_world(scene, phase);
}

static void calm(struct scene *scene, enum phase phase)
{
    uint64_t calm_ms = phase == BEFORE ? CALM_MS : AFTER_MS;
    uint64_t end = bench_now_us() + (scene->bench->quick ? QUICK_CALM_MS : calm_ms) * 1000;

    while (bench_now_us() < end) {
        turn(scene, phase);
    }
}

/* Polls without calls until so many peers have everything. */
static void wait_for(struct scene *scene, size_t complete)
{
    uint64_t end = bench_now_us() + (uint64_t)GIVE_UP_MS * 1000;

    while (atomic_load(&those_complete) < complete) {
        bench_check(meeple_world_poll(scene->world, 1), "the server's poll");
        if (bench_now_us() > end) {
            bench_fail("the snapshot does not arrive");
        }
    }
}

static void begin(struct scene *scene)
{
    const meeple_world_options world = {.classes = scene->load->classes, .objects_max = 1 << 16};

    atomic_store(&objects_wanted, scene->load->objects);
    atomic_store(&those_complete, 0);
    scene->net = serve(&(struct serve_options){.peers = scene->others + scene->joins, .tcp = true});
    bench_check(meeple_world_new(&scene->world, scene->net, &world), "a world");
    bench_check(meeple_object_add(&scene->clock, scene->world, &clock_class, "clock", scene),
                "an object");
    scene->hash = scene->load->spawn(scene->load->ctx, scene->world);
    scene->crowd = seat(scene, scene->others);
    wait_for(scene, scene->others);
}

static void gather(struct delays *all, struct crowd *crowd, size_t count, enum phase phase)
{
    for (size_t i = 0; i < count; i++) {
        const struct sight *sight = crowd_member(crowd, i)->data;

        delays_add_all(all, &sight->delays[phase]);
    }
}

static void check(const struct scene *scene, struct crowd *crowd, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sight *sight = crowd_member(crowd, i)->data;

        if (sight->objects != scene->load->objects || sight->hash != scene->hash) {
            bench_fail("a peer has %zu objects, or others than the server", sight->objects);
        }
        /* Of those that were there all the time; the last calls may still be on their way. */
        if (crowd == scene->crowd && sight->delays[BEFORE].count != scene->calls[BEFORE]) {
            bench_fail("a peer got %zu of %zu calls", sight->delays[BEFORE].count,
                       scene->calls[BEFORE]);
        }
    }
}

static void free_crowd(struct crowd *crowd, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sight *sight = crowd_member(crowd, i)->data;

        for (int phase = 0; phase < PHASES; phase++) {
            delays_done(&sight->delays[phase]);
        }
    }
    crowd_free(crowd);
}

/* One more peer comes, sees everything, and goes. */
static void join(struct scene *scene)
{
    size_t complete = atomic_load(&those_complete) + 1;
    uint64_t start_us = bench_now_us();
    uint64_t bytes = meeple_world_state_stats(scene->world).bytes;
    struct crowd *late = seat(scene, 1);

    while (atomic_load(&those_complete) < complete) {
        turn(scene, DURING);
        if (bench_now_us() - start_us > (uint64_t)GIVE_UP_MS * 1000) {
            bench_fail("the snapshot does not arrive");
        }
    }
    scene->joining_us += atomic_load(&last_complete_us) - start_us;
    scene->bytes += meeple_world_state_stats(scene->world).bytes - bytes;
    calm(scene, AFTER);
    crowd_stop(late);
    check(scene, late, 1);
    gather(&scene->newcomers[DURING], late, 1, DURING);
    gather(&scene->newcomers[AFTER], late, 1, AFTER);
    free_crowd(late, 1);
}

static void report_ratios(const struct scene *scene, const struct delays others[PHASES])
{
    const struct delays *during = &others[DURING], *before = &others[BEFORE];

    bench_ratio(scene->bench, "others.p50.during/before",
                bench_percentile(during->us, during->count, 50),
                bench_percentile(before->us, before->count, 50));
    bench_ratio(scene->bench, "others.p99.during/before",
                bench_percentile(during->us, during->count, 99),
                bench_percentile(before->us, before->count, 99));
    bench_ratio(scene->bench, "stall.during/before", (double)scene->stall_us[DURING],
                (double)scene->stall_us[BEFORE]);
}

static void report(struct scene *scene)
{
    double joins = (double)scene->joins;
    struct delays others[PHASES] = {0};

    for (int phase = 0; phase < PHASES; phase++) {
        gather(&others[phase], scene->crowd, scene->others, (enum phase)phase);
    }
    report_ratios(scene, others);
    bench_row(scene->bench, "join", (double)scene->joining_us / 1000 / joins, "ms");
    bench_row(scene->bench, "snapshot", (double)scene->bytes / 1e6 / joins, "MB");
    for (int phase = 0; phase < PHASES; phase++) {
        char name[64];

        snprintf(name, sizeof name, "others.%s", phase_names[phase]);
        delays_report(&others[phase], scene->bench, name);
        snprintf(name, sizeof name, "newcomer.%s", phase_names[phase]);
        delays_report(&scene->newcomers[phase], scene->bench, name);
        snprintf(name, sizeof name, "stall.%s", phase_names[phase]);
        bench_row(scene->bench, name, (double)scene->stall_us[phase] / 1000, "ms");
        delays_done(&others[phase]);
    }
    bench_row(scene->bench, "calls.during", (double)scene->calls[DURING], "calls");
    bench_row(scene->bench, "newcomer.heard", (double)scene->newcomers[DURING].count, "calls");
}

void late_join(const struct bench *bench, const struct load *load)
{
    struct scene scene = {.bench = bench,
                          .load = load,
                          .others = bench->quick ? QUICK_OTHERS : OTHERS,
                          .joins = bench->quick ? QUICK_JOINS : JOINS};

    begin(&scene);
    scene.next_call_us = bench_now_us();
    calm(&scene, BEFORE);
    for (size_t i = 0; i < scene.joins; i++) {
        join(&scene);
    }
    crowd_stop(scene.crowd);
    check(&scene, scene.crowd, scene.others);
    report(&scene);
    free_crowd(scene.crowd, scene.others);
    meeple_world_free(scene.world);
    for (int phase = 0; phase < PHASES; phase++) {
        delays_done(&scene.newcomers[phase]);
    }
}
