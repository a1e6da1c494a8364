/* test_value_text: every value has one text, on one line, never cut inside a character. */
#include <meeple/value.h>

#include <criterion/criterion.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/rpc/value_samples.h"

static void expect_text(meeple_value value, const char *expected)
{
    char text[1500];

    cr_expect_eq(meeple_value_text(value, text, sizeof text), strlen(expected));
    cr_expect_str_eq(text, expected);
}

Test(value_text, shows_every_kind)
{
    expect_text(meeple_value_nil(), "nil");
    expect_text(meeple_value_bool(true), "true");
    expect_text(meeple_value_bool(false), "false");
    expect_text(meeple_value_int(INT64_MIN), "-9223372036854775808");
    expect_text(meeple_value_uint(UINT64_MAX), "18446744073709551615");
    expect_text(meeple_value_string("Zo\xc3\xab"), "\"Zo\xc3\xab\"");
    expect_text(meeple_value_bytes((meeple_bytes){(const uint8_t *)"\0\xff", 2}), "<00ff>");
    expect_text(meeple_value_bytes((meeple_bytes){NULL, 0}), "<>");
    expect_text(meeple_value_vec2(1, -2), "vec2(1, -2)");
    expect_text(meeple_value_vec3(0.1f, 1e30f, 0.33333334f), "vec3(0.1, 1e+30, 0.33333334)");
    expect_text(meeple_value_color(1, 0, 0, 0.5f), "color(1, 0, 0, 0.5)");
    expect_text(meeple_value_vec2(NAN, -INFINITY), "vec2(nan, -inf)");
    expect_text(meeple_value_vec2(FLT_MAX, FLT_MIN), "vec2(3.4028235e+38, 1.1754944e-38)");
    expect_text(meeple_value_ext(40, (meeple_bytes){(const uint8_t *)"\1", 1}), "ext(40, <01>)");
}

Test(value_text, tells_a_float_from_an_integer)
{
    expect_text(meeple_value_int(5), "5");
    expect_text(meeple_value_float(5), "5.0");
    expect_text(meeple_value_float(-0.0), "-0.0");
    expect_text(meeple_value_float(0.1), "0.1");
    expect_text(meeple_value_float(1.0 / 3), "0.3333333333333333");
    expect_text(meeple_value_float(1e300), "1e+300");
    expect_text(meeple_value_float(DBL_MAX), "1.7976931348623157e+308");
    expect_text(meeple_value_float((double)INFINITY), "inf");
    expect_text(meeple_value_float((double)NAN), "nan");
}

Test(value_text, has_no_more_digits_than_there_are_bits)
{
    expect_text(meeple_value_float(5e-324), "5e-324");
    expect_text(meeple_value_float(-1.5e-323), "-1.5e-323");
    expect_text(meeple_value_float(DBL_MIN), "2.2250738585072014e-308");
    expect_text(meeple_value_float(2.225073858507201e-308), "2.225073858507201e-308");
    expect_text(meeple_value_vec2(1e-45f, -1.17549e-38f), "vec2(1e-45, -1.17549e-38)");
}

Test(value_text, shows_what_is_inside)
{
    meeple_value_builder builder;
    meeple_value value;

    meeple_value_builder_init(&builder, NULL, 0);
    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    expect_text(value,
                "{\"nil\": nil, \"yes\": true, \"int\": -9223372036854775808, "
                "\"uint\": 18446744073709551615, \"half\": 0.5, \"tenth\": 0.1, "
                "\"text\": \"Zo\xc3\xab\", \"blob\": <00ff>, \"flat\": vec2(1, -2), "
                "\"deep\": vec3(0, 0.5, 1), \"paint\": color(1, 0, 0, 0.25), "
                "\"mine\": ext(40, <657874>), \"rect\": rect2(1, 2, 3, 4), "
                "\"turn2\": transform2d(1, 2, 3, 4, 5, 6), \"plane\": plane(1, 2, 3, 4), "
                "\"quat\": quat(0, 0, 0, 1), \"box\": aabb(1, 2, 3, 4, 5, 6), "
                "\"basis\": basis(1, 2, 3, 4, 5, 6, 7, 8, 9), "
                "\"turn3\": transform(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), "
                "\"path\": node_path(\"/root/Zo\xc3\xab:x\"), \"rid\": rid(), "
                "\"ints\": ints[-2147483648, 7], \"reals\": reals[0.1, 2], "
                "\"strings\": strings[\"Zo\xc3\xab\", \"\"], "
                "\"vec2s\": vec2s[vec2(1, 2), vec2(3, 4)], "
                "\"vec3s\": vec3s[vec3(1, 2, 3), vec3(4, 5, 6)], "
                "\"colors\": colors[color(1, 0, 0, 1), color(0, 1, 0, 1)], "
                "7: [0, 1, 32, 243, 1024, 3125, 7776, 16807, 32768, "
                "59049, 100000, 161051, 248832, 371293, 537824, 759375, 1048576, 1419857, 1889568, "
                "2476099, {}]}");
    meeple_value_builder_done(&builder);
}

