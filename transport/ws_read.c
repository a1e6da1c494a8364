/* ws_read: frames that came in, made into messages and close frames (RFC 6455 sections 5 to 7). */
#include "transport/ws.h"

#include <assert.h>
#include <string.h>

#include "core/utf8.h"

static const char not_utf8[] = "the text is not UTF-8";

/* What a good header may still break, given the message under way. */
static const char *context_fault(const struct meeple__ws *ws)
{
    const struct meeple__ws_frame *frame = &ws->frame;

    if (frame->masked != ws->config->options.server) {
        return frame->masked ? "a server's frame is masked" : "a client's frame is not masked";
    }
    if (frame->compressed && !ws->deflates) {
        return "a reserved bit is set";
    }
    if (frame->opcode == MEEPLE__WS_CONTINUATION && !ws->message) {
        return "a continuation without a beginning";
    }
    if ((frame->opcode == MEEPLE__WS_TEXT || frame->opcode == MEEPLE__WS_BINARY) && ws->message) {
        return "a message begins inside another";
    }
    return NULL;
}

/* Takes a frame header from the stash and the fed bytes.  1: got one; 0: not yet, or it failed. */
static int take_header(struct meeple__ws *ws)
{
    uint8_t joined[MEEPLE__WS_HEAD_MAX];
    meeple_bytes bytes = {ws->fed, ws->fed_len};
    const char *why = NULL;
    int len;

    if (ws->head_len > 0) {
        size_t more = sizeof joined - ws->head_len;

        more = more < ws->fed_len ? more : ws->fed_len;
        memcpy(joined, ws->head, ws->head_len);
        if (more > 0) {
            memcpy(joined + ws->head_len, ws->fed, more);
        }
        bytes = (meeple_bytes){joined, ws->head_len + more};
    }
    len = meeple__ws_frame_parse(&ws->frame, bytes, &why);
    if (len < 0) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    if (len == 0) {
        memcpy(ws->head, bytes.ptr, bytes.len);
        ws->head_len = bytes.len & 0xf;
        ws->fed_len = 0;
        return 0;
    }
    ws->fed += (size_t)len - ws->head_len;
    ws->fed_len -= (size_t)len - ws->head_len;
    ws->head_len = 0;
    ws->frame_at = 0;
    return 1;
}

static int begin_frame(struct meeple__ws *ws)
{
    const char *why;

    if (ws->fed_len == 0 || take_header(ws) == 0) {
        return 0;
    }
    why = context_fault(ws);
    if (why) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_PROTOCOL_ERROR, why);
        return 0;
    }
    if (ws->frame.opcode < MEEPLE__WS_CLOSE_FRAME) {
        size_t max = ws->config->options.message_bytes_max;
        bool compressed = ws->frame.compressed || (ws->message && ws->compressed);
        /* What cannot be compressed grows a little; what it inflates to is bounded, too. */
        size_t most = compressed ? max + max / 8 + 64 : max - ws->in.len;

        assert(ws->in.len <= max);
        if (ws->frame.len > most) {
            meeple__ws_fail(ws, MEEPLE_CLOSE_TOO_BIG, "the message is over the limit");
            return 0;
        }
        if (ws->frame.opcode != MEEPLE__WS_CONTINUATION) {
            ws->message = ws->frame.opcode;
            ws->compressed = ws->frame.compressed;
            ws->utf8 = (struct meeple__utf8){0};
        }
    }
    ws->in_frame = true;
    return 1;
}

/* Unmasks what is there of the frame's payload and takes it from the fed bytes. */
static meeple_bytes take_payload(struct meeple__ws *ws)
{
    uint64_t left = ws->frame.len - ws->frame_at;
    meeple_bytes piece = {ws->fed, left < ws->fed_len ? (size_t)left : ws->fed_len};

    if (ws->frame.masked) {
        meeple__ws_mask(ws->fed, piece.len, ws->frame.mask, ws->frame_at);
    }
    ws->fed += piece.len;
    ws->fed_len -= piece.len;
    ws->frame_at += piece.len;
    ws->in_frame = ws->frame_at < ws->frame.len;
    return piece;
}

