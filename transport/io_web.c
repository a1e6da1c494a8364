/* io_web: the driver of a web page: a clock, randomness and no streams. */
#include <meeple/io.h>

#include <stdatomic.h>
#include <time.h>

#include "core/list.h"
#include "core/mem.h"
#include "transport/io_random.h"

/*
 * A browser gives a page no sockets, only WebSockets, which are another thing (net_web); and a page
 * that waits is one that hangs.  What is left is what every net needs besides, and a connect() that
 * fails as any other may: for whoever uses meeple/io.h, or a server of this library that is
 * configured to.
 */
struct meeple_io {
    const meeple_mem *mem;
    struct meeple__list sockets;
    struct meeple__list failed; /* those of which it was not told yet */
    atomic_bool woken;
    struct meeple__random random;
};

/* One that connect() began, which leads nowhere. */
struct meeple_socket {
    struct meeple__list link;   /* in io->sockets */
    struct meeple__list failed; /* in io->failed until it was told */
    void *user;
};

static void web_close(meeple_io *io, meeple_socket *socket)
{
    meeple__list_remove(&socket->link);
    meeple__list_remove(&socket->failed);
    meeple__free(io->mem, socket);
}

static int web_open(const meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                    meeple_io **out)
{
    meeple_io *io = meeple__alloc(mem, sizeof *io);

    (void)driver;
    (void)log;
    *out = NULL;
    if (!io) {
        return MEEPLE_ENOMEM;
    }
    io->mem = mem;
    atomic_init(&io->woken, false);
    meeple__list_init(&io->sockets);
    meeple__list_init(&io->failed);
    *out = io;
    return 0;
}

static void web_free(meeple_io *io)
{
    if (!io) {
        return;
    }
    while (!meeple__list_empty(&io->sockets)) {
        web_close(io, MEEPLE__CONTAINER(io->sockets.next, meeple_socket, link));
    }
    meeple__random_done(&io->random);
    meeple__free(io->mem, io);
}

static uint64_t web_now_ms(meeple_io *io)
{
    struct timespec now;

    (void)io;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int web_random(meeple_io *io, void *dst, size_t len)
{
    return meeple__random_fill(&io->random, dst, len);
}

static int web_listen(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                      meeple_socket **out)
{
    (void)io;
    (void)host;
    (void)port;
    (void)shared;
    (void)user;
    *out = NULL;
    return MEEPLE_ENOTSUP;
}

static int web_connect(meeple_io *io, const char *host, uint16_t port, void *user,
                       meeple_socket **out)
{
    meeple_socket *socket = meeple__alloc(io->mem, sizeof *socket);

    (void)host;
    (void)port;
    *out = NULL;
    if (!socket) {
        return MEEPLE_ENOMEM;
    }
    socket->user = user;
    meeple__list_init(&socket->link);
    meeple__list_init(&socket->failed);
    meeple__list_append(&io->sockets, &socket->link);
    meeple__list_append(&io->failed, &socket->failed);
    *out = socket;
    return 0;
}

static void web_attach(meeple_io *io, meeple_socket *socket, void *user)
{
    (void)io;
    socket->user = user;
}

/* A lost stream counts as "none". */
static size_t web_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                       size_t count)
{
    (void)io;
    (void)socket;
    (void)parts;
    (void)count;
    return 0;
}

static void web_finish(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
}

static int web_next(meeple_io *io, meeple_io_event *event, int timeout_ms)
{
    (void)timeout_ms;
    if (!meeple__list_empty(&io->failed)) {
        meeple_socket *socket = MEEPLE__CONTAINER(io->failed.next, meeple_socket, failed);

        meeple__list_remove(&socket->failed);
        *event = (meeple_io_event){
            .type = MEEPLE_IO_BROKEN,
            .user = socket->user,
            .socket = socket,
            .fault = {MEEPLE_STAGE_CONNECT, 0, "a page has no sockets of its own"}};
        return 1;
    }
    if (atomic_exchange(&io->woken, false)) {
        *event = (meeple_io_event){.type = MEEPLE_IO_WOKEN, .fault = {.text = ""}};
        return 1;
    }
    return 0;
}

static void web_wake(meeple_io *io)
{
    atomic_store(&io->woken, true);
}

static int web_pollable(meeple_io *io)
{
    (void)io;
    return MEEPLE_ESTATE;
}

static uint64_t web_due_ms(meeple_io *io)
{
    return meeple__list_empty(&io->failed) && !atomic_load(&io->woken) ? UINT64_MAX : 0;
}

/* There are no listeners. */
static uint16_t web_port(meeple_io *io, meeple_socket *socket)
{
    (void)io;
    (void)socket;
    return 0;
}

static void web_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap)
{
    (void)io;
    (void)socket;
    if (cap > 0) {
        dst[0] = '\0';
    }
}

const meeple_io_driver *meeple_io_system(void)
{
    static const meeple_io_driver driver = {.name = "web",
                                            .open = web_open,
                                            .free = web_free,
                                            .now_ms = web_now_ms,
                                            .random = web_random,
                                            .listen = web_listen,
                                            .connect = web_connect,
                                            .attach = web_attach,
                                            .send = web_send,
                                            .finish = web_finish,
                                            .close = web_close,
                                            .next = web_next,
                                            .wake = web_wake,
                                            .pollable = web_pollable,
                                            .due_ms = web_due_ms,
                                            .port = web_port,
                                            .address = web_address};

    return &driver;
}

const meeple_io_driver *meeple_io_poll(void)
{
    return NULL;
}

const meeple_io_driver *meeple_io_epoll(void)
{
    return NULL;
}

const meeple_io_driver *meeple_io_uring(void)
{
    return NULL;
}
