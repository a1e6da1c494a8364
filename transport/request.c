/* request: meeple/request.h made from the head of a good request. */
#include "transport/request.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"
#include "core/scan.h"
#include "core/utf8.h"

/* ---- from the head ---- */

bool meeple__target_split(meeple_bytes target, meeple_bytes *path, meeple_bytes *query)
{
    static const meeple_bytes root = {(const uint8_t *)"/", 1};
    size_t begin = 0, end = 0;

    if (target.len == 0 || memchr(target.ptr, '#', target.len)) {
        return false;
    }
    if (target.ptr[0] != '/') {
        while (begin < target.len && target.ptr[begin] != ':') {
            begin++;
        }
        if (begin == 0 || target.len - begin < 4 || memcmp(target.ptr + begin, "://", 3) != 0) {
            return false;
        }
        begin += 3;
        while (begin < target.len && target.ptr[begin] != '/' && target.ptr[begin] != '?') {
            begin++;
        }
    }
    end = begin;
    while (end < target.len && target.ptr[end] != '?') {
        end++;
    }
    *path = end > begin ? (meeple_bytes){target.ptr + begin, end - begin} : root;
    end += end < target.len;
    *query = (meeple_bytes){target.ptr + end, target.len - end};
    return true;
}

/* The request and all it points at are one allocation. */
struct made {
    meeple_request request;
    char *at; /* where the next text goes */
    char *end;
};

static const char *keep(struct made *made, meeple_bytes text)
{
    char *begin = made->at;

    assert(text.len < (size_t)(made->end - begin));
    if (text.len > 0) {
        memcpy(begin, text.ptr, text.len);
    }
    begin[text.len] = '\0';
    made->at = begin + text.len + 1;
    return begin;
}

/* How many subprotocols are offered, and bytes for them. */
static size_t count_protocols(const struct meeple__http_head *head, size_t *size)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;
    size_t count = 0;

    while (meeple__http_list_next(head, "Sec-WebSocket-Protocol", &at, &element)) {
        count++;
        *size += element.len + 1;
    }
    return count;
}

/* Bytes for every text but the subprotocols. */
static size_t text_size(const struct meeple__http_head *head)
{
    size_t size = head->words[1].len + 4; /* path and query, or "/" */

    for (size_t i = 0; i < head->field_count; i++) {
        size += head->fields[i].name.len + head->fields[i].value.len + 2;
    }
    return size;
}

static void keep_headers(struct made *made, const struct meeple__http_head *head,
                         meeple_header *headers)
{
    const char *found;

    for (size_t i = 0; i < head->field_count; i++) {
        headers[i].name = keep(made, head->fields[i].name);
        headers[i].value = keep(made, head->fields[i].value);
    }
    made->request.headers = headers;
    made->request.header_count = head->field_count;
    found = meeple_request_header(&made->request, "Host");
    made->request.host = found ? found : "";
    found = meeple_request_header(&made->request, "Origin");
    made->request.origin = found ? found : "";
}

static void keep_protocols(struct made *made, const struct meeple__http_head *head,
                           const char **protocols)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    made->request.protocols = protocols;
    while (meeple__http_list_next(head, "Sec-WebSocket-Protocol", &at, &element)) {
        *protocols++ = keep(made, element);
    }
    *protocols = NULL;
}

int meeple__request_new(meeple_request **out, const struct meeple__http_head *head,
                        const meeple_mem *mem)
{
    size_t size = text_size(head);
    size_t protocol_count = count_protocols(head, &size);
    size_t headers_at = sizeof(struct made);
    size_t protocols_at = headers_at + head->field_count * sizeof(meeple_header);
    size_t texts_at = protocols_at + (protocol_count + 1) * sizeof(const char *);
    struct made *made = meeple__alloc(mem, texts_at + size);
    meeple_bytes path, query;
    bool good = meeple__target_split(head->words[1], &path, &query);

    assert(good);
    (void)good;
    if (!made) {
        return MEEPLE_ENOMEM;
    }
    made->at = (char *)made + texts_at;
    made->end = made->at + size;
    made->request.address = made->request.proxy = "";
    made->request.path = keep(made, path);
    made->request.query = keep(made, query);
    keep_headers(made, head, (meeple_header *)(void *)((char *)made + headers_at));
    keep_protocols(made, head, (const char **)(void *)((char *)made + protocols_at));
    *out = &made->request;
    return 0;
}

