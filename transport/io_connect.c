/* io_connect: from a host and a port to a stream: the name, then one address after the other. */
#define _GNU_SOURCE /* SOCK_NONBLOCK */
#include "transport/io_connect.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "transport/resolver.h"

struct meeple__attempt {
    struct meeple__lookup *lookup; /* until the end: the addresses are its own */
    bool asking;                   /* the socket's descriptor is the lookup's */
    bool failed;                   /* nothing is left to try */
    int error;                     /* errno of what went wrong last */
    size_t next, count;
    const struct meeple__address *addresses;
    struct meeple__address numeric;
    uint16_t port;
    char host[];
};

/* Both kinds of descriptor that a socket has on the way to its stream. */
static void drop_fd(meeple_io *io, meeple_socket *socket)
{
    meeple__socket_ignore(io, socket);
    if (socket->fd >= 0 && !socket->attempt->asking) {
        close(socket->fd);
    }
    socket->fd = -1;
}

static int new_stream(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* 0: the answer comes with the socket's next turn; else errno. */
static int try_address(meeple_io *io, meeple_socket *socket, const struct meeple__address *address)
{
    int error = 0;

    socket->fd = new_stream(address->storage.ss_family);
    if (socket->fd < 0) {
        return errno;
    }
    if (connect(socket->fd, (const struct sockaddr *)&address->storage, address->len) < 0 &&
        errno != EINPROGRESS && errno != EINTR) {
        error = errno;
    } else if (meeple__socket_watch(io, socket, MEEPLE__WRITABLE) < 0) {
        error = ENOMEM;
    }
    if (error != 0) {
        drop_fd(io, socket);
    }
    return error;
}

/* The next address that does not fail at once. */
static void advance(meeple_io *io, meeple_socket *socket)
{
    struct meeple__attempt *attempt = socket->attempt;

    while (attempt->next < attempt->count) {
        int error = try_address(io, socket, &attempt->addresses[attempt->next++]);

        if (error == 0) {
            return;
        }
        attempt->error = error;
    }
    attempt->failed = true;
}

/* What could not even be asked is told as a lookup that failed. */
static int ask(meeple_io *io, meeple_socket *socket)
{
    struct meeple__attempt *attempt = socket->attempt;
    int rc = meeple__lookup_new(&attempt->lookup, attempt->host, attempt->port);

    if (rc == MEEPLE_ENOMEM) {
        return rc;
    }
    attempt->asking = true;
    attempt->error = errno;
    if (rc == 0) {
        socket->fd = meeple__lookup_fd(attempt->lookup);
        if (meeple__socket_watch(io, socket, MEEPLE__READABLE) == 0) {
            return 0;
        }
        drop_fd(io, socket);
        meeple__lookup_free(attempt->lookup);
        attempt->lookup = NULL;
        attempt->error = ENOMEM;
    }
    attempt->failed = true;
    return 0;
}

int meeple__attempt_begin(meeple_io *io, meeple_socket *socket, const char *host, uint16_t port)
{
    size_t size = strlen(host) + 1;
    struct meeple__attempt *attempt = meeple__alloc(io->mem, sizeof *attempt + size);

    if (!attempt) {
        return MEEPLE_ENOMEM;
    }
    memcpy(attempt->host, host, size);
    attempt->port = port;
    socket->attempt = attempt;
    if (meeple__address_parse(&attempt->numeric, host, port)) {
        attempt->addresses = &attempt->numeric;
        attempt->count = 1;
        advance(io, socket);
    } else if (ask(io, socket) < 0) {
        meeple__attempt_end(io, socket);
        return MEEPLE_ENOMEM;
    }
    if (attempt->failed) {
        meeple__socket_mark(io, socket, MEEPLE__HANGUP);
    }
    return 0;
}

void meeple__attempt_end(meeple_io *io, meeple_socket *socket)
{
    if (socket->attempt) {
        if (socket->phase == MEEPLE__SOCKET_CONNECTING) {
            drop_fd(io, socket);
        }
        meeple__lookup_free(socket->attempt->lookup);
        meeple__free(io->mem, socket->attempt);
        socket->attempt = NULL;
    }
}

static void broken(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    const struct meeple__attempt *attempt = socket->attempt;
    char why[120];

    event->type = MEEPLE_IO_BROKEN;
    event->fault.text = io->fault_text;
    if (attempt->asking) {
        const struct meeple__answer *answer =
            attempt->lookup ? meeple__lookup_answer(attempt->lookup) : NULL;
        const struct meeple__answer unasked = {.error = EAI_SYSTEM, .number = attempt->error};

        answer = answer ? answer : &unasked;
        event->fault.stage = MEEPLE_STAGE_RESOLVE;
        event->fault.number = answer->error;
        snprintf(io->fault_text, sizeof io->fault_text, "no address for %.150s: %s", attempt->host,
                 meeple__answer_text(answer, why, sizeof why));
    } else {
        event->fault.stage = MEEPLE_STAGE_CONNECT;
        event->fault.number = attempt->error;
        meeple__errno_text(attempt->error, why, sizeof why);
        snprintf(io->fault_text, sizeof io->fault_text, "could not connect to %.140s port %u: %s",
                 attempt->host, (unsigned)attempt->port, why);
    }
    meeple__attempt_end(io, socket);
    socket->phase = MEEPLE__SOCKET_LOST;
}

/* The lookup may have ended: on to the addresses, or to the end. */
static void asked(meeple_io *io, meeple_socket *socket)
{
    struct meeple__attempt *attempt = socket->attempt;
    const struct meeple__answer *answer = meeple__lookup_answer(attempt->lookup);

    if (!answer) {
        return;
    }
    drop_fd(io, socket);
    if (answer->error != 0) {
        attempt->failed = true;
        return;
    }
    attempt->asking = false;
    attempt->addresses = answer->addresses;
    attempt->count = answer->count;
    advance(io, socket);
}

/* The address that was tried answered: true if with a stream. */
static bool answered(meeple_io *io, meeple_socket *socket)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) {
        error = errno;
    }
    if (error == 0) {
        return true;
    }
    socket->attempt->error = error;
    drop_fd(io, socket);
    advance(io, socket);
    return false;
}

bool meeple__attempt_turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    struct meeple__attempt *attempt = socket->attempt;

    assert(socket->phase == MEEPLE__SOCKET_CONNECTING && attempt);
    if (!attempt->failed && attempt->asking) {
        asked(io, socket);
    } else if (!attempt->failed && answered(io, socket)) {
        event->type = MEEPLE_IO_CONNECTED;
        socket->phase = MEEPLE__SOCKET_OPEN;
        meeple__attempt_end(io, socket);
        return true;
    }
    if (!attempt->failed) {
        return false;
    }
    broken(io, socket, event);
    return true;
}
