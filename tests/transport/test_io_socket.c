/* test_io_socket: what only real sockets do, for poll, epoll and io_uring. */
#define _GNU_SOURCE
#include <meeple/io.h>

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/hosts.h"
#include "transport/io_socket.h"

enum {
    PATIENCE_MS = 5000
};

struct logged {
    meeple_log log;
    size_t warnings;
};

static void count_warning(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    struct logged *logged = ctx;

    cr_assert_str_eq(area, "io");
    cr_assert_gt(strlen(text), 10);
    logged->warnings += level == MEEPLE_LOG_WARN;
}

static struct logged logged_new(void)
{
    return (struct logged){.log = {.write = count_warning, .level = MEEPLE_LOG_DEBUG}};
}

static meeple_io *io_new(const meeple_io_driver *driver)
{
    meeple_io *io = NULL;

    cr_assert_eq(driver->open(driver, NULL, NULL, &io), 0);
    return io;
}

static meeple_io_event expect(const meeple_io_driver *driver, meeple_io *io,
                              meeple_io_event_type type)
{
    meeple_io_event event = {0};

    cr_assert_eq(driver->next(io, &event, PATIENCE_MS), 1, "no event, not even %d", (int)type);
    cr_assert_eq(event.type, type, "event %d instead of %d: %s", (int)event.type, (int)type,
                 event.fault.text);
    return event;
}

static uint64_t cpu_us(void)
{
    struct timespec spent;

    cr_assert_eq(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent), 0);
    return (uint64_t)spent.tv_sec * 1000000 + (uint64_t)spent.tv_nsec / 1000;
}

/* No event in that time, which next() spends asleep. */
static void expect_silence(const meeple_io_driver *driver, meeple_io *io, int for_ms)
{
    meeple_io_event event = {0};
    uint64_t before_ms = driver->now_ms(io), before_us = cpu_us();

    cr_assert_eq(driver->next(io, &event, for_ms), 0, "event %d", (int)event.type);
    cr_assert_geq(driver->now_ms(io) + 1, before_ms + (uint64_t)for_ms);
    cr_assert_lt(cpu_us() - before_us, (uint64_t)for_ms * 1000 / 2, "it was busy");
}

static meeple_socket *listen_at(const meeple_io_driver *driver, meeple_io *io, const char *host)
{
    meeple_socket *listener = NULL;

    cr_assert_eq(driver->listen(io, host, 0, false, NULL, &listener), 0);
    return listener;
}

/* A plain socket, connected, as a stranger's program would. */
static int stranger(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void close_with_reset(int fd)
{
    const struct linger hard = {.l_onoff = 1, .l_linger = 0};

    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
    close(fd);
}

static const char *address_of(const meeple_io_driver *driver, meeple_io *io, meeple_socket *socket,
                              char dst[64])
{
    driver->address(io, socket, dst, 64);
    return dst;
}

Test(io_socket, the_system_has_a_driver)
{
    cr_assert_not_null(meeple_io_system());
    cr_assert_str_eq(meeple_io_poll()->name, "poll");
#ifdef __linux__
    cr_assert_eq(meeple_io_system(), meeple_io_epoll());
    cr_assert_str_eq(meeple_io_epoll()->name, "epoll");
#endif
}

EACH_DRIVER(io_socket, a_reset_comes_after_the_data)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);

    cr_assert_eq(write(fd, "last words", 10), 10);
    close_with_reset(fd);
    event = expect(driver, io, MEEPLE_IO_RECEIVED);
    cr_assert_eq(event.len, 10);
    cr_assert_eq(memcmp(event.bytes, "last words", 10), 0);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(event.fault.number, ECONNRESET);
    cr_assert_str_eq(event.fault.text, "the connection was lost: Connection reset by peer");
    expect_silence(driver, io, 30);
    driver->free(io);
}

