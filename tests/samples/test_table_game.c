/* test_table_game: the rules of the shared table: who may move what, and who sees what. */
#include <criterion/criterion.h>

#include "tests/samples/table_party.h"

#define CARD 3u
#define DIE (unsigned)TABLE_CARDS
#define CHIP (unsigned)(TABLE_CARDS + TABLE_DICE)

static struct party party;
static struct table_game *host, *anna, *ben;

static void begin(void)
{
    party_begin(&party, NULL, 2);
    host = &party.guests[0].game;
    anna = &party.guests[1].game;
    ben = &party.guests[2].game;
}

static void end(void)
{
    party_end(&party);
}

TestSuite(table_game, .init = begin, .fini = end);

static void take(struct table_game *game, unsigned number)
{
    cr_assert_eq(table_game_take(game, number), 0);
    party_settle(&party);
}

static void put(struct table_game *game, int x, int y, enum table_place place)
{
    cr_assert_eq(table_game_put(game, x, y, place), 0);
    party_settle(&party);
}

static void into_tray(struct table_game *game, unsigned number)
{
    take(game, number);
    put(game, 0, 0, TABLE_IN_TRAY);
}

static void expect_at(const struct table_game *game, unsigned number, int x, int y)
{
    cr_assert_not_null(game->pieces[number]);
    cr_expect_eq(game->pieces[number]->x, x);
    cr_expect_eq(game->pieces[number]->y, y);
}

Test(table_game, everybody_gets_a_pawn_and_finds_the_table_laid)
{
    for (size_t i = 0; i < party.count; i++) {
        const struct table_game *game = &party.guests[i].game;

        cr_expect_eq(table_game_seat(game), (int)i);
        cr_expect_str_eq(game->pawns[1]->name, "Anna");
        cr_expect_str_eq(game->pawns[0]->name, "Host");
        cr_expect_null(game->pawns[3]);
        for (unsigned number = 0; number < TABLE_PIECES; number++) {
            int16_t x, y;

            table_home(number, &x, &y);
            expect_at(game, number, x, y);
            cr_expect(table_game_shows(game, number));
        }
    }
    cr_expect_str_eq(party_last_line(anna), "Bořek sat down");
    party_expect_same(&party, 0);
}

Test(table_game, who_takes_a_piece_moves_it_for_everybody)
{
    take(anna, CHIP);
    cr_expect(table_game_holds(anna, CHIP));
    cr_expect_eq(ben->pieces[CHIP]->word.holder, table_game_id(anna));
    table_game_move(anna, 300, 400);
    party_settle(&party);
    expect_at(ben, CHIP, 300, 400);
    expect_at(host, CHIP, 300, 400);
    put(anna, 310, 410, TABLE_ON_TABLE);
    expect_at(ben, CHIP, 310, 410);
    cr_expect_eq(ben->pieces[CHIP]->word.holder, 0);
    cr_expect_str_eq(party_last_line(ben), "Anna moved a chip");
    cr_expect_eq(anna->puts, 1);
    table_game_move(anna, 1, 1);
    party_settle(&party);
    expect_at(ben, CHIP, 310, 410);
    party_expect_same(&party, 0);
}

Test(table_game, the_host_plays_by_the_same_rules)
{
    take(host, CHIP);
    cr_expect(table_game_holds(host, CHIP));
    table_game_move(host, 700, 200);
    party_settle(&party);
    expect_at(anna, CHIP, 700, 200);
    cr_assert_eq(table_game_take(anna, CHIP), 0);
    party_settle(&party);
    cr_expect_eq(anna->hand, TABLE_NOTHING);
    put(host, 700, 200, TABLE_IN_TRAY);
    cr_expect_null(anna->pieces[CHIP]);
    cr_expect(table_game_shows(host, CHIP));
    party_expect_same(&party, 0);
}

