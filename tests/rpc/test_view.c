/* test_view: who may see an object, and how much of it. */
#include "rpc/view.h"

#include <criterion/criterion.h>

#include <meeple/event.h>
#include <meeple/field.h>

#include "tests/support/counting_mem.h"

enum {
    ANN = 2,
    BOB,
    EVE,
    ALL = MEEPLE__SEES_ALL,
    GROUP_1 = 4,
    GROUP_2 = 8
};

/* What the peer sees without a filter. */
static uint8_t level(const struct meeple__view *view, int32_t peer)
{
    return meeple__view_level(view, MEEPLE_SERVER, peer, MEEPLE__SEES_ALL);
}

static int show(struct meeple__view *view, unsigned group, int32_t peer, bool shown)
{
    return meeple__view_show(view, NULL, group, peer, shown);
}

static struct meeple__view view_of(int32_t owner)
{
    struct meeple__view view;

    meeple__view_init(&view, ALL);
    view.owner = owner;
    return view;
}

Test(view, everyone_sees_it_at_first_and_no_group)
{
    struct meeple__view view = view_of(ANN);

    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC);
    cr_expect_eq(level(&view, ANN), ALL);
    cr_expect_eq(level(&view, MEEPLE_SERVER), ALL);
    cr_expect_eq(meeple__view_level(&view, BOB, BOB, 0), ALL, "nobody asks about the master");
}

Test(view, owner_and_master_see_what_is_hidden)
{
    struct meeple__view view = view_of(ANN);

    cr_assert_eq(show(&view, 0, MEEPLE_ALL, false), 0);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_NOTHING);
    cr_expect_eq(level(&view, ANN), ALL);
    cr_expect_eq(meeple__view_level(&view, BOB, BOB, 0), ALL);
}

Test(view, single_peers_are_exceptions)
{
    struct meeple__view view = view_of(MEEPLE_SERVER);

    cr_assert_eq(show(&view, 0, ANN, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_NOTHING);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC);
    cr_assert_eq(show(&view, 0, MEEPLE_ALL, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_NOTHING);
    cr_assert_eq(show(&view, 0, EVE, true), 0);
    cr_assert_eq(show(&view, 0, EVE, true), 0);
    cr_expect_eq(level(&view, EVE), MEEPLE__SEES_PUBLIC);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_NOTHING);
    cr_expect(meeple__view_forget(&view, EVE));
    cr_expect_not(meeple__view_forget(&view, EVE));
    cr_expect_eq(level(&view, EVE), MEEPLE__SEES_NOTHING);
    meeple__view_done(&view, NULL);
}

Test(view, groups_are_shown_one_by_one)
{
    struct meeple__view view = view_of(MEEPLE_SERVER);

    cr_assert_eq(show(&view, 1, ANN, true), 0);
    cr_assert_eq(show(&view, 2, MEEPLE_ALL, true), 0);
    cr_assert_eq(show(&view, 2, BOB, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC | GROUP_1 | GROUP_2);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC);
    cr_expect_eq(level(&view, EVE), MEEPLE__SEES_PUBLIC | GROUP_2);
    cr_assert_eq(show(&view, 2, MEEPLE_ALL, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC | GROUP_1, "of another group");
    cr_assert_eq(show(&view, 2, BOB, true), 0);
    cr_assert_eq(show(&view, 0, ANN, false), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_NOTHING, "a group of what it does not see");
    cr_assert_eq(show(&view, 0, MEEPLE_ALL, true), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC | GROUP_1);
    cr_expect_eq(level(&view, BOB), MEEPLE__SEES_PUBLIC | GROUP_2);
    cr_expect_eq(view.count, 2);
    cr_assert_eq(show(&view, 1, ANN, false), 0);
    cr_assert_eq(show(&view, 2, BOB, false), 0);
    cr_expect_eq(view.count, 0, "nobody is an exception any more");
    meeple__view_done(&view, NULL);
}

Test(view, a_group_that_the_class_has_not_is_never_seen)
{
    struct meeple__view view;

    meeple__view_init(&view, MEEPLE__SEES_PUBLIC | GROUP_2);
    cr_assert_eq(show(&view, 1, MEEPLE_ALL, true), 0);
    cr_assert_eq(show(&view, 2, MEEPLE_ALL, true), 0);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC | GROUP_2);
    cr_expect_eq(level(&view, MEEPLE_SERVER), MEEPLE__SEES_PUBLIC | GROUP_2);
}

