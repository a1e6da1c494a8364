/* drivers: the same test over each driver of real sockets; skipped where there is no such driver.
 */
#include "tests/support/drivers.h"

#include <stdio.h>

enum {
    SAID_MAX = 200
};

static void keep(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)level;
    (void)area;
    snprintf(ctx, SAID_MAX, "%s", text);
}

/* The one thing that a driver says when it is opened is that it will be another. */
static void skip_if_refused(const meeple_io_driver *driver)
{
    char said[SAID_MAX] = "";
    meeple_log log = {.write = keep, .ctx = said, .level = MEEPLE_LOG_INFO};
    meeple_io *io = NULL;

    cr_assert_eq(driver->open(driver, NULL, &log, &io), 0);
    driver->free(io);
    if (*said) {
        cr_skip("%s", said);
    }
}

const meeple_io_driver *driver_or_skip(enum driver_kind kind)
{
    const meeple_io_driver *driver = kind == DRIVER_POLL    ? meeple_io_poll()
                                     : kind == DRIVER_EPOLL ? meeple_io_epoll()
                                                            : meeple_io_uring();

    cr_assert_leq(kind, DRIVER_URING);
    if (!driver) {
        static const char *const names[] = {"poll()", "epoll", "io_uring"};

        cr_skip("this library has no %s", names[kind]);
    }
    skip_if_refused(driver);
    return driver;
}
