/* net_server: the seat with id 1: peers come, are numbered, speak to each other through it, and go.
 */
#include "transport/net_server.h"

#include <string.h>

#include "core/log.h"
#include "core/mem.h"

static void free_peer(struct meeple__server *server, struct meeple__peer *peer)
{
    const meeple_mem *mem = server->net.loop.mem;

    if (peer->member.id > 0) {
        meeple__roster_remove(&server->net.roster, &peer->member);
    }
    if (!peer->joined && !peer->closed) {
        server->handshakes--;
    }
    meeple__conn_done(&peer->conn);
    meeple__list_remove(&peer->all);
    meeple__free(mem, peer);
}

/* No peer from here on, and the others are told. */
static void depart(struct meeple__server *server, struct meeple__peer *peer, uint16_t code,
                   meeple_bytes reason)
{
    uint8_t bytes[MEEPLE__LEAVE_MAX];
    struct meeple__packet packet = {.peer = peer->id, .code = code, .data = reason};

    if (peer->member.id == 0) {
        return;
    }
    meeple__roster_remove(&server->net.roster, &peer->member);
    if (server->net.dialect != MEEPLE_DIALECT_NATIVE || server->net.closing) {
        return;
    }
    packet.clean = code != MEEPLE_CLOSE_ABNORMAL && !peer->conn.ws.failed;
    if (meeple__server_spread(server, MEEPLE_SERVER, MEEPLE_ALL,
                              (meeple_bytes){bytes, meeple__packet_leave(bytes, &packet)},
                              (meeple_bytes){NULL, 0}, MEEPLE__SPREAD_ROSTER) < 0) {
        meeple__log(server->net.loop.log, MEEPLE_LOG_ERROR, "net",
                    "out of memory: the others were not told that peer %d left", (int)peer->id);
    }
}

/* Departs if its connection is open no longer, whoever began that. */
static void depart_if_closing(struct meeple__server *server, struct meeple__peer *peer)
{
    const struct meeple__ws *ws = &peer->conn.ws;
    uint16_t code = ws->failed || ws->close_received ? ws->code : MEEPLE_CLOSE_ABNORMAL;
    meeple_bytes reason = {NULL, 0};

    if (peer->member.id == 0 || meeple__ws_is_open(ws)) {
        return;
    }
    if (ws->failed) {
        reason = (meeple_bytes){(const uint8_t *)ws->why, strlen(ws->why)};
    } else if (ws->close_received) {
        reason = (meeple_bytes){ws->reason.ptr, ws->reason.len};
    } else if (peer->overfull) {
        code = MEEPLE_CLOSE_POLICY;
        reason = (meeple_bytes){(const uint8_t *)MEEPLE__OVERFULL_REASON,
                                sizeof MEEPLE__OVERFULL_REASON - 1};
    }
    depart(server, peer, code, reason);
}

/* Random in 2..2^31-1, and nobody's.  0: no randomness. */
static int32_t new_id(struct meeple__server *server)
{
    struct meeple__loop *loop = &server->net.loop;
    uint32_t id = 0;

    do {
        if (loop->driver->random(loop->io, &id, sizeof id) < 0) {
            return 0;
        }
        id &= INT32_MAX;
    } while (id < 2 || meeple__roster_find(&server->net.roster, (int32_t)id));
    return (int32_t)id;
}

static int tell(struct meeple__peer *peer, meeple__packet_kind kind, int32_t id)
{
    uint8_t head[MEEPLE__PACKET_HEAD];

    meeple__packet_head(head, kind, false, id);
    meeple__conn_wrote(&peer->conn);
    return meeple__ws_send(&peer->conn.ws, (meeple_bytes){head, sizeof head},
                           (meeple_bytes){NULL, 0}, false);
}

/* WELCOME and the others to the newcomer, then the newcomer to the others. */
static int introduce(struct meeple__server *server, struct meeple__peer *peer)
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

