/* replicate: every peer is told of the spawned objects what it lacks and may see. */
#include "rpc/replicate.h"

#include <string.h>

#include "rpc/announce.h"
#include "rpc/bulk_out.h"
#include "rpc/check.h"
#include "rpc/held.h"
#include "rpc/lacking.h"
#include "rpc/look.h"
#include "rpc/tell.h"

enum {
    SPARSE = 32, /* numbers to one object of a batch, above which they are looked at one by one */
    TURN_BYTES = 256 * 1024 /* to single peers in one poll, which is not to last for a snapshot */
};

/* Object after object, from where it stopped; what is told is for one peer. */
static int one_pass(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__seen *seen = &remote->seen;
    struct meeple__telling telling;
    int rc;

    meeple__tell_begin(&telling, world);
    meeple__tell_to(&telling, remote);
    if (seen->pass == 0) {
        seen->pass = world->states.stamp;
        seen->cursor = seen->slot = 0;
    }
    rc = meeple__tell_gone(&telling);
    for (struct meeple__list *link = world->objects.all.next;
         rc == 0 && link != &world->objects.all; link = link->next) {
        const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);
        uint32_t slot = object->sequence == seen->cursor ? seen->slot : 0;

        if (!object->replica || object->replica->stamp <= seen->from ||
            object->sequence < seen->cursor) {
            continue;
        }
        rc = meeple__tell_object(&telling, object, seen->from, &slot);
        if (rc < 0) {
            seen->cursor = telling.batch.begun ? telling.batch.first_sequence : object->sequence;
            seen->slot = telling.batch.begun ? telling.batch.first_slot : slot;
        }
    }
    if (rc == 0) {
        rc = meeple__tell_end(&telling);
        if (rc < 0) {
            seen->cursor = telling.batch.begun ? telling.batch.first_sequence : UINT64_MAX;
            seen->slot = telling.batch.begun ? telling.batch.first_slot : 0;
        }
    }
    meeple__tell_done(&telling);
    if (rc == 0) {
        seen->from = seen->pass;
        seen->pass = 0;
    }
    return rc;
}

static bool concerns(const meeple_world *world, const struct meeple__remote *remote)
{
    return world->states.layout_count > 0 && !remote->deaf &&
           (meeple_net_is_server(world->net) || remote->id == MEEPLE_SERVER);
}

static bool knows_all(const meeple_world *world, const struct meeple__seen *seen)
{
    return seen->from == world->states.stamp && seen->pass == 0 && seen->gone_count == 0 &&
           !seen->open && !seen->reset;
}

bool meeple__replicated(const meeple_world *world, const struct meeple__remote *remote)
{
    return concerns(world, remote) && meeple__announced(world, remote) && !remote->seen.blocked &&
           knows_all(world, &remote->seen) && meeple__list_empty(&remote->deliveries);
}

/* A peer that takes all at once gets it in several polls, so that nobody else waits for that. */
static bool is_enough(meeple_world *world)
{
    world->states.sated = world->states.sated || world->states.spent >= TURN_BYTES;
    return world->states.spent >= TURN_BYTES;
}

/* A value that was in fragments is whole there: the batch that it is in ends here.  A server takes
 * it by itself. */
static int end_value(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__telling telling;
    int rc;

    if (!meeple_net_is_server(world->net)) {
        return 0;
    }
    meeple__tell_begin(&telling, world);
    meeple__tell_to(&telling, remote);
    remote->seen.open = true;
    rc = meeple__tell_end(&telling);
    meeple__tell_done(&telling);
    return rc;
}

/* Whoever is never told all, because more changes than the line carries, gets what is long, too. */
static int send_overdue(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__list_empty(&remote->deliveries) ? 0 : meeple__bulk_send_overdue(world, remote);

    return rc > 0 ? end_value(world, remote) : rc;
}

