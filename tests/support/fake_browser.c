/* fake_browser: transport/web_socket.h in a test: WebSockets that do as they are told, or that
 * speak over a simulated network as a browser's do. */
#include "tests/support/fake_browser.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/ws_probe.h"
#include "transport/url.h"

struct fake_event {
    struct meeple__web_event event;
    struct fake_event *next;
    uint8_t bytes[];
};

/* A connection of the browser's, with a WebSocket that is not a net's. */
struct fake_wire {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *socket;
    meeple_ws *ws;
    struct prng random;
    bool connected, blocked, ended;
};

static struct fake_browser browser;

static struct fake_socket *socket_of(int handle)
{
    cr_assert(handle >= 0 && handle < browser.count, "there is no WebSocket %d", handle);
    cr_assert_not(browser.sockets[handle].dropped, "WebSocket %d was dropped", handle);
    return &browser.sockets[handle];
}

static void say(struct fake_socket *socket, const char *what, const void *bytes, size_t len)
{
    char quoted[600];
    int added;

    probe_quote(quoted, sizeof quoted, bytes, len);
    added = snprintf(socket->said + socket->said_len, BROWSER_SAID - socket->said_len, "%s%s%s\n",
                     what, *quoted ? " " : "", quoted);
    socket->said_len += (size_t)added;
    if (socket->said_len > BROWSER_SAID - 1) {
        socket->said_len = BROWSER_SAID - 1;
    }
}

const char *browser_said(struct fake_socket *socket)
{
    static char said[BROWSER_SAID];

    memcpy(said, socket->said, sizeof said);
    socket->said[0] = '\0';
    socket->said_len = 0;
    return said;
}

/* ---- what happens to a socket ---- */

static void tell(struct fake_socket *socket, const struct meeple__web_event *event,
                 const void *bytes)
{
    struct fake_event *told = malloc(sizeof *told + event->len);

    cr_assert_not_null(told);
    told->event = *event;
    told->next = NULL;
    if (event->len > 0) {
        memcpy(told->bytes, bytes, event->len);
    }
    *socket->end = told;
    socket->end = &told->next;
}

void browser_opens(struct fake_socket *socket, const char *protocol)
{
    if (!socket->dropped) {
        socket->open = true;
        tell(socket, &(struct meeple__web_event){.type = MEEPLE__WEB_OPEN, .len = strlen(protocol)},
             protocol);
    }
}

void browser_hears(struct fake_socket *socket, const void *bytes, size_t len, bool text)
{
    /* Messages that come while it closes are lost: readyState is not OPEN any more. */
    if (socket->dropped || socket->over || socket->closing) {
        return;
    }
    if (socket->waiting > 0 &&
        socket->waiting + len + MEEPLE__WEB_MESSAGE_COST > socket->backlog_max) {
        say(socket, "close 4008", NULL, 0);
        socket->over = true;
        tell(socket,
             &(struct meeple__web_event){
                 .type = MEEPLE__WEB_CLOSED, .code = MEEPLE_CLOSE_ABNORMAL, .overflow = true},
             NULL);
        return;
    }
    socket->waiting += len + MEEPLE__WEB_MESSAGE_COST;
    tell(socket, &(struct meeple__web_event){.type = MEEPLE__WEB_MESSAGE, .len = len, .text = text},
         bytes);
}

void browser_closes(struct fake_socket *socket, uint16_t code, const char *reason, bool clean)
{
    if (!socket->dropped && !socket->over) {
        socket->over = true;
        socket->open = false;
        tell(socket,
             &(struct meeple__web_event){
                 .type = MEEPLE__WEB_CLOSED, .len = strlen(reason), .clean = clean, .code = code},
             reason);
    }
}

void browser_sends(struct fake_socket *socket, size_t len)
{
    cr_assert_leq(len, socket->buffered);
    socket->buffered -= len;
}

/* ---- over a network ---- */

static int fill(void *ctx, void *dst, size_t len)
{
    prng_fill(ctx, dst, len);
    return 0;
}

static void wire_free(struct fake_socket *socket)
{
    struct fake_wire *wire = socket->wire;

    if (wire) {
        if (wire->socket) {
            wire->driver->close(wire->io, wire->socket);
        }
        wire->driver->free(wire->io);
        meeple_ws_free(wire->ws);
        free(wire);
        socket->wire = NULL;
    }
}

