/* arrivals: clients that come, shake hands and go at once, some of them at a time. */
#define _GNU_SOURCE
#include "tests/bench/arrivals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/upgrade.h"

enum {
    READY_MAX = 256,
    ANSWER_SIZE = 2048,
    STALLS_MS = 20000
};

enum stage {
    COMING,
    SHAKING_HANDS, /* those of TLS */
    ASKING
};

struct client {
    struct stream stream; /* fd -1: none now */
    enum stage stage;
    size_t answer_len;
    char answer[ANSWER_SIZE];
};

struct arrivals {
    struct arrivals_options options;
    bool over; /* nobody comes any more */
    struct client *clients;
    size_t here;
    int epoll;
    uint64_t done;
    char request[UPGRADE_SIZE];
    size_t request_len;
};

static void come(struct arrivals *arrivals, struct client *client)
{
    struct epoll_event event = {.events = EPOLLOUT, .data = {.ptr = client}};

    client->stream = (struct stream){.fd = stream_begin(&arrivals->options.stream, 0),
                                     .whose = arrivals->options.stream.whose};
    client->stage = COMING;
    client->answer_len = 0;
    if (epoll_ctl(arrivals->epoll, EPOLL_CTL_ADD, client->stream.fd, &event) != 0) {
        bench_fail("epoll_ctl: %s", strerror(errno));
    }
    arrivals->here++;
}

static void ask(struct arrivals *arrivals, struct client *client)
{
    size_t len = arrivals->request_len;

    if (stream_write(&client->stream, arrivals->request, len) != len) {
        bench_fail("a request does not fit into the connection");
    }
    client->stage = ASKING;
}

static bool is_answered(const struct arrivals *arrivals, const struct client *client)
{
    size_t len = client->answer_len;

    if (arrivals->options.websocket) {
        return upgrade_is_done(&client->stream, client->answer, len);
    }
    if (len > arrivals->request_len || memcmp(client->answer, arrivals->request, len) != 0) {
        bench_fail("%s: what came back is not what was sent", client->stream.whose);
    }
    return len == arrivals->request_len;
}

static void hear(struct arrivals *arrivals, struct client *client)
{
    size_t room = sizeof client->answer - client->answer_len;

    if (room == 0) {
        bench_fail("%s: the answer is too long", client->stream.whose);
    }
    client->answer_len += stream_read(&client->stream, client->answer + client->answer_len, room);
    if (is_answered(arrivals, client)) {
        stream_close(&client->stream);
        client->stream.fd = -1;
        arrivals->here--;
        arrivals->done++;
        if (!arrivals->over) {
            come(arrivals, client);
        }
    }
}

static void go_on(struct arrivals *arrivals, struct client *client)
{
    if (client->stage == ASKING) {
        hear(arrivals, client);
    } else if (client->stage == COMING || stream_shake_hands(&client->stream)) {
        ask(arrivals, client);
    }
}

/* It is connected. */
static void begin(struct arrivals *arrivals, struct client *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = client}};

    epoll_ctl(arrivals->epoll, EPOLL_CTL_MOD, client->stream.fd, &event);
    if (arrivals->options.stream.tls) {
        stream_secure(&client->stream, arrivals->options.stream.tls);
        client->stage = SHAKING_HANDS;
    }
    go_on(arrivals, client);
}

static void turn(struct arrivals *arrivals)
{
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(arrivals->epoll, ready, READY_MAX, STALLS_MS);

    if (count == 0) {
        bench_fail("%s: does not answer", arrivals->options.stream.whose);
    }
    for (int i = 0; i < count; i++) {
        struct client *client = ready[i].data.ptr;

        if (client->stage == COMING) {
            begin(arrivals, client);
        } else {
            go_on(arrivals, client);
        }
    }
}

static void run(void *state, uint64_t duration_us)
{
    struct arrivals *arrivals = state;
    uint64_t end_us = bench_now_us() + duration_us;

    arrivals->over = false;
    for (size_t i = 0; i < arrivals->options.at_a_time; i++) {
        if (arrivals->clients[i].stream.fd < 0) {
            come(arrivals, &arrivals->clients[i]);
        }
    }
    do {
        turn(arrivals);
    } while (bench_now_us() < end_us);
}

static void drain(void *state)
{
    struct arrivals *arrivals = state;

    arrivals->over = true;
    while (arrivals->here > 0) {
        turn(arrivals);
    }
}

static uint64_t done(const void *state)
{
    const struct arrivals *arrivals = state;

    return arrivals->done;
}

static void close_all(void *state)
{
    struct arrivals *arrivals = state;

    close(arrivals->epoll);
    free(arrivals->clients);
    free(arrivals);
}

struct work arrivals_work(const struct arrivals_options *options)
{
    struct arrivals *arrivals = bench_alloc(1, sizeof *arrivals);

    arrivals->options = *options;
    arrivals->clients = bench_alloc(options->at_a_time, sizeof *arrivals->clients);
    arrivals->epoll = epoll_create1(EPOLL_CLOEXEC);
    arrivals->request_len = upgrade_request(arrivals->request, false);
    for (size_t i = 0; i < options->at_a_time; i++) {
        arrivals->clients[i].stream.fd = -1;
    }
    return (struct work){
        .state = arrivals, .run = run, .drain = drain, .done = done, .close = close_all};
}
