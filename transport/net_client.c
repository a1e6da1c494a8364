/* net_client: a seat that connects to a server and sees the other peers through it. */
#include "transport/net.h"

#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/strings.h"
#include "transport/url.h"

typedef enum client_state {
    CLIENT_CONNECTING, /* TCP, then the handshake */
    CLIENT_WAITING,    /* for the server's WELCOME */
    CLIENT_UP,         /* UP was told, JOIN of the server is next */
    CLIENT_SEATED,
    CLIENT_LEAVING, /* a LEAVE for every JOIN, then DOWN */
    CLIENT_ENDING   /* the end was told; the last bytes are on their way */
} client_state;

struct client {
    meeple_net net;
    struct meeple__conn conn;
    struct meeple__member server;
    client_state state;
    uint64_t welcome_deadline_ms;
    struct meeple__tls_context *tls; /* of "wss://" */
    /* How it ended. */
    uint16_t code;
    bool clean;
    char *host, *host_header, *path;
    char **headers;
};

static struct client *client_of(meeple_net *net)
{
    return MEEPLE__CONTAINER(net, struct client, net);
}

static void free_member(struct client *client, struct meeple__member *member)
{
    meeple__roster_remove(&client->net.roster, member);
    if (member != &client->server) {
        meeple__free(client->net.loop.mem, member);
    }
}

/* What comes now is LEAVE for everyone, then DOWN. */
static void end(struct client *client, uint16_t code, bool clean, meeple_bytes reason)
{
    client->state = CLIENT_LEAVING;
    client->code = code;
    client->clean = clean;
    meeple__net_reason(&client->net, reason);
}

static void blame(struct client *client, meeple_stage stage, int number, const char *text)
{
    meeple__net_blame(&client->net, &(meeple_fault){stage, number, text});
}

/* The server broke the session's rules. */
static void fail(struct client *client, uint16_t code, const char *why)
{
    meeple__ws_fail(&client->conn.ws, code, why);
    if (client->state < CLIENT_UP) {
        blame(client, MEEPLE_STAGE_SESSION, code, why);
    }
}

static int up(struct client *client, int32_t id, meeple_event *event)
{
    /* The server can be sent to from here on; its JOIN is the next event. */
    if (meeple__roster_add(&client->net.roster, client->net.loop.mem, &client->server,
                           MEEPLE_SERVER) < 0) {
        meeple__ws_fail(&client->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        return 0;
    }
    client->net.id = id;
    client->net.up_told = true;
    client->state = CLIENT_UP;
    client->conn.extra_deadline_ms = UINT64_MAX;
    meeple__conn_schedule(&client->conn);
    meeple__log(client->net.loop.log, MEEPLE_LOG_INFO, "net", "in the session as peer %d", (int)id);
    event->type = MEEPLE_EVENT_UP;
    event->peer = id;
    event->protocol = meeple__ws_protocol(&client->conn.ws);
    return 1;
}

static int joined(meeple_event *event, const struct client *client, int32_t id)
{
    event->type = MEEPLE_EVENT_JOIN;
    event->peer = id;
    event->protocol = id == MEEPLE_SERVER ? meeple__ws_protocol(&client->conn.ws) : "";
    return 1;
}

static int add_peer(struct client *client, int32_t id, meeple_event *event)
{
    const meeple_mem *mem = client->net.loop.mem;
    struct meeple__member *member;

    if (id == client->net.id || meeple__roster_find(&client->net.roster, id)) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR, "the server announced a peer twice");
        return 0;
    }
    if (client->net.roster.count > client->net.limits.peers_max) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR, "the server announced too many peers");
        return 0;
    }
    member = meeple__alloc(mem, sizeof *member);
    if (!member || meeple__roster_add(&client->net.roster, mem, member, id) < 0) {
        meeple__free(mem, member);
        meeple__ws_fail(&client->conn.ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        return 0;
    }
    return joined(event, client, id);
}

