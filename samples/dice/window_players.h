/* window_players: the list of who sits at the table, with a crown at whose turn it is. */
#ifndef DICE_WINDOW_PLAYERS_H
#define DICE_WINDOW_PLAYERS_H

#include "samples/dice/session.h"
#include "samples/ui/ui.h"

/* The caller's, between passes; zero to begin with. */
struct dice_players {
    struct ui_scroll scroll;
    int turn; /* that was last scrolled to */
};

struct dice_players_view {
    unsigned id;
    struct rect card, title, rect;
    float row_height;
};

void dice_players_show(struct ui *ui, const struct dice_players_view *view,
                       const struct dice_session *session, struct dice_players *players);

#endif /* DICE_WINDOW_PLAYERS_H */
