/* test_value_builder: values are built in their shortest encoding, and every mistake sticks. */
#include <meeple/value.h>

#include <criterion/criterion.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/value_samples.h"
#include "tests/support/counting_mem.h"

static meeple_value_builder builder;

static void begin(void)
{
    meeple_value_builder_init(&builder, NULL, 0);
}

static void end(void)
{
    meeple_value_builder_done(&builder);
}

TestSuite(value_builder, .init = begin, .fini = end);

static int outcome(void)
{
    meeple_value value = meeple_value_int(99);
    int rc = meeple_value_builder_value(&builder, &value);

    cr_expect(rc == 0 || value.integer == 99, "untouched");
    return rc;
}

static void expect_encoding(meeple_value value, const char *hex)
{
    uint8_t bytes[200];
    meeple_value kept;
    int len = meeple_value_copy(&kept, value, bytes, sizeof bytes);

    cr_assert_gt(len, 0, "%s", hex);
    expect_bytes((struct meeple__buf){bytes, (size_t)len, sizeof bytes}, hex);
}

Test(value_builder, writes_the_shortest_encoding_of_a_scalar)
{
    expect_encoding(meeple_value_nil(), "c0");
    expect_encoding(meeple_value_bool(false), "c2");
    expect_encoding(meeple_value_int(127), "7f");
    expect_encoding(meeple_value_int(128), "cc 80");
    expect_encoding(meeple_value_int(-33), "d0 df");
    expect_encoding(meeple_value_int(INT64_MAX), "cf 7f ff ff ff ff ff ff ff");
    expect_encoding(meeple_value_uint(UINT64_MAX), "cf ff ff ff ff ff ff ff ff");
    expect_encoding(meeple_value_float(0.5), "ca 3f 00 00 00");
    expect_encoding(meeple_value_float(-0.0), "ca 80 00 00 00");
    expect_encoding(meeple_value_float(0.1), "cb 3f b9 99 99 99 99 99 9a");
    expect_encoding(meeple_value_float(FLT_MAX), "ca 7f 7f ff ff");
    expect_encoding(meeple_value_float(2.0 * FLT_MAX), "cb 47 ff ff ff e0 00 00 00");
    expect_encoding(meeple_value_float((double)INFINITY), "ca 7f 80 00 00");
    expect_encoding(meeple_value_float(5e-324), "cb 00 00 00 00 00 00 00 01");
    expect_encoding(meeple_value_string(NULL), "a0");
    expect_encoding(meeple_value_string("\xc3\xa9"), "a2 c3 a9");
    expect_encoding(meeple_value_bytes((meeple_bytes){(const uint8_t *)"\0", 1}), "c4 01 00");
    expect_encoding(meeple_value_vec2(1, -2), "d7 01 3f 80 00 00 c0 00 00 00");
    expect_encoding(meeple_value_vec3(1, 0, 0.5f), "c7 0c 02 3f 80 00 00 00 00 00 00 3f 00 00 00");
    expect_encoding(meeple_value_color(1, 0, 0, 0.5f),
                    "d8 03 3f 80 00 00 00 00 00 00 00 00 00 00 3f 00 00 00");
    expect_encoding(meeple_value_ext(127, (meeple_bytes){(const uint8_t *)"abc", 3}),
                    "c7 03 7f 61 62 63");
    expect_encoding(meeple_value_quat((meeple_quat){1, 0, 0, 0.5f}),
                    "d8 05 3f 80 00 00 00 00 00 00 00 00 00 00 3f 00 00 00");
    expect_encoding(meeple_value_node_path("a:b"), "c7 03 0b 61 3a 62");
    expect_encoding(meeple_value_node_path(NULL), "c7 00 0b");
    expect_encoding(meeple_value_rid(), "c7 00 0c");
}

Test(value_builder, makes_room_for_a_longer_head)
{
    static const unsigned counts[] = {0, 1, 15, 16, 17, 65535, 65536};
    static const size_t heads[] = {1, 1, 1, 3, 3, 3, 5};

    meeple_value_builder_done(&builder);
    meeple_value_builder_init(&builder, NULL, 1 << 20);
    for (size_t i = 0; i < MEEPLE_COUNT(counts); i++) {
        for (unsigned is_map = 0; is_map < 2; is_map++) {
            meeple_value value, last;

            meeple_value_builder_reset(&builder);
            if (is_map) {
                meeple_value_begin_map(&builder);
            } else {
                meeple_value_begin_array(&builder);
            }
            for (unsigned n = 0; n < counts[i]; n++) {
                if (is_map) {
                    meeple_value_put(&builder, meeple_value_nil());
                }
                meeple_value_put(&builder, meeple_value_int(n % 100));
            }
            meeple_value_end(&builder);
            cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
            cr_expect_eq(value.count, counts[i]);
            cr_expect_eq(meeple_value_size(value), heads[i] + counts[i] * (1 + is_map));
            if (is_map && counts[i] > 0) {
                cr_expect(meeple_value_find_key(value, meeple_value_nil(), &last));
                cr_expect_eq(last.integer, (counts[i] - 1) % 100);
            }
        }
    }
}

