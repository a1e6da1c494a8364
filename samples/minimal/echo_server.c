/* echo_server: gives every message back to whoever sent it. */
#include <meeple/net.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/minimal/arguments.h"

#define MESSAGE_MAX (64u << 20)

static const char usage[] =
    "usage: echo_server [--port N] [--bind ADDRESS] [--tls CERT KEY] [--protocol NAME]...\n"
    "                   [--max-message BYTES] [--deflate]\n"
    "\n"
    "Gives every WebSocket message back to whoever sent it, until it is stopped.\n"
    "\n"
    "  --port N             where to listen, 9080 if not given; 0: any free port\n"
    "  --bind ADDRESS       only at this address of the machine, 127.0.0.1 for instance\n"
    "  --tls CERT KEY       wss:// instead of ws://, with the certificate and key in these files\n"
    "  --protocol NAME      a subprotocol to agree to, if the client offers it\n"
    "  --max-message BYTES  the longest message it takes, 65536 if not given\n"
    "  --deflate            compress, with clients that offer it\n";

/* Certificates for any number of nets; ours is the only one. */
static meeple_tls_server *read_certificate(struct arguments *arguments, const char *flag)
{
    const char *cert = arguments_value(arguments, flag), *key = arguments_value(arguments, flag);
    meeple_tls_server_options options = {.cert_file = cert, .key_file = key};
    meeple_tls_server *tls;
    char why[200] = "out of memory";

    if (meeple_tls_server_new(&tls, &options, why, sizeof why) < 0) {
        fprintf(stderr, "Unable to use the certificate: %s\n", why);
        exit(1);
    }
    return tls;
}

/* The plain dialect: WebSocket messages as they are, so that any client will do. */
static meeple_listen_options read_options(char **argv, struct protocols *protocols)
{
    struct arguments arguments = arguments_of(argv, usage);
    meeple_listen_options options = {.port = 9080, .dialect = MEEPLE_DIALECT_PLAIN};

    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--port") == 0) {
            options.port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--bind") == 0) {
            options.host = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--tls") == 0) {
            meeple_tls_server_free(options.tls);
            options.tls = read_certificate(&arguments, flag);
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, protocols);
        } else if (strcmp(flag, "--max-message") == 0) {
            options.limits.message_bytes_max = arguments_number(&arguments, flag, MESSAGE_MAX);
        } else if (strcmp(flag, "--deflate") == 0) {
            options.deflate.enabled = true;
        } else {
            arguments_refuse(&arguments, flag, "is not known here");
        }
    }
    if (protocols->count > 0) {
        options.protocols = protocols->names;
    }
    return options;
}

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
    meeple_listen_options options = read_options(argv, &protocols);
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
