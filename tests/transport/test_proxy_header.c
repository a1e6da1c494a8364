/* test_proxy_header: the PROXY protocol, versions 1 and 2, whole and in pieces. */
#include "transport/proxy_header.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"

/* What became of some bytes. */
struct outcome {
    int rc;
    size_t taken;
    char client[MEEPLE__IP_TEXT_SIZE]; /* "" if there is none */
    const char *why;
};

/* In pieces of 1 to piece_max bytes, each from a copy of exact size. */
static struct outcome feed(const uint8_t *bytes, size_t len, size_t piece_max, uint64_t seed)
{
    struct meeple__proxy_header header = {.came = 0};
    struct outcome outcome = {.rc = 0};
    struct prng prng = {seed};

    while (outcome.rc == 0 && outcome.taken < len) {
        size_t left = len - outcome.taken, taken;
        size_t piece = 1 + (size_t)prng_below(&prng, piece_max);
        uint8_t *copy;

        piece = piece < left ? piece : left;
        copy = malloc(piece);
        memcpy(copy, bytes + outcome.taken, piece);
        outcome.rc =
            meeple__proxy_header_feed(&header, (meeple_bytes){copy, piece}, &taken, &outcome.why);
        cr_assert(taken <= piece && (outcome.rc != 0 || taken == piece));
        outcome.taken += taken;
        free(copy);
    }
    if (outcome.rc == 1 && header.has_client) {
        meeple__ip_write(outcome.client, &header.client);
    }
    cr_assert_eq(outcome.rc == MEEPLE_EPROTO, outcome.why != NULL);
    return outcome;
}

/* Whatever the pieces, the same comes of it. */
static struct outcome outcome_of(const uint8_t *bytes, size_t len)
{
    struct outcome byte_by_byte = feed(bytes, len, 1, 0);

    for (uint64_t seed = 0; seed < 12; seed++) {
        struct outcome other =
            feed(bytes, len, seed < 2 ? len * 1000 + 1 : (size_t)(seed * 3), seed);

        cr_assert_eq(other.rc, byte_by_byte.rc);
        cr_assert_eq(other.taken, byte_by_byte.taken);
        cr_assert_str_eq(other.client, byte_by_byte.client);
        cr_assert_eq(other.why, byte_by_byte.why);
    }
    return byte_by_byte;
}

static struct outcome line_of(const char *text)
{
    return outcome_of((const uint8_t *)text, strlen(text));
}

