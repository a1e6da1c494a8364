/* flush: what has changed here becomes a batch: told to the others, and to our own handlers. */
#include "rpc/flush.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/bulk_in.h"
#include "rpc/due.h"
#include "rpc/look.h"
#include "rpc/replicate.h"
#include "rpc/sentence.h"

/* As long as a batch is coming in, self is older than the shadow; before UP handlers could not call
 * anybody, and do not know who they are. */
static bool rests(const meeple_world *world)
{
    return world->states.layout_count == 0 || world->states.open || !world->up || world->freeing;
}

static void collect_removed(meeple_world *world)
{
    struct meeple__list *leaving = &world->states.batch;

    while (meeple_net_is_server(world->net) && !meeple__list_empty(leaving)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(leaving->next, struct meeple__replica, batch);

        meeple__list_remove(&replica->batch);
        meeple__due_removed(world, replica);
    }
}

/* Whether the object belongs to the next batch, which will have that stamp. */
static bool collect(meeple_world *world, meeple_object *object, uint64_t stamp)
{
    struct meeple__replica *replica = object->replica;
    bool fresh = replica->stamp == 0 && meeple_net_is_server(world->net);
    bool changed = false;
    struct meeple__sentence why;

    if (meeple__states_is_ours(world, object)) {
        meeple__sentence_init(&why);
        if (meeple__replica_collect(replica, world->mem, object->self, stamp, &changed, &why) < 0) {
            world->states.poor = true;
            meeple__watch_name(&world->states.watch, replica);
        }
        if (why.len > 0) {
            meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "the state of %s stays as it was: %s",
                        object->path, why.text);
        }
    }
    if (changed) {
        meeple__bulk_in_drop_own(replica, stamp);
    }
    if (fresh) {
        meeple__due_ready(world, replica);
    } else if (changed) {
        meeple__due_changed(world, replica);
    }
    changed = changed || fresh || replica->renewed;
    replica->renewed = false;
    return changed;
}

/* Whether there is a new batch. */
static bool collect_all(meeple_world *world)
{
    struct meeple__states *states = &world->states;
    uint64_t stamp = states->stamp + 1;
    struct meeple__list looked, changed;

    states->poor = false;
    meeple__list_init(&looked);
    meeple__list_init(&changed);
    meeple__watch_gather(&states->watch, &looked);
    while (!meeple__list_empty(&looked)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(looked.next, struct meeple__replica, named);

        meeple__list_remove(&replica->named);
        if (collect(world, replica->object, stamp)) {
            replica->stamp = stamp;
            meeple__list_remove(&replica->changed);
            meeple__list_append(&changed, &replica->changed);
        }
    }
    if (meeple__list_empty(&changed)) {
        return false;
    }
    while (!meeple__list_empty(&states->changed)) {
        meeple__list_remove(states->changed.next);
    }
    meeple__list_move(&states->changed, &changed);
    states->stamp = stamp;
    states->batches++;
    return true;
}

void meeple__flush(meeple_world *world)
{
    bool fresh, looked;

    if (rests(world)) {
        return;
    }
    collect_removed(world);
    fresh = collect_all(world);
    /* All has been gathered: what is asked about is what will be told. */
    looked = meeple__look(world, fresh);
    if (!world->freeing) {
        world->lags = !meeple__replicate(world) || !looked || world->lags;
    }
}

bool meeple__flush_waits(const meeple_world *world)
{
    if (rests(world)) {
        return false;
    }
    return (meeple_net_is_server(world->net) && !meeple__list_empty(&world->states.batch)) ||
           meeple__watch_any(&world->states.watch);
}
