/* meeple/field.h: describe a C struct once; arguments of calls and state use it. */
#ifndef MEEPLE_FIELD_H
#define MEEPLE_FIELD_H

#include <meeple/mode.h>
#include <meeple/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The type of a field: its name here, its letter in a signature, its name for people. */
#define MEEPLE_TYPE_MAP(X)                                                                         \
    X(BOOL, 'b', "bool")                                                                           \
    X(I8, 'c', "int8")                                                                             \
    X(I16, 'h', "int16")                                                                           \
    X(I32, 'i', "int32")                                                                           \
    X(I64, 'l', "int64")                                                                           \
    X(U8, 'C', "uint8")                                                                            \
    X(U16, 'H', "uint16")                                                                          \
    X(U32, 'I', "uint32")                                                                          \
    X(U64, 'L', "uint64")                                                                          \
    X(F32, 'f', "float")                                                                           \
    X(F64, 'd', "double")                                                                          \
    X(STR, 's', "string")                                                                          \
    X(BYTES, 'y', "bytes")                                                                         \
    X(VEC2, '2', "vec2")                                                                           \
    X(VEC3, '3', "vec3")                                                                           \
    X(COLOR, 'r', "color")                                                                         \
    X(VALUE, 'v', "value")                                                                         \
    X(CHARS, 't', "text")                                                                          \
    X(RECT2, 'R', "rect2")                                                                         \
    X(TRANSFORM2D, 'X', "transform2d")                                                             \
    X(PLANE, 'P', "plane")                                                                         \
    X(QUAT, 'Q', "quat")                                                                           \
    X(AABB, 'A', "aabb")                                                                           \
    X(BASIS, 'B', "basis")                                                                         \
    X(TRANSFORM, 'T', "transform")                                                                 \
    X(INTS, 'n', "ints")                                                                           \
    X(REALS, 'e', "reals")                                                                         \
    X(STRINGS, 'S', "strings")                                                                     \
    X(VEC2S, 'u', "vec2s")                                                                         \
    X(VEC3S, 'w', "vec3s")                                                                         \
    X(COLORS, 'k', "colors")

typedef enum meeple_type {
    MEEPLE_TYPE_NONE,
#define X(name, letter, text) MEEPLE_TYPE_##name,
    MEEPLE_TYPE_MAP(X)
#undef X
} meeple_type;

/*
 * Elements that lie one behind the other, elsewhere: arguments only, for who owned those of a
 * state? Borrowed: good during the call.  A caller may have any memory for them, ptr NULL if len is
 * 0; of strings NULL is sent as "".  Godot: PoolIntArray and so on.
 */
typedef struct meeple_ints {
    const int32_t *ptr;
    size_t len; /* elements */
} meeple_ints;

typedef struct meeple_reals {
    const float *ptr;
    size_t len;
} meeple_reals;

typedef struct meeple_strings {
    const char *const *ptr; /* each UTF-8, NUL-terminated, never NULL when received */
    size_t len;
} meeple_strings;

typedef struct meeple_vec2s {
    const meeple_vec2 *ptr;
    size_t len;
} meeple_vec2s;

typedef struct meeple_vec3s {
    const meeple_vec3 *ptr;
    size_t len;
} meeple_vec3s;

typedef struct meeple_colors {
    const meeple_color *ptr;
    size_t len;
} meeple_colors;

/*
 * One member of a struct.
 * STR is a `const char *`: UTF-8, NUL-terminated, never NULL when received; NULL is sent as "".
 * BYTES is a meeple_bytes.  VALUE is a meeple_value of any kind, nil included; one that is not well
 * formed is not received and cannot be sent.  All three are borrowed: as arguments, good during the
 * call; as state, see meeple/state.h.  CHARS is a `char name[32]`: the same text as STR, in place;
 * it is state only, and so is a struct, which has no type but a table of its own.  INTS to COLORS
 * are the structs above: arguments only.
 */
typedef struct meeple_field {
    const char *name;
    meeple_type type;
    uint16_t offset;
    /* Checked before a handler runs and before a call is sent; both 0 means no bound.  For numbers
     * the least and the greatest value, which NaN is never between; for STR, CHARS and BYTES the
     * least and greatest length in bytes, for VALUE that of its encoding (meeple_value_size()), for
     * INTS to COLORS the number of elements; BOOL, vectors, COLOR to TRANSFORM and structs have
     * none. */
    double min, max;
    uint16_t flags; /* meeple_field_flags */
    /* Of state only: */
    uint16_t size;                     /* of the member: of an array, all of it */
    const struct meeple_field *fields; /* of a struct: its members; type is MEEPLE_TYPE_NONE then */
    uint16_t field_count;
    uint16_t stride;   /* of a struct: its size; of an array of structs, that of one */
    uint16_t row;      /* of an array of arrays: the size of one of these; else 0 */
    const char *count; /* the member that says how many elements there are; NULL: all of them */
    meeple_type count_type;
    uint16_t count_offset;
    /* It travels at most once in so many milliseconds, then with the value it has; with
     * MEEPLE_ALWAYS so often.  0: with each batch; with MEEPLE_ALWAYS in each meeple_world_poll().
     * Fields of an object with the same interval travel together.  Calls neither wait for it nor
     * hurry it; at once it travels when the object gets another master or is shown to somebody, and
     * when a peer joins.  On a loopback, which has no clock, every interval has passed.  Godot:
     * replication_interval, delta_interval. */
    uint32_t interval_ms;
    /* Who may set it with meeple_set(), see meeple/state.h; DISABLED: nobody. */
    meeple_rpc_mode mode;
} meeple_field;

