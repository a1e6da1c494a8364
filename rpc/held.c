/* held: packets for one peer that wait until it has been told all that was before them. */
#include "rpc/held.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/announce.h"
#include "rpc/lacking.h"
#include "rpc/look.h"
#include "rpc/replicate.h"
#include "transport/net.h"

/* Whether what waits is still to be sent: its object is there, and the peer sees it. */
static bool is_due(const meeple_world *world, const struct meeple__remote *remote,
                   const struct meeple__local *local)
{
    const meeple_object *object;

    if (local->sequence == 0) {
        return true;
    }
    object = meeple__objects_numbered(&world->objects, local->number, local->sequence);
    return object && (!object->replica || !meeple_net_is_server(world->net) ||
                      (meeple__seen_view(&remote->seen, object->number) != 0 &&
                       meeple__look_level(object, remote) != MEEPLE__SEES_NOTHING));
}

static int send_held(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__local local;
    meeple_bytes packet;

    while (meeple__local_first(&remote->held, &local, &packet)) {
        int rc =
            is_due(world, remote, &local) ? meeple_net_send(world->net, remote->id, packet) : 0;

        if (rc < 0) {
            return rc;
        }
        meeple__local_next(&remote->held);
    }
    meeple__local_done(&remote->held, world->mem);
    remote->drained = remote->drained || remote->full;
    world->drained = world->drained || remote->full;
    remote->full = false;
    return 1;
}

int meeple__held_release(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__announce(world, remote);

    if (rc == 0) {
        rc = meeple__replicate_to(world, remote);
    }
    if (rc == 0) {
        rc = meeple__local_empty(&remote->held) && !remote->full ? 1 : send_held(world, remote);
    }
    /* It has to be tried again, and nobody says when. */
    world->lags = world->lags || rc == MEEPLE_ENOMEM;
    return rc == MEEPLE_EFULL ? 0 : rc;
}

int meeple__held_add(meeple_world *world, struct meeple__remote *remote,
                     const meeple_object *object)
{
    struct meeple__local local = {.kind = MEEPLE__LOCAL_HELD,
                                  .sequence = object ? object->sequence : 0,
                                  .number = object ? object->number : 0,
                                  .len = (uint32_t)world->tx.len};

    int rc = meeple__local_add(&remote->held, world->mem, &local, meeple__world_tx(world),
                               world->held_bytes_max);

    remote->full = remote->full || rc == MEEPLE_EFULL;
    meeple__lacks(world, remote);
    return rc;
}

/* Whether the packet in tx is for it. */
static bool is_meant(const meeple_world *world, int32_t to, const struct meeple__remote *remote)
{
    return !remote->passed && remote->id != MEEPLE_EXCEPT(to) &&
           meeple_net_has_peer(world->net, remote->id);
}

/* On a client, so that it is for all or for none of them. */
static bool all_have_room(meeple_world *world, int32_t to)
{
    bool all = true;

    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        if (is_meant(world, to, remote) &&
            !meeple__local_has_room(&remote->held, world->tx.len, world->held_bytes_max)) {
            remote->full = true;
            meeple__lacks(world, remote);
            all = false;
        }
    }
    return all;
}

/* To one of many.  Where a client has no more room in its queue it waits as well. */
static int give(meeple_world *world, struct meeple__parcel *parcel, struct meeple__remote *remote,
                const meeple_object *object)
{
    int rc = remote->waits ? MEEPLE_EFULL : meeple__parcel_send(parcel, remote->id);

    return rc == MEEPLE_EFULL && (remote->waits || !meeple_net_is_server(world->net))
               ? meeple__held_add(world, remote, object)
               : rc;
}

void meeple__held_miss(meeple_world *world, const struct meeple__remote *remote,
                       const meeple_object *object, const char *what, int rc)
{
    meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "peer %" PRId32 " misses %s%s%s: %s",
                remote->id, object ? object->path : "", object ? "." : "", what,
                meeple_strerror(rc));
    if (!meeple_net_is_server(world->net) || meeple__net_skips(world->net)) {
        return;
    }
    if (rc == MEEPLE_EFULL) {
        meeple_net_kick(world->net, remote->id, MEEPLE_CLOSE_POLICY,
                        "read too slowly: too much waits for it");
    } else {
        meeple_net_kick(world->net, remote->id, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
    }
}

int meeple__held_spread(meeple_world *world, int32_t to, const meeple_object *object,
                        const char *what)
{
    struct meeple__parcel parcel = {.net = world->net, .packet = meeple__world_tx(world)};

    if (!meeple_net_is_server(world->net) && !all_have_room(world, to)) {
        return MEEPLE_EFULL;
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);
        int rc = is_meant(world, to, remote) ? give(world, &parcel, remote, object) : 0;

        if (rc < 0 && rc != MEEPLE_ENOTFOUND) {
            meeple__held_miss(world, remote, object, what, rc);
        }
    }
    meeple__parcel_done(&parcel);
    return 0;
}

bool meeple__held_turn(meeple_world *world)
{
    if (!world->drained) {
        return false;
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);
        meeple_event event = {.type = MEEPLE_EVENT_DRAINED};

        if (!remote->drained) {
            continue;
        }
        remote->drained = false;
        event.peer = meeple_net_is_server(world->net) ? remote->id : MEEPLE_SERVER;
        if (world->on_event) {
            world->on_event(world, &event);
        }
        return true;
    }
    world->drained = false;
    return false;
}
