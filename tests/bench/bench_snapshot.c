/* bench_snapshot: 5 MB for one who joins late, and what the calls that go on meanwhile notice of
 * it. */
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/serve.h"
#include "tests/support/prng.h"

enum {
    TEXT_BYTES = 1000,
    OBJECTS = 5000,
    OTHERS = 5,
    JOINS = 5,      /* one after the other, as one takes the time of a few calls */
    CALM_MS = 2000, /* calls before the first */
    AFTER_MS = 300, /* and after each */
    CALL_EVERY_US = 10000,
    GIVE_UP_MS = 60000,
    QUICK_OBJECTS = 150,
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

struct block {
    char text[TEXT_BYTES];
};

static const meeple_field block_fields[] = {MEEPLE_STATE(struct block, text)};

/* Delays of calls in microseconds. */
struct delays {
    uint32_t *us;
    size_t count, cap;
};

/* What a peer has seen: its thread's. */
struct sight {
    struct delays delays[PHASES];
    size_t objects;
    uint64_t hash;
};

struct snapshot {
    const struct bench *bench;
    size_t objects, others, joins;
    meeple_net *net;
    meeple_world *world;
    meeple_object *clock;
    struct block *blocks;
    struct crowd *crowd, *late; /* a thread each, so that one does not wait for the other */
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

static void add_delay(struct delays *delays, uint32_t us)
{
    if (delays->count == delays->cap) {
        delays->cap = delays->cap ? delays->cap * 2 : 1024;
        delays->us = realloc(delays->us, delays->cap * sizeof *delays->us);
        if (!delays->us) {
            bench_fail("out of memory");
        }
    }
    delays->us[delays->count++] = us;
}

static void on_tick(struct crowd_member *self, const struct tick *arg, const meeple_call *call)
{
    struct sight *sight = self->data;

    (void)call;
    add_delay(&sight->delays[arg->phase], (uint32_t)(bench_now_us() - arg->due_us));
}

static uint64_t block_hash(const struct block *block)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; block->text[i]; i++) {
        hash = (hash ^ (uint8_t)block->text[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

static void on_ready(void *self, meeple_object *object)
{
    struct crowd_member *member = meeple_world_user(meeple_object_world(object));

    if (member) {
        struct sight *sight = member->data;

        sight->hash += block_hash(self);
        if (++sight->objects == atomic_load(&objects_wanted)) {
            atomic_store(&last_complete_us, bench_now_us());
            atomic_fetch_add(&those_complete, 1);
        }
    }
}

static const meeple_state block_state = {.fields = block_fields,
                                         .field_count = MEEPLE_COUNT(block_fields),
                                         .size = sizeof(struct block),
                                         .on_ready = on_ready};
static const meeple_class block_class = {.name = "block", .state = &block_state};
static const meeple_class *const classes[] = {&block_class, NULL};

static void begin_member(struct crowd_member *member)
{
    meeple_object *object;

    bench_check(meeple_object_add(&object, member->world, &clock_class, "clock", member),
                "a client's object");
}

static void spawn_blocks(struct snapshot *snapshot)
{
    struct prng prng = {1};
    char path[32];

    for (size_t i = 0; i < snapshot->objects; i++) {
        struct block *block = &snapshot->blocks[i];
        meeple_object *object;

        for (size_t at = 0; at < TEXT_BYTES - 1; at++) {
            block->text[at] = (char)prng_between(&prng, 'a', 'z');
        }
        snprintf(path, sizeof path, "blocks/%zu", i);
        bench_check(meeple_object_spawn(&object, snapshot->world, &block_class, path, block),
                    "spawn");
    }
}

static struct crowd *seat(struct snapshot *snapshot, size_t count)
{
    return crowd_new(&(struct crowd_options){.count = count,
                                             .port = meeple_net_port(snapshot->net),
                                             .classes = classes,
                                             .data_size = sizeof(struct sight),
                                             .begin = begin_member});
}

static void poll_world(struct snapshot *snapshot, enum phase phase)
{
    uint64_t start = bench_now_us();
    uint64_t took;

    bench_check(meeple_world_poll(snapshot->world, 0), "the server's poll");
    took = bench_now_us() - start;
    if (took > snapshot->stall_us[phase]) {
        snapshot->stall_us[phase] = took;
    }
}

/* Until the next call is due or the net has something. */
static void wait(const struct snapshot *snapshot)
{
    struct pollfd fd = {.fd = meeple_net_pollable(snapshot->net), .events = POLLIN};
    uint64_t now = bench_now_us();

    if (now < snapshot->next_call_us && meeple_world_wait_ms(snapshot->world) != 0) {
        poll(&fd, 1, (int)((snapshot->next_call_us - now + 999) / 1000));
    }
}

/* A call's delay counts from when it was due, so that a server that stalls does not hide it; it
 * catches up call by call, and polls between them. */
static void turn(struct snapshot *snapshot, enum phase phase)
{
    wait(snapshot);
    if (snapshot->next_call_us <= bench_now_us()) {
        bench_check(
            meeple_rpc(snapshot->clock, MEEPLE_ALL, tick, snapshot->next_call_us, (uint8_t)phase),
            "a call");
        snapshot->calls[phase]++;
        snapshot->next_call_us += CALL_EVERY_US;
    }
    poll_world(snapshot, phase);
}

static void calm(struct snapshot *snapshot, enum phase phase)
{
    uint64_t calm_ms = phase == BEFORE ? CALM_MS : AFTER_MS;
    uint64_t end = bench_now_us() + (snapshot->bench->quick ? QUICK_CALM_MS : calm_ms) * 1000;

    while (bench_now_us() < end) {
        turn(snapshot, phase);
    }
}

/* Polls without calls until so many peers have everything. */
static void wait_for(struct snapshot *snapshot, size_t complete)
{
    uint64_t end = bench_now_us() + (uint64_t)GIVE_UP_MS * 1000;

    while (atomic_load(&those_complete) < complete) {
        bench_check(meeple_world_poll(snapshot->world, 1), "the server's poll");
        if (bench_now_us() > end) {
            bench_fail("the snapshot does not arrive");
        }
    }
}

static void begin(struct snapshot *snapshot)
{
    static const meeple_world_options world = {.classes = classes, .objects_max = 1 << 16};

    atomic_store(&objects_wanted, snapshot->objects);
    atomic_store(&those_complete, 0);
    snapshot->blocks = bench_alloc(snapshot->objects, sizeof *snapshot->blocks);
    snapshot->net =
        serve(&(struct serve_options){.peers = snapshot->others + snapshot->joins, .tcp = true});
    bench_check(meeple_world_new(&snapshot->world, snapshot->net, &world), "a world");
    bench_check(
        meeple_object_add(&snapshot->clock, snapshot->world, &clock_class, "clock", snapshot),
        "an object");
    spawn_blocks(snapshot);
    snapshot->crowd = seat(snapshot, snapshot->others);
    wait_for(snapshot, snapshot->others);
}

static void gather(struct delays *all, struct crowd *crowd, size_t count, enum phase phase)
{
    for (size_t i = 0; i < count; i++) {
        const struct sight *sight = crowd_member(crowd, i)->data;

        for (size_t at = 0; at < sight->delays[phase].count; at++) {
            add_delay(all, sight->delays[phase].us[at]);
        }
    }
}

static void check(const struct snapshot *snapshot, struct crowd *crowd, size_t count)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < snapshot->objects; i++) {
        hash += block_hash(&snapshot->blocks[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct sight *sight = crowd_member(crowd, i)->data;

        if (sight->objects != snapshot->objects || sight->hash != hash) {
            bench_fail("a peer has %zu objects, or others than the server", sight->objects);
        }
        /* Of those that were there all the time; the last calls may still be on their way. */
        if (crowd == snapshot->crowd && sight->delays[BEFORE].count != snapshot->calls[BEFORE]) {
            bench_fail("a peer got %zu of %zu calls", sight->delays[BEFORE].count,
                       snapshot->calls[BEFORE]);
        }
    }
}

static void free_crowd(struct crowd *crowd, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sight *sight = crowd_member(crowd, i)->data;

        for (int phase = 0; phase < PHASES; phase++) {
            free(sight->delays[phase].us);
        }
    }
    crowd_free(crowd);
}

/* One more peer comes, sees everything, and goes. */
static void join(struct snapshot *snapshot)
{
    size_t complete = atomic_load(&those_complete) + 1;
    uint64_t start_us = bench_now_us();
    uint64_t bytes = meeple_world_state_stats(snapshot->world).bytes;
    struct crowd *late = seat(snapshot, 1);

    while (atomic_load(&those_complete) < complete) {
        turn(snapshot, DURING);
        if (bench_now_us() - start_us > (uint64_t)GIVE_UP_MS * 1000) {
            bench_fail("the snapshot does not arrive");
        }
    }
    snapshot->joining_us += atomic_load(&last_complete_us) - start_us;
    snapshot->bytes += meeple_world_state_stats(snapshot->world).bytes - bytes;
    calm(snapshot, AFTER);
    crowd_stop(late);
    check(snapshot, late, 1);
    gather(&snapshot->newcomers[DURING], late, 1, DURING);
    gather(&snapshot->newcomers[AFTER], late, 1, AFTER);
    free_crowd(late, 1);
}

static void report_delays(const struct snapshot *snapshot, const char *who, enum phase phase,
                          const struct delays *delays)
{
    static const struct {
        const char *name;
        double percent;
    } percentiles[] = {{"p50", 50}, {"p99", 99}, {"max", 100}};

    for (size_t i = 0; delays->count > 0 && i < MEEPLE_COUNT(percentiles); i++) {
        char name[64];

        snprintf(name, sizeof name, "%s.%s.%s", who, phase_names[phase], percentiles[i].name);
        bench_row(snapshot->bench, name,
                  bench_percentile(delays->us, delays->count, percentiles[i].percent) / 1000.0,
                  "ms");
    }
}

static void report_ratios(const struct snapshot *snapshot, const struct delays others[PHASES])
{
    const struct delays *during = &others[DURING], *before = &others[BEFORE];

    bench_ratio(snapshot->bench, "others.p50.during/before",
                bench_percentile(during->us, during->count, 50),
                bench_percentile(before->us, before->count, 50));
    bench_ratio(snapshot->bench, "others.p99.during/before",
                bench_percentile(during->us, during->count, 99),
                bench_percentile(before->us, before->count, 99));
    bench_ratio(snapshot->bench, "stall.during/before", (double)snapshot->stall_us[DURING],
                (double)snapshot->stall_us[BEFORE]);
}

static void report(const struct snapshot *snapshot)
{
    struct delays others[PHASES] = {0};

    for (int phase = 0; phase < PHASES; phase++) {
        gather(&others[phase], snapshot->crowd, snapshot->others, (enum phase)phase);
    }
    report_ratios(snapshot, others);
    bench_row(snapshot->bench, "join",
              (double)snapshot->joining_us / 1000 / (double)snapshot->joins, "ms");
    bench_row(snapshot->bench, "snapshot", (double)snapshot->bytes / 1e6 / (double)snapshot->joins,
              "MB");
    for (int phase = 0; phase < PHASES; phase++) {
        char name[64];

        report_delays(snapshot, "others", (enum phase)phase, &others[phase]);
        report_delays(snapshot, "newcomer", (enum phase)phase, &snapshot->newcomers[phase]);
        snprintf(name, sizeof name, "stall.%s", phase_names[phase]);
        bench_row(snapshot->bench, name, (double)snapshot->stall_us[phase] / 1000, "ms");
        free(others[phase].us);
    }
    bench_row(snapshot->bench, "calls.during", (double)snapshot->calls[DURING], "calls");
    bench_row(snapshot->bench, "newcomer.heard", (double)snapshot->newcomers[DURING].count,
              "calls");
}

static void objects(const struct bench *bench)
{
    struct snapshot snapshot = {.bench = bench,
                                .objects = bench->quick ? QUICK_OBJECTS : OBJECTS,
                                .others = bench->quick ? QUICK_OTHERS : OTHERS,
                                .joins = bench->quick ? QUICK_JOINS : JOINS};

    begin(&snapshot);
    snapshot.next_call_us = bench_now_us();
    calm(&snapshot, BEFORE);
    for (size_t i = 0; i < snapshot.joins; i++) {
        join(&snapshot);
    }
    crowd_stop(snapshot.crowd);
    check(&snapshot, snapshot.crowd, snapshot.others);
    report(&snapshot);
    free_crowd(snapshot.crowd, snapshot.others);
    meeple_world_free(snapshot.world);
    for (int phase = 0; phase < PHASES; phase++) {
        free(snapshot.newcomers[phase].us);
    }
    free(snapshot.blocks);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"late-join.objects",
         "5,000 objects of 1 KB for one more peer, while 5 others are called every 10 ms", objects},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
