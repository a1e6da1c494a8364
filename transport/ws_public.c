/* ws_public: meeple/ws.h on the embedded endpoint, with a pool and strings of its own. */
#include <meeple/ws.h>

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "transport/strings.h"
#include "transport/ws.h"

struct meeple_ws {
    struct meeple__ws ws;
    struct meeple__ws_config config;
    struct meeple__pool pool;
    char *host, *path;
    char **protocols, **headers;
    const meeple_mem *mem;
};

static int copy_options(meeple_ws *self, meeple_ws_options *options)
{
    const meeple_mem *mem = self->mem;
    int rc = meeple__strings_copy(&self->protocols, options->protocols, mem);

    if (rc == 0) {
        rc = meeple__strings_copy(&self->headers, options->headers, mem);
    }
    if (rc == 0 && options->host) {
        self->host = meeple__strdup(mem, options->host);
        rc = self->host ? 0 : MEEPLE_ENOMEM;
    }
    if (rc == 0 && options->path) {
        self->path = meeple__strdup(mem, options->path);
        rc = self->path ? 0 : MEEPLE_ENOMEM;
    }
    options->protocols = meeple__strings(self->protocols);
    options->headers = meeple__strings(self->headers);
    options->host = self->host;
    options->path = self->path;
    return rc;
}

int meeple_ws_new(meeple_ws **out, const meeple_ws_options *options, const meeple_mem *mem)
{
    meeple_ws_options copied;
    meeple_ws *self;
    int rc;

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!options) {
        return MEEPLE_EINVAL;
    }
    self = meeple__alloc(mem, sizeof *self);
    if (!self) {
        return MEEPLE_ENOMEM;
    }
    copied = *options;
    self->mem = mem;
    meeple__pool_init(&self->pool, mem);
    rc = copy_options(self, &copied);
    if (rc == 0) {
        rc = meeple__ws_config_init(&self->config, &copied, &self->pool);
    }
    if (rc == 0) {
        rc = meeple__ws_init(&self->ws, &self->config, options->now_ms);
    }
    if (rc < 0) {
        self->ws.config = NULL;
        meeple_ws_free(self);
        return rc;
    }
    *out = self;
    return 0;
}

void meeple_ws_free(meeple_ws *ws)
{
    if (!ws) {
        return;
    }
    if (ws->ws.config) {
        meeple__ws_done(&ws->ws);
    }
    meeple__pool_done(&ws->pool);
    meeple__strings_free(ws->protocols, ws->mem);
    meeple__strings_free(ws->headers, ws->mem);
    meeple__free(ws->mem, ws->host);
    meeple__free(ws->mem, ws->path);
    meeple__free(ws->mem, ws);
}

void meeple_ws_feed(meeple_ws *ws, uint8_t *bytes, size_t len, uint64_t now_ms)
{
    if (ws && (bytes || len == 0)) {
        meeple__ws_feed(&ws->ws, bytes, len, now_ms);
    }
}

void meeple_ws_eof(meeple_ws *ws)
{
    if (ws) {
        meeple__ws_eof(&ws->ws);
    }
}

int meeple_ws_next(meeple_ws *ws, meeple_ws_event *event)
{
    return ws && event ? meeple__ws_next(&ws->ws, event) : MEEPLE_EINVAL;
}

size_t meeple_ws_header(const meeple_ws *ws, const char *name, meeple_bytes *value)
{
    struct meeple__http_head head;

    if (!ws || !name || !value || ws->ws.state != MEEPLE__WS_ASKED) {
        return 0;
    }
    meeple__ws_request_head(&ws->ws, &head);
    return meeple__http_head_field(&head, name, value);
}

int meeple_ws_accept(meeple_ws *ws, const char *protocol, const char *const *headers)
{
    return ws ? meeple__ws_accept_request(&ws->ws, protocol, headers) : MEEPLE_EINVAL;
}

int meeple_ws_refuse(meeple_ws *ws, int status, const char *text, const char *const *headers)
{
    if (!ws || status < 300 || status > 599 || !text || !meeple__ws_options_valid(NULL, headers)) {
        return MEEPLE_EINVAL;
    }
    return ws->ws.state == MEEPLE__WS_ASKED ? meeple__ws_refuse(&ws->ws, status, text, headers)
                                            : MEEPLE_ESTATE;
}

int meeple_ws_send(meeple_ws *ws, meeple_bytes message, bool text)
{
    if (!ws || (message.len > 0 && !message.ptr) || (text && !meeple__utf8_valid(message))) {
        return MEEPLE_EINVAL;
    }
    return meeple__ws_send(&ws->ws, (meeple_bytes){NULL, 0}, message, text);
}

void meeple_ws_compress(meeple_ws *ws, bool compress)
{
    if (ws) {
        ws->config.no_compression = !compress;
    }
}

int meeple_ws_ping(meeple_ws *ws, meeple_bytes payload)
{
    return !ws || (payload.len > 0 && !payload.ptr) ? MEEPLE_EINVAL
                                                    : meeple__ws_ping(&ws->ws, payload);
}

int meeple_ws_close(meeple_ws *ws, uint16_t code, const char *reason, uint64_t now_ms)
{
    return ws ? meeple__ws_close(&ws->ws, code, reason, now_ms) : MEEPLE_EINVAL;
}

size_t meeple_ws_tx(const meeple_ws *ws, meeple_bytes *parts, size_t most)
{
    return ws && parts ? meeple__queue_parts(&ws->ws.out, parts, most) : 0;
}

void meeple_ws_sent(meeple_ws *ws, size_t len)
{
    if (ws) {
        assert(len <= ws->ws.out.bytes);
        meeple__ws_sent(&ws->ws, len);
    }
}

size_t meeple_ws_queued(const meeple_ws *ws)
{
    return ws ? ws->ws.out.bytes : 0;
}

uint64_t meeple_ws_deadline_ms(const meeple_ws *ws)
{
    return ws ? ws->ws.deadline_ms : UINT64_MAX;
}

void meeple_ws_tick(meeple_ws *ws, uint64_t now_ms)
{
    if (ws) {
        meeple__ws_tick(&ws->ws, now_ms);
    }
}

void meeple_ws_fault(const meeple_ws *ws, struct meeple_fault *fault)
{
    if (fault) {
        *fault = ws ? meeple__ws_fault(&ws->ws) : (meeple_fault){.text = ""};
    }
}
