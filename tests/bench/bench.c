/* bench: what every benchmark shares: cases by name, clocks, and lines of results. */
#include "tests/bench/bench.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <meeple/base.h>

enum {
    HANGS_AFTER_S = 600
};

static const char *running = "";

void bench_fail(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "%s: ", running);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(1);
}

void bench_note(const char *format, ...)
{
    va_list args;

    printf("# ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

void bench_check(int rc, const char *what)
{
    if (rc < 0) {
        bench_fail("%s: %s", what, meeple_strerror(rc));
    }
}

void *bench_alloc(size_t count, size_t size)
{
    void *ptr = calloc(count ? count : 1, size);

    if (!ptr) {
        bench_fail("out of memory");
    }
    return ptr;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0};

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t bench_cpu_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t bench_now_us(void)
{
    return clock_ns(CLOCK_MONOTONIC) / 1000;
}

void bench_row(const struct bench *bench, const char *metric, double value, const char *unit)
{
    printf("%s %s %.6g %s\n", bench->name, metric, value, unit);
    fflush(stdout);
}

void bench_ratio(const struct bench *bench, const char *metric, double value, double base)
{
    if (base > 0) {
        bench_row(bench, metric, value / base, "x");
    }
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

uint32_t bench_percentile(uint32_t *values, size_t count, double percent)
{
    size_t at = (size_t)((double)count * percent / 100);

    if (count == 0) {
        return 0;
    }
    qsort(values, count, sizeof *values, compare);
    return values[at < count ? at : count - 1];
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double bench_median(double *values, size_t count)
{
    if (count == 0) {
        return 0;
    }
    qsort(values, count, sizeof *values, compare_doubles);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* A client here has three descriptors, and a hundred of them are more than many a shell allows. */
static void allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool is_named(int argc, char **argv, const char *name)
{
    bool any = false;

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            any = true;
            if (strcmp(argv[i], name) == 0) {
                return true;
            }
        }
    }
    return !any;
}

static bool is_known(const struct bench_case *cases, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cases[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count)
{
    bool list = false, quick = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            list = true;
        } else if (strcmp(argv[i], "--quick") == 0) {
            quick = true;
        } else if (!is_known(cases, count, argv[i])) {
            fprintf(stderr, "usage: %s [--list] [--quick] [CASE...]\n", argv[0]);
            return 2;
        }
    }
    allow_descriptors();
    /* OpenSSL writes to who has gone, too, and that is to be told, not to be died of. */
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < count; i++) {
        struct bench bench = {.name = cases[i].name, .quick = quick};

        if (list) {
            printf("%s %s\n", cases[i].name, cases[i].what);
        } else if (is_named(argc, argv, cases[i].name)) {
            running = cases[i].name;
            alarm(HANGS_AFTER_S);
            cases[i].run(&bench);
        }
    }
    return 0;
}
