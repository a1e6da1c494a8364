/* value_get: one thing out of a value: an element, a number, a text. */
#include <meeple/value.h>

#include <string.h>

#include "rpc/msgpack_read.h"
#include "rpc/value_kind.h"

bool meeple_value_find_key(meeple_value map, meeple_value key, meeple_value *out)
{
    meeple_value_iterator at = meeple_value_iterate(map);
    meeple_value last = meeple_value_nil();
    bool found = false;

    if (map.kind != MEEPLE_VALUE_MAP) {
        return false;
    }
    while (meeple_value_next(&at)) {
        if (meeple_value_equal(at.key, key)) {
            last = at.value;
            found = true;
        }
    }
    if (found && out) {
        *out = last;
    }
    return found;
}

bool meeple_value_find(meeple_value map, const char *key, meeple_value *out)
{
    return key && meeple_value_find_key(map, meeple_value_string(key), out);
}

meeple_value meeple_value_get(meeple_value map, const char *key)
{
    meeple_value value = meeple_value_nil();

    meeple_value_find(map, key, &value);
    return value;
}

bool meeple_value_at(meeple_value array, uint32_t index, meeple_value *out)
{
    meeple_value_iterator at = meeple_value_iterate(array);

    if (array.kind == MEEPLE_VALUE_MAP || index >= at.left) {
        return false;
    }
    if (meeple_value_is_packed(array) && array.kind != MEEPLE_VALUE_STRINGS) {
        size_t skipped = (size_t)index * meeple__packed_size(array.kind);

        if (skipped >= at.rest.len) {
            return false;
        }
        at.rest.ptr += skipped;
        at.rest.len -= skipped;
        index = 0;
    }
    while (meeple_value_next(&at)) {
        if (index-- == 0) {
            if (out) {
                *out = at.value;
            }
            return true;
        }
    }
    return false;
}

bool meeple_value_number(meeple_value value, double *out)
{
    double number;

    if (value.kind == MEEPLE_VALUE_INT) {
        number = (double)value.integer;
    } else if (value.kind == MEEPLE_VALUE_UINT) {
        number = (double)value.natural;
    } else if (value.kind == MEEPLE_VALUE_FLOAT) {
        number = value.real;
    } else {
        return false;
    }
    if (out) {
        *out = number;
    }
    return true;
}

/* Every integer that a double can be, up to the largest below 2^63.  Also false for NaN. */
static bool is_integer(double real)
{
    static const double beyond = 9223372036854775808.0; /* 2^63 */

    return real >= -beyond && real < beyond && (double)(int64_t)real == real;
}

bool meeple_value_integer(meeple_value value, int64_t *out)
{
    int64_t integer;

    if (value.kind == MEEPLE_VALUE_INT) {
        integer = value.integer;
    } else if (value.kind == MEEPLE_VALUE_FLOAT && is_integer(value.real)) {
        integer = (int64_t)value.real;
    } else {
        return false;
    }
    if (out) {
        *out = integer;
    }
    return true;
}

bool meeple_value_chars(meeple_value value, char *dst, size_t size)
{
    if (value.kind != MEEPLE_VALUE_STRING || !dst || value.bytes.len >= size ||
        meeple__msgpack_check(&value, 0) != MEEPLE__MSGPACK_NONE) {
        return false;
    }
    if (value.bytes.len > 0) {
        memcpy(dst, value.bytes.ptr, value.bytes.len);
    }
    dst[value.bytes.len] = '\0';
    return true;
}
