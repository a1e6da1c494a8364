/* flush: what has changed here becomes a batch: told to the others, and to our own handlers. */
#ifndef MEEPLE_RPC_FLUSH_H
#define MEEPLE_RPC_FLUSH_H

#include "rpc/world.h"

/* Compares and tells.  Nothing, not even a compare, in a world where nothing can be spawned. */
void meeple__flush(meeple_world *world);
/* The same at the beginning of a poll: what is told in each is told now. */
void meeple__flush_poll(meeple_world *world);
/* The same in a poll; ran says whether a handler may have run since the last one.  If none has,
 * nothing differs that did not then: only what was named or is due by now is looked at. */
void meeple__flush_after(meeple_world *world, bool ran);
/* The same, of what waits for its interval, too: whoever comes is told of what is. */
void meeple__flush_held(meeple_world *world);
/* When _flush will have something to tell that waits for its interval; -1: nothing does. */
int meeple__flush_wait_ms(const meeple_world *world);
/* Whether _flush has something new to find. */
bool meeple__flush_waits(const meeple_world *world);

#endif /* MEEPLE_RPC_FLUSH_H */
