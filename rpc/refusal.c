/* refusal: telling the log and the application what was refused, and why. */
#include "rpc/refusal.h"

#include <assert.h>
#include <inttypes.h>

#include "core/log.h"

/* What one peer may write into our log. */
enum {
    WARNINGS_MAX = 100
};

const char *meeple_refusal_text(meeple_refusal_rule rule)
{
    switch (rule) {
#define X(name, text)                                                                              \
    case MEEPLE_REFUSAL_##name:                                                                    \
        return text;
        MEEPLE_REFUSAL_MAP(X)
#undef X
    default:
        return "unknown";
    }
}

void meeple__refuse_quietly(meeple_world *world, const meeple_refusal *refusal)
{
    assert(world->polling);
    if (world->on_refused && !world->freeing) {
        world->on_refused(world, refusal);
    }
}

void meeple__refuse(meeple_world *world, const meeple_refusal *refusal)
{
    struct meeple__remote *remote = meeple__world_remote(world, refusal->sender);

    if (!remote || remote->warned < WARNINGS_MAX) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "%s", refusal->text);
    }
    if (remote && remote->warned < WARNINGS_MAX && ++remote->warned == WARNINGS_MAX) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc",
                    "that was number %d of peer %" PRId32 ": no more of its are logged",
                    WARNINGS_MAX, refusal->sender);
    }
    meeple__refuse_quietly(world, refusal);
}

void meeple__refuse_plain(meeple_world *world, meeple_refusal_rule rule, int32_t sender,
                          const struct meeple__sentence *text)
{
    meeple__refuse(
        world, &(meeple_refusal){
                   .rule = rule, .sender = sender, .path = "", .method = "", .text = text->text});
}
