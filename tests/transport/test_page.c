/* test_page: requests for pages, and the heads of their answers. */
#include "transport/page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/counting_mem.h"

/* A request of that first line and those fields; the head points into a static buffer. */
static struct meeple__http_head head_of(const char *line, const char *fields)
{
    static char text[2000];
    struct meeple__http_head head;
    int len = snprintf(text, sizeof text, "%s\r\n%s\r\n", line, fields);

    cr_assert_eq(meeple__http_head_parse(&head, (meeple_bytes){(uint8_t *)text, (size_t)len}), 0);
    return head;
}

static int check(const char *line, const char *fields, struct meeple__page_request *request)
{
    struct meeple__http_head head = head_of(line, fields);
    const char *why;

    return meeple__page_request_check(&head, request, &why);
}

Test(page, what_wants_to_be_a_websocket_is_no_page)
{
    static const struct {
        const char *fields;
        bool page;
    } cases[] = {{"Host: h\r\n", true},
                 {"Upgrade: h2c\r\nConnection: Upgrade\r\n", true},
                 {"Connection: Upgrade\r\n", true},
                 {"Upgrade: websocket\r\nConnection: Upgrade\r\n", false},
                 {"Upgrade: h2c, WebSocket\r\n", false},
                 {"Upgrade: websocket\r\n", false},
                 {"Sec-WebSocket-Key: x\r\n", false}}; /* whose proxy took its Upgrade away */

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__http_head head = head_of("GET / HTTP/1.1", cases[i].fields);

        cr_assert_eq(meeple__page_asked(&head), cases[i].page, "%s", cases[i].fields);
    }
}

Test(page, a_request_is_checked)
{
    static const struct {
        const char *line, *fields;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1", "Host: h\r\n", 0},
        {"HEAD /a?b HTTP/1.1", "Host: h\r\n", 0},
        {"GET http://h/a?b HTTP/1.1", "Host: h\r\n", 0},
        {"GET / HTTP/1.0", "", 0},
        {"GET / HTTP/1.0", "Host: h\r\n", 0},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 0\r\n", 0},
        {"GET / HTTP/1.1", "", 400},
        {"GET / HTTP/1.1", "Host: h\r\nHost: h\r\n", 400},
        {"GET / HTTP/1.0", "Host: h\r\nHost: h\r\n", 400},
        {"GET / HTTP/1.1", "Host: [::1]:80\r\n", 0},
        {"GET / HTTP/1.1", "Host:\r\n", 0},
        {"GET / HTTP/1.1", "Host: a b\r\n", 400},
        {"GET / HTTP/1.0", "Host: me@h\r\n", 400},
        {"GET / HTTP/1.1", "Host: h/\r\n", 400},
        {"GET * HTTP/1.1", "Host: h\r\n", 400},
        {"GET a HTTP/1.1", "Host: h\r\n", 400},
        {"GET /a#b HTTP/1.1", "Host: h\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 5\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 00\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length: 0, 5\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nContent-Length:\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nTransfer-Encoding: chunked\r\n", 400},
        {"GET / HTTP/1.1", "Host: h\r\nTransfer-Encoding:\r\n", 400},
        {"POST / HTTP/1.1", "Host: h\r\n", 405},
        {"OPTIONS * HTTP/1.1", "Host: h\r\n", 405},
        {"get / HTTP/1.1", "Host: h\r\n", 405},
        {"GETX / HTTP/1.1", "Host: h\r\n", 405},
        {"GET / HTTP/2.0", "Host: h\r\n", 505},
        {"GET / HTTP/1.2", "Host: h\r\n", 505},
        {"GET / http/1.1", "Host: h\r\n", 505},
        {"PRI * HTTP/2.0", "", 505},
        {"GET /", "", 505},
    };
    struct meeple__page_request request;

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        cr_assert_eq(check(cases[i].line, cases[i].fields, &request), cases[i].status, "%s %s",
                     cases[i].line, cases[i].fields);
    }
    cr_assert_eq(check("HEAD http://h/a?b HTTP/1.1", "Host: h\r\n", &request), 0);
    cr_assert(request.bodiless);
    cr_assert(meeple__bytes_equal(request.path, "/a"));
    cr_assert(meeple__bytes_equal(request.query, "b"));
}

Test(page, codings_are_taken_where_the_client_says_so)
{
    static const struct {
        const char *value;
        bool gzip;
    } cases[] = {{"gzip", true},
                 {"GZIP", true},
                 {"br, gzip, deflate", true},
                 {"br;q=1.0, gzip;q=0.8", true},
                 {"gzip;q=0.001", true},
                 {"gzip ; q=1", true},
                 {"gzip;x=0", true},
                 {"br", false},
                 {"", false},
                 {"*", false},
                 {"gzipx", false},
                 {"x-gzip", false},
                 {"gzip;q=0", false},
                 {"gzip;q=0.", false},
                 {"gzip;q=0.000", false},
                 {"gzip ; Q=0", false},
                 {"br, gzip;q=0, deflate", false}};
    struct meeple__http_head none = head_of("GET / HTTP/1.1", "");

    cr_assert_not(meeple__page_accepts(&none, "gzip"));
    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        char field[100];
        struct meeple__http_head head;

        snprintf(field, sizeof field, "Accept-Encoding: %s\r\n", cases[i].value);
        head = head_of("GET / HTTP/1.1", field);
        cr_assert_eq(meeple__page_accepts(&head, "gzip"), cases[i].gzip, "%s", cases[i].value);
    }
}

