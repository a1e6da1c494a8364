/* test_lobby_address: where a host is, as people write it. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <meeple/base.h>

#include "samples/lobby/address.h"
#include "tests/support/prng.h"

Test(lobby_address, reads_names_and_numbers_with_and_without_a_port)
{
    static const struct {
        const char *text, *means;
    } cases[] = {
        {"localhost", "localhost:8080"},
        {"localhost:1", "localhost:1"},
        {" \tdice.example.org:65535  ", "dice.example.org:65535"},
        {"192.168.0.7", "192.168.0.7:8080"},
        {"[::1]", "[::1]:8080"},
        {"[::1]:9000", "[::1]:9000"},
        {"::1", "[::1]:8080"},
        {"fe80::1%eth0", "[fe80::1%eth0]:8080"},
        {"2001:db8::8:9", "[2001:db8::8:9]:8080"},
        {"my_host-2", "my_host-2:8080"},
        {"host:008", "host:8"},
        {"ws://host", "ws://host/"},
        {"ws://host:80", "ws://host/"},
        {"ws://host:443/", "ws://host:443/"},
        {"  wss://dice.example.org/a/b?c=d&e ", "wss://dice.example.org/a/b?c=d&e"},
        {"wss://host:80?q", "wss://host:80/?q"},
        {"WSS://Host:443", "wss://Host/"},
        {"ws://[::1]:8080/dice", "ws://[::1]:8080/dice"},
        {"ws://[::1]", "ws://[::1]/"},
        {"http://192.168.0.7:8080/", "ws://192.168.0.7:8080/"},
        {"Https://dice.example.org", "wss://dice.example.org/"},
        {"ws://h/:8080", "ws://h/:8080"},
        {"ws", "ws:8080"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct lobby_address address;
        char text[LOBBY_ADDRESS_SIZE];

        cr_assert(lobby_address_parse(&address, cases[i].text, 8080), "%s", cases[i].text);
        lobby_address_text(text, &address);
        cr_expect_str_eq(text, cases[i].means);
        /* What it writes it reads. */
        cr_expect(lobby_address_parse(&address, text, 1));
        lobby_address_text(text, &address);
        cr_expect_str_eq(text, cases[i].means);
    }
}

Test(lobby_address, refuses_everything_else)
{
    static const char *const cases[] = {
        "",
        " ",
        ":",
        ":8080",
        "host:",
        "host:0",
        "host:65536",
        "host:4294967297",
        "host:-1",
        "host: 1",
        "host:1x",
        "a b",
        "[::1",
        "[]",
        "[]:1",
        "[::1]x",
        "[::1]:",
        "[::1]:99999",
        "::1]",
        "ftp://host",
        "ws:host",
        "ws:/host",
        "://host",
        "ws://",
        "ws:///path",
        "ws://:80/",
        "ws://host:/",
        "ws://host:0/",
        "ws://host:65536/",
        "ws://user@host/",
        "ws://::1/",
        "ws://a:b:c/",
        "ws://[::1/",
        "ws://[::1]x/",
        "ws://[/]",
        "ws://host/a b",
        "ws://host/\tb",
        "ws://host/\xc3\xb6",
        "ws://host/\x7f",
        "ws://host/#here",
        "ws://host#here",
        "ws://host\\path",
        "ws://host/\r\nX: y",
        "ws://host/<script>",
        "ws://ws://host/",
        "host/path",
        "user@host",
        "h\xc3\xb6st",
        "a\nb",
        "host?",
        "a:b:c d",
        "[a b]",
    };
    char longest[400];
    struct lobby_address address = {.host = "as it was", .port = 7};

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        cr_expect_not(lobby_address_parse(&address, cases[i], 8080), "%s", cases[i]);
    }
    cr_expect_str_eq(address.host, "as it was");
    memset(longest, 'a', sizeof longest);
    longest[LOBBY_HOST_MAX + 1] = '\0';
    cr_expect_not(lobby_address_parse(&address, longest, 8080));
    longest[LOBBY_HOST_MAX] = '\0';
    cr_expect(lobby_address_parse(&address, longest, 65535));
    cr_expect_eq(strlen(address.host), LOBBY_HOST_MAX);
}