static void wire_begin(struct fake_socket *socket, const char *const *protocols)
{
    struct fake_wire *wire = calloc(1, sizeof *wire);
    struct meeple__url url;
    char host[64];

    cr_assert_not_null(wire);
    cr_assert_eq(meeple__url_parse(&url, socket->url), 0);
    snprintf(host, sizeof host, "%.*s", (int)url.host.len, (const char *)url.host.ptr);
    wire->driver = sim_driver(browser.sim, browser.host);
    wire->random.state = (uint64_t)browser.count;
    cr_assert_eq(wire->driver->open(wire->driver, NULL, NULL, &wire->io), 0);
    cr_assert_eq(wire->driver->connect(wire->io, host, url.port, wire, &wire->socket), 0);
    cr_assert_eq(meeple_ws_new(&wire->ws,
                               &(meeple_ws_options){.host = host,
                                                    .protocols = protocols,
                                                    .protocol_required = protocols != NULL,
                                                    .handshake_timeout_ms = 1000000,
                                                    .close_timeout_ms = 1000000,
                                                    .message_bytes_max = 1 << 24,
                                                    .queue_bytes_max = 1 << 26,
                                                    .random = fill,
                                                    .random_ctx = &wire->random},
                               NULL),
                 0);
    socket->wire = wire;
}

static bool take_events(struct fake_socket *socket)
{
    meeple_ws_event event;
    char text[128];
    bool any = false;

    while (meeple_ws_next(socket->wire->ws, &event) > 0) {
        any = true;
        snprintf(text, sizeof text, "%.*s", (int)(event.data.len < 127 ? event.data.len : 127),
                 (const char *)event.data.ptr);
        switch (event.type) {
        case MEEPLE_WS_OPEN:
            browser_opens(socket, text);
            break;
        case MEEPLE_WS_MESSAGE:
            browser_hears(socket, event.data.ptr, event.data.len, event.text);
            break;
        case MEEPLE_WS_CLOSED:
            browser_closes(socket, event.code, event.code == MEEPLE_CLOSE_ABNORMAL ? "" : text,
                           event.clean);
            break;
        case MEEPLE_WS_REQUEST:
        case MEEPLE_WS_CLOSING:
        default:
            break;
        }
    }
    return any;
}

static void flush(struct fake_wire *wire)
{
    meeple_bytes part;

    while (wire->connected && !wire->blocked && !wire->ended &&
           meeple_ws_tx(wire->ws, &part, 1) > 0) {
        size_t gone = wire->driver->send(wire->io, wire->socket, &part, 1);

        wire->blocked = gone < part.len;
        meeple_ws_sent(wire->ws, gone);
    }
}

static bool wire_turn(struct fake_socket *socket)
{
    struct fake_wire *wire = socket->wire;
    meeple_io_event event;
    bool any = false;

    while (wire->driver->next(wire->io, &event, 0) > 0) {
        any = true;
        if (event.type == MEEPLE_IO_CONNECTED) {
            wire->connected = true;
        } else if (event.type == MEEPLE_IO_RECEIVED) {
            meeple_ws_feed(wire->ws, event.bytes, event.len, sim_now(browser.sim));
        } else if (event.type == MEEPLE_IO_SENT) {
            wire->blocked = false;
            meeple_ws_sent(wire->ws, event.len);
        } else if (event.type == MEEPLE_IO_ENDED || event.type == MEEPLE_IO_BROKEN) {
            wire->ended = true;
            meeple_ws_eof(wire->ws);
        }
        take_events(socket);
    }
    flush(wire);
    any = take_events(socket) || any;
    if (wire->ended && wire->socket) {
        wire->driver->close(wire->io, wire->socket);
        wire->socket = NULL;
    }
    return any;
}

bool browser_turn(void *ctx)
{
    bool any = false;

    (void)ctx;
    for (int i = 0; i < browser.count; i++) {
        if (browser.sockets[i].wire) {
            any = wire_turn(&browser.sockets[i]) || any;
        }
    }
    return any;
}

/* ---- the door ---- */

