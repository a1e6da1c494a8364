/* test_roster: who is there, and whom a packet reaches. */
#include "transport/roster.h"

#include <criterion/criterion.h>

#include "tests/support/counting_mem.h"

enum {
    MANY = 500
};

Test(roster, whom_a_packet_reaches)
{
    static const struct {
        int32_t from, to, id;
        bool reaches;
    } rows[] = {
        /* one */
        {1, 5, 5, true},
        {1, 5, 6, false},
        {7, 1, 1, true},
        {7, 1, 5, false},
        /* oneself never */
        {5, 5, 5, false},
        {5, MEEPLE_ALL, 5, false},
        {5, MEEPLE_EXCEPT(6), 5, false},
        {1, MEEPLE_ALL, 1, false},
        /* all */
        {1, MEEPLE_ALL, 5, true},
        {5, MEEPLE_ALL, 1, true},
        {5, MEEPLE_ALL, 6, true},
        /* all but one: Godot 3 excludes the wrong one here */
        {1, MEEPLE_EXCEPT(5), 5, false},
        {1, MEEPLE_EXCEPT(5), 6, true},
        {5, MEEPLE_EXCEPT(1), 1, false},
        {5, MEEPLE_EXCEPT(1), 6, true},
        {5, MEEPLE_EXCEPT(6), 1, true},
        {5, MEEPLE_EXCEPT(5), 6, true},
        {5, MEEPLE_EXCEPT(5), 1, true},
        /* the bounds */
        {1, INT32_MAX, INT32_MAX, true},
        {1, -INT32_MAX, INT32_MAX, false},
        {1, INT32_MIN, INT32_MAX, true},
        {1, INT32_MIN, 5, true},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        cr_assert_eq(meeple__reaches(rows[i].from, rows[i].to, rows[i].id), rows[i].reaches,
                     "from %d to %d: %d", (int)rows[i].from, (int)rows[i].to, (int)rows[i].id);
    }
    cr_assert(meeple__is_many(MEEPLE_ALL));
    cr_assert(meeple__is_many(MEEPLE_EXCEPT(3)));
    cr_assert_not(meeple__is_many(1));
}

Test(roster, starts_empty)
{
    struct meeple__roster roster;

    meeple__roster_init(&roster);
    cr_assert_eq(roster.count, 0);
    cr_assert_null(meeple__roster_next(&roster, NULL));
    cr_assert_null(meeple__roster_find(&roster, 1));
    cr_assert_null(meeple__roster_find(&roster, 0));
    cr_assert_null(meeple__roster_find(&roster, INT32_MIN));
    cr_assert_eq(meeple__roster_ids(&roster, NULL, 0), 0);
    meeple__roster_done(&roster, NULL);
}

Test(roster, keeps_the_order_of_joining)
{
    struct meeple__roster roster;
    struct meeple__member a = {0}, b = {0}, c = {0};
    int32_t ids[3] = {0, 0, 77};

    meeple__roster_init(&roster);
    cr_assert_eq(meeple__roster_add(&roster, NULL, &a, 30), 0);
    cr_assert_eq(meeple__roster_add(&roster, NULL, &b, INT32_MAX), 0);
    cr_assert_eq(meeple__roster_add(&roster, NULL, &c, 2), 0);
    cr_assert_eq(meeple__roster_ids(&roster, ids, 2), 3);
    cr_assert(ids[0] == 30 && ids[1] == INT32_MAX && ids[2] == 77);
    meeple__roster_remove(&roster, &b);
    cr_assert_eq(b.id, 0);
    cr_assert_null(meeple__roster_find(&roster, INT32_MAX));
    cr_assert_eq(meeple__roster_add(&roster, NULL, &b, 1), 0);
    cr_assert_eq(meeple__roster_ids(&roster, ids, 3), 3);
    cr_assert(ids[0] == 30 && ids[1] == 2 && ids[2] == 1);
    meeple__roster_remove(&roster, &a);
    meeple__roster_remove(&roster, &b);
    meeple__roster_remove(&roster, &c);
    meeple__roster_done(&roster, NULL);
}

Test(roster, finds_every_one_of_many)
{
    static struct meeple__member members[MANY];
    struct meeple__roster roster;
    struct counting_mem mem;
    struct meeple__member *member = NULL;
    size_t walked = 0;

    counting_mem_init(&mem);
    meeple__roster_init(&roster);
    for (int32_t i = 0; i < MANY; i++) {
        cr_assert_eq(meeple__roster_add(&roster, &mem.mem, &members[i], 1 + i * 4294967), 0);
    }
    for (int32_t i = 0; i < MANY; i++) {
        cr_assert_eq(meeple__roster_find(&roster, 1 + i * 4294967), &members[i]);
        cr_assert_null(meeple__roster_find(&roster, 2 + i * 4294967));
        cr_assert_null(meeple__roster_find(&roster, -(1 + i * 4294967)));
    }
    while ((member = meeple__roster_next(&roster, member))) {
        cr_assert_eq(member, &members[walked]);
        walked++;
    }
    cr_assert_eq(walked, MANY);
    for (size_t i = 0; i < MANY; i += 2) {
        meeple__roster_remove(&roster, &members[i]);
    }
    cr_assert_eq(roster.count, MANY / 2);
    for (size_t i = 1; i < MANY; i += 2) {
        meeple__roster_remove(&roster, &members[i]);
    }
    meeple__roster_done(&roster, &mem.mem);
    cr_assert_eq(mem.live, 0);
}

Test(roster, out_of_memory_leaves_it_as_it_was)
{
    struct meeple__roster roster;
    struct meeple__member member = {0};
    struct counting_mem mem;

    counting_mem_init(&mem);
    meeple__roster_init(&roster);
    counting_mem_fail(&mem, 1);
    cr_assert_eq(meeple__roster_add(&roster, &mem.mem, &member, 5), MEEPLE_ENOMEM);
    cr_assert_eq(member.id, 0);
    cr_assert_eq(roster.count, 0);
    cr_assert_null(meeple__roster_find(&roster, 5));
    cr_assert_null(meeple__roster_next(&roster, NULL));
    cr_assert_eq(meeple__roster_add(&roster, &mem.mem, &member, 5), 0);
    meeple__roster_remove(&roster, &member);
    meeple__roster_done(&roster, &mem.mem);
    cr_assert_eq(mem.live, 0);
}
