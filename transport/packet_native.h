/* packet_native: the seat layer of the native dialect: who is who, and from or for whom a packet
 * is. docs/wire.md has the bytes. */
#ifndef MEEPLE_TRANSPORT_PACKET_NATIVE_H
#define MEEPLE_TRANSPORT_PACKET_NATIVE_H

#include <meeple/event.h>

#include "core/wire.h"

#define MEEPLE__NATIVE_PROTOCOL "meeple.1"

enum {
    MEEPLE__PACKET_HEAD = 5,
    MEEPLE__PACKET_TEXT = 0x80, /* in the first byte, above the kind: DATA only */
    MEEPLE__LEAVE_MAX = MEEPLE__PACKET_HEAD + 3 + MEEPLE_REASON_MAX,
    MEEPLE__PING_DATA_MAX = 125, /* as many as a ping frame has */
    MEEPLE__PING_MAX = MEEPLE__PACKET_HEAD + MEEPLE__PING_DATA_MAX
};

typedef enum meeple__packet_kind {
    MEEPLE__PACKET_DATA = 0,    /* peer: client to server, for whom; server to client, from whom */
    MEEPLE__PACKET_WELCOME = 1, /* peer: the receiver's own id */
    MEEPLE__PACKET_JOIN = 2,    /* peer can be sent to */
    MEEPLE__PACKET_LEAVE = 3,   /* peer is gone: clean, code, reason */
    MEEPLE__PACKET_PING = 4,    /* client to server, of one that has no ping frames; peer: 0 */
    MEEPLE__PACKET_PONG = 5     /* its answer, with the same data; peer: 0 */
} meeple__packet_kind;

struct meeple__packet {
    uint8_t kind;
    bool text; /* DATA */
    int32_t peer;
    meeple_bytes data; /* DATA: the packet; LEAVE: the reason; PING, PONG: any bytes */
    uint16_t code;     /* LEAVE */
    bool clean;        /* LEAVE */
};

/* MEEPLE_EPROTO: not one of these; *why says so (static). */
int meeple__packet_parse(struct meeple__packet *packet, meeple_bytes message, const char **why);

static inline void meeple__packet_head(uint8_t head[MEEPLE__PACKET_HEAD], meeple__packet_kind kind,
                                       bool text, int32_t peer)
{
    head[0] = (uint8_t)(kind | (text ? MEEPLE__PACKET_TEXT : 0));
    meeple__write_u32(head + 1, (uint32_t)peer);
}
/* A whole LEAVE; returns its length. */
size_t meeple__packet_leave(uint8_t dst[MEEPLE__LEAVE_MAX], const struct meeple__packet *packet);
/* A whole PING or PONG with at most MEEPLE__PING_DATA_MAX bytes of data; returns its length. */
size_t meeple__packet_ping(uint8_t dst[MEEPLE__PING_MAX], meeple__packet_kind kind,
                           meeple_bytes data);

#endif /* MEEPLE_TRANSPORT_PACKET_NATIVE_H */
