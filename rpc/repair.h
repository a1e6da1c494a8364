/* repair: a client that has not what it should have asks for everything again, and gets it. */
#ifndef MEEPLE_RPC_REPAIR_H
#define MEEPLE_RPC_REPAIR_H

#include "rpc/world.h"

/*
 * What is told again is a batch that begins with RESET.  Nothing goes before its end: objects that
 * it names again (with a SPAWN) stay and get what it says, the others leave.  So handlers hear of
 * nothing but what was not the same.
 */

/* Client: a CHECK.  MEEPLE_ENOMEM: nothing was done, it can be tried again. */
int meeple__repair_compare(meeple_world *world, struct meeple__remote *remote,
                           const struct meeple__command *command);
/* Server: a REPAIR. */
void meeple__repair_asked(meeple_world *world, struct meeple__remote *remote);

/* Client: a RESET. */
void meeple__repair_begin(meeple_world *world);
/* Client: the object that a SPAWN names again, or NULL.  What it takes the path of leaves. */
meeple_object *meeple__repair_named(meeple_world *world, const struct meeple__layout *layout,
                                    const struct meeple__command *command);
/* Client: a value of an object that was named again comes in fragments: until then it stays. */
void meeple__repair_spare(const meeple_world *world, struct meeple__replica *replica,
                          uint32_t slot);
/* Client: the batch is complete: what it has not named leaves with it. */
void meeple__repair_leave(meeple_world *world);
/* Client: of the batch, one that is not as it was: removed, arriving, or with marks to commit. */
void meeple__repair_note(meeple_world *world, const struct meeple__replica *replica);
/* Client: all of the batch is in its place. */
void meeple__repair_end(meeple_world *world);

#endif /* MEEPLE_RPC_REPAIR_H */
