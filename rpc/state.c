/* state: of one spawned object: the copy that was sent or came last, and what has changed since. */
#include "rpc/state.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/bulk_in.h"
#include "rpc/bulk_out.h"
#include "rpc/codec_msgpack.h"
#include "rpc/field.h"
#include "rpc/sentence.h"

/* An element of a leaf, on the way through all of them. */
struct step {
    const struct meeple__leaf *leaf;
    uint32_t index, slot;
    meeple_field field;
};

static void step_to(struct step *step, const struct meeple__leaf *leaf, uint32_t index)
{
    if (step->leaf != leaf) {
        step->leaf = leaf;
        step->field = leaf->field;
    }
    step->index = index;
    step->slot = leaf->first + index;
    step->field.offset = (uint16_t)meeple__leaf_offset(leaf, index);
}

static bool first_step(struct step *step, const struct meeple__layout *layout)
{
    step->leaf = NULL;
    step_to(step, layout->leaves, 0);
    return true;
}

static bool next_step(struct step *step, const struct meeple__layout *layout)
{
    const struct meeple__leaf *leaf = step->leaf;

    if (step->index + 1 < leaf->count) {
        step_to(step, leaf, step->index + 1);
        return true;
    }
    if (++leaf == layout->leaves + layout->leaf_count) {
        return false;
    }
    step_to(step, leaf, 0);
    return true;
}

#define EACH_STEP(step, layout)                                                                    \
    bool going = first_step(step, layout);                                                         \
    going;                                                                                         \
    going = next_step(step, layout)

static void *member_of(void *record, const meeple_field *slot)
{
    return (char *)record + slot->offset;
}

/* Of the blobs of the shadow, or those that self shows; the slot has one. */
static struct meeple__blob **blob_of(struct meeple__blob **blobs, const struct step *step)
{
    return &blobs[step->leaf->first_blob + step->index];
}

static bool exists(const struct meeple__replica *replica, const struct step *step)
{
    return meeple__leaf_present(replica->layout, step->leaf, step->index, replica->shadow);
}

/* Makes a slot of the shadow zero. */
static void clear(struct meeple__replica *replica, const meeple_mem *mem, const struct step *step)
{
    if (meeple__content_is(step->field.type)) {
        struct meeple__blob **blob = blob_of(replica->blobs, step);

        replica->content_bytes -= meeple__blob_size(*blob);
        meeple__content_clear(&step->field, replica->shadow, blob, mem);
    } else {
        memset(member_of(replica->shadow, &step->field), 0, meeple__slot_size(&step->field));
    }
}

/* Makes a slot of the shadow point at a copy of the value. */
static int keep(struct meeple__replica *replica, const meeple_mem *mem, const struct step *step,
                const meeple_value *value)
{
    struct meeple__blob **blob = blob_of(replica->blobs, step);
    size_t before = meeple__blob_size(*blob);
    int rc = meeple__content_keep(&step->field, replica->shadow, blob, value, mem);

    replica->content_bytes += meeple__blob_size(*blob) - before;
    return rc;
}

/* Takes a slot of self over into the shadow. */
static int take(struct meeple__replica *replica, const meeple_mem *mem, const struct step *step,
                const void *self)
{
    meeple_value value;

    if (!meeple__content_is(step->field.type)) {
        memcpy(member_of(replica->shadow, &step->field), meeple__member(&step->field, self),
               meeple__slot_size(&step->field));
        return 0;
    }
    value = meeple__content_of(&step->field, self);
    return keep(replica, mem, step, &value);
}

/* Makes self show a slot of the shadow. */
static void show(struct meeple__replica *replica, const meeple_mem *mem, const struct step *step,
                 void *self)
{
    if (meeple__content_is(step->field.type)) {
        meeple__content_share(&step->field, self, blob_of(replica->shown, step), replica->shadow,
                              *blob_of(replica->blobs, step), mem);
    } else {
        memcpy(member_of(self, &step->field), meeple__member(&step->field, replica->shadow),
               meeple__slot_size(&step->field));
    }
}

