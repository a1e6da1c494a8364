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
                                     {TABLE_LAYOUT_MIN_WIDTH, 2000},
                                     {3840, TABLE_LAYOUT_MIN_HEIGHT},
                                     {1024, 720},
                                     {3840, 2160}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        float width = sizes[i][0], height = sizes[i][1];
        struct table_layout layout;

        table_layout_compute(&layout, width, height);
        expect_inside(layout.rim, width, height);
        expect_inside(layout.tray, width, height);
        expect_inside(layout.flip, width, height);
        expect_inside(layout.leave, width, height);
        expect_inside(layout.form_card, width, height);
        expect_inside(layout.overlay, width, height);
        cr_expect_geq(layout.tray.y, layout.rim.y + layout.rim.h);
        cr_expect_float_eq(layout.felt.w, layout.unit * TABLE_WIDTH, 0.5f);
        cr_expect_float_eq(layout.felt.h, layout.unit * TABLE_HEIGHT, 0.5f);
    }
}

Test(table_layout, what_is_seen_somewhere_is_meant_there)
{
    struct table_layout layout;

    table_layout_compute(&layout, 900, 700);
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

        table_layout_compute(&layout, (float)side, (float)side);
        cr_assert_gt(layout.unit, 0);
        for (unsigned slot = 0; slot < TABLE_TRAY; slot++) {
            SDL_FPoint at = table_layout_slot(&layout, slot);

            cr_assert(fabsf(at.x) < 100000 && fabsf(at.y) < 100000, "%d: %g, %g", side,
                      (double)at.x, (double)at.y);
        }
    }
}
