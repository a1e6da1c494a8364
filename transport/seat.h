/* seat: what the seat layers of the dialects differ in, as one table for each. */
#ifndef MEEPLE_TRANSPORT_SEAT_H
#define MEEPLE_TRANSPORT_SEAT_H

#include <meeple/event.h>

#include "transport/packet_godot3.h"
#include "transport/packet_native.h"
#include "transport/ws_handshake.h"

struct meeple__server;
struct meeple__peer;

enum {
    MEEPLE__SEAT_HEAD_MAX = MEEPLE__GODOT3_HEAD /* the longest head_len */
};

/*
 * What is asked for now and then is here.  What every message passes is not: reading one, in
 * net_server.c and session.c, and the heads below, choose by comparing the table's address, so that
 * no message pays for a call through a pointer.
 */
struct meeple__seat {
    meeple_dialect dialect;
    const char *const *protocols; /* if none are asked for; NULL: none */
    meeple__protocol_rule protocol_rule;
    uint8_t head_len;     /* of what stands before a packet */
    bool texts;           /* marked as text, a packet travels as a WebSocket text message */
    bool pings;           /* has messages for who cannot send ping frames */
    bool addressed;       /* who a packet is for stands in it, also when the server sends it */
    bool turns_zombie;    /* a server that closes for a mistake reads nothing more: it will not end
                             the stream */
    const char *welcome;  /* what a server says first, in sentences; NULL: nothing */
    size_t message_bytes; /* the default limit of messages, and the least that works */
    size_t message_bytes_least;
    size_t head_bytes_most; /* of an HTTP head, that the other side can read; SIZE_MAX: any */
    /* A server's: tells a new peer who is there, and them that it is.  An error: the peer cannot
     * come in, and the others have not heard of it.  NULL: nobody is told. */
    int (*introduce)(struct meeple__server *server, struct meeple__peer *peer);
    /* Tells everyone that a peer is gone, who is in no roster any more.  MEEPLE_ENOMEM. */
    int (*farewell)(struct meeple__server *server, const struct meeple__peer *peer, uint16_t code,
                    meeple_bytes reason);
};

extern const struct meeple__seat meeple__seat_native, meeple__seat_plain, meeple__seat_godot3;

/* NULL: there is no such dialect. */
const struct meeple__seat *meeple__seat_of(meeple_dialect dialect);

/* What goes before a packet that the server sends itself: written to dst, returns how long it is.
 */
static inline size_t meeple__seat_server_head(const struct meeple__seat *seat,
                                              uint8_t dst[MEEPLE__SEAT_HEAD_MAX], int32_t to,
                                              bool text)
{
    if (seat == &meeple__seat_native) {
        meeple__packet_head(dst, MEEPLE__PACKET_DATA, text, MEEPLE_SERVER);
        return MEEPLE__PACKET_HEAD;
    }
    if (seat == &meeple__seat_godot3) {
        meeple__godot3_head(dst, MEEPLE__GODOT3_PAYLOAD, MEEPLE_SERVER, to);
        return MEEPLE__GODOT3_HEAD;
    }
    return 0;
}

/* The same of one that a client sends, whose id is `from`. */
static inline size_t meeple__seat_client_head(const struct meeple__seat *seat,
                                              uint8_t dst[MEEPLE__SEAT_HEAD_MAX], int32_t from,
                                              int32_t to, bool text)
{
    if (seat == &meeple__seat_native) {
        meeple__packet_head(dst, MEEPLE__PACKET_DATA, text, to);
        return MEEPLE__PACKET_HEAD;
    }
    if (seat == &meeple__seat_godot3) {
        meeple__godot3_head(dst, MEEPLE__GODOT3_PAYLOAD, from, to);
        return MEEPLE__GODOT3_HEAD;
    }
    return 0;
}

#endif /* MEEPLE_TRANSPORT_SEAT_H */
