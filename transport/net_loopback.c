/* net_loopback: servers without a socket: for clients of the same process, or for nobody. */
#include "transport/net.h"

#include "transport/io_loopback.h"

/* What the hub has is the hub's; the net keeps it alive. */
static int new_server(meeple_net **out, const meeple_listen_options *options, bool listening)
{
    struct meeple__loopback *hub;
    int rc = meeple__loopback_new(options->mem, &hub);

    if (rc < 0) {
        return rc;
    }
    rc = meeple__server_new(out, options, hub, listening);
    meeple__loopback_unref(hub);
    return rc;
}

int meeple_net_loopback(meeple_net **out, const meeple_listen_options *options)
{
    static const meeple_listen_options defaults = {0};

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    return new_server(out, options ? options : &defaults, true);
}

/* Without a clock a client would wait for ever for what another dialect does not say. */
static bool at_odds(const meeple_net *server, meeple_dialect dialect)
{
    const struct meeple__seat *seat = meeple__seat_of(dialect);

    return seat && seat != server->seat &&
           (seat == &meeple__seat_godot3 || server->seat == &meeple__seat_godot3);
}

int meeple_net_join(meeple_net **out, meeple_net *server, const meeple_connect_options *options)
{
    static const char url[] = "ws://loopback/";
    int rc = meeple__connect_check(out, url, &options);

    if (rc == 0 &&
        (!server || !server->is_server || !server->hub || at_odds(server, options->dialect))) {
        rc = MEEPLE_EINVAL;
    }
    return rc < 0 ? rc : meeple__client_new(out, url, options, server->hub);
}

int meeple_net_offline(meeple_net **out, const meeple_mem *mem)
{
    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    return new_server(out, &(meeple_listen_options){.mem = mem}, false);
}
