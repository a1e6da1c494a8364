/* state: of one spawned object: the copy that was sent or came last, and what has changed since. */
#include "rpc/state.h"

#include <string.h>

#include "core/mem.h"
#include "rpc/bulk_in.h"
#include "rpc/bulk_out.h"
#include "rpc/field.h"
#include "rpc/sentence.h"

static void *member_of(void *record, const meeple_field *slot)
{
    return (char *)record + slot->offset;
}

int meeple__replica_new(struct meeple__replica **out, const meeple_mem *mem,
                        const struct meeple__layout *layout, const void *self, void **owned)
{
    size_t size = meeple__layout_state(layout)->size;
    size_t bits = meeple__bits_size(layout->slot_count);
    struct meeple__replica *replica = meeple__alloc(mem, sizeof *replica);

    if (!replica) {
        return MEEPLE_ENOMEM;
    }
    meeple__list_init(&replica->deliveries);
    meeple__list_init(&replica->bulks);
    meeple__list_init(&replica->arrivals);
    /* One block; the shadow needs the alignment of any struct, the bits none. */
    replica->shadow = meeple__alloc(mem, size + 2 * bits);
    replica->stamps = meeple__alloc(mem, layout->slot_count * sizeof *replica->stamps);
    if (!self) {
        *owned = meeple__alloc(mem, size);
    }
    if (!replica->shadow || !replica->stamps || (!self && !*owned)) {
        meeple__replica_free(replica, mem, self ? NULL : *owned);
        return MEEPLE_ENOMEM;
    }
    replica->owned = !self;
    replica->marks = replica->shadow + size;
    replica->changes = replica->marks + bits;
    replica->layout = layout;
    meeple__view_init(&replica->view, layout->groups);
    meeple__list_init(&replica->changed);
    meeple__list_init(&replica->batch);
    meeple__list_init(&replica->due);
    meeple__list_init(&replica->named);
    if (self) {
        memcpy(replica->shadow, self, size);
    }
    *out = replica;
    return 0;
}

void meeple__replica_free(struct meeple__replica *replica, const meeple_mem *mem, void *self)
{
    meeple__bulk_forget_object(replica, mem);
    meeple__bulk_in_drop_all(replica);
    meeple__view_done(&replica->view, mem);
    meeple__free(mem, self);
    meeple__free(mem, replica->shadow);
    meeple__free(mem, replica->stamps);
    meeple__free(mem, replica);
}

static bool is_same(const struct meeple__replica *replica, const void *self)
{
    uint32_t low = replica->layout->low, high = replica->layout->high;

    return memcmp((const char *)self + low, replica->shadow + low, high - low) == 0;
}

/* Finds the next slot from *slot on that has changed in self; *field is it. */
static bool next_change(const struct meeple__replica *replica, const void *self, uint32_t *slot,
                        meeple_field *field)
{
    for (; *slot < replica->layout->slot_count; ++*slot) {
        *field = meeple__layout_slot(replica->layout, *slot);
        if ((field->flags & MEEPLE_ON_SPAWN) == 0 &&
            !meeple__slot_same(field, self, replica->shadow)) {
            return true;
        }
    }
    return false;
}

bool meeple__replica_differs(const struct meeple__replica *replica, const void *self)
{
    struct meeple__sentence why;
    meeple_field field;

    if (is_same(replica, self)) {
        return false;
    }
    meeple__sentence_init(&why);
    for (uint32_t slot = 0; next_change(replica, self, &slot, &field); slot++) {
        if (meeple__field_check(&field, 0, self, &why) == 0) {
            return true;
        }
    }
    return false;
}

/* Also what lies between the fields and behind the end of texts, so that it differs no more. */
static void copy_all(struct meeple__replica *replica, const void *self)
{
    uint32_t low = replica->layout->low, high = replica->layout->high;
    const meeple_state *state = meeple__layout_state(replica->layout);

    for (size_t i = 0; i < state->field_count; i++) {
        const meeple_field *field = &state->fields[i];

        /* A field that is only spawned stays as it was then. */
        if ((field->flags & MEEPLE_ON_SPAWN) && field->offset < high &&
            field->offset + field->size > low) {
            return;
        }
    }
    memcpy(replica->shadow + low, (const char *)self + low, high - low);
}

bool meeple__replica_collect(struct meeple__replica *replica, const void *self, uint64_t stamp,
                             struct meeple__sentence *why)
{
    struct meeple__sentence fault;
    bool any = false, bad = false;
    meeple_field field;

    if (is_same(replica, self)) {
        return false;
    }
    for (uint32_t slot = 0; next_change(replica, self, &slot, &field); slot++) {
        meeple__sentence_init(&fault);
        if (meeple__field_check(&field, 0, self, &fault) < 0) {
            if (!replica->complained) {
                *why = fault;
            }
            replica->complained = bad = true;
            continue;
        }
        memcpy(member_of(replica->shadow, &field), meeple__member(&field, self),
               meeple__slot_size(&field));
        replica->stamps[slot] = stamp;
        meeple__bit_set(replica->changes, slot);
        any = true;
    }
    if (!bad) {
        replica->complained = false;
        copy_all(replica, self);
    }
    return any;
}

bool meeple__replica_commit(struct meeple__replica *replica, void *self, uint64_t stamp)
{
    bool any = false;

    for (uint32_t slot = 0; slot < replica->layout->slot_count; slot++) {
        meeple_field field;

        if (!meeple__bit(replica->marks, slot)) {
            /* Most of a large state does not change: eight at a time. */
            slot += slot % 8 == 0 && replica->marks[slot / 8] == 0 ? 7 : 0;
            continue;
        }
        field = meeple__layout_slot(replica->layout, slot);
        if (!meeple__slot_same(&field, self, replica->shadow)) {
            memcpy(member_of(self, &field), meeple__member(&field, replica->shadow),
                   meeple__slot_size(&field));
            meeple__bit_set(replica->changes, slot);
            any = true;
        }
        replica->stamps[slot] = stamp;
    }
    memset(replica->marks, 0, meeple__bits_size(replica->layout->slot_count));
    return any;
}

void meeple__replica_hide(struct meeple__replica *replica, uint8_t level)
{
    for (uint32_t slot = 0; slot < replica->layout->slot_count; slot++) {
        meeple_field field = meeple__layout_slot(replica->layout, slot);

        if (!meeple__level_shows(level, field.flags)) {
            memset(member_of(replica->shadow, &field), 0, meeple__slot_size(&field));
            meeple__replica_mark(replica, slot);
        }
    }
}

/* Whether an element of the field that lies in [low, high) of the struct has changed. */
static bool field_changed(const meeple_changes *changes, size_t index, size_t low, size_t high)
{
    const meeple_field *field = &changes->layout->cls->state->fields[index];
    size_t size = meeple__slot_size(field);
    size_t from = low > field->offset ? (low - field->offset) / size : 0;

    for (size_t at = from; at < field->size / size && field->offset + at * size < high; at++) {
        if (meeple__bit(changes->bits, changes->layout->first[index] + (uint32_t)at)) {
            return true;
        }
    }
    return false;
}

bool meeple_changes_touch(const meeple_changes *changes, size_t offset, size_t size)
{
    if (!changes || size > SIZE_MAX - offset) {
        return false;
    }
    for (size_t i = 0; i < changes->layout->cls->state->field_count; i++) {
        if (field_changed(changes, i, offset, offset + size)) {
            return true;
        }
    }
    return false;
}
