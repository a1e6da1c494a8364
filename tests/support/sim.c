/* sim: a network of hosts in one thread, over virtual time and from a seed. */
#include "tests/support/sim.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/list.h"
#include "tests/support/prng.h"

#define NEVER UINT64_MAX

enum {
    WINDOW_BYTES = 65536,
    PARTS_MAX = 256,
    FIRST_PORT = 40000
};

enum piece_kind {
    DATA,
    END,
    RESET
};

/* Something on its way to a socket, or there and not taken. */
struct piece {
    struct meeple__list link;
    enum piece_kind kind;
    uint64_t due_ms;
    size_t at, len; /* bytes[at .. len) are left */
    uint8_t bytes[];
};

struct host {
    struct meeple__list link; /* in sim->hosts */
    struct sim *sim;
    meeple_io_driver driver;
    enum sim_fate fate;
    char name[64];
};

struct cut {
    struct meeple__list link; /* in sim->cuts */
    const struct host *a, *b;
};

struct sim {
    struct sim_options options;
    struct prng weather; /* what the network does */
    struct prng dice;    /* what random() says */
    uint64_t now_ms;
    uint64_t fail_at;
    bool call_failed;
    uint16_t next_port;
    struct meeple__list hosts, ios, cuts;
    struct sim_counts counts;
};

struct meeple_io {
    struct meeple__list link; /* in sim->ios */
    struct sim *sim;
    struct host *host;
    struct meeple__list sockets; /* whose turn it is first */
    uint64_t wake_ms;            /* when a next() wanted to end */
    atomic_bool woken;
    uint8_t *held; /* the bytes of the last RECEIVED */
    char fault_text[200];
};

enum phase {
    LISTENING,
    CONNECTING, /* due_ms: the request reaches the other host */
    ANSWERED,   /* due_ms: the answer is back; error says which */
    ARRIVED,    /* to be accepted */
    OPEN,
    LOST /* BROKEN was told */
};

struct meeple_socket {
    struct meeple__list link; /* in io->sockets */
    meeple_io *io;
    void *user;
    enum phase phase;
    uint64_t due_ms;
    meeple_stage stage; /* of error */
    int error;
    char target[64]; /* as connect() was given it */
    uint16_t port, remote_port;
    const struct host *remote;
    meeple_socket *peer, *listener;
    struct meeple__list inbox; /* pieces */
    size_t inbox_bytes;
    uint64_t last_due_ms; /* of what was put into the inbox */
    size_t void_bytes;    /* sent and vanished */
    bool cut, finished, blocked;
    uint64_t sent_due_ms; /* when a SENT comes, if blocked and there is room */
    meeple_bytes *parts;  /* completions: what the caller still holds for us */
    size_t part_count;
};

