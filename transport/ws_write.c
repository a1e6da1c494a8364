/* ws_write: messages and control frames on their way out. */
#include "transport/ws.h"

#include <assert.h>
#include <string.h>

#include "core/apart.h"
#include "core/wire.h"

/* Pongs that may wait in the queue; of more pings only the last is answered (section 5.5.3). */
enum {
    PONGS_MAX = 8
};

static int new_mask(const struct meeple__ws *ws, uint8_t mask[4])
{
    const meeple_ws_options *options = &ws->config->options;

    return options->random(options->random_ctx, mask, 4) < 0 ? MEEPLE_EIO : 0;
}

/* A frame of two parts at the end of the queue. */
static inline int queue_frame(struct meeple__ws *ws, uint8_t opcode, meeple_bytes head,
                              meeple_bytes body)
{
    uint8_t mask[4];
    const uint8_t *masked = ws->config->options.server ? NULL : mask;
    size_t len = head.len + body.len;
    size_t whole = meeple__ws_frame_head_len(len, masked) + len;
    struct meeple__block *block;
    uint8_t *at;

    if (masked && new_mask(ws, mask) < 0) {
        return MEEPLE_EIO;
    }
    block = meeple__queue_room(&ws->out, ws->config->pool, whole);
    if (!block) {
        return MEEPLE_ENOMEM;
    }
    at = block->bytes + block->end;
    at += meeple__ws_frame_head(at, opcode, len, masked);
    if (masked) {
        meeple__mask(at, head.ptr, head.len, mask, 0);
        meeple__mask(at + head.len, body.ptr, body.len, mask, head.len);
    } else {
        at = meeple__write_bytes(at, head);
        meeple__write_bytes(at, body);
    }
    block->end += (uint32_t)whole;
    meeple__queue_grown(&ws->out, whole);
    return 0;
}

bool meeple__ws_compresses(const struct meeple__ws *ws, size_t len)
{
    return ws->deflates && !ws->config->no_compression &&
           len >= ws->config->options.deflate.threshold_bytes;
}

/* 1: sent compressed; 0: it did not get smaller, or there is no memory to make it so. */
static MEEPLE__APART int send_compressed(struct meeple__ws *ws, uint8_t opcode, meeple_bytes head,
                                         meeple_bytes body)
{
    struct meeple__ws_deflate *deflate;
    int rc;

    if (meeple__ws_need_deflate(ws) < 0) {
        return 0;
    }
    deflate = ws->deflate;
    rc = meeple__deflate_message(&deflate->tx, head, body, &deflate->message,
                                 head.len + body.len - 1);
    if (rc == 0) {
        meeple_bytes smaller = {deflate->message.ptr, deflate->message.len};

        rc = queue_frame(ws, (uint8_t)(opcode | MEEPLE__WS_COMPRESSED), smaller,
                         (meeple_bytes){NULL, 0});
        if (rc < 0) {
            meeple__deflate_reset(&deflate->tx);
        }
        rc = rc < 0 ? rc : 1;
    } else {
        rc = 0;
    }
    meeple__buf_done(&deflate->message, ws->config->mem);
    return rc;
}

int meeple__ws_send(struct meeple__ws *ws, meeple_bytes head, meeple_bytes body, bool text)
{
    uint8_t opcode = text ? MEEPLE__WS_TEXT : MEEPLE__WS_BINARY;
    int rc = 0;

    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    if (head.len + body.len > ws->config->options.message_bytes_max) {
        return MEEPLE_ETOOBIG;
    }
    if (!meeple__ws_fits(ws, head.len + body.len + MEEPLE__WS_HEAD_MAX)) {
        return MEEPLE_EFULL;
    }
    if (meeple__ws_compresses(ws, head.len + body.len)) {
        rc = send_compressed(ws, opcode, head, body);
    }
    if (rc == 0) {
        rc = queue_frame(ws, opcode, head, body);
    }
    return rc < 0 ? rc : 0;
}

void meeple__ws_frame(struct meeple__block *block, bool text)
{
    uint8_t head[MEEPLE__WS_HEAD_MAX];
    size_t len = meeple__ws_frame_head(head, text ? MEEPLE__WS_TEXT : MEEPLE__WS_BINARY,
                                       meeple__block_len(block), NULL);

    meeple__block_prepend(block, (meeple_bytes){head, len});
}

int meeple__ws_queue(struct meeple__ws *ws, struct meeple__block *frame)
{
    assert(ws->config->options.server);
    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    if (!meeple__ws_fits(ws, meeple__block_len(frame))) {
        return MEEPLE_EFULL;
    }
    return meeple__queue_add(&ws->out, ws->config->pool, frame);
}

