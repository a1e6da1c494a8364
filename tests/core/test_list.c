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

static bool is_less(const struct meeple__list *link, const struct meeple__list *other)
{
    return MEEPLE__CONTAINER_CONST(link, struct member, link)->number <
           MEEPLE__CONTAINER_CONST(other, struct member, link)->number;
}

Test(list, sorting_none_and_one_changes_nothing)
{
    meeple__list_sort(&head, is_less);
    cr_assert(meeple__list_empty(&head));
    meeple__list_append(&head, &members[2].link);
    meeple__list_sort(&head, is_less);
    cr_assert_eq(digits(), 92);
}

Test(list, members_of_every_order_are_sorted)
{
    for (int order = 0; order < 4 * 4 * 4 * 4; order++) {
        bool there[4] = {false};

        /* Each digit of the order is who comes next, unless it is there already. */
        for (int rest = order, i = 0; i < 4; i++, rest /= 4) {
            if (!there[rest % 4]) {
                there[rest % 4] = true;
                meeple__list_append(&head, &members[rest % 4].link);
            }
        }
        meeple__list_sort(&head, is_less);
        for (struct meeple__list *at = head.next; at->next != &head; at = at->next) {
            cr_assert(is_less(at, at->next));
        }
        for (int i = 0; i < 4; i++) {
            cr_assert_neq(meeple__list_empty(&members[i].link), there[i]);
            meeple__list_remove(&members[i].link);
        }
        cr_assert(meeple__list_empty(&head));
    }
}

Test(list, sorting_many_keeps_all_of_them_and_the_order_of_equals)
{
    static struct member many[1000];
    struct meeple__list *at;
    int count = 0;

    for (int i = 0; i < 1000; i++) {
        many[i].number = i * 7919 % 100;
        meeple__list_init(&many[i].link);
        meeple__list_append(&head, &many[i].link);
    }
    meeple__list_sort(&head, is_less);
    for (at = head.next; at != &head; at = at->next, count++) {
        cr_assert_eq(at->next->prev, at);
        cr_assert_eq(at->prev->next, at);
        cr_assert(at->next == &head || is_less(at, at->next) ||
                  (!is_less(at->next, at) && at < at->next));
    }
    cr_assert_eq(count, 1000);
}
