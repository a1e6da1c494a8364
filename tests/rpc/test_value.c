/* test_value: values are walked, compared and kept, and bytes that are none are refused. */
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

TestSuite(value, .init = begin, .fini = end);

static meeple_value sample(void)
{
    meeple_value value;

    meeple_value_builder_reset(&builder);
    build_sample(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    return value;
}

Test(value, names_every_kind)
{
#define X(name, text) cr_expect_str_eq(meeple_value_kind_name(MEEPLE_VALUE_##name), text);
    MEEPLE_VALUE_KIND_MAP(X)
#undef X
    cr_expect_str_eq(meeple_value_kind_name((meeple_value_kind)99), "unknown");
}

Test(value, zeroed_is_nil)
{
    const meeple_value zeroed = {0};

    cr_expect_eq(zeroed.kind, MEEPLE_VALUE_NIL);
    cr_expect(meeple_value_equal(zeroed, meeple_value_nil()));
}

Test(value, is_an_int_wherever_it_can_be)
{
    cr_expect_eq(meeple_value_uint(INT64_MAX).kind, MEEPLE_VALUE_INT);
    cr_expect_eq(meeple_value_uint(INT64_MAX).integer, INT64_MAX);
    cr_expect_eq(meeple_value_uint((uint64_t)INT64_MAX + 1).kind, MEEPLE_VALUE_UINT);
    cr_expect_eq(meeple_value_uint(UINT64_MAX).natural, UINT64_MAX);
}

Test(value, is_read_from_every_encoding_of_it)
{
    static const struct {
        const char *hex;
        meeple_value_kind kind;
        int64_t integer;
    } cases[] = {
        {"00", MEEPLE_VALUE_INT, 0},
        {"7f", MEEPLE_VALUE_INT, 127},
        {"ff", MEEPLE_VALUE_INT, -1},
        {"e0", MEEPLE_VALUE_INT, -32},
        {"cc ff", MEEPLE_VALUE_INT, 255},
        {"cd ff ff", MEEPLE_VALUE_INT, 65535},
        {"ce ff ff ff ff", MEEPLE_VALUE_INT, UINT32_MAX},
        {"cf 7f ff ff ff ff ff ff ff", MEEPLE_VALUE_INT, INT64_MAX},
        {"cf 00 00 00 00 00 00 00 05", MEEPLE_VALUE_INT, 5},
        {"d0 80", MEEPLE_VALUE_INT, INT8_MIN},
        {"d0 7f", MEEPLE_VALUE_INT, 127},
        {"d1 80 00", MEEPLE_VALUE_INT, INT16_MIN},
        {"d2 80 00 00 00", MEEPLE_VALUE_INT, INT32_MIN},
        {"d3 80 00 00 00 00 00 00 00", MEEPLE_VALUE_INT, INT64_MIN},
        {"d3 ff ff ff ff ff ff ff fb", MEEPLE_VALUE_INT, -5},
        {"c0", MEEPLE_VALUE_NIL, 0},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct held held = held_hex(cases[i].hex);

        cr_assert_eq(held.rc, 0, "%s", cases[i].hex);
        cr_expect_eq(held.value.kind, cases[i].kind, "%s", cases[i].hex);
        cr_expect_eq(held.value.integer, cases[i].integer, "%s", cases[i].hex);
        held_done(&held);
    }
}

Test(value, is_refused_if_the_bytes_are_none)
{
    static const char *const cases[] = {
        "",                                                         /* nothing */
        "c1",                                                       /* what msgpack has not */
        "00 00",                                                    /* something behind it */
        "cc",                                                       /* cut */
        "cb 00 00 00 00 00 00 00",                                  /* cut */
        "a2 61",                                                    /* cut */
        "91",                                                       /* fewer than it says */
        "81 01",                                                    /* a key without a value */
        "dc 00 02 01",                                              /* fewer than it says */
        "dd ff ff ff ff 01",                                        /* many fewer */
        "df 80 00 00 00 01",                                        /* twice that is 0 in 32 bits */
        "db ff ff ff ff 61",                                        /* a string */
        "c6 ff ff ff ff 61",                                        /* bytes */
        "c9 ff ff ff ff 28 61",                                     /* an ext */
        "a1 ff",                                                    /* not UTF-8 */
        "a3 ed a0 80",                                              /* a surrogate */
        "a1 00",                                                    /* a NUL */
        "91 a1 ff",                                                 /* the same inside */
        "81 a1 00 01",                                              /* the same as a key */
        "d4 1f 00",                                                 /* an ext type that is kept */
        "d6 ff 00 00 00 00",                                        /* msgpack's own */
        "d4 00 00",                                                 /* nobody's */
        "d6 01 00 00 00 00",                                        /* a vec2 of one */
        "c7 10 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", /* a vec3 of four */
        "c7 0c 04 00 00 00 00 00 00 00 00 00 00 00 00",             /* a rect2 of three */
        "d8 08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",    /* a basis of four */
        "d4 0c 00",                                                 /* an rid with content */
        "d4 0b ff",                                                 /* a path that is not UTF-8 */
        "d4 0b 00",                                                 /* a path with a NUL */
        "d5 10 00 00",                                              /* half an int */
        "d6 13 00 00 00 00",                                        /* half a vec2 */
        "d7 14 00 00 00 00 00 00 00 00",                            /* two thirds of a vec3 */
        "d6 15 00 00 00 00",                                        /* a quarter of a color */
        "d5 12 00 00",                                              /* half a length */
        "d6 12 01 00 00 00",                                        /* a string that is not there */
        "d6 12 ff ff ff ff",                                        /* many of it */
        "c7 05 12 00 00 00 00 00",                                  /* something behind */
        "c7 05 12 01 00 00 00 ff",                                  /* not UTF-8 */
        "c7 05 12 01 00 00 00 00",                                  /* a NUL */
        "c9 ff ff ff ff 10 00 00 00 00",                            /* many ints */
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct held held = held_hex(cases[i]);

        cr_expect_eq(held.rc, MEEPLE_EPROTO, "%s", cases[i]);
        cr_expect_eq(held.value.kind, MEEPLE_VALUE_NIL, "untouched");
        held_done(&held);
    }
    cr_expect_eq(meeple_value_read(NULL, (meeple_bytes){NULL, 0}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_value_read(&(meeple_value){0}, (meeple_bytes){NULL, 3}), MEEPLE_EINVAL);
}

Test(value, nests_32_deep_and_no_deeper)
{
    uint8_t bytes[40];

    for (unsigned kind = 0; kind < 2; kind++) {
        for (size_t depth = 30; depth < 36; depth++) {
            struct held held;

            memset(bytes, 0x91, sizeof bytes);
            bytes[depth - 1] = kind == 0 ? 0x90 : 0x80;
            held = held_of((meeple_bytes){bytes, depth});
            cr_expect_eq(held.rc, depth <= MEEPLE_VALUE_DEPTH_MAX ? 0 : MEEPLE_EPROTO);
            held_done(&held);
        }
    }
}

Test(value, is_iterated_in_its_order)
{
    static const char *const keys[] = {
        "nil",   "yes",   "int",  "uint", "half",  "tenth",   "text",  "blob",  "flat",
        "deep",  "paint", "mine", "rect", "turn2", "plane",   "quat",  "box",   "basis",
        "turn3", "path",  "rid",  "ints", "reals", "strings", "vec2s", "vec3s", "colors"};
    meeple_value value = sample();
    meeple_value_iterator at = meeple_value_iterate(value);

    cr_expect_eq(value.count, MEEPLE_COUNT(keys) + 1);
    for (size_t i = 0; i < MEEPLE_COUNT(keys); i++) {
        cr_assert(meeple_value_next(&at));
        cr_expect(meeple_value_equal(at.key, meeple_value_string(keys[i])), "%s", keys[i]);
    }
    cr_assert(meeple_value_next(&at));
    cr_expect_eq(at.key.integer, 7);
    cr_expect_eq(at.value.kind, MEEPLE_VALUE_ARRAY);
    cr_expect_eq(at.value.count, 21);
    cr_expect_not(meeple_value_next(&at));
    cr_expect_not(meeple_value_next(&at));
    at = meeple_value_iterate(meeple_value_int(5));
    cr_expect_not(meeple_value_next(&at));
    cr_expect_not(meeple_value_next(NULL));
}

Test(value, hands_out_the_elements_of_packed_arrays)
{
    static const struct {
        const char *hex, *text;
    } cases[] = {
        {"d7 10 ff ff ff ff 01 00 00 00", "[-1, 1]"},
        {"d7 11 00 00 00 3f cd cc cc 3d", "[0.5, 0.10000000149011612]"},
        {"c7 0a 12 01 00 00 00 61 01 00 00 00 62", "[\"a\", \"b\"]"},
        {"d8 13 00 00 80 3f 00 00 00 40 00 00 40 40 00 00 80 40", "[vec2(1, 2), vec2(3, 4)]"},
        {"c7 18 14 00 00 80 3f 00 00 00 40 00 00 40 40 00 00 80 40 00 00 a0 40 00 00 c0 40",
         "[vec3(1, 2, 3), vec3(4, 5, 6)]"},
        {"c7 20 15 00 00 80 3f 00 00 00 00 00 00 00 00 00 00 80 3f "
         "00 00 00 00 00 00 80 3f 00 00 00 00 00 00 80 3f",
         "[color(1, 0, 0, 1), color(0, 1, 0, 1)]"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct held held = held_hex(cases[i].hex);
        meeple_value_iterator at = meeple_value_iterate(held.value);
        meeple_value found, array;
        char text[100];

        cr_assert_eq(held.rc, 0, "%s", cases[i].hex);
        cr_expect(meeple_value_is_packed(held.value));
        cr_expect_eq(held.value.count, 2);
        meeple_value_builder_reset(&builder);
        meeple_value_begin_array(&builder);
        for (uint32_t n = 0; n < 2; n++) {
            cr_assert(meeple_value_next(&at));
            cr_expect_eq(at.key.kind, MEEPLE_VALUE_NIL);
            cr_expect(meeple_value_at(held.value, n, &found));
            cr_expect(meeple_value_equal(found, at.value));
            meeple_value_put(&builder, at.value);
        }
        cr_expect_not(meeple_value_next(&at));
        cr_expect_not(meeple_value_at(held.value, 2, &found));
        cr_expect_not(meeple_value_find(held.value, "a", &found));
        meeple_value_end(&builder);
        cr_assert_eq(meeple_value_builder_value(&builder, &array), 0);
        meeple_value_text(array, text, sizeof text);
        cr_expect_str_eq(text, cases[i].text);
        held_done(&held);
    }
    cr_expect_not(meeple_value_is_packed(meeple_value_bytes((meeple_bytes){NULL, 0})));
}

Test(value, is_the_same_whatever_its_encoding)
{
    static const struct {
        const char *left, *right;
        bool same;
    } cases[] = {
        {"05", "d3 00 00 00 00 00 00 00 05", true},
        {"92 05 a1 61", "dd 00 00 00 02 cc 05 d9 01 61", true},
        {"81 a1 61 90", "de 00 01 d9 01 61 dc 00 00", true},
        {"ca 3f 00 00 00", "cb 3f e0 00 00 00 00 00 00", true},
        {"cb 7f f8 00 00 00 00 00 00", "ca 7f c0 00 00", true},
        {"ca 00 00 00 00", "ca 80 00 00 00", false},
        {"05", "ca 40 a0 00 00", false},
        {"a1 61", "c4 01 61", false},
        {"c2", "c3", false},
        {"c0", "c2", false},
        {"90", "80", false},
        {"91 01", "92 01 02", false},
        {"92 91 01 02", "92 01 91 02", false},
        {"82 01 02 03 04", "82 03 04 01 02", false},
        {"d4 28 00", "d4 29 00", false},
        {"d4 28 00", "c7 01 28 00", true},
        {"d7 01 00 00 00 00 00 00 00 00", "d7 01 00 00 00 00 80 00 00 00", false},
        {"cf ff ff ff ff ff ff ff ff", "cf ff ff ff ff ff ff ff fe", false},
        {"d8 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
         "c7 10 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", true},
        {"d8 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
         "d8 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false},
        {"d8 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
         "d8 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80", false},
        {"d4 0b 61", "c8 00 01 0b 61", true},
        {"d4 0b 61", "a1 61", false},
        {"c7 00 0c", "c8 00 00 0c", true},
        {"c7 00 0c", "c0", false},
        {"d6 10 05 00 00 00", "c9 00 00 00 04 10 05 00 00 00", true},
        {"d6 10 05 00 00 00", "d6 10 06 00 00 00", false},
        {"d6 10 05 00 00 00", "91 05", false},
        {"c7 00 10", "c7 00 11", false},
        {"d6 12 00 00 00 00", "c7 00 12", false},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct held left = held_hex(cases[i].left), right = held_hex(cases[i].right);

        cr_assert(left.rc == 0 && right.rc == 0, "%zu", i);
        cr_expect_eq(meeple_value_equal(left.value, right.value), cases[i].same, "%s and %s",
                     cases[i].left, cases[i].right);
        cr_expect_eq(meeple_value_equal(right.value, left.value), cases[i].same);
        cr_expect(meeple_value_equal(left.value, left.value));
        held_done(&left);
        held_done(&right);
    }
}

Test(value, is_kept_as_its_bytes)
{
    meeple_value value = sample(), kept, again;
    size_t size = meeple_value_size(value);
    uint8_t *memory = malloc(size);

    for (size_t shorter = 0; shorter < size; shorter++) {
        cr_assert_eq(meeple_value_copy(&kept, value, memory, shorter), MEEPLE_ETOOBIG);
    }
    cr_assert_eq(meeple_value_copy(&kept, value, memory, size), (int)size);
    meeple_value_builder_done(&builder); /* the first is gone */
    cr_expect_eq(kept.kind, MEEPLE_VALUE_MAP);
    cr_expect_eq(kept.count, 28);
    cr_assert_eq(meeple_value_read(&again, (meeple_bytes){memory, size}), 0);
    cr_expect(meeple_value_equal(kept, again));
    cr_expect_eq(meeple_value_copy(&kept, meeple_value_string("\xff"), memory, size),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_value_copy(&kept, meeple_value_nil(), NULL, 1), MEEPLE_EINVAL);
    cr_expect_eq(meeple_value_copy(&kept, meeple_value_nil(), NULL, 0), MEEPLE_ETOOBIG);
    free(memory);
}

Test(value, is_kept_in_the_place_of_what_it_is_a_part_of)
{
    static const char *const parts[] = {
        "05",          "d9 02 41 42",   "c4 02 00 ff", "c7 02 28 00 ff", "dc 00 03 01 02 03",
        "81 a1 61 90", "ca 3f 00 00 00"};

    for (size_t i = 0; i < MEEPLE_COUNT(parts); i++) {
        uint8_t bytes[64] = {0x92, 0x00};
        struct held whole = held_of((meeple_bytes){bytes, 2 + from_hex(bytes + 2, parts[i])});
        struct held part = held_hex(parts[i]);
        meeple_value kept, again;
        int len;

        cr_assert(whole.rc == 0 && part.rc == 0 && meeple_value_at(whole.value, 1, &kept));
        len = meeple_value_copy(&kept, kept, whole.bytes, whole.len);
        cr_assert_gt(len, 0);
        cr_expect(meeple_value_equal(kept, part.value), "%s", parts[i]);
        cr_expect_eq(meeple_value_read(&again, (meeple_bytes){whole.bytes, (size_t)len}), 0);
        cr_expect(meeple_value_equal(again, part.value), "%s", parts[i]);
        held_done(&whole);
        held_done(&part);
    }
}

/* Made by hand out of bytes that nobody checked: not allowed, and harmless. */
Test(value, that_is_none_ends_where_its_bytes_end)
{
    static const uint8_t cut[] = {0x93, 0x01};
    const meeple_value wrong = {
        .kind = MEEPLE_VALUE_ARRAY, .count = 4000000000U, .bytes = {cut, sizeof cut}};
    meeple_value_iterator at = meeple_value_iterate(wrong);
    meeple_value found;

    cr_expect_not(meeple_value_next(&at));
    cr_expect_not(meeple_value_at(wrong, 3, &found));
    cr_expect_not(meeple_value_equal(wrong, wrong));
    for (unsigned kind = MEEPLE_VALUE_INTS; kind <= MEEPLE_VALUE_COLORS; kind++) {
        const meeple_value packed = {
            .kind = (meeple_value_kind)kind, .count = 4000000000U, .bytes = {cut, sizeof cut}};

        at = meeple_value_iterate(packed);
        cr_expect_not(meeple_value_next(&at));
        cr_expect_not(meeple_value_at(packed, 0, &found));
        cr_expect_not(meeple_value_at(packed, 3, &found));
        cr_expect_eq(meeple_value_copy(&found, packed, (uint8_t[20]){0}, 20), MEEPLE_EINVAL);
    }
}

Test(value, refuses_every_beginning_of_itself)
{
    uint8_t bytes[1200];
    meeple_value value = sample(), kept;
    int len = meeple_value_copy(&kept, value, bytes, sizeof bytes);

    cr_assert_gt(len, 100);
    for (size_t cut = 0; cut < (size_t)len; cut++) {
        struct held held = held_of((meeple_bytes){bytes, cut});

        cr_expect_eq(held.rc, MEEPLE_EPROTO, "%zu of %d bytes", cut, len);
        held_done(&held);
    }
}

/* Whatever is taken can be walked, compared, shown and built again. */
static void use(const struct held *held)
{
    meeple_value_builder copy;
    meeple_value again;
    char text[64];

    if (held->rc < 0) {
        return;
    }
    meeple_value_builder_init(&copy, NULL, 0);
    rebuild(&copy, held->value);
    cr_assert_eq(meeple_value_builder_value(&copy, &again), 0);
    cr_assert(meeple_value_equal(held->value, again));
    cr_assert_leq(meeple_value_size(again), held->len, "built again it is at its shortest");
    cr_assert_eq(meeple_value_text(held->value, text, sizeof text),
                 meeple_value_text(again, NULL, 0));
    meeple_value_builder_done(&copy);
}

Test(value, survives_every_changed_byte)
{
    uint8_t bytes[1200];
    meeple_value value = sample(), kept;
    size_t len = (size_t)meeple_value_copy(&kept, value, bytes, sizeof bytes);

    for (size_t at = 0; at < len; at++) {
        uint8_t before = bytes[at];

        for (unsigned byte = 0; byte < 256; byte++) {
            struct held held;

            bytes[at] = (uint8_t)byte;
            held = held_of((meeple_bytes){bytes, len});
            if ((at + byte) % 8 == 0) { /* which takes its time */
                use(&held);
            }
            held_done(&held);
        }
        bytes[at] = before;
    }
}

Test(value, survives_garbage)
{
    uint32_t seed = 20261125;
    unsigned taken = 0;

    for (unsigned round = 0; round < 40000; round++) {
        uint8_t bytes[60];
        size_t len = next_random(&seed) % sizeof bytes;
        struct held held;

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)(round & 1 ? next_random(&seed) : 0x80 | next_random(&seed) % 64);
        }
        held = held_of((meeple_bytes){bytes, len});
        use(&held);
        taken += held.rc == 0;
        held_done(&held);
    }
    cr_expect_gt(taken, 100);
}

Test(value, comes_back_from_its_bytes_whatever_it_is)
{
    uint32_t seed = 4;

    for (unsigned round = 0; round < 3000; round++) {
        uint8_t bytes[8192];
        meeple_value built, kept;
        struct held held;
        int len;

        meeple_value_builder_reset(&builder);
        build_random(&builder, &seed, round % 200);
        cr_assert_eq(meeple_value_builder_value(&builder, &built), 0, "round %u", round);
        len = meeple_value_copy(&kept, built, bytes, sizeof bytes);
        cr_assert_gt(len, 0);
        held = held_of((meeple_bytes){bytes, (size_t)len});
        cr_assert_eq(held.rc, 0);
        cr_assert(meeple_value_equal(held.value, built));
        cr_assert_eq(meeple_value_size(held.value), (size_t)len);
        use(&held);
        held_done(&held);
    }
}
