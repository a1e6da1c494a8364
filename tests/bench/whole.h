/* whole: what one would write without the library's state: everything, encoded once, to everybody.
 */
#ifndef TESTS_BENCH_WHOLE_H
#define TESTS_BENCH_WHOLE_H

#include <meeple/net.h>

#include "tests/bench/thing.h"

struct crowd;

struct whole {
    meeple_net *net;
    struct crowd *crowd;
    size_t peer_count, peers_here, same;
    int32_t *peers;
    struct thing_text text; /* what was sent last */
    uint64_t cpu_ns;        /* of the server: encoding, sending, its polls */
};

/* Everybody is there. */
struct whole *whole_new(size_t peers, bool tcp);
/* Encodes and sends, and what it takes until no bytes wait to be sent. */
void whole_tick(struct whole *whole,
                void (*write)(struct thing_text *text, const struct thing_choice *choice),
                const struct thing_choice *choice);
/* Asks every peer whether it got what was sent last, and ends the process if not. */
void whole_agree(struct whole *whole);
void whole_free(struct whole *whole);

#endif /* TESTS_BENCH_WHOLE_H */
