/* layout: the state of a class, checked once, as a row of slots: one for each element of a field.
 */
#include "rpc/layout.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/command.h"
#include "rpc/field.h"
#include "rpc/sentence.h"
#include "rpc/view.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

size_t meeple__slot_size(const meeple_field *slot)
{
    return slot->type == MEEPLE_TYPE_CHARS ? slot->size : meeple__type_size(slot->type);
}

/* Of a field that was checked. */
static uint32_t elements(const meeple_field *field)
{
    return (uint32_t)(field->size / meeple__slot_size(field));
}

static bool bounds_make_sense(const meeple_field *field)
{
    enum meeple__kind kind = meeple__type_kind(field->type);

    return !meeple__field_bounded(field) ||
           (field->min <= field->max && kind != MEEPLE__KIND_BOOL && kind != MEEPLE__KIND_VECTOR);
}

/* A field is in one group, if any. */
static bool flags_make_sense(uint16_t flags)
{
    unsigned group = meeple__flags_group(flags);

    return (flags & 0xff) <= (MEEPLE_ON_SPAWN | MEEPLE_OWNER_ONLY) && group <= MEEPLE_GROUPS_MAX &&
           (group == 0 || (flags & MEEPLE_OWNER_ONLY) == 0);
}

static int check_field(const meeple_class *cls, const meeple_field *field,
                       struct meeple__sentence *why)
{
    enum meeple__kind kind = meeple__type_kind(field->type);
    size_t size = meeple__slot_size(field);

    if (!field->name || !meeple__name_valid(bytes_of(field->name))) {
        meeple__say(why, "class %s has a field of state without a name", cls->name);
        return MEEPLE_EINVAL;
    }
    if (kind == MEEPLE__KIND_NONE || kind == MEEPLE__KIND_STRING || kind == MEEPLE__KIND_BYTES ||
        kind == MEEPLE__KIND_VALUE) {
        meeple__say(why, "class %s: '%s' is %s, which is no state: nobody would own it", cls->name,
                    field->name,
                    kind == MEEPLE__KIND_NONE ? "a pointer" : meeple_type_name(field->type));
        return MEEPLE_EINVAL;
    }
    if (size == 0 || field->size == 0 || field->size % size != 0 ||
        (size_t)field->offset + field->size > cls->state->size || !flags_make_sense(field->flags)) {
        meeple__say(why, "class %s: '%s' makes no sense", cls->name, field->name);
        return MEEPLE_EINVAL;
    }
    if (field->offset % meeple__type_align(field->type) != 0) {
        meeple__say(why, "class %s: '%s' is not aligned as C aligns it: is the struct packed?",
                    cls->name, field->name);
        return MEEPLE_EINVAL;
    }
    if (!bounds_make_sense(field)) {
        meeple__say(why, "class %s: the bounds of '%s' make no sense", cls->name, field->name);
        return MEEPLE_EINVAL;
    }
    return 0;
}

/* One that shares its name or bytes with an earlier one. */
static bool is_twice(const meeple_state *state, size_t index)
{
    const meeple_field *field = &state->fields[index];

    for (size_t i = 0; i < index; i++) {
        const meeple_field *other = &state->fields[i];

        if (strcmp(other->name, field->name) == 0 ||
            (other->offset < field->offset + field->size &&
             field->offset < other->offset + other->size)) {
            return true;
        }
    }
    return false;
}

