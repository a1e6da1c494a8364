/* call_values: calls by name, with values in place of a struct. */
#include <meeple/world.h>

#include <string.h>

#include "core/log.h"
#include "rpc/field.h"
#include "rpc/msgpack_read.h"
#include "rpc/sentence.h"
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
        size_t len = values[i].kind == MEEPLE_VALUE_STRING ? values[i].bytes.len : 0;

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
    *strings_size = object->world->packet_max - room + type->field_count + 1;
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
static int no_such_method(const meeple_object *object, const char *method)
{
    char name[100];

    meeple_value_text(meeple_value_string(method), name, sizeof name);
    meeple__log(object->world->log, MEEPLE_LOG_WARN, "rpc", "we called %s: it has no method %s",
                object->path, name);
    return MEEPLE_ENOTFOUND;
}

int meeple_object_call_values(meeple_object *object, int32_t to, const char *method,
                              const meeple_value *values, size_t count)
{
    const meeple_rpc_type *type;
    struct meeple__sentence why;
    void *arg = NULL;
    int index, rc;

    if (!object || !method || (count > 0 && !values)) {
        return MEEPLE_EINVAL;
    }
    if (object->removed) {
        return MEEPLE_ESTATE;
    }
    index = meeple__methods_named(object->methods,
                                  (meeple_bytes){(const uint8_t *)method, strlen(method)});
    if (index < 0) {
        return no_such_method(object, method);
    }
    type = object->cls->methods[index].type();
    meeple__sentence_init(&why);
    if (count == type->field_count) {
        rc = convert(object, type, values, &arg, &why);
    } else {
        meeple__say(&why, "%zu arguments came, %u expected", count, (unsigned)type->field_count);
        rc = MEEPLE_EINVAL;
    }
    if (rc == MEEPLE_EINVAL || rc == MEEPLE_ETOOBIG) {
        meeple__log(object->world->log, MEEPLE_LOG_WARN, "rpc", "we called %s.%s: %s", object->path,
                    type->name, why.text);
    }
    return rc < 0 ? rc : meeple_object_call(object, to, type, arg);
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
