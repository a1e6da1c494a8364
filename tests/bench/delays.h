/* delays: how long calls took, and what is said of them in the end. */
#ifndef TESTS_BENCH_DELAYS_H
#define TESTS_BENCH_DELAYS_H

#include <stddef.h>
#include <stdint.h>

struct bench;

/* In microseconds; zeroed it is empty. */
struct delays {
    uint32_t *us;
    size_t count, cap;
};

void delays_add(struct delays *delays, uint32_t us);
void delays_add_all(struct delays *delays, const struct delays *more);
/* Rows "who.p50", "who.p99" and "who.max", if there are any; sorts them. */
void delays_report(struct delays *delays, const struct bench *bench, const char *who);
void delays_done(struct delays *delays);

#endif /* TESTS_BENCH_DELAYS_H */
