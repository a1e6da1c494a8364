/* set: a field of an object's state is set by a call: into the struct, and what it points at. */
#ifndef MEEPLE_RPC_SET_H
#define MEEPLE_RPC_SET_H

#include "rpc/world.h"

struct meeple__sentence;

/* What a field that was set points at, and the peer it counts for: so much as burden allows. */
struct meeple__kept {
    struct meeple__blob *blob;
    size_t counted_bytes;
    uint64_t counted_for; /* the joined of a remote, whose id is below; 0: nobody */
    int32_t peer;
};

/* Whether the value is one that we keep, over value_bytes_max; MEEPLE_EINVAL and why. */
int meeple__set_check(const meeple_world *world, const struct meeple__setter *setter,
                      const void *arg, struct meeple__sentence *why);

/*
 * Sets the field of call->object to the argument, which is within its bounds, and runs on_set: only
 * inside meeple_world_poll().  MEEPLE_EPROTO, the rule and why: it is not taken.  MEEPLE_ENOMEM:
 * nothing was done.
 */
int meeple__set(const struct meeple__setter *setter, const void *arg, const meeple_call *call,
                meeple_refusal_rule *rule, struct meeple__sentence *why);

/* The object is gone for others: what it keeps counts for nobody. */
void meeple__set_release(meeple_object *object);
/* Frees what it keeps. */
void meeple__set_free(meeple_object *object, const meeple_mem *mem);

#endif /* MEEPLE_RPC_SET_H */
