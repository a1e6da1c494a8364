/* window: the dice table as a window.  Knows a session, no sockets. */
#include "samples/dice/window.h"

#include <stdio.h>
#include <string.h>

#include "samples/dice/window_layout.h"
#include "samples/dice/window_players.h"
#include "samples/lobby/form.h"
#include "samples/lobby/platform.h"
#include "samples/ui/app.h"
#include "samples/ui/theme.h"

#define GOODBYE_MS 1000 /* how long the window waits for the session to end in good order */

enum widget {
    WIDGET_FORM = 1,
    WIDGET_LOG = WIDGET_FORM + LOBBY_FORM_IDS,
    WIDGET_PLAYERS,
    WIDGET_ACTION,
    WIDGET_ALERT
};

struct table {
    struct dice_session *session;
    uint16_t port;
    bool guest_only;
    struct lobby_form form;
    struct ui_log log;
    struct dice_players players;
    uint32_t revision; /* that was drawn last */
    char title[160];   /* of the window */
    bool welcomed;     /* the first pass is over */
    bool had_turn;     /* in the last pass */
    lobby_phase phase; /* in the last pass without an alert */
    bool leaving;
    uint64_t goodbye_ms; /* when the goodbye began */
};

/* Before anything begins, the session gets the name that is in the field; it has a better one for
 * an empty field. */
static void apply_name(struct table *table)
{
    (void)dice_session_rename(table->session, table->form.name.edit.text);
    if (table->form.name.edit.len == 0) {
        text_edit_set(&table->form.name.edit, dice_session_name(table->session));
    }
}

/* As the switch is. */
static void apply_dialect(struct table *table)
{
    (void)dice_session_speak(table->session,
                             table->form.godot3 ? MEEPLE_DIALECT_GODOT3 : MEEPLE_DIALECT_NATIVE);
}

/* Why it could not be done, if it could not, is in the session's alert. */
static void grant(struct table *table, lobby_wish wish)
{
    switch (wish) {
    case LOBBY_WISH_HOST:
        apply_name(table);
        apply_dialect(table);
        (void)dice_session_host(table->session, NULL, table->port);
        break;
    case LOBBY_WISH_CONNECT:
        apply_name(table);
        apply_dialect(table);
        (void)dice_session_connect(table->session, lobby_form_server(&table->form));
        break;
    case LOBBY_WISH_DISCONNECT:
        dice_session_disconnect(table->session);
        break;
    case LOBBY_WISH_ALONE: /* dice has no such button */
    case LOBBY_WISH_NOTHING:
    default:
        break;
    }
}

/* The five of six. */
static void draw_die(struct draw *draw, struct rect rect)
{
    static const float pips[][2] = {
        {0.27f, 0.27f}, {0.73f, 0.27f}, {0.5f, 0.5f}, {0.27f, 0.73f}, {0.73f, 0.73f}};

    draw_box(draw, rect, rect.w * 0.24f, theme.accent);
    for (size_t i = 0; i < sizeof pips / sizeof pips[0]; i++) {
        SDL_FPoint centre = {rect.x + pips[i][0] * rect.w, rect.y + pips[i][1] * rect.h};
        draw_dot(draw, centre, rect.w * 0.18f, theme.on_accent);
    }
}

static void show_header(const struct table *table, struct ui *ui, const struct dice_layout *layout)
{
    struct draw_style title = {FONT_TITLE, theme.text, 0};

    draw_die(ui_draw(ui), layout->icon);
    draw_label(ui_draw(ui), layout->title, title, "Dice");
    lobby_form_status(ui, &(struct lobby_status){dice_session_phase(table->session),
                                                 dice_session_status(table->session), layout->dot,
                                                 layout->status});
}

static void show_form(struct table *table, struct ui *ui, const struct dice_layout *layout)
{
    struct lobby_form_view form = {.first_id = WIDGET_FORM,
                                   .phase = dice_session_phase(table->session),
                                   .name_label = layout->name_label,
                                   .name = layout->name,
                                   .server_label = layout->server_label,
                                   .server = layout->server,
                                   .godot3 = layout->godot3,
                                   .host = layout->host,
                                   .connect = layout->connect,
                                   .disconnect = layout->disconnect};

    if (layout->seat.w > 0) {
        draw_box(ui_draw(ui), layout->seat, 10, theme.card);
    }
    grant(table, lobby_form_show(ui, &form, &table->form));
}

static const char *log_line(const void *session, size_t index)
{
    return dice_session_log_line(session, index);
}

static const char *invitation(const struct table *table)
{
    if (dice_session_phase(table->session) == LOBBY_PLAYING) {
        return "Nobody has rolled yet";
    }
    if (table->form.godot3) {
        return table->guest_only ? "Connect to a Godot 3 game"
                                 : "Play with Godot 3: host, or connect";
    }
    return table->guest_only ? "Connect to a game" : "Host a game, or connect to one";
}

static void show_log(struct table *table, struct ui *ui, const struct dice_layout *layout)
{
    struct draw_style bold = {FONT_BOLD, theme.text, 0};
    struct ui_log_view view = {WIDGET_LOG,
                               layout->log,
                               layout->log_card,
                               dice_session_log_count(table->session),
                               log_line,
                               table->session,
                               dice_session_revision(table->session),
                               invitation(table)};

    draw_box(ui_draw(ui), layout->log_card, 10, theme.card);
    draw_label(ui_draw(ui), layout->log_title, bold, "Log");
    ui_log(ui, &view, &table->log);
}

