/* page: what a request without a WebSocket asks for, and what is answered (RFC 9110, RFC 9112). */
#include "transport/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scan.h"
#include "transport/http_status.h"
#include "transport/request.h"

bool meeple__page_asked(const struct meeple__http_head *head)
{
    meeple_bytes key;

    return !meeple__http_head_has_token(head, "Upgrade", "websocket") &&
           meeple__http_head_field(head, "Sec-WebSocket-Key", &key) == 0;
}

int meeple__page_request_check(const struct meeple__http_head *head,
                               struct meeple__page_request *request, const char **why)
{
    bool old = meeple__bytes_equal(head->words[2], "HTTP/1.0");
    meeple_bytes host;
    size_t hosts = meeple__http_head_field(head, "Host", &host);

    *why = "";
    request->bodiless = meeple__bytes_equal(head->words[0], "HEAD");
    if (!old && !meeple__bytes_equal(head->words[2], "HTTP/1.1")) {
        *why = "HTTP/1.1 is required";
        return 505;
    }
    if (!request->bodiless && !meeple__bytes_equal(head->words[0], "GET")) {
        *why = "there is nothing here but to GET";
        return 405;
    }
    if (!meeple__target_split(head->words[1], &request->path, &request->query)) {
        *why = "the request's target is no path";
        return 400;
    }
    if (hosts > 1 || (hosts == 0 && !old)) {
        *why = "there has to be one Host header";
        return 400;
    }
    if (hosts == 1 && !meeple__http_is_host(host)) {
        *why = "the Host header is no host";
        return 400;
    }
    /* A body would be the next request to us, and the other way round to a proxy. */
    if (meeple__http_head_has_body(head)) {
        *why = "the request may not have a body";
        return 400;
    }
    return 0;
}

/* Whether the parameters behind a coding, ";q=0.000", say that it is not wanted. */
static bool weighs_nothing(meeple_bytes parameters)
{
    size_t at = 0;

    while (at < parameters.len &&
           (meeple__is_blank(parameters.ptr[at]) || parameters.ptr[at] == ';')) {
        at++;
    }
    if (parameters.len - at < 3 || (parameters.ptr[at] | 0x20) != 'q' ||
        parameters.ptr[at + 1] != '=') {
        return false;
    }
    for (at += 2; at < parameters.len; at++) {
        if (parameters.ptr[at] != '0' && parameters.ptr[at] != '.') {
            return false;
        }
    }
    return true;
}

bool meeple__page_accepts(const struct meeple__http_head *head, const char *coding)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    while (meeple__http_list_next(head, "Accept-Encoding", &at, &element)) {
        size_t len = 0;

        while (len < element.len && element.ptr[len] != ';' &&
               !meeple__is_blank(element.ptr[len])) {
            len++;
        }
        if (meeple__bytes_equal_caseless((meeple_bytes){element.ptr, len}, coding)) {
            return !weighs_nothing((meeple_bytes){element.ptr + len, element.len - len});
        }
    }
    return false;
}

void meeple__page_tag(char tag[MEEPLE__PAGE_TAG_SIZE], int64_t changed_s, int32_t changed_ns,
                      uint64_t size)
{
    snprintf(tag, MEEPLE__PAGE_TAG_SIZE, "W/\"%" PRIx64 "-%" PRIx32 "-%" PRIx64 "\"",
             (uint64_t)changed_s, (uint32_t)changed_ns, size);
}

bool meeple__page_known(const struct meeple__http_head *head, const char *tag)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    /* Weak or strong is the same here: section 8.8.3.2. */
    while (meeple__http_list_next(head, "If-None-Match", &at, &element)) {
        if (meeple__bytes_equal(element, "*") || meeple__bytes_equal(element, tag) ||
            meeple__bytes_equal(element, tag + 2)) {
            return true;
        }
    }
    return false;
}

static int add(struct meeple__buf *buf, const meeple_mem *mem, const char *text)
{
    return meeple__buf_add(buf, mem, (meeple_bytes){(const uint8_t *)text, strlen(text)}, SIZE_MAX);
}

/* As many of the texts as there are, and fit. */
static int add_texts(struct meeple__buf *buf, const meeple_mem *mem, const char *const *texts)
{
    int rc = 0;

    for (; rc == 0 && *texts; texts++) {
        rc = add(buf, mem, *texts);
    }
    return rc;
}

/* The path came through meeple__page_name(): it begins with one slash, so that it stays here. */
static int add_location(struct meeple__buf *buf, const meeple_mem *mem,
                        const struct meeple__page_answer *answer)
{
    int rc = add(buf, mem, "Location: ");

    if (rc == 0) {
        rc = meeple__buf_add(buf, mem, answer->path, SIZE_MAX);
    }
    if (rc == 0) {
        rc = add(buf, mem, answer->query.len > 0 ? "/?" : "/");
    }
    if (rc == 0) {
        rc = meeple__buf_add(buf, mem, answer->query, SIZE_MAX);
    }
    return rc == 0 ? add(buf, mem, "\r\n") : rc;
}

/* What says how long the answer may be kept, and of what else it depends. */
static int add_caching(struct meeple__buf *buf, const meeple_mem *mem, const char *tag)
{
    const char *const kept[] = {"ETag: ", tag,
                                "\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\n", NULL};

    return tag ? add_texts(buf, mem, kept) : add(buf, mem, "Cache-Control: no-store\r\n");
}

/* What says what the body is. */
static int add_body_fields(struct meeple__buf *buf, const meeple_mem *mem,
                           const struct meeple__page_answer *answer)
{
    char length[48];
    const char *const fields[] = {"Content-Type: ",
                                  answer->type ? answer->type : "text/plain; charset=utf-8",
                                  answer->coding ? "\r\nContent-Encoding: " : "",
                                  answer->coding ? answer->coding : "",
                                  "\r\nX-Content-Type-Options: nosniff\r\n",
                                  length,
                                  NULL};

    snprintf(length, sizeof length, "Content-Length: %" PRIu64 "\r\n",
             answer->text ? (uint64_t)strlen(answer->text) + 1 : answer->length);
    return add_texts(buf, mem, fields);
}

int meeple__page_answer_write(struct meeple__buf *buf, const meeple_mem *mem,
                              const struct meeple__page_answer *answer)
{
    char number[16];
    const char *const first[] = {"HTTP/1.1 ",
                                 number,
                                 meeple__http_phrase(answer->status),
                                 "\r\nConnection: close\r\n",
                                 answer->status == 405 ? "Allow: GET, HEAD\r\n" : "",
                                 answer->status == 503 ? "Retry-After: 2\r\n" : "",
                                 NULL};
    const char *const text[] = {"\r\n", answer->text, "\n", NULL};
    const char *const end[] = {"\r\n", NULL};
    int rc;

    snprintf(number, sizeof number, "%d ", answer->status);
    rc = add_texts(buf, mem, first);
    if (rc == 0 && answer->path.len > 0) {
        rc = add_location(buf, mem, answer);
    }
    if (rc == 0) {
        rc = add_caching(buf, mem, answer->tag);
    }
    if (rc == 0 && answer->status != 304) {
        rc = add_body_fields(buf, mem, answer);
    }
    if (rc == 0) {
        rc = add_texts(buf, mem, answer->text && !answer->bodiless ? text : end);
    }
    return rc;
}
