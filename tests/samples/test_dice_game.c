/* test_dice_game: the rules, with a host and guests in one process. */
#include "tests/samples/game_table.h"

static void expect_names(const struct dice_game *game, const char *expected)
{
    char names[1024] = "";

    for (size_t seat = 0; seat < game->player_count; seat++) {
        size_t len = strlen(names);

        snprintf(names + len, sizeof names - len, "%s%s", seat > 0 ? "," : "",
                 game->players[seat].name);
    }
    cr_expect_str_eq(names, expected);
}

TABLE_TEST(dice_game, a_host_sits_down_first_and_begins)
{
    struct table table = {.dialect = dialect};
    struct guest *host = table_host(&table, &(struct dice_game_options){.name = "Host"});

    cr_expect_not(dice_game_my_turn(&host->game));
    table_settle(&table);
    expect_names(&host->game, "Host");
    cr_expect_eq(host->game.players[0].id, MEEPLE_SERVER);
    cr_expect_eq(host->game.turn, 0);
    cr_expect(dice_game_my_turn(&host->game));
    table_roll(&table, host);
    cr_expect_eq(host->game.lines.count, 1);
    cr_expect(dice_game_my_turn(&host->game));
    cr_expect_eq(host->game.rolls, 1);
    table_end(&table);
}

TABLE_TEST(dice_game, guests_sit_down_in_the_order_they_come)
{
    struct table table = {.dialect = dialect};

    table_begin(&table, 3);
    expect_same(&table);
    expect_names(&table.guests[3]->game, "Host,a,b,c");
    for (size_t i = 0; i < table.count; i++) {
        cr_expect_eq(table.guests[0]->game.players[i].id, id_of(table.guests[i]));
    }
    table_end(&table);
}

TABLE_TEST(dice_game, says_the_same_on_the_wire_as_the_original)
{
    struct table table = {.dialect = dialect};
    struct guest *guest;
    char expected[1024];
    int32_t id;

    table_begin(&table, 0);
    cr_expect_str_eq(table.guests[0]->trace, "add_player(1, Host) from 1, 1 at the table, turn -1; "
                                             "set_turn(0) from 1, 1 at the table, turn 0; ");
    guest = table_join(&table, "a");
    table_settle(&table);
    id = id_of(guest);
    snprintf(expected, sizeof expected,
             "add_player(1, Host) from 1, 1 at the table, turn -1; "
             "add_player(%d, ) from 1, 2 at the table, turn -1; "
             "set_turn(0) from 1, 2 at the table, turn 0; "
             "update_player_name(%d, a) from 1, 2 at the table, turn 0; ",
             id, id);
    cr_expect_str_eq(guest->trace, expected);

    table.guests[0]->trace[0] = '\0';
    table_roll(&table, table.guests[0]);
    snprintf(expected, sizeof expected,
             "request_action(roll) from 1, 2 at the table, turn 0; "
             "do_action(roll) from 1, 2 at the table, turn 0; "
             "_log(%s) from 1, 2 at the table, turn 0; "
             "set_turn(1) from 1, 2 at the table, turn 1; ",
             last_line(guest));
    cr_expect_str_eq(table.guests[0]->trace, expected);

    table.guests[0]->trace[0] = '\0';
    table_drop(guest);
    table_settle(&table);
    snprintf(expected, sizeof expected,
             "del_player(%d) from 1, 1 at the table, turn 0; "
             "set_turn(0) from 1, 1 at the table, turn 0; ",
             id);
    cr_expect_str_eq(table.guests[0]->trace, expected);
    table_end(&table);
}

