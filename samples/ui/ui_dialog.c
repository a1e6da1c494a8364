/* ui_dialog: a sentence that has to be agreed to before anything else. */
#include "samples/ui/ui_internal.h"

#include <string.h>

#define WIDTH 420.0f
#define PADDING 24.0f
#define ROW_HEIGHT 22.0f
#define BUTTON_HEIGHT 38.0f
#define FINGER_HEIGHT 44.0f /* the same in a window as narrow as a telephone */
#define NARROW 600.0f
#define TITLE_HEIGHT 28.0f
#define GAP 18.0f

/* Draws the text if asked to, and returns how many rows it has, at most `rows_max`. */
static int paragraph(struct ui *ui, struct rect rect, const char *text, int rows_max, bool draw)
{
    struct draw_style style = {FONT_BODY, theme.text_soft, 0};
    size_t len = strlen(text);
    int rows = 0;

    for (size_t start = 0; start < len && rows < rows_max; rows++) {
        struct rect line = {rect.x, rect.y + (float)rows * ROW_HEIGHT, rect.w, ROW_HEIGHT};
        size_t row = draw_text_wrap(ui->draw, FONT_BODY, text + start, len - start, rect.w);
        if (draw && rows + 1 == rows_max) {
            draw_label(ui->draw, line, style, text + start); /* with an ellipsis if there is more */
        } else if (draw) {
            SDL_FPoint pen = {line.x, draw_baseline(line, FONT_BODY)};
            draw_text(ui->draw, pen, style, text + start, row);
        }
        start += row;
    }
    return rows;
}

static void draw_title(struct ui *ui, struct rect rect, const char *title)
{
    const float badge = 22;
    struct draw_style bold = {FONT_BOLD, theme.text, 0};
    struct draw_style mark = {FONT_BOLD, theme.card, 0.5f};
    struct rect disc = {rect.x, rect.y + (rect.h - badge) / 2, badge, badge};

    draw_box(ui->draw, disc, badge / 2, theme.bad);
    draw_label(ui->draw, disc, mark, "!");
    rect.x += badge + 10;
    rect.w -= badge + 10;
    draw_label(ui->draw, rect, bold, title);
}

bool ui_alert(struct ui *ui, unsigned id, const char *title, const char *text)
{
    const float button = ui->width < NARROW ? FINGER_HEIGHT : BUTTON_HEIGHT;
    const float around = 2 * PADDING + TITLE_HEIGHT + GAP + button + 10;
    float width = ui->width - 48 < WIDTH ? ui->width - 48 : WIDTH;
    struct rect room = {0, 0, width - 2 * PADDING, 0};
    int rows_max = (int)((ui->height - 48 - around) / ROW_HEIGHT);
    int rows = paragraph(ui, room, text, rows_max < 1 ? 1 : rows_max, false);
    float height = around + (float)rows * ROW_HEIGHT;
    struct rect card = {(ui->width - width) / 2, (ui->height - height) * 0.45f, width, height};

    ui->in_dialog = true;
    if (ui->focus != id) {
        ui_focus(ui, id);
    }
    draw_box(ui->draw, (struct rect){0, 0, ui->width, ui->height}, 0, theme.veil);
    struct rect shade = {card.x, card.y + 10, card.w, card.h};
    draw_shadow(ui->draw, rect_inset(shade, 8), 28, theme.shadow);
    draw_box(ui->draw, card, 12, theme.card);
    draw_outline(ui->draw, card, 12, 1, theme.edge);
    room.x = card.x + PADDING;
    room.y = card.y + PADDING;
    room.h = TITLE_HEIGHT;
    draw_title(ui, room, title);
    room.y += TITLE_HEIGHT + 10;
    paragraph(ui, room, text, rows_max < 1 ? 1 : rows_max, true);
    struct rect place = {card.x + card.w - PADDING - 96, card.y + card.h - PADDING - button, 96,
                         button};
    struct ui_button agree = {
        .id = id, .rect = place, .label = "OK", .kind = UI_BUTTON_PRIMARY, .font = FONT_BOLD};
    bool agreed = ui_button(ui, &agree) || (ui->in.key == SDLK_ESCAPE && !ui->in.repeated);
    ui->in_dialog = false;
    /* A click beside the card neither agrees nor takes the focus from the button. */
    ui->press_used = true;
    return agreed;
}
