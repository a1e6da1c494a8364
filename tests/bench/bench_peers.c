/* bench_peers: what more peers make of the cost of each thing, and what they cost at rest. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/bench/audience.h"
#include "tests/bench/bench.h"
#include "tests/bench/cores.h"
#include "tests/bench/hall.h"

enum {
    SIZES = 4,
    BLOCKS = 10, /* the sizes take turns */
    QUICK_BLOCKS = 1,
    POLLS = 200,
    AT_ONCE = 10, /* words and messages in a turn, each of or to another peer */
    TURNS = 20,
    DELIVERIES = 2000, /* in a block, at least; so the small ones are told more often */
    QUICK_DELIVERIES = 40,
    REST_PEERS = 10000,
    QUICK_REST_PEERS = 50,
    REST_MS = 2000,
    QUICK_REST_MS = 100,
    HEARTBEAT_MS = 1000
};

static struct cores cores;
static const size_t all_sizes[SIZES] = {10, 100, 1000, 10000};
static const size_t quick_sizes[SIZES] = {10, 20, 30, 40};

enum cost {
    COST_JOIN,
    COST_REST,
    COST_HEAR,
    COST_ONE,
    COST_EACH,
    COST_ALL,
    COSTS
};

struct sums {
    double ns, count;
};

struct growth {
    const struct bench *bench;
    const size_t *sizes;
    struct hall *halls[SIZES];
    struct sums sums[SIZES][COSTS];
};

/* What the server has done since cpu_ns was 0 were so many. */
static void sum_up(struct growth *growth, size_t size, enum cost cost, size_t count)
{
    struct hall *hall = growth->halls[size];

    growth->sums[size][cost].ns += (double)hall->cpu_ns;
    growth->sums[size][cost].count += (double)count;
    hall->cpu_ns = 0;
}

/* One by one in a loop, or at once. */
static void tell_everybody(struct growth *growth, size_t size, enum cost cost)
{
    struct hall *hall = growth->halls[size];
    size_t deliveries = growth->bench->quick ? QUICK_DELIVERIES : DELIVERIES, count = 0;

    hall->cpu_ns = 0;
    for (; count < deliveries; count += hall->peer_count) {
        if (cost == COST_EACH) {
            hall_tell_each(hall);
        } else {
            hall_tell(hall, MEEPLE_ALL);
        }
        hall_turn(hall, 0);
        hall_settle(hall);
    }
    sum_up(growth, size, cost, count);
}

static void measure(struct growth *growth, size_t size)
{
    struct hall *hall = growth->halls[size];
    size_t polls = growth->bench->quick ? AT_ONCE : POLLS;
    size_t turns = growth->bench->quick ? 1 : TURNS;

    hall->cpu_ns = 0;
    for (size_t i = 0; i < polls; i++) {
        hall_turn(hall, 0);
    }
    sum_up(growth, size, COST_REST, polls);
    for (size_t i = 0; i < turns; i++) {
        hall_hear(hall, AT_ONCE);
    }
    sum_up(growth, size, COST_HEAR, turns * AT_ONCE);
    for (size_t i = 0; i < turns; i++) {
        for (size_t k = 0; k < AT_ONCE; k++) {
            hall_tell(hall, hall_next_peer(hall));
        }
        hall_turn(hall, 0);
    }
    sum_up(growth, size, COST_ONE, turns * AT_ONCE);
    hall_settle(hall);
    tell_everybody(growth, size, COST_EACH);
    tell_everybody(growth, size, COST_ALL);
}

static void say(const struct growth *growth, const char *const *names)
{
    char metric[64];

    for (int cost = 0; cost < COSTS; cost++) {
        const struct sums *few = &growth->sums[0][cost], *many = &growth->sums[SIZES - 1][cost];

        snprintf(metric, sizeof metric, "%s.%zu/%zu", names[cost], growth->sizes[SIZES - 1],
                 growth->sizes[0]);
        bench_ratio(growth->bench, metric, many->ns / many->count, few->ns / few->count);
        for (size_t size = 0; size < SIZES; size++) {
            const struct sums *sums = &growth->sums[size][cost];

            snprintf(metric, sizeof metric, "%s.%zu", names[cost], growth->sizes[size]);
            bench_row(growth->bench, metric, sums->ns / sums->count, "ns");
        }
    }
}

