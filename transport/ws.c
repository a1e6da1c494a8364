/* ws: one WebSocket endpoint: its handshake, its life and its end (RFC 6455 sections 4 and 7). */
#include "transport/ws.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "transport/page.h"

enum {
    IGNORED_MAX = 65536 /* bytes behind a request for a page: more is no request that came early */
};

bool meeple__ws_code_valid(uint16_t code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

bool meeple__ws_close_valid(uint16_t code, const char *reason)
{
    size_t len = reason ? strlen(reason) : 0;

    return (code == 0 || meeple__ws_code_valid(code)) && len <= MEEPLE_REASON_MAX &&
           meeple__utf8_valid((meeple_bytes){(const uint8_t *)reason, len});
}

/* What we would agree to, or NULL. */
static const struct meeple__deflate_params *wish_of(const struct meeple__ws *ws)
{
    return ws->config->options.deflate.enabled ? &ws->config->deflate_wish : NULL;
}

static void agree_to_deflate(struct meeple__ws *ws, const struct meeple__deflate_params *agreed)
{
    ws->deflates = true;
    ws->agreed = *agreed;
}

/* Moves what was written into `in` to the queue. */
static int queue_head(struct meeple__ws *ws, const struct meeple__buf *head)
{
    struct meeple__block *block = meeple__block_new(ws->config->pool, 0, head->len);
    int rc;

    if (!block) {
        return MEEPLE_ENOMEM;
    }
    meeple__block_append(block, (meeple_bytes){head->ptr, head->len});
    rc = meeple__queue_add(&ws->out, ws->config->pool, block);
    meeple__block_unref(ws->config->pool, block);
    return rc;
}

static int queue_request(struct meeple__ws *ws)
{
    const meeple_ws_options *options = &ws->config->options;
    struct meeple__buf head = {0};
    uint8_t random[16];
    char key[MEEPLE__WS_KEY_SIZE];
    struct meeple__ws_request request = {options->host,    options->path, options->protocols,
                                         options->headers, key,           wish_of(ws)};
    int rc;

    if (options->random(options->random_ctx, random, sizeof random) < 0) {
        return MEEPLE_EIO;
    }
    meeple__ws_key(key, random);
    rc = meeple__ws_accept(ws->aside->accept, (meeple_bytes){(const uint8_t *)key, strlen(key)});
    if (rc == 0) {
        rc = meeple__ws_request_write(&head, ws->config->mem, &request,
                                      ws->config->head_written_max);
    }
    if (rc == 0) {
        rc = queue_head(ws, &head);
    }
    meeple__buf_done(&head, ws->config->mem);
    return rc;
}

int meeple__ws_init(struct meeple__ws *ws, const struct meeple__ws_config *config, uint64_t now_ms)
{
    int rc = 0;

    *ws = (struct meeple__ws){.config = config, .now_ms = now_ms};
    ws->deadline_ms = now_ms + config->options.handshake_timeout_ms;
    if (!config->options.server) {
        rc = meeple__ws_need_aside(ws);
        if (rc == 0) {
            rc = queue_request(ws);
        }
        if (rc < 0) {
            meeple__ws_done(ws);
        }
    }
    return rc;
}

void meeple__ws_done(struct meeple__ws *ws)
{
    const meeple_mem *mem = ws->config->mem;

    meeple__queue_clear(&ws->out, ws->config->pool);
    meeple__buf_done(&ws->in, mem);
    meeple__ws_end_aside(ws);
    meeple__ws_end_deflate(ws);
}

void meeple__ws_feed(struct meeple__ws *ws, uint8_t *bytes, size_t len, uint64_t now_ms)
{
    assert(ws->fed_len == 0);
    ws->fed = bytes;
    ws->fed_len = len;
    ws->now_ms = now_ms;
    meeple__heartbeat_heard(&ws->heartbeat, now_ms);
}

void meeple__ws_eof(struct meeple__ws *ws)
{
    ws->ended = true;
}

/* If there is no memory for a place to keep it, that is why. */
static void set_why(struct meeple__ws *ws, const char *why)
{
    if (meeple__ws_need_aside(ws) == 0) {
        ws->aside->why = why;
    }
}

void meeple__ws_fail(struct meeple__ws *ws, uint16_t code, const char *why)
{
    if (ws->failed) {
        return;
    }
    ws->failed = true;
    ws->code = code;
    set_why(ws, why);
    ws->fed_len = 0;
    ws->deadline_ms = ws->now_ms + ws->config->options.close_timeout_ms;
    if (!ws->close_sent &&
        meeple__ws_send_close(ws, code, (meeple_bytes){(const uint8_t *)why, strlen(why)}) < 0) {
        ws->ended = true; /* not even that: the stream just ends */
    }
}

/* A handshake that cannot succeed: the client's side of it. */
static void client_fault(struct meeple__ws *ws, meeple_stage stage, int number, const char *why)
{
    ws->aside->fault = (meeple_fault){stage, number, why};
    ws->state = MEEPLE__WS_REFUSED;
    ws->failed = true;
    ws->code = MEEPLE_CLOSE_ABNORMAL;
    set_why(ws, why);
}

/* No WebSocket comes of it: the answer goes, and then the stream ends. */
static void end_request(struct meeple__ws *ws)
{
    meeple__buf_done(&ws->in, ws->config->mem);
    ws->state = MEEPLE__WS_REFUSED;
    ws->failed = true;
    ws->code = MEEPLE_CLOSE_ABNORMAL;
    set_why(ws, "the handshake was refused");
    ws->fed_len = 0;
    ws->deadline_ms = ws->now_ms + ws->config->options.close_timeout_ms;
}

int meeple__ws_refuse(struct meeple__ws *ws, int status, const char *text,
                      const char *const *headers)
{
    struct meeple__buf head = {0};
    int rc;

    if (!ws->config->options.server || ws->state > MEEPLE__WS_ASKED) {
        return MEEPLE_ESTATE;
    }
    rc = meeple__ws_refusal_write(&head, ws->config->mem, status, text, headers);
    if (rc == 0) {
        rc = queue_head(ws, &head);
    }
    meeple__buf_done(&head, ws->config->mem);
    end_request(ws);
    return rc;
}

int meeple__ws_answer(struct meeple__ws *ws, const struct meeple__buf *answer, bool more)
{
    int rc;

    assert(ws->page && ws->state == MEEPLE__WS_ASKED);
    rc = queue_head(ws, answer);
    end_request(ws);
    ws->answering = rc == 0 && more;
    return rc;
}

static int head_failed(struct meeple__ws *ws, int status, const char *why)
{
    ws->too_long = status == 431;
    if (ws->config->options.server) {
        return meeple__ws_refuse(ws, status, why, NULL);
    }
    client_fault(ws, MEEPLE_STAGE_HTTP, 0, why);
    return 0;
}

static int read_request(struct meeple__ws *ws, const struct meeple__http_head *head,
                        meeple_ws_event *event)
{
    const meeple_ws_options *options = &ws->config->options;
    struct meeple__ws_offer offer;
    const char *why;
    int status;

    if (ws->config->pages && meeple__page_asked(head)) {
        if (meeple__ws_need_aside(ws) < 0) {
            return MEEPLE_ENOMEM;
        }
        ws->page = true;
        ws->state = MEEPLE__WS_ASKED;
        *event = (meeple_ws_event){MEEPLE_WS_REQUEST, false, false, 0, head->words[1]};
        return 1;
    }
    status =
        meeple__ws_request_check(head, options->protocols, ws->config->protocol_rule, &offer, &why);

    if (status != 0) {
        return meeple__ws_refuse(ws, status, why, NULL);
    }
    ws->protocol = offer.protocol;
    ws->state = MEEPLE__WS_ASKED;
    *event = (meeple_ws_event){MEEPLE_WS_REQUEST, false, false, 0, offer.target};
    return 1;
}

static void read_response(struct meeple__ws *ws, const struct meeple__http_head *head)
{
    char text[160];
    struct meeple__ws_answer expected = {ws->aside->accept, ws->config->options.protocols,
                                         wish_of(ws), text, sizeof text};
    struct meeple__ws_agreed agreed;
    meeple_fault fault;

    if (meeple__ws_response_good(head, &expected, &agreed, &fault)) {
        if (agreed.deflates) {
            agree_to_deflate(ws, &agreed.deflate);
        }
        ws->protocol = agreed.protocol;
        ws->state = MEEPLE__WS_READY;
        ws->deadline_ms = UINT64_MAX;
        meeple__buf_done(&ws->in, ws->config->mem);
        return;
    }
    if (fault.text == text) {
        meeple_bytes copy = {(const uint8_t *)text, strlen(text) + 1};

        fault.text = meeple__buf_add(&ws->aside->reason, ws->config->mem, copy, sizeof text) == 0
                         ? (const char *)ws->aside->reason.ptr
                         : "the server refused";
    }
    client_fault(ws, fault.stage, fault.number, fault.text);
}

static int read_head(struct meeple__ws *ws, meeple_ws_event *event)
{
    size_t seen = ws->in.len, ceiling = ws->config->options.head_bytes_max;
    size_t take = ws->fed_len < ceiling - seen ? ws->fed_len : ceiling - seen;
    struct meeple__http_head head;
    ptrdiff_t end;
    int rc = meeple__buf_add(&ws->in, ws->config->mem, (meeple_bytes){ws->fed, take}, ceiling);

    if (rc < 0) {
        return rc;
    }
    end = meeple__http_head_end((meeple_bytes){ws->in.ptr, ws->in.len}, seen);
    if (end == 0 && ws->in.len < ceiling) {
        ws->fed_len = 0;
        return 0;
    }
    if (end == 0) {
        return head_failed(ws, 431, "the HTTP head is too long");
    }
    if (end < 0) {
        return head_failed(ws, 400, "this is not HTTP");
    }
    ws->in.len = (size_t)end;
    ws->fed += (size_t)end - seen;
    ws->fed_len -= (size_t)end - seen;
    rc = meeple__http_head_parse(&head, (meeple_bytes){ws->in.ptr, ws->in.len});
    if (rc < 0) {
        return head_failed(ws, rc == MEEPLE_ETOOBIG ? 431 : 400,
                           rc == MEEPLE_ETOOBIG ? "the HTTP head has too many fields"
                                                : "the HTTP head is malformed");
    }
    if (ws->config->options.server) {
        return read_request(ws, &head, event);
    }
    if (meeple__ws_response_provisional(&head)) {
        meeple__buf_clear(&ws->in); /* the next head is read in its place */
    } else {
        read_response(ws, &head);
    }
    return 0;
}

void meeple__ws_request_head(const struct meeple__ws *ws, struct meeple__http_head *head)
{
    assert(ws->state == MEEPLE__WS_ASKED);
    meeple__http_head_again(head, (meeple_bytes){ws->in.ptr, ws->in.len});
}

/* A choice among what both sides know. */
static bool choose_protocol(struct meeple__ws *ws, const struct meeple__http_head *head,
                            const char *protocol)
{
    const char *const *ours = ws->config->options.protocols;

    for (uint16_t i = 0; ours && ours[i]; i++) {
        if (strcmp(ours[i], protocol) == 0 && meeple__ws_offered(head, protocol)) {
            ws->protocol = (uint16_t)(i + 1);
            return true;
        }
    }
    return false;
}

static int queue_response(struct meeple__ws *ws, const struct meeple__http_head *head,
                          const char *extensions, const char *const *headers)
{
    struct meeple__ws_response response = {.protocol = meeple__ws_protocol(ws),
                                           .extensions = extensions,
                                           .headers = headers,
                                           .ceiling = ws->config->head_written_max};
    struct meeple__buf bytes = {0};
    int rc;

    meeple__http_head_field(head, "Sec-WebSocket-Key", &response.key);
    rc = meeple__ws_response_write(&bytes, ws->config->mem, &response);
    if (rc == 0) {
        rc = queue_head(ws, &bytes);
    }
    meeple__buf_done(&bytes, ws->config->mem);
    return rc;
}

int meeple__ws_accept_request(struct meeple__ws *ws, const char *protocol,
                              const char *const *headers)
{
    struct meeple__http_head head;
    struct meeple__deflate_params agreed;
    char extensions[MEEPLE__DEFLATE_TEXT_SIZE] = "";
    uint16_t first = ws->protocol;
    int rc;

    if (!ws->config->options.server || ws->state != MEEPLE__WS_ASKED) {
        return MEEPLE_ESTATE;
    }
    meeple__ws_request_head(ws, &head);
    if (!meeple__ws_options_valid(NULL, headers) ||
        (protocol && !choose_protocol(ws, &head, protocol))) {
        return MEEPLE_EINVAL;
    }
    rc = meeple__deflate_offer_choose(&head, wish_of(ws), &agreed, extensions);
    if (rc == 1) {
        agree_to_deflate(ws, &agreed);
    }
    if (rc >= 0) {
        rc = queue_response(ws, &head, extensions, headers);
    }
    if (rc == 0) {
        meeple__buf_done(&ws->in, ws->config->mem);
        ws->state = MEEPLE__WS_READY;
        ws->deadline_ms = UINT64_MAX;
    } else {
        ws->protocol = first; /* it may be chosen again */
    }
    return rc;
}

int meeple__ws_close(struct meeple__ws *ws, uint16_t code, const char *reason, uint64_t now_ms)
{
    meeple_bytes text = {(const uint8_t *)reason, reason ? strlen(reason) : 0};
    int rc;

    if (!meeple__ws_close_valid(code, reason)) {
        return MEEPLE_EINVAL;
    }
    if (!meeple__ws_is_open(ws)) {
        return MEEPLE_ESTATE;
    }
    ws->now_ms = now_ms;
    rc = meeple__ws_send_close(ws, code, text);
    if (rc == 0) {
        ws->deadline_ms = now_ms + ws->config->options.close_timeout_ms;
    }
    return rc;
}

/* Nothing was heard for a while, or it only seemed so: the deadline is not moved by what comes. */
static void beat(struct meeple__ws *ws)
{
    const meeple_ws_options *options = &ws->config->options;

    meeple__ws_rest(ws);
    switch (meeple__heartbeat_due_now(&ws->heartbeat, ws->now_ms, options->heartbeat_ms,
                                      options->heartbeat_misses)) {
    case MEEPLE__HEARTBEAT_DEAD:
        ws->timed_out = true;
        ws->silent = true;
        return;
    case MEEPLE__HEARTBEAT_PING:
        if (meeple__ws_beat(ws, ws->now_ms) < 0) {
            meeple__ws_fail(ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
            return;
        }
        break;
    case MEEPLE__HEARTBEAT_NOTHING:
    default:
        break;
    }
    ws->deadline_ms = meeple__heartbeat_deadline(&ws->heartbeat, options->heartbeat_ms);
}

void meeple__ws_tick(struct meeple__ws *ws, uint64_t now_ms)
{
    ws->now_ms = now_ms;
    if (now_ms < ws->deadline_ms) {
        return;
    }
    if (ws->state <= MEEPLE__WS_ASKED && ws->config->options.server) {
        bool asked = ws->state == MEEPLE__WS_ASKED;

        ws->late = true;
        if (meeple__ws_refuse(ws, asked ? 503 : 408,
                              asked ? "the server did not decide in time"
                                    : "the handshake took too long",
                              NULL) < 0) {
            ws->timed_out = true;
        }
    } else if (ws->state <= MEEPLE__WS_ASKED) {
        client_fault(ws, MEEPLE_STAGE_TIMEOUT, 0,
                     "the server did not answer the handshake in time");
        ws->timed_out = true;
    } else if (meeple__ws_is_open(ws)) {
        beat(ws);
    } else {
        ws->timed_out = true;
    }
    if (ws->timed_out) {
        ws->deadline_ms = UINT64_MAX;
    }
}

/* Whether there is nothing left to wait for. */
static bool is_over(const struct meeple__ws *ws)
{
    bool said_all = ws->out.bytes == 0 && !ws->answering;
    /* What is left of a client's request is of no use. */
    bool refused = ws->state == MEEPLE__WS_REFUSED && (said_all || !ws->config->options.server);

    return ws->ended || ws->timed_out || refused ||
           (ws->close_sent && (ws->close_received || ws->failed) && said_all);
}

static void tell_closed(struct meeple__ws *ws, meeple_ws_event *event)
{
    const char *why = ws->silent       ? "nothing was heard for too long"
                      : ws->timed_out  ? "the other side did not answer our close in time"
                      : ws->close_sent ? "the connection was lost while closing"
                                       : "the connection was lost";

    if (ws->state < MEEPLE__WS_FRAMES && meeple__ws_fault(ws).stage == MEEPLE_STAGE_NONE &&
        !ws->failed) {
        why = "the connection was closed before the handshake was done";
        if (meeple__ws_need_aside(ws) == 0) { /* a server's is only to be asked for */
            ws->aside->fault = (meeple_fault){MEEPLE_STAGE_HTTP, 0, why};
        }
    }
    *event = (meeple_ws_event){MEEPLE_WS_CLOSED, false, false, MEEPLE_CLOSE_ABNORMAL, {NULL, 0}};
    if (ws->failed) {
        event->code = ws->code;
        why = meeple__ws_why(ws);
    } else if (ws->close_received) {
        event->code = ws->code;
        event->clean = ws->close_sent && ws->close_bytes == 0;
        event->data = meeple__ws_reason(ws);
        why = NULL;
    }
    if (why) {
        event->data = (meeple_bytes){(const uint8_t *)why, strlen(why)};
    }
    ws->state = MEEPLE__WS_OVER;
    ws->deadline_ms = UINT64_MAX;
}

static void begin_heartbeat(struct meeple__ws *ws)
{
    uint32_t interval_ms = ws->config->options.heartbeat_ms;

    meeple__heartbeat_begin(&ws->heartbeat, ws->now_ms);
    ws->deadline_ms =
        interval_ms ? meeple__heartbeat_deadline(&ws->heartbeat, interval_ms) : UINT64_MAX;
}

/* Until there are frames. */
static int next_head(struct meeple__ws *ws, meeple_ws_event *event)
{
    int rc = 0;

    while (rc == 0 && ws->state == MEEPLE__WS_HEAD && ws->fed_len > 0) {
        rc = read_head(ws, event);
    }
    if (rc == 0 && ws->state == MEEPLE__WS_READY) {
        const char *protocol = meeple__ws_protocol(ws);

        ws->state = MEEPLE__WS_FRAMES;
        meeple__ws_end_aside(ws);
        begin_heartbeat(ws);
        *event = (meeple_ws_event){
            MEEPLE_WS_OPEN, false, false, 0, {(const uint8_t *)protocol, strlen(protocol)}};
        return 1;
    }
    return rc;
}

int meeple__ws_next_other(struct meeple__ws *ws, meeple_ws_event *event)
{
    int rc;

    if (ws->state == MEEPLE__WS_OVER) {
        ws->fed_len = 0;
        return 0;
    }
    rc = ws->state == MEEPLE__WS_FRAMES ? meeple__ws_read(ws, event) : next_head(ws, event);
    if (rc > 0) {
        return rc;
    }
    if (rc < 0) {
        ws->fed_len = 0;
        if (ws->state == MEEPLE__WS_FRAMES) {
            meeple__ws_fail(ws, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
        } else {
            ws->ended = true;
        }
        return rc;
    }
    if (rc == 0 && ws->state == MEEPLE__WS_ASKED && ws->fed_len > 0) {
        /* Not answered yet, and the bytes are not ours to keep: section 4.1 has clients wait. */
        rc = meeple__ws_refuse(ws, 400, "a client waits for the answer to its request", NULL);
    }
    if (rc == 0 && ws->state == MEEPLE__WS_REFUSED) {
        if (ws->page) {
            ws->aside->ignored += ws->fed_len;
            ws->ended = ws->ended || ws->aside->ignored > IGNORED_MAX;
        }
        ws->fed_len = 0;
    }
    if (rc == 0 && is_over(ws)) {
        tell_closed(ws, event);
        return 1;
    }
    return rc;
}
