/* window_layout: where everything on the table's window is.  Numbers only. */
#include "samples/table/window_layout.h"

/* Distances, in two sizes. */
struct measures {
    float margin, gap, header, button, rim, row;
};

static const struct measures roomy = {16, 12, 44, 104, 14, 40};
static const struct measures compact = {8, 8, 40, 76, 9, 36};

#define LABEL_WIDTH 58.0f
#define FORM_WIDTH 460.0f
#define FORM_PADDING 22.0f
#define LEAST_UNIT 0.02f /* places are divided by it */

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static void header(struct table_layout *out, const struct measures *measures, struct rect row)
{
    struct rect *buttons[] = {&out->leave, &out->stats, &out->tidy, &out->flip};

    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++) {
        *buttons[i] = rect_take_right(&row, measures->button, 8);
    }
    out->icon = rect_square(rect_take_left(&row, 28, 12), 28);
    out->title = rect_take_left(&row, 62, 14);
    out->dot = rect_square(rect_take_left(&row, 10, 9), 10);
    out->status = row;
}

/* Two fields and three buttons, in the middle of the window. */
static void form(struct table_layout *out, const struct measures *measures, float width,
                 float height)
{
    float wide = smaller(FORM_WIDTH, width - 2 * measures->margin);
    float high = 2 * FORM_PADDING + 34 + 3 * measures->row + 2 * 10 + 8;
    struct rect card = {(width - wide) / 2, (height - high) / 2, wide, high};
    struct rect rest = rect_inset(card, FORM_PADDING);
    struct lobby_form_view *view = &out->form;

    out->form_card = card;
    out->form_title = rect_take_top(&rest, 26, 8);
    view->name = rect_take_top(&rest, measures->row, 10);
    view->name_label = rect_take_left(&view->name, LABEL_WIDTH, 0);
    view->server = rect_take_top(&rest, measures->row, 18);
    view->server_label = rect_take_left(&view->server, LABEL_WIDTH, 0);
    float button = (rest.w - 2 * 10) / 3;
    view->alone = rect_take_left(&rest, button, 10);
    view->host = rect_take_left(&rest, button, 10);
    view->connect = rest;
    view->disconnect = (struct rect){0, 0, 0, 0};
}

/* The table is as large as there is room for; the tray lies under it and is as wide. */
static void table(struct table_layout *out, const struct measures *measures, struct rect room)
{
    float tray_units = 2 * (float)table_half_height(TABLE_CARD) + 24;
    float units_high = TABLE_HEIGHT + tray_units;
    float rims = 2 * measures->rim;
    float across = (room.w - rims) / TABLE_WIDTH;
    float down = (room.h - rims - measures->gap - 8) / units_high;
    float unit = larger(smaller(across, down), LEAST_UNIT);
    float wide = unit * TABLE_WIDTH, high = unit * TABLE_HEIGHT;
    float tray = unit * tray_units + 8;
    float top = room.y + (room.h - rims - high - measures->gap - tray) / 2;

    out->unit = unit;
    out->rim = (struct rect){room.x + (room.w - wide - rims) / 2, top, wide + rims, high + rims};
    out->felt = rect_inset(out->rim, measures->rim);
    out->tray = (struct rect){out->rim.x, top + out->rim.h + measures->gap, out->rim.w, tray};
    struct rect inside = rect_inset(out->tray, 4);
    out->tray_title = rect_take_left(&inside, larger(unit * 200, 76), 0);
    out->slots = inside;
    out->lines =
        (struct rect){out->felt.x + 14, out->felt.y + out->felt.h - 64, out->felt.w / 2, 54};
    float width = smaller(264, out->felt.w - 20);
    out->overlay = (struct rect){out->felt.x + out->felt.w - width - 10, out->felt.y + 10, width,
                                 smaller(168, out->felt.h - 20)};
}

void table_layout_compute(struct table_layout *out, float width, float height)
{
    const struct measures *measures = width < 820 || height < 520 ? &compact : &roomy;
    struct rect rest = rect_inset((struct rect){0, 0, width, height}, measures->margin);

    struct rect row = rect_take_top(&rest, measures->header, measures->gap);
    header(out, measures, row);
    table(out, measures, rest);
    form(out, measures, width, height);
}

SDL_FPoint table_layout_seen(const struct table_layout *layout, SDL_FPoint at)
{
    return (SDL_FPoint){layout->felt.x + at.x * layout->unit, layout->felt.y + at.y * layout->unit};
}

SDL_FPoint table_layout_meant(const struct table_layout *layout, SDL_FPoint seen)
{
    return (SDL_FPoint){(seen.x - layout->felt.x) / layout->unit,
                        (seen.y - layout->felt.y) / layout->unit};
}

SDL_FPoint table_layout_slot(const struct table_layout *layout, unsigned slot)
{
    float step = layout->slots.w / TABLE_TRAY;

    return table_layout_meant(layout, (SDL_FPoint){layout->slots.x + ((float)slot + 0.5f) * step,
                                                   layout->slots.y + layout->slots.h / 2});
}
