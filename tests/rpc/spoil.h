/* spoil: makes a client's objects, or what a server believes of a client, other than they are. */
#ifndef TESTS_RPC_SPOIL_H
#define TESTS_RPC_SPOIL_H

#include "rpc/due.h"
#include "rpc/world.h"
#include "tests/support/prng.h"

/* Any spawned object, or NULL. */
static inline meeple_object *spoil_any(const meeple_world *world, struct prng *prng)
{
    uint64_t left = prng_below(prng, world->states.by_id.count + 1);

    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        if (object->replica && left-- == 0) {
            return object;
        }
    }
    return NULL;
}

/* Something else than what the world has written there. */
static inline void spoil_content(void *member, meeple_type type)
{
    if (type == MEEPLE_TYPE_STR) {
        *(const char **)member = "spoilt";
    } else if (type == MEEPLE_TYPE_BYTES) {
        *(meeple_bytes *)member = (meeple_bytes){(const uint8_t *)"spoilt", 6};
    } else {
        *(meeple_value *)member = meeple_value_string("spoilt");
    }
}

/* A bit of a slot that the client sees and that is not its own to change: in self, or in what has
 * come last, or in both.  It exists in either: what does not is nobody's to compare. */
static inline void spoil_slot(meeple_object *object, struct prng *prng)
{
    const struct meeple__replica *replica = object->replica;
    uint32_t slot = (uint32_t)prng_below(prng, replica->layout->slot_count);
    meeple_field field = meeple__layout_slot(replica->layout, slot);
    uint64_t which = prng_below(prng, 3);

    if (object->master == object->world->id || !meeple__level_shows(replica->level, field.flags) ||
        !meeple__layout_present(replica->layout, slot, object->self) ||
        !meeple__layout_present(replica->layout, slot, replica->shadow)) {
        return;
    }
    if (meeple__content_is(field.type)) {
        spoil_content((uint8_t *)object->self + field.offset, field.type);
        return;
    }
    /* The lowest: a digit stays one, a bool too, and no bound is near. */
    if (which != 0) {
        *((uint8_t *)object->self + field.offset) ^= 1;
    }
    if (which != 1) {
        replica->shadow[field.offset] ^= 1;
    }
}

static inline void spoil_client(meeple_world *world, struct prng *prng)
{
    static unsigned phantoms;
    meeple_object *object = spoil_any(world, prng);
    char path[20];
    int len;

    if (world->states.open || !object) {
        return;
    }
    switch (prng_below(prng, 8)) {
    case 0: /* it is lost */
        meeple__states_take_out(world, object);
        object->replica->due_ready = object->replica->due_changed = false;
        meeple__due_removed(world, object->replica);
        break;
    case 1: /* one that nobody has spawned */
        len = snprintf(path, sizeof path, "phantom%u", phantoms++);
        cr_assert_eq(meeple__states_add(&object, world, world->states.layouts[0],
                                        (meeple_bytes){(const uint8_t *)path, (size_t)len},
                                        1000000 + phantoms, NULL),
                     0);
        meeple__due_ready(world, object->replica);
        break;
    case 2:
        object->replica->view.owner = (int32_t)prng_below(prng, 10) + 1;
        break;
    case 3:
        object->replica->level ^= MEEPLE__SEES_OWNED;
        break;
    default:
        spoil_slot(object, prng);
    }
}

/* What the server believes that a peer knows. */
static inline void spoil_belief(meeple_world *host, int32_t peer, struct prng *prng)
{
    struct meeple__remote *remote = meeple__world_remote(host, peer);
    meeple_object *object = spoil_any(host, prng);

    if (!remote || !object || remote->seen.pass > 0 || remote->seen.open) {
        return;
    }
    if (prng_below(prng, 2) == 0) {
        /* It has missed what changed last. */
        remote->seen.from = host->states.stamp;
    } else if (meeple__seen_view(&remote->seen, object->number) != 0) {
        meeple__seen_forget(&remote->seen, object->number);
        meeple__states_renew(host, object);
    } else {
        cr_assert_eq(meeple__seen_reserve(&remote->seen, host->mem, object->number), 0);
        meeple__seen_learn(&remote->seen, object->number, MEEPLE__SEES_PUBLIC);
    }
}

#endif /* TESTS_RPC_SPOIL_H */
