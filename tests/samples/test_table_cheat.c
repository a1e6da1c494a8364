/* test_table_cheat: a player whose program was changed to do what the rules of the shared table
 * forbid. */
#include <criterion/criterion.h>

#include "tests/samples/table_party.h"
#include "tests/support/prng.h"

enum {
    CHEAT = 1, /* of the guests */
    SEEDS = 60,
    ROUGH_MS = 2000,
    FLOOD = 20000 /* calls; the library lets 4000 come at once */
};

#define DIE (unsigned)TABLE_CARDS
#define CHIP (unsigned)(TABLE_CARDS + TABLE_DICE)

static struct party party;
static struct table_game *host, *cheat, *ben;

static void begin_over(const struct sim_options *network)
{
    party_begin(&party, network, 2);
    host = &party.guests[0].game;
    cheat = &party.guests[CHEAT].game;
    ben = &party.guests[2].game;
}

static void begin(void)
{
    begin_over(NULL);
}

static void end(void)
{
    party_end(&party);
}

static void take(struct table_game *game, unsigned number)
{
    cr_assert_eq(table_game_take(game, number), 0);
    party_settle(&party);
}

/* Whatever was tried: what the host says is so, nobody holds two things, and all is on the table.
 */
static void expect_order(const struct table_game *game, unsigned long long seed)
{
    const struct table_dealer *dealer = &game->dealer;

    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        const struct table_piece *piece = game->pieces[i];
        table_kind kind = table_piece_kind(i);
        const struct table_word *is = &piece->word, *ought = &dealer->truth[i];

        cr_assert(is->holder == ought->holder && is->ticket == ought->ticket &&
                      is->tray == ought->tray && is->level == ought->level &&
                      is->slot == ought->slot && is->face == ought->face &&
                      is->secret == ought->secret,
                  "seed %llu: piece %u", seed, i);
        for (unsigned other = 0; other < i && is->holder != 0; other++) {
            cr_assert_neq(dealer->truth[other].holder, is->holder, "seed %llu: %u and %u", seed, i,
                          other);
        }
        if (is->holder == 0 && is->tray == 0) {
            cr_assert(piece->x == table_fit_x(kind, piece->x) &&
                          piece->y == table_fit_y(kind, piece->y),
                      "seed %llu: piece %u lies at %d, %d", seed, i, piece->x, piece->y);
        }
    }
}

/* Any call about any piece, also those that are not its business, with any arguments. */
static void call_anything(struct table_game *game, struct prng *prng)
{
    const int32_t whom[] = {MEEPLE_SERVER, MEEPLE_ALL, table_game_id(&party.guests[2].game)};
    int32_t to = whom[prng_below(prng, MEEPLE_COUNT(whom))];
    unsigned number = (unsigned)prng_below(prng, TABLE_PIECES);
    meeple_object *piece = game->piece_objects[number];
    uint8_t ticket = (uint8_t)prng_below(prng, 4);

    switch (prng_below(prng, 8)) {
    case 0:
        (void)meeple_rpc(game->board_object, to, table_denied, (uint8_t)prng_below(prng, 256),
                         ticket);
        break;
    case 1:
        (void)meeple_rpc(game->board_object, to, table_said, "The host flipped the table");
        break;
    case 2:
        if (piece) {
            (void)meeple_rpc(piece, to, table_turn);
        }
        break;
    case 3:
    case 4:
        if (piece) {
            (void)meeple_rpc(piece, to, table_put, (int16_t)prng_below(prng, 65536),
                             (int16_t)prng_between(prng, 0, 900), (uint8_t)prng_below(prng, 3),
                             ticket);
        }
        break;
    default:
        if (piece && meeple_rpc(piece, to, table_take, ticket) == 0 && !game->granted) {
            game->hand = (int)number; /* keeps what it gets */
            game->ticket = ticket;
        }
    }
}

/* Mostly one that it holds, which alone it may move. */
static struct table_piece *some_piece(struct table_game *game, struct prng *prng)
{
    bool own = prng_below(prng, 4) > 0;

    for (unsigned i = 0; i < TABLE_PIECES && own; i++) {
        if (game->pieces[i] && game->pieces[i]->word.holder == table_game_id(game)) {
            return game->pieces[i];
        }
    }
    return game->pieces[prng_below(prng, TABLE_PIECES)];
}

/* Any byte of what it has of the state, its own or not. */
static void change_anything(struct table_game *game, struct prng *prng)
{
    struct table_piece *piece = some_piece(game, prng);
    struct table_pawn *pawn = game->pawns[prng_below(prng, TABLE_SEATS)];

    switch (prng_below(prng, 8)) {
    case 0:
        if (pawn) {
            ((uint8_t *)pawn)[prng_below(prng, sizeof *pawn)] = (uint8_t)prng_below(prng, 256);
            pawn->seat %= TABLE_SEATS; /* its own window has no more */
        }
        break;
    case 1:
        if (game->board) {
            game->board->flips++;
            game->board->trays[prng_below(prng, TABLE_SEATS)] = 9;
        }
        break;
    case 2:
        if (piece) {
            ((uint8_t *)&piece->word)[prng_below(prng, sizeof piece->word)] ^= 1;
        }
        break;
    default:
        if (piece) {
            piece->x = (int16_t)prng_below(prng, prng_below(prng, 2) ? 65536 : TABLE_WIDTH);
            piece->y = (int16_t)prng_below(prng, TABLE_HEIGHT);
        }
    }
}

