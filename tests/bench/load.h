/* load: many clients of an echo server, in this thread, which look at every byte that comes back.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include "tests/bench/script.h"
#include "tests/bench/stream.h"

struct load_options {
    size_t connections;
    size_t payload; /* of a message */
    size_t window;  /* messages of a connection that are on their way */
    bool websocket; /* else the bytes alone, for a server without a protocol */
    struct stream_options stream;
};

struct load;

/* The caller's to load_close(). */
struct load *load_open(const struct load_options *options);
void load_close(struct load *load);

/* A new message for each that came back, for so long.  What is on its way then stays there. */
void load_run(struct load *load, uint64_t duration_us);
/* Until all that was sent has come back. */
void load_drain(struct load *load);
/* Messages that have come back. */
uint64_t load_echoes(const struct load *load);

/*
 * So many messages a second, whatever comes back when, at random moments (as many strangers would),
 * each connection in its turn; and how long after its moment each was back, in microseconds: what
 * must wait for a slow server before it can be sent is late, too.  Begins when nothing is on its
 * way.  Returns how many of them are in latencies, cap at most.
 */
size_t load_pace(struct load *load, double per_second, uint64_t duration_us, uint32_t *latencies,
                 size_t cap);

#endif /* TESTS_BENCH_LOAD_H */
