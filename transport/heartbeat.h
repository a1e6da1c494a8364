/* heartbeat: is the other side still there, and how far away is it?  Pings where nothing is heard.
 */
#ifndef MEEPLE_TRANSPORT_HEARTBEAT_H
#define MEEPLE_TRANSPORT_HEARTBEAT_H

#include <meeple/base.h>

enum {
    MEEPLE__HEARTBEAT_PAYLOAD = 4
};

struct meeple__heartbeat {
    uint64_t quiet_ms; /* since when: something came, or a ping of ours went or came further */
    uint32_t ping_ms;  /* the last ping was queued, whoever wanted it: the low bits of that time */
    uint8_t missed;    /* pings of ours since something came */
    bool waiting;      /* for the answer to the last one */
    uint32_t last_ms, smooth_x8, jitter_x4, samples;
};

typedef enum meeple__heartbeat_due {
    MEEPLE__HEARTBEAT_NOTHING,
    MEEPLE__HEARTBEAT_PING,
    MEEPLE__HEARTBEAT_DEAD
} meeple__heartbeat_due;

void meeple__heartbeat_begin(struct meeple__heartbeat *heartbeat, uint64_t now_ms);
void meeple__heartbeat_heard(struct meeple__heartbeat *heartbeat, uint64_t now_ms);

/* What to do now, if it must not be silent for longer than interval_ms, and `misses` pings in a row
 * without an answer are too many. */
meeple__heartbeat_due meeple__heartbeat_due_now(const struct meeple__heartbeat *heartbeat,
                                                uint64_t now_ms, uint32_t interval_ms,
                                                uint32_t misses);
/* When to ask again. */
uint64_t meeple__heartbeat_deadline(const struct meeple__heartbeat *heartbeat,
                                    uint32_t interval_ms);

/* The other side takes what we send, but our last ping has still to go: no answer can be expected.
 */
void meeple__heartbeat_moved(struct meeple__heartbeat *heartbeat, uint64_t now_ms);

/* A ping goes, since it is due: its payload. */
void meeple__heartbeat_ping(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                            uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD]);
/* One goes that the application wants, which asks for the time only: who measures often must not
 * keep us from seeing that nobody answers. */
void meeple__heartbeat_measure(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                               uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD]);
/* A pong came; one that is no answer to the last ping measures nothing. */
void meeple__heartbeat_pong(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                            meeple_bytes payload);

#endif /* MEEPLE_TRANSPORT_HEARTBEAT_H */
