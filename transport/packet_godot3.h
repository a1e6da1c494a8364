/* packet_godot3: the nine bytes before everything in the multiplayer mode of Godot 3's WebSocket
 * peers: what it is, from whom and for whom.  docs/wire.md has them. */
#ifndef MEEPLE_TRANSPORT_PACKET_GODOT3_H
#define MEEPLE_TRANSPORT_PACKET_GODOT3_H

#include <meeple/event.h>

#include "core/wire.h"

enum {
    MEEPLE__GODOT3_HEAD = 9,
    MEEPLE__GODOT3_SYSTEM = MEEPLE__GODOT3_HEAD + 4 /* a whole ADD, DEL or ID */
};

typedef enum meeple__godot3_kind {
    MEEPLE__GODOT3_PAYLOAD = 0,
    MEEPLE__GODOT3_ADD = 1, /* the three below: from the server only; peer can be sent to */
    MEEPLE__GODOT3_DEL = 2, /* peer is gone */
    MEEPLE__GODOT3_ID = 3   /* peer: the receiver's own id */
} meeple__godot3_kind;

struct meeple__godot3_packet {
    uint8_t kind;
    int32_t from, to;
    int32_t peer;      /* ADD, DEL, ID: above 0 */
    meeple_bytes data; /* PAYLOAD */
};

/* MEEPLE_EPROTO: not one of these; *why says so (static).  What Godot does not look at may be
 * anything: from and to of ADD, DEL and ID, and what stands behind their id. */
int meeple__godot3_parse(struct meeple__godot3_packet *packet, meeple_bytes message,
                         const char **why);

static inline void meeple__godot3_head(uint8_t head[MEEPLE__GODOT3_HEAD], meeple__godot3_kind kind,
                                       int32_t from, int32_t to)
{
    head[0] = (uint8_t)kind;
    meeple__write_u32(head + 1, (uint32_t)from);
    meeple__write_u32(head + 5, (uint32_t)to);
}
/* A whole ADD, DEL or ID. */
void meeple__godot3_system(uint8_t dst[MEEPLE__GODOT3_SYSTEM], meeple__godot3_kind kind,
                           int32_t peer);

#endif /* MEEPLE_TRANSPORT_PACKET_GODOT3_H */
