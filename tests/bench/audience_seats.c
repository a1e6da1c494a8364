/* audience_seats: the other side of audience: the process with the clients. */
#include "tests/bench/audience_seats.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport/ws_frame.h"

enum {
    COMING_MAX = 32,
    EVENTS = 256,
    CHUNK = 64 * 1024
};

static const char answer_begins[] = "HTTP/1.1 101";
static const char answer_ends[] = "\r\n\r\n";

struct seat {
    int fd;
    uint32_t answered; /* bytes of the answer that were there */
    uint8_t matched;   /* of its end; all: it is in */
    uint8_t head_len;
    uint8_t head[MEEPLE__WS_HEAD_MAX];
    struct meeple__ws_frame frame;
    uint64_t left; /* of the frame's payload */
    uint8_t ping[MEEPLE__WS_CONTROL_MAX];
};

struct seats {
    struct audience_heard *heard;
    struct audience_command place;
    struct seat *all;
    size_t count, cap, coming, wanted, next;
    int commands, epoll;
    bool end;
    const char *fault;
    uint8_t chunk[CHUNK];
};

static void fail(struct seats *seats, const char *why)
{
    if (!seats->fault) {
        seats->fault = why;
        seats->end = true;
    }
}

/* Little is sent, so that waiting for room is the exception. */
static void send_all(struct seats *seats, int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0 && !seats->fault) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

        if (sent >= 0) {
            bytes += sent;
            len -= (size_t)sent;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            fail(seats, "a client cannot send");
        }
    }
}

/* ---- what comes ---- */

static void answer_ping(struct seats *seats, struct seat *seat)
{
    static const uint8_t mask[4] = {0};
    uint8_t bytes[MEEPLE__WS_HEAD_MAX + MEEPLE__WS_CONTROL_MAX];
    size_t len = (size_t)seat->frame.len;
    size_t head = meeple__ws_frame_head(bytes, MEEPLE__WS_PONG, len, mask);

    memcpy(bytes + head, seat->ping, len);
    send_all(seats, seat->fd, bytes, head + len);
    atomic_fetch_add(&seats->heard->pings, 1);
}

static void frame_ends(struct seats *seats, struct seat *seat)
{
    seat->head_len = 0;
    if (seat->frame.opcode == MEEPLE__WS_PING) {
        answer_ping(seats, seat);
    } else if (seat->frame.opcode >= MEEPLE__WS_CLOSE_FRAME) {
        fail(seats, "a client was sent away");
    } else if (seat->frame.fin) {
        atomic_fetch_add_explicit(&seats->heard->messages, 1, memory_order_relaxed);
    }
}

/* One more byte of a header, which is whole then or is not. */
static void take_head(struct seats *seats, struct seat *seat, uint8_t byte)
{
    const char *why;
    int rc;

    seat->head[seat->head_len++] = byte;
    rc = meeple__ws_frame_parse(&seat->frame, (meeple_bytes){seat->head, seat->head_len}, &why);
    if (rc < 0) {
        fail(seats, why);
    } else if (rc > 0) {
        seat->left = seat->frame.len;
        if (seat->left == 0) {
            frame_ends(seats, seat);
        }
    }
}

static void take_frames(struct seats *seats, struct seat *seat, const uint8_t *bytes, size_t len)
{
    while (len > 0 && !seats->fault) {
        size_t size = 1;

        if (seat->left == 0) {
            take_head(seats, seat, *bytes);
        } else {
            size = seat->left < len ? (size_t)seat->left : len;
            if (seat->frame.opcode == MEEPLE__WS_PING) {
                memcpy(seat->ping + (seat->frame.len - seat->left), bytes, size);
            }
            seat->left -= size;
            if (seat->left == 0) {
                frame_ends(seats, seat);
            }
        }
        bytes += size;
        len -= size;
    }
}