static void grow(const struct bench *bench, enum hall_kind kind, const char *const *names)
{
    struct growth growth = {.bench = bench, .sizes = bench->quick ? quick_sizes : all_sizes};
    struct audience *audiences[SIZES] = {NULL}, *warm = NULL;
    size_t blocks = bench->quick ? QUICK_BLOCKS : BLOCKS, all = 0;

    for (size_t size = 0; size < SIZES; size++) {
        all += growth.sizes[size];
    }
    if (kind == HALL_PACKETS && !audience_fits(bench->name, all)) {
        return;
    }
    if (kind == HALL_PACKETS) {
        warm = audience_new(cores.load);
        for (size_t size = 0; size < SIZES; size++) {
            audiences[size] = audience_new(cores.load);
        }
    }
    /* The first one finds everything cold, and is not measured. */
    hall_free(
        hall_new(&(struct hall_options){.kind = kind, .peers = growth.sizes[1], .audience = warm}));
    for (size_t size = 0; size < SIZES; size++) {
        growth.halls[size] = hall_new(&(struct hall_options){
            .kind = kind, .peers = growth.sizes[size], .audience = audiences[size]});
        sum_up(&growth, size, COST_JOIN, growth.sizes[size]);
    }
    for (size_t block = 0; block < blocks; block++) {
        for (size_t size = 0; size < SIZES; size++) {
            measure(&growth, size);
        }
    }
    say(&growth, names);
    for (size_t size = 0; size < SIZES; size++) {
        hall_free(growth.halls[size]);
    }
}

static void packets(const struct bench *bench)
{
    static const char *const names[COSTS] = {
        [COST_JOIN] = "join",      [COST_REST] = "poll",       [COST_HEAR] = "packet-in",
        [COST_ONE] = "packet-out", [COST_EACH] = "one-by-one", [COST_ALL] = "broadcast"};

    grow(bench, HALL_PACKETS, names);
}

static void calls(const struct bench *bench)
{
    static const char *const names[COSTS] = {
        [COST_JOIN] = "join",    [COST_REST] = "poll",       [COST_HEAR] = "call-in",
        [COST_ONE] = "call-out", [COST_EACH] = "one-by-one", [COST_ALL] = "broadcast"};

    grow(bench, HALL_CALLS, names);
}

/* How often this thread has waited. */
static double waits(void)
{
    struct rusage usage = {0};

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_nvcsw;
}

static void rest_for(struct hall *hall, uint64_t ms)
{
    uint64_t end = bench_now_us() + ms * 1000, now;

    hall->cpu_ns = 0;
    while ((now = bench_now_us()) < end) {
        hall_turn(hall, (int)((end - now) / 1000) + 1);
    }
}

/* Between heartbeats nothing is to be done; in the second part there is one a second. */
/* Between heartbeats nothing is to be done. */
static void rest_silently(const struct bench *bench, size_t peers, uint64_t ms)
{
    struct audience *audience = audience_new(cores.load);
    struct hall *hall = hall_new(&(struct hall_options){
        .kind = HALL_PACKETS, .peers = peers, .audience = audience, .heartbeat_ms = 20000});
    double before = waits();

    rest_for(hall, ms);
    bench_row(bench, "cpu-per-second", (double)hall->cpu_ns / (double)ms, "us");
    bench_row(bench, "waits-per-second", (waits() - before) * 1000 / (double)ms, "waits");
    hall_free(hall);
}

/* One a second, which everybody answers. */
static void rest_with_heartbeats(const struct bench *bench, size_t peers, uint64_t ms)
{
    struct audience *audience = audience_new(cores.load);
    struct hall *hall = hall_new(&(struct hall_options){
        .kind = HALL_PACKETS, .peers = peers, .audience = audience, .heartbeat_ms = HEARTBEAT_MS});
    uint64_t pings;

    rest_for(hall, HEARTBEAT_MS + ms);
    pings = audience_pings(audience);
    if (pings < peers) {
        bench_fail("%llu pings for %zu peers", (unsigned long long)pings, peers);
    }
    bench_row(bench, "cpu-per-heartbeat", (double)hall->cpu_ns / (double)pings, "ns");
    hall_free(hall);
}

static void rest(const struct bench *bench)
{
    size_t peers = bench->quick ? QUICK_REST_PEERS : REST_PEERS;
    uint64_t ms = bench->quick ? QUICK_REST_MS : REST_MS;

    if (audience_fits(bench->name, peers)) {
        rest_silently(bench, peers, ms);
        rest_with_heartbeats(bench, peers, ms);
    }
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"growth.packets", "10 to 10,000 peers over TCP: a join, a poll, a packet, a broadcast",
         packets},
        {"growth.calls", "the same of a world and its calls, without the kernel", calls},
        {"rest", "10,000 peers that say nothing: processor time, and that of their heartbeats",
         rest},
    };

    cores = cores_here();
    cores_pin(cores.server);
    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
