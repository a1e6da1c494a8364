/* test_io_waker: who waits is woken, by any thread, once; and when a driver has to be asked. */
#define _GNU_SOURCE
#include <meeple/io.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/sim.h"
#include "transport/io_loopback.h"

enum {
    PATIENCE_MS = 5000,
    FDS_MAX = 256
};

/* One io of a driver. */
struct bench {
    const meeple_io_driver *driver;
    meeple_io *io;
    struct counting_mem mem;
    struct meeple__loopback *hub;
    struct sim *sim;
};

static void begin(struct bench *bench, enum driver_kind kind)
{
    *bench = (struct bench){0};
    counting_mem_init(&bench->mem);
    if (kind < DRIVER_LOOPBACK) {
        bench->driver = driver_or_skip(kind);
    } else if (kind == DRIVER_LOOPBACK) {
        cr_assert_eq(meeple__loopback_new(&bench->mem.mem, &bench->hub), 0);
        bench->driver = meeple__loopback_driver(bench->hub);
    } else {
        bench->sim = sim_new(NULL);
        bench->driver = sim_driver(bench->sim, "here");
    }
    cr_assert_eq(bench->driver->open(bench->driver, &bench->mem.mem, NULL, &bench->io), 0);
}

static void end(struct bench *bench)
{
    bench->driver->free(bench->io);
    meeple__loopback_unref(bench->hub);
    sim_free(bench->sim);
    cr_assert_eq(bench->mem.live, 0, "%zu blocks are left", bench->mem.live);
}

static int next(struct bench *bench, meeple_io_event *event, int timeout_ms)
{
    *event = (meeple_io_event){0};
    return bench->driver->next(bench->io, event, timeout_ms);
}

static void expect_woken(struct bench *bench, int timeout_ms)
{
    meeple_io_event event;

    cr_assert_eq(next(bench, &event, timeout_ms), 1);
    cr_assert_eq(event.type, MEEPLE_IO_WOKEN);
    cr_assert_null(event.socket);
    cr_assert_null(event.user);
}

EACH_KIND(io_waker, a_wake_before_the_wait_is_told_once)
{
    struct bench bench;
    meeple_io_event event;

    begin(&bench, kind);
    cr_expect_eq(next(&bench, &event, 0), 0);
    for (unsigned i = 0; i < 3; i++) {
        bench.driver->wake(bench.io);
        expect_woken(&bench, -1);
        cr_expect_eq(next(&bench, &event, 0), 0);
    }
    end(&bench);
}

EACH_KIND(io_waker, many_wakes_are_one)
{
    struct bench bench;
    meeple_io_event event;

    begin(&bench, kind);
    for (unsigned i = 0; i < 10000; i++) {
        bench.driver->wake(bench.io);
    }
    expect_woken(&bench, -1);
    cr_expect_eq(next(&bench, &event, 0), 0);
    end(&bench);
}

EACH_KIND(io_waker, a_wake_that_nobody_takes_is_freed_with_the_io)
{
    struct bench bench;

    begin(&bench, kind);
    bench.driver->wake(bench.io);
    end(&bench);
}

EACH_KIND(io_waker, a_wake_leaves_errno_as_it_was)
{
    struct bench bench;

    begin(&bench, kind);
    errno = EDOM;
    bench.driver->wake(bench.io);
    cr_expect_eq(errno, EDOM);
    end(&bench);
}

EACH_KIND(io_waker, nothing_is_due_where_nothing_is_left)
{
    struct bench bench;
    meeple_io_event event;

    begin(&bench, kind);
    cr_expect_eq(next(&bench, &event, 0), 0);
    cr_expect_eq(bench.driver->due_ms(bench.io), UINT64_MAX);
    end(&bench);
}

struct thread {
    struct bench *bench;
    pthread_t id;
};

static void *wake_once(void *ctx)
{
    struct thread *thread = ctx;

    thread->bench->driver->wake(thread->bench->io);
    return NULL;
}

