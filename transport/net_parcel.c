/* net_parcel: a packet for several peers that are named one by one, framed once for all of them. */
#include "transport/net.h"

int meeple__parcel_send(struct meeple__parcel *parcel, int32_t to)
{
    meeple_net *net = parcel->net;
    int rc;

    if (!parcel->sent || meeple__is_many(to) || !net->ops->share) {
        rc = meeple_net_send(net, to, parcel->packet);
    } else {
        rc = meeple__net_check_send(net, to, parcel->packet);
        rc = rc < 0 ? rc : net->ops->share(net, to, parcel->packet, &parcel->frame);
    }
    parcel->sent = parcel->sent || rc == 0;
    return rc;
}

void meeple__parcel_done(struct meeple__parcel *parcel)
{
    if (parcel->frame) {
        meeple__block_unref(&parcel->net->loop.pool, parcel->frame);
        parcel->frame = NULL;
    }
}
