/* echo_server: gives every message back to whoever sent it. */
#include <meeple/net.h>

#include <stdio.h>
#include <string.h>

#include "samples/minimal/echo_flags.h"

/* Text goes back as text, bytes as bytes. */
static void echo(meeple_net *net, const meeple_event *event)
{
    int rc = event->text ? meeple_net_send_utf8(net, event->peer, event->data)
                         : meeple_net_send(net, event->peer, event->data);

    if (rc < 0) {
        /* No echo is left out in silence: who does not read its own has to go. */
        meeple_net_kick(net, event->peer, MEEPLE_CLOSE_POLICY,
                        rc == MEEPLE_EFULL ? "its echoes were not read" : meeple_strerror(rc));
    }
}

static void tell(const meeple_event *event)
{
    meeple_bytes reason = {(const uint8_t *)event->reason, strlen(event->reason)};
    struct shown shown;

    switch (event->type) {
    case MEEPLE_EVENT_JOIN:
        /* A new client; its id is random, the subprotocol optional. */
        printf("Client %d connected with protocol: %s\n", (int)event->peer, event->protocol);
        break;
    case MEEPLE_EVENT_PACKET:
        printf("Got data from client %d: %s ... echoing\n", (int)event->peer,
               show(&shown, event->data, event->text));
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
    case MEEPLE_EVENT_UP:
    case MEEPLE_EVENT_DOWN:
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    struct echo_server server = {0};
    meeple_net *net;
    meeple_event event;
    int rc;

    (void)argc;
    echo_server_read(&server, argv);
    rc = meeple_net_listen(&net, &server.options);
    /* The net keeps the certificates that it uses. */
    meeple_tls_server_free(server.options.tls);
    if (rc < 0) {
        fprintf(stderr, "Unable to start server on port %u: %s\n", (unsigned)server.options.port,
                rc == MEEPLE_EINVAL
                    ? "--bind is no address of this machine, --protocol no token, or "
                      "--files no folder"
                    : meeple_strerror(rc));
        return 1;
    }
    /* Each line as it is said, also into a file. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    fprintf(stderr, "Listening on port %u\n", (unsigned)meeple_net_port(net));

    /* Everything happens in here: connections are taken, bytes read and sent. */
    while ((rc = meeple_net_next(net, &event, -1)) > 0) {
        if (!server.quiet) {
            tell(&event);
        }
        if (event.type == MEEPLE_EVENT_PACKET) {
            echo(net, &event);
        }
    }
    fprintf(stderr, "echo_server: %s\n", meeple_strerror(rc));
    meeple_net_free(net);
    return 1;
}
