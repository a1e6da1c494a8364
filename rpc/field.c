/* field: members of a struct, read and written by what the field table says of them. */
#include "rpc/field.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdalign.h>
#include <string.h>

#include <meeple/class.h>

#include "core/utf8.h"
#include "rpc/msgpack_read.h"
#include "rpc/sentence.h"
#include "rpc/value_kind.h"

/* All of them are read and written as one struct. */
#define SPAN_HAS(T) sizeof(T) == sizeof(struct meeple__span) && offsetof(T, len) == sizeof(void *)
_Static_assert(SPAN_HAS(meeple_ints) && SPAN_HAS(meeple_reals) && SPAN_HAS(meeple_strings) &&
                   SPAN_HAS(meeple_vec2s) && SPAN_HAS(meeple_vec3s) && SPAN_HAS(meeple_colors),
               "a span is not what the others are");

#define TYPE(kind, T)                                                                              \
    {                                                                                              \
        MEEPLE__KIND_##kind, sizeof(T), alignof(T)                                                 \
    }

static const struct {
    uint8_t kind, size, align;
} types[] = {
    [MEEPLE_TYPE_BOOL] = TYPE(BOOL, bool),
    [MEEPLE_TYPE_I8] = TYPE(SIGNED, int8_t),
    [MEEPLE_TYPE_I16] = TYPE(SIGNED, int16_t),
    [MEEPLE_TYPE_I32] = TYPE(SIGNED, int32_t),
    [MEEPLE_TYPE_I64] = TYPE(SIGNED, int64_t),
    [MEEPLE_TYPE_U8] = TYPE(UNSIGNED, uint8_t),
    [MEEPLE_TYPE_U16] = TYPE(UNSIGNED, uint16_t),
    [MEEPLE_TYPE_U32] = TYPE(UNSIGNED, uint32_t),
    [MEEPLE_TYPE_U64] = TYPE(UNSIGNED, uint64_t),
    [MEEPLE_TYPE_F32] = TYPE(REAL, float),
    [MEEPLE_TYPE_F64] = TYPE(REAL, double),
    [MEEPLE_TYPE_STR] = TYPE(STRING, const char *),
    [MEEPLE_TYPE_BYTES] = TYPE(BYTES, meeple_bytes),
    [MEEPLE_TYPE_VEC2] = TYPE(VECTOR, meeple_vec2),
    [MEEPLE_TYPE_VEC3] = TYPE(VECTOR, meeple_vec3),
    [MEEPLE_TYPE_COLOR] = TYPE(VECTOR, meeple_color),
    [MEEPLE_TYPE_VALUE] = TYPE(VALUE, meeple_value),
    [MEEPLE_TYPE_CHARS] = {MEEPLE__KIND_CHARS, 0, 1},
    [MEEPLE_TYPE_RECT2] = TYPE(VECTOR, meeple_rect2),
    [MEEPLE_TYPE_TRANSFORM2D] = TYPE(VECTOR, meeple_transform2d),
    [MEEPLE_TYPE_PLANE] = TYPE(VECTOR, meeple_plane),
    [MEEPLE_TYPE_QUAT] = TYPE(VECTOR, meeple_quat),
    [MEEPLE_TYPE_AABB] = TYPE(VECTOR, meeple_aabb),
    [MEEPLE_TYPE_BASIS] = TYPE(VECTOR, meeple_basis),
    [MEEPLE_TYPE_TRANSFORM] = TYPE(VECTOR, meeple_transform),
    [MEEPLE_TYPE_INTS] = TYPE(SPAN, meeple_ints),
    [MEEPLE_TYPE_REALS] = TYPE(SPAN, meeple_reals),
    [MEEPLE_TYPE_STRINGS] = TYPE(SPAN, meeple_strings),
    [MEEPLE_TYPE_VEC2S] = TYPE(SPAN, meeple_vec2s),
    [MEEPLE_TYPE_VEC3S] = TYPE(SPAN, meeple_vec3s),
    [MEEPLE_TYPE_COLORS] = TYPE(SPAN, meeple_colors),
};

enum meeple__kind meeple__type_kind(meeple_type type)
{
    return (unsigned)type < MEEPLE_COUNT(types) ? (enum meeple__kind)types[type].kind
                                                : MEEPLE__KIND_NONE;
}

size_t meeple__type_size(meeple_type type)
{
    return (unsigned)type < MEEPLE_COUNT(types) ? types[type].size : 0;
}

