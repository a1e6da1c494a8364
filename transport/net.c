/* net: what every kind of seat has in common: checks, waiting, questions. */
#include "transport/net.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/apart.h"
#include "core/mem.h"
#include "core/utf8.h"
#include "transport/io_loopback.h"
#include "transport/strings.h"
#include "transport/web_socket.h"

/* How many things next() lets happen when it was told not to wait. */
enum {
    TURNS_MAX = 256,
    /* How many idle calls a pool without a clock waits for, before it gives back what a peak left.
     */
    TRIM_CALLS = 64,
    HEAD_MAX = 64 * 1024
};

static int fill_random(void *ctx, void *dst, size_t len)
{
    struct meeple__loop *loop = ctx;

    return loop->driver->random(loop->io, dst, len);
}

/* More than comes at once in play, or two messages with what they cost.  Who wants messages so long
 * that this wraps is refused anyway. */
static size_t backlog_default(size_t message_bytes_max)
{
    const size_t least = 16 << 20;
    const size_t two = 2 * (message_bytes_max + MEEPLE__WEB_MESSAGE_COST);

    return two > least ? two : least;
}

static meeple_limits filled(const meeple_limits *limits, const struct meeple__seat *seat,
                            bool is_server)
{
    meeple_limits result = *limits;

    result.peers_max = result.peers_max ? result.peers_max : is_server ? 64 : 65535;
    if (result.handshakes_max == 0) {
        result.handshakes_max = result.peers_max > 64 && is_server ? result.peers_max : 64;
    }
    result.message_bytes_max =
        result.message_bytes_max ? result.message_bytes_max : seat->message_bytes;
    result.connect_timeout_ms = result.connect_timeout_ms ? result.connect_timeout_ms : 10000;
    result.handshake_timeout_ms = result.handshake_timeout_ms ? result.handshake_timeout_ms : 5000;
    result.close_timeout_ms = result.close_timeout_ms ? result.close_timeout_ms : 3000;
    result.heartbeat_ms = result.heartbeat_ms ? result.heartbeat_ms : 20000;
    result.backlog_bytes_max = result.backlog_bytes_max ? result.backlog_bytes_max
                                                        : backlog_default(result.message_bytes_max);
    return result;
}

int meeple__net_init(meeple_net *net, const struct meeple__net_options *options)
{
    int rc;

    meeple__roster_init(&net->roster);
    net->fault.text = "";
    net->loop.mem = options->mem;
    net->seat = meeple__seat_of(options->dialect);
    if (!net->seat) {
        return MEEPLE_EINVAL;
    }
    net->limits = filled(options->limits, net->seat, net->is_server);
    rc = meeple__strings_copy(&net->protocols,
                              options->protocols ? options->protocols : net->seat->protocols,
                              options->mem);
    if (rc < 0) {
        return rc;
    }
    if (options->hub) {
        net->hub = options->hub;
        meeple__loopback_ref(net->hub);
    }
    return meeple__loop_init(&net->loop, net->hub ? meeple__loopback_driver(net->hub) : options->io,
                             options->mem, options->log);
}

/* The longest packet: it fits a message, and an empty queue. */
static size_t packet_max(const meeple_net *net)
{
    size_t head = net->seat->head_len;
    size_t message = net->config.options.message_bytes_max;
    size_t queue = net->config.options.queue_bytes_max;

    queue = queue > MEEPLE__WS_HEAD_MAX ? queue - MEEPLE__WS_HEAD_MAX : 0;
    message = message < queue ? message : queue;
    return message > head ? message - head : 0;
}

