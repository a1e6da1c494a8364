/* receive: what the net tells us: peers that come and go, and packets, which are the dialect's. */
#include "rpc/receive.h"

#include "rpc/check.h"
#include "rpc/dialect.h"
#include "rpc/flush.h"
#include "rpc/replica.h"
#include "rpc/spawn.h"

void meeple__receive_tell(meeple_world *world, const meeple_event *event)
{
    if (world->on_event) {
        world->on_event(world, event);
    }
}

static void take_out(meeple_world *world, struct meeple__remote *remote)
{
    meeple__map_remove(&world->remotes, &remote->by_id);
    meeple__list_remove(&remote->link);
    meeple__remote_free(remote, world->mem);
}

static int join(meeple_world *world, int32_t id)
{
    struct meeple__remote *remote = meeple__remote_new(world->mem, id);
    int rc;

    if (!remote) {
        return MEEPLE_ENOMEM;
    }
    rc = meeple__map_put(&world->remotes, world->mem, &remote->by_id,
                         meeple__hash_u32((uint32_t)id));
    if (rc < 0) {
        meeple__remote_free(remote, world->mem);
        return rc;
    }
    remote->joined = ++world->joined;
    meeple__list_append(&world->remote_list, &remote->link);
    rc = world->dialect->join(world, remote);
    if (rc < 0) {
        take_out(world, remote);
    }
    return rc;
}

static void leave(meeple_world *world, struct meeple__remote *remote)
{
    world->dialect->leave(world, remote);
    take_out(world, remote);
}

/* For the application, before it is told. */
static void leave_for_good(meeple_world *world, struct meeple__remote *remote)
{
    int32_t id = remote->id;

    leave(world, remote);
    meeple__spawn_forget(world, id);
}

static void go_down(meeple_world *world)
{
    while (!meeple__list_empty(&world->remote_list)) {
        leave(world, MEEPLE__CONTAINER(world->remote_list.next, struct meeple__remote, link));
    }
    world->up = false;
    world->down = true;
    meeple__replica_go_down(world);
}

/* Again; NULL: who is gone already. */
static void has_room(meeple_world *world, struct meeple__remote *remote)
{
    if (remote) {
        remote->seen.blocked = false;
        meeple__check_follow(world, remote);
    }
}

int meeple__receive(meeple_world *world, const meeple_event *event)
{
    struct meeple__remote *remote = meeple__world_remote(world, event->peer);
    int rc;

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        world->id = event->peer;
        world->up = true;
        break;
    case MEEPLE_EVENT_JOIN:
        meeple__flush_held(world);
        rc = remote ? 0 : join(world, event->peer);
        if (rc < 0) {
            return rc;
        }
        break;
    case MEEPLE_EVENT_PACKET:
        return remote ? world->dialect->packet(world, remote, event) : 0;
    case MEEPLE_EVENT_LEAVE:
        if (remote) {
            leave_for_good(world, remote);
        }
        break;
    case MEEPLE_EVENT_DOWN:
        go_down(world);
        break;
    case MEEPLE_EVENT_DRAINED: /* what waits is told before the next event */
        has_room(world, remote);
        break;
    case MEEPLE_EVENT_NONE: /* ours: meeple__net_room() */
        has_room(world, remote);
        return 0;
    case MEEPLE_EVENT_REQUEST:
    case MEEPLE_EVENT_CLOSING:
    default:
        break;
    }
    meeple__receive_tell(world, event);
    return 0;
}
