/* echo_peer: our end in either role: gives every message back, unless it asks for something. */
#include <meeple/net.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/minimal/arguments.h"

#define MESSAGE_MAX (64u << 20)
#define BITS_MAX 15

static const char usage[] =
    "usage: echo_peer [URL] [--port N] [--bind ADDRESS] [--tls CERT KEY] [--ca FILE]\n"
    "                 [--protocol NAME]... [--max-message BYTES] [--deflate] [--server-bits N]\n"
    "                 [--client-bits N] [--server-fresh] [--client-fresh]\n"
    "\n"
    "With a URL a client, without one a server.  Gives every message back, but for these texts:\n"
    "\n"
    "  close CODE REASON  closes the connection\n"
    "  ping               pings\n"
    "  pongs              answers how many pings were answered\n"
    "\n"
    "  --server-bits, --server-fresh, --client-bits, --client-fresh\n"
    "                     the parameters of permessage-deflate; fresh: no context takeover\n";

struct peer {
    const char *url;
    struct protocols protocols;
    meeple_listen_options listen;
    meeple_connect_options connect;
    meeple_limits limits;
    meeple_deflate_options deflate;
    const char *cert, *key;
};

static void read_deflate(struct peer *peer, struct arguments *arguments, const char *flag)
{
    meeple_deflate_options *deflate = &peer->deflate;

    deflate->enabled = true;
    if (strcmp(flag, "--server-bits") == 0) {
        deflate->server_max_window_bits = (uint8_t)arguments_number(arguments, flag, BITS_MAX);
    } else if (strcmp(flag, "--client-bits") == 0) {
        deflate->client_max_window_bits = (uint8_t)arguments_number(arguments, flag, BITS_MAX);
    } else if (strcmp(flag, "--server-fresh") == 0) {
        deflate->server_no_context_takeover = true;
    } else if (strcmp(flag, "--client-fresh") == 0) {
        deflate->client_no_context_takeover = true;
    } else if (strcmp(flag, "--deflate") != 0) {
        arguments_refuse(arguments, flag, "is not known here");
    }
}

static void read_arguments(struct peer *peer, char **argv)
{
    struct arguments arguments = arguments_of(argv, usage);

    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--port") == 0) {
            peer->listen.port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--bind") == 0) {
            peer->listen.host = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--tls") == 0) {
            peer->cert = arguments_value(&arguments, flag);
            peer->key = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--ca") == 0) {
            peer->connect.tls.ca_file = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, &peer->protocols);
        } else if (strcmp(flag, "--max-message") == 0) {
            peer->limits.message_bytes_max = arguments_number(&arguments, flag, MESSAGE_MAX);
        } else if (flag[0] == '-') {
            read_deflate(peer, &arguments, flag);
        } else {
            peer->url = flag;
        }
    }
}

static int begin(struct peer *peer, meeple_net **net)
{
    const char *const *protocols = peer->protocols.count > 0 ? peer->protocols.names : NULL;
    char why[200] = "";
    int rc = 0;

    if (peer->url) {
        peer->connect.dialect = MEEPLE_DIALECT_PLAIN;
        peer->connect.protocols = protocols;
        peer->connect.limits = peer->limits;
        peer->connect.deflate = peer->deflate;
        return meeple_net_connect(net, peer->url, &peer->connect);
    }
    peer->listen.dialect = MEEPLE_DIALECT_PLAIN;
    peer->listen.protocols = protocols;
    peer->listen.limits = peer->limits;
    peer->listen.limits.messages_per_second_max = UINT32_MAX;
    peer->listen.limits.bytes_per_second_max = UINT32_MAX;
    peer->listen.deflate = peer->deflate;
    if (peer->cert) {
        rc = meeple_tls_server_new(
            &peer->listen.tls,
            &(meeple_tls_server_options){.cert_file = peer->cert, .key_file = peer->key}, why,
            sizeof why);
        fputs(why, stderr);
    }
    if (rc == 0) {
        rc = meeple_net_listen(net, &peer->listen);
    }
    meeple_tls_server_free(peer->listen.tls);
    return rc;
}

/* "close 4001 bye" */
static int close_as_told(meeple_net *net, int32_t id, meeple_bytes text)
{
    char copy[200] = "", *reason;
    unsigned long code;

    if (text.len >= sizeof copy) {
        return MEEPLE_EINVAL;
    }
    memcpy(copy, text.ptr, text.len);
    code = strtoul(copy + strlen("close "), &reason, 10);
    reason += *reason == ' ';
    return meeple_net_is_server(net) ? meeple_net_kick(net, id, (uint16_t)code, reason)
                                     : meeple_net_close(net, (uint16_t)code, reason);
}

static int answer(meeple_net *net, const meeple_event *event)
{
    static const char close_text[] = "close ";
    meeple_bytes data = event->data;
    char number[20];

    if (!event->text) {
        return meeple_net_send(net, event->peer, data);
    }
    if (data.len >= strlen(close_text) && memcmp(data.ptr, close_text, strlen(close_text)) == 0) {
        return close_as_told(net, event->peer, data);
    }
    if (data.len == strlen("ping") && memcmp(data.ptr, "ping", data.len) == 0) {
        return meeple_net_ping(net, event->peer);
    }
    if (data.len == strlen("pongs") && memcmp(data.ptr, "pongs", data.len) == 0) {
        snprintf(number, sizeof number, "%u", (unsigned)meeple_net_rtt(net, event->peer).samples);
        return meeple_net_send_text(net, event->peer, number);
    }
    return meeple_net_send_utf8(net, event->peer, data);
}

/* A line for each event but packets: "leave 1000 clean so long". */
static void tell(meeple_net *net, const meeple_event *event)
{
    const char *name = meeple_event_name(event->type);
    meeple_fault fault = meeple_net_fault(net);
    int rc = 0;

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        fprintf(stderr, "Listening on port %u\n", (unsigned)meeple_net_port(net));
        break;
    case MEEPLE_EVENT_JOIN:
        printf("%s %s\n", name, event->protocol);
        break;
    case MEEPLE_EVENT_PACKET:
        rc = answer(net, event);
        break;
    case MEEPLE_EVENT_CLOSING:
        printf("%s %u %s\n", name, (unsigned)event->code, event->reason);
        break;
    case MEEPLE_EVENT_DOWN:
        if (fault.stage != MEEPLE_STAGE_NONE) {
            printf("fault %s: %s\n", meeple_stage_name(fault.stage), fault.text);
        }
        /* fall through */
    case MEEPLE_EVENT_LEAVE:
        printf("%s %u %s %s\n", name, (unsigned)event->code, event->clean ? "clean" : "broken",
               event->reason);
        break;
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
    if (rc < 0) {
        printf("unable: %s\n", meeple_strerror(rc));
    }
}

int main(int argc, char **argv)
{
    struct peer peer = {0};
    meeple_net *net = NULL;
    meeple_event event;
    int rc;

    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    read_arguments(&peer, argv);
    rc = begin(&peer, &net);
    while (rc >= 0 && (rc = meeple_net_next(net, &event, -1)) > 0) {
        tell(net, &event);
    }
    meeple_net_free(net);
    fprintf(stderr, "echo_peer: %s\n", meeple_strerror(rc));
    return rc == MEEPLE_ECLOSED ? 0 : 1;
}
