/* window_pieces: what the things on the table look like. */
#include "samples/table/window_pieces.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "samples/ui/theme.h"

static const SDL_Color suits[TABLE_COLORS] = {
    {214, 60, 70, 255}, {46, 110, 214, 255}, {44, 150, 90, 255}, {226, 160, 34, 255}};
static const SDL_Color paper = {250, 248, 241, 255};
static const SDL_Color paper_edge = {206, 201, 188, 255};
static const SDL_Color ink = {44, 48, 58, 255};
static const SDL_Color back = {66, 58, 126, 255};
static const SDL_Color back_light = {108, 98, 178, 255};
static const SDL_Color shade = {0, 0, 0, 110};

/* Places of up to six pips, in parts of a square. */
static const float pips[7][6][2] = {
    {{0}},
    {{0.5f, 0.5f}},
    {{0.27f, 0.27f}, {0.73f, 0.73f}},
    {{0.25f, 0.25f}, {0.5f, 0.5f}, {0.75f, 0.75f}},
    {{0.27f, 0.27f}, {0.73f, 0.27f}, {0.27f, 0.73f}, {0.73f, 0.73f}},
    {{0.26f, 0.26f}, {0.74f, 0.26f}, {0.5f, 0.5f}, {0.26f, 0.74f}, {0.74f, 0.74f}},
    {{0.27f, 0.22f}, {0.73f, 0.22f}, {0.27f, 0.5f}, {0.73f, 0.5f}, {0.27f, 0.78f}, {0.73f, 0.78f}},
};

/* What is moved keeps its size only if that is a whole number of pixels at every scale. */
static float whole(float size)
{
    return roundf(size / 4) * 4;
}

static struct rect around(SDL_FPoint middle, float width, float height)
{
    return (struct rect){middle.x - width / 2, middle.y - height / 2, width, height};
}

static void draw_pips(struct draw *draw, struct rect in, unsigned count, float size,
                      SDL_Color color)
{
    for (unsigned i = 0; i < count && count <= 6; i++) {
        SDL_FPoint centre = {in.x + pips[count][i][0] * in.w, in.y + pips[count][i][1] * in.h};

        draw_dot(draw, centre, size, color);
    }
}

static void draw_card_back(struct draw *draw, struct rect rect, float radius)
{
    struct rect inner = rect_inset(rect, whole(rect.w * 0.1f));
    float size = rect.w * 0.1f;

    draw_box(draw, rect, radius, paper);
    draw_box(draw, rect_inset(rect, 2), radius - 1, back);
    draw_outline(draw, inner, radius * 0.6f, 1, back_light);
    for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 3; x++) {
            SDL_FPoint at = {inner.x + inner.w * (0.2f + 0.3f * (float)x),
                             inner.y + inner.h * (0.14f + 0.18f * (float)y)};

            draw_dot(draw, at, (x + y) % 2 ? size * 0.6f : size, back_light);
        }
    }
}

static void draw_card_face(struct draw *draw, struct rect rect, float radius, unsigned face)
{
    SDL_Color suit = suits[table_card_color(face)];
    unsigned rank = table_card_rank(face);
    enum font font = rect.w >= 52 ? FONT_TITLE : FONT_BOLD;
    struct draw_style style = {font, suit, 0};
    float line = atlas_font_size(font) * 1.1f;
    char text[4];

    draw_box(draw, rect, radius, paper_edge);
    draw_box(draw, rect_inset(rect, 1), radius - 1, paper);
    snprintf(text, sizeof text, "%u", rank);
    struct rect corner = {rect.x + rect.w * 0.1f, rect.y + rect.h * 0.05f, rect.w, line};
    draw_label(draw, corner, style, text);
    struct rect middle = {rect.x + rect.w * 0.16f, rect.y + rect.h * 0.3f, rect.w * 0.68f,
                          rect.h * 0.6f};
    draw_pips(draw, middle, rank, whole(rect.w * 0.2f), suit);
}

static void draw_die(struct draw *draw, struct rect rect, unsigned face)
{
    float radius = rect.w * 0.22f;

    draw_box(draw, rect, radius, paper_edge);
    struct rect top = {rect.x, rect.y, rect.w, rect.h - 2};
    draw_box(draw, top, radius, paper);
    draw_pips(draw, top, face, rect.w * 0.19f, ink);
}

