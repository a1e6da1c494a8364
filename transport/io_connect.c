/* io_connect: from a host and a port to a stream: the name, then a race of its addresses. */
#include "transport/io_connect.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "transport/io_race.h"
#include "transport/resolver.h"

static_assert((int)MEEPLE__ANSWER_MAX <= (int)MEEPLE__RACE_MAX, "every address of a name can race");

struct meeple__attempt {
    struct meeple__lookup *lookup; /* until the end: the addresses are its own */
    bool asking;                   /* the socket's descriptor is the lookup's */
    bool failed;                   /* nothing is left to try */
    int error;                     /* errno of a lookup that could not even begin */
    struct meeple__address numeric;
    struct meeple__runners runners;
    uint16_t port;
    char host[];
};

/* The lookup closes its descriptor itself. */
static void stop_asking(meeple_io *io, meeple_socket *socket)
{
    meeple__socket_ignore(io, socket);
    socket->fd = -1;
}

static void race(meeple_io *io, meeple_socket *socket, const struct meeple__address *addresses,
                 size_t count)
{
    struct meeple__attempt *attempt = socket->attempt;

    meeple__runners_begin(io, &attempt->runners, socket, addresses, count);
    attempt->failed = meeple__runners_are_lost(&attempt->runners);
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
        stop_asking(io, socket);
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
        race(io, socket, &attempt->numeric, 1);
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
        if (socket->attempt->asking) {
            stop_asking(io, socket);
        }
        meeple__runners_end(io, &socket->attempt->runners);
        meeple__lookup_free(socket->attempt->lookup);
        meeple__free(io->mem, socket->attempt);
        socket->attempt = NULL;
    }
}

static void no_address(const struct meeple__attempt *attempt, meeple_fault *fault, char *text,
                       size_t cap)
{
    const struct meeple__answer unasked = {.error = EAI_SYSTEM, .number = attempt->error};
    const struct meeple__answer *answer =
        attempt->lookup ? meeple__lookup_answer(attempt->lookup) : NULL;
    char why[120];

    answer = answer ? answer : &unasked;
    *fault = (meeple_fault){MEEPLE_STAGE_RESOLVE, answer->error, text};
    snprintf(text, cap, "no address for %.150s: %s", attempt->host,
             meeple__answer_text(answer, why, sizeof why));
}

static void no_connection(const struct meeple__attempt *attempt, meeple_fault *fault, char *text,
                          size_t cap)
{
    const struct meeple__runners *runners = &attempt->runners;
    char why[120], tried[120];

    *fault = (meeple_fault){MEEPLE_STAGE_CONNECT, runners->error, text};
    meeple__errno_text(runners->error, why, sizeof why);
    meeple__runners_text(runners, tried, sizeof tried);
    if (attempt->lookup) {
        snprintf(text, cap, "could not connect to %.120s port %u: %s (tried %s)", attempt->host,
                 (unsigned)attempt->port, why, tried);
    } else {
        snprintf(text, cap, "could not connect to %.120s port %u: %s", attempt->host,
                 (unsigned)attempt->port, why);
    }
}

static void broken(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    event->type = MEEPLE_IO_BROKEN;
    if (socket->attempt->asking) {
        no_address(socket->attempt, &event->fault, io->fault_text, sizeof io->fault_text);
    } else {
        no_connection(socket->attempt, &event->fault, io->fault_text, sizeof io->fault_text);
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
    if (answer->error != 0) {
        attempt->failed = true;
        return;
    }
    stop_asking(io, socket);
    attempt->asking = false;
    race(io, socket, answer->addresses, answer->count);
}

bool meeple__attempt_turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    struct meeple__attempt *attempt = socket->attempt;

    assert(socket->phase == MEEPLE__SOCKET_CONNECTING && attempt);
    if (!attempt->failed && attempt->asking) {
        asked(io, socket);
    } else if (!attempt->failed) {
        if (meeple__runners_turn(io, &attempt->runners)) {
            meeple__socket_no_delay(socket->fd);
            event->type = MEEPLE_IO_CONNECTED;
            socket->phase = MEEPLE__SOCKET_OPEN;
            meeple__attempt_end(io, socket);
            return true;
        }
        attempt->failed = meeple__runners_are_lost(&attempt->runners);
    }
    if (!attempt->failed) {
        return false;
    }
    broken(io, socket, event);
    return true;
}
