/* session_native: what a client makes of its server's messages in the native dialect. */
#include "transport/session.h"

static int add(struct meeple__session *session, int32_t id, meeple_event *event)
{
    if (id == session->net->id || meeple__roster_find(&session->net->roster, id)) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "the server announced a peer twice");
    }
    return meeple__session_add(session, id, event);
}

static int drop(struct meeple__session *session, const struct meeple__packet *packet,
                meeple_event *event)
{
    struct meeple__member *member = meeple__roster_find(&session->net->roster, packet->peer);

    if (!member || member == &session->server) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "the server says that somebody left who was not there");
    }
    meeple__session_remove(session, member, event);
    event->reason = meeple__net_reason(session->net, packet->data);
    event->code = packet->code;
    event->clean = packet->clean;
    return 1;
}

static int data(struct meeple__session *session, const struct meeple__packet *packet,
                meeple_event *event)
{
    if (!meeple__roster_find(&session->net->roster, packet->peer)) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "the server passed on a packet of nobody");
    }
    return meeple__session_packet(packet->peer, packet->text, packet->data, event);
}

/* One that nobody asked for means nothing, like such a pong frame (RFC 6455 section 5.5.3). */
static void pong(struct meeple__session *session, meeple_bytes payload)
{
    if (session->heartbeat) {
        meeple__heartbeat_pong(session->heartbeat, session->net->loop.now_ms, payload);
    }
}

int meeple__session_native_message(struct meeple__session *session, bool text, meeple_bytes bytes,
                                   meeple_event *event)
{
    struct meeple__packet packet;
    const char *why;

    if (text) {
        return meeple__session_fail(session, MEEPLE_CLOSE_UNSUPPORTED,
                                    "this dialect speaks in binary messages");
    }
    if (meeple__packet_parse(&packet, bytes, &why) < 0) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
    }
    if ((packet.kind == MEEPLE__PACKET_WELCOME) != (session->state == MEEPLE__SESSION_WAITING) ||
        (packet.kind == MEEPLE__PACKET_WELCOME && packet.peer == MEEPLE_SERVER)) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "the server's first packet has to be the welcome, once");
    }
    switch (packet.kind) {
    case MEEPLE__PACKET_WELCOME:
        return meeple__session_up(session, packet.peer, event);
    case MEEPLE__PACKET_JOIN:
        return add(session, packet.peer, event);
    case MEEPLE__PACKET_LEAVE:
        return drop(session, &packet, event);
    case MEEPLE__PACKET_PING:
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "only clients send such pings");
    case MEEPLE__PACKET_PONG:
        pong(session, packet.data);
        return 0;
    default:
        return data(session, &packet, event);
    }
}
