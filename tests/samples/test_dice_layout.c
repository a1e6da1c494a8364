/* test_dice_layout: where things are on the dice table's window, from telephones to large screens.
 */
#include <criterion/criterion.h>

#include <meeple/base.h>

#include "samples/dice/window_layout.h"

#define FINGER 40.0f /* the least that is met without aiming, in logical pixels */
#define PARTS 13

static const float phones[][2] = {
    {DICE_LAYOUT_MIN_WIDTH, DICE_LAYOUT_MIN_HEIGHT}, {320, 480}, {360, 640}, {390, 844}, {430, 932},
    {DICE_LAYOUT_LOW_WIDTH, DICE_LAYOUT_LOW_HEIGHT}, {667, 375}, {844, 390}};
static const float screens[][2] = {{640, 480}, {640, 640}, {1024, 640}, {1920, 1080}, {599, 3000}};
static const lobby_phase phases[] = {LOBBY_IDLE, LOBBY_CONNECTING, LOBBY_PLAYING, LOBBY_CLOSING};

/* What may not lie on one another, but for the card that the form is on. */
static void parts_of(const struct dice_layout *layout, struct rect parts[PARTS])
{
    const struct rect list[PARTS] = {
        layout->icon,         layout->title,    layout->status,  layout->name,       layout->server,
        layout->name_label,   layout->host,     layout->connect, layout->disconnect, layout->action,
        layout->players_card, layout->log_card, layout->godot3};

    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = list[i];
    }
}

static bool overlap(struct rect a, struct rect b)
{
    return a.w > 0 && b.w > 0 && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h &&
           b.y < a.y + a.h;
}

static void check(const struct dice_layout_needs *needs)
{
    struct dice_layout layout;
    struct rect parts[PARTS];

    dice_layout_compute(&layout, needs);
    parts_of(&layout, parts);
    for (size_t i = 0; i < PARTS; i++) {
        cr_assert(parts[i].w >= 0 && parts[i].h >= 0);
        cr_assert(parts[i].x >= 0 && parts[i].x + parts[i].w <= needs->width, "%zu at %gx%g", i,
                  (double)needs->width, (double)needs->height);
        cr_assert(parts[i].y >= 0 && parts[i].y + parts[i].h <= needs->height, "%zu at %gx%g", i,
                  (double)needs->width, (double)needs->height);
        for (size_t j = 0; j < i; j++) {
            cr_assert_not(overlap(parts[i], parts[j]), "%zu and %zu at %gx%g in phase %d", i, j,
                          (double)needs->width, (double)needs->height, (int)needs->phase);
        }
    }
    cr_expect_gt(layout.log.h, 20);
    cr_expect_gt(layout.status.w, 90);
}

static void check_all(const float (*sizes)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < MEEPLE_COUNT(phases) * 2; j++) {
            check(&(struct dice_layout_needs){sizes[i][0], sizes[i][1], phases[j / 2], j % 2 == 1});
        }
    }
}

Test(dice_layout, nothing_lies_on_anything_else)
{
    check_all(phones, MEEPLE_COUNT(phones));
    check_all(screens, MEEPLE_COUNT(screens));
}

Test(dice_layout, on_a_telephone_everything_is_met_by_a_finger)
{
    for (size_t i = 0; i < MEEPLE_COUNT(phones) * 2; i++) {
        struct dice_layout_needs needs = {.width = phones[i / 2][0],
                                          .height = phones[i / 2][1],
                                          .phase = i % 2 == 0 ? LOBBY_IDLE : LOBBY_PLAYING};
        struct dice_layout layout;

        dice_layout_compute(&layout, &needs);
        const struct rect targets[] = {layout.name,    layout.server,     layout.host,
                                       layout.connect, layout.disconnect, layout.action,
                                       layout.godot3};

        for (size_t j = 0; j < MEEPLE_COUNT(targets); j++) {
            cr_expect(targets[j].w <= 0 || (targets[j].w >= FINGER && targets[j].h >= FINGER),
                      "%zu at %gx%g", j, (double)needs.width, (double)needs.height);
        }
    }
}

Test(dice_layout, a_small_window_folds_the_form_away_while_playing_and_keeps_the_way_out)
{
    for (size_t i = 0; i < MEEPLE_COUNT(phones); i++) {
        struct dice_layout layout;

        dice_layout_compute(
            &layout, &(struct dice_layout_needs){phones[i][0], phones[i][1], LOBBY_PLAYING, false});
        cr_expect(layout.seat.w <= 0 && layout.name.w <= 0 && layout.connect.w <= 0 &&
                  layout.godot3.w <= 0);
        cr_expect(layout.disconnect.w > 0 && layout.action.w > 0);
        dice_layout_compute(
            &layout, &(struct dice_layout_needs){phones[i][0], phones[i][1], LOBBY_IDLE, false});
        cr_expect(layout.name.w > 0 && layout.server.w > 0 && layout.connect.w > 0 &&
                  layout.godot3.w > 0);
    }
}

Test(dice_layout, who_cannot_host_is_not_shown_how_and_gets_the_room)
{
    static const float sizes[][2] = {{390, 844}, {844, 390}, {1024, 640}};

    for (size_t i = 0; i < MEEPLE_COUNT(sizes); i++) {
        struct dice_layout_needs needs = {.width = sizes[i][0], .height = sizes[i][1]};
        struct dice_layout host, guest;

        dice_layout_compute(&host, &needs);
        needs.guest_only = true;
        dice_layout_compute(&guest, &needs);
        cr_expect(host.host.w > 0 && guest.host.w <= 0);
        cr_expect(host.godot3.w > 0 && guest.godot3.w > 0);
        cr_expect(guest.name.w > host.name.w || guest.connect.w > host.connect.w);
    }
}