static void draw_chip(struct draw *draw, SDL_FPoint middle, float size, SDL_Color color)
{
    SDL_Color dark = theme_mix(color, ink, 90);
    SDL_Color light = theme_mix(color, paper, 215);

    draw_dot(draw, (SDL_FPoint){middle.x, middle.y + 2}, size, dark);
    draw_dot(draw, middle, size, color);
    for (int i = 0; i < 8; i++) {
        float angle = (float)i * 0.7853982f;
        SDL_FPoint at = {middle.x + cosf(angle) * size * 0.4f,
                         middle.y + sinf(angle) * size * 0.4f};

        draw_dot(draw, at, size * 0.13f, light);
    }
    draw_dot(draw, middle, size * 0.62f, dark);
    draw_dot(draw, middle, size * 0.56f, theme_mix(color, paper, 40));
}

/* A tag that says whose it is. */
static void draw_tag(struct draw *draw, SDL_FPoint top, const char *name, SDL_Color color)
{
    struct draw_style style = {FONT_SMALL, theme.on_accent, 0.5f};
    float width = draw_text_width(draw, FONT_SMALL, name, strlen(name)) + 14;

    width = width > 130 ? 130 : width;
    struct rect rect = {roundf(top.x - width / 2), top.y, width, 18};
    draw_box(draw, rect, 9, theme_mix(color, ink, 70));
    draw_label(draw, rect_inset(rect, 0), style, name);
}

/* How a piece is shown. */
struct look {
    SDL_FPoint at; /* in logical pixels */
    float width, height, radius;
    bool lifted;
};

static struct look look_at(const struct table_pieces_view *view, unsigned number, bool lifted)
{
    table_kind kind = table_piece_kind(number);
    bool in_tray = table_game_rests_in_tray(view->game, number);
    float unit = in_tray ? view->layout->tray_unit : view->layout->unit;
    struct look look = {.at = table_layout_seen(view->layout, view->motion->pieces[number].at),
                        .width = whole(2 * unit * (float)table_half_width(kind)),
                        .height = whole(2 * unit * (float)table_half_height(kind)),
                        .lifted = lifted};

    look.radius = kind == TABLE_CHIP  ? look.width / 2
                  : kind == TABLE_DIE ? look.width * 0.22f
                                      : look.width * 0.11f;
    if (lifted) {
        look.at.y -= 5;
    }
    return look;
}

static void draw_shade(struct draw *draw, const struct look *look)
{
    float spread = look->lifted ? 14 : 6;
    float fall = look->lifted ? 11 : 3;
    struct rect rect = around(look->at, look->width, look->height);

    rect.y += fall;
    draw_shadow(draw, rect_inset(rect, spread * 0.55f), spread, shade);
}

static void draw_piece_face(struct draw *draw, const struct table_pieces_view *view,
                            unsigned number, const struct look *look)
{
    const struct table_word *word = &view->game->pieces[number]->word;
    struct rect rect = around(look->at, look->width, look->height);
    unsigned face = word->secret != 0 ? word->secret : word->face;

    switch (table_piece_kind(number)) {
    case TABLE_CARD:
        if (face != 0) {
            draw_card_face(draw, rect, look->radius, face);
        } else {
            draw_card_back(draw, rect, look->radius);
        }
        break;
    case TABLE_DIE:
        draw_die(draw, rect, word->face);
        break;
    case TABLE_CHIP:
    default:
        draw_chip(draw, look->at, look->width, suits[table_chip_color(number)]);
    }
}

static void draw_piece(struct draw *draw, const struct table_pieces_view *view, unsigned number)
{
    const struct table_word *word = &view->game->pieces[number]->word;
    const struct table_hands *hands = view->hands;
    bool ours = hands->carry != TABLE_CARRY_NOTHING && hands->thing == number;
    int holder = table_game_seat_of(view->game, word->holder);
    bool lifted = ours || word->holder != 0 || table_motion_flies(view->motion);
    struct look look = look_at(view, number, lifted);
    struct rect rect = around(look.at, look.width, look.height);

    draw_shade(draw, &look);
    draw_piece_face(draw, view, number, &look);
    if (word->tray != 0 && word->face != 0) {
        /* It will lie open when it is laid on the table. */
        draw_outline(draw, rect_inset(rect, -2), look.radius + 2, 2, theme.gold);
    }
    if (holder >= 0 && !ours) {
        SDL_Color color = theme_players[holder];
        char name[LOBBY_NAME_MAX + 1];

        table_pawn_name(name, view->game->pawns[holder]);
        draw_outline(draw, rect_inset(rect, -3), look.radius + 3, 2, color);
        draw_tag(draw, (SDL_FPoint){look.at.x, rect.y - 23}, name, color);
    }
    if (hands->ringed[number]) {
        draw_outline(draw, rect_inset(rect, -4), look.radius + 4, 2, theme.on_accent);
    }
}

