/* ui_field: one line that is typed into. */
#include "samples/ui/ui_internal.h"

#include <string.h>

#define PADDING 12.0f
#define BLINK_MS 530

static void copy(const struct text_edit *edit)
{
    char taken[TEXT_EDIT_MAX + 1];
    size_t start;
    size_t len = text_edit_selection(edit, &start);

    if (len > 0) {
        memcpy(taken, edit->text + start, len);
        taken[len] = '\0';
        SDL_SetClipboardText(taken);
    }
}

static void paste(struct text_edit *edit)
{
    char *text = SDL_GetClipboardText();

    if (text != NULL) {
        text_edit_insert(edit, text);
        SDL_free(text);
    }
}

/* Ctrl with a letter.  False: not one of ours. */
static bool shortcut(struct text_edit *edit, SDL_Keycode key)
{
    switch (key) {
    case SDLK_a:
        text_edit_select_all(edit);
        return true;
    case SDLK_c:
        copy(edit);
        return true;
    case SDLK_x:
        copy(edit);
        if (text_edit_selection(edit, NULL) > 0) {
            text_edit_erase(edit, TEXT_EDIT_LEFT);
        }
        return true;
    case SDLK_v:
        paste(edit);
        return true;
    default:
        return false;
    }
}

/* A key that moves or erases.  False: neither. */
static bool motion(struct text_edit *edit, SDL_Keycode key, bool words, bool extend)
{
    enum text_edit_motion left = words ? TEXT_EDIT_WORD_LEFT : TEXT_EDIT_LEFT;
    enum text_edit_motion right = words ? TEXT_EDIT_WORD_RIGHT : TEXT_EDIT_RIGHT;

    switch (key) {
    case SDLK_LEFT:
        text_edit_move(edit, left, extend);
        return true;
    case SDLK_RIGHT:
        text_edit_move(edit, right, extend);
        return true;
    case SDLK_HOME:
    case SDLK_UP:
        text_edit_move(edit, TEXT_EDIT_START, extend);
        return true;
    case SDLK_END:
    case SDLK_DOWN:
        text_edit_move(edit, TEXT_EDIT_END, extend);
        return true;
    case SDLK_BACKSPACE:
        text_edit_erase(edit, left);
        return true;
    case SDLK_DELETE:
        text_edit_erase(edit, right);
        return true;
    default:
        return false;
    }
}

/* True on Enter. */
static bool type(struct ui *ui, struct text_edit *edit)
{
    bool control = ui_is_command(ui->in.modifiers);
    bool shift = (ui->in.modifiers & KMOD_SHIFT) != 0;
    bool changed = false;

    if (ui->in.text[0] != '\0') {
        changed = text_edit_insert(edit, ui->in.text);
    }
    /* While something is being composed, the keys are the input method's. */
    if (ui->in.key != SDLK_UNKNOWN && ui->composition[0] == '\0') {
        if (ui__is_enter(ui->in.key)) {
            ui->in.key = SDLK_UNKNOWN;
            return true;
        }
        changed |= control && shortcut(edit, ui->in.key);
        changed |= motion(edit, ui->in.key, control, shift);
    }
    if (changed) {
        ui->caret_ms = ui->now_ms;
    }
    return false;
}

static struct rect inside(const struct ui_field *field)
{
    struct rect rect = field->rect;

    rect.x += PADDING;
    rect.w -= 2 * PADDING;
    return rect;
}

static void point(struct ui *ui, const struct ui_field *field)
{
    struct text_edit *edit = &field->text->edit;
    float x = ui->mouse_x - inside(field).x + field->text->scroll;
    size_t offset = draw_text_hit(ui->draw, FONT_BODY, edit->text, edit->len, x);

    if (ui__grabs(ui, field->id, field->rect)) {
        if (ui->in.clicks >= 3) {
            text_edit_select_all(edit);
        } else if (ui->in.clicks == 2) {
            text_edit_select_word(edit, offset);
        } else {
            text_edit_place(edit, offset, (SDL_GetModState() & KMOD_SHIFT) != 0);
        }
        ui->drag_x = ui->mouse_x;
        ui->caret_ms = ui->now_ms;
    }
}

/* Selects while the mouse is held; what a double click selected stays until the mouse moves. */
static void drag(struct ui *ui, const struct ui_field *field)
{
    struct text_edit *edit = &field->text->edit;
    float x = ui->mouse_x - inside(field).x + field->text->scroll;

    if (ui->held == field->id && ui->mouse_down && ui->drag_x != ui->mouse_x) {
        text_edit_place(edit, draw_text_hit(ui->draw, FONT_BODY, edit->text, edit->len, x), true);
        ui->caret_ms = ui->now_ms;
        ui->drag_x = ui->mouse_x;
    }
}

