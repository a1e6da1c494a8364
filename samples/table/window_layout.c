/* window_layout: where everything on the table's window is.  Numbers only. */
#include "samples/table/window_layout.h"

#include <stddef.h>

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
#define STATS_WIDTH 264.0f
#define STATS_HEIGHT 168.0f
#define LINES_HEIGHT 54.0f /* the least of the log that is to be seen */
#define LINES_MOST 144.0f
#define TALL_BUTTON 44.0f
#define LOW_HEIGHT 400.0f /* a telephone that lies on its side */
#define TRAY_TITLE 26.0f
#define TRAY_GAP 8.0f /* around a card in a telephone's tray */
#define TALL_ROWS 2
#define LOW_ROWS 3

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* A telephone that is held upright: all is under the table, which is as wide as the window. */
static bool is_tall(float width, float height)
{
    return width < 480 || (width < 600 && height >= 1.3f * width);
}

/* One that lies on its side: the tray is beside the table, which is as high as there is room for.
 */
static bool is_low(float width, float height)
{
    return height < LOW_HEIGHT + TALL_BUTTON && width >= 1.8f * height && !is_tall(width, height);
}

static void title(struct table_layout *out, struct rect row)
{
    out->icon = rect_square(rect_take_left(&row, 28, 12), 28);
    out->title = rect_take_left(&row, 62, 14);
    out->dot = rect_square(rect_take_left(&row, 10, 9), 10);
    out->status = row;
}

static void header(struct table_layout *out, const struct measures *measures, struct rect row)
{
    struct rect *buttons[] = {&out->leave, &out->stats, &out->tidy, &out->flip};

    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++) {
        *buttons[i] = rect_take_right(&row, measures->button, 8);
    }
    title(out, row);
}

/* The buttons have a row of their own. */
static void tall_header(struct table_layout *out, const struct measures *measures,
                        struct rect *rest)
{
    struct rect *buttons[] = {&out->flip, &out->tidy, &out->stats, &out->leave};

    title(out, rect_take_top(rest, measures->header, measures->gap));
    struct rect row = rect_take_top(rest, TALL_BUTTON, measures->gap);
    float button = (row.w - 3 * 8) / 4;
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++) {
        *buttons[i] = rect_take_left(&row, button, 8);
    }
}

/* Side by side, as many as there are. */
static void form_buttons(struct rect row, struct rect *const buttons[], size_t count)
{
    float width = (row.w - 10 * (float)(count - 1)) / (float)count;

    for (size_t i = 0; i < count; i++) {
        *buttons[i] = rect_take_left(&row, width, 10);
    }
}

/* Two fields, and under them the buttons: in one row, or Connect above the others. */
static void fill_form(struct table_layout *out, struct rect rest, float row, bool stacked,
                      bool guest_only)
{
    struct lobby_form_view *view = &out->form;
    struct rect *const three[] = {&view->alone, &view->host, &view->connect};
    struct rect *const two[] = {&view->alone, guest_only ? &view->connect : &view->host};

    *view = (struct lobby_form_view){.name = rect_take_top(&rest, row, 10)};
    view->name_label = rect_take_left(&view->name, LABEL_WIDTH, 0);
    view->server = rect_take_top(&rest, row, 18);
    view->server_label = rect_take_left(&view->server, LABEL_WIDTH, 0);
    if (stacked) {
        view->connect = rect_take_top(&rest, row, 10);
    }
    if (stacked || guest_only) {
        form_buttons(rest, two, 2);
    } else {
        form_buttons(rest, three, 3);
    }
}

/* In the middle of the window; of a tall one near the top, where no keyboard comes to lie. */
static void form(struct table_layout *out, const struct measures *measures, float width,
                 float height, bool guest_only)
{
    bool tall = is_tall(width, height), stacked = tall && !guest_only;
    float row = tall ? TALL_BUTTON : height < LOW_HEIGHT ? TABLE_LAYOUT_FINGER : measures->row;
    float wide = smaller(FORM_WIDTH, width - 2 * measures->margin);
    float rows = stacked ? 4 : 3;
    float high = 2 * FORM_PADDING + 34 + rows * row + (rows - 1) * 10 + 8;
    struct rect card = {(width - wide) / 2, (height - high) / 2, wide, high};

    if (tall) {
        float top = 2 * measures->margin + measures->header;
        card.y = larger(smaller(top, height - high - measures->margin), measures->margin);
    }
    struct rect rest = rect_inset(card, FORM_PADDING);
    out->form_card = card;
    out->form_title = rect_take_top(&rest, 26, 8);
    fill_form(out, rest, row, stacked, guest_only);
}

/* The end of the log, and the overlay. */
static void lay_on_cloth(struct table_layout *out)
{
    float width = smaller(STATS_WIDTH, out->felt.w - 20);

    out->lines = (struct rect){out->felt.x + 14, out->felt.y + out->felt.h - 64, out->felt.w / 2,
                               LINES_HEIGHT};
    out->lines_hang = false;
    out->overlay = (struct rect){out->felt.x + out->felt.w - width - 10, out->felt.y + 10, width,
                                 smaller(STATS_HEIGHT, out->felt.h - 20)};
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

    out->unit = out->tray_unit = unit;
    out->tray_rows = 1;
    out->rim = (struct rect){room.x + (room.w - wide - rims) / 2, top, wide + rims, high + rims};
    out->felt = rect_inset(out->rim, measures->rim);
    out->tray = (struct rect){out->rim.x, top + out->rim.h + measures->gap, out->rim.w, tray};
    struct rect inside = rect_inset(out->tray, 4);
    out->tray_title = rect_take_left(&inside, larger(unit * 200, 76), 0);
    out->slots = inside;
    lay_on_cloth(out);
}

