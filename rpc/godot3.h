/* godot3: the dialect of Godot 3's MultiplayerAPI: paths that have ids, calls by name. */
#ifndef MEEPLE_RPC_GODOT3_H
#define MEEPLE_RPC_GODOT3_H

#include "rpc/command_godot3.h"
#include "rpc/dialect.h"
#include "rpc/paths.h"

/*
 * Nobody is told of objects or methods before they are called, and nobody waits: a peer that has
 * not confirmed the id of a path is called by the path.  What it has not, it leaves out and says
 * nothing, so no call of ours is known to be in vain.
 */

/* The dialect's functions of those names (godot3_call). */
int meeple__godot3_encode(struct meeple__calling *calling, const void *arg,
                          struct meeple__sentence *why);
int meeple__godot3_send(const struct meeple__calling *calling);
int meeple__godot3_send_raw(meeple_world *world, int32_t to, meeple_bytes bytes);

/* Puts the remotes in the order of their ids, in which Godot goes through them.  Not each as it
 * joins: there may be tens of thousands, and who they are is for a server to say. */
void meeple__godot3_sort(meeple_world *world);

/* A CALL or SET of a peer: runs it or refuses it.  MEEPLE_ENOMEM: nothing was done, it can be tried
 * again (godot3_answer). */
int meeple__godot3_answer(meeple_world *world, struct meeple__remote *remote,
                          const struct meeple__godot3_command *command);

#endif /* MEEPLE_RPC_GODOT3_H */
