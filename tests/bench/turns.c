/* turns: the same load on several echo servers, by turns, and what each costs beside the first. */
#include "tests/bench/turns.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TURNS = 7,
    WARM_US = 50000,
    TURN_US = 250000
};

/* What was measured of one, turn for turn. */
struct record {
    struct load *load;
    double cpu_ns[TURNS], rate[TURNS], ratio[TURNS];
};

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static void measure(const struct contender *contender, struct record *record, size_t at,
                    uint64_t turn_us)
{
    struct load *load = record->load;
    uint64_t echoes, cpu_ns, begin_us;

    load_run(load, turn_us < WARM_US ? turn_us : WARM_US);
    echoes = load_echoes(load);
    cpu_ns = server_cpu_ns(&contender->server);
    begin_us = bench_now_us();
    load_run(load, turn_us);
    begin_us = bench_now_us() - begin_us;
    cpu_ns = server_cpu_ns(&contender->server) - cpu_ns;
    echoes = load_echoes(load) - echoes;
    load_drain(load);
    record->cpu_ns[at] = (double)cpu_ns / (double)(echoes > 0 ? echoes : 1);
    record->rate[at] = (double)echoes * 1e6 / (double)begin_us;
}

static void report(const struct bench *bench, const struct contender *contender,
                   struct record *record, size_t turns, const char *base)
{
    char metric[64];

    if (base) {
        snprintf(metric, sizeof metric, "%s/%s", contender->name, base);
        bench_row(bench, metric, median(record->ratio, turns), "x");
    }
    snprintf(metric, sizeof metric, "%s.cpu", contender->name);
    bench_row(bench, metric, median(record->cpu_ns, turns), "ns");
    snprintf(metric, sizeof metric, "%s.rate", contender->name);
    bench_row(bench, metric, median(record->rate, turns), "/s");
}

void turns_run(const struct bench *bench, const struct contenders *them,
               const struct turns_options *options)
{
    struct record *records = bench_alloc(them->count, sizeof *records);
    size_t turns = bench->quick ? 1 : TURNS;

    for (size_t i = 0; i < them->count; i++) {
        records[i].load = load_open(&(struct load_options){
            .connections = options->connections,
            .payload = options->payload,
            .window = options->window,
            .websocket = them->each[i].websocket,
            .stream = {.port = them->each[i].server.port, .tls = options->tls}});
    }
    for (size_t turn = 0; turn < turns; turn++) {
        for (size_t i = 0; i < them->count; i++) {
            /* To and fro, so that none is always the one after the same other. */
            size_t at = turn % 2 == 0 ? i : them->count - 1 - i;

            measure(&them->each[at], &records[at], turn, bench->quick ? TURN_US / 10 : TURN_US);
        }
        for (size_t i = 0; i < them->count; i++) {
            records[i].ratio[turn] = records[i].cpu_ns[turn] / records[0].cpu_ns[turn];
        }
    }
    for (size_t i = 0; i < them->count; i++) {
        report(bench, &them->each[i], &records[i], turns, i > 0 ? options->base : NULL);
        load_close(records[i].load);
    }
    free(records);
}