static unsigned columns_of(unsigned rows)
{
    return (TABLE_TRAY + rows - 1) / rows;
}

/* How large what lies in such a tray may be. */
static float fit_cards(float width, float height, unsigned rows)
{
    float across = width / (float)columns_of(rows) - TRAY_GAP;
    float down = height / (float)rows - TRAY_GAP;

    return larger(smaller(across / (2 * (float)table_half_width(TABLE_CARD)),
                          down / (2 * (float)table_half_height(TABLE_CARD))),
                  LEAST_UNIT);
}

/* Its title above, and rows of places that are as large as fits. */
static void fill_tray(struct table_layout *out, unsigned rows)
{
    out->slots = rect_inset(out->tray, 4);
    out->tray_title = rect_take_top(&out->slots, TRAY_TITLE - 4, 0);
    out->tray_rows = rows;
    out->tray_unit = fit_cards(out->slots.w, out->slots.h, rows);
}

static void low_table(struct table_layout *out, const struct measures *measures, struct rect rest)
{
    float rims = 2 * measures->rim;

    out->unit = smaller((rest.w * 0.75f - rims) / TABLE_WIDTH, (rest.h - rims) / TABLE_HEIGHT);
    out->unit = larger(out->unit, LEAST_UNIT);
    float high = out->unit * TABLE_HEIGHT + rims;
    out->rim = rect_take_left(&rest, out->unit * TABLE_WIDTH + rims, measures->gap);
    out->rim.y += (out->rim.h - high) / 2;
    out->rim.h = high;
    out->felt = rect_inset(out->rim, measures->rim);
    out->tray = (struct rect){rest.x, out->rim.y, rest.w, high};
    fill_tray(out, LOW_ROWS);
    lay_on_cloth(out);
}

/* The table is as wide as the window, the tray under it has larger pieces in two rows, and the log
 * has what is left. */
static void tall_table(struct table_layout *out, const struct measures *measures, struct rect rest)
{
    float rims = 2 * measures->rim, bottom = rest.y + rest.h;
    float card_high = 2 * (float)table_half_height(TABLE_CARD);

    out->unit = smaller((rest.w - rims) / TABLE_WIDTH, (rest.h / 2 - rims) / TABLE_HEIGHT);
    out->unit = larger(out->unit, LEAST_UNIT);
    out->rim = rect_take_top(&rest, out->unit * TABLE_HEIGHT + rims, measures->gap);
    float wide = out->unit * TABLE_WIDTH + rims;
    out->rim.x += (out->rim.w - wide) / 2;
    out->rim.w = wide;
    out->felt = rect_inset(out->rim, measures->rim);

    float room = rest.h - measures->gap - LINES_HEIGHT - TRAY_TITLE;
    float slot = fit_cards(rest.w - 8, room, TALL_ROWS) * card_high + TRAY_GAP;
    out->tray = rect_take_top(&rest, 4 + TRAY_TITLE + TALL_ROWS * slot, measures->gap);
    fill_tray(out, TALL_ROWS);

    bool both = rest.h >= LINES_HEIGHT + measures->gap + STATS_HEIGHT;
    out->lines = (struct rect){rest.x + 6, rest.y, rest.w - 12,
                               both ? rest.h - measures->gap - STATS_HEIGHT : rest.h};
    out->lines.h = smaller(larger(out->lines.h, 0), LINES_MOST);
    out->lines_hang = true;
    float width = smaller(STATS_WIDTH, rest.w), high = smaller(STATS_HEIGHT, bottom - out->felt.y);
    out->overlay = (struct rect){rest.x + (rest.w - width) / 2, bottom - high, width, high};
}

void table_layout_compute(struct table_layout *out, float width, float height, bool guest_only)
{
    bool tall = is_tall(width, height);
    const struct measures *measures = width < 820 || height < 520 ? &compact : &roomy;
    struct rect rest = rect_inset((struct rect){0, 0, width, height}, measures->margin);

    if (tall) {
        tall_header(out, measures, &rest);
        tall_table(out, measures, rest);
    } else {
        struct rect row = rect_take_top(&rest, measures->header, measures->gap);
        header(out, measures, row);
        if (is_low(width, height)) {
            low_table(out, measures, rest);
        } else {
            table(out, measures, rest);
        }
    }
    form(out, measures, width, height, guest_only);
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

SDL_FPoint table_layout_slot_seen(const struct table_layout *layout, unsigned slot)
{
    unsigned columns = columns_of(layout->tray_rows);
    float across = layout->slots.w / (float)columns;
    float down = layout->slots.h / (float)layout->tray_rows;

    return (SDL_FPoint){layout->slots.x + ((float)(slot % columns) + 0.5f) * across,
                        layout->slots.y + ((float)(slot / columns) + 0.5f) * down};
}

SDL_FPoint table_layout_slot(const struct table_layout *layout, unsigned slot)
{
    return table_layout_meant(layout, table_layout_slot_seen(layout, slot));
}
