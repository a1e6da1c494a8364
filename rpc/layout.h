/* layout: the state of a class, checked once, as a row of slots: one for each element of a field.
 */
#ifndef MEEPLE_RPC_LAYOUT_H
#define MEEPLE_RPC_LAYOUT_H

#include <assert.h>

#include <meeple/state.h>

#include "rpc/methods.h"
#include "rpc/rhythm.h"
#include "rpc/sink.h"

struct meeple__sentence;

enum {
    MEEPLE__FIELDS_MAX = 255,  /* leaves */
    MEEPLE__STATE_MAX = 65535, /* bytes of a struct; slots */
    MEEPLE__DIMS_MAX = 2 * (MEEPLE_STATE_DEPTH_MAX + 1),
    MEEPLE__NO_COUNTER = MEEPLE__FIELDS_MAX
};

/* An array that a leaf lies in, or is. */
struct meeple__dim {
    uint32_t count;   /* elements */
    uint32_t stride;  /* bytes from one to the next */
    uint32_t block;   /* slots of the leaf in one */
    uint32_t counter; /* the leaf that says how many exist, or MEEPLE__NO_COUNTER */
};

/*
 * A field that is no struct, with all its elements, in whatever arrays of structs they lie.  The
 * last dimension is the one whose index changes first.
 */
struct meeple__leaf {
    meeple_field field;  /* as a field of one element, the first; its name has dots */
    uint32_t first;      /* slot */
    uint32_t count;      /* of slots */
    uint32_t first_blob; /* of those that point at something, all slots together */
    uint32_t depth;
    struct meeple__dim dims[MEEPLE__DIMS_MAX]; /* the outermost first */
    bool counted;                              /* by any of them */
    bool counts;                               /* is a counter */
    uint8_t rhythm;                            /* bit; 0: it has none */
    uint32_t solid;                            /* bytes, of meeple__leaf_solid() */
    /* Of a counter that is in no array: what it counts. */
    uint32_t array_offset, array_stride;
};

struct meeple__run {
    uint16_t offset, len;
    bool solid; /* mask is 0xff all the way */
};

struct meeple__layout {
    const meeple_class *cls;
    const struct meeple__methods *methods;
    uint32_t leaf_count, slot_count;
    struct meeple__rhythms rhythms;
    uint8_t groups;      /* bits: those that there are fields of (rpc/view.h) */
    uint32_t blob_count; /* slots that point at something */
    size_t value_max;    /* bytes that the encoding of one may have */
    /* Bytes of the struct that are compared, whatever they mean: in these runs, as far as mask is
     * not 0 there. */
    struct meeple__run *runs;
    uint32_t run_count;
    uint8_t *mask; /* as long as the struct */
    /* The same, in arrays that a counter in no array counts. */
    uint8_t *counted_mask;
    /* Leaves that have to be visited to compare the rest: such counters, what is compared by
     * content, what is in arrays that are counted in arrays. */
    uint8_t *visits;
    uint32_t visit_count;
    uint8_t *leaf_of; /* of each slot */
    struct meeple__leaf leaves[];
};

/* MEEPLE_EINVAL and why: the state makes no sense; MEEPLE_ENOMEM.  methods are those of cls.  It is
 * one block, for meeple__free(). */
int meeple__layout_new(struct meeple__layout **out, const meeple_mem *mem, const meeple_class *cls,
                       const struct meeple__methods *methods, struct meeple__sentence *why);

/* The leaf that a slot belongs to. */
static inline const struct meeple__leaf *meeple__layout_leaf(const struct meeple__layout *layout,
                                                             uint32_t slot)
{
    assert(slot < layout->slot_count);
    return &layout->leaves[layout->leaf_of[slot]];
}
/* Where in the struct the index-th element of a leaf is. */
uint32_t meeple__leaf_offset(const struct meeple__leaf *leaf, uint32_t index);
/* The first element from index on that has a byte in [low, high) of the struct; leaf->count if
 * there is none. */
uint32_t meeple__leaf_touching(const struct meeple__leaf *leaf, uint32_t index, size_t low,
                               size_t high);
/* Whether the index-th element of a leaf exists, by the counts in the record. */
bool meeple__leaf_present(const struct meeple__layout *layout, const struct meeple__leaf *leaf,
                          uint32_t index, const void *record);
/* The same of a slot. */
bool meeple__layout_present(const struct meeple__layout *layout, uint32_t slot, const void *record);
/* The slot as a field of its own, of one element. */
meeple_field meeple__layout_slot(const struct meeple__layout *layout, uint32_t slot);
/* How many bytes of the struct a slot is. */
size_t meeple__slot_size(const meeple_field *slot);
/* How many bytes a leaf is, if they are all there is to compare of it, side by side; else 0. */
size_t meeple__leaf_solid(const struct meeple__leaf *leaf);
/* Texts are the same up to their NUL, and pointers if what they point at is. */
bool meeple__slot_same(const meeple_field *slot, const void *left, const void *right);
/* Whether the slot of a record is zero; what it points at is not looked at. */
bool meeple__slot_is_zero(const meeple_field *slot, const void *record);
/* From element `at` of a leaf on: the first that may not be zero in one of the records; right may
 * be NULL.  Those that are zero are passed over many at a time, where that can be. */
uint32_t meeple__leaf_next_filled(const struct meeple__leaf *leaf, uint32_t at, const void *left,
                                  const void *right);

/* Whether all that exists is the same in self as in the shadow, and what is only spawned aside. */
bool meeple__layout_same(const struct meeple__layout *layout, const void *self, const void *shadow);

/* Whether len bytes are the same as far as the mask is not 0.  What it leaves out may even be
 * without a value, as the bytes between members are. */
bool meeple__same_masked(const uint8_t *left, const uint8_t *right, const uint8_t *mask,
                         size_t len);

/* The run, if all that is to be compared is in one; else NULL. */
static inline const struct meeple__run *meeple__layout_only_run(const struct meeple__layout *layout)
{
    return layout->run_count == 1 && layout->visit_count == 0 ? layout->runs : NULL;
}

/* The slot is within its bounds, and is not longer than value_max; else MEEPLE_EINVAL and why. */
int meeple__layout_check_slot(const struct meeple__layout *layout, const meeple_field *slot,
                              const void *record, struct meeple__sentence *why);
/* Every slot that exists. */
int meeple__layout_check(const struct meeple__layout *layout, const void *record,
                         struct meeple__sentence *why);
/* The bytes of the longest slot in msgpack, at most, of those that do not go in fragments; and what
 * a fragment needs. */
size_t meeple__layout_longest(const struct meeple__layout *layout);
/* Appends what two peers have to agree on: of each leaf its name, letter, flags and dimensions. */
void meeple__layout_write(const struct meeple__layout *layout, struct meeple__sink *sink);

static inline const meeple_state *meeple__layout_state(const struct meeple__layout *layout)
{
    return layout->cls->state;
}

/* Bits, one for each slot. */
static inline bool meeple__bit(const uint8_t *bits, uint32_t at)
{
    return bits[at / 8] >> at % 8 & 1;
}

static inline void meeple__bit_set(uint8_t *bits, uint32_t at)
{
    bits[at / 8] = (uint8_t)(bits[at / 8] | 1U << at % 8);
}

static inline size_t meeple__bits_size(uint32_t count)
{
    return (count + 7) / 8;
}

#endif /* MEEPLE_RPC_LAYOUT_H */
