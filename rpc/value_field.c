/* value_field: a value on its way into a member of a struct. */
#include "rpc/value_field.h"

#include <inttypes.h>
#include <string.h>

#include "rpc/content.h"
#include "rpc/field.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/sentence.h"
#include "rpc/value_kind.h"

const char *meeple__value_name(const meeple_value *value)
{
    switch (value->kind) {
    case MEEPLE_VALUE_NIL:
        return "nil";
    case MEEPLE_VALUE_BOOL:
        return "a bool";
    case MEEPLE_VALUE_INT:
    case MEEPLE_VALUE_UINT:
        return "an integer";
    case MEEPLE_VALUE_FLOAT:
        return "a float";
    case MEEPLE_VALUE_STRING:
        return "a string";
    case MEEPLE_VALUE_BYTES:
        return "bytes";
    case MEEPLE_VALUE_ARRAY:
        return "an array";
    case MEEPLE_VALUE_MAP:
        return "a map";
    case MEEPLE_VALUE_VEC2:
        return "a vec2";
    case MEEPLE_VALUE_VEC3:
        return "a vec3";
    case MEEPLE_VALUE_COLOR:
        return "a color";
    case MEEPLE_VALUE_RECT2:
        return "a rect2";
    case MEEPLE_VALUE_TRANSFORM2D:
        return "a transform2d";
    case MEEPLE_VALUE_PLANE:
        return "a plane";
    case MEEPLE_VALUE_QUAT:
        return "a quat";
    case MEEPLE_VALUE_AABB:
        return "an aabb";
    case MEEPLE_VALUE_BASIS:
        return "a basis";
    case MEEPLE_VALUE_TRANSFORM:
        return "a transform";
    case MEEPLE_VALUE_NODE_PATH:
        return "a node path";
    case MEEPLE_VALUE_RID:
        return "an rid";
    case MEEPLE_VALUE_INTS:
    case MEEPLE_VALUE_REALS:
    case MEEPLE_VALUE_STRINGS:
    case MEEPLE_VALUE_VEC2S:
    case MEEPLE_VALUE_VEC3S:
    case MEEPLE_VALUE_COLORS:
        return meeple_value_kind_name(value->kind);
    case MEEPLE_VALUE_EXT:
    default:
        return "of an unknown type";
    }
}

static int mismatch(const struct meeple__place *place, const meeple_value *value,
                    struct meeple__sentence *why)
{
    meeple__say_field(why, place->field, place->position);
    meeple__say(why, "is %s, %s expected", meeple__value_name(value),
                meeple_type_name(place->field->type));
    return MEEPLE_EPROTO;
}

/* A number that the type cannot hold. */
static int misfit(const struct meeple__place *place, const meeple_value *value,
                  struct meeple__sentence *why)
{
    meeple__say_field(why, place->field, place->position);
    meeple__say(why, "is ");
    if (value->kind == MEEPLE_VALUE_FLOAT) {
        meeple__say(why, "%.9g", value->real);
    } else if (value->kind == MEEPLE_VALUE_INT) {
        meeple__say(why, "%" PRId64, value->integer);
    } else {
        meeple__say(why, "%" PRIu64, value->natural);
    }
    meeple__say(why, ", which is no %s", meeple_type_name(place->field->type));
    return MEEPLE_EPROTO;
}

static int put_integer(const meeple_value *value, const struct meeple__place *place,
                       struct meeple__sentence *why)
{
    const meeple_field *field = place->field;
    bool is_int = value->kind == MEEPLE_VALUE_INT;
    bool fits;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_SIGNED:
        fits = is_int && meeple__put_signed(field, place->record, value->integer);
        break;
    case MEEPLE__KIND_UNSIGNED:
        fits = (!is_int || value->integer >= 0) &&
               meeple__put_unsigned(field, place->record,
                                    is_int ? (uint64_t)value->integer : value->natural);
        break;
    case MEEPLE__KIND_REAL:
        fits = meeple__integer_fits(value, field->type == MEEPLE_TYPE_F32 ? 24 : 53) &&
               meeple__put_real(field, place->record,
                                is_int ? (double)value->integer : (double)value->natural);
        break;
    case MEEPLE__KIND_NONE:
    case MEEPLE__KIND_BOOL:
    case MEEPLE__KIND_STRING:
    case MEEPLE__KIND_BYTES:
    case MEEPLE__KIND_VECTOR:
    case MEEPLE__KIND_VALUE:
    case MEEPLE__KIND_CHARS:
    case MEEPLE__KIND_SPAN:
    default:
        return mismatch(place, value, why);
    }
    return fits ? 0 : misfit(place, value, why);
}

static int put_float(const meeple_value *value, const struct meeple__place *place,
                     struct meeple__sentence *why)
{
    if (meeple__type_kind(place->field->type) != MEEPLE__KIND_REAL) {
        return mismatch(place, value, why);
    }
    return meeple__put_real(place->field, place->record, value->real) ? 0
                                                                      : misfit(place, value, why);
}

static int put_string(const meeple_value *value, const struct meeple__place *place,
                      struct meeple__sentence *why)
{
    meeple_bytes bytes = value->bytes;

    if (bytes.len > 0) {
        if (memchr(bytes.ptr, '\0', bytes.len)) {
            meeple__say_field(why, place->field, place->position);
            meeple__say(why, "has a NUL inside");
            return MEEPLE_EPROTO;
        }
        memcpy(*place->strings, bytes.ptr, bytes.len);
    }
    (*place->strings)[bytes.len] = '\0';
    *(const char **)(void *)((char *)place->record + place->field->offset) = *place->strings;
    *place->strings += bytes.len + 1;
    return 0;
}

