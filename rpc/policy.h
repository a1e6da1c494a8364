/* policy: who may call whom: Godot 3's rules as pure functions. */
#ifndef MEEPLE_RPC_POLICY_H
#define MEEPLE_RPC_POLICY_H

#include <meeple/class.h>

struct meeple__sentence;

/* What becomes of a call that we make. */
struct meeple__plan {
    bool send;     /* to the target */
    bool run_here; /* too, or only */
    bool refused;  /* it is to ourselves and the mode does not let us; neither of the others */
};

/* The call goes to a peer, 0 for all, -n for all but n; master: who owns the object in our eyes.
 * to is not all but ourselves, which is no target. */
struct meeple__plan meeple__policy_call(meeple_rpc_mode mode, int32_t own, int32_t master,
                                        int32_t to);

/* Whether we run it for sender, who is not us. */
bool meeple__policy_answer(meeple_rpc_mode mode, int32_t own, int32_t master, int32_t sender);

/* Why not: "puppetsync lets only the master, 1, call it". */
void meeple__policy_say(struct meeple__sentence *sentence, meeple_rpc_mode mode, int32_t master);

#endif /* MEEPLE_RPC_POLICY_H */
