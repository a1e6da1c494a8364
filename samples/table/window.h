/* window: the shared table as a window.  Knows a session, no sockets. */
#ifndef TABLE_WINDOW_H
#define TABLE_WINDOW_H

#include <stdio.h>

#include "samples/table/session.h"

struct table_window_options {
    const char *host;       /* what the server field starts with; NULL: the usual one */
    const char *screenshot; /* PNG of the last frame, written when it ends; NULL: none */
    uint32_t quit_after_ms; /* 0: when the user closes it */
    uint16_t port;          /* what Host listens on */
    bool guest_only;        /* there is no Host: nobody can here */
    FILE *report;           /* where the cloth and the tray are is printed there; NULL: nowhere */
    bool stats;             /* whether the overlay is there from the beginning */
    int x, y;               /* where on the screen; -1: centred */
    int width, height;      /* 0: 1024 by 720 */
    float scale;            /* pixels to a logical pixel; 0: what fits display and window */
};

/* Shows the session until the user closes the window (or the time is up), polling it all the while.
 * Returns 0, or 1 after printing to stderr why there can be no window or no screenshot. */
int table_window_run(struct table_session *session, const struct table_window_options *options);

#endif /* TABLE_WINDOW_H */