int meeple__ws_control(struct meeple__ws *ws, uint8_t opcode, meeple_bytes payload)
{
    assert(payload.len <= MEEPLE__WS_CONTROL_MAX);
    return queue_frame(ws, opcode, payload, (meeple_bytes){NULL, 0});
}

int meeple__ws_ping(struct meeple__ws *ws, meeple_bytes payload)
{
    if (payload.len > MEEPLE__WS_CONTROL_MAX) {
        return MEEPLE_ETOOBIG;
    }
    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    return meeple__ws_fits(ws, payload.len + MEEPLE__WS_HEAD_MAX)
               ? meeple__ws_control(ws, MEEPLE__WS_PING, payload)
               : MEEPLE_EFULL;
}

int meeple__ws_beat(struct meeple__ws *ws, uint64_t now_ms)
{
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];
    int rc;

    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    meeple__heartbeat_ping(&ws->heartbeat, now_ms, payload);
    rc = meeple__ws_control(ws, MEEPLE__WS_PING, (meeple_bytes){payload, sizeof payload});
    ws->beat_bytes = ws->out.bytes;
    return rc;
}

int meeple__ws_measure(struct meeple__ws *ws, uint64_t now_ms)
{
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    if (!meeple__ws_fits(ws, sizeof payload + MEEPLE__WS_HEAD_MAX)) {
        return MEEPLE_EFULL;
    }
    meeple__heartbeat_measure(&ws->heartbeat, now_ms, payload);
    return meeple__ws_control(ws, MEEPLE__WS_PING, (meeple_bytes){payload, sizeof payload});
}

int meeple__ws_pong(struct meeple__ws *ws, uint8_t opcode, meeple_bytes payload)
{
    int rc;

    assert(payload.len <=
           (opcode == MEEPLE__WS_PONG ? MEEPLE__WS_CONTROL_MAX : MEEPLE__WS_PONG_MAX));
    /* Section 5.5.2: after their close frame no more; after ours still, but no message. */
    if (ws->close_received || ws->failed || (ws->close_sent && opcode != MEEPLE__WS_PONG)) {
        return 0;
    }
    if (ws->pongs < PONGS_MAX) {
        rc = queue_frame(ws, opcode, payload, (meeple_bytes){NULL, 0});
        ws->pongs++;
        ws->pong_bytes = ws->out.bytes;
        return rc;
    }
    rc = meeple__ws_need_aside(ws);
    if (rc == 0) {
        meeple__buf_clear(&ws->aside->ping);
        rc = meeple__buf_add(&ws->aside->ping, ws->config->mem, payload, MEEPLE__WS_PONG_MAX);
        ws->aside->ping_opcode = opcode;
        ws->aside->ping_kept = rc == 0;
    }
    return rc;
}

int meeple__ws_send_close(struct meeple__ws *ws, uint16_t code, meeple_bytes reason)
{
    uint8_t bytes[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    int rc;

    assert(reason.len <= MEEPLE_REASON_MAX && !ws->close_sent);
    rc = queue_frame(ws, MEEPLE__WS_CLOSE_FRAME, (meeple_bytes){bytes, code ? sizeof bytes : 0},
                     code ? reason : (meeple_bytes){NULL, 0});
    ws->close_sent = rc == 0;
    ws->close_bytes = ws->out.bytes;
    return rc;
}

/* So much of the queue is gone, and of what was to go before something in it. */
static void went(uint32_t *left, size_t len)
{
    *left -= len < *left ? (uint32_t)len : *left;
}

void meeple__ws_sent(struct meeple__ws *ws, size_t len)
{
    meeple__queue_sent(&ws->out, ws->config->pool, len);
    if (len > 0 && ws->beat_bytes > 0) {
        went(&ws->beat_bytes, len);
        meeple__heartbeat_moved(&ws->heartbeat, ws->now_ms);
    }
    went(&ws->close_bytes, len);
    went(&ws->pong_bytes, len);
    if (ws->pong_bytes > 0) {
        return;
    }
    ws->pongs = 0;
    if (ws->aside && ws->aside->ping_kept) {
        meeple_bytes payload = {ws->aside->ping.ptr, ws->aside->ping.len};

        ws->aside->ping_kept = false;
        if (meeple__ws_pong(ws, ws->aside->ping_opcode, payload) < 0) {
            meeple__ws_fail(ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        }
        meeple__buf_done(&ws->aside->ping, ws->config->mem);
        meeple__ws_tidy_aside(ws);
    }
}