EACH_SOCKET_KIND(io_waker, another_thread_ends_a_wait)
{
    struct bench bench;
    struct thread thread = {.bench = &bench};

    begin(&bench, kind);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(pthread_create(&thread.id, NULL, wake_once, &thread), 0);
        expect_woken(&bench, -1);
        cr_assert_eq(pthread_join(thread.id, NULL), 0);
    }
    end(&bench);
}

/* Two ends of a stream in one io; to_send on `from` never ends. */
struct stream {
    meeple_socket *listener, *from, *to;
};

static void connect_stream(struct bench *bench, struct stream *stream)
{
    const meeple_io_driver *driver = bench->driver;
    meeple_io_event event;
    bool connected = false;

    cr_assert_eq(driver->listen(bench->io, "127.0.0.1", 0, false, NULL, &stream->listener), 0);
    cr_assert_eq(driver->connect(bench->io, "127.0.0.1", driver->port(bench->io, stream->listener),
                                 NULL, &stream->from),
                 0);
    while (!connected || !stream->to) {
        cr_assert_eq(next(bench, &event, PATIENCE_MS), 1);
        connected = connected || event.type == MEEPLE_IO_CONNECTED;
        stream->to = event.type == MEEPLE_IO_ACCEPTED ? event.socket : stream->to;
    }
}

EACH_SOCKET_KIND(io_waker, neither_a_stream_nor_a_waker_keeps_the_other_waiting)
{
    static const uint8_t byte;
    struct bench bench;
    struct stream stream = {0};
    unsigned woken = 0, received = 0;

    begin(&bench, kind);
    connect_stream(&bench, &stream);
    for (unsigned i = 0; i < 200; i++) {
        meeple_io_event event;

        cr_assert_eq(bench.driver->send(bench.io, stream.from, &(meeple_bytes){&byte, 1}, 1), 1);
        bench.driver->wake(bench.io);
        cr_assert_eq(next(&bench, &event, PATIENCE_MS), 1);
        woken += event.type == MEEPLE_IO_WOKEN;
        received += event.type == MEEPLE_IO_RECEIVED;
    }
    cr_expect_eq(woken + received, 200);
    cr_expect(woken >= 90 && received >= 90, "%u and %u", woken, received);
    end(&bench);
}

/* Two streams are ready at once and one of them is told. */
EACH_SOCKET_KIND(io_waker, what_was_taken_and_not_told_is_due)
{
    static const uint8_t byte;
    struct bench bench;
    struct stream stream = {0};
    meeple_io_event event;

    begin(&bench, kind);
    connect_stream(&bench, &stream);
    cr_assert_eq(bench.driver->send(bench.io, stream.from, &(meeple_bytes){&byte, 1}, 1), 1);
    bench.driver->wake(bench.io);
    cr_assert_eq(next(&bench, &event, PATIENCE_MS), 1);
    cr_expect_leq(bench.driver->due_ms(bench.io), bench.driver->now_ms(bench.io));
    cr_assert_eq(next(&bench, &event, PATIENCE_MS), 1);
    cr_expect_eq(next(&bench, &event, 0), 0);
    cr_expect_eq(bench.driver->due_ms(bench.io), UINT64_MAX);
    end(&bench);
}

static bool readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    int rc = poll(&polled, 1, 0);

    cr_assert_geq(rc, 0);
    return rc > 0;
}

