/* value: one value as a codec found it, on its way into a member of a struct. */
#include "rpc/value.h"

#include <inttypes.h>
#include <string.h>

#include "rpc/field.h"
#include "rpc/sentence.h"

const char *meeple__value_name(const struct meeple__value *value)
{
    switch (value->kind) {
    case MEEPLE__VALUE_NIL:
        return "nil";
    case MEEPLE__VALUE_BOOL:
        return "a bool";
    case MEEPLE__VALUE_INTEGER:
        return "an integer";
    case MEEPLE__VALUE_FLOAT:
        return "a float";
    case MEEPLE__VALUE_STRING:
        return "a string";
    case MEEPLE__VALUE_BYTES:
        return "bytes";
    case MEEPLE__VALUE_VECTOR:
        return "a vector";
    case MEEPLE__VALUE_ARRAY:
        return "an array";
    case MEEPLE__VALUE_MAP:
        return "a map";
    case MEEPLE__VALUE_UNKNOWN:
    default:
        return "of an unknown type";
    }
}

static int mismatch(const struct meeple__place *place, const struct meeple__value *value,
                    struct meeple__sentence *why)
{
    meeple__say(why, "argument %u '%s' is %s, %s expected", place->position, place->field->name,
                meeple__value_name(value), meeple_type_name(place->field->type));
    return MEEPLE_EPROTO;
}

/* A number that the type cannot hold. */
static int misfit(const struct meeple__place *place, const struct meeple__value *value,
                  struct meeple__sentence *why)
{
    meeple__say(why, "argument %u '%s' is ", place->position, place->field->name);
    if (value->kind == MEEPLE__VALUE_FLOAT) {
        meeple__say(why, "%.9g", value->real);
    } else if (value->below < 0) {
        meeple__say(why, "%" PRId64, value->below);
    } else {
        meeple__say(why, "%" PRIu64, value->magnitude);
    }
    meeple__say(why, ", which is no %s", meeple_type_name(place->field->type));
    return MEEPLE_EPROTO;
}

/* Whether a float of that many bits of precision holds the integer as it is. */
static bool exact(const struct meeple__value *value, unsigned precision)
{
    uint64_t bits = value->below < 0 ? 0 - (uint64_t)value->below : value->magnitude;

    while (bits > 0 && (bits & 1) == 0) {
        bits >>= 1;
    }
    return bits >> precision == 0;
}

static int put_integer(const struct meeple__value *value, const struct meeple__place *place,
                       struct meeple__sentence *why)
{
    const meeple_field *field = place->field;
    bool fits;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_SIGNED:
        fits = value->magnitude <= INT64_MAX &&
               meeple__put_signed(field, place->record,
                                  value->below < 0 ? value->below : (int64_t)value->magnitude);
        break;
    case MEEPLE__KIND_UNSIGNED:
        fits = value->below == 0 && meeple__put_unsigned(field, place->record, value->magnitude);
        break;
    case MEEPLE__KIND_REAL:
        fits = exact(value, field->type == MEEPLE_TYPE_F32 ? 24 : 53) &&
               meeple__put_real(field, place->record,
                                value->below < 0 ? (double)value->below : (double)value->magnitude);
        break;
    case MEEPLE__KIND_NONE:
    case MEEPLE__KIND_BOOL:
    case MEEPLE__KIND_STRING:
    case MEEPLE__KIND_BYTES:
    case MEEPLE__KIND_VECTOR:
    default:
        return mismatch(place, value, why);
    }
    return fits ? 0 : misfit(place, value, why);
}

static int put_float(const struct meeple__value *value, const struct meeple__place *place,
                     struct meeple__sentence *why)
{
    if (meeple__type_kind(place->field->type) != MEEPLE__KIND_REAL) {
        return mismatch(place, value, why);
    }
    return meeple__put_real(place->field, place->record, value->real) ? 0
                                                                      : misfit(place, value, why);
}

static int put_string(const struct meeple__value *value, const struct meeple__place *place,
                      struct meeple__sentence *why)
{
    meeple_bytes bytes = value->bytes;

    if (bytes.len > 0) {
        if (memchr(bytes.ptr, '\0', bytes.len)) {
            meeple__say(why, "argument %u '%s' has a NUL inside", place->position,
                        place->field->name);
            return MEEPLE_EPROTO;
        }
        memcpy(*place->strings, bytes.ptr, bytes.len);
    }
    (*place->strings)[bytes.len] = '\0';
    *(const char **)(void *)((char *)place->record + place->field->offset) = *place->strings;
    *place->strings += bytes.len + 1;
    return 0;
}

static int put(const struct meeple__value *value, const struct meeple__place *place,
               struct meeple__sentence *why)
{
    void *member = (char *)place->record + place->field->offset;
    meeple_type type = place->field->type;

    switch (value->kind) {
    case MEEPLE__VALUE_BOOL:
        if (type == MEEPLE_TYPE_BOOL) {
            *(bool *)member = value->yes;
            return 0;
        }
        break;
    case MEEPLE__VALUE_INTEGER:
        return put_integer(value, place, why);
    case MEEPLE__VALUE_FLOAT:
        return put_float(value, place, why);
    case MEEPLE__VALUE_STRING:
        if (type == MEEPLE_TYPE_STR) {
            return put_string(value, place, why);
        }
        break;
    case MEEPLE__VALUE_BYTES:
        if (type == MEEPLE_TYPE_BYTES) {
            *(meeple_bytes *)member = value->bytes;
            return 0;
        }
        break;
    case MEEPLE__VALUE_VECTOR:
        if (value->float_count == (type == MEEPLE_TYPE_VEC2   ? 2U
                                   : type == MEEPLE_TYPE_VEC3 ? 3U
                                                              : 0U)) {
            memcpy(member, value->floats, value->float_count * sizeof value->floats[0]);
            return 0;
        }
        break;
    case MEEPLE__VALUE_NIL:
    case MEEPLE__VALUE_ARRAY:
    case MEEPLE__VALUE_MAP:
    case MEEPLE__VALUE_UNKNOWN:
    default:
        break;
    }
    return mismatch(place, value, why);
}

int meeple__value_put(const struct meeple__value *value, const struct meeple__place *place,
                      struct meeple__sentence *why)
{
    int rc = put(value, place, why);

    if (rc == 0 && meeple__field_check(place->field, place->position, place->record, why) < 0) {
        rc = MEEPLE_EPROTO;
    }
    return rc;
}