static void *must(void *ptr)
{
    if (!ptr) {
        abort();
    }
    return ptr;
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
trace(const struct sim *sim, const char *format, ...)
{
    char line[300];
    int len;
    va_list args;

    if (!sim->options.trace) {
        return;
    }
    len = snprintf(line, sizeof line, "%llu ", (unsigned long long)sim->now_ms);
    va_start(args, format);
    vsnprintf(line + len, sizeof line - (size_t)len, format, args);
    va_end(args);
    sim->options.trace(sim->options.trace_ctx, line);
}

static void trace_stream(const meeple_socket *from, const char *what)
{
    trace(from->io->sim, "%s:%u > %s:%u %s", from->io->host->name, (unsigned)from->port,
          from->remote ? from->remote->name : from->target, (unsigned)from->remote_port, what);
}

/* True if this call is the one to fail. */
static bool fails(struct sim *sim)
{
    if (++sim->counts.calls != sim->fail_at) {
        return false;
    }
    sim->call_failed = true;
    trace(sim, "call %llu fails", (unsigned long long)sim->fail_at);
    return true;
}

static uint64_t later(struct sim *sim)
{
    return sim->now_ms +
           prng_between(&sim->weather, sim->options.latency_min_ms, sim->options.latency_max_ms);
}

static struct host *find_host(struct sim *sim, const char *name)
{
    for (struct meeple__list *at = sim->hosts.next; at != &sim->hosts; at = at->next) {
        struct host *host = MEEPLE__CONTAINER(at, struct host, link);

        if (strcmp(host->name, name) == 0) {
            return host;
        }
    }
    return NULL;
}

static bool is_cut(const struct sim *sim, const struct host *one, const struct host *other)
{
    for (const struct meeple__list *at = sim->cuts.next; at != &sim->cuts; at = at->next) {
        const struct cut *cut = (const struct cut *)(const void *)at;

        if ((cut->a == one && cut->b == other) || (cut->a == other && cut->b == one)) {
            return true;
        }
    }
    return false;
}

static meeple_socket *find_listener(struct sim *sim, const struct host *host, uint16_t port)
{
    for (struct meeple__list *i = sim->ios.next; i != &sim->ios; i = i->next) {
        meeple_io *io = MEEPLE__CONTAINER(i, meeple_io, link);

        for (struct meeple__list *j = io->sockets.next; io->host == host && j != &io->sockets;
             j = j->next) {
            meeple_socket *socket = MEEPLE__CONTAINER(j, meeple_socket, link);

            if (socket->phase == LISTENING && socket->port == port) {
                return socket;
            }
        }
    }
    return NULL;
}

static meeple_socket *socket_new(meeple_io *io, enum phase phase, void *user)
{
    meeple_socket *socket = must(calloc(1, sizeof *socket));

    socket->io = io;
    socket->user = user;
    socket->phase = phase;
    socket->due_ms = NEVER;
    socket->sent_due_ms = NEVER;
    meeple__list_init(&socket->inbox);
    meeple__list_init(&socket->link);
    meeple__list_append(&io->sockets, &socket->link);
    return socket;
}

static struct piece *piece_new(enum piece_kind kind, uint64_t due_ms, size_t len)
{
    struct piece *piece = must(calloc(1, sizeof *piece + len));

    piece->kind = kind;
    piece->due_ms = due_ms;
    piece->len = len;
    meeple__list_init(&piece->link);
    return piece;
}

/* In order: never before what went before it. */
static void put(meeple_socket *to, struct piece *piece)
{
    if (piece->due_ms < to->last_due_ms) {
        piece->due_ms = to->last_due_ms;
    }
    to->last_due_ms = piece->due_ms;
    to->inbox_bytes += piece->len;
    meeple__list_append(&to->inbox, &piece->link);
}

static void drop(meeple_socket *socket, struct piece *piece)
{
    socket->inbox_bytes -= piece->len - piece->at;
    meeple__list_remove(&piece->link);
    free(piece);
}

/* What is still on its way never comes, nor what is behind it: of a piece that was taken in part
 * the rest may be late. */
static void drop_undue(meeple_socket *socket)
{
    struct meeple__list *at = socket->inbox.next;
    bool undue = false;

    while (at != &socket->inbox) {
        struct piece *piece = MEEPLE__CONTAINER(at, struct piece, link);

        at = at->next;
        undue = undue || piece->due_ms > socket->io->sim->now_ms;
        if (undue) {
            drop(socket, piece);
        }
    }
    socket->last_due_ms = socket->io->sim->now_ms;
}

/* Tells an end, after what it was sent before. */
static void tell(meeple_socket *to, enum piece_kind kind, uint64_t due_ms)
{
    if (to && !to->cut) {
        put(to, piece_new(kind, due_ms, 0));
    }
}

/* The stream breaks on its way: both ends hear of it. */
static void reset(meeple_socket *socket, const char *why)
{
    struct sim *sim = socket->io->sim;

    trace_stream(socket, why);
    sim->counts.resets++;
    tell(socket->peer, RESET, later(sim));
    tell(socket, RESET, later(sim));
}

static size_t room_for(const meeple_socket *socket)
{
    size_t window = socket->io->sim->options.window_bytes;
    size_t used = socket->cut ? socket->void_bytes : socket->peer ? socket->peer->inbox_bytes : 0;

    return used < window ? window - used : 0;
}

/* Copies len bytes of the parts into a piece, or into nothing. */
static void transmit(meeple_socket *socket, const meeple_bytes *parts, size_t len)
{
    struct sim *sim = socket->io->sim;
    struct piece *piece = piece_new(DATA, later(sim), len);
    size_t done = 0;
    char what[32];

    for (size_t i = 0; done < len; i++) {
        size_t some = parts[i].len < len - done ? parts[i].len : len - done;

        if (some > 0) {
            memcpy(piece->bytes + done, parts[i].ptr, some);
        }
        done += some;
    }
    snprintf(what, sizeof what, "%zu bytes", len);
    trace_stream(socket, what);
    if (sim->options.tap) {
        sim->options.tap(sim->options.tap_ctx, socket->io->host->name, socket->remote->name,
                         socket->listener ? socket->remote_port : socket->port,
                         (meeple_bytes){piece->bytes, len});
    }
    sim->counts.pieces++;
    sim->counts.bytes += len;
    if (socket->cut) {
        socket->void_bytes += len;
        free(piece);
    } else if (!socket->peer) {
        /* It arrives where the stream is no more. */
        tell(socket, RESET, later(sim) + piece->due_ms - sim->now_ms);
        free(piece);
    } else {
        put(socket->peer, piece);
    }
}

/* How much of what is offered goes at once. */
static size_t some_of(meeple_socket *socket, size_t offered, size_t least)
{
    struct sim *sim = socket->io->sim;
    size_t room = room_for(socket);
    size_t most = offered < room ? offered : room;

    if (!sim->options.stutter || most <= least || prng_below(&sim->weather, 2) == 0) {
        return most;
    }
    return (size_t)prng_between(&sim->weather, least, most);
}

static void forget_parts(meeple_socket *socket)
{
    free(socket->parts);
    socket->parts = NULL;
    socket->part_count = 0;
}

/* Remembers where the caller's bytes lie, without those that are gone. */
static void keep_parts(meeple_socket *socket, const meeple_bytes *parts, size_t count, size_t gone)
{
    socket->parts = must(calloc(count, sizeof *parts));
    for (size_t i = 0; i < count; i++) {
        size_t skip = gone < parts[i].len ? gone : parts[i].len;

        gone -= skip;
        if (skip < parts[i].len) {
            socket->parts[socket->part_count++] =
                (meeple_bytes){parts[i].ptr + skip, parts[i].len - skip};
        }
    }
}

static size_t sim_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                       size_t count)
{
    struct sim *sim = io->sim;
    size_t total = 0, taken;

    assert(socket->phase == OPEN || socket->phase == LOST);
    assert(!socket->blocked && !socket->finished && count <= PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        total += parts[i].len;
    }
    if (fails(sim) && socket->phase == OPEN) {
        reset(socket, "lost");
        return 0;
    }
    if (total == 0 || socket->phase == LOST) {
        return 0;
    }
    taken = some_of(socket, total, 0);
    if (taken > 0 && prng_below(&sim->weather, 1000000) < sim->options.resets_per_million) {
        reset(socket, "reset");
        return 0;
    }
    if (taken > 0) {
        transmit(socket, parts, taken);
    }
    if (taken < total) {
        sim->counts.short_sends++;
        socket->blocked = true;
        socket->sent_due_ms = room_for(socket) > 0 ? later(sim) : NEVER;
        if (sim->options.completions) {
            keep_parts(socket, parts, count, taken);
        }
    }
    return taken;
}

