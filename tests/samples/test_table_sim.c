/* test_table_sim: a table with a host and four guests who drag, hide, turn and flip at random, over
 * networks that chop, stall and break. */
#include <criterion/criterion.h>

#include "tests/samples/table_party.h"
#include "tests/support/prng.h"

enum {
    GUESTS = 4,
    SEEDS = 300,
    SEEDS_EACH = 75,
    ROUGH_MS = 3000
};

struct counts {
    unsigned drops;  /* connections that ended under somebody who was playing */
    unsigned hidden; /* pieces that lay in trays at the end */
};

static void act(struct guest *guest, struct prng *prng)
{
    struct table_game *game = &guest->game;
    unsigned number = (unsigned)prng_below(prng, TABLE_PIECES);
    int x = (int)prng_between(prng, 0, TABLE_WIDTH), y = (int)prng_between(prng, 0, TABLE_HEIGHT);

    switch (prng_below(prng, 16)) {
    case 0:
        (void)table_game_turn(game, number);
        break;
    case 1:
        table_game_walk(game, x, y);
        break;
    case 2:
        table_game_rename(game, prng_below(prng, 2) ? "One" : "Another");
        break;
    case 3:
        if (prng_below(prng, 8) == 0) {
            (void)table_game_flip(game, prng_below(prng, 3) == 0);
        }
        break;
    case 4:
    case 5:
        if (game->hand != TABLE_NOTHING) {
            (void)table_game_put(game, x, y, prng_below(prng, 2) ? TABLE_IN_TRAY : TABLE_ON_TABLE);
        }
        break;
    default:
        if (game->hand == TABLE_NOTHING) {
            (void)table_game_take(game, number);
        } else {
            table_game_move(game, x, y);
        }
    }
}

/* Comes, goes, or plays. */
static void live(struct party *party, size_t index, struct prng *prng)
{
    struct lobby *lobby = &party->guests[index].lobby;

    if (lobby_phase_of(lobby) == LOBBY_IDLE) {
        cr_assert_eq(lobby_connect(lobby, "host"), 0);
    } else if (index > 0 && prng_below(prng, 300) == 0) {
        lobby_disconnect(lobby);
    } else if (lobby_phase_of(lobby) == LOBBY_PLAYING) {
        act(&party->guests[index], prng);
    }
}

static void play(struct party *party, struct prng *prng, struct counts *counts)
{
    for (size_t i = 0; i < party->count; i++) {
        struct lobby *lobby = &party->guests[i].lobby;
        bool playing = lobby_phase_of(lobby) == LOBBY_PLAYING;

        while (lobby_poll(lobby, 30) > 0) {
        }
        counts->drops += playing && lobby_phase_of(lobby) == LOBBY_IDLE;
        live(party, i, prng);
    }
}

static void count_hidden(const struct party *party, struct counts *counts)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        counts->hidden += table_game_in_tray(&party->guests[0].game, i);
    }
}

static void one_game(uint64_t seed, struct counts *counts)
{
    struct prng prng = {.state = seed};
    struct party *party = calloc(1, sizeof *party);
    uint64_t until, next_break;

    cr_assert_not_null(party);
    party_begin(party,
                &(struct sim_options){.seed = seed,
                                      .latency_max_ms = (uint32_t)(seed % 90),
                                      .chop = true,
                                      .stutter = true,
                                      .completions = seed % 2 == 1},
                GUESTS);
    until = sim_now(party->sim) + ROUGH_MS;
    next_break = sim_now(party->sim) + 500;
    do {
        play(party, &prng, counts);
        if (seed % 3 == 0 && sim_now(party->sim) >= next_break) {
            char host[8];

            snprintf(host, sizeof host, "g%u", 1 + (unsigned)prng_below(&prng, GUESTS));
            sim_reset_all(party->sim, host);
            next_break = sim_now(party->sim) + 1 + prng_below(&prng, 2000);
        }
    } while (sim_step_until(party->sim, until));
    for (size_t i = 1; i < party->count; i++) {
        if (lobby_phase_of(&party->guests[i].lobby) == LOBBY_IDLE) {
            cr_assert_eq(lobby_connect(&party->guests[i].lobby, "host"), 0);
        }
    }
    party_settle(party);
    /* What was in hands is let go, so that nobody's word is against anybody's. */
    for (size_t i = 0; i < party->count; i++) {
        (void)table_game_put(&party->guests[i].game, 700, 300, TABLE_ON_TABLE);
    }
    party_settle(party);
    party_expect_same(party, seed);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        cr_assert_eq(party->guests[0].game.pieces[i]->word.holder, 0, "seed %llu: piece %u",
                     (unsigned long long)seed, i);
    }
    count_hidden(party, counts);
    party_end(party);
    free(party);
}

static void games(uint64_t first)
{
    struct counts counts = {0};

    for (uint64_t seed = first; seed < first + SEEDS_EACH; seed++) {
        one_game(seed, &counts);
    }
    cr_assert_gt(counts.drops, SEEDS_EACH / 4, "people were to leave, and %u did", counts.drops);
    cr_assert_gt(counts.hidden, SEEDS_EACH, "trays were to be used, and %u pieces lay in one",
                 counts.hidden);
}

/* Three hundred seeds, in parts that run beside each other. */
Test(table_sim, ends_alike_for_everyone_seeds_0_to_74)
{
    games(0);
}

Test(table_sim, ends_alike_for_everyone_seeds_75_to_149)
{
    games(75);
}

Test(table_sim, ends_alike_for_everyone_seeds_150_to_224)
{
    games(150);
}

Test(table_sim, ends_alike_for_everyone_seeds_225_to_299)
{
    games(225);
    _Static_assert(225 + SEEDS_EACH == SEEDS, "three hundred in all");
}
