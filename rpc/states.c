/* states: what a world knows of all that was spawned in it. */
#include "rpc/states.h"

#include <assert.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/announce.h"
#include "rpc/bulk_in.h"
#include "rpc/bulk_out.h"
#include "rpc/burden.h"
#include "rpc/sentence.h"
#include "rpc/set.h"
#include "rpc/world.h"
#include "transport/net.h"

enum {
    ENTRY_OVERHEAD =
        2 + 5 + 5 + 5 + 5, /* of a packet with one value: more, id, length, term, slot */
    PART_MAX = 16 * 1024   /* no more of state is sent in one piece */
};

void meeple__states_init(struct meeple__states *states, size_t packet_max)
{
    *states = (struct meeple__states){0};
    states->part_max = packet_max < PART_MAX ? packet_max : PART_MAX;
    states->slot_max = states->part_max > ENTRY_OVERHEAD ? states->part_max - ENTRY_OVERHEAD : 0;
    meeple__list_init(&states->changed);
    meeple__list_init(&states->batch);
    meeple__list_init(&states->due);
    meeple__watch_init(&states->watch);
    meeple__pulse_init(&states->pulse);
}

/* Those in the list that are no objects of the world any more. */
static void free_leaving(struct meeple__list *head, bool is_due, const meeple_mem *mem)
{
    while (!meeple__list_empty(head)) {
        struct meeple__replica *replica =
            is_due ? MEEPLE__CONTAINER(head->next, struct meeple__replica, due)
                   : MEEPLE__CONTAINER(head->next, struct meeple__replica, batch);

        meeple__list_remove(head->next);
        if (replica->object->removed) {
            meeple__list_remove(&replica->due);
            meeple__list_remove(&replica->batch);
            meeple__object_free(replica->object, mem);
        }
    }
}

void meeple__states_done(struct meeple__states *states, const meeple_mem *mem)
{
    for (uint32_t i = 0; i < states->layout_count; i++) {
        meeple__free(mem, states->layouts[i]);
    }
    meeple__free(mem, states->layouts);
    meeple__map_done(&states->by_id, mem);
    meeple__buf_done(&states->entry, mem);
    meeple__buf_done(&states->told, mem);
    meeple__watch_done(&states->watch, mem);
    meeple__pulse_done(&states->pulse, mem);
    meeple__free(mem, states->record);
}

void meeple__states_drop(struct meeple__states *states, const meeple_mem *mem)
{
    free_leaving(&states->batch, false, mem);
    free_leaving(&states->due, true, mem);
}

