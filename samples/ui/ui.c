/* ui: passes, focus and input; the widgets are in files of their own. */
#include "samples/ui/ui_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int ui_new(struct ui **out, struct draw *draw)
{
    struct ui *ui = calloc(1, sizeof *ui);

    *out = ui;
    if (ui == NULL) {
        return -1;
    }
    ui->draw = draw;
    ui->mouse_x = ui->mouse_y = -1;
    ui->wake_ms = UINT64_MAX;
    /* Some platforms have no such cursors: NULL is fine. */
    ui->arrow = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
    ui->beam = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_IBEAM);
    return 0;
}

void ui_free(struct ui *ui)
{
    if (ui != NULL) {
        SDL_FreeCursor(ui->arrow);
        SDL_FreeCursor(ui->beam);
        free(ui);
    }
}

static enum ui_news feed_button(struct ui *ui, const SDL_MouseButtonEvent *event, float zoom)
{
    if (event->button != SDL_BUTTON_LEFT) {
        return UI_NOTHING;
    }
    ui->mouse_x = (float)event->x / zoom;
    ui->mouse_y = (float)event->y / zoom;
    ui->mouse_down = event->state == SDL_PRESSED;
    ui->finger = event->which == SDL_TOUCH_MOUSEID;
    ui->in.pressed = ui->mouse_down;
    ui->in.released = !ui->mouse_down;
    ui->in.clicks = event->clicks;
    return UI_ACT;
}

static void feed_key(struct ui *ui, const SDL_KeyboardEvent *event)
{
    SDL_Keycode key = event->keysym.sym;
    SDL_Scancode where = event->keysym.scancode;

    /* Ctrl+C is to work on a Cyrillic or Greek keyboard too, whose C is another letter. */
    if (ui_is_command(event->keysym.mod) && key >= 0x80 && (key & SDLK_SCANCODE_MASK) == 0 &&
        where >= SDL_SCANCODE_A && where <= SDL_SCANCODE_Z) {
        key = SDLK_a + (SDL_Keycode)(where - SDL_SCANCODE_A);
    }
    ui->in.key = key;
    ui->in.modifiers = event->keysym.mod;
    ui->in.repeated = event->repeat != 0;
}

static enum ui_news feed_window(struct ui *ui, const SDL_WindowEvent *event)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_LEAVE:
        if (!ui->mouse_down) {
            ui->mouse_x = ui->mouse_y = -1;
        }
        return UI_REDRAW;
    case SDL_WINDOWEVENT_FOCUS_LOST:
        ui->away = true;
        ui->composition[0] = '\0';
        return UI_REDRAW;
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        ui->away = false;
        return UI_REDRAW;
    case SDL_WINDOWEVENT_MOVED:
        return UI_NOTHING;
    default:
        return UI_REDRAW;
    }
}

enum ui_news ui_feed(struct ui *ui, const SDL_Event *event, float zoom)
{
    switch (event->type) {
    case SDL_MOUSEMOTION:
        ui->mouse_x = (float)event->motion.x / zoom;
        ui->mouse_y = (float)event->motion.y / zoom;
        return UI_REDRAW;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return feed_button(ui, &event->button, zoom);
    case SDL_MOUSEWHEEL:
        ui->in.wheel = event->wheel.preciseY;
        return UI_ACT;
    case SDL_KEYDOWN:
        feed_key(ui, &event->key);
        return UI_ACT;
    case SDL_TEXTINPUT:
        ui->composition[0] = '\0';
        if (ui_is_command((Uint16)SDL_GetModState())) {
            return UI_NOTHING; /* Ctrl with + types one on some systems */
        }
        SDL_strlcpy(ui->in.text, event->text.text, sizeof ui->in.text);
        return UI_ACT;
    case SDL_TEXTEDITING:
        SDL_strlcpy(ui->composition, event->edit.text, sizeof ui->composition);
        return UI_REDRAW;
    case SDL_WINDOWEVENT:
        return feed_window(ui, &event->window);
    default:
        return UI_NOTHING;
    }
}

/* Tab and Shift+Tab, through what the last pass offered. */
static void move_focus(struct ui *ui, bool back)
{
    size_t count = ui->last_id_count;
    size_t at = 0;

    if (count == 0) {
        return;
    }
    while (at < count && ui->last_ids[at] != ui->focus) {
        at++;
    }
    if (at == count) {
        at = back ? count - 1 : 0;
    } else {
        at = (at + (back ? count - 1 : 1)) % count;
    }
    ui_focus(ui, ui->last_ids[at]);
}

