/*
 * fuzz_request: what a server is told of who asks to come in.  The first line is the target, the
 * others are headers beside those of a good request; then the questions are asked that the request
 * itself suggests.
 */
#include <meeple/request.h>

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"
#include "tests/fuzz/target.h"
#include "transport/request.h"
#include "transport/ws_handshake.h"

enum {
    INPUT_MAX = 4000
};

static void add(struct meeple__buf *buf, const void *bytes, size_t len)
{
    MUST(meeple__buf_add(buf, NULL, (meeple_bytes){bytes, len}, SIZE_MAX) == 0);
}

static void add_text(struct meeple__buf *buf, const char *text)
{
    add(buf, text, strlen(text));
}

/* The line at *at, without its end. */
static meeple_bytes take_line(meeple_bytes *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    meeple_bytes line = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};

    rest->ptr += line.len + (end != NULL);
    rest->len -= line.len + (end != NULL);
    return line;
}

/* In a buffer of exact size, so that a step too far is seen. */
static void ask_parameter(const meeple_request *request, const char *name)
{
    char *wide = malloc(INPUT_MAX), *narrow;
    int len = meeple_request_parameter(request, name, wide, INPUT_MAX);

    MUST(len >= 0 || len == MEEPLE_ENOTFOUND || len == MEEPLE_EPROTO);
    if (len >= 0) {
        MUST(strlen(wide) == (size_t)len);
        MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)wide, (size_t)len}));
        narrow = malloc((size_t)len + 1);
        MUST(meeple_request_parameter(request, name, narrow, (size_t)len) == MEEPLE_ETOOBIG);
        MUST(meeple_request_parameter(request, name, narrow, (size_t)len + 1) == len);
        MUST(memcmp(narrow, wide, (size_t)len + 1) == 0);
        free(narrow);
    }
    free(wide);
}

/* With each name that stands between two of these marks. */
static void ask_all(const meeple_request *request, const char *text, const char *marks)
{
    static char name[INPUT_MAX + 1];

    while (*text) {
        size_t len = strcspn(text, marks);
        meeple_bytes cookie;

        MUST(len <= INPUT_MAX);
        memcpy(name, text, len);
        name[len] = '\0';
        ask_parameter(request, name);
        cookie = meeple_request_cookie(request, name);
        MUST(cookie.ptr || cookie.len == 0);
        for (size_t i = 0; i < cookie.len; i++) {
            MUST(cookie.ptr[i] != ';' && cookie.ptr[i] != 0);
        }
        text += len + (text[len] != '\0');
    }
}

static void check(const meeple_request *request, const struct meeple__http_head *head)
{
    MUST(request->path[0] == '/' && !strpbrk(request->path, "?# "));
    MUST(request->query && !strpbrk(request->query, "# "));
    MUST(request->host && request->origin && request->protocols);
    MUST(request->header_count == head->field_count);
    for (size_t i = 0; i < request->header_count; i++) {
        const meeple_header *header = &request->headers[i];
        meeple_bytes first;

        MUST(meeple__bytes_equal(head->fields[i].name, header->name));
        MUST(meeple__bytes_equal(head->fields[i].value, header->value));
        MUST(meeple__http_head_field(head, header->name, &first) > 0);
        MUST(meeple__bytes_equal(first, meeple_request_header(request, header->name)));
        ask_all(request, header->value, "=; \t");
    }
    for (size_t i = 0; request->protocols[i]; i++) {
        MUST(meeple__ws_offered(head, request->protocols[i]));
    }
    ask_all(request, request->query, "=&");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    meeple_bytes rest = {bytes, len}, line;
    struct meeple__buf text = {0};
    struct meeple__http_head head;
    struct meeple__ws_offer offer;
    struct limited_mem mem;
    meeple_request *request;
    const char *why;

    if (len == 0 || len > INPUT_MAX) {
        return 0;
    }
    line = take_line(&rest);
    add_text(&text, "GET ");
    add(&text, line.ptr, line.len);
    add_text(&text, " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    while (rest.len > 0) {
        line = take_line(&rest);
        add(&text, line.ptr, line.len);
        add_text(&text, "\r\n");
    }
    add_text(&text, "\r\n");
    limited_mem_init(&mem, 20 * 1024);
    if (meeple__http_head_end((meeple_bytes){text.ptr, text.len}, 0) == (ptrdiff_t)text.len &&
        meeple__http_head_parse(&head, (meeple_bytes){text.ptr, text.len}) == 0 &&
        meeple__ws_request_check(&head, NULL, MEEPLE__PROTOCOL_OPTIONAL, &offer, &why) == 0) {
        MUST(meeple__request_new(&request, &head, &mem.mem) == 0);
        check(request, &head);
        meeple__request_free(request, &mem.mem);
    }
    MUST(mem.live == 0);
    meeple__buf_done(&text, NULL);
    return 0;
}
