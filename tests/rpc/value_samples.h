/* value_samples: values of every kind, their bytes, and random ones. */
#ifndef TESTS_RPC_VALUE_SAMPLES_H
#define TESTS_RPC_VALUE_SAMPLES_H

#include <criterion/criterion.h>

#include <meeple/value.h>

#include "tests/rpc/bytes.h"

/* In memory that is exactly as long as it has to be, until held_done(). */
struct held {
    meeple_value value;
    uint8_t *bytes;
    size_t len;
    int rc;
};

static inline struct held held_of(meeple_bytes bytes)
{
    struct held held = {.bytes = malloc(bytes.len ? bytes.len : 1), .len = bytes.len};

    if (bytes.len > 0) {
        memcpy(held.bytes, bytes.ptr, bytes.len);
    }
    held.rc = meeple_value_read(&held.value, (meeple_bytes){held.bytes, held.len});
    return held;
}

static inline struct held held_hex(const char *hex)
{
    uint8_t bytes[256];

    return held_of((meeple_bytes){bytes, from_hex(bytes, hex)});
}

static inline void held_done(struct held *held)
{
    free(held->bytes);
    held->bytes = NULL;
}

static inline void build_packed(meeple_value_builder *builder, const char *key,
                                meeple_value_kind kind, meeple_value first, meeple_value second)
{
    meeple_value_put(builder, meeple_value_string(key));
    meeple_value_begin_packed(builder, kind);
    meeple_value_put(builder, first);
    meeple_value_put(builder, second);
    meeple_value_end(builder);
}

/* Into a map: one of each that is nothing but floats, and packed arrays. */
static inline void build_godot_kinds(meeple_value_builder *builder)
{
    const meeple_basis basis = {{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}};

    meeple_value_put_named(builder, "rect", meeple_value_rect2((meeple_rect2){1, 2, 3, 4}));
    meeple_value_put_named(builder, "turn2",
                           meeple_value_transform2d((meeple_transform2d){{1, 2}, {3, 4}, {5, 6}}));
    meeple_value_put_named(builder, "plane", meeple_value_plane((meeple_plane){{1, 2, 3}, 4}));
    meeple_value_put_named(builder, "quat", meeple_value_quat((meeple_quat){0, 0, 0, 1}));
    meeple_value_put_named(builder, "box", meeple_value_aabb((meeple_aabb){{1, 2, 3}, {4, 5, 6}}));
    meeple_value_put_named(builder, "basis", meeple_value_basis(basis));
    meeple_value_put_named(builder, "turn3",
                           meeple_value_transform((meeple_transform){basis, {10, 11, 12}}));
    meeple_value_put_named(builder, "path", meeple_value_node_path("/root/Zo\xc3\xab:x"));
    meeple_value_put_named(builder, "rid", meeple_value_rid());
    build_packed(builder, "ints", MEEPLE_VALUE_INTS, meeple_value_int(INT32_MIN),
                 meeple_value_int(7));
    build_packed(builder, "reals", MEEPLE_VALUE_REALS, meeple_value_float(0.1),
                 meeple_value_int(2));
    build_packed(builder, "strings", MEEPLE_VALUE_STRINGS, meeple_value_string("Zo\xc3\xab"),
                 meeple_value_string(""));
    build_packed(builder, "vec2s", MEEPLE_VALUE_VEC2S, meeple_value_vec2(1, 2),
                 meeple_value_vec2(3, 4));
    build_packed(builder, "vec3s", MEEPLE_VALUE_VEC3S, meeple_value_vec3(1, 2, 3),
                 meeple_value_vec3(4, 5, 6));
    build_packed(builder, "colors", MEEPLE_VALUE_COLORS, meeple_value_color(1, 0, 0, 1),
                 meeple_value_color(0, 1, 0, 1));
}

/* One of every kind, in a map that has two levels below it. */
static inline void build_sample(meeple_value_builder *builder)
{
    meeple_value_begin_map(builder);
    meeple_value_put_named(builder, "nil", meeple_value_nil());
    meeple_value_put_named(builder, "yes", meeple_value_bool(true));
    meeple_value_put_named(builder, "int", meeple_value_int(INT64_MIN));
    meeple_value_put_named(builder, "uint", meeple_value_uint(UINT64_MAX));
    meeple_value_put_named(builder, "half", meeple_value_float(0.5));
    meeple_value_put_named(builder, "tenth", meeple_value_float(0.1));
    meeple_value_put_named(builder, "text", meeple_value_string("Zo\xc3\xab"));
    meeple_value_put_named(builder, "blob",
                           meeple_value_bytes((meeple_bytes){(const uint8_t *)"\0\xff", 2}));
    meeple_value_put_named(builder, "flat", meeple_value_vec2(1, -2));
    meeple_value_put_named(builder, "deep", meeple_value_vec3(0, 0.5f, 1));
    meeple_value_put_named(builder, "paint", meeple_value_color(1, 0, 0, 0.25f));
    meeple_value_put_named(builder, "mine",
                           meeple_value_ext(40, (meeple_bytes){(const uint8_t *)"ext", 3}));
    build_godot_kinds(builder);
    meeple_value_put(builder, meeple_value_int(7));
    meeple_value_begin_array(builder);
    for (int i = 0; i < 20; i++) {
        meeple_value_put(builder, meeple_value_int(i * i * i * i * i));
    }
    meeple_value_begin_map(builder);
    meeple_value_end(builder);
    meeple_value_end(builder);
    meeple_value_end(builder);
}

