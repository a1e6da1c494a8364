/* session: a client's side of a session, whatever carries it: from the server's welcome to DOWN. */
#ifndef MEEPLE_TRANSPORT_SESSION_H
#define MEEPLE_TRANSPORT_SESSION_H

#include "transport/net.h"

typedef enum meeple__session_state {
    MEEPLE__SESSION_CONNECTING, /* until the WebSocket is open */
    MEEPLE__SESSION_WAITING,    /* for the server's welcome */
    MEEPLE__SESSION_UP,         /* UP was told, JOIN of the server is next */
    MEEPLE__SESSION_SEATED,
    MEEPLE__SESSION_LEAVING, /* a LEAVE for every JOIN, then DOWN */
    MEEPLE__SESSION_ENDING   /* all LEAVEs were told; DOWN is its owner's to tell, in its time */
} meeple__session_state;

/* It knows who is there, and what a server may say; how that came, and what is to be done about one
 * that breaks the rules, is its owner's. */
struct meeple__session {
    meeple_net *net; /* whose roster, id and fault it keeps */
    struct meeple__member server;
    uint8_t state;
    int32_t given;        /* by a welcome that goes on: the id we will have; else 0 */
    const char *protocol; /* agreed */
    /* The carrier's, if it pings in packets; NULL: it has pings of its own. */
    struct meeple__heartbeat *heartbeat;
    /* How it ended. */
    uint16_t code;
    bool clean;
    /* With MEEPLE_EPROTO: what the server is to be told (static text). */
    uint16_t breach_code;
    const char *breach;
};

void meeple__session_init(struct meeple__session *session, meeple_net *net);
/* Forgets who is there. */
void meeple__session_done(struct meeple__session *session);

/* ---- what came; each answers 1 with an event, 0, or MEEPLE_EPROTO: the server broke a rule, or
 * there is no memory for what it said, and is to be closed with `breach` ---- */

/* The WebSocket is open, with that subprotocol ("": none), borrowed until DOWN. */
int meeple__session_opened(struct meeple__session *session, const char *protocol,
                           meeple_event *event);
/* data is borrowed by the event. */
int meeple__session_message(struct meeple__session *session, bool text, meeple_bytes data,
                            meeple_event *event);
/* The server asked to close: 1 or 0. */
int meeple__session_closing(struct meeple__session *session, uint16_t code, meeple_bytes reason,
                            meeple_event *event);

/* ---- how it ends; each but the first also ends it ---- */

/* The first fault stays. */
void meeple__session_blame(struct meeple__session *session, meeple_stage stage, int number,
                           const char *text);
/* What is told now is LEAVE for everyone, then DOWN with these. */
void meeple__session_end(struct meeple__session *session, uint16_t code, bool clean,
                         meeple_bytes reason);
/* Without a close; the fault is the reason. */
void meeple__session_lost(struct meeple__session *session);
/* The WebSocket is closed.  Who was not in the session by then, and did not want that, has a fault
 * of stage SESSION, if it has no better one. */
void meeple__session_closed(struct meeple__session *session, uint16_t code, bool clean,
                            meeple_bytes reason);
/* The welcome did not come in time. */
void meeple__session_late(struct meeple__session *session);

/* ---- questions ---- */

/* What there is to tell without anything that came: 1, or 0. */
int meeple__session_next(struct meeple__session *session, meeple_event *event);
/* Whether next() has something. */
bool meeple__session_owes(const struct meeple__session *session);
/* MEEPLE_ESTATE: it is over.  MEEPLE_ENOTFOUND: nobody would get what is sent to `to`. */
int meeple__session_check_send(const struct meeple__session *session, int32_t to);
/* What goes before a packet for `to`, written to bytes or empty. */
static inline meeple_bytes meeple__session_head(const struct meeple__session *session, bool text,
                                                int32_t to, uint8_t bytes[MEEPLE__SEAT_HEAD_MAX])
{
    const meeple_net *net = session->net;

    return (meeple_bytes){bytes, meeple__seat_client_head(net->seat, bytes, net->id, to, text)};
}
/* Whether a packet for `to` has to be sent to each other client by itself, none to the server: a
 * server of this dialect would take it for its own. */
static inline bool meeple__session_sends_each(const struct meeple__session *session, int32_t to)
{
    return to == MEEPLE_EXCEPT(MEEPLE_SERVER) && session->net->seat == &meeple__seat_godot3;
}
/* How much room that takes in the queue, written to *len.  MEEPLE_ETOOBIG: more than it has when it
 * is empty. */
int meeple__session_each_len(const struct meeple__session *session, size_t packet_len, size_t *len);
static inline bool meeple__session_is_over(const struct meeple__session *session)
{
    return session->state >= MEEPLE__SESSION_LEAVING;
}

/* ---- for the dialects ---- */

/* What they make of a message: as meeple__session_message(). */
int meeple__session_native_message(struct meeple__session *session, bool text, meeple_bytes bytes,
                                   meeple_event *event);
int meeple__session_godot3_message(struct meeple__session *session, meeple_bytes bytes,
                                   meeple_event *event);
/* The server broke the session's rules; `why` is static. */
int meeple__session_fail(struct meeple__session *session, uint16_t code, const char *why);
/* We are in, as peer `id`. */
int meeple__session_up(struct meeple__session *session, int32_t id, meeple_event *event);
/* Somebody who is not in the roster is there. */
int meeple__session_add(struct meeple__session *session, int32_t id, meeple_event *event);
/* Somebody is gone, but not the server: the event says nothing of why. */
int meeple__session_remove(struct meeple__session *session, struct meeple__member *member,
                           meeple_event *event);
static inline int meeple__session_packet(int32_t from, bool text, meeple_bytes data,
                                         meeple_event *event)
{
    meeple__event_set(event, MEEPLE_EVENT_PACKET, from);
    event->text = text;
    event->data = data;
    return 1;
}

#endif /* MEEPLE_TRANSPORT_SESSION_H */