Test(page, a_tag_tells_times_and_sizes_apart)
{
    char tag[MEEPLE__PAGE_TAG_SIZE], other[MEEPLE__PAGE_TAG_SIZE];

    meeple__page_tag(tag, 0x6789, 0xab, 0x1000);
    cr_assert_str_eq(tag, "W/\"6789-ab-1000\"");
    meeple__page_tag(other, 0x6789, 0xac, 0x1000);
    cr_assert_str_neq(tag, other);
    meeple__page_tag(tag, INT64_MIN, 999999999, UINT64_MAX);
    cr_assert_str_eq(tag, "W/\"8000000000000000-3b9ac9ff-ffffffffffffffff\"");
}

Test(page, a_client_says_what_it_has)
{
    static const struct {
        const char *fields;
        bool known;
    } cases[] = {{"", false},
                 {"If-None-Match: W/\"1-2-3\"\r\n", true},
                 {"If-None-Match: \"1-2-3\"\r\n", true},
                 {"If-None-Match: *\r\n", true},
                 {"If-None-Match: \"a\", W/\"1-2-3\" , \"b\"\r\n", true},
                 {"If-None-Match: \"a\"\r\nIf-None-Match: W/\"1-2-3\"\r\n", true},
                 {"If-None-Match: W/\"1-2-4\"\r\n", false},
                 {"If-None-Match: w/\"1-2-3\"\r\n", false},
                 {"If-None-Match: 1-2-3\r\n", false},
                 {"If-None-Match: \"W/1-2-3\"\r\n", false},
                 {"If-None-Match:\r\n", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__http_head head = head_of("GET / HTTP/1.1", cases[i].fields);

        cr_assert_eq(meeple__page_known(&head, "W/\"1-2-3\""), cases[i].known, "%s",
                     cases[i].fields);
    }
}

static void writes(const struct meeple__page_answer *answer, const char *want)
{
    struct counting_mem mem;
    struct meeple__buf buf = {0};

    counting_mem_init(&mem);
    cr_assert_eq(meeple__page_answer_write(&buf, &mem.mem, answer), 0);
    cr_assert_eq(buf.len, strlen(want), "%.*s", (int)buf.len, (const char *)buf.ptr);
    cr_assert_arr_eq(buf.ptr, want, buf.len, "%.*s", (int)buf.len, (const char *)buf.ptr);
    meeple__buf_done(&buf, &mem.mem);
    for (size_t n = 1;; n++) {
        int rc;

        counting_mem_fail(&mem, n);
        rc = meeple__page_answer_write(&buf, &mem.mem, answer);
        meeple__buf_done(&buf, &mem.mem);
        cr_assert_eq(mem.live, 0);
        if (rc == 0) {
            break;
        }
        cr_assert_eq(rc, MEEPLE_ENOMEM);
    }
}

Test(page, answers_are_written)
{
    static const uint8_t path[] = "/a/b", query[] = "c=d";

    writes(&(struct meeple__page_answer){.status = 200,
                                         .type = "application/wasm",
                                         .tag = "W/\"1\"",
                                         .coding = "br",
                                         .length = 50000000000},
           "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: W/\"1\"\r\nCache-Control: no-cache\r\n"
           "Vary: Accept-Encoding\r\nContent-Type: application/wasm\r\nContent-Encoding: br\r\n"
           "X-Content-Type-Options: nosniff\r\nContent-Length: 50000000000\r\n\r\n");
    writes(&(struct meeple__page_answer){.status = 304, .type = "text/css", .tag = "W/\"1\""},
           "HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: W/\"1\"\r\n"
           "Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n\r\n");
    writes(&(struct meeple__page_answer){.status = 404, .text = "none"},
           "HTTP/1.1 404 Not Found\r\nConnection: close\r\nCache-Control: no-store\r\n"
           "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
           "Content-Length: 5\r\n\r\nnone\n");
    writes(&(struct meeple__page_answer){.status = 405, .text = "none", .bodiless = true},
           "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nAllow: GET, HEAD\r\n"
           "Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "X-Content-Type-Options: nosniff\r\nContent-Length: 5\r\n\r\n");
    writes(&(struct meeple__page_answer){.status = 301,
                                         .text = "",
                                         .path = {path, sizeof path - 1},
                                         .query = {query, sizeof query - 1}},
           "HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nLocation: /a/b/?c=d\r\n"
           "Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "X-Content-Type-Options: nosniff\r\nContent-Length: 1\r\n\r\n\n");
}
