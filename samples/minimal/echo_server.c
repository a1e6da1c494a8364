/* echo_server: gives every message back to whoever sent it. */
#include <meeple/net.h>

#include <stdio.h>
#include <string.h>

#include "samples/minimal/echo_flags.h"

/* Text goes back as text, bytes as bytes. */
static void echo(meeple_net *net, const meeple_event *event)
{
    struct shown shown;
    int rc;

    printf("Got data from client %d: %s ... echoing\n", (int)event->peer,
           show(&shown, event->data, event->text));
    rc = event->text ? meeple_net_send_utf8(net, event->peer, event->data)
                     : meeple_net_send(net, event->peer, event->data);
    if (rc < 0) {
        fprintf(stderr, "echo_server: no echo for client %d: %s\n", (int)event->peer,
                meeple_strerror(rc));
    }
}

static void tell(meeple_net *net, const meeple_event *event)
{
    meeple_bytes reason = {(const uint8_t *)event->reason, strlen(event->reason)};
    struct shown shown;

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        fprintf(stderr, "Listening on port %u\n", (unsigned)meeple_net_port(net));
        break;
    case MEEPLE_EVENT_JOIN:
        /* A new client; its id is random, the subprotocol optional. */
        printf("Client %d connected with protocol: %s\n", (int)event->peer, event->protocol);
        break;
    case MEEPLE_EVENT_PACKET:
        echo(net, event);
        break;
    case MEEPLE_EVENT_CLOSING:
        /* It wishes to close, and says why; the answer is given for us. */
        printf("Client %d disconnecting with code: %u, reason: %s\n", (int)event->peer,
               (unsigned)event->code, show(&shown, reason, true));
        break;
    case MEEPLE_EVENT_LEAVE:
        /* It is gone.  Clean means that both sides had said goodbye. */
        printf("Client %d disconnected, clean: %s\n", (int)event->peer,
               event->clean ? "true" : "false");
        break;
    case MEEPLE_EVENT_DOWN:
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    struct protocols protocols = {0};
    /* The plain dialect: WebSocket messages as they are, so that any client will do. */
    meeple_listen_options options = echo_server_options(argv, &protocols);
    meeple_net *net;
    meeple_event event;
    int rc = meeple_net_listen(&net, &options);

    (void)argc;
    /* The net keeps the certificates that it uses. */
    meeple_tls_server_free(options.tls);
    if (rc < 0) {
        fprintf(stderr, "Unable to start server on port %u: %s\n", (unsigned)options.port,
                rc == MEEPLE_EINVAL ? "--bind is no address of this machine, or --protocol no token"
                                    : meeple_strerror(rc));
        return 1;
    }
    /* Each line as it is said, also into a file. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    /* Everything happens in here: connections are taken, bytes read and sent. */
    while ((rc = meeple_net_next(net, &event, -1)) > 0) {
        tell(net, &event);
    }
    fprintf(stderr, "echo_server: %s\n", meeple_strerror(rc));
    meeple_net_free(net);
    return 1;
}