static int read_close(struct meeple__ws *ws, meeple_bytes payload, meeple_ws_event *event)
{
    uint16_t code = MEEPLE_CLOSE_NO_CODE;
    meeple_bytes reason = {payload.ptr, 0};
    int rc;

    if (payload.len >= 2) {
        code = (uint16_t)(payload.ptr[0] << 8 | payload.ptr[1]);
        reason = (meeple_bytes){payload.ptr + 2, payload.len - 2};
    }
    if (payload.len == 1 || (payload.len >= 2 && !meeple__ws_code_valid(code))) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_PROTOCOL_ERROR, "the close code is not valid");
        return 0;
    }
    if (!meeple__utf8_valid(reason)) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_INVALID_TEXT, "the close reason is not UTF-8");
        return 0;
    }
    rc = reason.len > 0 ? meeple__ws_need_aside(ws) : 0;
    if (rc == 0 && reason.len > 0) {
        rc = meeple__buf_add(&ws->aside->reason, ws->config->mem, reason, MEEPLE_REASON_MAX);
    }
    if (rc < 0) {
        return rc;
    }
    ws->close_received = true;
    ws->code = code;
    if (ws->close_sent) {
        return 0;
    }
    rc = meeple__ws_send_close(ws, payload.len >= 2 ? code : 0, reason);
    if (rc < 0) {
        return rc;
    }
    ws->deadline_ms = ws->now_ms + ws->config->options.close_timeout_ms;
    *event = (meeple_ws_event){MEEPLE_WS_CLOSING, false, false, code, meeple__ws_reason(ws)};
    return 1;
}

/* Control frames are short: one that came in pieces is put together first.  1: it is whole. */
static int join_control(struct meeple__ws *ws, meeple_bytes *payload)
{
    int rc;

    if (!ws->in_frame && ws->frame_at == payload->len) {
        return 1;
    }
    rc = meeple__ws_need_aside(ws);
    if (rc == 0) {
        rc =
            meeple__buf_add(&ws->aside->control, ws->config->mem, *payload, MEEPLE__WS_CONTROL_MAX);
    }
    if (rc < 0 || ws->in_frame) {
        return rc;
    }
    *payload = (meeple_bytes){ws->aside->control.ptr, ws->aside->control.len};
    return 1;
}

static int read_control(struct meeple__ws *ws, meeple_ws_event *event)
{
    meeple_bytes payload = take_payload(ws);
    int rc = join_control(ws, &payload);

    if (rc <= 0) {
        return rc;
    }
    ws->controls++;
    rc = 0;
    if (ws->frame.opcode == MEEPLE__WS_CLOSE_FRAME) {
        rc = read_close(ws, payload, event);
    } else if (ws->frame.opcode == MEEPLE__WS_PING) {
        rc = meeple__ws_pong(ws, MEEPLE__WS_PONG, payload);
    } else {
        meeple__heartbeat_pong(&ws->heartbeat, ws->now_ms, payload);
    }
    if (ws->aside) {
        meeple__buf_done(&ws->aside->control, ws->config->mem);
        meeple__ws_tidy_aside(ws);
    }
    return rc;
}

/* Appends what a piece of a compressed message is.  0, or the connection has failed. */
static int inflate(struct meeple__ws *ws, meeple_bytes piece, bool last)
{
    int rc = meeple__ws_need_deflate(ws);

    if (rc == 0) {
        rc = meeple__inflate_feed(&ws->deflate->rx, piece, last, &ws->in,
                                  ws->config->options.message_bytes_max);
    }
    if (rc == MEEPLE_ETOOBIG) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_TOO_BIG, "the message is over the limit");
    } else if (rc == MEEPLE_EPROTO) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_PROTOCOL_ERROR, "the compressed data is corrupt");
    }
    return rc;
}

/* Puts a piece where the message is collected, if it has to be; *piece is what is new of it. */
static int collect(struct meeple__ws *ws, meeple_bytes *piece, bool whole, bool last)
{
    size_t before = ws->in.len;
    int rc = 0;

    if (ws->compressed) {
        rc = inflate(ws, *piece, last);
    } else if (!whole) {
        rc = meeple__buf_add(&ws->in, ws->config->mem, *piece,
                             ws->config->options.message_bytes_max);
    } else {
        return 0;
    }
    if (rc == 0) {
        *piece = (meeple_bytes){ws->in.len > before ? ws->in.ptr + before : ws->in.ptr,
                                ws->in.len - before};
    }
    return rc;
}