static int join(struct meeple__server *server, struct meeple__peer *peer, meeple_event *event)
{
    meeple_net *net = &server->net;
    int rc;

    peer->id = new_id(server);
    rc = peer->id == 0 ? MEEPLE_EIO
                       : meeple__roster_add(&net->roster, net->loop.mem, &peer->member, peer->id);
    if (rc == 0 && net->dialect == MEEPLE_DIALECT_NATIVE) {
        rc = introduce(server, peer);
    }
    if (rc < 0) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, meeple_strerror(rc));
        /* The others have not heard of it, so they are told nothing. */
        if (peer->member.id > 0) {
            meeple__roster_remove(&net->roster, &peer->member);
        }
        return 0;
    }
    peer->joined = true;
    server->handshakes--;
    net->loop.driver->address(net->loop.io, peer->conn.socket, net->address, sizeof net->address);
    meeple__log(net->loop.log, MEEPLE_LOG_INFO, "net", "peer %d joined from %s", (int)peer->id,
                *net->address ? net->address : "this process");
    event->type = MEEPLE_EVENT_JOIN;
    event->peer = peer->id;
    event->protocol = meeple__ws_protocol(&peer->conn.ws);
    event->address = net->address;
    return 1;
}

/* Those that are on their way out have a ceiling too: as many as may be there, and may come. */
static bool has_room(const struct meeple__server *server)
{
    const meeple_limits *limits = &server->net.limits;
    uint64_t most = 2 * ((uint64_t)limits->peers_max + limits->handshakes_max);

    return server->handshakes < limits->handshakes_max && server->net.loop.conn_count < most &&
           !server->net.closing;
}

/* Said once in a row: whoever can connect could fill the log with it. */
static void dropped(struct meeple__server *server)
{
    server->net.stats.refused++;
    meeple__log(server->net.loop.log, server->drop_warned ? MEEPLE_LOG_DEBUG : MEEPLE_LOG_WARN,
                "net", "dropped a connection: too many are coming or going, or out of memory");
    server->drop_warned = true;
}

static void server_accepted(meeple_net *net, meeple_socket *socket)
{
    struct meeple__server *server = meeple__server_of(net);
    struct meeple__tls_context *tls = net->tls ? meeple__tls_server_context(net->tls) : NULL;
    struct meeple__peer *peer = NULL;

    if (has_room(server)) {
        peer = meeple__alloc(net->loop.mem, sizeof *peer);
    }
    if (!peer || meeple__conn_init(&peer->conn, &net->loop, &net->config, socket, tls) < 0) {
        meeple__free(net->loop.mem, peer);
        net->loop.driver->close(net->loop.io, socket);
        dropped(server);
        return;
    }
    server->drop_warned = false;
    meeple__list_init(&peer->all);
    meeple__list_append(&server->peers, &peer->all);
    server->handshakes++;
}

static void admit(struct meeple__server *server, struct meeple__peer *peer)
{
    meeple_net *net = &server->net;
    int rc;

    if (net->refusing || net->closing) {
        rc = meeple__ws_refuse(&peer->conn.ws, 503, "this server takes no new peers now", NULL);
    } else if (net->roster.count >= net->limits.peers_max) {
        rc = meeple__ws_refuse(&peer->conn.ws, 503, "this server is full", NULL);
    } else {
        rc = meeple__ws_accept_request(&peer->conn.ws, NULL, NULL);
    }
    if (rc < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
}

/* A packet of a peer: passed on, handed out, or both.  1: event is for us. */
static int route(struct meeple__server *server, struct meeple__peer *peer,
                 const struct meeple__packet *packet, meeple_event *event)
{
    uint8_t head[MEEPLE__PACKET_HEAD];
    bool ours = meeple__reaches(peer->id, packet->peer, MEEPLE_SERVER);
    int given = 0;

    if (packet->peer == INT32_MIN) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_PROTOCOL_ERROR,
                        "the packet's target is malformed");
        return 0;
    }
    if (packet->peer != MEEPLE_SERVER) {
        meeple__packet_head(head, MEEPLE__PACKET_DATA, packet->text, peer->id);
        given =
            meeple__server_spread(server, peer->id, packet->peer, (meeple_bytes){head, sizeof head},
                                  packet->data, MEEPLE__SPREAD_PACKET);
        if (given < 0) {
            meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
            return 0;
        }
        server->net.stats.relayed += (uint64_t)given;
    }
    if (!meeple__is_many(packet->peer) && !ours && given == 0) {
        server->net.stats.unroutable++;
        meeple__log(server->net.loop.log, MEEPLE_LOG_DEBUG, "net",
                    "peer %d sent a packet for peer %d, who is not here", (int)peer->id,
                    (int)packet->peer);
    }
    if (!ours) {
        return 0;
    }
    event->type = MEEPLE_EVENT_PACKET;
    event->peer = peer->id;
    event->text = packet->text;
    event->data = packet->data;
    return 1;
}

