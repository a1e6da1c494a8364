/* net_server_send: packets of the server's seat, to one peer or framed once for many. */
#include "transport/net_server.h"

#include "core/log.h"

/* What goes out: its parts, and the frame that most of those who get it share; NULL: none do. */
struct outgoing {
    meeple_bytes head, body;
    meeple__spread_kind kind;
    struct meeple__block *frame;
};

/* A peer that reads too slowly missed a packet: it must not get the ones behind it, or is told of
 * nothing but that there is room again. */
static void overfull(struct meeple__server *server, struct meeple__peer *peer,
                     const struct outgoing *outgoing)
{
    server->net.stats.skipped++;
    if (server->net.full == MEEPLE_FULL_SKIP && outgoing->kind != MEEPLE__SPREAD_ROSTER) {
        meeple__conn_missed(&peer->conn, outgoing->head.len + outgoing->body.len);
        return;
    }
    if (peer->overfull) {
        return;
    }
    peer->overfull = true;
    if (meeple__ws_close(&peer->conn.ws, MEEPLE_CLOSE_POLICY, MEEPLE__OVERFULL_REASON,
                         meeple__loop_now(&server->net.loop)) < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
    meeple__conn_touched(&peer->conn);
}

/* Who gets it compressed gets a frame of its own: the window before it is its own, too. */
static int queue(struct meeple__peer *peer, const struct outgoing *outgoing)
{
    struct meeple__ws *ws = &peer->conn.ws;

    if (!outgoing->frame || meeple__ws_compresses(ws, outgoing->head.len + outgoing->body.len)) {
        return meeple__ws_send(ws, outgoing->head, outgoing->body,
                               outgoing->kind == MEEPLE__SPREAD_TEXT);
    }
    return meeple__ws_queue(ws, outgoing->frame);
}

/* Returns whether it was queued. */
static bool give(struct meeple__server *server, struct meeple__peer *peer,
                 const struct outgoing *outgoing)
{
    int rc = queue(peer, outgoing);

    if (rc == MEEPLE_EFULL) {
        meeple__conn_flush(&peer->conn);
        rc = queue(peer, outgoing);
    }
    if (rc == 0) {
        meeple__conn_wrote(&peer->conn);
        return true;
    }
    if (rc == MEEPLE_EFULL) {
        overfull(server, peer, outgoing);
    } else if (rc == MEEPLE_ENOMEM) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        meeple__conn_wake(&peer->conn);
    }
    return false;
}

/* One frame for all who get it.  MEEPLE_ENOMEM. */
static int frame_of(struct meeple__server *server, meeple_bytes head, meeple_bytes body, bool text,
                    struct meeple__block **out)
{
    struct meeple__block *block =
        meeple__block_new(&server->net.loop.pool, MEEPLE__WS_HEAD_MAX, head.len + body.len);

    if (!block) {
        return MEEPLE_ENOMEM;
    }
    meeple__block_append(block, head);
    meeple__block_append(block, body);
    meeple__ws_frame(block, text);
    *out = block;
    return 0;
}

int meeple__server_spread(struct meeple__server *server, int32_t from, int32_t to,
                          meeple_bytes head, meeple_bytes body, meeple__spread_kind kind)
{
    struct meeple__member *member = NULL;
    struct outgoing outgoing = {head, body, kind, NULL};
    int given = 0;
    int rc;

    if (!meeple__is_many(to)) {
        member = from != to ? meeple__roster_find(&server->net.roster, to) : NULL;
        return member && give(server, meeple__peer_of(member), &outgoing);
    }
    if (server->net.roster.count == 0) {
        return 0;
    }
    /* Who is the only one to get it would share it with nobody. */
    if (server->net.roster.count > 1 + (size_t)(from != MEEPLE_SERVER)) {
        rc = frame_of(server, head, body, kind == MEEPLE__SPREAD_TEXT, &outgoing.frame);
        if (rc < 0) {
            return rc;
        }
    }
    while ((member = meeple__roster_next(&server->net.roster, member))) {
        if (meeple__reaches(from, to, member->id)) {
            given += give(server, meeple__peer_of(member), &outgoing);
        }
    }
    if (outgoing.frame) {
        meeple__block_unref(&server->net.loop.pool, outgoing.frame);
    }
    return given;
}

