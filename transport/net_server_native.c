/* net_server_native: the server's seat in the native dialect: what peers say, and what they are
 * told. */
#include "transport/net_server.h"

#include <assert.h>

#include "core/apart.h"

static_assert((int)MEEPLE__PING_MAX <= (int)MEEPLE__WS_PONG_MAX, "any ping can be answered");

/* A packet of a peer: passed on, handed out, or both.  1: event is for us. */
static int route(struct meeple__server *server, struct meeple__peer *peer,
                 const struct meeple__packet *packet, meeple_event *event)
{
    uint8_t head[MEEPLE__PACKET_HEAD];

    if (packet->peer == INT32_MIN) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_PROTOCOL_ERROR,
                        "the packet's target is malformed");
        return 0;
    }
    if (packet->peer != MEEPLE_SERVER) {
        meeple__packet_head(head, MEEPLE__PACKET_DATA, packet->text, peer->id);
        if (!meeple__server_relay(server, peer, packet->peer, (meeple_bytes){head, sizeof head},
                                  packet->data)) {
            return 0;
        }
    }
    return meeple__reaches(peer->id, packet->peer, MEEPLE_SERVER)
               ? meeple__server_hand_out(server, peer, packet->data, packet->text, event)
               : 0;
}

/* At once, in front of whatever is sent to it from here on. */
static void answer_ping(struct meeple__peer *peer, meeple_bytes data)
{
    uint8_t bytes[MEEPLE__PING_MAX];
    meeple_bytes pong = {bytes, meeple__packet_ping(bytes, MEEPLE__PACKET_PONG, data)};

    if (meeple__ws_pong(&peer->conn.ws, MEEPLE__WS_BINARY, pong) < 0) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
    }
}

static const char *not_from_a_client(const struct meeple__packet *packet)
{
    switch (packet->kind) {
    case MEEPLE__PACKET_DATA:
    case MEEPLE__PACKET_PING:
        return NULL;
    case MEEPLE__PACKET_PONG:
        return "only the server answers pings";
    default:
        return "only the server says who is in the session";
    }
}

int meeple__server_native_message(struct meeple__server *server, struct meeple__peer *peer,
                                  const meeple_ws_event *ws, meeple_event *event)
{
    struct meeple__packet packet;
    const char *why = NULL;

    if (ws->text) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_UNSUPPORTED,
                        "this dialect speaks in binary messages");
        return 0;
    }
    if (meeple__packet_parse(&packet, ws->data, &why) == 0) {
        why = not_from_a_client(&packet);
    }
    if (why) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    if (packet.kind == MEEPLE__PACKET_PING) {
        answer_ping(peer, packet.data);
        return 0;
    }
    return route(server, peer, &packet, event);
}

static int tell(struct meeple__peer *peer, meeple__packet_kind kind, int32_t id)
{
    uint8_t head[MEEPLE__PACKET_HEAD];

    meeple__packet_head(head, kind, false, id);
    return meeple__server_tell(peer, (meeple_bytes){head, sizeof head});
}

/* WELCOME and the others to the newcomer, then the newcomer to the others. */
int meeple__server_native_introduce(struct meeple__server *server, struct meeple__peer *peer)
{
    struct meeple__member *member = NULL;
    uint8_t head[MEEPLE__PACKET_HEAD];
    int rc = tell(peer, MEEPLE__PACKET_WELCOME, peer->id);

    while (rc == 0 && (member = meeple__roster_next(&server->net.roster, member))) {
        if (member->id != peer->id) {
            rc = tell(peer, MEEPLE__PACKET_JOIN, member->id);
        }
    }
    if (rc < 0) {
        return rc;
    }
    meeple__packet_head(head, MEEPLE__PACKET_JOIN, false, peer->id);
    return meeple__server_spread(server, peer->id, MEEPLE_ALL, (meeple_bytes){head, sizeof head},
                                 (meeple_bytes){NULL, 0}, MEEPLE__SPREAD_ROSTER);
}

int meeple__server_native_farewell(struct meeple__server *server, const struct meeple__peer *peer,
                                   uint16_t code, meeple_bytes reason)
{
    uint8_t bytes[MEEPLE__LEAVE_MAX];
    struct meeple__packet packet = {.peer = peer->id, .code = code, .data = reason};

    packet.clean = code != MEEPLE_CLOSE_ABNORMAL && !peer->conn.ws.failed;
    return meeple__server_spread(server, MEEPLE_SERVER, MEEPLE_ALL,
                                 (meeple_bytes){bytes, meeple__packet_leave(bytes, &packet)},
                                 (meeple_bytes){NULL, 0}, MEEPLE__SPREAD_ROSTER);
}
