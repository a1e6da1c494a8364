/* criterion: the part of Criterion's interface that the tests use, for those that run as wasm.
 *
 * The same macros with the same meaning, so that one source is a test natively and in a page's
 * engine.  What is not here does not compile there.  A program made with it runs one test and ends;
 * run.js runs all, each in a fresh instance, as Criterion runs each in a process of its own. */
#ifndef STANDIN_CRITERION_H
#define STANDIN_CRITERION_H

/* Criterion's brings these too, and some tests count on it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The macros below cannot do without: a comparison evaluates each side once, whatever its type.
 * Natively the same sources are compiled with these warnings. */
#pragma clang diagnostic ignored "-Wgnu"
#pragma clang diagnostic ignored "-Wsign-compare"

/* What may follow the names in Test() and TestSuite(). */
struct standin_options {
    void (*init)(void);
    void (*fini)(void);
    double timeout; /* seconds; 0: run.js has one */
    int signal;     /* SIGABRT: the test is to end by abort() or a failed assert(), and only so */
    bool disabled;
};

struct standin_suite {
    const char *file, *name;
    struct standin_options options;
    struct standin_suite *next;
};

struct standin_test {
    const char *file, *suite, *name;
    void (*body)(void);
    struct standin_options options;
    struct standin_test *next;
};

/* Called before main(), by what the macros define; they keep what they are given. */
void standin_add_suite(struct standin_suite *suite);
void standin_add_test(struct standin_test *test);

/* One side of a comparison, as text to read; good until the fourth call after it. */
const char *standin_signed(long long value);
const char *standin_unsigned(unsigned long long value);
const char *standin_float(double value);
const char *standin_pointer(const volatile void *value);

/* Says that a check failed, where, and, unless NULL, what the two sides were; the test has failed
 * then.  More may follow with standin_explain(), where an empty format says nothing. */
void standin_failed(const char *file, int line, const char *check, const char *left,
                    const char *right);
void standin_explain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void standin_log(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* End the test. */
void standin_stop(void) __attribute__((noreturn));
void standin_skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define TestSuite(suite_, ...)                                                                     \
    static struct standin_suite standin_suite_##suite_ = {                                         \
        .file = __FILE__, .name = #suite_, .options = {__VA_ARGS__}};                              \
    __attribute__((constructor)) static void standin_add_suite_##suite_(void)                      \
    {                                                                                              \
        standin_add_suite(&standin_suite_##suite_);                                                \
    }                                                                                              \
    struct standin_suite

#define Test(suite_, name_, ...)                                                                   \
    static void standin_body_##suite_##_##name_(void);                                             \
    static struct standin_test standin_test_##suite_##_##name_ = {                                 \
        .file = __FILE__,                                                                          \
        .suite = #suite_,                                                                          \
        .name = #name_,                                                                            \
        .body = standin_body_##suite_##_##name_,                                                   \
        .options = {__VA_ARGS__}};                                                                 \
    __attribute__((constructor)) static void standin_add_test_##suite_##_##name_(void)             \
    {                                                                                              \
        standin_add_test(&standin_test_##suite_##_##name_);                                        \
    }                                                                                              \
    static void standin_body_##suite_##_##name_(void)

#define STANDIN_SHOW(value)                                                                        \
    _Generic((value), _Bool                                                                        \
             : standin_signed, char                                                                \
             : standin_signed, signed char                                                         \
             : standin_signed, short                                                               \
             : standin_signed, int                                                                 \
             : standin_signed, long                                                                \
             : standin_signed, long long                                                           \
             : standin_signed, unsigned char                                                       \
             : standin_unsigned, unsigned short                                                    \
             : standin_unsigned, unsigned                                                          \
             : standin_unsigned, unsigned long                                                     \
             : standin_unsigned, unsigned long long                                                \
             : standin_unsigned, float                                                             \
             : standin_float, double                                                               \
             : standin_float, default                                                              \
             : standin_pointer)(value)

/* All that follows ends in one of these two.  A format is a literal, and may be missing. */
#define STANDIN_REPORT(fatal, check, left, right, ...)                                             \
    do {                                                                                           \
        standin_failed(__FILE__, __LINE__, check, left, right);                                    \
        standin_explain("" __VA_ARGS__);                                                           \
        if (fatal) {                                                                               \
            standin_stop();                                                                        \
        }                                                                                          \
    } while (0)

#define STANDIN_CHECK(fatal, condition, check, ...)                                                \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            STANDIN_REPORT(fatal, check, NULL, NULL, __VA_ARGS__);                                 \
        }                                                                                          \
    } while (0)

#define STANDIN_COMPARE(fatal, left, is, right, check, ...)                                        \
    do {                                                                                           \
        __auto_type standin_left = (left);                                                         \
        __auto_type standin_right = (right);                                                       \
        if (!(standin_left is standin_right)) {                                                    \
            STANDIN_REPORT(fatal, check, STANDIN_SHOW(standin_left), STANDIN_SHOW(standin_right),  \
                           __VA_ARGS__);                                                           \
        }                                                                                          \
    } while (0)

#define STANDIN_STRINGS(fatal, left, is, right, check, ...)                                        \
    do {                                                                                           \
        const char *standin_left = (left), *standin_right = (right);                               \
        if (!standin_left || !standin_right || !(strcmp(standin_left, standin_right) is 0)) {      \
            STANDIN_REPORT(fatal, check, standin_left ? standin_left : "(null)",                   \
                           standin_right ? standin_right : "(null)", __VA_ARGS__);                 \
        }                                                                                          \
    } while (0)

