/* app_native: a window of a desktop: its size and place, its loop, its picture. */
#include "samples/ui/app_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stb/stb_image_write.h>

#define FRAME_MS 15 /* between two frames, when there is no display to wait for */
#define STEP_MS 15  /* between two steps of the program, when nothing happens */

void app__set_hints(void)
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

SDL_Window *app__create_window(const struct app_options *options)
{
    int x = options->x < 0 ? (int)SDL_WINDOWPOS_CENTERED : options->x;
    int y = options->y < 0 ? (int)SDL_WINDOWPOS_CENTERED : options->y;
    SDL_Window *window;

    if (!has_display()) {
        return NULL;
    }
    window = SDL_CreateWindow(options->title, x, y, options->width, options->height,
                              SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (window != NULL) {
        SDL_SetWindowMinimumSize(window, options->min_width, options->min_height);
    }
    return window;
}

/* Text comes as such only while there is a field to put it in. */
void app__follow_typing(struct app *app, float zoom)
{
    struct rect rect;

    if (!ui_typing_rect(app->ui, &rect)) {
        if (SDL_IsTextInputActive()) {
            SDL_StopTextInput();
        }
        return;
    }
    SDL_Rect place = {(int)(rect.x * zoom), (int)(rect.y * zoom), (int)(rect.w * zoom),
                      (int)(rect.h * zoom)};
    SDL_SetTextInputRect(&place);
    if (!SDL_IsTextInputActive()) {
        SDL_StartTextInput();
    }
}

bool app__magnifies(void)
{
    return true;
}

/* Draws once more, because what a renderer has shown it may have forgotten. */
int app__save(struct app *app)
{
    const char *path = app->options.screenshot;
    int width, height;
    int result = -1;
    uint8_t *pixels = NULL;

    app__paint(app);
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

/* Until the next event, or until the next frame has something to do. */
static void wait(const struct app *app)
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

void app__loop(struct app *app)
{
    while (!app->done) {
        wait(app);
        app__take_events(app);
        app__step(app);
        uint64_t now_ms = SDL_GetTicks64();
        if (app__is_due(app, now_ms) && now_ms - app->drawn_ms >= FRAME_MS) {
            app->drawn_ms = now_ms;
            app__paint(app);
            SDL_RenderPresent(app->renderer);
        }
    }
}