int meeple__web_open(const char *url, const char *const *protocols, size_t backlog_max, char *why,
                     size_t why_size)
{
    struct fake_socket *socket = &browser.sockets[browser.count];

    if (browser.refuses) {
        snprintf(why, why_size, "%s", browser.refuses);
        browser.refuses = NULL;
        return -1;
    }
    cr_assert_lt(browser.count, BROWSER_SOCKETS_MAX);
    *socket = (struct fake_socket){.backlog_max = backlog_max, .end = &socket->events};
    snprintf(socket->url, sizeof socket->url, "%s", url);
    for (size_t i = 0; protocols && protocols[i]; i++) {
        size_t len = strlen(socket->protocols);

        snprintf(socket->protocols + len, sizeof socket->protocols - len, "%s%s", i > 0 ? "," : "",
                 protocols[i]);
    }
    if (browser.sim) {
        wire_begin(socket, protocols);
    }
    return browser.count++;
}

int meeple__web_next(int handle, struct meeple__web_event *event)
{
    struct fake_socket *socket = socket_of(handle);
    struct fake_event *first = socket->events;

    if (!first) {
        return 0;
    }
    free(socket->last);
    socket->last = first;
    socket->events = first->next;
    if (!socket->events) {
        socket->end = &socket->events;
    }
    if (first->event.type == MEEPLE__WEB_MESSAGE) {
        socket->waiting -= first->event.len + MEEPLE__WEB_MESSAGE_COST;
    }
    *event = first->event;
    return 1;
}

bool meeple__web_pending(int handle)
{
    return socket_of(handle)->events;
}

void meeple__web_take(int handle, void *dst)
{
    struct fake_socket *socket = socket_of(handle);

    cr_assert_not_null(socket->last);
    if (socket->last->event.len > 0) {
        memcpy(dst, socket->last->bytes, socket->last->event.len);
    }
}

int meeple__web_send(int handle, meeple_bytes head, meeple_bytes body, bool text)
{
    struct fake_socket *socket = socket_of(handle);
    size_t len = head.len + body.len;
    uint8_t *bytes;

    if (browser.send_fails) {
        return browser.send_fails;
    }
    if (!socket->open || socket->closing || socket->over) {
        return MEEPLE_ESTATE;
    }
    bytes = malloc(len + 1);
    cr_assert_not_null(bytes);
    if (head.len > 0) {
        memcpy(bytes, head.ptr, head.len);
    }
    if (body.len > 0) {
        memcpy(bytes + head.len, body.ptr, body.len);
    }
    say(socket, text ? "text" : "binary", bytes, len);
    if (socket->wire) {
        cr_assert_eq(meeple_ws_send(socket->wire->ws, (meeple_bytes){bytes, len}, text), 0);
        flush(socket->wire);
    } else {
        socket->buffered += len;
    }
    free(bytes);
    return 0;
}

size_t meeple__web_queued(int handle)
{
    struct fake_socket *socket = socket_of(handle);

    return socket->wire ? meeple_ws_queued(socket->wire->ws) : socket->buffered;
}

/* What a page may say: the WebSockets standard, close(). */
void meeple__web_close(int handle, uint16_t code, const char *reason)
{
    struct fake_socket *socket = socket_of(handle);
    char what[32];

    cr_assert(code == 1000 || (code >= 3000 && code <= 4999), "a browser does not say %u",
              (unsigned)code);
    cr_assert_leq(strlen(reason), 123);
    snprintf(what, sizeof what, "close %u", (unsigned)code);
    say(socket, what, reason, strlen(reason));
    socket->closing = true;
    if (socket->wire && socket->open) {
        meeple_ws_close(socket->wire->ws, code, reason, 0);
        flush(socket->wire);
    }
}

void meeple__web_drop(int handle)
{
    struct fake_socket *socket = socket_of(handle);

    while (socket->events) {
        struct fake_event *event = socket->events;

        socket->events = event->next;
        free(event);
    }
    free(socket->last);
    socket->last = NULL;
    if (socket->wire && socket->open && !socket->closing) {
        meeple_ws_close(socket->wire->ws, 0, NULL, 0);
        flush(socket->wire);
    }
    socket->dropped = true;
}

void meeple__web_wake(void)
{
    browser.wakes++;
}

bool meeple__web_page_is_secure(void)
{
    return browser.secure;
}

/* ---- the browser ---- */

struct fake_browser *browser_begin(void)
{
    browser = (struct fake_browser){0};
    return &browser;
}

void browser_end(void)
{
    for (int i = 0; i < browser.count; i++) {
        cr_assert(browser.sockets[i].dropped, "WebSocket %d was not dropped", i);
        wire_free(&browser.sockets[i]);
    }
}

struct fake_socket *browser_last(void)
{
    cr_assert_gt(browser.count, 0);
    return &browser.sockets[browser.count - 1];
}
