/* io_socket: what the readiness drivers share: all but the multiplexer. */
#include "transport/io_socket.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/io_address.h"
#include "transport/io_connect.h"
#include "transport/io_listen.h"
#include "transport/io_race.h"
#include "transport/io_waker.h"

enum {
    SEND_PARTS = 64 /* one sendmsg() */
};

int meeple__io_open(const struct meeple__multiplexer *multiplexer, const meeple_mem *mem,
                    const meeple_log *log, meeple_io **out)
{
    meeple_io *io = meeple__alloc(mem, sizeof *io);
    int rc = MEEPLE_ENOMEM;

    *out = NULL;
    if (!io) {
        return MEEPLE_ENOMEM;
    }
    io->multiplexer = multiplexer;
    io->mem = mem;
    io->log = log;
    io->wake_fd = -1;
    meeple__list_init(&io->sockets);
    meeple__list_init(&io->turns);
    meeple__list_init(&io->paused);
    meeple__list_init(&io->races);
    /* Not zeroed: pages that no stream ever fills stay the system's. */
    io->received = meeple__resize(mem, NULL, MEEPLE__RECEIVE_BYTES);
    if (io->received) {
        rc = multiplexer->open(io);
    }
    if (rc < 0) {
        meeple__free(mem, io->received);
        meeple__free(mem, io);
        return rc;
    }
    rc = meeple__waker_open(io);
    if (rc < 0) {
        meeple__io_free(io);
        return rc;
    }
    *out = io;
    return 0;
}

void meeple__io_free(meeple_io *io)
{
    if (!io) {
        return;
    }
    while (!meeple__list_empty(&io->sockets)) {
        meeple__io_close(io, MEEPLE__CONTAINER(io->sockets.next, meeple_socket, link));
    }
    meeple__waker_done(io);
    io->multiplexer->free(io);
    meeple__random_done(&io->random);
    meeple__free(io->mem, io->received);
    meeple__free(io->mem, io);
}

