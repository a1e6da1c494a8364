/* net_client: a seat that connects to a server and sees the other peers through it. */
#include "transport/session.h"

#include <stdio.h>
#include <string.h>

#include "core/apart.h"
#include "core/log.h"
#include "core/mem.h"
#include "transport/strings.h"
#include "transport/url.h"

struct client {
    meeple_net net;
    struct meeple__conn conn;
    struct meeple__session session;
    uint64_t welcome_deadline_ms;
    struct meeple__tls_context *tls; /* of "wss://" */
    char *host, *host_header, *path;
    char **headers;
};

static struct client *client_of(meeple_net *net)
{
    return MEEPLE__CONTAINER(net, struct client, net);
}

/* What the session said of something that came. */
static int answered(struct client *client, int rc)
{
    if (rc == MEEPLE_EPROTO) {
        meeple__ws_fail(&client->conn.ws, client->session.breach_code, client->session.breach);
        return 0;
    }
    if (client->session.state == MEEPLE__SESSION_UP) {
        client->conn.extra_deadline_ms = UINT64_MAX;
        meeple__conn_schedule(&client->conn);
    }
    return rc;
}

static int opened(struct client *client, meeple_event *event)
{
    struct meeple__conn *conn = &client->conn;
    int rc = meeple__session_opened(&client->session, meeple__ws_protocol(&conn->ws), event);

    if (client->session.state == MEEPLE__SESSION_WAITING) {
        conn->extra_deadline_ms = client->welcome_deadline_ms;
        meeple__conn_schedule(conn);
    }
    return answered(client, rc);
}

/* Whether the server told us of a mistake, and has read nothing since: not our answer, and not that
 * the stream ends. */
static bool is_zombie(const struct client *client, uint16_t code)
{
    return client->net.seat->turns_zombie &&
           (code == MEEPLE_CLOSE_PROTOCOL_ERROR || code == MEEPLE_CLOSE_INVALID_TEXT ||
            code == MEEPLE_CLOSE_TOO_BIG);
}

static void closed(struct client *client, const meeple_ws_event *ws)
{
    struct meeple__session *session = &client->session;
    struct meeple__conn *conn = &client->conn;
    meeple_bytes why = ws->data;
    meeple_fault fault = meeple__conn_fault(conn), refusal = meeple__ws_fault(&conn->ws);

    if (session->state < MEEPLE__SESSION_UP) {
        meeple__net_blame(&client->net, &fault);
        meeple__net_blame(&client->net, &refusal);
        if (conn->ws.failed) {
            meeple__session_blame(session, MEEPLE_STAGE_SESSION, conn->ws.code,
                                  meeple__ws_why(&conn->ws));
        }
    } else if (conn->ws.silent) {
        meeple__session_blame(session, MEEPLE_STAGE_TIMEOUT, 0,
                              "nothing was heard from the server for too long");
    } else if (!ws->clean) {
        meeple__net_blame(&client->net, &fault);
    }
    if (session->state < MEEPLE__SESSION_UP && fault.stage == MEEPLE_STAGE_TLS) {
        why = (meeple_bytes){(const uint8_t *)fault.text, strlen(fault.text)};
    }
    meeple__session_closed(session, ws->code, ws->clean, why);
    conn->first = is_zombie(client, ws->code);
    /* It lingers from now on, and the application may have been away for longer. */
    meeple__loop_now(&client->net.loop);
    meeple__conn_linger(conn);
}

/* The stream never came to be, or its time is up. */
static void check_stream(struct client *client)
{
    struct meeple__session *session = &client->session;
    struct meeple__conn *conn = &client->conn;
    char text[MEEPLE__FAULT_TEXT];

    if (conn->phase == MEEPLE__CONN_CONNECTING && conn->ws.timed_out) {
        snprintf(text, sizeof text, "no connection to %s within %u ms", client->host_header,
                 (unsigned)client->net.limits.connect_timeout_ms);
        meeple__session_blame(session, MEEPLE_STAGE_TIMEOUT, 0, text);
        meeple__session_lost(session);
    } else if (conn->phase == MEEPLE__CONN_GONE) {
        meeple_fault fault = meeple__conn_fault(conn);

        meeple__net_blame(&client->net, &fault);
        meeple__session_lost(session);
    } else if (session->state == MEEPLE__SESSION_WAITING && conn->extra_deadline_ms == UINT64_MAX) {
        meeple__session_late(session);
    }
}

static int conn_step(struct client *client, meeple_event *event)
{
    struct meeple__conn *conn = &client->conn;
    meeple_ws_event ws;
    int rc;

    if (client->session.state == MEEPLE__SESSION_CONNECTING && conn->phase == MEEPLE__CONN_LIVE &&
        client->welcome_deadline_ms == UINT64_MAX) {
        client->welcome_deadline_ms =
            client->net.loop.now_ms + client->net.limits.handshake_timeout_ms;
    }
    if (meeple__line_waits(&conn->line) && meeple__conn_drained(conn)) {
        meeple__event_set(event, MEEPLE_EVENT_DRAINED, MEEPLE_SERVER);
        return 1;
    }
    if (meeple__line_waits(&conn->line) && meeple__conn_got_room(conn)) {
        meeple__event_set(event, MEEPLE_EVENT_NONE, MEEPLE_SERVER); /* meeple__net_room() */
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
        return answered(client, meeple__session_message(&client->session, ws.text, ws.data, event));
    case MEEPLE_WS_CLOSING:
        return meeple__session_closing(&client->session, ws.code, ws.data, event);
    case MEEPLE_WS_CLOSED:
        closed(client, &ws);
        return 0;
    case MEEPLE_WS_REQUEST:
    default:
        return 0;
    }
}

