/* meeple/value.h: a value whose type is known only at run time: what a script or a tool has. */
#ifndef MEEPLE_VALUE_H
#define MEEPLE_VALUE_H

#include <meeple/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct meeple_vec2 {
    float x, y;
} meeple_vec2;

typedef struct meeple_vec3 {
    float x, y, z;
} meeple_vec3;

/* Red, green, blue and opacity; 1 is full, and above 1 is allowed, as in Godot. */
typedef struct meeple_color {
    float r, g, b, a;
} meeple_color;

/* The rest of Godot's small types, with its names and in the order of its components. */
typedef struct meeple_rect2 {
    float x, y, width, height;
} meeple_rect2;

/* All points whose product with the normal is d. */
typedef struct meeple_plane {
    meeple_vec3 normal;
    float d;
} meeple_plane;

typedef struct meeple_quat {
    float x, y, z, w;
} meeple_quat;

typedef struct meeple_aabb {
    meeple_vec3 position, size;
} meeple_aabb;

/* Rows, of which the first has the x of each axis: Godot's Basis(x_axis, ...) takes columns. */
typedef struct meeple_basis {
    meeple_vec3 rows[3];
} meeple_basis;

typedef struct meeple_transform2d {
    meeple_vec2 x, y, origin; /* two axes, and where they meet */
} meeple_transform2d;

typedef struct meeple_transform {
    meeple_basis basis;
    meeple_vec3 origin;
} meeple_transform;

/*
 * What a value may be, and its name for people.  A later version may know more.
 * UINT is only for what is above INT64_MAX: everything else that is whole is INT.
 *
 * INTS to COLORS are packed arrays: all elements of one kind, and each as small as that allows:
 * int32_t, float, string, vec2, vec3, color.  Godot: PoolIntArray, ...; a PoolByteArray is BYTES, a
 * Dictionary MAP.  An RID has no content: no other process could do anything with it.
 */
#define MEEPLE_VALUE_KIND_MAP(X)                                                                   \
    X(NIL, "nil")                                                                                  \
    X(BOOL, "bool")                                                                                \
    X(INT, "int")                                                                                  \
    X(UINT, "uint")                                                                                \
    X(FLOAT, "float")                                                                              \
    X(STRING, "string")                                                                            \
    X(BYTES, "bytes")                                                                              \
    X(ARRAY, "array")                                                                              \
    X(MAP, "map")                                                                                  \
    X(VEC2, "vec2")                                                                                \
    X(VEC3, "vec3")                                                                                \
    X(COLOR, "color")                                                                              \
    X(RECT2, "rect2")                                                                              \
    X(TRANSFORM2D, "transform2d")                                                                  \
    X(PLANE, "plane")                                                                              \
    X(QUAT, "quat")                                                                                \
    X(AABB, "aabb")                                                                                \
    X(BASIS, "basis")                                                                              \
    X(TRANSFORM, "transform")                                                                      \
    X(NODE_PATH, "node_path")                                                                      \
    X(RID, "rid")                                                                                  \
    X(INTS, "ints")                                                                                \
    X(REALS, "reals")                                                                              \
    X(STRINGS, "strings")                                                                          \
    X(VEC2S, "vec2s")                                                                              \
    X(VEC3S, "vec3s")                                                                              \
    X(COLORS, "colors")                                                                            \
    X(EXT, "ext")

typedef enum meeple_value_kind {
#define X(name, text) MEEPLE_VALUE_##name,
    MEEPLE_VALUE_KIND_MAP(X)
#undef X
} meeple_value_kind;

enum {
    MEEPLE_VALUE_DEPTH_MAX = 32,     /* arrays and maps inside one another */
    MEEPLE_VALUE_EXT_MIN = 32,       /* the types that an application may give to its own EXTs */
    MEEPLE_VALUE_EXT_MAX = 127,      /* (those below are kept for kinds to come) */
    MEEPLE_VALUE_BYTES_MAX = 1 << 16 /* what a builder makes if it is not told otherwise */
};