Test(table_game, a_piece_in_a_hand_is_denied_to_others)
{
    take(anna, CARD);
    take(ben, CARD);
    cr_expect_eq(ben->hand, TABLE_NOTHING);
    cr_expect_not(table_game_holds(ben, CARD));
    cr_expect_eq(table_game_put(ben, 5, 5, TABLE_ON_TABLE), MEEPLE_ESTATE);
    cr_expect(table_game_holds(anna, CARD));
    cr_expect_eq(table_game_turn(ben, CARD), 0);
    party_settle(&party);
    cr_expect_eq(host->pieces[CARD]->word.face, 0);
}

Test(table_game, of_two_who_reach_for_a_piece_one_gets_it)
{
    cr_assert_eq(table_game_take(anna, CARD), 0);
    cr_assert_eq(table_game_take(ben, CARD), 0);
    party_settle(&party);
    cr_expect_neq(table_game_holds(anna, CARD), table_game_holds(ben, CARD));
    cr_expect((anna->hand == TABLE_NOTHING) != (ben->hand == TABLE_NOTHING));
}

Test(table_game, a_hand_holds_one_piece)
{
    take(anna, CARD);
    cr_expect_eq(table_game_take(anna, CHIP), MEEPLE_ESTATE);
    /* Whoever asks all the same does not get it. */
    cr_assert_eq(meeple_rpc(anna->piece_objects[CHIP], MEEPLE_SERVER, table_take, 99), 0);
    party_settle(&party);
    cr_expect_eq(host->pieces[CHIP]->word.holder, 0);
    cr_expect(table_game_holds(anna, CARD));
}

Test(table_game, a_quick_move_ends_where_it_was_meant_to)
{
    cr_assert_eq(table_game_take(anna, CHIP), 0);
    cr_assert_eq(table_game_put(anna, 123, 456, TABLE_ON_TABLE), 0);
    party_settle(&party);
    expect_at(ben, CHIP, 123, 456);
    party_expect_same(&party, 0);
}

/* Only those two hear of each other. */
static void settle_without_anna(void)
{
    uint64_t until = sim_now(party.sim) + 1000;

    do {
        while (lobby_poll(&party.guests[0].lobby, 10) > 0 ||
               lobby_poll(&party.guests[2].lobby, 10) > 0) {
        }
    } while (sim_step_until(party.sim, until));
}

Test(table_game, what_vanished_under_the_hand_and_came_back_is_given_back)
{
    cr_assert_eq(table_game_take(anna, CARD), 0);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(table_game_take(ben, CARD), 0);
        settle_without_anna();
        cr_assert(table_game_holds(ben, CARD));
        cr_assert_eq(table_game_put(ben, 50, 70, i == 0 ? TABLE_IN_TRAY : TABLE_ON_TABLE), 0);
        settle_without_anna();
    }
    /* She hears that it was gone for a while; the host, that she would like to have it. */
    party_settle(&party);
    cr_expect_eq(anna->hand, TABLE_NOTHING);
    cr_expect_eq(host->pieces[CARD]->word.holder, 0);
    party_expect_same(&party, 0);
}

Test(table_game, an_earlier_wish_does_not_end_a_later_one)
{
    uint8_t ticket;

    take(anna, CHIP);
    ticket = anna->ticket;
    put(anna, 100, 100, TABLE_ON_TABLE);
    take(anna, CHIP);
    cr_assert_eq(meeple_rpc(anna->piece_objects[CHIP], MEEPLE_SERVER, table_put, 300, 300,
                            TABLE_ON_TABLE, ticket),
                 0);
    party_settle(&party);
    cr_expect(table_game_holds(anna, CHIP));
    expect_at(ben, CHIP, 100, 100);
}

Test(table_game, nothing_leaves_the_table)
{
    take(anna, CARD);
    table_game_move(anna, -500, 99999);
    party_settle(&party);
    expect_at(ben, CARD, table_half_width(TABLE_CARD),
              TABLE_HEIGHT - table_half_height(TABLE_CARD));
    put(anna, 40000, -40000, TABLE_ON_TABLE);
    expect_at(ben, CARD, TABLE_WIDTH - table_half_width(TABLE_CARD), table_half_height(TABLE_CARD));
}

