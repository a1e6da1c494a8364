/* test_value_get: what is asked of a value is found, converted or left as it was. */
#include <meeple/value.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/value_samples.h"

static meeple_value_builder builder;

static void begin(void)
{
    meeple_value_builder_init(&builder, NULL, 0);
}

static void end(void)
{
    meeple_value_builder_done(&builder);
}

TestSuite(value_get, .init = begin, .fini = end);

static meeple_value sample(void)
{
    meeple_value value;

    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    return value;
}

Test(value_get, finds_elements_by_key_and_by_index)
{
    meeple_value value = sample(), list, found = meeple_value_int(99);
    double number = 0;

    cr_expect(meeple_value_find(value, "half", &found));
    cr_expect_eq(found.real, 0.5);
    cr_expect(meeple_value_find_key(value, meeple_value_int(7), &list));
    cr_expect(meeple_value_at(list, 19, &found));
    cr_expect_eq(found.integer, 2476099);
    cr_expect(meeple_value_number(found, &number));
    cr_expect_eq(number, 2476099.0);
    cr_expect(meeple_value_at(list, 20, &found));
    cr_expect_eq(found.kind, MEEPLE_VALUE_MAP);
    cr_expect_eq(found.count, 0);

    found = meeple_value_int(99);
    cr_expect_not(meeple_value_at(list, 21, &found));
    cr_expect_not(meeple_value_at(value, 0, &found));
    cr_expect_not(meeple_value_find(value, "no", &found));
    cr_expect_not(meeple_value_find(value, NULL, &found));
    cr_expect_not(meeple_value_find(list, "nil", &found));
    cr_expect_not(meeple_value_find_key(value, meeple_value_float(7), &found));
    cr_expect_not(meeple_value_find(meeple_value_nil(), "nil", &found));
    cr_expect_eq(found.integer, 99, "untouched");
    cr_expect_not(meeple_value_number(meeple_value_string("5"), &number));
    cr_expect(meeple_value_number(meeple_value_uint(UINT64_MAX), &number));
    cr_expect_eq(number, 18446744073709551616.0);
}

Test(value_get, takes_the_last_of_two_equal_keys)
{
    struct held held = held_hex("83 a1 61 01 a1 62 02 a1 61 03");
    meeple_value found;

    cr_assert_eq(held.rc, 0);
    cr_expect_eq(held.value.count, 3);
    cr_expect(meeple_value_find(held.value, "a", &found));
    cr_expect_eq(found.integer, 3);
    held_done(&held);
}

Test(value_get, only_asks_if_nothing_is_wanted)
{
    meeple_value value = sample(), list;

    cr_expect(meeple_value_find(value, "half", NULL));
    cr_expect(meeple_value_find(value, "nil", NULL));
    cr_expect_not(meeple_value_find(value, "no", NULL));
    cr_assert(meeple_value_find_key(value, meeple_value_int(7), &list));
    cr_expect(meeple_value_at(list, 20, NULL));
    cr_expect_not(meeple_value_at(list, 21, NULL));
    cr_expect(meeple_value_number(meeple_value_float(0.5), NULL));
    cr_expect_not(meeple_value_number(value, NULL));
    cr_expect(meeple_value_integer(meeple_value_int(5), NULL));
    cr_expect_not(meeple_value_integer(meeple_value_float(0.5), NULL));
}

Test(value_get, gets_nil_where_nothing_is)
{
    meeple_value value = sample();
    double number = 100;

    cr_expect_eq(meeple_value_get(value, "half").real, 0.5);
    cr_expect_eq(meeple_value_get(value, "no").kind, MEEPLE_VALUE_NIL);
    cr_expect_eq(meeple_value_get(value, NULL).kind, MEEPLE_VALUE_NIL);
    cr_expect_eq(meeple_value_get(meeple_value_get(value, "no"), "no").kind, MEEPLE_VALUE_NIL);
    meeple_value_number(meeple_value_get(value, "no"), &number);
    cr_expect_eq(number, 100.0, "what was there before");
    meeple_value_number(meeple_value_get(value, "half"), &number);
    cr_expect_eq(number, 0.5);
}

Test(value_get, takes_what_is_whole_as_an_integer)
{
    static const struct {
        double real;
        int64_t integer;
    } whole[] = {
        {0.0, 0},
        {-0.0, 0},
        {-5.0, -5},
        {9007199254740993.0, 9007199254740992},
        {9223372036854774784.0, 9223372036854774784},
        {-9223372036854775808.0, INT64_MIN},
    };
    static const double others[] = {0.5, -1e-300, 9223372036854775808.0, -9223372036854777856.0,
                                    1e300};
    int64_t integer = 99;

    for (size_t i = 0; i < MEEPLE_COUNT(whole); i++) {
        cr_expect(meeple_value_integer(meeple_value_float(whole[i].real), &integer));
        cr_expect_eq(integer, whole[i].integer);
    }
    cr_expect(meeple_value_integer(meeple_value_int(INT64_MIN), &integer));
    cr_expect_eq(integer, INT64_MIN);
    cr_expect(meeple_value_integer(meeple_value_int(INT64_MAX), &integer));
    cr_expect_eq(integer, INT64_MAX);

    integer = 99;
    for (size_t i = 0; i < MEEPLE_COUNT(others); i++) {
        cr_expect_not(meeple_value_integer(meeple_value_float(others[i]), &integer));
    }
    cr_expect_not(meeple_value_integer(meeple_value_float((double)NAN), &integer));
    cr_expect_not(meeple_value_integer(meeple_value_float((double)INFINITY), &integer));
    cr_expect_not(meeple_value_integer(meeple_value_float(-(double)INFINITY), &integer));
    cr_expect_not(meeple_value_integer(meeple_value_uint(UINT64_MAX), &integer));
    cr_expect_not(meeple_value_integer(meeple_value_bool(true), &integer));
    cr_expect_not(meeple_value_integer(meeple_value_string("5"), &integer));
    cr_expect_eq(integer, 99, "untouched");
}

Test(value_get, ends_a_string_where_c_wants_it)
{
    struct held held = held_hex("92 a3 5a c3 ab 07"); /* no NUL follows it */
    meeple_value text;
    char chars[8] = "before";

    cr_assert_eq(held.rc, 0);
    cr_assert(meeple_value_at(held.value, 0, &text));
    cr_expect_not(meeple_value_chars(text, chars, 0));
    cr_expect_not(meeple_value_chars(text, chars, 3));
    cr_expect_not(meeple_value_chars(text, NULL, 0));
    cr_expect_not(meeple_value_chars(held.value, chars, sizeof chars));
    cr_expect_not(meeple_value_chars(meeple_value_bytes(text.bytes), chars, sizeof chars));
    cr_expect_not(meeple_value_chars(meeple_value_string("\xff"), chars, sizeof chars));
    cr_expect_not(
        meeple_value_chars(meeple_value_string_of((meeple_bytes){NULL, 3}), chars, sizeof chars));
    cr_expect_not(meeple_value_chars(
        meeple_value_string_of((meeple_bytes){(const uint8_t *)"a\0b", 3}), chars, sizeof chars));
    cr_expect_str_eq(chars, "before", "untouched");
    cr_expect(meeple_value_chars(text, chars, 4));
    cr_expect_str_eq(chars, "Z\xc3\xab");
    cr_expect(meeple_value_chars(meeple_value_string(NULL), chars, 1));
    cr_expect_str_eq(chars, "");
    held_done(&held);
}
