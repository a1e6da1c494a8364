/* cases_bad: a test for each way to fail, for test_run.py: what the stand-in for Criterion and
 * run.js must notice. */
#include <criterion/criterion.h>

#include <assert.h>
#include <emscripten.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile int zero, most = INT_MAX, round_and_round = 1;

static void end_badly(void)
{
    cr_expect_eq(zero, 1, "in fini");
}

Test(bad, a_failed_assertion_ends_the_test)
{
    cr_assert_eq(1 + 1, 3, "it is %s", "two");
    cr_assert_fail("not reached");
}

Test(bad, a_failed_expectation_does_not_end_it)
{
    cr_expect_gt(5U, 6UL);
    cr_expect_str_eq("left", "right");
    cr_expect_str_eq("left", zero ? "" : NULL);
    cr_expect_not(most);
    cr_expect_null("text");
    cr_expect_float_eq(0.5, 0.25, 0.125);
    cr_expect_arr_eq("abc", "abd", 3);
    cr_log_info("reached");
}

Test(bad, it_must_not_come_here)
{
    cr_assert_fail();
}

Test(bad, what_fails_in_init_ends_it, .init = end_badly)
{
    cr_log_info("the init of a test expects only");
}

Test(bad, what_fails_in_fini_counts, .fini = end_badly)
{
}

Test(bad, leaving_the_rest_out_mends_nothing)
{
    cr_expect(zero);
    cr_skip("too late");
}

Test(bad, abort_is_a_failure)
{
    puts("a line before it");
    abort();
}

Test(bad, a_failed_assert_is_a_failure)
{
    assert(zero);
}

Test(bad, a_trap_is_a_failure)
{
    __builtin_trap();
}

Test(bad, memory_that_is_not_there)
{
    *(volatile char *)(uintptr_t)0xFFFFFFF0U = 1;
}

Test(bad, undefined_behaviour)
{
    cr_expect_lt(most + 1, 0);
}

/* More than the engine's stack takes. */
static int deeper(int depth)
{
    return round_and_round ? deeper(depth + 1) + round_and_round : depth;
}

Test(bad, a_stack_that_is_too_deep)
{
    cr_expect(deeper(0));
}

Test(bad, exit_is_no_way_to_pass)
{
    exit(0);
}

Test(bad, a_test_that_never_ends, .timeout = 0.3)
{
    while (round_and_round) {
    }
}

EM_JS(void, end_the_engine, (void), { process.exit(0); })

Test(bad, a_test_that_ends_the_engine)
{
    end_the_engine();
}

Test(bad, abort_was_to_come_and_did_not, .signal = SIGABRT)
{
}

Test(bad, abort_was_to_come_and_another_did, .signal = SIGABRT)
{
    __builtin_trap();
}

Test(bad, passes_all_the_same)
{
}
