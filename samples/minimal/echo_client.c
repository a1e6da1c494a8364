/* echo_client: connects to a WebSocket server, sends one message, shows the answer, says goodbye.
 */
#include <meeple/net.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/minimal/echo_flags.h"

static meeple_bytes message_of(const struct echo_client *client)
{
    return (meeple_bytes){(const uint8_t *)client->message, strlen(client->message)};
}

/* The server's id is 1, always. */
static void send_message(const struct echo_client *client, meeple_net *net)
{
    int rc = client->binary ? meeple_net_send(net, MEEPLE_SERVER, message_of(client))
                            : meeple_net_send_text(net, MEEPLE_SERVER, client->message);

    if (rc < 0) {
        fprintf(stderr, "Unable to send: %s\n", meeple_strerror(rc));
        meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
    }
}

static void take_answer(struct echo_client *client, meeple_net *net, const meeple_event *event)
{
    meeple_bytes sent = message_of(client);
    struct shown shown;

    printf("Got data from server: %s\n", show(&shown, event->data, event->text));
    client->echoed = event->text == !client->binary && event->data.len == sent.len &&
                     (sent.len == 0 || memcmp(event->data.ptr, sent.ptr, sent.len) == 0);
    if (!client->echoed) {
        fputs("That is not what was sent\n", stderr);
    }
    meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
}

static void tell(struct echo_client *client, meeple_net *net, const meeple_event *event)
{
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        /* The connection is there; a subprotocol is optional. */
        printf("Connected with protocol: %s\n", event->protocol);
        break;
    case MEEPLE_EVENT_JOIN:
        /* The server: it can be sent to. */
        send_message(client, net);
        break;
    case MEEPLE_EVENT_PACKET:
        take_answer(client, net, event);
        break;
    case MEEPLE_EVENT_DOWN:
        /* The end, whatever it was.  Clean means that both sides had said goodbye. */
        if (meeple_net_fault(net).stage != MEEPLE_STAGE_NONE) {
            fprintf(stderr, "Unable to connect: %s\n", meeple_net_fault(net).text);
        }
        printf("Closed, clean: %s\n", event->clean ? "true" : "false");
        if (event->code != MEEPLE_CLOSE_NORMAL &&
            meeple_net_fault(net).stage == MEEPLE_STAGE_NONE) {
            fprintf(stderr, "It closed with code %u: %s\n", (unsigned)event->code, event->reason);
        }
        client->clean = event->clean;
        break;
    case MEEPLE_EVENT_CLOSING:
    case MEEPLE_EVENT_LEAVE:
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    struct echo_client client = {.message = "Test packet"};
    meeple_net *net;
    meeple_event event;
    int rc;

    (void)argc;
    echo_client_read(&client, argv);
    /* The plain dialect: WebSocket messages as they are, so that any server will do. */
    rc = meeple_net_connect(&net, client.url,
                            &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                      .protocols = client.protocols.count > 0
                                                                       ? client.protocols.names
                                                                       : NULL,
                                                      .limits = client.limits,
                                                      .deflate = client.deflate,
                                                      .tls = client.tls});
    if (rc < 0) {
        fprintf(stderr, "Unable to connect to %s: %s\n", client.url,
                rc == MEEPLE_EINVAL
                    ? "this is no ws:// or wss://HOST[:PORT][/PATH], or a --protocol no token"
                    : meeple_strerror(rc));
        free(client.letters);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);

    /* Everything happens in here, until the connection is down. */
    while ((rc = meeple_net_next(net, &event, -1)) > 0) {
        tell(&client, net, &event);
    }
    meeple_net_free(net);
    free(client.letters);
    return rc == MEEPLE_ECLOSED && client.echoed && client.clean ? 0 : 1;
}
