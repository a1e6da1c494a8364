/* test_dice_address: where a host is, as people write it. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <meeple/base.h>

#include "samples/lobby/address.h"

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
        "ws://host",
        "host/path",
        "user@host",
        "h\xc3\xb6st",
        "a\nb",
        "host?",
        "http://h:80/",
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
