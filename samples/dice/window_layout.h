/* window_layout: where everything on the dice table's window is.  Numbers only. */
#ifndef DICE_WINDOW_LAYOUT_H
#define DICE_WINDOW_LAYOUT_H

#include "samples/ui/draw.h"

/* The least it is made for; below, things overlap. */
#define DICE_LAYOUT_MIN_WIDTH 320
#define DICE_LAYOUT_MIN_HEIGHT 400

/* Logical pixels. */
struct dice_layout {
    struct rect icon, title, dot, status;
    struct rect seat; /* the card of who we are and where we play */
    struct rect name_label, name, server_label, server;
    struct rect host, connect, disconnect;
    struct rect log_card, log_title, log;
    struct rect players_card, players_title, players;
    struct rect action;
    float player_height;
};

void dice_layout_compute(struct dice_layout *out, float width, float height);

#endif /* DICE_WINDOW_LAYOUT_H */
