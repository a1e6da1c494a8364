/* net_server_accept: from a stream to a connection: whether there is room, and where it comes from.
 */
#include "transport/net_server.h"

#include "core/log.h"
#include "core/mem.h"

enum {
    STALE_MS = 1000,
    WARN_EVERY_MS = 60000
};

/* This machine, where everybody is who has no proxy named: 127.0.0.0/8 and ::1. */
static const struct meeple__ip_network ourselves[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, 104},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128}};

/* Not said each time: whoever can connect could fill the log with it. */
static void dropped(struct meeple__server *server, const char *why)
{
    uint64_t now_ms = server->net.loop.now_ms;
    bool warns = now_ms >= server->warn_again_ms;

    server->net.stats.refused++;
    meeple__log(server->net.loop.log, warns ? MEEPLE_LOG_WARN : MEEPLE_LOG_DEBUG, "net",
                "dropped a connection: %s", why);
    server->warn_again_ms = warns ? now_ms + WARN_EVERY_MS : server->warn_again_ms;
}

/* ---- where it comes from ---- */

static bool is_trusted(const struct meeple__server *server, const struct meeple__ip *ip)
{
    return meeple__ip_networks_have(server->trusted, server->trusted_count, ip);
}

/* Whether it is known, and is not to have more than its share. */
static bool counts(const struct meeple__server *server, const struct meeple__ip *ip)
{
    return server->per_address_max != UINT32_MAX && !meeple__ip_is_none(ip) &&
           (server->counts_ourselves ||
            !meeple__ip_networks_have(ourselves, MEEPLE_COUNT(ourselves), ip));
}

int meeple__server_count_address(struct meeple__server *server, struct meeple__peer *peer)
{
    struct meeple__ip client = meeple__conn_client(&peer->conn);

    if (!counts(server, &client)) {
        return 0;
    }
    peer->address = meeple__address_counts_enter(&server->addresses, server->net.loop.mem, &client);
    if (!peer->address) {
        return MEEPLE_ENOMEM;
    }
    peer->address->coming += peer->coming;
    return 0;
}

/* ---- room ---- */

/* A comer has to go. */
static void make_way(struct meeple__server *server, struct meeple__peer *peer, const char *why)
{
    dropped(server, why);
    meeple__server_came(server, peer);
    meeple__conn_leave(&peer->conn);
}

/* Its handshake should be done by now: an honest one takes a few round trips. */
static bool is_stale(const struct meeple__server *server, const struct meeple__peer *peer)
{
    uint64_t began_ms = peer->conn.ws.deadline_ms - server->net.limits.handshake_timeout_ms;

    return began_ms + STALE_MS <= server->net.loop.now_ms;
}

/* It waits for an answer, ours or the application's, or does not read that it was refused. */
static bool may_go(const struct meeple__peer *peer)
{
    return peer->conn.ws.state <= MEEPLE__WS_ASKED || peer->conn.ws.state == MEEPLE__WS_REFUSED;
}

/* Makes room among the comers for one from an address that has so many there: of those that say
 * nothing good the oldest goes if it is stale; or else the oldest of the address that has the most,
 * if that is more than the newcomer's would have. */
static bool make_room(struct meeple__server *server, uint32_t coming)
{
    const struct meeple__list *head = &server->comers;
    struct meeple__peer *crowd = NULL;
    uint32_t most = coming + 1;
    bool oldest = true;

    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        struct meeple__peer *peer = MEEPLE__CONTAINER(link, struct meeple__peer, all);

        if (peer->conn.ws.state == MEEPLE__WS_HEAD && oldest) {
            oldest = false;
            if (is_stale(server, peer)) {
                server->net.stats.refused_late++;
                make_way(server, peer, "it was slow to come, and others want to");
                return true;
            }
        }
        if (may_go(peer) && peer->address && peer->address->coming > most) {
            most = peer->address->coming;
            crowd = peer;
        }
    }
    if (crowd) {
        server->net.stats.refused_half_open++;
        make_way(server, crowd, "many come from its address, and others want to");
    }
    return crowd != NULL;
}

bool meeple__server_place(struct meeple__server *server, struct meeple__peer *peer)
{
    const struct meeple__conn_aside *aside = peer->conn.aside;
    const char *why = NULL;

    if (peer->address || !aside || aside->proxy || meeple__ip_is_none(&aside->client) ||
        is_trusted(server, &aside->client)) {
        return true;
    }
    if (meeple__server_count_address(server, peer) < 0) {
        why = "out of memory";
    } else if (peer->address && peer->address->count > 2 * (uint64_t)server->per_address_max) {
        server->net.stats.refused_address++;
        why = "too many from one address";
    }
    if (why) {
        make_way(server, peer, why);
    }
    return why == NULL;
}

