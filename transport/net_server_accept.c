/* net_server_accept: from a stream to a connection: whether there is room, and where it comes from.
 */
#include "transport/net_server.h"

#include "core/log.h"
#include "core/mem.h"

enum {
    STALE_MS = 1000
};

/* This machine, where everybody is who has no proxy named: 127.0.0.0/8 and ::1. */
static const struct meeple__ip_network ourselves[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, 104},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128}};

/* Said once in a row: whoever can connect could fill the log with it. */
static void dropped(struct meeple__server *server, const char *why)
{
    server->net.stats.refused++;
    meeple__log(server->net.loop.log, server->drop_warned ? MEEPLE_LOG_DEBUG : MEEPLE_LOG_WARN,
                "net", "dropped a connection: %s", why);
    server->drop_warned = true;
}

/* Its handshake should be done by now: an honest one takes a few round trips. */
static struct meeple__peer *stale_comer(const struct meeple__server *server)
{
    const struct meeple__list *head = &server->comers;

    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        struct meeple__peer *peer = MEEPLE__CONTAINER(link, struct meeple__peer, all);
        uint64_t end_ms =
            peer->conn.ws.deadline_ms - server->net.limits.handshake_timeout_ms + STALE_MS;

        if (peer->conn.ws.state == MEEPLE__WS_HEAD) {
            return end_ms <= server->net.loop.now_ms ? peer : NULL;
        }
    }
    return NULL;
}

/* Why there is no room for one more, or NULL. */
static const char *no_room(struct meeple__server *server)
{
    const meeple_limits *limits = &server->net.limits;
    /* Those on their way out have a ceiling too: as many as may be there, and may come. */
    uint64_t most =
        2 * ((uint64_t)limits->peers_max + limits->handshakes_max) + server->pages.downloads_max;
    struct meeple__peer *stale;

    if (server->net.closing) {
        return "this server is closing";
    }
    if (!server->net.hub && !meeple__rate_take(&server->accepts, &server->accepts_allowed,
                                               server->net.loop.now_ms, 1)) {
        server->net.stats.refused_rate++;
        return "too many a second";
    }
    if (server->net.loop.conn_count >= most) {
        return "too many are on their way out";
    }
    if (server->comer_count < limits->handshakes_max) {
        return NULL;
    }
    stale = stale_comer(server);
    if (!stale) {
        server->net.stats.refused_half_open++;
        return "too many are coming";
    }
    dropped(server, "it was slow to come, and others want to");
    server->net.stats.refused_late++;
    meeple__server_came(server, stale);
    meeple__conn_leave(&stale->conn);
    return NULL;
}

static bool is_trusted(const struct meeple__server *server, const struct meeple__ip *ip)
{
    return meeple__ip_networks_have(server->trusted, server->trusted_count, ip);
}

int meeple__server_count_address(struct meeple__server *server, struct meeple__peer *peer)
{
    static const struct meeple__ip unknown = {0};
    const struct meeple__ip *client = &peer->conn.client;

    if (server->per_address_max == UINT32_MAX || meeple__ip_equal(client, &unknown) ||
        (!server->counts_ourselves &&
         meeple__ip_networks_have(ourselves, MEEPLE_COUNT(ourselves), client))) {
        return 0;
    }
    peer->address = meeple__address_counts_enter(&server->addresses, server->net.loop.mem, client);
    return peer->address ? 0 : MEEPLE_ENOMEM;
}

/* A stream has become a connection: what is to be known of where it comes from.  A proxy's comes
 * from its client, who is not known yet. */
static const char *place(struct meeple__server *server, struct meeple__peer *peer)
{
    int rc = 0;

    if (!is_trusted(server, &peer->conn.client)) {
        rc = meeple__server_count_address(server, peer);
    } else if (server->proxy == MEEPLE_PROXY_HEADER) {
        rc = meeple__conn_expect_proxy(&peer->conn);
    }
    if (rc < 0) {
        return "out of memory";
    }
    if (peer->address && peer->address->count / 2 > server->per_address_max) {
        server->net.stats.refused_address++;
        return "too many from one address";
    }
    return NULL;
}

/* Takes the socket, or says why not. */
static const char *take(struct meeple__server *server, meeple_socket *socket)
{
    meeple_net *net = &server->net;
    struct meeple__tls_context *tls = net->tls ? meeple__tls_server_context(net->tls) : NULL;
    struct meeple__peer *peer = meeple__alloc(net->loop.mem, sizeof *peer);
    const char *why;

    if (!peer || meeple__conn_init(&peer->conn, &net->loop, &net->config, socket, tls) < 0) {
        meeple__free(net->loop.mem, peer);
        net->loop.driver->close(net->loop.io, socket);
        return "out of memory";
    }
    why = place(server, peer);
    if (why) {
        meeple__address_counts_leave(&server->addresses, net->loop.mem, peer->address);
        meeple__conn_done(&peer->conn);
        meeple__free(net->loop.mem, peer);
        return why;
    }
    meeple__list_init(&peer->all);
    meeple__list_append(&server->comers, &peer->all);
    peer->coming = true;
    server->comer_count++;
    return NULL;
}

void meeple__server_accepted(meeple_net *net, meeple_socket *socket)
{
    struct meeple__server *server = meeple__server_of(net);
    const char *why = no_room(server);

    if (why) {
        net->loop.driver->close(net->loop.io, socket);
    } else {
        why = take(server, socket);
    }
    if (why) {
        dropped(server, why);
    } else {
        server->drop_warned = false;
    }
}

void meeple__server_came(struct meeple__server *server, struct meeple__peer *peer)
{
    if (!peer->coming) {
        return;
    }
    meeple__list_remove(&peer->all);
    meeple__list_append(&server->peers, &peer->all);
    server->comer_count--;
    server->welcome_count -= peer->welcome;
    peer->coming = peer->asking = peer->welcome = false;
}
