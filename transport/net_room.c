/* net_room: for who has much to say to a peer, a piece at a time. */
#include "transport/net.h"

enum {
    HEADS_MAX = 32 /* of a packet and of its frame */
};

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

bool meeple__net_fits(const meeple_net *net, int32_t peer, size_t count, size_t len)
{
    struct meeple__member *member = meeple__roster_find(&net->roster, peer);
    const struct meeple__line *line = member ? net->ops->line_of(net, member) : NULL;
    size_t queued = line ? net->ops->line->queued(line) : 0, max = meeple__net_queue_max(net);

    return !line || (queued <= max && count <= (max - queued) / (len + HEADS_MAX));
}

size_t meeple__net_queue_max(const meeple_net *net)
{
    return net->config.options.queue_bytes_max;
}

bool meeple__net_skips(const meeple_net *net)
{
    return net->full == MEEPLE_FULL_SKIP;
}