/* The same, if self points at something that is equal already. */
static void show_same(struct meeple__replica *replica, const meeple_mem *mem,
                      const struct step *step, void *self)
{
    struct meeple__blob *shown = *blob_of(replica->shown, step);
    struct meeple__blob **blob = blob_of(replica->blobs, step);

    if (meeple__content_is_in(&step->field, self, shown, *blob)) {
        meeple__content_share(&step->field, replica->shadow, blob, self, shown, mem);
    } else {
        show(replica, mem, step, self);
    }
}

/* Nothing of what self points at, nor of what does not exist, is in the shadow but by its own. */
static int fill(struct meeple__replica *replica, const meeple_mem *mem, const void *self)
{
    struct step step;
    int rc = 0;

    if (self) {
        memcpy(replica->shadow, self, meeple__layout_state(replica->layout)->size);
    }
    for (EACH_STEP(&step, replica->layout)) {
        bool has_blob = meeple__content_is(step.field.type);

        if (!self || !exists(replica, &step)) {
            clear(replica, mem, &step);
        } else if (has_blob && rc == 0) {
            rc = take(replica, mem, &step, self);
        }
    }
    return rc;
}

static int allocate(struct meeple__replica *replica, const meeple_mem *mem)
{
    const struct meeple__layout *layout = replica->layout;
    size_t size = meeple__layout_state(layout)->size;
    size_t bits = meeple__bits_size(layout->slot_count);

    /* One block; the shadow needs the alignment of any struct, the bits none. */
    replica->shadow = meeple__alloc(mem, size + 2 * bits);
    replica->stamps = meeple__alloc(mem, layout->slot_count * sizeof *replica->stamps);
    if (layout->blob_count > 0) {
        replica->blobs = meeple__alloc(mem, 2 * layout->blob_count * sizeof *replica->blobs);
    }
    if (!replica->shadow || !replica->stamps || (layout->blob_count > 0 && !replica->blobs)) {
        return MEEPLE_ENOMEM;
    }
    replica->marks = replica->shadow + size;
    replica->changes = replica->marks + bits;
    if (replica->blobs) {
        replica->shown = replica->blobs + layout->blob_count;
    }
    return 0;
}

int meeple__replica_new(struct meeple__replica **out, const meeple_mem *mem,
                        const struct meeple__layout *layout, const void *self, void **owned)
{
    struct meeple__replica *replica = meeple__alloc(mem, sizeof *replica);
    int rc;

    if (!replica) {
        return MEEPLE_ENOMEM;
    }
    meeple__list_init(&replica->deliveries);
    meeple__list_init(&replica->bulks);
    meeple__list_init(&replica->arrivals);
    replica->owned = !self;
    replica->wild = self != NULL;
    replica->layout = layout;
    meeple__view_init(&replica->view, layout->groups);
    meeple__list_init(&replica->changed);
    meeple__list_init(&replica->batch);
    meeple__list_init(&replica->due);
    meeple__list_init(&replica->named);
    meeple__list_init(&replica->beats.every_poll);
    rc = allocate(replica, mem);
    if (rc == 0) {
        rc = fill(replica, mem, self);
    }
    if (rc == 0 && !self) {
        *owned = meeple__alloc(mem, meeple__layout_state(layout)->size);
        rc = *owned ? 0 : MEEPLE_ENOMEM;
    }
    if (rc < 0) {
        meeple__replica_free(replica, mem, NULL);
        return rc;
    }
    *out = replica;
    return 0;
}

void meeple__replica_free(struct meeple__replica *replica, const meeple_mem *mem, void *self)
{
    meeple__bulk_forget_object(replica, mem);
    meeple__bulk_in_drop_all(replica);
    for (uint32_t i = 0; replica->blobs && i < 2 * replica->layout->blob_count; i++) {
        meeple__blob_drop(replica->blobs[i], mem);
    }
    meeple__view_done(&replica->view, mem);
    meeple__free(mem, self);
    meeple__free(mem, replica->blobs);
    meeple__free(mem, replica->shadow);
    meeple__free(mem, replica->stamps);
    meeple__free(mem, replica);
}

size_t meeple__replica_content(const struct meeple__replica *replica, uint32_t slot)
{
    const struct meeple__leaf *leaf = meeple__layout_leaf(replica->layout, slot);

    return meeple__content_is(leaf->field.type)
               ? meeple__blob_size(replica->blobs[leaf->first_blob + slot - leaf->first])
               : 0;
}

