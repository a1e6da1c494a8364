/* torture_values: a value of each kind, and those at the edge of a kind or of its encoding. */
#include "tests/godot3/torture.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void add(struct torture_values *values, meeple_value value)
{
    assert(values->count < TORTURE_VALUES);
    values->at[values->count++] = value;
}

static meeple_value_builder *begin(struct torture_values *values)
{
    meeple_value_builder *builder = &values->builders[values->built++];

    assert(values->built <= TORTURE_BUILT);
    meeple_value_builder_init(builder, NULL, 0);
    return builder;
}

/* The value that was begun last, which it ends. */
static int add_built(struct torture_values *values)
{
    meeple_value_builder *builder = &values->builders[values->built - 1];
    meeple_value value;
    int rc;

    meeple_value_end(builder);
    rc = meeple_value_builder_value(builder, &value);
    if (rc == 0) {
        add(values, value);
    }
    return rc;
}

static void add_numbers(struct torture_values *values)
{
    static const int64_t whole[] = {
        0, 1, -1, INT32_MAX, INT32_MIN, 2147483648LL, -2147483649LL, INT64_MAX, INT64_MIN};
    static const double real[] = {0.0, -0.0, 0.5, 0.1, -1e300, INFINITY, -INFINITY, NAN};

    add(values, meeple_value_nil());
    add(values, meeple_value_bool(false));
    add(values, meeple_value_bool(true));
    for (size_t i = 0; i < MEEPLE_COUNT(whole); i++) {
        add(values, meeple_value_int(whole[i]));
    }
    for (size_t i = 0; i < MEEPLE_COUNT(real); i++) {
        add(values, meeple_value_float(real[i]));
    }
}

static void add_texts(struct torture_values *values)
{
    for (size_t i = 0; i + 1 < sizeof values->digits; i++) {
        values->digits[i] = (char)('0' + i % 10);
    }
    add(values, meeple_value_string(""));
    add(values, meeple_value_string("a"));
    add(values, meeple_value_string("abcd"));
    add(values, meeple_value_string("h\u00e9llo \u20ac"));
    add(values, meeple_value_string(values->digits));
}

static void add_structs(struct torture_values *values)
{
    /* Godot's constructor takes the columns. */
    const meeple_basis basis = {{{1, 4, 7}, {2, 5, 8}, {3, 6, 9}}};
    const meeple_basis none = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

    add(values, meeple_value_vec2(1, -2.5f));
    add(values, meeple_value_rect2((meeple_rect2){1, 2, 3, 4}));
    add(values, meeple_value_vec3(1, 2, 3));
    add(values, meeple_value_transform2d((meeple_transform2d){{1, 2}, {3, 4}, {5, 6}}));
    add(values, meeple_value_plane((meeple_plane){{1, 2, 3}, 4}));
    add(values, meeple_value_quat((meeple_quat){1, 2, 3, 4}));
    add(values, meeple_value_aabb((meeple_aabb){{1, 2, 3}, {4, 5, 6}}));
    add(values, meeple_value_basis(basis));
    add(values, meeple_value_transform((meeple_transform){none, {1, 2, 3}}));
    add(values, meeple_value_color(0.25f, 0.5f, 0.75f, 1));
    add(values, meeple_value_node_path("/root/abcd:prop"));
    add(values, meeple_value_node_path("abcd"));
    add(values, meeple_value_rid());
}

/* {"z": 1, 2: "b", "n": {"x": [1, 2.5, nil]}} */
static int add_map(struct torture_values *values)
{
    meeple_value_builder *builder = begin(values);

    meeple_value_begin_map(builder);
    meeple_value_put_named(builder, "z", meeple_value_int(1));
    meeple_value_put(builder, meeple_value_int(2));
    meeple_value_put(builder, meeple_value_string("b"));
    meeple_value_put(builder, meeple_value_string("n"));
    meeple_value_begin_map(builder);
    meeple_value_put(builder, meeple_value_string("x"));
    meeple_value_begin_array(builder);
    meeple_value_put(builder, meeple_value_int(1));
    meeple_value_put(builder, meeple_value_float(2.5));
    meeple_value_put(builder, meeple_value_nil());
    meeple_value_end(builder);
    meeple_value_end(builder);
    return add_built(values);
}

/* [1, "two", 3.0, [4]] */
static int add_array(struct torture_values *values)
{
    meeple_value_builder *builder = begin(values);

    meeple_value_begin_array(builder);
    meeple_value_put(builder, meeple_value_int(1));
    meeple_value_put(builder, meeple_value_string("two"));
    meeple_value_put(builder, meeple_value_float(3));
    meeple_value_begin_array(builder);
    meeple_value_put(builder, meeple_value_int(4));
    meeple_value_end(builder);
    return add_built(values);
}

static int add_packed(struct torture_values *values, meeple_value_kind kind,
                      const meeple_value *elements, size_t count)
{
    meeple_value_builder *builder = begin(values);

    meeple_value_begin_packed(builder, kind);
    for (size_t i = 0; i < count; i++) {
        meeple_value_put(builder, elements[i]);
    }
    return add_built(values);
}

static int add_all_packed(struct torture_values *values)
{
    const meeple_value ints[] = {meeple_value_int(1), meeple_value_int(-2),
                                 meeple_value_int(INT32_MAX)};
    const meeple_value reals[] = {meeple_value_float(1.5), meeple_value_float(-0.25)};
    const meeple_value strings[] = {meeple_value_string(""), meeple_value_string("a"),
                                    meeple_value_string("bcde")};
    const meeple_value vec2 = meeple_value_vec2(1, 2), vec3 = meeple_value_vec3(1, 2, 3);
    const meeple_value color = meeple_value_color(1, 0, 0, 1);
    int rc;

    (void)((rc = add_packed(values, MEEPLE_VALUE_INTS, ints, MEEPLE_COUNT(ints))) < 0 ||
           (rc = add_packed(values, MEEPLE_VALUE_REALS, reals, MEEPLE_COUNT(reals))) < 0 ||
           (rc = add_packed(values, MEEPLE_VALUE_STRINGS, strings, MEEPLE_COUNT(strings))) < 0 ||
           (rc = add_packed(values, MEEPLE_VALUE_VEC2S, &vec2, 1)) < 0 ||
           (rc = add_packed(values, MEEPLE_VALUE_VEC3S, &vec3, 1)) < 0 ||
           (rc = add_packed(values, MEEPLE_VALUE_COLORS, &color, 1)) < 0);
    return rc;
}

int torture_values_init(struct torture_values *values, const uint8_t *pattern)
{
    int rc;

    add_numbers(values);
    add_texts(values);
    add_structs(values);
    meeple_value_begin_map(begin(values));
    (void)((rc = add_built(values)) < 0 || (rc = add_map(values)) < 0);
    if (rc < 0) {
        return rc;
    }
    meeple_value_begin_array(begin(values));
    (void)((rc = add_built(values)) < 0 || (rc = add_array(values)) < 0);
    add(values, meeple_value_bytes((meeple_bytes){pattern, 0}));
    add(values, meeple_value_bytes((meeple_bytes){pattern, 300}));
    return rc < 0 ? rc : add_all_packed(values);
}

void torture_values_done(struct torture_values *values)
{
    for (size_t i = 0; i < values->built; i++) {
        meeple_value_builder_done(&values->builders[i]);
    }
}
