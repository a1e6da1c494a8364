/* window_hands: what mouse and keys do to the things on the table. */
#include "samples/table/window_hands.h"

#include <math.h>
#include <stdlib.h>

#define SLIP 5.0f /* how far the mouse may move in a click */
#define FINGER_SLIP 10.0f
#define STEP 16.0f /* of an arrow key, in the table's units */
#define LEAP 64.0f /* with Shift */

unsigned table_hands_order(const struct table_game *game, uint8_t order[TABLE_PIECES])
{
    unsigned count = 0;

    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        unsigned at = count;

        if (!table_game_shows(game, i)) {
            continue;
        }
        while (at > 0 && game->pieces[order[at - 1]]->word.level > game->pieces[i]->word.level) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = (uint8_t)i;
        count++;
    }
    return count;
}

static table_kind kind_of(unsigned thing)
{
    return thing < TABLE_PIECES ? table_piece_kind(thing) : TABLE_CHIP;
}

static void let_go(struct table_game *game, struct table_hands *hands)
{
    if (hands->thing < TABLE_PIECES && game->hand == (int)hands->thing) {
        (void)table_game_put(game, (int)lroundf(hands->at.x), (int)lroundf(hands->at.y),
                             hands->over_tray ? TABLE_IN_TRAY : TABLE_ON_TABLE);
    }
    hands->carry = TABLE_CARRY_NOTHING;
    hands->over_tray = false;
}

/* Where it is seen, which is where a hand meets it. */
static SDL_FPoint seen_at(const struct table_hands_view *view, const struct table_game *game,
                          unsigned thing)
{
    return thing < TABLE_PIECES ? view->motion->pieces[thing].at
                                : view->motion->pawns[table_game_seat(game)].at;
}

static bool pick_up(struct table_game *game, struct table_hands *hands, unsigned thing,
                    table_carry carry)
{
    if (hands->carry != TABLE_CARRY_NOTHING) {
        let_go(game, hands);
    }
    if (thing < TABLE_PIECES && table_game_take(game, thing) < 0) {
        return false;
    }
    hands->carry = carry;
    hands->thing = thing;
    hands->over_tray = false;
    return true;
}

static void carry_on(struct table_game *game, const struct table_hands *hands)
{
    int x = (int)lroundf(hands->at.x), y = (int)lroundf(hands->at.y);

    if (hands->thing < TABLE_PIECES) {
        table_game_move(game, x, y);
    } else {
        table_game_walk(game, x, y);
    }
}

/* What it covers, in logical pixels; at least so much across and down. */
static struct rect covered(const struct table_hands_view *view, const struct table_game *game,
                           unsigned thing, float least)
{
    bool in_tray = thing < TABLE_PIECES && table_game_rests_in_tray(game, thing);
    float unit = in_tray ? view->layout->tray_unit : view->layout->unit;
    SDL_FPoint seen = table_layout_seen(view->layout, seen_at(view, game, thing));
    float across = fmaxf(2 * (float)table_half_width(kind_of(thing)) * unit, least);
    float down = fmaxf(2 * (float)table_half_height(kind_of(thing)) * unit, least);

    return (struct rect){seen.x - across / 2, seen.y - down / 2, across, down};
}

