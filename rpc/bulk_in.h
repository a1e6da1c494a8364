/* bulk_in: values that come in fragments, until they are whole. */
#ifndef MEEPLE_RPC_BULK_IN_H
#define MEEPLE_RPC_BULK_IN_H

#include "rpc/world.h"

/*
 * Memory grows with what has come, not with what was declared; of each peer no more than
 * value_bytes_max of unfinished values is kept.  When one is whole it is taken as if a STATE had
 * brought it, and refused like that.
 */

/* A FRAGMENT.  MEEPLE_ENOMEM: nothing was done, it can be tried again. */
int meeple__bulk_take(meeple_world *world, struct meeple__remote *remote,
                      const struct meeple__command *command);
/* meeple__bulk_in_drop(), in state.h: the rest of that slot is of no interest any more.  Nor of
 * those that we have changed ourselves with that stamp. */
void meeple__bulk_in_drop_own(struct meeple__replica *replica, uint64_t stamp);
/* Nor of any. */
void meeple__bulk_in_drop_all(struct meeple__replica *replica);

#endif /* MEEPLE_RPC_BULK_IN_H */
