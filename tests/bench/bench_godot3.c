/* bench_godot3: what calls in the dialect of Godot 3 cost a server of ours, and one of Godot. */
#include "tests/bench/bench.h"
#include "tests/bench/cores.h"
#include "tests/bench/flood.h"
#include "tests/bench/server.h"

enum {
    BLOCKS = 5, /* the two take turns */
    CALLS = 100000,
    QUICK_CALLS = 500
};

static struct cores cores;

/* A server, and who sits there. */
struct table {
    const char *name;
    struct server server;
    struct flood_seat seat, sink;
    bool there;
    double cpu[BLOCKS], rate[BLOCKS]; /* ns of a call, calls a second */
};

static void sit_down(struct table *table, const char *const *argv, enum flood_target target)
{
    char why[SERVER_LINE];

    table->there = server_start(&table->server, argv, cores.server, why);
    if (!table->there) {
        bench_note("%s is left out: %s", table->name, why);
        return;
    }
    flood_sit(&table->seat, table->name, table->server.port);
    if (target != FLOOD_SERVER) {
        flood_sit(&table->sink, table->name, table->server.port);
    }
    flood_announce(&table->seat, target == FLOOD_SERVER ? NULL : &table->sink);
}

static void get_up(struct table *table, enum flood_target target)
{
    if (table->there) {
        flood_leave(&table->seat);
        if (target != FLOOD_SERVER) {
            flood_leave(&table->sink);
        }
        server_stop(&table->server);
    }
}

static void play(struct table *table, enum flood_target target, uint32_t calls, size_t block)
{
    uint64_t cpu, us;

    if (!table->there) {
        return;
    }
    us = bench_now_us();
    cpu = server_cpu_ns(&table->server);
    flood_run(&table->seat, target == FLOOD_SERVER ? NULL : &table->sink, target, calls);
    table->cpu[block] = (double)(server_cpu_ns(&table->server) - cpu) / calls;
    table->rate[block] = calls * 1e6 / (double)(bench_now_us() - us);
}

static void compare(const struct bench *bench, enum flood_target target)
{
    static const char *const our_argv[] = {"server_godot3", NULL};
    static const char *const their_argv[] = {"godot3-server", "--path", BENCH_GODOT3, NULL};
    struct table ours = {.name = "ours"}, theirs = {.name = "godot"};
    size_t blocks = bench->quick ? 1 : BLOCKS;
    uint32_t calls = bench->quick ? QUICK_CALLS : CALLS;
    double ratios[BLOCKS] = {0};

    sit_down(&ours, our_argv, target);
    sit_down(&theirs, their_argv, target);
    cores_pin(cores.load);
    play(&ours, target, calls, 0);
    play(&theirs, target, calls, 0);
    for (size_t block = 0; block < blocks; block++) {
        play(&ours, target, calls, block);
        play(&theirs, target, calls, block);
        ratios[block] = theirs.there ? ours.cpu[block] / theirs.cpu[block] : 0;
    }
    if (theirs.there) {
        bench_ratio(bench, "ours/godot", bench_median(ratios, blocks), 1);
        bench_row(bench, "godot.cpu", bench_median(theirs.cpu, blocks), "ns");
        bench_row(bench, "godot.rate", bench_median(theirs.rate, blocks), "calls/s");
    }
    bench_row(bench, "ours.cpu", bench_median(ours.cpu, blocks), "ns");
    bench_row(bench, "ours.rate", bench_median(ours.rate, blocks), "calls/s");
    get_up(&ours, target);
    get_up(&theirs, target);
    cores_release(&cores);
}

static void dispatch(const struct bench *bench)
{
    compare(bench, FLOOD_SERVER);
}

static void relay(const struct bench *bench)
{
    compare(bench, FLOOD_SINK);
}

static void broadcast(const struct bench *bench)
{
    compare(bench, FLOOD_ALL);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"godot3.dispatch", "calls of a client that run at the server; beside Godot's", dispatch},
        {"godot3.relay", "calls of a client that the server passes on to another", relay},
        {"godot3.broadcast", "calls that run at the server and go to another client, too",
         broadcast},
    };

    cores = cores_here();
    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
