/* arrivals: clients that come, shake hands and go at once, some of them at a time. */
#ifndef TESTS_BENCH_ARRIVALS_H
#define TESTS_BENCH_ARRIVALS_H

#include "tests/bench/turns.h"

/* To that port.  Not WebSocket: the request has to come back as it is.  Each resets its connection
 * when it has its answer, and the next one comes. */
struct work arrivals_work(uint16_t port, bool websocket, size_t at_a_time);

#endif /* TESTS_BENCH_ARRIVALS_H */