static void show_players(struct table *table, struct ui *ui, const struct dice_layout *layout)
{
    struct dice_players_view view = {WIDGET_PLAYERS, layout->players_card, layout->players_title,
                                     layout->players, layout->player_height};
    struct ui_button action = {.id = WIDGET_ACTION,
                               .rect = layout->action,
                               .label = "Do Action!",
                               .kind = UI_BUTTON_PRIMARY,
                               .font = FONT_BOLD,
                               .disabled = !dice_session_my_turn(table->session)};

    if (view.card.w > 0) {
        dice_players_show(ui, &view, table->session, &table->players);
    }
    if (action.rect.w > 0 && ui_button(ui, &action)) {
        (void)dice_session_roll(table->session);
    }
}

/* Puts the focus where the next key is most likely meant to go, unless the user is typing; that is
 * possible while IDLE only. */
static void guide_focus(struct table *table, struct ui *ui)
{
    bool turn = dice_session_my_turn(table->session);
    lobby_phase phase = dice_session_phase(table->session);
    bool changed = phase != table->phase;

    if (!table->welcomed && phase == LOBBY_IDLE) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_NAME);
    } else if (phase == LOBBY_IDLE && changed && !ui_is_typing(ui)) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_CONNECT);
    } else if (phase == LOBBY_CONNECTING && changed) {
        ui_focus(ui, WIDGET_FORM + LOBBY_FORM_DISCONNECT);
    } else if (phase == LOBBY_PLAYING && (changed || (turn && !table->had_turn))) {
        /* Also if it is not our turn yet: what was Cancel just now is Disconnect, and Enter there
         * would leave. */
        ui_focus(ui, WIDGET_ACTION);
    }
    table->welcomed = true;
    table->had_turn = turn;
    table->phase = phase;
}

static void view(void *user, struct ui *ui)
{
    struct table *table = user;
    const char *alert = dice_session_alert(table->session);
    struct dice_layout layout;

    ui_set_modal(ui, alert != NULL);
    if (alert == NULL) {
        guide_focus(table, ui);
    }
    dice_layout_compute(&layout, &(struct dice_layout_needs){
                                     .width = ui_width(ui),
                                     .height = ui_height(ui),
                                     .phase = dice_session_phase(table->session),
                                     .guest_only = table->guest_only,
                                 });
    show_header(table, ui, &layout);
    show_form(table, ui, &layout);
    show_log(table, ui, &layout);
    show_players(table, ui, &layout);
    if (alert != NULL && ui_alert(ui, WIDGET_ALERT, "Something went wrong", alert)) {
        dice_session_dismiss(table->session);
    }
}

static void update_title(struct table *table, struct app *app)
{
    const struct dice_session *session = table->session;
    char title[sizeof table->title];

    if (dice_session_phase(session) != LOBBY_PLAYING) {
        snprintf(title, sizeof title, "Dice");
    } else if (dice_session_is_host(session)) {
        snprintf(title, sizeof title, "Dice - hosting on port %u",
                 (unsigned)dice_session_port(session));
    } else {
        snprintf(title, sizeof title, "Dice - %s", dice_session_name(session));
    }
    if (strcmp(title, table->title) != 0) {
        memcpy(table->title, title, sizeof title);
        app_set_title(app, title);
    }
}

static bool step(void *user, struct app *app)
{
    struct table *table = user;

    (void)dice_session_poll(table->session, 0);
    update_title(table, app);
    uint32_t revision = dice_session_revision(table->session);
    bool changed = revision != table->revision;
    table->revision = revision;
    return changed;
}

/* Closing the window ends the session, and gives the others time to hear of it. */
static bool leave(void *user)
{
    struct table *table = user;

    if (!table->leaving) {
        table->leaving = true;
        table->goodbye_ms = SDL_GetTicks64();
        dice_session_disconnect(table->session);
    }
    return dice_session_phase(table->session) == LOBBY_IDLE ||
           SDL_GetTicks64() - table->goodbye_ms > GOODBYE_MS;
}

int dice_window_run(struct dice_session *session, const struct dice_window_options *options)
{
    struct table table = {.session = session,
                          .port = options->port,
                          .guest_only = options->guest_only,
                          .title = "Dice"};
    struct app_options window = {
        .title = table.title,
        .width = options->width > 0 ? options->width : 1024,
        .height = options->height > 0 ? options->height : 640,
        .min_width = DICE_LAYOUT_MIN_WIDTH,
        .min_height = DICE_LAYOUT_MIN_HEIGHT,
        .x = options->x,
        .y = options->y,
        .scale = options->scale,
        .screenshot = options->screenshot,
        .quit_after_ms = options->quit_after_ms,
        .on_ready = lobby_platform_on_ready,
    };
    struct app_program program = {&table, step, view, leave};

    lobby_form_init(&table.form, dice_session_name(session), options->host);
    table.form.godot3 = dice_session_dialect(session) == MEEPLE_DIALECT_GODOT3;
    int result = app_run(&window, &program);
    ui_log_done(&table.log);
    return result < 0 ? 1 : 0;
}
