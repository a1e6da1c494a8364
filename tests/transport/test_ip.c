/* test_ip: addresses and networks from text and back, against the system's own reader. */
#include "transport/ip.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"

/* From a copy of exact size, so that a step too far is seen. */
static bool parse_with(bool (*reader)(struct meeple__ip *, meeple_bytes), struct meeple__ip *ip,
                       const char *text)
{
    size_t len = strlen(text);
    uint8_t *copy = malloc(len ? len : 1);
    bool good;

    memcpy(copy, text, len);
    good = reader(ip, (meeple_bytes){copy, len});
    free(copy);
    return good;
}

static struct meeple__ip ip_of(const char *text)
{
    struct meeple__ip ip = {.port = 0};

    cr_assert(parse_with(meeple__ip_parse, &ip, text), "%s", text);
    return ip;
}

static bool parse_network(struct meeple__ip_network *network, const char *text)
{
    size_t len = strlen(text);
    uint8_t *copy = malloc(len ? len : 1);
    bool good;

    memcpy(copy, text, len);
    good = meeple__ip_network_parse(network, (meeple_bytes){copy, len});
    free(copy);
    return good;
}

Test(ip, reads_addresses_and_writes_their_canonical_form)
{
    static const struct {
        const char *text, *canonical;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"127.0.0.1:5000", "127.0.0.1:5000"},
        {"127.0.0.1:1", "127.0.0.1:1"},
        {"127.0.0.1:65535", "127.0.0.1:65535"},
        {"::1", "::1"},
        {"::", "::"},
        {"[::1]", "::1"},
        {"[::1]:5000", "[::1]:5000"},
        {"[::]:65535", "[::]:65535"},
        {"::1:5000", "::1:5000"}, /* eight groups, no port */
        {"1::", "1::"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::FFFF:102:304", "1.2.3.4"},
        {"0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"},
        {"[::ffff:1.2.3.4]:80", "1.2.3.4:80"},
        {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
        {"::1.2.3.4", "::102:304"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304"},
        {"1::2:1.2.3.4", "1::2:102:304"},
        {"2001:DB8::000A:0", "2001:db8::a:0"},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:2:3::5:6:7:8", "1:2:3:0:5:6:7:8"}, /* one group of zeros is written */
        {"1:0:0:4:5:0:0:8", "1::4:5:0:0:8"},   /* of equal runs the first */
        {"1:0:0:4:0:0:0:8", "1:0:0:4::8"},     /* the longest */
        {"0:0:3:4:5:0:0:0", "0:0:3:4:5::"},
        {"0:0:0:4:5:6:0:0", "::4:5:6:0:0"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
        {"::ffff:0:0", "0.0.0.0"},
        {"::fffe:1.2.3.4", "::fffe:102:304"},
        {"::ffff:0:1.2.3.4", "::ffff:0:102:304"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip ip = ip_of(rows[i].text), again;
        char text[MEEPLE__IP_TEXT_SIZE];

        meeple__ip_write(text, &ip);
        cr_assert_str_eq(text, rows[i].canonical, "%s: %s", rows[i].text, text);
        again = ip_of(text);
        cr_assert(meeple__ip_equal(&ip, &again) && ip.port == again.port, "%s", rows[i].text);
        if (ip.port == 0 && rows[i].text[0] != '[') {
            cr_assert(parse_with(meeple__ip_parse_address, &again, rows[i].text));
            cr_assert(meeple__ip_equal(&ip, &again) && again.port == 0, "%s", rows[i].text);
        }
    }
}

Test(ip, refuses_what_is_no_address)
{
    static const char *const rows[] = {
        "",
        " ",
        "localhost",
        ".",
        "1",
        "1.2.3",
        "1.2.3.",
        ".1.2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "1..3.4",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.00",
        "1.2.3.256",
        "1.2.3.1000",
        "1.2.3.4294967297",
        "1.2.3.-4",
        "1.2.3.+4",
        "0x1.2.3.4",
        "1.2.3.a",
        " 1.2.3.4",
        "1.2.3.4 ",
        "1.2.3.4/8",
        "1.2.3.4\n",
        "1.2.3.4:",
        "1.2.3.4:0",
        "1.2.3.4:080",
        "1.2.3.4:65536",
        "1.2.3.4:99999999999",
        "1.2.3.4:80x",
        "1.2.3.4: 80",
        "1.2.3.4:80:80",
        ":80",
        "[1.2.3.4]",
        "[1.2.3.4]:80",
        "[]",
        "[]:80",
        "[",
        "]",
        "[::1",
        "::1]",
        "[::1]80",
        "[::1]:",
        "[::1]:0",
        "[::1]:65536",
        "[::1]:080",
        "[::1]:80 ",
        "[::1]]:80",
        "[[::1]]:80",
        "[::1]:80:80",
        ":",
        ":::",
        "::::",
        "1:",
        ":1",
        "1:2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        ":1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1::2::3",
        "1:::2",
        "::12345",
        "::00001",
        "::g",
        "::-1",
        "::1 ",
        " ::1",
        "fe80::1%eth0",
        "fe80::1%1",
        "[fe80::1%25eth0]",
        "fe80::1%",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "::01.2.3.4",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1.2.3.4::1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "::2:3:4:5:6:7:1.2.3.4",
        "unknown",
        "_hidden",
        "\xef\xbc\x91.2.3.4",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip ip = {.bytes = {7}, .port = 7};

        cr_assert_not(parse_with(meeple__ip_parse, &ip, rows[i]), "%s", rows[i]);
        cr_assert_not(parse_with(meeple__ip_parse_address, &ip, rows[i]), "%s", rows[i]);
        cr_assert(ip.bytes[0] == 7 && ip.port == 7, "%s: touched on failure", rows[i]);
    }
}

Test(ip, a_zero_byte_is_no_end)
{
    static const uint8_t text[] = "1.2.3.4\0";
    struct meeple__ip ip;

    cr_assert(meeple__ip_parse(&ip, (meeple_bytes){text, 7}));
    cr_assert_not(meeple__ip_parse(&ip, (meeple_bytes){text, 8}));
}

Test(ip, nothing_at_all_is_nothing)
{
    struct meeple__ip ip;
    struct meeple__ip_network network;

    cr_assert_not(meeple__ip_parse(&ip, (meeple_bytes){NULL, 0}));
    cr_assert_not(meeple__ip_parse_address(&ip, (meeple_bytes){NULL, 0}));
    cr_assert_not(meeple__ip_network_parse(&network, (meeple_bytes){NULL, 0}));
}

Test(ip, an_address_alone_has_no_port_and_no_brackets)
{
    static const char *const rows[] = {"1.2.3.4:80", "[::1]", "[::1]:80"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip ip = {.port = 7};

        cr_assert_not(parse_with(meeple__ip_parse_address, &ip, rows[i]), "%s", rows[i]);
        cr_assert_eq(ip.port, 7);
    }
}

/* inet_pton() reads what we read without ports, and nothing else. */
static void compare_with_system(const char *text)
{
    struct meeple__ip ip;
    uint8_t six[16], four[4];
    bool good = parse_with(meeple__ip_parse_address, &ip, text);

    if (strchr(text, ':')) {
        cr_assert_eq(inet_pton(AF_INET6, text, six) == 1, good, "%s", text);
        cr_assert(!good || memcmp(six, ip.bytes, 16) == 0, "%s", text);
    } else {
        cr_assert_eq(inet_pton(AF_INET, text, four) == 1, good, "%s", text);
        cr_assert(!good || memcmp(four, ip.bytes + 12, 4) == 0, "%s", text);
    }
}

Test(ip, reads_what_the_system_reads)
{
    static const char *const seeds[] = {"1.2.3.4",           "255.10.0.99",   "::1",
                                        "1:2:3:4:5:6:7:8",   "2001:db8::a:0", "::ffff:1.2.3.4",
                                        "1:2:3:4::7:1.2.3.4"};
    static const char alphabet[] = "0123456789abcdefF::::....g%";
    struct prng prng = {1};

    for (size_t i = 0; i < 100000; i++) {
        char text[64];
        size_t changes = 1 + (size_t)prng_below(&prng, 3);

        strcpy(text, seeds[prng_below(&prng, MEEPLE_COUNT(seeds))]);
        for (; changes > 0; changes--) {
            size_t len = strlen(text), at = (size_t)prng_below(&prng, len + 1);
            char byte = alphabet[prng_below(&prng, sizeof alphabet - 1)];

            if (prng_below(&prng, 3) == 0) {
                memmove(text + at + 1, text + at, len - at + 1);
                text[at] = byte;
            } else if (at < len && prng_below(&prng, 2) == 0) {
                text[at] = byte;
            } else if (at < len) {
                memmove(text + at, text + at + 1, len - at);
            }
        }
        compare_with_system(text);
    }
}

Test(ip, writes_what_the_system_writes)
{
    struct prng prng = {2};

    for (size_t i = 0; i < 20000; i++) {
        struct meeple__ip ip = {.port = 0}, again;
        char text[MEEPLE__IP_TEXT_SIZE], theirs[INET6_ADDRSTRLEN];

        prng_fill(&prng, ip.bytes, 16);
        ip.bytes[0] |= 1; /* of ::1.2.3.4 and its like opinions differ */
        for (size_t group = 1; group < 8; group++) {
            if (prng_below(&prng, 2)) {
                ip.bytes[2 * group] = ip.bytes[2 * group + 1] = 0;
            }
        }
        meeple__ip_write(text, &ip);
        inet_ntop(AF_INET6, ip.bytes, theirs, sizeof theirs);
        cr_assert_str_eq(text, theirs);
        ip.port = (uint16_t)(1 + prng_below(&prng, 65535));
        meeple__ip_write(text, &ip);
        again = ip_of(text);
        cr_assert(meeple__ip_equal(&ip, &again) && ip.port == again.port, "%s", text);
    }
}

Test(ip, writes_no_more_than_there_is_room_for)
{
    static const char whole[] = "[fe80:1111:2222:3333:4444:5555:6666:7777]:65535";
    const struct meeple__ip ip = ip_of(whole), nobody = {.port = 80};
    char text[MEEPLE__IP_TEXT_SIZE + 2];

    _Static_assert(sizeof whole == MEEPLE__IP_TEXT_SIZE, "the longest that there is");
    for (size_t cap = 0; cap < sizeof text; cap++) {
        char expected[sizeof text];

        memset(text, '#', sizeof text);
        memset(expected, '#', sizeof expected);
        snprintf(expected, cap, "%s", whole);
        meeple__ip_write_cut(text, cap, &ip);
        cr_assert_eq(memcmp(text, expected, sizeof text), 0, "%zu: %.50s", cap, text);
    }
    meeple__ip_write_cut(text, sizeof text, &nobody);
    cr_assert_str_eq(text, "");
}

Test(ip, knows_v4_in_any_dress)
{
    static const uint8_t four[4] = {1, 2, 3, 4};
    struct meeple__ip a = ip_of("1.2.3.4"), b = ip_of("[::ffff:102:304]:80");
    struct meeple__ip c = meeple__ip_of_v4(four, 80), d = ip_of("::1.2.3.4");

    cr_assert(meeple__ip_is_v4(&a) && meeple__ip_is_v4(&b) && meeple__ip_is_v4(&c));
    cr_assert(meeple__ip_equal(&a, &b) && meeple__ip_equal(&b, &c));
    cr_assert(a.port == 0 && b.port == 80 && c.port == 80);
    cr_assert(!meeple__ip_is_v4(&d) && !meeple__ip_equal(&a, &d));
}

Test(ip, counts_v6_by_its_network_of_64_bits)
{
    static const struct {
        const char *text, *block;
    } rows[] = {
        {"1.2.3.4:80", "1.2.3.4"},
        {"[::ffff:1.2.3.4]:80", "1.2.3.4"},
        {"[2001:db8:1:2:3:4:5:6]:80", "2001:db8:1:2::"},
        {"2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"},
        {"2001:db8:1:3::1", "2001:db8:1:3::"},
        {"::1", "::"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip ip = ip_of(rows[i].text), block = meeple__ip_block(&ip);
        char text[MEEPLE__IP_TEXT_SIZE];

        meeple__ip_write(text, &block);
        cr_assert_str_eq(text, rows[i].block, "%s: %s", rows[i].text, text);
    }
}

Test(ip, networks_have_what_begins_with_their_prefix)
{
    static const struct {
        const char *network, *ip;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0", true},
        {"10.0.0.0/8", "10.255.255.255:80", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"10.0.0.0/8", "::10.1.2.3", false},
        {"10.0.0.0/8", "a00::", false},
        {"172.16.0.0/12", "172.31.255.255", true},
        {"172.16.0.0/12", "172.32.0.0", false},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.128", true},
        {"127.0.0.1", "127.0.0.1:9", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"127.0.0.1/32", "127.0.0.0", false},
        {"127.0.0.0/31", "127.0.0.1", true},
        {"0.0.0.0/0", "255.1.2.3", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "1.2.3.4", false},
        {"::/64", "1.2.3.4", false},
        {"::/64", "::1", true},
        {"::ffff:0:0/96", "1.2.3.4", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"::ffff:10.0.0.0/104", "11.1.2.3", false},
        {"fd00::/8", "fdff::1", true},
        {"fd00::/8", "fc00::1", false},
        {"fc00::/7", "fd12:3456::", true},
        {"fc00::/7", "fe00::", false},
        {"fe80::/10", "[febf::1]:80", true},
        {"fe80::/10", "fec0::1", false},
        {"::1", "::1", true},
        {"::1", "::", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"2001:db8::1/128", "2001:db8::1", true},
        {"2001:db8::/127", "2001:db8::1", true},
        {"2001:db8::/127", "2001:db8::2", false},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip_network network;
        struct meeple__ip ip = ip_of(rows[i].ip);

        cr_assert(parse_network(&network, rows[i].network), "%s", rows[i].network);
        cr_assert_eq(meeple__ip_networks_have(&network, 1, &ip), rows[i].has, "%s in %s",
                     rows[i].ip, rows[i].network);
    }
}

Test(ip, refuses_what_is_no_network)
{
    static const char *const rows[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/x",
        "10.0.0.0/8 ",
        "10.0.0.0/8/8",
        "10.0.0.0/-1",
        "10.0.0.0/256",
        "10.0.0.0/4294967304",
        "10/8",
        "10.0.0.1/8",
        "10.0.0.0/6",
        "10.0.0.0 /8",
        "10.0.0.0:80",
        "10.0.0.0:80/8",
        "[::1]",
        "[fd00::]/8",
        "fd00::/129",
        "fd00::/",
        "fd00::1/8",
        "fd00::/7",
        "::1/0",
        "::1/127",
        "::ffff:10.0.0.0/95",
        "0.0.0.1/0",
        "fe80::%eth0/64",
        "localhost",
        "10.0.0.0/255.0.0.0",
        "::g/8",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__ip_network network = {.bits = 7};

        cr_assert_not(parse_network(&network, rows[i]), "%s", rows[i]);
        cr_assert_eq(network.bits, 7, "%s: touched on failure", rows[i]);
    }
}

Test(ip, any_of_several_networks_will_do)
{
    struct meeple__ip_network networks[3];
    struct meeple__ip a = ip_of("127.0.0.1"), b = ip_of("fd00::1"), c = ip_of("8.8.8.8");

    cr_assert(parse_network(&networks[0], "10.0.0.0/8"));
    cr_assert(parse_network(&networks[1], "127.0.0.1"));
    cr_assert(parse_network(&networks[2], "fd00::/8"));
    cr_assert(meeple__ip_networks_have(networks, 3, &a));
    cr_assert(meeple__ip_networks_have(networks, 3, &b));
    cr_assert_not(meeple__ip_networks_have(networks, 3, &c));
    cr_assert_not(meeple__ip_networks_have(networks, 1, &a));
    cr_assert_not(meeple__ip_networks_have(networks, 0, &a));
    cr_assert_not(meeple__ip_networks_have(NULL, 0, &a));
}

Test(ip, nobody_has_the_address_of_zeros)
{
    struct meeple__ip ip = {.port = 80};
    const uint8_t any[4] = {0};

    cr_assert(meeple__ip_is_none(&ip));
    ip = meeple__ip_of_v4(any, 0);
    cr_assert_not(meeple__ip_is_none(&ip), "0.0.0.0 is an address");
}
