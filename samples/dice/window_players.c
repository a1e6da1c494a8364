/* window_players: the list of who sits at the table, with a crown at whose turn it is. */
#include "samples/dice/window_players.h"

#include <stdio.h>
#include <string.h>

#include "samples/ui/theme.h"
#include "samples/ui/utf8.h"

#define MARGIN 8.0f /* between the card's edge and the rows */
#define AVATAR 26.0f
#define CROWN 20.0f

/* A player keeps a colour as long as nobody before them has it; *used are those that are taken. */
static SDL_Color pick_color(int32_t id, unsigned *used)
{
    size_t color = ((uint32_t)id * 2654435761u >> 16) % THEME_PLAYERS;

    if (*used == (1u << THEME_PLAYERS) - 1) {
        *used = 0;
    }
    while ((*used & 1u << color) != 0) {
        color = (color + 1) % THEME_PLAYERS;
    }
    *used |= 1u << color;
    return theme_players[color];
}

static void draw_avatar(struct ui *ui, struct rect row, const char *name, SDL_Color color)
{
    struct draw *draw = ui_draw(ui);
    struct rect disc = {row.x + 9, row.y + (row.h - AVATAR) / 2, AVATAR, AVATAR};
    struct draw_style style = {FONT_BOLD, theme_fade(theme.on_accent, color.a), 0.5f};
    char initial[5] = "";
    size_t size = 0;

    if (name[0] != '\0' && utf8_read(name, strlen(name), &size) != UTF8_INVALID) {
        memcpy(initial, name, size);
    }
    draw_box(draw, disc, AVATAR / 2, color);
    draw_label(draw, disc, style, initial);
}

/* What a row is about. */
struct player {
    const struct dice_session *session;
    size_t seat;
    SDL_Color color;
};

static void draw_player(struct ui *ui, struct rect row, const struct player *player)
{
    const struct dice_session *session = player->session;
    size_t seat = player->seat;
    struct draw *draw = ui_draw(ui);
    const char *name = dice_session_player_name(session, seat);
    int32_t id = dice_session_player_id(session, seat);
    bool playing = dice_session_phase(session) == LOBBY_PLAYING;
    bool turn = playing && dice_session_turn(session) == (int)seat;
    struct rect room = {row.x + 9 + AVATAR + 11, row.y, row.w - 9 - AVATAR - 11 - 12, row.h};
    struct draw_style style = {turn ? FONT_BOLD : FONT_BODY, playing ? theme.text : theme.text_off,
                               0};
    struct draw_style aside = {FONT_SMALL, playing ? theme.text_soft : theme.text_off, 0};

    if (turn) {
        draw_box(draw, row, 8, theme_fade(theme.gold, 30));
        struct rect crown = {row.x + row.w - 12 - CROWN, row.y + (row.h - CROWN) / 2 - 1, CROWN,
                             CROWN};
        draw_crown(draw, crown, theme.gold);
        room.w -= CROWN + 10;
    }
    draw_avatar(ui, row, name, theme_fade(player->color, playing ? 255 : 90));
    if (id == 0 || id != dice_session_id(session) || !playing) {
        draw_label(draw, room, style, name);
        return;
    }
    static const char you[] = "(you)";
    float width = draw_text_width(draw, FONT_SMALL, you, strlen(you)) + 8;
    struct rect short_room = {room.x, room.y, room.w - width, room.h};
    float x = room.x + draw_label(draw, short_room, style, name) + 8;
    /* On the name's baseline, though it is smaller. */
    SDL_FPoint pen = {x, draw_baseline(room, FONT_BODY)};
    draw_text(draw, pen, aside, you, strlen(you));
}

/* "Your turn" and the like, at the right of the title; empty if nobody has to roll. */
static void say_turn(char *out, size_t size, const struct dice_session *session)
{
    int turn = dice_session_turn(session);

    out[0] = '\0';
    if (dice_session_phase(session) != LOBBY_PLAYING || turn < 0) {
        return;
    }
    if (dice_session_my_turn(session)) {
        snprintf(out, size, "Your turn");
    } else if (dice_session_player_id(session, (size_t)turn) != dice_session_id(session)) {
        snprintf(out, size, "Next: %s", dice_session_player_name(session, (size_t)turn));
    }
}

static void draw_title(struct ui *ui, struct rect title, const struct dice_session *session)
{
    struct draw *draw = ui_draw(ui);
    struct draw_style bold = {FONT_BOLD, theme.text, 0};
    struct draw_style soft = {FONT_BODY, theme.text_soft, 0};
    struct draw_style hint = {FONT_SMALL, theme.text_soft, 1};
    char count[24] = "";
    char turn[LOBBY_NAME_MAX + 32];

    float width = draw_label(draw, title, bold, "Players") + 8;
    struct rect rest = {title.x + width, title.y, title.w - width, title.h};
    if (dice_session_player_count(session) > 0) {
        snprintf(count, sizeof count, "%zu", dice_session_player_count(session));
    }
    width = draw_label(draw, rest, soft, count) + 16;
    rest.x += width;
    rest.w -= width;
    say_turn(turn, sizeof turn, session);
    if (dice_session_my_turn(session)) {
        hint.color = theme.gold;
    }
    draw_label(draw, rest, hint, turn);
}

/* Whose turn it has become should be in sight. */
static void follow_turn(struct dice_players *players, int turn, const struct ui_scroll_area *area)
{
    float top = (float)turn * area->step;
    float bottom = top + area->step;

    if (turn < 0 || turn == players->turn) {
        return;
    }
    players->turn = turn;
    if (players->scroll.offset > top) {
        players->scroll.offset = top;
    }
    if (players->scroll.offset < bottom - area->rect.h) {
        players->scroll.offset = bottom - area->rect.h;
    }
}

static void draw_empty(struct ui *ui, struct rect rect)
{
    struct draw_style style = {FONT_BODY, theme.text_off, 0.5f};

    draw_label(ui_draw(ui), rect_inset(rect, 16), style, "Nobody at the table yet");
}

void dice_players_show(struct ui *ui, const struct dice_players_view *view,
                       const struct dice_session *session, struct dice_players *players)
{
    size_t count = dice_session_player_count(session);
    float step = view->row_height + 2;
    struct ui_scroll_area area = {view->id, view->rect, view->card, (float)count * step + 2,
                                  step,     false};
    float bar = area.content > view->rect.h ? 8 : 0;
    unsigned colors = 0;

    draw_box(ui_draw(ui), view->card, 10, theme.card);
    draw_title(ui, view->title, session);
    follow_turn(players, dice_session_turn(session), &area);
    ui_scroll_begin(ui, &area, &players->scroll);
    if (count == 0) {
        draw_empty(ui, view->rect);
    }
    for (size_t seat = 0; seat < count; seat++) {
        SDL_Color color = pick_color(dice_session_player_id(session, seat), &colors);
        float y = (float)seat * step - players->scroll.offset;
        struct rect row = {view->rect.x + MARGIN, view->rect.y + y, view->rect.w - 2 * MARGIN - bar,
                           view->row_height};
        if (y + row.h > 0 && y < view->rect.h) {
            draw_player(ui, row, &(struct player){session, seat, color});
        }
    }
    ui_scroll_end(ui, &area, &players->scroll);
}
