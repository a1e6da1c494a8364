/* net_server_admit: from a connection to a peer: who may come in, who is asked, who is told. */
#include "transport/net_server.h"

#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/forwarded.h"

/* ---- its request ---- */

static struct meeple__peer *comer_of(const struct meeple__server *server, int32_t id)
{
    struct meeple__list *link = server->comers.next;

    for (; link != &server->comers; link = link->next) {
        struct meeple__peer *peer = MEEPLE__CONTAINER(link, struct meeple__peer, all);

        if (peer->id == id) {
            return peer;
        }
    }
    return NULL;
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
    } while (id < 2 || meeple__roster_find(&server->net.roster, (int32_t)id) ||
             comer_of(server, (int32_t)id));
    return (int32_t)id;
}

/* Whoever was let in and is not here yet has a place already. */
bool meeple__server_is_full(const struct meeple__server *server)
{
    return server->net.roster.count + server->welcome_count >= server->net.limits.peers_max;
}

/* A page from anywhere can open a WebSocket to here, with its user's cookies. */
static bool origin_allowed(const struct meeple__server *server,
                           const struct meeple__http_head *head)
{
    meeple_bytes origin;
    size_t count = meeple__http_head_field(head, "Origin", &origin);

    if (!server->origins || count == 0) {
        return true;
    }
    for (char *const *allowed = server->origins; count == 1 && *allowed; allowed++) {
        if (meeple__bytes_equal_caseless(origin, *allowed)) {
            return true;
        }
    }
    return false;
}

