/* test_url: what is a ws:// URL, and what is none. */
#include "transport/url.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From a copy of exact size, so that a step too far is seen. */
static int parse(struct meeple__url *url, const char *text, char **copy)
{
    size_t size = strlen(text) + 1;

    *copy = malloc(size);
    memcpy(*copy, text, size);
    return meeple__url_parse(url, *copy);
}

static bool same(meeple_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

Test(url, takes_what_the_rfc_takes)
{
    static const struct {
        const char *text, *host, *target;
        uint16_t port;
        bool literal_v6;
    } rows[] = {
        {"ws://example.org", "example.org", "", 80, false},
        {"ws://example.org/", "example.org", "/", 80, false},
        {"ws://example.org:8080", "example.org", "", 8080, false},
        {"ws://example.org:8080/a/b?c=d&e", "example.org", "/a/b?c=d&e", 8080, false},
        {"ws://example.org?room=1", "example.org", "?room=1", 80, false},
        {"ws://example.org:1?room=1:2/3", "example.org", "?room=1:2/3", 1, false},
        {"ws://127.0.0.1:65535/", "127.0.0.1", "/", 65535, false},
        {"ws://[::1]", "::1", "", 80, true},
        {"ws://[::1]:9080/x", "::1", "/x", 9080, true},
        {"ws://[2001:db8::17]?q", "2001:db8::17", "?q", 80, true},
        {"ws://[fe80::1%eth0]:80/", "fe80::1%eth0", "/", 80, true},
        {"WS://Example.ORG/CaSe", "Example.ORG", "/CaSe", 80, false},
        {"wS://a", "a", "", 80, false},
        {"ws://a_b-c.d:080/", "a_b-c.d", "/", 80, false},
        {"ws://host//two//slashes", "host", "//two//slashes", 80, false},
        {"ws://host/with%20percent/[x]@y", "host", "/with%20percent/[x]@y", 80, false},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__url url;
        char *copy;

        cr_assert_eq(parse(&url, rows[i].text, &copy), 0, "%s", rows[i].text);
        cr_assert(same(url.host, rows[i].host), "%s", rows[i].text);
        cr_assert(same(url.target, rows[i].target), "%s", rows[i].text);
        cr_assert_eq(url.port, rows[i].port, "%s", rows[i].text);
        cr_assert_eq(url.literal_v6, rows[i].literal_v6, "%s", rows[i].text);
        free(copy);
    }
}

Test(url, refuses_what_is_none)
{
    static const char *const rows[] = {
        "",
        "w",
        "ws",
        "ws:",
        "ws:/",
        "ws://",
        "ws:///path",
        "ws://?query",
        "ws://:80/",
        "ws:/host",
        "wsss://host/",
        "wss:/host/",
        "wss://",
        "http://host/",
        "host",
        "host:80",
        "//host",
        " ws://host",
        "ws://host ",
        "ws://ho st/",
        "ws://host/a b",
        "ws://host/\t",
        "ws://host/\r\nX: y",
        "ws://host\n",
        "ws://host/\x7f",
        "ws://host/\xc3\xa9",
        "ws://\xc3\xa9.org/",
        "ws://host/#fragment",
        "ws://host#fragment",
        "ws://host\\path",
        "ws://user@host/",
        "ws://user:pass@host/",
        "ws://host:",
        "ws://host:/",
        "ws://host:0/",
        "ws://host:65536/",
        "ws://host:99999999999999999999/",
        "ws://host:4294967376/",
        "ws://host:-1/",
        "ws://host:+1/",
        "ws://host:8o/",
        "ws://host:80:80/",
        "ws://::1/",
        "ws://::1:80/",
        "ws://[::1",
        "ws://[::1/",
        "ws://[]/",
        "ws://[::1]80/",
        "ws://[::1]:/",
        "ws://[::1]x",
        "ws://[[::1]]/",
        "ws://[::1/]",
        "ws://ho[st/",
        "ws://host]/",
        "ws://a,b/",
        "ws://a%20b/",
        "ws://*/",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__url url = {.port = 7};
        char *copy;

        cr_assert_eq(parse(&url, rows[i], &copy), MEEPLE_EINVAL, "%s", rows[i]);
        cr_assert_eq(url.port, 7, "%s: touched on failure", rows[i]);
        free(copy);
    }
}

Test(url, wss_is_encrypted_and_has_a_port_of_its_own)
{
    struct meeple__url url;

    cr_assert_eq(meeple__url_parse(&url, "wss://host/x"), 0);
    cr_assert(url.secure && url.port == 443 && url.host.len == 4 && url.target.len == 2);
    cr_assert_eq(meeple__url_parse(&url, "WsS://[::1]:80"), 0);
    cr_assert(url.secure && url.port == 80 && url.literal_v6);
    cr_assert_eq(meeple__url_parse(&url, "ws://host:443"), 0);
    cr_assert(!url.secure && url.port == 443);
}

Test(url, a_host_has_a_ceiling)
{
    char text[400];
    struct meeple__url url;

    snprintf(text, sizeof text, "ws://%0*d/", (int)MEEPLE__HOST_MAX, 0);
    cr_assert_eq(meeple__url_parse(&url, text), 0);
    cr_assert_eq(url.host.len, MEEPLE__HOST_MAX);
    snprintf(text, sizeof text, "ws://%0*d/", (int)MEEPLE__HOST_MAX + 1, 0);
    cr_assert_eq(meeple__url_parse(&url, text), MEEPLE_EINVAL);
}

Test(url, every_beginning_of_a_url_is_read_within_its_bounds)
{
    static const char whole[] = "ws://[2001:db8::1%25]:65535/path?query";

    for (size_t len = 0; len < sizeof whole; len++) {
        char *copy = malloc(len + 1);
        struct meeple__url url;
        int rc;

        memcpy(copy, whole, len);
        copy[len] = '\0';
        rc = meeple__url_parse(&url, copy);
        cr_assert(rc == 0 || rc == MEEPLE_EINVAL);
        if (rc == 0) {
            cr_assert(url.host.len > 0 && url.port > 0);
            cr_assert_eq(url.target.ptr + url.target.len, (const uint8_t *)copy + len);
        }
        free(copy);
    }
}
