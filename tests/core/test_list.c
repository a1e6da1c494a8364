/* test_list: the intrusive ring. */
#include "core/list.h"

#include <criterion/criterion.h>
#include <signal.h>

struct member {
    int number;
    struct meeple__list link;
};

static struct meeple__list head;
static struct member members[4];

static void setup(void)
{
    meeple__list_init(&head);
    for (int i = 0; i < 4; i++) {
        members[i].number = i;
        meeple__list_init(&members[i].link);
    }
}

/* The numbers of the members as decimal digits, first to last; 9 at the front so that 0 shows. */
static int digits(void)
{
    int sum = 9;

    for (struct meeple__list *at = head.next; at != &head; at = at->next) {
        cr_assert_eq(at->next->prev, at);
        sum = sum * 10 + MEEPLE__CONTAINER(at, struct member, link)->number;
    }
    return sum;
}

TestSuite(list, .init = setup);

Test(list, a_new_head_is_empty)
{
    cr_assert(meeple__list_empty(&head));
    cr_assert_eq(digits(), 9);
}

Test(list, members_stand_in_the_order_they_came)
{
    for (int i = 0; i < 4; i++) {
        meeple__list_append(&head, &members[i].link);
    }
    cr_assert_not(meeple__list_empty(&head));
    cr_assert_eq(digits(), 90123);
}

Test(list, any_member_can_go_and_come_back_at_the_end)
{
    for (int i = 0; i < 4; i++) {
        meeple__list_append(&head, &members[i].link);
    }
    meeple__list_remove(&members[1].link);
    cr_assert_eq(digits(), 9023);
    meeple__list_remove(&members[0].link);
    meeple__list_remove(&members[3].link);
    cr_assert_eq(digits(), 92);
    meeple__list_append(&head, &members[1].link);
    cr_assert_eq(digits(), 921);
    meeple__list_remove(&members[1].link);
    meeple__list_remove(&members[2].link);
    cr_assert(meeple__list_empty(&head));
}

Test(list, removing_what_is_in_no_list_does_nothing)
{
    meeple__list_append(&head, &members[0].link);
    meeple__list_remove(&members[1].link);
    meeple__list_remove(&members[1].link);
    cr_assert_eq(digits(), 90);
}

Test(list, appending_what_is_in_a_list_is_a_bug_that_stops, .signal = SIGABRT)
{
    meeple__list_append(&head, &members[0].link);
    meeple__list_append(&head, &members[1].link);
    meeple__list_append(&head, &members[0].link);
}
