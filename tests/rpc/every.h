/* every: arguments of all types, for the tests and the fuzzers of both encodings. */
#ifndef TESTS_RPC_EVERY_H
#define TESTS_RPC_EVERY_H

#include <meeple/class.h>

/* What is one element, or a few bytes. */
#define EVERY_SIMPLE(ARG)                                                                          \
    ARG(bool, yes)                                                                                 \
    ARG(int8_t, i8)                                                                                \
    ARG(int16_t, i16)                                                                              \
    ARG(int32_t, i32)                                                                              \
    ARG(int64_t, i64)                                                                              \
    ARG(uint8_t, u8)                                                                               \
    ARG(uint16_t, u16)                                                                             \
    ARG(uint32_t, u32)                                                                             \
    ARG(uint64_t, u64)                                                                             \
    ARG(float, f32)                                                                                \
    ARG(double, f64)                                                                               \
    ARG(const char *, text)                                                                        \
    ARG(meeple_bytes, blob)                                                                        \
    ARG(meeple_vec2, flat)                                                                         \
    ARG(meeple_vec3, deep)                                                                         \
    ARG(meeple_color, paint)

/* The rest of Godot's small types. */
#define EVERY_SHAPE(ARG)                                                                           \
    ARG(meeple_rect2, frame)                                                                       \
    ARG(meeple_transform2d, turn2)                                                                 \
    ARG(meeple_plane, plane)                                                                       \
    ARG(meeple_quat, quat)                                                                         \
    ARG(meeple_aabb, box)                                                                          \
    ARG(meeple_basis, basis)                                                                       \
    ARG(meeple_transform, turn3)

/* Many of one type. */
#define EVERY_SPAN(ARG)                                                                            \
    ARG(meeple_ints, ints)                                                                         \
    ARG(meeple_reals, reals)                                                                       \
    ARG(meeple_strings, strings)                                                                   \
    ARG(meeple_vec2s, vec2s)                                                                       \
    ARG(meeple_vec3s, vec3s)                                                                       \
    ARG(meeple_colors, colors)

#endif /* TESTS_RPC_EVERY_H */
