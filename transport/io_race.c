/* io_race: the sockets of an address race: one for each address that is being tried. */
#define _GNU_SOURCE /* SOCK_NONBLOCK */
#include "transport/io_race.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TOLD_MAX = 2 /* addresses in a sentence */
};

/* What this program has too little of now, and may have more of when another runner is gone. */
static bool is_lack(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EAGAIN;
}

/* How much a failure tells of why there is no connection.  That this machine has no way to an
 * address is normal for one of two families; who refuses is there, but does not listen. */
static int weight_of(int error)
{
    if (is_lack(error)) {
        return 4;
    }
    switch (error) {
    case 0:
        return 0;
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL:
    case ENETUNREACH:
        return 1;
    case ECONNREFUSED:
        return 3;
    default:
        return 2;
    }
}

static void drop(meeple_io *io, meeple_socket *runner)
{
    meeple__socket_ignore(io, runner);
    if (runner->fd >= 0) {
        close(runner->fd);
    }
    runner->fd = -1;
    runner->ready = 0;
}

/* Of two that tell as much, the better address counts. */
static void failed(struct meeple__runners *them, int address, int error)
{
    if (weight_of(error) > weight_of(them->error)) {
        them->error = error;
    }
    meeple__race_failed(&them->race, address);
}

/* 0: the answer comes with a turn; else errno. */
static int run(meeple_io *io, meeple_socket *runner, const struct meeple__address *address)
{
    int error = 0;

    runner->fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (runner->fd < 0) {
        return errno;
    }
    if (connect(runner->fd, (const struct sockaddr *)&address->storage, address->len) < 0 &&
        errno != EINPROGRESS && errno != EINTR) {
        error = errno;
    } else if (meeple__socket_watch(io, runner, MEEPLE__WRITABLE) < 0) {
        error = ENOMEM;
    }
    if (error != 0) {
        drop(io, runner);
    }
    return error;
}

/* Every time it is due for is one delay from a now, so the list stays in order. */
static void schedule(meeple_io *io, struct meeple__runners *them)
{
    meeple__list_remove(&them->due);
    if (meeple__race_due_ms(&them->race) != UINT64_MAX) {
        meeple__list_append(&io->races, &them->due);
    }
}

/* Whoever's turn it is. */
static void start(meeple_io *io, struct meeple__runners *them)
{
    uint64_t now_ms = meeple__io_now_ms(io);
    int address;

    while ((address = meeple__race_next(&them->race, now_ms)) != MEEPLE__RACE_NONE) {
        int error = run(io, &them->runners[address], &them->addresses[address]);

        if (error != 0 && !(is_lack(error) && meeple__race_put_off(&them->race, address, now_ms))) {
            failed(them, address, error);
        }
        schedule(io, them);
    }
}

void meeple__runners_begin(meeple_io *io, struct meeple__runners *them, meeple_socket *socket,
                           const struct meeple__address *addresses, size_t count)
{
    int families[MEEPLE__RACE_MAX];

    assert(count > 0 && count <= MEEPLE__RACE_MAX && !them->socket);
    for (size_t i = 0; i < count; i++) {
        meeple_socket *runner = &them->runners[i];

        families[i] = addresses[i].storage.ss_family;
        runner->phase = MEEPLE__SOCKET_RACING;
        runner->user = socket;
        runner->fd = -1;
        meeple__list_init(&runner->link);
        meeple__list_init(&runner->turn);
    }
    meeple__list_init(&them->due);
    them->socket = socket;
    them->addresses = addresses;
    meeple__race_init(&them->race, families, count);
    start(io, them);
}

void meeple__runners_end(meeple_io *io, struct meeple__runners *them)
{
    if (!them->socket) {
        return;
    }
    meeple__list_remove(&them->due);
    for (size_t i = 0; i < them->race.count; i++) {
        drop(io, &them->runners[i]);
    }
    them->socket = NULL;
}

/* The stream goes from the runner to its socket.  Between the two it is not watched, and that may
 * fail: then the others run on. */
static bool hand_over(meeple_io *io, struct meeple__runners *them, meeple_socket *runner)
{
    meeple__socket_ignore(io, runner);
    them->socket->fd = runner->fd;
    if (meeple__socket_watch_stream(io, them->socket) < 0) {
        them->socket->fd = -1;
        return false;
    }
    runner->fd = -1;
    return true;
}

/* That address answered: true if with a stream. */
static bool arrived(meeple_io *io, struct meeple__runners *them, int address)
{
    meeple_socket *runner = &them->runners[address];
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(runner->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0) {
        error = errno;
    }
    if (error == 0) {
        if (hand_over(io, them, runner)) {
            return true;
        }
        error = ENOMEM;
    }
    drop(io, runner);
    failed(them, address, error);
    return false;
}

bool meeple__runners_turn(meeple_io *io, struct meeple__runners *them)
{
    for (int i = 0; i < them->race.count; i++) {
        unsigned ready = them->runners[i].ready;

        them->runners[i].ready = 0;
        if (ready != 0 && arrived(io, them, i)) {
            meeple__runners_end(io, them);
            return true;
        }
    }
    start(io, them);
    return false;
}

bool meeple__runners_are_lost(const struct meeple__runners *them)
{
    return meeple__race_is_lost(&them->race);
}

void meeple__runners_text(const struct meeple__runners *them, char *dst, size_t cap)
{
    size_t count = them->race.count, len = 0;

    assert(cap > 0);
    dst[0] = '\0';
    for (size_t i = 0; i < count && i < TOLD_MAX && len < cap; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        char host[MEEPLE__HOST_TEXT];

        meeple__address_host(&them->addresses[them->race.order[i]], host, sizeof host);
        len += (size_t)snprintf(dst + len, cap - len, "%s%s", between, host);
    }
    if (count > TOLD_MAX && len < cap) {
        snprintf(dst + len, cap - len, " and %zu more", count - TOLD_MAX);
    }
}

uint64_t meeple__races_due_ms(const meeple_io *io)
{
    if (meeple__list_empty(&io->races)) {
        return UINT64_MAX;
    }
    return meeple__race_due_ms(
        &MEEPLE__CONTAINER_CONST(io->races.next, struct meeple__runners, due)->race);
}

void meeple__races_wake(meeple_io *io, uint64_t now_ms)
{
    while (meeple__races_due_ms(io) <= now_ms) {
        struct meeple__runners *them =
            MEEPLE__CONTAINER(io->races.next, struct meeple__runners, due);

        meeple__list_remove(&them->due);
        meeple__socket_mark(io, them->socket, 0);
    }
}
