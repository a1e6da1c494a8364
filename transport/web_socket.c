/* web_socket: the browser's WebSockets, and word of them to the page's program. */
#include "transport/web_socket.h"

#include <meeple/web.h>

#include <emscripten.h>
#include <string.h>

/*
 * What is kept is kept on the side of JavaScript, in Module.meepleWeb: a list of WebSockets by
 * handle, each with what came of it and was not asked for yet, and whom to tell.  Addresses come as
 * numbers with a sign, those above 2 GiB below 0, until ">>> 0" says otherwise.  Functions here
 * run on the program's stack and never throw; the handlers of a WebSocket run on the page's, and
 * the program may throw through them what emscripten's exit() throws.
 */

enum {
    /* What a JavaScript function answers about an event. */
    FIELD_TYPE,
    FIELD_LEN,
    FIELD_FLAGS,
    FIELD_CODE,
    FIELDS,
    FLAG_TEXT = 1,
    FLAG_CLEAN = 2,
    FLAG_OVERFLOW = 4
};

typedef void (*ready_function)(void *user);

void meeple__web_call(ready_function ready, void *user);

/* From JavaScript into the program, with its stack empty. */
EMSCRIPTEN_KEEPALIVE void meeple__web_call(ready_function ready, void *user)
{
    ready(user);
}

/* clang-format off */

/* The state, and what works on it without being asked; made with the first use. */
EM_JS(void, meeple__web_js_begin, (int message_cost), {
    if (Module.meepleWeb) {
        return;
    }
    var web = { sockets: [], cost: message_cost, ready: 0, user: 0, timer: 0 };
    var encoder = new TextEncoder();
    /* A program that crashed or came to its end, with what is waiting for it. */
    web.leave = function () {
        web.ready = 0;
        web.sockets.forEach(function (socket) {
            if (socket) {
                socket.over = true;
                socket.events = [];
                socket.at = socket.waiting = 0;
                socket.ws.close();
            }
        });
        web.beat();
    };
    web.call = function () {
        if (ABORT || (typeof runtimeExited !== 'undefined' && runtimeExited)) {
            web.leave();
            return;
        }
        if (!web.ready) {
            return;
        }
        try {
            _meeple__web_call(web.ready, web.user);
        } catch (thrown) {
            if (thrown === 'unwind') {
                return;
            }
            /* It was left somewhere in the middle, and cannot be trusted any more. */
            web.leave();
            if (!(thrown && thrown.name === 'ExitStatus')) {
                throw thrown;
            }
        }
    };
    /* A timer runs as long as there is a WebSocket. */
    web.beat = function () {
        var needed = web.ready && web.sockets.some(function (socket) { return socket; });
        if (needed && !web.timer) {
            web.timer = setInterval(web.call, 1000);
        } else if (!needed && web.timer) {
            clearInterval(web.timer);
            web.timer = 0;
        }
    };
    web.tell = function (socket, type, bytes, flags, code) {
        socket.events.push({ type: type, bytes: bytes, flags: flags, code: code });
        web.call();
    };
    web.hear = function (socket, data) {
        var text = typeof data === 'string';
        var bytes = text ? encoder.encode(data) : new Uint8Array(data);
        if (socket.waiting > 0 && socket.waiting + bytes.length + web.cost > socket.most) {
            socket.over = true;
            socket.ws.close(4008, 'too many messages wait for the page');
            web.tell(socket, 3, new Uint8Array(0), 4, 1006);
            return;
        }
        socket.waiting += bytes.length + web.cost;
        web.tell(socket, 2, bytes, text ? 1 : 0, 0);
    };
    web.listen = function (socket) {
        var ws = socket.ws;
        ws.binaryType = 'arraybuffer';
        ws.onopen = function () {
            web.tell(socket, 1, encoder.encode(ws.protocol), 0, 0);
        };
        ws.onmessage = function (event) {
            if (!socket.over) {
                web.hear(socket, event.data);
            }
        };
        ws.onclose = function (event) {
            var flags = event.wasClean ? 2 : 0;
            if (!socket.over) {
                socket.over = true;
                web.tell(socket, 3, encoder.encode(event.reason), flags, event.code);
            }
        };
        /* Of an error no more is known than that CLOSED follows. */
        ws.onerror = function () {};
    };
    Module.meepleWeb = web;
})

EM_JS(int, meeple__web_js_open, (const char *url, const char *const *protocols, int count,
                                 double backlog_max, char *why, int why_size), {
    var web = Module.meepleWeb;
    var names = [];
    /* Events from `at` on were not asked for yet; `waiting` is what they cost. */
    var socket = { events: [], at: 0, waiting: 0, most: backlog_max, last: null, over: false };
    var address = UTF8ToString(url);
    var handle = 0;
    for (var i = 0; i < count; i++) {
        names.push(UTF8ToString(HEAPU32[(protocols >>> 2) + i]));
    }
    try {
        socket.ws = count > 0 ? new WebSocket(address, names) : new WebSocket(address);
    } catch (thrown) {
        stringToUTF8('the browser refuses: ' + (thrown && thrown.message || thrown), why, why_size);
        return -1;
    }
    web.listen(socket);
    while (web.sockets[handle]) {
        handle++;
    }
    web.sockets[handle] = socket;
    web.beat();
    return handle;
})

