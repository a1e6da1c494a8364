/* io_loopback: streams inside one process and one thread, without the operating system. */
#include "transport/io_loopback.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/block.h"
#include "core/list.h"
#include "core/mem.h"
#include "transport/io_address.h"
#include "transport/io_random.h"

enum {
    INBOX_BYTES = 64 * 1024,
    BACKLOG_MAX = 128,
    FAULT_BYTES = 160
};

struct meeple__loopback {
    meeple_io_driver driver;
    const meeple_mem *mem;
    size_t refs;
    meeple_socket *listener;
    size_t waiting_count;     /* ends that were connected and not accepted */
    struct meeple__pool pool; /* so that a conversation does not allocate for each message */
};

struct meeple_io {
    struct meeple__loopback *hub;
    const meeple_mem *mem;
    struct meeple__list sockets;
    struct meeple__list turns; /* sockets that have something to tell */
    struct meeple__random random;
    struct meeple__block *held; /* handed out; ours again with the next next() */
    atomic_bool woken;
    char fault_text[FAULT_BYTES];
};

struct meeple_socket {
    meeple_io *io;
    struct meeple__list link, turn;
    void *user;
    meeple_socket *peer; /* the other end, until it is closed */
    struct meeple__block
        *inbox; /* what came and was not taken, handed out as it lies; never empty */
    int error;  /* errno of a loss */
    bool listening, refused;
    bool blocked;  /* a SENT is owed as soon as the other end's inbox was taken */
    bool finished; /* nothing more will be sent */
    bool lost;     /* BROKEN was told */
    bool accept_owed, connect_owed, end_owed, sent_owed;
};

static void drop(struct meeple__loopback *hub, struct meeple__block *block)
{
    if (block) {
        meeple__block_unref(&hub->pool, block);
    }
}

/* It may have something to tell. */
static void wake(meeple_socket *socket)
{
    if (meeple__list_empty(&socket->turn)) {
        meeple__list_append(&socket->io->turns, &socket->turn);
    }
}

static void lose(meeple_socket *socket, int error)
{
    socket->error = socket->error ? socket->error : error;
    wake(socket);
}

static meeple_socket *socket_new(meeple_io *io, void *user)
{
    meeple_socket *socket = meeple__alloc(io->mem, sizeof *socket);

    if (socket) {
        socket->io = io;
        socket->user = user;
        meeple__list_init(&socket->link);
        meeple__list_init(&socket->turn);
        meeple__list_append(&io->sockets, &socket->link);
    }
    return socket;
}

/* Closes what was connected to a listener that is no more. */
static void close_waiting(meeple_io *io)
{
    struct meeple__list *at = io->sockets.next;

    while (at != &io->sockets) {
        meeple_socket *socket = MEEPLE__CONTAINER(at, meeple_socket, link);

        at = at->next;
        if (socket->accept_owed) {
            io->hub->driver.close(io, socket);
        }
    }
}

static void loopback_close(meeple_io *io, meeple_socket *socket)
{
    struct meeple__loopback *hub = io->hub;
    meeple_socket *peer = socket->peer;

    if (socket->listening) {
        hub->listener = NULL;
        close_waiting(io);
    }
    hub->waiting_count -= socket->accept_owed;
    if (peer) {
        peer->peer = NULL;
        /* Like TCP: what was not read is not lost in silence. */
        if (socket->inbox || socket->accept_owed) {
            lose(peer, ECONNRESET);
        } else if (!socket->finished) {
            peer->end_owed = true;
            wake(peer);
        }
    }
    drop(hub, socket->inbox);
    meeple__list_remove(&socket->turn);
    meeple__list_remove(&socket->link);
    meeple__free(io->mem, socket);
}

static int loopback_open(const meeple_io_driver *driver, const meeple_mem *mem,
                         const meeple_log *log, meeple_io **out)
{
    meeple_io *io = meeple__alloc(mem, sizeof *io);

    (void)log;
    *out = NULL;
    if (!io) {
        return MEEPLE_ENOMEM;
    }
    io->hub = driver->ctx;
    io->mem = mem;
    atomic_init(&io->woken, false);
    meeple__list_init(&io->sockets);
    meeple__list_init(&io->turns);
    meeple__loopback_ref(io->hub);
    *out = io;
    return 0;
}

static void loopback_free(meeple_io *io)
{
    if (!io) {
        return;
    }
    while (!meeple__list_empty(&io->sockets)) {
        loopback_close(io, MEEPLE__CONTAINER(io->sockets.next, meeple_socket, link));
    }
    drop(io->hub, io->held);
    meeple__random_done(&io->random);
    meeple__loopback_unref(io->hub);
    meeple__free(io->mem, io);
}

