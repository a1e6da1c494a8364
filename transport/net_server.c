/* net_server: the seat with id 1: peers come, are numbered, speak to each other through it, and go.
 */
#include "transport/net_server.h"

#include <string.h>

#include "core/apart.h"
#include "core/log.h"
#include "core/mem.h"
#include "transport/strings.h"

static void free_peer(struct meeple__server *server, struct meeple__peer *peer)
{
    const meeple_mem *mem = server->net.loop.mem;

    if (peer->member.id > 0) {
        meeple__roster_remove(&server->net.roster, &peer->member);
    }
    meeple__server_came(server, peer);
    meeple__address_counts_leave(&server->addresses, mem, peer->address);
    meeple__server_page_done(server, peer);
    meeple__conn_done(&peer->conn);
    meeple__list_remove(&peer->all);
    meeple__free(mem, peer);
}

/* No peer from here on, and the others are told. */
static void depart(struct meeple__server *server, struct meeple__peer *peer, uint16_t code,
                   meeple_bytes reason)
{
    const struct meeple__seat *seat = server->net.seat;

    if (peer->member.id == 0) {
        return;
    }
    meeple__roster_remove(&server->net.roster, &peer->member);
    if (!seat->farewell || server->net.closing) {
        return;
    }
    if (seat->farewell(server, peer, code, reason) < 0) {
        meeple__log(server->net.loop.log, MEEPLE_LOG_ERROR, "net",
                    "out of memory: the others were not told that peer %d left", (int)peer->id);
    }
}

/* Departs if its connection is open no longer, whoever began that. */
static void depart_if_closing(struct meeple__server *server, struct meeple__peer *peer,
                              const meeple_ws_event *closed)
{
    const struct meeple__ws *ws = &peer->conn.ws;
    uint16_t code = ws->failed || ws->close_received ? ws->code : MEEPLE_CLOSE_ABNORMAL;
    meeple_bytes reason = {NULL, 0};

    if (peer->member.id == 0 || meeple__ws_is_open(ws)) {
        return;
    }
    if (ws->failed) {
        reason = (meeple_bytes){(const uint8_t *)meeple__ws_why(ws), strlen(meeple__ws_why(ws))};
    } else if (ws->close_received) {
        reason = meeple__ws_reason(ws);
    } else if (peer->overfull) {
        code = MEEPLE_CLOSE_POLICY;
        reason = (meeple_bytes){(const uint8_t *)MEEPLE__OVERFULL_REASON,
                                sizeof MEEPLE__OVERFULL_REASON - 1};
    } else if (closed) {
        reason = closed->data;
    }
    depart(server, peer, code, reason);
}

static int message(struct meeple__server *server, struct meeple__peer *peer,
                   const meeple_ws_event *ws, meeple_event *event)
{
    if (server->net.seat == &meeple__seat_plain) {
        return meeple__server_hand_out(server, peer, ws->data, ws->text, event);
    }
    return server->net.seat == &meeple__seat_native
               ? meeple__server_native_message(server, peer, ws, event)
               : meeple__server_godot3_message(server, peer, ws, event);
}

static void count_refused(meeple_stats *stats, const struct meeple__ws *ws)
{
    stats->refused++;
    stats->refused_late += ws->late;
    stats->refused_long += ws->too_long;
}

static int closed(struct meeple__server *server, struct meeple__peer *peer,
                  const meeple_ws_event *ws, meeple_event *event)
{
    const char *reason;

    depart_if_closing(server, peer, ws);
    peer->closed = true;
    reason = meeple__net_reason(&server->net, ws->data);
    /* It lingers from now on, and the application may have been away for longer. */
    meeple__loop_now(&server->net.loop);
    meeple__conn_linger(&peer->conn);
    meeple__server_came(server, peer);
    meeple__list_remove(&peer->all);
    meeple__list_append(&server->leavers, &peer->all);
    if (peer->conn.ws.page) {
        meeple__server_page_closed(server, peer);
        return 0;
    }
    if (!peer->joined) {
        meeple_fault fault = meeple__conn_fault(&peer->conn);

        count_refused(&server->net.stats, &peer->conn.ws);
        meeple__log(server->net.loop.log, MEEPLE_LOG_DEBUG, "net",
                    "a connection did not become a peer: %s", *fault.text ? fault.text : reason);
        return 0;
    }
    meeple__log(server->net.loop.log, MEEPLE_LOG_INFO, "net", "peer %d left: code %u%s%s",
                (int)peer->id, (unsigned)ws->code, *reason ? ", " : "", reason);
    server->net.close_clean = server->net.close_clean && ws->clean;
    meeple__event_set(event, MEEPLE_EVENT_LEAVE, peer->id);
    event->reason = reason;
    event->code = ws->code;
    event->clean = ws->clean;
    return 1;
}

