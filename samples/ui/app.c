/* app: a window with widgets: events in, frames out, nothing done when nothing happens. */
#include "samples/ui/app_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "samples/ui/theme.h"

#define LEAST_ZOOM 0.6f /* the window's units to a logical pixel, unless the user wants less */

/* Where everything is in this frame. */
struct view {
    float width, height; /* logical pixels */
    float zoom;          /* the window's units to a logical pixel */
    float scale;         /* pixels to a logical pixel */
};

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* Large windows get larger letters: most systems do not tell how far away the eye is, but nobody
 * wants to read 14 pixels in the corner of a 4K screen. */
static float fitting_zoom(float width, float height)
{
    float zoom = floorf(smaller(width / 1440, height / 810) * 4) / 4;

    return zoom < 1 ? 1 : zoom;
}

static struct view measure(const struct app *app)
{
    const struct app_options *options = &app->options;
    int width, height, pixels_across, pixels_down;

    SDL_GetWindowSize(app->window, &width, &height);
    if (SDL_GetRendererOutputSize(app->renderer, &pixels_across, &pixels_down) < 0 || width < 1) {
        pixels_across = width;
    }
    float density = width > 0 ? (float)pixels_across / (float)width : 1;
    float zoom = fitting_zoom((float)width, (float)height) * app->magnified;
    /* Not so large that the program has less room than it wants, as long as it can be read. */
    float most = smaller((float)width / (float)options->min_width,
                         (float)height / (float)options->min_height);
    zoom = smaller(zoom, larger(most, LEAST_ZOOM));
    if (options->scale > 0) {
        zoom = options->scale / density;
    }
    /* What is too much, as for a page above the keyboard of a telephone, is cut off. */
    return (struct view){larger((float)width / zoom, (float)options->min_width),
                         larger((float)height / zoom, (float)options->min_height), zoom,
                         zoom * density};
}

static void pass(struct app *app, const struct view *view, bool muted)
{
    draw_begin(app->draw, view->scale, muted);
    ui_begin(app->ui, view->width, view->height, SDL_GetTicks64());
    app->program.view(app->program.user, app->ui);
    ui_end(app->ui);
    draw_end(app->draw);
}

/* Ctrl with + - 0, as in a browser.  False: another key. */
static bool magnify(struct app *app, const SDL_KeyboardEvent *event)
{
    if (!app__magnifies() || !ui_is_command(event->keysym.mod)) {
        return false;
    }
    switch (event->keysym.sym) {
    case SDLK_PLUS:
    case SDLK_EQUALS:
    case SDLK_KP_PLUS:
        app->magnified = smaller(app->magnified + 0.25f, 3);
        return true;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        app->magnified = app->magnified > 0.75f ? app->magnified - 0.25f : 0.75f;
        return true;
    case SDLK_0:
    case SDLK_KP_0:
        app->magnified = 1;
        return true;
    default:
        return false;
    }
}

static void take_event(struct app *app, const SDL_Event *event)
{
    struct view view = measure(app);

    switch (event->type) {
    case SDL_QUIT:
        app->done = app->leaving; /* the second time it is meant */
        app->leaving = true;
        return;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        draw_lost(app->draw);
        app->dirty = true;
        return;
    case SDL_KEYDOWN:
        if (magnify(app, &event->key)) {
            app->dirty = true;
            return;
        }
        break;
    default:
        break;
    }
    enum ui_news news = ui_feed(app->ui, event, view.zoom);
    if (news == UI_ACT) {
        pass(app, &view, true);
    }
    app->dirty = app->dirty || news != UI_NOTHING;
}

void app__paint(struct app *app)
{
    struct view view = measure(app);

    /* Unseen first: a widget may change what one before it looks like. */
    pass(app, &view, true);
    SDL_SetRenderDrawColor(app->renderer, theme.back.r, theme.back.g, theme.back.b, 255);
    SDL_RenderClear(app->renderer);
    pass(app, &view, false);
    app__follow_typing(app, view.zoom);
    app->wake_ms = ui_wake_ms(app->ui);
    app->dirty = false;
}