/* Whether a slot is the master's to change, exists, and has changed in self: what does not exist
 * may point anywhere. */
static bool has_changed(const struct meeple__replica *replica, const struct step *step,
                        const void *self)
{
    return (step->field.flags & MEEPLE_ON_SPAWN) == 0 && exists(replica, step) &&
           !meeple__slot_same(&step->field, self, replica->shadow);
}

/* Whether a slot is one to tell: it has changed, or is told always, and does not rest; if it does,
 * it is held. */
static bool is_to_tell(struct meeple__replica *replica, const struct step *step, const void *self)
{
    struct meeple__beats *beats = &replica->beats;
    bool rests = (step->leaf->rhythm & beats->resting) != 0;

    if ((step->field.flags & MEEPLE_ALWAYS) && !rests) {
        return exists(replica, step);
    }
    if (!has_changed(replica, step, self)) {
        return false;
    }
    beats->held = (uint8_t)(beats->held | (step->leaf->rhythm & beats->resting));
    return !rests;
}

bool meeple__replica_differs(const struct meeple__replica *replica, const void *self)
{
    struct meeple__sentence why;
    struct step step;

    if (meeple__layout_same(replica->layout, self, replica->shadow)) {
        return false;
    }
    meeple__sentence_init(&why);
    for (EACH_STEP(&step, replica->layout)) {
        /* What is held waits for its time. */
        if ((step.leaf->rhythm & replica->beats.held) == 0 && has_changed(replica, &step, self) &&
            meeple__layout_check_slot(replica->layout, &step.field, self, &why) == 0) {
            return true;
        }
    }
    return false;
}

/* The first element that need not exist. */
static uint32_t first_doubtful(const struct meeple__replica *replica,
                               const struct meeple__leaf *leaf)
{
    uint64_t count;

    if (leaf->depth != 1) {
        return 0;
    }
    count = meeple__get_unsigned(&replica->layout->leaves[leaf->dims[0].counter].field,
                                 replica->shadow);
    return count < leaf->count ? (uint32_t)count : leaf->count;
}

/* Makes a slot that does not exist zero in the shadow, and in self if that is to be written to.
 * known: handlers know what is in self, so that it is news if that goes, though the shadow had
 * nothing left there. */
static bool drop_slot(struct meeple__replica *replica, const meeple_mem *mem,
                      const struct step *step, void *self, bool known, uint64_t stamp)
{
    bool any = !meeple__slot_is_zero(&step->field, replica->shadow);

    meeple__bulk_in_drop(replica, step->slot);
    if (any) {
        clear(replica, mem, step);
        /* Who does not hear of it now has to hear of it when it exists again. */
        replica->stamps[step->slot] = stamp;
    }
    /* What was ours may have no value there yet: it is written over without a look. */
    if (self && (replica->wild || !meeple__slot_is_zero(&step->field, self))) {
        show(replica, mem, step, self);
        any = any || known;
    }
    if (any) {
        meeple__bit_set(replica->changes, step->slot);
    }
    return any;
}

/* Whether elements of the leaf come and go: not what its owner was asked for once. */
static bool comes_and_goes(const struct meeple__replica *replica, const struct meeple__leaf *leaf)
{
    return leaf->counted && (replica->owned || (leaf->field.flags & MEEPLE_ON_SPAWN) == 0);
}

/* The next element from `at` on that may have something to lose; count: none. */
static uint32_t next_filled(const struct meeple__replica *replica, const struct meeple__leaf *leaf,
                            uint32_t at, const void *self)
{
    /* What need not have a value is not looked at. */
    return replica->wild && self ? at : meeple__leaf_next_filled(leaf, at, replica->shadow, self);
}

/* All that does not exist. */
static bool drop(struct meeple__replica *replica, const meeple_mem *mem, void *self, bool known,
                 uint64_t stamp)
{
    struct step step = {.leaf = NULL};
    bool any = false;

    for (uint32_t i = 0; i < replica->layout->leaf_count; i++) {
        const struct meeple__leaf *leaf = &replica->layout->leaves[i];

        for (uint32_t at = comes_and_goes(replica, leaf) ? first_doubtful(replica, leaf)
                                                         : leaf->count;
             (at = next_filled(replica, leaf, at, self)) < leaf->count; at++) {
            step_to(&step, leaf, at);
            if (!exists(replica, &step)) {
                any = drop_slot(replica, mem, &step, self, known, stamp) || any;
            }
        }
    }
    return any;
}