static int client_step(meeple_net *net, meeple_event *event)
{
    struct client *client = client_of(net);
    struct meeple__session *session = &client->session;
    int rc = meeple__session_next(session, event);

    while (rc == 0 && !meeple__session_is_over(session) && !meeple__list_empty(&net->loop.ready)) {
        rc = conn_step(client, event);
    }
    if (rc == 0) {
        rc = meeple__session_next(session, event);
    }
    if (rc == 0 && session->state == MEEPLE__SESSION_ENDING) {
        meeple__conn_flush(&client->conn);
        if (meeple__conn_waits(&client->conn)) {
            meeple__list_remove(&client->conn.ready);
            return 0;
        }
        if (client->conn.phase != MEEPLE__CONN_LINGERING) {
            /* The server is not to keep a peer that will never speak again. */
            meeple__conn_leave(&client->conn);
        }
        return meeple__net_down(net, event, session->code, session->clean, net->reason);
    }
    return rc;
}

/* The same packet to each other client, or to none. */
static MEEPLE__APART int send_each(meeple_net *net, meeple_bytes packet)
{
    struct client *client = client_of(net);
    struct meeple__member *member = NULL;
    struct meeple__ws *ws = &client->conn.ws;
    size_t len = 0;
    int rc = meeple__ws_is_open(ws) ? 0 : MEEPLE_ESTATE;

    if (rc == 0) {
        rc = meeple__session_each_len(&client->session, packet.len, &len);
    }
    if (rc == 0 && !meeple__ws_fits(ws, len)) {
        meeple__conn_flush(&client->conn);
    }
    if (rc == 0 && !meeple__ws_fits(ws, len)) {
        meeple__conn_missed(&client->conn, len - MEEPLE__WS_HEAD_MAX);
        rc = MEEPLE_EFULL;
    }
    if (rc < 0) {
        return rc;
    }
    while (rc == 0 && (member = meeple__roster_next(&net->roster, member))) {
        if (member != &client->session.server) {
            rc = net->ops->send(net, member->id, packet, false);
        }
    }
    if (rc < 0) {
        /* Some have it: it is not to be sent to them again. */
        meeple__ws_fail(ws, MEEPLE_CLOSE_INTERNAL_ERROR, meeple_strerror(rc));
        meeple__conn_touched(&client->conn);
    }
    return rc;
}

static int client_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text)
{
    struct client *client = client_of(net);
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];
    int rc = meeple__session_check_send(&client->session, to);
    meeple_bytes head;

    if (rc < 0) {
        return rc;
    }
    if (meeple__session_sends_each(&client->session, to)) {
        return send_each(net, packet);
    }
    head = meeple__session_head(&client->session, text, to, bytes);
    text = text && net->seat->texts;
    rc = meeple__ws_send(&client->conn.ws, head, packet, text);
    if (rc == MEEPLE_EFULL) {
        meeple__conn_flush(&client->conn);
        rc = meeple__ws_send(&client->conn.ws, head, packet, text);
    }
    if (rc == 0) {
        net->stats.packets_out++;
        meeple__conn_wrote(&client->conn);
    } else if (rc == MEEPLE_EFULL) {
        meeple__conn_missed(&client->conn, head.len + packet.len);
    }
    return rc;
}

static int client_close(meeple_net *net, uint16_t code, const char *reason)
{
    struct client *client = client_of(net);
    struct meeple__conn *conn = &client->conn;

    if (meeple__session_is_over(&client->session)) {
        return 0;
    }
    if (meeple__ws_close(&conn->ws, code, reason, meeple__loop_now(&net->loop)) < 0 &&
        !conn->ws.close_received && !conn->ws.failed) {
        /* There is nobody to say goodbye to yet. */
        meeple__session_end(&client->session, code, false,
                            (meeple_bytes){(const uint8_t *)reason, strlen(reason)});
        return 0;
    }
    meeple__conn_wrote(conn);
    meeple__conn_schedule(conn);
    return 0;
}

static uint64_t client_due_ms(const meeple_net *net)
{
    const struct client *client = MEEPLE__CONTAINER_CONST(net, struct client, net);
    const struct meeple__session *session = &client->session;
    bool down = session->state == MEEPLE__SESSION_ENDING && !meeple__conn_waits(&client->conn);

    return meeple__session_owes(session) || down ? 0 : UINT64_MAX;
}

static struct meeple__line *client_line_of(const meeple_net *net, struct meeple__member *member)
{
    (void)member;
    return net->only;
}

static void client_free(meeple_net *net)
{
    struct client *client = client_of(net);
    const meeple_mem *mem = net->loop.mem;

    meeple__session_done(&client->session);
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

static const struct meeple__net_ops client_ops = {
    client_free, client_step,  client_accepted, client_send,    NULL,
    NULL,        client_close, client_due_ms,   client_line_of, &meeple__conn_line_ops};

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
    meeple__session_blame(&client->session, MEEPLE_STAGE_TLS, 0, why);
    meeple__session_lost(&client->session);
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
    net->only = &client->conn.line;
    if (meeple__session_is_over(&client->session)) {
        return 0;
    }
    return meeple__conn_connect(&client->conn, client->host, url->port,
                                net->limits.connect_timeout_ms);
}

int meeple__connect_check(meeple_net **out, const char *url, const meeple_connect_options **options)
{
    static const meeple_connect_options defaults = {0};

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!*options) {
        *options = &defaults;
    }
    return url ? 0 : MEEPLE_EINVAL;
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
    meeple__session_init(&client->session, &client->net);
    rc = begin(client, &common, options, &parsed);
    if (rc < 0) {
        meeple_net_free(&client->net);
        return rc;
    }
    *out = &client->net;
    return 0;
}
