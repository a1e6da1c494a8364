/* chat_server: a chat in the terminal, the server's part. */
#include <stdio.h>

#include "samples/chat/chat.h"
#include "samples/chat/chat_flags.h"

int main(int argc, char **argv)
{
    struct chat_server_flags flags = {0};
    meeple_net *net;
    int rc;

    (void)argc;
    chat_server_read(&flags, argv);
    rc = meeple_net_listen(&net, &flags.options);
    /* The net keeps the certificates that it uses. */
    meeple_tls_server_free(flags.options.tls);
    if (rc < 0) {
        fprintf(stderr, "Unable to listen on port %u: %s\n", (unsigned)flags.options.port,
                rc == MEEPLE_EINVAL ? "--bind is no address of this machine, or --protocol no token"
                                    : meeple_strerror(rc));
        return 1;
    }
    return chat_run(net, flags.options.dialect == MEEPLE_DIALECT_NATIVE, flags.binary);
}