/*
 * A view, copied like an int.  Scalars are in it; strings, paths, bytes, arrays and maps are
 * borrowed: good as long as the memory they lie in, which is said where one is handed out (the
 * argument of a handler: until it returns).  Zeroed is nil.
 *
 * Arrays, packed ones too, and maps stay in the encoding that they came in, and are walked there
 * (meeple_value_next()): nothing is built, nothing allocated.  They were checked as a whole when
 * they came, so there is nothing left that could go wrong on the way.  Only what a builder,
 * meeple_value_read() or a handler gave may be used as one; all else is made with the functions
 * below, or filled in by hand.
 */
typedef struct meeple_value {
    meeple_value_kind kind;
    union {
        uint32_t count;   /* ARRAY, INTS to COLORS: elements; MAP: pairs */
        int32_t ext_type; /* EXT: MEEPLE_VALUE_EXT_MIN..MAX */
    };
    union {
        bool boolean;       /* BOOL */
        int64_t integer;    /* INT */
        uint64_t natural;   /* UINT: above INT64_MAX */
        double real;        /* FLOAT */
        meeple_bytes bytes; /* STRING: UTF-8 without a NUL, not terminated; NODE_PATH: likewise, as
                               Godot writes one, "/root/A/b:position:x"; BYTES; EXT: its content;
                               ARRAY, MAP, INTS to COLORS: the elements as they are encoded */
        meeple_vec2 vec2;   /* VEC2 */
        meeple_vec3 vec3;   /* VEC3 */
        meeple_color color; /* COLOR */
        meeple_rect2 rect2; /* RECT2 */
        meeple_plane plane; /* PLANE */
        meeple_quat quat;   /* QUAT */
        meeple_aabb aabb;   /* AABB */
        meeple_basis basis; /* BASIS */
        meeple_transform2d transform2d; /* TRANSFORM2D */
        meeple_transform transform;     /* TRANSFORM */
    };
} meeple_value;

/* "nil", "bool", ...; "unknown" for anything else.  Static storage. */
MEEPLE_API const char *meeple_value_kind_name(meeple_value_kind kind);

/* So that a value can be written where it is needed.  Strings and bytes are borrowed; text NULL is
 * "".  That a string is UTF-8 is checked where the value is used. */
MEEPLE_API meeple_value meeple_value_nil(void);
MEEPLE_API meeple_value meeple_value_bool(bool boolean);
MEEPLE_API meeple_value meeple_value_int(int64_t integer);
MEEPLE_API meeple_value meeple_value_uint(uint64_t natural); /* INT, if it is not above INT64_MAX */
MEEPLE_API meeple_value meeple_value_float(double real);
MEEPLE_API meeple_value meeple_value_string(const char *text);
MEEPLE_API meeple_value meeple_value_string_of(meeple_bytes text);
MEEPLE_API meeple_value meeple_value_bytes(meeple_bytes bytes);
MEEPLE_API meeple_value meeple_value_vec2(float x, float y);
MEEPLE_API meeple_value meeple_value_vec3(float x, float y, float z);
MEEPLE_API meeple_value meeple_value_color(float r, float g, float b, float a);
MEEPLE_API meeple_value meeple_value_rect2(meeple_rect2 rect2);
MEEPLE_API meeple_value meeple_value_transform2d(meeple_transform2d transform2d);
MEEPLE_API meeple_value meeple_value_plane(meeple_plane plane);
MEEPLE_API meeple_value meeple_value_quat(meeple_quat quat);
MEEPLE_API meeple_value meeple_value_aabb(meeple_aabb aabb);
MEEPLE_API meeple_value meeple_value_basis(meeple_basis basis);
MEEPLE_API meeple_value meeple_value_transform(meeple_transform transform);
MEEPLE_API meeple_value meeple_value_node_path(const char *path);
MEEPLE_API meeple_value meeple_value_rid(void);
MEEPLE_API meeple_value meeple_value_ext(int type, meeple_bytes content);

