/* rate: so many a second and no more, kept in one number (the generic cell rate algorithm). */
#include "transport/rate.h"

uint64_t meeple__allowance_ns(const struct meeple__allowance *allowance, uint32_t count)
{
    const uint64_t second_ns = 1000000000;

    if (allowance->per_second == UINT32_MAX) {
        return 0;
    }
    /* Where nothing is allowed, one is worth more than what is allowed at once: none. */
    return allowance->per_second > 0 ? count * second_ns / allowance->per_second : count;
}

struct meeple__allowance meeple__allowance_of(uint32_t per_second, uint32_t at_once)
{
    struct meeple__allowance allowance = {.per_second = per_second};

    allowance.one_ns = meeple__allowance_ns(&allowance, 1);
    if (per_second == UINT32_MAX) {
        allowance.at_once_ns = UINT64_MAX;
    } else if (per_second > 0) {
        allowance.at_once_ns = meeple__allowance_ns(&allowance, at_once);
    }
    return allowance;
}
