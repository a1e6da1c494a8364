/* test_buf: growing bytes and their ceiling. */
#include "core/buf.h"
#include "tests/support/counting_mem.h"

#include <criterion/criterion.h>
#include <string.h>

static struct counting_mem counting;
static struct meeple__buf buf;

static void setup(void)
{
    counting_mem_init(&counting);
    buf = (struct meeple__buf){0};
}

static void teardown(void)
{
    meeple__buf_done(&buf, &counting.mem);
    cr_assert_eq(counting.live, 0);
    cr_assert_null(buf.ptr);
    cr_assert_eq(buf.len, 0);
    cr_assert_eq(buf.cap, 0);
}

static int add(const char *text, size_t ceiling)
{
    return meeple__buf_add(&buf, &counting.mem, (meeple_bytes){(const uint8_t *)text, strlen(text)},
                           ceiling);
}

static void holds(const char *text)
{
    cr_assert_eq(buf.len, strlen(text));
    cr_assert(buf.len == 0 || memcmp(buf.ptr, text, buf.len) == 0);
}

TestSuite(buf, .init = setup, .fini = teardown);

Test(buf, what_is_added_stands_behind_what_was_there)
{
    cr_assert_eq(add("one", 100), 0);
    cr_assert_eq(add("", 100), 0);
    cr_assert_eq(add("two", 100), 0);
    holds("onetwo");
}

Test(buf, an_empty_one_owns_nothing)
{
    cr_assert_eq(add("", 100), 0);
    cr_assert_eq(meeple__buf_add(&buf, &counting.mem, (meeple_bytes){NULL, 0}, 0), 0);
    cr_assert_eq(counting.calls, 0);
}

Test(buf, up_to_the_ceiling_and_not_a_byte_more)
{
    cr_assert_eq(add("12345", 8), 0);
    cr_assert_eq(add("6789", 8), MEEPLE_ETOOBIG);
    holds("12345");
    cr_assert_eq(add("678", 8), 0);
    cr_assert_eq(add("", 8), 0);
    cr_assert_eq(add("9", 8), MEEPLE_ETOOBIG);
    holds("12345678");
    cr_assert_leq(buf.cap, 8);
}

Test(buf, a_ceiling_that_came_down_lets_nothing_more_in)
{
    cr_assert_eq(add("12345", 8), 0);
    cr_assert_eq(add("6", 3), MEEPLE_ETOOBIG);
    cr_assert_eq(add("", 3), MEEPLE_ETOOBIG);
    cr_assert_eq(add("6", 8), 0);
    holds("123456");
}

Test(buf, a_length_near_the_end_of_size_t_does_not_wrap)
{
    meeple_bytes huge = {(const uint8_t *)"x", SIZE_MAX};

    cr_assert_eq(add("12345", 100), 0);
    cr_assert_eq(meeple__buf_add(&buf, &counting.mem, huge, SIZE_MAX - 1), MEEPLE_ETOOBIG);
    huge.len = SIZE_MAX - 2;
    cr_assert_eq(meeple__buf_add(&buf, &counting.mem, huge, SIZE_MAX), MEEPLE_ETOOBIG);
    holds("12345");
}

Test(buf, it_grows_by_doubling)
{
    for (size_t i = 0; i < 100000; i++) {
        cr_assert_eq(add("x", 1 << 20), 0);
    }
    cr_assert_eq(buf.len, 100000);
    cr_assert_leq(buf.cap, 2 * buf.len);
    cr_assert_leq(counting.calls, 20);
}

Test(buf, out_of_memory_leaves_it_as_it_was)
{
    counting_mem_fail(&counting, 1);
    cr_assert_eq(add("one", 1000), MEEPLE_ENOMEM);
    holds("");
    cr_assert_eq(add("one", 1000), 0);
    counting_mem_fail(&counting, 1);
    cr_assert_eq(add("0123456789012345678901234567890123456789012345678901234567890123", 1000),
                 MEEPLE_ENOMEM);
    holds("one");
    cr_assert_eq(add("two", 1000), 0);
    holds("onetwo");
}

Test(buf, the_first_bytes_can_be_dropped)
{
    cr_assert_eq(add("onetwothree", 100), 0);
    meeple__buf_drop(&buf, 0);
    meeple__buf_drop(&buf, 3);
    holds("twothree");
    meeple__buf_drop(&buf, 5);
    holds("ree");
    meeple__buf_drop(&buf, 3);
    holds("");
    meeple__buf_drop(&buf, 0);
    cr_assert_eq(add("four", 100), 0);
    holds("four");
}

Test(buf, clearing_keeps_the_memory)
{
    cr_assert_eq(add("one", 100), 0);
    meeple__buf_clear(&buf);
    holds("");
    cr_assert_eq(add("two", 100), 0);
    holds("two");
    cr_assert_eq(counting.calls, 1);
}

Test(buf, done_twice_is_fine)
{
    cr_assert_eq(add("one", 100), 0);
    meeple__buf_done(&buf, &counting.mem);
    meeple__buf_done(&buf, &counting.mem);
}
