/* net_connect_web: clients in a browser's page, whose sockets are the browser's. */
#include "transport/net.h"

int meeple_net_connect(meeple_net **out, const char *url, const meeple_connect_options *options)
{
    int rc = meeple__connect_check(out, url, &options);

    return rc < 0 ? rc : meeple__web_client_new(out, url, options);
}
