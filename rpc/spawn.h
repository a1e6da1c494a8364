/* spawn: what the server may do with spawned objects: make them, give them away, remove them. */
#ifndef MEEPLE_RPC_SPAWN_H
#define MEEPLE_RPC_SPAWN_H

#include "rpc/world.h"

/* meeple_object_remove() of a spawned object. */
void meeple__spawn_remove(meeple_object *object);
/* What the peer said of the object was refused: if it is its master, it gets the state that counts,
 * and what it has said meanwhile is of a term that is over. */
void meeple__spawn_insist(meeple_object *object, int32_t peer);
/* A peer has left the server: what was its is the server's, or goes. */
void meeple__spawn_forget(meeple_world *world, int32_t peer);

#endif /* MEEPLE_RPC_SPAWN_H */