Test(table_game, what_lies_in_a_tray_is_there_for_its_owner_alone)
{
    uint8_t face = host->dealer.faces[CARD];

    into_tray(anna, CARD);
    cr_expect_null(ben->pieces[CARD]);
    cr_expect_not(table_game_shows(host, CARD), "the host's process knows it, its player does not");
    cr_assert_not_null(anna->pieces[CARD]);
    cr_expect_eq(anna->pieces[CARD]->word.secret, face);
    cr_expect_eq(anna->pieces[CARD]->word.face, 0);
    cr_expect(table_game_in_tray(anna, CARD));
    cr_expect_eq(ben->board->trays[1], 1);
    cr_expect_str_eq(party_last_line(ben), "Anna put a card into the tray");
    party_expect_same(&party, 0);

    take(anna, CARD);
    cr_expect_null(ben->pieces[CARD], "not before it lies on the table");
    put(anna, 800, 300, TABLE_ON_TABLE);
    expect_at(ben, CARD, 800, 300);
    cr_expect_eq(ben->pieces[CARD]->word.face, 0);
    cr_expect_eq(anna->pieces[CARD]->word.secret, 0, "now it lies face down for her, too");
    cr_expect_eq(ben->board->trays[1], 0);
    party_expect_same(&party, 0);
}

Test(table_game, who_comes_late_sees_all_that_is_public)
{
    struct table_game *late;

    into_tray(anna, CARD);
    into_tray(host, CHIP);
    take(ben, DIE);
    table_game_move(ben, 222, 333);
    party_settle(&party);
    late = party_join(&party);
    cr_expect_null(late->pieces[CARD]);
    cr_expect_null(late->pieces[CHIP]);
    expect_at(late, DIE, 222, 333);
    cr_expect_eq(late->pieces[DIE]->word.holder, table_game_id(ben));
    cr_expect_eq(late->board->trays[1], 1);
    cr_expect_eq(late->board->trays[0], 1);
    cr_expect_str_eq(late->pawns[1]->name, "Anna");
    party_expect_same(&party, 0);
}

Test(table_game, a_tray_has_so_many_places_and_no_more)
{
    for (unsigned i = 0; i < TABLE_TRAY; i++) {
        into_tray(anna, i);
        cr_expect_eq(anna->pieces[i]->word.slot, i);
    }
    take(anna, CHIP);
    put(anna, 500, 500, TABLE_IN_TRAY);
    expect_at(ben, CHIP, 500, 500);
    take(anna, 4);
    put(anna, 0, 0, TABLE_IN_TRAY);
    cr_expect_eq(anna->pieces[4]->word.slot, 4, "it goes back to where it was");
    take(anna, 4);
    put(anna, 0, 0, TABLE_ON_TABLE);
    into_tray(anna, CHIP);
    cr_expect_eq(anna->pieces[CHIP]->word.slot, 4);
    cr_expect_eq(host->board->trays[1], TABLE_TRAY);
    party_expect_same(&party, 0);
}

Test(table_game, a_card_is_turned_and_a_die_thrown_for_all_to_see)
{
    uint8_t face = host->dealer.faces[CARD];

    cr_expect_eq(table_game_turn(anna, CARD), 0);
    party_settle(&party);
    cr_expect_eq(ben->pieces[CARD]->word.face, face);
    cr_expect_str_eq(party_last_line(ben), "Anna turned a card over");
    cr_expect_eq(table_game_turn(ben, CARD), 0);
    cr_expect_eq(table_game_turn(ben, DIE), 0);
    cr_expect_eq(table_game_turn(ben, CHIP), 0);
    party_settle(&party);
    cr_expect_eq(anna->pieces[CARD]->word.face, 0);
    cr_expect_eq(anna->pieces[CHIP]->word.face, 0);
    cr_expect(anna->pieces[DIE]->word.face >= 1 && anna->pieces[DIE]->word.face <= 6);
    cr_expect_neq(strstr(party_last_line(anna), "Bořek threw a "), NULL);
}

