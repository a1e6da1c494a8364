/* echo: a stranger's program: a server and a client in one process, one word there and back. */
#include <meeple/net.h>
#include <meeple/world.h>

#include <stdio.h>
#include <string.h>

static int serve(meeple_net *server)
{
    meeple_event event;
    int rc;

    while ((rc = meeple_net_next(server, &event, 0)) > 0) {
        if (event.type == MEEPLE_EVENT_PACKET) {
            rc = meeple_net_send(server, event.peer, event.data);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return rc;
}

int main(void)
{
    meeple_net *server = NULL, *client = NULL;
    int rc = meeple_net_loopback(&server, NULL);
    int failed = 1;

    if (rc == 0) {
        rc = meeple_net_join(&client, server, NULL);
    }
    for (int turn = 0; rc >= 0 && failed && turn < 1000; turn++) {
        meeple_event event;

        rc = serve(server);
        if (rc < 0) {
            break;
        }
        rc = meeple_net_next(client, &event, 0);
        if (rc > 0 && event.type == MEEPLE_EVENT_UP) {
            rc = meeple_net_send_text(client, MEEPLE_SERVER, "hello");
        } else if (rc > 0 && event.type == MEEPLE_EVENT_PACKET) {
            failed = event.data.len != 5 || memcmp(event.data.ptr, "hello", 5) != 0;
        }
    }
    /* Something of every layer. */
    printf("meeple %s: %s, %s\n", meeple_version(), failed ? "no echo" : "echo",
           meeple_rpc_mode_name(MEEPLE_RPC_REMOTE));
    if (rc < 0) {
        fprintf(stderr, "%s\n", meeple_strerror(rc));
    }
    meeple_net_free(client);
    meeple_net_free(server);
    return failed;
}
