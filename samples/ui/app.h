/* app: a window with widgets: events in, frames out, nothing done when nothing happens. */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "samples/ui/ui.h"

struct app;

struct app_program {
    void *user;
    /* Often, at least every 20 ms: whatever the program does besides its window.  True if it looks
     * different now.  In a page that is hidden: when options.on_ready says so. */
    bool (*step)(void *user, struct app *app);
    /* The widgets: one pass. */
    void (*view)(void *user, struct ui *ui);
    /* The window is to close: asked again and again until it answers true.  NULL: closes at once.
     */
    bool (*leave)(void *user);
};

/* Sizes are in the window's own units, at 100 %. */
struct app_options {
    const char *title;
    int width, height, min_width, min_height; /* a page is as large as the browser shows it */
    int x, y;                                 /* below 0: centred */
    float scale;            /* pixels to a logical pixel; 0: what fits display and window */
    const char *screenshot; /* PNG of the last frame before leave(); NULL: none */
    uint64_t quit_after_ms; /* 0: when the user closes it */
    /* Has ready(app) called whenever there is something for step() to do.  Only a page uses it,
     * which draws no frames while it is hidden; NULL: then it does nothing. */
    void (*on_ready)(void (*ready)(void *app), void *app);
};

/* Opens a window, and closes it when the user, app_quit() or the time says so.  What the structs
 * point to is borrowed.  0, or -1 after printing to stderr what is missing: the window, or the
 * screenshot.  A page does not come back from here when it has a window: the browser calls it from
 * then on, and everything that is on the stack stays as it is. */
int app_run(const struct app_options *options, const struct app_program *program);

/* As if the user closed the window; once is enough.  For use while app_run() is at work. */
void app_quit(void);

/* Copied. */
void app_set_title(struct app *app, const char *title);

#endif /* UI_APP_H */
