/* ui_switch: something that is on or off. */
#include "samples/ui/ui_internal.h"

#define TRACK_WIDTH 36.0f
#define TRACK_HEIGHT 20.0f
#define KNOB 14.0f
#define GAP 9.0f

static void draw_track(struct ui *ui, const struct ui_switch *widget, struct rect track,
                       bool hovered)
{
    SDL_Color on = hovered ? theme.accent_hovered : theme.accent;
    SDL_Color off = hovered ? theme.hovered : theme.raised;
    SDL_Color color = widget->on ? on : off;
    SDL_Color knob = widget->on ? theme.on_accent : theme.text_soft;
    float side = (track.h - KNOB) / 2 + KNOB / 2;
    SDL_FPoint centre = {widget->on ? track.x + track.w - side : track.x + side,
                         track.y + track.h / 2};

    draw_box(ui->draw, track, track.h / 2,
             widget->disabled ? theme_fade(color, widget->on ? 90 : 160) : color);
    draw_dot(ui->draw, centre, KNOB, widget->disabled ? theme.text_off : knob);
}

static void draw_switch(struct ui *ui, const struct ui_switch *widget, bool hovered)
{
    struct rect room = widget->rect;
    struct rect track = rect_square(rect_take_left(&room, TRACK_WIDTH, GAP), TRACK_HEIGHT);
    struct draw_style style = {FONT_BODY, widget->disabled ? theme.text_off : theme.text, 0};

    track.w = TRACK_WIDTH;
    draw_track(ui, widget, track, hovered);
    draw_label(ui->draw, room, style, widget->label);
    if (!widget->disabled) {
        ui__focus_ring(ui, widget->id, track, track.h / 2);
    }
}

bool ui_switch(struct ui *ui, const struct ui_switch *widget)
{
    struct ui_switch shown = *widget;
    bool hovered = !widget->disabled && ui__hovers(ui, widget->rect);

    if (ui__presses(ui, widget->id, widget->rect, widget->disabled)) {
        shown.on = !shown.on;
    }
    draw_switch(ui, &shown, hovered);
    return shown.on;
}
