/* layout: the state of a class, checked once, as a row of slots: one for each element of a field.
 */
#include "rpc/layout.h"

#include <assert.h>
#include <string.h>

#include "rpc/codec_msgpack.h"
#include "rpc/content.h"
#include "rpc/field.h"
#include "rpc/sentence.h"
#include "rpc/view.h"

enum {
    ZEROS = 256,   /* bytes that are looked at together */
    VALUE_HEAD = 5 /* nothing needs more than its type, and a length or a letter, in front */
};

size_t meeple__slot_size(const meeple_field *slot)
{
    return slot->type == MEEPLE_TYPE_CHARS ? slot->size : meeple__type_size(slot->type);
}

uint32_t meeple__leaf_offset(const struct meeple__leaf *leaf, uint32_t index)
{
    uint32_t offset = leaf->field.offset;

    if (leaf->depth == 1) {
        return offset + index * leaf->dims[0].stride;
    }
    for (uint32_t i = 0; i < leaf->depth; i++) {
        offset += index / leaf->dims[i].block * leaf->dims[i].stride;
        index %= leaf->dims[i].block;
    }
    return offset;
}

/* How many bytes an element of a dimension takes, from the first of the leaf in it to the last. */
static size_t extent(const struct meeple__leaf *leaf, uint32_t depth)
{
    size_t size = meeple__slot_size(&leaf->field);

    for (uint32_t i = depth; i < leaf->depth; i++) {
        size += (size_t)(leaf->dims[i].count - 1) * leaf->dims[i].stride;
    }
    return size;
}

uint32_t meeple__leaf_touching(const struct meeple__leaf *leaf, uint32_t index, size_t low,
                               size_t high)
{
    uint32_t depth = 0, rest = index;
    size_t offset = leaf->field.offset;

    if (low >= high || offset >= high || offset + extent(leaf, 0) <= low) {
        return leaf->count;
    }
    while (index < leaf->count && depth < leaf->depth) {
        const struct meeple__dim *dim = &leaf->dims[depth];
        uint32_t at = rest / dim->block;
        size_t here = offset + (size_t)at * dim->stride, size = extent(leaf, depth + 1);

        if (here < high && here + size > low) {
            offset = here;
            rest %= dim->block;
            depth++;
            continue;
        }
        /* As far as the next one that may; from there again. */
        at = here >= high ? dim->count : at + (uint32_t)((low - here - size) / dim->stride) + 1;
        at = at < dim->count ? at : dim->count;
        index += at * dim->block - rest;
        rest = index;
        depth = 0;
        offset = leaf->field.offset;
    }
    return index;
}

bool meeple__leaf_present(const struct meeple__layout *layout, const struct meeple__leaf *leaf,
                          uint32_t index, const void *record)
{
    uint32_t rest = index, before = 0;

    for (uint32_t i = 0; leaf->counted && i < leaf->depth; i++) {
        const struct meeple__dim *dim = &leaf->dims[i];
        uint32_t at = rest / dim->block;

        rest %= dim->block;
        if (dim->counter != MEEPLE__NO_COUNTER) {
            const struct meeple__leaf *counter = &layout->leaves[dim->counter];
            meeple_field count = counter->field;

            count.offset = (uint16_t)meeple__leaf_offset(counter, before);
            if (at >= meeple__get_unsigned(&count, record)) {
                return false;
            }
        }
        before = before * dim->count + at;
    }
    return true;
}

bool meeple__layout_present(const struct meeple__layout *layout, uint32_t slot, const void *record)
{
    const struct meeple__leaf *leaf = meeple__layout_leaf(layout, slot);

    return meeple__leaf_present(layout, leaf, slot - leaf->first, record);
}

meeple_field meeple__layout_slot(const struct meeple__layout *layout, uint32_t slot)
{
    const struct meeple__leaf *leaf = meeple__layout_leaf(layout, slot);
    meeple_field field = leaf->field;

    field.offset = (uint16_t)meeple__leaf_offset(leaf, slot - leaf->first);
    return field;
}

