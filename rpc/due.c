/* due: handlers of spawned objects that wait for their turn in the poll. */
#include "rpc/due.h"

#include <string.h>

static void append(meeple_world *world, struct meeple__replica *replica)
{
    if (meeple__list_empty(&replica->due)) {
        replica->due_after = world->local.added;
        meeple__list_append(&world->states.due, &replica->due);
    }
}

void meeple__due_ready(meeple_world *world, struct meeple__replica *replica)
{
    replica->due_ready = true;
    append(world, replica);
}

void meeple__due_changed(meeple_world *world, struct meeple__replica *replica)
{
    replica->due_changed = true;
    append(world, replica);
}

void meeple__due_removed(meeple_world *world, struct meeple__replica *replica)
{
    replica->due_removed = true;
    append(world, replica);
}

static void forget_changes(struct meeple__replica *replica)
{
    memset(replica->changes, 0, meeple__bits_size(replica->layout->slot_count));
    replica->due_changed = false;
}

static void run_removed(meeple_world *world, struct meeple__replica *replica)
{
    const meeple_state *state = meeple__layout_state(replica->layout);
    meeple_object *object = replica->object;

    meeple__list_append(&world->objects.removed, &object->link);
    /* Nobody has heard of one that was gone before it was ready. */
    if (replica->ready && state->on_removed) {
        state->on_removed(object->self, object);
    }
}

static void run_ready(struct meeple__replica *replica)
{
    const meeple_state *state = meeple__layout_state(replica->layout);

    replica->due_ready = false;
    replica->ready = true;
    forget_changes(replica);
    if (state->on_ready) {
        state->on_ready(replica->object->self, replica->object);
    }
}

/* The handler may change more, so it gets a copy; bits are fewer than the bytes of a record, and
 * nothing is read into that while a handler runs. */
static void run_changed(meeple_world *world, struct meeple__replica *replica)
{
    const meeple_state *state = meeple__layout_state(replica->layout);
    meeple_changes changes = {.layout = replica->layout, .bits = world->states.record};

    memcpy(world->states.record, replica->changes, meeple__bits_size(replica->layout->slot_count));
    forget_changes(replica);
    if (state->on_changed) {
        state->on_changed(replica->object->self, replica->object, &changes);
    }
}

static struct meeple__replica *first(const meeple_world *world)
{
    return MEEPLE__CONTAINER(world->states.due.next, struct meeple__replica, due);
}

bool meeple__due_turn(meeple_world *world)
{
    bool is_turn = meeple__due_waits(world) && first(world)->due_after <= world->local.taken;

    if (is_turn) {
        meeple__due_now(world);
    }
    return is_turn;
}

void meeple__due_now(meeple_world *world)
{
    struct meeple__replica *replica = first(world);

    meeple__list_remove(&replica->due);
    if (replica->due_removed) {
        run_removed(world, replica);
    } else if (replica->due_ready) {
        run_ready(replica);
    } else {
        run_changed(world, replica);
    }
}
