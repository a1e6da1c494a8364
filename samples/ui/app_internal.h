/* app_internal: what app.c and the file of the platform, app_native.c or app_web.c, ask of each
 * other. */
#ifndef UI_APP_INTERNAL_H
#define UI_APP_INTERNAL_H

#include <SDL.h>

#include "samples/ui/app.h"

struct app {
    struct app_options options;
    struct app_program program;
    SDL_Window *window;
    SDL_Renderer *renderer;
    struct draw *draw;
    struct ui *ui;
    uint64_t started_ms, drawn_ms, wake_ms; /* drawn_ms: app_native alone */
    float magnified;                        /* by the user, 1 is not at all */
    bool dirty, leaving, left, done;        /* left: it is closing, its last frame has been saved */
    int result;
};

/* ---- app.c: what is the same everywhere ---- */

/* Events in, and the program's step.  Does not wait, and draws nothing that is seen. */
void app__take_events(struct app *app);
void app__step(struct app *app);
/* Whether a frame would look different from the last one. */
bool app__is_due(const struct app *app, uint64_t now_ms);
/* A frame, but for its being shown. */
void app__paint(struct app *app);
/* The window has lost all that it drew with: a new one takes its place.  False: there is none, and
 * the app is of no use any more. */
bool app__renew_window(struct app *app);

/* ---- the platform's file ---- */

/* Before SDL_Init(). */
void app__set_hints(void);
/* SDL has the window to itself from here on; NULL: SDL_GetError() says why not. */
SDL_Window *app__create_window(const struct app_options *options);
/* Text goes where the ui wants it, which is asked after every change.  zoom: the window's
 * coordinates to a logical pixel. */
void app__follow_typing(struct app *app, float zoom);
/* Whether Ctrl with + - 0 is ours. */
bool app__magnifies(void);
/* The picture of options.screenshot.  0, or -1 after printing to stderr why there is none. */
int app__save(struct app *app);
/* Until app->done. */
void app__loop(struct app *app);

#endif /* UI_APP_INTERNAL_H */