int meeple__net_config(meeple_net *net, meeple_ws_options ws)
{
    int rc;

    ws.server = net->is_server;
    ws.protocols = meeple__strings(net->protocols);
    ws.head_bytes_max = net->limits.head_bytes_max;
    ws.message_bytes_max = net->limits.message_bytes_max;
    ws.queue_bytes_max = net->limits.queue_bytes_max;
    ws.handshake_timeout_ms = net->limits.handshake_timeout_ms;
    ws.close_timeout_ms = net->limits.close_timeout_ms;
    ws.heartbeat_ms = net->limits.heartbeat_ms == UINT32_MAX ? 0 : net->limits.heartbeat_ms;
    ws.heartbeat_misses = net->limits.heartbeat_misses;
    ws.random = fill_random;
    ws.random_ctx = &net->loop;
    if (net->limits.head_bytes_max > HEAD_MAX ||
        net->limits.message_bytes_max < net->seat->message_bytes_least) {
        return MEEPLE_EINVAL;
    }
    rc = meeple__ws_config_init(&net->config, &ws, &net->loop.pool);
    if (rc < 0) {
        return rc;
    }
    net->config.protocol_rule = net->seat->protocol_rule;
    if (net->config.head_written_max > net->seat->head_bytes_most) {
        net->config.head_written_max = net->seat->head_bytes_most;
    }
    net->packet_max = packet_max(net);
    return 0;
}

