/* tell: one peer, or a group that lacks the same, is told of one object after the other. */
#include "rpc/tell.h"

#include <assert.h>

#include "rpc/bulk_out.h"
#include "rpc/look.h"
#include "rpc/speak.h"
#include "transport/net.h"

enum {
    TOLD_MAX = 256 * 1024 /* bytes that are kept of one batch for other groups */
};

#define EACH_MEMBER(telling, remote)                                                               \
    struct meeple__list *link_ = (telling)->group.next;                                            \
    link_ != &(telling)->group && ((remote) = member_of(link_));                                   \
    link_ = link_->next

static struct meeple__remote *member_of(struct meeple__list *link)
{
    return MEEPLE__CONTAINER(link, struct meeple__remote, group);
}

/* NULL if the group is empty. */
static struct meeple__remote *first_of(const struct meeple__telling *telling)
{
    return meeple__list_empty(&telling->group) ? NULL : member_of(telling->group.next);
}

/* Sends tx; more: it is not the end of the batch.  Who cannot take it is in the group no more. */
static int send_out(struct meeple__telling *telling, bool more)
{
    meeple_world *world = telling->world;
    struct meeple__parcel parcel = {.net = world->net, .packet = meeple__world_tx(world)};
    struct meeple__list *next;
    int rc = MEEPLE_ENOTFOUND;
    bool any = false;

    for (struct meeple__list *link = telling->group.next; link != &telling->group; link = next) {
        struct meeple__remote *remote = member_of(link);
        int sent;

        next = link->next;
        /* The rest of the queue is for calls, which are not to wait behind all of it. */
        sent = meeple__net_room(world->net, remote->id, world->ahead_max)
                   ? meeple__parcel_send(&parcel, remote->id)
                   : MEEPLE_EFULL;
        if (sent < 0) {
            rc = sent;
            meeple__list_remove(link);
            remote->seen.blocked = sent == MEEPLE_EFULL;
            continue;
        }
        any = true;
        remote->seen.open = more;
        world->states.packets++;
        world->states.bytes += parcel.packet.len;
    }
    meeple__parcel_done(&parcel);
    world->states.encodings++;
    telling->said = true;
    return any ? 0 : rc;
}

static int emit(void *ctx, bool more)
{
    return send_out(ctx, more);
}

static int send_removal(struct meeple__telling *telling, uint32_t id)
{
    int rc = meeple__batch_flush(&telling->batch);

    if (rc == 0) {
        rc = meeple__speak_removal(telling->world, id);
    }
    return rc == 0 ? send_out(telling, true) : rc;
}

/* What the level does not show goes to none of them. */
static void hide(const struct meeple__telling *telling, const meeple_object *object, uint8_t level)
{
    const struct meeple__remote *remote;

    for (EACH_MEMBER(telling, remote)) {
        meeple__bulk_hide(telling->world, remote, object->replica, level);
    }
}

static void learn(struct meeple__telling *telling, uint32_t number, uint16_t view)
{
    struct meeple__remote *remote;

    for (EACH_MEMBER(telling, remote)) {
        meeple__seen_learn(&remote->seen, number, view);
    }
}

static int reserve(struct meeple__telling *telling, uint32_t number)
{
    struct meeple__remote *remote;

    for (EACH_MEMBER(telling, remote)) {
        if (meeple__seen_reserve(&remote->seen, telling->world->mem, number) < 0) {
            return MEEPLE_ENOMEM;
        }
    }
    return 0;
}

static int tell_removal(struct meeple__telling *telling, const meeple_object *object)
{
    struct meeple__remote *remote;
    int rc = send_removal(telling, object->replica->id);

    if (rc < 0) {
        return rc;
    }
    for (EACH_MEMBER(telling, remote)) {
        meeple__seen_forget(&remote->seen, object->number);
    }
    hide(telling, object, MEEPLE__SEES_NOTHING);
    return 0;
}

static int tell_spawn(struct meeple__telling *telling, const meeple_object *object, uint8_t level,
                      uint32_t *next)
{
    int rc = meeple__batch_flush(&telling->batch);

    if (rc == 0) {
        rc = reserve(telling, object->number);
    }
    if (rc == 0) {
        rc = meeple__speak_spawn(telling->world, object, level, next);
    }
    if (rc == 0) {
        rc = send_out(telling, true);
    }
    if (rc == 0) {
        bool whole = *next == object->replica->layout->slot_count;

        learn(telling, object->number, (uint16_t)(level | (whole ? 0 : MEEPLE__SEEN_STALE)));
    }
    return rc;
}

static int tell_owner(struct meeple__telling *telling, const meeple_object *object, uint16_t view,
                      uint8_t level)
{
    bool stale = (view & MEEPLE__SEEN_STALE) || (level & ~view) != 0;
    int rc = meeple__batch_flush(&telling->batch);

    if (rc == 0) {
        rc = meeple__speak_owner(telling->world, object, level);
    }
    if (rc == 0) {
        rc = send_out(telling, true);
    }
    if (rc == 0) {
        hide(telling, object, level);
        learn(telling, object->number, (uint16_t)(level | (stale ? MEEPLE__SEEN_STALE : 0)));
    }
    return rc;
}