size_t meeple__type_align(meeple_type type)
{
    return meeple__type_kind(type) != MEEPLE__KIND_NONE ? types[type].align : 1;
}

meeple_value_kind meeple__type_value(meeple_type type)
{
    static const uint8_t values[] = {
        [MEEPLE_TYPE_VEC2] = MEEPLE_VALUE_VEC2,
        [MEEPLE_TYPE_VEC3] = MEEPLE_VALUE_VEC3,
        [MEEPLE_TYPE_COLOR] = MEEPLE_VALUE_COLOR,
        [MEEPLE_TYPE_RECT2] = MEEPLE_VALUE_RECT2,
        [MEEPLE_TYPE_TRANSFORM2D] = MEEPLE_VALUE_TRANSFORM2D,
        [MEEPLE_TYPE_PLANE] = MEEPLE_VALUE_PLANE,
        [MEEPLE_TYPE_QUAT] = MEEPLE_VALUE_QUAT,
        [MEEPLE_TYPE_AABB] = MEEPLE_VALUE_AABB,
        [MEEPLE_TYPE_BASIS] = MEEPLE_VALUE_BASIS,
        [MEEPLE_TYPE_TRANSFORM] = MEEPLE_VALUE_TRANSFORM,
        [MEEPLE_TYPE_INTS] = MEEPLE_VALUE_INTS,
        [MEEPLE_TYPE_REALS] = MEEPLE_VALUE_REALS,
        [MEEPLE_TYPE_STRINGS] = MEEPLE_VALUE_STRINGS,
        [MEEPLE_TYPE_VEC2S] = MEEPLE_VALUE_VEC2S,
        [MEEPLE_TYPE_VEC3S] = MEEPLE_VALUE_VEC3S,
        [MEEPLE_TYPE_COLORS] = MEEPLE_VALUE_COLORS,
    };

    return (unsigned)type < MEEPLE_COUNT(values) ? (meeple_value_kind)values[type]
                                                 : MEEPLE_VALUE_NIL;
}

char meeple__type_letter(meeple_type type)
{
    switch (type) {
#define X(name, letter, text)                                                                      \
    case MEEPLE_TYPE_##name:                                                                       \
        return letter;
        MEEPLE_TYPE_MAP(X)
#undef X
    case MEEPLE_TYPE_NONE:
    default:
        return '\0';
    }
}

const char *meeple__letter_name(char letter)
{
    switch (letter) {
#define X(name, known, text)                                                                       \
    case known:                                                                                    \
        return text;
        MEEPLE_TYPE_MAP(X)
#undef X
    default:
        return "?";
    }
}

const char *meeple_type_name(meeple_type type)
{
    switch (type) {
#define X(name, letter, text)                                                                      \
    case MEEPLE_TYPE_##name:                                                                       \
        return text;
        MEEPLE_TYPE_MAP(X)
#undef X
    case MEEPLE_TYPE_NONE:
    default:
        return "none";
    }
}

const char *meeple_rpc_mode_name(meeple_rpc_mode mode)
{
    switch (mode) {
#define X(name, text)                                                                              \
    case MEEPLE_RPC_##name:                                                                        \
        return text;
        MEEPLE_RPC_MODE_MAP(X)
#undef X
    default:
        return "unknown";
    }
}

int64_t meeple__get_signed(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_SIGNED);
    switch (meeple__type_size(field->type)) {
    case 1:
        return *(const int8_t *)member;
    case 2:
        return *(const int16_t *)member;
    case 4:
        return *(const int32_t *)member;
    default:
        return *(const int64_t *)member;
    }
}

uint64_t meeple__get_unsigned(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_UNSIGNED);
    switch (meeple__type_size(field->type)) {
    case 1:
        return *(const uint8_t *)member;
    case 2:
        return *(const uint16_t *)member;
    case 4:
        return *(const uint32_t *)member;
    default:
        return *(const uint64_t *)member;
    }
}

double meeple__get_real(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_REAL);
    return field->type == MEEPLE_TYPE_F32 ? (double)*(const float *)member
                                          : *(const double *)member;
}

bool meeple__put_signed(const meeple_field *field, void *record, int64_t value)
{
    void *member = (char *)record + field->offset;
    size_t size = meeple__type_size(field->type);
    int64_t most = INT64_MAX >> (64 - 8 * size);

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_SIGNED);
    if (value > most || value < -most - 1) {
        return false;
    }
    switch (size) {
    case 1:
        *(int8_t *)member = (int8_t)value;
        break;
    case 2:
        *(int16_t *)member = (int16_t)value;
        break;
    case 4:
        *(int32_t *)member = (int32_t)value;
        break;
    default:
        *(int64_t *)member = value;
    }
    return true;
}

