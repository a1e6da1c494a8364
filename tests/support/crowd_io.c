/* crowd_io: a driver of many clients who open a WebSocket, answer pings and say nothing else. */
#include "tests/support/crowd_io.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/list.h"

enum {
    SAID_MAX = 256
};

struct meeple_socket {
    struct meeple__list turn; /* in io->turns */
    void *user;
    uint8_t said[SAID_MAX]; /* and not taken */
    size_t said_len;
};

struct meeple_io {
    struct crowd_io *crowd;
    struct meeple_socket listener;
    struct meeple_socket *sockets;
    size_t accepted;
    struct meeple__list turns; /* who has said something */
    uint8_t taken[SAID_MAX];
};

static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static void say(meeple_io *io, meeple_socket *socket, const void *bytes, size_t len)
{
    cr_assert_leq(len, SAID_MAX - socket->said_len);
    memcpy(socket->said + socket->said_len, bytes, len);
    socket->said_len += len;
    if (meeple__list_empty(&socket->turn)) {
        meeple__list_append(&io->turns, &socket->turn);
    }
}

static int crowd_open(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                      meeple_io **out)
{
    struct crowd_io *crowd = driver->ctx;
    meeple_io *io = calloc(1, sizeof *io);

    (void)mem;
    (void)log;
    cr_assert(io && !crowd->io);
    io->crowd = crowd;
    io->sockets = calloc(crowd->size, sizeof *io->sockets);
    cr_assert(io->sockets);
    meeple__list_init(&io->turns);
    crowd->io = *out = io;
    return 0;
}

static void crowd_free(meeple_io *io)
{
    io->crowd->io = NULL;
    free(io->sockets);
    free(io);
}

static uint64_t crowd_now_ms(meeple_io *io)
{
    return io->crowd->now_ms;
}

static int crowd_random(meeple_io *io, void *dst, size_t len)
{
    (void)io;
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)dst)[i] = (uint8_t)rand();
    }
    return 0;
}

static int crowd_listen(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                        meeple_socket **out)
{
    (void)host;
    (void)port;
    (void)shared;
    io->listener.user = user;
    *out = &io->listener;
    return 0;
}

static int crowd_connect(meeple_io *io, const char *host, uint16_t port, void *user,
                         meeple_socket **out)
{
    (void)io;
    (void)host;
    (void)port;
    (void)user;
    *out = NULL;
    return MEEPLE_EIO;
}

static void crowd_attach(meeple_io *io, meeple_socket *socket, void *user)
{
    socket->user = user;
    say(io, socket, request, sizeof request - 1);
}

/* A ping in the beginning of what is sent is answered with its payload. */
static size_t crowd_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                         size_t count)
{
    uint8_t pong[6 + 125] = {0x8a};
    size_t total = 0;

    io->crowd->sends++;
    for (size_t i = 0; i < count; i++) {
        total += parts[i].len;
    }
    if (parts[0].ptr[0] == 0x89) {
        size_t len = parts[0].ptr[1];

        cr_assert(len <= 125 && parts[0].len >= 2 + len);
        pong[1] = (uint8_t)(0x80 | len);
        memcpy(pong + 6, parts[0].ptr + 2, len);
        say(io, socket, pong, 6 + len);
    }
    return total;
}

static void crowd_finish(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
}

static void crowd_close(meeple_io *io, meeple_socket *socket)
{
    if (socket != &io->listener) {
        meeple__list_remove(&socket->turn);
    }
}

static int crowd_next(meeple_io *io, meeple_io_event *event, int timeout_ms)
{
    struct crowd_io *crowd = io->crowd;
    meeple_socket *socket = NULL;

    crowd->turns++;
    *event = (meeple_io_event){.fault = {.text = ""}};
    if (io->accepted < crowd->size) {
        socket = &io->sockets[io->accepted++];
        meeple__list_init(&socket->turn);
        event->type = MEEPLE_IO_ACCEPTED;
    } else if (!meeple__list_empty(&io->turns)) {
        socket = MEEPLE__CONTAINER(io->turns.next, meeple_socket, turn);
        meeple__list_remove(&socket->turn);
        event->type = MEEPLE_IO_RECEIVED;
        event->user = socket->user;
        event->bytes = memcpy(io->taken, socket->said, socket->said_len);
        event->len = socket->said_len;
        socket->said_len = 0;
    }
    event->socket = socket;
    if (!socket) {
        cr_assert_geq(timeout_ms, 0, "it would wait for ever");
        crowd->now_ms += (uint64_t)timeout_ms;
    }
    return socket ? 1 : 0;
}

static void crowd_wake(meeple_io *io)
{
    (void)io;
}

static int crowd_pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static uint64_t crowd_due_ms(meeple_io *io)
{
    return io->accepted < io->crowd->size || !meeple__list_empty(&io->turns) ? 0 : UINT64_MAX;
}

static uint16_t crowd_port(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
    return 1;
}

static void crowd_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    (void)io;
    (void)socket;
    if (cap > 0) {
        dst[0] = '\0';
    }
}

void crowd_io_init(struct crowd_io *crowd, size_t size)
{
    *crowd = (struct crowd_io){.size = size, .now_ms = 1000};
    crowd->driver = (meeple_io_driver){.name = "crowd",
                                       .ctx = crowd,
                                       .open = crowd_open,
                                       .free = crowd_free,
                                       .now_ms = crowd_now_ms,
                                       .random = crowd_random,
                                       .listen = crowd_listen,
                                       .connect = crowd_connect,
                                       .attach = crowd_attach,
                                       .send = crowd_send,
                                       .finish = crowd_finish,
                                       .close = crowd_close,
                                       .next = crowd_next,
                                       .wake = crowd_wake,
                                       .pollable = crowd_pollable,
                                       .due_ms = crowd_due_ms,
                                       .port = crowd_port,
                                       .address = crowd_address};
}

void crowd_io_say(struct crowd_io *crowd, size_t who)
{
    static const uint8_t message[] = {0x82, 0x81, 0, 0, 0, 0, 'x'};

    say(crowd->io, &crowd->io->sockets[who], message, sizeof message);
}