/* Those on their way out have a ceiling, too: as many as may be there, and may come.  The one that
 * is at it for the longest has had its time. */
static bool send_off(struct meeple__server *server)
{
    const meeple_limits *limits = &server->net.limits;
    uint64_t most =
        2 * ((uint64_t)limits->peers_max + limits->handshakes_max) + server->pages.downloads_max;

    if (server->net.loop.conn_count < most) {
        return true;
    }
    if (meeple__list_empty(&server->leavers)) {
        return false;
    }
    meeple__conn_leave(&MEEPLE__CONTAINER(server->leavers.next, struct meeple__peer, all)->conn);
    return true;
}

/* What one takes of its address's rate.  An address has one rate in each row, by a byte of its
 * hash: it would have to share all of them with others to be kept out by those. */
static bool take_of_address(struct meeple__server *server, const struct meeple__ip *from)
{
    uint32_t hash = meeple__address_counts_hash(&server->addresses, from);
    bool taken = false;

    for (size_t row = 0; row < MEEPLE_COUNT(server->accepts_by_address); row++, hash >>= 8) {
        taken = meeple__rate_take(&server->accepts_by_address[row][hash & 0xff],
                                  &server->accepts_allowed_address, server->net.loop.now_ms, 1) ||
                taken;
    }
    return taken;
}

static bool comes_too_fast(struct meeple__server *server, const struct meeple__ip *from)
{
    return (counts(server, from) && !take_of_address(server, from)) ||
           !meeple__rate_take(&server->accepts, &server->accepts_allowed, server->net.loop.now_ms,
                              1);
}

/* Why there is no room for one more from there, or NULL.  A proxy's comes from its client, who is
 * not known yet: zeros. */
static const char *no_room(struct meeple__server *server, const struct meeple__ip *from)
{
    meeple_stats *stats = &server->net.stats;
    const struct meeple__address_count *address =
        counts(server, from) ? meeple__address_counts_find(&server->addresses, from) : NULL;

    if (server->net.closing) {
        return "this server is closing";
    }
    if (address && address->count >= 2 * (uint64_t)server->per_address_max) {
        stats->refused_address++;
        return "too many from one address";
    }
    if (!server->net.hub && comes_too_fast(server, from)) {
        stats->refused_rate++;
        return "too many a second";
    }
    if (!send_off(server)) {
        return "too many are on their way out";
    }
    if (server->comer_count >= server->net.limits.handshakes_max &&
        !make_room(server, address ? address->coming : 0)) {
        stats->refused_half_open++;
        return "too many are coming";
    }
    return NULL;
}

/* ---- a connection ---- */

/* Takes the socket, or says why not. */
static const char *take(struct meeple__server *server, meeple_socket *socket, bool proxied)
{
    meeple_net *net = &server->net;
    struct meeple__tls_context *tls = net->tls ? meeple__tls_server_context(net->tls) : NULL;
    struct meeple__peer *peer = meeple__alloc(net->loop.mem, sizeof *peer);
    int rc = 0;

    if (!peer || meeple__conn_init(&peer->conn, &net->loop, &net->config, socket, tls) < 0) {
        meeple__free(net->loop.mem, peer);
        net->loop.driver->close(net->loop.io, socket);
        return "out of memory";
    }
    peer->coming = true;
    if (!proxied) {
        rc = meeple__server_count_address(server, peer);
    } else {
        rc = meeple__conn_is_proxied(&peer->conn);
    }
    if (rc == 0 && proxied && server->proxy == MEEPLE_PROXY_HEADER) {
        rc = meeple__conn_expect_proxy(&peer->conn);
    }
    if (rc < 0) {
        meeple__conn_done(&peer->conn);
        meeple__free(net->loop.mem, peer);
        return "out of memory";
    }
    meeple__list_init(&peer->all);
    meeple__list_append(&server->comers, &peer->all);
    server->comer_count++;
    return NULL;
}

void meeple__server_accepted(meeple_net *net, meeple_socket *socket)
{
    struct meeple__server *server = meeple__server_of(net);
    struct meeple__ip from = meeple__conn_other_end(&net->loop, socket);
    bool proxied = is_trusted(server, &from);
    const char *why = no_room(server, proxied ? &(struct meeple__ip){0} : &from);

    if (why) {
        net->loop.driver->close(net->loop.io, socket);
    } else {
        why = take(server, socket, proxied);
    }
    if (why) {
        dropped(server, why);
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
    if (peer->address) {
        peer->address->coming--;
    }
    peer->coming = peer->asking = peer->welcome = false;
}
