/* net_server_limits: how much a server lets others do in a second. */
#include "transport/net_server.h"

/* As many as there may be at once after a quiet time. */
static uint32_t twice(uint32_t count, uint64_t at_least)
{
    uint64_t most = 2 * (uint64_t)count > at_least ? 2 * (uint64_t)count : at_least;

    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static struct meeple__allowance quarter(uint32_t accepts)
{
    uint32_t share = accepts == UINT32_MAX ? accepts : accepts < 4 ? 1 : accepts / 4;

    return meeple__allowance_of(share, share);
}

/* What two of the longest messages may be on the stream, with frames and TLS around them, also
 * where compressing makes nothing shorter: then they count as they came and as what they are. */
static uint64_t two_messages(const struct meeple__server *server)
{
    uint64_t longest = server->net.limits.message_bytes_max;
    uint64_t one = longest + longest / 64 + 1024;

    return server->net.config.options.deflate.enabled ? 4 * one : 2 * one;
}

int meeple__server_allow(struct meeple__server *server, const meeple_limits *limits)
{
    struct meeple__loop *loop = &server->net.loop;
    uint32_t peers = server->net.limits.peers_max;
    uint32_t accepts = limits->accepts_per_second_max;
    uint32_t messages = limits->messages_per_second_max;
    uint32_t bytes = limits->bytes_per_second_max;

    accepts = accepts ? accepts : peers > 500 ? peers : 500;
    messages = messages ? messages : 2000;
    bytes = bytes ? bytes : 4 << 20;
    server->accepts_allowed = meeple__allowance_of(accepts, accepts);
    server->accepts_allowed_address = quarter(accepts);
    server->messages_allowed = meeple__allowance_of(messages, twice(messages, 0));
    server->bytes_allowed = meeple__allowance_of(bytes, twice(bytes, two_messages(server)));
    server->counts_ourselves = limits->connections_per_address_max > 0;
    server->per_address_max = server->counts_ourselves ? limits->connections_per_address_max : 32;
    return loop->driver->random(loop->io, &server->addresses.seed, sizeof server->addresses.seed);
}

/* By the clock of the turn, in which much may have come that an application takes long to work off;
 * or by what it says now. */
static bool takes(struct meeple__server *server, struct meeple__rate *rate,
                  const struct meeple__allowance *allowance, uint32_t count)
{
    struct meeple__loop *loop = &server->net.loop;

    return meeple__rate_take(rate, allowance, loop->now_ms, count) ||
           meeple__rate_take(rate, allowance, meeple__loop_now(loop), count);
}

static bool flooded(struct meeple__server *server, struct meeple__ws *ws, const char *why)
{
    server->net.stats.flooded++;
    meeple__ws_fail(ws, MEEPLE_CLOSE_POLICY, why);
    return false;
}

bool meeple__server_charge(struct meeple__server *server, struct meeple__peer *peer,
                           const meeple_ws_event *message)
{
    struct meeple__ws *ws = &peer->conn.ws;
    uint32_t messages = ws->controls + (message != NULL);
    uint32_t bytes = peer->conn.received;

    ws->controls = 0;
    peer->conn.received = 0;
    /* Without a clock nothing can be told of a second. */
    if (server->net.hub || !peer->joined || !meeple__ws_is_open(ws)) {
        return true;
    }
    if (message && ws->compressed) {
        bytes += (uint32_t)message->data.len;
    }
    /* Of what came at once the bytes are all with its first message. */
    if (messages > 0 && !takes(server, &peer->messages, &server->messages_allowed, messages)) {
        return flooded(server, ws, "more messages a second than this server takes");
    }
    if (bytes > 0 && !takes(server, &peer->bytes, &server->bytes_allowed, bytes)) {
        return flooded(server, ws, "more bytes a second than this server takes");
    }
    return true;
}