TABLE_TEST(dice_game, a_player_without_a_name_is_connecting)
{
    struct table table = {.dialect = dialect};
    meeple_net *net;
    meeple_event event;

    table_begin(&table, 1);
    net = table_connect(&table);
    while (meeple_net_next(net, &event, 0) > 0 ||
           meeple_world_poll(table.guests[0]->world, 0) > 0) {
    }
    table_settle(&table);
    expect_names(&table.guests[1]->game, "Host,a,... connecting ...");
    expect_same(&table);
    meeple_net_free(net);
    table_settle(&table);
    expect_names(&table.guests[1]->game, "Host,a");
    table_end(&table);
}

TABLE_TEST(dice_game, the_turn_goes_round)
{
    struct table table = {.dialect = dialect};

    table_begin(&table, 2);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < table.count; i++) {
            char start[RULES_LINE_MAX];

            snprintf(start, sizeof start, "%s: rolls ", table.guests[i]->game.name);
            cr_assert(dice_game_my_turn(&table.guests[i]->game));
            table_roll(&table, table.guests[i]);
            cr_expect_not(dice_game_my_turn(&table.guests[i]->game));
            cr_expect_eq(strncmp(last_line(table.guests[0]), start, strlen(start)), 0, "%s",
                         last_line(table.guests[0]));
            expect_same(&table);
        }
    }
    for (size_t i = 0; i < table.count; i++) {
        cr_expect_eq(table.guests[i]->game.lines.count, 9);
        cr_expect_eq(table.guests[i]->game.rolls, 3);
    }
    table_end(&table);
}

TABLE_TEST(dice_game, who_acts_out_of_turn_is_called_out)
{
    struct table table = {.dialect = dialect};
    char expected[64];

    table_begin(&table, 2);
    table_roll(&table, table.guests[2]);
    snprintf(expected, sizeof expected, "Someone is trying to cheat! %d", id_of(table.guests[2]));
    for (size_t i = 0; i < table.count; i++) {
        cr_expect_str_eq(last_line(table.guests[i]), expected);
        cr_expect_eq(table.guests[i]->game.turn, 0);
    }
    table_roll(&table, table.guests[0]);
    cr_expect_eq(table.guests[2]->game.rolls, 0, "it was no roll, whatever is said next");
    table_roll(&table, table.guests[0]);
    cr_expect_str_eq(last_line(table.guests[1]), "Someone is trying to cheat! 1");
    expect_same(&table);
    table_end(&table);
}

TABLE_TEST(dice_game, the_second_of_two_quick_rolls_is_cheating)
{
    struct table table = {.dialect = dialect};
    struct guest *guest;

    table_begin(&table, 1);
    guest = table.guests[1];
    table_roll(&table, table.guests[0]);
    cr_assert(dice_game_my_turn(&guest->game));
    cr_assert_eq(dice_game_roll(&guest->game), 0);
    cr_expect_not(dice_game_my_turn(&guest->game), "the button is off until the host answers");
    cr_assert_eq(dice_game_roll(&guest->game), 0);
    table_settle(&table);
    cr_expect_eq(guest->game.rolls, 1);
    cr_expect_eq(guest->game.turn, 0);
    cr_expect_neq(strstr(last_line(guest), "cheat"), NULL);
    expect_same(&table);
    table_end(&table);
}

/* Everybody but the host leaves once, at every turn there can be. */
TABLE_TEST(dice_game, whoever_leaves_the_turn_is_somebodys)
{
    for (size_t turn = 0; turn < 4; turn++) {
        for (size_t leaver = 1; leaver < 4; leaver++) {
            struct table table = {.dialect = dialect};
            int32_t owner;

            table_begin(&table, 3);
            for (size_t i = 0; i < turn; i++) {
                table_roll(&table, table.guests[i]);
            }
            owner = id_of(table.guests[turn == leaver ? (turn + 1) % 4 : turn]);
            table_drop(table.guests[leaver]);
            table_settle(&table);
            expect_same(&table);
            cr_expect_eq(table.guests[0]->game.player_count, 3);
            cr_expect_eq(table.guests[0]->game.players[table.guests[0]->game.turn].id, owner,
                         "%zu left at turn %zu", leaver, turn);
            table_end(&table);
        }
    }
}