/* None of them gets any more of what may be under way. */
static void drop(const struct meeple__telling *telling, const meeple_object *object, uint32_t slot)
{
    const struct meeple__remote *remote;

    for (EACH_MEMBER(telling, remote)) {
        meeple__bulk_drop(telling->world, remote, object->replica, slot);
    }
}

/* A value that will come in fragments: those in the group hear of it now. */
static int tell_long(struct meeple__telling *telling, const meeple_object *object, uint32_t slot,
                     size_t size, bool anew)
{
    meeple_world *world = telling->world;
    struct meeple__remote *remote;
    int rc;

    /* Longer ones do not get into the shadow. */
    assert(size <= UINT32_MAX);
    rc = meeple__batch_flush(&telling->batch);
    for (EACH_MEMBER(telling, remote)) {
        if (rc == 0) {
            rc = meeple__bulk_add(world, remote, object->replica, slot, anew);
        }
    }
    if (rc == 0) {
        rc = meeple__speak_coming(world, object, slot, size);
    }
    return rc == 0 ? send_out(telling, true) : rc;
}

/* One that fits, and takes the place of a longer one that may still be under way. */
static int tell_short(struct meeple__telling *telling, const meeple_object *object, uint32_t slot)
{
    int rc = meeple__batch_add(&telling->batch, object, slot);

    if (rc == 0) {
        drop(telling, object, slot);
    }
    return rc;
}

/* A slot that exists, and may be too long for a packet, to those who see it. */
static int tell_content(struct meeple__telling *telling, const meeple_object *object, uint32_t slot,
                        bool all)
{
    const struct meeple__replica *replica = object->replica;
    meeple_field field;
    size_t size;

    field = meeple__layout_slot(replica->layout, slot);
    if (meeple__bulk_is_long(telling->world, &field, replica->shadow, &size)) {
        return tell_long(telling, object, slot, size, all);
    }
    return tell_short(telling, object, slot);
}

/* Which slots of an object are told. */
struct choice {
    uint64_t from; /* those that are newer */
    bool all;      /* or all */
    uint8_t level; /* of what who sees so much sees */
    uint32_t *at;  /* from this one on; afterwards, where it stopped */
    uint32_t told; /* how many were */
    bool long_any; /* one of them might have been long */
};

static int tell_slots(struct meeple__telling *telling, const meeple_object *object,
                      struct choice *choice)
{
    const struct meeple__replica *replica = object->replica;
    const struct meeple__layout *layout = replica->layout;

    for (uint32_t slot; (slot = *choice->at) < layout->slot_count; ++*choice->at) {
        const struct meeple__leaf *leaf;
        int rc;

        if (!choice->all && replica->stamps[slot] <= choice->from) {
            continue;
        }
        leaf = meeple__layout_leaf(layout, slot);
        if (!meeple__level_shows(choice->level, leaf->field.flags) ||
            !meeple__leaf_present(layout, leaf, slot - leaf->first, replica->shadow)) {
            continue;
        }
        if (meeple__bulk_may_be_long(&leaf->field)) {
            choice->long_any = true;
            rc = tell_content(telling, object, slot, choice->all);
        } else {
            rc = meeple__batch_add(&telling->batch, object, slot);
        }
        if (rc < 0) {
            return rc;
        }
        choice->told++;
    }
    return 0;
}

/* What was told of the object, all of it in the entry that is being made: other groups that see as
 * much are told the same bytes.  Where there is no room for them they are made anew. */
static void keep_entry(const struct meeple__telling *telling, const meeple_object *object,
                       const struct choice *choice)
{
    struct meeple__states *states = &telling->world->states;
    struct meeple__told told = {
        .run = states->told_run, .offset = (uint32_t)states->told.len, .level = choice->level};

    if (choice->told > 0) {
        meeple_bytes slots = meeple__batch_entry(&telling->batch);

        if (meeple__buf_add(&states->told, telling->world->mem, slots, TOLD_MAX) < 0) {
            return;
        }
        told.len = (uint32_t)slots.len;
    }
    object->replica->told = told;
}

/* The slots of the newest batch, which many groups may be told one after the other. */
static int tell_newest(struct meeple__telling *telling, const meeple_object *object,
                       struct choice *choice)
{
    const struct meeple__states *states = &telling->world->states;
    const struct meeple__told *told = &object->replica->told;
    bool is_whole;
    int rc;

    if (told->run == states->told_run && told->level == choice->level) {
        if (told->len == 0) {
            return 0;
        }
        return meeple__batch_add_entry(&telling->batch, object,
                                       (meeple_bytes){states->told.ptr + told->offset, told->len});
    }
    rc = tell_slots(telling, object, choice);
    /* What might have gone in fragments is each peer's own. */
    is_whole = choice->told == 0 ||
               (telling->batch.object == object && telling->batch.slots == choice->told);
    if (rc == 0 && is_whole && !choice->long_any) {
        keep_entry(telling, object, choice);
    }
    return rc;
}

