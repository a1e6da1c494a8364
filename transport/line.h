/* line: what a net asks of whatever carries its packets to a peer: a connection of ours, or one of
 * a browser's. */
#ifndef MEEPLE_TRANSPORT_LINE_H
#define MEEPLE_TRANSPORT_LINE_H

#include <meeple/base.h>

#include "transport/heartbeat.h"

/* Part of whatever carries; zeroed waits for nothing. */
struct meeple__line {
    uint32_t drained_below; /* something did not fit the queue, and DRAINED is due when fewer bytes
                               than these are queued; 0: it is not due */
    uint32_t room_below;    /* the owner has more to say when fewer than these are; 0: it has not */
};

/* One for all lines of a net. */
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

/* Whether somebody wants to be told that there is room. */
static inline bool meeple__line_waits(const struct meeple__line *line)
{
    return line->drained_below > 0 || line->room_below > 0;
}

/* Whether that has come, with so many bytes queued. */
static inline bool meeple__line_has_drained(const struct meeple__line *line, size_t queued)
{
    return queued < line->drained_below;
}

static inline bool meeple__line_has_room(const struct meeple__line *line, size_t queued)
{
    return queued < line->room_below;
}

#endif /* MEEPLE_TRANSPORT_LINE_H */