/* Both on their way to the host at once: our roll, and the news that somebody left. */
TABLE_TEST(dice_game, a_leave_is_no_answer_to_a_roll)
{
    struct table table = {.dialect = dialect};
    struct guest *guest;

    table_begin(&table, 3);
    table_roll(&table, table.guests[0]);
    table_roll(&table, table.guests[1]);
    guest = table.guests[2];
    cr_assert(dice_game_my_turn(&guest->game));
    table_drop(table.guests[1]);
    cr_assert_geq(meeple_world_poll(table.guests[0]->world, 0), 0);
    cr_assert_eq(dice_game_roll(&guest->game), 0);
    cr_assert_geq(meeple_world_poll(guest->world, 0), 0);
    cr_expect_eq(guest->game.player_count, 3, "it has heard that one left");
    cr_expect_not(dice_game_my_turn(&guest->game), "its roll is still on its way");
    cr_expect_eq(guest->game.rolls, 0);
    table_settle(&table);
    cr_expect_eq(guest->game.rolls, 1);
    cr_expect_eq(strstr(last_line(guest), "cheat"), NULL);
    expect_same(&table);
    table_end(&table);
}

TABLE_TEST(dice_game, at_a_dedicated_host_the_first_guest_begins)
{
    struct table table = {.dialect = dialect};
    struct guest *host =
        table_host(&table, &(struct dice_game_options){.name = "Host", .dedicated = true});

    table_settle(&table);
    cr_expect_eq(host->game.player_count, 0);
    cr_expect_eq(host->game.turn, -1);
    table_roll(&table, host);
    cr_expect_str_eq(last_line(host), "Someone is trying to cheat! 1");
    cr_assert_eq(dice_game_rename(&host->game, "Still nobody"), 0);

    /* Two at once, and again after everybody has left. */
    for (int again = 0; again < 2; again++) {
        struct guest *first = table_join(&table, "a");
        struct guest *second = table_join(&table, "b");

        table_settle(&table);
        expect_same(&table);
        expect_names(&host->game, "a,b");
        cr_expect(dice_game_my_turn(&first->game));
        table_roll(&table, first);
        cr_expect(dice_game_my_turn(&second->game));
        table_drop(second);
        table_settle(&table);
        expect_same(&table);
        cr_expect_eq(host->game.turn, 0);
        table_drop(first);
        table_settle(&table);
        cr_expect_eq(host->game.turn, -1);
    }
    table_end(&table);
}

TABLE_TEST(dice_game, what_only_the_host_may_say_is_refused_from_a_guest)
{
    struct table table = {.dialect = dialect};
    struct guest *liar;
    meeple_object *object;
    int32_t host = MEEPLE_SERVER, other;

    table_begin(&table, 2);
    liar = table.guests[1];
    object = liar->game.object;
    other = id_of(table.guests[2]);
    for (int32_t to = host;; to = other) {
        cr_assert_eq(meeple_rpc(object, to, update_player_name, other, "Fool"), 0);
        cr_assert_eq(meeple_rpc(object, to, do_action, "roll"), 0);
        cr_assert_eq(meeple_rpc(object, to, set_turn, 1), 0);
        cr_assert_eq(meeple_rpc(object, to, add_player, 77, "Ghost"), 0);
        cr_assert_eq(meeple_rpc(object, to, del_player, other), 0);
        cr_assert_eq(meeple_rpc(object, to, log_line, "I won"), 0);
        if (to == other) {
            break;
        }
    }
    table_settle(&table);
    cr_expect_eq(table.guests[0]->refusals, 6);
    cr_expect_eq(table.guests[2]->refusals, 6);
    expect_names(&table.guests[0]->game, "Host,a,b");
    cr_expect_eq(table.guests[0]->game.turn, 0);
    cr_expect_eq(table.guests[0]->game.lines.count, 0);
    expect_same(&table);

    /* And what only the host answers, from one guest to another. */
    cr_assert_eq(meeple_rpc(object, other, set_player_name, "Fool"), 0);
    cr_assert_eq(meeple_rpc(object, other, request_action, "roll"), 0);
    table_settle(&table);
    cr_expect_eq(table.guests[2]->refusals, 8);
    expect_same(&table);
    table_end(&table);
}