/* Who connects and resets at once is counted where it came from like anybody else. */
EACH_DRIVER(io_socket, who_was_gone_before_it_was_taken_has_an_address)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event;
    char text[64];

    close_with_reset(fd);
    event = expect(driver, io, MEEPLE_IO_ACCEPTED);
    cr_assert_eq(strncmp(address_of(driver, io, event.socket, text), "127.0.0.1:", 10), 0, "%s",
                 text);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_reset_after_the_end_is_told_once)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);

    shutdown(fd, SHUT_WR);
    expect(driver, io, MEEPLE_IO_ENDED);
    expect_silence(driver, io, 30);
    close_with_reset(fd);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_neq(event.fault.number, 0);
    expect_silence(driver, io, 30);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_failed_send_hides_neither_the_data_nor_the_loss)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);
    const meeple_bytes part = {(const uint8_t *)"hello", 5};

    cr_assert_eq(write(fd, "last words", 10), 10);
    close_with_reset(fd);
    /* The reset is here before we look: send() meets it first. */
    cr_assert_eq(driver->send(io, event.socket, &part, 1), 0);
    cr_assert_eq(driver->send(io, event.socket, &part, 1), 0);
    event = expect(driver, io, MEEPLE_IO_RECEIVED);
    cr_assert_eq(event.len, 10);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.number, ECONNRESET);
    cr_assert_eq(driver->send(io, event.socket, &part, 1), 0);
    driver->finish(io, event.socket);
    expect_silence(driver, io, 30);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_stream_over_on_both_sides_does_not_keep_next_busy)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);

    driver->finish(io, event.socket);
    close(fd);
    expect(driver, io, MEEPLE_IO_ENDED);
    expect_silence(driver, io, 50);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_refused_connection_says_where_and_why)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *socket;
    uint16_t port = driver->port(io, listener);
    meeple_io_event event;
    char text[100];

    driver->close(io, listener);
    cr_assert_eq(driver->connect(io, "127.0.0.1", port, &text, &socket), 0);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    snprintf(text, sizeof text, "could not connect to 127.0.0.1 port %u: Connection refused", port);
    cr_assert_str_eq(event.fault.text, text);
    cr_assert_eq(event.fault.number, ECONNREFUSED);
    cr_assert_eq(event.socket, socket);
    cr_assert_eq(event.user, &text);
    expect_silence(driver, io, 20);
    driver->free(io);
}

EACH_DRIVER(io_socket, an_unreachable_address_is_told_and_not_returned)
{
    meeple_io *io = io_new(driver);
    meeple_socket *socket;

    /* A TCP connection to everybody: refused by the system at once. */
    cr_assert_eq(driver->connect(io, "255.255.255.255", 9, NULL, &socket), 0);
    cr_assert_eq(expect(driver, io, MEEPLE_IO_BROKEN).fault.stage, MEEPLE_STAGE_CONNECT);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_name_that_is_none_fails_to_resolve)
{
    meeple_io *io = io_new(driver);
    meeple_socket *socket;
    meeple_io_event event = {0};

    cr_assert_eq(driver->connect(io, "name.invalid", 80, io, &socket), 0);
    /* Where the network is slow to say no, so is the lookup. */
    cr_assert_eq(driver->next(io, &event, 30000), 1);
    cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_RESOLVE);
    cr_assert_neq(event.fault.number, 0);
    cr_assert_eq(strncmp(event.fault.text, "no address for name.invalid: ", 29), 0);
    cr_assert_gt(strlen(event.fault.text), 29);
    cr_assert_eq(event.user, io);
    expect_silence(driver, io, 20);
    driver->close(io, socket);
    driver->free(io);
}

EACH_DRIVER(io_socket, an_empty_name_fails_to_resolve)
{
    meeple_io *io = io_new(driver);
    meeple_socket *socket;

    cr_assert_eq(driver->connect(io, "", 80, NULL, &socket), 0);
    cr_assert_eq(expect(driver, io, MEEPLE_IO_BROKEN).fault.stage, MEEPLE_STAGE_RESOLVE);
    driver->free(io);
}

EACH_DRIVER(io_socket, connects_by_name)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *socket;
    bool accepted = false, connected = false;

    cr_assert_eq(driver->connect(io, "localhost", driver->port(io, listener), NULL, &socket), 0);
    while (!accepted || !connected) {
        meeple_io_event event;

        cr_assert_eq(driver->next(io, &event, PATIENCE_MS), 1);
        cr_assert(event.type == MEEPLE_IO_ACCEPTED || event.type == MEEPLE_IO_CONNECTED, "%s",
                  event.fault.text);
        accepted |= event.type == MEEPLE_IO_ACCEPTED;
        connected |= event.type == MEEPLE_IO_CONNECTED;
    }
    cr_assert_eq(driver->send(io, socket, &(meeple_bytes){(const uint8_t *)"x", 1}, 1), 1);
    cr_assert_eq(expect(driver, io, MEEPLE_IO_RECEIVED).len, 1);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_refused_connection_by_name_says_the_name)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *socket;
    uint16_t port = driver->port(io, listener);
    meeple_io_event event;

    driver->close(io, listener);
    cr_assert_eq(driver->connect(io, "localhost", port, NULL, &socket), 0);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(strncmp(event.fault.text, "could not connect to localhost port ", 36), 0);
    driver->free(io);
}