static const char *built_text(void)
{
    static char text[200];
    meeple_value value;

    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    meeple_value_text(value, text, sizeof text);
    return text;
}

Test(value_builder, packs_elements_of_one_kind)
{
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_INTS);
    meeple_value_put(&builder, meeple_value_int(INT32_MAX));
    meeple_value_put(&builder, meeple_value_int(INT32_MIN));
    meeple_value_end(&builder);
    cr_expect_str_eq(built_text(), "ints[2147483647, -2147483648]");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_REALS);
    meeple_value_put(&builder, meeple_value_float(0.1));
    meeple_value_put(&builder, meeple_value_int(-(1 << 24)));
    meeple_value_put(&builder, meeple_value_uint((uint64_t)1 << 63));
    meeple_value_put(&builder, meeple_value_float((double)-INFINITY));
    meeple_value_put(&builder, meeple_value_float((double)FLT_MAX));
    meeple_value_end(&builder);
    cr_expect_str_eq(built_text(), "reals[0.1, -16777216, 9.223372e+18, -inf, 3.4028235e+38]");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_STRINGS);
    meeple_value_put(&builder, meeple_value_string("a"));
    meeple_value_put(&builder, meeple_value_string(NULL));
    meeple_value_end(&builder);
    cr_expect_str_eq(built_text(), "strings[\"a\", \"\"]");
}

Test(value_builder, packs_nothing_that_does_not_fit)
{
    const struct {
        meeple_value_kind kind;
        meeple_value value;
    } cases[] = {
        {MEEPLE_VALUE_INTS, meeple_value_int((int64_t)INT32_MAX + 1)},
        {MEEPLE_VALUE_INTS, meeple_value_int((int64_t)INT32_MIN - 1)},
        {MEEPLE_VALUE_INTS, meeple_value_uint(UINT64_MAX)},
        {MEEPLE_VALUE_INTS, meeple_value_float(1)},
        {MEEPLE_VALUE_INTS, meeple_value_bool(true)},
        {MEEPLE_VALUE_REALS, meeple_value_int((1 << 24) + 1)},
        {MEEPLE_VALUE_REALS, meeple_value_uint(UINT64_MAX)},
        {MEEPLE_VALUE_REALS, meeple_value_float(1e300)},
        {MEEPLE_VALUE_REALS, meeple_value_nil()},
        {MEEPLE_VALUE_STRINGS, meeple_value_node_path("a")},
        {MEEPLE_VALUE_STRINGS, meeple_value_string("\xff")},
        {MEEPLE_VALUE_VEC2S, meeple_value_vec3(1, 2, 3)},
        {MEEPLE_VALUE_VEC3S, meeple_value_vec2(1, 2)},
        {MEEPLE_VALUE_COLORS, meeple_value_quat((meeple_quat){0, 0, 0, 1})},
        {MEEPLE_VALUE_COLORS, {.kind = MEEPLE_VALUE_ARRAY}},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        meeple_value_builder_reset(&builder);
        meeple_value_begin_packed(&builder, cases[i].kind);
        meeple_value_put(&builder, cases[i].value);
        meeple_value_end(&builder);
        cr_expect_eq(outcome(), MEEPLE_EINVAL, "%zu", i);
    }
    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_ARRAY);
    cr_expect_eq(outcome(), MEEPLE_EINVAL, "which is not packed");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_INTS);
    meeple_value_begin_array(&builder);
    meeple_value_end(&builder);
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_EINVAL, "an array inside");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_INTS);
    meeple_value_put_named(&builder, "hp", meeple_value_int(1));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "a name inside");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_INTS);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "no end");
}