static int remove_peer(struct client *client, const struct meeple__packet *packet,
                       meeple_event *event)
{
    struct meeple__member *member = meeple__roster_find(&client->net.roster, packet->peer);

    if (!member || member == &client->server) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR,
             "the server says that somebody left who was not there");
        return 0;
    }
    free_member(client, member);
    event->reason = meeple__net_reason(&client->net, packet->data);
    event->type = MEEPLE_EVENT_LEAVE;
    event->peer = packet->peer;
    event->code = packet->code;
    event->clean = packet->clean;
    return 1;
}

static int data(struct client *client, const struct meeple__packet *packet, meeple_event *event)
{
    if (!meeple__roster_find(&client->net.roster, packet->peer)) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR, "the server passed on a packet of nobody");
        return 0;
    }
    event->type = MEEPLE_EVENT_PACKET;
    event->peer = packet->peer;
    event->text = packet->text;
    event->data = packet->data;
    return 1;
}

static int message(struct client *client, const meeple_ws_event *ws, meeple_event *event)
{
    struct meeple__packet packet = {.text = ws->text, .peer = MEEPLE_SERVER, .data = ws->data};
    const char *why;

    if (client->net.dialect == MEEPLE_DIALECT_PLAIN) {
        return data(client, &packet, event);
    }
    if (ws->text) {
        fail(client, MEEPLE_CLOSE_UNSUPPORTED, "this dialect speaks in binary messages");
        return 0;
    }
    if (meeple__packet_parse(&packet, ws->data, &why) < 0) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    if ((packet.kind == MEEPLE__PACKET_WELCOME) != (client->state == CLIENT_WAITING) ||
        (packet.kind == MEEPLE__PACKET_WELCOME && packet.peer == MEEPLE_SERVER)) {
        fail(client, MEEPLE_CLOSE_PROTOCOL_ERROR,
             "the server's first packet has to be the welcome, once");
        return 0;
    }
    switch (packet.kind) {
    case MEEPLE__PACKET_WELCOME:
        return up(client, packet.peer, event);
    case MEEPLE__PACKET_JOIN:
        return add_peer(client, packet.peer, event);
    case MEEPLE__PACKET_LEAVE:
        return remove_peer(client, &packet, event);
    default:
        return data(client, &packet, event);
    }
}

static int opened(struct client *client, meeple_event *event)
{
    if (client->net.dialect == MEEPLE_DIALECT_PLAIN) {
        return up(client, 0, event);
    }
    client->state = CLIENT_WAITING;
    client->conn.extra_deadline_ms = client->welcome_deadline_ms;
    meeple__conn_schedule(&client->conn);
    return 0;
}

static void closed(struct client *client, const meeple_ws_event *ws)
{
    meeple_bytes why = ws->data;

    if (client->state < CLIENT_UP) {
        meeple__net_blame(&client->net, &client->conn.fault);
        meeple__net_blame(&client->net, &client->conn.ws.fault);
        if (client->net.fault.stage == MEEPLE_STAGE_NONE && !client->net.closing) {
            char text[MEEPLE__FAULT_TEXT];

            snprintf(text, sizeof text, "the server closed before it said welcome: code %u%s%.*s",
                     (unsigned)ws->code, ws->data.len ? ", " : "", (int)ws->data.len,
                     (const char *)ws->data.ptr);
            blame(client, MEEPLE_STAGE_SESSION, ws->code, text);
        }
    } else if (client->conn.ws.silent) {
        blame(client, MEEPLE_STAGE_TIMEOUT, 0, "nothing was heard from the server for too long");
    } else if (!ws->clean) {
        meeple__net_blame(&client->net, &client->conn.fault);
    }
    if (client->state < CLIENT_UP && client->conn.fault.stage == MEEPLE_STAGE_TLS) {
        why = (meeple_bytes){(const uint8_t *)client->conn.fault.text,
                             strlen(client->conn.fault.text)};
    }
    end(client, ws->code, ws->clean, why);
    meeple__conn_linger(&client->conn);
}

