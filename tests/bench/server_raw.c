/* server_raw: the floor: an echo of bytes on epoll, one recv and one send a turn, no protocol. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/listener.h"

enum {
    READY_MAX = 1024,
    READ_MAX = 256 * 1024
};

static void accept_all(int epoll, int listener)
{
    int fd;

    while ((fd = listener_accept(listener)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};

        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

/* Waits for whoever does not take it; every load here does. */
static bool echo(int fd, uint8_t *bytes)
{
    ssize_t got = recv(fd, bytes, READ_MAX, MSG_DONTWAIT), sent = 0;

    while (sent < got) {
        ssize_t more = send(fd, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);

        if (more <= 0) {
            return false;
        }
        sent += more;
    }
    return got > 0;
}

int main(void)
{
    static uint8_t bytes[READ_MAX];
    struct epoll_event ready[READY_MAX];
    int epoll = epoll_create1(0), listener = listener_open();
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}};

    if (epoll < 0 || listener < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        puts("no socket");
        return 1;
    }
    for (;;) {
        int count = epoll_wait(epoll, ready, READY_MAX, -1);

        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;

            if (fd == listener) {
                accept_all(epoll, listener);
            } else if (!echo(fd, bytes)) {
                close(fd);
            }
        }
    }
}
