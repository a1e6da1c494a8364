/* server_lws: libwebsockets as an echo server.  --tls CERT KEY, --deflate, --buffer BYTES. */
#include <libwebsockets.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIMEOUT_S = 60, /* of a handshake, too: as long as the load waits for an answer */
    MESSAGE_MAX = 256 * 1024,
    QUEUE_MAX = 1024 /* messages of a connection that wait for their turn */
};

/* A message on its way back, with room in front of it for what lws writes there. */
struct message {
    struct message *next;
    size_t len;
    unsigned char bytes[];
};

/* What lws keeps for each connection, zeroed. */
struct connection {
    struct message *first, **last;
    size_t waiting;
    unsigned char *partial; /* of a message that came in parts */
    size_t partial_len;
};

static void queue(struct lws *wsi, struct connection *connection, const void *bytes, size_t len)
{
    struct message *message = malloc(sizeof *message + LWS_PRE + len);

    if (!message) {
        abort();
    }
    message->next = NULL;
    message->len = len;
    memcpy(message->bytes + LWS_PRE, bytes, len);
    *(connection->first ? connection->last : &connection->first) = message;
    connection->last = &message->next;
    /* Who does not read what comes back is not read from. */
    if (++connection->waiting == QUEUE_MAX) {
        lws_rx_flow_control(wsi, 0);
    }
    lws_callback_on_writable(wsi);
}

static int received(struct lws *wsi, struct connection *connection, const void *bytes, size_t len)
{
    bool whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
    unsigned char *partial;

    if (whole && !connection->partial) {
        queue(wsi, connection, bytes, len);
        return 0;
    }
    partial = connection->partial_len + len <= MESSAGE_MAX
                  ? realloc(connection->partial, connection->partial_len + len + 1)
                  : NULL;
    if (!partial) {
        return -1;
    }
    memcpy(partial + connection->partial_len, bytes, len);
    connection->partial = partial;
    connection->partial_len += len;
    if (whole) {
        queue(wsi, connection, partial, connection->partial_len);
        free(partial);
        connection->partial = NULL;
        connection->partial_len = 0;
    }
    return 0;
}

/* As lws has it: as many as the socket takes, each in a write of its own. */
static int writable(struct lws *wsi, struct connection *connection)
{
    while (connection->first && !lws_send_pipe_choked(wsi)) {
        struct message *message = connection->first;
        int put = lws_write(wsi, message->bytes + LWS_PRE, message->len, LWS_WRITE_BINARY);

        connection->first = message->next;
        free(message);
        if (put < 0) {
            return -1;
        }
        if (connection->waiting-- == QUEUE_MAX) {
            lws_rx_flow_control(wsi, 1);
        }
    }
    if (connection->first) {
        lws_callback_on_writable(wsi);
    }
    return 0;
}

static void closed(struct connection *connection)
{
    while (connection->first) {
        struct message *message = connection->first;

        connection->first = message->next;
        free(message);
    }
    free(connection->partial);
}

static int on_websocket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                        size_t len)
{
    switch ((int)reason) {
    case LWS_CALLBACK_RECEIVE:
        return received(wsi, user, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return writable(wsi, user);
    case LWS_CALLBACK_CLOSED:
        closed(user);
        break;
    default:
        break;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct lws_protocols protocols[] = {{.name = "echo",
                                         .callback = on_websocket,
                                         .per_session_data_size = sizeof(struct connection)},
                                        {0}};
    static const struct lws_extension extensions[] = {
        {.name = "permessage-deflate", .callback = lws_extension_callback_pm_deflate}, {0}};
    struct lws_context_creation_info info = {.iface = "lo",
                                             .protocols = protocols,
                                             .timeout_secs = TIMEOUT_S,
                                             .keepalive_timeout = TIMEOUT_S,
                                             .timeout_secs_ah_idle = TIMEOUT_S};
    struct lws_context *context;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--deflate") == 0) {
            info.extensions = extensions;
        } else if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
            info.ssl_cert_filepath = argv[i + 1];
            info.ssl_private_key_filepath = argv[i + 2];
            i += 2;
        } else if (strcmp(argv[i], "--buffer") == 0 && i + 1 < argc) {
            /* Each connection has one for as long as it lives; 0: lws's default. */
            protocols[0].rx_buffer_size = strtoul(argv[++i], NULL, 10);
        }
    }
    lws_set_log_level(LLL_ERR, NULL);
    context = lws_create_context(&info);
    if (!context) {
        puts("libwebsockets does not start");
        return 1;
    }
    printf("port %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
    fflush(stdout);
    while (lws_service(context, 0) >= 0) {
    }
    return 1;
}