/* The stream never came to be, or its time is up. */
static bool check_stream(struct client *client)
{
    struct meeple__conn *conn = &client->conn;
    const meeple_limits *limits = &client->net.limits;
    meeple_bytes reason;
    char text[MEEPLE__FAULT_TEXT];

    if (conn->phase == MEEPLE__CONN_CONNECTING && conn->ws.timed_out) {
        snprintf(text, sizeof text, "no connection to %s within %u ms", client->host_header,
                 (unsigned)limits->connect_timeout_ms);
        blame(client, MEEPLE_STAGE_TIMEOUT, 0, text);
    } else if (conn->phase == MEEPLE__CONN_GONE) {
        meeple__net_blame(&client->net, &conn->fault);
    } else if (client->state == CLIENT_WAITING && conn->extra_deadline_ms == UINT64_MAX) {
        blame(client, MEEPLE_STAGE_TIMEOUT, 0,
              "the server did not say welcome in time: does it speak another dialect?");
    } else {
        return false;
    }
    reason =
        (meeple_bytes){(const uint8_t *)client->net.fault.text, strlen(client->net.fault.text)};
    end(client, MEEPLE_CLOSE_ABNORMAL, false, reason);
    return true;
}

static int conn_step(struct client *client, meeple_event *event)
{
    struct meeple__conn *conn = &client->conn;
    meeple_ws_event ws;
    int rc;

    if (client->state == CLIENT_CONNECTING && conn->phase == MEEPLE__CONN_LIVE &&
        client->welcome_deadline_ms == UINT64_MAX) {
        client->welcome_deadline_ms =
            client->net.loop.now_ms + client->net.limits.handshake_timeout_ms;
    }
    if (meeple__conn_drained(conn)) {
        event->type = MEEPLE_EVENT_DRAINED;
        event->peer = MEEPLE_SERVER;
        return 1;
    }
    if (meeple__conn_got_room(conn)) {
        event->peer = MEEPLE_SERVER; /* meeple__net_room() */
        return 1;
    }
    rc = meeple__conn_next(conn, &ws);
    if (rc <= 0) {
        if (rc < 0) {
            meeple__log(client->net.loop.log, MEEPLE_LOG_ERROR, "net", "%s", meeple_strerror(rc));
            return 0;
        }
        meeple__list_remove(&conn->ready);
        check_stream(client);
        return 0;
    }
    switch (ws.type) {
    case MEEPLE_WS_OPEN:
        return opened(client, event);
    case MEEPLE_WS_MESSAGE:
        return message(client, &ws, event);
    case MEEPLE_WS_CLOSING:
        if (client->state < CLIENT_UP) {
            return 0;
        }
        event->reason = meeple__net_reason(&client->net, ws.data);
        event->type = MEEPLE_EVENT_CLOSING;
        event->peer = MEEPLE_SERVER;
        event->code = ws.code;
        return 1;
    case MEEPLE_WS_CLOSED:
        closed(client, &ws);
        return 0;
    case MEEPLE_WS_REQUEST:
    default:
        return 0;
    }
}

static int leave_step(struct client *client, meeple_event *event)
{
    struct meeple__member *member = meeple__roster_next(&client->net.roster, NULL);

    if (!member) {
        client->state = CLIENT_ENDING;
        return 0;
    }
    /* The server goes last, as it came first. */
    if (member == &client->server && client->net.roster.count > 1) {
        member = meeple__roster_next(&client->net.roster, member);
    }
    event->type = MEEPLE_EVENT_LEAVE;
    event->peer = member->id;
    event->code = client->code;
    event->clean = client->clean;
    event->reason = client->net.reason;
    free_member(client, member);
    return 1;
}

static int client_step(meeple_net *net, meeple_event *event)
{
    struct client *client = client_of(net);

    if (client->state == CLIENT_UP) {
        client->state = CLIENT_SEATED;
        return joined(event, client, MEEPLE_SERVER);
    }
    while (client->state < CLIENT_LEAVING && !meeple__list_empty(&net->loop.ready)) {
        int rc = conn_step(client, event);

        if (rc != 0) {
            return rc;
        }
    }
    if (client->state == CLIENT_LEAVING) {
        int rc = leave_step(client, event);

        if (rc != 0) {
            return rc;
        }
    }
    if (client->state == CLIENT_ENDING) {
        meeple__conn_flush(&client->conn);
        if (meeple__conn_waits(&client->conn)) {
            meeple__list_remove(&client->conn.ready);
            return 0;
        }
        if (client->conn.phase != MEEPLE__CONN_LINGERING) {
            /* The server is not to keep a peer that will never speak again. */
            meeple__conn_leave(&client->conn);
        }
        event->reason = net->reason;
        return meeple__net_down(net, event, client->code, client->clean);
    }
    return 0;
}

