/* test_base: errors and the version. */
#include <meeple/base.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(base, every_error_is_negative_and_has_a_text_of_its_own)
{
    static const int codes[] = {
#define X(name, code, text) MEEPLE_##name,
        MEEPLE_ERR_MAP(X)
#undef X
    };

    for (size_t i = 0; i < MEEPLE_COUNT(codes); i++) {
        const char *text = meeple_strerror(codes[i]);

        cr_assert_lt(codes[i], 0);
        cr_assert_gt(strlen(text), 0);
        cr_assert_str_neq(text, "unknown error");
        for (size_t j = 0; j < i; j++) {
            cr_assert_neq(codes[i], codes[j]);
            cr_assert_str_neq(text, meeple_strerror(codes[j]));
        }
    }
}

Test(base, a_number_that_is_no_error_has_a_text_too)
{
    cr_assert_str_eq(meeple_strerror(MEEPLE_OK), "no error");
    cr_assert_str_eq(meeple_strerror(1), "unknown error");
    cr_assert_str_eq(meeple_strerror(-1000), "unknown error");
    cr_assert_str_eq(meeple_strerror(INT32_MIN), "unknown error");
}

Test(base, what_a_platform_cannot_do_has_a_code_and_a_text)
{
    cr_assert_eq(MEEPLE_ENOTSUP, -15);
    cr_assert_str_eq(meeple_strerror(MEEPLE_ENOTSUP), "not supported on this platform");
}

Test(base, the_version_is_three_numbers)
{
    unsigned major, minor, patch;
    char again[32];

    cr_assert_eq(sscanf(meeple_version(), "%u.%u.%u", &major, &minor, &patch), 3);
    snprintf(again, sizeof again, "%u.%u.%u", major, minor, patch);
    cr_assert_str_eq(meeple_version(), again);
}
