/* io_uring: Linux's ring as a multiplexer; epoll where the kernel has none for us. */
#define _GNU_SOURCE /* liburing.h asks for it */
#include "transport/io_socket.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/io_address.h"

/*
 * Each stream has a poll of the kernel's that goes on for as long as it is watched and tells edges,
 * and so has the waker; whatever else is watched has one that ends with what it tells and is made
 * anew.  Bytes are read and sent by system calls, as with epoll: the ring saves the waiting, and is
 * asked for nothing whose end has to be awaited before memory may go.  (Receiving and sending
 * through it were little faster with short messages, and much slower with long ones:
 * docs/performance.md.)
 */
enum {
    SUBMISSIONS = 256,  /* that wait to be told to the kernel */
    COMPLETIONS = 4096, /* that wait for us; the kernel keeps those that do not fit */
    FIRST_SLOTS = 16
};

static const uint32_t no_slot = UINT32_MAX;

/* What is watched.  Whatever the kernel still says of an earlier poll has another generation. */
struct slot {
    meeple_socket *socket; /* NULL: it is free */
    uint32_t generation;
    uint32_t next; /* free: the slot that is free after it */
    uint8_t again; /* to be marked with the next wait */
    bool edges, armed;
    bool listed; /* in `listed` of the watcher */
};

struct uring_watcher {
    struct io_uring ring;
    bool enabled;
    struct slot *slots;
    uint32_t *listed; /* slots that the next wait has to look at: to arm them, or to mark them */
    uint32_t count, cap, free, listed_count;
};

static const uint64_t to_nobody = UINT64_MAX;

static uint64_t name_of(const struct uring_watcher *watcher, uint32_t index)
{
    return (uint64_t)watcher->slots[index].generation << 32 | index;
}

/*
 * A thread that submits to such a ring is the only one ever, and the kernel does its work for the
 * ring when that thread asks for it, rather than whenever it likes (Linux 6.1).  Which thread it
 * is, is open until the first: a net may be made on one and live on another.
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
    watcher->free = no_slot;
    io->watcher = watcher;
    return 0;
}

/* Nothing is watched any more, so nothing is left for the kernel to clear away in its own time. */
static void watcher_free(meeple_io *io)
{
    struct uring_watcher *watcher = io->watcher;

    io_uring_queue_exit(&watcher->ring);
    meeple__free(io->mem, watcher->slots);
    meeple__free(io->mem, watcher->listed);
    meeple__free(io->mem, watcher);
}

static int watcher_pollable(meeple_io *io)
{
    const struct uring_watcher *watcher = io->watcher;

    return watcher->ring.ring_fd;
}

static bool watcher_pending(const meeple_io *io)
{
    const struct uring_watcher *watcher = io->watcher;

    return watcher->listed_count > 0;
}

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

/* Tells the kernel what there is to tell, and waits for as many completions, or for that long; all
 * in one system call.  Work that it has put off is done as far as it is needed for so many. */
static int enter(struct uring_watcher *watcher, unsigned completions, int timeout_ms)
{
    struct __kernel_timespec left = {timeout_ms / 1000, (timeout_ms % 1000) * 1000000LL};
    struct io_uring_cqe *cqe;
    int rc = enable(watcher);

    if (rc >= 0) {
        rc = io_uring_submit_and_wait_timeout(&watcher->ring, &cqe, completions,
                                              timeout_ms < 0 ? NULL : &left, NULL);
    }
    return rc == -ETIME || rc == -EINTR || rc == -EBUSY || rc == -EAGAIN ? 0 : rc;
}

/* All of that work. */
static int enter_for_all(struct uring_watcher *watcher)
{
    return enter(watcher, COMPLETIONS, 0);
}

static struct io_uring_sqe *submission(struct uring_watcher *watcher)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&watcher->ring);

    if (!sqe && enable(watcher) >= 0 && io_uring_submit(&watcher->ring) >= 0) {
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
    if (slot->edges) {
        sqe->len = IORING_POLL_ADD_MULTI;
    }
    sqe->user_data = name_of(watcher, index);
    slot->armed = true;
    return true;
}

static void list(struct uring_watcher *watcher, uint32_t index)
{
    if (!watcher->slots[index].listed) {
        watcher->slots[index].listed = true;
        watcher->listed[watcher->listed_count++] = index;
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
            sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
            sqe->user_data = to_nobody;
        }
    }
    slot->armed = false;
    slot->again = 0;
    slot->generation++;
}

static int grow(meeple_io *io, struct uring_watcher *watcher)
{
    uint32_t cap = watcher->cap ? watcher->cap * 2 : FIRST_SLOTS;
    struct slot *slots = meeple__resize(io->mem, watcher->slots, cap * sizeof *slots);
    uint32_t *listed;

    if (!slots) {
        return MEEPLE_ENOMEM;
    }
    watcher->slots = slots;
    listed = meeple__resize(io->mem, watcher->listed, cap * sizeof *listed);
    if (!listed) {
        return MEEPLE_ENOMEM;
    }
    watcher->listed = listed;
    watcher->cap = cap;
    return 0;
}