static int client_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text)
{
    struct client *client = client_of(net);
    bool native = net->dialect == MEEPLE_DIALECT_NATIVE;
    uint8_t bytes[MEEPLE__PACKET_HEAD];
    meeple_bytes head = {bytes, native ? sizeof bytes : 0};
    int rc;

    if (client->state >= CLIENT_LEAVING) {
        return MEEPLE_ESTATE;
    }
    /* A plain client sees the server only. */
    if (meeple__is_many(to) ? !native && !meeple__reaches(0, to, MEEPLE_SERVER)
                            : !meeple__roster_find(&net->roster, to)) {
        return MEEPLE_ENOTFOUND;
    }
    meeple__packet_head(bytes, MEEPLE__PACKET_DATA, text, to);
    rc = meeple__ws_send(&client->conn.ws, head, packet, text && !native);
    if (rc == MEEPLE_EFULL) {
        meeple__conn_flush(&client->conn);
        rc = meeple__ws_send(&client->conn.ws, head, packet, text && !native);
    }
    if (rc == 0) {
        net->stats.packets_out++;
        meeple__conn_wrote(&client->conn);
    } else if (rc == MEEPLE_EFULL) {
        meeple__conn_missed(&client->conn, head.len + packet.len);
    }
    return rc;
}

static int client_kick(meeple_net *net, int32_t peer, uint16_t code, const char *reason)
{
    (void)net, (void)peer, (void)code, (void)reason;
    return MEEPLE_ESTATE;
}

static int client_close(meeple_net *net, uint16_t code, const char *reason)
{
    struct client *client = client_of(net);
    struct meeple__conn *conn = &client->conn;

    if (client->state >= CLIENT_LEAVING) {
        return 0;
    }
    if (meeple__ws_close(&conn->ws, code, reason, meeple__loop_now(&net->loop)) < 0 &&
        !conn->ws.close_received && !conn->ws.failed) {
        /* There is nobody to say goodbye to yet. */
        end(client, code, false, (meeple_bytes){(const uint8_t *)reason, strlen(reason)});
        return 0;
    }
    meeple__conn_wrote(conn);
    meeple__conn_schedule(conn);
    return 0;
}

static bool client_owes(const meeple_net *net)
{
    const struct client *client = MEEPLE__CONTAINER_CONST(net, struct client, net);

    return client->state == CLIENT_UP || client->state == CLIENT_LEAVING ||
           (client->state == CLIENT_ENDING && !meeple__conn_waits(&client->conn));
}

static struct meeple__conn *client_conn_of(const meeple_net *net, struct meeple__member *member)
{
    (void)member;
    return net->only;
}

static void client_free(meeple_net *net)
{
    struct client *client = client_of(net);
    const meeple_mem *mem = net->loop.mem;
    struct meeple__member *member;

    while ((member = meeple__roster_next(&net->roster, NULL))) {
        free_member(client, member);
    }
    if (net->only) {
        meeple__conn_done(&client->conn);
    }
    meeple__free(mem, client->host);
    meeple__free(mem, client->host_header);
    meeple__free(mem, client->path);
    meeple__strings_free(client->headers, mem);
    meeple__tls_context_unref(client->tls);
}

static void client_accepted(meeple_net *net, meeple_socket *socket)
{
    net->loop.driver->close(net->loop.io, socket);
}

static const struct meeple__net_ops client_ops = {client_free,  client_step, client_accepted,
                                                  client_send,  NULL,        client_kick,
                                                  client_close, client_owes, client_conn_of};