/* What is one already, or made of one of the structs above. */
MEEPLE_API meeple_value meeple_value_of_value(meeple_value value);
MEEPLE_API meeple_value meeple_value_of_vec2(meeple_vec2 vec2);
MEEPLE_API meeple_value meeple_value_of_vec3(meeple_vec3 vec3);
MEEPLE_API meeple_value meeple_value_of_color(meeple_color color);

/*
 * MEEPLE_VALUE_OF(x): the value of an expression of C, by its type: a number, a bool, a text, one
 * of the structs above, or a meeple_value.  Other types do not compile, char among them, which may
 * be a number or a letter.  What C makes of `true` or `a < b` is an int.
 */
/* clang-format off */
#define MEEPLE_VALUE_OF(x)                                                                         \
    _Generic((x),                                                                                  \
        bool: meeple_value_bool,                                                                   \
        signed char: meeple_value_int,                                                             \
        short: meeple_value_int,                                                                   \
        int: meeple_value_int,                                                                     \
        long: meeple_value_int,                                                                    \
        long long: meeple_value_int,                                                               \
        unsigned char: meeple_value_uint,                                                          \
        unsigned short: meeple_value_uint,                                                         \
        unsigned int: meeple_value_uint,                                                           \
        unsigned long: meeple_value_uint,                                                          \
        unsigned long long: meeple_value_uint,                                                     \
        float: meeple_value_float,                                                                 \
        double: meeple_value_float,                                                                \
        char *: meeple_value_string,                                                               \
        const char *: meeple_value_string,                                                         \
        meeple_bytes: meeple_value_bytes,                                                          \
        meeple_vec2: meeple_value_of_vec2,                                                         \
        meeple_vec3: meeple_value_of_vec3,                                                         \
        meeple_color: meeple_value_of_color,                                                       \
        meeple_rect2: meeple_value_rect2,                                                          \
        meeple_transform2d: meeple_value_transform2d,                                              \
        meeple_plane: meeple_value_plane,                                                          \
        meeple_quat: meeple_value_quat,                                                            \
        meeple_aabb: meeple_value_aabb,                                                            \
        meeple_basis: meeple_value_basis,                                                          \
        meeple_transform: meeple_value_transform,                                                  \
        meeple_value: meeple_value_of_value)(x)
/* clang-format on */

/* Whether it is one of INTS to COLORS. */
MEEPLE_API bool meeple_value_is_packed(meeple_value value);

/*
 * Reading an array, a packed one too, or a map:
 *
 *     meeple_value_iterator at = meeple_value_iterate(value);
 *     while (meeple_value_next(&at)) {
 *         ... at.key, at.value ...
 *     }
 *
 * visits the elements in their order, those of a map as they were put in.  Any other kind has none.
 * The elements of a packed array are INT, FLOAT, STRING, VEC2, VEC3 or COLOR.
 * What it hands out is borrowed from the same memory as the value.  To hand out an array or a map
 * it walks over it, so to see all of a value costs at most its length times its depth.
 */
typedef struct meeple_value_iterator {
    meeple_value key; /* of a map; nil in an array */
    meeple_value value;
    uint32_t left; /* that many elements follow */
    meeple_bytes rest;
    meeple_value_kind of; /* what is walked */
} meeple_value_iterator;

MEEPLE_API meeple_value_iterator meeple_value_iterate(meeple_value value);
/* False if there is none left. */
MEEPLE_API bool meeple_value_next(meeple_value_iterator *iterator);

/*
 * Single elements.  False, and *out untouched, if there is none, or if the value is no map, no
 * array; out NULL only asks. They walk from the beginning: to see all of a large one, iterate. A
 * map may have a key twice, if somebody sent it so: the last one counts, as in Godot.
 */
MEEPLE_API bool meeple_value_find(meeple_value map, const char *key, meeple_value *out);
/* The same for a key of any kind; compared as by meeple_value_equal(). */
MEEPLE_API bool meeple_value_find_key(meeple_value map, meeple_value key, meeple_value *out);
/* Counted from 0; of a packed array, too, where only STRINGS have to be walked. */
MEEPLE_API bool meeple_value_at(meeple_value array, uint32_t index, meeple_value *out);

