/* receive: what the net tells us: peers that come and go, and packets, which are the dialect's. */
#ifndef MEEPLE_RPC_RECEIVE_H
#define MEEPLE_RPC_RECEIVE_H

#include "rpc/world.h"

/* Does what the event asks for and gives it to on_event if it is the application's.  MEEPLE_ENOMEM:
 * nothing was done, it can be tried again. */
int meeple__receive(meeple_world *world, const meeple_event *event);
/* Gives it to on_event. */
void meeple__receive_tell(meeple_world *world, const meeple_event *event);

#endif /* MEEPLE_RPC_RECEIVE_H */
