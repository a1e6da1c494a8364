/* test_state: the two copies of an object's state, and what differs between them. */
#include "rpc/state.h"

#include <criterion/criterion.h>

#include <string.h>

#include "rpc/sentence.h"
#include "tests/support/counting_mem.h"

struct card {
    char label[4];
    int32_t value;
    char text[6];
    uint8_t dots[4];
    int64_t local;
};

static const meeple_field fields[] = {
    MEEPLE_STATE(struct card, label, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct card, value, .max = 9),
    MEEPLE_STATE(struct card, text),
    MEEPLE_STATE(struct card, dots, .flags = MEEPLE_OWNER_ONLY),
};
static const meeple_state card_state = {
    .fields = fields, .field_count = MEEPLE_COUNT(fields), .size = sizeof(struct card)};
static const meeple_class card_class = {.name = "card", .state = &card_state};

static struct meeple__layout *layout;
static struct meeple__replica *replica;
static struct card card = {.label = "ace", .value = 1, .text = "one"};
static struct meeple__sentence why;

static void begin(void)
{
    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&layout, NULL, &card_class, NULL, &why), 0);
    cr_assert_eq(meeple__replica_new(&replica, NULL, layout, &card, NULL), 0);
}

static void end(void)
{
    meeple__replica_free(replica, NULL, NULL);
    free(layout);
}

TestSuite(state, .init = begin, .fini = end);

static const struct card *shadow(void)
{
    return (const struct card *)(const void *)replica->shadow;
}

static bool changed(size_t offset, size_t size)
{
    return meeple_changes_touch(&(meeple_changes){layout, replica->changes}, offset, size);
}

static bool collect(uint64_t stamp)
{
    bool any;

    cr_expect_eq(meeple__replica_collect(replica, NULL, &card, stamp, &any, &why), 0);
    return any;
}

Test(state, finds_what_has_changed)
{
    cr_expect_not(meeple__replica_differs(replica, &card));
    card.value = 2;
    card.dots[2] = 7;
    cr_expect(meeple__replica_differs(replica, &card));
    cr_expect(collect(5));
    cr_expect_not(collect(6));
    cr_expect_eq(shadow()->value, 2);
    cr_expect_eq(shadow()->dots[2], 7);
    cr_expect_eq(replica->stamps[1], 5);
    cr_expect_eq(replica->stamps[2], 0);
    cr_expect_eq(replica->stamps[5], 5);
    cr_expect(changed(offsetof(struct card, value), 1));
    cr_expect(changed(offsetof(struct card, dots), 4));
    cr_expect(changed(offsetof(struct card, dots) + 2, 1));
    cr_expect_not(changed(offsetof(struct card, dots) + 3, 1));
    cr_expect_not(changed(offsetof(struct card, dots), 2));
    cr_expect_not(changed(offsetof(struct card, local), 8));
    cr_expect_not(changed(1, SIZE_MAX));
    cr_expect_not(meeple_changes_touch(NULL, 0, 1));
}

Test(state, does_not_look_at_what_is_only_spawned_or_no_state)
{
    strcpy(card.label, "two");
    card.local = 99;
    cr_expect_not(meeple__replica_differs(replica, &card));
    cr_expect_str_eq(shadow()->label, "ace");
}

Test(state, what_is_behind_a_text_is_no_change)
{
    card.text[4] = 'x';
    cr_expect_not(meeple__replica_differs(replica, &card));
    cr_expect_not(collect(5));
    strcpy(card.text, "two");
    cr_expect(collect(5));
    cr_expect_str_eq(shadow()->text, "two");
}

Test(state, what_is_out_of_bounds_stays_and_is_said_once)
{
    card.value = 10;
    cr_expect_not(meeple__replica_differs(replica, &card));
    cr_expect_not(collect(5));
    cr_expect_str_eq(why.text, "field 'value' is 10, allowed 0..9");
    meeple__sentence_init(&why);
    card.dots[0] = 1;
    cr_expect(meeple__replica_differs(replica, &card));
    cr_expect(collect(6));
    cr_expect_str_eq(why.text, "");
    cr_expect_eq(shadow()->value, 1);
    card.value = 9;
    cr_expect(collect(7));
    card.value = 11;
    collect(8);
    cr_expect_str_eq(why.text, "field 'value' is 11, allowed 0..9");
}

Test(state, takes_over_what_came_in_and_nothing_else)
{
    struct card *copy = (struct card *)(void *)replica->shadow;

    copy->value = 4;
    copy->dots[1] = 1;
    meeple__replica_mark(replica, 1);
    meeple__replica_mark(replica, 2);
    cr_expect(meeple__replica_commit(replica, NULL, &card, 9));
    cr_expect_eq(card.value, 4);
    cr_expect_eq(card.dots[1], 0);
    cr_expect(changed(offsetof(struct card, value), 4));
    cr_expect_not(changed(offsetof(struct card, text), 6), "the same again is no change");
    cr_expect_eq(replica->stamps[1], 9);
    cr_expect_eq(replica->stamps[2], 9);
    cr_expect_not(meeple__replica_commit(replica, NULL, &card, 10));
}

Test(state, hides_what_is_seen_no_more)
{
    memset(card.dots, 5, sizeof card.dots);
    collect(1);
    meeple__replica_hide(replica, NULL, MEEPLE__SEES_PUBLIC);
    cr_expect(meeple__replica_commit(replica, NULL, &card, 0));
    cr_expect_eq(card.dots[0] | card.dots[3], 0);
    cr_expect_eq(card.value, 1);
}

Test(state, is_not_there_when_out_of_memory)
{
    for (size_t n = 1; n <= 5; n++) {
        struct counting_mem counting;
        struct meeple__replica *other = NULL;
        void *self = NULL;
        int rc;

        counting_mem_init(&counting);
        counting_mem_fail(&counting, n);
        rc = meeple__replica_new(&other, &counting.mem, layout, NULL, &self);
        cr_expect_eq(rc, n <= 4 ? MEEPLE_ENOMEM : 0);
        if (rc == 0) {
            meeple__replica_free(other, &counting.mem, self);
        }
        cr_expect_eq(counting.live, 0);
    }
}