static void the_descriptor_is_readable_for_as_long_as_there_is_something(enum driver_kind kind)
{
    static const uint8_t byte;
    struct bench bench;
    struct stream stream = {0};
    meeple_io_event event;
    int fd;

    begin(&bench, kind);
    cr_expect_eq(next(&bench, &event, 0), 0);
    fd = bench.driver->pollable(bench.io);
    cr_assert_geq(fd, 0);
    cr_expect_not(readable(fd));
    bench.driver->wake(bench.io);
    cr_expect(readable(fd));
    cr_expect(readable(fd));
    expect_woken(&bench, 0);
    cr_expect_not(readable(fd));

    connect_stream(&bench, &stream);
    while (next(&bench, &event, 0) > 0) {
    }
    cr_expect_not(readable(fd));
    cr_assert_eq(bench.driver->send(bench.io, stream.from, &(meeple_bytes){&byte, 1}, 1), 1);
    cr_expect(readable(fd));
    cr_assert_eq(next(&bench, &event, 0), 1);
    cr_expect_eq(event.type, MEEPLE_IO_RECEIVED);
    cr_expect_eq(next(&bench, &event, 0), 0);
    cr_expect_not(readable(fd));
    bench.driver->close(bench.io, stream.from);
    cr_expect(readable(fd));
    cr_assert_eq(next(&bench, &event, 0), 1);
    cr_expect_eq(event.type, MEEPLE_IO_ENDED);
    cr_expect_eq(next(&bench, &event, 0), 0);
    cr_expect_not(readable(fd));
    cr_expect_eq(bench.driver->pollable(bench.io), fd);
    end(&bench);
}

Test(io_waker_epoll, the_descriptor_is_readable_for_as_long_as_there_is_something)
{
    the_descriptor_is_readable_for_as_long_as_there_is_something(DRIVER_EPOLL);
}

Test(io_waker_uring, the_descriptor_is_readable_for_as_long_as_there_is_something)
{
    the_descriptor_is_readable_for_as_long_as_there_is_something(DRIVER_URING);
}

Test(io_waker, drivers_without_a_descriptor_say_so)
{
    static const enum driver_kind kinds[] = {DRIVER_POLL, DRIVER_LOOPBACK, DRIVER_SIM};

    for (size_t i = 0; i < MEEPLE_COUNT(kinds); i++) {
        struct bench bench;

        begin(&bench, kinds[i]);
        cr_expect_eq(bench.driver->pollable(bench.io), MEEPLE_ESTATE);
        end(&bench);
    }
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

EACH_SOCKET_KIND(io_waker, a_program_that_is_started_inherits_nothing)
{
    bool before[FDS_MAX];
    struct bench bench;
    int opened = 0;

    for (int fd = 0; fd < FDS_MAX; fd++) {
        before[fd] = is_open(fd);
    }
    begin(&bench, kind);
    for (int fd = 0; fd < FDS_MAX; fd++) {
        if (!before[fd] && is_open(fd)) {
            opened++;
            cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
            cr_expect(kind != DRIVER_POLL && fd == bench.driver->pollable(bench.io)
                          ? true
                          : fcntl(fd, F_GETFL) & O_NONBLOCK);
        }
    }
    cr_expect_eq(opened, kind == DRIVER_POLL ? 1 : 2);
    end(&bench);
    for (int fd = 0; fd < FDS_MAX; fd++) {
        cr_expect_eq(is_open(fd), before[fd]);
    }
}

EACH_DRIVER(io_waker, no_descriptor_to_be_had_is_an_error_and_leaves_nothing)
{
    struct counting_mem mem;
    struct rlimit before, limit;
    int lowest = 0, failed = 0, rc = MEEPLE_EIO;

    counting_mem_init(&mem);
    while (is_open(lowest)) {
        lowest++;
    }
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (limit = before; rc < 0 && failed < 5; failed += rc < 0) {
        meeple_io *io = NULL;

        limit.rlim_cur = (rlim_t)(lowest + failed);
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
        rc = driver->open(driver, &mem.mem, NULL, &io);
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
        cr_assert(rc == 0 ? io != NULL : rc == MEEPLE_EIO && !io);
        driver->free(io);
        cr_assert_eq(mem.live, 0);
        cr_assert_not(is_open(lowest));
    }
    cr_expect_eq(failed, driver == meeple_io_poll() ? 1 : 2);
}