bool meeple__put_unsigned(const meeple_field *field, void *record, uint64_t value)
{
    void *member = (char *)record + field->offset;
    size_t size = meeple__type_size(field->type);

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_UNSIGNED);
    if (value > UINT64_MAX >> (64 - 8 * size)) {
        return false;
    }
    switch (size) {
    case 1:
        *(uint8_t *)member = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)member = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)member = (uint32_t)value;
        break;
    default:
        *(uint64_t *)member = value;
    }
    return true;
}

bool meeple__put_real(const meeple_field *field, void *record, double value)
{
    void *member = (char *)record + field->offset;

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_REAL);
    if (field->type == MEEPLE_TYPE_F64) {
        *(double *)member = value;
        return true;
    }
    /* Infinity is a float too; a finite number that would have to become one is not. */
    if (isfinite(value) && (value > (double)FLT_MAX || value < -(double)FLT_MAX)) {
        return false;
    }
    *(float *)member = (float)value;
    return true;
}

struct meeple__span meeple__get_span(const meeple_field *field, const void *record)
{
    struct meeple__span span;

    assert(meeple__type_kind(field->type) == MEEPLE__KIND_SPAN);
    memcpy(&span, meeple__member(field, record), sizeof span);
    return span;
}

void meeple__put_span(const meeple_field *field, void *record, struct meeple__span span)
{
    assert(meeple__type_kind(field->type) == MEEPLE__KIND_SPAN);
    memcpy((char *)record + field->offset, &span, sizeof span);
}

unsigned meeple__fields_required(const meeple_rpc_type *type)
{
    unsigned count = type->field_count;

    while (count > 0 && (type->fields[count - 1].flags & MEEPLE_OPTIONAL)) {
        count--;
    }
    return count;
}

void meeple__fields_leave_out(const meeple_rpc_type *type, unsigned from, void *record)
{
    for (unsigned i = from; i < type->field_count; i++) {
        void *member = (char *)record + type->fields[i].offset;

        if (type->fields[i].type == MEEPLE_TYPE_STR) {
            *(const char **)member = "";
        } else if (type->fields[i].type == MEEPLE_TYPE_BYTES) {
            ((meeple_bytes *)member)->ptr = (const uint8_t *)"";
        }
    }
}

size_t meeple__chars_len(const meeple_field *field, const void *record)
{
    const char *text = meeple__member(field, record);
    const char *end = memchr(text, '\0', field->size);

    return end ? (size_t)(end - text) : field->size;
}

/* What the bounds speak of: the number itself, or the length. */
static double measure(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);
    const char *text;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_SIGNED:
        return (double)meeple__get_signed(field, record);
    case MEEPLE__KIND_UNSIGNED:
        return (double)meeple__get_unsigned(field, record);
    case MEEPLE__KIND_REAL:
        return meeple__get_real(field, record);
    case MEEPLE__KIND_STRING:
        text = *(const char *const *)member;
        return text ? (double)strlen(text) : 0;
    case MEEPLE__KIND_BYTES:
        return (double)((const meeple_bytes *)member)->len;
    case MEEPLE__KIND_VALUE:
        return (double)meeple_value_size(*(const meeple_value *)member);
    case MEEPLE__KIND_CHARS:
        return (double)meeple__chars_len(field, record);
    case MEEPLE__KIND_SPAN:
        return (double)meeple__get_span(field, record).len;
    case MEEPLE__KIND_NONE:
    case MEEPLE__KIND_BOOL:
    case MEEPLE__KIND_VECTOR:
    default:
        return 0;
    }
}

void meeple__say_field(struct meeple__sentence *why, const meeple_field *field, unsigned position)
{
    if (position > 0) {
        meeple__say(why, "argument %u '%s' ", position, field->name);
    } else {
        meeple__say(why, "field '%s' ", field->name);
    }
}

static void say_value(struct meeple__sentence *why, const meeple_field *field, const void *record)
{
    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_SIGNED:
        meeple__say(why, "is %" PRId64, meeple__get_signed(field, record));
        break;
    case MEEPLE__KIND_UNSIGNED:
        meeple__say(why, "is %" PRIu64, meeple__get_unsigned(field, record));
        break;
    case MEEPLE__KIND_REAL:
        meeple__say(why, "is %.9g", meeple__get_real(field, record));
        break;
    case MEEPLE__KIND_SPAN:
        meeple__say(why, "has %.0f elements", measure(field, record));
        break;
    case MEEPLE__KIND_NONE:
    case MEEPLE__KIND_BOOL:
    case MEEPLE__KIND_STRING:
    case MEEPLE__KIND_BYTES:
    case MEEPLE__KIND_VECTOR:
    case MEEPLE__KIND_VALUE:
    case MEEPLE__KIND_CHARS:
    default:
        meeple__say(why, "is %.0f bytes long", measure(field, record));
    }
}

