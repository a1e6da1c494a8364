/* lws_peer: libwebsockets in both roles.  Reads commands, a line each; answers each, in order. */
#include "tests/interop/lws_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: lws_peer [--listen] [--ca FILE] [--tls CERT KEY] [--deflate OFFER] [--protocol "
    "NAME]...\n"
    "\n"
    "A client of whatever servers it is told to open, or a server on a free port.\n";

#define PROTOCOLS_MAX 6
/* lws 4.1 gives up when a message ends where its buffer for compression does: room for all of one,
 * the longest and what it needs besides. */
#define BUFFER_BYTES (32u << 20)
#define BUFFER_POWER "25"

struct connection *peer_connection(struct peer *peer, struct lws *wsi)
{
    struct connection *connection;

    if (peer->count == CONNECTIONS_MAX) {
        return NULL;
    }
    connection = &peer->connections[peer->count++];
    connection->wsi = wsi;
    return connection;
}

/* One write each time that lws says it may be. */
static int write_more(struct connection *connection)
{
    struct job *job = &connection->job;
    struct message *out = &connection->out;
    unsigned char ping[LWS_PRE + 125] = {0};
    size_t left = out->len - connection->out_sent, len = left;
    bool first = connection->out_sent == 0, last;
    int flags;

    if (connection->ping) {
        connection->ping = false;
        return lws_write(connection->wsi, ping + LWS_PRE, connection->ping_len, LWS_WRITE_PING);
    }
    if (job->sent == job->count) {
        return 0;
    }
    if (first) {
        message_make(out, job, job->sent);
        left = len = out->len;
    }
    if (job->piece > 0 && len > job->piece) {
        len = job->piece;
    }
    last = len == left;
    flags = lws_write_ws_flags(out->text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY, first, last);
    /* An empty message has no memory to point at. */
    if (lws_write(connection->wsi, out->bytes ? out->bytes + connection->out_sent : ping + LWS_PRE,
                  len, (enum lws_write_protocol)flags) < 0) {
        return -1;
    }
    connection->out_sent = last ? 0 : connection->out_sent + len;
    out->len = last ? 0 : out->len;
    job->sent += last;
    connection->ping = job->pings;
    return 0;
}

static int writeable(struct peer *peer, struct connection *connection)
{
    if (connection->closes && connection->job.sent == connection->job.count) {
        if (connection->code != 0) {
            lws_close_reason(connection->wsi, (enum lws_close_status)connection->code,
                             (unsigned char *)connection->reason, strlen(connection->reason));
        }
        return -1;
    }
    if (write_more(connection) < 0) {
        return -1;
    }
    if (connection->ping || connection->job.sent < connection->job.count || connection->closes) {
        lws_callback_on_writable(connection->wsi);
    }
    command_look(peer);
    return 0;
}

static void received(struct peer *peer, struct connection *connection, const void *bytes,
                     size_t len)
{
    struct lws *wsi = connection->wsi;

    message_add(&connection->in, bytes, len);
    connection->in.text = !lws_frame_is_binary(wsi);
    connection->whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
    command_look(peer);
}

/* The other side has begun to close. */
static void closing(struct connection *connection, const unsigned char *bytes, size_t len)
{
    connection->code = len >= 2 ? (unsigned)bytes[0] << 8 | bytes[1] : 1005;
    len = len >= 2 ? len - 2 : 0;
    snprintf(connection->reason, sizeof connection->reason, "%.*s", (int)len,
             len > 0 ? (const char *)bytes + 2 : "");
}

static void ended(struct peer *peer, struct connection *connection)
{
    connection->wsi = NULL;
    if (!connection->closes && connection->code == 0) {
        connection->code = 1006;
    }
    command_look(peer);
}

static void widen(struct lws *wsi)
{
    lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", BUFFER_POWER);
    lws_set_extension_option(wsi, "permessage-deflate", "tx_buf_size", BUFFER_POWER);
}

static int established(struct peer *peer, struct lws *wsi)
{
    const char *name = lws_get_protocol(wsi)->name;
    struct connection *connection = peer_connection(peer, wsi);

    if (!connection) {
        return -1;
    }
    lws_set_opaque_user_data(wsi, connection);
    widen(wsi);
    connection->up = true;
    if (strcmp(name, "default") != 0) {
        snprintf(connection->protocol, sizeof connection->protocol, "%s", name);
    }
    command_look(peer);
    return 0;
}

