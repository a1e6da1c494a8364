/* call_values: calls by name, with values in place of a struct. */
#include <meeple/state.h>

#include <string.h>

#include "core/log.h"
#include "rpc/field.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/sentence.h"
#include "rpc/set.h"
#include "rpc/value_field.h"
#include "rpc/world.h"

/* Room for the strings with their NULs.  MEEPLE_EINVAL: one of the values is none; MEEPLE_ETOOBIG:
 * no packet holds all that there are, and nothing is reserved for them; and why. */
static int measure(const meeple_object *object, const meeple_rpc_type *type,
                   const meeple_value *values, size_t *strings_size, struct meeple__sentence *why)
{
    size_t room = object->world->packet_max;

    for (unsigned i = 0; i < type->field_count; i++) {
        enum meeple__msgpack_fault fault =
            meeple__msgpack_check(&values[i], MEEPLE_VALUE_DEPTH_MAX);
        bool packed = meeple_value_is_packed(values[i]);
        size_t len = values[i].kind == MEEPLE_VALUE_STRING || packed ? values[i].bytes.len : 0;

        *strings_size += packed ? meeple__packed_room(len) - len : 0;
        if (fault == MEEPLE__MSGPACK_NONE && len <= room) {
            room -= len;
            continue;
        }
        meeple__say_field(why, &type->fields[i], i + 1);
        if (fault != MEEPLE__MSGPACK_NONE) {
            meeple__say(why, "%s", meeple__msgpack_fault_text(fault));
            return MEEPLE_EINVAL;
        }
        meeple__say(why, "is %zu bytes long, %zu are left of a packet", len, room);
        return MEEPLE_ETOOBIG;
    }
    *strings_size += object->world->packet_max - room + type->field_count + 1;
    return 0;
}

/* The values as the argument struct of the method, in the world's memory. */
static int convert(meeple_object *object, const meeple_rpc_type *type, const meeple_value *values,
                   void **arg, struct meeple__sentence *why)
{
    size_t strings_size = 0;
    char *strings = NULL;
    int rc = measure(object, type, values, &strings_size, why);

    if (rc < 0) {
        return rc;
    }
    *arg = meeple__world_arg(object->world, &object->world->calling, type, strings_size, &strings);
    if (!*arg) {
        return MEEPLE_ENOMEM;
    }
    memset(*arg, 0, type->size);
    for (unsigned i = 0; i < type->field_count; i++) {
        struct meeple__place place = {
            .field = &type->fields[i], .position = i + 1, .record = *arg, .strings = &strings};

        if (meeple__value_store(&values[i], &place, why) < 0) {
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

/* The name is anybody's, so it is shown as values are. */
static int not_found(const meeple_object *object, const char *what, const char *name)
{
    char text[100];

    meeple_value_text(meeple_value_string(name), text, sizeof text);
    meeple__log(object->world->log, MEEPLE_LOG_WARN, "rpc", "we called %s: it has no %s %s",
                object->path, what, text);
    return MEEPLE_ENOTFOUND;
}

/* The method of that index. */
static int call(meeple_object *object, int32_t to, unsigned method, const meeple_value *values,
                size_t count)
{
    const meeple_rpc_type *type = meeple__object_type(object, method);
    const struct meeple__setter *setter = meeple__methods_setter(object->methods, method);
    struct meeple__sentence why;
    void *arg = NULL;
    int rc;

    meeple__sentence_init(&why);
    if (count == type->field_count) {
        rc = convert(object, type, values, &arg, &why);
    } else {
        meeple__say(&why, "%zu arguments came, %u expected", count, (unsigned)type->field_count);
        rc = MEEPLE_EINVAL;
    }
    if (rc == 0 && setter) {
        rc = meeple__set_check(object->world, setter, arg, &why);
    }
    if (rc == MEEPLE_EINVAL || rc == MEEPLE_ETOOBIG) {
        meeple__log(object->world->log, MEEPLE_LOG_WARN, "rpc", "we called %s.%s: %s", object->path,
                    type->name, why.text);
    }
    return rc < 0 ? rc : meeple_object_call(object, to, type, arg);
}

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

int meeple_object_call_values(meeple_object *object, int32_t to, const char *method,
                              const meeple_value *values, size_t count)
{
    int index;

    if (!object || !method || (count > 0 && !values)) {
        return MEEPLE_EINVAL;
    }
    if (object->removed) {
        return MEEPLE_ESTATE;
    }
    index = meeple__methods_named(object->methods, bytes_of(method));
    return index < 0 ? not_found(object, "method", method)
                     : call(object, to, (unsigned)index, values, count);
}

int meeple_object_set(meeple_object *object, int32_t to, const char *field, meeple_value value)
{
    int index;

    if (!object || !field) {
        return MEEPLE_EINVAL;
    }
    if (object->removed) {
        return MEEPLE_ESTATE;
    }
    index = meeple__methods_setting(object->methods, bytes_of(field));
    if (index < 0) {
        return not_found(object, "field to set", field);
    }
    if (object->methods->types[index]->fields[0].type == MEEPLE_TYPE_BOOL &&
        value.kind == MEEPLE_VALUE_INT && (uint64_t)value.integer <= 1) {
        /* What C's own true and comparisons are. */
        value = meeple_value_bool(value.integer == 1);
    }
    return call(object, to, (unsigned)index, &value, 1);
}

const meeple_class *meeple_object_class(const meeple_object *object)
{
    return object ? object->cls : NULL;
}

/* Where a text goes, as far as there is room. */
struct text {
    char *dst;
    size_t size, len;
};

static void add(struct text *text, const char *piece)
{
    size_t len = strlen(piece);
    size_t room = text->len < text->size ? text->size - text->len : 0;

    if (room > 0) {
        size_t part = len < room ? len : room - 1;

        memcpy(text->dst + text->len, piece, part);
        text->dst[text->len + part] = '\0';
    }
    text->len += len;
}

size_t meeple_rpc_type_text(const meeple_rpc_type *type, char *dst, size_t size)
{
    struct text text = {.dst = dst, .size = dst ? size : 0};

    add(&text, type ? type->name : "");
    add(&text, type ? "(" : "");
    for (size_t i = 0; type && i < type->field_count; i++) {
        add(&text, i > 0 ? ", " : "");
        add(&text, meeple_type_name(type->fields[i].type));
        add(&text, " ");
        add(&text, type->fields[i].name);
    }
    add(&text, type ? ")" : "");
    return text.len;
}
