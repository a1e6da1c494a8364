/* session_godot3: what a client makes of its server's messages in the dialect of Godot 3. */
#include "transport/session.h"

#include "core/log.h"

static int broke(struct meeple__session *session, const char *why)
{
    return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
}

/* What Godot tells its application again, or lets pass. */
static int ignored(const struct meeple__session *session, const char *what, int32_t peer)
{
    meeple__log(session->net->loop.log, MEEPLE_LOG_DEBUG, "net", "the server %s peer %d: ignored",
                what, (int)peer);
    return 0;
}

/* Our id, then the server: Godot's server says both before anything else. */
static int welcome(struct meeple__session *session, const struct meeple__godot3_packet *packet,
                   meeple_event *event)
{
    if (session->given == 0 && packet->kind == MEEPLE__GODOT3_ID && packet->peer != MEEPLE_SERVER) {
        session->given = packet->peer;
        return 0;
    }
    if (session->given > 0 && packet->kind == MEEPLE__GODOT3_ADD && packet->peer == MEEPLE_SERVER) {
        return meeple__session_up(session, session->given, event);
    }
    return broke(session, "the server's first packets have to be our id, then its own");
}

static int add(struct meeple__session *session, int32_t id, meeple_event *event)
{
    if (id == session->net->id) {
        return broke(session, "the server announced us to ourselves");
    }
    return meeple__roster_find(&session->net->roster, id)
               ? ignored(session, "announced once more", id)
               : meeple__session_add(session, id, event);
}

static int drop(struct meeple__session *session, int32_t id, meeple_event *event)
{
    struct meeple__member *member = meeple__roster_find(&session->net->roster, id);

    if (id == session->net->id || id == MEEPLE_SERVER) {
        return broke(session, "the server says that one of us two left");
    }
    if (!member) {
        return ignored(session, "lets go the unknown", id);
    }
    meeple__session_remove(session, member, event);
    event->code = MEEPLE_CLOSE_NO_CODE; /* there are no words for why */
    return 1;
}

static int payload(struct meeple__session *session, const struct meeple__godot3_packet *packet,
                   meeple_event *event)
{
    if (!meeple__roster_find(&session->net->roster, packet->from)) {
        session->net->stats.unroutable++;
        return ignored(session, "passed on a packet of the unknown", packet->from);
    }
    return meeple__session_packet(packet->from, false, packet->data, event);
}

int meeple__session_godot3_message(struct meeple__session *session, meeple_bytes bytes,
                                   meeple_event *event)
{
    struct meeple__godot3_packet packet;
    const char *why;

    if (meeple__godot3_parse(&packet, bytes, &why) < 0) {
        return broke(session, why);
    }
    if (session->state == MEEPLE__SESSION_WAITING) {
        return welcome(session, &packet, event);
    }
    switch (packet.kind) {
    case MEEPLE__GODOT3_ADD:
        return add(session, packet.peer, event);
    case MEEPLE__GODOT3_DEL:
        return drop(session, packet.peer, event);
    case MEEPLE__GODOT3_ID:
        return broke(session, "the server gave us a second id");
    case MEEPLE__GODOT3_PAYLOAD:
    default:
        return payload(session, &packet, event);
    }
}