static void sim_finish(meeple_io *io, meeple_socket *socket)
{
    assert(socket->phase == OPEN || socket->phase == LOST);
    if (socket->phase == OPEN && !socket->finished) {
        trace_stream(socket, "end");
        socket->finished = true;
        socket->blocked = false;
        forget_parts(socket);
        tell(socket->peer, END, later(io->sim));
    }
}

static void close_stream(meeple_socket *socket)
{
    struct sim *sim = socket->io->sim;
    meeple_socket *peer = socket->peer;
    bool unread = socket->inbox_bytes > 0 || socket->phase == ARRIVED;

    trace_stream(socket, "close");
    if (!peer) {
        return;
    }
    peer->peer = NULL;
    if (unread) {
        tell(peer, RESET, later(sim));
    } else if (!socket->finished) {
        tell(peer, END, later(sim));
    }
    if (peer->blocked && !peer->cut && peer->sent_due_ms == NEVER) {
        peer->sent_due_ms = later(sim);
    }
}

static void sim_close(meeple_io *io, meeple_socket *socket)
{
    struct meeple__list *at = io->sockets.next;

    if (socket->phase != LISTENING) {
        close_stream(socket);
    }
    /* Nobody will accept what came to a listener that is no more. */
    while (socket->phase == LISTENING && at != &io->sockets) {
        meeple_socket *other = MEEPLE__CONTAINER(at, meeple_socket, link);

        at = at->next;
        if (other->phase == ARRIVED && other->listener == socket) {
            sim_close(io, other);
        }
    }
    while (!meeple__list_empty(&socket->inbox)) {
        drop(socket, MEEPLE__CONTAINER(socket->inbox.next, struct piece, link));
    }
    forget_parts(socket);
    meeple__list_remove(&socket->link);
    free(socket);
}

