/* echo_server: gives every message back to whoever sent it. */
#include <meeple/net.h>

#include <stdio.h>
#include <string.h>

#include "samples/minimal/echo_flags.h"
#include "samples/minimal/threads.h"

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

/* A net is one thread's; several of them share the port, and the system spreads clients over them.
 */
static meeple_net *listen_at(const struct echo_server *server, uint16_t port)
{
    meeple_listen_options options = server->options;
    meeple_net *net;
    int rc;

    options.port = port;
    options.tls = server->cert ? certificate_read(server->cert, server->key) : NULL;
    rc = meeple_net_listen(&net, &options);
    /* The net keeps the certificates that it uses. */
    meeple_tls_server_free(options.tls);
    if (rc < 0) {
        fprintf(stderr, "Unable to start server on port %u: %s\n", (unsigned)port,
                rc == MEEPLE_EINVAL
                    ? "--bind is no address of this machine, --protocol no token, or "
                      "--files no folder"
                    : meeple_strerror(rc));
    }
    return net;
}

struct worker {
    meeple_net *net;
    bool quiet;
};

/* What a thread does. */
static void serve(void *ctx, unsigned index)
{
    const struct worker *worker = (const struct worker *)ctx + index;
    meeple_event event;
    int rc;

    /* Everything happens in here: connections are taken, bytes read and sent. */
    while ((rc = meeple_net_next(worker->net, &event, -1)) > 0) {
        if (!worker->quiet) {
            tell(&event);
        }
        if (event.type == MEEPLE_EVENT_PACKET) {
            echo(worker->net, &event);
        }
    }
    fprintf(stderr, "echo_server: %s\n", meeple_strerror(rc));
    meeple_net_free(worker->net);
}

int main(int argc, char **argv)
{
    struct echo_server server = {0};
    struct worker workers[THREADS_MAX];
    uint16_t port;

    (void)argc;
    echo_server_read(&server, argv);
    port = server.options.port;
    for (unsigned i = 0; i < server.threads; i++) {
        workers[i] = (struct worker){listen_at(&server, port), server.quiet};
        if (!workers[i].net) {
            while (i > 0) {
                meeple_net_free(workers[--i].net);
            }
            return 1;
        }
        port = meeple_net_port(workers[i].net);
    }
    /* Each line as it is said, also into a file. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    fprintf(stderr, "Listening on port %u\n", (unsigned)port);
    if (!threads_run(serve, workers, server.threads)) {
        fprintf(stderr, "Unable to start so many threads\n");
    }
    return 1;
}