void meeple__request_free(meeple_request *request, const meeple_mem *mem)
{
    meeple__free(mem, request);
}

/* ---- questions ---- */

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

const char *meeple_request_header(const meeple_request *request, const char *name)
{
    for (size_t i = 0; request && name && i < request->header_count; i++) {
        if (meeple__bytes_equal_caseless(bytes_of(request->headers[i].name), name)) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

/* The part of *rest before the next `mark`, taken off it. */
static meeple_bytes take_until(meeple_bytes *rest, char mark)
{
    const uint8_t *end = rest->len ? memchr(rest->ptr, mark, rest->len) : NULL;
    meeple_bytes part = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    size_t skip = end ? part.len + 1 : part.len;

    rest->ptr += skip;
    rest->len -= skip;
    return part;
}

static meeple_bytes unquoted(meeple_bytes value)
{
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
        value.ptr++;
        value.len -= 2;
    }
    return value;
}

meeple_bytes meeple_request_cookie(const meeple_request *request, const char *name)
{
    for (size_t i = 0; request && name && i < request->header_count; i++) {
        meeple_bytes rest = bytes_of(request->headers[i].value);

        if (!meeple__bytes_equal_caseless(bytes_of(request->headers[i].name), "Cookie")) {
            continue;
        }
        while (rest.len > 0) {
            meeple_bytes value = take_until(&rest, ';');
            meeple_bytes found = take_until(&value, '=');

            meeple__skip_blanks(&found);
            if (meeple__bytes_equal(found, name)) {
                return unquoted(value);
            }
        }
    }
    return (meeple_bytes){NULL, 0};
}

/* The next byte of a query. */
static int take_decoded(meeple_bytes *rest)
{
    bool plus = rest->ptr[0] == '+';
    int byte = meeple__take_percent(rest);

    return plus ? ' ' : byte;
}

static bool decodes_to(meeple_bytes encoded, const char *name)
{
    while (encoded.len > 0) {
        int byte = take_decoded(&encoded);

        if (byte <= 0 || byte != (unsigned char)*name++) {
            return false;
        }
    }
    return *name == '\0';
}

/* How long it is decoded; it is written to dst if there is one. */
static int decode(meeple_bytes encoded, char *dst)
{
    struct meeple__utf8 utf8 = {0};
    int len = 0;

    while (encoded.len > 0) {
        int byte = take_decoded(&encoded);
        uint8_t piece = (uint8_t)byte;

        if (byte <= 0 || !meeple__utf8_feed(&utf8, (meeple_bytes){&piece, 1})) {
            return MEEPLE_EPROTO;
        }
        if (dst) {
            memcpy(dst + len, &piece, 1);
        }
        len++;
    }
    return meeple__utf8_whole(&utf8) ? len : MEEPLE_EPROTO;
}

int meeple_request_parameter(const meeple_request *request, const char *name, char *dst, size_t cap)
{
    meeple_bytes rest;

    if (!request || !name || (!dst && cap > 0)) {
        return MEEPLE_EINVAL;
    }
    rest = bytes_of(request->query);
    while (rest.len > 0) {
        meeple_bytes value = take_until(&rest, '&');
        meeple_bytes found = take_until(&value, '=');

        if (decodes_to(found, name)) {
            int len = decode(value, NULL);

            if (len >= 0 && (size_t)len >= cap) {
                return MEEPLE_ETOOBIG;
            }
            if (len >= 0) {
                dst[decode(value, dst)] = '\0';
            }
            return len;
        }
    }
    return MEEPLE_ENOTFOUND;
}
