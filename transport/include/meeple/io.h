/* meeple/io.h: the only door to the operating system: sockets, clock, randomness. */
#ifndef MEEPLE_IO_H
#define MEEPLE_IO_H

#include <meeple/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A driver speaks in completions: it hands over bytes that have come, and says how many have gone.
 * A readiness system (epoll, poll) reads into one buffer that it owns; a completion system hands
 * out the buffer the kernel filled.  Neither copies.
 *
 * One io serves one net and is used from one thread, all but wake().  A driver may not call back.
 */
typedef struct meeple_io meeple_io;         /* the driver's own */
typedef struct meeple_socket meeple_socket; /* the driver's own: a listener or a stream */

typedef enum meeple_io_event_type {
    MEEPLE_IO_ACCEPTED = 1, /* user is the listener's; socket is new, and the receiver's to close */
    MEEPLE_IO_CONNECTED,    /* the stream that connect() began is open */
    MEEPLE_IO_RECEIVED, /* bytes, which may be written to; the driver's, until the next next() */
    MEEPLE_IO_SENT,     /* len more of the bytes given to send() are gone; send() may be called */
    MEEPLE_IO_ENDED,    /* the other side will send nothing more */
    MEEPLE_IO_BROKEN,   /* the stream is lost, or connect() failed; fault says why */
    MEEPLE_IO_WOKEN     /* wake() was called; no socket, no user */
} meeple_io_event_type;

typedef struct meeple_io_event {
    meeple_io_event_type type;
    void *user;            /* as given to listen(), connect() or attach() */
    meeple_socket *socket; /* the stream it happened to */
    uint8_t *bytes;
    size_t len;
    meeple_fault fault; /* its text is borrowed until the next next() */
} meeple_io_event;

/* NULL in an options struct means meeple_io_system().  Tests hand in a simulated one. */
typedef struct meeple_io_driver {
    const char *name;
    void *ctx; /* for open() to look at; the other functions get what open() made */

    /* One io in *out, for free().  MEEPLE_ENOMEM, MEEPLE_EIO. */
    int (*open)(const struct meeple_io_driver *driver, const meeple_mem *mem, const meeple_log *log,
                meeple_io **out);
    /* Closes every socket that is left. */
    void (*free)(meeple_io *io);

    /* Milliseconds that never go back. */
    uint64_t (*now_ms)(meeple_io *io);
    /* Fills dst from a cryptographic generator, or returns MEEPLE_EIO. */
    int (*random)(meeple_io *io, void *dst, size_t len);

    /*
     * Accepts streams at host (NULL: every interface, IPv6 and IPv4; else a numeric address) and
     * port (0: any free one).  shared: so may other ios, of other threads and processes, that say
     * the same, and the system spreads the streams over them.  MEEPLE_EINVAL: no such address here.
     * MEEPLE_ENOTSUP: there is nothing to listen on, or it cannot be shared.  MEEPLE_EINUSE,
     * MEEPLE_EACCESS, MEEPLE_EIO, MEEPLE_ENOMEM.
     */
    int (*listen)(meeple_io *io, const char *host, uint16_t port, bool shared, void *user,
                  meeple_socket **out);
    /*
     * Begins a stream to a name or numeric address; never blocks.  CONNECTED or BROKEN follows,
     * also when the failure is known at once.  Returns MEEPLE_ENOMEM or MEEPLE_EIO only.
     */
    int (*connect)(meeple_io *io, const char *host, uint16_t port, void *user, meeple_socket **out);
    /* What events of an accepted stream carry in `user`; they carry NULL before. */
    void (*attach)(meeple_io *io, meeple_socket *socket, void *user);

    /*
     * Returns how many bytes of the parts, in order, are gone at once: all, some or none.  Short of
     * all, a SENT follows when more went or can go; until then the parts stay where they are and
     * send() is not called again for this socket.  A lost stream counts as "none"; BROKEN follows.
     */
    size_t (*send)(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts, size_t count);
    /* Nothing will be sent after what was: the other side sees the end.  Reading goes on. */
    void (*finish)(meeple_io *io, meeple_socket *socket);
    /* At once; no event of this socket comes after, and parts given to send() are free again. */
    void (*close)(meeple_io *io, meeple_socket *socket);

    /*
     * Returns 1 and an event; 0 after timeout_ms without one (0: does not wait, -1: for ever);
     * MEEPLE_EIO.  A stream gets no second RECEIVED before every other stream had its turn.
     */
    int (*next)(meeple_io *io, meeple_io_event *event, int timeout_ms);

    /*
     * From any thread, at any time between open() and free(), also from a signal handler: the
     * next() that waits, or else one that comes, tells WOKEN.  Once for all wake()s before it, and
     * in its turn among the streams, so that neither can keep the other waiting.
     */
    void (*wake)(meeple_io *io);
    /*
     * A descriptor, always the same and the io's, that poll() calls readable as long as the system
     * has something for next() or wake() was called.  MEEPLE_ESTATE: the driver has none.
     */
    int (*pollable)(meeple_io *io);
    /*
     * When next() has to be called at the latest for what that descriptor does not show: a moment
     * of now_ms() (one that is over, say 0: something was taken from the system and not told yet,
     * or is to be told to the system), or UINT64_MAX.
     */
    uint64_t (*due_ms)(meeple_io *io);

    /* The port a listener has. */
    uint16_t (*port)(meeple_io *io, meeple_socket *socket);
    /* The other side's "127.0.0.1:5000" or "[::1]:5000", cut to cap; "" if it has none. */
    void (*address)(meeple_io *io, meeple_socket *socket, char *dst, size_t cap);
} meeple_io_driver;

/*
 * The best that this system has: epoll on Linux, else poll.  In a web page one that has a clock and
 * randomness and never waits; its listen() answers MEEPLE_ENOTSUP and its connect() fails, because
 * a page has no sockets.  Static storage, all of them.
 */
MEEPLE_API const meeple_io_driver *meeple_io_system(void);
/* NULL where the system has no such thing: neither in a page, epoll on Linux only. */
MEEPLE_API const meeple_io_driver *meeple_io_poll(void);
MEEPLE_API const meeple_io_driver *meeple_io_epoll(void);
/*
 * io_uring, Linux 6.1 or later; NULL where the library was built without (MEEPLE_URING).  Where the
 * kernel refuses it, because it is older or forbids it as containers often do, an io of this driver
 * is one of epoll's, and says so in the log once, as MEEPLE_LOG_INFO.  The thread that first calls
 * next() is the one that the io belongs to from then on.  It may be made on another, and freed by
 * another once that thread has ended; its port is free a moment later then.
 */
MEEPLE_API const meeple_io_driver *meeple_io_uring(void);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_IO_H */
