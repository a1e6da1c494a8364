/* window_cloth: the table, our tray, and the end of the log: what the things lie on. */
#include "samples/table/window_cloth.h"

#include "samples/ui/theme.h"

#define LINE_HEIGHT 18.0f /* of the log */

static const SDL_Color wood = {74, 47, 30, 255}, wood_light = {112, 74, 47, 255};
static const SDL_Color cloth = {27, 104, 73, 255}, light = {255, 255, 255, 20};

static void draw_table(struct draw *draw, const struct table_layout *layout)
{
    float spread = layout->felt.h * 0.42f;

    draw_shadow(draw, rect_inset(layout->rim, -2), 18, theme.shadow);
    draw_box(draw, layout->rim, 22, wood);
    draw_outline(draw, rect_inset(layout->rim, 1), 21, 2, wood_light);
    draw_box(draw, layout->felt, 12, cloth);
    draw_push_clip(draw, layout->felt);
    /* A lamp hangs over it. */
    draw_shadow(draw, rect_inset(layout->felt, spread), spread, light);
    draw_pop_clip(draw);
    draw_outline(draw, layout->felt, 12, 2, theme_fade(theme.back, 90));
}

static void draw_tray(struct draw *draw, const struct table_layout *layout, int seat, bool over)
{
    SDL_Color edge = seat >= 0 ? theme_players[seat] : theme.edge;
    struct draw_style style = {FONT_BOLD, theme.text_soft, 0.5f};
    float unit = layout->tray_unit;

    draw_box(draw, layout->tray, 12, theme.card);
    draw_outline(draw, layout->tray, 12, over ? 3 : 1, edge);
    draw_label(draw, layout->tray_title, style, "Your tray");
    for (unsigned slot = 0; slot < TABLE_TRAY; slot++) {
        float wide = 2 * unit * (float)table_half_width(TABLE_CARD);
        float high = 2 * unit * (float)table_half_height(TABLE_CARD);
        SDL_FPoint at = table_layout_slot_seen(layout, slot);
        struct rect place = {at.x - wide / 2, at.y - high / 2, wide, high};

        draw_outline(draw, place, wide * 0.11f, 1, theme.edge);
    }
}

/* The newest at the bottom, the older the paler. */
static void draw_lines(struct draw *draw, const struct lobby_lines *lines,
                       const struct table_layout *layout)
{
    size_t most = (size_t)(layout->lines.h / LINE_HEIGHT);

    size_t count = lines->count < most ? lines->count : most;
    float high = layout->lines_hang ? LINE_HEIGHT * (float)count : layout->lines.h;

    for (size_t back = 0; back < count; back++) {
        struct draw_style style = {FONT_SMALL, theme.text, 0};
        struct rect row = {layout->lines.x,
                           layout->lines.y + high - LINE_HEIGHT * (float)(back + 1),
                           layout->lines.w, LINE_HEIGHT};

        style.color = theme_fade(theme.text, back < 3 ? (Uint8)(200 - 60 * back) : 80);
        draw_label(draw, row, style, lobby_lines_at(lines, lines->count - 1 - back));
    }
}

void table_cloth_draw(struct draw *draw, const struct table_layout *layout,
                      const struct table_game *game, bool over_tray)
{
    draw_table(draw, layout);
    draw_tray(draw, layout, table_game_seat(game), over_tray);
    draw_lines(draw, &game->lines, layout);
}