EACH_DRIVER(io_socket, a_socket_may_be_closed_while_its_name_is_looked_up)
{
    size_t before = hosts_descriptors();
    meeple_io *io = io_new(driver);
    meeple_socket *socket;

    for (int i = 0; i < 10; i++) {
        cr_assert_eq(driver->connect(io, "localhost", 9, NULL, &socket), 0);
        driver->close(io, socket);
    }
    expect_silence(driver, io, 20);
    cr_assert_eq(driver->connect(io, "localhost", 9, NULL, &socket), 0);
    driver->free(io);
    /* The threads close their ends when they are done. */
    for (int i = 0; i < PATIENCE_MS && hosts_descriptors() > before; i++) {
        poll(NULL, 0, 1);
    }
    cr_assert_eq(hosts_descriptors(), before);
}

EACH_DRIVER(io_socket, every_descriptor_is_closed)
{
    size_t before = hosts_descriptors();
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, NULL), *socket;

    cr_assert_eq(driver->connect(io, "127.0.0.1", driver->port(io, listener), NULL, &socket), 0);
    for (int i = 0; i < 2; i++) {
        meeple_io_event event;

        cr_assert_eq(driver->next(io, &event, PATIENCE_MS), 1);
    }
    cr_assert_gt(hosts_descriptors(), before + 2);
    driver->free(io);
    cr_assert_eq(hosts_descriptors(), before);
}

EACH_DRIVER(io_socket, only_numeric_addresses_of_this_machine_can_be_listened_at)
{
    static const char *const bad[] = {
        "localhost",    "",      "256.0.0.1", "192.0.2.77", "2001:db8::7",
        "127.0.0.1:80", "[::1]", " 127.0.0.1"};
    struct logged logged = logged_new();
    meeple_io *io;

    logged.log.ctx = &logged;
    cr_assert_eq(driver->open(driver, NULL, &logged.log, &io), 0);
    for (size_t i = 0; i < MEEPLE_COUNT(bad); i++) {
        meeple_socket *listener = NULL;

        cr_assert_eq(driver->listen(io, bad[i], 0, false, NULL, &listener), MEEPLE_EINVAL, "%s",
                     bad[i]);
        cr_assert_null(listener);
    }
    driver->free(io);
}

EACH_DRIVER(io_socket, a_port_in_use_is_told)
{
    meeple_io *one = io_new(driver), *other = io_new(driver);
    meeple_socket *listener = listen_at(driver, one, NULL), *second = NULL;
    uint16_t port = driver->port(one, listener);

    cr_assert_neq(port, 0);
    cr_assert_eq(driver->listen(other, NULL, port, false, NULL, &second), MEEPLE_EINUSE);
    cr_assert_eq(driver->listen(other, "127.0.0.1", port, false, NULL, &second), MEEPLE_EINUSE);
    cr_assert_null(second);
    driver->free(one);
    cr_assert_eq(driver->listen(other, NULL, port, false, NULL, &second), 0);
    cr_assert_eq(driver->port(other, second), port);
    driver->free(other);
}

EACH_DRIVER(io_socket, every_interface_takes_ipv4_and_says_it_plainly)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, NULL);
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);
    struct sockaddr_in ours;
    socklen_t len = sizeof ours;
    char text[64], expected[64];

    cr_assert_eq(getsockname(fd, (struct sockaddr *)&ours, &len), 0);
    snprintf(expected, sizeof expected, "127.0.0.1:%u", ntohs(ours.sin_port));
    cr_assert_str_eq(address_of(driver, io, event.socket, text), expected);
    cr_assert_str_eq(address_of(driver, io, listener, text), "");
    close(fd);
    driver->free(io);
}

