/* due: handlers of spawned objects that wait for their turn in the poll. */
#ifndef MEEPLE_RPC_DUE_H
#define MEEPLE_RPC_DUE_H

#include "rpc/world.h"

/*
 * They run in the order in which they became due, and between calls to ourselves as what they tell
 * of lies between those; one that is due stays where it is when there is more to tell.  Nothing is
 * allocated, so none is lost.
 */
void meeple__due_ready(meeple_world *world, struct meeple__replica *replica);
void meeple__due_changed(meeple_world *world, struct meeple__replica *replica);
/* Of an object that was taken out: it is freed after that. */
void meeple__due_removed(meeple_world *world, struct meeple__replica *replica);

/* Runs the first if there is one and it is its turn; whether it was. */
bool meeple__due_turn(meeple_world *world);
/* Runs the first, which there is, whether it is its turn or not. */
void meeple__due_now(meeple_world *world);

static inline bool meeple__due_waits(const meeple_world *world)
{
    return !meeple__list_empty(&world->states.due);
}

#endif /* MEEPLE_RPC_DUE_H */