static void open_renderer(struct app *app)
{
    app->renderer =
        SDL_CreateRenderer(app->window, -1, SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC);
    if (app->renderer == NULL) {
        app->renderer = SDL_CreateRenderer(app->window, -1, SDL_RENDERER_SOFTWARE);
    }
}

static int make_window(struct app *app, const struct app_options *options)
{
    app->window = app__create_window(options);
    if (app->window == NULL) {
        return -1;
    }
    open_renderer(app);
    return app->renderer != NULL ? 0 : -1;
}

static int open_window(struct app *app)
{
    app__set_hints();
    return SDL_Init(SDL_INIT_VIDEO) < 0 ? -1 : make_window(app, &app->options);
}

static void close_window(struct app *app)
{
    if (app->renderer != NULL) {
        SDL_DestroyRenderer(app->renderer);
        app->renderer = NULL;
    }
    if (app->window != NULL) {
        SDL_DestroyWindow(app->window);
        app->window = NULL;
    }
}

bool app__renew_window(struct app *app)
{
    struct app_options options = app->options;
    char title[256];

    SDL_strlcpy(title, SDL_GetWindowTitle(app->window), sizeof title);
    options.title = title;
    draw_lost(app->draw);
    close_window(app);
    if (make_window(app, &options) < 0) {
        return false;
    }
    draw_set_renderer(app->draw, app->renderer);
    app->dirty = true;
    return true;
}

static void close_app(struct app *app)
{
    ui_free(app->ui);
    draw_free(app->draw);
    close_window(app);
    SDL_Quit();
    free(app);
}

/* NULL after printing to stderr what is missing. */
static struct app *open_app(const struct app_options *options, const struct app_program *program)
{
    struct app *app = calloc(1, sizeof *app);

    if (app == NULL) {
        fputs("no memory for a window\n", stderr);
        return NULL;
    }
    app->options = *options;
    app->program = *program;
    if (open_window(app) < 0) {
        fprintf(stderr, "cannot open a window: %s\n", SDL_GetError());
        close_app(app);
        return NULL;
    }
    if (draw_new(&app->draw, app->renderer) < 0 || ui_new(&app->ui, app->draw) < 0) {
        fputs("no memory for a window\n", stderr);
        close_app(app);
        return NULL;
    }
    app->started_ms = SDL_GetTicks64();
    app->magnified = 1;
    app->dirty = true;
    return app;
}

/* The picture is of the program at work, not of it saying goodbye. */
static void leave(struct app *app)
{
    if (!app->left && app->options.screenshot != NULL) {
        app->result = app__save(app);
    }
    app->left = true;
    if (app->program.leave == NULL || app->program.leave(app->program.user)) {
        app->done = true;
    }
}

void app__take_events(struct app *app)
{
    SDL_Event event;
    bool any = false;

    while (!app->done && SDL_PollEvent(&event)) {
        take_event(app, &event);
        any = true;
    }
    if (any) {
        app__follow_typing(app, measure(app).zoom);
    }
}

void app__step(struct app *app)
{
    if (app->program.step(app->program.user, app)) {
        app->dirty = true;
    }
    uint64_t limit_ms = app->options.quit_after_ms;
    app->leaving = app->leaving || (limit_ms > 0 && SDL_GetTicks64() - app->started_ms >= limit_ms);
    if (app->leaving) {
        leave(app);
    }
}

bool app__is_due(const struct app *app, uint64_t now_ms)
{
    return !app->done && (app->dirty || now_ms >= app->wake_ms);
}

int app_run(const struct app_options *options, const struct app_program *program)
{
    struct app *app = open_app(options, program);

    if (app == NULL) {
        return -1;
    }
    app__loop(app);
    int result = app->result;
    close_app(app);
    return result;
}

void app_quit(void)
{
    SDL_Event quit = {.type = SDL_QUIT};

    SDL_PushEvent(&quit);
}

void app_set_title(struct app *app, const char *title)
{
    SDL_SetWindowTitle(app->window, title);
}
