/* window_hands: what mouse and keys do to the things on the table. */
#ifndef TABLE_WINDOW_HANDS_H
#define TABLE_WINDOW_HANDS_H

#include "samples/table/game.h"
#include "samples/table/window_motion.h"

/* A thing is a piece, by its number, or our own pawn. */
#define TABLE_OWN_PAWN TABLE_PIECES
#define TABLE_THINGS (TABLE_PIECES + 1)

typedef enum table_carry {
    TABLE_CARRY_NOTHING,
    TABLE_CARRY_MOUSE,
    TABLE_CARRY_KEYS
} table_carry;

/* The caller's, between passes; zero to begin with. */
struct table_hands {
    table_carry carry;
    unsigned thing;    /* that is carried */
    SDL_FPoint at;     /* where it is meant to be, in the table's units */
    bool over_tray;    /* let go of now, it falls into the tray */
    SDL_FPoint offset; /* from it to the mouse */
    bool pressed;      /* the mouse went down on something and has carried nothing since */
    SDL_FPoint from;   /* where the mouse went down, in logical pixels */
    bool focused[TABLE_THINGS], ringed[TABLE_THINGS];
};

struct table_hands_view {
    unsigned first_id; /* TABLE_THINGS of them */
    const struct table_layout *layout;
    const struct table_motion *motion;
};

/* One pass. */
void table_hands_pass(struct ui *ui, const struct table_hands_view *view, struct table_game *game,
                      struct table_hands *hands);

/* By level, the lowest first; only what our player sees.  Returns how many. */
unsigned table_hands_order(const struct table_game *game, uint8_t order[TABLE_PIECES]);

#endif /* TABLE_WINDOW_HANDS_H */