static int sim_open(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                    meeple_io **out)
{
    struct host *host = driver->ctx;
    meeple_io *io;

    (void)mem;
    (void)log;
    *out = NULL;
    if (fails(host->sim)) {
        return MEEPLE_EIO;
    }
    io = must(calloc(1, sizeof *io));
    io->sim = host->sim;
    io->host = host;
    io->wake_ms = NEVER;
    atomic_init(&io->woken, false);
    meeple__list_init(&io->sockets);
    meeple__list_init(&io->link);
    meeple__list_append(&host->sim->ios, &io->link);
    *out = io;
    return 0;
}

static void sim_io_free(meeple_io *io)
{
    if (!io) {
        return;
    }
    while (!meeple__list_empty(&io->sockets)) {
        sim_close(io, MEEPLE__CONTAINER(io->sockets.next, meeple_socket, link));
    }
    meeple__list_remove(&io->link);
    free(io->held);
    free(io);
}

static uint64_t sim_now_ms(meeple_io *io)
{
    return io->sim->now_ms;
}

static int sim_random(meeple_io *io, void *dst, size_t len)
{
    if (fails(io->sim)) {
        return MEEPLE_EIO;
    }
    prng_fill(&io->sim->dice, dst, len);
    return 0;
}

static uint16_t free_port(struct sim *sim)
{
    if (sim->next_port < FIRST_PORT) {
        sim->next_port = FIRST_PORT;
    }
    return sim->next_port++;
}

static int sim_listen(meeple_io *io, const char *address, uint16_t port, bool shared, void *user,
                      meeple_socket **out)
{
    meeple_socket *listener;

    (void)address;
    *out = NULL;
    if (fails(io->sim)) {
        return MEEPLE_EIO;
    }
    if (shared) {
        return MEEPLE_ENOTSUP;
    }
    if (port != 0 && find_listener(io->sim, io->host, port)) {
        return MEEPLE_EINUSE;
    }
    listener = socket_new(io, LISTENING, user);
    listener->port = port ? port : free_port(io->sim);
    *out = listener;
    return 0;
}

static struct host *target_of(meeple_io *io, const char *name)
{
    bool self = strcmp(name, "localhost") == 0 || strcmp(name, "127.0.0.1") == 0 ||
                strcmp(name, "::1") == 0;

    return self ? io->host : find_host(io->sim, name);
}

