/* audience_seats: the other side of audience: the process with the clients. */
#ifndef TESTS_BENCH_AUDIENCE_SEATS_H
#define TESTS_BENCH_AUDIENCE_SEATS_H

#include <stdatomic.h>

#include "tests/bench/audience.h"

/* In memory that both processes have. */
struct audience_heard {
    atomic_uint_least64_t up, messages, pings;
    atomic_bool failed;
};

enum audience_order {
    AUDIENCE_JOIN,
    AUDIENCE_SAY,
    AUDIENCE_END
};

/* What goes through the pipe between them, whole. */
struct audience_command {
    enum audience_order order;
    uint32_t count;
    uint16_t port;
    uint16_t first_len, word_len;
    char protocol[32];
    uint8_t first[AUDIENCE_BYTES_MAX], word[AUDIENCE_BYTES_MAX];
};

/* Does what comes through the pipe until its end; says why on stderr if something went wrong.  The
 * status of the process. */
int audience_seats_run(int commands, struct audience_heard *heard);

#endif /* TESTS_BENCH_AUDIENCE_SEATS_H */
