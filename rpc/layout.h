/* layout: the state of a class, checked once, as a row of slots: one for each element of a field.
 */
#ifndef MEEPLE_RPC_LAYOUT_H
#define MEEPLE_RPC_LAYOUT_H

#include <meeple/state.h>

#include "rpc/methods.h"
#include "rpc/sink.h"

struct meeple__sentence;

enum {
    MEEPLE__FIELDS_MAX = 255,
    MEEPLE__STATE_MAX = 65535 /* bytes of a struct; slots */
};

struct meeple__layout {
    const meeple_class *cls;
    const struct meeple__methods *methods;
    uint32_t slot_count;
    uint32_t low, high; /* of the struct: what changes travel of lies between them */
    uint8_t groups;     /* bits: those that there are fields of (rpc/view.h) */
    uint32_t first[];   /* the first slot of each field, and slot_count */
};

/* MEEPLE_EINVAL and why: the state makes no sense; MEEPLE_ENOMEM.  methods are those of cls. */
int meeple__layout_new(struct meeple__layout **out, const meeple_mem *mem, const meeple_class *cls,
                       const struct meeple__methods *methods, struct meeple__sentence *why);

/* The field that a slot is an element of. */
uint32_t meeple__layout_field(const struct meeple__layout *layout, uint32_t slot);
/* The slot as a field of its own, of one element. */
meeple_field meeple__layout_slot(const struct meeple__layout *layout, uint32_t slot);
/* How many bytes of the struct a slot is. */
size_t meeple__slot_size(const meeple_field *slot);
/* Texts are the same up to their NUL. */
bool meeple__slot_same(const meeple_field *slot, const void *left, const void *right);

/* Every field is within its bounds; else MEEPLE_EINVAL and why. */
int meeple__layout_check(const struct meeple__layout *layout, const void *record,
                         struct meeple__sentence *why);
/* The bytes of the longest slot in msgpack, at most, of those that do not go in fragments; and what
 * a fragment needs. */
size_t meeple__layout_longest(const struct meeple__layout *layout);
/* Appends what two peers have to agree on: for each field its name, letter, number of elements (of
 * a text, bytes) and flags. */
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