static int sim_connect(meeple_io *io, const char *name, uint16_t port, void *user,
                       meeple_socket **out)
{
    struct host *host = target_of(io, name);
    meeple_socket *socket;

    *out = NULL;
    if (fails(io->sim)) {
        return MEEPLE_EIO;
    }
    socket = socket_new(io, CONNECTING, user);
    snprintf(socket->target, sizeof socket->target, "%s", name);
    socket->port = free_port(io->sim);
    socket->remote_port = port;
    socket->remote = host;
    trace_stream(socket, "connect");
    if (!host || host->fate == SIM_UNKNOWN) {
        socket->phase = ANSWERED;
        socket->stage = MEEPLE_STAGE_RESOLVE;
        socket->error = EAI_NONAME;
        socket->due_ms = later(io->sim);
    } else if (host->fate != SIM_SILENT && !is_cut(io->sim, io->host, host)) {
        socket->due_ms = later(io->sim);
    }
    *out = socket;
    return 0;
}

static void sim_attach(meeple_io *io, meeple_socket *socket, void *user)
{
    (void)io;
    socket->user = user;
}

/* A request has reached the host: another end comes to be, or a refusal goes back. */
static void request_arrives(struct sim *sim, meeple_socket *caller)
{
    meeple_socket *listener = find_listener(sim, caller->remote, caller->remote_port);
    meeple_socket *callee;

    if (is_cut(sim, caller->io->host, caller->remote) || caller->remote->fate == SIM_SILENT) {
        caller->due_ms = NEVER;
        return;
    }
    caller->phase = ANSWERED;
    if (!listener || caller->remote->fate == SIM_REFUSES) {
        caller->stage = MEEPLE_STAGE_CONNECT;
        caller->error = ECONNREFUSED;
        caller->due_ms = later(sim);
        return;
    }
    callee = socket_new(listener->io, ARRIVED, NULL);
    callee->listener = listener;
    callee->port = listener->port;
    callee->remote = caller->io->host;
    callee->remote_port = caller->port;
    callee->peer = caller;
    callee->due_ms = caller->due_ms;
    caller->peer = callee;
    caller->due_ms = later(sim);
    caller->last_due_ms = caller->due_ms;
}

static void settle(struct sim *sim)
{
    for (struct meeple__list *i = sim->ios.next; i != &sim->ios; i = i->next) {
        meeple_io *io = MEEPLE__CONTAINER(i, meeple_io, link);

        for (struct meeple__list *j = io->sockets.next; j != &io->sockets; j = j->next) {
            meeple_socket *socket = MEEPLE__CONTAINER(j, meeple_socket, link);

            if (socket->phase == CONNECTING && socket->due_ms <= sim->now_ms) {
                request_arrives(sim, socket);
            }
        }
    }
}

static void broken(meeple_socket *socket, meeple_io_event *event)
{
    meeple_io *io = socket->io;

    event->type = MEEPLE_IO_BROKEN;
    event->fault = (meeple_fault){socket->stage, socket->error, io->fault_text};
    if (socket->stage == MEEPLE_STAGE_RESOLVE) {
        snprintf(io->fault_text, sizeof io->fault_text,
                 "no address for %s: Name or service not known", socket->target);
    } else if (socket->error == ECONNREFUSED) {
        snprintf(io->fault_text, sizeof io->fault_text,
                 "could not connect to %s port %u: Connection refused", socket->target,
                 (unsigned)socket->remote_port);
    } else {
        snprintf(io->fault_text, sizeof io->fault_text,
                 "the connection was lost: Connection reset by peer");
    }
    socket->phase = LOST;
    socket->blocked = false;
    forget_parts(socket);
}

static void received(meeple_socket *socket, struct piece *piece, meeple_io_event *event)
{
    struct sim *sim = socket->io->sim;
    size_t left = piece->len - piece->at, some = left;
    meeple_socket *peer = socket->peer;

    if (sim->options.chop) {
        some = (size_t)prng_between(&sim->weather, 1, prng_below(&sim->weather, 2) ? left : 1);
    }
    socket->io->held = must(malloc(some));
    memcpy(socket->io->held, piece->bytes + piece->at, some);
    event->type = MEEPLE_IO_RECEIVED;
    event->bytes = socket->io->held;
    event->len = some;
    piece->at += some;
    socket->inbox_bytes -= some;
    if (some == left) {
        drop(socket, piece);
    } else if (prng_below(&sim->weather, 4) == 0) {
        piece->due_ms = later(sim);
    }
    if (peer && peer->blocked && !peer->cut && peer->sent_due_ms == NEVER) {
        peer->sent_due_ms = later(sim);
    }
}