TABLE_TEST(dice_game, names_are_told_to_everybody_and_cleaned)
{
    static const struct {
        const char *said, *shown;
    } cases[] = {
        {"Anna", "Anna"},
        {"  Bo\x01\n\tb\x7f  ", "Bob"},
        {"", "Player"},
        {" \r\n ", "Player"},
        {"Žluťoučký kůň", "Žluťoučký kůň"},
        {"\xe2\x80\xaegnorw\xe2\x80\xac", "gnorw"},
        {"\xc2\x9b"
         "31m",
         "31m"},
    };
    struct table table = {.dialect = dialect};

    table_begin(&table, 2);
    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        char expected[128];

        /* As it comes from somebody who does not clean it. */
        cr_assert_eq(
            meeple_rpc(table.guests[1]->game.object, MEEPLE_SERVER, set_player_name, cases[i].said),
            0);
        table_settle(&table);
        snprintf(expected, sizeof expected, "Host,%s,b", cases[i].shown);
        expect_names(&table.guests[2]->game, expected);
        expect_same(&table);
    }
    cr_assert_eq(dice_game_rename(&table.guests[0]->game, "Hostess"), 0);
    cr_assert_eq(dice_game_rename(&table.guests[2]->game, "B\n."), 0);
    table_settle(&table);
    expect_names(&table.guests[1]->game, "Hostess,31m,B.");
    cr_expect_str_eq(table.guests[2]->game.name, "B.");
    expect_same(&table);
    table_end(&table);
}

TABLE_TEST(dice_game, a_long_name_is_cut_between_characters_and_longer_ones_are_not_sent)
{
    struct table table = {.dialect = dialect};
    char name[200] = "x";
    char line[RULES_HEARD_MAX + 2] = "";

    for (int i = 0; i < 40; i++) {
        strcat(name, "ů");
    }
    table_begin(&table, 1);
    cr_assert_eq(dice_game_rename(&table.guests[1]->game, name), 0);
    table_settle(&table);
    cr_expect_eq(strlen(table.guests[0]->game.players[1].name), 63);
    cr_expect_eq(strncmp(table.guests[0]->game.players[1].name, name, 63), 0);
    expect_same(&table);

    /* As one may come from a program that has no bounds. */
    cr_assert_eq(meeple_rpc(table.guests[1]->game.object, MEEPLE_SERVER, set_player_name, name), 0);
    cr_assert_eq(meeple_rpc(table.guests[0]->game.object, MEEPLE_ALL, log_line, name), 0);
    table_settle(&table);
    cr_expect_eq(strlen(table.guests[0]->game.players[1].name), 63);
    cr_expect_eq(strncmp(last_line(table.guests[1]), name, 81), 0);
    expect_same(&table);
    memset(line, 'x', sizeof line - 1);
    cr_expect_eq(meeple_rpc(table.guests[1]->game.object, MEEPLE_SERVER, set_player_name, line),
                 MEEPLE_EINVAL);
    table_end(&table);
}

TABLE_TEST(dice_game, an_action_is_no_way_to_begin_a_line)
{
    struct table table = {.dialect = dialect};

    table_begin(&table, 1);
    cr_assert_eq(
        meeple_rpc(table.guests[0]->game.object, MEEPLE_SERVER, request_action, "win\nBob: roll"),
        0);
    table_settle(&table);
    cr_expect_eq(strncmp(last_line(table.guests[1]), "Host: winBob: rolls ", 20), 0);
    cr_expect_eq(meeple_rpc(table.guests[0]->game.object, MEEPLE_SERVER, request_action, ""),
                 MEEPLE_EINVAL);
    expect_same(&table);
    table_end(&table);
}