/* Says who it is and whose, if that is not known; *slot moves on behind what a spawn has told. */
static int tell_existence(struct meeple__telling *telling, const meeple_object *object,
                          uint8_t level, uint32_t *slot)
{
    const struct meeple__remote *remote = first_of(telling);
    uint16_t view = meeple__seen_view(&remote->seen, object->number);

    if (view == 0 || (view & MEEPLE__SEEN_AGAIN)) {
        int rc = tell_spawn(telling, object, level, slot);

        if (rc == 0) {
            /* What was under way to it begins anew. */
            hide(telling, object, MEEPLE__SEES_NOTHING);
        }
        return rc;
    }
    if (level != (view & MEEPLE__SEEN_LEVEL) || (view & MEEPLE__SEEN_MASTER)) {
        /* What it sees now it has to be told in full, however far that had come before. */
        *slot = 0;
        return tell_owner(telling, object, view, level);
    }
    return 0;
}

/* All that a server says of an object. */
static int tell_peer(struct meeple__telling *telling, const meeple_object *object, uint64_t from,
                     uint32_t *slot)
{
    const struct meeple__remote *remote = first_of(telling);
    int32_t id = remote->id;
    struct choice choice;
    uint8_t level;
    uint16_t view;
    bool stale;
    int rc;

    rc = meeple__look_waits(object, remote);
    if (rc < 0) {
        return rc;
    }
    level = meeple__look_level(object, remote);
    if (level == MEEPLE__SEES_NOTHING) {
        return meeple__seen_view(&remote->seen, object->number) != 0 ? tell_removal(telling, object)
                                                                     : 0;
    }
    rc = tell_existence(telling, object, level, slot);
    if (rc < 0) {
        return rc;
    }
    remote = first_of(telling);
    view = meeple__seen_view(&remote->seen, object->number);
    stale = (view & MEEPLE__SEEN_STALE) != 0;
    /* A master knows what it has said itself. */
    if (!stale && id == object->master) {
        return 0;
    }
    choice = (struct choice){.from = from, .all = stale, .level = level, .at = slot};
    rc = telling->shares && !stale && *slot == 0 ? tell_newest(telling, object, &choice)
                                                 : tell_slots(telling, object, &choice);
    if (rc == 0 && stale) {
        rc = meeple__batch_flush(&telling->batch);
        if (rc == 0) {
            learn(telling, object->number, (uint16_t)(view & ~MEEPLE__SEEN_STALE));
        }
    }
    return rc;
}

/* One object that has changed since `from`. */
int meeple__tell_object(struct meeple__telling *telling, const meeple_object *object, uint64_t from,
                        uint32_t *slot)
{
    struct choice choice = {.from = from, .level = object->replica->level, .at = slot};

    if (telling->id == 0) {
        return tell_peer(telling, object, from, slot);
    }
    return object->master == telling->id ? tell_slots(telling, object, &choice) : 0;
}

int meeple__tell_end(struct meeple__telling *telling)
{
    const struct meeple__remote *remote = first_of(telling);

    if (!telling->batch.begun && !telling->said && !remote->seen.open) {
        return 0;
    }
    return meeple__batch_end(&telling->batch);
}

void meeple__tell_begin(struct meeple__telling *telling, meeple_world *world)
{
    *telling = (struct meeple__telling){.world = world,
                                        .id = meeple_net_is_server(world->net) ? 0 : world->id,
                                        .batch = {.world = world, .emit = emit}};
    telling->batch.ctx = telling;
    meeple__list_init(&telling->group);
}

void meeple__tell_to(struct meeple__telling *telling, struct meeple__remote *remote)
{
    meeple__list_append(&telling->group, &remote->group);
}

void meeple__tell_reached(struct meeple__telling *telling)
{
    struct meeple__remote *remote;

    for (EACH_MEMBER(telling, remote)) {
        remote->seen.from = telling->world->states.stamp;
    }
}

void meeple__tell_done(struct meeple__telling *telling)
{
    while (!meeple__list_empty(&telling->group)) {
        meeple__list_remove(telling->group.next);
    }
}

/* Who is told everything again is told so alone. */
static int tell_reset(struct meeple__telling *telling)
{
    struct meeple__remote *remote = first_of(telling);
    int rc = meeple__speak_reset(telling->world);

    if (rc == 0) {
        rc = send_out(telling, true);
    }
    if (rc == 0) {
        remote->seen.reset = false;
    }
    return rc;
}

/* The ids of what is gone; all in the group have the same. */
int meeple__tell_gone(struct meeple__telling *telling)
{
    struct meeple__remote *remote = first_of(telling);
    int rc = remote && remote->seen.reset ? tell_reset(telling) : 0;
    const uint32_t *gone;
    uint32_t count;

    while (rc == 0 && remote && (gone = meeple__seen_gone(&remote->seen, &count))) {
        rc = send_removal(telling, gone[0]);
        for (EACH_MEMBER(telling, remote)) {
            if (rc == 0) {
                meeple__seen_told_gone(&remote->seen);
            }
        }
        remote = first_of(telling);
    }
    return rc;
}