/* A foot, a skirt and a head, lit from above. */
static void draw_pawn_figure(struct draw *draw, SDL_FPoint at, float size, SDL_Color color)
{
    SDL_Color dark = theme_mix(color, ink, 110);
    SDL_Color light = theme_mix(color, paper, 120);
    float foot = whole(size), high = whole(size * 0.34f);
    struct rect base = {at.x - foot / 2, at.y + size * 0.28f, foot, high};
    struct rect skirt = {at.x - foot * 0.34f, at.y - size * 0.1f, foot * 0.68f, size * 0.56f};

    draw_shadow(draw, rect_inset((struct rect){base.x, base.y + 5, base.w, base.h}, 3), 6, shade);
    draw_box(draw, (struct rect){base.x, base.y + 3, base.w, base.h}, high / 2, dark);
    draw_box(draw, base, high / 2, color);
    draw_box(draw, skirt, foot * 0.2f, theme_mix(color, ink, 40));
    draw_box(draw, (struct rect){at.x - foot * 0.3f, at.y - size * 0.1f, foot * 0.6f, size * 0.2f},
             size * 0.1f, dark);
    SDL_FPoint head = {at.x, at.y - size * 0.3f};
    draw_dot(draw, (SDL_FPoint){head.x, head.y + 2}, size * 0.62f, dark);
    draw_dot(draw, head, size * 0.62f, color);
    draw_dot(draw, (SDL_FPoint){head.x - size * 0.1f, head.y - size * 0.11f}, size * 0.2f, light);
}

static void draw_pawn(struct draw *draw, const struct table_pieces_view *view, unsigned seat)
{
    const struct table_game *game = view->game;
    SDL_FPoint at = table_layout_seen(view->layout, view->motion->pawns[seat].at);
    bool own = table_game_seat(game) == (int)seat;
    float size = 2 * (float)table_half_width(TABLE_CHIP) * view->layout->unit;
    char name[LOBBY_NAME_MAX + 1], tag[LOBBY_NAME_MAX + 16];
    unsigned tray = game->board ? game->board->trays[seat] : 0;

    size = size < 28 ? 28 : size;
    draw_pawn_figure(draw, at, size, theme_players[seat]);
    table_pawn_name(name, game->pawns[seat]);
    if (tray > 0) {
        snprintf(tag, sizeof tag, "%s  +%u", name, tray);
    } else {
        snprintf(tag, sizeof tag, "%s", name);
    }
    draw_tag(draw, (SDL_FPoint){at.x, at.y + size * 0.72f}, tag, theme_players[seat]);
    if (own && view->hands->ringed[TABLE_OWN_PAWN]) {
        struct rect rect = around(at, size + 8, size * 1.4f);

        draw_outline(draw, rect, 10, 2, theme.on_accent);
    }
}

void table_pieces_draw(struct draw *draw, const struct table_pieces_view *view)
{
    uint8_t order[TABLE_PIECES];
    unsigned count = table_hands_order(view->game, order);

    for (unsigned i = 0; i < count; i++) {
        draw_piece(draw, view, order[i]);
    }
    for (unsigned seat = 0; seat < TABLE_SEATS; seat++) {
        if (table_game_sits(view->game, seat)) {
            draw_pawn(draw, view, seat);
        }
    }
}

void table_pieces_draw_icon(struct draw *draw, struct rect rect)
{
    draw_box(draw, rect, rect.w * 0.24f, (SDL_Color){30, 112, 78, 255});
    draw_pawn_figure(draw, (SDL_FPoint){rect.x + rect.w / 2, rect.y + rect.h / 2 - 1},
                     rect.w * 0.56f, paper);
}
