/* net_connect: clients over sockets of our own. */
#include "transport/net.h"

int meeple_net_connect(meeple_net **out, const char *url, const meeple_connect_options *options)
{
    static const meeple_connect_options defaults = {0};

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!url) {
        return MEEPLE_EINVAL;
    }
    return meeple__client_new(out, url, options ? options : &defaults, NULL);
}