int meeple__replicate_to(meeple_world *world, struct meeple__remote *remote)
{
    uint64_t before = world->states.bytes;
    int rc = 0;

    if (!concerns(world, remote) || knows_all(world, &remote->seen)) {
        return 0;
    }
    if (remote->seen.blocked || is_enough(world)) {
        return MEEPLE_EFULL;
    }
    rc = meeple__announce(world, remote);
    if (rc == MEEPLE_EFULL) {
        remote->seen.blocked = true;
    }
    while (rc == 0 && !knows_all(world, &remote->seen)) {
        rc = one_pass(world, remote);
        if (rc == 0 && !knows_all(world, &remote->seen)) {
            rc = send_overdue(world, remote);
        }
    }
    world->states.spent += world->states.bytes - before;
    return rc;
}

/* Whether it was told all but the newest batch. */
static bool follows(const meeple_world *world, const struct meeple__remote *remote)
{
    const struct meeple__seen *seen = &remote->seen;

    return concerns(world, remote) && meeple__announced(world, remote) && !seen->blocked &&
           !seen->open && !seen->reset && seen->pass == 0 && seen->from + 1 == world->states.stamp;
}

static bool same_gone(const struct meeple__seen *left, const struct meeple__seen *right)
{
    uint32_t count, count_there;
    const uint32_t *gone = meeple__seen_gone(left, &count);
    const uint32_t *gone_there = meeple__seen_gone(right, &count_there);

    return count == count_there &&
           (count == 0 || memcmp(gone, gone_there, count * sizeof *gone) == 0);
}

/* What is the same for everyone about the newest batch. */
struct newest {
    uint32_t first, end; /* the numbers of its objects are between */
    bool is_common;      /* who was told the same of these sees the same of each, and they lie close
                            enough together to be compared at once */
};

static struct newest look_at_newest(const meeple_world *world)
{
    struct newest newest = {.first = UINT32_MAX, .is_common = true};
    uint32_t count = 0;

    for (struct meeple__list *link = world->states.changed.next; link != &world->states.changed;
         link = link->next) {
        const meeple_object *object =
            MEEPLE__CONTAINER(link, struct meeple__replica, changed)->object;

        newest.first = object->number < newest.first ? object->number : newest.first;
        newest.end = object->number >= newest.end ? object->number + 1 : newest.end;
        newest.is_common = newest.is_common && meeple__look_is_common(object);
        count++;
    }
    newest.is_common = newest.is_common && count > 0 && newest.end - newest.first <= count * SPARSE;
    return newest;
}

static bool sees_same(const meeple_object *object, const struct meeple__remote *left,
                      const struct meeple__remote *right)
{
    return meeple__seen_view(&left->seen, object->number) ==
               meeple__seen_view(&right->seen, object->number) &&
           (left->id == object->master) == (right->id == object->master) &&
           meeple__look_level(object, left) == meeple__look_level(object, right);
}

