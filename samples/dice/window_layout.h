/* window_layout: where everything on the dice table's window is.  Numbers only. */
#ifndef DICE_WINDOW_LAYOUT_H
#define DICE_WINDOW_LAYOUT_H

#include "samples/lobby/lobby.h"
#include "samples/ui/draw.h"

/* The least it is made for, a small telephone; below, things overlap.  Lying on its side one is
 * lower, and has room across. */
#define DICE_LAYOUT_MIN_WIDTH 320
#define DICE_LAYOUT_MIN_HEIGHT 400
#define DICE_LAYOUT_LOW_WIDTH 600
#define DICE_LAYOUT_LOW_HEIGHT 300

struct dice_layout_needs {
    float width, height;
    lobby_phase phase; /* a small window folds the form away while it is not needed */
    bool guest_only;   /* nobody can host here */
};

/* Logical pixels.  What there is no room or no need for has no width. */
struct dice_layout {
    struct rect icon, title, dot, status;
    struct rect seat; /* the card of who we are and where we play */
    struct rect name_label, name, server_label, server;
    struct rect godot3, host, connect, disconnect;
    struct rect log_card, log_title, log;
    struct rect players_card, players_title, players;
    struct rect action;
    float player_height;
};

void dice_layout_compute(struct dice_layout *out, const struct dice_layout_needs *needs);

#endif /* DICE_WINDOW_LAYOUT_H */