/* What the master of a spawned object has follows everywhere: so that is where it is set. */
static int check_modes(const meeple_class *cls, struct meeple__sentence *why)
{
    for (size_t i = 0; cls->state && cls->state->fields && i < cls->state->field_count; i++) {
        const meeple_field *field = &cls->state->fields[i];

        if (field->mode != MEEPLE_RPC_DISABLED && field->mode != MEEPLE_RPC_MASTER) {
            meeple__say(why, "class %s may be spawned: '%s' can be set with mode master only",
                        cls->name, field->name);
            return MEEPLE_EINVAL;
        }
        if (field->mode != MEEPLE_RPC_DISABLED && (field->flags & MEEPLE_ON_SPAWN)) {
            meeple__say(why, "class %s: '%s' is only spawned, and cannot be set", cls->name,
                        field->name);
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

static int add_layout(meeple_world *world, const meeple_class *cls, struct meeple__sentence *why)
{
    struct meeple__states *states = &world->states;
    struct meeple__methods *methods;
    struct meeple__layout *layout;
    int rc = meeple__object_class(world, cls, &methods);

    if (rc < 0) {
        return rc;
    }
    if (meeple__states_layout(states, methods)) {
        meeple__say(why, "class %s is listed twice", cls->name);
        return MEEPLE_EINVAL;
    }
    rc = check_modes(cls, why);
    if (rc == 0) {
        rc = meeple__layout_new(&layout, world->mem, cls, methods, why);
    }
    if (rc < 0) {
        return rc;
    }
    states->layouts[states->layout_count++] = layout;
    layout->value_max = world->value_bytes_max;
    states->paced = states->paced || layout->rhythms.count > 0;
    rc = meeple__announce_layout_fits(world, layout);
    if (rc == MEEPLE_ETOOBIG || meeple__layout_longest(layout) > states->slot_max) {
        meeple__say(why, "class %s: its table or one of its fields does not fit a packet",
                    cls->name);
        return MEEPLE_EINVAL;
    }
    return rc;
}

int meeple__states_register(meeple_world *world, const meeple_class *const *classes)
{
    struct meeple__states *states = &world->states;
    struct meeple__sentence why;
    size_t count = 0, size = 1;
    int rc = 0;

    while (classes && classes[count]) {
        count++;
    }
    if (count == 0) {
        return 0;
    }
    states->layouts = meeple__alloc(world->mem, count * sizeof(struct meeple__layout *));
    if (!states->layouts) {
        return MEEPLE_ENOMEM;
    }
    meeple__sentence_init(&why);
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = add_layout(world, classes[i], &why);
        states->filtered = states->filtered || (rc == 0 && classes[i]->state->shows);
        if (rc == 0 && classes[i]->state->size > size) {
            size = classes[i]->state->size;
        }
    }
    if (why.len > 0) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc", "%s", why.text);
    }
    if (rc == 0) {
        states->record = meeple__alloc(world->mem, size);
        rc = states->record ? 0 : MEEPLE_ENOMEM;
    }
    return rc;
}

const struct meeple__layout *meeple__states_layout(const struct meeple__states *states,
                                                   const struct meeple__methods *methods)
{
    for (uint32_t i = 0; i < states->layout_count; i++) {
        if (states->layouts[i]->methods == methods) {
            return states->layouts[i];
        }
    }
    return NULL;
}

const struct meeple__layout *meeple__states_class(const struct meeple__states *states,
                                                  const meeple_class *cls)
{
    for (uint32_t i = 0; i < states->layout_count; i++) {
        if (states->layouts[i]->cls == cls) {
            return states->layouts[i];
        }
    }
    return NULL;
}

meeple_object *meeple__states_find(const struct meeple__states *states, uint32_t id)
{
    struct meeple__map_link *link = meeple__map_find(&states->by_id, meeple__hash_u32(id));

    while (link) {
        struct meeple__replica *replica = MEEPLE__CONTAINER(link, struct meeple__replica, by_id);

        if (replica->id == id) {
            return replica->object;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

/* Room for one more, so that looking at it cannot fail. */
static int reserve(struct meeple__states *states, const meeple_mem *mem)
{
    size_t objects = (size_t)states->by_id.count + 1;
    int rc = meeple__watch_reserve(&states->watch, mem, objects);

    return rc < 0 ? rc : meeple__heap_reserve(&states->pulse.deadlines, mem, objects);
}

int meeple__states_add(meeple_object **out, meeple_world *world,
                       const struct meeple__layout *layout, meeple_bytes path, uint32_t id,
                       void *self)
{
    meeple_object *object = meeple__object_new(world, path);
    struct meeple__replica *replica;
    int rc;

    if (!object) {
        return MEEPLE_ENOMEM;
    }
    object->cls = layout->cls;
    object->methods = layout->methods;
    object->self = self;
    rc = meeple__replica_new(&replica, world->mem, layout, self, &object->self);
    if (rc < 0) {
        meeple__free(world->mem, object);
        return rc;
    }
    object->replica = replica;
    replica->object = object;
    replica->id = id;
    rc = reserve(&world->states, world->mem);
    if (rc == 0) {
        rc = meeple__map_put(&world->states.by_id, world->mem, &replica->by_id,
                             meeple__hash_u32(id));
    }
    if (rc == 0) {
        rc = meeple__objects_insert(&world->objects, world->mem, object);
        if (rc < 0) {
            meeple__map_remove(&world->states.by_id, &replica->by_id);
        }
    }
    if (rc < 0) {
        meeple__object_free(object, world->mem);
        return rc;
    }
    *out = object;
    return 0;
}

void meeple__states_take_out(meeple_world *world, meeple_object *object)
{
    struct meeple__replica *replica = object->replica;

    meeple__objects_take_out(&world->objects, object);
    meeple__map_remove(&world->states.by_id, &replica->by_id);
    meeple__list_remove(&replica->changed);
    meeple__list_remove(&replica->batch);
    meeple__list_remove(&replica->due);
    meeple__bulk_forget_object(replica, world->mem);
    meeple__bulk_in_drop_all(replica);
    meeple__watch_drop(&world->states.watch, replica);
    meeple__beats_follow(replica, &world->states.pulse, 0, false);
    meeple__burden_drop(world, object);
    meeple__set_release(object);
}

bool meeple__states_is_ours(const meeple_world *world, const meeple_object *object)
{
    return meeple_net_is_server(world->net) ? object->master == MEEPLE_SERVER
                                            : object->master == world->id;
}

void meeple__states_follow(meeple_world *world, meeple_object *object)
{
    struct meeple__replica *replica = object->replica;
    bool ours = meeple__states_is_ours(world, object);

    replica->urgent = false;
    meeple__watch_compare(&world->states.watch, replica,
                          ours && !meeple__layout_state(replica->layout)->touched_only);
    meeple__beats_follow(replica, &world->states.pulse, meeple__net_clock_ms(world->net), ours);
}

void meeple__states_renew(meeple_world *world, meeple_object *object)
{
    object->replica->renewed = true;
    meeple__watch_name(&world->states.watch, object->replica);
}