bool meeple__server_relay(struct meeple__server *server, struct meeple__peer *peer, int32_t to,
                          meeple_bytes head, meeple_bytes body)
{
    meeple_stats *stats = &server->net.stats;
    int given = meeple__server_spread(server, peer->id, to, head, body, MEEPLE__SPREAD_PACKET);

    if (given < 0) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        return false;
    }
    stats->relayed += (uint64_t)given;
    if (given == 0 && !meeple__is_many(to)) {
        stats->unroutable++;
        meeple__log(server->net.loop.log, MEEPLE_LOG_DEBUG, "net",
                    "peer %d sent a packet for peer %d, who is not here", (int)peer->id, (int)to);
    }
    return true;
}

int meeple__server_tell(struct meeple__peer *peer, meeple_bytes message)
{
    meeple__conn_wrote(&peer->conn);
    return meeple__ws_send(&peer->conn.ws, message, (meeple_bytes){NULL, 0}, false);
}

/* The peer of that id; NULL if there is none, or it is being closed and leaves the roster with the
 * next next(). */
static struct meeple__peer *open_peer(const meeple_net *net, int32_t id)
{
    struct meeple__member *member = meeple__roster_find(&net->roster, id);
    struct meeple__peer *peer = member ? meeple__peer_of(member) : NULL;

    return peer && meeple__ws_is_open(&peer->conn.ws) ? peer : NULL;
}

/* In a frame of its own where outgoing has none. */
static int send_one(meeple_net *net, struct meeple__peer *peer, const struct outgoing *outgoing)
{
    int rc = queue(peer, outgoing);

    if (rc == MEEPLE_EFULL) {
        meeple__conn_flush(&peer->conn);
        rc = queue(peer, outgoing);
    }
    if (rc == 0) {
        net->stats.packets_out++;
        meeple__conn_wrote(&peer->conn);
    } else if (rc == MEEPLE_EFULL) {
        meeple__conn_missed(&peer->conn, outgoing->head.len + outgoing->body.len);
    }
    return rc;
}

int meeple__server_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text)
{
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];
    meeple_bytes head = {bytes, meeple__seat_server_head(net->seat, bytes, to, text)};
    meeple__spread_kind kind =
        text && net->seat->texts ? MEEPLE__SPREAD_TEXT : MEEPLE__SPREAD_PACKET;
    int rc;

    if (!meeple__is_many(to)) {
        struct meeple__peer *peer = open_peer(net, to);

        return peer ? send_one(net, peer, &(struct outgoing){head, packet, kind, NULL})
                    : MEEPLE_ENOTFOUND;
    }
    rc = meeple__server_spread(meeple__server_of(net), MEEPLE_SERVER, to, head, packet, kind);
    net->stats.packets_out += rc > 0 ? (uint64_t)rc : 0;
    return rc < 0 ? rc : 0;
}

int meeple__server_share(meeple_net *net, int32_t to, meeple_bytes packet,
                         struct meeple__block **frame)
{
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];
    meeple_bytes head = {bytes, meeple__seat_server_head(net->seat, bytes, to, false)};
    struct meeple__peer *peer = open_peer(net, to);
    int rc = 0;

    if (!peer) {
        return MEEPLE_ENOTFOUND;
    }
    /* Whose name stands in it, is the only one who can have it. */
    if (!*frame && !net->seat->addressed &&
        !meeple__ws_compresses(&peer->conn.ws, head.len + packet.len)) {
        rc = frame_of(meeple__server_of(net), head, packet, false, frame);
    }
    return rc < 0 ? rc
                  : send_one(net, peer,
                             &(struct outgoing){head, packet, MEEPLE__SPREAD_PACKET, *frame});
}
