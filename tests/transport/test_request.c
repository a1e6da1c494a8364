/* test_request: what a server sees of who asks to come in. */
#include "transport/request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/counting_mem.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

static bool is(meeple_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

Test(request, splits_a_target_into_path_and_query)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {{"/", "/", ""},
                {"/a/b", "/a/b", ""},
                {"/a?b=c", "/a", "b=c"},
                {"/a?", "/a", ""},
                {"/?b?c", "/", "b?c"},
                {"//a", "//a", ""},
                {"/a:b", "/a:b", ""},
                {"/%2e%2e", "/%2e%2e", ""},
                {"ws://h/a?b", "/a", "b"},
                {"http://h:80/a", "/a", ""},
                {"http://h", "/", ""},
                {"http://h?b", "/", "b"},
                {"http:///a", "/a", ""}};
    static const char *const wrong[] = {"",        "a",    "*",  "a/b", "?a",   "/a#b",
                                        "http:/a", "://a", "a:", "a:/", "a://#"};
    meeple_bytes path, query;

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        cr_assert(meeple__target_split(bytes_of(rows[i].target), &path, &query), "%s",
                  rows[i].target);
        cr_expect(is(path, rows[i].path) && is(query, rows[i].query), "%s", rows[i].target);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
        cr_expect_not(meeple__target_split(bytes_of(wrong[i]), &path, &query), "%s", wrong[i]);
    }
}

static meeple_request *made(const char *text, const meeple_mem *mem)
{
    struct meeple__http_head head;
    meeple_request *request = NULL;

    cr_assert_eq(meeple__http_head_parse(&head, bytes_of(text)), 0);
    return meeple__request_new(&request, &head, mem) == 0 ? request : NULL;
}

#define HEAD                                                                                       \
    "GET /table/7?name=Ann HTTP/1.1\r\nHost: h:80\r\nX: 1\r\nOrigin: https://a.example\r\n"        \
    "Sec-WebSocket-Protocol: one, two\r\nx: 2\r\nSec-WebSocket-Protocol: three\r\nEmpty:\r\n\r\n"

Test(request, has_all_of_the_head)
{
    struct counting_mem mem;
    meeple_request *request;

    counting_mem_init(&mem);
    request = made(HEAD, &mem.mem);
    cr_assert(request);
    cr_expect_str_eq(request->path, "/table/7");
    cr_expect_str_eq(request->query, "name=Ann");
    cr_expect_str_eq(request->host, "h:80");
    cr_expect_str_eq(request->origin, "https://a.example");
    cr_expect_str_eq(request->address, "");
    cr_expect_str_eq(request->proxy, "");
    cr_expect_str_eq(request->protocols[0], "one");
    cr_expect_str_eq(request->protocols[1], "two");
    cr_expect_str_eq(request->protocols[2], "three");
    cr_expect_eq(request->protocols[3], NULL);
    cr_expect_eq(request->header_count, 7);
    cr_expect_str_eq(request->headers[4].name, "x");
    cr_expect_str_eq(request->headers[4].value, "2");
    cr_expect_str_eq(meeple_request_header(request, "x"), "1");
    cr_expect_str_eq(meeple_request_header(request, "EMPTY"), "");
    cr_expect_eq(meeple_request_header(request, "none"), NULL);
    cr_expect_eq(meeple_request_header(request, NULL), NULL);
    cr_expect_eq(meeple_request_header(NULL, "x"), NULL);
    meeple__request_free(request, &mem.mem);
    meeple__request_free(NULL, &mem.mem);
    cr_expect_eq(mem.live, 0);
}

Test(request, has_empty_texts_for_what_is_not_there)
{
    meeple_request *request = made("GET ws://h HTTP/1.1\r\n\r\n", NULL);

    cr_assert(request);
    cr_expect_str_eq(request->path, "/");
    cr_expect_str_eq(request->query, "");
    cr_expect_str_eq(request->host, "");
    cr_expect_str_eq(request->origin, "");
    cr_expect_eq(request->protocols[0], NULL);
    cr_expect_eq(request->header_count, 0);
    meeple__request_free(request, NULL);
}