static int copy_url(struct client *client, const struct meeple__url *url)
{
    const meeple_mem *mem = client->net.loop.mem;
    char host[MEEPLE__HOST_MAX + 1], header[MEEPLE__HOST_MAX + 16];
    const char *slash = url->target.len > 0 && url->target.ptr[0] == '/' ? "" : "/";
    size_t size = url->target.len + 2;

    snprintf(host, sizeof host, "%.*s", (int)url->host.len, (const char *)url->host.ptr);
    if (url->port == (url->secure ? MEEPLE__WSS_PORT : MEEPLE__WS_PORT)) {
        snprintf(header, sizeof header, url->literal_v6 ? "[%s]" : "%s", host);
    } else {
        snprintf(header, sizeof header, url->literal_v6 ? "[%s]:%u" : "%s:%u", host,
                 (unsigned)url->port);
    }
    client->host = meeple__strdup(mem, host);
    client->host_header = meeple__strdup(mem, header);
    client->path = meeple__alloc(mem, size);
    if (!client->host || !client->host_header || !client->path) {
        return MEEPLE_ENOMEM;
    }
    snprintf(client->path, size, "%s%.*s", slash, (int)url->target.len,
             (const char *)url->target.ptr);
    return 0;
}

/* Whom to believe is in files; one that cannot be read is a fault like a server that is not there:
 * it is told by DOWN. */
static int read_tls(struct client *client, const meeple_tls_client_options *options)
{
    char why[MEEPLE__FAULT_TEXT] = "";
    int rc = meeple__tls_context_client(&client->tls, options, client->host, client->net.loop.mem,
                                        why, sizeof why);

    if (rc != MEEPLE_ETLS) {
        return rc;
    }
    blame(client, MEEPLE_STAGE_TLS, 0, why);
    end(client, MEEPLE_CLOSE_ABNORMAL, false, (meeple_bytes){(const uint8_t *)why, strlen(why)});
    return 0;
}

static int begin(struct client *client, const struct meeple__net_options *common,
                 const meeple_connect_options *options, const struct meeple__url *url)
{
    meeple_net *net = &client->net;
    int rc = meeple__net_init(net, common);

    if (rc == 0) {
        rc = meeple__strings_copy(&client->headers, options->headers, options->mem);
    }
    if (rc == 0) {
        rc = copy_url(client, url);
    }
    if (rc == 0) {
        rc = meeple__net_config(net,
                                (meeple_ws_options){.host = client->host_header,
                                                    .path = client->path,
                                                    .deflate = options->deflate,
                                                    .headers = meeple__strings(client->headers)});
    }
    if (rc == 0 && url->secure) {
        rc = read_tls(client, &options->tls);
    }
    if (rc == 0) {
        rc = meeple__conn_init(&client->conn, &net->loop, &net->config, NULL, client->tls);
    }
    if (rc < 0) {
        return rc;
    }
    net->only = &client->conn;
    if (client->state == CLIENT_LEAVING) {
        return 0;
    }
    return meeple__conn_connect(&client->conn, client->host, url->port,
                                net->limits.connect_timeout_ms);
}

int meeple__client_new(meeple_net **out, const char *url, const meeple_connect_options *options,
                       struct meeple__loopback *hub)
{
    struct meeple__net_options common = {options->protocols,
                                         options->dialect,
                                         &options->limits,
                                         options->io,
                                         options->mem,
                                         options->log,
                                         hub};
    struct meeple__url parsed;
    struct client *client;
    int rc = meeple__url_parse(&parsed, url);

    if (rc < 0) {
        return rc;
    }
    client = meeple__alloc(options->mem, sizeof *client);
    if (!client) {
        return MEEPLE_ENOMEM;
    }
    client->net.ops = &client_ops;
    client->welcome_deadline_ms = UINT64_MAX;
    rc = begin(client, &common, options, &parsed);
    if (rc < 0) {
        meeple_net_free(&client->net);
        return rc;
    }
    *out = &client->net;
    return 0;
}

int meeple_net_connect(meeple_net **out, const char *url, const meeple_connect_options *options)
{
    static const meeple_connect_options defaults = {0};

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!url) {
        return MEEPLE_EINVAL;
    }
    return meeple__client_new(out, url, options ? options : &defaults, NULL);
}