static int read_data(struct meeple__ws *ws, meeple_ws_event *event)
{
    bool whole = ws->frame_at == 0 && ws->frame.opcode != MEEPLE__WS_CONTINUATION &&
                 ws->frame.fin && ws->frame.len <= ws->fed_len;
    meeple_bytes piece = take_payload(ws);
    bool last = !ws->in_frame && ws->frame.fin;
    int rc;

    if (ws->close_sent) {
        ws->message = last ? 0 : ws->message;
        return 0;
    }
    rc = collect(ws, &piece, whole, last);
    if (rc < 0) {
        return ws->failed ? 0 : rc;
    }
    if (ws->message == MEEPLE__WS_TEXT &&
        (!meeple__utf8_feed(&ws->utf8, piece) || (last && !meeple__utf8_whole(&ws->utf8)))) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_INVALID_TEXT, not_utf8);
        return 0;
    }
    if (!last) {
        return 0;
    }
    if (ws->compressed || !whole) {
        piece = (meeple_bytes){ws->in.ptr, ws->in.len};
    }
    *event = (meeple_ws_event){MEEPLE_WS_MESSAGE, ws->message == MEEPLE__WS_TEXT, false, 0, piece};
    ws->message = 0;
    ws->message_told = ws->in.ptr != NULL;
    return 1;
}

bool meeple__ws_read_whole(struct meeple__ws *ws, meeple_ws_event *event)
{
    const meeple_ws_options *options = &ws->config->options;
    struct meeple__ws_frame frame;
    const char *why;
    uint8_t *data;
    int head;

    if (ws->in_frame || ws->message_told || ws->close_sent || ws->close_received || ws->failed ||
        ws->message != 0 || ws->head_len > 0) {
        return false;
    }
    head = meeple__ws_frame_parse(&frame, (meeple_bytes){ws->fed, ws->fed_len}, &why);
    if (head <= 0 || !frame.fin || frame.compressed || frame.masked != options->server ||
        (frame.opcode != MEEPLE__WS_BINARY && frame.opcode != MEEPLE__WS_TEXT) ||
        frame.len > options->message_bytes_max || frame.len > ws->fed_len - (size_t)head) {
        return false;
    }
    data = ws->fed + head;
    if (frame.masked) {
        meeple__ws_mask(data, (size_t)frame.len, frame.mask, 0);
    }
    ws->fed = data + frame.len;
    ws->fed_len -= (size_t)head + (size_t)frame.len;
    ws->compressed = false;
    event->type = MEEPLE_WS_MESSAGE;
    event->text = frame.opcode == MEEPLE__WS_TEXT;
    event->clean = false;
    event->code = 0;
    event->data = (meeple_bytes){data, (size_t)frame.len};
    if (event->text && !meeple__utf8_valid(event->data)) {
        meeple__ws_fail(ws, MEEPLE_CLOSE_INVALID_TEXT, not_utf8);
        return false;
    }
    return true;
}

int meeple__ws_read(struct meeple__ws *ws, meeple_ws_event *event)
{
    int rc = 0;

    if (ws->message_told || ws->close_sent) {
        /* A connection at rest owns no buffer; after our close what comes is dropped. */
        meeple__buf_done(&ws->in, ws->config->mem);
        ws->message_told = false;
    }
    while (rc == 0) {
        if (ws->failed || ws->close_received) {
            ws->fed_len = 0;
            return 0;
        }
        if (!ws->in_frame && begin_frame(ws) == 0) {
            if (ws->failed) {
                continue;
            }
            return 0;
        }
        /* An empty payload is complete without further bytes. */
        if (ws->frame.len > 0 && ws->fed_len == 0) {
            return 0;
        }
        rc = ws->frame.opcode >= MEEPLE__WS_CLOSE_FRAME ? read_control(ws, event)
                                                        : read_data(ws, event);
    }
    return rc;
}
