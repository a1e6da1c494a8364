/* look: what each peer sees of a spawned object, as the server has said and the filter answers. */
#ifndef MEEPLE_RPC_LOOK_H
#define MEEPLE_RPC_LOOK_H

#include "rpc/world.h"

/*
 * Nothing is told of an object whose state, master, owner or peers have changed until the next
 * flush has gathered that and asked the filter: what was hidden until now may still be in the
 * shadow, and what is there now may be to hide.
 */

/* What the peer sees of it, as the filter has answered last. */
uint8_t meeple__look_level(const meeple_object *object, const struct meeple__remote *remote);
/* Whether that is the same for all peers for which the filter has answered the same. */
bool meeple__look_is_common(const meeple_object *object);
/* 0; MEEPLE_ESTATE: the next flush has to come first; MEEPLE_ENOMEM: the filter could not be asked
 * for that peer. */
int meeple__look_waits(const meeple_object *object, const struct meeple__remote *remote);
/* Before a batch is gathered: whatever the filters will be asked about for who has just come
 * belongs to it, if it has changed, touched or not, and however long its interval. */
void meeple__look_prepare(meeple_world *world);
/* Asks the filters about each object of the newest batch, if fresh, and for who has just come about
 * all.  False if there was no memory to keep the answers for all peers. */
bool meeple__look(meeple_world *world, bool fresh);

/* Whether the server may say something of the object, and of the peer: errors of
 * meeple_object_show(). */
int meeple__look_check_peer(const meeple_object *object, int32_t peer);

#endif /* MEEPLE_RPC_LOOK_H */
