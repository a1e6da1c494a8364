/* net_web: a client in a browser's page, over the page's own WebSocket. */
#ifndef MEEPLE_TRANSPORT_NET_WEB_H
#define MEEPLE_TRANSPORT_NET_WEB_H

#include "transport/session.h"
#include "transport/web_socket.h"

struct meeple__web_client {
    meeple_net net;
    struct meeple__line line;
    struct meeple__session session;
    struct meeple__heartbeat heartbeat; /* of the native dialect: a page cannot send ping frames */
    int handle;                         /* of the browser's WebSocket; below 0: none (any more) */
    bool open;
    bool secure;                /* "wss://" */
    char *host;                 /* of the URL, with its port */
    uint64_t open_deadline_ms;  /* to be in the session; UINT64_MAX: it is */
    uint64_t close_deadline_ms; /* UINT64_MAX: we have not asked to close */
    uint64_t grace_ms;          /* a time-out was seen too late; UINT64_MAX: none was */
    uint16_t code_said;         /* to the browser, in place of the net's close_code */
    uint8_t *message;           /* the last one, which an event points at */
    size_t message_cap;
    size_t queued;     /* when it was last looked at */
    size_t beat_bytes; /* to go until the heartbeat's last ping is gone */
};

static inline struct meeple__web_client *meeple__web_client_of(meeple_net *net)
{
    return MEEPLE__CONTAINER(net, struct meeple__web_client, net);
}

/* Whether a message may go. */
static inline bool meeple__web_client_sends(const struct meeple__web_client *client)
{
    return client->open && client->close_deadline_ms == UINT64_MAX;
}

/* ---- net_web_in: what comes, and how it ends ---- */

/* Takes what the browser has until there is an event: 1 or 0. */
int meeple__web_client_take(struct meeple__web_client *client, meeple_event *event);
/* Nothing is heard of the WebSocket any more. */
void meeple__web_client_drop(struct meeple__web_client *client);
/* It is no more: an end that is not clean, with these words for everybody. */
void meeple__web_client_broken(struct meeple__web_client *client, uint16_t code, const char *why);
/* The server broke a rule: it is told, and nothing of it is heard any more. */
void meeple__web_client_fail(struct meeple__web_client *client, uint16_t code, const char *why);
/* What a browser lets a page say in place of a close code: 1000 and 3000..4999 only, so the others
 * go 3000 higher. */
static inline uint16_t meeple__web_code(uint16_t code)
{
    return code > MEEPLE_CLOSE_NORMAL && code < 3000 ? (uint16_t)(code + 3000) : code;
}

/* ---- net_web_out: what goes ---- */

extern const struct meeple__line_ops meeple__web_line_ops;

int meeple__web_client_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text);
/* DRAINED, or the room that meeple__net_room() waits for: 1 or 0. */
int meeple__web_client_tell_room(struct meeple__web_client *client, meeple_event *event);
/* The ping that is due. */
void meeple__web_client_beat(struct meeple__web_client *client);
/* When a server that answers no ping is gone; UINT64_MAX: we still have to ask. */
uint64_t meeple__web_client_silent_ms(const struct meeple__web_client *client);
/* When any of this has to be looked at: as due_ms of a net's operations. */
uint64_t meeple__web_client_due_ms(const struct meeple__web_client *client);

#endif /* MEEPLE_TRANSPORT_NET_WEB_H */