/*
 * What meeple_value_find() finds, or nil: for a call within a call, with what holds if nothing of
 * the kind was sent put in before:
 *
 *     double hp = 100;
 *     meeple_value_number(meeple_value_get(about, "hp"), &hp);
 *
 * Borrowed as the map is.  Godot: Dictionary.get().
 */
MEEPLE_API meeple_value meeple_value_get(meeple_value map, const char *key);

/* INT, UINT and FLOAT as a double, rounded if they have to be.  False, and *out untouched, for all
 * other kinds: who asks for a number should not care whether 5 or 5.0 was sent.  out NULL only
 * asks, here and in the next. */
MEEPLE_API bool meeple_value_number(meeple_value value, double *out);

/* INT, and a FLOAT without a fraction that an int64_t can be, as one.  False, and *out untouched,
 * for all else: 5.5, 1e300, a NaN, an UINT. */
MEEPLE_API bool meeple_value_integer(meeple_value value, int64_t *out);

/* A STRING with a NUL behind it, into dst of size bytes.  False, and dst untouched, if it is none,
 * or with its NUL does not fit: it is not cut. */
MEEPLE_API bool meeple_value_chars(meeple_value value, char *dst, size_t size);

/*
 * Whether two values are the same: the same kind with the same content, elements of maps in the
 * same order, whatever their encodings.  1 and 1.0 are not the same; floats are if their bits are,
 * so a NaN is the same as itself, and 0.0 not the same as -0.0.
 */
MEEPLE_API bool meeple_value_equal(meeple_value left, meeple_value right);

/*
 * A value as text, for people and logs, as snprintf() does it: writes at most size bytes, the NUL
 * included, never half a character; returns the length of the whole text, without the NUL.  dst may
 * be NULL if size is 0.  The form is stable:
 *
 *     nil  true  -5  0.5  "say \"hi\"\n"  <00ff>  [1, 2]  {"hp": 12, 7: nil}  vec2(1, -2)
 *     vec3(0, 0, 1)  color(1, 0, 0, 1)  ext(40, <00ff>)  inf  -inf  nan  rid()
 *     node_path("/root/A")  ints[1, 2]  reals[0.5]  strings["a"]  vec2s[vec2(1, -2)]
 *
 * and so on: RECT2 to TRANSFORM as their floats, in the order of the struct.  Floats have a point
 * or an exponent (5.0, 1e+30) and as many digits as tell them from their neighbours, components of
 * vectors and elements of REALS as few as that.  Control characters and those that change the
 * direction of text are written \u202e, so a text is one line.  What is no value is "(malformed)".
 */
MEEPLE_API size_t meeple_value_text(meeple_value value, char *dst, size_t size);

/* The length of its encoding in bytes, with which bounds of a field count (meeple/field.h). */
MEEPLE_API size_t meeple_value_size(meeple_value value);

/*
 * Keeps a value: writes its encoding to memory, of size bytes, and makes *out a view of that, good
 * as long as the memory, which may be that in which the value lies: a part of a kept one can be
 * kept in its place.  Returns how many bytes were written: meeple_value_size(). MEEPLE_ETOOBIG:
 * they are more than size; MEEPLE_EINVAL: no value, as a string that is not UTF-8.  *out is
 * untouched then.  The bytes may be stored, and read again.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_value_copy(meeple_value *out, meeple_value value,
                                                 void *memory, size_t size);

/*
 * A view of bytes that were stored, or came from anywhere: exactly one value in msgpack, as
 * docs/wire.md section 5.6 has it.  *out borrows from bytes.  MEEPLE_EPROTO: they are none; *out is
 * untouched.  Allocates nothing, whatever counts the bytes declare.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_value_read(meeple_value *out, meeple_bytes bytes);

/*
 * Makes arrays and maps:
 *
 *     meeple_value_builder builder;
 *     meeple_value value;
 *     meeple_value_builder_init(&builder, NULL, 0);
 *     meeple_value_begin_map(&builder);
 *     meeple_value_put_named(&builder, "hp", meeple_value_int(12));
 *     meeple_value_put(&builder, meeple_value_string("seen"));
 *     meeple_value_begin_array(&builder);
 *     meeple_value_put(&builder, meeple_value_vec2(1, 2));
 *     meeple_value_end(&builder);
 *     meeple_value_end(&builder);
 *     rc = meeple_value_builder_value(&builder, &value);
 *     ...
 *     meeple_value_builder_done(&builder);
 *
 * The first error sticks, so one look at the end is enough.  All members are private.
 */
