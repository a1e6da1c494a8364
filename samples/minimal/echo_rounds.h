/* echo_rounds: messages on their way to an echo and back: which, how many at once, and how long. */
#ifndef MINIMAL_ECHO_ROUNDS_H
#define MINIMAL_ECHO_ROUNDS_H

#include <meeple/base.h>

#define ECHO_COUNT_MAX 10000000u
#define ECHO_SIZE_MAX (64u << 20)
#define ECHO_IN_FLIGHT_MAX 65536u

/* What is asked for, zero where it is not. */
struct echo_plan {
    const char *message; /* borrowed; NULL: letters, size of them */
    size_t size;
    uint32_t count;     /* at least 1 */
    uint32_t in_flight; /* at least 1: how many may be on their way at once */
};

struct echo_rounds {
    struct echo_plan plan;
    char *letters;
    uint32_t *took_us; /* of each that came back */
    uint64_t *sent_us; /* of those on their way, a ring of plan.in_flight */
    uint64_t first_us, last_us;
    uint32_t sent, echoed;
};

/* rounds has to be zeroed, and to be ended whatever is returned.  MEEPLE_ENOMEM. */
MEEPLE_MUST_USE int echo_rounds_begin(struct echo_rounds *rounds, const struct echo_plan *plan);
void echo_rounds_end(struct echo_rounds *rounds);

/* The next message, if one may go now; neighbours among those made of letters differ. */
bool echo_rounds_next(const struct echo_rounds *rounds, meeple_bytes *message);
/* It went. */
void echo_rounds_sent(struct echo_rounds *rounds);
/* Whether that is the oldest that is on its way; then it is not any more. */
bool echo_rounds_came_back(struct echo_rounds *rounds, meeple_bytes data);
bool echo_rounds_done(const struct echo_rounds *rounds);

/* Three lines to standard output; one if nothing came back. */
void echo_rounds_print(struct echo_rounds *rounds);

#endif /* MINIMAL_ECHO_ROUNDS_H */
