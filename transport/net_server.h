/* net_server: what the files of the server's seat share. */
#ifndef MEEPLE_TRANSPORT_NET_SERVER_H
#define MEEPLE_TRANSPORT_NET_SERVER_H

#include "transport/address_counts.h"
#include "transport/net.h"
#include "transport/rate.h"
#include "transport/request.h"

/* For the peer itself and for the others. */
#define MEEPLE__OVERFULL_REASON "read too slowly: the outgoing queue is full"

struct meeple__server {
    meeple_net net;
    meeple_socket *listener;
    /* Every connection is in one of them: comers have not joined yet, the oldest first; peers have,
     * or are on their way out. */
    struct meeple__list comers, peers;
    size_t comer_count, welcome_count; /* comers; of them, those that only have to be told so */
    char **origins;                    /* NULL: any */
    meeple_proxy_kind proxy;
    struct meeple__ip_network *trusted; /* proxies */
    size_t trusted_count;
    meeple_request *request; /* of the last event */
    struct meeple__address_counts addresses;
    uint32_t per_address_max;
    bool counts_ourselves; /* this machine's addresses count, too */
    struct meeple__allowance accepts_allowed, messages_allowed, bytes_allowed;
    struct meeple__rate accepts;
    bool asks;
    bool drop_warned; /* since a connection was taken */
};

struct meeple__peer {
    struct meeple__conn conn;
    struct meeple__member member; /* id 0: in no roster */
    struct meeple__list all;
    struct meeple__address_count *address; /* NULL: not counted */
    struct meeple__rate messages, bytes;
    int32_t id;   /* from its REQUEST or JOIN on; stays after it left the roster, for LEAVE */
    bool coming;  /* one of the comers */
    bool asking;  /* its REQUEST waits for an answer */
    bool welcome; /* the answer was yes */
    bool joined, closed, overfull;
};

static inline struct meeple__server *meeple__server_of(meeple_net *net)
{
    return MEEPLE__CONTAINER(net, struct meeple__server, net);
}

static inline struct meeple__peer *meeple__peer_of(struct meeple__member *member)
{
    return MEEPLE__CONTAINER(member, struct meeple__peer, member);
}

typedef enum meeple__spread_kind {
    MEEPLE__SPREAD_PACKET,
    MEEPLE__SPREAD_TEXT,  /* a WebSocket text message */
    MEEPLE__SPREAD_ROSTER /* who comes and goes: a peer that cannot be told is closed */
} meeple__spread_kind;

/* ---- coming ---- */

/* meeple__net_ops.accepted. */
void meeple__server_accepted(meeple_net *net, meeple_socket *socket);
/* A good request: it is answered, or (1) event asks the application. */
int meeple__server_request(struct meeple__server *server, struct meeple__peer *peer,
                           meeple_event *event);
/* The handshake is done.  1: event is its JOIN. */
int meeple__server_join(struct meeple__server *server, struct meeple__peer *peer,
                        meeple_event *event);
/* Fills in what is allowed by the limits.  MEEPLE_EIO: no randomness. */
int meeple__server_allow(struct meeple__server *server, const meeple_limits *limits);
/* Whether a peer that is open has not sent too much, its next message (NULL: none) included; else
 * it is being closed. */
bool meeple__server_charge(struct meeple__server *server, struct meeple__peer *peer,
                           const meeple_ws_event *message);
/* It is no comer any more, whatever became of it. */
void meeple__server_came(struct meeple__server *server, struct meeple__peer *peer);

/* ---- sending ---- */

/* A message in two parts, framed once, to every peer that `to` reaches.  Returns how many got it,
 * or MEEPLE_ENOMEM.  What a full queue means for packets is the net's policy. */
int meeple__server_spread(struct meeple__server *server, int32_t from, int32_t to,
                          meeple_bytes head, meeple_bytes body, meeple__spread_kind kind);
/* meeple__net_ops.send. */
int meeple__server_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text);

#endif /* MEEPLE_TRANSPORT_NET_SERVER_H */
