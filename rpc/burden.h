/* burden: how much a peer makes us keep in strings, bytes and values, and may. */
#ifndef MEEPLE_RPC_BURDEN_H
#define MEEPLE_RPC_BURDEN_H

#include "rpc/world.h"

/*
 * What the strings, bytes and values of an object hold counts, in whole, for who may fill it: on a
 * server the master, unless that is the server; on a client the server.
 */

/* What the object holds, or who its master is, has changed: counts it anew. */
void meeple__burden_count(meeple_world *world, meeple_object *object);
/* The object is for nobody to fill any more. */
void meeple__burden_drop(meeple_world *world, meeple_object *object);
/* Whether a peer may have us keep so many bytes in place of others: always, if it is not more. */
bool meeple__burden_allows(const meeple_world *world, const struct meeple__remote *remote,
                           size_t bytes, size_t instead_of);

#endif /* MEEPLE_RPC_BURDEN_H */
