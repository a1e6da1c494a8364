/* table_party: a host and its guests at one shared table, over a simulated network. */
#ifndef TESTS_SAMPLES_TABLE_PARTY_H
#define TESTS_SAMPLES_TABLE_PARTY_H

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "samples/table/game.h"
#include "tests/support/sim.h"

enum {
    PARTY_MAX = 9, /* the first one is the host */
    PARTY_REST_MS = 60000
};

struct guest {
    struct lobby lobby;
    struct table_game game;
};

struct party {
    struct sim *sim;
    struct guest guests[PARTY_MAX];
    size_t count;
};

static inline void party_seat(struct party *party, size_t index)
{
    static const char *const names[PARTY_MAX] = {"Host", "Anna", "Bořek", "Хлоя", "Δ",
                                                 "Eva",  "Finn", "Gül",   "Hans"};
    struct guest *guest = &party->guests[index];
    char host[8];

    snprintf(host, sizeof host, index == 0 ? "host" : "g%zu", index);
    table_game_init(&guest->game,
                    &(struct table_game_options){.name = names[index], .seed = index + 1});
    lobby_init(&guest->lobby, &(struct lobby_options){.game = table_lobby_game,
                                                      .user = &guest->game,
                                                      .classes = table_classes,
                                                      .guests_max = TABLE_SEATS,
                                                      .io = sim_driver(party->sim, host)});
}

static inline void party_poll(struct party *party)
{
    for (size_t i = 0; i < party->count; i++) {
        while (lobby_poll(&party->guests[i].lobby, 500) > 0) {
        }
    }
}

/* Until nothing is under way any more. */
static inline void party_settle(struct party *party)
{
    uint64_t until = sim_now(party->sim) + PARTY_REST_MS;

    do {
        party_poll(party);
    } while (sim_step_until(party->sim, until));
}

static inline struct table_game *party_join(struct party *party)
{
    size_t index = party->count++;

    cr_assert_lt(index, PARTY_MAX);
    party_seat(party, index);
    cr_assert_eq(index == 0 ? lobby_host(&party->guests[0].lobby, NULL, LOBBY_PORT)
                            : lobby_connect(&party->guests[index].lobby, "host"),
                 0);
    party_settle(party);
    return &party->guests[index].game;
}

static inline void party_begin(struct party *party, const struct sim_options *options,
                               size_t guests)
{
    memset(party, 0, sizeof *party);
    party->sim = sim_new(options);
    for (size_t i = 0; i <= guests; i++) {
        party_join(party);
    }
}

static inline void party_end(struct party *party)
{
    for (size_t i = party->count; i-- > 0;) {
        lobby_done(&party->guests[i].lobby);
    }
    sim_free(party->sim);
}

/* At rest everybody who is here sees what the host has of what is public and of their own tray, and
 * nothing of anybody else's. */
static inline void party_expect_same(const struct party *party, unsigned long long seed)
{
    const struct table_game *host = &party->guests[0].game;

    for (size_t g = 1; g < party->count; g++) {
        const struct table_game *game = &party->guests[g].game;
        int32_t id = table_game_id(game);

        if (lobby_phase_of(&party->guests[g].lobby) != LOBBY_PLAYING) {
            continue;
        }
        for (unsigned i = 0; i < TABLE_PIECES; i++) {
            const struct table_piece *mine = game->pieces[i], *whole = host->pieces[i];

            cr_assert_not_null(whole);
            if (whole->word.tray != 0 && whole->word.tray != id) {
                cr_assert_null(mine, "seed %llu: guest %zu sees piece %u of another's tray", seed,
                               g, i);
                continue;
            }
            cr_assert_not_null(mine, "seed %llu: guest %zu misses piece %u", seed, g, i);
            cr_assert(mine->x == whole->x && mine->y == whole->y, "seed %llu: guest %zu, piece %u",
                      seed, g, i);
            cr_assert(
                mine->word.holder == whole->word.holder &&
                    mine->word.ticket == whole->word.ticket &&
                    mine->word.tray == whole->word.tray && mine->word.level == whole->word.level &&
                    mine->word.slot == whole->word.slot && mine->word.face == whole->word.face &&
                    mine->word.secret == whole->word.secret,
                "seed %llu: guest %zu, piece %u", seed, g, i);
        }
        cr_assert_not_null(game->board);
        cr_assert_eq(memcmp(game->board, host->board, sizeof *host->board), 0, "seed %llu", seed);
        for (unsigned seat = 0; seat < TABLE_SEATS; seat++) {
            const struct table_pawn *pawn = game->pawns[seat];

            cr_assert_eq(pawn != NULL, host->pawns[seat] != NULL, "seed %llu", seed);
            if (pawn) {
                cr_assert(pawn->id == host->pawns[seat]->id && pawn->x == host->pawns[seat]->x &&
                              pawn->y == host->pawns[seat]->y,
                          "seed %llu: guest %zu, pawn %u", seed, g, seat);
                cr_assert_str_eq(pawn->name, host->pawns[seat]->name);
            }
        }
        cr_assert_leq(game->lines.count, host->lines.count);
        for (size_t back = 1; back <= game->lines.count; back++) {
            cr_assert_str_eq(lobby_lines_at(&game->lines, game->lines.count - back),
                             lobby_lines_at(&host->lines, host->lines.count - back), "seed %llu",
                             seed);
        }
    }
}

static inline const char *party_last_line(const struct table_game *game)
{
    return game->lines.count > 0 ? lobby_lines_at(&game->lines, game->lines.count - 1) : "";
}

#endif /* TESTS_SAMPLES_TABLE_PARTY_H */
