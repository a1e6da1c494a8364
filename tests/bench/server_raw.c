/* server_raw: the floor: an echo of bytes on epoll, one recv and one send a turn, no protocol.
 * --edges: epoll says of each change once, rather than of all that can be read each time. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/listener.h"
#include "tests/bench/raw_echo.h"

enum {
    READY_MAX = 1024
};

static void accept_all(int epoll, int listener, uint32_t interest)
{
    int fd;

    while ((fd = listener_accept(listener)) >= 0) {
        struct epoll_event event = {.events = interest, .data = {.fd = fd}};

        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int argc, char **argv)
{
    static uint8_t bytes[RAW_ECHO_READ_MAX];
    struct epoll_event ready[READY_MAX];
    bool edges = argc == 2 && strcmp(argv[1], "--edges") == 0;
    uint32_t interest = edges ? EPOLLIN | EPOLLRDHUP | EPOLLET : EPOLLIN;
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
            bool to_end = edges && (ready[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));

            if (fd == listener) {
                accept_all(epoll, listener, interest);
            } else if (!raw_echo(fd, bytes, to_end)) {
                close(fd);
            }
        }
    }
}