/* There is room again for what it missed, or what meeple__net_room() was asked for.  1: event says
 * so. */
static int tell_room(struct meeple__peer *peer, meeple_event *event)
{
    if (meeple__conn_drained(&peer->conn)) {
        meeple__event_set(event, MEEPLE_EVENT_DRAINED, peer->id);
        return 1;
    }
    if (meeple__conn_got_room(&peer->conn)) {
        meeple__event_set(event, MEEPLE_EVENT_NONE, peer->id);
        return 1;
    }
    return 0;
}

/* What happens seldom: rc is meeple__conn_next()'s, ws its event if there is one, no message. */
static MEEPLE__APART int happened(struct meeple__server *server, struct meeple__peer *peer, int rc,
                                  const meeple_ws_event *ws, meeple_event *event)
{
    if (rc < 0) {
        meeple__log(server->net.loop.log, MEEPLE_LOG_ERROR, "net", "peer %d: %s", (int)peer->id,
                    meeple_strerror(rc));
        return 0;
    }
    if (rc == 0) {
        if (meeple__server_charge(server, peer, NULL)) {
            depart_if_closing(server, peer, NULL);
            meeple__list_remove(&peer->conn.ready);
        }
        return 0;
    }
    switch (ws->type) {
    case MEEPLE_WS_REQUEST:
        return meeple__server_request(server, peer, event);
    case MEEPLE_WS_OPEN:
        return meeple__server_join(server, peer, event);
    case MEEPLE_WS_CLOSING:
        depart_if_closing(server, peer, NULL);
        if (!peer->joined) {
            return 0;
        }
        meeple__event_set(event, MEEPLE_EVENT_CLOSING, peer->id);
        event->reason = meeple__net_reason(&server->net, ws->data);
        event->code = ws->code;
        return 1;
    case MEEPLE_WS_CLOSED:
    case MEEPLE_WS_MESSAGE:
    default:
        return closed(server, peer, ws, event);
    }
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
    if (peer->coming && !meeple__server_place(server, peer)) {
        return 0;
    }
    if (meeple__line_waits(&peer->conn.line) && peer->member.id > 0 && tell_room(peer, event)) {
        return 1;
    }
    if (meeple__download_of(peer)) {
        meeple__server_page_more(server, peer);
    }
    rc = meeple__conn_next(&peer->conn, &ws);
    if (rc <= 0 || ws.type != MEEPLE_WS_MESSAGE) {
        return happened(server, peer, rc, &ws, event);
    }
    rc = meeple__server_charge(server, peer, &ws) && peer->member.id > 0
             ? message(server, peer, &ws, event)
             : 0;
    if (rc > 0 && !peer->conn.tls && meeple__ws_rests(&peer->conn.ws)) {
        meeple__list_remove(&peer->conn.ready); /* there is no need to ask again */
    }
    return rc;
}

/* Nobody is left, as was asked for. */
static bool is_over(const struct meeple__server *server)
{
    return server->net.closing && meeple__list_empty(&server->peers) &&
           meeple__list_empty(&server->comers) && meeple__list_empty(&server->leavers);
}