static int on_websocket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                        size_t len)
{
    struct peer *peer = lws_context_user(lws_get_context(wsi));
    struct connection *connection = lws_get_opaque_user_data(wsi);

    (void)user;
    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return established(peer, wsi);
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
        lws_hdr_copy(wsi, connection->protocol, TEXT_SIZE, WSI_TOKEN_PROTOCOL);
        lws_hdr_copy(wsi, connection->extensions, TEXT_SIZE, WSI_TOKEN_EXTENSIONS);
        break;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        widen(wsi);
        connection->wsi = wsi;
        connection->up = true;
        command_look(peer);
        break;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        if (peer->waiting == WAITING_OPEN) {
            command_fail(peer, in ? in : "unknown");
        }
        break;
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
        received(peer, connection, in, len);
        break;
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        connection->pongs++;
        command_look(peer);
        break;
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return writeable(peer, connection);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        closing(connection, in, len);
        break;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLIENT_CLOSED:
        ended(peer, connection);
        break;
    default:
        break;
    }
    return 0;
}

static int on_commands(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                       size_t len)
{
    struct peer *peer = lws_context_user(lws_get_context(wsi));
    char *line = peer ? peer->line : NULL, *end;
    ssize_t got;

    (void)user;
    (void)in;
    (void)len;
    if (reason != LWS_CALLBACK_RAW_RX_FILE) {
        return 0;
    }
    got = read(STDIN_FILENO, line + peer->line_len, LINE_SIZE - 1 - peer->line_len);
    if (got <= 0) {
        peer->done = true;
        return -1;
    }
    peer->line_len += (size_t)got;
    line[peer->line_len] = '\0';
    while ((end = strchr(line, '\n')) != NULL) {
        *end = '\0';
        command_run(peer, line);
        line = end + 1;
    }
    peer->line_len -= (size_t)(line - peer->line);
    memmove(peer->line, line, peer->line_len);
    return 0;
}

/* What lws is given; it borrows all of it. */
struct setup {
    struct lws_context_creation_info info;
    struct lws_protocols protocols[PROTOCOLS_MAX + 3];
    struct lws_extension extensions[2];
};

static const struct lws_protocols websocket = {
    .name = "default", .callback = on_websocket, .rx_buffer_size = BUFFER_BYTES};

static void read_arguments(struct setup *setup, int argc, char **argv)
{
    struct lws_context_creation_info *info = &setup->info;
    size_t count = 2;

    setup->protocols[0] = websocket;
    setup->protocols[1] = (struct lws_protocols){.name = "commands", .callback = on_commands};
    setup->extensions[0] = (struct lws_extension){.name = "permessage-deflate",
                                                  .callback = lws_extension_callback_pm_deflate};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--listen") == 0) {
            info->port = 0;
        } else if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc) {
            info->client_ssl_ca_filepath = argv[++i];
        } else if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            info->ssl_cert_filepath = argv[++i];
            info->ssl_private_key_filepath = argv[++i];
        } else if (strcmp(argv[i], "--deflate") == 0 && i + 1 < argc) {
            setup->extensions[0].client_offer = argv[++i];
            info->extensions = setup->extensions;
        } else if (strcmp(argv[i], "--protocol") == 0 && i + 1 < argc &&
                   count < PROTOCOLS_MAX + 2) {
            setup->protocols[count] = websocket;
            setup->protocols[count++].name = argv[++i];
        } else {
            fprintf(stderr, "lws_peer: %s is not known here, or lacks a value\n%s", argv[i], usage);
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    static struct peer peer;
    static struct setup setup = {.info = {.port = CONTEXT_PORT_NO_LISTEN,
                                          .iface = "lo",
                                          .user = &peer,
                                          .protocols = setup.protocols,
                                          .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                                                     LWS_SERVER_OPTION_VALIDATE_UTF8}};
    lws_sock_file_fd_type input = {.filefd = STDIN_FILENO};
    struct lws_vhost *vhost;

    read_arguments(&setup, argc, argv);
    lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
    peer.context = lws_create_context(&setup.info);
    vhost = peer.context ? lws_get_vhost_by_name(peer.context, "default") : NULL;
    if (!vhost ||
        !lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, input, "commands", NULL)) {
        fputs("lws_peer: unable to start\n", stderr);
        return 1;
    }
    if (setup.info.port == 0) {
        fprintf(stderr, "Listening on port %d\n", lws_get_vhost_listen_port(vhost));
    }
    while (!peer.done && lws_service(peer.context, 0) >= 0) {
    }
    lws_context_destroy(peer.context);
    for (size_t i = 0; i < peer.count; i++) {
        message_done(&peer.connections[i].in);
        message_done(&peer.connections[i].out);
    }
    return 0;
}
