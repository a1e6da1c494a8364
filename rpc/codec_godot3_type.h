/* codec_godot3_type: the types of Variants, by the numbers that they have in Godot 3. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_TYPE_H
#define MEEPLE_RPC_CODEC_GODOT3_TYPE_H

/*
 * A Variant begins with 32 bits: the type in the low eight, and a flag that says of an int and of a
 * float that it has 64 bits, of an object that only its id follows.  All numbers are little endian,
 * and every Variant ends at a multiple of four bytes.  Godot: core/io/marshalls.cpp.
 */
enum meeple__variant_type {
    MEEPLE__VARIANT_NIL = 0,
    MEEPLE__VARIANT_BOOL = 1,
    MEEPLE__VARIANT_INT = 2,
    MEEPLE__VARIANT_REAL = 3,
    MEEPLE__VARIANT_STRING = 4,
    MEEPLE__VARIANT_VECTOR2 = 5,
    MEEPLE__VARIANT_RECT2 = 6,
    MEEPLE__VARIANT_VECTOR3 = 7,
    MEEPLE__VARIANT_TRANSFORM2D = 8,
    MEEPLE__VARIANT_PLANE = 9,
    MEEPLE__VARIANT_QUAT = 10,
    MEEPLE__VARIANT_AABB = 11,
    MEEPLE__VARIANT_BASIS = 12,
    MEEPLE__VARIANT_TRANSFORM = 13,
    MEEPLE__VARIANT_COLOR = 14,
    MEEPLE__VARIANT_NODE_PATH = 15,
    MEEPLE__VARIANT_RID = 16,
    MEEPLE__VARIANT_OBJECT = 17,
    MEEPLE__VARIANT_DICTIONARY = 18,
    MEEPLE__VARIANT_ARRAY = 19,
    MEEPLE__VARIANT_BYTES = 20, /* this one and those below: PoolByteArray and so on */
    MEEPLE__VARIANT_INTS = 21,
    MEEPLE__VARIANT_REALS = 22,
    MEEPLE__VARIANT_STRINGS = 23,
    MEEPLE__VARIANT_VECTOR2S = 24,
    MEEPLE__VARIANT_VECTOR3S = 25,
    MEEPLE__VARIANT_COLORS = 26
};

#define MEEPLE__VARIANT_FLAG ((uint32_t)1 << 16)
/* Of the names of a node path: this form, not one that is older than Godot 3; of the elements of an
 * array and a dictionary it is a mark of old that says nothing. */
#define MEEPLE__VARIANT_MARK ((uint32_t)1 << 31)

enum {
    MEEPLE__NODE_PATH_ABSOLUTE = 1, /* flags of a node path */
    MEEPLE__NODE_PATH_PROPERTY = 2  /* older: one more subname than counted */
};

/* What stands behind so many bytes, so that all are a multiple of four. */
static inline size_t meeple__variant_padding(size_t len)
{
    return (0 - len) & 3;
}

#endif /* MEEPLE_RPC_CODEC_GODOT3_TYPE_H */
