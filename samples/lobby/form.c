/* form: who we are and where we play, as widgets. */
#include "samples/lobby/form.h"

#include "samples/lobby/platform.h"
#include "samples/ui/theme.h"

_Static_assert(LOBBY_ADDRESS_SIZE - 1 <= TEXT_EDIT_MAX, "every address can be typed");

static SDL_Color phase_color(lobby_phase phase)
{
    switch (phase) {
    case LOBBY_PLAYING:
        return theme.good;
    case LOBBY_CONNECTING:
    case LOBBY_CLOSING:
        return theme.busy;
    case LOBBY_IDLE:
    default:
        return theme.text_off;
    }
}

float lobby_form_status(struct ui *ui, const struct lobby_status *status)
{
    SDL_Color color = phase_color(status->phase);
    struct draw_style style = {FONT_BODY, theme.text_soft, 0};

    draw_box(ui_draw(ui), rect_inset(status->dot, -4), 9, theme_fade(color, 45));
    draw_box(ui_draw(ui), status->dot, 5, color);
    return draw_label(ui_draw(ui), status->room, style, status->text);
}

void lobby_form_init(struct lobby_form *form, const char *name, const char *server)
{
    text_edit_init(&form->name.edit, LOBBY_NAME_MAX);
    text_edit_init(&form->server.edit, LOBBY_ADDRESS_SIZE - 1);
    text_edit_set(&form->name.edit, name);
    lobby_platform_server(form->usual, sizeof form->usual);
    text_edit_set(&form->server.edit, server ? server : form->usual);
}

const char *lobby_form_server(struct lobby_form *form)
{
    if (form->server.edit.len == 0) {
        text_edit_set(&form->server.edit, form->usual);
    }
    return form->server.edit.text;
}

/* True on Enter. */
static bool show_fields(struct ui *ui, const struct lobby_form_view *view, struct lobby_form *form)
{
    struct draw_style label = {FONT_BODY, theme.text_soft, 0};
    bool idle = view->phase == LOBBY_IDLE;
    struct ui_field name = {.id = view->first_id + LOBBY_FORM_NAME,
                            .rect = view->name,
                            .text = &form->name,
                            .placeholder = "Your name",
                            .read_only = !idle};
    struct ui_field server = {.id = view->first_id + LOBBY_FORM_ADDRESS,
                              .rect = view->server,
                              .text = &form->server,
                              .placeholder = form->usual,
                              .read_only = !idle,
                              .label = "Server",
                              .address = true};
    bool entered;

    if (view->name.w <= 0) {
        return false;
    }
    draw_label(ui_draw(ui), view->name_label, label, "Name");
    entered = ui_field(ui, &name);
    draw_label(ui_draw(ui), view->server_label, label, "Server");
    entered |= ui_field(ui, &server);
    return entered && idle;
}

static void show_switch(struct ui *ui, const struct lobby_form_view *view, struct lobby_form *form)
{
    struct ui_switch godot3 = {.id = view->first_id + LOBBY_FORM_GODOT3,
                               .rect = view->godot3,
                               .label = "Godot 3",
                               .on = form->godot3,
                               .disabled = view->phase != LOBBY_IDLE};

    if (godot3.rect.w > 0) {
        form->godot3 = ui_switch(ui, &godot3);
    }
}

static bool show_button(struct ui *ui, struct ui_button button)
{
    button.font = FONT_BOLD;
    return button.rect.w > 0 && ui_button(ui, &button);
}

static lobby_wish show_buttons(struct ui *ui, const struct lobby_form_view *view)
{
    bool idle = view->phase == LOBBY_IDLE;
    bool connecting = view->phase == LOBBY_CONNECTING;
    bool closing = view->phase == LOBBY_CLOSING;
    lobby_wish wish = LOBBY_WISH_NOTHING;

    if (show_button(ui, (struct ui_button){.id = view->first_id + LOBBY_FORM_ALONE,
                                           .rect = view->alone,
                                           .label = "Play alone",
                                           .disabled = !idle})) {
        wish = LOBBY_WISH_ALONE;
    }
    if (show_button(ui, (struct ui_button){.id = view->first_id + LOBBY_FORM_HOST,
                                           .rect = view->host,
                                           .label = "Host",
                                           .disabled = !idle})) {
        wish = LOBBY_WISH_HOST;
    }
    if (show_button(ui,
                    (struct ui_button){.id = view->first_id + LOBBY_FORM_CONNECT,
                                       .rect = view->connect,
                                       .label = connecting ? "Connecting\xE2\x80\xA6" : "Connect",
                                       .kind = UI_BUTTON_PRIMARY,
                                       .disabled = !idle,
                                       .busy = connecting})) {
        wish = LOBBY_WISH_CONNECT;
    }
    if (show_button(ui, (struct ui_button){.id = view->first_id + LOBBY_FORM_DISCONNECT,
                                           .rect = view->disconnect,
                                           .label = connecting ? "Cancel" : "Disconnect",
                                           .kind = connecting ? UI_BUTTON_PLAIN : UI_BUTTON_DANGER,
                                           .disabled = idle || closing,
                                           .busy = closing})) {
        wish = LOBBY_WISH_DISCONNECT;
    }
    return wish;
}

lobby_wish lobby_form_show(struct ui *ui, const struct lobby_form_view *view,
                           struct lobby_form *form)
{
    bool entered = show_fields(ui, view, form);
    lobby_wish wish = show_buttons(ui, view);

    show_switch(ui, view, form);
    return entered ? LOBBY_WISH_CONNECT : wish;
}
