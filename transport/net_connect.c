/* net_connect: clients over sockets of our own. */
#include "transport/net.h"

int meeple_net_connect(meeple_net **out, const char *url, const meeple_connect_options *options)
{
    int rc = meeple__connect_check(out, url, &options);

    return rc < 0 ? rc : meeple__client_new(out, url, options, NULL);
}