Test(table_game, another_tray_is_out_of_reach)
{
    into_tray(anna, CARD);
    /* The host sees all objects; its player may not use that. */
    cr_assert_eq(meeple_rpc(host->piece_objects[CARD], MEEPLE_SERVER, table_take, 99), 0);
    cr_assert_eq(meeple_rpc(host->piece_objects[CARD], MEEPLE_SERVER, table_turn), 0);
    party_settle(&party);
    cr_expect_eq(host->pieces[CARD]->word.holder, 0);
    cr_expect_eq(host->pieces[CARD]->word.face, 0);
}

Test(table_game, who_leaves_leaves_everything)
{
    into_tray(anna, CARD);
    into_tray(anna, CHIP);
    take(anna, DIE);
    lobby_disconnect(&party.guests[1].lobby);
    party_settle(&party);
    cr_expect_eq(host->pieces[DIE]->word.holder, 0);
    cr_expect_not_null(ben->pieces[CARD]);
    cr_expect_eq(ben->pieces[CARD]->word.face, 0);
    cr_expect_not_null(ben->pieces[CHIP]);
    cr_expect_eq(ben->board->trays[1], 0);
    cr_expect_null(ben->pawns[1]);
    cr_expect_str_eq(party_last_line(ben), "Anna left");
    take(ben, DIE);
    cr_expect(table_game_holds(ben, DIE));
    party_expect_same(&party, 0);
    /* The seat is free for the next one. */
    cr_expect_eq(table_game_seat(party_join(&party)), 1);
    party_expect_same(&party, 0);
}

Test(table_game, the_host_flips_the_table_and_nobody_else_does)
{
    into_tray(anna, CARD);
    take(ben, CHIP);
    cr_expect_eq(table_game_flip(ben, false), MEEPLE_EDENIED);
    cr_expect_eq(table_game_flip(host, false), 0);
    party_settle(&party);
    cr_expect_eq(ben->hand, TABLE_NOTHING, "it flew out of the hand");
    cr_expect_eq(ben->board->flips, 1);
    cr_expect(table_game_in_tray(anna, CARD), "a tray is not on the table");
    cr_expect_str_eq(party_last_line(ben), "The host flipped the table");
    party_expect_same(&party, 0);
    cr_expect_eq(table_game_flip(host, true), 0);
    party_settle(&party);
    for (unsigned number = 0; number < TABLE_PIECES; number++) {
        int16_t x, y;

        table_home(number, &x, &y);
        expect_at(ben, number, x, y);
    }
    cr_expect_eq(ben->board->trays[1], 0);
    party_expect_same(&party, 0);
}

Test(table_game, what_was_seen_before_a_flip_is_not_known_after_it)
{
    uint8_t before[TABLE_CARDS];
    unsigned same = 0, seen = 0;

    into_tray(anna, CARD);
    memcpy(before, host->dealer.faces, sizeof before);
    cr_expect_eq(table_game_flip(host, false), 0);
    party_settle(&party);
    for (unsigned number = 0; number < TABLE_CARDS; number++) {
        same += host->dealer.faces[number] == before[number];
        seen |= 1u << host->dealer.faces[number];
    }
    cr_expect_lt(same, TABLE_CARDS / 2);
    cr_expect_eq(seen, ((1u << TABLE_CARDS) - 1) << 1, "each card is there once");
    cr_expect_eq(anna->pieces[CARD]->word.secret, before[CARD], "a tray is not on the table");
}

