/* prng: random numbers that a seed repeats (splitmix64). */
#ifndef TESTS_SUPPORT_PRNG_H
#define TESTS_SUPPORT_PRNG_H

#include <stddef.h>
#include <stdint.h>

/* Any state is a good seed. */
struct prng {
    uint64_t state;
};

static inline uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. bound - 1; 0 for bound 0. */
static inline uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    return bound > 0 ? prng_next(prng) % bound : 0;
}

/* low .. high. */
static inline uint64_t prng_between(struct prng *prng, uint64_t low, uint64_t high)
{
    return low + prng_below(prng, high - low + 1);
}

static inline void prng_fill(struct prng *prng, void *dst, size_t len)
{
    uint8_t *bytes = dst;

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)prng_next(prng);
    }
}

#endif /* TESTS_SUPPORT_PRNG_H */