/* On the way through what may have changed. */
struct collecting {
    struct meeple__replica *replica;
    const meeple_mem *mem;
    const void *self;
    uint64_t stamp;
    struct meeple__sentence *why;
    bool changed, bad, counts;
    int rc;
};

static void collect_slot(struct collecting *collecting, const struct step *step)
{
    struct meeple__replica *replica = collecting->replica;
    struct meeple__sentence fault;

    meeple__sentence_init(&fault);
    if (meeple__layout_check_slot(replica->layout, &step->field, collecting->self, &fault) < 0) {
        if (!replica->complained) {
            *collecting->why = fault;
        }
        replica->complained = collecting->bad = true;
        return;
    }
    if (take(replica, collecting->mem, step, collecting->self) < 0) {
        collecting->rc = MEEPLE_ENOMEM;
        return;
    }
    collecting->counts = collecting->counts || step->leaf->counts;
    replica->stamps[step->slot] = collecting->stamp;
    replica->beats.told = (uint8_t)(replica->beats.told | step->leaf->rhythm);
    meeple__bit_set(replica->changes, step->slot);
    collecting->changed = true;
}

static void collect_leaf(struct collecting *collecting, const struct meeple__leaf *leaf)
{
    struct meeple__replica *replica = collecting->replica;
    struct step step;

    /* Most of what is looked at because something has changed has not. */
    if (leaf->solid > 0 && (leaf->field.flags & MEEPLE_ALWAYS) == 0 &&
        memcmp(meeple__member(&leaf->field, collecting->self),
               meeple__member(&leaf->field, replica->shadow), leaf->solid) == 0) {
        return;
    }
    step.leaf = NULL;
    for (uint32_t index = 0; index < leaf->count; index++) {
        step_to(&step, leaf, index);
        if (is_to_tell(replica, &step, collecting->self)) {
            collect_slot(collecting, &step);
        }
    }
}

int meeple__replica_collect(struct meeple__replica *replica, const meeple_mem *mem,
                            const void *self, uint64_t stamp, bool *changed,
                            struct meeple__sentence *why)
{
    unsigned always = replica->layout->rhythms.always & ~(unsigned)replica->beats.resting;
    struct collecting collecting = {
        .replica = replica, .mem = mem, .self = self, .stamp = stamp, .why = why};

    *changed = false;
    replica->wild = true;
    if (always == 0 && meeple__layout_same(replica->layout, self, replica->shadow)) {
        return 0;
    }
    for (uint32_t i = 0; i < replica->layout->leaf_count; i++) {
        collect_leaf(&collecting, &replica->layout->leaves[i]);
    }
    if (collecting.counts) {
        drop(replica, mem, NULL, false, stamp);
    }
    replica->complained = replica->complained && collecting.bad;
    *changed = collecting.changed;
    return collecting.rc;
}

int meeple__replica_read(struct meeple__replica *replica, const meeple_mem *mem, uint32_t slot,
                         struct meeple__reader *reader)
{
    struct step step = {.leaf = NULL};
    struct meeple__sentence why;
    meeple_value content;
    int rc;

    step_to(&step, meeple__layout_leaf(replica->layout, slot),
            slot - meeple__layout_leaf(replica->layout, slot)->first);
    meeple__sentence_init(&why);
    rc = meeple__msgpack_read_field(reader,
                                    &(struct meeple__place){.field = &step.field,
                                                            .record = replica->shadow,
                                                            .content = &content},
                                    &why);
    assert(rc == 0);
    if (meeple__content_is(step.field.type)) {
        rc = keep(replica, mem, &step, &content);
    }
    if (rc == 0) {
        meeple__replica_mark(replica, slot);
    }
    return rc;
}

void meeple__replica_arrive(struct meeple__replica *replica, const meeple_mem *mem, void *self)
{
    struct step step;

    drop(replica, mem, NULL, false, 0);
    memcpy(self, replica->shadow, meeple__layout_state(replica->layout)->size);
    for (EACH_STEP(&step, replica->layout)) {
        if (meeple__content_is(step.field.type)) {
            show(replica, mem, &step, self);
        }
    }
    memset(replica->marks, 0, meeple__bits_size(replica->layout->slot_count));
}