TABLE_TEST(dice_game, the_dice_show_0_to_99_and_repeat_with_the_seed)
{
    struct table table = {.dialect = dialect};
    struct guest *host, *same;
    bool seen[RULES_FACES] = {false};
    unsigned distinct = 0;

    host = table_host(&table, &(struct dice_game_options){.name = "x", .seed = 42});
    table_settle(&table);
    for (int i = 0; i < 900; i++) {
        unsigned eyes = 100;

        table_roll(&table, host);
        cr_assert_eq(sscanf(last_line(host), "x: rolls %u", &eyes), 1);
        cr_assert_lt(eyes, 100);
        distinct += !seen[eyes];
        seen[eyes] = true;
    }
    cr_expect_gt(distinct, 95);

    struct table again = {0};
    same = table_host(&again, &(struct dice_game_options){.name = "x", .seed = 42});
    table_settle(&again);
    for (size_t i = 0; i < 900; i++) {
        table_roll(&again, same);
        cr_assert_str_eq(last_line(same), lobby_lines_at(&host->game.lines, i));
    }
    table_end(&again);
    table_end(&table);
}

TABLE_TEST(dice_game, the_log_keeps_the_newest_1000_lines)
{
    struct table table = {.dialect = dialect};
    char text[32];

    table_begin(&table, 1);
    for (int i = 0; i < 1007; i++) {
        snprintf(text, sizeof text, "line %d", i);
        cr_assert_eq(meeple_rpc(table.guests[0]->game.object, MEEPLE_ALL, log_line, text), 0);
        if (i % 100 == 0) {
            table_settle(&table);
        }
    }
    table_settle(&table);
    for (size_t i = 0; i < 2; i++) {
        const struct lobby_lines *lines = &table.guests[i]->game.lines;

        cr_assert_eq(lines->count, 1000);
        cr_expect_str_eq(lobby_lines_at(lines, 0), "line 7");
        cr_expect_str_eq(lobby_lines_at(lines, 999), "line 1006");
    }
    table_end(&table);
}

TABLE_TEST(dice_game, who_finds_no_seat_is_sent_away_with_a_reason)
{
    struct table table = {.dialect = dialect};
    struct guest *late;

    table_begin(&table, 0);
    while (table.count < RULES_PLAYERS_MAX) {
        table_join(&table, "guest");
        table_settle(&table);
    }
    cr_assert_eq(table.guests[0]->game.player_count, RULES_PLAYERS_MAX);
    late = table_join(&table, "late");
    table_settle(&table);
    cr_expect_eq(late->down, MEEPLE_CLOSE_TRY_LATER);
    table_drop(late);
    expect_same(&table);
    cr_expect_eq(table.guests[0]->game.player_count, RULES_PLAYERS_MAX);
    table_drop(table.guests[5]);
    table_settle(&table);
    table_join(&table, "later");
    table_settle(&table);
    expect_same(&table);
    cr_expect_eq(table.guests[0]->game.player_count, RULES_PLAYERS_MAX);
    table_end(&table);
}

TABLE_TEST(dice_game, the_table_stays_when_the_session_has_ended)
{
    struct table table = {.dialect = dialect};
    struct guest *guest;

    table_begin(&table, 1);
    table_roll(&table, table.guests[0]);
    guest = table.guests[1];
    table_drop(guest);
    expect_names(&guest->game, "Host,a");
    cr_expect_eq(guest->game.lines.count, 1);
    cr_expect_not(dice_game_my_turn(&guest->game));
    cr_expect_eq(dice_game_roll(&guest->game), MEEPLE_ESTATE);
    cr_expect_eq(dice_game_rename(&guest->game, "for the next one"), 0);
    table_end(&table);
}
