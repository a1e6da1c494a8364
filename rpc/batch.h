/* batch: STATE packets: changed slots of objects, packed until a packet is full. */
#ifndef MEEPLE_RPC_BATCH_H
#define MEEPLE_RPC_BATCH_H

#include "rpc/world.h"

/*
 * Uses the world's tx and the states' entry.  emit gets each packet that is complete, in tx, and
 * whether more of the batch follows; what it answers below zero ends the batch there.
 */
struct meeple__batch {
    meeple_world *world;
    int (*emit)(void *ctx, bool more);
    void *ctx;
    const meeple_object *object; /* whose entry is being made; or NULL */
    uint32_t next;               /* the first slot that may follow in it */
    uint32_t slots;              /* that are in it */
    size_t head;                 /* of that entry: bytes before its first slot */
    bool begun;                  /* tx has a packet with something in it */
    /* Where the packet begins. */
    uint64_t first_sequence;
    uint32_t first_slot;
};

/* Adds a slot, which is not long, as it is in the shadow.  0, or the error of emit: all since
 * first_* was not sent. MEEPLE_ENOMEM. */
int meeple__batch_add(struct meeple__batch *batch, const meeple_object *object, uint32_t slot);
/* The slots of the entry that is being made, as they are in the packet.  Borrowed until the next
 * call. */
meeple_bytes meeple__batch_entry(const struct meeple__batch *batch);
/* Adds all slots of an object at once, as _entry() had them: they fit a packet.  Errors of _add. */
int meeple__batch_add_entry(struct meeple__batch *batch, const meeple_object *object,
                            meeple_bytes slots);
/* Sends what there is, to make room in tx for something else. */
int meeple__batch_flush(struct meeple__batch *batch);
/* Sends the last packet, though it be empty. */
int meeple__batch_end(struct meeple__batch *batch);

#endif /* MEEPLE_RPC_BATCH_H */
