/* replicate: every peer is told of the spawned objects what it lacks and may see. */
#ifndef MEEPLE_RPC_REPLICATE_H
#define MEEPLE_RPC_REPLICATE_H

#include "rpc/world.h"

/*
 * A server tells its peers, a client tells the server what it is the master of.  Peers that have
 * been told the same and see the same get the same packets, made once.  A full queue, or no memory,
 * delays and loses nothing: later, what is the newest then is told.  Uses the world's tx.
 */

/* Server: whether a peer has been told everything that there is to tell now, and has room for more.
 */
bool meeple__replicated(const meeple_world *world, const struct meeple__remote *remote);
/* Tells everyone; false if it has to be tried again and no event will say when. */
bool meeple__replicate(meeple_world *world);
/* Tells one peer all but what goes in fragments, which a call may overtake; 0 when it has been told
 * all, MEEPLE_EFULL, MEEPLE_ENOMEM, MEEPLE_ENOTFOUND. */
int meeple__replicate_to(meeple_world *world, struct meeple__remote *remote);

#endif /* MEEPLE_RPC_REPLICATE_H */
