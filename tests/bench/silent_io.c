/* silent_io: an io whose clients are here in memory: they come in, say what they are told to, and
 * take whatever is sent.  What a server costs then is its own work, without the kernel's. */
#include "tests/bench/silent_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/prng.h"

enum {
    CHUNK = 1024,
    BURST = 64, /* events until there is nothing for once, as a kernel tells so many at a time */
    PORT = 1
};

/* What a newcomer does next. */
enum step {
    STEP_COMES,
    STEP_ASKS,
    STEP_SPEAKS
};

struct meeple_socket {
    void *user;
    bool closed;
};

struct meeple_io {
    struct silent_io *silent;
};

struct silent_io {
    meeple_io_driver driver;
    meeple_io io;
    meeple_socket listener;
    meeple_socket **clients;
    size_t count, cap, next;
    size_t coming, words; /* that are still to come and to be said */
    enum step step;
    unsigned burst;
    const char *protocol;
    meeple_bytes first, word;
    uint64_t taken;
    struct prng prng;
    uint8_t chunk[CHUNK];
};

/* ---- the driver ---- */

static int open_io(const struct meeple_io_driver *driver, const meeple_mem *mem,
                   const meeple_log *log, meeple_io **out)
{
    struct silent_io *silent = driver->ctx;

    (void)mem;
    (void)log;
    *out = &silent->io;
    return 0;
}

static void free_io(meeple_io *io)
{
    (void)io;
}

static uint64_t now_ms(meeple_io *io)
{
    (void)io;
    return bench_now_us() / 1000;
}

static int fill_random(meeple_io *io, void *dst, size_t len)
{
    prng_fill(&io->silent->prng, dst, len);
    return 0;
}

static int listen_at(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                     meeple_socket **out)
{
    (void)host;
    (void)port;
    (void)shared;
    io->silent->listener.user = user;
    *out = &io->silent->listener;
    return 0;
}

static int connect_to(meeple_io *io, const char *host, uint16_t port, void *user,
                      meeple_socket **out)
{
    (void)io;
    (void)host;
    (void)port;
    (void)user;
    (void)out;
    return MEEPLE_EIO;
}

static void attach(meeple_io *io, meeple_socket *socket, void *user)
{
    (void)io;
    socket->user = user;
}

static size_t send_parts(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                         size_t count)
{
    size_t len = 0;

    (void)socket;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    io->silent->taken += len;
    return len;
}

static void finish(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
}

/* A closed one says nothing more; its memory is the io's. */
static void close_socket(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    socket->closed = true;
}

static meeple_socket *add_client(struct silent_io *silent)
{
    if (silent->count == silent->cap) {
        silent->cap = silent->cap ? 2 * silent->cap : 64;
        silent->clients = realloc(silent->clients, silent->cap * sizeof(meeple_socket *));
        if (!silent->clients) {
            bench_fail("out of memory");
        }
    }
    return silent->clients[silent->count++] = bench_alloc(1, sizeof(meeple_socket));
}

static void receive(struct silent_io *silent, meeple_socket *socket, meeple_bytes bytes,
                    meeple_io_event *event)
{
    memcpy(silent->chunk, bytes.ptr, bytes.len);
    *event = (meeple_io_event){.type = MEEPLE_IO_RECEIVED,
                               .user = socket->user,
                               .socket = socket,
                               .bytes = silent->chunk,
                               .len = bytes.len};
}

static void receive_request(struct silent_io *silent, meeple_socket *socket, meeple_io_event *event)
{
    const char *protocol = silent->protocol;
    char text[CHUNK];
    int len = snprintf(text, sizeof text,
                       "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                       protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "",
                       protocol ? "\r\n" : "");

    receive(silent, socket, (meeple_bytes){(const uint8_t *)text, (size_t)len}, event);
}

/* One after the other: a client is in before the next one comes. */
static bool next_of_newcomers(struct silent_io *silent, meeple_io_event *event)
{
    enum step step = silent->step;
    meeple_socket *socket;

    if (silent->coming == 0) {
        return false;
    }
    socket = step == STEP_COMES ? add_client(silent) : silent->clients[silent->count - 1];
    silent->step++;
    if (silent->step == STEP_SPEAKS + (silent->first.len > 0)) {
        silent->step = STEP_COMES;
        silent->coming--;
    }
    if (step == STEP_COMES) {
        *event = (meeple_io_event){
            .type = MEEPLE_IO_ACCEPTED, .user = silent->listener.user, .socket = socket};
    } else if (step == STEP_ASKS) {
        receive_request(silent, socket, event);
    } else {
        receive(silent, socket, silent->first, event);
    }
    return true;
}

static int next_event(meeple_io *io, meeple_io_event *event, int timeout_ms)
{
    struct silent_io *silent = io->silent;
    meeple_socket *socket;

    (void)timeout_ms;
    if (silent->burst == BURST) {
        silent->burst = 0;
        return 0;
    }
    if (next_of_newcomers(silent, event)) {
        silent->burst++;
        return 1;
    }
    if (silent->words == 0 || silent->count == 0) {
        silent->burst = 0;
        return 0;
    }
    silent->burst++;
    silent->words--;
    socket = silent->clients[silent->next++ % silent->count];
    if (socket->closed) {
        bench_fail("a client was sent away");
    }
    receive(silent, socket, silent->word, event);
    return 1;
}

static void wake(meeple_io *io)
{
    (void)io;
}

static int pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static uint64_t due_ms(meeple_io *io)
{
    return io->silent->coming > 0 || io->silent->words > 0 ? 0 : UINT64_MAX;
}

static uint16_t port(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
    return PORT;
}

static void address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    (void)io;
    (void)socket;
    snprintf(dst, cap, "%s", "127.0.0.1:1");
}

/* ---- ours ---- */

struct silent_io *silent_io_new(void)
{
    struct silent_io *silent = bench_alloc(1, sizeof *silent);

    silent->io.silent = silent;
    silent->driver = (meeple_io_driver){.name = "silent",
                                        .ctx = silent,
                                        .open = open_io,
                                        .free = free_io,
                                        .now_ms = now_ms,
                                        .random = fill_random,
                                        .listen = listen_at,
                                        .connect = connect_to,
                                        .attach = attach,
                                        .send = send_parts,
                                        .finish = finish,
                                        .close = close_socket,
                                        .next = next_event,
                                        .wake = wake,
                                        .pollable = pollable,
                                        .due_ms = due_ms,
                                        .port = port,
                                        .address = address};
    return silent;
}

const meeple_io_driver *silent_io_driver(const struct silent_io *io)
{
    return &io->driver;
}

void silent_io_join(struct silent_io *io, size_t count, const char *protocol, meeple_bytes first)
{
    if (first.len > CHUNK) {
        bench_fail("too much for a newcomer to say");
    }
    io->protocol = protocol;
    io->first = first;
    io->coming += count;
}

void silent_io_say(struct silent_io *io, size_t count, meeple_bytes word)
{
    if (word.len > CHUNK) {
        bench_fail("too much for a client to say");
    }
    io->word = word;
    io->words += count;
}

uint64_t silent_io_taken(const struct silent_io *io)
{
    return io->taken;
}

void silent_io_free(struct silent_io *io)
{
    if (!io) {
        return;
    }
    for (size_t i = 0; i < io->count; i++) {
        free(io->clients[i]);
    }
    free(io->clients);
    free(io);
}
