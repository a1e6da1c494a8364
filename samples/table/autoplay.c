/* autoplay: a player that is a program: takes pieces, carries them about and puts them down. */
#include "samples/table/autoplay.h"

#include "samples/lobby/luck.h"

#define STEPS 8    /* from where a piece lay to where it goes */
#define STEP_MS 30 /* between two */

/* A piece that it may take, or TABLE_NOTHING. */
static int choose(struct table_autoplay *player, const struct table_game *game)
{
    unsigned first = lobby_luck(&player->random, TABLE_PIECES);

    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        unsigned number = (first + i) % TABLE_PIECES;

        if (table_game_shows(game, number) && game->pieces[number]->word.holder == 0) {
            return (int)number;
        }
    }
    return TABLE_NOTHING;
}

static void begin_move(struct table_autoplay *player, struct table_game *game)
{
    int number = choose(player, game);

    if (number == TABLE_NOTHING) {
        return;
    }
    if (lobby_luck(&player->random, 4) == 0) {
        (void)table_game_turn(game, (unsigned)number);
    }
    player->x = (int)lobby_luck(&player->random, TABLE_WIDTH);
    player->y = (int)lobby_luck(&player->random, TABLE_HEIGHT);
    player->step = 0;
    (void)table_game_take(game, (unsigned)number);
}

static void end_move(struct table_autoplay *player, struct table_game *game)
{
    bool in_tray = table_game_in_tray(game, (unsigned)game->hand);
    bool hide = !in_tray && lobby_luck(&player->random, 5) == 0;

    (void)table_game_put(game, player->x, player->y, hide ? TABLE_IN_TRAY : TABLE_ON_TABLE);
}

/* A step of the way, each a part of what is left. */
static void carry(const struct table_autoplay *player, struct table_game *game)
{
    const struct table_piece *piece = game->pieces[game->hand];
    int left = STEPS - (int)player->step;

    table_game_move(game, piece->x + (player->x - piece->x) / left,
                    piece->y + (player->y - piece->y) / left);
}

/* A host waits for company. */
static bool has_begun(const struct table_session *session)
{
    const struct table_game *game = &session->game;
    unsigned players = 0;

    for (unsigned seat = 0; seat < TABLE_SEATS; seat++) {
        players += table_game_sits(game, seat);
    }
    return lobby_phase_of(&session->lobby) == LOBBY_PLAYING && game->board && players > 1;
}

void table_autoplay_step(struct table_autoplay *player, struct table_session *session,
                         uint64_t now_ms)
{
    struct table_game *game = &session->game;

    if (!has_begun(session) || now_ms < player->next_ms) {
        return;
    }
    player->next_ms = now_ms + STEP_MS;
    if (game->hand == TABLE_NOTHING) {
        if (game->puts < player->moves_max && table_game_seat(game) != TABLE_NOTHING) {
            begin_move(player, game);
        }
    } else if (table_game_holds(game, (unsigned)game->hand) && player->step < STEPS) {
        carry(player, game);
        player->step++;
    } else if (table_game_holds(game, (unsigned)game->hand)) {
        end_move(player, game);
        player->next_ms = now_ms + player->pause_ms;
    }
}