/* Whichever of msgpack's heads it gets. */
Test(value_builder, packs_in_as_much_memory_as_it_needs)
{
    for (unsigned count = 0; count < 70; count++) {
        size_t size = 0;

        for (unsigned tries = 0; tries < 2; tries++) {
            meeple_value_builder tight;
            meeple_value value = meeple_value_nil();

            meeple_value_builder_init(&tight, NULL, tries == 0 ? 1000 : size);
            meeple_value_begin_packed(&tight, MEEPLE_VALUE_INTS);
            for (unsigned n = 0; n < count; n++) {
                meeple_value_put(&tight, meeple_value_int((int32_t)n - 5));
            }
            meeple_value_end(&tight);
            cr_assert_eq(meeple_value_builder_value(&tight, &value), 0, "%u", count);
            cr_expect_eq(value.count, count);
            size = meeple_value_size(value);
            meeple_value_builder_done(&tight);
        }
        cr_expect_eq(size, 4 * count + (count == 1 || count == 2 || count == 4 ? 2U
                                        : 4 * count < 256                      ? 3U
                                                                               : 4U));
    }
}

Test(value_builder, copies_whole_values_into_others)
{
    meeple_value value, inner, found;
    meeple_value_builder other;

    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &inner), 0);
    meeple_value_builder_init(&other, NULL, 0);
    meeple_value_begin_array(&other);
    meeple_value_put(&other, inner);
    meeple_value_put(&other, inner);
    meeple_value_end(&other);
    cr_assert_eq(meeple_value_builder_value(&other, &value), 0);
    cr_assert(meeple_value_at(value, 1, &found));
    cr_expect(meeple_value_equal(found, inner));
    cr_expect_eq(meeple_value_size(value), 1 + 2 * meeple_value_size(inner));
    meeple_value_builder_done(&other);
}

Test(value_builder, refuses_what_is_no_value)
{
    meeple_value_begin_array(&builder);
    meeple_value_put(&builder, meeple_value_string("\xc3"));
    meeple_value_put(&builder, meeple_value_int(1));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_EINVAL, "the first error sticks");

    meeple_value_builder_reset(&builder);
    meeple_value_put(&builder, meeple_value_ext(3, (meeple_bytes){(const uint8_t *)"", 0}));
    cr_expect_eq(outcome(), MEEPLE_EINVAL);

    meeple_value_builder_reset(&builder);
    meeple_value_begin_map(&builder);
    meeple_value_put(&builder, meeple_value_string("key"));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_EINVAL, "a key without a value");
}

Test(value_builder, wants_one_value_with_all_its_ends)
{
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "nothing was put");
    meeple_value_put(&builder, meeple_value_int(1));
    cr_expect_eq(outcome(), 0);
    meeple_value_put(&builder, meeple_value_int(2));
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "two values");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_array(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "no end");
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), 0);
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "one end too many");
    cr_expect_eq(meeple_value_builder_value(NULL, &(meeple_value){0}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_value_builder_value(&builder, NULL), MEEPLE_EINVAL);
}

Test(value_builder, does_not_put_its_own_value_behind_itself)
{
    meeple_value value;

    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    meeple_value_put(&builder, value); /* as long as it is: the memory would have to grow */
    meeple_value_put(&builder, value);
    cr_expect_eq(outcome(), MEEPLE_ESTATE);

    meeple_value_builder_reset(&builder);
    meeple_value_put(&builder, meeple_value_nil());
    meeple_value_begin_array(&builder);
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE);
}

Test(value_builder, takes_a_name_only_where_a_map_awaits_a_key)
{
    meeple_value_begin_array(&builder);
    meeple_value_put_named(&builder, "hp", meeple_value_int(12));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "in an array it would be two elements");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_map(&builder);
    meeple_value_put(&builder, meeple_value_string("first"));
    meeple_value_put_named(&builder, "hp", meeple_value_int(12));
    meeple_value_put(&builder, meeple_value_string("last"));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "keys and values would change places");

    meeple_value_builder_reset(&builder);
    meeple_value_put_named(&builder, "hp", meeple_value_int(12));
    cr_expect_eq(outcome(), MEEPLE_ESTATE, "in nothing");

    meeple_value_builder_reset(&builder);
    meeple_value_begin_map(&builder);
    meeple_value_put(&builder, meeple_value_string("hits"));
    meeple_value_begin_array(&builder);
    meeple_value_end(&builder);
    meeple_value_put_named(&builder, "hp", meeple_value_int(12));
    meeple_value_end(&builder);
    cr_expect_eq(outcome(), 0, "behind a whole pair");
}

