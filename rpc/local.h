/* local: what waits in order: calls to ourselves and reports to on_refused, or packets for a peer.
 */
#ifndef MEEPLE_RPC_LOCAL_H
#define MEEPLE_RPC_LOCAL_H

#include "core/buf.h"

enum meeple__local_kind {
    MEEPLE__LOCAL_CALL,   /* our own call */
    MEEPLE__LOCAL_REPORT, /* peer does not answer the method */
    MEEPLE__LOCAL_HELD    /* a packet; a sequence of 0: about no object */
};

/* The object may be gone, and its number another's, when the turn comes: hence the sequence. */
struct meeple__local {
    uint64_t sequence;
    uint32_t number;
    uint32_t len; /* of the arguments, or the packet, which follow */
    int32_t peer; /* REPORT */
    uint8_t kind;
    uint8_t method;
    uint8_t answer; /* REPORT: enum meeple__answer */
};

/*
 * Two bufs: handlers that run from one add to the other, so that what they were given stays where
 * it is.  Zeroed is empty.
 */
struct meeple__local_queue {
    struct meeple__buf running, waiting;
    size_t at;             /* in running: what comes next */
    uint64_t added, taken; /* ever; what is between them waits */
};

/* Whether there is room for args of that length. */
bool meeple__local_has_room(const struct meeple__local_queue *queue, size_t args_len,
                            size_t bytes_max);
/* MEEPLE_EFULL: all that waits would pass bytes_max; MEEPLE_ENOMEM. */
int meeple__local_add(struct meeple__local_queue *queue, const meeple_mem *mem,
                      const struct meeple__local *local, meeple_bytes args, size_t bytes_max);
/* Takes the newest, which had args.len bytes, out again. */
void meeple__local_undo(struct meeple__local_queue *queue, size_t args_len);
/* False if there is none.  The arguments, or the packet, are borrowed until the _first after a
 * _next. */
bool meeple__local_first(struct meeple__local_queue *queue, struct meeple__local *local,
                         meeple_bytes *args);
void meeple__local_next(struct meeple__local_queue *queue);
/* Empty again, owning nothing. */
void meeple__local_done(struct meeple__local_queue *queue, const meeple_mem *mem);

static inline bool meeple__local_empty(const struct meeple__local_queue *queue)
{
    return queue->at == queue->running.len && queue->waiting.len == 0;
}

#endif /* MEEPLE_RPC_LOCAL_H */
