/* web_socket: the only door to the browser: its WebSockets. */
#ifndef MEEPLE_TRANSPORT_WEB_SOCKET_H
#define MEEPLE_TRANSPORT_WEB_SOCKET_H

#include <meeple/base.h>

/*
 * A WebSocket is a handle, 0 or above, from meeple__web_open() to meeple__web_drop().  The browser
 * reads whether we ask or not: what came waits on its side, in order, until it is asked for, and
 * there is a bound to that.  Nothing here calls back, waits or fails in another way than it says.
 *
 * In a page it is web_socket.c; tests have a browser of their own.
 */

typedef enum meeple__web_event_type {
    MEEPLE__WEB_OPEN = 1, /* bytes: the agreed subprotocol */
    MEEPLE__WEB_MESSAGE,  /* bytes: the message */
    MEEPLE__WEB_CLOSED    /* bytes: the reason; the last event */
} meeple__web_event_type;

struct meeple__web_event {
    meeple__web_event_type type;
    size_t len;    /* of the bytes, for meeple__web_take() */
    bool text;     /* MESSAGE; then they are UTF-8 */
    bool clean;    /* CLOSED: after a close handshake */
    bool overflow; /* CLOSED: more than backlog_max waited; the browser was told 4008 */
    uint16_t code; /* CLOSED: as the server said it, or 1005, 1006 */
};

enum {
    /* What a message that waits counts beside its bytes. */
    MEEPLE__WEB_MESSAGE_COST = 64
};

/*
 * Begins to connect.  protocols: NULL-terminated, or NULL.  At most backlog_max bytes wait on the
 * browser's side, or one message.  Below 0 the browser refused at once, and why has its sentence,
 * cut to why_size.
 */
int meeple__web_open(const char *url, const char *const *protocols, size_t backlog_max, char *why,
                     size_t why_size);
/* 1 and the next event, or 0. */
int meeple__web_next(int handle, struct meeple__web_event *event);
/* Whether there is one. */
bool meeple__web_pending(int handle);
/* Copies the bytes of the event that next() gave last to dst, which has room for them. */
void meeple__web_take(int handle, void *dst);
/* Queues one message of two parts, text (UTF-8) or binary.  MEEPLE_ESTATE: it is not open (any
 * more).  MEEPLE_ENOMEM. */
int meeple__web_send(int handle, meeple_bytes head, meeple_bytes body, bool text);
/* Bytes of messages that the browser has not sent yet. */
size_t meeple__web_queued(int handle);
/* Begins a close handshake: 1000 or 3000..4999, the reason at most 123 bytes of UTF-8.  Messages
 * that come from here on are lost. */
void meeple__web_close(int handle, uint16_t code, const char *reason);
/* Nothing is heard of it any more, and the handle is free; if it is not closed yet, the browser
 * closes it on its own. */
void meeple__web_drop(int handle);
/* The program is called, with nothing of it on the stack, as if something had come: its nets have
 * something to tell that comes from no WebSocket. */
void meeple__web_wake(void);
/* Whether the page itself came over TLS: then a browser lets it open "wss://" only, or nearly. */
bool meeple__web_page_is_secure(void);

#endif /* MEEPLE_TRANSPORT_WEB_SOCKET_H */