Test(view, a_filter_only_takes_away)
{
    struct meeple__view view = view_of(ANN);

    cr_assert_eq(show(&view, 1, MEEPLE_ALL, true), 0);
    cr_expect_eq(meeple__view_level(&view, MEEPLE_SERVER, BOB, MEEPLE__SEES_PUBLIC),
                 MEEPLE__SEES_PUBLIC);
    cr_expect_eq(meeple__view_level(&view, MEEPLE_SERVER, BOB, MEEPLE__SEES_PUBLIC | GROUP_2),
                 MEEPLE__SEES_PUBLIC);
    cr_expect_eq(meeple__view_level(&view, MEEPLE_SERVER, BOB, GROUP_1), MEEPLE__SEES_NOTHING);
    cr_expect_eq(meeple__view_level(&view, MEEPLE_SERVER, ANN, 0), ALL);
}

Test(view, an_owner_that_leaves_is_the_owner_no_more)
{
    struct meeple__view view = view_of(ANN);

    cr_expect(meeple__view_forget(&view, ANN));
    cr_expect_eq(view.owner, MEEPLE_SERVER);
}

Test(view, fields_are_for_who_sees_their_group)
{
    cr_expect(meeple__level_shows(MEEPLE__SEES_ALL, MEEPLE_OWNER_ONLY | MEEPLE_ON_SPAWN));
    cr_expect_not(meeple__level_shows(MEEPLE__SEES_PUBLIC, MEEPLE_OWNER_ONLY));
    cr_expect(meeple__level_shows(MEEPLE__SEES_PUBLIC, MEEPLE_ON_SPAWN));
    cr_expect_not(meeple__level_shows(MEEPLE__SEES_NOTHING, 0));
    for (unsigned group = 1; group <= MEEPLE_GROUPS_MAX; group++) {
        uint8_t bit = meeple__group_bit(group);
        uint16_t flags = (uint16_t)(group << 8 | MEEPLE_ON_SPAWN);

        cr_expect_eq(meeple__flags_group(flags), group);
        cr_expect(meeple__level_shows(MEEPLE__SEES_PUBLIC | bit, flags));
        cr_expect_not(meeple__level_shows(bit, flags), "without the object");
        cr_expect_not(meeple__level_shows(MEEPLE__SEES_ALL & ~bit, flags));
    }
}

Test(view, is_common_as_long_as_nobody_sees_it_otherwise)
{
    struct meeple__view view;

    meeple__view_init(&view, MEEPLE__SEES_PUBLIC);
    cr_expect(meeple__view_is_common(&view, false));
    cr_expect(meeple__view_is_common(&view, true), "who passes the same sees the same");
    view.owner = ANN;
    cr_expect(meeple__view_is_common(&view, false), "nothing is for the owner only");
    cr_expect_not(meeple__view_is_common(&view, true), "the owner is not asked about");
    view = view_of(ANN);
    cr_expect_not(meeple__view_is_common(&view, false), "there are fields that others do not see");
    view = view_of(MEEPLE_SERVER);
    cr_expect(meeple__view_is_common(&view, false));
    cr_assert_eq(meeple__view_show(&view, NULL, 0, ANN, false), 0);
    cr_expect_not(meeple__view_is_common(&view, false));
    cr_assert_eq(meeple__view_show(&view, NULL, 0, MEEPLE_ALL, false), 0);
    cr_expect(meeple__view_is_common(&view, false), "nobody sees it");
    meeple__view_done(&view, NULL);
}

Test(view, is_as_it_was_when_out_of_memory)
{
    struct counting_mem counting;
    struct meeple__view view = view_of(MEEPLE_SERVER);

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    cr_expect_eq(meeple__view_show(&view, &counting.mem, 0, ANN, false), MEEPLE_ENOMEM);
    cr_expect_eq(level(&view, ANN), MEEPLE__SEES_PUBLIC);
    for (int32_t peer = ANN; peer < 100; peer++) {
        cr_expect_eq(meeple__view_show(&view, &counting.mem, 3, peer, true), 0);
    }
    meeple__view_done(&view, &counting.mem);
    cr_expect_eq(counting.live, 0);
}