typedef struct meeple_value_builder {
    const meeple_mem *mem;
    uint8_t *ptr;
    size_t len, cap, bytes_max;
    bool fixed;
    int rc;
    uint32_t depth, count; /* open containers; values outside of all of them */
    struct {
        size_t at; /* of its head */
        uint32_t count;
        meeple_value_kind kind;
    } open[MEEPLE_VALUE_DEPTH_MAX + 1]; /* a packed array may be in the deepest */
} meeple_value_builder;

/* In memory that grows up to bytes_max, 0: MEEPLE_VALUE_BYTES_MAX.  mem as everywhere. */
MEEPLE_API void meeple_value_builder_init(meeple_value_builder *builder, const meeple_mem *mem,
                                          size_t bytes_max);
/* In the caller's memory, borrowed until meeple_value_builder_done(); nothing is allocated. */
MEEPLE_API void meeple_value_builder_init_fixed(meeple_value_builder *builder, void *memory,
                                                size_t size);
/* Empty again and without an error; memory is kept. */
MEEPLE_API void meeple_value_builder_reset(meeple_value_builder *builder);
/* Frees what it has allocated.  The values it gave are of no use then. */
MEEPLE_API void meeple_value_builder_done(meeple_value_builder *builder);

/* A value, copied: an element of the array, or the next key or value of the map that was begun
 * last, or the whole.  Arrays and maps are copied with all they hold. */
MEEPLE_API void meeple_value_put(meeple_value_builder *builder, meeple_value value);
/* A key and its value, into a map.  MEEPLE_ESTATE sticks if what was begun last is none, or if it
 * has a key that waits for its value: in an array they would be two elements. */
MEEPLE_API void meeple_value_put_named(meeple_value_builder *builder, const char *key,
                                       meeple_value value);
/* What is put until its end belongs to it; in a map keys and values alternate.  Whether a key comes
 * twice is not looked at. */
MEEPLE_API void meeple_value_begin_array(meeple_value_builder *builder);
MEEPLE_API void meeple_value_begin_map(meeple_value_builder *builder);
/* The same for a packed array, INTS to COLORS; any other kind is MEEPLE_EINVAL.  What is put into
 * it has to be of the kind of its elements; into REALS also a whole number that a float is exactly,
 * and a FLOAT is rounded unless it is too large for that. */
MEEPLE_API void meeple_value_begin_packed(meeple_value_builder *builder, meeple_value_kind kind);
MEEPLE_API void meeple_value_end(meeple_value_builder *builder);

/*
 * What was built, borrowed from the builder until it is put to, reset or done.  Returns 0 or the
 * first error, *out untouched: MEEPLE_ETOOBIG: over the ceiling, or deeper than
 * MEEPLE_VALUE_DEPTH_MAX; MEEPLE_EINVAL: no value was put in (a string that is not UTF-8, an EXT of
 * another type), or one that the packed array cannot hold, or a map has a key without a value;
 * MEEPLE_ESTATE: nothing was put, more than one value was, an end is missing or is one too many, or
 * a named one was put where no key is awaited; MEEPLE_ENOMEM.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_value_builder_value(const meeple_value_builder *builder,
                                                          meeple_value *out);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_VALUE_H */
