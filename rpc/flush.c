/* flush: what has changed here becomes a batch: told to the others, and to our own handlers. */
#include "rpc/flush.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/bulk_in.h"
#include "rpc/dialect.h"
#include "rpc/due.h"
#include "rpc/look.h"
#include "rpc/replicate.h"
#include "rpc/sentence.h"
#include "transport/net.h"

/* As long as a batch is coming in, self is older than the shadow; before UP handlers could not call
 * anybody, and do not know who they are. */
static bool rests(const meeple_world *world)
{
    return world->states.layout_count == 0 || !world->dialect->replicates || world->states.open ||
           !world->up || world->freeing;
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

/* Whether nobody has been told of it yet. */
static bool is_fresh(const meeple_world *world, const struct meeple__replica *replica)
{
    return replica->stamp == 0 && meeple_net_is_server(world->net);
}

/* Takes what has changed in it, as far as its interval has passed. */
static bool collect_ours(meeple_world *world, meeple_object *object, uint64_t stamp,
                         uint64_t now_ms)
{
    struct meeple__replica *replica = object->replica;
    bool fresh = is_fresh(world, replica);
    struct meeple__sentence why;
    bool changed, more;
    int rc, again;

    meeple__sentence_init(&why);
    /* Who begins to see it is told of what is, not of what was. */
    meeple__beats_begin(replica, &world->states.pulse, now_ms,
                        fresh || replica->urgent || replica->renewed);
    rc = meeple__replica_collect(replica, world->mem, object->self, stamp, &changed, &why);
    if (changed && replica->beats.held != 0 && meeple__layout_state(replica->layout)->shows) {
        /* The filter will be asked about all of it. */
        replica->beats.resting = replica->beats.held = 0;
        again = meeple__replica_collect(replica, world->mem, object->self, stamp, &more, &why);
        rc = rc < 0 ? rc : again;
    }
    meeple__beats_end(replica, &world->states.pulse, now_ms, fresh);
    replica->urgent = false;
    if (rc < 0) {
        world->states.poor = true;
        meeple__watch_name(&world->states.watch, replica);
    }
    if (changed) {
        meeple__bulk_in_drop_own(replica, stamp);
    }
    if (why.len > 0) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "the state of %s stays as it was: %s",
                    object->path, why.text);
    }
    return changed;
}

/* Whether the object belongs to the next batch, which will have that stamp. */
static bool collect(meeple_world *world, meeple_object *object, uint64_t stamp, uint64_t now_ms)
{
    struct meeple__replica *replica = object->replica;
    bool fresh = is_fresh(world, replica);
    bool changed =
        meeple__states_is_ours(world, object) && collect_ours(world, object, stamp, now_ms);

    if (fresh) {
        meeple__due_ready(world, replica);
    } else if (changed) {
        meeple__due_changed(world, replica);
    }
    changed = changed || fresh || replica->renewed;
    replica->renewed = false;
    return changed;
}

/* What waits for its interval is looked at when that has passed. */
static void name_due(struct meeple__states *states, uint64_t now_ms)
{
    struct meeple__deadline *first;

    while ((first = meeple__heap_first(&states->pulse.deadlines)) && first->at_ms <= now_ms) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(first, struct meeple__replica, beats.deadline);

        meeple__heap_set(&states->pulse.deadlines, &replica->beats.deadline, UINT64_MAX);
        meeple__watch_name(&states->watch, replica);
    }
}

/* Whether there is a new batch, of what is named or due, and of what differs if that is asked. */
static bool collect_all(meeple_world *world, bool compares)
{
    struct meeple__states *states = &world->states;
    uint64_t stamp = states->stamp + 1;
    uint64_t now_ms = states->paced ? meeple__net_clock_ms(world->net) : 0;
    struct meeple__list looked, changed;

    states->poor = false;
    meeple__list_init(&looked);
    meeple__list_init(&changed);
    name_due(states, now_ms);
    if (compares) {
        meeple__watch_find(&states->watch);
    }
    meeple__watch_gather(&states->watch, &looked);
    while (!meeple__list_empty(&looked)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(looked.next, struct meeple__replica, named);

        meeple__list_remove(&replica->named);
        if (collect(world, replica->object, stamp, now_ms)) {
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

static void flush(meeple_world *world, bool compares)
{
    bool fresh, looked;

    if (rests(world)) {
        return;
    }
    collect_removed(world);
    meeple__look_prepare(world);
    fresh = collect_all(world, compares);
    /* All has been gathered: what is asked about is what will be told. */
    looked = meeple__look(world, fresh);
    if (!world->freeing) {
        world->lags = !meeple__replicate(world) || !looked || world->lags;
    }
}

void meeple__flush(meeple_world *world)
{
    flush(world, true);
}

void meeple__flush_after(meeple_world *world, bool ran)
{
    flush(world, ran);
}

void meeple__flush_poll(meeple_world *world)
{
    struct meeple__pulse *pulse = &world->states.pulse;

    pulse->polls++;
    for (struct meeple__list *link = pulse->every_poll.next; link != &pulse->every_poll;
         link = link->next) {
        meeple__watch_name(&world->states.watch,
                           MEEPLE__CONTAINER(link, struct meeple__replica, beats.every_poll));
    }
    meeple__flush(world);
}

void meeple__flush_held(meeple_world *world)
{
    const struct meeple__heap *deadlines = &world->states.pulse.deadlines;

    for (uint32_t i = 0; i < deadlines->count; i++) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(deadlines->items[i], struct meeple__replica, beats.deadline);

        replica->urgent = true;
        meeple__watch_name(&world->states.watch, replica);
    }
    if (deadlines->count > 0) {
        meeple__flush(world);
    }
}

int meeple__flush_wait_ms(const meeple_world *world)
{
    return rests(world) || !world->states.paced
               ? -1
               : meeple__pulse_wait_ms(&world->states.pulse, meeple__net_clock_ms(world->net));
}

bool meeple__flush_waits(const meeple_world *world)
{
    if (rests(world)) {
        return false;
    }
    return (meeple_net_is_server(world->net) && !meeple__list_empty(&world->states.batch)) ||
           meeple__watch_any(&world->states.watch);
}
