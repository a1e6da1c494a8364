/* net_web_in: what a page's WebSocket hands in, and how it ends. */
#include "transport/net_web.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "transport/strings.h"

enum {
    PROTOCOL_MAX = 127
};

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

void meeple__web_client_drop(struct meeple__web_client *client)
{
    if (client->handle >= 0) {
        meeple__web_drop(client->handle);
        client->handle = -1;
    }
    client->open = false;
}

/* ---- how it ends ---- */

void meeple__web_client_broken(struct meeple__web_client *client, uint16_t code, const char *why)
{
    meeple__web_client_drop(client);
    meeple__session_closed(&client->session, code, false, bytes_of(why));
}

void meeple__web_client_fail(struct meeple__web_client *client, uint16_t code, const char *why)
{
    meeple__web_close(client->handle, meeple__web_code(code), why);
    if (client->session.state < MEEPLE__SESSION_UP) {
        meeple__session_blame(&client->session, MEEPLE_STAGE_SESSION, code, why);
    }
    meeple__web_client_broken(client, code, why);
}

/* Before it was open.  A browser keeps to itself what stopped it, so that pages cannot feel their
 * way around a network. */
static void blame_browser(struct meeple__web_client *client)
{
    const meeple_net *net = &client->net;
    bool needed = net->seat->protocol_rule != MEEPLE__PROTOCOL_OPTIONAL;
    const char *protocol = needed && net->protocols ? net->protocols[0] : NULL;
    const char *hint = client->secure                 ? " Is its certificate one that it trusts?"
                       : meeple__web_page_is_secure() ? " A page over https may have to use wss://."
                                                      : "";
    char text[MEEPLE__FAULT_TEXT];

    snprintf(text, sizeof text,
             "could not connect to %.100s; the browser does not say why: is the server running "
             "there, and does it speak %.40s?%s",
             client->host, protocol ? protocol : "WebSocket", hint);
    meeple__session_blame(&client->session, MEEPLE_STAGE_CONNECT, 0, text);
    meeple__session_lost(&client->session);
}

/* More came than the application took. */
static void overflown(struct meeple__web_client *client)
{
    char text[MEEPLE__FAULT_TEXT];

    snprintf(text, sizeof text, "the application took no messages: over %zu bytes of them waited",
             client->net.limits.backlog_bytes_max);
    meeple__session_blame(&client->session, MEEPLE_STAGE_SESSION, MEEPLE_CLOSE_POLICY, text);
    meeple__web_client_broken(client, MEEPLE_CLOSE_POLICY, text);
}

static int closed(struct meeple__web_client *client, const struct meeple__web_event *from,
                  meeple_event *event)
{
    char text[MEEPLE_REASON_MAX + 1] = "";
    uint16_t code = from->code;
    bool closing = client->close_deadline_ms != UINT64_MAX;
    int rc = 0;

    if (from->overflow) {
        overflown(client);
        return 0;
    }
    if (from->len <= MEEPLE_REASON_MAX) {
        meeple__web_take(client->handle, text);
        text[from->len] = '\0';
    }
    if (!client->open) {
        meeple__web_client_drop(client);
        blame_browser(client);
        return 0;
    }
    if (code == MEEPLE_CLOSE_ABNORMAL) {
        meeple__web_client_broken(client, code,
                                  closing ? "the connection was lost while closing"
                                          : "the connection was lost");
        return 0;
    }
    if (closing && code == client->code_said) {
        code = client->net.close_code;
    } else if (!closing) {
        rc = meeple__session_closing(&client->session, code, bytes_of(text), event);
    }
    meeple__web_client_drop(client);
    meeple__session_closed(&client->session, code, from->clean, bytes_of(text));
    return rc;
}

/* ---- what comes ---- */

/* The agreed subprotocol, as our own list has it; NULL: it is not there. */
static const char *agreed(const struct meeple__web_client *client, const char *protocol)
{
    const char *const *ours = meeple__strings(client->net.protocols);

    for (size_t i = 0; ours && ours[i]; i++) {
        if (strcmp(ours[i], protocol) == 0) {
            return ours[i];
        }
    }
    return *protocol == '\0' && (client->net.seat->protocol_rule == MEEPLE__PROTOCOL_OPTIONAL ||
                                 !ours || !ours[0])
               ? ""
               : NULL;
}

/* What the session said of something that came. */
static int answered(struct meeple__web_client *client, int rc)
{
    if (rc == MEEPLE_EPROTO) {
        meeple__web_client_fail(client, client->session.breach_code, client->session.breach);
        return 0;
    }
    if (client->session.state >= MEEPLE__SESSION_UP) {
        client->open_deadline_ms = UINT64_MAX;
    }
    return rc;
}

static int opened(struct meeple__web_client *client, const struct meeple__web_event *from,
                  meeple_event *event)
{
    char text[PROTOCOL_MAX + 1] = "";
    const char *protocol = NULL;

    if (from->len <= PROTOCOL_MAX) {
        meeple__web_take(client->handle, text);
        text[from->len] = '\0';
        protocol = agreed(client, text);
    }
    if (!protocol) {
        /* A browser should not have let it come so far. */
        meeple__session_blame(&client->session, MEEPLE_STAGE_SUBPROTOCOL, 0,
                              "the server agrees to none of the subprotocols offered");
        meeple__web_close(client->handle, meeple__web_code(MEEPLE_CLOSE_PROTOCOL_ERROR), "");
        meeple__web_client_broken(client, MEEPLE_CLOSE_ABNORMAL, client->net.fault.text);
        return 0;
    }
    client->open = true;
    client->grace_ms = UINT64_MAX;
    meeple__heartbeat_begin(&client->heartbeat, client->net.loop.now_ms);
    return answered(client, meeple__session_opened(&client->session, protocol, event));
}

/* Room for a message: what is there, or as much as it needs. */
static bool reserve(struct meeple__web_client *client, size_t len)
{
    const meeple_mem *mem = client->net.loop.mem;

    if (len <= client->message_cap) {
        return true;
    }
    meeple__free(mem, client->message);
    client->message = meeple__alloc(mem, len);
    client->message_cap = client->message ? len : 0;
    return client->message;
}

static int message(struct meeple__web_client *client, const struct meeple__web_event *from,
                   meeple_event *event)
{
    meeple__heartbeat_heard(&client->heartbeat, client->net.loop.now_ms);
    client->net.loop.bytes_in += from->len;
    if (from->len > client->net.limits.message_bytes_max) {
        meeple__web_client_fail(client, MEEPLE_CLOSE_TOO_BIG, "the message is over the limit");
        return 0;
    }
    if (!reserve(client, from->len)) {
        meeple__web_client_fail(client, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        return 0;
    }
    if (from->len > 0) {
        meeple__web_take(client->handle, client->message);
    }
    return answered(client,
                    meeple__session_message(&client->session, from->text,
                                            (meeple_bytes){client->message, from->len}, event));
}

int meeple__web_client_take(struct meeple__web_client *client, meeple_event *event)
{
    struct meeple__web_event from;
    int rc = 0;

    while (rc == 0 && client->handle >= 0 && meeple__web_next(client->handle, &from) > 0) {
        switch (from.type) {
        case MEEPLE__WEB_OPEN:
            rc = opened(client, &from, event);
            break;
        case MEEPLE__WEB_MESSAGE:
            rc = message(client, &from, event);
            break;
        case MEEPLE__WEB_CLOSED:
        default:
            rc = closed(client, &from, event);
            break;
        }
    }
    return rc;
}
