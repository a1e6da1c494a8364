/* test_view: who may see an object, and how much of it. */
#include "rpc/view.h"

#include <criterion/criterion.h>

#include <meeple/event.h>
#include <meeple/field.h>

#include "tests/support/counting_mem.h"

enum {
    ANN = 2,
    BOB,
    EVE
};

static enum meeple__level level(const struct meeple__view *view, int32_t peer)
{
    return meeple__view_level(view, MEEPLE_SERVER, peer);
}

Test(view, everyone_sees_it_at_first)
{
    struct meeple__view view = {.owner = ANN};

    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_ALL);
    cr_expect_eq(level(&view, MEEPLE_SERVER), MEEPLE__SEES_ALL);
    cr_expect_eq(meeple__view_level(&view, BOB, BOB), MEEPLE__SEES_ALL);
}

Test(view, owner_and_master_see_what_is_hidden)
{
    struct meeple__view view = {.owner = ANN};

    cr_assert_eq(meeple__view_show(&view, NULL, MEEPLE_ALL, false), 0);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_NOTHING);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_ALL);
    cr_expect_eq(meeple__view_level(&view, BOB, BOB), MEEPLE__SEES_ALL);
}

Test(view, single_peers_are_exceptions)
{
    struct meeple__view view = {.owner = MEEPLE_SERVER};

    cr_assert_eq(meeple__view_show(&view, NULL, ANN, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_NOTHING);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC);
    cr_assert_eq(meeple__view_show(&view, NULL, MEEPLE_ALL, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_NOTHING);
    cr_assert_eq(meeple__view_show(&view, NULL, EVE, true), 0);
    cr_assert_eq(meeple__view_show(&view, NULL, EVE, true), 0);
    cr_expect_eq(level(&view, EVE), MEEPLE__SEES_PUBLIC);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_NOTHING);
    cr_expect(meeple__view_forget(&view, EVE));
    cr_expect_not(meeple__view_forget(&view, EVE));
    cr_expect_eq(level(&view, EVE), MEEPLE__SEES_NOTHING);
    meeple__view_done(&view, NULL);
}

Test(view, an_owner_that_leaves_is_the_owner_no_more)
{
    struct meeple__view view = {.owner = ANN};

    cr_expect(meeple__view_forget(&view, ANN));
    cr_expect_eq(view.owner, MEEPLE_SERVER);
}

Test(view, fields_for_the_owner_are_for_who_sees_all)
{
    cr_expect(meeple__level_shows(MEEPLE__SEES_ALL, MEEPLE_OWNER_ONLY | MEEPLE_ON_SPAWN));
    cr_expect_not(meeple__level_shows(MEEPLE__SEES_PUBLIC, MEEPLE_OWNER_ONLY));
    cr_expect(meeple__level_shows(MEEPLE__SEES_PUBLIC, MEEPLE_ON_SPAWN));
    cr_expect_not(meeple__level_shows(MEEPLE__SEES_NOTHING, 0));
}

Test(view, is_as_it_was_when_out_of_memory)
{
    struct counting_mem counting;
    struct meeple__view view = {.owner = MEEPLE_SERVER};

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    cr_expect_eq(meeple__view_show(&view, &counting.mem, ANN, false), MEEPLE_ENOMEM);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC);
    for (int32_t peer = ANN; peer < 100; peer++) {
        cr_expect_eq(meeple__view_show(&view, &counting.mem, peer, false), 0);
    }
    meeple__view_done(&view, &counting.mem);
    cr_expect_eq(counting.live, 0);
}
