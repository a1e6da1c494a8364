/* test_lobby_alert: what went wrong with a game, in words that players understand. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "samples/lobby/alert.h"

Test(lobby_alert, a_full_game_is_said_to_have_no_room)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_not_connected(text, "ann:8080",
                              &(meeple_fault){MEEPLE_STAGE_HTTP, 503, "the server refused"}, NULL);
    cr_expect_str_eq(text, "Could not connect to ann:8080: the server refused; there may be no "
                           "room for another player.");
    lobby_alert_not_connected(text, "ann:8080",
                              &(meeple_fault){MEEPLE_STAGE_HTTP, 404, "the server refused"}, NULL);
    cr_expect_str_eq(text, "Could not connect to ann:8080: the server refused.");
}

Test(lobby_alert, a_page_is_told_that_it_cannot_host)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_not_hosting(text, MEEPLE_ENOTSUP, &(struct lobby_alert_given){.port = 8080});
    cr_expect_str_eq(
        text, "A page in a browser cannot host; it can join a game that runs outside of one.");
}

Test(lobby_alert, what_is_no_good_for_hosting_is_named)
{
    char text[LOBBY_ALERT_SIZE], longest[300];

    lobby_alert_not_hosting(text, MEEPLE_EINVAL, &(struct lobby_alert_given){.bind = "1.2.3.4"});
    cr_expect_str_eq(text, "\"1.2.3.4\" is no address of this machine.");
    lobby_alert_not_hosting(text, MEEPLE_EINVAL,
                            &(struct lobby_alert_given){.bind = "", .folder = "web"});
    cr_expect_str_eq(text, "\"web\" is no folder.");
    lobby_alert_not_hosting(
        text, MEEPLE_EINVAL,
        &(struct lobby_alert_given){.bind = "1.2.3.4", .folder = "web", .proxy = "nginx"});
    cr_expect_str_eq(text, "\"1.2.3.4\" is no address of this machine, or \"web\" is no folder, or "
                           "\"nginx\" is no address of a proxy, or of a network.");
    lobby_alert_not_hosting(text, MEEPLE_EINVAL, &(struct lobby_alert_given){0});
    cr_expect_str_eq(text, "Invalid argument.");

    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    lobby_alert_not_hosting(text, MEEPLE_EINVAL,
                            &(struct lobby_alert_given){longest, longest, longest, 1});
    cr_expect(strstr(text, "or of a network."));
}

Test(lobby_alert, a_certificate_that_cannot_be_used_has_a_reason)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_no_certificate(text, MEEPLE_ETLS, "there is no private key in a.key");
    cr_expect_str_eq(text, "Could not host with TLS: there is no private key in a.key.");
    lobby_alert_no_certificate(text, MEEPLE_ENOMEM, "");
    cr_expect_str_eq(text, "Could not host with TLS: out of memory.");
}

/* A URL with a long path leaves room for what went wrong with it. */
Test(lobby_alert, an_address_of_any_length_leaves_room_for_the_reason)
{
    char where[500], text[LOBBY_ALERT_SIZE];

    memset(where, 'a', sizeof where - 1);
    where[sizeof where - 1] = '\0';
    lobby_alert_not_connected(
        text, where, &(meeple_fault){MEEPLE_STAGE_TLS, 42, "the certificate is expired"}, NULL);
    cr_expect(strstr(text, ": the certificate is expired."));
}

Test(lobby_alert, what_could_not_be_reached_is_not_named_twice)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_not_connected(
        text, "ann:8080", &(meeple_fault){MEEPLE_STAGE_CONNECT, 111, "could not connect to ann"},
        NULL);
    cr_expect_str_eq(text, "Could not connect to ann.");
    lobby_alert_not_connected(text, "ann:8080", &(meeple_fault){.text = ""}, NULL);
    cr_expect_str_eq(text, "Could not connect to ann:8080.");
}

Test(lobby_alert, what_speaks_another_language_is_said_to_do_so)
{
    static const struct {
        meeple_fault fault;
        const char *said;
    } cases[] = {
        /* A Godot 3 goes without a word, */
        {{MEEPLE_STAGE_HTTP, 0, "the connection was closed"}, "the connection was closed. Is it?"},
        /* a host of ours refuses, what chooses none of ours is no game of either, */
        {{MEEPLE_STAGE_HTTP, 400, "the server refused"}, "the server refused. Is it?"},
        {{MEEPLE_STAGE_SUBPROTOCOL, 0, "it chose none"}, "it chose none. Is it?"},
        /* and a browser asks itself. */
        {{MEEPLE_STAGE_CONNECT, 0, "why does it not?"}, "why does it not? Is it?"},
        {{MEEPLE_STAGE_HTTP, 404, "the server refused"}, "the server refused."},
        {{MEEPLE_STAGE_TIMEOUT, 0, "no answer"}, "no answer."},
        {{MEEPLE_STAGE_HTTP, 0, ""}, ". Is it?"},
    };
    char text[LOBBY_ALERT_SIZE], expected[LOBBY_ALERT_SIZE];

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        lobby_alert_not_connected(text, "ann:8080", &cases[i].fault, "Is it?");
        snprintf(expected, sizeof expected, "Could not connect to ann:8080: %s", cases[i].said);
        cr_expect_str_eq(text, expected);
    }
    lobby_alert_not_connected(
        text, "ann:8080", &(meeple_fault){MEEPLE_STAGE_CONNECT, 111, "nobody is at ann"}, "Is it?");
    cr_expect_str_eq(text, "Nobody is at ann.");
}
