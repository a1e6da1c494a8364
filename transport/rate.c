/* rate: so many a second and no more, kept in one number (the generic cell rate algorithm). */
#include "transport/rate.h"

bool meeple__rate_take(struct meeple__rate *rate, const struct meeple__allowance *allowance,
                       uint64_t now_ms, uint32_t count)
{
    const uint64_t second_ns = 1000000000;
    uint64_t now_ns = now_ms * 1000000, begin_ns, end_ns;

    if (allowance->per_second == UINT32_MAX || allowance->per_second == 0) {
        return allowance->per_second != 0;
    }
    begin_ns = rate->paid_ns > now_ns ? rate->paid_ns : now_ns;
    end_ns = begin_ns + count * second_ns / allowance->per_second;
    if (end_ns - now_ns > allowance->at_once * second_ns / allowance->per_second) {
        return false;
    }
    rate->paid_ns = end_ns;
    return true;
}
