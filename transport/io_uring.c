/* io_uring: Linux's completion queue as a multiplexer; epoll where the kernel has none for us. */
#define _GNU_SOURCE /* liburing.h asks for it */
#include "transport/io_socket.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/io_address.h"

enum {
    SUBMISSIONS = 256,  /* that wait to be told to the kernel */
    COMPLETIONS = 4096, /* that wait for us; the kernel keeps those that do not fit */
    FIRST_SLOTS = 16
};

/* One poll at a time for each socket.  What the kernel still says of an earlier one has another
 * generation. */
struct slot {
    meeple_socket *socket; /* NULL: the slot is free, and `next` the one that is free after it */
    uint32_t generation, next;
    bool armed, hungry; /* hungry: in `hungry` of the watcher, to be armed before the wait */
};

struct uring_watcher {
    struct io_uring ring;
    bool enabled; /* with the first thread that submits */
    struct slot *slots;
    uint32_t *hungry;
    uint32_t count, cap, free, hungry_count;
};

static const uint64_t to_nobody = UINT64_MAX;

static uint64_t name_of(const struct uring_watcher *watcher, uint32_t index)
{
    return (uint64_t)watcher->slots[index].generation << 32 | index;
}

/*
 * Only the thread that submits may do so ever after, and its completions are worked off only when
 * it asks for them (Linux 6.1).  Which one that is, is open until the first: a net may be made on
 * one thread and live on another.
 */
static int ring_open(struct uring_watcher *watcher)
{
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                              IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED |
                                              IORING_SETUP_CQSIZE,
                                     .cq_entries = COMPLETIONS};

    return io_uring_queue_init_params(SUBMISSIONS, &watcher->ring, &params);
}

static int watcher_open(meeple_io *io)
{
    struct uring_watcher *watcher = meeple__alloc(io->mem, sizeof *watcher);
    char why[120];
    int rc;

    if (!watcher) {
        return MEEPLE_ENOMEM;
    }
    rc = ring_open(watcher);
    if (rc < 0) {
        meeple__errno_text(-rc, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_INFO, "io", "no io_uring here (%s): it will be epoll", why);
        meeple__free(io->mem, watcher);
        return MEEPLE_EIO;
    }
    watcher->free = UINT32_MAX;
    io->watcher = watcher;
    return 0;
}

static void watcher_free(meeple_io *io)
{
    struct uring_watcher *watcher = io->watcher;

    io_uring_queue_exit(&watcher->ring);
    meeple__free(io->mem, watcher->slots);
    meeple__free(io->mem, watcher->hungry);
    meeple__free(io->mem, watcher);
}

static int watcher_pollable(meeple_io *io)
{
    const struct uring_watcher *watcher = io->watcher;

    return watcher->ring.ring_fd;
}

/* The first to do this is the thread that the ring belongs to. */
static int enable(struct uring_watcher *watcher)
{
    int rc = 0;

    if (!watcher->enabled) {
        rc = io_uring_register((unsigned)watcher->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL,
                               0);
        watcher->enabled = rc >= 0;
    }
    return rc;
}

/* Tells the kernel, and hears from it without waiting. */
static int submit(struct uring_watcher *watcher)
{
    int rc = enable(watcher);

    return rc < 0 ? rc : io_uring_submit_and_get_events(&watcher->ring);
}

static struct io_uring_sqe *submission(struct uring_watcher *watcher)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&watcher->ring);

    if (!sqe && submit(watcher) >= 0) {
        sqe = io_uring_get_sqe(&watcher->ring);
    }
    return sqe;
}

static bool arm(struct uring_watcher *watcher, uint32_t index)
{
    struct slot *slot = &watcher->slots[index];
    unsigned interest = slot->socket->interest;
    struct io_uring_sqe *sqe = submission(watcher);

    if (!sqe) {
        return false;
    }
    io_uring_prep_poll_add(sqe, slot->socket->fd,
                           (interest & MEEPLE__READABLE ? POLLIN : 0u) |
                               (interest & MEEPLE__WRITABLE ? POLLOUT : 0u));
    if (interest == 0) {
        /* The end of the other side's stream is told here whether asked for or not: once, and not
         * over and over, is what a poll that goes on does. */
        sqe->len = IORING_POLL_ADD_MULTI;
    }
    sqe->user_data = name_of(watcher, index);
    slot->armed = true;
    return true;
}

static void make_hungry(struct uring_watcher *watcher, uint32_t index)
{
    if (!watcher->slots[index].hungry) {
        watcher->slots[index].hungry = true;
        watcher->hungry[watcher->hungry_count++] = index;
    }
}

/* Whatever the kernel says of it from now on is for nobody. */
static void disarm(struct uring_watcher *watcher, uint32_t index)
{
    struct slot *slot = &watcher->slots[index];

    if (slot->armed) {
        struct io_uring_sqe *sqe = submission(watcher);

        if (sqe) {
            io_uring_prep_poll_remove(sqe, name_of(watcher, index));
            sqe->user_data = to_nobody;
        }
    }
    slot->armed = false;
    slot->generation++;
}

