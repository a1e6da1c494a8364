/* io_socket: what the readiness drivers share: all but the multiplexer. */
#ifndef MEEPLE_TRANSPORT_IO_SOCKET_H
#define MEEPLE_TRANSPORT_IO_SOCKET_H

#include <meeple/io.h>

#include "core/list.h"
#include "transport/io_address.h"
#include "transport/io_random.h"

enum {
    MEEPLE__READABLE = 1,
    MEEPLE__WRITABLE = 2,
    MEEPLE__HANGUP = 4, /* lost or over on both sides; told whether asked for or not */
    MEEPLE__ENDING = 8, /* the other side's end is there, behind what can be read before it */
    MEEPLE__URGENT = 16 /* something is, at which recv() stops, whatever is behind it (tcp(7)) */
};

/*
 * The one part in which the drivers differ.  Levels are told: what is ready is marked in every
 * wait.  Of streams some can tell edges, too, which costs less: once that something has become
 * ready, in either direction, as long as it is watched.  Their add_stream() and again() are there.
 */
struct meeple__multiplexer {
    /* io->watcher is its own.  MEEPLE_ENOMEM, MEEPLE_EIO. */
    int (*open)(meeple_io *io);
    void (*free)(meeple_io *io);
    /* A descriptor that is readable when wait() would mark something, or MEEPLE_ESTATE. */
    int (*pollable)(meeple_io *io);
    /* Begins to watch socket->fd for `interest` (0: only HANGUP).  MEEPLE_ENOMEM, MEEPLE_EIO. */
    int (*add)(meeple_io *io, meeple_socket *socket, unsigned interest);
    /* It is watched; what can go wrong here is a bug. */
    void (*change)(meeple_io *io, meeple_socket *socket, unsigned interest);
    void (*remove)(meeple_io *io, meeple_socket *socket);
    /* Begins to watch a stream that is open, by its edges.  MEEPLE_ENOMEM, MEEPLE_EIO. */
    int (*add_stream)(meeple_io *io, meeple_socket *socket);
    /* A turn may have left some of what is ready of it: a wait marks it again, behind the others
     * that are ready by then. */
    void (*again)(meeple_io *io, meeple_socket *socket, unsigned ready);
    /* Whether a wait has something to do that the descriptor does not show; NULL: never. */
    bool (*pending)(const meeple_io *io);
    /* Marks what is ready with meeple__socket_mark(); a signal may end it early.  MEEPLE_EIO. */
    int (*wait)(meeple_io *io, int timeout_ms);
};

enum {
    MEEPLE__RECEIVE_BYTES = 256 * 1024,
    MEEPLE__FAULT_BYTES = 420 /* a host, an error and some addresses that were tried */
};

struct meeple_io {
    const struct meeple__multiplexer *multiplexer;
    void *watcher;
    const meeple_mem *mem;
    const meeple_log *log;
    struct meeple__list sockets;
    struct meeple__list turns; /* sockets that are marked, each once, in the order of their turns */
    struct meeple__list paused; /* listeners that wait for a descriptor to become free */
    uint64_t resume_ms;         /* ... or for this */
    struct meeple__list races;  /* with an address that waits for its time, the first due first */
    uint64_t warn_again_ms;     /* not before that of connections that cannot be taken */
    int wake_fd;                /* what wake() writes to; -1 before there is one */
    struct meeple__random random;
    uint8_t *received; /* MEEPLE__RECEIVE_BYTES, the only ones there are */
    char fault_text[MEEPLE__FAULT_BYTES];
};

typedef enum meeple__socket_phase {
    MEEPLE__SOCKET_LISTENING,
    MEEPLE__SOCKET_CONNECTING,
    MEEPLE__SOCKET_RACING, /* inside io_race: `user` is the CONNECTING socket that it runs for */
    MEEPLE__SOCKET_OPEN,
    MEEPLE__SOCKET_LOST, /* BROKEN was told */
    MEEPLE__SOCKET_WAKER /* no stream: what wake() makes readable */
} meeple__socket_phase;

/* There may be tens of thousands: no member that only few of them need. */
struct meeple_socket {
    struct meeple__list turn; /* in io->turns or, a listener, in io->paused */
    void *user;               /* the caller's */
    int fd;                   /* or -1 */
    int error;                /* errno of a loss that was not told yet */
    uint8_t phase, interest, ready;
    bool watched;
    bool blocked; /* a SENT is owed */
    bool ended, finished;
    struct meeple__ip from; /* accepted: the other end's; the system forgets it at a reset */
    uint32_t slot;          /* the multiplexer's */
    struct meeple__attempt *attempt; /* while CONNECTING */
    struct meeple__list link;        /* in io->sockets */
};

/* A driver is these, a name and an open() that calls meeple__io_open(). */
#define MEEPLE__SOCKET_FUNCTIONS                                                                   \
    .free = meeple__io_free, .now_ms = meeple__io_now_ms, .random = meeple__io_random,             \
    .listen = meeple__io_listen, .connect = meeple__io_connect, .attach = meeple__io_attach,       \
    .send = meeple__io_send, .finish = meeple__io_finish, .close = meeple__io_close,               \
    .next = meeple__io_next, .wake = meeple__io_wake, .pollable = meeple__io_pollable,             \
    .due_ms = meeple__io_due_ms, .port = meeple__io_port, .address = meeple__io_address

int meeple__io_open(const struct meeple__multiplexer *multiplexer, const meeple_mem *mem,
                    const meeple_log *log, meeple_io **out);
void meeple__io_free(meeple_io *io);
uint64_t meeple__io_now_ms(meeple_io *io);
int meeple__io_random(meeple_io *io, void *dst, size_t len);
int meeple__io_listen(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                      meeple_socket **out);
int meeple__io_connect(meeple_io *io, const char *host, uint16_t port, void *user,
                       meeple_socket **out);
void meeple__io_attach(meeple_io *io, meeple_socket *socket, void *user);
size_t meeple__io_send(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                       size_t count);
void meeple__io_finish(meeple_io *io, meeple_socket *socket);
void meeple__io_close(meeple_io *io, meeple_socket *socket);
int meeple__io_next(meeple_io *io, meeple_io_event *event, int timeout_ms);
void meeple__io_wake(meeple_io *io);
int meeple__io_pollable(meeple_io *io);
uint64_t meeple__io_due_ms(meeple_io *io);
uint16_t meeple__io_port(meeple_io *io, meeple_socket *socket);
void meeple__io_address(meeple_io *io, meeple_socket *socket, char *dst, size_t cap);

/* A socket without a descriptor, or NULL when out of memory. */
meeple_socket *meeple__socket_new(meeple_io *io, meeple__socket_phase phase, void *user);
/* It has a turn: something is ready, or known without being watched.  A runner's turn is its
 * socket's. */
void meeple__socket_mark(meeple_io *io, meeple_socket *socket, unsigned ready);
/* Watches socket->fd; MEEPLE_ENOMEM or MEEPLE_EIO, the first time only. */
int meeple__socket_watch(meeple_io *io, meeple_socket *socket, unsigned interest);
/* Watches socket->fd, a stream that is open now.  MEEPLE_ENOMEM, MEEPLE_EIO. */
int meeple__socket_watch_stream(meeple_io *io, meeple_socket *socket);
/* Watches it no more. */
void meeple__socket_ignore(meeple_io *io, meeple_socket *socket);

/* Small messages go at once. */
void meeple__socket_no_delay(int fd);

#endif /* MEEPLE_TRANSPORT_IO_SOCKET_H */
