/* net_server_godot3: the server's seat in the dialect of Godot 3: what peers say, and what they are
 * told. */
#include "transport/net_server.h"

#include <stdlib.h>

#include "core/log.h"
#include "core/mem.h"

/* A Godot may speak before it has read its id; Godot's server drops that, too. */
static void too_early(struct meeple__server *server, const struct meeple__peer *peer)
{
    server->net.stats.unroutable++;
    meeple__log(server->net.loop.log, MEEPLE_LOG_DEBUG, "net",
                "peer %d sent a packet before it knew its id", (int)peer->id);
}

int meeple__server_godot3_message(struct meeple__server *server, struct meeple__peer *peer,
                                  const meeple_ws_event *ws, meeple_event *event)
{
    struct meeple__godot3_packet packet;
    const char *why = NULL;

    if (meeple__godot3_parse(&packet, ws->data, &why) == 0) {
        if (packet.kind != MEEPLE__GODOT3_PAYLOAD) {
            why = "only the server says who is in the session";
        } else if (packet.from != peer->id && packet.from != 0) {
            why = "the packet is from somebody else";
        }
    }
    if (why) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    if (packet.from == 0) {
        too_early(server, peer);
        return 0;
    }
    /* With the nine bytes as they came: they are right for everyone. */
    if (packet.to != MEEPLE_SERVER &&
        !meeple__server_relay(server, peer, packet.to, ws->data, (meeple_bytes){NULL, 0})) {
        return 0;
    }
    return meeple__reaches(peer->id, packet.to, MEEPLE_SERVER)
               ? meeple__server_hand_out(server, peer, packet.data, false, event)
               : 0;
}

static int compare_ids(const void *a, const void *b)
{
    const int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

    return (left > right) - (left < right);
}

static int tell(struct meeple__peer *peer, meeple__godot3_kind kind, int32_t id)
{
    uint8_t bytes[MEEPLE__GODOT3_SYSTEM];

    meeple__godot3_system(bytes, kind, id);
    return meeple__server_tell(peer, (meeple_bytes){bytes, sizeof bytes});
}

/* Everyone there, by id as Godot does it. */
static int tell_others(struct meeple__server *server, struct meeple__peer *peer)
{
    const struct meeple__roster *roster = &server->net.roster;
    const meeple_mem *mem = server->net.loop.mem;
    size_t count = roster->count;
    int32_t *ids = meeple__alloc(mem, count * sizeof *ids);
    int rc = 0;

    if (!ids) {
        return MEEPLE_ENOMEM;
    }
    meeple__roster_ids(roster, ids, count);
    qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (ids[i] != peer->id) {
            rc = tell(peer, MEEPLE__GODOT3_ADD, ids[i]);
        }
    }
    meeple__free(mem, ids);
    return rc;
}

static int spread(struct meeple__server *server, int32_t except, meeple__godot3_kind kind,
                  int32_t id)
{
    uint8_t bytes[MEEPLE__GODOT3_SYSTEM];

    meeple__godot3_system(bytes, kind, id);
    return meeple__server_spread(server, except, MEEPLE_ALL, (meeple_bytes){bytes, sizeof bytes},
                                 (meeple_bytes){NULL, 0}, MEEPLE__SPREAD_ROSTER);
}

/* Its id, the server, the others; then the newcomer to the others. */
int meeple__server_godot3_introduce(struct meeple__server *server, struct meeple__peer *peer)
{
    int rc = tell(peer, MEEPLE__GODOT3_ID, peer->id);

    if (rc == 0) {
        rc = tell(peer, MEEPLE__GODOT3_ADD, MEEPLE_SERVER);
    }
    if (rc == 0) {
        rc = tell_others(server, peer);
    }
    return rc < 0 ? rc : spread(server, peer->id, MEEPLE__GODOT3_ADD, peer->id);
}

int meeple__server_godot3_farewell(struct meeple__server *server, const struct meeple__peer *peer,
                                   uint16_t code, meeple_bytes reason)
{
    (void)code; /* there are no words for why */
    (void)reason;
    return spread(server, MEEPLE_SERVER, MEEPLE__GODOT3_DEL, peer->id);
}
