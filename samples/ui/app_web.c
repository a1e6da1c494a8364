/* app_web: a page of a browser in place of a window: its loop is the browser's, and a real text
 * field of the page lies over the one that is typed into. */
#include "samples/ui/app_internal.h"

#include <stdio.h>

#include <emscripten.h>

/* What the page has to tell, several at once as a sum. */
enum {
    HEARD_EVENTS = 1, /* SDL has events that are to be answered before the browser goes on */
    HEARD_LOSS = 2,   /* the picture is gone, as after a change of size */
    HEARD_RESET = 4   /* and all that it was drawn with */
};

/* Where our field is on the page, and how it stands; the order is known to page_show_field(). */
struct page_field {
    float x, y, w, h;
    int anchor, caret; /* bytes */
    int limit;         /* bytes */
    int address;
};

/* What fits our field in UTF-16 units may be as many times three bytes. */
#define TEXT_SIZE (3 * TEXT_EDIT_MAX + 1)

/*
 * Module.page is what samples/web/page.js makes of the page; here is all that is said to it.
 * Offsets are bytes on our side and UTF-16 units on its.
 */
/* clang-format off */

EM_JS(void, page_begin, (struct app *app), {
    Module["page"].begin(function(what) { Module["_app_web_heard"](app, what); });
})

EM_JS(void, page_show_field, (const struct page_field *field, const char *text, const char *label), {
    var floats = field >>> 2;
    var ints = floats + 4;
    Module["page"].showField({
        x: HEAPF32[floats],
        y: HEAPF32[floats + 1],
        w: HEAPF32[floats + 2],
        h: HEAPF32[floats + 3],
        text: UTF8ToString(text),
        anchor: UTF8ToString(text, HEAP32[ints]).length,
        caret: UTF8ToString(text, HEAP32[ints + 1]).length,
        limit: HEAP32[ints + 2],
        address: HEAP32[ints + 3] != 0,
        label: UTF8ToString(label)
    });
})

EM_JS(void, page_hide_field, (void), { Module["page"].hideField(); })

/* Whether it was typed into, or its caret moved, since it was last shown or read. */
EM_JS(int, page_is_typed, (void), { return Module["page"].isTyped() ? 1 : 0; })

/* The page's field, each text cut to its size. */
EM_JS(void, page_read_field, (char *text, int size, char *composition, int composed_size, int *offsets), {
    var typed = Module["page"].typed();
    stringToUTF8(typed.text, text, size);
    stringToUTF8(typed.composition, composition, composed_size);
    HEAP32[offsets >>> 2] = lengthBytesUTF8(typed.text.slice(0, typed.anchor));
    HEAP32[(offsets >>> 2) + 1] = lengthBytesUTF8(typed.text.slice(0, typed.caret));
})

EM_JS(void, page_end, (void), { Module["page"].end(); })

EM_JS(void, page_fail, (const char *text), { Module["page"].fail(UTF8ToString(text)); })

/* clang-format on */

void app__set_hints(void)
{
    /* Otherwise SDL listens to the whole window, and takes keys away from the text field. */
    SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#canvas");
    /* A finger does not meet the same pixel twice. */
    SDL_SetHint(SDL_HINT_MOUSE_DOUBLE_CLICK_RADIUS, "16");
}

/* The size is the canvas's, which follows the page; a least one would be put upon the canvas, too.
 */
SDL_Window *app__create_window(const struct app_options *options)
{
    SDL_Window *window = SDL_CreateWindow(options->title, 0, 0, options->width, options->height,
                                          SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);

    /* Text comes from the page's field alone. */
    SDL_StopTextInput();
    return window;
}

/* Also takes the browser's focus there or away, which has to happen while it handles the event that
 * is the reason: otherwise there is no keyboard on the screen of a phone. */
void app__follow_typing(struct app *app, float zoom)
{
    const struct ui_field *field = ui_typing(app->ui);

    if (field == NULL) {
        page_hide_field();
        return;
    }
    const struct text_edit *edit = &field->text->edit;
    struct page_field place = {field->rect.x * zoom, field->rect.y * zoom, field->rect.w * zoom,
                               field->rect.h * zoom, (int)edit->anchor,    (int)edit->caret,
                               (int)edit->limit,     field->address};
    page_show_field(&place, edit->text, field->label ? field->label : field->placeholder);
}

/* The browser has such keys of its own. */
bool app__magnifies(void)
{
    return false;
}

int app__save(struct app *app)
{
    fprintf(stderr, "cannot write the screenshot %s: a page has no files\n",
            app->options.screenshot);
    return -1;
}

static void take_typing(struct app *app)
{
    char text[TEXT_SIZE], composition[SDL_TEXTEDITINGEVENT_TEXT_SIZE];
    int offsets[2];

    if (!page_is_typed()) {
        return;
    }
    page_read_field(text, sizeof text, composition, sizeof composition, offsets);
    ui_typed(app->ui, &(struct ui_typed){.text = text,
                                         .composition = composition,
                                         .anchor = (size_t)offsets[0],
                                         .caret = (size_t)offsets[1]});
    app->dirty = true;
}

static void step(struct app *app)
{
    app__step(app);
    if (app->done) {
        emscripten_cancel_main_loop();
        page_end();
    }
}

/* From the page, while it handles an event. */
EMSCRIPTEN_KEEPALIVE void app_web_heard(struct app *app, int what);

void app_web_heard(struct app *app, int what)
{
    if (app->done) {
        return;
    }
    take_typing(app);
    if (what & HEARD_EVENTS) {
        app__take_events(app);
    }
    app->dirty = app->dirty || (what & HEARD_LOSS) != 0;
    if ((what & HEARD_RESET) && !app__renew_window(app)) {
        app->done = true;
        emscripten_cancel_main_loop();
        page_fail("It cannot draw any more.");
    }
}

static void frame(void *user)
{
    struct app *app = user;

    take_typing(app);
    app__take_events(app);
    step(app);
    if (app__is_due(app, SDL_GetTicks64())) {
        app__paint(app);
        SDL_RenderPresent(app->renderer);
    }
}

/* There is something to do, but maybe no frame for long: a hidden page is not drawn. */
static void ready(void *user)
{
    struct app *app = user;

    if (!app->done) {
        step(app);
    }
}

/* Does not come back: this stack, main()'s included, stays as it is, and the browser calls frame().
 */
void app__loop(struct app *app)
{
    page_begin(app);
    if (app->options.on_ready != NULL) {
        app->options.on_ready(ready, app);
    }
    emscripten_set_main_loop_arg(frame, app, 0, 1);
}