static bool overlap(struct rect a, struct rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* What a press would take: the highest that is under the mouse; if nothing is, the nearest that a
 * finger may have meant, and of a pile its highest.  TABLE_THINGS: nothing.  things are as they are
 * drawn, the highest last. */
static unsigned find_meant(struct ui *ui, const struct table_hands_view *view,
                           const struct table_game *game, const uint8_t *things, unsigned count)
{
    SDL_FPoint mouse = ui_mouse(ui);
    unsigned meant = TABLE_THINGS;
    struct rect pile = {0, 0, 0, 0};
    float near = TABLE_LAYOUT_FINGER;

    for (unsigned i = count; i > 0; i--) {
        if (rect_contains(covered(view, game, things[i - 1], 0), mouse.x, mouse.y)) {
            return things[i - 1];
        }
    }
    for (unsigned i = count; i > 0; i--) {
        struct rect reach = covered(view, game, things[i - 1], TABLE_LAYOUT_FINGER);
        struct rect rect = covered(view, game, things[i - 1], 0);
        float far = hypotf(rect.x + rect.w / 2 - mouse.x, rect.y + rect.h / 2 - mouse.y);

        if (rect_contains(reach, mouse.x, mouse.y) && far < near && !overlap(rect, pile)) {
            meant = things[i - 1];
            near = far;
            pile = rect;
        }
    }
    return meant;
}

static void use_mouse(struct ui *ui, const struct table_hands_view *view, struct table_game *game,
                      struct table_hands *hands, unsigned thing, bool meant)
{
    SDL_FPoint seen = table_layout_seen(view->layout, seen_at(view, game, thing));
    struct rect rect = covered(view, game, thing, TABLE_LAYOUT_FINGER);
    struct ui_grip grip =
        ui_handle(ui, view->first_id + thing, meant ? rect : (struct rect){.w = 0});
    bool carried = hands->carry == TABLE_CARRY_MOUSE && hands->thing == thing;

    hands->focused[thing] = grip.focused;
    hands->ringed[thing] = grip.ringed;
    if (grip.pressed) {
        hands->pressed = true;
        hands->from = (SDL_FPoint){grip.x, grip.y};
        hands->offset = (SDL_FPoint){grip.x - seen.x, grip.y - seen.y};
        if (grip.clicks == 2 && thing < TABLE_PIECES) {
            (void)table_game_turn(game, thing);
        }
    }
    float slip = grip.finger ? FINGER_SLIP : SLIP;
    /* One wish for each press: what is denied, or flies away, is not snatched at again. */
    if (grip.held && hands->pressed &&
        hypotf(grip.x - hands->from.x, grip.y - hands->from.y) > slip) {
        hands->pressed = false;
        carried = pick_up(game, hands, thing, TABLE_CARRY_MOUSE);
    }
    if (carried) {
        hands->at = table_layout_meant(
            view->layout, (SDL_FPoint){grip.x - hands->offset.x, grip.y - hands->offset.y});
        hands->over_tray =
            thing < TABLE_PIECES && rect_contains(view->layout->tray, grip.x, grip.y);
        carry_on(game, hands);
        if (!grip.held) {
            let_go(game, hands);
        }
    }
}

/* The direction of an arrow key that was pressed; false: none was. */
static bool arrow(struct ui *ui, SDL_FPoint *by)
{
    float step = (ui_modifiers(ui) & KMOD_SHIFT) != 0 ? LEAP : STEP;
    bool left = ui_shortcut(ui, SDLK_LEFT, true), right = ui_shortcut(ui, SDLK_RIGHT, true);
    bool up = ui_shortcut(ui, SDLK_UP, true), down = ui_shortcut(ui, SDLK_DOWN, true);

    *by = (SDL_FPoint){step * ((float)right - (float)left), step * ((float)down - (float)up)};
    return left || right || up || down;
}

/* What was in the tray comes up over its edge. */
static bool pick_up_by_key(const struct table_hands_view *view, struct table_game *game,
                           struct table_hands *hands, unsigned thing)
{
    SDL_FPoint at = seen_at(view, game, thing);

    if (!pick_up(game, hands, thing, TABLE_CARRY_KEYS)) {
        return false;
    }
    hands->at.x = table_fit_x(kind_of(thing), (int)lroundf(at.x));
    hands->at.y = table_fit_y(kind_of(thing), (int)lroundf(at.y));
    return true;
}

static void move_by_key(const struct table_hands_view *view, struct table_game *game,
                        struct table_hands *hands, unsigned thing, SDL_FPoint by)
{
    bool carried = hands->carry == TABLE_CARRY_KEYS && hands->thing == thing;

    if (!carried && !pick_up_by_key(view, game, hands, thing)) {
        return;
    }
    hands->at.x = table_fit_x(kind_of(thing), (int)lroundf(hands->at.x + by.x));
    hands->at.y = table_fit_y(kind_of(thing), (int)lroundf(hands->at.y + by.y));
    carry_on(game, hands);
}

/* Into the tray, or out of it onto the table. */
static void change_place(const struct table_hands_view *view, struct table_game *game,
                         struct table_hands *hands, unsigned thing)
{
    bool carried = hands->carry == TABLE_CARRY_KEYS && hands->thing == thing;
    bool from_tray = table_game_in_tray(game, thing) && !carried;

    if (carried || pick_up_by_key(view, game, hands, thing)) {
        hands->over_tray = !from_tray;
        let_go(game, hands);
    }
}

static void use_keys(struct ui *ui, const struct table_hands_view *view, struct table_game *game,
                     struct table_hands *hands, unsigned thing)
{
    bool carried = hands->carry == TABLE_CARRY_KEYS && hands->thing == thing;
    SDL_FPoint by;

    if (arrow(ui, &by)) {
        move_by_key(view, game, hands, thing, by);
    } else if (ui_shortcut(ui, SDLK_RETURN, false) || ui_shortcut(ui, SDLK_KP_ENTER, false) ||
               ui_shortcut(ui, SDLK_SPACE, false)) {
        if (carried) {
            let_go(game, hands);
        } else {
            (void)pick_up_by_key(view, game, hands, thing);
        }
    } else if (thing < TABLE_PIECES && ui_shortcut(ui, SDLK_t, false)) {
        change_place(view, game, hands, thing);
    } else if (thing < TABLE_PIECES && !carried && ui_shortcut(ui, SDLK_r, false)) {
        (void)table_game_turn(game, thing);
    } else if (carried && ui_shortcut(ui, SDLK_ESCAPE, false)) {
        let_go(game, hands);
    }
}

/* It was given to somebody else, or flew out of our hand, or we have turned to something else. */
static void check_carried(const struct table_hands_view *view, struct ui *ui,
                          struct table_game *game, struct table_hands *hands)
{
    if (hands->carry == TABLE_CARRY_NOTHING) {
        return;
    }
    if (hands->thing < TABLE_PIECES ? game->hand != (int)hands->thing : table_game_seat(game) < 0) {
        hands->carry = TABLE_CARRY_NOTHING;
    } else if (hands->carry == TABLE_CARRY_KEYS &&
               ui_focused(ui) != view->first_id + hands->thing) {
        let_go(game, hands);
    } else {
        carry_on(game, hands); /* as soon as it may be moved */
    }
}

void table_hands_pass(struct ui *ui, const struct table_hands_view *view, struct table_game *game,
                      struct table_hands *hands)
{
    uint8_t order[TABLE_THINGS];
    unsigned count = table_hands_order(game, order);
    bool pawn = table_game_seat(game) >= 0;
    unsigned meant;

    check_carried(view, ui, game, hands);
    if (pawn) {
        ui_offer(ui, view->first_id + TABLE_OWN_PAWN);
        order[count++] = TABLE_OWN_PAWN; /* over all the pieces */
    }
    meant = find_meant(ui, view, game, order, count);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        hands->focused[i] = hands->ringed[i] = false;
        if (table_game_shows(game, i)) {
            ui_offer(ui, view->first_id + i);
        }
    }
    while (count-- > 0) {
        use_mouse(ui, view, game, hands, order[count], order[count] == meant);
    }
    for (unsigned thing = 0; thing < TABLE_THINGS; thing++) {
        if (hands->focused[thing] &&
            (thing == TABLE_OWN_PAWN ? pawn : table_game_shows(game, thing))) {
            use_keys(ui, view, game, hands, thing);
        }
    }
}
