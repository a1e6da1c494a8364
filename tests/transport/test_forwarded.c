/* test_forwarded: whom proxies speak for, and who is not believed. */
#include "transport/forwarded.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"

static struct meeple__ip ip_of(const char *text)
{
    struct meeple__ip ip = {.port = 0};

    cr_assert(meeple__ip_parse(&ip, (meeple_bytes){(const uint8_t *)text, strlen(text)}), "%s",
              text);
    return ip;
}

/* 10.0.0.0/8, 127.0.0.1, fd00::/8 */
static struct meeple__ip_network trusted[3];

static void trust(void)
{
    static const char *const texts[] = {"10.0.0.0/8", "127.0.0.1", "fd00::/8"};

    for (size_t i = 0; i < MEEPLE_COUNT(texts); i++) {
        cr_assert(meeple__ip_network_parse(
            &trusted[i], (meeple_bytes){(const uint8_t *)texts[i], strlen(texts[i])}));
    }
}

/* The lines are header fields with "\r\n" after each; from a copy of exact size. */
static int client_of(char client[MEEPLE__IP_TEXT_SIZE], const char *peer, const char *lines,
                     enum meeple__forwarded_by by)
{
    size_t size = strlen(lines) + 32, len;
    char *text = malloc(size);
    uint8_t *bytes;
    struct meeple__http_head head;
    struct meeple__ip ip = ip_of(peer);
    int rc;

    len = (size_t)snprintf(text, size, "GET / HTTP/1.1\r\n%s\r\n", lines);
    bytes = malloc(len);
    memcpy(bytes, text, len);
    free(text);
    cr_assert_eq(meeple__http_head_end((meeple_bytes){bytes, len}, 0), (ptrdiff_t)len, "%s", lines);
    cr_assert_eq(meeple__http_head_parse(&head, (meeple_bytes){bytes, len}), 0, "%s", lines);
    rc = meeple__forwarded_client(&ip, &head, by, trusted, MEEPLE_COUNT(trusted));
    meeple__ip_write(client, &ip);
    free(bytes);
    return rc;
}

struct row {
    const char *peer, *lines, *client; /* NULL: malformed */
};

static void check(const struct row *rows, size_t count, enum meeple__forwarded_by by)
{
    trust();
    for (size_t i = 0; i < count; i++) {
        char client[MEEPLE__IP_TEXT_SIZE];
        int rc = client_of(client, rows[i].peer, rows[i].lines, by);

        if (rows[i].client) {
            cr_assert_eq(rc, strcmp(rows[i].client, rows[i].peer) != 0, "%s: %d", rows[i].lines,
                         rc);
            cr_assert_str_eq(client, rows[i].client, "%s: %s", rows[i].lines, client);
        } else {
            cr_assert_eq(rc, MEEPLE_EPROTO, "%s: %d, %s", rows[i].lines, rc, client);
            cr_assert_str_eq(client, rows[i].peer, "%s: touched on failure", rows[i].lines);
        }
    }
}

#define X "X-Forwarded-For: "
#define F "Forwarded: "

