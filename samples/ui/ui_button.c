/* ui_button: a button, and the wheel that turns while something is going on. */
#include "samples/ui/ui_internal.h"

#include <math.h>
#include <string.h>

#define SPINNER_DOTS 8
#define SPINNER_STEP_MS 90

static SDL_Color face(const struct ui *ui, const struct ui_button *button, bool hovered)
{
    bool primary = button->kind == UI_BUTTON_PRIMARY;
    bool pressed = hovered && ui->held == button->id;

    if (button->disabled) {
        return theme_fade(theme.raised, 110);
    }
    if (pressed) {
        return primary ? theme.accent_pressed : theme.edge;
    }
    if (hovered && ui->held == 0) {
        return primary ? theme.accent_hovered : theme.hovered;
    }
    return primary ? theme.accent : theme.raised;
}

static SDL_Color ink(const struct ui_button *button)
{
    if (button->disabled) {
        return button->busy ? theme.text_soft : theme.text_off;
    }
    if (button->kind == UI_BUTTON_PRIMARY) {
        return theme.on_accent;
    }
    return button->kind == UI_BUTTON_DANGER ? theme.bad : theme.text;
}

/* The label behind a spinner, or the spinner alone if there is no room for both. */
static void draw_busy(struct ui *ui, const struct ui_button *button, struct rect room,
                      SDL_Color color)
{
    const float side = 14;
    const float gap = 7;
    struct draw_style style = {button->font, color, 0};
    float label = draw_text_width(ui->draw, button->font, button->label, strlen(button->label));
    bool both = side + gap + label <= room.w;
    float width = both ? side + gap + label : side;
    struct rect spinner = {room.x + (room.w - width) / 2, room.y + (room.h - side) / 2, side, side};

    ui_spinner(ui, spinner, color);
    if (both) {
        float x = spinner.x + side + gap;
        draw_label(ui->draw, (struct rect){x, room.y, label + 1, room.h}, style, button->label);
    }
}

static void draw_face(struct ui *ui, const struct ui_button *button, bool hovered)
{
    struct draw_style style = {button->font, ink(button), 0.5f};
    struct rect room = button->rect;

    room.x += 6;
    room.w -= 12;
    draw_box(ui->draw, button->rect, UI_RADIUS, face(ui, button, hovered));
    if (button->busy) {
        draw_busy(ui, button, room, style.color);
    } else {
        draw_label(ui->draw, room, style, button->label);
    }
}

bool ui__presses(struct ui *ui, unsigned id, struct rect rect, bool disabled)
{
    bool hovered = ui__hovers(ui, rect);
    bool pressed;

    if (disabled) {
        if (hovered && ui->in.pressed) {
            ui->press_used = true; /* a miss should not cost the focus */
        }
        return false;
    }
    ui__offer_focus(ui, id);
    ui__grabs(ui, id, rect);
    pressed = ui->in.released && hovered && ui->held == id;
    /* A key that is held down presses once. */
    if (ui__has_focus(ui, id) && !ui->in.repeated &&
        (ui__is_enter(ui->in.key) || ui->in.key == SDLK_SPACE)) {
        ui->in.key = SDLK_UNKNOWN;
        pressed = true;
    }
    return pressed;
}

bool ui_button(struct ui *ui, const struct ui_button *button)
{
    bool hovered = !button->disabled && ui__hovers(ui, button->rect);
    bool pressed = ui__presses(ui, button->id, button->rect, button->disabled);

    draw_face(ui, button, hovered);
    if (!button->disabled) {
        ui__focus_ring(ui, button->id, button->rect, UI_RADIUS);
    }
    return pressed;
}

void ui_spinner(struct ui *ui, struct rect rect, SDL_Color color)
{
    int step = (int)(ui->now_ms / SPINNER_STEP_MS % SPINNER_DOTS);
    float dot = rect.w * 0.2f;
    float radius = (rect.w - dot) / 2;

    for (int i = 0; i < SPINNER_DOTS; i++) {
        float angle = (float)i * 6.2831853f / SPINNER_DOTS;
        SDL_FPoint centre = {rect.x + rect.w / 2 + radius * sinf(angle),
                             rect.y + rect.h / 2 - radius * cosf(angle)};
        int age = (step - i + SPINNER_DOTS) % SPINNER_DOTS;
        draw_dot(ui->draw, centre, dot, theme_fade(color, (Uint8)(255 - age * 28)));
    }
    ui_wake(ui, (ui->now_ms / SPINNER_STEP_MS + 1) * SPINNER_STEP_MS);
}
