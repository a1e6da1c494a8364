/* window_layout: where everything on the dice table's window is.  Numbers only. */
#include "samples/dice/window_layout.h"

/* Distances, in two sizes. */
struct measures {
    float margin, gap, padding; /* around everything, between cards, inside of cards */
    float header, row, row_gap, card_title, action, player;
};

static const struct measures roomy = {24, 16, 16, 40, 38, 10, 44, 50, 42};
static const struct measures compact = {14, 10, 12, 32, 34, 8, 36, 44, 36};

#define LABEL_WIDTH 58.0f
#define BUTTON_GAP 8.0f

static float between(float least, float value, float most)
{
    return value < least ? least : value > most ? most : value;
}

static void header(struct dice_layout *out, struct rect row)
{
    out->icon = rect_square(rect_take_left(&row, 28, 12), 28);
    out->title = rect_take_left(&row, 54, 18);
    out->dot = rect_square(rect_take_left(&row, 10, 9), 10);
    out->status = row;
}

/* Two rows: our name beside Host, and the server beside Connect and Disconnect. */
static void seat(struct dice_layout *out, const struct measures *measures, struct rect *rest)
{
    float height = 2 * measures->padding + 2 * measures->row + measures->row_gap;

    out->seat = rect_take_top(rest, height, measures->gap);
    struct rect inside = rect_inset(out->seat, measures->padding);
    struct rect top = rect_take_top(&inside, measures->row, measures->row_gap);
    struct rect bottom = inside;
    float button = between(134, inside.w * 0.15f, 150);
    float gap = 2 * BUTTON_GAP;
    out->host = rect_take_right(&top, 2 * button + BUTTON_GAP, gap);
    out->disconnect = rect_take_right(&bottom, button, BUTTON_GAP);
    out->connect = rect_take_right(&bottom, button, gap);
    out->name_label = rect_take_left(&top, LABEL_WIDTH, 0);
    out->name = top;
    out->server_label = rect_take_left(&bottom, LABEL_WIDTH, 0);
    out->server = bottom;
}

/* The same in three rows, the buttons under the fields. */
static void narrow_seat(struct dice_layout *out, const struct measures *measures, struct rect *rest)
{
    float height = 2 * measures->padding + 3 * measures->row + 2 * measures->row_gap;

    out->seat = rect_take_top(rest, height, measures->gap);
    struct rect inside = rect_inset(out->seat, measures->padding);
    out->name = rect_take_top(&inside, measures->row, measures->row_gap);
    out->server = rect_take_top(&inside, measures->row, measures->row_gap);
    out->name_label = rect_take_left(&out->name, LABEL_WIDTH, 0);
    out->server_label = rect_take_left(&out->server, LABEL_WIDTH, 0);
    float button = (inside.w - 2 * BUTTON_GAP) / 3;
    out->host = rect_take_left(&inside, button, BUTTON_GAP);
    out->connect = rect_take_left(&inside, button, BUTTON_GAP);
    out->disconnect = inside;
}

/* A card's title, and under it the area that scrolls. */
static void open_card(struct rect card, const struct measures *measures, struct rect *title,
                      struct rect *content)
{
    struct rect row = rect_take_top(&card, measures->card_title, 0);

    rect_take_left(&row, 16, 0);
    rect_take_right(&row, 16, 0);
    *title = row;
    *content = card;
    content->h -= 6; /* so that nothing touches the round corners */
}

void dice_layout_compute(struct dice_layout *out, float width, float height)
{
    bool narrow = width < 600;
    const struct measures *measures = narrow || height < 520 ? &compact : &roomy;
    struct rect rest = rect_inset((struct rect){0, 0, width, height}, measures->margin);

    /* The header brings its own air. */
    rest.y -= measures->margin / 3;
    rest.h += measures->margin / 3;
    header(out, rect_take_top(&rest, measures->header, measures->gap / 2));
    if (narrow) {
        narrow_seat(out, measures, &rest);
        out->action = rect_take_bottom(&rest, measures->action, measures->gap);
        out->players_card = rect_take_top(&rest, (rest.h - measures->gap) / 2, measures->gap);
    } else {
        seat(out, measures, &rest);
        struct rect side = rect_take_right(&rest, between(230, rest.w * 0.36f, 440), measures->gap);
        out->action = rect_take_bottom(&side, measures->action, measures->gap);
        out->players_card = side;
    }
    out->log_card = rest;
    open_card(out->log_card, measures, &out->log_title, &out->log);
    open_card(out->players_card, measures, &out->players_title, &out->players);
    out->player_height = measures->player;
}
