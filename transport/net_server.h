/* net_server: what the files of the server's seat share. */
#ifndef MEEPLE_TRANSPORT_NET_SERVER_H
#define MEEPLE_TRANSPORT_NET_SERVER_H

#include "transport/address_counts.h"
#include "transport/io_file.h"
#include "transport/net.h"
#include "transport/rate.h"
#include "transport/request.h"

/* For the peer itself and for the others. */
#define MEEPLE__OVERFULL_REASON "read too slowly: the outgoing queue is full"

/* What is handed out over HTTP. */
struct meeple__pages {
    int folder; /* -1: none */
    bool health;
    uint32_t downloads_max, download_count;
    uint32_t stall_timeout_ms;
};

struct meeple__server {
    meeple_net net;
    meeple_socket *listener;
    /* Every connection is in one of them: comers have not joined yet, the oldest first; peers have,
     * or are downloads; leavers are CLOSED, the first one first. */
    struct meeple__list comers, peers, leavers;
    size_t comer_count, welcome_count; /* comers; of them, those that only have to be told so */
    char **origins;                    /* NULL: any */
    meeple_proxy_kind proxy;
    struct meeple__ip_network *trusted; /* proxies */
    size_t trusted_count;
    meeple_request *request; /* of the last event */
    struct meeple__address_counts addresses;
    uint32_t per_address_max;
    bool counts_ourselves; /* this machine's addresses count, too */
    struct meeple__allowance accepts_allowed, accepts_allowed_address;
    struct meeple__allowance messages_allowed, bytes_allowed;
    struct meeple__rate accepts, accepts_by_address[4][256];
    uint64_t warn_again_ms; /* before that a dropped connection is worth no warning */
    struct meeple__pages pages;
    bool asks;
};

/* There may be tens of thousands, and most of them rest.  What a message looks at lies together,
 * from here to the middle of conn.ws. */
struct meeple__peer {
    union {
        struct {
            struct meeple__rate messages, bytes;
        };
        struct meeple__file *page_file; /* of who asked for a page: meeple__download_of() */
    };
    bool coming : 1;  /* one of the comers */
    bool asking : 1;  /* its REQUEST waits for an answer */
    bool welcome : 1; /* the answer was yes */
    bool joined : 1, closed : 1, overfull : 1;
    int32_t id; /* from its REQUEST or JOIN on; stays after it left the roster, for LEAVE */
    struct meeple__member member; /* id 0: in no roster */
    struct meeple__conn conn;
    struct meeple__list all;
    struct meeple__address_count *address; /* NULL: not counted */
};

static inline struct meeple__server *meeple__server_of(meeple_net *net)
{
    return MEEPLE__CONTAINER(net, struct meeple__server, net);
}

/* The file that is being sent to it; NULL: none. */
static inline struct meeple__file *meeple__download_of(const struct meeple__peer *peer)
{
    return peer->conn.ws.page ? peer->page_file : NULL;
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
/* Counts a connection under the client's address, if that is known and counts.  MEEPLE_ENOMEM. */
int meeple__server_count_address(struct meeple__server *server, struct meeple__peer *peer);
/* Counts a comer whose address a PROXY header has told by now.  False: that address has too many,
 * and it was dropped. */
bool meeple__server_place(struct meeple__server *server, struct meeple__peer *peer);
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

/* Whether peers_max are here or were let in. */
bool meeple__server_is_full(const struct meeple__server *server);

/* ---- what it says, by dialect ---- */

/* 1: event is what the peer says to us. */
static inline int meeple__server_hand_out(struct meeple__server *server, struct meeple__peer *peer,
                                          meeple_bytes data, bool text, meeple_event *event)
{
    meeple__roster_heard(&server->net.roster, &peer->member);
    meeple__event_set(event, MEEPLE_EVENT_PACKET, peer->id);
    event->text = text;
    event->data = data;
    return 1;
}

/* A message of a peer: passed on, handed out (1), or both; or the peer broke a rule. */
int meeple__server_native_message(struct meeple__server *server, struct meeple__peer *peer,
                                  const meeple_ws_event *ws, meeple_event *event);
int meeple__server_godot3_message(struct meeple__server *server, struct meeple__peer *peer,
                                  const meeple_ws_event *ws, meeple_event *event);
/* meeple__seat.introduce and farewell. */
int meeple__server_native_introduce(struct meeple__server *server, struct meeple__peer *peer);
int meeple__server_godot3_introduce(struct meeple__server *server, struct meeple__peer *peer);
int meeple__server_native_farewell(struct meeple__server *server, const struct meeple__peer *peer,
                                   uint16_t code, meeple_bytes reason);
int meeple__server_godot3_farewell(struct meeple__server *server, const struct meeple__peer *peer,
                                   uint16_t code, meeple_bytes reason);

/* ---- pages ---- */

/* Opens the folder.  MEEPLE_EINVAL: there is no such folder.  MEEPLE_EACCESS, MEEPLE_EIO. */
int meeple__server_pages_init(struct meeple__server *server, const meeple_pages_options *options);
/* A request that is none for a WebSocket: it is answered, or a download begins. */
void meeple__server_page(struct meeple__server *server, struct meeple__peer *peer,
                         const struct meeple__http_head *head);
/* The next piece of a download, if it is time for it. */
void meeple__server_page_more(struct meeple__server *server, struct meeple__peer *peer);
/* The server closes: a download has no longer than any other connection. */
void meeple__server_page_hurry(struct meeple__server *server, struct meeple__peer *peer);
/* Its connection is CLOSED. */
void meeple__server_page_closed(struct meeple__server *server, struct meeple__peer *peer);
/* Closes the file, if there is one. */
void meeple__server_page_done(struct meeple__server *server, struct meeple__peer *peer);

/* ---- sending ---- */

/* A message in two parts, framed once, to every peer that `to` reaches.  Returns how many got it,
 * or MEEPLE_ENOMEM.  What a full queue means for packets is the net's policy. */
int meeple__server_spread(struct meeple__server *server, int32_t from, int32_t to,
                          meeple_bytes head, meeple_bytes body, meeple__spread_kind kind);
/* Passes on what a peer said to `to`, who is not the server alone: a message in two parts.  False:
 * there was no memory for it, and the peer is closed. */
bool meeple__server_relay(struct meeple__server *server, struct meeple__peer *peer, int32_t to,
                          meeple_bytes head, meeple_bytes body);
/* A whole message to one peer: who is there. */
int meeple__server_tell(struct meeple__peer *peer, meeple_bytes message);
/* meeple__net_ops.send. */
int meeple__server_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text);
/* meeple__net_ops.share. */
int meeple__server_share(meeple_net *net, int32_t to, meeple_bytes packet,
                         struct meeple__block **frame);

#endif /* MEEPLE_TRANSPORT_NET_SERVER_H */
