/* held: packets for one peer that wait until it has been told all that was before them. */
#include "rpc/held.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/announce.h"
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
    return 1;
}

int meeple__held_release(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__announce(world, remote);

    if (rc == 0) {
        rc = meeple__replicate_to(world, remote);
    }
    if (rc == 0) {
        rc = meeple__local_empty(&remote->held) ? 1 : send_held(world, remote);
    }
    return rc == MEEPLE_EFULL ? 0 : rc;
}

int meeple__held_add(meeple_world *world, struct meeple__remote *remote,
                     const meeple_object *object)
{
    struct meeple__local local = {.kind = MEEPLE__LOCAL_HELD,
                                  .sequence = object ? object->sequence : 0,
                                  .number = object ? object->number : 0,
                                  .len = (uint32_t)world->tx.len};

    return meeple__local_add(&remote->held, world->mem, &local, meeple__world_tx(world),
                             world->held_bytes_max);
}

void meeple__held_spread(meeple_world *world, int32_t to, const meeple_object *object,
                         const char *what)
{
    struct meeple__parcel parcel = {.net = world->net, .packet = meeple__world_tx(world)};

    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);
        int rc;

        if (remote->passed || remote->id == MEEPLE_EXCEPT(to)) {
            continue;
        }
        rc = remote->waits ? meeple__held_add(world, remote, object)
                           : meeple__parcel_send(&parcel, remote->id);
        if (rc < 0 && rc != MEEPLE_ENOTFOUND) {
            meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "peer %" PRId32 " misses %s%s%s: %s",
                        remote->id, object ? object->path : "", object ? "." : "", what,
                        meeple_strerror(rc));
        }
    }
    meeple__parcel_done(&parcel);
}
