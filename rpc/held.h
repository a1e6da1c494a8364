/* held: packets for one peer that wait until it has been told all that was before them. */
#ifndef MEEPLE_RPC_HELD_H
#define MEEPLE_RPC_HELD_H

#include "rpc/world.h"

/*
 * A peer that has just come, or that reads slowly, is told of objects a piece at a time.  What is
 * to come after that waits here, in order, for as long; an object that is removed meanwhile, or
 * hidden, takes the calls of it along.  A server closes a peer that would miss something which went
 * to many, as its net does: what comes behind a gap is of no use.  A client has one queue for all,
 * so that it sends such a thing to all or to none.
 */

/* Tells the peer what it lacks, and then sends what waits for it.  1: all of that is done, and more
 * can be sent; 0: what is for it has to wait; or an error of the net.  MEEPLE_ENOMEM. */
int meeple__held_release(meeple_world *world, struct meeple__remote *remote);
/* The packet in the world's tx is to wait; object NULL: it is about none.  MEEPLE_EFULL: over
 * held_bytes_max; MEEPLE_ENOMEM. */
int meeple__held_add(meeple_world *world, struct meeple__remote *remote,
                     const meeple_object *object);
/* The packet in the world's tx goes to all that `to` names but those that were passed over; those
 * that wait (remote->waits) get it later.  `what` is for the log.  MEEPLE_EFULL: on a client;
 * nobody gets it. */
int meeple__held_spread(meeple_world *world, int32_t to, const meeple_object *object,
                        const char *what);
/* One of those that something is for does not get it; the log says so, and a server that does not
 * let peers miss things closes it. */
void meeple__held_miss(meeple_world *world, const struct meeple__remote *remote,
                       const meeple_object *object, const char *what, int rc);
/* Gives on_event the DRAINED of a peer for which there is room again, after a MEEPLE_EFULL that the
 * net does not know of; false if there is none. */
bool meeple__held_turn(meeple_world *world);

#endif /* MEEPLE_RPC_HELD_H */
