/* bench_world: what a world with many objects at rest costs: a poll, a call, memory. */
#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/ours.h"
#include "tests/support/counting_mem.h"

enum {
    OBJECTS = 1000,
    PEERS = 25,
    BLOCKS = 10, /* a world with objects and one without take turns */
    POLLS = 500,
    CALLS = 32, /* before the peer takes them */
    CALL_ROUNDS = 20,
    IDLE_POLLS = 300, /* until what a peak has left in the net's pool is given back */
    QUICK_OBJECTS = 40,
    QUICK_PEERS = 5
};

static size_t object_count(const struct bench *bench)
{
    return bench->quick ? QUICK_OBJECTS : OBJECTS;
}

static uint64_t time_polls(struct ours *ours)
{
    ours->cpu_ns = 0;
    for (size_t i = 0; i < POLLS; i++) {
        ours_tick(ours);
    }
    return ours->cpu_ns;
}

static uint64_t time_polls_of_a_peer(struct ours *ours)
{
    meeple_world *world = crowd_member(ours->crowd, 0)->world;
    uint64_t start = bench_cpu_ns();

    for (size_t i = 0; i < POLLS; i++) {
        bench_check(meeple_world_poll(world, 0), "a client's poll");
    }
    return bench_cpu_ns() - start;
}

static uint64_t time_calls(struct ours *ours)
{
    uint64_t sum = 0;

    for (size_t round = 0; round < CALL_ROUNDS; round++) {
        uint64_t start = bench_cpu_ns();

        for (size_t i = 0; i < CALLS; i++) {
            ours_call(ours, ours->peers[0]);
        }
        sum += bench_cpu_ns() - start;
        ours_tick(ours);
    }
    return sum;
}

/* One with objects, one without: how long each, and the ratio. */
static void compare(const struct bench *bench, uint64_t (*measure)(struct ours *ours),
                    size_t repeats)
{
    struct ours *many =
        ours_new(&(struct ours_options){.objects = object_count(bench), .peers = 1});
    struct ours *none = ours_new(&(struct ours_options){.objects = 0, .peers = 1});
    size_t blocks = bench->quick ? 1 : BLOCKS;
    double many_ns = 0, none_ns = 0;

    for (size_t i = 0; i < blocks; i++) {
        many_ns += (double)measure(many);
        none_ns += (double)measure(none);
    }
    bench_ratio(bench, "objects/none", many_ns, none_ns);
    bench_row(bench, "objects", many_ns / (double)(blocks * repeats), "ns");
    bench_row(bench, "none", none_ns / (double)(blocks * repeats), "ns");
    ours_agree(many);
    ours_free(many);
    ours_free(none);
}

static void poll_idle(const struct bench *bench)
{
    compare(bench, time_polls, POLLS);
}

static void poll_idle_peer(const struct bench *bench)
{
    compare(bench, time_polls_of_a_peer, POLLS);
}

static void call(const struct bench *bench)
{
    compare(bench, time_calls, CALLS * CALL_ROUNDS);
}

struct sizes {
    double server, peers;
};

static struct sizes at_rest(size_t objects, size_t peers)
{
    struct counting_mem server, clients;
    struct sizes sizes;
    struct ours *ours;

    counting_mem_init(&server);
    counting_mem_init(&clients);
    ours = ours_new(&(struct ours_options){
        .objects = objects, .peers = peers, .mem = &server.mem, .peers_mem = &clients.mem});
    for (size_t i = 0; i < IDLE_POLLS; i++) {
        ours_tick(ours);
    }
    sizes = (struct sizes){(double)server.bytes, (double)clients.bytes};
    ours_free(ours);
    if (server.live > 0 || clients.live > 0) {
        bench_fail("%zu blocks were not freed", server.live + clients.live);
    }
    return sizes;
}

static void memory(const struct bench *bench)
{
    size_t objects = object_count(bench), peers = bench->quick ? QUICK_PEERS : PEERS;
    struct sizes none = at_rest(0, 0), alone = at_rest(objects, 0);
    struct sizes empty = at_rest(0, peers), all = at_rest(objects, peers);
    double object = (alone.server - none.server) / (double)objects;
    double pair =
        (all.server - empty.server - alone.server + none.server) / (double)(objects * peers);

    bench_ratio(bench, "server.object/struct", object, sizeof(struct thing));
    bench_row(bench, "server.object", object, "B");
    bench_row(bench, "server.object-and-peer", pair, "B");
    bench_row(bench, "server.peer", (empty.server - none.server) / (double)peers, "B");
    bench_row(bench, "peer.object", (all.peers - empty.peers) / (double)(objects * peers), "B");
    bench_row(bench, "struct", sizeof(struct thing), "B");
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"poll-idle", "a poll with 1,000 objects that do not change, and with none", poll_idle},
        {"poll-idle-peer", "the same of a client", poll_idle_peer},
        {"call", "a call with 1,000 objects that do not change, and with none", call},
        {"memory", "heap of 1,000 objects, of 25 peers, and of both", memory},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
