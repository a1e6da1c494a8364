/* methods: the classes of a world, each with an index to find a method by its type. */
#include "rpc/methods.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "rpc/command.h"
#include "rpc/field.h"
#include "rpc/sentence.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

size_t meeple__type_signature(const meeple_rpc_type *type, char *letters)
{
    for (size_t i = 0; i < type->field_count; i++) {
        letters[i] = meeple__type_letter(type->fields[i].type);
    }
    return type->field_count;
}

bool meeple__type_has_signature(const meeple_rpc_type *type, meeple_bytes letters)
{
    if (letters.len != type->field_count) {
        return false;
    }
    for (size_t i = 0; i < letters.len; i++) {
        if (letters.ptr[i] != (uint8_t)meeple__type_letter(type->fields[i].type)) {
            return false;
        }
    }
    return true;
}

static bool same_type(const meeple_rpc_type *left, const meeple_rpc_type *right)
{
    if (left == right) {
        return true;
    }
    if (left->field_count != right->field_count || strcmp(left->name, right->name) != 0) {
        return false;
    }
    for (size_t i = 0; i < left->field_count; i++) {
        if (left->fields[i].type != right->fields[i].type) {
            return false;
        }
    }
    return true;
}

void meeple__say_method(struct meeple__sentence *sentence, const char *path,
                        const meeple_rpc_type *type)
{
    char letters[MEEPLE__METHODS_MAX];
    size_t count = meeple__type_signature(type, letters);

    meeple__say(sentence, "%s.%s(", path, type->name);
    meeple__say_signature(sentence, (meeple_bytes){(const uint8_t *)letters, count});
    meeple__say(sentence, ")");
}

static int check_field(const meeple_rpc_type *type, const meeple_field *field,
                       struct meeple__sentence *why)
{
    enum meeple__kind kind = meeple__type_kind(field->type);

    if (kind == MEEPLE__KIND_NONE || kind == MEEPLE__KIND_CHARS || !field->name ||
        field->offset + meeple__type_size(field->type) > type->size ||
        (field->flags & ~(unsigned)MEEPLE_OPTIONAL) != 0) {
        meeple__say(why, "method %s has a field that makes no sense", type->name);
        return MEEPLE_EINVAL;
    }
    if (meeple__field_bounded(field) &&
        (!(field->min <= field->max) || kind == MEEPLE__KIND_BOOL || kind == MEEPLE__KIND_VECTOR)) {
        meeple__say(why, "method %s: the bounds of '%s' make no sense", type->name, field->name);
        return MEEPLE_EINVAL;
    }
    return 0;
}

