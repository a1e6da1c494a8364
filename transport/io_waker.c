/* io_waker: how another thread, or a signal handler, ends a wait. */
#define _GNU_SOURCE /* pipe2() */
#include "transport/io_waker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "core/log.h"
#include "transport/io_address.h"

/*
 * A descriptor that is watched like a stream and becomes readable by a write, so that the
 * multiplexers and whoever waits for them know no difference.  Who wakes shares nothing else with
 * who waits, no flag that says "it was written already" either: a thread that ends between such a
 * flag and its write would silence all others.
 */

/* fds[0] to read, fds[1] to write: the same for an eventfd, which counts and so is never full. */
static int open_fds(int fds[2])
{
#ifdef __linux__
    fds[0] = fds[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fds[0] < 0 ? -1 : 0;
#else
    return pipe2(fds, O_CLOEXEC | O_NONBLOCK);
#endif
}

int meeple__waker_open(meeple_io *io)
{
    meeple_socket *waker = meeple__socket_new(io, MEEPLE__SOCKET_WAKER, NULL);
    int fds[2];

    if (!waker) {
        return MEEPLE_ENOMEM;
    }
    if (open_fds(fds) < 0) {
        char why[120];

        meeple__errno_text(errno, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "could not make a waker: %s", why);
        return MEEPLE_EIO;
    }
    waker->fd = fds[0];
    io->wake_fd = fds[1];
    return meeple__socket_watch(io, waker, MEEPLE__READABLE);
}

void meeple__waker_done(meeple_io *io)
{
#ifndef __linux__
    if (io->wake_fd >= 0) {
        close(io->wake_fd);
    }
#endif
    io->wake_fd = -1;
}

/* errno is saved for the code that a signal handler has interrupted.  A pipe that is full is
 * readable, and that is all it has to be. */
void meeple__io_wake(meeple_io *io)
{
    static const uint64_t one = 1;
    int error = errno;

    while (write(io->wake_fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
    errno = error;
}

bool meeple__waker_turn(const meeple_socket *waker, meeple_io_event *event)
{
    uint64_t counts[64]; /* an eventfd has one; what is left in a pipe is told again */

    if (read(waker->fd, counts, sizeof counts) < 0) {
        return false;
    }
    event->type = MEEPLE_IO_WOKEN;
    event->socket = NULL;
    return true;
}
