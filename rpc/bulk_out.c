/* bulk_out: values too long for a packet of their own, on their way to a peer in fragments. */
#include "rpc/bulk_out.h"

#include <assert.h>

#include "core/mem.h"
#include "rpc/codec_msgpack.h"
#include "rpc/content.h"
#include "rpc/look.h"
#include "rpc/sentence.h"
#include "rpc/speak.h"
#include "transport/net.h"

enum {
    PATIENCE = 8 /* batches that go before a fragment, however little room they leave */
};

/* An encoding, shared by those who are sent it. */
struct bulk {
    struct meeple__list link; /* of the replica's */
    uint32_t slot, refs;
    uint64_t stamp;
    struct meeple__buf bytes;
};

/* What one peer is sent. */
struct delivery {
    struct meeple__list of_peer, of_object;
    struct meeple__remote *remote;
    struct meeple__replica *replica;
    uint32_t slot;
    uint32_t term;     /* when it was told */
    uint64_t stamp;    /* of the slot, then */
    struct bulk *bulk; /* NULL: nothing was sent yet */
    size_t offset;
};

bool meeple__bulk_may_be_long(const meeple_field *slot)
{
    return slot->type == MEEPLE_TYPE_CHARS || meeple__content_is(slot->type);
}

bool meeple__bulk_is_long(const meeple_world *world, const meeple_field *slot, const void *record,
                          size_t *size)
{
    if (!meeple__bulk_may_be_long(slot)) {
        return false;
    }
    *size = meeple__msgpack_field_size(slot, record);
    return *size > world->states.slot_max;
}

static void release(struct delivery *delivery, const meeple_mem *mem)
{
    struct bulk *bulk = delivery->bulk;

    delivery->bulk = NULL;
    delivery->offset = 0;
    if (bulk && --bulk->refs == 0) {
        meeple__list_remove(&bulk->link);
        meeple__buf_done(&bulk->bytes, mem);
        meeple__free(mem, bulk);
    }
}

static void drop(struct delivery *delivery, const meeple_mem *mem)
{
    release(delivery, mem);
    meeple__list_remove(&delivery->of_peer);
    meeple__list_remove(&delivery->of_object);
    meeple__free(mem, delivery);
}

static struct delivery *find(const struct meeple__remote *remote, struct meeple__replica *replica,
                             uint32_t slot)
{
    for (struct meeple__list *link = replica->deliveries.next; link != &replica->deliveries;
         link = link->next) {
        struct delivery *delivery = MEEPLE__CONTAINER(link, struct delivery, of_object);

        if (delivery->remote == remote && delivery->slot == slot) {
            return delivery;
        }
    }
    return NULL;
}

int meeple__bulk_add(const meeple_world *world, struct meeple__remote *remote,
                     struct meeple__replica *replica, uint32_t slot, bool anew)
{
    struct delivery *delivery = find(remote, replica, slot);

    if (!delivery) {
        delivery = meeple__alloc(world->mem, sizeof *delivery);
        if (!delivery) {
            return MEEPLE_ENOMEM;
        }
        delivery->remote = remote;
        delivery->replica = replica;
        delivery->slot = slot;
        meeple__list_init(&delivery->of_peer);
        meeple__list_init(&delivery->of_object);
        if (meeple__list_empty(&remote->deliveries)) {
            remote->bulk_stamp = world->states.stamp;
        }
        meeple__list_append(&remote->deliveries, &delivery->of_peer);
        meeple__list_append(&replica->deliveries, &delivery->of_object);
    } else if (anew) {
        release(delivery, world->mem);
    }
    if (!delivery->bulk) {
        delivery->term = replica->term;
        delivery->stamp = replica->stamps[slot];
    }
    return 0;
}

void meeple__bulk_drop(const meeple_world *world, const struct meeple__remote *remote,
                       struct meeple__replica *replica, uint32_t slot)
{
    struct delivery *delivery = find(remote, replica, slot);

    if (delivery) {
        drop(delivery, world->mem);
    }
}

void meeple__bulk_hide(const meeple_world *world, const struct meeple__remote *remote,
                       struct meeple__replica *replica, uint8_t level)
{
    struct meeple__list *next;

    for (struct meeple__list *link = replica->deliveries.next; link != &replica->deliveries;
         link = next) {
        struct delivery *delivery = MEEPLE__CONTAINER(link, struct delivery, of_object);
        meeple_field field = meeple__layout_slot(replica->layout, delivery->slot);

        next = link->next;
        if (delivery->remote == remote && !meeple__level_shows(level, field.flags)) {
            drop(delivery, world->mem);
        }
    }
}

void meeple__bulk_forget_object(struct meeple__replica *replica, const meeple_mem *mem)
{
    while (!meeple__list_empty(&replica->deliveries)) {
        drop(MEEPLE__CONTAINER(replica->deliveries.next, struct delivery, of_object), mem);
    }
}

void meeple__bulk_forget_peer(struct meeple__remote *remote, const meeple_mem *mem)
{
    while (!meeple__list_empty(&remote->deliveries)) {
        drop(MEEPLE__CONTAINER(remote->deliveries.next, struct delivery, of_peer), mem);
    }
}

enum verdict {
    GOES,
    WAITS, /* for what is told before it */
    IN_VAIN
};

/* Whether the peer may have it now.  Whoever has an object, and may change it, has the newest. */
static enum verdict judge(const meeple_world *world, const struct delivery *delivery)
{
    const struct meeple__replica *replica = delivery->replica;
    const struct meeple__remote *remote = delivery->remote;
    const meeple_object *object = replica->object;
    meeple_field field = meeple__layout_slot(replica->layout, delivery->slot);

