/* meeple/event.h: the words a session is spoken in: peer ids, dialects, events, faults. */
#ifndef MEEPLE_EVENT_H
#define MEEPLE_EVENT_H

#include <meeple/base.h>
#include <meeple/close.h>
#include <meeple/request.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whom a packet is for.  Ids are 1 for the server, random in 2..2^31-1 for everybody else. */
#define MEEPLE_ALL 0              /* everyone else */
#define MEEPLE_SERVER 1           /* the server's id, always */
#define MEEPLE_EXCEPT(id) (-(id)) /* everyone else but id */

/* The byte language a session speaks.  Both ends must use the same. */
typedef enum meeple_dialect {
    MEEPLE_DIALECT_NATIVE, /* docs/wire.md; peers see each other; subprotocol "meeple.1" */
    MEEPLE_DIALECT_PLAIN,  /* WebSocket messages as they are, no ids on the wire; a client sees the
                              server only and has id 0 itself */
    MEEPLE_DIALECT_GODOT3  /* what Godot 3.2 to 3.6 speaks in its multiplayer mode over WebSocket
                              (docs/wire.md, 9); peers see each other; no subprotocol unless told */
} meeple_dialect;

#define MEEPLE_EVENT_MAP(X)                                                                        \
    X(UP, "up")                                                                                    \
    X(REQUEST, "request")                                                                          \
    X(JOIN, "join")                                                                                \
    X(PACKET, "packet")                                                                            \
    X(DRAINED, "drained")                                                                          \
    X(CLOSING, "closing")                                                                          \
    X(LEAVE, "leave")                                                                              \
    X(DOWN, "down")

/*
 * UP       we are in the session.  peer is our own id.  Godot: connection_established.
 * REQUEST  somebody asks to come in, at a server that asks (meeple_listen_options): request says
 *          who.  Answer with meeple_net_accept() or meeple_net_reject(), now or later.  peer is the
 *          id it will have; nothing can be sent to it before its JOIN.
 * JOIN     peer can be sent to.  Godot: client_connected, network_peer_connected.
 * PACKET   data came from peer.  Godot: data_received, network_peer_packet.
 * DRAINED  there is room in peer's queue again.  Once after a packet for it did not fit: a send
 *          that answered MEEPLE_EFULL, or one to many, ours or passed on, that it was skipped
 *          for.  What did not fit would fit now, and the queue is down to half of
 *          queue_bytes_max (what TLS has taken already does not count).  Not for a peer that is
 *          closing.  A client has one queue, so to it peer is the server.
 * CLOSING  peer has asked to close, with code and reason; its LEAVE follows.
 *          Godot: client_close_request, server_close_request.
 * LEAVE    peer is gone.  Exactly one for each JOIN.  Godot: client_disconnected.
 * DOWN     the session is over for us.  Exactly one, the last event; after it meeple_net_next()
 *          answers MEEPLE_ECLOSED.  If UP never came, meeple_net_fault() says why.
 *          Godot: connection_closed, connection_error, server_disconnected.
 */
typedef enum meeple_event_type {
    MEEPLE_EVENT_NONE,
#define X(name, text) MEEPLE_EVENT_##name,
    MEEPLE_EVENT_MAP(X)
#undef X
} meeple_event_type;

/* Every pointer is borrowed, good until the next meeple_net_next() on the same net. */
typedef struct meeple_event {
    meeple_event_type type;
    int32_t peer;         /* DOWN: 0 */
    uint16_t code;        /* CLOSING, LEAVE, DOWN: a meeple_close or any code the peer chose */
    bool text;            /* PACKET: valid UTF-8 and sent as text; never in the dialect of Godot */
    bool clean;           /* LEAVE, DOWN: both sides finished the close handshake; of a client that
                             another client sees leave: as far as the server knew then.  Godot's
                             servers say nothing of that: false, MEEPLE_CLOSE_NO_CODE and "" */
    meeple_bytes data;    /* PACKET */
    const char *reason;   /* CLOSING, LEAVE, DOWN: UTF-8; never NULL */
    const char *protocol; /* UP, JOIN: the agreed subprotocol, "" if none; never NULL */
    const char *address;  /* JOIN, on a server: meeple_net_peer_address(); else "" */
    const meeple_request *request; /* REQUEST; else NULL */
} meeple_event;

/* "up", "join", ...; "none" for anything else.  Static storage. */
MEEPLE_API const char *meeple_event_name(meeple_event_type type);

/* Where a connection attempt stopped. */
#define MEEPLE_STAGE_MAP(X)                                                                        \
    X(RESOLVE, "resolve")                                                                          \
    X(CONNECT, "connect")                                                                          \
    X(TLS, "tls")                                                                                  \
    X(HTTP, "http")                                                                                \
    X(SUBPROTOCOL, "subprotocol")                                                                  \
    X(TIMEOUT, "timeout")                                                                          \
    X(SESSION, "session")

typedef enum meeple_stage {
    MEEPLE_STAGE_NONE,
#define X(name, text) MEEPLE_STAGE_##name,
    MEEPLE_STAGE_MAP(X)
#undef X
} meeple_stage;

/* "resolve", "connect", ...; "none" for anything else.  Static storage. */
MEEPLE_API const char *meeple_stage_name(meeple_stage stage);

/* Why a connection never came UP. */
typedef struct meeple_fault {
    meeple_stage stage; /* MEEPLE_STAGE_NONE: there was no fault */
    int number;         /* RESOLVE: getaddrinfo()'s; CONNECT: errno; HTTP: the status, 0 if the
                           answer was not HTTP; SESSION: a close code; TLS: the alert that came or
                           an X509_V_ERR_; else 0 */
    const char *text;   /* a sentence for people; never NULL */
} meeple_fault;

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_EVENT_H */
