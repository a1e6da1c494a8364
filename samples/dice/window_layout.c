/* window_layout: where everything on the dice table's window is.  Numbers only. */
#include "samples/dice/window_layout.h"

/* Distances, in three sizes. */
struct measures {
    float margin, gap, padding; /* around everything, between cards, inside of cards */
    float header, row, row_gap, card_title, action, player;
};

static const struct measures roomy = {24, 16, 16, 40, 38, 10, 44, 50, 42};
static const struct measures compact = {14, 10, 12, 32, 40, 8, 36, 44, 36};
/* For fingers. */
static const struct measures stacked = {12, 10, 12, 44, 44, 8, 38, 56, 44};

#define LABEL_WIDTH 58.0f
#define BUTTON_GAP 8.0f
#define STATUS_HEIGHT 22.0f
#define LEAVE_WIDTH 112.0f
#define STACKED_WIDTH 600.0f /* below, one thing is under the other */
#define LOW_HEIGHT 440.0f    /* below, the form is folded away while playing */
#define LIST_HEIGHT 110.0f   /* less is not worth a card */

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

/* What is left of the form while it is folded away: the way out, at the end of the header. */
static void folded_header(struct dice_layout *out, const struct measures *measures, struct rect row)
{
    out->disconnect = rect_square(rect_take_right(&row, LEAVE_WIDTH, 12), measures->row);
    out->disconnect.w = LEAVE_WIDTH;
    header(out, row);
}

/* Two rows: our name beside the switch and Host, and the server beside Connect and Disconnect. */
static void seat(struct dice_layout *out, const struct measures *measures, bool guest_only,
                 struct rect *rest)
{
    float height = 2 * measures->padding + 2 * measures->row + measures->row_gap;

    out->seat = rect_take_top(rest, height, measures->gap);
    struct rect inside = rect_inset(out->seat, measures->padding);
    struct rect top = rect_take_top(&inside, measures->row, measures->row_gap);
    struct rect bottom = inside;
    float button = between(134, inside.w * 0.15f, 150);
    float gap = 2 * BUTTON_GAP;
    if (!guest_only) {
        out->host = rect_take_right(&top, button, BUTTON_GAP);
    }
    out->godot3 = rect_take_right(&top, button, gap);
    out->disconnect = rect_take_right(&bottom, button, BUTTON_GAP);
    out->connect = rect_take_right(&bottom, button, gap);
    out->name_label = rect_take_left(&top, LABEL_WIDTH, 0);
    out->name = top;
    out->server_label = rect_take_left(&bottom, LABEL_WIDTH, 0);
    out->server = bottom;
}

/* The same in four rows, the buttons that are of use under the fields and the switch. */
static void stacked_seat(struct dice_layout *out, const struct dice_layout_needs *needs,
                         struct rect *rest)
{
    const struct measures *measures = &stacked;
    float height = 2 * measures->padding + 4 * measures->row + 3 * measures->row_gap;

    out->seat = rect_take_top(rest, height, measures->gap);
    struct rect inside = rect_inset(out->seat, measures->padding);
    out->name = rect_take_top(&inside, measures->row, measures->row_gap);
    out->server = rect_take_top(&inside, measures->row, measures->row_gap);
    out->godot3 = rect_take_top(&inside, measures->row, measures->row_gap);
    rect_take_left(&out->godot3, LABEL_WIDTH, 0);
    out->name_label = rect_take_left(&out->name, LABEL_WIDTH, 0);
    out->server_label = rect_take_left(&out->server, LABEL_WIDTH, 0);
    float half = (inside.w - BUTTON_GAP) / 2;
    if (needs->phase == LOBBY_CONNECTING) {
        out->disconnect = rect_take_right(&inside, half, BUTTON_GAP);
    } else if (!needs->guest_only) {
        out->host = rect_take_left(&inside, half, BUTTON_GAP);
    }
    out->connect = inside;
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

static bool is_folded(const struct dice_layout_needs *needs)
{
    bool small = needs->width < STACKED_WIDTH || needs->height < LOW_HEIGHT;

    return small && (needs->phase == LOBBY_PLAYING || needs->phase == LOBBY_CLOSING);
}

/* One under the other: the header, the form or what is said of the session, the players, the log,
 * and at the thumb the button.  Before a game there is little to see of the others. */
static void stack(struct dice_layout *out, const struct dice_layout_needs *needs, struct rect rest)
{
    const struct measures *measures = &stacked;
    bool folded = is_folded(needs);
    struct rect row = rect_take_top(&rest, measures->header, measures->gap / 2);

    if (folded) {
        folded_header(out, measures, row);
        row = rect_take_top(&rest, STATUS_HEIGHT, measures->gap);
        rect_take_left(&row, 9, 0);
        out->dot = rect_square(rect_take_left(&row, 10, 9), 10);
        out->status = row;
        out->action = rect_take_bottom(&rest, measures->action, measures->gap);
    } else {
        header(out, row);
        stacked_seat(out, needs, &rest);
    }
    float half = (rest.h - measures->gap) * 0.45f;
    if (half >= LIST_HEIGHT) {
        out->players_card = rect_take_top(&rest, half, measures->gap);
    }
    out->log_card = rest;
}

/* The log at the left, the players at the right, over the button. */
static void spread(struct dice_layout *out, const struct dice_layout_needs *needs,
                   const struct measures *measures, struct rect rest)
{
    bool folded = is_folded(needs);
    float height = folded ? measures->row : measures->header;
    struct rect row = rect_take_top(&rest, height, measures->gap / 2);

    if (folded) {
        folded_header(out, measures, row);
    } else {
        header(out, row);
        seat(out, measures, needs->guest_only, &rest);
    }
    struct rect side = rect_take_right(&rest, between(230, rest.w * 0.36f, 440), measures->gap);
    out->action = rect_take_bottom(&side, measures->action, measures->gap);
    out->players_card = side;
    out->log_card = rest;
}

void dice_layout_compute(struct dice_layout *out, const struct dice_layout_needs *needs)
{
    bool narrow = needs->width < STACKED_WIDTH;
    const struct measures *measures = narrow ? &stacked : needs->height < 520 ? &compact : &roomy;
    struct rect rest =
        rect_inset((struct rect){0, 0, needs->width, needs->height}, measures->margin);

    *out = (struct dice_layout){.player_height = measures->player};
    /* The header brings its own air. */
    rest.y -= measures->margin / 3;
    rest.h += measures->margin / 3;
    if (narrow) {
        stack(out, needs, rest);
    } else {
        spread(out, needs, measures, rest);
    }
    open_card(out->log_card, measures, &out->log_title, &out->log);
    if (out->players_card.w > 0) {
        open_card(out->players_card, measures, &out->players_title, &out->players);
    }
}
