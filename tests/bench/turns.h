/* turns: the same load on several echo servers, by turns, and what each costs beside the first. */
#ifndef TESTS_BENCH_TURNS_H
#define TESTS_BENCH_TURNS_H

#include "tests/bench/bench.h"
#include "tests/bench/contenders.h"
#include "tests/bench/load.h"

/* Something for one server to do, as long as it is asked to. */
struct work {
    void *state;
    /* For so long; what is on its way then stays there. */
    void (*run)(void *state, uint64_t duration_us);
    /* Until nothing is on its way. */
    void (*drain)(void *state);
    /* How much of it has been done: messages, connections. */
    uint64_t (*done)(const void *state);
    void (*close)(void *state);
};

enum {
    TURN_US = 250000,
    FLOOR_TURN_US = 80000 /* of those that know no protocol */
};

/*
 * works: one for each of them, in their order; closed at the end.  Rows "NAME.cpu", processor time
 * of the server for a message (or what else the work is), "NAME.rate", how many a second, and
 * "NAME/<base>", the ratio of that time to the first one's: made within each turn, of which there
 * are some, so that a slow moment of the machine hits both; the median of them.  turn_us: how long
 * one is, long enough that what goes over its borders does not count.
 */
void turns_run(const struct bench *bench, const struct contenders *them, struct work *works,
               const char *base, uint64_t turn_us);

struct turns_options {
    size_t connections, payload, window; /* as in struct load_options */
    bool tls;                            /* the first is OpenSSL alone then, and the base "tls" */
    bool floors;                         /* as in struct contenders_options; shorter turns */
};

/* Echoes: starts the servers, and loads each with as many connections. */
void turns_echo(const struct bench *bench, const struct turns_options *options);

#endif /* TESTS_BENCH_TURNS_H */
