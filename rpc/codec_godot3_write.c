/* codec_godot3_write: values as Variants of Godot 3. */
#include "rpc/codec_godot3_write.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/wire.h"
#include "rpc/codec_godot3_path.h"
#include "rpc/codec_godot3_type.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/value_kind.h"

/* The types of the kinds that are nothing but floats, and of the packed arrays whose elements are
 * the same bytes here and there. */
static const uint8_t types[] = {
    [MEEPLE_VALUE_VEC2] = MEEPLE__VARIANT_VECTOR2,
    [MEEPLE_VALUE_VEC3] = MEEPLE__VARIANT_VECTOR3,
    [MEEPLE_VALUE_COLOR] = MEEPLE__VARIANT_COLOR,
    [MEEPLE_VALUE_RECT2] = MEEPLE__VARIANT_RECT2,
    [MEEPLE_VALUE_TRANSFORM2D] = MEEPLE__VARIANT_TRANSFORM2D,
    [MEEPLE_VALUE_PLANE] = MEEPLE__VARIANT_PLANE,
    [MEEPLE_VALUE_QUAT] = MEEPLE__VARIANT_QUAT,
    [MEEPLE_VALUE_AABB] = MEEPLE__VARIANT_AABB,
    [MEEPLE_VALUE_BASIS] = MEEPLE__VARIANT_BASIS,
    [MEEPLE_VALUE_TRANSFORM] = MEEPLE__VARIANT_TRANSFORM,
    [MEEPLE_VALUE_INTS] = MEEPLE__VARIANT_INTS,
    [MEEPLE_VALUE_REALS] = MEEPLE__VARIANT_REALS,
    [MEEPLE_VALUE_VEC2S] = MEEPLE__VARIANT_VECTOR2S,
    [MEEPLE_VALUE_VEC3S] = MEEPLE__VARIANT_VECTOR3S,
    [MEEPLE_VALUE_COLORS] = MEEPLE__VARIANT_COLORS,
};

static void write_u32s(struct meeple__sink *sink, uint32_t first, uint32_t second)
{
    uint8_t bytes[8];

    meeple__write_u32(meeple__write_u32(bytes, first), second);
    meeple__sink_bytes(sink, (meeple_bytes){bytes, sizeof bytes});
}

static void write_long(struct meeple__sink *sink, uint32_t type, uint64_t number)
{
    uint8_t bytes[12], *at = meeple__write_u32(bytes, type | MEEPLE__VARIANT_FLAG);

    meeple__write_u32(meeple__write_u32(at, (uint32_t)number), (uint32_t)(number >> 32));
    meeple__sink_bytes(sink, (meeple_bytes){bytes, sizeof bytes});
}

static void write_int(struct meeple__sink *sink, int64_t integer)
{
    if (integer >= INT32_MIN && integer <= INT32_MAX) {
        write_u32s(sink, MEEPLE__VARIANT_INT, (uint32_t)integer);
    } else {
        write_long(sink, MEEPLE__VARIANT_INT, (uint64_t)integer);
    }
}

/* 32 bits if they are equal to all 64, which a NaN is to nothing. */
static void write_real(struct meeple__sink *sink, double real)
{
    bool fits = isinf(real) || fabs(real) <= (double)FLT_MAX;
    float small = fits ? (float)real : 0;
    uint64_t bits;
    uint32_t small_bits;

    if (fits && (double)small == real) {
        memcpy(&small_bits, &small, sizeof small_bits);
        write_u32s(sink, MEEPLE__VARIANT_REAL, small_bits);
    } else {
        memcpy(&bits, &real, sizeof bits);
        write_long(sink, MEEPLE__VARIANT_REAL, bits);
    }
}

static void write_padding(struct meeple__sink *sink, size_t len)
{
    static const uint8_t zeros[3];

    if (meeple__variant_padding(len) > 0) {
        meeple__sink_bytes(sink, (meeple_bytes){zeros, meeple__variant_padding(len)});
    }
}

/* Lengths and counts are of 31 bits. */
static uint32_t count_of(struct meeple__sink *sink, size_t count)
{
    if (count > INT32_MAX) {
        sink->rc = sink->rc ? sink->rc : MEEPLE_ETOOBIG;
    }
    return (uint32_t)count;
}

static void write_head(struct meeple__sink *sink, uint32_t type, size_t count)
{
    write_u32s(sink, type, count_of(sink, count));
}

/* Whether Godot would take away what is in front of it. */
static bool is_marked(meeple_bytes text)
{
    return text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0;
}

/* All of a text but its length. */
static void write_text(struct meeple__sink *sink, meeple_bytes text)
{
    if (is_marked(text)) {
        meeple__sink_bytes(sink, (meeple_bytes){text.ptr, 3});
    }
    meeple__sink_bytes(sink, text);
}

static size_t len_of(meeple_bytes text)
{
    return text.len + (is_marked(text) ? 3 : 0);
}

void meeple__variant_write_text(struct meeple__sink *sink, meeple_bytes text)
{
    meeple__sink_u32(sink, count_of(sink, len_of(text)));
    write_text(sink, text);
    write_padding(sink, len_of(text));
}

/* Of a PoolStringArray: a NUL is a part of each. */
static void write_element(struct meeple__sink *sink, meeple_bytes text)
{
    meeple__sink_u32(sink, count_of(sink, len_of(text) + 1));
    write_text(sink, text);
    meeple__sink_u8(sink, 0);
    write_padding(sink, len_of(text) + 1);
}