static void sent(meeple_socket *socket, meeple_io_event *event)
{
    event->type = MEEPLE_IO_SENT;
    socket->blocked = false;
    socket->sent_due_ms = NEVER;
    if (socket->parts) {
        size_t offered = 0;

        for (size_t i = 0; i < socket->part_count; i++) {
            offered += socket->parts[i].len;
        }
        event->len = some_of(socket, offered, 1);
        if (event->len > 0) {
            transmit(socket, socket->parts, event->len);
        }
        forget_parts(socket);
    }
}

/* The next thing that comes on an open stream. */
static bool stream_turn(meeple_socket *socket, meeple_io_event *event)
{
    uint64_t now_ms = socket->io->sim->now_ms;

    if (!meeple__list_empty(&socket->inbox)) {
        struct piece *piece = MEEPLE__CONTAINER(socket->inbox.next, struct piece, link);

        if (piece->due_ms <= now_ms && piece->kind == DATA) {
            received(socket, piece, event);
            return true;
        }
        if (piece->due_ms <= now_ms) {
            event->type = MEEPLE_IO_ENDED;
            if (piece->kind == RESET) {
                socket->stage = MEEPLE_STAGE_CONNECT;
                socket->error = ECONNRESET;
                broken(socket, event);
            }
            drop(socket, piece);
            return true;
        }
    }
    if (socket->blocked && socket->sent_due_ms <= now_ms) {
        sent(socket, event);
        return true;
    }
    return false;
}

static bool turn(meeple_socket *socket, meeple_io_event *event)
{
    if (socket->phase == OPEN) {
        return stream_turn(socket, event);
    }
    if (socket->phase != ANSWERED && socket->phase != ARRIVED) {
        return false;
    }
    if (socket->due_ms > socket->io->sim->now_ms) {
        return false;
    }
    socket->due_ms = NEVER;
    if (socket->error != 0) {
        broken(socket, event);
        return true;
    }
    event->type = socket->phase == ARRIVED ? MEEPLE_IO_ACCEPTED : MEEPLE_IO_CONNECTED;
    if (socket->phase == ARRIVED) {
        event->user = socket->listener->user;
    } else {
        socket->io->sim->counts.connects++;
    }
    socket->phase = OPEN;
    return true;
}

static int sim_next(meeple_io *io, meeple_io_event *out, int timeout_ms)
{
    free(io->held);
    io->held = NULL;
    io->wake_ms = timeout_ms > 0 ? io->sim->now_ms + (uint64_t)timeout_ms : NEVER;
    if (fails(io->sim)) {
        return MEEPLE_EIO;
    }
    settle(io->sim);
    for (struct meeple__list *at = io->sockets.next; at != &io->sockets; at = at->next) {
        meeple_socket *socket = MEEPLE__CONTAINER(at, meeple_socket, link);
        meeple_io_event event = {.user = socket->user, .socket = socket, .fault = {.text = ""}};

        if (turn(socket, &event)) {
            /* Everybody else first, before its next turn. */
            meeple__list_remove(at);
            meeple__list_append(&io->sockets, at);
            *out = event;
            return 1;
        }
    }
    if (atomic_exchange(&io->woken, false)) {
        *out = (meeple_io_event){.type = MEEPLE_IO_WOKEN, .fault = {.text = ""}};
        return 1;
    }
    return 0;
}

static void sim_wake(meeple_io *io)
{
    atomic_store(&io->woken, true);
}

static int sim_pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static void sooner(uint64_t *next_ms, uint64_t at_ms, uint64_t from_ms)
{
    if (at_ms >= from_ms && at_ms < *next_ms) {
        *next_ms = at_ms;
    }
}

