/* net_web: a client in a browser's page, over the page's own WebSocket. */
#include "transport/net_web.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "transport/strings.h"
#include "transport/url.h"

enum {
    KEPT_BYTES = 16384, /* of the memory for a message, until the next */
    GRACE_MS = 500      /* for a browser to hand in what it has */
};

/* Gives back what an unusual message took. */
static void forget_message(struct meeple__web_client *client)
{
    if (client->message_cap > KEPT_BYTES) {
        meeple__free(client->net.loop.mem, client->message);
        client->message = NULL;
        client->message_cap = 0;
    }
}

static uint64_t sooner(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* Whether a time-out has come.  What we were told by now came in time; but a browser tells it only
 * while the page does nothing, and a page may have been busy, frozen or asleep until now.  So a
 * time-out that is seen too late counts only when the browser has had a while. */
static bool is_time_up(struct meeple__web_client *client)
{
    uint64_t now_ms = client->net.loop.now_ms;
    uint64_t end_ms = sooner(sooner(client->open_deadline_ms, client->close_deadline_ms),
                             meeple__web_client_silent_ms(client));

    if (now_ms < end_ms) {
        client->grace_ms = UINT64_MAX;
        return false;
    }
    if (now_ms > end_ms && client->grace_ms == UINT64_MAX) {
        client->grace_ms = now_ms + GRACE_MS;
    }
    return now_ms == end_ms || now_ms >= client->grace_ms;
}

static void give_up(struct meeple__web_client *client)
{
    uint64_t now_ms = client->net.loop.now_ms;
    const meeple_limits *limits = &client->net.limits;
    char text[MEEPLE__FAULT_TEXT];

    if (now_ms >= client->close_deadline_ms) {
        meeple__web_client_broken(client, MEEPLE_CLOSE_ABNORMAL,
                                  "the other side did not answer our close in time");
    } else if (now_ms >= client->open_deadline_ms && !client->open) {
        meeple__web_client_drop(client);
        snprintf(text, sizeof text, "no connection to %.200s within %llu ms", client->host,
                 (unsigned long long)limits->connect_timeout_ms + limits->handshake_timeout_ms);
        meeple__session_blame(&client->session, MEEPLE_STAGE_TIMEOUT, 0, text);
        meeple__session_lost(&client->session);
    } else if (now_ms >= client->open_deadline_ms) {
        meeple__web_client_drop(client);
        meeple__session_late(&client->session);
    } else {
        meeple__session_blame(&client->session, MEEPLE_STAGE_TIMEOUT, 0,
                              "nothing was heard from the server for too long");
        meeple__web_client_broken(client, MEEPLE_CLOSE_ABNORMAL, "nothing was heard for too long");
    }
}

static void check_time(struct meeple__web_client *client)
{
    if (is_time_up(client)) {
        give_up(client);
    } else {
        meeple__web_client_beat(client);
    }
}

static int web_step(meeple_net *net, meeple_event *event)
{
    struct meeple__web_client *client = meeple__web_client_of(net);
    struct meeple__session *session = &client->session;
    int rc = meeple__session_next(session, event);

    /* What has come is taken here, and not in a turn of the loop. */
    meeple__loop_now(&net->loop);
    forget_message(client);
    if (rc == 0 && !meeple__session_is_over(session)) {
        rc = meeple__web_client_tell_room(client, event);
    }
    if (rc == 0 && !meeple__session_is_over(session)) {
        rc = meeple__web_client_take(client, event);
    }
    if (rc == 0 && !meeple__session_is_over(session)) {
        check_time(client);
    }
    if (rc == 0) {
        rc = meeple__session_next(session, event);
    }
    if (rc == 0 && session->state == MEEPLE__SESSION_ENDING) {
        return meeple__net_down(net, event, session->code, session->clean, net->reason);
    }
    return rc;
}

static int web_close(meeple_net *net, uint16_t code, const char *reason)
{
    struct meeple__web_client *client = meeple__web_client_of(net);

    if (meeple__session_is_over(&client->session)) {
        return 0;
    }
    if (!client->open) {
        /* There is nobody to say goodbye to yet. */
        meeple__web_client_drop(client);
        meeple__session_end(&client->session, code, false,
                            (meeple_bytes){(const uint8_t *)reason, strlen(reason)});
        meeple__web_wake();
        return 0;
    }
    client->code_said = meeple__web_code(code);
    client->close_deadline_ms = meeple__loop_now(&net->loop) + net->limits.close_timeout_ms;
    client->open_deadline_ms = client->grace_ms = UINT64_MAX;
    meeple__web_close(client->handle, client->code_said, reason);
    return 0;
}

static uint64_t web_due_ms(const meeple_net *net)
{
    const struct meeple__web_client *client =
        MEEPLE__CONTAINER_CONST(net, struct meeple__web_client, net);
    uint8_t state = client->session.state;

    if (meeple__session_owes(&client->session) || state == MEEPLE__SESSION_ENDING) {
        return 0;
    }
    return meeple__web_client_due_ms(client);
}

static struct meeple__line *web_line_of(const meeple_net *net, struct meeple__member *member)
{
    (void)member;
    return net->only;
}

static void web_free(meeple_net *net)
{
    struct meeple__web_client *client = meeple__web_client_of(net);

    meeple__session_done(&client->session);
    meeple__web_client_drop(client);
    meeple__free(net->loop.mem, client->message);
    meeple__free(net->loop.mem, client->host);
}

static void web_accepted(meeple_net *net, meeple_socket *socket)
{
    net->loop.driver->close(net->loop.io, socket);
}

static const struct meeple__net_ops web_ops = {
    web_free,  web_step,   web_accepted, meeple__web_client_send, NULL, NULL,
    web_close, web_due_ms, web_line_of,  &meeple__web_line_ops};

static int copy_host(struct meeple__web_client *client, const struct meeple__url *url,
                     const char *text)
{
    const char *begin = strstr(text, "://") + 3;
    size_t len = (size_t)((const char *)url->target.ptr - begin);

    client->secure = url->secure;
    client->host = meeple__alloc(client->net.loop.mem, len + 1);
    if (!client->host) {
        return MEEPLE_ENOMEM;
    }
    memcpy(client->host, begin, len);
    client->host[len] = '\0';
    return 0;
}

static void ask_browser(struct meeple__web_client *client, const char *url)
{
    meeple_net *net = &client->net;
    char why[MEEPLE__FAULT_TEXT] = "";

    client->open_deadline_ms = meeple__loop_now(&net->loop) + net->limits.connect_timeout_ms +
                               net->limits.handshake_timeout_ms;
    client->handle = meeple__web_open(url, meeple__strings(net->protocols),
                                      net->limits.backlog_bytes_max, why, sizeof why);
    if (client->handle < 0) {
        meeple__session_blame(&client->session, MEEPLE_STAGE_CONNECT, 0, why);
        meeple__session_lost(&client->session);
        meeple__web_wake();
    }
}

static int begin(struct meeple__web_client *client, const char *text,
                 const meeple_connect_options *options)
{
    struct meeple__net_options common = {options->protocols,
                                         options->dialect,
                                         &options->limits,
                                         options->io,
                                         options->mem,
                                         options->log,
                                         NULL};
    meeple_net *net = &client->net;
    struct meeple__url url;
    int rc = meeple__net_init(net, &common);

    if (rc == 0) {
        rc = meeple__url_parse(&url, text);
    }
    if (rc == 0) {
        rc = meeple__net_config(
            net, (meeple_ws_options){.host = "browser", .deflate = options->deflate});
    }
    if (rc == 0 && net->seat->pings) {
        client->session.heartbeat = &client->heartbeat;
    }
    if (rc == 0 && url.target.len > net->config.head_written_max) {
        rc = MEEPLE_ETOOBIG;
    }
    if (rc == 0) {
        rc = copy_host(client, &url, text);
    }
    if (rc == 0) {
        ask_browser(client, text);
    }
    return rc;
}

static bool wants_too_much(const meeple_connect_options *options)
{
    const meeple_tls_client_options *tls = &options->tls;

    return (options->headers && options->headers[0]) || tls->ca_file || tls->cert_file ||
           tls->key_file || tls->pinned_sha256 || tls->insecure || tls->server_name;
}

int meeple__web_client_new(meeple_net **out, const char *url, const meeple_connect_options *options)
{
    struct meeple__web_client *client;
    int rc;

    if (wants_too_much(options)) {
        return MEEPLE_ENOTSUP;
    }
    client = meeple__alloc(options->mem, sizeof *client);
    if (!client) {
        return MEEPLE_ENOMEM;
    }
    client->net.ops = &web_ops;
    client->net.only = &client->line;
    client->handle = -1;
    client->open_deadline_ms = client->close_deadline_ms = client->grace_ms = UINT64_MAX;
    meeple__session_init(&client->session, &client->net);
    rc = begin(client, url, options);
    if (rc < 0) {
        meeple_net_free(&client->net);
        return rc;
    }
    *out = &client->net;
    return 0;
}