Test(forwarded, x_forwarded_for_is_believed_from_the_right)
{
    static const struct row rows[] = {
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", X "\r\n", "10.0.0.1"},
        {"10.0.0.1", X " , ,\t,\r\n", "10.0.0.1"},
        {"10.0.0.1:99", X "8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1:99", X "8.8.8.8:1234\r\n", "8.8.8.8:1234"},
        {"10.0.0.1", "x-forwarded-FOR:8.8.8.8\r\n", "8.8.8.8"},
        {"::ffff:10.0.0.1", X "::ffff:8.8.8.8\r\n", "8.8.8.8"},
        {"fd00::1", X "2001:db8::1\r\n", "2001:db8::1"},
        {"fd00::1", X "[2001:db8::1]\r\n", "2001:db8::1"},
        {"fd00::1", X "[2001:db8::1]:4711\r\n", "[2001:db8::1]:4711"},
        /* what a stranger wrote is on the left */
        {"10.0.0.1", X "1.1.1.1, 8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", X "10.0.0.7, 8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", X "trash\", 8.8.8.8\r\n", "8.8.8.8"},
        /* trusted proxies in a row */
        {"10.0.0.1", X "1.1.1.1, 8.8.8.8, 10.0.0.2\r\n", "8.8.8.8"},
        {"10.0.0.1", X "8.8.8.8 ,10.9.9.9\t,fd00::2 , ,10.0.0.2,\r\n", "8.8.8.8"},
        /* all are trusted: the first */
        {"127.0.0.1", X "10.0.0.3, 10.0.0.2\r\n", "10.0.0.3"},
        /* fields are one list */
        {"10.0.0.1", X "1.1.1.1\r\n" X "8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", X "8.8.8.8\r\nA: b\r\n" X "10.0.0.2\r\n", "8.8.8.8"},
        {"10.0.0.1", X "8.8.8.8,\r\n" X "\r\n" X ",10.0.0.2\r\n", "8.8.8.8"},
        {"10.0.0.1", X "1.1.1.1, 8.8.8.8\r\n" X "10.0.0.2\r\n", "8.8.8.8"},
        /* the proxy hides it */
        {"10.0.0.1", X "unknown\r\n", "10.0.0.1"},
        {"10.0.0.1", X "8.8.8.8, Unknown\r\n", "10.0.0.1"},
        {"10.0.0.1", X "8.8.8.8, unknown, 10.0.0.2\r\n", "10.0.0.2"},
        /* nobody is believed who is not trusted */
        {"9.9.9.9", X "8.8.8.8\r\n", "9.9.9.9"},
        {"9.9.9.9", X "trash\r\n", "9.9.9.9"},
        {"127.0.0.2", X "8.8.8.8\r\n", "127.0.0.2"},
        /* the other header is not looked at, nor are those with a name like it */
        {"10.0.0.1", F "for=8.8.8.8\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=1.1.1.1\r\n" X "8.8.8.8\r\n" F "trash\r\n", "8.8.8.8"},
        {"10.0.0.1", "X-Forwarded: 8.8.8.8\r\nX-Forwarded-For2: 8.8.8.8\r\n", "10.0.0.1"},
        {"10.0.0.1", "X-Real-IP: 8.8.8.8\r\n", "10.0.0.1"},
    };

    check(rows, MEEPLE_COUNT(rows), MEEPLE__FORWARDED_BY_X_FORWARDED_FOR);
}

Test(forwarded, x_forwarded_for_is_refused_where_a_trusted_proxy_wrote_nonsense)
{
    static const struct row rows[] = {
        {"10.0.0.1", X "trash\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8 7.7.7.7\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8;10.0.0.2\r\n", NULL},
        {"10.0.0.1", X "8.8.8.08\r\n", NULL},
        {"10.0.0.1", X "\"8.8.8.8\"\r\n", NULL},
        {"10.0.0.1", X "for=8.8.8.8\r\n", NULL},
        {"10.0.0.1", X "_hidden\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8:0\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8:\r\n", NULL},
        {"10.0.0.1", X "[8.8.8.8]\r\n", NULL},
        {"10.0.0.1", X "fe80::1%eth0\r\n", NULL},
        {"10.0.0.1", X "unix:\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8, trash\r\n", NULL},
        {"10.0.0.1", X "trash, 10.0.0.2\r\n", NULL},
        {"10.0.0.1", X "8.8.8.8\r\n" X "trash\r\n", NULL},
        {"10.0.0.1", X "trash\r\n" X "10.0.0.2\r\n", NULL},
    };

    check(rows, MEEPLE_COUNT(rows), MEEPLE__FORWARDED_BY_X_FORWARDED_FOR);
}

