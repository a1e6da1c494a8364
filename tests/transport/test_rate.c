/* test_rate: so many a second and no more. */
#include "transport/rate.h"

#include <criterion/criterion.h>

#include "tests/support/prng.h"

static unsigned taken(struct meeple__rate *rate, const struct meeple__allowance *allowance,
                      uint64_t now_ms, unsigned tries)
{
    unsigned count = 0;

    for (unsigned i = 0; i < tries; i++) {
        count += meeple__rate_take(rate, allowance, now_ms, 1);
    }
    return count;
}

Test(rate, lets_so_many_at_once_and_so_many_a_second)
{
    const struct meeple__allowance allowance = meeple__allowance_of(10, 25);
    struct meeple__rate rate = {0};

    cr_expect_eq(taken(&rate, &allowance, 5000, 100), 25);
    cr_expect_eq(taken(&rate, &allowance, 5099, 100), 0);
    cr_expect_eq(taken(&rate, &allowance, 5100, 100), 1);
    cr_expect_eq(taken(&rate, &allowance, 6100, 100), 10);
    cr_expect_eq(taken(&rate, &allowance, 60000, 100), 25);
}

Test(rate, what_is_refused_costs_nothing)
{
    const struct meeple__allowance allowance = meeple__allowance_of(1000, 1000);
    struct meeple__rate rate = {0};

    cr_expect_not(meeple__rate_take(&rate, &allowance, 0, 1001));
    cr_expect(meeple__rate_take(&rate, &allowance, 0, 1000));
    cr_expect_not(meeple__rate_take(&rate, &allowance, 0, 1));
    cr_expect(meeple__rate_take(&rate, &allowance, 0, 0));
    cr_expect(meeple__rate_take(&rate, &allowance, 1, 1));
}

Test(rate, takes_the_largest_numbers)
{
    const struct meeple__allowance most = meeple__allowance_of(UINT32_MAX - 1, UINT32_MAX);
    const struct meeple__allowance any = meeple__allowance_of(UINT32_MAX, 0);
    const struct meeple__allowance none = meeple__allowance_of(0, 0);
    struct meeple__rate rate = {0};

    cr_expect(meeple__rate_take(&rate, &most, 1ull << 40, UINT32_MAX));
    cr_expect_not(meeple__rate_take(&rate, &most, 1ull << 40, UINT32_MAX));
    cr_expect(meeple__rate_take(&rate, &most, (1ull << 40) + 1001, UINT32_MAX));
    cr_expect_eq(taken(&rate, &any, 0, 1000), 1000);
    cr_expect_not(meeple__rate_take(&rate, &none, 0, 1));
    cr_expect_not(meeple__rate_take(&rate, &none, 0, 2));
}

/* Whatever the times, never more than the burst and what the seconds give. */
Test(rate, the_sum_is_bounded)
{
    struct prng random = {.state = 7};

    for (int round = 0; round < 200; round++) {
        uint32_t per_second = 1 + (uint32_t)prng_below(&random, 5000);
        uint32_t at_once = 1 + (uint32_t)prng_below(&random, 9000);
        struct meeple__allowance allowance = meeple__allowance_of(per_second, at_once);
        struct meeple__rate rate = {0};
        uint64_t now_ms = prng_below(&random, 100000), began_ms = now_ms, sum = 0;

        for (int step = 0; step < 500; step++) {
            uint32_t count = (uint32_t)prng_below(&random, 300);

            now_ms += prng_below(&random, 40);
            sum += meeple__rate_take(&rate, &allowance, now_ms, count) ? count : 0;
            cr_assert_leq(sum, at_once + 1 + (now_ms - began_ms) * per_second / 1000);
        }
    }
}
