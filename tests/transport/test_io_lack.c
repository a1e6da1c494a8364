/* test_io_lack: the system has no memory for a moment, of which nobody tells when it is over. */
#define _DEFAULT_SOURCE /* syscall() */
#include <meeple/io.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/drivers.h"

/* ---- the system's functions, of which the next calls fail ---- */

static int lacking; /* calls */
static int lack;    /* errno */

static bool lacks(void)
{
    if (lacking == 0) {
        return false;
    }
    lacking--;
    errno = lack;
    return true;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    return lacks() ? -1 : (ssize_t)syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return lacks() ? -1 : (ssize_t)syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
    return lacks() ? -1 : (ssize_t)syscall(SYS_recvfrom, fd, bytes, len, flags, NULL, NULL);
}

/* ---- two ends of a stream in one io ---- */

struct stream {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *from, *to;
};

static meeple_io_event expect(struct stream *stream, meeple_io_event_type type)
{
    meeple_io_event event = {0};

    cr_assert_eq(stream->driver->next(stream->io, &event, 5000), 1);
    cr_assert_eq(event.type, type, "event %d instead of %d", (int)event.type, (int)type);
    return event;
}

static void open_stream(struct stream *stream)
{
    const meeple_io_driver *driver = stream->driver;
    meeple_socket *listener;
    meeple_io_event event;

    cr_assert_eq(driver->open(driver, NULL, NULL, &stream->io), 0);
    cr_assert_eq(driver->listen(stream->io, "127.0.0.1", 0, false, NULL, &listener), 0);
    cr_assert_eq(driver->connect(stream->io, "127.0.0.1", driver->port(stream->io, listener), NULL,
                                 &stream->from),
                 0);
    for (int events = 0; events < 2; events++) {
        cr_assert_eq(driver->next(stream->io, &event, 5000), 1);
        stream->to = event.type == MEEPLE_IO_ACCEPTED ? event.socket : stream->to;
    }
    cr_assert(stream->to);
    while (driver->next(stream->io, &event, 0) == 1) {
    }
}

static void send_one(struct stream *stream, size_t gone)
{
    cr_assert_eq(
        stream->driver->send(stream->io, stream->from, &(meeple_bytes){(const uint8_t *)"x", 1}, 1),
        gone);
}

/* With each error that says so. */
static void try_each(const meeple_io_driver *driver, void (*play)(struct stream *stream))
{
    static const int errors[] = {ENOBUFS, ENOMEM};

    for (size_t i = 0; i < MEEPLE_COUNT(errors); i++) {
        struct stream stream = {.driver = driver};

        lack = errors[i];
        open_stream(&stream);
        play(&stream);
        driver->free(stream.io);
    }
}

static void lack_to_send(struct stream *stream)
{
    for (int times = 1; times < 4; times++) {
        lacking = times;
        send_one(stream, 0);
        while (lacking > 0) {
            cr_assert_eq(expect(stream, MEEPLE_IO_SENT).socket, stream->from);
            send_one(stream, 0);
        }
        cr_assert_eq(expect(stream, MEEPLE_IO_SENT).socket, stream->from);
        send_one(stream, 1);
        cr_assert_eq(expect(stream, MEEPLE_IO_RECEIVED).socket, stream->to);
    }
}

EACH_DRIVER(io_lack, what_could_not_be_sent_can_soon)
{
    try_each(driver, lack_to_send);
}

static void lack_to_receive(struct stream *stream)
{
    meeple_io_event event;

    for (int times = 1; times < 4; times++) {
        send_one(stream, 1);
        lacking = times;
        cr_assert_eq(expect(stream, MEEPLE_IO_RECEIVED).len, 1);
        cr_assert_eq(lacking, 0);
        cr_assert_eq(stream->driver->next(stream->io, &event, 0), 0);
    }
}

EACH_DRIVER(io_lack, what_could_not_be_received_is_soon)
{
    try_each(driver, lack_to_receive);
}

static void lack_before_the_end(struct stream *stream)
{
    send_one(stream, 1);
    stream->driver->finish(stream->io, stream->from);
    lacking = 2;
    cr_assert_eq(expect(stream, MEEPLE_IO_RECEIVED).len, 1);
    cr_assert_eq(expect(stream, MEEPLE_IO_ENDED).socket, stream->to);
}

EACH_DRIVER(io_lack, an_end_behind_it_is_not_lost)
{
    try_each(driver, lack_before_the_end);
}