static void write_strings(struct meeple__sink *sink, const meeple_value *value)
{
    struct meeple__reader reader = meeple__reader_of(value->bytes);

    write_head(sink, MEEPLE__VARIANT_STRINGS, value->count);
    for (uint32_t i = 0; i < value->count && sink->rc == 0; i++) {
        write_element(sink, meeple__read_bytes(&reader, meeple__read_u32(&reader)));
    }
    assert(!reader.bad);
}

static int write_piece(void *data, const char *bytes, size_t len)
{
    struct meeple__sink *sink = data;

    meeple__sink_bytes(sink, (meeple_bytes){(const uint8_t *)bytes, len});
    return sink->rc;
}

void meeple__variant_write_span(struct meeple__sink *sink, meeple_value_kind kind,
                                const struct meeple__span *span)
{
    const char *const *texts = (const char *const *)span->ptr;

    if (kind != MEEPLE_VALUE_STRINGS) {
        write_head(sink, types[kind], span->len);
        meeple__packed_span(kind, span, write_piece, sink);
        return;
    }
    write_head(sink, MEEPLE__VARIANT_STRINGS, span->len);
    for (size_t i = 0; i < span->len && sink->rc == 0; i++) {
        const char *text = texts[i] ? texts[i] : "";

        write_element(sink, (meeple_bytes){(const uint8_t *)text, strlen(text)});
    }
}

static void write_floats(struct meeple__sink *sink, uint32_t type, const meeple_value *value)
{
    /* The structs of floats that a value may have in it begin at the same place. */
    const uint8_t *from = (const uint8_t *)value + offsetof(meeple_value, vec2);
    unsigned count = meeple__value_floats(value->kind);
    uint8_t bytes[4 * (1 + MEEPLE__FLOATS_MAX)], *at = meeple__write_u32(bytes, type);

    for (unsigned i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, from + 4 * (size_t)i, sizeof bits);
        at = meeple__write_u32(at, bits);
    }
    meeple__sink_bytes(sink, (meeple_bytes){bytes, (size_t)(at - bytes)});
}

static void write_packed(struct meeple__sink *sink, uint32_t type, const meeple_value *value)
{
    write_head(sink, type, value->count);
    meeple__sink_bytes(sink, value->bytes);
}

static void write_blob(struct meeple__sink *sink, meeple_bytes bytes)
{
    write_head(sink, MEEPLE__VARIANT_BYTES, bytes.len);
    meeple__sink_bytes(sink, bytes);
    write_padding(sink, bytes.len);
}

static void write_string(struct meeple__sink *sink, meeple_bytes text)
{
    write_head(sink, MEEPLE__VARIANT_STRING, len_of(text));
    write_text(sink, text);
    write_padding(sink, len_of(text));
}

static const char *write_node_path(struct meeple__sink *sink, meeple_bytes text)
{
    meeple__sink_u32(sink, MEEPLE__VARIANT_NODE_PATH);
    return meeple__variant_path_write(sink, text) ? NULL : "has a node path that is none";
}

/* Of an array and a map the head alone. */
static const char *write_other(struct meeple__sink *sink, const meeple_value *value)
{
    switch (value->kind) {
    case MEEPLE_VALUE_BOOL:
        write_u32s(sink, MEEPLE__VARIANT_BOOL, value->boolean);
        break;
    case MEEPLE_VALUE_INT:
        write_int(sink, value->integer);
        break;
    case MEEPLE_VALUE_UINT:
        return "has an integer above 9223372036854775807, which Godot 3 does not have";
    case MEEPLE_VALUE_FLOAT:
        write_real(sink, value->real);
        break;
    case MEEPLE_VALUE_STRING:
        write_string(sink, value->bytes);
        break;
    case MEEPLE_VALUE_BYTES:
        write_blob(sink, value->bytes);
        break;
    case MEEPLE_VALUE_ARRAY:
        write_head(sink, MEEPLE__VARIANT_ARRAY, value->count);
        break;
    case MEEPLE_VALUE_MAP:
        write_head(sink, MEEPLE__VARIANT_DICTIONARY, value->count);
        break;
    case MEEPLE_VALUE_EXT:
        return "has a type of the application, which Godot 3 does not have";
    case MEEPLE_VALUE_NODE_PATH:
        return write_node_path(sink, value->bytes);
    case MEEPLE_VALUE_RID:
        meeple__sink_u32(sink, MEEPLE__VARIANT_RID);
        break;
    case MEEPLE_VALUE_STRINGS:
        write_strings(sink, value);
        break;
    default:
        assert(value->kind == MEEPLE_VALUE_NIL); /* it was checked */
        meeple__sink_u32(sink, MEEPLE__VARIANT_NIL);
        break;
    }
    return NULL;
}

static const char *write_item(struct meeple__sink *sink, const meeple_value *value)
{
    unsigned kind = value->kind;

    if (kind >= MEEPLE_COUNT(types) || types[kind] == 0) {
        return write_other(sink, value);
    }
    if (meeple__value_floats(value->kind) > 0) {
        write_floats(sink, types[kind], value);
    } else {
        write_packed(sink, types[kind], value);
    }
    return NULL;
}

const char *meeple__variant_write_value(struct meeple__sink *sink, const meeple_value *value)
{
    const char *fault = write_item(sink, value);
    struct meeple__reader reader = {0};
    uint64_t pending = meeple__value_items(value);

    if (pending > 0) {
        reader = meeple__reader_of(value->bytes);
    }
    /* Heads have counts on both sides, so no level has to be known. */
    for (; pending > 0 && !fault && sink->rc == 0; pending--) {
        meeple_value item;
        enum meeple__msgpack_fault broken = meeple__msgpack_item(&reader, &item);

        assert(broken == MEEPLE__MSGPACK_NONE);
        (void)broken;
        fault = write_item(sink, &item);
        pending += meeple__value_items(&item);
    }
    return fault;
}