void ui_begin(struct ui *ui, float width, float height, uint64_t now_ms)
{
    ui->width = width;
    ui->height = height;
    ui->now_ms = now_ms;
    ui->wake_ms = UINT64_MAX;
    ui->id_count = 0;
    ui->press_used = false;
    ui->in_dialog = false;
    ui->was_typing = ui->typing;
    ui->typing = false;
    ui->over_text = false;
    if (ui->in.key == SDLK_TAB && ui->composition[0] == '\0' &&
        (ui->in.modifiers & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) == 0) {
        move_focus(ui, (ui->in.modifiers & KMOD_SHIFT) != 0);
        ui->in.key = SDLK_UNKNOWN;
    }
}

static bool was_offered(const struct ui *ui, unsigned id)
{
    for (size_t i = 0; i < ui->id_count; i++) {
        if (ui->ids[i] == id) {
            return true;
        }
    }
    return false;
}

void ui_end(struct ui *ui)
{
    if ((ui->in.pressed && !ui->press_used) || !was_offered(ui, ui->focus)) {
        ui->focus = 0;
    }
    if (!ui->mouse_down) {
        ui->held = 0;
    }
    if (ui->in.released && ui->finger) {
        ui->mouse_x = ui->mouse_y = -1; /* a finger that was lifted is nowhere */
    }
    memcpy(ui->last_ids, ui->ids, sizeof ui->ids);
    ui->last_id_count = ui->id_count;
    memset(&ui->in, 0, sizeof ui->in);
    if (!ui->typing) {
        ui->typing_id = 0; /* also if the field is there no more */
        ui->composition[0] = '\0';
    }
    SDL_Cursor *cursor = ui->over_text ? ui->beam : ui->arrow;
    if (cursor != NULL && cursor != SDL_GetCursor()) {
        SDL_SetCursor(cursor);
    }
}

void ui_set_modal(struct ui *ui, bool on)
{
    if (on == ui->modal) {
        return;
    }
    ui->modal = on;
    ui->held = 0;
    if (on) {
        ui->focus_before = ui->focus;
        ui->focus = 0;
    } else {
        ui->focus = ui->focus_before;
    }
}

void ui_focus(struct ui *ui, unsigned id)
{
    ui->focus = id;
    ui->show_focus = true;
    ui->caret_ms = ui->now_ms;
}

unsigned ui_focused(const struct ui *ui)
{
    return ui->focus;
}

bool ui_is_typing(const struct ui *ui)
{
    return ui->typing || ui->was_typing;
}

bool ui_typing_rect(const struct ui *ui, struct rect *out)
{
    if (ui->typing) {
        *out = ui->typing_rect;
    }
    return ui->typing;
}

bool ui_is_command(Uint16 modifiers)
{
    return (modifiers & (KMOD_CTRL | KMOD_GUI)) != 0 && (modifiers & KMOD_ALT) == 0;
}

void ui_wake(struct ui *ui, uint64_t at_ms)
{
    if (at_ms < ui->wake_ms) {
        ui->wake_ms = at_ms;
    }
}

uint64_t ui_wake_ms(const struct ui *ui)
{
    return ui->wake_ms;
}

struct draw *ui_draw(const struct ui *ui)
{
    return ui->draw;
}

float ui_width(const struct ui *ui)
{
    return ui->width;
}

float ui_height(const struct ui *ui)
{
    return ui->height;
}

uint64_t ui_now_ms(const struct ui *ui)
{
    return ui->now_ms;
}

bool ui__reachable(const struct ui *ui)
{
    return ui->modal == ui->in_dialog;
}

bool ui__hovers(const struct ui *ui, struct rect rect)
{
    return ui__reachable(ui) && rect_contains(rect, ui->mouse_x, ui->mouse_y);
}

void ui__offer_focus(struct ui *ui, unsigned id)
{
    if (ui__reachable(ui)) {
        assert(ui->id_count < UI_IDS_MAX);
        ui->ids[ui->id_count++] = id;
    }
}

bool ui__grabs(struct ui *ui, unsigned id, struct rect rect)
{
    if (!ui->in.pressed || ui->press_used || !ui__hovers(ui, rect)) {
        return false;
    }
    ui->press_used = true;
    ui->held = id;
    ui->focus = id;
    ui->show_focus = false;
    return true;
}

bool ui__has_focus(const struct ui *ui, unsigned id)
{
    return ui->focus == id && ui__reachable(ui);
}

bool ui__is_enter(SDL_Keycode key)
{
    return key == SDLK_RETURN || key == SDLK_KP_ENTER;
}

void ui__focus_ring(const struct ui *ui, unsigned id, struct rect rect, float radius)
{
    if (ui__has_focus(ui, id) && ui->show_focus && !ui->away) {
        draw_outline(ui->draw, rect_inset(rect, -3), radius + 3, 2, theme.accent_hovered);
    }
}
