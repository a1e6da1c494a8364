/* check: the server and each client compare what is spawned, by a hash, now and then. */
#ifndef MEEPLE_RPC_CHECK_H
#define MEEPLE_RPC_CHECK_H

#include "rpc/world.h"

/*
 * A server says CHECK to a peer that has been told everything there is to tell at that moment: the
 * hash of what it should have, of the objects in a range of ids.  A round of ranges goes through
 * all ids; each peer has one every check_interval_ms.  One poll says one CHECK to one peer, of a
 * bounded number of objects and slots (an object more than that is one CHECK), so that no poll has
 * more than that to do, however many there are.  Where there is no clock a batch counts as a time.
 */

/* Server: the peer has been told everything, has room again, or says who it is: it may be its turn
 * from now on, if all of that is so.  There is room for all peers in the world's checks. */
void meeple__check_follow(meeple_world *world, struct meeple__remote *remote);
/* It is never its turn again. */
void meeple__check_forget(meeple_world *world, struct meeple__remote *remote);
/* Server: says the CHECK that is due, if one is.  At the end of a poll, when everyone was told. */
void meeple__check_turn(meeple_world *world);
/* In how many milliseconds a CHECK will be due; -1: at no moment that is known. */
int meeple__check_wait_ms(const meeple_world *world);
/* Server: the peer's objects were not those it should have: its next round begins later, the later
 * the more often that was so in a row.  False if there was no CHECK to answer. */
bool meeple__check_failed(meeple_world *world, struct meeple__remote *remote);

/* Client: whether what is here, of the ids of a CHECK, has the hash of it.  MEEPLE_ENOMEM. */
int meeple__check_compare(meeple_world *world, const struct meeple__command *command, bool *same);

/* Adds to *sum the hash of one object as somebody has it who sees so much of it, and record is the
 * struct; with_state: also the state, which is its master's to say (docs/wire.md 5.8).  Uses the
 * states' entry.  MEEPLE_ENOMEM. */
int meeple__check_add(meeple_world *world, const meeple_object *object, uint8_t level,
                      bool with_state, const void *record, uint64_t *sum);

#endif /* MEEPLE_RPC_CHECK_H */