Test(table_game, who_changes_more_than_its_place_is_shown_out)
{
    take(anna, CARD);
    anna->pieces[CARD]->word.face = 7;
    party_settle(&party);
    cr_expect_eq(lobby_phase_of(&party.guests[1].lobby), LOBBY_IDLE);
    cr_expect_neq(strstr(lobby_alert(&party.guests[1].lobby), "for the host to say"), NULL);
    cr_expect_eq(host->pieces[CARD]->word.face, 0);
    cr_expect_eq(ben->pieces[CARD]->word.face, 0);
    cr_expect_eq(ben->pieces[CARD]->word.holder, 0);
    party_expect_same(&party, 0);
}

Test(table_game, what_one_changes_without_holding_it_changes_nowhere_else)
{
    anna->pieces[CHIP]->x = 5;
    party_settle(&party);
    cr_expect_neq(ben->pieces[CHIP]->x, 5);
    cr_expect_neq(host->pieces[CHIP]->x, 5);
}

Test(table_game, a_pawn_walks_and_gets_another_name)
{
    table_game_walk(anna, 640, 480);
    table_game_rename(anna, "  Zoë\n ");
    party_settle(&party);
    cr_expect_eq(ben->pawns[1]->x, 640);
    cr_expect_eq(ben->pawns[1]->y, 480);
    cr_expect_str_eq(host->pawns[1]->name, "Zoë");
    party_expect_same(&party, 0);
}

Test(table_game, a_table_has_eight_seats)
{
    for (size_t i = party.count; i < TABLE_SEATS; i++) {
        party_join(&party);
    }
    cr_expect_eq(table_game_seat(&party.guests[TABLE_SEATS - 1].game), TABLE_SEATS - 1);
    party_expect_same(&party, 0);
    party_join(&party);
    cr_expect_eq(lobby_phase_of(&party.guests[TABLE_SEATS].lobby), LOBBY_IDLE);
    cr_expect_neq(strstr(lobby_alert(&party.guests[TABLE_SEATS].lobby), "no room"), NULL);
}

Test(table_game, one_plays_alone_without_a_network)
{
    struct guest guest;

    memset(&guest, 0, sizeof guest);
    table_game_init(&guest.game, &(struct table_game_options){.seed = 5});
    lobby_init(&guest.lobby, &(struct lobby_options){.game = table_lobby_game,
                                                     .user = &guest.game,
                                                     .classes = table_classes});
    cr_assert_eq(lobby_alone(&guest.lobby), 0);
    cr_expect_str_eq(lobby_status(&guest.lobby), "Playing alone");
    while (lobby_poll(&guest.lobby, 0) > 0) {
    }
    cr_assert_eq(table_game_take(&guest.game, CARD), 0);
    while (lobby_poll(&guest.lobby, 0) > 0) {
    }
    cr_assert_eq(table_game_put(&guest.game, 0, 0, TABLE_IN_TRAY), 0);
    while (lobby_poll(&guest.lobby, 0) > 0) {
    }
    cr_expect(table_game_in_tray(&guest.game, CARD));
    cr_expect_str_eq(party_last_line(&guest.game), "Player put a card into the tray");
    lobby_done(&guest.lobby);
}

Test(table_game, nothing_can_be_done_without_a_session)
{
    struct table_game game;

    table_game_init(&game, &(struct table_game_options){.name = "x"});
    cr_expect_eq(table_game_take(&game, 0), MEEPLE_ESTATE);
    cr_expect_eq(table_game_put(&game, 0, 0, TABLE_ON_TABLE), MEEPLE_ESTATE);
    cr_expect_eq(table_game_turn(&game, 0), MEEPLE_ESTATE);
    cr_expect_eq(table_game_flip(&game, false), MEEPLE_ESTATE);
    table_game_move(&game, 0, 0);
    table_game_walk(&game, 0, 0);
    cr_expect_eq(table_game_id(&game), 0);
    cr_expect_eq(table_game_seat(&game), TABLE_NOTHING);
    cr_expect_not(table_game_shows(&game, 0));
}