Test(value_text, shows_arrays_and_maps_in_one_another)
{
    static const struct {
        const char *hex, *text;
    } cases[] = {
        {"90", "[]"},
        {"80", "{}"},
        {"92 90 80", "[[], {}]"},
        {"93 91 91 90 01 81 01 81 02 03", "[[[[]]], 1, {1: {2: 3}}]"},
        {"82 91 01 91 02 80 c0", "{[1]: [2], {}: nil}"},
        {"82 01 02 03 04", "{1: 2, 3: 4}"},
        {"92 c7 00 10 c7 00 12", "[ints[], strings[]]"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct held held = held_hex(cases[i].hex);

        cr_assert_eq(held.rc, 0);
        expect_text(held.value, cases[i].text);
        held_done(&held);
    }
}

Test(value_text, stays_on_its_line)
{
    expect_text(meeple_value_string("a\nb\tc\rd\x1b[2J\x7f\"\\"),
                "\"a\\nb\\tc\\u000dd\\u001b[2J\\u007f\\\"\\\\\"");
    /* C1, line separators, and what turns text round. */
    expect_text(meeple_value_string("\xc2\x9b\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6\xd8\x9c"),
                "\"\\u009b\\u2028\\u202e\\u2066\\u061c\"");
    expect_text(meeple_value_string("\xc2\xa0\xe2\x82\xac\xf0\x9f\x8e\xb2"),
                "\"\xc2\xa0\xe2\x82\xac\xf0\x9f\x8e\xb2\"");
}

Test(value_text, is_cut_at_a_whole_character)
{
    const meeple_value value = meeple_value_string("\xe2\x82\xac\xe2\x82\xac");

    for (size_t size = 0; size < 12; size++) {
        char *text = malloc(size ? size : 1);

        cr_expect_eq(meeple_value_text(value, text, size), 8);
        if (size > 0) {
            cr_expect_lt(strlen(text), size);
            cr_expect(meeple__utf8_valid((meeple_bytes){(const uint8_t *)text, strlen(text)}));
        }
        free(text);
    }
    cr_expect_eq(meeple_value_text(value, NULL, 0), 8);
    cr_expect_eq(meeple_value_text(value, NULL, 5), 8);
}

Test(value_text, says_that_something_is_no_value)
{
    expect_text(meeple_value_string("\xff"), "(malformed)");
    expect_text((meeple_value){.kind = MEEPLE_VALUE_ARRAY, .count = 9}, "(malformed)");
    expect_text((meeple_value){.kind = (meeple_value_kind)99}, "(malformed)");
    expect_text((meeple_value){.kind = MEEPLE_VALUE_INTS, .count = 1}, "(malformed)");
    expect_text((meeple_value){.kind = MEEPLE_VALUE_STRINGS, .bytes = {NULL, 9}}, "(malformed)");
    expect_text(meeple_value_node_path("\xff"), "(malformed)");
}

Test(value_text, has_a_point_in_every_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        if (setlocale(LC_NUMERIC, names[i])) {
            expect_text(meeple_value_float(0.5), "0.5");
            expect_text(meeple_value_vec2(0.5f, 1), "vec2(0.5, 1)");
        }
    }
    setlocale(LC_NUMERIC, "C");
}