Test(forwarded, the_rfc_s_header_is_believed_from_the_right)
{
    static const struct row rows[] = {
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", F "\r\n", "10.0.0.1"},
        {"10.0.0.1", F ",,\r\n", "10.0.0.1"},
        /* the examples of RFC 7239 section 4, and 6, and 7.1 */
        {"10.0.0.1", F "for=\"_gazonk\"\r\n", "10.0.0.1"},
        {"10.0.0.1", F "For=\"[2001:db8:cafe::17]:4711\"\r\n", "[2001:db8:cafe::17]:4711"},
        {"10.0.0.1", F "for=192.0.2.60;proto=http;by=203.0.113.43\r\n", "192.0.2.60"},
        {"10.0.0.1", F "for=192.0.2.43, for=198.51.100.17\r\n", "198.51.100.17"},
        {"10.0.0.1", F "for=_hidden, for=_SEVKISEK\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=192.0.2.43, for=\"[2001:db8:cafe::17]\", for=unknown\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=192.0.2.43\r\n" F "for=\"[2001:db8:cafe::17]\"\r\n",
         "2001:db8:cafe::17"},
        {"10.0.0.1",
         F "for=192.0.2.43,for=\"[fd00::17]\";host=\"a,b;c=\\\"d\\\\\",for=10.0.0.2;x=y\r\n",
         "192.0.2.43"},
        /* forms */
        {"10.0.0.1", F "for=\"8.8.8.8\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=\"8.8.8.8:1234\"\r\n", "8.8.8.8:1234"},
        {"10.0.0.1", F "for=\"8.8.8.8:_a.B-9\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=\"[2001:db8::1]:_a\"\r\n", "2001:db8::1"},
        {"10.0.0.1", F "for=\"[::ffff:8.8.8.8]\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=\"\\8.8\\.8.8\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "FOR=8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", F "by=_x;for=8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", F ";;for=8.8.8.8; ;\tproto=https ; host=h;\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=8.8.8.8;host=\"\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=8.8.8.8;a=1;a=2\r\n", "8.8.8.8"},
        {"10.0.0.1", F "before=1.1.1.1;for=8.8.8.8;forx=2.2.2.2\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=8.8.8.8, for=10.0.0.2;proto=http, , for=\"[fd00::1]:80\"\r\n",
         "8.8.8.8"},
        {"127.0.0.1", F "for=10.0.0.3, for=10.0.0.2\r\n", "10.0.0.3"},
        /* hidden */
        {"10.0.0.1", F "for=unknown\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=\"UNKNOWN:80\"\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=\"unknown:_x\"\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=\"_a:_b\"\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=8.8.8.8, for=_a, for=10.0.0.2\r\n", "10.0.0.2"},
        {"10.0.0.1", F "for=8.8.8.8, proto=http\r\n", "10.0.0.1"},
        {"10.0.0.1", F "for=8.8.8.8, ;\r\n", "10.0.0.1"},
        /* what a stranger wrote cannot swallow what a proxy put behind it */
        {"10.0.0.1", F "trash, for=8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=\", for=8.8.8.8\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=\"\\, for=\"[2001:db8::1]\"\r\n", "2001:db8::1"},
        {"10.0.0.1", F "for=1.1.1.1;a=\", for=8.8.8.8;host=\"h\"\r\n", "8.8.8.8"},
        {"10.0.0.1", F "for=1.1.1.1;a=\"\r\n" F "for=8.8.8.8;host=\"h\"\r\n", "8.8.8.8"},
        /* nobody is believed who is not trusted; the other header is not looked at */
        {"9.9.9.9", F "for=8.8.8.8\r\n", "9.9.9.9"},
        {"9.9.9.9", F "trash\r\n", "9.9.9.9"},
        {"10.0.0.1", X "8.8.8.8\r\n", "10.0.0.1"},
        {"10.0.0.1", X "1.1.1.1\r\n" F "for=8.8.8.8\r\n" X "trash\r\n", "8.8.8.8"},
    };

    check(rows, MEEPLE_COUNT(rows), MEEPLE__FORWARDED_BY_FORWARDED);
}

Test(forwarded, the_rfc_s_header_is_refused_where_a_trusted_proxy_wrote_nonsense)
{
    static const struct row rows[] = {
        {"10.0.0.1", F "8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for\r\n", NULL},
        {"10.0.0.1", F "for=\r\n", NULL},
        {"10.0.0.1", F "=8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for= 8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for =8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for=\"\"\r\n", NULL},
        {"10.0.0.1", F "for=\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8\\\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8\\\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8\"x\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8\"\"\"\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8 proto=http\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8;proto\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8;proto=\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8;pr/oto=a\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8;for=7.7.7.7\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8;FOR=8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for=_a;for=8.8.8.8\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8:80\r\n", NULL}, /* has to be in quotes */
        {"10.0.0.1", F "for=[2001:db8::1]\r\n", NULL},
        {"10.0.0.1", F "for=\"2001:db8::1\"\r\n", NULL}, /* has to be in brackets */
        {"10.0.0.1", F "for=\"::1\"\r\n", NULL},
        {"10.0.0.1", F "for=\"[8.8.8.8]\"\r\n", NULL},
        {"10.0.0.1", F "for=\"[2001:db8::1\"\r\n", NULL},
        {"10.0.0.1", F "for=\"[2001:db8::1]80\"\r\n", NULL},
        {"10.0.0.1", F "for=\"[2001:db8::1]:\"\r\n", NULL},
        {"10.0.0.1", F "for=\"[_a]\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:_\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:_a/b\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:123456\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:65536\"\r\n", NULL},
        {"10.0.0.1", F "for=\"8.8.8.8:80:80\"\r\n", NULL},
        {"10.0.0.1", F "for=\"unknown:\"\r\n", NULL},
        {"10.0.0.1", F "for=\"unknown:x\"\r\n", NULL},
        {"10.0.0.1", F "for=unknownx\r\n", NULL},
        {"10.0.0.1", F "for=_\r\n", NULL},
        {"10.0.0.1", F "for=\"_a b\"\r\n", NULL},
        {"10.0.0.1", F "for=gazonk\r\n", NULL},
        {"10.0.0.1", F "for=\" 8.8.8.8\"\r\n", NULL},
        {"10.0.0.1", F "for=8.8.8.8, for=10.0.0.2;\"\r\n", NULL},
        {"10.0.0.1", F "trash, for=10.0.0.2\r\n", NULL},
        {"10.0.0.1", F "trash\r\n" F "for=10.0.0.2\r\n", NULL},
    };

    check(rows, MEEPLE_COUNT(rows), MEEPLE__FORWARDED_BY_FORWARDED);
}

