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
     * different now. */
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
    int width, height, min_width, min_height;
    int x, y;               /* below 0: centred */
    float scale;            /* pixels to a logical pixel; 0: what fits display and window */
    const char *screenshot; /* PNG of the last frame before leave(); NULL: none */
    uint64_t quit_after_ms; /* 0: when the user closes it */
};

/* Opens the window.  Both structs are copied, what they point to is borrowed.  0, or -1 after
 * printing to stderr what is missing. */
int app_open(struct app **out, const struct app_options *options,
             const struct app_program *program);

/* One frame (void * so that a browser's loop can call it): takes all events, lets the program work,
 * draws if anything changed.  Does not wait. */
void app_frame(void *app);
bool app_is_done(const struct app *app);

/* Until the next event, or until the next frame has something to do. */
void app_wait(const struct app *app);

/* 0, or -1 after printing to stderr why there is no screenshot.  app may be NULL. */
int app_close(struct app *app);

/* All of the above, in a loop.  0 or -1. */
int app_run(const struct app_options *options, const struct app_program *program);

/* As if the user closed the window; once is enough.  For use while app_run() is at work. */
void app_quit(void);

/* Copied. */
void app_set_title(struct app *app, const char *title);

#endif /* UI_APP_H */
