/* net_room: for who has much to say to a peer, a piece at a time. */
#include "transport/net.h"

bool meeple__net_room(meeple_net *net, int32_t peer, size_t most)
{
    struct meeple__member *member = meeple__roster_find(&net->roster, peer);
    struct meeple__line *line = member ? net->ops->line_of(net, member) : NULL;

    if (!line || net->ops->line->queued(line) <= most) {
        return true;
    }
    meeple__line_want_room(line, most / 2);
    return false;
}

size_t meeple__net_queue_max(const meeple_net *net)
{
    return net->config.options.queue_bytes_max;
}

bool meeple__net_skips(const meeple_net *net)
{
    return net->full == MEEPLE_FULL_SKIP;
}
