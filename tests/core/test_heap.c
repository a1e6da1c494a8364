/* test_heap: deadlines against a search of all. */
#include "core/heap.h"
#include "tests/support/counting_mem.h"

#include <criterion/criterion.h>

static struct counting_mem counting;
static struct meeple__heap heap;

static void setup(void)
{
    counting_mem_init(&counting);
    heap = (struct meeple__heap){0};
}

static void teardown(void)
{
    meeple__heap_done(&heap, &counting.mem);
    cr_assert_eq(counting.live, 0);
}

/* Every member knows its place, and none is earlier than its parent. */
static void in_order(void)
{
    for (uint32_t place = 1; place <= heap.count; place++) {
        cr_assert_eq(heap.items[place - 1]->place, place);
        cr_assert(place == 1 || heap.items[place / 2 - 1]->at_ms <= heap.items[place - 1]->at_ms);
    }
}

TestSuite(heap, .init = setup, .fini = teardown);

Test(heap, an_empty_one_has_no_first)
{
    cr_assert_null(meeple__heap_first(&heap));
    cr_assert_eq(counting.calls, 0);
}

Test(heap, the_earliest_is_first_in_whatever_order_they_come)
{
    struct meeple__deadline deadlines[100] = {0};

    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 100), 0);
    for (uint64_t i = 0; i < 100; i++) {
        meeple__heap_set(&heap, &deadlines[i], i * 37 % 100);
    }
    for (uint64_t at = 0; at < 100; at++) {
        struct meeple__deadline *first = meeple__heap_first(&heap);

        cr_assert_eq(first->at_ms, at);
        meeple__heap_set(&heap, first, UINT64_MAX);
        cr_assert_eq(first->place, 0);
    }
    cr_assert_null(meeple__heap_first(&heap));
}

Test(heap, a_deadline_can_be_moved_both_ways)
{
    struct meeple__deadline a = {0}, b = {0}, c = {0};

    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 3), 0);
    meeple__heap_set(&heap, &a, 10);
    meeple__heap_set(&heap, &b, 20);
    meeple__heap_set(&heap, &c, 30);
    meeple__heap_set(&heap, &c, 5);
    cr_assert_eq(meeple__heap_first(&heap), &c);
    meeple__heap_set(&heap, &c, 15);
    cr_assert_eq(meeple__heap_first(&heap), &a);
    meeple__heap_set(&heap, &a, 16);
    cr_assert_eq(meeple__heap_first(&heap), &c);
    meeple__heap_set(&heap, &c, 15);
    cr_assert_eq(meeple__heap_first(&heap), &c);
}

Test(heap, taking_out_what_is_not_in_does_nothing)
{
    struct meeple__deadline a = {0};

    meeple__heap_set(&heap, &a, UINT64_MAX);
    cr_assert_null(meeple__heap_first(&heap));
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 1), 0);
    meeple__heap_set(&heap, &a, 0);
    meeple__heap_set(&heap, &a, UINT64_MAX);
    meeple__heap_set(&heap, &a, UINT64_MAX);
    cr_assert_null(meeple__heap_first(&heap));
    /* And in again, at the time it had. */
    meeple__heap_set(&heap, &a, 0);
    cr_assert_eq(meeple__heap_first(&heap), &a);
}

Test(heap, random_steps_agree_with_a_search_of_all)
{
    static struct meeple__deadline deadlines[50];
    uint64_t at_ms[50];
    uint32_t random = 99;

    for (size_t i = 0; i < 50; i++) {
        at_ms[i] = UINT64_MAX;
    }
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 50), 0);
    for (int step = 0; step < 50000; step++) {
        const struct meeple__deadline *first;
        uint64_t least = UINT64_MAX;
        uint32_t i;

        random = random * 1664525U + 1013904223U;
        i = (random >> 24) % 50;
        at_ms[i] = random >> 8 & 3 ? random >> 10 & 63 : UINT64_MAX;
        meeple__heap_set(&heap, &deadlines[i], at_ms[i]);
        for (size_t j = 0; j < 50; j++) {
            least = at_ms[j] < least ? at_ms[j] : least;
            cr_assert_eq(deadlines[j].place == 0, at_ms[j] == UINT64_MAX);
        }
        in_order();
        first = meeple__heap_first(&heap);
        cr_assert_eq(first ? first->at_ms : UINT64_MAX, least);
    }
}

Test(heap, room_that_was_reserved_is_not_asked_for_again)
{
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 5), 0);
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 5), 0);
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 0), 0);
    cr_assert_eq(counting.calls, 1);
}

Test(heap, out_of_memory_leaves_it_as_it_was)
{
    static struct meeple__deadline deadlines[16];

    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 1), MEEPLE_ENOMEM);
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 16), 0);
    for (size_t i = 0; i < 16; i++) {
        meeple__heap_set(&heap, &deadlines[i], 16 - i);
    }
    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple__heap_reserve(&heap, &counting.mem, 17), MEEPLE_ENOMEM);
    cr_assert_eq(meeple__heap_first(&heap), &deadlines[15]);
}
