/* window_motion: where the things on the table are seen: on their way to where they are. */
#ifndef TABLE_WINDOW_MOTION_H
#define TABLE_WINDOW_MOTION_H

#include "samples/table/game.h"
#include "samples/table/window_layout.h"

/* One thing, in the table's units. */
struct table_seen {
    SDL_FPoint at;
    bool there;
};

/* The caller's, between frames; zero to begin with. */
struct table_motion {
    struct table_seen pieces[TABLE_PIECES], pawns[TABLE_SEATS];
    uint64_t now_ms;
    uint64_t flip_ms; /* when the table was flipped last; 0: never */
    uint32_t flips;
    bool has_flips;
    bool moves; /* something was on its way in the last step */
};

/* Brings all a little nearer to where they are; true as long as one is not there. */
bool table_motion_step(struct table_motion *motion, const struct table_game *game,
                       const struct table_layout *layout, uint64_t now_ms);
/* What the hand holds is where the hand is. */
void table_motion_set(struct table_seen *seen, SDL_FPoint at);
/* The table was flipped a moment ago, and everything is in the air. */
bool table_motion_flies(const struct table_motion *motion);

#endif /* TABLE_WINDOW_MOTION_H */
