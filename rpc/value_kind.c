/* value_kind: what values of each kind are made of. */
#include "rpc/value_kind.h"

static const struct {
    uint8_t ext, floats, packed, element;
} kinds[] = {
    [MEEPLE_VALUE_VEC2] = {1, 2, 0, 0},
    [MEEPLE_VALUE_VEC3] = {2, 3, 0, 0},
    [MEEPLE_VALUE_COLOR] = {3, 4, 0, 0},
    [MEEPLE_VALUE_RECT2] = {4, 4, 0, 0},
    [MEEPLE_VALUE_QUAT] = {5, 4, 0, 0},
    [MEEPLE_VALUE_PLANE] = {6, 4, 0, 0},
    [MEEPLE_VALUE_AABB] = {7, 6, 0, 0},
    [MEEPLE_VALUE_BASIS] = {8, 9, 0, 0},
    [MEEPLE_VALUE_TRANSFORM] = {9, 12, 0, 0},
    [MEEPLE_VALUE_TRANSFORM2D] = {10, 6, 0, 0},
    [MEEPLE_VALUE_NODE_PATH] = {11, 0, 0, 0},
    [MEEPLE_VALUE_RID] = {12, 0, 0, 0},
    [MEEPLE_VALUE_INTS] = {16, 0, 4, MEEPLE_VALUE_INT},
    [MEEPLE_VALUE_REALS] = {17, 0, 4, MEEPLE_VALUE_FLOAT},
    [MEEPLE_VALUE_STRINGS] = {18, 0, 4, MEEPLE_VALUE_STRING},
    [MEEPLE_VALUE_VEC2S] = {19, 0, 8, MEEPLE_VALUE_VEC2},
    [MEEPLE_VALUE_VEC3S] = {20, 0, 12, MEEPLE_VALUE_VEC3},
    [MEEPLE_VALUE_COLORS] = {21, 0, 16, MEEPLE_VALUE_COLOR},
};

/* The other way round. */
static const uint8_t by_ext[] = {
    [1] = MEEPLE_VALUE_VEC2,         [2] = MEEPLE_VALUE_VEC3,       [3] = MEEPLE_VALUE_COLOR,
    [4] = MEEPLE_VALUE_RECT2,        [5] = MEEPLE_VALUE_QUAT,       [6] = MEEPLE_VALUE_PLANE,
    [7] = MEEPLE_VALUE_AABB,         [8] = MEEPLE_VALUE_BASIS,      [9] = MEEPLE_VALUE_TRANSFORM,
    [10] = MEEPLE_VALUE_TRANSFORM2D, [11] = MEEPLE_VALUE_NODE_PATH, [12] = MEEPLE_VALUE_RID,
    [16] = MEEPLE_VALUE_INTS,        [17] = MEEPLE_VALUE_REALS,     [18] = MEEPLE_VALUE_STRINGS,
    [19] = MEEPLE_VALUE_VEC2S,       [20] = MEEPLE_VALUE_VEC3S,     [21] = MEEPLE_VALUE_COLORS,
};

_Static_assert(sizeof(meeple_transform) == MEEPLE__FLOATS_MAX * sizeof(float) &&
                   sizeof(meeple_basis) == 9 * sizeof(float) &&
                   sizeof(meeple_aabb) == 6 * sizeof(float) &&
                   sizeof(meeple_transform2d) == 6 * sizeof(float) &&
                   sizeof(meeple_plane) == 4 * sizeof(float),
               "there is something between the floats");

uint8_t meeple__value_ext(meeple_value_kind kind)
{
    return (unsigned)kind < MEEPLE_COUNT(kinds) ? kinds[kind].ext : 0;
}

meeple_value_kind meeple__value_of_ext(uint8_t type)
{
    return type < MEEPLE_COUNT(by_ext) && by_ext[type] != 0 ? (meeple_value_kind)by_ext[type]
                                                            : MEEPLE_VALUE_EXT;
}

unsigned meeple__value_floats(meeple_value_kind kind)
{
    return (unsigned)kind < MEEPLE_COUNT(kinds) ? kinds[kind].floats : 0;
}

unsigned meeple__packed_size(meeple_value_kind kind)
{
    return (unsigned)kind < MEEPLE_COUNT(kinds) ? kinds[kind].packed : 0;
}

meeple_value_kind meeple__packed_element(meeple_value_kind kind)
{
    return (unsigned)kind < MEEPLE_COUNT(kinds) ? (meeple_value_kind)kinds[kind].element
                                                : MEEPLE_VALUE_NIL;
}

bool meeple__integer_fits(const meeple_value *value, unsigned precision)
{
    uint64_t bits = value->kind == MEEPLE_VALUE_UINT ? value->natural : (uint64_t)value->integer;

    if (value->kind == MEEPLE_VALUE_INT && value->integer < 0) {
        bits = 0 - bits;
    }
    while (bits > 0 && (bits & 1) == 0) {
        bits >>= 1;
    }
    return bits >> precision == 0;
}

bool meeple__value_has_bytes(meeple_value_kind kind)
{
    return kind == MEEPLE_VALUE_STRING || kind == MEEPLE_VALUE_BYTES ||
           kind == MEEPLE_VALUE_ARRAY || kind == MEEPLE_VALUE_MAP || kind == MEEPLE_VALUE_EXT ||
           kind == MEEPLE_VALUE_NODE_PATH || meeple__packed_size(kind) > 0;
}