Test(forwarded, identifiers_have_a_ceiling)
{
    trust();
    for (size_t len = 253; len <= 258; len++) {
        char lines[400], client[MEEPLE__IP_TEXT_SIZE], name[300];

        memset(name, 'a', sizeof name);
        name[0] = '_';
        name[len] = '\0';
        snprintf(lines, sizeof lines, F "for=8.8.8.8, for=\"%s\"\r\n", name);
        cr_assert_eq(client_of(client, "10.0.0.1", lines, MEEPLE__FORWARDED_BY_FORWARDED),
                     len <= 255 ? 0 : MEEPLE_EPROTO, "%zu", len);
        /* Others are of no interest. */
        snprintf(lines, sizeof lines, F "for=8.8.8.8;host=%s;by=\"%s\"\r\n", name, "x");
        cr_assert_eq(client_of(client, "10.0.0.1", lines, MEEPLE__FORWARDED_BY_FORWARDED), 1);
    }
}

Test(forwarded, believes_nobody_without_a_list)
{
    struct meeple__http_head head = {.field_count = 1};
    struct meeple__ip ip = ip_of("127.0.0.1");

    head.fields[0].name = (meeple_bytes){(const uint8_t *)"X-Forwarded-For", 15};
    head.fields[0].value = (meeple_bytes){(const uint8_t *)"8.8.8.8", 7};
    cr_assert_eq(
        meeple__forwarded_client(&ip, &head, MEEPLE__FORWARDED_BY_X_FORWARDED_FOR, NULL, 0), 0);
    cr_assert_eq(ip.bytes[12], 127);
}

/* Whatever a stranger writes: his proxy's word about him is the last, and is all that counts. */
Test(forwarded, nothing_a_stranger_writes_changes_who_he_is)
{
    static const char alphabet[] = "\"\"\\,;= \tfor=8.8.8.8unknown_[]:1";
    static const char *const said[] = {"for=8.8.8.8", "proto=http;for=\"8.8.8.8\"",
                                       "for=8.8.8.8;by=\"a\\\"b,\\\\\"", "for=\"\\8.8.8.8\""};
    struct prng prng = {3};

    trust();
    for (size_t i = 0; i < 20000; i++) {
        char theirs[64], lines[200], client[MEEPLE__IP_TEXT_SIZE];
        size_t len = (size_t)prng_below(&prng, sizeof theirs);

        for (size_t at = 0; at < len; at++) {
            theirs[at] = alphabet[prng_below(&prng, sizeof alphabet - 1)];
        }
        theirs[len] = '\0';
        snprintf(lines, sizeof lines, F "%s%s%s\r\n", theirs, i % 2 ? ", " : "\r\n" F,
                 said[prng_below(&prng, MEEPLE_COUNT(said))]);
        cr_assert_eq(client_of(client, "10.0.0.1", lines, MEEPLE__FORWARDED_BY_FORWARDED), 1, "%s",
                     lines);
        cr_assert_str_eq(client, "8.8.8.8", "%s: %s", lines, client);
        snprintf(lines, sizeof lines, X "%s%s8.8.8.8\r\n", theirs, i % 2 ? "," : "\r\n" X);
        cr_assert_eq(client_of(client, "10.0.0.1", lines, MEEPLE__FORWARDED_BY_X_FORWARDED_FOR), 1,
                     "%s", lines);
        cr_assert_str_eq(client, "8.8.8.8", "%s: %s", lines, client);
    }
}