Test(lobby_address, a_path_has_its_bound_and_every_address_fits_its_text)
{
    char longest[sizeof "wss://[]:65535" + LOBBY_HOST_MAX + LOBBY_PATH_MAX + 2];
    char text[LOBBY_ADDRESS_SIZE], again[LOBBY_ADDRESS_SIZE];
    struct lobby_address address;
    char *at = longest + sprintf(longest, "wss://[");

    memset(at, ':', LOBBY_HOST_MAX);
    at += LOBBY_HOST_MAX;
    at += sprintf(at, "]:65535/");
    memset(at, 'p', LOBBY_PATH_MAX);
    at[LOBBY_PATH_MAX] = '\0';
    cr_expect_not(lobby_address_parse(&address, longest, 8080));
    at[LOBBY_PATH_MAX - 1] = '\0';
    cr_assert(lobby_address_parse(&address, longest, 8080));
    lobby_address_text(text, &address);
    cr_expect_str_eq(text, longest);
    lobby_address_url(again, &address);
    cr_expect_str_eq(again, longest);
    /* A '?' right behind the host gets its slash, which counts. */
    at[-1] = '?';
    cr_expect_not(lobby_address_parse(&address, longest, 8080));
    at[LOBBY_PATH_MAX - 2] = '\0';
    cr_expect(lobby_address_parse(&address, longest, 8080));
}

Test(lobby_address, has_a_url_whatever_it_was)
{
    static const struct {
        const char *text, *url;
    } cases[] = {
        {"host", "ws://host:8080/"},      {"host:80", "ws://host/"},
        {"::1", "ws://[::1]:8080/"},      {"[fe80::1%eth0]:1", "ws://[fe80::1%eth0]:1/"},
        {"wss://host/x", "wss://host/x"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct lobby_address address;
        char url[LOBBY_ADDRESS_SIZE];

        cr_assert(lobby_address_parse(&address, cases[i].text, 8080));
        lobby_address_url(url, &address);
        cr_expect_str_eq(url, cases[i].url);
    }
}

Test(lobby_address, of_a_page_is_one_that_others_can_open)
{
    static const struct {
        const char *bind, *home;
        uint16_t port;
        bool secure;
        const char *page;
    } cases[] = {
        {NULL, NULL, 8080, false, "http://localhost:8080/"},
        {"::", "", 80, false, "http://localhost/"},
        {"", "192.168.0.7", 8080, false, "http://192.168.0.7:8080/"},
        {"0.0.0.0", "192.168.0.7", 443, true, "https://192.168.0.7/"},
        {"::1", "192.168.0.7", 80, true, "https://[::1]:80/"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        char page[LOBBY_ADDRESS_SIZE];

        lobby_address_page(page, cases[i].bind, cases[i].home, cases[i].port, cases[i].secure);
        cr_expect_str_eq(page, cases[i].page);
    }
}

/* Any text, since it may come from a link that a stranger made: what is taken is written in a way
 * that is read as the same. */
Test(lobby_address, of_any_text_is_refused_or_read_as_it_is_written)
{
    static const char *const pieces[] = {"ws://", "wss://", "http", "s", "://",  ":", "/",  "[",
                                         "]",     "a",      ".",    "8", "0",    "%", " ",  "\t",
                                         "?",     "#",      "\\",   "@", "\x80", "-", "WS", "::1"};
    struct prng prng = {.state = 5};
    unsigned taken = 0;

    for (int round = 0; round < 50000; round++) {
        char text[80] = "", once[LOBBY_ADDRESS_SIZE], twice[LOBBY_ADDRESS_SIZE];
        struct lobby_address address;

        for (size_t left = 1 + prng_below(&prng, 9); left > 0; left--) {
            strcat(text, pieces[prng_below(&prng, MEEPLE_COUNT(pieces))]);
        }
        if (!lobby_address_parse(&address, text, 8080)) {
            continue;
        }
        taken++;
        lobby_address_text(once, &address);
        cr_assert(lobby_address_parse(&address, once, 1), "%s: %s", text, once);
        lobby_address_text(twice, &address);
        cr_assert_str_eq(twice, once);
        lobby_address_url(once, &address);
        cr_assert_eq(strcspn(once, " #\\\t"), strlen(once), "%s", once);
    }
    cr_expect_gt(taken, 1000);
}