bool meeple__slot_same(const meeple_field *slot, const void *left, const void *right)
{
    const char *here = meeple__member(slot, left);
    const char *there = meeple__member(slot, right);

    if (slot->type == MEEPLE_TYPE_CHARS) {
        return strncmp(here, there, slot->size) == 0;
    }
    return meeple__content_is(slot->type) ? meeple__content_same(slot, left, right)
                                          : memcmp(here, there, meeple__slot_size(slot)) == 0;
}

size_t meeple__leaf_solid(const struct meeple__leaf *leaf)
{
    size_t size = meeple__slot_size(&leaf->field) * leaf->count;

    /* Between elements that do not lie side by side there may be bytes without a value, and such as
     * do not exist need not have any, nor what is behind the end of a text. */
    return leaf->counted || meeple__content_is(leaf->field.type) ||
                   leaf->field.type == MEEPLE_TYPE_CHARS || extent(leaf, 0) != size
               ? 0
               : size;
}

static bool all_zero(const char *bytes, size_t size)
{
    static const char zeros[ZEROS];

    for (size_t at = 0; at < size; at += ZEROS) {
        if (memcmp(bytes + at, zeros, size - at < ZEROS ? size - at : ZEROS) != 0) {
            return false;
        }
    }
    return true;
}

bool meeple__slot_is_zero(const meeple_field *field, const void *record)
{
    return meeple__content_is(field->type)
               ? meeple__content_is_clear(field, record)
               : all_zero(meeple__member(field, record), meeple__slot_size(field));
}

