/* bench: what every benchmark shares: cases by name, clocks, and lines of results. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *     int main(int argc, char **argv)
 *     {
 *         static const struct bench_case cases[] = {{"call", "what a call costs", run_call}, ...};
 *         return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
 *     }
 *
 * PROGRAM --list says the names of the cases, PROGRAM [--quick] [NAME...] runs them, all if none is
 * named.  A case is right or ends the process with status 1; how long it takes is no failure.
 */
struct bench {
    const char *name;
    bool quick; /* only to see that it works: few objects, few peers, few rounds */
};

struct bench_case {
    const char *name;
    const char *what;
    void (*run)(const struct bench *bench);
};

int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count);

/* A line "case metric value unit" of the output, which tests/bench/run reads. */
void bench_row(const struct bench *bench, const char *metric, double value, const char *unit);
/* The same, how many times as much as base; no line if base is 0. */
void bench_ratio(const struct bench *bench, const char *metric, double value, double base);

/* A line "# sentence" of the output, which is shown below the tables: what is missing, and why. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void bench_note(const char *format, ...);

/* Ends the process: a result is wrong, or the machine has not enough of something. */
#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 1, 2)))
#endif
void bench_fail(const char *format, ...);
/* Ends it if rc is an error of the library. */
void bench_check(int rc, const char *what);
/* Zeroed.  The caller's to free(). */
void *bench_alloc(size_t count, size_t size);

/* What this thread alone has used of a processor. */
uint64_t bench_cpu_ns(void);
/* The same clock in every thread. */
uint64_t bench_now_us(void);

/* The least value that so many percent of all are not above; sorts them.  0 if there are none. */
uint32_t bench_percentile(uint32_t *values, size_t count, double percent);
/* The one in the middle, or between the two that are; sorts them.  0 if there are none. */
double bench_median(double *values, size_t count);

#endif /* TESTS_BENCH_BENCH_H */
