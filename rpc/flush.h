/* flush: what has changed here becomes a batch: told to the others, and to our own handlers. */
#ifndef MEEPLE_RPC_FLUSH_H
#define MEEPLE_RPC_FLUSH_H

#include "rpc/world.h"

/* Compares and tells.  Nothing, not even a compare, in a world where nothing can be spawned. */
void meeple__flush(meeple_world *world);
/* Whether _flush has something new to find. */
bool meeple__flush_waits(const meeple_world *world);

#endif /* MEEPLE_RPC_FLUSH_H */
