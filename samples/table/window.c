/* window: the shared table as a window.  Knows a session, no sockets. */
#include "samples/table/window.h"

#include <stdio.h>
#include <string.h>

#include "samples/lobby/form.h"
#include "samples/lobby/platform.h"
#include "samples/table/report.h"
#include "samples/table/window_cloth.h"
#include "samples/table/window_layout.h"
#include "samples/table/window_pieces.h"
#include "samples/table/window_stats.h"
#include "samples/ui/app.h"
#include "samples/ui/theme.h"

#define GOODBYE_MS 1000 /* how long the window waits for the session to end in good order */
#define FRAME_MS 16

enum widget {
    WIDGET_FORM = 1,
    WIDGET_FLIP = WIDGET_FORM + LOBBY_FORM_IDS,
    WIDGET_TIDY,
    WIDGET_STATS,
    WIDGET_LEAVE,
    WIDGET_ALERT,
    WIDGET_THINGS
};

struct window {
    struct table_session *session;
    uint16_t port;
    bool guest_only;
    struct lobby_form form;
    struct table_hands hands;
    struct table_motion motion;
    struct table_stats stats;
    bool show_stats;
    FILE *report;
    float width;       /* of the cloth, when it was last reported */
    uint32_t revision; /* that was drawn last */
    char title[160];   /* of the window */
    bool welcomed;     /* the first pass is over */
    lobby_phase phase; /* in the last pass without an alert */
    bool leaving;
    uint64_t goodbye_ms; /* when the goodbye began */
};

static lobby_phase phase_of(const struct window *window)
{
    return lobby_phase_of(&window->session->lobby);
}

/* Before anything begins, the game gets the name that is in the field; it has a better one for an
 * empty field. */
static void apply_name(struct window *window)
{
    table_game_rename(&window->session->game, window->form.name.edit.text);
    if (window->form.name.edit.len == 0) {
        text_edit_set(&window->form.name.edit, window->session->game.name);
    }
}

/* Why it could not be done, if it could not, is in the lobby's alert. */
static void grant(struct window *window, lobby_wish wish)
{
    struct lobby *lobby = &window->session->lobby;

    switch (wish) {
    case LOBBY_WISH_ALONE:
        apply_name(window);
        (void)lobby_alone(lobby);
        break;
    case LOBBY_WISH_HOST:
        apply_name(window);
        (void)lobby_host(lobby, NULL, window->port);
        break;
    case LOBBY_WISH_CONNECT:
        apply_name(window);
        (void)lobby_connect(lobby, lobby_form_server(&window->form));
        break;
    case LOBBY_WISH_DISCONNECT:
        lobby_disconnect(lobby);
        break;
    case LOBBY_WISH_NOTHING:
    default:
        break;
    }
}

static bool button(struct ui *ui, unsigned id, struct rect rect, const char *label)
{
    return ui_button(
        ui, &(struct ui_button){.id = id, .rect = rect, .label = label, .font = FONT_BOLD});
}

static void show_header(struct window *window, struct ui *ui, const struct table_layout *layout)
{
    struct table_game *game = &window->session->game;
    struct draw_style title = {FONT_TITLE, theme.text, 0};
    bool playing = phase_of(window) == LOBBY_PLAYING;

    table_pieces_draw_icon(ui_draw(ui), layout->icon);
    draw_label(ui_draw(ui), layout->title, title, "Table");
    lobby_form_status(ui, &(struct lobby_status){phase_of(window),
                                                 lobby_status(&window->session->lobby), layout->dot,
                                                 layout->status});
    if (!playing) {
        return;
    }
    if (table_game_is_host(game)) {
        if (button(ui, WIDGET_FLIP, layout->flip, "Flip")) {
            (void)table_game_flip(game, false);
        }
        if (button(ui, WIDGET_TIDY, layout->tidy, "Tidy")) {
            (void)table_game_flip(game, true);
        }
    }
    if (button(ui, WIDGET_STATS, layout->stats, "Traffic")) {
        window->show_stats = !window->show_stats;
    }
    if (ui_button(ui, &(struct ui_button){.id = WIDGET_LEAVE,
                                          .rect = layout->leave,
                                          .label = "Leave",
                                          .kind = UI_BUTTON_DANGER,
                                          .font = FONT_BOLD})) {
        lobby_disconnect(&window->session->lobby);
    }
}

