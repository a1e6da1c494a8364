/* native: the native dialect: what its peers announce and ask for, and what they are told first. */
#ifndef MEEPLE_RPC_NATIVE_H
#define MEEPLE_RPC_NATIVE_H

#include "rpc/answer.h"
#include "rpc/dialect.h"

/* The dialect's functions of those names. */
int meeple__native_encode(struct meeple__calling *calling, const void *arg,
                          struct meeple__sentence *why);
int meeple__native_send(const struct meeple__calling *calling);
int meeple__native_send_raw(meeple_world *world, int32_t to, meeple_bytes bytes);

/* A CALL of a peer, and a CALL_SPAWNED: runs it or refuses it.  MEEPLE_ENOMEM: nothing was done, it
 * can be tried again. */
int meeple__native_answer(meeple_world *world, const struct meeple__remote *remote,
                          const struct meeple__command *command);
int meeple__native_answer_spawned(meeple_world *world, const struct meeple__remote *remote,
                                  const struct meeple__command *command);
/* A peer has not the method that we called, or another one of that name: its turn has come. */
void meeple__native_report(const struct meeple__answering *answering,
                           const struct meeple__local *local);

#endif /* MEEPLE_RPC_NATIVE_H */