/* Keeps the caret in sight, and no empty room at the right while there is text at the left. */
static void scroll_to_caret(struct ui *ui, const struct ui_field *field)
{
    const struct text_edit *edit = &field->text->edit;
    float room = inside(field).w - 2;
    float before = draw_text_width(ui->draw, FONT_BODY, edit->text, edit->caret);
    float composed = draw_text_width(ui->draw, FONT_BODY, ui->composition, strlen(ui->composition));
    float whole = draw_text_width(ui->draw, FONT_BODY, edit->text, edit->len) + composed;
    float *scroll = &field->text->scroll;

    before += composed;
    if (*scroll > whole - room) {
        *scroll = whole > room ? whole - room : 0;
    }
    if (*scroll > before) {
        *scroll = before;
    }
    if (*scroll < before - room) {
        *scroll = before - room;
    }
}

static void draw_caret(struct ui *ui, struct rect field, float x)
{
    uint64_t phase = (ui->now_ms - ui->caret_ms) / BLINK_MS;

    if (ui->away) {
        return;
    }
    ui_wake(ui, ui->caret_ms + (phase + 1) * BLINK_MS);
    if (phase % 2 == 0) {
        draw_box(ui->draw, (struct rect){x, field.y + field.h / 2 - 9, 1.5f, 18}, 0, theme.text);
    }
}

/* The text, with what is being composed at the caret. */
static void draw_typed(struct ui *ui, const struct ui_field *field)
{
    const struct text_edit *edit = &field->text->edit;
    struct rect room = inside(field);
    struct draw_style style = {FONT_BODY, theme.text, 0};
    SDL_FPoint pen = {room.x - field->text->scroll, draw_baseline(room, FONT_BODY)};
    size_t start;
    size_t selected = text_edit_selection(edit, &start);

    draw_push_clip(ui->draw, rect_inset(room, -2));
    if (selected > 0) {
        float x = pen.x + draw_text_width(ui->draw, FONT_BODY, edit->text, start);
        float w = draw_text_width(ui->draw, FONT_BODY, edit->text + start, selected);
        draw_box(ui->draw, (struct rect){x, room.y + room.h / 2 - 11, w, 22}, 3, theme.selection);
    }
    pen.x = draw_text(ui->draw, pen, style, edit->text, edit->caret);
    float composed = pen.x;
    if (ui->composition[0] != '\0') {
        pen.x = draw_text(ui->draw, pen, style, ui->composition, strlen(ui->composition));
        struct rect line = {composed, pen.y + 3, pen.x - composed, 1};
        draw_box(ui->draw, line, 0, theme.text_soft);
    }
    float caret = pen.x;
    draw_text(ui->draw, pen, style, edit->text + edit->caret, edit->len - edit->caret);
    draw_caret(ui, field->rect, caret);
    draw_pop_clip(ui->draw);
    ui->typing_rect = (struct rect){composed, field->rect.y, 2, field->rect.h};
}

static void draw_frame(const struct ui *ui, const struct ui_field *field, bool focused)
{
    bool lit = ui__hovers(ui, field->rect) && !field->read_only;
    SDL_Color edge = focused ? theme.accent_hovered : lit ? theme.hovered : theme.edge;

    draw_box(ui->draw, field->rect, UI_RADIUS, field->read_only ? theme.card : theme.sunken);
    draw_outline(ui->draw, field->rect, UI_RADIUS, focused ? 2 : 1, edge);
}

bool ui_field(struct ui *ui, const struct ui_field *field)
{
    struct text_edit *edit = &field->text->edit;
    bool entered = false;
    bool had_focus = ui->typing_id == field->id;

    if (!field->read_only) {
        ui__offer_focus(ui, field->id);
        point(ui, field);
        drag(ui, field);
        ui->over_text |= ui->held == field->id || (ui->held == 0 && ui__hovers(ui, field->rect));
    }
    bool focused = !field->read_only && ui__has_focus(ui, field->id);
    if (focused) {
        if (!had_focus && ui->show_focus) {
            text_edit_select_all(edit); /* as everywhere when Tab leads into a field */
        }
        entered = type(ui, edit);
        ui->typing = true;
        ui->typing_id = field->id;
        ui->typed = *field;
        scroll_to_caret(ui, field);
    } else if (had_focus) {
        ui->typing_id = 0;
    }
    draw_frame(ui, field, focused);
    if (focused) {
        draw_typed(ui, field);
        return entered;
    }
    bool empty = edit->len == 0;
    field->text->scroll = 0;
    struct draw_style style = {FONT_BODY, theme.text, 0};
    if (empty || field->read_only) {
        style.color = empty ? theme.text_off : theme.text_soft;
    }
    draw_label(ui->draw, inside(field), style, empty ? field->placeholder : edit->text);
    return false;
}

const struct ui_field *ui_typing(const struct ui *ui)
{
    return ui->typing ? &ui->typed : NULL;
}

void ui_typed(struct ui *ui, const struct ui_typed *typed)
{
    if (ui->typing) {
        text_edit_follow(&ui->typed.text->edit, typed->text, typed->anchor, typed->caret);
        SDL_strlcpy(ui->composition, typed->composition, sizeof ui->composition);
        ui->caret_ms = ui->now_ms;
    }
}