/* The first moment from from_ms on at which something happens to a stream of io. */
static uint64_t first_moment(const meeple_io *io, uint64_t from_ms)
{
    uint64_t next_ms = NEVER;

    for (struct meeple__list *at = io->sockets.next; at != &io->sockets; at = at->next) {
        const meeple_socket *socket = MEEPLE__CONTAINER(at, meeple_socket, link);

        if (socket->phase == LOST) {
            continue;
        }
        sooner(&next_ms, socket->due_ms, from_ms);
        if (socket->phase == OPEN && !meeple__list_empty(&socket->inbox)) {
            sooner(&next_ms, MEEPLE__CONTAINER(socket->inbox.next, struct piece, link)->due_ms,
                   from_ms);
        }
        if (socket->blocked) {
            sooner(&next_ms, socket->sent_due_ms, from_ms);
        }
    }
    return next_ms;
}

static uint64_t sim_due_ms(meeple_io *io)
{
    return atomic_load(&io->woken) ? 0 : first_moment(io, 0);
}

static uint16_t sim_port(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    return socket->port;
}

static void sim_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    (void)io;
    if (socket->remote) {
        snprintf(dst, cap, "%s:%u", socket->remote->name, (unsigned)socket->remote_port);
    } else {
        snprintf(dst, cap, "%s", "");
    }
}

static struct host *host_of(struct sim *sim, const char *name)
{
    struct host *host = find_host(sim, name);

    if (host) {
        return host;
    }
    host = must(calloc(1, sizeof *host));
    host->sim = sim;
    assert(strlen(name) < sizeof host->name);
    memcpy(host->name, name, strlen(name));
    host->driver = (meeple_io_driver){.name = "sim",
                                      .ctx = host,
                                      .open = sim_open,
                                      .free = sim_io_free,
                                      .now_ms = sim_now_ms,
                                      .random = sim_random,
                                      .listen = sim_listen,
                                      .connect = sim_connect,
                                      .attach = sim_attach,
                                      .send = sim_send,
                                      .finish = sim_finish,
                                      .close = sim_close,
                                      .next = sim_next,
                                      .wake = sim_wake,
                                      .pollable = sim_pollable,
                                      .due_ms = sim_due_ms,
                                      .port = sim_port,
                                      .address = sim_address};
    meeple__list_init(&host->link);
    meeple__list_append(&sim->hosts, &host->link);
    return host;
}

struct sim *sim_new(const struct sim_options *options)
{
    struct sim *sim = must(calloc(1, sizeof *sim));

    if (options) {
        sim->options = *options;
    }
    if (sim->options.window_bytes == 0) {
        sim->options.window_bytes = WINDOW_BYTES;
    }
    if (sim->options.latency_max_ms < sim->options.latency_min_ms) {
        sim->options.latency_max_ms = sim->options.latency_min_ms;
    }
    sim->weather.state = sim->options.seed;
    sim->dice.state = ~sim->options.seed;
    sim->now_ms = 1000;
    meeple__list_init(&sim->hosts);
    meeple__list_init(&sim->ios);
    meeple__list_init(&sim->cuts);
    return sim;
}

void sim_free(struct sim *sim)
{
    if (!sim) {
        return;
    }
    assert(meeple__list_empty(&sim->ios));
    while (!meeple__list_empty(&sim->cuts)) {
        struct cut *cut = MEEPLE__CONTAINER(sim->cuts.next, struct cut, link);

        meeple__list_remove(&cut->link);
        free(cut);
    }
    while (!meeple__list_empty(&sim->hosts)) {
        struct host *host = MEEPLE__CONTAINER(sim->hosts.next, struct host, link);

        meeple__list_remove(&host->link);
        free(host);
    }
    free(sim);
}

const meeple_io_driver *sim_driver(struct sim *sim, const char *host)
{
    return &host_of(sim, host)->driver;
}

uint64_t sim_now(const struct sim *sim)
{
    return sim->now_ms;
}

/* When something will be that is not yet. */
static uint64_t next_moment(struct sim *sim)
{
    uint64_t next_ms = NEVER;

    for (struct meeple__list *i = sim->ios.next; i != &sim->ios; i = i->next) {
        meeple_io *io = MEEPLE__CONTAINER(i, meeple_io, link);

        sooner(&next_ms, io->wake_ms, sim->now_ms + 1);
        sooner(&next_ms, first_moment(io, sim->now_ms + 1), sim->now_ms + 1);
    }
    return next_ms;
}

