/* net_web_out: what a page's WebSocket is given, and how much of it waits. */
#include "transport/net_web.h"

#include <stdio.h>

static struct meeple__web_client *client_of(struct meeple__line *line)
{
    return MEEPLE__CONTAINER(line, struct meeple__web_client, line);
}

static const struct meeple__web_client *const_client_of(const struct meeple__line *line)
{
    return MEEPLE__CONTAINER_CONST(line, struct meeple__web_client, line);
}

static size_t queued_now(const struct meeple__web_client *client)
{
    return client->handle >= 0 ? meeple__web_queued(client->handle) : 0;
}

/* How much waits now; a queue that moves is a sign of life as long as our ping is in it. */
static size_t look_at_queue(struct meeple__web_client *client)
{
    size_t queued = queued_now(client);
    size_t gone = queued < client->queued ? client->queued - queued : 0;

    if (gone > 0 && client->beat_bytes > 0) {
        client->beat_bytes -= gone < client->beat_bytes ? gone : client->beat_bytes;
        meeple__heartbeat_moved(&client->heartbeat, client->net.loop.now_ms);
    }
    client->queued = queued;
    return queued;
}

static bool fits(struct meeple__web_client *client, size_t len)
{
    size_t max = client->net.config.options.queue_bytes_max;
    size_t queued = look_at_queue(client);

    return queued <= max && len + MEEPLE__WS_HEAD_MAX <= max - queued;
}

/* Hands a message to the browser. */
static int push(struct meeple__web_client *client, meeple_bytes head, meeple_bytes body, bool text)
{
    int rc = meeple__web_send(client->handle, head, body, text);

    if (rc == 0) {
        client->net.loop.bytes_out += head.len + body.len;
        client->queued = meeple__web_queued(client->handle);
    }
    return rc;
}

/* A packet that can be sent. */
static int send_one(struct meeple__web_client *client, int32_t to, meeple_bytes packet, bool text)
{
    meeple_net *net = &client->net;
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];
    meeple_bytes head = meeple__session_head(&client->session, text, to, bytes);
    size_t len = head.len + packet.len;
    int rc;

    if (!fits(client, len)) {
        meeple__line_missed(&client->line, len, net->config.options.queue_bytes_max);
        return MEEPLE_EFULL;
    }
    rc = push(client, head, packet, text && net->seat->texts);
    net->stats.packets_out += rc == 0;
    return rc;
}

/* The same packet to each other client, or to none. */
static int send_each(struct meeple__web_client *client, meeple_bytes packet)
{
    meeple_net *net = &client->net;
    struct meeple__member *member = NULL;
    size_t len;
    int rc = meeple__session_each_len(&client->session, packet.len, &len);

    if (rc < 0 || len == 0) {
        return rc;
    }
    len -= MEEPLE__WS_HEAD_MAX; /* which is added where it is compared */
    if (!fits(client, len)) {
        meeple__line_missed(&client->line, len, net->config.options.queue_bytes_max);
        return MEEPLE_EFULL;
    }
    while (rc == 0 && (member = meeple__roster_next(&net->roster, member))) {
        if (member != &client->session.server) {
            rc = send_one(client, member->id, packet, false);
        }
    }
    if (rc < 0) {
        /* Some have it: it is not to be sent to them again. */
        meeple__web_client_fail(client, MEEPLE_CLOSE_INTERNAL_ERROR, meeple_strerror(rc));
        meeple__web_wake();
    }
    return rc;
}

int meeple__web_client_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text)
{
    struct meeple__web_client *client = meeple__web_client_of(net);
    int rc = meeple__session_check_send(&client->session, to);

    if (rc < 0 || !meeple__web_client_sends(client)) {
        return rc < 0 ? rc : MEEPLE_ESTATE;
    }
    return meeple__session_sends_each(&client->session, to) ? send_each(client, packet)
                                                            : send_one(client, to, packet, text);
}

/* A page cannot send ping frames: the native dialect has packets for it. */
static int push_ping(struct meeple__web_client *client, const uint8_t data[])
{
    uint8_t bytes[MEEPLE__PING_MAX];
    size_t len = meeple__packet_ping(bytes, MEEPLE__PACKET_PING,
                                     (meeple_bytes){data, MEEPLE__HEARTBEAT_PAYLOAD});

    return push(client, (meeple_bytes){bytes, len}, (meeple_bytes){NULL, 0}, false);
}

