/* io_epoll: Linux's multiplexer, whose price does not grow with the streams at rest. */
#include "transport/io_socket.h"

#ifdef __linux__

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/io_address.h"

enum {
    /* How many are told at once.  Linux puts those it told behind the others, so that streams that
     * do not fit into one batch are first in the next; and behind them what is told again(). */
    BATCH = 128
};

/* All that is told of a stream, once for each time that it comes true (epoll(7), "Level-triggered
 * and edge-triggered"): nothing has to be told to the kernel when a stream blocks. */
static const uint32_t stream_events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;

struct epoll_watcher {
    int fd;
};

static int watcher_open(meeple_io *io)
{
    struct epoll_watcher *watcher = meeple__alloc(io->mem, sizeof *watcher);
    char why[120];

    if (!watcher) {
        return MEEPLE_ENOMEM;
    }
    watcher->fd = epoll_create1(EPOLL_CLOEXEC);
    if (watcher->fd < 0) {
        meeple__errno_text(errno, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "could not make an epoll: %s", why);
        meeple__free(io->mem, watcher);
        return MEEPLE_EIO;
    }
    io->watcher = watcher;
    return 0;
}

static void watcher_free(meeple_io *io)
{
    struct epoll_watcher *watcher = io->watcher;

    close(watcher->fd);
    meeple__free(io->mem, watcher);
}

/* An epoll can be waited for like anything else. */
static int watcher_pollable(meeple_io *io)
{
    const struct epoll_watcher *watcher = io->watcher;

    return watcher->fd;
}

static int control(meeple_io *io, int operation, meeple_socket *socket, uint32_t events)
{
    const struct epoll_watcher *watcher = io->watcher;
    struct epoll_event event = {.events = events, .data.ptr = socket};

    if (epoll_ctl(watcher->fd, operation, socket->fd, &event) < 0) {
        return errno == ENOMEM || errno == ENOSPC ? MEEPLE_ENOMEM : MEEPLE_EIO;
    }
    return 0;
}

static uint32_t events_of(unsigned interest)
{
    return (interest & MEEPLE__READABLE ? EPOLLIN : 0u) |
           (interest & MEEPLE__WRITABLE ? EPOLLOUT : 0u);
}

static int watcher_add(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    return control(io, EPOLL_CTL_ADD, socket, events_of(interest));
}

static int watcher_add_stream(meeple_io *io, meeple_socket *socket)
{
    return control(io, EPOLL_CTL_ADD, socket, stream_events);
}

/* What is ready by now is an edge then, and last in the kernel's order. */
static void watcher_again(meeple_io *io, meeple_socket *socket, unsigned ready)
{
    int rc = control(io, EPOLL_CTL_MOD, socket, stream_events);

    (void)ready;
    assert(rc == 0);
    (void)rc;
}

static void watcher_change(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    int rc = control(io, EPOLL_CTL_MOD, socket, events_of(interest));

    assert(rc == 0);
    (void)rc;
}

/* close() alone would leave it watched as long as a forked child has the descriptor. */
static void watcher_remove(meeple_io *io, meeple_socket *socket)
{
    int rc = control(io, EPOLL_CTL_DEL, socket, 0);

    assert(rc == 0);
    (void)rc;
}

static int watcher_wait(meeple_io *io, int timeout_ms)
{
    const struct epoll_watcher *watcher = io->watcher;
    struct epoll_event batch[BATCH];
    int count = epoll_wait(watcher->fd, batch, BATCH, timeout_ms);

    if (count < 0) {
        char why[120];

        if (errno == EINTR) {
            return 0;
        }
        meeple__errno_text(errno, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "epoll_wait() failed: %s", why);
        return MEEPLE_EIO;
    }
    for (int i = 0; i < count; i++) {
        uint32_t events = batch[i].events;
        meeple_socket *socket = batch[i].data.ptr;

        if (events == EPOLLOUT && socket->phase == MEEPLE__SOCKET_OPEN && !socket->blocked) {
            continue; /* it comes with the first edge, and nobody has asked */
        }
        meeple__socket_mark(io, socket,
                            (events & EPOLLIN ? MEEPLE__READABLE : 0u) |
                                (events & EPOLLOUT ? MEEPLE__WRITABLE : 0u) |
                                (events & EPOLLRDHUP ? MEEPLE__ENDING : 0u) |
                                (events & EPOLLPRI ? MEEPLE__URGENT : 0u) |
                                (events & (EPOLLERR | EPOLLHUP) ? MEEPLE__HANGUP : 0u));
    }
    return 0;
}

static int open_epoll(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                      meeple_io **out)
{
    static const struct meeple__multiplexer multiplexer = {.open = watcher_open,
                                                           .free = watcher_free,
                                                           .pollable = watcher_pollable,
                                                           .add = watcher_add,
                                                           .change = watcher_change,
                                                           .remove = watcher_remove,
                                                           .add_stream = watcher_add_stream,
                                                           .again = watcher_again,
                                                           .wait = watcher_wait};

    (void)driver;
    return meeple__io_open(&multiplexer, mem, log, out);
}

const meeple_io_driver *meeple_io_epoll(void)
{
    static const meeple_io_driver driver = {
        .name = "epoll", .open = open_epoll, MEEPLE__SOCKET_FUNCTIONS};

    return &driver;
}

#else

const meeple_io_driver *meeple_io_epoll(void)
{
    return NULL;
}

#endif
