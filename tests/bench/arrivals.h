/* arrivals: clients that come, shake hands and go at once, some of them at a time. */
#ifndef TESTS_BENCH_ARRIVALS_H
#define TESTS_BENCH_ARRIVALS_H

#include "tests/bench/turns.h"

struct arrivals_options {
    struct stream_options stream;
    bool websocket; /* else the request has to come back as it is */
    size_t at_a_time;
};

/* Each resets its connection when it has its answer, and the next one comes. */
struct work arrivals_work(const struct arrivals_options *options);

#endif /* TESTS_BENCH_ARRIVALS_H */
