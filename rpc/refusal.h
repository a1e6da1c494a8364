/* refusal: telling the log and the application what was refused, and why. */
#ifndef MEEPLE_RPC_REFUSAL_H
#define MEEPLE_RPC_REFUSAL_H

#include "rpc/remote.h"
#include "rpc/sentence.h"
#include "rpc/world.h"

/* Only inside meeple_world_poll(), because on_refused may do anything that a handler may. */
void meeple__refuse(meeple_world *world, const meeple_refusal *refusal);
/* The same where path and method are not known. */
void meeple__refuse_plain(meeple_world *world, meeple_refusal_rule rule, int32_t sender,
                          const struct meeple__sentence *text);
/* on_refused alone: for what the log has already. */
void meeple__refuse_quietly(meeple_world *world, const meeple_refusal *refusal);

#endif /* MEEPLE_RPC_REFUSAL_H */
