/* rate: so many a second and no more, kept in one number (the generic cell rate algorithm). */
#ifndef MEEPLE_TRANSPORT_RATE_H
#define MEEPLE_TRANSPORT_RATE_H

#include <meeple/base.h>

/* What is allowed: so much a second in the long run, and so much at once after a quiet time. */
struct meeple__allowance {
    uint32_t per_second; /* UINT32_MAX: anything */
    uint64_t one_ns;     /* what one is worth, so that the one that comes is not divided for */
    uint64_t at_once_ns;
};

/* Until when what came pays for the allowance, in nanoseconds.  Zeroed: nothing came yet. */
struct meeple__rate {
    uint64_t paid_ns;
};

struct meeple__allowance meeple__allowance_of(uint32_t per_second, uint32_t at_once);
/* What so many are worth. */
uint64_t meeple__allowance_ns(const struct meeple__allowance *allowance, uint32_t count);

/* So many more came.  False, and nothing is counted: they are too many. */
static inline bool meeple__rate_take(struct meeple__rate *rate,
                                     const struct meeple__allowance *allowance, uint64_t now_ms,
                                     uint32_t count)
{
    uint64_t now_ns = now_ms * 1000000;
    uint64_t begin_ns = rate->paid_ns > now_ns ? rate->paid_ns : now_ns;
    uint64_t end_ns =
        begin_ns + (count == 1 ? allowance->one_ns : meeple__allowance_ns(allowance, count));

    if (end_ns - now_ns > allowance->at_once_ns) {
        return false;
    }
    rate->paid_ns = end_ns;
    return true;
}

#endif /* MEEPLE_TRANSPORT_RATE_H */
