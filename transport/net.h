/* net: what every kind of seat has, and what each kind does its own way. */
#ifndef MEEPLE_TRANSPORT_NET_H
#define MEEPLE_TRANSPORT_NET_H

#include <meeple/net.h>

#include "transport/conn.h"
#include "transport/roster.h"
#include "transport/seat.h"

struct meeple__loopback;

struct meeple__net_ops {
    /* Frees what that kind of seat alone has. */
    void (*free)(meeple_net *net);
    /* What there is to tell without waiting: 1, 0 or an error.  The event is written with 1 only,
     * and whole. */
    int (*step)(meeple_net *net, meeple_event *event);
    void (*accepted)(meeple_net *net, meeple_socket *socket);
    /* The arguments were checked. */
    int (*send)(meeple_net *net, int32_t to, meeple_bytes packet, bool text);
    /* The same to one peer, in a frame that it shares with others: made if *frame is NULL.  NULL
     * where nothing can be shared. */
    int (*share)(meeple_net *net, int32_t to, meeple_bytes packet, struct meeple__block **frame);
    /* Server; NULL on a client. */
    int (*kick)(meeple_net *net, int32_t peer, uint16_t code, const char *reason);
    int (*close)(meeple_net *net, uint16_t code, const char *reason);
    /* When a step would do something that the loop knows nothing of: a moment of its clock, 0: now,
     * UINT64_MAX: never. */
    uint64_t (*due_ms)(const meeple_net *net);
    /* What carries what is for a member. */
    struct meeple__line *(*line_of)(const meeple_net *net, struct meeple__member *member);
    const struct meeple__line_ops *line;
};

enum {
    MEEPLE__FAULT_TEXT = 300
};

struct meeple_net {
    const struct meeple__net_ops *ops;
    struct meeple__loop loop;
    struct meeple__roster roster;
    struct meeple__ws_config config;
    meeple_limits limits; /* defaults filled in; that of the queue is the WebSocket's */
    size_t packet_max;
    const struct meeple__seat *seat; /* of the dialect */
    meeple_full_policy full;
    char **protocols;
    struct meeple__loopback *hub; /* of a loopback or offline net */
    unsigned idle_calls;          /* of meeple_net_next(), on such a net */
    struct meeple__line *only;    /* a client's, as long as it has one */
    meeple_tls_server *tls;       /* a server's certificates; NULL: plain */
    int32_t id;
    uint16_t port;
    bool is_server, refusing, closing, up_told, down_told;
    /* Of meeple_net_close(), for a server's DOWN: whether everyone's close was clean since. */
    uint16_t close_code;
    bool close_clean;
    char close_reason[MEEPLE_REASON_MAX + 1];
    meeple_stats stats;
    meeple_fault fault;
    char fault_text[MEEPLE__FAULT_TEXT];
    /* What the last event points at. */
    char reason[MEEPLE_REASON_MAX + 1];
    char address[64], proxy[64];
};

struct meeple__net_options {
    const char *const *protocols;
    meeple_dialect dialect;
    const meeple_limits *limits;
    const meeple_io_driver *io;
    const meeple_mem *mem;
    const meeple_log *log;
    struct meeple__loopback *hub; /* takes a reference */
};

/* One that says nothing but that; what else there is to say is added.  Written field by field: a
 * struct that is made first and copied then costs more. */
static inline void meeple__event_set(meeple_event *event, meeple_event_type type, int32_t peer)
{
    event->type = type;
    event->peer = peer;
    event->code = 0;
    event->text = event->clean = false;
    event->data = (meeple_bytes){NULL, 0};
    event->reason = event->protocol = event->address = "";
    event->request = NULL;
}

/* net is zeroed but for ops and is_server.  On failure meeple_net_free() is still due. */
int meeple__net_init(meeple_net *net, const struct meeple__net_options *options);
/* Fills in config from the net's options and `ws`: host, path, headers, deflate. */
int meeple__net_config(meeple_net *net, meeple_ws_options ws);

/* Copied, cut at a whole character, NUL-terminated: for an event to point at. */
const char *meeple__net_reason(meeple_net *net, meeple_bytes reason);
/* The first fault stays. */
void meeple__net_blame(meeple_net *net, const meeple_fault *fault);
/* DOWN. */
int meeple__net_down(meeple_net *net, meeple_event *event, uint16_t code, bool clean,
                     const char *reason);

/* The time of its io, as the last turn of the loop saw it; a loopback has none, always 0. */
uint64_t meeple__net_now_ms(const meeple_net *net);
/* The same at this moment. */
uint64_t meeple__net_clock_ms(const meeple_net *net);
/* In how many milliseconds its seat has to be looked at, whatever the loop knows; -1: there is no
 * such moment. */
int meeple__net_due_in_ms(const meeple_net *net);
meeple_dialect meeple__net_dialect(const meeple_net *net);
/*
 * Whether no more than `most` bytes wait in the queue to peer; without one it is true, as sending
 * says why not.  If more do, meeple_net_next() gives an event of type NONE with that peer once they
 * are down to half of that: for who has much to say, and leaves room for others meanwhile.
 */
bool meeple__net_room(meeple_net *net, int32_t peer, size_t most);
/* Whether so many packets of that length fit the queue to peer now; without one it is true. */
bool meeple__net_fits(const meeple_net *net, int32_t peer, size_t count, size_t len);
/* Server: whether a peer with a full queue misses what goes to many, in place of being closed. */
bool meeple__net_skips(const meeple_net *net);
/* How many bytes may wait in the queue to a peer. */
size_t meeple__net_queue_max(const meeple_net *net);
/* The longest packet that can be sent: it fits a message, and an empty queue. */
size_t meeple__net_packet_max(const meeple_net *net);

/* A packet that goes to several peers, one after the other.  Begins as {net, packet}. */
struct meeple__parcel {
    meeple_net *net;
    meeple_bytes packet; /* borrowed */
    bool sent;           /* to one peer already */
    struct meeple__block *frame;
};

/*
 * As meeple_net_send() to one peer, errors included.  From the second peer on a server frames it
 * once for all, and queues the same bytes for each; who gets it compressed, and the first, which
 * may stay the only one, has a copy of its own.
 */
int meeple__parcel_send(struct meeple__parcel *parcel, int32_t to);
/* No one else gets it. */
void meeple__parcel_done(struct meeple__parcel *parcel);

/* What meeple_net_send() says of its arguments. */
int meeple__net_check_send(const meeple_net *net, int32_t to, meeple_bytes packet);
/* A server on the loopback hub, open to meeple_net_join() or not. */
int meeple__server_new(meeple_net **out, const meeple_listen_options *options,
                       struct meeple__loopback *hub, bool listening);
/* What a client needs to be made: *out is NULL from here on, *options never.  MEEPLE_EINVAL. */
int meeple__connect_check(meeple_net **out, const char *url,
                          const meeple_connect_options **options);
int meeple__client_new(meeple_net **out, const char *url, const meeple_connect_options *options,
                       struct meeple__loopback *hub);
/* The same in a page, over the browser's WebSocket.  MEEPLE_ENOTSUP: headers or options of TLS. */
int meeple__web_client_new(meeple_net **out, const char *url,
                           const meeple_connect_options *options);

#endif /* MEEPLE_TRANSPORT_NET_H */