bool sim_step_until(struct sim *sim, uint64_t until_ms)
{
    uint64_t next_ms;

    settle(sim);
    next_ms = next_moment(sim);
    if (next_ms > until_ms || next_ms == NEVER) {
        if (until_ms != NEVER && until_ms > sim->now_ms) {
            sim->now_ms = until_ms;
        }
        return false;
    }
    sim->now_ms = next_ms;
    settle(sim);
    return true;
}

bool sim_step(struct sim *sim)
{
    return sim_step_until(sim, NEVER);
}

void sim_set_fate(struct sim *sim, const char *host, enum sim_fate fate)
{
    host_of(sim, host)->fate = fate;
}

/* Calls one of the two below for each stream of a host. */
static void each_stream(struct sim *sim, const struct host *host, const struct host *other,
                        void (*act)(meeple_socket *socket))
{
    for (struct meeple__list *i = sim->ios.next; i != &sim->ios; i = i->next) {
        meeple_io *io = MEEPLE__CONTAINER(i, meeple_io, link);

        for (struct meeple__list *j = io->sockets.next; j != &io->sockets; j = j->next) {
            meeple_socket *socket = MEEPLE__CONTAINER(j, meeple_socket, link);

            if (socket->phase != LISTENING && io->host == host &&
                (!other || socket->remote == other)) {
                act(socket);
            }
        }
    }
}

static void cut_one(meeple_socket *socket)
{
    if (socket->peer) {
        socket->peer->void_bytes += socket->inbox_bytes;
    }
    drop_undue(socket);
    socket->cut = true;
    if (socket->phase == CONNECTING || (socket->phase == ANSWERED && !socket->stage)) {
        socket->due_ms = NEVER;
    }
}

void sim_cut(struct sim *sim, const char *host_a, const char *host_b)
{
    struct cut *cut = must(calloc(1, sizeof *cut));

    cut->a = host_of(sim, host_a);
    cut->b = host_of(sim, host_b);
    meeple__list_init(&cut->link);
    meeple__list_append(&sim->cuts, &cut->link);
    trace(sim, "%s - %s cut", host_a, host_b);
    each_stream(sim, cut->a, cut->b, cut_one);
    if (cut->a != cut->b) {
        each_stream(sim, cut->b, cut->a, cut_one);
    }
}

void sim_mend(struct sim *sim, const char *host_a, const char *host_b)
{
    const struct host *a = host_of(sim, host_a), *b = host_of(sim, host_b);
    struct meeple__list *at = sim->cuts.next;

    while (at != &sim->cuts) {
        struct cut *cut = MEEPLE__CONTAINER(at, struct cut, link);

        at = at->next;
        if ((cut->a == a && cut->b == b) || (cut->a == b && cut->b == a)) {
            meeple__list_remove(&cut->link);
            free(cut);
        }
    }
    trace(sim, "%s - %s mended", host_a, host_b);
}

static void reset_one(meeple_socket *socket)
{
    uint64_t now_ms = socket->io->sim->now_ms;

    if (!socket->peer || socket->cut) {
        return;
    }
    trace_stream(socket, "reset");
    socket->io->sim->counts.resets++;
    drop_undue(socket);
    drop_undue(socket->peer);
    tell(socket->peer, RESET, now_ms);
    tell(socket, RESET, now_ms);
}

void sim_reset_all(struct sim *sim, const char *host)
{
    each_stream(sim, host_of(sim, host), NULL, reset_one);
}

void sim_fail_call(struct sim *sim, uint64_t n)
{
    sim->fail_at = n > 0 ? sim->counts.calls + n : 0;
    sim->call_failed = false;
}

bool sim_call_failed(const struct sim *sim)
{
    return sim->call_failed;
}

struct sim_counts sim_counts(const struct sim *sim)
{
    return sim->counts;
}