static int grow(meeple_io *io, struct uring_watcher *watcher)
{
    uint32_t cap = watcher->cap ? watcher->cap * 2 : FIRST_SLOTS;
    struct slot *slots = meeple__resize(io->mem, watcher->slots, cap * sizeof *slots);
    uint32_t *hungry;

    if (!slots) {
        return MEEPLE_ENOMEM;
    }
    watcher->slots = slots;
    hungry = meeple__resize(io->mem, watcher->hungry, cap * sizeof *hungry);
    if (!hungry) {
        return MEEPLE_ENOMEM;
    }
    watcher->hungry = hungry;
    watcher->cap = cap;
    return 0;
}

static int watcher_add(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    struct uring_watcher *watcher = io->watcher;
    uint32_t index = watcher->free;

    (void)interest; /* it is the socket's by the time that it is armed */
    if (index == UINT32_MAX) {
        if (watcher->count == watcher->cap && grow(io, watcher) < 0) {
            return MEEPLE_ENOMEM;
        }
        index = watcher->count++;
        watcher->slots[index] = (struct slot){.socket = NULL};
    } else {
        watcher->free = watcher->slots[index].next;
    }
    watcher->slots[index].socket = socket;
    socket->slot = index;
    make_hungry(watcher, index);
    return 0;
}

static void watcher_change(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    struct uring_watcher *watcher = io->watcher;

    (void)interest;
    disarm(watcher, socket->slot);
    make_hungry(watcher, socket->slot);
}

static void watcher_remove(meeple_io *io, meeple_socket *socket)
{
    struct uring_watcher *watcher = io->watcher;

    bool armed = watcher->slots[socket->slot].armed;

    disarm(watcher, socket->slot);
    watcher->slots[socket->slot].socket = NULL;
    watcher->slots[socket->slot].next = watcher->free;
    watcher->free = socket->slot;
    /* The request holds the file, too: it has to be gone for close() to end the stream. */
    if (armed) {
        submit(watcher);
    }
}

/* True if nothing can be waited for. */
static bool arm_all(struct uring_watcher *watcher)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < watcher->hungry_count; i++) {
        uint32_t index = watcher->hungry[i];

        if (watcher->slots[index].socket && !watcher->slots[index].armed && !arm(watcher, index)) {
            watcher->hungry[left++] = index;
        } else {
            watcher->slots[index].hungry = false;
        }
    }
    watcher->hungry_count = left;
    return left > 0;
}

static void completed(meeple_io *io, const struct io_uring_cqe *cqe)
{
    struct uring_watcher *watcher = io->watcher;
    uint32_t index = (uint32_t)cqe->user_data;
    unsigned events = cqe->res < 0 ? 0 : (unsigned)cqe->res;

    if (cqe->user_data == to_nobody || index >= watcher->count ||
        name_of(watcher, index) != cqe->user_data || !watcher->slots[index].socket) {
        return;
    }
    if (!(cqe->flags & IORING_CQE_F_MORE)) {
        watcher->slots[index].armed = false;
        make_hungry(watcher, index);
    }
    events &= POLLIN | POLLOUT | POLLERR | POLLHUP;
    if (events != 0) {
        meeple__socket_mark(io, watcher->slots[index].socket,
                            (events & POLLIN ? MEEPLE__READABLE : 0u) |
                                (events & POLLOUT ? MEEPLE__WRITABLE : 0u) |
                                (events & (POLLERR | POLLHUP) ? MEEPLE__HANGUP : 0u));
    }
}

/* All in one system call. */
static int enter(struct uring_watcher *watcher, int timeout_ms)
{
    struct __kernel_timespec left = {timeout_ms / 1000, (timeout_ms % 1000) * 1000000LL};
    struct io_uring_cqe *cqe;
    int rc = enable(watcher);

    if (rc < 0 || timeout_ms == 0) {
        return rc < 0 ? rc : submit(watcher);
    }
    return io_uring_submit_and_wait_timeout(&watcher->ring, &cqe, 1, timeout_ms < 0 ? NULL : &left,
                                            NULL);
}

static int watcher_wait(meeple_io *io, int timeout_ms)
{
    struct uring_watcher *watcher = io->watcher;
    bool lacking = arm_all(watcher);
    struct io_uring_cqe *cqe;
    unsigned head, count = 0;
    int rc = enter(watcher, lacking ? 0 : timeout_ms);

    if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EBUSY && rc != -EAGAIN) {
        char why[120];

        meeple__errno_text(-rc, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "io_uring_enter() failed: %s", why);
        return MEEPLE_EIO;
    }
    io_uring_for_each_cqe(&watcher->ring, head, cqe)
    {
        completed(io, cqe);
        count++;
    }
    io_uring_cq_advance(&watcher->ring, count);
    return 0;
}

static int open_uring(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                      meeple_io **out)
{
    static const struct meeple__multiplexer multiplexer = {.open = watcher_open,
                                                           .free = watcher_free,
                                                           .pollable = watcher_pollable,
                                                           .add = watcher_add,
                                                           .change = watcher_change,
                                                           .remove = watcher_remove,
                                                           .wait = watcher_wait};
    const meeple_io_driver *epoll = meeple_io_epoll();
    int rc = meeple__io_open(&multiplexer, mem, log, out);

    (void)driver;
    return rc == MEEPLE_EIO ? epoll->open(epoll, mem, log, out) : rc;
}

const meeple_io_driver *meeple_io_uring(void)
{
    static const meeple_io_driver driver = {
        .name = "uring", .open = open_uring, MEEPLE__SOCKET_FUNCTIONS};

    return &driver;
}
