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
    HALF_US = 2000000,
    LATENCIES_MAX = 2000000
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

static void run(const struct bench *bench)
{
    uint32_t *latencies = bench_alloc(LATENCIES_MAX, sizeof *latencies);
    struct contenders them;

    contenders_start(&them, &(struct contenders_options){.lws_buffer = "65536"});
    for (size_t i = 0; i < them.count; i++) {
        const struct contender *contender = &them.each[i];
        struct load *load =
            load_open(&(struct load_options){.connections = CONNECTIONS,
                                             .payload = PAYLOAD,
                                             .window = 1,
                                             .websocket = contender->websocket,
                                             .stream = {.port = contender->server.port}});
        double half = full_rate(load, bench->quick ? FULL_US / 20 : FULL_US) / 2;
        size_t count =
            load_pace(load, half, bench->quick ? HALF_US / 20 : HALF_US, latencies, LATENCIES_MAX);
        char metric[64];

        snprintf(metric, sizeof metric, "%s.half-load", contender->name);
        bench_row(bench, metric, half, "/s");
        report(bench, contender->name, latencies, count);
        load_close(load);
    }
    contenders_stop(&them);
    free(latencies);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"latency", "64 connections, 64 B, at half the rate that each can do", run},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
