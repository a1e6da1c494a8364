/* app: a window with widgets: events in, frames out, nothing done when nothing happens. */
#include "samples/ui/app.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>
#include <stb/stb_image_write.h>

#include "samples/ui/theme.h"

#define FRAME_MS 15 /* between two frames, when there is no display to wait for */
#define STEP_MS 15  /* between two steps of the program, when nothing happens */

struct app {
    struct app_options options;
    struct app_program program;
    SDL_Window *window;
    SDL_Renderer *renderer;
    struct draw *draw;
    struct ui *ui;
    uint64_t started_ms, drawn_ms, wake_ms;
    float magnified;                 /* by the user, 1 is not at all */
    bool dirty, leaving, left, done; /* left: it is closing, its last frame has been saved */
    int result;
};

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
    /* Not so large that the program has less room than it wants. */
    float most = smaller((float)width / (float)options->min_width,
                         (float)height / (float)options->min_height);
    if (zoom > most) {
        zoom = most < 1 ? smaller(zoom, 1) : most;
    }
    if (options->scale > 0) {
        zoom = options->scale / density;
    }
    return (struct view){(float)width / zoom, (float)height / zoom, zoom, zoom * density};
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
    if (!ui_is_command(event->keysym.mod)) {
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

/* Text comes as such only while there is a field to put it in. */
static void follow_typing(const struct app *app, const struct view *view)
{
    struct rect rect;

    if (!ui_typing_rect(app->ui, &rect)) {
        if (SDL_IsTextInputActive()) {
            SDL_StopTextInput();
        }
        return;
    }
    SDL_Rect place = {(int)(rect.x * view->zoom), (int)(rect.y * view->zoom),
                      (int)(rect.w * view->zoom), (int)(rect.h * view->zoom)};
    SDL_SetTextInputRect(&place);
    if (!SDL_IsTextInputActive()) {
        SDL_StartTextInput();
    }
}

static void paint(struct app *app)
{
    struct view view = measure(app);

    /* Unseen first: a widget may change what one before it looks like. */
    pass(app, &view, true);
    SDL_SetRenderDrawColor(app->renderer, theme.back.r, theme.back.g, theme.back.b, 255);
    SDL_RenderClear(app->renderer);
    pass(app, &view, false);
    follow_typing(app, &view);
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

static void set_hints(void)
{
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_WINDOWS_DPI_SCALING, "1");
    SDL_SetHint(SDL_HINT_IME_SHOW_UI, "1");
}

/* Without a display SDL takes to drawing where nobody looks, and the program would never end; that
 * is for those who ask for it. */
static bool has_display(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    bool hidden = strcmp(driver, "offscreen") == 0 || strcmp(driver, "dummy") == 0;

    if (hidden && SDL_GetHint(SDL_HINT_VIDEODRIVER) == NULL) {
        SDL_SetError("there is no display");
        return false;
    }
    return true;
}

static int open_window(struct app *app)
{
    const struct app_options *options = &app->options;
    int x = options->x < 0 ? (int)SDL_WINDOWPOS_CENTERED : options->x;
    int y = options->y < 0 ? (int)SDL_WINDOWPOS_CENTERED : options->y;

    set_hints();
    if (SDL_Init(SDL_INIT_VIDEO) < 0 || !has_display()) {
        return -1;
    }
    app->window = SDL_CreateWindow(options->title, x, y, options->width, options->height,
                                   SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (app->window == NULL) {
        return -1;
    }
    SDL_SetWindowMinimumSize(app->window, options->min_width, options->min_height);
    open_renderer(app);
    return app->renderer != NULL ? 0 : -1;
}

int app_open(struct app **out, const struct app_options *options, const struct app_program *program)
{
    struct app *app = calloc(1, sizeof *app);

    *out = NULL;
    if (app == NULL) {
        fputs("no memory for a window\n", stderr);
        return -1;
    }
    app->options = *options;
    app->program = *program;
    if (open_window(app) < 0) {
        fprintf(stderr, "cannot open a window: %s\n", SDL_GetError());
        app_close(app);
        return -1;
    }
    if (draw_new(&app->draw, app->renderer) < 0 || ui_new(&app->ui, app->draw) < 0) {
        fputs("no memory for a window\n", stderr);
        app_close(app);
        return -1;
    }
    app->started_ms = SDL_GetTicks64();
    app->magnified = 1;
    app->dirty = true;
    *out = app;
    return 0;
}

/* Draws once more, because what a renderer has shown it may have forgotten. */
static int save(struct app *app)
{
    const char *path = app->options.screenshot;
    int width, height;
    int result = -1;
    uint8_t *pixels = NULL;

    paint(app);
    if (SDL_GetRendererOutputSize(app->renderer, &width, &height) == 0) {
        pixels = malloc((size_t)width * (size_t)height * 3);
    }
    if (pixels == NULL ||
        SDL_RenderReadPixels(app->renderer, NULL, SDL_PIXELFORMAT_RGB24, pixels, width * 3) < 0) {
        fprintf(stderr, "cannot take a screenshot: %s\n", SDL_GetError());
    } else if (stbi_write_png(path, width, height, 3, pixels, width * 3) == 0) {
        fprintf(stderr, "cannot write the screenshot %s: %s\n", path, strerror(errno));
    } else {
        result = 0;
    }
    free(pixels);
    return result;
}

/* The picture is of the program at work, not of it saying goodbye. */
static void leave(struct app *app)
{
    if (!app->left && app->options.screenshot != NULL) {
        app->result = save(app);
    }
    app->left = true;
    if (app->program.leave == NULL || app->program.leave(app->program.user)) {
        app->done = true;
    }
}

void app_frame(void *user)
{
    struct app *app = user;
    SDL_Event event;

    while (!app->done && SDL_PollEvent(&event)) {
        take_event(app, &event);
    }
    if (app->program.step(app->program.user, app)) {
        app->dirty = true;
    }
    uint64_t now_ms = SDL_GetTicks64();
    uint64_t limit_ms = app->options.quit_after_ms;
    app->leaving = app->leaving || (limit_ms > 0 && now_ms - app->started_ms >= limit_ms);
    if (app->leaving) {
        leave(app);
    }
    app->dirty = app->dirty || now_ms >= app->wake_ms;
    if (app->dirty && !app->done && now_ms - app->drawn_ms >= FRAME_MS) {
        app->drawn_ms = now_ms;
        paint(app);
        SDL_RenderPresent(app->renderer);
    }
}

bool app_is_done(const struct app *app)
{
    return app->done;
}

void app_wait(const struct app *app)
{
    uint64_t now_ms = SDL_GetTicks64();
    uint64_t until_ms = now_ms + STEP_MS;
    uint64_t next_ms = app->dirty ? 0 : app->wake_ms;

    if (next_ms < app->drawn_ms + FRAME_MS) {
        next_ms = app->drawn_ms + FRAME_MS;
    }
    if (next_ms < until_ms) {
        until_ms = next_ms;
    }
    if (until_ms > now_ms) {
        SDL_WaitEventTimeout(NULL, (int)(until_ms - now_ms));
    }
}

int app_close(struct app *app)
{
    if (app == NULL) {
        return 0;
    }
    int result = app->result;
    ui_free(app->ui);
    draw_free(app->draw);
    if (app->renderer != NULL) {
        SDL_DestroyRenderer(app->renderer);
    }
    if (app->window != NULL) {
        SDL_DestroyWindow(app->window);
    }
    SDL_Quit();
    free(app);
    return result;
}

int app_run(const struct app_options *options, const struct app_program *program)
{
    struct app *app;

    if (app_open(&app, options, program) < 0) {
        return -1;
    }
    while (!app_is_done(app)) {
        app_wait(app);
        app_frame(app);
    }
    return app_close(app);
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
