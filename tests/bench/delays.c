/* delays: how long calls took, and what is said of them in the end. */
#include "tests/bench/delays.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"

enum {
    FIRST_ROOM = 1024
};

void delays_add(struct delays *delays, uint32_t us)
{
    if (delays->count == delays->cap) {
        delays->cap = delays->cap ? delays->cap * 2 : FIRST_ROOM;
        delays->us = realloc(delays->us, delays->cap * sizeof *delays->us);
        if (!delays->us) {
            bench_fail("out of memory");
        }
    }
    delays->us[delays->count++] = us;
}

void delays_add_all(struct delays *delays, const struct delays *more)
{
    for (size_t i = 0; i < more->count; i++) {
        delays_add(delays, more->us[i]);
    }
}

void delays_report(struct delays *delays, const struct bench *bench, const char *who)
{
    static const struct {
        const char *name;
        double percent;
    } percentiles[] = {{"p50", 50}, {"p99", 99}, {"max", 100}};

    for (size_t i = 0; delays->count > 0 && i < sizeof percentiles / sizeof percentiles[0]; i++) {
        char name[64];

        snprintf(name, sizeof name, "%s.%s", who, percentiles[i].name);
        bench_row(bench, name,
                  bench_percentile(delays->us, delays->count, percentiles[i].percent) / 1000.0,
                  "ms");
    }
}

void delays_done(struct delays *delays)
{
    free(delays->us);
    *delays = (struct delays){0};
}
