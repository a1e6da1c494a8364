/* bench_state: a thousand objects that a hundred peers see: what a tick costs, and against sending
 * all. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/ours.h"
#include "tests/bench/whole.h"

enum {
    OBJECTS = 1000,
    PEERS = 100,
    BLOCKS = 5, /* the ways take turns, so that a slow moment of the machine hits all of them */
    QUICK_OBJECTS = 40,
    QUICK_PEERS = 5,
    QUICK_BLOCKS = 2
};

enum way {
    OURS,
    ALL_JSON,
    ALL_MSGPACK,
    CHANGED_JSON,
    WAYS
};

static const char *const way_names[] = {"ours", "all-json", "all-msgpack", "changed-json"};

struct cost {
    uint64_t cpu_ns, bytes, ticks;
};

struct game {
    const struct bench *bench;
    size_t objects, peers, changing;
    struct ours *ours;
    struct whole *whole;
    uint32_t *which; /* that change in this tick */
    struct prng prng;
    struct cost costs[WAYS];
    uint64_t encodings;
};

/* `changing` of them, all different, now these and now those. */
static void move_some(struct game *game)
{
    size_t first = (size_t)prng_below(&game->prng, game->objects);

    for (size_t i = 0; i < game->changing; i++) {
        size_t stride = game->objects / game->changing;
        uint32_t at = (uint32_t)((first + i * stride) % game->objects);

        game->which[i] = at;
        thing_move(&game->ours->things[at], &game->prng);
    }
}

static void tick_ours(struct game *game)
{
    struct cost *cost = &game->costs[OURS];
    uint64_t bytes = meeple_net_stats(game->ours->net).bytes_out;
    uint64_t encodings = meeple_world_state_stats(game->ours->world).encodings;

    game->ours->cpu_ns = 0;
    ours_tick(game->ours);
    cost->cpu_ns += game->ours->cpu_ns;
    cost->bytes += meeple_net_stats(game->ours->net).bytes_out - bytes;
    cost->ticks++;
    game->encodings += meeple_world_state_stats(game->ours->world).encodings - encodings;
}

static void tick_whole(struct game *game, enum way way)
{
    struct thing_choice all = {.things = game->ours->things, .count = game->objects};
    struct thing_choice changed = {
        .things = game->ours->things, .which = game->which, .count = game->changing};
    struct cost *cost = &game->costs[way];
    uint64_t bytes = meeple_net_stats(game->whole->net).bytes_out;

    game->whole->cpu_ns = 0;
    if (way != CHANGED_JSON) {
        whole_tick(game->whole, way == ALL_JSON ? thing_write_json : thing_write_msgpack, &all);
    } else if (game->changing > 0) {
        whole_tick(game->whole, thing_write_json, &changed);
    }
    cost->cpu_ns += game->whole->cpu_ns;
    cost->bytes += meeple_net_stats(game->whole->net).bytes_out - bytes;
    cost->ticks++;
}

static void play(struct game *game, size_t blocks, size_t ticks)
{
    for (size_t block = 0; block < blocks; block++) {
        for (int way = 0; way < WAYS; way++) {
            for (size_t tick = 0; tick < ticks; tick++) {
                move_some(game);
                if (way == OURS) {
                    tick_ours(game);
                } else {
                    tick_whole(game, (enum way)way);
                }
            }
            if (way == OURS) {
                ours_agree(game->ours);
            } else if (game->whole->text.len > 0) {
                whole_agree(game->whole);
            }
            /* What moved under the others is told here, so that ours has no debts to pay. */
            ours_tick(game->ours);
        }
    }
}

static double per_tick(const struct cost *cost, uint64_t sum)
{
    return cost->ticks > 0 ? (double)sum / (double)cost->ticks : 0;
}

static void metric(const struct game *game, enum way way, const char *what, double value,
                   const char *unit)
{
    char name[64];

    snprintf(name, sizeof name, "%s.%s", way_names[way], what);
    bench_row(game->bench, name, value, unit);
}

static void report(const struct game *game)
{
    const struct cost *ours = &game->costs[OURS];
    double peers = (double)game->peers;

    for (int way = 0; way < WAYS; way++) {
        const struct cost *cost = &game->costs[way];
        char name[64];

        if (way != OURS && cost->bytes > 0) {
            snprintf(name, sizeof name, "%s.cpu/ours", way_names[way]);
            bench_ratio(game->bench, name, per_tick(cost, cost->cpu_ns),
                        per_tick(ours, ours->cpu_ns));
            snprintf(name, sizeof name, "%s.bytes/ours", way_names[way]);
            bench_ratio(game->bench, name, per_tick(cost, cost->bytes),
                        per_tick(ours, ours->bytes));
        }
        metric(game, (enum way)way, "cpu", per_tick(cost, cost->cpu_ns) / 1000, "us/tick");
        metric(game, (enum way)way, "bytes", per_tick(cost, cost->bytes) / peers, "B/tick/peer");
        if (game->changing > 0) {
            metric(game, (enum way)way, "bytes-per-change",
                   per_tick(cost, cost->bytes) / peers / (double)game->changing, "B");
        }
    }
    metric(game, OURS, "encodings", per_tick(ours, game->encodings), "packets/tick");
}

static void run(const struct bench *bench, unsigned percent, bool tcp)
{
    struct game game = {.bench = bench,
                        .objects = bench->quick ? QUICK_OBJECTS : OBJECTS,
                        .peers = bench->quick ? QUICK_PEERS : PEERS,
                        .prng = {percent}};
    size_t ticks = percent == 100 ? 2 : percent == 10 ? 4 : 8;

    game.changing = (game.objects * percent + 99) / 100;
    game.which = bench_alloc(game.changing, sizeof *game.which);
    game.ours =
        ours_new(&(struct ours_options){.objects = game.objects, .peers = game.peers, .tcp = tcp});
    game.whole = whole_new(game.peers, tcp);
    play(&game, bench->quick ? QUICK_BLOCKS : BLOCKS, bench->quick ? 2 : ticks);
    report(&game);
    whole_free(game.whole);
    ours_free(game.ours);
    free(game.which);
}

#define CASE(percent)                                                                              \
    static void loopback_##percent(const struct bench *bench)                                      \
    {                                                                                              \
        run(bench, percent, false);                                                                \
    }                                                                                              \
    static void tcp_##percent(const struct bench *bench)                                           \
    {                                                                                              \
        run(bench, percent, true);                                                                 \
    }
CASE(0)
CASE(1)
CASE(10)
CASE(100)

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"change-0.loopback", "1,000 objects, 100 peers in this process, nothing changes",
         loopback_0},
        {"change-1.loopback", "the same, 1 % change each tick", loopback_1},
        {"change-10.loopback", "the same, 10 %", loopback_10},
        {"change-100.loopback", "the same, all of them", loopback_100},
        {"change-0.tcp", "1,000 objects, 100 peers over TCP, nothing changes", tcp_0},
        {"change-1.tcp", "the same, 1 % change each tick", tcp_1},
        {"change-10.tcp", "the same, 10 %", tcp_10},
        {"change-100.tcp", "the same, all of them", tcp_100},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