const char *meeple__net_reason(meeple_net *net, meeple_bytes reason)
{
    size_t len = reason.len < MEEPLE_REASON_MAX ? reason.len : MEEPLE_REASON_MAX;

    while (len < reason.len && len > 0 && (reason.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    if (len > 0) {
        memcpy(net->reason, reason.ptr, len);
    }
    net->reason[len] = '\0';
    return net->reason;
}

void meeple__net_blame(meeple_net *net, const meeple_fault *fault)
{
    if (net->fault.stage == MEEPLE_STAGE_NONE && fault->stage != MEEPLE_STAGE_NONE) {
        snprintf(net->fault_text, sizeof net->fault_text, "%s", fault->text);
        net->fault = (meeple_fault){fault->stage, fault->number, net->fault_text};
    }
}

int meeple__net_down(meeple_net *net, meeple_event *event, uint16_t code, bool clean,
                     const char *reason)
{
    net->down_told = true;
    /* It may stay for long, and sends nothing more.  The second finds nothing used since the first.
     */
    meeple__pool_trim(&net->loop.pool);
    meeple__pool_trim(&net->loop.pool);
    meeple__event_set(event, MEEPLE_EVENT_DOWN, 0);
    event->code = code;
    event->clean = clean;
    event->reason = reason;
    return 1;
}

uint64_t meeple__net_now_ms(const meeple_net *net)
{
    return net->loop.now_ms;
}

uint64_t meeple__net_clock_ms(const meeple_net *net)
{
    return net->loop.driver->now_ms(net->loop.io);
}

meeple_dialect meeple__net_dialect(const meeple_net *net)
{
    return net->seat->dialect;
}

size_t meeple__net_packet_max(const meeple_net *net)
{
    return net->packet_max;
}

void meeple_net_free(meeple_net *net)
{
    const meeple_mem *mem;

    if (!net) {
        return;
    }
    mem = net->loop.mem;
    net->ops->free(net);
    meeple__roster_done(&net->roster, mem);
    if (net->loop.driver) {
        meeple__loop_done(&net->loop);
    }
    if (net->hub) {
        meeple__loopback_unref(net->hub);
    }
    meeple_tls_server_free(net->tls);
    meeple__strings_free(net->protocols, mem);
    meeple__free(mem, net);
}

int meeple__net_due_in_ms(const meeple_net *net)
{
    uint64_t due_ms = net->ops->due_ms(net);
    uint64_t now_ms;

    if (due_ms == UINT64_MAX) {
        return -1;
    }
    now_ms = meeple__net_clock_ms(net);
    if (due_ms <= now_ms) {
        return 0;
    }
    return due_ms - now_ms < INT32_MAX ? (int)(due_ms - now_ms) : INT32_MAX;
}

/* What is left of timeout_ms since began_ms. */
static int left_of(const meeple_net *net, int timeout_ms, uint64_t began_ms)
{
    uint64_t passed = net->loop.now_ms - began_ms;

    if (net->loop.woken) {
        return 0;
    }
    if (timeout_ms <= 0) {
        return timeout_ms;
    }
    return passed < (uint64_t)timeout_ms ? timeout_ms - (int)passed : 0;
}

/* How long a turn may take of what is left. */
static int turn_ms(const meeple_net *net, int left_ms)
{
    int due_ms = left_ms != 0 ? meeple__net_due_in_ms(net) : -1;

    return due_ms >= 0 && (left_ms < 0 || due_ms < left_ms) ? due_ms : left_ms;
}

/* Nobody had anything to tell: turns the loop until somebody has (1), or timeout_ms are over (0).
 */
static MEEPLE__APART int wait_for(meeple_net *net, meeple_event *event, int timeout_ms)
{
    /* Nobody but who has only so long to wait needs to know when that began. */
    uint64_t began_ms = timeout_ms > 0 ? meeple__loop_now(&net->loop) : 0;
    int rc = 0;

    for (unsigned turns = 0; rc == 0; turns++) {
        meeple_socket *accepted;
        int left = left_of(net, timeout_ms, began_ms);

        if (turns >= TURNS_MAX && left == 0) {
            meeple__loop_flush(&net->loop);
            return 0;
        }
        rc = meeple__loop_turn(&net->loop, turn_ms(net, left), &accepted);
        if (rc <= 0) {
            break;
        }
        if (accepted) {
            net->ops->accepted(net, accepted);
        }
        rc = net->ops->step(net, event);
    }
    if (rc == 0 && net->hub && ++net->idle_calls % TRIM_CALLS == 0) {
        meeple__pool_trim(&net->loop.pool);
        if (net->is_server) {
            meeple__loopback_trim(net->hub);
        }
    }
    return rc;
}

int meeple_net_next(meeple_net *net, meeple_event *event, int timeout_ms)
{
    int rc;

    if (!net || !event || timeout_ms < -1) {
        return MEEPLE_EINVAL;
    }
    if (net->down_told) {
        return MEEPLE_ECLOSED;
    }
    rc = net->ops->step(net, event);
    if (rc == 0) {
        rc = wait_for(net, event, timeout_ms);
    }
    if (rc == 0) {
        net->loop.woken = false;
    } else if (rc > 0) {
        net->stats.packets_in += event->type == MEEPLE_EVENT_PACKET;
    }
    return rc;
}

int meeple__net_check_send(const meeple_net *net, int32_t to, meeple_bytes packet)
{
    if (!net || to == INT32_MIN || (packet.len > 0 && !packet.ptr)) {
        return MEEPLE_EINVAL;
    }
    if (!net->up_told || net->down_told || net->closing) {
        return MEEPLE_ESTATE;
    }
    if (packet.len > net->packet_max) {
        return MEEPLE_ETOOBIG;
    }
    return 0;
}

static int checked_send(meeple_net *net, int32_t to, meeple_bytes packet, bool text)
{
    int rc = meeple__net_check_send(net, to, packet);

    return rc < 0 ? rc : net->ops->send(net, to, packet, text);
}

int meeple_net_send(meeple_net *net, int32_t to, meeple_bytes packet)
{
    return checked_send(net, to, packet, false);
}

int meeple_net_send_text(meeple_net *net, int32_t to, const char *text)
{
    return text ? meeple_net_send_utf8(net, to, (meeple_bytes){(const uint8_t *)text, strlen(text)})
                : MEEPLE_EINVAL;
}

int meeple_net_send_utf8(meeple_net *net, int32_t to, meeple_bytes text)
{
    if ((text.len > 0 && !text.ptr) || !meeple__utf8_valid(text)) {
        return MEEPLE_EINVAL;
    }
    return checked_send(net, to, text, true);
}

void meeple_net_compress(meeple_net *net, bool compress)
{
    if (net) {
        net->config.no_compression = !compress;
    }
}

void meeple_net_flush(meeple_net *net)
{
    if (net && !net->down_told) {
        meeple__loop_flush(&net->loop);
    }
}

int meeple_net_kick(meeple_net *net, int32_t peer, uint16_t code, const char *reason)
{
    if (!net || !meeple__ws_close_valid(code, reason)) {
        return MEEPLE_EINVAL;
    }
    if (!net->is_server) {
        return MEEPLE_ESTATE;
    }
    return net->ops->kick(net, peer, code ? code : MEEPLE_CLOSE_NORMAL, reason ? reason : "");
}

int meeple_net_close(meeple_net *net, uint16_t code, const char *reason)
{
    if (!net || !meeple__ws_close_valid(code, reason)) {
        return MEEPLE_EINVAL;
    }
    if (net->closing || net->down_told) {
        return 0;
    }
    net->closing = true;
    net->close_code = code ? code : MEEPLE_CLOSE_NORMAL;
    net->close_clean = true;
    snprintf(net->close_reason, sizeof net->close_reason, "%s", reason ? reason : "");
    return net->ops->close(net, net->close_code, net->close_reason);
}

void meeple_net_refuse(meeple_net *net, bool refuse)
{
    if (net) {
        net->refusing = refuse;
    }
}

int32_t meeple_net_id(const meeple_net *net)
{
    return net ? net->id : 0;
}

bool meeple_net_is_server(const meeple_net *net)
{
    return net && net->is_server;
}

uint16_t meeple_net_port(const meeple_net *net)
{
    return net ? net->port : 0;
}

size_t meeple_net_peers(const meeple_net *net, int32_t *dst, size_t cap)
{
    return net ? meeple__roster_ids(&net->roster, dst, dst ? cap : 0) : 0;
}

bool meeple_net_has_peer(const meeple_net *net, int32_t peer)
{
    return net && meeple__roster_find(&net->roster, peer);
}

size_t meeple_net_queued(const meeple_net *net, int32_t peer)
{
    struct meeple__member *member = net ? meeple__roster_find(&net->roster, peer) : NULL;

    const struct meeple__line *line = member ? net->ops->line_of(net, member) : NULL;

    return line ? net->ops->line->queued(line) : 0;
}

/* What has that peer at its other end, or NULL. */
static struct meeple__line *line_to(const meeple_net *net, int32_t peer)
{
    struct meeple__member *member = net ? meeple__roster_find(&net->roster, peer) : NULL;

    return member && (net->is_server || peer == MEEPLE_SERVER) ? net->ops->line_of(net, member)
                                                               : NULL;
}

size_t meeple_net_peer_address(const meeple_net *net, int32_t peer, char *dst, size_t cap)
{
    const struct meeple__line *line = line_to(net, peer);
    char text[64] = "";

    if (line) {
        net->ops->line->address(line, text, sizeof text);
    }
    if (dst && cap > 0) {
        snprintf(dst, cap, "%s", text);
    }
    return strlen(text);
}

meeple_rtt meeple_net_rtt(const meeple_net *net, int32_t peer)
{
    const struct meeple__line *line = line_to(net, peer);
    const struct meeple__heartbeat *heartbeat = line ? net->ops->line->heartbeat(line) : NULL;

    return heartbeat ? (meeple_rtt){heartbeat->last_ms, heartbeat->smooth_x8 / 8,
                                    heartbeat->jitter_x4 / 4, heartbeat->samples}
                     : (meeple_rtt){0};
}

int meeple_net_ping(meeple_net *net, int32_t peer)
{
    struct meeple__line *line = line_to(net, peer);

    if (!line) {
        return net ? MEEPLE_ENOTFOUND : MEEPLE_EINVAL;
    }
    return net->ops->line->ping(line, meeple__loop_now(&net->loop));
}

meeple_fault meeple_net_fault(const meeple_net *net)
{
    return net ? net->fault : (meeple_fault){.text = ""};
}

meeple_stats meeple_net_stats(const meeple_net *net)
{
    meeple_stats stats = {0};

    if (!net) {
        return stats;
    }
    stats = net->stats;
    stats.bytes_in = net->loop.bytes_in;
    stats.bytes_out = net->loop.bytes_out;
    return stats;
}
