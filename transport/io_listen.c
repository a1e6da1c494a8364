/* io_listen: where streams are accepted. */
#define _GNU_SOURCE /* accept4() */
#include "transport/io_listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/log.h"
#include "transport/io_address.h"

enum {
    WARN_EVERY_MS = 60000,
    PAUSE_MS = 100
};

/* The option by which the system spreads what comes over those that share an address.  Elsewhere
 * SO_REUSEPORT leaves all of it to one of them. */
#if defined SO_REUSEPORT_LB
static const int share_option = SO_REUSEPORT_LB; /* FreeBSD */
#elif defined __linux__
static const int share_option = SO_REUSEPORT;
#else
static const int share_option = -1;
#endif

/* Without SO_REUSEADDR a server could not come back while old streams linger. */
static int listening_fd(const struct meeple__address *address, int only_six, bool shared)
{
    const int yes = 1;
    const struct sockaddr *name = (const struct sockaddr *)&address->storage;
    int family = address->storage.ss_family, error;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -1;
    }
    /* Linux and the BSDs pass it on to what is accepted. */
    meeple__socket_no_delay(fd);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        (!shared || setsockopt(fd, SOL_SOCKET, share_option, &yes, sizeof yes) == 0) &&
        (family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof only_six) == 0) &&
        bind(fd, name, address->len) == 0 && listen(fd, SOMAXCONN) == 0) {
        return fd;
    }
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Every interface: one socket for IPv6 and IPv4, or for IPv4 where there is no IPv6. */
static int listening_fd_any(uint16_t port, bool shared)
{
    struct meeple__address address;
    int fd;

    meeple__address_any(&address, AF_INET6, port);
    fd = listening_fd(&address, 0, shared);
    if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        meeple__address_any(&address, AF_INET, port);
        fd = listening_fd(&address, 0, shared);
    }
    return fd;
}

static int error_of(int number)
{
    switch (number) {
    case EADDRINUSE:
        return MEEPLE_EINUSE;
    case EACCES:
    case EPERM:
        return MEEPLE_EACCESS;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
    case ENODEV:
        return MEEPLE_EINVAL;
    case ENOMEM:
    case ENOBUFS:
        return MEEPLE_ENOMEM;
    default:
        return MEEPLE_EIO;
    }
}

/* Most are the caller's to tell, who knows what it means to people; EIO alone says too little. */
static int listen_error(meeple_io *io, const char *host, uint16_t port)
{
    int number = errno, rc = error_of(number);
    char why[120];

    meeple__errno_text(number, why, sizeof why);
    meeple__log(io->log, rc == MEEPLE_EIO ? MEEPLE_LOG_ERROR : MEEPLE_LOG_INFO, "io",
                "could not listen at %.100s port %u: %s", host ? host : "every interface",
                (unsigned)port, why);
    return rc;
}

int meeple__io_listen(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                      meeple_socket **out)
{
    struct meeple__address address;
    meeple_socket *listener;
    int rc;

    *out = NULL;
    if (host && !meeple__address_parse(&address, host, port)) {
        return MEEPLE_EINVAL;
    }
    if (shared && share_option < 0) {
        return MEEPLE_ENOTSUP;
    }
    listener = meeple__socket_new(io, MEEPLE__SOCKET_LISTENING, user);
    if (!listener) {
        return MEEPLE_ENOMEM;
    }
    listener->fd = host ? listening_fd(&address, 1, shared) : listening_fd_any(port, shared);
    rc = listener->fd < 0 ? listen_error(io, host, port)
                          : meeple__socket_watch(io, listener, MEEPLE__READABLE);
    if (rc < 0) {
        meeple__io_close(io, listener);
        return rc;
    }
    *out = listener;
    return 0;
}

void meeple__listeners_resume(meeple_io *io)
{
    while (!meeple__list_empty(&io->paused)) {
        meeple_socket *listener = MEEPLE__CONTAINER(io->paused.next, meeple_socket, turn);

        meeple__list_remove(&listener->turn);
        meeple__socket_watch(io, listener, MEEPLE__READABLE);
    }
}

/* Not each time: whoever can connect could fill the log with it. */
static bool may_warn(meeple_io *io)
{
    uint64_t now_ms = meeple__io_now_ms(io);

    if (now_ms < io->warn_again_ms) {
        return false;
    }
    io->warn_again_ms = now_ms + WARN_EVERY_MS;
    return true;
}

static void refused(meeple_io *io)
{
    if (may_warn(io)) {
        meeple__log(io->log, MEEPLE_LOG_WARN, "io", "a connection was refused: out of memory");
    }
}

/* The connection stays in the system's queue, which would say so again and again. */
static void pause_listener(meeple_io *io, meeple_socket *listener, int error)
{
    char why[120];

    if (may_warn(io)) {
        meeple__errno_text(error, why, sizeof why);
        meeple__log(io->log, MEEPLE_LOG_WARN, "io", "connections have to wait: %s", why);
    }
    meeple__socket_watch(io, listener, 0);
    meeple__list_append(&io->paused, &listener->turn);
    io->resume_ms = meeple__io_now_ms(io) + PAUSE_MS;
}

/* What accept() says of a connection that was gone before it was taken (accept(2), "Error
 * handling"). */
static bool accept_again(int error)
{
    static const int passing[] = {EAGAIN,       EWOULDBLOCK, EINTR,       ECONNABORTED,
                                  EPROTO,       ENETDOWN,    ENOPROTOOPT, EHOSTDOWN,
                                  EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH};

    for (size_t i = 0; i < MEEPLE_COUNT(passing); i++) {
        if (error == passing[i]) {
            return true;
        }
    }
    return false;
}

bool meeple__listener_turn(meeple_io *io, meeple_socket *listener, meeple_io_event *event)
{
    struct meeple__address from = {.len = sizeof from.storage};
    int fd = accept4(listener->fd, (struct sockaddr *)&from.storage, &from.len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    meeple_socket *socket;

    if (fd < 0) {
        if (!accept_again(errno)) {
            pause_listener(io, listener, errno);
        }
        return false;
    }
    socket = meeple__socket_new(io, MEEPLE__SOCKET_OPEN, NULL);
    if (!socket) {
        close(fd);
        refused(io);
        return false;
    }
    socket->fd = fd;
    socket->from = meeple__address_ip(&from);
    if (meeple__socket_watch_stream(io, socket) < 0) {
        meeple__io_close(io, socket);
        refused(io);
        return false;
    }
    event->type = MEEPLE_IO_ACCEPTED;
    event->socket = socket;
    return true;
}
