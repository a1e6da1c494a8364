/* replica: what others say of spawned objects: checked, applied, and told to our handlers. */
#ifndef MEEPLE_RPC_REPLICA_H
#define MEEPLE_RPC_REPLICA_H

#include "rpc/world.h"

/* All that is said of spawned objects but calls.  What does not fit is refused as a whole, and
 * counted. MEEPLE_ENOMEM: nothing was done, it can be tried again. */
int meeple__replica_obey(meeple_world *world, struct meeple__remote *remote,
                         const struct meeple__command *command);
/* Client: the object is gone, at the end of the batch. */
void meeple__replica_remove(meeple_world *world, meeple_object *object);
/* A client's session is over: what the server has spawned goes, and its handlers run now. */
void meeple__replica_go_down(meeple_world *world);

#endif /* MEEPLE_RPC_REPLICA_H */