#define STANDIN_NEAR(fatal, left, right, epsilon, check, ...)                                      \
    do {                                                                                           \
        double standin_left = (left), standin_right = (right);                                     \
        if (!(standin_left - standin_right <= (epsilon) &&                                         \
              standin_right - standin_left <= (epsilon))) {                                        \
            STANDIN_REPORT(fatal, check, standin_float(standin_left),                              \
                           standin_float(standin_right), __VA_ARGS__);                             \
        }                                                                                          \
    } while (0)

#define cr_assert(condition, ...) STANDIN_CHECK(1, condition, #condition, __VA_ARGS__)
#define cr_expect(condition, ...) STANDIN_CHECK(0, condition, #condition, __VA_ARGS__)
#define cr_assert_not(condition, ...)                                                              \
    STANDIN_CHECK(1, !(condition), "!(" #condition ")", __VA_ARGS__)
#define cr_expect_not(condition, ...)                                                              \
    STANDIN_CHECK(0, !(condition), "!(" #condition ")", __VA_ARGS__)
#define cr_assert_null(pointer, ...)                                                               \
    STANDIN_COMPARE(1, pointer, ==, (void *)0, #pointer " == NULL", __VA_ARGS__)
#define cr_expect_null(pointer, ...)                                                               \
    STANDIN_COMPARE(0, pointer, ==, (void *)0, #pointer " == NULL", __VA_ARGS__)
#define cr_assert_not_null(pointer, ...)                                                           \
    STANDIN_COMPARE(1, pointer, !=, (void *)0, #pointer " != NULL", __VA_ARGS__)
#define cr_expect_not_null(pointer, ...)                                                           \
    STANDIN_COMPARE(0, pointer, !=, (void *)0, #pointer " != NULL", __VA_ARGS__)
#define cr_assert_eq(left, right, ...)                                                             \
    STANDIN_COMPARE(1, left, ==, right, #left " == " #right, __VA_ARGS__)
#define cr_expect_eq(left, right, ...)                                                             \
    STANDIN_COMPARE(0, left, ==, right, #left " == " #right, __VA_ARGS__)
#define cr_assert_neq(left, right, ...)                                                            \
    STANDIN_COMPARE(1, left, !=, right, #left " != " #right, __VA_ARGS__)
#define cr_expect_neq(left, right, ...)                                                            \
    STANDIN_COMPARE(0, left, !=, right, #left " != " #right, __VA_ARGS__)
#define cr_assert_lt(left, right, ...)                                                             \
    STANDIN_COMPARE(1, left, <, right, #left " < " #right, __VA_ARGS__)
#define cr_expect_lt(left, right, ...)                                                             \
    STANDIN_COMPARE(0, left, <, right, #left " < " #right, __VA_ARGS__)
#define cr_assert_leq(left, right, ...)                                                            \
    STANDIN_COMPARE(1, left, <=, right, #left " <= " #right, __VA_ARGS__)
#define cr_expect_leq(left, right, ...)                                                            \
    STANDIN_COMPARE(0, left, <=, right, #left " <= " #right, __VA_ARGS__)
#define cr_assert_gt(left, right, ...)                                                             \
    STANDIN_COMPARE(1, left, >, right, #left " > " #right, __VA_ARGS__)
#define cr_expect_gt(left, right, ...)                                                             \
    STANDIN_COMPARE(0, left, >, right, #left " > " #right, __VA_ARGS__)
#define cr_assert_geq(left, right, ...)                                                            \
    STANDIN_COMPARE(1, left, >=, right, #left " >= " #right, __VA_ARGS__)
#define cr_expect_geq(left, right, ...)                                                            \
    STANDIN_COMPARE(0, left, >=, right, #left " >= " #right, __VA_ARGS__)
#define cr_assert_str_eq(left, right, ...)                                                         \
    STANDIN_STRINGS(1, left, ==, right, #left " == " #right, __VA_ARGS__)
#define cr_expect_str_eq(left, right, ...)                                                         \
    STANDIN_STRINGS(0, left, ==, right, #left " == " #right, __VA_ARGS__)
#define cr_assert_str_neq(left, right, ...)                                                        \
    STANDIN_STRINGS(1, left, !=, right, #left " != " #right, __VA_ARGS__)
#define cr_expect_str_neq(left, right, ...)                                                        \
    STANDIN_STRINGS(0, left, !=, right, #left " != " #right, __VA_ARGS__)
#define cr_assert_str_empty(text, ...)                                                             \
    STANDIN_STRINGS(1, text, ==, "", #text " is empty", __VA_ARGS__)
#define cr_expect_str_empty(text, ...)                                                             \
    STANDIN_STRINGS(0, text, ==, "", #text " is empty", __VA_ARGS__)
#define cr_assert_float_eq(left, right, epsilon, ...)                                              \
    STANDIN_NEAR(1, left, right, epsilon, #left " is near " #right, __VA_ARGS__)
#define cr_expect_float_eq(left, right, epsilon, ...)                                              \
    STANDIN_NEAR(0, left, right, epsilon, #left " is near " #right, __VA_ARGS__)
#define cr_assert_arr_eq(left, right, size, ...)                                                   \
    STANDIN_CHECK(1, memcmp((left), (right), (size)) == 0, "the bytes of " #left " == " #right,    \
                  __VA_ARGS__)
#define cr_expect_arr_eq(left, right, size, ...)                                                   \
    STANDIN_CHECK(0, memcmp((left), (right), (size)) == 0, "the bytes of " #left " == " #right,    \
                  __VA_ARGS__)

#define cr_assert_fail(...) STANDIN_REPORT(1, "not to come here", NULL, NULL, __VA_ARGS__)
#define cr_skip(...) standin_skip("" __VA_ARGS__)
#define cr_log_info(...) standin_log(__FILE__, __LINE__, "" __VA_ARGS__)

#endif