static int message(struct meeple__server *server, struct meeple__peer *peer,
                   const meeple_ws_event *ws, meeple_event *event)
{
    struct meeple__packet packet;
    const char *why = NULL;

    if (server->net.dialect == MEEPLE_DIALECT_PLAIN) {
        packet = (struct meeple__packet){.text = ws->text, .peer = MEEPLE_SERVER, .data = ws->data};
        return route(server, peer, &packet, event);
    }
    if (ws->text) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_UNSUPPORTED,
                        "this dialect speaks in binary messages");
        return 0;
    }
    if (meeple__packet_parse(&packet, ws->data, &why) == 0 && packet.kind != MEEPLE__PACKET_DATA) {
        why = "only the server says who is in the session";
    }
    if (why) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    return route(server, peer, &packet, event);
}

static int closed(struct meeple__server *server, struct meeple__peer *peer,
                  const meeple_ws_event *ws, meeple_event *event)
{
    const char *reason;

    depart_if_closing(server, peer);
    peer->closed = true;
    reason = meeple__net_reason(&server->net, ws->data);
    meeple__conn_linger(&peer->conn);
    if (!peer->joined) {
        server->handshakes--;
        server->net.stats.refused++;
        meeple__log(server->net.loop.log, MEEPLE_LOG_DEBUG, "net",
                    "a connection did not become a peer: %s",
                    peer->conn.fault.stage == MEEPLE_STAGE_TLS ? peer->conn.fault.text : reason);
        return 0;
    }
    meeple__log(server->net.loop.log, MEEPLE_LOG_INFO, "net", "peer %d left: code %u%s%s",
                (int)peer->id, (unsigned)ws->code, *reason ? ", " : "", reason);
    server->net.close_clean = server->net.close_clean && ws->clean;
    event->type = MEEPLE_EVENT_LEAVE;
    event->reason = reason;
    event->peer = peer->id;
    event->code = ws->code;
    event->clean = ws->clean;
    return 1;
}

/* What one connection has to tell.  0: go on, with this one if it is still ready. */
static int peer_step(struct meeple__server *server, struct meeple__peer *peer, meeple_event *event)
{
    meeple_ws_event ws;
    int rc;

    if (peer->conn.phase == MEEPLE__CONN_GONE) {
        free_peer(server, peer);
        return 0;
    }
    if (peer->member.id > 0 && meeple__conn_drained(&peer->conn)) {
        event->type = MEEPLE_EVENT_DRAINED;
        event->peer = peer->id;
        return 1;
    }
    rc = meeple__conn_next(&peer->conn, &ws);
    if (rc < 0) {
        meeple__log(server->net.loop.log, MEEPLE_LOG_ERROR, "net", "peer %d: %s", (int)peer->id,
                    meeple_strerror(rc));
        return 0;
    }
    if (rc == 0) {
        depart_if_closing(server, peer);
        meeple__list_remove(&peer->conn.ready);
        return 0;
    }
    switch (ws.type) {
    case MEEPLE_WS_REQUEST:
        admit(server, peer);
        return 0;
    case MEEPLE_WS_OPEN:
        return join(server, peer, event);
    case MEEPLE_WS_MESSAGE:
        return peer->member.id > 0 ? message(server, peer, &ws, event) : 0;
    case MEEPLE_WS_CLOSING:
        depart_if_closing(server, peer);
        if (!peer->joined) {
            return 0;
        }
        event->reason = meeple__net_reason(&server->net, ws.data);
        event->type = MEEPLE_EVENT_CLOSING;
        event->peer = peer->id;
        event->code = ws.code;
        return 1;
    case MEEPLE_WS_CLOSED:
    default:
        return closed(server, peer, &ws, event);
    }
}

static int server_step(meeple_net *net, meeple_event *event)
{
    struct meeple__server *server = meeple__server_of(net);

    if (!net->up_told) {
        net->up_told = true;
        event->type = MEEPLE_EVENT_UP;
        event->peer = net->id;
        return 1;
    }
    while (!meeple__list_empty(&net->loop.ready)) {
        struct meeple__conn *conn =
            MEEPLE__CONTAINER(net->loop.ready.next, struct meeple__conn, ready);
        int rc = peer_step(server, MEEPLE__CONTAINER(conn, struct meeple__peer, conn), event);

        if (rc != 0) {
            return rc;
        }
    }
    if (net->closing && meeple__list_empty(&server->peers)) {
        event->reason = net->close_reason;
        return meeple__net_down(net, event, net->close_code, net->close_clean);
    }
    return 0;
}

