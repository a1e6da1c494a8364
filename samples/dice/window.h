/* window: the dice table as a window.  Knows a session, no sockets. */
#ifndef DICE_WINDOW_H
#define DICE_WINDOW_H

#include "samples/dice/session.h"

struct dice_window_options {
    const char *host;       /* what the host field starts with; NULL: the usual one */
    const char *screenshot; /* PNG of the last frame, written when it ends; NULL: none */
    uint32_t quit_after_ms; /* 0: when the user closes it */
    uint16_t port;          /* what Host listens on */
    bool guest_only;        /* there is no Host: nobody can here */
    int x, y;               /* where on the screen; -1: centred */
    int width, height;      /* 0: 1024 by 640 */
    float scale;            /* pixels to a logical pixel; 0: what fits display and window */
};

/* Shows the session until the user closes the window (or the time is up), polling it all the while.
 * Returns 0, or 1 after printing to stderr why there can be no window or no screenshot. */
int dice_window_run(struct dice_session *session, const struct dice_window_options *options);

#endif /* DICE_WINDOW_H */