/* Keys that need no focus. */
static void use_shortcuts(struct window *window, struct ui *ui)
{
    struct table_game *game = &window->session->game;

    if (ui_shortcut(ui, SDLK_f, false)) {
        (void)table_game_flip(game, false);
    } else if (ui_shortcut(ui, SDLK_y, false)) {
        (void)table_game_flip(game, true);
    } else if (ui_shortcut(ui, SDLK_F1, false) || ui_shortcut(ui, SDLK_o, false)) {
        window->show_stats = !window->show_stats;
    } else if (ui_shortcut(ui, SDLK_ESCAPE, false)) {
        ui_focus(ui, 0);
    }
}

static void show_table(struct window *window, struct ui *ui, const struct table_layout *layout)
{
    struct table_game *game = &window->session->game;
    struct table_hands_view hands = {WIDGET_THINGS, layout, &window->motion};
    struct table_pieces_view pieces = {game, layout, &window->motion, &window->hands};

    table_cloth_draw(ui_draw(ui), layout, game, window->hands.over_tray);
    if (table_motion_step(&window->motion, game, layout, ui_now_ms(ui))) {
        ui_wake(ui, ui_now_ms(ui) + FRAME_MS);
    }
    if (phase_of(window) == LOBBY_PLAYING) {
        table_hands_pass(ui, &hands, game, &window->hands);
        use_shortcuts(window, ui);
    } else {
        window->hands = (struct table_hands){.carry = TABLE_CARRY_NOTHING}; /* all is gone */
    }
    if (window->hands.carry != TABLE_CARRY_NOTHING) {
        struct table_seen *seen = window->hands.thing < TABLE_PIECES
                                      ? &window->motion.pieces[window->hands.thing]
                                      : &window->motion.pawns[table_game_seat(game)];

        table_motion_set(seen, window->hands.at);
    }
    table_pieces_draw(ui_draw(ui), &pieces);
    if (window->show_stats && lobby_world(&window->session->lobby)) {
        table_stats_draw(ui_draw(ui), layout->overlay, &window->stats);
    }
}

static void show_form(struct window *window, struct ui *ui, struct table_layout *layout)
{
    struct lobby_form_view *form = &layout->form;
    struct draw_style bold = {FONT_BOLD, theme.text, 0};
    lobby_phase phase = phase_of(window);

    draw_box(ui_draw(ui), (struct rect){0, 0, ui_width(ui), ui_height(ui)}, 0, theme.veil);
    draw_shadow(ui_draw(ui), rect_inset(layout->form_card, 6), 26, theme.shadow);
    draw_box(ui_draw(ui), layout->form_card, 12, theme.card);
    draw_outline(ui_draw(ui), layout->form_card, 12, 1, theme.edge);
    draw_label(ui_draw(ui), layout->form_title, bold, "A table for up to eight");
    form->first_id = WIDGET_FORM;
    form->phase = phase;
    if (phase != LOBBY_IDLE) {
        /* There is nothing to begin, but something to break off. */
        form->disconnect = form->alone;
        if (form->host.w > 0) {
            form->disconnect.w = form->host.x + form->host.w - form->alone.x;
        }
        form->alone.w = form->host.w = 0;
    }
    grant(window, lobby_form_show(ui, form, &window->form));
}

/* Puts the focus where the next key is most likely meant to go. */
static void guide_focus(struct window *window, struct ui *ui)
{
    lobby_phase phase = phase_of(window);
    bool changed = phase != window->phase;

    if (!window->welcomed && phase == LOBBY_IDLE) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_NAME);
    } else if (phase == LOBBY_IDLE && changed && !ui_is_typing(ui)) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_CONNECT);
    } else if (phase == LOBBY_CONNECTING && changed) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_DISCONNECT);
    } else if (phase == LOBBY_PLAYING && changed) {
        ui_focus(ui, 0);
    }
    window->welcomed = true;
    window->phase = phase;
}

