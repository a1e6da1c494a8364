/* chat_client: a chat in the terminal, a client's part. */
#include <stdio.h>

#include "samples/chat/chat.h"
#include "samples/chat/chat_flags.h"

int main(int argc, char **argv)
{
    struct chat_client_flags flags = {0};
    meeple_net *net;
    int rc;

    (void)argc;
    chat_client_read(&flags, argv);
    rc = meeple_net_connect(&net, flags.url, &flags.options);
    if (rc < 0) {
        fprintf(stderr, "Unable to connect to %s: %s\n", flags.url,
                rc == MEEPLE_EINVAL
                    ? "this is no ws:// or wss://HOST[:PORT][/PATH], or a --protocol no token"
                    : meeple_strerror(rc));
        return 1;
    }
    return chat_run(net, flags.options.dialect == MEEPLE_DIALECT_NATIVE, flags.binary);
}
