/* echo_client: connects to a WebSocket server, sends a message, shows the answer, says goodbye. */
#include <meeple/net.h>

#include <stdio.h>

#include "samples/minimal/echo_client_autobahn.h"
#include "samples/minimal/echo_flags.h"

/* One message, or as many as may be on their way.  The server's id is 1, always. */
static void send_messages(struct echo_client *client, meeple_net *net)
{
    meeple_bytes message;

    while (echo_rounds_next(&client->rounds, &message)) {
        int rc = client->binary ? meeple_net_send(net, MEEPLE_SERVER, message)
                                : meeple_net_send_utf8(net, MEEPLE_SERVER, message);

        if (rc < 0) {
            fprintf(stderr, "Unable to send: %s\n", meeple_strerror(rc));
            client->failed = true;
            meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
            return;
        }
        echo_rounds_sent(&client->rounds);
    }
}

static void take_answer(struct echo_client *client, meeple_net *net, const meeple_event *event)
{
    struct shown shown;

    if (!client->measure) {
        printf("Got data from server: %s\n", show(&shown, event->data, event->text));
    }
    if (event->text == client->binary || !echo_rounds_came_back(&client->rounds, event->data)) {
        fputs("That is not what was sent\n", stderr);
        client->failed = true;
    }
    if (client->failed || echo_rounds_done(&client->rounds)) {
        meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
    } else {
        send_messages(client, net);
    }
}

/* The end, whatever it was.  Clean means that both sides had said goodbye. */
static void tell_end(struct echo_client *client, const meeple_net *net, const meeple_event *event)
{
    meeple_fault fault = meeple_net_fault(net);

    if (client->measure && client->up) {
        echo_rounds_print(&client->rounds);
    }
    printf("Closed, clean: %s\n", event->clean ? "true" : "false");
    if (!client->up) {
        fprintf(stderr, "Unable to connect: %s\n", fault.text);
    } else if (fault.stage != MEEPLE_STAGE_NONE) {
        fprintf(stderr, "The connection was lost: %s\n", fault.text);
    } else if (event->code != MEEPLE_CLOSE_NORMAL) {
        fprintf(stderr, "It closed with code %u: %s\n", (unsigned)event->code, event->reason);
    }
    client->clean = event->clean;
}

static void tell(struct echo_client *client, meeple_net *net, const meeple_event *event)
{
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        /* The connection is there; a subprotocol is optional. */
        printf("Connected with protocol: %s\n", event->protocol);
        client->up = true;
        break;
    case MEEPLE_EVENT_JOIN:
        /* The server: it can be sent to. */
        send_messages(client, net);
        break;
    case MEEPLE_EVENT_PACKET:
        take_answer(client, net, event);
        break;
    case MEEPLE_EVENT_DOWN:
        tell_end(client, net, event);
        break;
    case MEEPLE_EVENT_CLOSING:
    case MEEPLE_EVENT_LEAVE:
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}

/* The exit status. */
static int run(struct echo_client *client)
{
    meeple_net *net;
    meeple_event event;
    int rc = meeple_net_connect(&net, client->url, &client->options);

    if (rc < 0) {
        fprintf(stderr, "Unable to connect to %s: %s\n", client->url,
                rc == MEEPLE_EINVAL
                    ? "this is no ws:// or wss://HOST[:PORT][/PATH], or a --protocol no token"
                    : meeple_strerror(rc));
        return 1;
    }
    /* Everything happens in here, until the connection is down. */
    while ((rc = meeple_net_next(net, &event, -1)) > 0) {
        tell(client, net, &event);
    }
    meeple_net_free(net);
    return rc == MEEPLE_ECLOSED && echo_rounds_done(&client->rounds) && !client->failed &&
                   client->clean
               ? 0
               : 1;
}

int main(int argc, char **argv)
{
    struct echo_client client = {0};
    int status = 1;

    (void)argc;
    echo_client_read(&client, argv);
    /* Each line as it is said, also into a file. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (client.agent) {
        return echo_autobahn(client.url, client.agent, &client.options);
    }
    if (echo_rounds_begin(&client.rounds, &client.plan) < 0) {
        fputs("There is not enough memory for so many or so long messages\n", stderr);
    } else {
        status = run(&client);
    }
    echo_rounds_end(&client.rounds);
    return status;
}