EM_JS(int, meeple__web_js_next, (int handle, int32_t *fields), {
    var web = Module.meepleWeb;
    var socket = web.sockets[handle];
    if (socket.at === socket.events.length) {
        return 0;
    }
    var event = socket.events[socket.at];
    socket.events[socket.at++] = null;
    /* A program may always be a little behind, so that it never comes to the last. */
    if (socket.at === socket.events.length || (socket.at >= 1024 && 2 * socket.at >= socket.events.length)) {
        socket.events = socket.events.slice(socket.at);
        socket.at = 0;
    }
    if (event.type === 2) {
        socket.waiting -= event.bytes.length + web.cost;
    }
    socket.last = event.bytes;
    fields >>>= 2;
    HEAP32[fields] = event.type;
    HEAP32[fields + 1] = event.bytes.length;
    HEAP32[fields + 2] = event.flags;
    HEAP32[fields + 3] = event.code;
    return 1;
})

EM_JS(int, meeple__web_js_pending, (int handle), {
    var socket = Module.meepleWeb.sockets[handle];
    return socket.at < socket.events.length ? 1 : 0;
})

EM_JS(void, meeple__web_js_take, (int handle, void *dst), {
    var socket = Module.meepleWeb.sockets[handle];
    if (socket.last) {
        HEAPU8.set(socket.last, dst >>> 0);
        socket.last = null;
    }
})

/* The bytes are copied: the memory of a program may move, and a text may have a NUL or begin with
 * what looks like a byte order mark. */
EM_JS(int, meeple__web_js_send, (int handle, const void *head, int head_len, const void *body,
                                 int body_len, int text), {
    var ws = Module.meepleWeb.sockets[handle].ws;
    if (ws.readyState !== 1) {
        return 1;
    }
    try {
        var bytes = new Uint8Array(head_len + body_len);
        head >>>= 0;
        body >>>= 0;
        bytes.set(HEAPU8.subarray(head, head + head_len));
        bytes.set(HEAPU8.subarray(body, body + body_len), head_len);
        ws.send(text ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : bytes);
    } catch (thrown) {
        return 2;
    }
    return 0;
})

EM_JS(void, meeple__web_js_wake, (void), {
    setTimeout(Module.meepleWeb.call, 0);
})

EM_JS(double, meeple__web_js_queued, (int handle), {
    return Module.meepleWeb.sockets[handle].ws.bufferedAmount;
})

EM_JS(void, meeple__web_js_close, (int handle, int code, const char *reason), {
    try {
        Module.meepleWeb.sockets[handle].ws.close(code, UTF8ToString(reason));
    } catch (thrown) {
        /* What the browser does not let us say is not said: it closes when it is dropped. */
    }
})

EM_JS(void, meeple__web_js_drop, (int handle), {
    var web = Module.meepleWeb;
    var ws = web.sockets[handle].ws;
    ws.onopen = ws.onmessage = ws.onclose = null;
    web.sockets[handle] = null;
    web.beat();
    if (ws.readyState < 2) {
        ws.close();
    }
})

EM_JS(int, meeple__web_js_page_is_secure, (void), {
    return typeof location === 'object' && location.protocol === 'https:' ? 1 : 0;
})

EM_JS(void, meeple__web_js_on_ready, (ready_function ready, void *user), {
    Module.meepleWeb.ready = ready;
    Module.meepleWeb.user = user;
    Module.meepleWeb.beat();
})

/* clang-format on */

int meeple__web_open(const char *url, const char *const *protocols, size_t backlog_max, char *why,
                     size_t why_size)
{
    int count = 0;

    while (protocols && protocols[count]) {
        count++;
    }
    meeple__web_js_begin(MEEPLE__WEB_MESSAGE_COST);
    return meeple__web_js_open(url, protocols, count, (double)backlog_max, why, (int)why_size);
}

int meeple__web_next(int handle, struct meeple__web_event *event)
{
    int32_t fields[FIELDS];

    if (!meeple__web_js_next(handle, fields)) {
        return 0;
    }
    *event = (struct meeple__web_event){.type = (meeple__web_event_type)fields[FIELD_TYPE],
                                        .len = (size_t)fields[FIELD_LEN],
                                        .text = fields[FIELD_FLAGS] & FLAG_TEXT,
                                        .clean = fields[FIELD_FLAGS] & FLAG_CLEAN,
                                        .overflow = fields[FIELD_FLAGS] & FLAG_OVERFLOW,
                                        .code = (uint16_t)fields[FIELD_CODE]};
    return 1;
}

bool meeple__web_pending(int handle)
{
    return meeple__web_js_pending(handle);
}

void meeple__web_take(int handle, void *dst)
{
    meeple__web_js_take(handle, dst);
}

int meeple__web_send(int handle, meeple_bytes head, meeple_bytes body, bool text)
{
    static const int answers[] = {0, MEEPLE_ESTATE, MEEPLE_ENOMEM};

    return answers[meeple__web_js_send(handle, head.ptr, (int)head.len, body.ptr, (int)body.len,
                                       text)];
}

size_t meeple__web_queued(int handle)
{
    double queued = meeple__web_js_queued(handle);

    return queued < INT32_MAX ? (size_t)queued : INT32_MAX;
}

void meeple__web_close(int handle, uint16_t code, const char *reason)
{
    meeple__web_js_close(handle, code, reason);
}

void meeple__web_drop(int handle)
{
    meeple__web_js_drop(handle);
}

void meeple__web_wake(void)
{
    meeple__web_js_begin(MEEPLE__WEB_MESSAGE_COST);
    meeple__web_js_wake();
}

bool meeple__web_page_is_secure(void)
{
    return meeple__web_js_page_is_secure();
}

void meeple_web_on_ready(void (*ready)(void *user), void *user)
{
    meeple__web_js_begin(MEEPLE__WEB_MESSAGE_COST);
    meeple__web_js_on_ready(ready, user);
}
