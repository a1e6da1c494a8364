/* bench_threads: an echo by nets of several threads that share a port, beside that of one net. */
#include <pthread.h>
#include <stdio.h>

#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/server.h"

enum {
    SERVERS = 2, /* of one thread, and of two */
    LOADS = 2,   /* threads with clients, so that one of them is not what both wait for */
    CONNECTIONS = 64,
    TURNS = 7,
    WARM_US = 50000,
    TURN_US = 250000
};

/* A part of the clients, in a thread of its own. */
struct part {
    struct load *load;
    uint64_t duration_us;
};

struct record {
    struct server server;
    struct part parts[LOADS];
    double cpu_ns[TURNS], rate[TURNS];
};

static void *run_part(void *ctx)
{
    const struct part *part = ctx;

    load_run(part->load, part->duration_us);
    return NULL;
}

static void run_parts(struct record *record, uint64_t duration_us)
{
    pthread_t threads[LOADS];

    for (size_t i = 0; i < LOADS; i++) {
        record->parts[i].duration_us = duration_us;
        if (pthread_create(&threads[i], NULL, run_part, &record->parts[i]) != 0) {
            bench_fail("no thread for the clients");
        }
    }
    for (size_t i = 0; i < LOADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static uint64_t echoes(const struct record *record)
{
    uint64_t count = 0;

    for (size_t i = 0; i < LOADS; i++) {
        count += load_echoes(record->parts[i].load);
    }
    return count;
}

static void start(struct record *record, unsigned threads, size_t window)
{
    char number[16], why[SERVER_LINE];
    const char *const argv[] = {"server_ours", "--threads", number, NULL};

    snprintf(number, sizeof number, "%u", threads);
    /* On any processor: which thread runs where is the system's to say. */
    if (!server_start(&record->server, argv, -1, why)) {
        bench_fail("%s", why);
    }
    for (size_t i = 0; i < LOADS; i++) {
        record->parts[i].load = load_open(
            &(struct load_options){.connections = CONNECTIONS / LOADS,
                                   .payload = 64,
                                   .window = window,
                                   .websocket = true,
                                   .stream = {.whose = argv[0], .port = record->server.port}});
    }
}

static void measure(struct record *record, size_t turn, uint64_t turn_us)
{
    uint64_t count, cpu_ns, begin_us;

    run_parts(record, turn_us < WARM_US ? turn_us : WARM_US);
    count = echoes(record);
    cpu_ns = server_cpu_ns(&record->server);
    begin_us = bench_now_us();
    run_parts(record, turn_us);
    begin_us = bench_now_us() - begin_us;
    cpu_ns = server_cpu_ns(&record->server) - cpu_ns;
    count = echoes(record) - count;
    for (size_t i = 0; i < LOADS; i++) {
        load_drain(record->parts[i].load);
    }
    record->cpu_ns[turn] = (double)cpu_ns / (double)(count > 0 ? count : 1);
    record->rate[turn] = (double)count * 1e6 / (double)begin_us;
}

/* Of each turn the ratio of two to one, before the medians put the turns in another order. */
static void report(const struct bench *bench, struct record records[SERVERS], size_t turns)
{
    double cpu[TURNS], rate[TURNS];
    char metric[32];

    for (size_t i = 0; i < turns; i++) {
        cpu[i] = records[1].cpu_ns[i] / records[0].cpu_ns[i];
        rate[i] = records[1].rate[i] / records[0].rate[i];
    }
    bench_row(bench, "two/one.cpu", bench_median(cpu, turns), "x");
    bench_row(bench, "two/one.rate", bench_median(rate, turns), "x");
    for (size_t i = 0; i < SERVERS; i++) {
        snprintf(metric, sizeof metric, "%s.cpu", i == 0 ? "one" : "two");
        bench_row(bench, metric, bench_median(records[i].cpu_ns, turns), "ns");
        snprintf(metric, sizeof metric, "%s.rate", i == 0 ? "one" : "two");
        bench_row(bench, metric, bench_median(records[i].rate, turns), "/s");
    }
}

static void run(const struct bench *bench, size_t window)
{
    struct record records[SERVERS] = {0};
    size_t turns = bench->quick ? 1 : TURNS;

    for (size_t i = 0; i < SERVERS; i++) {
        start(&records[i], (unsigned)i + 1, window);
    }
    for (size_t turn = 0; turn < turns; turn++) {
        for (size_t i = 0; i < SERVERS; i++) {
            measure(&records[turn % 2 == 0 ? i : SERVERS - 1 - i], turn,
                    bench->quick ? TURN_US / 10 : TURN_US);
        }
    }
    report(bench, records, turns);
    for (size_t i = 0; i < SERVERS; i++) {
        for (size_t part = 0; part < LOADS; part++) {
            load_close(records[i].parts[part].load);
        }
        server_stop(&records[i].server);
    }
}

static void run_1(const struct bench *bench)
{
    run(bench, 1);
}

static void run_16(const struct bench *bench)
{
    run(bench, 16);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"threads.1", "two nets that share a port, and one; 64 connections, 64 B, 1 in flight",
         run_1},
        {"threads.16", "the same, 16 in flight", run_16},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