static int check_method(const meeple_method *method, struct meeple__sentence *why)
{
    const meeple_rpc_type *type = method->type ? method->type() : NULL;

    if (!type || !method->run || !type->name || !meeple__name_valid(bytes_of(type->name)) ||
        method->mode > MEEPLE_RPC_PUPPETSYNC) {
        meeple__say(why, "a method has no name, handler or mode");
        return MEEPLE_EINVAL;
    }
    if (type->field_count > MEEPLE__METHODS_MAX) {
        meeple__say(why, "method %s has over 255 arguments", type->name);
        return MEEPLE_EINVAL;
    }
    for (size_t i = 0; i < type->field_count; i++) {
        if (check_field(type, &type->fields[i], why) < 0) {
            return MEEPLE_EINVAL;
        }
        if (i < meeple__fields_required(type) && (type->fields[i].flags & MEEPLE_OPTIONAL)) {
            meeple__say(why, "method %s: '%s' is optional, but one behind it is not", type->name,
                        type->fields[i].name);
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

static int check_class(const meeple_class *cls, struct meeple__sentence *why)
{
    int rc;

    if (!cls->name || !meeple__name_valid(bytes_of(cls->name))) {
        meeple__say(why, "a class has no name of 1 to 255 bytes of UTF-8");
        return MEEPLE_EINVAL;
    }
    if (cls->method_count > MEEPLE__METHODS_MAX || (cls->method_count > 0 && !cls->methods)) {
        meeple__say(why, "class %s has over 255 methods, or no table of them", cls->name);
        return MEEPLE_EINVAL;
    }
    for (size_t i = 0; i < cls->method_count; i++) {
        if (check_method(&cls->methods[i], why) < 0) {
            return MEEPLE_EINVAL;
        }
    }
    rc = meeple__setters_check(cls, why);
    if (rc == 0 && cls->method_count + meeple__setters_count(cls) > MEEPLE__METHODS_MAX) {
        meeple__say(why, "class %s has over 255 methods and fields that can be set", cls->name);
        return MEEPLE_EINVAL;
    }
    return rc;
}

/* Where the name is, or would be. */
static uint8_t *slot_of(const struct meeple__methods *methods, meeple_bytes name)
{
    uint32_t at = meeple__hash_bytes(name.ptr, name.len) & methods->slot_mask;

    while (methods->slots[at] != 0) {
        const char *there = methods->types[methods->slots[at] - 1]->name;

        if (strlen(there) == name.len && memcmp(there, name.ptr, name.len) == 0) {
            break;
        }
        at = (at + 1) & methods->slot_mask;
    }
    return &methods->slots[at];
}

int meeple__methods_named(const struct meeple__methods *methods, meeple_bytes name)
{
    uint8_t slot = *slot_of(methods, name);

    return slot > 0 ? slot - 1 : MEEPLE_ENOTFOUND;
}

int meeple__methods_setting(const struct meeple__methods *methods, meeple_bytes field)
{
    char name[MEEPLE__NAME_MAX];
    int index;

    if (methods->own_count == methods->count || field.len >= sizeof name) {
        return MEEPLE_ENOTFOUND;
    }
    *meeple__write_bytes((uint8_t *)name, field) = '=';
    index = meeple__methods_named(methods, (meeple_bytes){(const uint8_t *)name, field.len + 1});
    return index >= (int)methods->own_count ? index : MEEPLE_ENOTFOUND;
}

int meeple__methods_find(const struct meeple__methods *methods, const meeple_rpc_type *type)
{
    int index = meeple__methods_named(methods, bytes_of(type->name));

    return index >= 0 && same_type(methods->types[index], type) ? index : MEEPLE_ENOTFOUND;
}

/* Setters lie behind the types, as they have to be aligned, then the slots. */
static struct meeple__methods *allocate(const meeple_class *cls, const meeple_mem *mem)
{
    const size_t unit = alignof(struct meeple__setter);
    struct meeple__methods *methods;
    size_t own = cls->method_count, count = own + meeple__setters_count(cls);
    size_t head = (sizeof *methods + count * sizeof methods->types[0] + unit - 1) / unit * unit;
    size_t setters = meeple__setters_size(cls);
    uint32_t slot_count = 4;

    while (slot_count < 2 * count) {
        slot_count *= 2;
    }
    methods = meeple__alloc(mem, head + setters + slot_count);
    if (methods) {
        methods->count = (uint32_t)count;
        methods->own_count = (uint32_t)own;
        methods->slot_mask = slot_count - 1;
        methods->setters = (struct meeple__setter *)(void *)((uint8_t *)methods + head);
        methods->slots = (uint8_t *)methods + head + setters;
    }
    return methods;
}

static int build(const meeple_class *cls, const meeple_mem *mem, struct meeple__methods **out,
                 struct meeple__sentence *why)
{
    struct meeple__methods *methods = allocate(cls, mem);

    if (!methods) {
        return MEEPLE_ENOMEM;
    }
    methods->name = cls->name;
    methods->table = cls->methods;
    methods->state = cls->state;
    methods->kept_count = meeple__setters_fill(methods->setters, cls);
    for (uint32_t i = 0; i < methods->count; i++) {
        const struct meeple__setter *setter = meeple__methods_setter(methods, i);
        const meeple_rpc_type *type = setter ? &setter->type : cls->methods[i].type();
        uint8_t *slot = slot_of(methods, bytes_of(type->name));

        if (*slot != 0) {
            meeple__say(why, "class %s has two methods %s", cls->name, type->name);
            meeple__free(mem, methods);
            return MEEPLE_EINVAL;
        }
        methods->types[i] = type;
        *slot = (uint8_t)(i + 1);
    }
    *out = methods;
    return 0;
}

/* Another table of the same class, as a header gives each file that includes it its own. */
static bool same_class(const struct meeple__methods *methods, const meeple_class *cls)
{
    if (methods->own_count != cls->method_count) {
        return false;
    }
    for (uint32_t i = 0; i < methods->own_count; i++) {
        if (methods->table[i].mode != cls->methods[i].mode ||
            !same_type(methods->types[i], cls->methods[i].type())) {
            return false;
        }
    }
    return true;
}

struct meeple__methods *meeple__classes_find(const struct meeple__classes *classes,
                                             meeple_bytes name)
{
    for (uint32_t i = 0; i < classes->count; i++) {
        const char *there = classes->list[i]->name;

        if (strlen(there) == name.len && memcmp(there, name.ptr, name.len) == 0) {
            return classes->list[i];
        }
    }
    return NULL;
}

int meeple__classes_add(struct meeple__classes *classes, const meeple_mem *mem,
                        const meeple_class *cls, struct meeple__methods **out,
                        struct meeple__sentence *why)
{
    struct meeple__methods *methods =
        cls->name ? meeple__classes_find(classes, bytes_of(cls->name)) : NULL;
    int rc;

    if (methods && methods->table == cls->methods && methods->own_count == cls->method_count &&
        methods->state == cls->state) {
        *out = methods;
        return 0;
    }
    rc = check_class(cls, why);
    if (rc < 0) {
        return rc;
    }
    if (methods) {
        if (!same_class(methods, cls)) {
            meeple__say(why, "there is another class %s with other methods", cls->name);
            return MEEPLE_EINVAL;
        }
        if (!meeple__setters_same(methods->state, cls->state)) {
            meeple__say(why, "there is another class %s with other fields that can be set",
                        cls->name);
            return MEEPLE_EINVAL;
        }
        *out = methods;
        return 0;
    }
    if (classes->count == MEEPLE__CLASSES_MAX) {
        meeple__say(why, "class %s is one over 256", cls->name);
        return MEEPLE_ETOOBIG;
    }
    rc = build(cls, mem, &methods, why);
    if (rc < 0) {
        return rc;
    }
    methods->number = classes->count;
    classes->list[classes->count++] = methods;
    *out = methods;
    return 0;
}

void meeple__classes_undo(struct meeple__classes *classes, const meeple_mem *mem)
{
    assert(classes->count > 0);
    meeple__free(mem, classes->list[--classes->count]);
    classes->list[classes->count] = NULL;
}

void meeple__classes_done(struct meeple__classes *classes, const meeple_mem *mem)
{
    while (classes->count > 0) {
        meeple__classes_undo(classes, mem);
    }
}