static uint64_t loopback_now_ms(meeple_io *io)
{
    (void)io;
    return 0;
}

static int loopback_random(meeple_io *io, void *dst, size_t len)
{
    return meeple__random_fill(&io->random, dst, len);
}

static int loopback_listen(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                           meeple_socket **out)
{
    meeple_socket *listener;

    (void)host;
    (void)port;
    *out = NULL;
    if (shared) {
        return MEEPLE_ENOTSUP;
    }
    if (io->hub->listener) {
        return MEEPLE_EINUSE;
    }
    listener = socket_new(io, user);
    if (!listener) {
        return MEEPLE_ENOMEM;
    }
    listener->listening = true;
    io->hub->listener = listener;
    *out = listener;
    return 0;
}

/* Gives caller another end, at the listener. */
static int pair(struct meeple__loopback *hub, meeple_socket *caller)
{
    meeple_socket *callee = socket_new(hub->listener->io, NULL);

    if (!callee) {
        return MEEPLE_ENOMEM;
    }
    callee->peer = caller;
    callee->accept_owed = true;
    hub->waiting_count++;
    wake(callee);
    caller->peer = callee;
    caller->connect_owed = true;
    wake(caller);
    return 0;
}

static int loopback_connect(meeple_io *io, const char *host, uint16_t port, void *user,
                            meeple_socket **out)
{
    meeple_socket *caller = socket_new(io, user);

    (void)host;
    (void)port;
    *out = NULL;
    if (!caller) {
        return MEEPLE_ENOMEM;
    }
    if (!io->hub->listener || io->hub->waiting_count == BACKLOG_MAX) {
        caller->refused = true;
        lose(caller, ECONNREFUSED);
    } else if (pair(io->hub, caller) < 0) {
        loopback_close(io, caller);
        return MEEPLE_ENOMEM;
    }
    *out = caller;
    return 0;
}

static void loopback_attach(meeple_io *io, meeple_socket *socket, void *user)
{
    (void)io;
    socket->user = user;
}

static size_t append(struct meeple__block *block, meeple_bytes bytes)
{
    size_t cap = block->cap < INBOX_BYTES ? block->cap : INBOX_BYTES;
    size_t room = cap - meeple__block_len(block);

    bytes.len = bytes.len < room ? bytes.len : room;
    if (bytes.len > 0) {
        meeple__block_append(block, bytes);
    }
    return bytes.len;
}

/* Makes room for len bytes more, as far as there may be; the inbox is as it was if there is no
 * memory.  A server says little to many, and all of it waits at the same time: hence no more than
 * that. */
static void reserve(struct meeple__loopback *hub, struct meeple__block **inbox, size_t len)
{
    struct meeple__block *before = *inbox, *larger;
    size_t used = before ? meeple__block_len(before) : 0;
    size_t size = len < INBOX_BYTES - used ? used + len : INBOX_BYTES;

    if (before && before->cap >= size) {
        return;
    }
    larger = meeple__block_new(&hub->pool, 0, size);
    if (larger && before) {
        append(larger, (meeple_bytes){before->bytes, used});
        drop(hub, before);
    }
    *inbox = larger ? larger : before;
}

/* Where so many bytes for the other end go; NULL if they cannot. */
static struct meeple__block *outbox(meeple_io *io, meeple_socket *socket, size_t len)
{
    if (!socket->peer) {
        lose(socket, EPIPE);
        return NULL;
    }
    reserve(io->hub, &socket->peer->inbox, len);
    if (!socket->peer->inbox) {
        lose(socket, ENOMEM);
        lose(socket->peer, ECONNRESET);
    }
    return socket->peer->inbox;
}

static size_t loopback_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                            size_t count)
{
    struct meeple__block *inbox;
    size_t total = 0, gone = 0;

    assert(!socket->blocked && !socket->sent_owed && !socket->finished);
    for (size_t i = 0; i < count; i++) {
        total += parts[i].len;
    }
    if (total == 0 || socket->error != 0) {
        return 0;
    }
    inbox = outbox(io, socket, total);
    if (!inbox) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        gone += append(inbox, parts[i]);
    }
    socket->blocked = gone < total;
    wake(socket->peer);
    return gone;
}

static void loopback_finish(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    if (!socket->finished) {
        socket->finished = true;
        socket->blocked = socket->sent_owed = false;
        if (socket->peer) {
            socket->peer->end_owed = true;
            wake(socket->peer);
        }
    }
}

static void receive(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    event->type = MEEPLE_IO_RECEIVED;
    event->bytes = socket->inbox->bytes;
    event->len = meeple__block_len(socket->inbox);
    io->held = socket->inbox;
    socket->inbox = NULL;
    if (socket->peer && socket->peer->blocked) {
        socket->peer->blocked = false;
        socket->peer->sent_owed = true;
        wake(socket->peer);
    }
}