static int check_state(const meeple_class *cls, struct meeple__sentence *why)
{
    const meeple_state *state = cls->state;

    if (!state || !state->fields || state->field_count == 0 ||
        state->field_count > MEEPLE__FIELDS_MAX || state->size == 0 ||
        state->size > MEEPLE__STATE_MAX) {
        meeple__say(why, "class %s has no state of 1 to 255 fields in 1 to 65535 bytes", cls->name);
        return MEEPLE_EINVAL;
    }
    for (size_t i = 0; i < state->field_count; i++) {
        if (check_field(cls, &state->fields[i], why) < 0) {
            return MEEPLE_EINVAL;
        }
        if (is_twice(state, i)) {
            meeple__say(why, "class %s: '%s' is there twice", cls->name, state->fields[i].name);
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

int meeple__layout_new(struct meeple__layout **out, const meeple_mem *mem, const meeple_class *cls,
                       const struct meeple__methods *methods, struct meeple__sentence *why)
{
    struct meeple__layout *layout;
    const meeple_state *state = cls->state;
    int rc = check_state(cls, why);

    if (rc < 0) {
        return rc;
    }
    layout = meeple__alloc(mem, sizeof *layout + (state->field_count + 1) * sizeof(uint32_t));
    if (!layout) {
        return MEEPLE_ENOMEM;
    }
    layout->cls = cls;
    layout->methods = methods;
    layout->low = (uint32_t)state->size;
    layout->groups = MEEPLE__SEES_PUBLIC;
    for (size_t i = 0; i < state->field_count; i++) {
        const meeple_field *field = &state->fields[i];
        uint32_t end = (uint32_t)field->offset + field->size;

        layout->first[i] = layout->slot_count;
        layout->slot_count += elements(field);
        layout->groups |= meeple__flags_bit(field->flags);
        if ((field->flags & MEEPLE_ON_SPAWN) == 0) {
            layout->low = field->offset < layout->low ? field->offset : layout->low;
            layout->high = end > layout->high ? end : layout->high;
        }
    }
    layout->first[state->field_count] = layout->slot_count;
    layout->low = layout->low < layout->high ? layout->low : layout->high;
    *out = layout;
    return 0;
}

uint32_t meeple__layout_field(const struct meeple__layout *layout, uint32_t slot)
{
    uint32_t low = 0, high = (uint32_t)layout->cls->state->field_count;

    assert(slot < layout->slot_count);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (layout->first[middle] <= slot) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

meeple_field meeple__layout_slot(const struct meeple__layout *layout, uint32_t slot)
{
    uint32_t index = meeple__layout_field(layout, slot);
    meeple_field field = layout->cls->state->fields[index];
    size_t size = meeple__slot_size(&field);

    field.offset = (uint16_t)(field.offset + (slot - layout->first[index]) * size);
    field.size = (uint16_t)size;
    return field;
}

bool meeple__slot_same(const meeple_field *slot, const void *left, const void *right)
{
    const char *here = meeple__member(slot, left);
    const char *there = meeple__member(slot, right);

    return slot->type == MEEPLE_TYPE_CHARS ? strncmp(here, there, slot->size) == 0
                                           : memcmp(here, there, meeple__slot_size(slot)) == 0;
}

int meeple__layout_check(const struct meeple__layout *layout, const void *record,
                         struct meeple__sentence *why)
{
    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        meeple_field field = meeple__layout_slot(layout, slot);

        if (meeple__field_check(&field, 0, record, why) < 0) {
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

size_t meeple__layout_longest(const struct meeple__layout *layout)
{
    const meeple_state *state = layout->cls->state;
    size_t longest = 0;

    for (size_t i = 0; i < state->field_count; i++) {
        /* Nothing needs more than its type, a length and a letter in front. */
        bool in_fragments = state->fields[i].type == MEEPLE_TYPE_CHARS;
        size_t size = (in_fragments ? 0 : meeple__slot_size(&state->fields[i])) + 5;

        longest = size > longest ? size : longest;
    }
    return longest;
}

/* The group is in the upper half. */
static uint8_t wire_flags(uint16_t flags)
{
    return (uint8_t)((flags & 0x0fU) | meeple__flags_group(flags) << 4);
}

void meeple__layout_write(const struct meeple__layout *layout, struct meeple__sink *sink)
{
    const meeple_state *state = layout->cls->state;

    for (size_t i = 0; i < state->field_count; i++) {
        const meeple_field *field = &state->fields[i];

        meeple__sink_block(sink, bytes_of(field->name));
        meeple__sink_u8(sink, (uint8_t)meeple__type_letter(field->type));
        meeple__sink_varint(sink, field->type == MEEPLE_TYPE_CHARS ? field->size : elements(field));
        meeple__sink_u8(sink, wire_flags(field->flags));
    }
}