static int add(meeple_io *io, meeple_socket *socket, bool edges)
{
    struct uring_watcher *watcher = io->watcher;
    uint32_t index = watcher->free;

    if (index == no_slot) {
        if (watcher->count == watcher->cap && grow(io, watcher) < 0) {
            return MEEPLE_ENOMEM;
        }
        index = watcher->count++;
        watcher->slots[index] = (struct slot){.socket = NULL};
    } else {
        watcher->free = watcher->slots[index].next;
    }
    watcher->slots[index].socket = socket;
    watcher->slots[index].edges = edges;
    socket->slot = index;
    list(watcher, index);
    return 0;
}

/* The interest is the socket's by the time that it is armed. */
static int watcher_add(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    (void)interest;
    return add(io, socket, socket->phase == MEEPLE__SOCKET_WAKER);
}

static int watcher_add_stream(meeple_io *io, meeple_socket *socket)
{
    socket->interest = MEEPLE__READABLE | MEEPLE__WRITABLE;
    return add(io, socket, true);
}

static void watcher_change(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    struct uring_watcher *watcher = io->watcher;

    (void)interest;
    disarm(watcher, socket->slot);
    list(watcher, socket->slot);
}

static void watcher_again(meeple_io *io, meeple_socket *socket, unsigned ready)
{
    struct uring_watcher *watcher = io->watcher;

    watcher->slots[socket->slot].again |= (uint8_t)ready;
    list(watcher, socket->slot);
}

/* Arms what is to be armed; true if something else is to be done than to wait. */
static bool arm_listed(struct uring_watcher *watcher)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < watcher->listed_count; i++) {
        uint32_t index = watcher->listed[i];
        struct slot *slot = &watcher->slots[index];
        bool is_armed = !slot->socket || slot->armed || arm(watcher, index);

        slot->listed = slot->again != 0 || !is_armed;
        if (slot->listed) {
            watcher->listed[left++] = index;
        }
    }
    watcher->listed_count = left;
    return left > 0;
}

static void completed(meeple_io *io, const struct io_uring_cqe *cqe)
{
    struct uring_watcher *watcher = io->watcher;
    uint32_t index = (uint32_t)cqe->user_data;
    unsigned events = cqe->res < 0 ? 0 : (unsigned)cqe->res;
    struct slot *slot;

    if (cqe->user_data == to_nobody || name_of(watcher, index) != cqe->user_data) {
        return;
    }
    slot = &watcher->slots[index];
    if (!(cqe->flags & IORING_CQE_F_MORE)) {
        slot->armed = false;
        list(watcher, index);
    }
    if (slot->edges && !slot->socket->blocked) {
        events &= ~(unsigned)POLLOUT; /* it comes with every other edge */
    }
    if (events & (POLLIN | POLLOUT | POLLERR | POLLHUP)) {
        meeple__socket_mark(io, slot->socket,
                            (events & POLLIN ? MEEPLE__READABLE : 0u) |
                                (events & POLLOUT ? MEEPLE__WRITABLE : 0u) |
                                (events & POLLRDHUP ? MEEPLE__ENDING : 0u) |
                                (events & (POLLERR | POLLHUP) ? MEEPLE__HANGUP : 0u));
    }
}

/* Marks what the completions say. */
static void reap(meeple_io *io)
{
    struct uring_watcher *watcher = io->watcher;
    struct io_uring_cqe *cqe;
    unsigned head, count = 0;

    io_uring_for_each_cqe(&watcher->ring, head, cqe)
    {
        completed(io, cqe);
        count++;
    }
    io_uring_cq_advance(&watcher->ring, count);
}

static void watcher_remove(meeple_io *io, meeple_socket *socket)
{
    struct uring_watcher *watcher = io->watcher;
    struct slot *slot = &watcher->slots[socket->slot];
    bool armed = slot->armed;

    disarm(watcher, socket->slot);
    slot->socket = NULL;
    slot->next = watcher->free;
    watcher->free = socket->slot;
    /* The poll holds the file, too: it has to be gone for close() to end the stream.  With a full
     * queue of completions nothing would go. */
    if (armed) {
        enter_for_all(watcher);
        reap(io);
    }
}

/* Of what was ready before, behind what has become so since. */
static void mark_listed(meeple_io *io)
{
    struct uring_watcher *watcher = io->watcher;

    for (uint32_t i = 0; i < watcher->listed_count; i++) {
        struct slot *slot = &watcher->slots[watcher->listed[i]];

        if (slot->again != 0) {
            meeple__socket_mark(io, slot->socket, slot->again);
            slot->again = 0;
        }
    }
}

static int watcher_wait(meeple_io *io, int timeout_ms)
{
    struct uring_watcher *watcher = io->watcher;
    bool busy = arm_listed(watcher) || timeout_ms == 0;
    int rc = busy ? enter_for_all(watcher) : enter(watcher, 1, timeout_ms);

    if (rc < 0) {
        char why[120];

        meeple__errno_text(-rc, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_ERROR, "io", "io_uring_enter() failed: %s", why);
        return MEEPLE_EIO;
    }
    reap(io);
    mark_listed(io);
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
                                                           .add_stream = watcher_add_stream,
                                                           .again = watcher_again,
                                                           .pending = watcher_pending,
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