    if (!meeple__layout_present(replica->layout, delivery->slot, replica->shadow)) {
        return IN_VAIN;
    }
    if (!meeple_net_is_server(world->net)) {
        return object->master == world->id && delivery->term == replica->term ? GOES : IN_VAIN;
    }
    if (object->master == remote->id && replica->stamps[delivery->slot] > delivery->stamp) {
        return IN_VAIN;
    }
    return meeple__seen_view(&remote->seen, object->number) != 0 &&
                   meeple__look_waits(object, remote) == 0 &&
                   meeple__level_shows(meeple__look_level(object, remote), field.flags)
               ? GOES
               : WAITS;
}

/* NULL: none can be sent now. */
static struct delivery *first_of(const meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__list *next;

    for (struct meeple__list *link = remote->deliveries.next; link != &remote->deliveries;
         link = next) {
        struct delivery *delivery = MEEPLE__CONTAINER(link, struct delivery, of_peer);
        enum verdict verdict = judge(world, delivery);

        next = link->next;
        if (verdict == IN_VAIN) {
            drop(delivery, world->mem);
            continue;
        }
        /* A change that is in no batch yet could be followed by another of the same stamp. */
        if (verdict == GOES &&
            (delivery->bulk || delivery->replica->stamps[delivery->slot] <= world->states.stamp)) {
            return delivery;
        }
    }
    return NULL;
}

static int encode(const meeple_world *world, struct delivery *delivery)
{
    struct meeple__replica *replica = delivery->replica;
    meeple_field field = meeple__layout_slot(replica->layout, delivery->slot);
    struct bulk *bulk = meeple__alloc(world->mem, sizeof *bulk);
    struct meeple__sink sink = {.mem = world->mem, .ceiling = SIZE_MAX};
    struct meeple__sentence why;
    int rc;

    if (!bulk) {
        return MEEPLE_ENOMEM;
    }
    sink.buf = &bulk->bytes;
    meeple__sentence_init(&why);
    rc = meeple__msgpack_write_field(&sink, &field, 0, replica->shadow, &why);
    if (rc < 0) {
        meeple__buf_done(&bulk->bytes, world->mem);
        meeple__free(world->mem, bulk);
        return rc;
    }
    bulk->slot = delivery->slot;
    bulk->stamp = replica->stamps[delivery->slot];
    bulk->refs = 1;
    meeple__list_init(&bulk->link);
    meeple__list_append(&replica->bulks, &bulk->link);
    delivery->bulk = bulk;
    return 0;
}

/* With what the shadow has now, which others may be on the way to get, too. */
static int begin(const meeple_world *world, struct delivery *delivery)
{
    struct meeple__replica *replica = delivery->replica;

    for (struct meeple__list *link = replica->bulks.next; link != &replica->bulks;
         link = link->next) {
        struct bulk *bulk = MEEPLE__CONTAINER(link, struct bulk, link);

        if (bulk->slot == delivery->slot && bulk->stamp == replica->stamps[bulk->slot]) {
            bulk->refs++;
            delivery->bulk = bulk;
            return 0;
        }
    }
    return encode(world, delivery);
}

/* It is whole at the peer.  If it has changed meanwhile the newest follows. */
static void finish(const meeple_world *world, struct delivery *delivery)
{
    struct meeple__replica *replica = delivery->replica;

    if (delivery->bulk->stamp == replica->stamps[delivery->slot]) {
        drop(delivery, world->mem);
        return;
    }
    release(delivery, world->mem);
    delivery->stamp = replica->stamps[delivery->slot];
    meeple__list_remove(&delivery->of_peer);
    meeple__list_append(&delivery->remote->deliveries, &delivery->of_peer);
}

/* 1: that was the last of it. */
static int send_fragment(meeple_world *world, struct delivery *delivery)
{
    struct meeple__fragment fragment = {.slot = delivery->slot, .offset = delivery->offset};
    int rc = delivery->bulk ? 0 : begin(world, delivery);

    if (rc < 0) {
        return rc;
    }
    fragment.all = (meeple_bytes){delivery->bulk->bytes.ptr, delivery->bulk->bytes.len};
    rc = meeple__speak_fragment(world, delivery->replica->object, &fragment);
    if (rc == 0) {
        rc = meeple_net_send(world->net, delivery->remote->id, meeple__world_tx(world));
    }
    if (rc < 0) {
        return rc;
    }
    world->states.packets++;
    world->states.bytes += world->tx.len;
    delivery->remote->bulk_stamp = world->states.stamp;
    delivery->offset = fragment.offset;
    if (delivery->offset < fragment.all.len) {
        return 0;
    }
    finish(world, delivery);
    return 1;
}

static bool is_overdue(const meeple_world *world, const struct meeple__remote *remote)
{
    return world->states.stamp >= remote->bulk_stamp + PATIENCE;
}

int meeple__bulk_send_overdue(meeple_world *world, struct meeple__remote *remote)
{
    struct delivery *delivery = is_overdue(world, remote) ? first_of(world, remote) : NULL;

    return delivery && meeple__net_room(world->net, remote->id, world->ahead_max)
               ? send_fragment(world, delivery)
               : 0;
}

int meeple__bulk_send(meeple_world *world, struct meeple__remote *remote)
{
    struct delivery *delivery = first_of(world, remote);
    int rc = 0;

    while (rc == 0 && delivery &&
           meeple__net_room(world->net, remote->id,
                            is_overdue(world, remote) ? world->ahead_max : world->ahead_max / 2)) {
        rc = send_fragment(world, delivery);
    }
    return rc;
}
