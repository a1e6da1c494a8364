/* policy: who may call whom: Godot 3's rules as pure functions. */
#include "rpc/policy.h"

#include <inttypes.h>

#include "rpc/sentence.h"

static bool runs_here(meeple_rpc_mode mode, bool is_master)
{
    switch (mode) {
    case MEEPLE_RPC_REMOTESYNC:
    case MEEPLE_RPC_MASTERSYNC:
    case MEEPLE_RPC_PUPPETSYNC:
        return true;
    case MEEPLE_RPC_MASTER:
        return is_master;
    case MEEPLE_RPC_PUPPET:
        return !is_master;
    case MEEPLE_RPC_DISABLED:
    case MEEPLE_RPC_REMOTE:
    default:
        return false;
    }
}

struct meeple__plan meeple__policy_call(meeple_rpc_mode mode, int32_t own, int32_t master,
                                        int32_t to)
{
    struct meeple__plan plan = {.send = to != own};
    bool is_master = own == master;

    if (to > 0 && to != own) {
        return plan;
    }
    plan.run_here = runs_here(mode, is_master);
    /* The master of a master method is the only one to run it.  A puppet that calls a puppet method
     * sends it all the same, and the others refuse: Godot does that too. */
    if (is_master && (mode == MEEPLE_RPC_MASTER || mode == MEEPLE_RPC_MASTERSYNC)) {
        plan.send = false;
    }
    plan.refused = !plan.send && !plan.run_here;
    return plan;
}

bool meeple__policy_answer(meeple_rpc_mode mode, int32_t own, int32_t master, int32_t sender)
{
    switch (mode) {
    case MEEPLE_RPC_REMOTE:
    case MEEPLE_RPC_REMOTESYNC:
        return true;
    case MEEPLE_RPC_MASTER:
    case MEEPLE_RPC_MASTERSYNC:
        return own == master;
    case MEEPLE_RPC_PUPPET:
    case MEEPLE_RPC_PUPPETSYNC:
        return sender == master && own != master;
    case MEEPLE_RPC_DISABLED:
    default:
        return false;
    }
}

void meeple__policy_say(struct meeple__sentence *sentence, meeple_rpc_mode mode, int32_t master)
{
    const char *name = meeple_rpc_mode_name(mode);

    switch (mode) {
    case MEEPLE_RPC_MASTER:
    case MEEPLE_RPC_MASTERSYNC:
        meeple__say(sentence, "%s lets only the master, %" PRId32 ", run it", name, master);
        break;
    case MEEPLE_RPC_PUPPET:
    case MEEPLE_RPC_PUPPETSYNC:
        meeple__say(sentence, "%s lets only the master, %" PRId32 ", call it", name, master);
        break;
    case MEEPLE_RPC_REMOTE:
    case MEEPLE_RPC_REMOTESYNC:
        meeple__say(sentence, "%s lets anyone call it", name);
        break;
    case MEEPLE_RPC_DISABLED:
    default:
        meeple__say(sentence, "%s lets nobody call it", name);
    }
}
