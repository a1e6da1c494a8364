/* test_seen: what one peer knows, and what it still has to be told is gone. */
#include "rpc/seen.h"

#include <criterion/criterion.h>

#include "tests/support/counting_mem.h"

static struct meeple__seen seen;

static void learn(uint32_t number, uint16_t view)
{
    cr_assert_eq(meeple__seen_reserve(&seen, NULL, number), 0);
    meeple__seen_learn(&seen, number, view);
}

static void end(void)
{
    meeple__seen_done(&seen, NULL);
}

TestSuite(seen, .fini = end);

Test(seen, knows_what_it_has_learned)
{
    cr_expect_eq(meeple__seen_view(&seen, 7), 0);
    learn(7, 1);
    learn(7, 2 | MEEPLE__SEEN_STALE);
    learn(1000, 1);
    cr_expect_eq(meeple__seen_view(&seen, 7), 2 | MEEPLE__SEEN_STALE);
    cr_expect_eq(seen.known, 2);
    meeple__seen_mark(&seen, 1000, MEEPLE__SEEN_MASTER);
    meeple__seen_mark(&seen, 999, MEEPLE__SEEN_MASTER);
    cr_expect_eq(meeple__seen_view(&seen, 1000), 1 | MEEPLE__SEEN_MASTER);
    cr_expect_eq(meeple__seen_view(&seen, 999), 0);
    meeple__seen_forget(&seen, 7);
    cr_expect_eq(seen.known, 1);
}

Test(seen, what_the_filter_passed_is_kept_apart)
{
    cr_expect_eq(meeple__seen_passed(&seen, 7), 0);
    learn(7, 1);
    meeple__seen_pass(&seen, 7, 5);
    learn(7, 0xff | MEEPLE__SEEN_MASTER);
    cr_expect_eq(meeple__seen_passed(&seen, 7), 5);
    cr_expect_eq(meeple__seen_view(&seen, 7), 0xff | MEEPLE__SEEN_MASTER);
    meeple__seen_forget(&seen, 7);
    cr_expect_eq(meeple__seen_passed(&seen, 7), 5, "one that is hidden is asked about, too");
    cr_expect_not(meeple__seen_remove(&seen, 7, 1));
    cr_expect_eq(meeple__seen_passed(&seen, 7), 0, "the number may be another's next");
}

Test(seen, who_was_master_is_remembered_as_long_as_the_object_is_there)
{
    learn(3, 2);
    meeple__seen_mark(&seen, 3, MEEPLE__SEEN_WAS_MASTER);
    cr_expect_eq(meeple__seen_view(&seen, 3), 2);
    learn(3, 1);
    cr_expect(meeple__seen_was_master(&seen, 3));
    meeple__seen_forget(&seen, 3);
    cr_expect(meeple__seen_was_master(&seen, 3));
    cr_expect_eq(meeple__seen_view(&seen, 3), 0);
    cr_expect_not(meeple__seen_remove(&seen, 3, 55), "it has been told already");
    cr_expect_not(meeple__seen_was_master(&seen, 3));
    cr_expect_eq(seen.gone_count, 0);
}

Test(seen, has_room_for_the_removal_of_all_it_knows)
{
    for (uint32_t number = 0; number < 100; number++) {
        learn(number, 1);
    }
    for (uint32_t number = 0; number < 100; number++) {
        cr_expect(meeple__seen_remove(&seen, number, number + 1));
    }
    cr_expect_eq(seen.gone_count, 100);
    cr_expect_eq(seen.known, 0);
    learn(5, 1);
    cr_expect(meeple__seen_remove(&seen, 5, 101));
    cr_expect_eq(seen.gone[100], 101);
}

Test(seen, what_is_gone_is_told_in_order_and_makes_room)
{
    uint32_t count, next = 1, told = 1;
    const uint32_t *gone;

    cr_expect_null(meeple__seen_gone(&seen, &count));
    for (unsigned round = 0; round < 50; round++) {
        for (uint32_t number = 0; number < 15; number++) {
            learn(number, 1);
        }
        for (uint32_t number = 0; number < 15; number++) {
            cr_expect(meeple__seen_remove(&seen, number, next++));
        }
        /* Not all of it each time. */
        for (unsigned i = 0; (gone = meeple__seen_gone(&seen, &count)) && i < 15 - round % 2; i++) {
            cr_expect_eq(gone[0], told);
            cr_expect_eq(count, next - told);
            meeple__seen_told_gone(&seen);
            told++;
        }
    }
    cr_expect_leq(seen.gone_cap, 128, "what was told takes no room");
    while ((gone = meeple__seen_gone(&seen, &count))) {
        cr_expect_eq(gone[0], told++);
        meeple__seen_told_gone(&seen);
    }
    cr_expect_eq(told, next);
    cr_expect_eq(seen.gone_count, 0);
}

Test(seen, two_have_the_same_where_they_were_told_the_same)
{
    struct meeple__seen other = {0};

    cr_expect_not(meeple__seen_same(&seen, &other, 0, 1), "there is no room");
    for (uint32_t number = 0; number < 40; number++) {
        learn(number, 1);
        cr_assert_eq(meeple__seen_reserve(&other, NULL, number), 0);
        meeple__seen_learn(&other, number, 1);
    }
    cr_expect(meeple__seen_same(&seen, &other, 0, 40));
    meeple__seen_mark(&seen, 20, MEEPLE__SEEN_WAS_MASTER);
    cr_expect(meeple__seen_same(&seen, &other, 0, 40), "that makes no difference to what is told");
    meeple__seen_pass(&other, 30, 1);
    learn(10, 3);
    cr_expect(meeple__seen_same(&seen, &other, 11, 30));
    cr_expect_not(meeple__seen_same(&seen, &other, 10, 30));
    cr_expect_not(meeple__seen_same(&seen, &other, 11, 31));
    cr_expect(meeple__seen_same(&seen, &other, 31, 64));
    cr_expect_not(meeple__seen_same(&seen, &other, 31, 65));
    meeple__seen_done(&other, NULL);
}

Test(seen, is_as_it_was_when_out_of_memory)
{
    struct counting_mem counting;

    counting_mem_init(&counting);
    for (size_t n = 1; n <= 2; n++) {
        counting_mem_fail(&counting, n);
        cr_expect_eq(meeple__seen_reserve(&seen, &counting.mem, 3), MEEPLE_ENOMEM);
    }
    cr_expect_eq(meeple__seen_reserve(&seen, &counting.mem, 3), 0);
    meeple__seen_done(&seen, &counting.mem);
    cr_expect_eq(counting.live, 0);
}

Test(seen, starts_over_with_all_it_knows)
{
    learn(3, 1);
    learn(40, 2);
    meeple__seen_mark(&seen, 3, MEEPLE__SEEN_WAS_MASTER);
    seen.from = 7;
    seen.pass = 9;
    seen.cursor = 5;
    seen.slot = 4;
    meeple__seen_start_over(&seen);
    cr_expect(seen.reset && seen.from == 0 && seen.pass == 0 && seen.cursor == 0 && seen.slot == 0);
    cr_expect_eq(meeple__seen_view(&seen, 3), 1 | MEEPLE__SEEN_AGAIN);
    cr_expect_eq(meeple__seen_view(&seen, 40), 2 | MEEPLE__SEEN_AGAIN);
    cr_expect_eq(meeple__seen_view(&seen, 4), 0);
    cr_expect(meeple__seen_was_master(&seen, 3));
    cr_expect_eq(seen.known, 2);
    learn(3, 1);
    cr_expect_eq(meeple__seen_view(&seen, 3), 1);
    cr_expect_eq(seen.known, 2);
}
