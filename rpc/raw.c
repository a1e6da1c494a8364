/* raw: the application's own bytes, in order with the calls. */
#include <meeple/world.h>

#include "rpc/flush.h"
#include "rpc/held.h"
#include "rpc/lacking.h"

static bool has_to_wait(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__held_release(world, remote);

    remote->passed = false;
    remote->waits = rc == 0 || rc == MEEPLE_ENOMEM;
    return remote->waits;
}

/* Whether any of those it is for has to. */
static bool any_has_to_wait(meeple_world *world, int32_t to)
{
    struct meeple__remote *one = to > 0 ? meeple__world_remote(world, to) : NULL;
    bool any = false;

    if (to > 0 || !meeple__lacking_any(world)) {
        return one && has_to_wait(world, one);
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        if (remote->id != MEEPLE_EXCEPT(to)) {
            any = has_to_wait(world, remote) || any;
        }
    }
    return any;
}

int meeple_world_send(meeple_world *world, int32_t to, meeple_bytes bytes)
{
    struct meeple__sink sink;
    bool waits;

    if (!world || to == INT32_MIN || bytes.len == 0 || !bytes.ptr) {
        return MEEPLE_EINVAL;
    }
    if (!world->up || world->freeing || world->states.asking) {
        return MEEPLE_ESTATE;
    }
    meeple__flush(world);
    waits = any_has_to_wait(world, to);
    sink = meeple__world_sink(world);
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_RAW});
    meeple__sink_bytes(&sink, bytes);
    if (sink.rc < 0) {
        return sink.rc;
    }
    if (waits && to > 0) {
        return meeple__held_add(world, meeple__world_remote(world, to), NULL);
    }
    if (waits) {
        return meeple__held_spread(world, to, NULL, "bytes of the application");
    }
    return meeple_net_send(world->net, to, meeple__world_tx(world));
}
