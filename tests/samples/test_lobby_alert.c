/* test_lobby_alert: what went wrong with a game, in words that players understand. */
#include <criterion/criterion.h>

#include "samples/lobby/alert.h"

Test(lobby_alert, a_full_game_is_said_to_have_no_room)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_not_connected(text, "ann:8080",
                              &(meeple_fault){MEEPLE_STAGE_HTTP, 503, "the server refused"});
    cr_expect_str_eq(text, "Could not connect to ann:8080: the server refused; there may be no "
                           "room for another player.");
    lobby_alert_not_connected(text, "ann:8080",
                              &(meeple_fault){MEEPLE_STAGE_HTTP, 404, "the server refused"});
    cr_expect_str_eq(text, "Could not connect to ann:8080: the server refused.");
}

Test(lobby_alert, what_could_not_be_reached_is_not_named_twice)
{
    char text[LOBBY_ALERT_SIZE];

    lobby_alert_not_connected(
        text, "ann:8080", &(meeple_fault){MEEPLE_STAGE_CONNECT, 111, "could not connect to ann"});
    cr_expect_str_eq(text, "Could not connect to ann.");
    lobby_alert_not_connected(text, "ann:8080", &(meeple_fault){.text = ""});
    cr_expect_str_eq(text, "Could not connect to ann:8080.");
}
