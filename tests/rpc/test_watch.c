/* test_watch: which objects are looked at, and in which order. */
#include "rpc/watch.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "rpc/object.h"
#include "rpc/sentence.h"
#include "rpc/state.h"
#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"

enum {
    COINS = 100
};

struct coin {
    int32_t value;
};

static const meeple_field fields[] = {MEEPLE_STATE(struct coin, value)};
static const meeple_state coin_state = {
    .fields = fields, .field_count = MEEPLE_COUNT(fields), .size = sizeof(struct coin)};
static const meeple_class coin_class = {.name = "coin", .state = &coin_state};

static struct meeple__layout *layout;
static struct meeple__watch watch;
static struct coin coins[COINS];
static meeple_object *objects[COINS];

static void begin(void)
{
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&layout, NULL, &coin_class, NULL, &why), 0);
    meeple__watch_init(&watch);
    cr_assert_eq(meeple__watch_reserve(&watch, NULL, COINS), 0);
    for (size_t i = 0; i < COINS; i++) {
        objects[i] = calloc(1, sizeof *objects[i] + 1);
        objects[i]->self = &coins[i];
        objects[i]->sequence = i + 1;
        cr_assert_eq(
            meeple__replica_new(&objects[i]->replica, NULL, layout, &coins[i], &objects[i]->self),
            0);
        objects[i]->replica->object = objects[i];
    }
}

static void end(void)
{
    for (size_t i = 0; i < COINS; i++) {
        meeple__watch_drop(&watch, objects[i]->replica);
        meeple__replica_free(objects[i]->replica, NULL, NULL);
        free(objects[i]);
    }
    meeple__watch_done(&watch, NULL);
    free(layout);
}

TestSuite(watch, .init = begin, .fini = end);

static void compare(size_t i, bool yes)
{
    meeple__watch_compare(&watch, objects[i]->replica, yes);
}

/* What is gathered is exactly those. */
static void expect_gathered(const bool *expected)
{
    struct meeple__list list;
    size_t at = 0;

    meeple__list_init(&list);
    meeple__watch_find(&watch);
    meeple__watch_gather(&watch, &list);
    while (!meeple__list_empty(&list)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(list.next, struct meeple__replica, named);

        meeple__list_remove(list.next);
        while (at < COINS && !expected[at]) {
            at++;
        }
        cr_assert_lt(at, COINS);
        cr_expect_eq(replica->object, objects[at]);
        at++;
    }
    while (at < COINS) {
        cr_expect_not(expected[at++]);
    }
}

Test(watch, finds_those_that_are_compared_and_differ)
{
    bool expected[COINS] = {false};

    expect_gathered(expected);
    cr_expect_not(meeple__watch_any(&watch));
    compare(3, true), compare(4, true), compare(4, true);
    coins[2].value = coins[4].value = 7;
    expected[4] = true;
    cr_expect(meeple__watch_any(&watch));
    expect_gathered(expected);
    compare(4, false);
    expected[4] = false;
    cr_expect_not(meeple__watch_any(&watch));
    expect_gathered(expected);
}

Test(watch, finds_those_that_were_named_once)
{
    bool expected[COINS] = {[5] = true, [6] = true};

    compare(6, true);
    coins[6].value++;
    meeple__watch_name(&watch, objects[6]->replica);
    meeple__watch_name(&watch, objects[5]->replica);
    meeple__watch_name(&watch, objects[5]->replica);
    cr_expect(meeple__watch_any(&watch));
    expect_gathered(expected);
    expected[5] = false;
    expect_gathered(expected);
    meeple__watch_name(&watch, objects[5]->replica);
    meeple__watch_drop(&watch, objects[5]->replica);
    expect_gathered(expected);
}

Test(watch, gives_them_in_the_order_of_spawning_whatever_was_named_first)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct prng prng = {.state = seed};
        bool expected[COINS] = {false};

        for (size_t n = prng_below(&prng, 200); n > 0; n--) {
            size_t i = prng_below(&prng, COINS);

            switch (prng_below(&prng, 4)) {
            case 0:
                compare(i, !objects[i]->replica->compared);
                break;
            case 1:
                coins[i].value = !coins[i].value;
                break;
            case 2:
                meeple__watch_name(&watch, objects[i]->replica);
                break;
            default:
                meeple__watch_drop(&watch, objects[i]->replica);
            }
        }
        for (size_t i = 0; i < COINS; i++) {
            expected[i] = !meeple__list_empty(&objects[i]->replica->named) ||
                          (objects[i]->replica->compared && coins[i].value != 0);
        }
        expect_gathered(expected);
    }
}

Test(watch, has_no_room_when_out_of_memory)
{
    struct meeple__watch other;
    struct counting_mem counting;

    counting_mem_init(&counting);
    meeple__watch_init(&other);
    cr_expect_eq(meeple__watch_reserve(&other, &counting.mem, 16), 0);
    counting_mem_fail(&counting, 1);
    cr_expect_eq(meeple__watch_reserve(&other, &counting.mem, 16), 0);
    cr_expect_eq(meeple__watch_reserve(&other, &counting.mem, 17), MEEPLE_ENOMEM);
    cr_expect_eq(other.cap, 16);
    meeple__watch_done(&other, &counting.mem);
    cr_expect_eq(counting.live, 0);
}
