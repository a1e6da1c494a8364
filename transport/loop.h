/* loop: one io, and which of its connections have to be looked at. */
#ifndef MEEPLE_TRANSPORT_LOOP_H
#define MEEPLE_TRANSPORT_LOOP_H

#include <meeple/io.h>

#include "core/block.h"
#include "core/heap.h"
#include "core/list.h"

/* Conns are in transport/conn.h. */
struct meeple__loop {
    const meeple_io_driver *driver;
    meeple_io *io;
    const meeple_mem *mem;
    const meeple_log *log;
    struct meeple__pool pool;
    struct meeple__list ready;  /* conns that have something to tell */
    struct meeple__list dirty;  /* conns that have something to write */
    struct meeple__list hungry; /* conns whose owner has more for an empty queue: one in a turn is
                                   made ready, so that who reads fast does not stop the others */
    struct meeple__heap deadlines;
    size_t conn_count;
    unsigned unticked; /* turns since the deadlines were looked at */
    bool woken;        /* somebody is to be let out of the wait: nothing waits until then */
    uint64_t now_ms, trimmed_ms;
    uint64_t bytes_in, bytes_out;
    uint8_t
        *plain; /* one record decrypted, of the conn that is being drained; with the first TLS */
};

/* A driver NULL is the system's. */
int meeple__loop_init(struct meeple__loop *loop, const meeple_io_driver *driver,
                      const meeple_mem *mem, const meeple_log *log);
/* Every conn is done. */
void meeple__loop_done(struct meeple__loop *loop);

/* What the clock says now: for what the application does between two turns. */
static inline uint64_t meeple__loop_now(struct meeple__loop *loop)
{
    loop->now_ms = loop->driver->now_ms(loop->io);
    return loop->now_ms;
}

/*
 * Writes what is queued, then waits for at most timeout_ms until one thing happens.  Returns 1
 * then: some conn may be ready, or *accepted is a new stream.  0: nothing happened in that time.
 */
int meeple__loop_turn(struct meeple__loop *loop, int timeout_ms, meeple_socket **accepted);
void meeple__loop_flush(struct meeple__loop *loop);
/* How long a turn may be put off if the driver's descriptor stays silent: 0: not at all; -1: for
 * ever. */
int meeple__loop_wait_ms(const struct meeple__loop *loop);

#endif /* MEEPLE_TRANSPORT_LOOP_H */