static void tell_loss(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    char why[120];

    if (socket->refused) {
        snprintf(io->fault_text, sizeof io->fault_text, "no server of this process takes streams");
    } else {
        meeple__errno_text(socket->error, why, sizeof why);
        snprintf(io->fault_text, sizeof io->fault_text, "the connection was lost: %s", why);
    }
    event->type = MEEPLE_IO_BROKEN;
    event->fault = (meeple_fault){MEEPLE_STAGE_CONNECT, socket->error, io->fault_text};
    socket->lost = true;
}

/* One thing of all that it has to tell, in the order it happened; false if there is none. */
static bool turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event)
{
    if (socket->lost) {
        return false;
    }
    if (socket->accept_owed) {
        socket->accept_owed = false;
        io->hub->waiting_count--;
        event->type = MEEPLE_IO_ACCEPTED;
        event->user = io->hub->listener->user;
    } else if (socket->connect_owed) {
        socket->connect_owed = false;
        event->type = MEEPLE_IO_CONNECTED;
    } else if (socket->inbox) {
        receive(io, socket, event);
    } else if (socket->error != 0) {
        tell_loss(io, socket, event);
    } else if (socket->end_owed) {
        socket->end_owed = false;
        event->type = MEEPLE_IO_ENDED;
    } else if (socket->sent_owed) {
        socket->sent_owed = false;
        event->type = MEEPLE_IO_SENT;
    } else {
        return false;
    }
    wake(socket);
    return true;
}

static int loopback_next(meeple_io *io, meeple_io_event *out, int timeout_ms)
{
    (void)timeout_ms;
    drop(io->hub, io->held);
    io->held = NULL;
    while (!meeple__list_empty(&io->turns)) {
        meeple_socket *socket = MEEPLE__CONTAINER(io->turns.next, meeple_socket, turn);
        meeple_io_event event = {.user = socket->user, .socket = socket, .fault = {.text = ""}};

        meeple__list_remove(&socket->turn);
        if (turn(io, socket, &event)) {
            *out = event;
            return 1;
        }
    }
    /* Last: what is before it comes from this thread and has an end. */
    if (atomic_exchange(&io->woken, false)) {
        *out = (meeple_io_event){.type = MEEPLE_IO_WOKEN, .fault = {.text = ""}};
        return 1;
    }
    return 0;
}

static void loopback_wake(meeple_io *io)
{
    atomic_store(&io->woken, true);
}

static int loopback_pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static uint64_t loopback_due_ms(meeple_io *io)
{
    return meeple__list_empty(&io->turns) && !atomic_load(&io->woken) ? UINT64_MAX : 0;
}

static uint16_t loopback_port(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
    return 0;
}

static void loopback_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    (void)io;
    (void)socket;
    if (cap > 0) {
        dst[0] = '\0';
    }
}

int meeple__loopback_new(const meeple_mem *mem, struct meeple__loopback **out)
{
    struct meeple__loopback *hub = meeple__alloc(mem, sizeof *hub);

    *out = NULL;
    if (!hub) {
        return MEEPLE_ENOMEM;
    }
    hub->mem = mem;
    meeple__pool_init(&hub->pool, mem);
    hub->refs = 1;
    hub->driver = (meeple_io_driver){.name = "loopback",
                                     .ctx = hub,
                                     .open = loopback_open,
                                     .free = loopback_free,
                                     .now_ms = loopback_now_ms,
                                     .random = loopback_random,
                                     .listen = loopback_listen,
                                     .connect = loopback_connect,
                                     .attach = loopback_attach,
                                     .send = loopback_send,
                                     .finish = loopback_finish,
                                     .close = loopback_close,
                                     .next = loopback_next,
                                     .wake = loopback_wake,
                                     .pollable = loopback_pollable,
                                     .due_ms = loopback_due_ms,
                                     .port = loopback_port,
                                     .address = loopback_address};
    *out = hub;
    return 0;
}

void meeple__loopback_ref(struct meeple__loopback *hub)
{
    hub->refs++;
}

void meeple__loopback_trim(struct meeple__loopback *hub)
{
    meeple__pool_trim(&hub->pool);
}

void meeple__loopback_unref(struct meeple__loopback *hub)
{
    if (hub && --hub->refs == 0) {
        meeple__pool_done(&hub->pool);
        meeple__free(hub->mem, hub);
    }
}

const meeple_io_driver *meeple__loopback_driver(struct meeple__loopback *hub)
{
    return &hub->driver;
}