/* Of an argument OPTIONAL, or none.  Of state: when it travels, and to whom; without any, with
 * every change, to everyone who sees the object.  To who does not see a field it is zero, whatever
 * its bounds. */
typedef enum meeple_field_flags {
    MEEPLE_ON_CHANGE = 0,
    MEEPLE_ON_SPAWN = 1,   /* once, as it was when the object was spawned */
    MEEPLE_OWNER_ONLY = 2, /* to the owner and the master of the object */
    MEEPLE_ALWAYS = 4,     /* whether it has changed or not, and on_changed is told so; see
                              interval_ms.  Godot: REPLICATION_MODE_ALWAYS */
    /* The last argument, or one with nothing but such behind it: a caller in Godot 3, where the
     * method may have a default value for it, may leave it out.  The handler finds 0, "", nothing
     * or nil then, whatever the bounds.  Peers of other dialects and we ourselves always have all
     * arguments.  Godot: func f(name = ""). */
    MEEPLE_OPTIONAL = 8
} meeple_field_flags;

enum {
    MEEPLE_GROUPS_MAX = 6
};

/* A flag: the field is in that group, 1 to 6, which goes to the owner and the master of the object,
 * and to whom meeple_object_show_group() shows it; not with OWNER_ONLY.  Other numbers do not
 * compile. */
#define MEEPLE_GROUP(n) ((n) << 8 | 0 * sizeof(char[(n) >= 1 && (n) <= 6 ? 1 : -1]))

/* The types of C that a field may be of, arguments and state alike. */
#define MEEPLE_C_TYPE_MAP_(X)                                                                      \
    X(bool, BOOL)                                                                                  \
    X(int8_t, I8)                                                                                  \
    X(int16_t, I16)                                                                                \
    X(int32_t, I32)                                                                                \
    X(int64_t, I64)                                                                                \
    X(uint8_t, U8)                                                                                 \
    X(uint16_t, U16)                                                                               \
    X(uint32_t, U32)                                                                               \
    X(uint64_t, U64)                                                                               \
    X(float, F32)                                                                                  \
    X(double, F64)                                                                                 \
    X(const char *, STR)                                                                           \
    X(meeple_bytes, BYTES)                                                                         \
    X(meeple_vec2, VEC2)                                                                           \
    X(meeple_vec3, VEC3)                                                                           \
    X(meeple_color, COLOR)                                                                         \
    X(meeple_rect2, RECT2)                                                                         \
    X(meeple_transform2d, TRANSFORM2D)                                                             \
    X(meeple_plane, PLANE)                                                                         \
    X(meeple_quat, QUAT)                                                                           \
    X(meeple_aabb, AABB)                                                                           \
    X(meeple_basis, BASIS)                                                                         \
    X(meeple_transform, TRANSFORM)                                                                 \
    X(meeple_value, VALUE)
/* Of arguments only. */
#define MEEPLE_C_SPAN_MAP_(X)                                                                      \
    X(meeple_ints, INTS)                                                                           \
    X(meeple_reals, REALS)                                                                         \
    X(meeple_strings, STRINGS)                                                                     \
    X(meeple_vec2s, VEC2S)                                                                         \
    X(meeple_vec3s, VEC3S)                                                                         \
    X(meeple_colors, COLORS)

/* A type that the list lacks does not compile. */
struct meeple_no_type_;
/* clang-format off */
#define MEEPLE_TYPE_OF(lvalue)                                                                     \
    _Generic((lvalue),                                                                             \
        MEEPLE_C_TYPE_MAP_(MEEPLE_TYPE_IS_)                                                        \
        MEEPLE_C_SPAN_MAP_(MEEPLE_TYPE_IS_)                                                        \
        struct meeple_no_type_ *: MEEPLE_TYPE_NONE)
#define MEEPLE_TYPE_IS_(T, name) T: MEEPLE_TYPE_##name,
/* clang-format on */

/* MEEPLE_FIELD(struct S, member) or MEEPLE_FIELD(struct S, member, .min = 1, .max = 6) */
#define MEEPLE_FIELD(S, ...) MEEPLE_FIELD_(S, __VA_ARGS__, )
#define MEEPLE_FIELD_(S, member, ...)                                                              \
    {                                                                                              \
        .name = #member, .type = MEEPLE_TYPE_OF(((S *)0)->member),                                 \
        .offset = (uint16_t)offsetof(S, member), __VA_ARGS__                                       \
    }

/* "int32", "string", ...; "none" for anything else.  Static storage. */
MEEPLE_API const char *meeple_type_name(meeple_type type);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_FIELD_H */
