/* drivers: the same test over each driver of real sockets; skipped where there is no such driver.
 */
#ifndef TESTS_SUPPORT_DRIVERS_H
#define TESTS_SUPPORT_DRIVERS_H

#include <criterion/criterion.h>
#include <meeple/io.h>

/* The last two have to be made by the test, and are there on every machine. */
enum driver_kind {
    DRIVER_POLL,
    DRIVER_EPOLL,
    DRIVER_URING,
    DRIVER_LOOPBACK,
    DRIVER_SIM
};

/* One of the first three.  Skips the test where the library was built without it, and where the
 * kernel refuses it and another one would be tested in its place. */
const meeple_io_driver *driver_or_skip(enum driver_kind kind);

/* Begins the body of a test with a `driver`, and adds it to the suites suite_poll, suite_epoll and
 * suite_uring. */
#define EACH_DRIVER(suite, name)                                                                   \
    static void name(const meeple_io_driver *driver);                                              \
    Test(suite##_poll, name)                                                                       \
    {                                                                                              \
        name(driver_or_skip(DRIVER_POLL));                                                         \
    }                                                                                              \
    EACH_POLLABLE_DRIVER(suite, name)

/* The same for those who have a descriptor to wait for. */
#define EACH_POLLABLE_DRIVER(suite, name)                                                          \
    static void name(const meeple_io_driver *driver);                                              \
    Test(suite##_epoll, name)                                                                      \
    {                                                                                              \
        name(driver_or_skip(DRIVER_EPOLL));                                                        \
    }                                                                                              \
    Test(suite##_uring, name)                                                                      \
    {                                                                                              \
        name(driver_or_skip(DRIVER_URING));                                                        \
    }                                                                                              \
    static void name(const meeple_io_driver *driver)

/* The same with a `kind`, for a test that opens it itself, by driver_or_skip(). */
#define EACH_SOCKET_KIND(suite, name)                                                              \
    static void name(enum driver_kind kind);                                                       \
    Test(suite##_poll, name)                                                                       \
    {                                                                                              \
        name(DRIVER_POLL);                                                                         \
    }                                                                                              \
    Test(suite##_epoll, name)                                                                      \
    {                                                                                              \
        name(DRIVER_EPOLL);                                                                        \
    }                                                                                              \
    Test(suite##_uring, name)                                                                      \
    {                                                                                              \
        name(DRIVER_URING);                                                                        \
    }                                                                                              \
    static void name(enum driver_kind kind)

/* The same in suite_loopback and suite_sim, too. */
#define EACH_KIND(suite, name)                                                                     \
    EACH_SOCKET_KIND(suite, name);                                                                 \
    Test(suite##_loopback, name)                                                                   \
    {                                                                                              \
        name(DRIVER_LOOPBACK);                                                                     \
    }                                                                                              \
    Test(suite##_sim, name)                                                                        \
    {                                                                                              \
        name(DRIVER_SIM);                                                                          \
    }                                                                                              \
    static void name(enum driver_kind kind)

/* What they have in common, as TestSuite() takes it. */
#define DRIVER_SUITES(suite, ...)                                                                  \
    TestSuite(suite##_poll, __VA_ARGS__);                                                          \
    TestSuite(suite##_epoll, __VA_ARGS__);                                                         \
    TestSuite(suite##_uring, __VA_ARGS__)

#endif /* TESTS_SUPPORT_DRIVERS_H */
