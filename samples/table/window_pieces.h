/* window_pieces: what the things on the table look like. */
#ifndef TABLE_WINDOW_PIECES_H
#define TABLE_WINDOW_PIECES_H

#include "samples/table/window_hands.h"

struct table_pieces_view {
    const struct table_game *game;
    const struct table_layout *layout;
    const struct table_motion *motion;
    const struct table_hands *hands;
};

/* Every piece and pawn, the lowest first. */
void table_pieces_draw(struct draw *draw, const struct table_pieces_view *view);
/* The three on the title's left. */
void table_pieces_draw_icon(struct draw *draw, struct rect rect);

#endif /* TABLE_WINDOW_PIECES_H */