/* What is behind the text is zero, so that equal texts are equal bytes. */
static int put_chars(const meeple_value *value, const struct meeple__place *place,
                     struct meeple__sentence *why)
{
    meeple_bytes bytes = value->bytes;
    char *text = (char *)place->record + place->field->offset;

    if (bytes.len >= place->field->size || (bytes.len > 0 && memchr(bytes.ptr, '\0', bytes.len))) {
        meeple__say_field(why, place->field, place->position);
        meeple__say(why, bytes.len >= place->field->size ? "is too long" : "has a NUL inside");
        return MEEPLE_EPROTO;
    }
    memset(text, 0, place->field->size);
    if (bytes.len > 0) {
        memcpy(text, bytes.ptr, bytes.len);
    }
    return 0;
}

static int put_vector(const meeple_value *value, const struct meeple__place *place,
                      struct meeple__sentence *why)
{
    if (meeple__type_value(place->field->type) != value->kind) {
        return mismatch(place, value, why);
    }
    memcpy((char *)place->record + place->field->offset, &value->transform,
           meeple__type_size(place->field->type));
    return 0;
}

/* Elements where C wants them, in the room for strings. */
static int put_span(const meeple_value *value, const struct meeple__place *place,
                    struct meeple__sentence *why)
{
    enum meeple__msgpack_fault fault;

    if (value->kind != meeple__type_value(place->field->type)) {
        return mismatch(place, value, why);
    }
    fault = meeple__msgpack_check(value, 0);
    if (fault != MEEPLE__MSGPACK_NONE) {
        meeple__say_field(why, place->field, place->position);
        meeple__say(why, "%s", meeple__msgpack_fault_text(fault));
        return MEEPLE_EPROTO;
    }
    meeple__put_span(place->field, place->record, meeple__packed_unpack(value, place->strings));
    return 0;
}

static int put(const meeple_value *value, const struct meeple__place *place,
               struct meeple__sentence *why)
{
    void *member = (char *)place->record + place->field->offset;
    meeple_type type = place->field->type;

    if (type == MEEPLE_TYPE_VALUE) {
        *(meeple_value *)member = *value;
        return 0;
    }
    if (meeple__type_kind(type) == MEEPLE__KIND_SPAN) {
        return put_span(value, place, why);
    }
    if (meeple__value_floats(value->kind) > 0) {
        return put_vector(value, place, why);
    }
    switch (value->kind) {
    case MEEPLE_VALUE_BOOL:
        if (type == MEEPLE_TYPE_BOOL) {
            *(bool *)member = value->boolean;
            return 0;
        }
        break;
    case MEEPLE_VALUE_INT:
    case MEEPLE_VALUE_UINT:
        return put_integer(value, place, why);
    case MEEPLE_VALUE_FLOAT:
        return put_float(value, place, why);
    case MEEPLE_VALUE_STRING:
        if (type == MEEPLE_TYPE_STR) {
            return put_string(value, place, why);
        }
        if (type == MEEPLE_TYPE_CHARS) {
            return put_chars(value, place, why);
        }
        break;
    case MEEPLE_VALUE_BYTES:
        if (type == MEEPLE_TYPE_BYTES) {
            *(meeple_bytes *)member = value->bytes;
            return 0;
        }
        break;
    default:
        break;
    }
    return mismatch(place, value, why);
}

/* The length is bounded as that of bytes, also of a text. */
static int check_length(const meeple_value *value, const struct meeple__place *place,
                        struct meeple__sentence *why)
{
    meeple_field field = *place->field;

    field.offset = 0;
    if (field.type == MEEPLE_TYPE_VALUE) {
        return meeple__field_check_bounds(&field, place->position, value, why);
    }
    field.type = MEEPLE_TYPE_BYTES;
    return meeple__field_check_bounds(&field, place->position, &value->bytes, why);
}

static int put_content(const meeple_value *value, const struct meeple__place *place,
                       struct meeple__sentence *why)
{
    meeple_type type = place->field->type;

    if ((type == MEEPLE_TYPE_STR && value->kind != MEEPLE_VALUE_STRING) ||
        (type == MEEPLE_TYPE_BYTES && value->kind != MEEPLE_VALUE_BYTES)) {
        return mismatch(place, value, why);
    }
    if (type == MEEPLE_TYPE_STR) {
        enum meeple__msgpack_fault fault = meeple__msgpack_check(value, 0);

        if (fault != MEEPLE__MSGPACK_NONE) {
            meeple__say_field(why, place->field, place->position);
            meeple__say(why, "%s",
                        fault == MEEPLE__MSGPACK_NUL ? "has a NUL inside" : "is not UTF-8");
            return MEEPLE_EPROTO;
        }
    }
    if (check_length(value, place, why) < 0) {
        return MEEPLE_EPROTO;
    }
    *place->content = *value;
    return 0;
}

int meeple__value_store(const meeple_value *value, const struct meeple__place *place,
                        struct meeple__sentence *why)
{
    int rc;

    if (place->content && meeple__content_is(place->field->type)) {
        return put_content(value, place, why);
    }
    rc = put(value, place, why);
    if (rc < 0) {
        return rc;
    }
    /* A string was only copied, a value was checked before. */
    rc = place->field->type == MEEPLE_TYPE_STR || place->field->type == MEEPLE_TYPE_CHARS
             ? meeple__field_check(place->field, place->position, place->record, why)
             : meeple__field_check_bounds(place->field, place->position, place->record, why);
    return rc < 0 ? MEEPLE_EPROTO : 0;
}