static int server_step(meeple_net *net, meeple_event *event)
{
    struct meeple__server *server = meeple__server_of(net);

    if (server->request) {
        meeple__request_free(server->request, net->loop.mem);
        server->request = NULL;
    }
    if (!net->up_told) {
        net->up_told = true;
        meeple__event_set(event, MEEPLE_EVENT_UP, net->id);
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
    if (is_over(server)) {
        return meeple__net_down(net, event, net->close_code, net->close_clean, net->close_reason);
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
    meeple__conn_touched(&peer->conn);
    return 0;
}

static void close_listener(struct meeple__server *server)
{
    if (server->listener) {
        server->net.loop.driver->close(server->net.loop.io, server->listener);
        server->listener = NULL;
    }
}

static void say_goodbye(struct meeple__server *server, struct meeple__peer *peer, uint16_t code,
                        const char *reason)
{
    meeple_net *net = &server->net;
    int rc = 0;

    if (peer->member.id > 0) {
        meeple__roster_remove(&net->roster, &peer->member);
        rc = meeple__ws_close(&peer->conn.ws, code, reason, net->loop.now_ms);
    } else if (!peer->joined && !peer->closed) {
        peer->conn.ws.now_ms = net->loop.now_ms;
        rc = meeple__ws_refuse(&peer->conn.ws, 503, "this server is closing", NULL);
        meeple__server_page_hurry(server, peer);
    }
    if (rc < 0 && rc != MEEPLE_ESTATE) {
        meeple__ws_eof(&peer->conn.ws);
    }
    meeple__conn_touched(&peer->conn);
}

static int server_close(meeple_net *net, uint16_t code, const char *reason)
{
    struct meeple__server *server = meeple__server_of(net);
    struct meeple__list *const all[] = {&server->peers, &server->comers};

    close_listener(server);
    meeple__loop_now(&net->loop);
    for (size_t i = 0; i < MEEPLE_COUNT(all); i++) {
        for (struct meeple__list *link = all[i]->next; link != all[i]; link = link->next) {
            say_goodbye(server, MEEPLE__CONTAINER(link, struct meeple__peer, all), code, reason);
        }
    }
    return 0;
}

static uint64_t server_due_ms(const meeple_net *net)
{
    const struct meeple__server *server = MEEPLE__CONTAINER_CONST(net, struct meeple__server, net);

    return !net->up_told || is_over(server) ? 0 : UINT64_MAX;
}

static struct meeple__line *server_line_of(const meeple_net *net, struct meeple__member *member)
{
    (void)net;
    return &meeple__peer_of(member)->conn.line;
}

static void free_all(struct meeple__server *server, struct meeple__list *peers)
{
    while (!meeple__list_empty(peers)) {
        free_peer(server, MEEPLE__CONTAINER(peers->next, struct meeple__peer, all));
    }
}

static void server_free(meeple_net *net)
{
    struct meeple__server *server = meeple__server_of(net);

    free_all(server, &server->peers);
    free_all(server, &server->comers);
    free_all(server, &server->leavers);
    close_listener(server);
    meeple__folder_close(server->pages.folder);
    meeple__request_free(server->request, net->loop.mem);
    meeple__strings_free(server->origins, net->loop.mem);
    meeple__free(net->loop.mem, server->trusted);
    meeple__address_counts_done(&server->addresses, net->loop.mem);
}

static const struct meeple__net_ops server_ops = {
    server_free,           server_step,          meeple__server_accepted,
    meeple__server_send,   meeple__server_share, server_kick,
    server_close,          server_due_ms,        server_line_of,
    &meeple__conn_line_ops};

static int trust(struct meeple__server *server, const meeple_proxy_options *options)
{
    size_t count = 0;

    if (options->kind == MEEPLE_PROXY_NONE) {
        return 0;
    }
    while (options->trusted && options->trusted[count]) {
        count++;
    }
    if (options->kind < MEEPLE_PROXY_NONE || options->kind > MEEPLE_PROXY_HEADER || count == 0) {
        return MEEPLE_EINVAL;
    }
    server->proxy = options->kind;
    server->trusted = meeple__alloc(server->net.loop.mem, count * sizeof *server->trusted);
    if (!server->trusted) {
        return MEEPLE_ENOMEM;
    }
    for (; server->trusted_count < count; server->trusted_count++) {
        const char *text = options->trusted[server->trusted_count];

        if (!meeple__ip_network_parse(&server->trusted[server->trusted_count],
                                      (meeple_bytes){(const uint8_t *)text, strlen(text)})) {
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

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
    server->asks = options->asks;
    server->pages.folder = -1;
    meeple__list_init(&server->peers);
    meeple__list_init(&server->comers);
    meeple__list_init(&server->leavers);
    rc = meeple__net_init(&server->net, &common);
    if (rc == 0) {
        rc = meeple__strings_copy(&server->origins, options->origins, options->mem);
    }
    if (rc == 0) {
        rc = trust(server, &options->proxy);
    }
    if (rc == 0) {
        rc = meeple__net_config(&server->net, (meeple_ws_options){.deflate = options->deflate});
    }
    if (rc == 0) {
        rc = meeple__server_allow(server, &options->limits);
    }
    if (rc == 0 && !hub) {
        rc = meeple__server_pages_init(server, &options->pages);
    }
    if (rc == 0 && listening) {
        struct meeple__loop *loop = &server->net.loop;

        rc = loop->driver->listen(loop->io, options->host, options->port,
                                  options->share_port && !hub, NULL, &server->listener);
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