Test(request, is_one_allocation_that_may_fail)
{
    struct counting_mem mem;

    counting_mem_init(&mem);
    counting_mem_fail(&mem, 1);
    cr_expect_eq(made(HEAD, &mem.mem), NULL);
    cr_expect_eq(mem.calls, 1);
    cr_expect_eq(mem.live, 0);
}

Test(request, finds_cookies)
{
    meeple_request *request = made("GET / HTTP/1.1\r\nCookie: a=1; b=\"two\";c=x=y; bare; d=\r\n"
                                   "X: z=9\r\ncookie:  e=5;a=6;\tf=\"\r\n\r\n",
                                   NULL);
    static const struct {
        const char *name, *value;
    } rows[] = {{"a", "1"}, {"b", "two"}, {"c", "x=y"}, {"d", ""}, {"e", "5"}, {"f", "\""}};

    cr_assert(request);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        meeple_bytes value = meeple_request_cookie(request, rows[i].name);

        cr_expect(value.ptr && is(value, rows[i].value), "%s", rows[i].name);
    }
    cr_expect_eq(meeple_request_cookie(request, "z").ptr, NULL);
    cr_expect_eq(meeple_request_cookie(request, "A").ptr, NULL);
    cr_expect_eq(meeple_request_cookie(request, "x").ptr, NULL);
    cr_expect_eq(meeple_request_cookie(request, NULL).ptr, NULL);
    cr_expect_eq(meeple_request_cookie(NULL, "a").ptr, NULL);
    meeple__request_free(request, NULL);
}

Test(request, decodes_parameters_of_the_query)
{
    static const struct {
        const char *query, *name;
        int len;
        const char *value;
    } rows[] = {{"name=Ann", "name", 3, "Ann"},
                {"a=1&name=Ann%20B&name=C", "name", 5, "Ann B"},
                {"name=A+B", "name", 3, "A B"},
                {"n%61me=x", "name", 1, "x"},
                {"name", "name", 0, ""},
                {"name=", "name", 0, ""},
                {"name=a=b", "name", 3, "a=b"},
                {"name=%D0%90%c3%bc", "name", 4, "\xd0\x90\xc3\xbc"},
                {"a=1;name=2", "name", MEEPLE_ENOTFOUND, NULL},
                {"named=x&nam=y", "name", MEEPLE_ENOTFOUND, NULL},
                {"", "name", MEEPLE_ENOTFOUND, NULL},
                {"%6", "name", MEEPLE_ENOTFOUND, NULL},
                {"name=%", "name", MEEPLE_EPROTO, NULL},
                {"name=%4", "name", MEEPLE_EPROTO, NULL},
                {"name=%4g", "name", MEEPLE_EPROTO, NULL},
                {"name=%00", "name", MEEPLE_EPROTO, NULL},
                {"name=%ff", "name", MEEPLE_EPROTO, NULL},
                {"name=%c3", "name", MEEPLE_EPROTO, NULL},
                {"name=1234567", "name", 7, "1234567"},
                {"name=12345678", "name", MEEPLE_ETOOBIG, NULL}};
    char value[8];

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        const meeple_request request = {.query = rows[i].query};

        memcpy(value, "before", 7);
        cr_expect_eq(meeple_request_parameter(&request, rows[i].name, value, sizeof value),
                     rows[i].len, "%s", rows[i].query);
        cr_expect_str_eq(value, rows[i].value ? rows[i].value : "before");
    }
    cr_expect_eq(meeple_request_parameter(NULL, "a", value, 8), MEEPLE_EINVAL);
    cr_expect_eq(meeple_request_parameter(&(meeple_request){.query = "a"}, NULL, value, 8),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_request_parameter(&(meeple_request){.query = "a"}, "a", NULL, 8),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_request_parameter(&(meeple_request){.query = "a"}, "a", NULL, 0),
                 MEEPLE_ETOOBIG);
}