/* For who plays by a script. */
static void report_layout(struct window *window, const struct table_layout *layout)
{
    const struct rect *felt = &layout->felt, *tray = &layout->tray;

    if (window->report && felt->w != window->width) {
        window->width = felt->w;
        table_report_layout(window->report, &window->session->game,
                            (const float[]){felt->x, felt->y, felt->w, felt->h},
                            (const float[]){tray->x, tray->y, tray->w, tray->h});
    }
}

static void view(void *user, struct ui *ui)
{
    struct window *window = user;
    const char *alert = lobby_alert(&window->session->lobby);
    struct table_layout layout;

    ui_set_modal(ui, alert != NULL);
    if (alert == NULL) {
        guide_focus(window, ui);
    }
    table_layout_compute(&layout, ui_width(ui), ui_height(ui), window->guest_only);
    report_layout(window, &layout);
    show_table(window, ui, &layout);
    if (phase_of(window) != LOBBY_PLAYING) {
        show_form(window, ui, &layout);
    }
    show_header(window, ui, &layout);
    if (alert != NULL && ui_alert(ui, WIDGET_ALERT, "Something went wrong", alert)) {
        lobby_dismiss(&window->session->lobby);
    }
}

static void update_title(struct window *window, struct app *app)
{
    const struct lobby *lobby = &window->session->lobby;
    char title[sizeof window->title];

    if (phase_of(window) != LOBBY_PLAYING) {
        snprintf(title, sizeof title, "Table");
    } else if (lobby_port(lobby) != 0) {
        snprintf(title, sizeof title, "Table - hosting on port %u", (unsigned)lobby_port(lobby));
    } else {
        snprintf(title, sizeof title, "Table - %s", window->session->game.name);
    }
    if (strcmp(title, window->title) != 0) {
        memcpy(window->title, title, sizeof title);
        app_set_title(app, title);
    }
}

static bool step(void *user, struct app *app)
{
    struct window *window = user;
    bool counted = false;

    (void)table_session_poll(window->session, 0);
    update_title(window, app);
    if (window->show_stats) {
        counted = table_stats_step(&window->stats, &window->session->lobby, SDL_GetTicks64());
    } else {
        window->stats = (struct table_stats){.has_rtt = false}; /* counted anew the next time */
    }
    uint32_t revision = lobby_revision(&window->session->lobby);
    bool changed = revision != window->revision || counted;
    window->revision = revision;
    return changed;
}

/* Closing the window ends the session, and gives the others time to hear of it. */
static bool leave(void *user)
{
    struct window *window = user;

    if (!window->leaving) {
        window->leaving = true;
        window->goodbye_ms = SDL_GetTicks64();
        lobby_disconnect(&window->session->lobby);
    }
    return phase_of(window) == LOBBY_IDLE || SDL_GetTicks64() - window->goodbye_ms > GOODBYE_MS;
}

int table_window_run(struct table_session *session, const struct table_window_options *options)
{
    struct window window = {.session = session,
                            .port = options->port,
                            .guest_only = options->guest_only,
                            .show_stats = options->stats,
                            .report = options->report,
                            .title = "Table"};
    struct app_options app = {
        .title = window.title,
        .width = options->width > 0 ? options->width : 1024,
        .height = options->height > 0 ? options->height : 720,
        .min_width = TABLE_LAYOUT_MIN_WIDTH,
        .min_height = TABLE_LAYOUT_MIN_HEIGHT,
        .x = options->x,
        .y = options->y,
        .scale = options->scale,
        .screenshot = options->screenshot,
        .quit_after_ms = options->quit_after_ms,
        .on_ready = lobby_platform_on_ready,
    };
    struct app_program program = {&window, step, view, leave};

    lobby_form_init(&window.form, session->game.name, options->host);
    return app_run(&app, &program) < 0 ? 1 : 0;
}