/* How many of the bytes are still the answer to the request. */
static size_t take_answer(struct seats *seats, struct seat *seat, const uint8_t *bytes, size_t len)
{
    const uint8_t whole = sizeof answer_ends - 1;
    size_t at = 0;

    while (at < len && seat->matched < whole) {
        char byte = (char)bytes[at++];

        if (seat->answered < sizeof answer_begins - 1 && byte != answer_begins[seat->answered]) {
            fail(seats, "a client was not let in");
        }
        seat->answered++;
        seat->matched =
            byte == answer_ends[seat->matched] ? seat->matched + 1 : byte == answer_ends[0];
        if (seat->matched == whole) {
            seats->coming--;
            send_all(seats, seat->fd, seats->place.first, seats->place.first_len);
            atomic_fetch_add(&seats->heard->up, 1);
        }
    }
    return at;
}

static void receive(struct seats *seats, struct seat *seat)
{
    ssize_t got = recv(seat->fd, seats->chunk, sizeof seats->chunk, 0);
    size_t answer;

    if (got > 0) {
        answer = take_answer(seats, seat, seats->chunk, (size_t)got);
        take_frames(seats, seat, seats->chunk + answer, (size_t)got - answer);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        fail(seats, "a client was lost");
    }
}

/* ---- what is to be done ---- */

static void watch(struct seats *seats, int fd, uint32_t index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};

    if (epoll_ctl(seats->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        fail(seats, "a client cannot be watched");
    }
}

static void ask(struct seats *seats, int fd)
{
    char text[256];
    int len = snprintf(text, sizeof text,
                       "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                       seats->place.protocol[0] ? "Sec-WebSocket-Protocol: " : "",
                       seats->place.protocol, seats->place.protocol[0] ? "\r\n" : "");

    send_all(seats, fd, (const uint8_t *)text, (size_t)len);
}

/* Without lingering, the port is free at once when the process ends. */
static void sit_down(struct seats *seats)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(seats->place.port)};
    struct linger linger = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (seats->count == seats->cap) {
        size_t cap = seats->cap ? 2 * seats->cap : 64;
        struct seat *all = realloc(seats->all, cap * sizeof *all);

        seats->all = all ? all : seats->all;
        seats->cap = all ? cap : seats->cap;
    }
    if (fd < 0 || seats->count == seats->cap ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        fail(seats, "a client cannot connect");
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    seats->all[seats->count] = (struct seat){.fd = fd};
    watch(seats, fd, (uint32_t)seats->count++);
    seats->coming++;
    ask(seats, fd);
}

static void obey(struct seats *seats)
{
    struct audience_command command;
    ssize_t got = read(seats->commands, &command, sizeof command);

    if (got != (ssize_t)sizeof command || command.order == AUDIENCE_END) {
        seats->end = true;
    } else if (command.order == AUDIENCE_JOIN) {
        seats->place = command;
        seats->wanted += command.count;
    } else if (seats->count > 0) {
        for (uint32_t i = 0; i < command.count && !seats->fault; i++) {
            send_all(seats, seats->all[seats->next++ % seats->count].fd, seats->place.word,
                     seats->place.word_len);
        }
    }
}

static void turn(struct seats *seats)
{
    struct epoll_event events[EVENTS];
    int count;

    while (seats->wanted > 0 && seats->coming < COMING_MAX && !seats->fault) {
        seats->wanted--;
        sit_down(seats);
    }
    count = epoll_wait(seats->epoll, events, EVENTS, -1);
    for (int i = 0; i < count && !seats->end; i++) {
        if (events[i].data.u32 == UINT32_MAX) {
            obey(seats);
        } else {
            receive(seats, &seats->all[events[i].data.u32]);
        }
    }
}

int audience_seats_run(int commands, struct audience_heard *heard)
{
    static struct seats seats;

    seats =
        (struct seats){.heard = heard, .commands = commands, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    watch(&seats, commands, UINT32_MAX);
    while (!seats.end) {
        turn(&seats);
    }
    if (seats.fault) {
        fprintf(stderr, "audience: %s (%s)\n", seats.fault, strerror(errno));
        atomic_store(&heard->failed, true);
    }
    return seats.fault ? 1 : 0;
}