static void refuse(struct meeple__peer *peer, int status, const char *why)
{
    if (meeple__ws_refuse(&peer->conn.ws, status, why, NULL) < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
}

static int let_in(struct meeple__server *server, struct meeple__peer *peer, const char *protocol,
                  const char *const *headers)
{
    int rc = meeple__ws_accept_request(&peer->conn.ws, protocol, headers);

    if (rc == 0) {
        peer->asking = false;
        peer->welcome = true;
        server->welcome_count++;
    }
    return rc;
}

/* Whose request it is.  False: a trusted proxy says something that nobody understands. */
static bool find_client(const struct meeple__server *server, struct meeple__peer *peer,
                        const struct meeple__http_head *head)
{
    struct meeple__conn_aside *aside = peer->conn.aside;
    enum meeple__forwarded_by by = server->proxy == MEEPLE_PROXY_FORWARDED
                                       ? MEEPLE__FORWARDED_BY_FORWARDED
                                       : MEEPLE__FORWARDED_BY_X_FORWARDED_FOR;

    return !aside || meeple__ip_is_none(&aside->client) || server->proxy == MEEPLE_PROXY_NONE ||
           server->proxy == MEEPLE_PROXY_HEADER ||
           meeple__forwarded_client(&aside->client, head, by, server->trusted,
                                    server->trusted_count) >= 0;
}

/* The addresses of a request: the client's, and the proxy's if there is one before it. */
static void fill_addresses(meeple_net *net, const struct meeple__conn *conn,
                           meeple_request *request)
{
    meeple__conn_address(conn, net->address, sizeof net->address);
    net->loop.driver->address(net->loop.io, conn->socket, net->proxy, sizeof net->proxy);
    request->address = net->address;
    request->proxy = strcmp(net->address, net->proxy) == 0 ? "" : net->proxy;
}

/* 1: the event.  MEEPLE_ENOMEM, MEEPLE_EIO: the application cannot be asked. */
static int ask(struct meeple__server *server, struct meeple__peer *peer,
               const struct meeple__http_head *head, meeple_event *event)
{
    meeple_net *net = &server->net;
    int rc;

    peer->id = new_id(server);
    if (peer->id == 0) {
        return MEEPLE_EIO;
    }
    rc = meeple__request_new(&server->request, head, net->loop.mem);
    if (rc < 0) {
        return rc;
    }
    fill_addresses(net, &peer->conn, server->request);
    server->request->encrypted = peer->conn.tls != NULL;
    peer->asking = true;
    meeple__event_set(event, MEEPLE_EVENT_REQUEST, peer->id);
    event->request = server->request;
    return 1;
}

/* Why it is refused without asking anybody; or NULL. */
static const char *refusal(struct meeple__server *server, struct meeple__peer *peer,
                           const struct meeple__http_head *head, int *status)
{
    meeple_net *net = &server->net;

    *status = 400;
    if (!find_client(server, peer, head)) {
        return "the proxy does not say whose request this is";
    }
    *status = 500;
    if (!peer->address && meeple__server_count_address(server, peer) < 0) {
        return "out of memory";
    }
    *status = 503;
    if (net->refusing || net->closing) {
        return "this server takes no new peers now";
    }
    if (meeple__server_is_full(server)) {
        return "this server is full";
    }
    *status = 429;
    if (peer->address && peer->address->count > server->per_address_max) {
        net->stats.refused_address++;
        return "too many connections come from this address";
    }
    *status = 403;
    if (!origin_allowed(server, head)) {
        net->stats.refused_origin++;
        return "this server takes no players from that page";
    }
    return NULL;
}

int meeple__server_request(struct meeple__server *server, struct meeple__peer *peer,
                           meeple_event *event)
{
    struct meeple__http_head head;
    const char *why;
    int status, rc;

    meeple__ws_request_head(&peer->conn.ws, &head);
    if (peer->conn.ws.page) {
        /* A proxy that asks for itself, how we are for instance, speaks for no client. */
        if (find_client(server, peer, &head) && !peer->address) {
            (void)meeple__server_count_address(server, peer);
        }
        meeple__server_page(server, peer, &head);
        return 0;
    }
    why = refusal(server, peer, &head, &status);
    if (why) {
        refuse(peer, status, why);
        return 0;
    }
    rc = server->asks ? ask(server, peer, &head, event) : let_in(server, peer, NULL, NULL);
    if (rc < 0) {
        refuse(peer, 500, meeple_strerror(rc));
    }
    return rc > 0;
}

/* What waits for the application's answer under that id. */
static int asking_of(meeple_net *net, int32_t id, struct meeple__peer **out)
{
    if (!net->is_server) {
        return MEEPLE_ESTATE;
    }
    *out = id > 0 ? comer_of(meeple__server_of(net), id) : NULL;
    if (!*out || !(*out)->asking || (*out)->conn.ws.state != MEEPLE__WS_ASKED ||
        (*out)->conn.ws.ended) {
        return MEEPLE_ENOTFOUND;
    }
    (*out)->conn.ws.now_ms = meeple__loop_now(&net->loop);
    return 0;
}

int meeple_net_accept(meeple_net *net, int32_t id, const char *protocol, const char *const *headers)
{
    struct meeple__peer *peer;
    int rc;

    if (!net) {
        return MEEPLE_EINVAL;
    }
    rc = asking_of(net, id, &peer);
    if (rc == 0 && meeple__server_is_full(meeple__server_of(net))) {
        refuse(peer, 503, "this server is full");
        rc = MEEPLE_EFULL;
    } else if (rc == 0) {
        rc = let_in(meeple__server_of(net), peer, protocol, headers);
    }
    if (rc == 0 || rc == MEEPLE_EFULL) {
        meeple__conn_touched(&peer->conn);
    }
    return rc;
}

int meeple_net_reject(meeple_net *net, int32_t id, int status, const char *text,
                      const char *const *headers)
{
    struct meeple__peer *peer;
    int rc;

    if (!net || status < 300 || status > 599 || !meeple__ws_options_valid(NULL, headers)) {
        return MEEPLE_EINVAL;
    }
    rc = asking_of(net, id, &peer);
    if (rc < 0) {
        return rc;
    }
    rc = meeple__ws_refuse(&peer->conn.ws, status, text ? text : "", headers);
    if (rc < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
    meeple__conn_touched(&peer->conn);
    return 0;
}

/* ---- a peer ---- */

int meeple__server_join(struct meeple__server *server, struct meeple__peer *peer,
                        meeple_event *event)
{
    meeple_net *net = &server->net;
    int rc = 0;

    if (peer->id == 0) {
        peer->id = new_id(server);
    }
    rc = peer->id == 0 ? MEEPLE_EIO
                       : meeple__roster_add(&net->roster, net->loop.mem, &peer->member, peer->id);
    if (rc == 0 && net->seat->introduce) {
        rc = net->seat->introduce(server, peer);
    }
    if (rc < 0) {
        meeple__ws_fail(&peer->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, meeple_strerror(rc));
        /* The others have not heard of it, so they are told nothing. */
        if (peer->member.id > 0) {
            meeple__roster_remove(&net->roster, &peer->member);
        }
        return 0;
    }
    meeple__server_came(server, peer);
    peer->joined = true;
    meeple__conn_address(&peer->conn, net->address, sizeof net->address);
    meeple__log(net->loop.log, MEEPLE_LOG_INFO, "net", "peer %d joined from %s", (int)peer->id,
                *net->address ? net->address : "this process");
    meeple__event_set(event, MEEPLE_EVENT_JOIN, peer->id);
    event->protocol = meeple__ws_protocol(&peer->conn.ws);
    event->address = net->address;
    return 1;
}
