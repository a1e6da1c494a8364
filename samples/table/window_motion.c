/* window_motion: where the things on the table are seen: on their way to where they are. */
#include "samples/table/window_motion.h"

#include <math.h>

/* How long it takes until about a third of the way is left. */
#define GLIDE_MS 55.0f
#define FLIGHT_GLIDE_MS 210.0f
#define FLIGHT_MS 900
#define FRAME_MS 16.0f
#define FRAME_MOST_MS 250.0f
#define NEAR 0.3f /* of a unit: that is there */

void table_motion_set(struct table_seen *seen, SDL_FPoint at)
{
    seen->at = at;
    seen->there = true;
}

/* Where a piece is by its state, if nobody carries it here. */
static SDL_FPoint goal_of(const struct table_game *game, const struct table_layout *layout,
                          unsigned number)
{
    const struct table_piece *piece = game->pieces[number];

    if (table_game_rests_in_tray(game, number)) {
        return table_layout_slot(layout, piece->word.slot);
    }
    return (SDL_FPoint){piece->x, piece->y};
}

bool table_motion_flies(const struct table_motion *motion)
{
    return motion->flip_ms != 0 && motion->now_ms - motion->flip_ms < FLIGHT_MS;
}

/* False: it has arrived. */
static bool glide(struct table_seen *seen, SDL_FPoint goal, float part)
{
    float x = goal.x - seen->at.x, y = goal.y - seen->at.y;

    if (!seen->there || (fabsf(x) < NEAR && fabsf(y) < NEAR)) {
        table_motion_set(seen, goal);
        return false;
    }
    seen->at.x += x * part;
    seen->at.y += y * part;
    return true;
}

static void note_flip(struct table_motion *motion, const struct table_game *game)
{
    if (!game->board) {
        motion->has_flips = false;
        return;
    }
    if (motion->has_flips && game->board->flips != motion->flips) {
        motion->flip_ms = motion->now_ms;
    }
    motion->flips = game->board->flips;
    motion->has_flips = true;
}

bool table_motion_step(struct table_motion *motion, const struct table_game *game,
                       const struct table_layout *layout, uint64_t now_ms)
{
    float passed_ms = (float)(now_ms - motion->now_ms);
    bool moves = false;

    /* After a rest without frames the first is like any other, no leap; but frames may be slow. */
    if (passed_ms > FRAME_MS && !motion->moves) {
        passed_ms = FRAME_MS;
    } else if (passed_ms > FRAME_MOST_MS) {
        passed_ms = FRAME_MOST_MS;
    }

    motion->now_ms = now_ms;
    note_flip(motion, game);
    float pace = table_motion_flies(motion) ? FLIGHT_GLIDE_MS : GLIDE_MS;
    float part = 1 - expf(-passed_ms / pace);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (table_game_shows(game, i)) {
            moves |= glide(&motion->pieces[i], goal_of(game, layout, i), part);
        } else {
            motion->pieces[i].there = false;
        }
    }
    for (unsigned seat = 0; seat < TABLE_SEATS; seat++) {
        const struct table_pawn *pawn = game->pawns[seat];

        if (pawn) {
            moves |= glide(&motion->pawns[seat], (SDL_FPoint){pawn->x, pawn->y}, part);
        } else {
            motion->pawns[seat].there = false;
        }
    }
    motion->moves = moves || table_motion_flies(motion);
    return motion->moves;
}