static int line_ping(struct meeple__line *line, uint64_t now_ms)
{
    struct meeple__web_client *client = client_of(line);
    uint8_t data[MEEPLE__HEARTBEAT_PAYLOAD];

    if (!client->session.heartbeat) {
        return MEEPLE_ENOTSUP;
    }
    if (!meeple__web_client_sends(client)) {
        return MEEPLE_ESTATE;
    }
    if (!fits(client, MEEPLE__PACKET_HEAD + sizeof data)) {
        return MEEPLE_EFULL;
    }
    meeple__heartbeat_measure(&client->heartbeat, now_ms, data);
    return push_ping(client, data);
}

static size_t line_queued(const struct meeple__line *line)
{
    return queued_now(const_client_of(line));
}

/* A browser does not tell the server's address. */
static void line_address(const struct meeple__line *line, char *dst, size_t cap)
{
    (void)line;
    snprintf(dst, cap, "%s", "");
}

static const struct meeple__heartbeat *line_heartbeat(const struct meeple__line *line)
{
    return &const_client_of(line)->heartbeat;
}

const struct meeple__line_ops meeple__web_line_ops = {line_queued, line_address, line_heartbeat,
                                                      line_ping};

int meeple__web_client_tell_room(struct meeple__web_client *client, meeple_event *event)
{
    size_t queued = look_at_queue(client);

    if (!meeple__web_client_sends(client)) {
        return 0;
    }
    if (meeple__line_has_drained(&client->line, queued)) {
        client->line.drained_below = 0;
        meeple__event_set(event, MEEPLE_EVENT_DRAINED, MEEPLE_SERVER);
    } else if (meeple__line_has_room(&client->line, queued)) {
        client->line.room_below = 0;
        meeple__event_set(event, MEEPLE_EVENT_NONE, MEEPLE_SERVER); /* meeple__net_room() */
    } else {
        return 0;
    }
    return 1;
}

/* Whether there is somebody to ping, and a way to. */
static bool beats(const struct meeple__web_client *client)
{
    return client->session.heartbeat && client->net.config.options.heartbeat_ms > 0 &&
           client->session.state == MEEPLE__SESSION_SEATED && meeple__web_client_sends(client);
}

static meeple__heartbeat_due due_now(const struct meeple__web_client *client, uint64_t now_ms)
{
    const meeple_ws_options *options = &client->net.config.options;

    return beats(client)
               ? meeple__heartbeat_due_now(&client->heartbeat, now_ms, options->heartbeat_ms,
                                           options->heartbeat_misses)
               : MEEPLE__HEARTBEAT_NOTHING;
}

void meeple__web_client_beat(struct meeple__web_client *client)
{
    uint64_t now_ms = client->net.loop.now_ms;
    uint8_t data[MEEPLE__HEARTBEAT_PAYLOAD];

    if (due_now(client, now_ms) != MEEPLE__HEARTBEAT_PING) {
        return;
    }
    meeple__heartbeat_ping(&client->heartbeat, now_ms, data);
    if (push_ping(client, data) == MEEPLE_ENOMEM) {
        meeple__web_client_fail(client, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        return;
    }
    client->beat_bytes = client->queued;
}

uint64_t meeple__web_client_silent_ms(const struct meeple__web_client *client)
{
    return due_now(client, client->net.loop.now_ms) == MEEPLE__HEARTBEAT_DEAD
               ? meeple__heartbeat_deadline(&client->heartbeat,
                                            client->net.config.options.heartbeat_ms)
               : UINT64_MAX;
}

static uint64_t sooner(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* Whether what was waited for in the queue has come. */
static bool has_room(const struct meeple__web_client *client)
{
    const struct meeple__line *line = &client->line;

    return meeple__web_client_sends(client) &&
           (meeple__line_has_drained(line, queued_now(client)) ||
            meeple__line_has_room(line, queued_now(client)));
}

uint64_t meeple__web_client_due_ms(const struct meeple__web_client *client)
{
    uint64_t due_ms = sooner(client->open_deadline_ms, client->close_deadline_ms);
    uint32_t interval_ms = client->net.config.options.heartbeat_ms;

    if ((client->handle >= 0 && meeple__web_pending(client->handle)) || has_room(client)) {
        return 0;
    }
    if (beats(client)) {
        due_ms = sooner(due_ms, meeple__heartbeat_deadline(&client->heartbeat, interval_ms));
    }
    return client->grace_ms != UINT64_MAX ? client->grace_ms : due_ms;
}
