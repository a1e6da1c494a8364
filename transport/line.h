/* line: what a net asks of whatever carries its packets to a peer: a connection of ours, or one of
 * a browser's. */
#ifndef MEEPLE_TRANSPORT_LINE_H
#define MEEPLE_TRANSPORT_LINE_H

#include <meeple/base.h>

#include "transport/heartbeat.h"

/* Part of whatever carries; zeroed but for ops. */
struct meeple__line {
    const struct meeple__line_ops *ops;
    bool missed;          /* something did not fit the queue, and DRAINED is due */
    size_t drained_bytes; /* when no more than so many bytes are queued */
    bool wants_room;      /* the owner has more to say when no more than room_bytes are queued */
    size_t room_bytes;
};

struct meeple__line_ops {
    /* Bytes that wait to be sent. */
    size_t (*queued)(const struct meeple__line *line);
    /* Where its other end is, as meeple_net_peer_address() says it. */
    void (*address)(const struct meeple__line *line, char *dst, size_t cap);
    const struct meeple__heartbeat *(*heartbeat)(const struct meeple__line *line);
    /* As meeple_net_ping(). */
    int (*ping)(struct meeple__line *line, uint64_t now_ms);
};

/* Something of len bytes, its head not counted, did not fit the queue: DRAINED is due when there is
 * room for it, and half of the queue is free. */
void meeple__line_missed(struct meeple__line *line, size_t len, size_t queue_bytes_max);
/* The owner is to be told when no more than `most` bytes are queued. */
void meeple__line_want_room(struct meeple__line *line, size_t most);

/* Whether that has come, with so many bytes queued. */
static inline bool meeple__line_has_drained(const struct meeple__line *line, size_t queued)
{
    return line->missed && queued <= line->drained_bytes;
}

static inline bool meeple__line_has_room(const struct meeple__line *line, size_t queued)
{
    return line->wants_room && queued <= line->room_bytes;
}

#endif /* MEEPLE_TRANSPORT_LINE_H */