static void play_fairly(struct table_game *game, struct prng *prng)
{
    unsigned number = (unsigned)prng_below(prng, TABLE_PIECES);

    if (game->hand == TABLE_NOTHING) {
        (void)table_game_take(game, number);
    } else if (prng_below(prng, 4) == 0) {
        (void)table_game_put(game, (int)prng_below(prng, TABLE_WIDTH), 300,
                             prng_below(prng, 2) ? TABLE_IN_TRAY : TABLE_ON_TABLE);
    } else {
        table_game_move(game, (int)prng_below(prng, TABLE_WIDTH), 200);
    }
}

/* Whether it has been shown out. */
static bool cheat_and_play(struct prng *prng)
{
    struct lobby *lobby = &party.guests[CHEAT].lobby;

    bool out;

    party_poll(&party);
    out = lobby_phase_of(lobby) == LOBBY_IDLE;
    if (out) {
        lobby_dismiss(lobby);
        cr_assert_eq(lobby_connect(lobby, "host"), 0);
    } else if (lobby_phase_of(lobby) == LOBBY_PLAYING && cheat->board) {
        call_anything(cheat, prng);
        if (prng_below(prng, 3) == 0) {
            change_anything(cheat, prng);
        }
    }
    play_fairly(host, prng);
    play_fairly(ben, prng);
    expect_order(host, prng->state);
    return out;
}

Test(table_cheat, whatever_one_does_the_others_play_on)
{
    unsigned kicked = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct prng prng = {.state = seed};
        struct lobby *lobby = &party.guests[CHEAT].lobby;
        uint64_t until;

        begin_over(&(struct sim_options){.seed = seed, .latency_max_ms = 40});
        until = sim_now(party.sim) + ROUGH_MS;
        do {
            kicked += cheat_and_play(&prng);
        } while (sim_step_until(party.sim, until));
        lobby_disconnect(lobby);
        party_settle(&party);
        cr_assert_eq(lobby_connect(lobby, "host"), 0);
        party_settle(&party);
        (void)table_game_put(host, 700, 300, TABLE_ON_TABLE);
        (void)table_game_put(ben, 700, 300, TABLE_ON_TABLE);
        party_settle(&party);
        cr_assert_eq(lobby_phase_of(&party.guests[2].lobby), LOBBY_PLAYING, "seed %llu",
                     (unsigned long long)seed);
        party_expect_same(&party, seed);
        expect_order(host, seed);
        end();
    }
    cr_expect_gt(kicked, SEEDS / 4, "it was to be shown out, and was %u times", kicked);
}

Test(table_cheat, what_is_dropped_over_the_edge_lies_on_the_table, .init = begin, .fini = end)
{
    take(cheat, CHIP);
    cheat->pieces[CHIP]->x = 0;
    cheat->pieces[CHIP]->y = TABLE_HEIGHT;
    party_settle(&party);
    cr_expect_eq(ben->pieces[CHIP]->x, 0, "in the hand it may be there");
    lobby_disconnect(&party.guests[CHEAT].lobby);
    party_settle(&party);
    cr_expect_eq(ben->pieces[CHIP]->x, table_half_width(TABLE_CHIP));
    cr_expect_eq(ben->pieces[CHIP]->y, TABLE_HEIGHT - table_half_height(TABLE_CHIP));
}

Test(table_cheat, who_has_not_said_its_name_does_not_sit_there_yet, .init = begin, .fini = end)
{
    size_t index = party.count++;
    struct table_game *nobody = &party.guests[index].game;

    party_seat(&party, index);
    nobody->name[0] = '\0';
    cr_assert_eq(lobby_connect(&party.guests[index].lobby, "host"), 0);
    party_settle(&party);
    cr_expect_eq(table_game_seat(nobody), (int)index);
    cr_expect_not(table_game_sits(ben, (unsigned)index));
    cr_expect_str_eq(party_last_line(ben), "Bořek sat down");
    take(nobody, CHIP);
    cr_expect_eq(nobody->hand, TABLE_NOTHING);
    table_game_rename(nobody, "Odysseus");
    party_settle(&party);
    take(nobody, CHIP);
    cr_expect(table_game_sits(ben, (unsigned)index));
    cr_expect(table_game_holds(nobody, CHIP));
    cr_expect_str_eq(party_last_line(ben), "Odysseus sat down");
}

Test(table_cheat, who_floods_is_shown_out_and_the_others_play_on, .init = begin, .fini = end)
{
    struct lobby *lobby = &party.guests[CHEAT].lobby;

    for (unsigned i = 0; i < FLOOD && lobby_phase_of(lobby) == LOBBY_PLAYING; i++) {
        (void)table_game_turn(cheat, DIE);
        if (i % 500 == 0) {
            party_poll(&party);
            (void)sim_step_until(party.sim, sim_now(party.sim) + 1);
        }
    }
    party_settle(&party);
    cr_expect_eq(lobby_phase_of(lobby), LOBBY_IDLE);
    cr_expect_eq(lobby_phase_of(&party.guests[2].lobby), LOBBY_PLAYING);
    cr_expect_str_eq(party_last_line(ben), "Anna left");
    take(ben, DIE);
    cr_expect(table_game_holds(ben, DIE));
    party_expect_same(&party, 0);
}

Test(table_cheat, its_pawn_keeps_its_seat_and_its_player, .init = begin, .fini = end)
{
    cheat->pawns[CHEAT]->id = 1;
    cheat->pawns[CHEAT]->seat = 5;
    party_settle(&party);
    cheat->pawns[CHEAT]->seat = CHEAT;
    cr_expect_eq(ben->pawns[CHEAT]->id, host->dealer.pawns[CHEAT].id);
    cr_expect_neq(ben->pawns[CHEAT]->id, 1);
    cr_expect_null(ben->pawns[5]);
}
