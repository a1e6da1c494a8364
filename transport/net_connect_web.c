/* net_connect_web: clients in a browser's page, whose sockets are the browser's. */
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
    return meeple__web_client_new(out, url, options ? options : &defaults);
}
