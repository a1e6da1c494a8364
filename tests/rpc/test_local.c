/* test_local: the queue of what waits for the poll. */
#include "rpc/local.h"

#include <criterion/criterion.h>

#include <string.h>

#include "tests/support/counting_mem.h"

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

static int add(struct meeple__local_queue *queue, uint32_t number, const char *args)
{
    struct meeple__local local = {.number = number, .len = (uint32_t)strlen(args)};

    return meeple__local_add(queue, NULL, &local, text(args), 1000);
}

static void expect_next(struct meeple__local_queue *queue, uint32_t number, const char *args)
{
    struct meeple__local local;
    meeple_bytes bytes;

    cr_assert(meeple__local_first(queue, &local, &bytes));
    cr_expect_eq(local.number, number);
    cr_expect_eq(bytes.len, strlen(args));
    cr_expect_arr_eq(bytes.ptr, args, bytes.len);
    meeple__local_next(queue);
}

Test(local, gives_back_in_order)
{
    struct meeple__local_queue queue = {0};
    struct meeple__local local;
    meeple_bytes bytes;

    cr_expect(meeple__local_empty(&queue));
    cr_expect_eq(add(&queue, 1, "one"), 0);
    cr_expect_eq(add(&queue, 2, ""), 0);
    expect_next(&queue, 1, "one");
    cr_expect_eq(add(&queue, 3, "three"), 0);
    expect_next(&queue, 2, "");
    cr_expect_not(meeple__local_empty(&queue));
    expect_next(&queue, 3, "three");
    cr_expect(meeple__local_empty(&queue));
    cr_expect_not(meeple__local_first(&queue, &local, &bytes));
    meeple__local_done(&queue, NULL);
}

Test(local, keeps_arguments_in_place_while_more_is_added)
{
    struct meeple__local_queue queue = {0};
    struct meeple__local local;
    meeple_bytes bytes;

    cr_assert_eq(add(&queue, 1, "stay"), 0);
    cr_assert(meeple__local_first(&queue, &local, &bytes));
    meeple__local_next(&queue);
    for (uint32_t i = 0; i < 10; i++) {
        cr_assert_eq(add(&queue, i, "0123456789"), 0);
    }
    cr_expect_arr_eq(bytes.ptr, "stay", 4);
    meeple__local_done(&queue, NULL);
}

Test(local, is_full_at_its_limit_and_takes_again_what_was_run)
{
    struct meeple__local_queue queue = {0};
    uint32_t count = 0;

    while (add(&queue, count, "0123456789") == 0) {
        count++;
    }
    cr_expect_eq(count, 1000 / (sizeof(struct meeple__local) + 10));
    cr_expect_eq(add(&queue, count, "0123456789"), MEEPLE_EFULL);
    expect_next(&queue, 0, "0123456789");
    cr_expect_eq(add(&queue, count, "0123456789"), 0);
    for (uint32_t i = 1; i <= count; i++) {
        expect_next(&queue, i, "0123456789");
    }
    cr_expect(meeple__local_empty(&queue));
    meeple__local_done(&queue, NULL);
}

Test(local, takes_the_newest_out_again)
{
    struct meeple__local_queue queue = {0};

    cr_assert_eq(add(&queue, 1, "one"), 0);
    cr_assert_eq(add(&queue, 2, "second"), 0);
    meeple__local_undo(&queue, 6);
    cr_assert_eq(add(&queue, 3, "three"), 0);
    expect_next(&queue, 1, "one");
    expect_next(&queue, 3, "three");
    meeple__local_done(&queue, NULL);
}

Test(local, is_as_it_was_when_out_of_memory)
{
    for (size_t n = 1; n <= 2; n++) {
        struct counting_mem counting;
        struct meeple__local_queue queue = {0};
        struct meeple__local local = {.len = 200};
        uint8_t args[200] = {0};

        counting_mem_init(&counting);
        counting_mem_fail(&counting, n);
        cr_expect_eq(meeple__local_add(&queue, &counting.mem, &local,
                                       (meeple_bytes){args, sizeof args}, 1000),
                     MEEPLE_ENOMEM);
        cr_expect(meeple__local_empty(&queue));
        meeple__local_done(&queue, &counting.mem);
        cr_expect_eq(counting.live, 0);
    }
}