uint32_t meeple__leaf_next_filled(const struct meeple__leaf *leaf, uint32_t at, const void *left,
                                  const void *right)
{
    const char *here = left, *there = right ? right : left;
    uint32_t size = (uint32_t)meeple__slot_size(&leaf->field);

    if (leaf->depth != 1 || meeple__content_is(leaf->field.type) ||
        leaf->field.type == MEEPLE_TYPE_CHARS) {
        /* Something may still be coming for it. */
        return at;
    }
    while (at < leaf->count) {
        uint32_t offset = meeple__leaf_offset(leaf, at), rest = leaf->count - at;
        uint32_t some = leaf->dims[0].stride == size ? ZEROS / size : 1;

        some = some < rest ? some : rest;
        if (some > 1 && all_zero(here + offset, some * size) &&
            all_zero(there + offset, some * size)) {
            at += some;
        } else if (all_zero(here + offset, size) && all_zero(there + offset, size)) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

bool meeple__same_masked(const uint8_t *left, const uint8_t *right, const uint8_t *mask, size_t len)
{
    uint64_t here, there, counts, differing = 0;
    size_t at = 0;

    for (; at + sizeof here <= len; at += sizeof here) {
        memcpy(&here, left + at, sizeof here);
        memcpy(&there, right + at, sizeof there);
        memcpy(&counts, mask + at, sizeof counts);
        differing |= (here ^ there) & counts;
    }
    for (; at < len; at++) {
        differing |= (uint64_t)((left[at] ^ right[at]) & mask[at]);
    }
    return differing == 0;
}

/* What a counter in no array counts: by then its own value is the same in both, unless self's is
 * out of bounds. */
static bool same_array(const struct meeple__layout *layout, const struct meeple__leaf *counter,
                       const uint8_t *self, const uint8_t *shadow)
{
    size_t offset = counter->array_offset;
    uint64_t count = meeple__get_unsigned(&counter->field, shadow);
    uint64_t capacity = (uint64_t)counter->field.max;
    size_t len = (size_t)(count < capacity ? count : capacity) * counter->array_stride;

    return meeple__same_masked(self + offset, shadow + offset, layout->counted_mask + offset, len);
}

static bool same_elements(const struct meeple__layout *layout, const struct meeple__leaf *leaf,
                          const void *self, const void *shadow)
{
    meeple_field field = leaf->field;

    for (uint32_t i = 0; i < leaf->count; i++) {
        field.offset = (uint16_t)meeple__leaf_offset(leaf, i);
        if ((!leaf->counted || meeple__leaf_present(layout, leaf, i, shadow)) &&
            !meeple__slot_same(&field, self, shadow)) {
            return false;
        }
    }
    return true;
}

bool meeple__layout_same(const struct meeple__layout *layout, const void *self, const void *shadow)
{
    const uint8_t *left = self, *right = shadow;

    for (uint32_t i = 0; i < layout->run_count; i++) {
        const struct meeple__run *run = &layout->runs[i];
        uint32_t at = run->offset;

        if (run->solid ? memcmp(left + at, right + at, run->len) != 0
                       : !meeple__same_masked(left + at, right + at, layout->mask + at, run->len)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < layout->visit_count; i++) {
        const struct meeple__leaf *leaf = &layout->leaves[layout->visits[i]];

        if (leaf->array_stride > 0 ? !same_array(layout, leaf, left, right)
                                   : !same_elements(layout, leaf, self, shadow)) {
            return false;
        }
    }
    return true;
}

int meeple__layout_check_slot(const struct meeple__layout *layout, const meeple_field *slot,
                              const void *record, struct meeple__sentence *why)
{
    int rc = meeple__field_check(slot, 0, record, why);
    size_t size;

    if (rc < 0 || (slot->type != MEEPLE_TYPE_CHARS && !meeple__content_is(slot->type))) {
        return rc;
    }
    size = meeple__msgpack_field_size(slot, record);
    if (size > layout->value_max) {
        meeple__say_field(why, slot, 0);
        meeple__say(why, "is %zu bytes long, more than value_bytes_max, %zu", size,
                    layout->value_max);
        return MEEPLE_EINVAL;
    }
    return 0;
}

int meeple__layout_check(const struct meeple__layout *layout, const void *record,
                         struct meeple__sentence *why)
{
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];
        meeple_field field = leaf->field;

        for (uint32_t at = 0; at < leaf->count; at++) {
            field.offset = (uint16_t)meeple__leaf_offset(leaf, at);
            if (meeple__leaf_present(layout, leaf, at, record) &&
                meeple__layout_check_slot(layout, &field, record, why) < 0) {
                return MEEPLE_EINVAL;
            }
        }
    }
    return 0;
}

size_t meeple__layout_longest(const struct meeple__layout *layout)
{
    size_t longest = VALUE_HEAD;

    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        const meeple_field *field = &layout->leaves[i].field;
        size_t size = meeple__slot_size(field) + VALUE_HEAD;

        /* Texts and what lies elsewhere go in fragments. */
        if (!meeple__content_is(field->type) && field->type != MEEPLE_TYPE_CHARS &&
            size > longest) {
            longest = size;
        }
    }
    return longest;
}

/* The group is in the upper half. */
static uint8_t wire_flags(uint16_t flags)
{
    return (uint8_t)((flags & 0x0fU) | meeple__flags_group(flags) << 4);
}

static void write_leaf(const struct meeple__leaf *leaf, struct meeple__sink *sink)
{
    const meeple_field *field = &leaf->field;

    meeple__sink_block(sink, (meeple_bytes){(const uint8_t *)field->name, strlen(field->name)});
    meeple__sink_u8(sink, (uint8_t)meeple__type_letter(field->type));
    if (field->type == MEEPLE_TYPE_CHARS) {
        meeple__sink_varint(sink, field->size);
    }
    meeple__sink_u8(sink, wire_flags(field->flags));
    meeple__sink_u8(sink, (uint8_t)leaf->depth);
    for (uint32_t i = 0; i < leaf->depth; i++) {
        const struct meeple__dim *dim = &leaf->dims[i];

        meeple__sink_varint(sink, dim->count);
        meeple__sink_varint(sink, dim->counter == MEEPLE__NO_COUNTER ? 0 : dim->counter + 1);
    }
}

void meeple__layout_write(const struct meeple__layout *layout, struct meeple__sink *sink)
{
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        write_leaf(&layout->leaves[i], sink);
    }
}
