/* answer: a call that comes in is run, or refused with a sentence. */
#ifndef MEEPLE_RPC_ANSWER_H
#define MEEPLE_RPC_ANSWER_H

#include "rpc/remote.h"
#include "rpc/world.h"

/* A CALL of a peer: runs it or refuses it.  MEEPLE_ENOMEM: nothing was done, it can be tried again.
 */
int meeple__answer_call(meeple_world *world, const struct meeple__remote *remote,
                        const struct meeple__command *command);

/* The first of the local calls and reports, if there is one: 1 if so, 0, MEEPLE_ENOMEM as above. */
int meeple__answer_local(meeple_world *world);

/* The same for a CALL_SPAWNED. */
int meeple__answer_spawned(meeple_world *world, const struct meeple__remote *remote,
                           const struct meeple__command *command);

#endif /* MEEPLE_RPC_ANSWER_H */