static bool is_utf8(const char *text)
{
    return !text || meeple__utf8_valid((meeple_bytes){(const uint8_t *)text, strlen(text)});
}

static bool is_missing(const meeple_bytes *bytes)
{
    return bytes->len > 0 && !bytes->ptr;
}

/* A number, or a length but that of nil. */
static bool is_zero(const meeple_field *field, const void *record)
{
    const meeple_value *value = meeple__member(field, record);

    return field->type == MEEPLE_TYPE_VALUE ? value->kind == MEEPLE_VALUE_NIL
                                            : measure(field, record) == 0;
}

int meeple__field_check_bounds(const meeple_field *field, unsigned position, const void *record,
                               struct meeple__sentence *why)
{
    double value;

    if (!meeple__field_bounded(field)) {
        return 0;
    }
    if ((field->flags & MEEPLE__MAY_BE_ZERO) && is_zero(field, record)) {
        return 0;
    }
    value = measure(field, record);
    /* Written so that NaN fails. */
    if (!(value >= field->min && value <= field->max)) {
        meeple__say_field(why, field, position);
        say_value(why, field, record);
        meeple__say(why, ", allowed %.15g..%.15g", field->min, field->max);
        return MEEPLE_EINVAL;
    }
    return 0;
}

/* What is no text, at its place in the struct. */
static const char *chars_fault(const meeple_field *field, const void *record)
{
    size_t len = meeple__chars_len(field, record);

    if (len == field->size) {
        return "has no end";
    }
    return meeple__utf8_valid((meeple_bytes){meeple__member(field, record), len}) ? NULL
                                                                                  : "is not UTF-8";
}

/* What the texts are, and lengths of four bytes in front, is what no packet could hold. */
static const char *strings_fault(const char *const *texts, size_t count)
{
    uint64_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_utf8(texts[i])) {
            return "has a string that is not UTF-8";
        }
        size += 4 + (uint64_t)(texts[i] ? strlen(texts[i]) : 0);
        if (size > INT32_MAX) {
            return "is too long";
        }
    }
    return NULL;
}

static const char *span_fault(const meeple_field *field, const void *record)
{
    struct meeple__span span = meeple__get_span(field, record);

    if (span.len > 0 && !span.ptr) {
        return "has a length and no elements";
    }
    if (span.len > INT32_MAX / meeple__packed_size(meeple__type_value(field->type))) {
        return "is too long";
    }
    return field->type == MEEPLE_TYPE_STRINGS
               ? strings_fault((const char *const *)span.ptr, span.len)
               : NULL;
}

/* What is wrong with what the member points at, or NULL. */
static const char *content_fault(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);
    enum meeple__msgpack_fault fault;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_BYTES:
        return is_missing(member) ? "has a length and no bytes" : NULL;
    case MEEPLE__KIND_STRING:
        return is_utf8(*(const char *const *)member) ? NULL : "is not UTF-8";
    case MEEPLE__KIND_CHARS:
        return chars_fault(field, record);
    case MEEPLE__KIND_VALUE:
        fault = meeple__msgpack_check(member, MEEPLE_VALUE_DEPTH_MAX);
        return fault == MEEPLE__MSGPACK_NONE ? NULL : meeple__msgpack_fault_text(fault);
    case MEEPLE__KIND_SPAN:
        return span_fault(field, record);
    case MEEPLE__KIND_NONE:
    case MEEPLE__KIND_BOOL:
    case MEEPLE__KIND_SIGNED:
    case MEEPLE__KIND_UNSIGNED:
    case MEEPLE__KIND_REAL:
    case MEEPLE__KIND_VECTOR:
    default:
        return NULL;
    }
}

int meeple__field_check(const meeple_field *field, unsigned position, const void *record,
                        struct meeple__sentence *why)
{
    const char *fault = content_fault(field, record);

    if (fault) {
        meeple__say_field(why, field, position);
        meeple__say(why, "%s", fault);
        return MEEPLE_EINVAL;
    }
    return meeple__field_check_bounds(field, position, record, why);
}