Test(value_builder, nests_32_deep_and_no_deeper)
{
    meeple_value inner;
    meeple_value_builder other;

    for (unsigned depth = 0; depth < MEEPLE_VALUE_DEPTH_MAX; depth++) {
        meeple_value_begin_array(&builder);
    }
    meeple_value_begin_packed(&builder, MEEPLE_VALUE_STRINGS); /* which is no deeper */
    meeple_value_put(&builder, meeple_value_string("end"));
    meeple_value_end(&builder);
    for (unsigned depth = 0; depth < MEEPLE_VALUE_DEPTH_MAX; depth++) {
        meeple_value_end(&builder);
    }
    cr_assert_eq(meeple_value_builder_value(&builder, &inner), 0);

    /* One more around it. */
    meeple_value_builder_init(&other, NULL, 0);
    meeple_value_put(&other, inner);
    cr_expect_eq(meeple_value_builder_value(&other, &(meeple_value){0}), 0);
    meeple_value_builder_reset(&other);
    meeple_value_begin_array(&other);
    meeple_value_put(&other, inner);
    meeple_value_end(&other);
    cr_expect_eq(meeple_value_builder_value(&other, &(meeple_value){0}), MEEPLE_ETOOBIG);
    meeple_value_builder_done(&other);

    meeple_value_builder_reset(&builder);
    for (unsigned depth = 0; depth <= MEEPLE_VALUE_DEPTH_MAX; depth++) {
        meeple_value_begin_map(&builder);
    }
    cr_expect_eq(outcome(), MEEPLE_ETOOBIG);
}

Test(value_builder, stays_under_its_ceiling)
{
    size_t size;
    meeple_value value;

    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    size = meeple_value_size(value);
    for (size_t ceiling = 1; ceiling <= size; ceiling++) {
        struct counting_mem counting;
        meeple_value_builder tight;

        counting_mem_init(&counting);
        meeple_value_builder_init(&tight, &counting.mem, ceiling);
        build_sample(&tight);
        cr_expect_eq(meeple_value_builder_value(&tight, &value),
                     ceiling < size ? MEEPLE_ETOOBIG : 0, "%zu of %zu", ceiling, size);
        cr_expect_leq(tight.cap, ceiling);
        meeple_value_builder_done(&tight);
        cr_expect_eq(counting.live, 0);
    }
}

Test(value_builder, works_in_memory_of_the_caller)
{
    size_t size;
    meeple_value value, fixed_value;

    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    size = meeple_value_size(value);
    for (size_t room = 0; room <= size; room++) {
        uint8_t *memory = malloc(room ? room : 1);
        meeple_value_builder fixed;

        meeple_value_builder_init_fixed(&fixed, memory, room);
        build_sample(&fixed);
        cr_expect_eq(meeple_value_builder_value(&fixed, &fixed_value),
                     room < size ? MEEPLE_ETOOBIG : 0);
        if (room == size) {
            cr_expect(meeple_value_equal(value, fixed_value));
            cr_expect_eq(fixed.ptr, memory);
        }
        meeple_value_builder_done(&fixed);
        free(memory);
    }
    meeple_value_builder_done(&builder);
    meeple_value_builder_init_fixed(&builder, NULL, 10);
    meeple_value_put(&builder, meeple_value_nil());
    cr_expect_eq(outcome(), MEEPLE_ETOOBIG);
}

Test(value_builder, says_so_when_out_of_memory)
{
    for (size_t n = 1;; n++) {
        struct counting_mem counting;
        meeple_value_builder starved;
        meeple_value value;
        int rc;

        counting_mem_init(&counting);
        counting_mem_fail(&counting, n);
        meeple_value_builder_init(&starved, &counting.mem, 0);
        build_sample(&starved);
        rc = meeple_value_builder_value(&starved, &value);
        if (rc == MEEPLE_ENOMEM) {
            meeple_value_builder_reset(&starved);
            build_sample(&starved);
            cr_expect_eq(meeple_value_builder_value(&starved, &value), 0, "the next one works");
        }
        meeple_value_builder_done(&starved);
        cr_expect_eq(counting.live, 0);
        if (rc == 0) {
            cr_expect_gt(n, 2);
            break;
        }
        cr_assert_eq(rc, MEEPLE_ENOMEM);
    }
}

Test(value_builder, can_be_done_twice)
{
    meeple_value_put(&builder, meeple_value_int(1));
    meeple_value_builder_done(&builder);
    meeple_value_put(&builder, meeple_value_int(1));
    cr_expect_eq(outcome(), MEEPLE_ESTATE);
    meeple_value_builder_done(&builder);
    meeple_value_builder_done(NULL);
}