Test(proxy_header, takes_lines_of_version_1)
{
    static const struct {
        const char *line, *client;
    } rows[] = {
        {"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1:56324"},
        {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"},
        {"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0"},
        {"PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "[2001:db8::1]:56324"},
        {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
        {"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1:1"},
        {"PROXY UNKNOWN\r\n", ""},
        {"PROXY UNKNOWN \r\n", ""},
        {"PROXY UNKNOWN ffff::1 trash \x01\xff 99999999\r\n", ""},
        {"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
         ""}, /* the longest there is: 107 bytes */
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct outcome outcome = line_of(rows[i].line);
        char more[160];

        cr_assert_eq(outcome.rc, 1, "%s%s", rows[i].line, outcome.why);
        cr_assert_eq(outcome.taken, strlen(rows[i].line));
        cr_assert_str_eq(outcome.client, rows[i].client, "%s", rows[i].line);
        /* What follows is somebody else's. */
        snprintf(more, sizeof more, "%sGET / HTTP/1.1\r\n", rows[i].line);
        cr_assert_eq(line_of(more).taken, strlen(rows[i].line));
        /* And it is not done before. */
        snprintf(more, sizeof more, "%.*s", (int)strlen(rows[i].line) - 1, rows[i].line);
        cr_assert_eq(line_of(more).rc, 0);
    }
    cr_assert_eq(strlen(rows[MEEPLE_COUNT(rows) - 1].line), MEEPLE__PROXY_LINE_MAX);
}

Test(proxy_header, refuses_other_lines)
{
    static const char *const rows[] = {
        "PROXY \r\n",
        "PROXY  \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY unknown\r\n",
        "PROXY UNKNOWNX\r\n",
        "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2  1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1  2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 2001:db8::1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 [2001:db8::1] [2001:db8::2] 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        "PROXY TCP4 192.0.2.1:80 192.0.2.2:80 1 2\r\n",
        "PROXY TCP6 192.0.2.1:80 192.0.2.2:80 1 2\r\n",
        "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2 1 2\r\n",
        "PROXY TCP4 host 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 00\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 4294967297 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2x\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r\n",
        "PROXY UNKNOWN\n",
        "PROXY UNKNOWN a\rb\r\n",
        "PROXY UNKNOWN a\nb\r\n",
        "PROXY \n",
        "PROXY\r\n",
        "PROXY\tTCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        " PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "\r\nPROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct outcome outcome = line_of(rows[i]);
        /* The one row that is not whole waits for its line feed; anything else is refused. */
        bool waits = rows[i][strlen(rows[i]) - 1] == '\r';

        cr_assert_eq(outcome.rc, waits ? 0 : MEEPLE_EPROTO, "%s", rows[i]);
        if (waits) {
            char more[80];

            snprintf(more, sizeof more, "%sG", rows[i]);
            cr_assert_eq(line_of(more).rc, MEEPLE_EPROTO);
        }
    }
}

Test(proxy_header, a_line_has_a_ceiling)
{
    uint8_t line[120];

    for (size_t len = 105; len <= 110; len++) {
        struct outcome outcome;

        memset(line, 'x', sizeof line);
        memcpy(line, "PROXY UNKNOWN ", 14);
        memcpy(line + len - 2, "\r\n", 2);
        outcome = outcome_of(line, len);
        cr_assert_eq(outcome.rc, len <= MEEPLE__PROXY_LINE_MAX ? 1 : MEEPLE_EPROTO, "%zu", len);
        cr_assert_eq(outcome.taken, len <= MEEPLE__PROXY_LINE_MAX ? len : MEEPLE__PROXY_LINE_MAX);
    }
}

Test(proxy_header, says_at_once_that_there_is_none)
{
    static const struct {
        const char *bytes;
        size_t taken;
    } rows[] = {
        {"GET / HTTP/1.1\r\n", 1},
        {"\x16\x03\x01", 1},
        {"POST / HTTP/1.1\r\n", 2},
        {"PUT /", 2},
        {"PROPFIND /", 4},
        {"PROXYING", 6},
        {"\r\nGET /", 3},
        {"\r\n\r\nx", 5},
        {"\n", 1},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct outcome outcome = line_of(rows[i].bytes);

        cr_assert_eq(outcome.rc, MEEPLE_EPROTO, "%s", rows[i].bytes);
        cr_assert_eq(outcome.taken, rows[i].taken, "%s", rows[i].bytes);
    }
    cr_assert_eq(line_of("").rc, 0);
    cr_assert_eq(line_of("PROX").rc, 0);
}

/* ---- version 2 ---- */

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define ADDRESSES_V4 "\xc0\x00\x02\x01\xc0\x00\x02\x02\xdc\x04\x01\xbb"
#define ADDRESSES_V6                                                                               \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xdc\x04" \
    "\x01\xbb"

/* A header whose length is right, followed by `behind` bytes that are not its own. */
static struct outcome v2(uint8_t command, uint8_t family, const void *rest, size_t rest_len,
                         size_t behind)
{
    size_t len = 16 + rest_len + behind;
    uint8_t *bytes = calloc(1, len);
    struct outcome outcome;

    memcpy(bytes, SIGNATURE, 12);
    bytes[12] = command;
    bytes[13] = family;
    bytes[14] = (uint8_t)(rest_len >> 8);
    bytes[15] = (uint8_t)rest_len;
    if (rest_len > 0) {
        memcpy(bytes + 16, rest, rest_len);
    }
    outcome = outcome_of(bytes, len);
    if (outcome.rc == 1) {
        cr_assert_eq(outcome.taken, 16 + rest_len);
        cr_assert_eq(outcome_of(bytes, 16 + rest_len - 1).rc, 0);
    }
    free(bytes);
    return outcome;
}

#define V2(command, family, rest) v2(command, family, rest, sizeof(rest) - 1, 5)

Test(proxy_header, takes_version_2)
{
    cr_assert_str_eq(V2(0x21, 0x11, ADDRESSES_V4).client, "192.0.2.1:56324");
    cr_assert_str_eq(V2(0x21, 0x21, ADDRESSES_V6).client, "[2001:db8::1]:56324");
    cr_assert_str_eq(
        V2(0x21, 0x21,
           "\0\0\0\0\0\0\0\0\0\0\xff\xff\x01\x02\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
           "\0\x50\0\0")
            .client,
        "1.2.3.4:80");
    cr_assert_str_eq(V2(0x21, 0x11, "\1\2\3\4\1\2\3\4\0\0\0\0").client, "1.2.3.4");
}

Test(proxy_header, skips_what_follows_the_addresses)
{
    cr_assert_str_eq(V2(0x21, 0x11, ADDRESSES_V4 "\x03\0\x04\x01\x02\x03\x04\x04\0\x02\0\0").client,
                     "192.0.2.1:56324");
    cr_assert_str_eq(V2(0x21, 0x21, ADDRESSES_V6 "\x01\0\x08http/1.1").client,
                     "[2001:db8::1]:56324");
    cr_assert_str_eq(V2(0x21, 0x11, ADDRESSES_V4 "no TLV at all").client, "192.0.2.1:56324");
}

/* Health checks of the proxy itself; families that are valid and have no IP address. */
Test(proxy_header, keeps_the_sockets_address_where_none_is_given)
{
    static const struct {
        uint8_t command, family;
    } rows[] = {{0x20, 0x00}, {0x20, 0x11}, {0x20, 0x21}, {0x20, 0xff}, {0x21, 0x00},
                {0x21, 0x12}, {0x21, 0x22}, {0x21, 0x31}, {0x21, 0x32}};
    uint8_t rest[216];

    memset(rest, 'x', sizeof rest);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        static const size_t lens[] = {0, 1, 12, 36, 216};

        for (size_t l = 0; l < MEEPLE_COUNT(lens); l++) {
            struct outcome outcome = v2(rows[i].command, rows[i].family, rest, lens[l], 3);

            cr_assert_eq(outcome.rc, 1, "%02x %02x", rows[i].command, rows[i].family);
            cr_assert_str_eq(outcome.client, "");
        }
    }
}

Test(proxy_header, every_command_and_family_is_taken_or_refused)
{
    static const uint8_t valid[] = {0x00, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32};
    uint8_t rest[36] = {0};

    for (int command = 0; command < 256; command++) {
        for (int family = 0; family < 256; family++) {
            bool good =
                command == 0x20 || (command == 0x21 && memchr(valid, family, sizeof valid) != NULL);
            struct meeple__proxy_header header = {.came = 0};
            uint8_t bytes[16 + sizeof rest] = {0};
            const char *why = NULL;
            size_t taken;
            int rc;

            memcpy(bytes, SIGNATURE, 12);
            bytes[12] = (uint8_t)command;
            bytes[13] = (uint8_t)family;
            bytes[15] = sizeof rest;
            rc = meeple__proxy_header_feed(&header, (meeple_bytes){bytes, sizeof bytes}, &taken,
                                           &why);
            cr_assert_eq(rc, good ? 1 : MEEPLE_EPROTO, "%02x %02x", command, family);
            cr_assert_eq(taken, good ? sizeof bytes : 16);
        }
    }
}

Test(proxy_header, refuses_a_length_too_short_for_the_addresses)
{
    uint8_t rest[37] = {0};

    for (size_t len = 0; len <= sizeof rest; len++) {
        cr_assert_eq(v2(0x21, 0x11, rest, len, 0).rc, len < 12 ? MEEPLE_EPROTO : 1);
        cr_assert_eq(v2(0x21, 0x21, rest, len, 0).rc, len < 36 ? MEEPLE_EPROTO : 1);
    }
}

Test(proxy_header, a_length_has_a_ceiling)
{
    static const size_t lens[] = {2047, 2048, 2049, 4096, 65535};
    uint8_t *rest = calloc(1, 65535);

    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        struct outcome outcome = v2(0x21, 0x11, rest, lens[i], 0);
        struct outcome local = v2(0x20, 0x00, rest, lens[i], 0);

        cr_assert_eq(outcome.rc, lens[i] <= 2048 ? 1 : MEEPLE_EPROTO);
        cr_assert_eq(local.rc, outcome.rc);
        cr_assert(lens[i] <= 2048 || outcome.taken == 16);
    }
    free(rest);
}

Test(proxy_header, any_byte_of_the_signature_counts)
{
    for (size_t at = 0; at < 12; at++) {
        uint8_t bytes[28] = SIGNATURE "\x21\x11\0\x0c" ADDRESSES_V4;
        struct outcome outcome;

        bytes[at] ^= 0x20;
        outcome = outcome_of(bytes, sizeof bytes);
        cr_assert_eq(outcome.rc, MEEPLE_EPROTO);
        cr_assert_eq(outcome.taken, at + 1);
    }
}

Test(proxy_header, is_small)
{
    cr_assert_leq(sizeof(struct meeple__proxy_header), 132);
}
