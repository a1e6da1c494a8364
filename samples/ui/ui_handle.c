/* ui_handle: things that are taken and carried about, and keys that are nobody's. */
#include "samples/ui/ui_internal.h"

void ui_offer(struct ui *ui, unsigned id)
{
    ui__offer_focus(ui, id);
}

struct ui_grip ui_handle(struct ui *ui, unsigned id, struct rect rect)
{
    struct ui_grip grip = {.x = ui->mouse_x, .y = ui->mouse_y};
    bool was_held = ui->held == id && ui__reachable(ui);

    grip.pressed = ui__grabs(ui, id, rect);
    grip.clicks = grip.pressed ? ui->in.clicks : 0;
    grip.held = ui->held == id && ui->mouse_down;
    grip.released = was_held && ui->in.released;
    grip.finger = ui->finger;
    grip.focused = ui__has_focus(ui, id);
    grip.ringed = grip.focused && ui->show_focus && !ui->away;
    return grip;
}

bool ui_hovers(const struct ui *ui, struct rect rect)
{
    return ui__hovers(ui, rect);
}

SDL_FPoint ui_mouse(const struct ui *ui)
{
    return (SDL_FPoint){ui->mouse_x, ui->mouse_y};
}

bool ui_shortcut(struct ui *ui, SDL_Keycode key, bool repeats)
{
    bool pressed = ui->in.key == key && (repeats || !ui->in.repeated) && ui__reachable(ui) &&
                   !ui_is_typing(ui) && !ui_is_command(ui->in.modifiers);

    if (pressed) {
        ui->in.key = SDLK_UNKNOWN;
        ui->show_focus = true; /* the keys are in use */
    }
    return pressed;
}

Uint16 ui_modifiers(const struct ui *ui)
{
    return ui->in.modifiers;
}
