/* turns: the same load on several echo servers, by turns, and what each costs beside the first. */
#ifndef TESTS_BENCH_TURNS_H
#define TESTS_BENCH_TURNS_H

#include "tests/bench/bench.h"
#include "tests/bench/contenders.h"
#include "tests/bench/load.h"

struct turns_options {
    size_t connections, payload, window; /* as in struct load_options */
    const char *base;                    /* what ratios are called after: "raw" */
    SSL_CTX *tls;                        /* borrowed; NULL: none */
};

/*
 * Rows "NAME.cpu", processor time of the server for a message, "NAME.rate", messages a second, and
 * "NAME/<base>", the ratio of that time to the first one's: made within each turn, of which there
 * are some, so that a slow moment of the machine hits both; the median of them.  Every byte of
 * every echo is looked at.
 */
void turns_run(const struct bench *bench, const struct contenders *them,
               const struct turns_options *options);

#endif /* TESTS_BENCH_TURNS_H */