uint64_t meeple__io_now_ms(meeple_io *io)
{
    struct timespec now;

    (void)io;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int meeple__io_random(meeple_io *io, void *dst, size_t len)
{
    return meeple__random_fill(&io->random, dst, len);
}

meeple_socket *meeple__socket_new(meeple_io *io, meeple__socket_phase phase, void *user)
{
    meeple_socket *socket = meeple__alloc(io->mem, sizeof *socket);

    if (socket) {
        socket->phase = (uint8_t)phase;
        socket->user = user;
        socket->fd = -1;
        meeple__list_init(&socket->link);
        meeple__list_init(&socket->turn);
        meeple__list_append(&io->sockets, &socket->link);
    }
    return socket;
}

void meeple__socket_mark(meeple_io *io, meeple_socket *socket, unsigned ready)
{
    socket->ready |= (uint8_t)ready;
    if (socket->phase == MEEPLE__SOCKET_RACING) {
        socket = socket->user;
    }
    if (meeple__list_empty(&socket->turn)) {
        meeple__list_append(&io->turns, &socket->turn);
    }
}

int meeple__socket_watch(meeple_io *io, meeple_socket *socket, unsigned interest)
{
    if (!socket->watched) {
        int rc = io->multiplexer->add(io, socket, interest);

        if (rc < 0) {
            return rc;
        }
        socket->watched = true;
    } else if (socket->interest != interest) {
        io->multiplexer->change(io, socket, interest);
    }
    socket->interest = (uint8_t)interest;
    return 0;
}

int meeple__socket_watch_stream(meeple_io *io, meeple_socket *socket)
{
    int rc;

    assert(!socket->watched);
    if (!io->multiplexer->add_stream) {
        return meeple__socket_watch(io, socket, MEEPLE__READABLE);
    }
    rc = io->multiplexer->add_stream(io, socket);
    socket->watched = rc == 0;
    return rc;
}

void meeple__socket_ignore(meeple_io *io, meeple_socket *socket)
{
    if (socket->watched) {
        io->multiplexer->remove(io, socket);
        socket->watched = false;
    }
}

/* What an open stream is watched for now.  One that is over on both sides would be told as hung up
 * for ever. */
static void watch_stream(meeple_io *io, meeple_socket *socket)
{
    unsigned interest = 0;

    if (socket->ended && socket->finished) {
        meeple__socket_ignore(io, socket);
    } else if (socket->watched && !io->multiplexer->add_stream) {
        interest |= socket->ended ? 0 : MEEPLE__READABLE;
        interest |= socket->blocked ? MEEPLE__WRITABLE : 0;
        meeple__socket_watch(io, socket, interest);
    }
}

/* Of edges that are not used up there comes no other. */
static void mark_later(meeple_io *io, meeple_socket *socket, unsigned ready)
{
    if (io->multiplexer->again && socket->watched) {
        io->multiplexer->again(io, socket, ready);
    }
}

void meeple__socket_no_delay(int fd)
{
    const int yes = 1;

    /* Messages are gathered into one write above; waiting for more to come only delays a turn. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

int meeple__io_connect(meeple_io *io, const char *host, uint16_t port, void *user,
                       meeple_socket **out)
{
    meeple_socket *socket = meeple__socket_new(io, MEEPLE__SOCKET_CONNECTING, user);
    int rc;

    *out = NULL;
    if (!socket) {
        return MEEPLE_ENOMEM;
    }
    rc = meeple__attempt_begin(io, socket, host, port);
    if (rc < 0) {
        meeple__io_close(io, socket);
        return rc;
    }
    *out = socket;
    return 0;
}

void meeple__io_attach(meeple_io *io, meeple_socket *socket, void *user)
{
    (void)io;
    socket->user = user;
}

/* At most SEND_PARTS of them; how many bytes there were goes to *offered. */
static ssize_t send_some(int fd, const meeple_bytes *parts, size_t count, size_t *offered)
{
    struct iovec vectors[SEND_PARTS];
    struct msghdr message = {.msg_iov = vectors};
    ssize_t sent;

    if (count == 1) {
        /* As nearly always; sendmsg() has to read and check its lists. */
        *offered = parts->len;
        do {
            sent = send(fd, parts->ptr, parts->len, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        return sent;
    }
    *offered = 0;
    for (size_t i = 0; i < count && i < SEND_PARTS; i++) {
        /* sendmsg() wants what it will not write to as `void *`. */
        const union {
            const uint8_t *ours;
            void *theirs;
        } ptr = {.ours = parts[i].ptr};

        vectors[i].iov_base = ptr.theirs;
        vectors[i].iov_len = parts[i].len;
        message.msg_iovlen = i + 1;
        *offered += parts[i].len;
    }
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

/* It passes, but nobody tells when. */
static bool is_lack(int error)
{
    return error == ENOBUFS || error == ENOMEM;
}

static bool would_block(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || is_lack(error);
}

size_t meeple__io_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                       size_t count)
{
    size_t total = 0;

    assert(socket->phase == MEEPLE__SOCKET_OPEN || socket->phase == MEEPLE__SOCKET_LOST);
    assert(!socket->blocked && !socket->finished);
    if (socket->phase == MEEPLE__SOCKET_LOST || socket->error != 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i += SEND_PARTS) {
        size_t offered;
        ssize_t sent = send_some(socket->fd, parts + i, count - i, &offered);

        if (sent < 0 && !would_block(errno)) {
            socket->error = errno;
            meeple__socket_mark(io, socket, MEEPLE__HANGUP);
            return total;
        }
        total += sent > 0 ? (size_t)sent : 0;
        if (sent < 0 || (size_t)sent < offered) {
            socket->blocked = true;
            if (sent < 0 && is_lack(errno)) {
                mark_later(io, socket, MEEPLE__WRITABLE);
            }
            watch_stream(io, socket);
            return total;
        }
    }
    return total;
}

void meeple__io_finish(meeple_io *io, meeple_socket *socket)
{
    assert(socket->phase == MEEPLE__SOCKET_OPEN || socket->phase == MEEPLE__SOCKET_LOST);
    if (socket->phase == MEEPLE__SOCKET_OPEN && !socket->finished) {
        shutdown(socket->fd, SHUT_WR);
        socket->finished = true;
        socket->blocked = false;
        watch_stream(io, socket);
    }
}

void meeple__io_close(meeple_io *io, meeple_socket *socket)
{
    meeple__list_remove(&socket->turn);
    meeple__list_remove(&socket->link);
    meeple__attempt_end(io, socket);
    meeple__socket_ignore(io, socket);
    if (socket->fd >= 0) {
        close(socket->fd);
    }
    meeple__free(io->mem, socket);
    meeple__listeners_resume(io);
}

/* Bytes, or the end; else socket->error may say more. */
static bool receive(meeple_io *io, meeple_socket *socket, meeple_io_event *event, unsigned ready)
{
    unsigned behind = ready & (MEEPLE__ENDING | MEEPLE__URGENT | MEEPLE__HANGUP);
    ssize_t got;

    do {
        got = recv(socket->fd, io->received, MEEPLE__RECEIVE_BYTES, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        event->type = MEEPLE_IO_RECEIVED;
        event->bytes = io->received;
        event->len = (size_t)got;
        if (behind != 0 || got == MEEPLE__RECEIVE_BYTES) {
            mark_later(io, socket, behind | MEEPLE__READABLE);
        }
        return true;
    }
    if (got < 0 && !would_block(errno)) {
        socket->error = socket->error ? socket->error : errno;
    } else if (got < 0 && is_lack(errno)) {
        mark_later(io, socket, behind | MEEPLE__READABLE);
    }
    /* A send() that failed has used up the error that recv() would have told. */
    if (got < 0 || socket->error != 0) {
        return false;
    }
    event->type = MEEPLE_IO_ENDED;
    socket->ended = true;
    watch_stream(io, socket);
    return true;
}

static void lose(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    char why[120];

    meeple__errno_text(socket->error, why, sizeof why);
    snprintf(io->fault_text, sizeof io->fault_text, "the connection was lost: %s", why);
    event->type = MEEPLE_IO_BROKEN;
    event->fault = (meeple_fault){MEEPLE_STAGE_CONNECT, socket->error, io->fault_text};
    socket->phase = MEEPLE__SOCKET_LOST;
    socket->blocked = false;
    meeple__socket_ignore(io, socket);
}

/* Why a stream hung up that has nothing (more) to read. */
static int loss_of(const meeple_socket *socket)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) {
        return errno;
    }
    return error ? error : ECONNRESET;
}

static bool stream_turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event,
                        unsigned ready)
{
    if (socket->blocked && (ready & MEEPLE__WRITABLE) && !(ready & MEEPLE__HANGUP)) {
        socket->blocked = false;
        watch_stream(io, socket);
        if (ready & MEEPLE__READABLE) {
            meeple__socket_mark(io, socket, ready & ~(unsigned)MEEPLE__WRITABLE);
        }
        event->type = MEEPLE_IO_SENT;
        return true;
    }
    /* What came before a reset is read before the reset is told. */
    if (!socket->ended && (ready & (MEEPLE__READABLE | MEEPLE__HANGUP)) &&
        receive(io, socket, event, ready)) {
        return true;
    }
    if ((ready & MEEPLE__HANGUP) && socket->error == 0) {
        socket->error = loss_of(socket);
    }
    if (socket->error != 0) {
        lose(io, socket, event);
        return true;
    }
    return false;
}

static bool turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    unsigned ready = socket->ready;

    socket->ready = 0;
    switch ((meeple__socket_phase)socket->phase) {
    case MEEPLE__SOCKET_LISTENING:
        return meeple__listener_turn(io, socket, event);
    case MEEPLE__SOCKET_CONNECTING:
        return meeple__attempt_turn(io, socket, event);
    case MEEPLE__SOCKET_OPEN:
        return stream_turn(io, socket, event, ready);
    case MEEPLE__SOCKET_WAKER:
        return meeple__waker_turn(socket, event);
    case MEEPLE__SOCKET_RACING: /* never has a turn of its own */
    case MEEPLE__SOCKET_LOST:
    default:
        return false;
    }
}

/* The next event of those whose turn it is.  Nobody is asked again before all were waited for. */
static bool take(meeple_io *io, meeple_io_event *out)
{
    while (!meeple__list_empty(&io->turns)) {
        meeple_socket *socket = MEEPLE__CONTAINER(io->turns.next, meeple_socket, turn);

        out->user = socket->user;
        out->socket = socket;
        out->bytes = NULL;
        out->len = 0;
        out->fault = (meeple_fault){.text = ""};
        meeple__list_remove(&socket->turn);
        if (turn(io, socket, out)) {
            return true;
        }
    }
    return false;
}

/* When there is something to do that time alone brings. */
static uint64_t timed_ms(const meeple_io *io)
{
    uint64_t due_ms = meeple__races_due_ms(io);

    if (!meeple__list_empty(&io->paused) && io->resume_ms < due_ms) {
        due_ms = io->resume_ms;
    }
    return due_ms;
}

uint64_t meeple__io_due_ms(meeple_io *io)
{
    const struct meeple__multiplexer *multiplexer = io->multiplexer;

    if (!meeple__list_empty(&io->turns) || (multiplexer->pending && multiplexer->pending(io))) {
        return 0;
    }
    return timed_ms(io);
}

/* Waits until something is marked, until_ms (UINT64_MAX: for ever), what this io has to do itself,
 * or a signal. */
static int wait_once(meeple_io *io, uint64_t now_ms, uint64_t until_ms)
{
    uint64_t due_ms = timed_ms(io);
    int timeout_ms = -1, rc;

    assert(meeple__list_empty(&io->turns));

    until_ms = due_ms < until_ms ? due_ms : until_ms;
    if (until_ms != UINT64_MAX) {
        uint64_t left_ms = until_ms > now_ms ? until_ms - now_ms : 0;

        timeout_ms = left_ms < INT_MAX ? (int)left_ms : INT_MAX;
    }
    rc = io->multiplexer->wait(io, timeout_ms);
    if (!meeple__list_empty(&io->paused) && meeple__io_now_ms(io) >= io->resume_ms) {
        meeple__listeners_resume(io);
    }
    if (!meeple__list_empty(&io->races)) {
        meeple__races_wake(io, meeple__io_now_ms(io));
    }
    return rc;
}

int meeple__io_next(meeple_io *io, meeple_io_event *event, int timeout_ms)
{
    uint64_t now_ms, until_ms = UINT64_MAX;
    bool waited = false;

    if (take(io, event)) {
        return 1;
    }
    now_ms = meeple__io_now_ms(io);
    if (timeout_ms >= 0) {
        until_ms = now_ms + (uint64_t)timeout_ms;
    }
    while (!waited || now_ms < until_ms) {
        int rc = wait_once(io, now_ms, until_ms);

        if (rc < 0) {
            return rc;
        }
        if (take(io, event)) {
            return 1;
        }
        waited = true;
        now_ms = timeout_ms == 0 ? until_ms : meeple__io_now_ms(io);
    }
    return 0;
}

int meeple__io_pollable(meeple_io *io)
{
    return io->multiplexer->pollable(io);
}

uint16_t meeple__io_port(meeple_io *io, meeple_socket *socket)
{
    struct meeple__address address = {.len = sizeof address.storage};

    (void)io;
    if (socket->fd < 0 ||
        getsockname(socket->fd, (struct sockaddr *)&address.storage, &address.len) < 0) {
        return 0;
    }
    return meeple__address_port(&address);
}

void meeple__io_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    struct meeple__address address = {.len = sizeof address.storage};
    struct meeple__ip from = {0};

    (void)io;
    if (socket->phase == MEEPLE__SOCKET_OPEN) {
        from = socket->from;
        if (meeple__ip_is_none(&from) &&
            getpeername(socket->fd, (struct sockaddr *)&address.storage, &address.len) == 0) {
            from = meeple__address_ip(&address);
        }
    }
    meeple__ip_write_cut(dst, cap, &from);
}
