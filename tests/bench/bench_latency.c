/* bench_latency: how long an echo takes when a server has half as much to do as it can. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/contenders.h"
#include "tests/bench/load.h"

enum {
    CONNECTIONS = 64,
    PAYLOAD = 64,
    WARM_US = 200000,
    FULL_US = 500000,
    TURNS = 4,
    TURN_US = 500000,
    LATENCIES_MAX = 1000000
};

/* One server's load, and what came of it. */
struct record {
    struct load *load;
    double half; /* messages a second */
    uint32_t *latencies;
    size_t count;
};

static void report(const struct bench *bench, const char *name, uint32_t *latencies, size_t count)
{
    static const struct {
        const char *name;
        double percent;
    } rows[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};
    char metric[64];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(metric, sizeof metric, "%s.%s", name, rows[i].name);
        bench_row(bench, metric, bench_percentile(latencies, count, rows[i].percent), "us");
    }
}

/* As many a second as it answers with one on its way on each connection. */
static double full_rate(struct load *load, uint64_t duration_us)
{
    uint64_t echoes, begin_us;

    load_run(load, duration_us < WARM_US ? duration_us : WARM_US);
    echoes = load_echoes(load);
    begin_us = bench_now_us();
    load_run(load, duration_us);
    begin_us = bench_now_us() - begin_us;
    echoes = load_echoes(load) - echoes;
    load_drain(load);
    return (double)echoes * 1e6 / (double)begin_us;
}

static void begin(const struct bench *bench, const struct contender *contender,
                  struct record *record)
{
    record->load = load_open(&(struct load_options){
        .connections = CONNECTIONS,
        .payload = PAYLOAD,
        .window = 1,
        .websocket = contender->websocket,
        .stream = {.whose = contender->name, .port = contender->server.port}});
    record->half = full_rate(record->load, bench->quick ? FULL_US / 20 : FULL_US) / 2;
    record->latencies = bench_alloc(LATENCIES_MAX, sizeof *record->latencies);
}

static void run(const struct bench *bench)
{
    struct record records[CONTENDERS_MAX] = {0};
    struct contenders them;
    char metric[64];

    contenders_start(&them, &(struct contenders_options){.lws_buffer = "65536"});
    for (size_t i = 0; i < them.count; i++) {
        begin(bench, &them.each[i], &records[i]);
    }
    for (size_t turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < them.count; i++) {
            struct record *record = &records[turn % 2 == 0 ? i : them.count - 1 - i];

            record->count +=
                load_pace(record->load, record->half, bench->quick ? TURN_US / 20 : TURN_US,
                          record->latencies + record->count, LATENCIES_MAX - record->count);
        }
    }
    for (size_t i = 0; i < them.count; i++) {
        snprintf(metric, sizeof metric, "%s.half-load", them.each[i].name);
        bench_row(bench, metric, records[i].half, "/s");
        report(bench, them.each[i].name, records[i].latencies, records[i].count);
        load_close(records[i].load);
        free(records[i].latencies);
    }
    contenders_stop(&them);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"latency", "64 connections, 64 B, at half the rate that each can do", run},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
