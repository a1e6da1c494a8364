/* setters: fields of state that peers may set: methods "FIELD=" behind a class's own. */
#include "rpc/setters.h"

#include <string.h>

#include <meeple/state.h>

#include "rpc/command.h"
#include "rpc/content.h"
#include "rpc/field.h"
#include "rpc/sentence.h"

static size_t field_count(const meeple_state *state)
{
    return state && state->fields ? state->field_count : 0;
}

static bool has_mode(const meeple_field *field)
{
    return field->mode != MEEPLE_RPC_DISABLED;
}

size_t meeple__setters_count(const meeple_class *cls)
{
    size_t count = 0;

    for (size_t i = 0; i < field_count(cls->state); i++) {
        count += has_mode(&cls->state->fields[i]);
    }
    return count;
}

/* What the call that sets the field has for an argument. */
static meeple_field argument_of(const meeple_field *field)
{
    meeple_field argument = {
        .name = field->name, .type = field->type, .min = field->min, .max = field->max};

    if (field->type == MEEPLE_TYPE_CHARS) {
        double longest = (double)field->size - 1; /* and a NUL */

        argument.type = MEEPLE_TYPE_STR;
        if (!meeple__field_bounded(field) || field->max > longest) {
            argument.max = longest;
        }
    }
    return argument;
}

static bool is_one_value(const meeple_field *field)
{
    enum meeple__kind kind = meeple__type_kind(field->type);

    /* What the elements of a span lie in is gone after the call. */
    if (field->fields || field->row > 0 || field->count || kind == MEEPLE__KIND_NONE ||
        kind == MEEPLE__KIND_SPAN) {
        return false;
    }
    /* A text of one byte has room for nothing but its end. */
    return field->type == MEEPLE_TYPE_CHARS ? field->size > 1
                                            : field->size == meeple__type_size(field->type);
}

/* What makes no sense about a field that has a mode, or NULL. */
static const char *fault_of(const meeple_state *state, const meeple_field *field)
{
    meeple_field argument;
    enum meeple__kind kind;

    if (field->mode > MEEPLE_RPC_PUPPETSYNC) {
        return "has no such mode";
    }
    if (!is_one_value(field)) {
        return "has a mode, but is no single value that could be set";
    }
    if ((size_t)field->offset + field->size > state->size ||
        field->offset % meeple__type_align(field->type) != 0) {
        return "has a mode, but no place in its struct";
    }
    argument = argument_of(field);
    kind = meeple__type_kind(argument.type);
    if (meeple__field_bounded(&argument) &&
        (!(argument.min <= argument.max) || kind == MEEPLE__KIND_BOOL ||
         kind == MEEPLE__KIND_VECTOR)) {
        return "has bounds that make no sense";
    }
    return NULL;
}

/* A field with a mode in a struct inside, which has no name of its own on the wire; tables that
 * are nested deeper than they may be are found out elsewhere. */
static const meeple_field *find_inside(const meeple_field *field, unsigned depth)
{
    for (size_t i = 0; field->fields && depth > 0 && i < field->field_count; i++) {
        const meeple_field *member = &field->fields[i];
        const meeple_field *inside = has_mode(member) ? member : find_inside(member, depth - 1);

        if (inside) {
            return inside;
        }
    }
    return NULL;
}

static int check_field(const meeple_class *cls, const meeple_field *field,
                       struct meeple__sentence *why)
{
    const meeple_field *inside = find_inside(field, MEEPLE_STATE_DEPTH_MAX);
    const char *fault;

    if (inside) {
        meeple__say(why, "class %s: '%s' has a mode, but lies in a struct inside", cls->name,
                    inside->name ? inside->name : "?");
        return MEEPLE_EINVAL;
    }
    if (!has_mode(field)) {
        return 0;
    }
    /* One byte is for the '='. */
    if (!field->name || strlen(field->name) >= MEEPLE__NAME_MAX ||
        !meeple__name_valid((meeple_bytes){(const uint8_t *)field->name, strlen(field->name)})) {
        meeple__say(why, "class %s has a field with a mode and no name of 1 to 254 bytes of UTF-8",
                    cls->name);
        return MEEPLE_EINVAL;
    }
    fault = fault_of(cls->state, field);
    if (fault) {
        meeple__say(why, "class %s: '%s' %s", cls->name, field->name, fault);
        return MEEPLE_EINVAL;
    }
    return 0;
}

int meeple__setters_check(const meeple_class *cls, struct meeple__sentence *why)
{
    for (size_t i = 0; i < field_count(cls->state); i++) {
        if (check_field(cls, &cls->state->fields[i], why) < 0) {
            return MEEPLE_EINVAL;
        }
        if (i > UINT16_MAX) {
            meeple__say(why, "class %s has too many fields", cls->name);
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

size_t meeple__setters_size(const meeple_class *cls)
{
    size_t size = 0;

    for (size_t i = 0; i < field_count(cls->state); i++) {
        const meeple_field *field = &cls->state->fields[i];

        size += has_mode(field) ? sizeof(struct meeple__setter) + strlen(field->name) + 2 : 0;
    }
    return size;
}

uint32_t meeple__setters_fill(struct meeple__setter *setters, const meeple_class *cls)
{
    char *names = (char *)(setters + meeple__setters_count(cls));
    struct meeple__setter *setter = setters;
    uint32_t kept = 0;

    for (size_t i = 0; i < field_count(cls->state); i++) {
        const meeple_field *field = &cls->state->fields[i];
        size_t len;

        if (!has_mode(field)) {
            continue;
        }
        len = strlen(field->name);
        memcpy(names, field->name, len);
        memcpy(names + len, "=", 2);
        *setter = (struct meeple__setter){.argument = argument_of(field),
                                          .mode = field->mode,
                                          .field = (uint16_t)i,
                                          .kept = (uint16_t)kept};
        setter->type = (meeple_rpc_type){
            .name = names,
            .fields = &setter->argument,
            .field_count = 1,
            .size = (uint16_t)meeple__type_size(setter->argument.type),
        };
        kept += meeple__content_is(field->type);
        names += len + 2;
        setter++;
    }
    return kept;
}

static bool same_field(const meeple_field *left, const meeple_field *right)
{
    return strcmp(left->name, right->name) == 0 && left->type == right->type &&
           left->mode == right->mode && left->offset == right->offset &&
           left->size == right->size && left->min >= right->min && left->min <= right->min &&
           left->max >= right->max && left->max <= right->max;
}

bool meeple__setters_same(const meeple_state *left, const meeple_state *right)
{
    size_t count = field_count(left) > field_count(right) ? field_count(left) : field_count(right);

    for (size_t i = 0; left != right && i < count; i++) {
        bool here = i < field_count(left) && has_mode(&left->fields[i]);
        bool there = i < field_count(right) && has_mode(&right->fields[i]);

        if (here != there || (here && !same_field(&left->fields[i], &right->fields[i]))) {
            return false;
        }
    }
    return true;
}
