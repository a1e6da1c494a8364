/* rate: so many a second and no more, kept in one number (the generic cell rate algorithm). */
#ifndef MEEPLE_TRANSPORT_RATE_H
#define MEEPLE_TRANSPORT_RATE_H

#include <meeple/base.h>

/* What is allowed: so much a second in the long run, and so much at once after a quiet time. */
struct meeple__allowance {
    uint32_t per_second; /* UINT32_MAX: anything */
    uint32_t at_once;
};

/* Until when what came pays for the allowance, in nanoseconds.  Zeroed: nothing came yet. */
struct meeple__rate {
    uint64_t paid_ns;
};

/* So many more came.  False, and nothing is counted: they are too many. */
bool meeple__rate_take(struct meeple__rate *rate, const struct meeple__allowance *allowance,
                       uint64_t now_ms, uint32_t count);

#endif /* MEEPLE_TRANSPORT_RATE_H */
