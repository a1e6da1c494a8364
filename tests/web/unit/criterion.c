/* criterion: what the macros of criterion/criterion.h call, and a main() that lists the tests or
 * runs one.
 *
 *     --list        a line "FILE SUITE NAME SIGNAL SECONDS DISABLED" for each test, in the order of
 * the sources
 *     --run N       runs the Nth of them, counted from 0
 *
 * How a test ended is the exit status, and one that no program has by accident: a test that calls
 * exit() has not passed. */
#include "criterion/criterion.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum status {
    PASSED = 90,
    FAILED = 91,
    SKIPPED = 92,
    WRONG_CALL = 93
};

static struct standin_suite *suites;
static struct standin_test *tests, **tests_end = &tests;
static bool failed;

void standin_add_suite(struct standin_suite *suite)
{
    suite->next = suites;
    suites = suite;
}

void standin_add_test(struct standin_test *test)
{
    *tests_end = test;
    tests_end = &test->next;
}

/* Four, because the two sides of a comparison are alive at once, and so may be those of one in a
 * function it calls. */
static char *text_next(void)
{
    static char texts[4][64];
    static unsigned turn;

    return texts[turn++ % 4];
}

const char *standin_signed(long long value)
{
    char *text = text_next();

    snprintf(text, 64, "%lld", value);
    return text;
}

const char *standin_unsigned(unsigned long long value)
{
    char *text = text_next();

    snprintf(text, 64, "%llu", value);
    return text;
}

const char *standin_float(double value)
{
    char *text = text_next();

    snprintf(text, 64, "%.17g", value);
    return text;
}

const char *standin_pointer(const volatile void *value)
{
    char *text = text_next();

    snprintf(text, 64, "%p", (void *)(uintptr_t)value);
    return text;
}

void standin_failed(const char *file, int line, const char *check, const char *left,
                    const char *right)
{
    failed = true;
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, check);
    if (left) {
        fprintf(stderr, "    left: %s\n    right: %s\n", left, right);
    }
}

void standin_explain(const char *format, ...)
{
    va_list args;

    if (format[0] == '\0') {
        return;
    }
    fputs("    ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void standin_log(const char *file, int line, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void standin_stop(void)
{
    exit(FAILED);
}

/* A test that has failed already is not made good by what it leaves out. */
void standin_skip(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(failed ? FAILED : SKIPPED);
}

static struct standin_options suite_of(const struct standin_test *test)
{
    for (const struct standin_suite *suite = suites; suite; suite = suite->next) {
        if (strcmp(suite->name, test->suite) == 0 && strcmp(suite->file, test->file) == 0) {
            return suite->options;
        }
    }
    return (struct standin_options){0};
}

static int list(void)
{
    for (const struct standin_test *test = tests; test; test = test->next) {
        struct standin_options own = test->options, suite = suite_of(test);

        printf("%s %s %s %d %g %d\n", test->file, test->suite, test->name,
               own.signal ? own.signal : suite.signal,
               own.timeout > 0 ? own.timeout : suite.timeout, own.disabled || suite.disabled);
    }
    return 0;
}

static void call(void (*function)(void))
{
    if (function) {
        function();
    }
}

static int run(const struct standin_test *test)
{
    struct standin_options suite = suite_of(test);

    call(suite.init);
    call(test->options.init);
    test->body();
    call(test->options.fini);
    call(suite.fini);
    return failed ? FAILED : PASSED;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        return list();
    }
    if (argc == 3 && strcmp(argv[1], "--run") == 0) {
        char *end;
        unsigned long number = strtoul(argv[2], &end, 10);
        const struct standin_test *test = tests;

        for (; test && number > 0; number--) {
            test = test->next;
        }
        if (*end == '\0' && end != argv[2] && test) {
            return run(test);
        }
    }
    fputs("usage: --list | --run N\n", stderr);
    return WRONG_CALL;
}
