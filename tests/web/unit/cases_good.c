/* cases_good: what does not fail, for test_run.py. */
#include <criterion/criterion.h>

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

static int calls;

static void first(void)
{
    cr_assert_eq(calls++, 0);
}

static void second(void)
{
    cr_assert_eq(calls++, 1);
}

static void fourth(void)
{
    cr_assert_eq(calls++, 3);
}

static void fifth(void)
{
    cr_assert_eq(calls++, 4);
}

TestSuite(good, .init = first, .fini = fifth);

/* Twice, since each has its own `calls`. */
Test(good, init_and_fini_are_called_in_order, .init = second, .fini = fourth)
{
    cr_assert_eq(calls++, 2);
}

Test(good, and_each_test_begins_anew, .init = second, .fini = fourth)
{
    cr_assert_eq(calls++, 2);
}

static int evaluated;

static int once(int value)
{
    evaluated++;
    return value;
}

Test(checks, that_hold_evaluate_their_sides_once)
{
    const char *text = "text";

    cr_assert(once(1));
    cr_assert_not(once(0));
    cr_assert_eq(once(1), once(1));
    cr_assert_neq(once(1), once(2));
    cr_assert_lt(once(1), once(2));
    cr_assert_leq(once(2), once(2));
    cr_assert_gt(once(2), once(1));
    cr_assert_geq(once(2), once(2));
    cr_assert_null(once(0) ? text : NULL);
    cr_assert_not_null(once(1) ? text : NULL);
    cr_assert_str_eq(once(1) ? text : "", "text");
    cr_assert_str_neq(once(1) ? text : "", "");
    cr_assert_str_empty(once(0) ? text : "");
    cr_assert_float_eq(once(1), 1.25, 0.25);
    cr_assert_arr_eq(once(1) ? text : "", "te", 2);
    cr_assert_eq(evaluated, 21);
}

Test(checks, abort_that_was_to_come, .signal = SIGABRT)
{
    abort();
}

Test(checks, assert_that_was_to_fail, .signal = SIGABRT)
{
    assert(evaluated);
}

Test(checks, what_a_machine_lacks)
{
    cr_skip("no %s here", "such thing");
}

Test(checks, what_is_disabled, .disabled = true)
{
    abort();
}