/* Makes self show a slot; whether that is something else.  doubtful: it may not have existed, then
 * self may have pointed anywhere, or had the same all along without a handler that was told. */
static bool commit_slot(struct meeple__replica *replica, const meeple_mem *mem,
                        const struct step *step, void *self, bool doubtful)
{
    bool has_content = meeple__content_is(step->field.type);
    bool same = !doubtful && (step->field.flags & MEEPLE_ALWAYS) == 0 &&
                meeple__slot_same(&step->field, self, replica->shadow);

    if (!same) {
        show(replica, mem, step, self);
    } else if (has_content) {
        /* What came in is the world's, though it be the same: so the other's owner is free again.
         * If it was the world's before, who has a pointer to it goes on having one. */
        show_same(replica, mem, step, self);
    }
    if (!same) {
        meeple__bit_set(replica->changes, step->slot);
    }
    return !same;
}

bool meeple__replica_tame(struct meeple__replica *replica, const meeple_mem *mem, void *self,
                          bool late, uint64_t stamp)
{
    struct step step;
    bool any;

    if (!replica->wild) {
        return false;
    }
    any = drop(replica, mem, self, late, stamp);
    for (EACH_STEP(&step, replica->layout)) {
        if (comes_and_goes(replica, step.leaf) && exists(replica, &step)) {
            bool existed = meeple__leaf_present(replica->layout, step.leaf, step.index, self);

            any = commit_slot(replica, mem, &step, self, late || !existed) || any;
        }
    }
    replica->wild = false;
    return any;
}

bool meeple__replica_commit(struct meeple__replica *replica, const meeple_mem *mem, void *self,
                            uint64_t stamp)
{
    void *dropped_in = replica->wild ? NULL : self;
    struct step step = {.leaf = NULL};
    bool any = false, counts = false;

    for (uint32_t slot = 0; slot < replica->layout->slot_count; slot++) {
        const struct meeple__leaf *leaf;

        if (!meeple__bit(replica->marks, slot)) {
            /* Most of a large state does not change: eight at a time. */
            slot += slot % 8 == 0 && replica->marks[slot / 8] == 0 ? 7 : 0;
            continue;
        }
        leaf = meeple__layout_leaf(replica->layout, slot);
        step_to(&step, leaf, slot - leaf->first);
        replica->stamps[slot] = stamp;
        counts = counts || leaf->counts;
        if (leaf->counted && !exists(replica, &step)) {
            any = drop_slot(replica, mem, &step, dropped_in, true, stamp) || any;
        } else {
            any = commit_slot(replica, mem, &step, self, replica->wild && leaf->counted) || any;
        }
    }
    memset(replica->marks, 0, meeple__bits_size(replica->layout->slot_count));
    /* What did not exist before is zero already. */
    return (counts && drop(replica, mem, dropped_in, true, stamp)) || any;
}

void meeple__replica_blank(struct meeple__replica *replica, const meeple_mem *mem)
{
    struct step step;

    for (EACH_STEP(&step, replica->layout)) {
        clear(replica, mem, &step);
        meeple__bit_set(replica->marks, step.slot);
    }
}

void meeple__replica_spare(struct meeple__replica *replica, const meeple_mem *mem, uint32_t slot)
{
    const struct meeple__leaf *leaf = meeple__layout_leaf(replica->layout, slot);
    const void *self = replica->object->self;
    struct step step = {.leaf = NULL};

    step_to(&step, leaf, slot - leaf->first);
    /* What does not exist there has nothing to keep. */
    if (meeple__leaf_present(replica->layout, leaf, step.index, self) &&
        take(replica, mem, &step, self) == 0) {
        replica->marks[slot / 8] &= (uint8_t) ~(1U << slot % 8);
    }
}

void meeple__replica_hide(struct meeple__replica *replica, const meeple_mem *mem, uint8_t level)
{
    struct step step;

    for (EACH_STEP(&step, replica->layout)) {
        if (!meeple__level_shows(level, step.field.flags)) {
            clear(replica, mem, &step);
            meeple__replica_mark(replica, step.slot);
        }
    }
}