static inline meeple_value random_scalar(uint32_t *seed)
{
    static const char *const texts[] = {"", "a", "Zo\xc3\xab",
                                        "a text that is longer than 31 bytes"};
    uint64_t bits =
        (uint64_t)next_random(seed) << 40 ^ (uint64_t)next_random(seed) << 16 ^ next_random(seed);
    float small = (float)(int32_t)next_random(seed) / 64;
    double real;

    memcpy(&real, &bits, sizeof real);
    switch (next_random(seed) % 15) {
    case 0:
        return meeple_value_nil();
    case 1:
        return meeple_value_bool(next_random(seed) & 1);
    case 2:
        return meeple_value_int((int64_t)(bits >> next_random(seed) % 64));
    case 3:
        return meeple_value_int(-(int64_t)(bits >> (1 + next_random(seed) % 63)));
    case 4:
        return meeple_value_uint(bits);
    case 5:
        return meeple_value_float(real);
    case 6:
        return meeple_value_float((double)small);
    case 7:
        return meeple_value_string(texts[next_random(seed) % MEEPLE_COUNT(texts)]);
    case 8:
        return meeple_value_bytes(
            (meeple_bytes){(const uint8_t *)texts[3], next_random(seed) % 35});
    case 9:
        return meeple_value_vec2(small, -small);
    case 10:
        return next_random(seed) & 1 ? meeple_value_vec3(small, 0, 1)
                                     : meeple_value_color(0, 1, small, 1);
    case 11:
        return meeple_value_transform(
            (meeple_transform){{{{small, 0, 1}, {2, small, 3}, {4, 5, 6}}}, {7, 8, small}});
    case 12:
        return meeple_value_node_path(texts[next_random(seed) % MEEPLE_COUNT(texts)]);
    case 13:
        return next_random(seed) & 1 ? meeple_value_rid()
                                     : meeple_value_quat((meeple_quat){small, 0, 0, 1});
    default:
        return meeple_value_ext(32 + (int)(next_random(seed) % 96),
                                (meeple_bytes){(const uint8_t *)texts[3], next_random(seed) % 35});
    }
}

static inline void build_random_packed(meeple_value_builder *builder, uint32_t *seed)
{
    static const char *const texts[] = {"", "a", "Zo\xc3\xab"};
    uint32_t kind = MEEPLE_VALUE_INTS + next_random(seed) % 6, count = next_random(seed) % 6;

    meeple_value_begin_packed(builder, (meeple_value_kind)kind);
    for (uint32_t i = 0; i < count; i++) {
        float small = (float)(int32_t)next_random(seed) / 64;
        const meeple_value elements[] = {
            meeple_value_int((int32_t)next_random(seed)),
            meeple_value_float((double)small),
            meeple_value_string(texts[next_random(seed) % MEEPLE_COUNT(texts)]),
            meeple_value_vec2(small, 1),
            meeple_value_vec3(0, small, 1),
            meeple_value_color(0, small, 0, 1)};

        meeple_value_put(builder, elements[kind - MEEPLE_VALUE_INTS]);
    }
    meeple_value_end(builder);
}

/* A whole value of up to about `steps` elements, whatever comes. */
static inline void build_random(meeple_value_builder *builder, uint32_t *seed, unsigned steps)
{
    unsigned depth = 0;
    bool map[MEEPLE_VALUE_DEPTH_MAX] = {false};
    unsigned count[MEEPLE_VALUE_DEPTH_MAX] = {0};

    do {
        uint32_t what = next_random(seed) % 8;

        if (depth > 0 && (steps == 0 || what == 0)) {
            depth--;
            if (map[depth] && count[depth] % 2 != 0) {
                meeple_value_put(builder, random_scalar(seed));
            }
            meeple_value_end(builder);
            continue;
        }
        if (depth > 0) {
            count[depth - 1]++;
        }
        if (steps > 0 && (what < 3 || depth == 0) && depth < MEEPLE_VALUE_DEPTH_MAX) {
            map[depth] = next_random(seed) & 1;
            count[depth] = 0;
            if (map[depth]) {
                meeple_value_begin_map(builder);
            } else {
                meeple_value_begin_array(builder);
            }
            depth++;
        } else if (what == 7) {
            build_random_packed(builder, seed);
        } else {
            meeple_value_put(builder, random_scalar(seed));
        }
        steps -= steps > 0;
    } while (depth > 0);
}

/* Puts a value together again from what its iterators say, as a user would. */
static inline void rebuild(meeple_value_builder *builder, meeple_value value)
{
    meeple_value_iterator at = meeple_value_iterate(value);

    if (value.kind == MEEPLE_VALUE_MAP) {
        meeple_value_begin_map(builder);
    } else if (meeple_value_is_packed(value)) {
        meeple_value_begin_packed(builder, value.kind);
    } else if (value.kind != MEEPLE_VALUE_ARRAY) {
        meeple_value_put(builder, value);
        return;
    } else {
        meeple_value_begin_array(builder);
    }
    while (meeple_value_next(&at)) {
        if (value.kind == MEEPLE_VALUE_MAP) {
            rebuild(builder, at.key);
        }
        rebuild(builder, at.value);
    }
    meeple_value_end(builder);
}

#endif /* TESTS_RPC_VALUE_SAMPLES_H */