/* Those for whom the newest batch is the same have the same. */
static uint64_t sort_of(const meeple_world *world, const struct meeple__remote *remote)
{
    uint64_t hash = 0;

    for (struct meeple__list *link = world->states.changed.next; link != &world->states.changed;
         link = link->next) {
        const meeple_object *object =
            MEEPLE__CONTAINER(link, struct meeple__replica, changed)->object;
        uint64_t sight = meeple__seen_view(&remote->seen, object->number);

        sight = sight << 8 | meeple__look_level(object, remote);
        sight = sight << 1 | (remote->id == object->master);
        hash = (hash ^ sight) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

/* Whether the newest batch is the same for both. */
static bool alike(const meeple_world *world, const struct newest *newest,
                  const struct meeple__remote *left, const struct meeple__remote *right)
{
    const struct meeple__seen *a = &left->seen, *b = &right->seen;

    if (a->asked != b->asked || left->sort != right->sort || !same_gone(a, b)) {
        return false;
    }
    if (newest->is_common && meeple__seen_same(a, b, newest->first, newest->end)) {
        return true;
    }
    for (struct meeple__list *link = world->states.changed.next; link != &world->states.changed;
         link = link->next) {
        if (!sees_same(MEEPLE__CONTAINER(link, struct meeple__replica, changed)->object, left,
                       right)) {
            return false;
        }
    }
    return true;
}

/* Tells the newest batch to the leader and to all who have to be told the same. */
static int tell_group(meeple_world *world, const struct newest *newest,
                      struct meeple__remote *leader)
{
    struct meeple__remote *remote;
    struct meeple__telling telling;
    int rc;

    meeple__tell_begin(&telling, world);
    telling.shares = !newest->is_common;
    for (MEEPLE__EACH_LACKING(world, remote)) {
        if (remote == leader || (follows(world, remote) && alike(world, newest, leader, remote))) {
            meeple__tell_to(&telling, remote);
        }
    }
    rc = meeple__tell_gone(&telling);
    for (struct meeple__list *link = world->states.changed.next;
         rc == 0 && link != &world->states.changed; link = link->next) {
        uint32_t slot = 0;

        rc = meeple__tell_object(&telling,
                                 MEEPLE__CONTAINER(link, struct meeple__replica, changed)->object,
                                 leader->seen.from, &slot);
    }
    if (rc == 0) {
        rc = meeple__tell_end(&telling);
    }
    if (rc == 0) {
        meeple__tell_reached(&telling);
    }
    meeple__tell_done(&telling);
    return rc;
}

/* What is long goes last, and only as far as there is room. */
static int send_bulk(meeple_world *world, struct meeple__remote *remote)
{
    uint64_t before = world->states.bytes;
    int rc = 0;

    while (!is_enough(world) && (rc = meeple__bulk_send(world, remote)) > 0) {
        rc = end_value(world, remote);
        if (rc < 0) {
            break;
        }
    }
    world->states.spent += world->states.bytes - before;
    return rc;
}

static void tell_groups(meeple_world *world)
{
    struct newest newest = {.end = 0};
    struct meeple__remote *remote;
    bool any = false;

    world->states.told_run++;
    meeple__buf_clear(&world->states.told);
    for (MEEPLE__EACH_LACKING(world, remote)) {
        if (follows(world, remote)) {
            newest = any ? newest : look_at_newest(world);
            any = true;
            /* Where not everyone sees the same, not each is compared with each in full. */
            remote->sort = newest.is_common ? 0 : sort_of(world, remote);
        }
    }
    for (MEEPLE__EACH_LACKING(world, remote)) {
        if (any && follows(world, remote)) {
            tell_group(world, &newest, remote);
        }
    }
}

static bool holds(const struct meeple__remote *remote)
{
    return remote->full || !meeple__local_empty(&remote->held);
}

static int serve(meeple_world *world, struct meeple__remote *remote)
{
    bool held = holds(remote);
    int rc = held ? meeple__held_release(world, remote) : meeple__replicate_to(world, remote);

    if ((held ? rc > 0 : rc == 0) && !meeple__list_empty(&remote->deliveries)) {
        rc = send_bulk(world, remote);
    }
    return rc;
}

/* Whether there is nothing left for it. */
static bool has_all(const meeple_world *world, const struct meeple__remote *remote)
{
    return meeple__announced(world, remote) && !holds(remote) &&
           (!concerns(world, remote) ||
            (knows_all(world, &remote->seen) && meeple__list_empty(&remote->deliveries)));
}

/* The peer is the first in the list of those who lack something. */
static void begin_with(meeple_world *world, struct meeple__remote *remote)
{
    if (!meeple__list_empty(&remote->lacking)) {
        meeple__list_remove(&world->lacking);
        meeple__list_append(&remote->lacking, &world->lacking);
    }
}

bool meeple__replicate(meeple_world *world)
{
    struct meeple__remote *last = NULL;
    struct meeple__list *next;
    bool all = true;

    if (!meeple__lacking_any(world)) {
        return true;
    }
    tell_groups(world);
    for (struct meeple__list *link = world->lacking.next; link != &world->lacking; link = next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, lacking);
        bool sated = world->states.sated;

        next = link->next;
        all = serve(world, remote) != MEEPLE_ENOMEM && all;
        if (has_all(world, remote)) {
            meeple__list_remove(link);
            meeple__check_follow(world, remote);
        }
        if (!sated && world->states.sated) {
            last = remote;
        }
    }
    if (last) {
        /* It has the first turn of the next poll, so that everyone has one. */
        begin_with(world, last);
    }
    return all;
}
