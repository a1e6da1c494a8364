/* hosts: addresses of this machine that take connections, refuse them, or do not answer. */
#define _GNU_SOURCE /* accept4() */
#include "tests/support/hosts.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport/io_address.h"

enum {
    TRIES = 50,
    PATIENCE_MS = 5000,
    TYPE = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
};

/* A connection that sits in the host's queue, which has room for one. */
static int fill(const struct meeple__address *address)
{
    int fd = socket(address->storage.ss_family, TYPE, 0), error = -1;
    struct pollfd polled = {.fd = fd, .events = POLLOUT};
    socklen_t len = sizeof error;

    cr_assert_geq(fd, 0);
    cr_assert(connect(fd, (const struct sockaddr *)&address->storage, address->len) == 0 ||
              errno == EINPROGRESS);
    cr_assert_eq(poll(&polled, 1, PATIENCE_MS), 1);
    cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len), 0);
    cr_assert_eq(error, 0);
    return fd;
}

/* False if the port is taken. */
static bool open_one(struct hosts *hosts, const struct host *wanted, uint16_t port)
{
    struct meeple__address address;
    const int yes = 1;
    int fd;

    cr_assert(meeple__address_parse(&address, wanted->address, port), "%s", wanted->address);
    fd = socket(address.storage.ss_family, TYPE, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
    if (bind(fd, (const struct sockaddr *)&address.storage, address.len) < 0 ||
        (wanted->kind != HOST_REFUSES &&
         listen(fd, wanted->kind == HOST_DEAD ? 0 : SOMAXCONN) < 0)) {
        cr_assert_eq(errno, EADDRINUSE, "%s: %d", wanted->address, errno);
        close(fd);
        return false;
    }
    address.len = sizeof address.storage;
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address.storage, &address.len), 0);
    hosts->port = meeple__address_port(&address);
    hosts->fds[hosts->count] = fd;
    hosts->fillers[hosts->count++] = wanted->kind == HOST_DEAD ? fill(&address) : -1;
    return true;
}

/* At the port that the first was given, if any will do. */
static bool open_all(struct hosts *hosts, const struct host wanted[HOSTS_MAX], uint16_t port)
{
    *hosts = (struct hosts){.port = port};
    for (size_t i = 0; i < HOSTS_MAX && wanted[i].address; i++) {
        if (!open_one(hosts, &wanted[i], hosts->port)) {
            hosts_close(hosts);
            return false;
        }
    }
    return true;
}

bool hosts_open(struct hosts *hosts, const struct host wanted[HOSTS_MAX], uint16_t port)
{
    int tries = 1;

    while (!open_all(hosts, wanted, port)) {
        if (port != 0) {
            return false;
        }
        cr_assert_lt(tries++, TRIES, "no port is free everywhere");
    }
    return true;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

void hosts_close_one(struct hosts *hosts, size_t which)
{
    close_fd(&hosts->fds[which]);
    close_fd(&hosts->fillers[which]);
}

void hosts_close(struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        hosts_close_one(hosts, i);
    }
    hosts->count = 0;
}

int hosts_accept(const struct hosts *hosts, size_t which)
{
    return accept4(hosts->fds[which], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

bool hosts_have_ipv6(void)
{
    const struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                         .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return has;
}

size_t hosts_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    if (!folder) {
        cr_skip("no /proc/self/fd");
    }
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count;
}