static int server_kick(meeple_net *net, int32_t id, uint16_t code, const char *reason)
{
    struct meeple__member *member = meeple__roster_find(&net->roster, id);
    struct meeple__peer *peer = member ? meeple__peer_of(member) : NULL;
    int rc;

    if (!peer) {
        return MEEPLE_ENOTFOUND;
    }
    rc = meeple__ws_close(&peer->conn.ws, code, reason, meeple__loop_now(&net->loop));
    if (rc < 0 && rc != MEEPLE_ESTATE) {
        meeple__ws_eof(&peer->conn.ws);
    }
    depart(meeple__server_of(net), peer, code,
           (meeple_bytes){(const uint8_t *)reason, strlen(reason)});
    meeple__conn_wrote(&peer->conn);
    meeple__conn_schedule(&peer->conn);
    meeple__conn_wake(&peer->conn);
    return 0;
}

static void close_listener(struct meeple__server *server)
{
    if (server->listener) {
        server->net.loop.driver->close(server->net.loop.io, server->listener);
        server->listener = NULL;
    }
}

static int server_close(meeple_net *net, uint16_t code, const char *reason)
{
    struct meeple__server *server = meeple__server_of(net);
    struct meeple__list *link = server->peers.next;

    close_listener(server);
    meeple__loop_now(&net->loop);
    for (; link != &server->peers; link = link->next) {
        struct meeple__peer *peer = MEEPLE__CONTAINER(link, struct meeple__peer, all);
        int rc = 0;

        if (peer->member.id > 0) {
            meeple__roster_remove(&net->roster, &peer->member);
            rc = meeple__ws_close(&peer->conn.ws, code, reason, net->loop.now_ms);
        } else if (!peer->joined && !peer->closed) {
            peer->conn.ws.now_ms = net->loop.now_ms;
            rc = meeple__ws_refuse(&peer->conn.ws, 503, "this server is closing", NULL);
        }
        if (rc < 0 && rc != MEEPLE_ESTATE) {
            meeple__ws_eof(&peer->conn.ws);
        }
        meeple__conn_wrote(&peer->conn);
        meeple__conn_schedule(&peer->conn);
        meeple__conn_wake(&peer->conn);
    }
    return 0;
}

static struct meeple__conn *server_conn_of(const meeple_net *net, struct meeple__member *member)
{
    (void)net;
    return &meeple__peer_of(member)->conn;
}

static void server_free(meeple_net *net)
{
    struct meeple__server *server = meeple__server_of(net);

    while (!meeple__list_empty(&server->peers)) {
        free_peer(server, MEEPLE__CONTAINER(server->peers.next, struct meeple__peer, all));
    }
    close_listener(server);
}

static const struct meeple__net_ops server_ops = {server_free,         server_step, server_accepted,
                                                  meeple__server_send, server_kick, server_close,
                                                  server_conn_of};

int meeple__server_new(meeple_net **out, const meeple_listen_options *options,
                       struct meeple__loopback *hub, bool listening)
{
    struct meeple__net_options common = {options->protocols,
                                         options->dialect,
                                         &options->limits,
                                         options->io,
                                         options->mem,
                                         options->log,
                                         hub};
    struct meeple__server *server = meeple__alloc(options->mem, sizeof *server);
    int rc;

    if (!server) {
        return MEEPLE_ENOMEM;
    }
    server->net.ops = &server_ops;
    server->net.is_server = true;
    server->net.id = MEEPLE_SERVER;
    server->net.full = options->full;
    if (options->tls && !hub) {
        server->net.tls = meeple__tls_server_ref(options->tls);
    }
    meeple__list_init(&server->peers);
    rc = meeple__net_init(&server->net, &common);
    if (rc == 0) {
        rc = meeple__net_config(&server->net, (meeple_ws_options){.deflate = options->deflate});
    }
    if (rc == 0 && listening) {
        struct meeple__loop *loop = &server->net.loop;

        rc = loop->driver->listen(loop->io, options->host, options->port, NULL, &server->listener);
        if (rc == 0) {
            server->net.port = loop->driver->port(loop->io, server->listener);
        }
    }
    if (rc < 0) {
        meeple_net_free(&server->net);
        return rc;
    }
    *out = &server->net;
    return 0;
}

int meeple_net_listen(meeple_net **out, const meeple_listen_options *options)
{
    static const meeple_listen_options defaults = {0};

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    return meeple__server_new(out, options ? options : &defaults, NULL, true);
}
