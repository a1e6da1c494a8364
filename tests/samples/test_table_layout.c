/* test_table_layout: where things are on the shared table's window, whatever its size. */
#include <criterion/criterion.h>

#include <math.h>

#include "samples/table/window_layout.h"

static void expect_inside(struct rect rect, float width, float height)
{
    cr_expect(rect.w > 0 && rect.h > 0 && rect.x >= 0 && rect.y >= 0);
    cr_expect(rect.x + rect.w <= width && rect.y + rect.h <= height);
}

Test(table_layout, all_is_on_the_window_from_the_smallest_on)
{
    static const float sizes[][2] = {{TABLE_LAYOUT_MIN_WIDTH, TABLE_LAYOUT_MIN_HEIGHT},
                                     {320, 480},
                                     {360, 640},
                                     {390, 844},
                                     {430, 932},
                                     {599, 800},
                                     {480, 360},
                                     {667, 330},
                                     {844, 390},
                                     {TABLE_LAYOUT_MIN_WIDTH, 2000},
                                     {3840, TABLE_LAYOUT_MIN_HEIGHT},
                                     {1024, 720},
                                     {3840, 2160}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        float width = sizes[i][0], height = sizes[i][1];
        struct table_layout layout;

        table_layout_compute(&layout, width, height, false);
        expect_inside(layout.rim, width, height);
        expect_inside(layout.tray, width, height);
        expect_inside(layout.flip, width, height);
        expect_inside(layout.leave, width, height);
        expect_inside(layout.form_card, width, height);
        expect_inside(layout.overlay, width, height);
        cr_expect(layout.tray.y >= layout.rim.y + layout.rim.h ||
                  layout.tray.x >= layout.rim.x + layout.rim.w);
        cr_expect_float_eq(layout.felt.w, layout.unit * TABLE_WIDTH, 0.5f);
        cr_expect_float_eq(layout.felt.h, layout.unit * TABLE_HEIGHT, 0.5f);
    }
}

/* Held upright, lying on its side; with somebody who can host, and in a page. */
Test(table_layout, on_a_telephone_everything_is_met_by_a_finger)
{
    static const float sizes[][2] = {{320, 480}, {360, 640}, {390, 844},
                                     {430, 932}, {667, 330}, {844, 390}};

    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        float width = sizes[i / 2][0], height = sizes[i / 2][1];
        bool guest_only = i % 2 == 1;
        struct table_layout layout;

        table_layout_compute(&layout, width, height, guest_only);
        const struct lobby_form_view *form = &layout.form;
        const struct rect targets[] = {layout.flip,  layout.tidy,   layout.stats,
                                       layout.leave, form->name,    form->server,
                                       form->alone,  form->connect, form->host};
        for (size_t j = 0; j < sizeof targets / sizeof targets[0]; j++) {
            if (guest_only && j == 8) {
                cr_expect(form->host.w <= 0);
                continue;
            }
            expect_inside(targets[j], width, height);
            cr_expect(targets[j].w >= TABLE_LAYOUT_FINGER && targets[j].h >= TABLE_LAYOUT_FINGER,
                      "%zu at %gx%g", j, (double)width, (double)height);
        }
    }
}

static bool is_within(struct rect outer, struct rect inner)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

static void expect_places_in_the_tray(const struct table_layout *layout)
{
    float wide = 2 * (float)table_half_width(TABLE_CARD) * layout->tray_unit;
    float high = 2 * (float)table_half_height(TABLE_CARD) * layout->tray_unit;

    for (unsigned slot = 0; slot < TABLE_TRAY; slot++) {
        SDL_FPoint at = table_layout_slot_seen(layout, slot);
        struct rect card = {at.x - wide / 2, at.y - high / 2, wide, high};

        cr_expect(is_within(layout->slots, card), "slot %u", slot);
        cr_expect(is_within(layout->tray, card), "slot %u", slot);
    }
}

Test(table_layout, held_upright_the_table_is_as_wide_as_the_window_and_the_rest_is_under_it)
{
    static const float sizes[][2] = {{360, 640}, {390, 844}, {430, 932}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct table_layout layout;

        table_layout_compute(&layout, sizes[i][0], sizes[i][1], true);
        cr_expect_gt(layout.rim.w, sizes[i][0] - 20);
        cr_expect_geq(layout.tray.y, layout.rim.y + layout.rim.h);
        cr_expect_geq(layout.lines.y, layout.tray.y + layout.tray.h);
        cr_expect_geq(layout.lines.h, 54);
        cr_expect_gt(layout.tray_unit, 2 * layout.unit, "a hand is to be read");
        expect_places_in_the_tray(&layout);
    }
}

Test(table_layout, on_its_side_the_table_is_as_high_as_there_is_room_and_the_tray_is_beside_it)
{
    static const float sizes[][2] = {{667, 330}, {844, 390}, {932, 430}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct table_layout layout;

        table_layout_compute(&layout, sizes[i][0], sizes[i][1], true);
        cr_expect_gt(layout.rim.h, sizes[i][1] - 70);
        cr_expect_geq(layout.tray.x, layout.rim.x + layout.rim.w);
        cr_expect_gt(layout.tray_unit, layout.unit);
        expect_places_in_the_tray(&layout);
    }
}

Test(table_layout, what_is_seen_somewhere_is_meant_there)
{
    struct table_layout layout;

    table_layout_compute(&layout, 900, 700, false);
    for (int i = 0; i <= 10; i++) {
        SDL_FPoint at = {(float)i * TABLE_WIDTH / 10, (float)i * TABLE_HEIGHT / 10};
        SDL_FPoint meant = table_layout_meant(&layout, table_layout_seen(&layout, at));

        cr_expect_float_eq(meant.x, at.x, 0.1f);
        cr_expect_float_eq(meant.y, at.y, 0.1f);
    }
}

/* A window without somebody who manages it may be smaller than it asked to be. */
Test(table_layout, places_are_numbers_in_a_window_too_small_for_anything)
{
    for (int side = 0; side <= 300; side++) {
        struct table_layout layout;

        table_layout_compute(&layout, (float)side, (float)side, false);
        cr_assert_gt(layout.unit, 0);
        for (unsigned slot = 0; slot < TABLE_TRAY; slot++) {
            SDL_FPoint at = table_layout_slot(&layout, slot);

            cr_assert(fabsf(at.x) < 100000 && fabsf(at.y) < 100000, "%d: %g, %g", side,
                      (double)at.x, (double)at.y);
        }
    }
}