EACH_DRIVER(io_socket, speaks_ipv6)
{
    static const char *const hosts[] = {NULL, "::1", "::"};
    meeple_io *io;

    if (!hosts_have_ipv6()) {
        cr_skip("this machine has no ::1");
    }
    io = io_new(driver);
    for (size_t i = 0; i < MEEPLE_COUNT(hosts); i++) {
        meeple_socket *listener = listen_at(driver, io, hosts[i]), *socket;
        char text[64];

        cr_assert_eq(driver->connect(io, "::1", driver->port(io, listener), NULL, &socket), 0);
        for (int events = 0; events < 2; events++) {
            meeple_io_event event;

            cr_assert_eq(driver->next(io, &event, PATIENCE_MS), 1);
            cr_assert_neq(event.type, MEEPLE_IO_BROKEN, "%s", event.fault.text);
            cr_assert_eq(strncmp(address_of(driver, io, event.socket, text), "[::1]:", 6), 0);
        }
        driver->close(io, listener);
    }
    driver->free(io);
}

EACH_DRIVER(io_socket, streams_are_prompt_and_not_inherited)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *socket;

    cr_assert_eq(driver->connect(io, "127.0.0.1", driver->port(io, listener), NULL, &socket), 0);
    for (int events = 0; events < 2; events++) {
        meeple_io_event event;
        int value = 0;
        socklen_t len = sizeof value;

        cr_assert_eq(driver->next(io, &event, PATIENCE_MS), 1);
        cr_assert_eq(getsockopt(event.socket->fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
        cr_assert_neq(value, 0);
        cr_assert(fcntl(event.socket->fd, F_GETFD) & FD_CLOEXEC);
        cr_assert(fcntl(event.socket->fd, F_GETFL) & O_NONBLOCK);
    }
    cr_assert(fcntl(listener->fd, F_GETFD) & FD_CLOEXEC);
    driver->free(io);
}

/* Leaves the process exactly `spare` descriptors. */
static void leave_descriptors(rlim_t spare)
{
    struct rlimit limit;
    int highest = dup(0);

    cr_assert_geq(highest, 0);
    close(highest);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)highest + spare;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

EACH_DRIVER(io_socket, connections_wait_while_there_is_no_descriptor_for_them)
{
    struct logged logged = logged_new();
    meeple_io *io;
    meeple_socket *listener;
    meeple_io_event event, first;
    int fds[3];

    logged.log.ctx = &logged;
    cr_assert_eq(driver->open(driver, NULL, &logged.log, &io), 0);
    listener = listen_at(driver, io, "127.0.0.1");
    for (size_t i = 0; i < 3; i++) {
        fds[i] = stranger(driver->port(io, listener));
    }
    leave_descriptors(1);
    first = expect(driver, io, MEEPLE_IO_ACCEPTED);

    /* It does not spin: one try each 100 ms, one warning in all. */
    expect_silence(driver, io, 250);
    cr_assert_eq(logged.warnings, 1);

    /* Other streams go on meanwhile. */
    cr_assert_eq(write(fds[0], "x", 1), 1);
    cr_assert_eq(expect(driver, io, MEEPLE_IO_RECEIVED).socket, first.socket);

    /* A socket that closes makes room at once. */
    driver->close(io, first.socket);
    cr_assert_eq(driver->next(io, &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_IO_ACCEPTED);
    cr_assert_eq(driver->next(io, &event, 0), 0);
    cr_assert_eq(logged.warnings, 1); /* who comes and goes fills no log */

    /* And what others close is found after a while. */
    close(fds[0]);
    expect(driver, io, MEEPLE_IO_ACCEPTED);
    driver->close(io, listener);
    driver->free(io);
    close(fds[1]);
    close(fds[2]);
}

EACH_DRIVER(io_socket, a_connection_without_descriptors_is_told_as_broken)
{
    meeple_io *io = io_new(driver);
    meeple_socket *socket;
    meeple_io_event event;

    leave_descriptors(0);
    cr_assert_eq(driver->connect(io, "127.0.0.1", 9, NULL, &socket), 0);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(event.fault.number, EMFILE);
    driver->close(io, socket);

    cr_assert_eq(driver->connect(io, "localhost", 9, NULL, &socket), 0);
    event = expect(driver, io, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_RESOLVE);
    cr_assert_eq(event.fault.number, EAI_SYSTEM);
    cr_assert_str_eq(event.fault.text, "no address for localhost: Too many open files");
    cr_assert_eq(driver->listen(io, NULL, 0, false, NULL, &socket), MEEPLE_EIO);
    driver->free(io);
}

static void on_alarm(int signal)
{
    (void)signal;
}

EACH_DRIVER(io_socket, a_signal_does_not_cut_a_wait_short)
{
    const struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval often = {{0, 7000}, {0, 7000}}, never = {{0, 0}, {0, 0}};
    meeple_io *io = io_new(driver);

    cr_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
    cr_assert_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    expect_silence(driver, io, 60);
    cr_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    driver->free(io);
}

EACH_DRIVER(io_socket, every_stream_of_a_crowd_has_its_turn)
{
    enum {
        CROWD = 300 /* more than epoll tells at once */
    };
    static const uint8_t bytes[1000];
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fds[CROWD], turns[CROWD] = {0};

    for (size_t i = 0; i < CROWD; i++) {
        meeple_io_event event;

        fds[i] = stranger(driver->port(io, listener));
        event = expect(driver, io, MEEPLE_IO_ACCEPTED);
        driver->attach(io, event.socket, &turns[i]);
    }
    for (int round = 1; round <= 5; round++) {
        for (size_t i = 0; i < CROWD; i++) {
            cr_assert_eq(write(fds[i], bytes, sizeof bytes), (ssize_t)sizeof bytes);
        }
        for (size_t i = 0; i < CROWD; i++) {
            int *turn = expect(driver, io, MEEPLE_IO_RECEIVED).user;

            cr_assert_eq(++*turn, round);
        }
    }
    for (size_t i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
    driver->free(io);
}

/* The n-th allocation fails in the middle of accepting; the others are accepted. */
EACH_DRIVER(io_socket, a_connection_is_refused_when_out_of_memory_and_the_next_is_not)
{
    struct counting_mem mem;
    meeple_io *io;
    meeple_socket *listener;
    meeple_io_event event;
    int fds[2];
    char byte;

    counting_mem_init(&mem);
    cr_assert_eq(driver->open(driver, &mem.mem, NULL, &io), 0);
    listener = listen_at(driver, io, "127.0.0.1");
    fds[0] = stranger(driver->port(io, listener));
    counting_mem_fail(&mem, 1);
    cr_assert_eq(driver->next(io, &event, 50), 0);
    cr_assert_eq(read(fds[0], &byte, 1), 0);
    fds[1] = stranger(driver->port(io, listener));
    expect(driver, io, MEEPLE_IO_ACCEPTED);
    close(fds[0]);
    close(fds[1]);
    driver->free(io);
    cr_assert_eq(mem.live, 0);
}

/* Writes until nobody takes more; how much that was. */
static size_t fill(int fd)
{
    static const uint8_t bytes[65536];
    size_t total = 0;
    ssize_t sent;

    while ((sent = send(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        total += (size_t)sent;
    }
    cr_assert(sent < 0 && errno == EAGAIN);
    return total;
}

/* A stranger that makes the system keep as much as it likes for us. */
static int flooding_stranger(const meeple_io_driver *driver, meeple_io *io, meeple_socket *listener,
                             void *user)
{
    const int room = 4 << 20;
    int fd = stranger(driver->port(io, listener));
    meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);

    driver->attach(io, event.socket, user);
    cr_assert_eq(setsockopt(event.socket->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room), 0);
    return fd;
}

EACH_DRIVER(io_socket, a_flood_is_one_turn_among_the_others)
{
    enum {
        CROWD = 300
    };
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fds[CROWD], flood, others = 0;

    for (size_t i = 0; i < CROWD; i++) {
        fds[i] = stranger(driver->port(io, listener));
        driver->attach(io, expect(driver, io, MEEPLE_IO_ACCEPTED).socket, &others);
    }
    flood = flooding_stranger(driver, io, listener, NULL);
    for (int round = 1; round <= 5; round++) {
        int floods = 0;
        meeple_io_event left;

        while (driver->next(io, &left, 0) == 1) {
        }
        fill(flood);
        for (size_t i = 0; i < CROWD; i++) {
            cr_assert_eq(write(fds[i], "x", 1), 1);
        }
        while (others < round * CROWD) {
            meeple_io_event event = expect(driver, io, MEEPLE_IO_RECEIVED);

            if (event.user) {
                others++;
            } else {
                floods++;
                fill(flood);
            }
        }
        cr_assert_leq(floods, 1, "%d turns of the flood in round %d", floods, round);
    }
    for (size_t i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
    close(flood);
    driver->free(io);
}

/* All that came before we looked, in as many turns as it takes, and then how it ended. */
static void take_all(const meeple_io_driver *driver, meeple_io *io, size_t want,
                     meeple_io_event_type end)
{
    size_t got = 0;
    int turns = 0;
    meeple_io_event event = {0};

    while (got < want) {
        event = expect(driver, io, MEEPLE_IO_RECEIVED);
        got += event.len;
        turns++;
    }
    cr_assert_eq(got, want);
    cr_assert_gt(turns, 1, "it came in one piece: nothing was tested");
    expect(driver, io, end);
}

EACH_DRIVER(io_socket, what_a_turn_leaves_is_told_in_the_next)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
    int fd = flooding_stranger(driver, io, listener, NULL);
    size_t len;

    len = fill(fd);
    shutdown(fd, SHUT_WR);
    poll(NULL, 0, 20);
    take_all(driver, io, len, MEEPLE_IO_ENDED);
    expect_silence(driver, io, 30);
    close(fd);
    driver->free(io);
}

/* recv() stops at the mark of urgent data, which nobody who speaks WebSocket sends, with less than
 * it was asked for and more behind it (tcp(7)).  An io_uring says of all that comes that it may be
 * urgent: there whoever sends such waits until more of it comes. */
static void tell_what_is_behind(const meeple_io_driver *driver)
{
    for (int ends = 0; ends < 2; ends++) {
        meeple_io *io = io_new(driver);
        meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
        int fd = stranger(driver->port(io, listener));
        size_t got = 0;

        expect(driver, io, MEEPLE_IO_ACCEPTED);
        cr_assert_eq(write(fd, "before", 6), 6);
        cr_assert_eq(send(fd, "!", 1, MSG_OOB), 1);
        cr_assert_eq(write(fd, "behind", 6), 6);
        if (ends) {
            shutdown(fd, SHUT_WR);
        }
        poll(NULL, 0, 20);
        while (got < 12) {
            got += expect(driver, io, MEEPLE_IO_RECEIVED).len;
        }
        cr_assert_eq(got, 12);
        if (ends) {
            expect(driver, io, MEEPLE_IO_ENDED);
        }
        expect_silence(driver, io, 30);
        close(fd);
        driver->free(io);
    }
}

Test(io_socket_poll, what_lies_behind_urgent_data_is_told_without_more_to_come)
{
    tell_what_is_behind(driver_or_skip(DRIVER_POLL));
}

Test(io_socket_epoll, what_lies_behind_urgent_data_is_told_without_more_to_come)
{
    tell_what_is_behind(driver_or_skip(DRIVER_EPOLL));
}

/* The moment when the other side's end comes is before, between and after the turns. */
EACH_DRIVER(io_socket, an_end_is_told_whenever_it_comes)
{
    for (int when = 0; when < 3; when++) {
        meeple_io *io = io_new(driver);
        meeple_socket *listener = listen_at(driver, io, "127.0.0.1");
        int fd = stranger(driver->port(io, listener));

        expect(driver, io, MEEPLE_IO_ACCEPTED);
        cr_assert_eq(write(fd, "x", 1), 1);
        if (when == 0) {
            close(fd);
        }
        expect(driver, io, MEEPLE_IO_RECEIVED);
        if (when == 1) {
            close(fd);
        }
        if (when == 2) {
            expect_silence(driver, io, 20);
            close(fd);
        }
        expect(driver, io, MEEPLE_IO_ENDED);
        expect_silence(driver, io, 20);
        driver->free(io);
    }
}

/* Of many that the system has something to tell about, one is closed. */
EACH_DRIVER(io_socket, a_stream_that_is_closed_ends_without_another_next)
{
    enum {
        CROWD = 100
    };
    const struct timeval patience = {5, 0};
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *closed = NULL;
    int fds[CROWD];
    char byte;

    for (size_t i = 0; i < CROWD; i++) {
        meeple_io_event event;

        fds[i] = stranger(driver->port(io, listener));
        event = expect(driver, io, MEEPLE_IO_ACCEPTED);
        closed = i == 0 ? event.socket : closed;
    }
    expect_silence(driver, io, 20);
    for (size_t i = 1; i < CROWD; i++) {
        cr_assert_eq(write(fds[i], "x", 1), 1);
    }
    driver->close(io, closed);
    cr_assert_eq(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    cr_assert_eq(read(fds[0], &byte, 1), 0);
    for (size_t i = 1; i < CROWD; i++) {
        expect(driver, io, MEEPLE_IO_RECEIVED);
    }
    expect_silence(driver, io, 20);
    for (size_t i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
    driver->free(io);
}

/* The system has more to tell of the others than a queue between it and a driver holds. */
EACH_DRIVER(io_socket, streams_end_where_they_are_closed_whatever_else_there_is_to_tell)
{
    enum {
        CROWD = 240
    };
    const struct timeval patience = {5, 0};
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1"), *sockets[CROWD];
    size_t received = 0;
    int fds[CROWD];
    char byte;

    for (size_t i = 0; i < CROWD; i++) {
        fds[i] = stranger(driver->port(io, listener));
        meeple__socket_no_delay(fds[i]);
        sockets[i] = expect(driver, io, MEEPLE_IO_ACCEPTED).socket;
    }
    expect_silence(driver, io, 20);
    for (size_t i = 0; i < CROWD / 2; i++) {
        for (size_t n = CROWD / 2; n < CROWD; n++) {
            cr_assert_eq(write(fds[n], "x", 1), 1);
        }
        driver->close(io, sockets[i]);
        cr_assert_eq(setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
        cr_assert_eq(read(fds[i], &byte, 1), 0, "number %zu", i);
    }
    while (received < CROWD / 2 * CROWD / 2) {
        received += expect(driver, io, MEEPLE_IO_RECEIVED).len;
    }
    for (size_t i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
    driver->free(io);
}

/* A slot, or whatever a driver has of that kind, that was somebody else's a moment ago. */
EACH_DRIVER(io_socket, who_comes_after_a_closed_stream_gets_nothing_of_its_events)
{
    meeple_io *io = io_new(driver);
    meeple_socket *listener = listen_at(driver, io, "127.0.0.1");

    for (int i = 0; i < 50; i++) {
        int fds[2] = {stranger(driver->port(io, listener)), -1};
        meeple_io_event event = expect(driver, io, MEEPLE_IO_ACCEPTED);

        cr_assert_eq(write(fds[0], "x", 1), 1);
        driver->close(io, event.socket);
        fds[1] = stranger(driver->port(io, listener));
        event = expect(driver, io, MEEPLE_IO_ACCEPTED);
        cr_assert_eq(driver->next(io, &event, 1), 0, "event %d", (int)event.type);
        cr_assert_eq(write(fds[1], "y", 1), 1);
        cr_assert_eq(*expect(driver, io, MEEPLE_IO_RECEIVED).bytes, 'y');
        driver->close(io, event.socket);
        close(fds[0]);
        close(fds[1]);
    }
    driver->free(io);
}

struct elsewhere {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_io_event_type last;
};

static void *use(void *ctx)
{
    struct elsewhere *elsewhere = ctx;
    meeple_io_event event = {0};

    while (elsewhere->driver->next(elsewhere->io, &event, PATIENCE_MS) == 1) {
        elsewhere->last = event.type;
        if (event.type == MEEPLE_IO_WOKEN) {
            break;
        }
    }
    return NULL;
}

EACH_DRIVER(io_socket, an_io_lives_on_one_thread_between_two_moments_of_another)
{
    struct elsewhere elsewhere = {.driver = driver, .io = io_new(driver)};
    meeple_socket *listener = listen_at(driver, elsewhere.io, "127.0.0.1"), *again = NULL;
    uint16_t port = driver->port(elsewhere.io, listener);
    meeple_io *other;
    pthread_t thread;
    int fd;
    char byte;

    cr_assert_eq(pthread_create(&thread, NULL, use, &elsewhere), 0);
    fd = stranger(port);
    cr_assert_eq(write(fd, "x", 1), 1);
    poll(NULL, 0, 20);
    driver->wake(elsewhere.io);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_eq(elsewhere.last, MEEPLE_IO_WOKEN);
    driver->free(elsewhere.io);
    /* Everything is closed, the port free; the system may take a moment for what a thread that
     * ends has left to it. */
    cr_assert_eq(read(fd, &byte, 1), 0);
    close(fd);
    other = io_new(driver);
    for (int i = 0; i < PATIENCE_MS && !again; i++) {
        if (driver->listen(other, "127.0.0.1", port, false, NULL, &again) != 0) {
            poll(NULL, 0, 1);
        }
    }
    cr_assert(again);
    driver->free(other);
}
