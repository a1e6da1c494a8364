/* turns: the same load on several echo servers, by turns, and what each costs beside the first. */
#include "tests/bench/turns.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TURNS = 7,
    WARM_US = 50000
};

/* What was measured of one, turn for turn. */
struct record {
    double cpu_ns[TURNS], rate[TURNS], ratio[TURNS];
};

static void measure(const struct server *server, struct work *work, struct record *record,
                    size_t at, uint64_t turn_us)
{
    uint64_t done, cpu_ns, begin_us;

    work->run(work->state, turn_us < WARM_US ? turn_us : WARM_US);
    done = work->done(work->state);
    cpu_ns = server_cpu_ns(server);
    begin_us = bench_now_us();
    work->run(work->state, turn_us);
    begin_us = bench_now_us() - begin_us;
    cpu_ns = server_cpu_ns(server) - cpu_ns;
    done = work->done(work->state) - done;
    work->drain(work->state);
    record->cpu_ns[at] = (double)cpu_ns / (double)(done > 0 ? done : 1);
    record->rate[at] = (double)done * 1e6 / (double)begin_us;
}

static void report(const struct bench *bench, const struct contender *contender,
                   struct record *record, size_t turns, const char *base)
{
    char metric[64];

    if (base) {
        snprintf(metric, sizeof metric, "%s/%s", contender->name, base);
        bench_row(bench, metric, bench_median(record->ratio, turns), "x");
    }
    snprintf(metric, sizeof metric, "%s.cpu", contender->name);
    bench_row(bench, metric, bench_median(record->cpu_ns, turns), "ns");
    snprintf(metric, sizeof metric, "%s.rate", contender->name);
    bench_row(bench, metric, bench_median(record->rate, turns), "/s");
}

void turns_run(const struct bench *bench, const struct contenders *them, struct work *works,
               const char *base, uint64_t turn_us)
{
    struct record *records = bench_alloc(them->count, sizeof *records);
    size_t turns = bench->quick ? 1 : TURNS;

    for (size_t turn = 0; turn < turns; turn++) {
        for (size_t i = 0; i < them->count; i++) {
            /* To and fro, so that none is always the one after the same other. */
            size_t at = turn % 2 == 0 ? i : them->count - 1 - i;

            measure(&them->each[at].server, &works[at], &records[at], turn,
                    bench->quick ? turn_us / 10 : turn_us);
        }
        for (size_t i = 0; i < them->count; i++) {
            records[i].ratio[turn] = records[i].cpu_ns[turn] / records[0].cpu_ns[turn];
        }
    }
    for (size_t i = 0; i < them->count; i++) {
        report(bench, &them->each[i], &records[i], turns, i > 0 ? base : NULL);
        works[i].close(works[i].state);
    }
    free(records);
}

static void run_load(void *state, uint64_t duration_us)
{
    load_run(state, duration_us);
}

static void drain_load(void *state)
{
    load_drain(state);
}

static uint64_t echoes_of(const void *state)
{
    return load_echoes(state);
}

static void close_load(void *state)
{
    load_close(state);
}

void turns_echo(const struct bench *bench, const struct turns_options *options)
{
    struct work works[CONTENDERS_MAX];
    struct contenders them;
    SSL_CTX *tls = options->tls ? stream_tls() : NULL;

    contenders_start(&them, &(struct contenders_options){.tls = options->tls,
                                                         .floors = options->floors,
                                                         .lws_buffer = "65536"});
    for (size_t i = 0; i < them.count; i++) {
        const struct load_options load = {
            .connections = options->connections,
            .payload = options->payload,
            .window = options->window,
            .websocket = them.each[i].websocket,
            .stream = {.whose = them.each[i].name, .port = them.each[i].server.port, .tls = tls}};

        works[i] = (struct work){.state = load_open(&load),
                                 .run = run_load,
                                 .drain = drain_load,
                                 .done = echoes_of,
                                 .close = close_load};
    }
    turns_run(bench, &them, works, options->tls ? "tls" : "raw",
              options->floors ? FLOOR_TURN_US : TURN_US);
    contenders_stop(&them);
    SSL_CTX_free(tls);
}
