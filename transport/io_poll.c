/* io_poll: the multiplexer that every system has. */
#include <errno.h>
#include <poll.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/io_address.h"
#include "transport/io_socket.h"

/* sockets[i] is what polled[i] watches. */
struct poll_watcher {
    struct pollfd *polled;
    meeple_socket **sockets;
    uint32_t count, cap;
};

static int watcher_open(meeple_io *io)
{
    io->watcher = meeple__alloc(io->mem, sizeof(struct poll_watcher));
    return io->watcher ? 0 : MEEPLE_ENOMEM;
}

static void watcher_free(meeple_io *io)
{
    struct poll_watcher *watcher = io->watcher;

    meeple__free(io->mem, watcher->polled);
    meeple__free(io->mem, watcher->sockets);
    meeple__free(io->mem, watcher);
}

/* What is watched is known to nobody but us. */
static int watcher_pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static int watcher_grow(meeple_io *io, struct poll_watcher *watcher)
{
    uint32_t cap = watcher->cap ? watcher->cap * 2 : 8;
    struct pollfd *polled = meeple__resize(io->mem, watcher->polled, cap * sizeof *polled);
    meeple_socket **sockets;

    if (!polled) {
        return MEEPLE_ENOMEM;
    }
    watcher->polled = polled;
    sockets = meeple__resize(io->mem, watcher->sockets, cap * sizeof *sockets);
    if (!sockets) {
        return MEEPLE_ENOMEM;
    }
    watcher->sockets = sockets;
    watcher->cap = cap;
    return 0;
}

static short events_of(unsigned interest)
{
    return (short)((interest & MEEPLE__READABLE ? POLLIN : 0) |
                   (interest & MEEPLE__WRITABLE ? POLLOUT : 0));
}

static int watcher_add(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    struct poll_watcher *watcher = io->watcher;

    if (watcher->count == watcher->cap) {
        int rc = watcher_grow(io, watcher);

        if (rc < 0) {
            return rc;
        }
    }
    socket->slot = watcher->count++;
    watcher->sockets[socket->slot] = socket;
    watcher->polled[socket->slot] =
        (struct pollfd){.fd = socket->fd, .events = events_of(interest)};
    return 0;
}

static void watcher_change(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    struct poll_watcher *watcher = io->watcher;

    watcher->polled[socket->slot].events = events_of(interest);
}

/* The last one takes its slot. */
static void watcher_remove(meeple_io *io, meeple_socket *socket)
{
    struct poll_watcher *watcher = io->watcher;
    uint32_t last = --watcher->count;

    watcher->polled[socket->slot] = watcher->polled[last];
    watcher->sockets[socket->slot] = watcher->sockets[last];
    watcher->sockets[socket->slot]->slot = socket->slot;
}

static int watcher_wait(meeple_io *io, int timeout_ms)
{
    struct poll_watcher *watcher = io->watcher;
    int left = poll(watcher->polled, watcher->count, timeout_ms);

    if (left < 0) {
        char why[120];

        if (errno == EINTR || errno == EAGAIN) {
            return 0;
        }
        meeple__errno_text(errno, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "poll() failed: %s", why);
        return MEEPLE_EIO;
    }
    for (uint32_t i = 0; i < watcher->count && left > 0; i++) {
        short events = watcher->polled[i].revents;

        if (events != 0) {
            meeple__socket_mark(
                io, watcher->sockets[i],
                (events & POLLIN ? MEEPLE__READABLE : 0u) |
                    (events & POLLOUT ? MEEPLE__WRITABLE : 0u) |
                    (events & (POLLERR | POLLHUP | POLLNVAL) ? MEEPLE__HANGUP : 0u));
            left--;
        }
    }
    return 0;
}

static int open_poll(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                     meeple_io **out)
{
    static const struct meeple__multiplexer multiplexer = {.open = watcher_open,
                                                           .free = watcher_free,
                                                           .pollable = watcher_pollable,
                                                           .add = watcher_add,
                                                           .change = watcher_change,
                                                           .remove = watcher_remove,
                                                           .wait = watcher_wait};

    (void)driver;
    return meeple__io_open(&multiplexer, mem, log, out);
}

const meeple_io_driver *meeple_io_poll(void)
{
    static const meeple_io_driver driver = {
        .name = "poll", .open = open_poll, MEEPLE__SOCKET_FUNCTIONS};

    return &driver;
}
