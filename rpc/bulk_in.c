/* bulk_in: values that come in fragments, until they are whole. */
#include "rpc/bulk_in.h"

#include <inttypes.h>

#include <meeple/state.h>

#include "core/mem.h"
#include "rpc/entry.h"
#include "rpc/flush.h"
#include "rpc/repair.h"
#include "rpc/spawn.h"

/* Of one peer.  Each slot of a STATE looks for its own among those of the object, so that a server
 * lets no client have many; one value comes after the other anyway.  Of those a part may be such as
 * are only said to come. */
enum {
    ARRIVALS_MAX = 4096,
    SERVER_ARRIVALS_MAX = 64,
    SERVER_EXPECTED_MAX = 32
};

/* Bytes are those of a STATE: an entry with one slot, whose value they end with. */
struct arrival {
    struct meeple__list link; /* of the replica's */
    const meeple_mem *mem;
    struct meeple__buf bytes;
    size_t head; /* of the bytes; 0: it was only said that a value comes */
    uint32_t slot, total;
    int32_t from;
};

static size_t here(const struct arrival *arrival)
{
    return arrival->bytes.len - arrival->head;
}

static struct arrival *find(const struct meeple__replica *replica, uint32_t slot)
{
    for (struct meeple__list *link = replica->arrivals.next; link != &replica->arrivals;
         link = link->next) {
        struct arrival *arrival = MEEPLE__CONTAINER(link, struct arrival, link);

        if (arrival->slot == slot) {
            return arrival;
        }
    }
    return NULL;
}

static void empty(const meeple_world *world, struct arrival *arrival)
{
    struct meeple__remote *remote = meeple__world_remote(world, arrival->from);

    if (remote) {
        remote->arriving_bytes -= here(arrival);
    }
    meeple__buf_done(&arrival->bytes, arrival->mem);
    arrival->head = 0;
}

/* One that is in no list. */
static void discard(const meeple_world *world, struct arrival *arrival)
{
    struct meeple__remote *remote = meeple__world_remote(world, arrival->from);

    empty(world, arrival);
    if (remote) {
        remote->arrivals--;
    }
    meeple__free(arrival->mem, arrival);
}

static void drop(struct meeple__replica *replica, struct arrival *arrival)
{
    meeple__list_remove(&arrival->link);
    discard(replica->object->world, arrival);
}

void meeple__bulk_in_drop(struct meeple__replica *replica, uint32_t slot)
{
    struct arrival *arrival = find(replica, slot);

    if (arrival) {
        drop(replica, arrival);
    }
}

void meeple__bulk_in_drop_own(struct meeple__replica *replica, uint64_t stamp)
{
    struct meeple__list *next;

    for (struct meeple__list *link = replica->arrivals.next; link != &replica->arrivals;
         link = next) {
        struct arrival *arrival = MEEPLE__CONTAINER(link, struct arrival, link);

        next = link->next;
        if (replica->stamps[arrival->slot] == stamp) {
            drop(replica, arrival);
        }
    }
}

void meeple__bulk_in_drop_all(struct meeple__replica *replica)
{
    while (!meeple__list_empty(&replica->arrivals)) {
        drop(replica, MEEPLE__CONTAINER(replica->arrivals.next, struct arrival, link));
    }
}

size_t meeple_object_pending(const meeple_object *object)
{
    size_t bytes = 0;

    if (!object || !object->replica) {
        return 0;
    }
    for (struct meeple__list *link = object->replica->arrivals.next;
         link != &object->replica->arrivals; link = link->next) {
        const struct arrival *arrival = MEEPLE__CONTAINER(link, struct arrival, link);

        bytes += arrival->total - here(arrival);
    }
    return bytes;
}

static void refuse(meeple_world *world, const struct meeple__remote *remote, meeple_object *object,
                   meeple_refusal_rule rule, const char *why)
{
    struct meeple__sentence text;

    if (meeple_net_is_server(world->net)) {
        /* Its master has another value than everyone else. */
        meeple__spawn_insist(object, remote->id);
    }
    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " changed %s in fragments: %s", remote->id, object->path,
                why);
    meeple__entry_refuse(world, remote, rule, object->path, &text);
}

/* On the server: of what others may know, and the master may say. */
static bool is_stale(const meeple_world *world, const struct meeple__remote *remote,
                     const meeple_object *object, const struct meeple__command *command)
{
    if (!meeple_net_is_server(world->net)) {
        return false;
    }
    if (meeple__seen_view(&remote->seen, object->number) == 0) {
        return true;
    }
    return object->master == remote->id ? command->term != object->replica->term
                                        : meeple__seen_was_master(&remote->seen, object->number);
}

/* NULL, or what is wrong, whatever the value. */
static const char *fault_of(const meeple_world *world, const meeple_object *object,
                            const struct meeple__command *command)
{
    const struct meeple__replica *replica = object->replica;
    bool is_server = meeple_net_is_server(world->net);
    meeple_field field;

    if (command->slot >= replica->layout->slot_count) {
        return "it has no such slot";
    }
    field = meeple__layout_slot(replica->layout, command->slot);
    return !meeple__level_shows(is_server ? MEEPLE__SEES_ALL : replica->level, field.flags) ||
                   (is_server && (field.flags & MEEPLE_ON_SPAWN))
               ? "the field is not the sender's to change"
               : NULL;
}

static int add(const meeple_world *world, struct meeple__remote *remote,
               struct meeple__replica *replica, uint32_t slot, struct arrival **out)
{
    struct arrival *arrival = meeple__alloc(world->mem, sizeof *arrival);

    if (!arrival) {
        return MEEPLE_ENOMEM;
    }
    arrival->mem = world->mem;
    arrival->slot = slot;
    arrival->from = remote->id;
    meeple__list_init(&arrival->link);
    meeple__list_append(&replica->arrivals, &arrival->link);
    remote->arrivals++;
    *out = arrival;
    return 0;
}

/* What is in front of the value in a STATE; the length in it is that of a value that is whole. */
static int begin(const meeple_world *world, struct arrival *arrival,
                 const struct meeple__command *command)
{
    uint8_t bytes[20], inner[10], *end = inner;

    empty(world, arrival);
    if (meeple_net_is_server(world->net)) {
        end = meeple__write_varint(end, command->term);
    }
    end = meeple__write_varint(end, command->slot);
    arrival->head = (size_t)(end - inner);
    end = meeple__write_varint(bytes, command->number);
    end = meeple__write_varint(end, (uint32_t)arrival->head + command->total);
    end = meeple__write_bytes(end, (meeple_bytes){inner, arrival->head});
    arrival->head = (size_t)(end - bytes);
    arrival->total = command->total;
    if (meeple__buf_add(&arrival->bytes, world->mem, (meeple_bytes){bytes, arrival->head},
                        SIZE_MAX) < 0) {
        arrival->head = 0;
        return MEEPLE_ENOMEM;
    }
    return 0;
}

/* We are the object's master, and have changed the slot since: that is newer. */
static bool is_ours_by_now(meeple_world *world, const struct meeple__replica *replica,
                           uint32_t slot)
{
    if (meeple_net_is_server(world->net) || replica->object->master != world->id) {
        return false;
    }
    meeple__flush(world);
    return replica->stamps[slot] != 0;
}

/* It is taken as any other news. */
static int take_whole(meeple_world *world, const struct meeple__remote *remote,
                      struct meeple__replica *replica, struct arrival *arrival)
{
    uint32_t slot = arrival->slot;
    int rc;

    if (is_ours_by_now(world, replica, slot)) {
        world->states.stale++;
        meeple__bulk_in_drop(replica, slot);
        return 0;
    }
    /* A handler of on_refused may remove the object. */
    meeple__list_remove(&arrival->link);
    rc =
        meeple__entries_take(world, remote, (meeple_bytes){arrival->bytes.ptr, arrival->bytes.len});
    if (rc < 0) {
        meeple__list_append(&replica->arrivals, &arrival->link);
        return rc;
    }
    discard(world, arrival);
    return 0;
}

static uint32_t most(const meeple_world *world, bool expected)
{
    uint32_t server = expected ? SERVER_EXPECTED_MAX : SERVER_ARRIVALS_MAX;

    return meeple_net_is_server(world->net) ? server : ARRIVALS_MAX;
}

/* It was said only that there will be a value. */
static int expect(const meeple_world *world, struct meeple__remote *remote,
                  struct meeple__replica *replica, const struct meeple__command *command)
{
    struct arrival *arrival = find(replica, command->slot);
    int rc = 0;

    if (!arrival && remote->arrivals < most(world, true) &&
        command->total <= world->value_bytes_max) {
        rc = add(world, remote, replica, command->slot, &arrival);
    }
    if (rc == 0 && arrival && arrival->head == 0) {
        arrival->total = command->total;
    }
    return rc;
}

/* The first piece of a value; what had come of an older one is of no use. */
static int take_first(meeple_world *world, struct meeple__remote *remote, meeple_object *object,
                      const struct meeple__command *command, struct arrival **arrival)
{
    int rc = 0;

    if (command->total > world->value_bytes_max ||
        (!*arrival && remote->arrivals >= most(world, false))) {
        meeple__bulk_in_drop(object->replica, command->slot);
        *arrival = NULL;
        refuse(world, remote, object, MEEPLE_REFUSAL_LIMIT, "that is too much");
        return 0;
    }
    if (!*arrival) {
        rc = add(world, remote, object->replica, command->slot, arrival);
    }
    return rc < 0 ? rc : begin(world, *arrival, command);
}

/* The next piece of what has begun. */
static int take_piece(meeple_world *world, struct meeple__remote *remote, meeple_object *object,
                      const struct meeple__command *command, struct arrival *arrival)
{
    const char *why = "a piece of it is missing";
    meeple_refusal_rule rule = MEEPLE_REFUSAL_STATE;
    int rc;

    if (arrival->total == command->total && command->offset == here(arrival)) {
        why = "that is too much";
        rule = MEEPLE_REFUSAL_LIMIT;
        if (command->rest.len <= world->value_bytes_max - remote->arriving_bytes) {
            rc = meeple__buf_add(&arrival->bytes, world->mem, command->rest, SIZE_MAX);
            remote->arriving_bytes += rc == 0 ? command->rest.len : 0;
            return rc;
        }
    }
    meeple__bulk_in_drop(object->replica, command->slot);
    refuse(world, remote, object, rule, why);
    return 0;
}

static int take(meeple_world *world, struct meeple__remote *remote, meeple_object *object,
                const struct meeple__command *command)
{
    struct arrival *arrival = find(object->replica, command->slot);
    int rc = 0;

    if (command->offset == 0) {
        rc = take_first(world, remote, object, command, &arrival);
    }
    if (rc < 0) {
        return rc;
    }
    if (!arrival || arrival->head == 0) {
        world->states.stale++;
        return 0;
    }
    /* What is whole already has found no memory before. */
    if (here(arrival) < arrival->total) {
        rc = take_piece(world, remote, object, command, arrival);
        arrival = find(object->replica, command->slot);
    }
    return rc == 0 && arrival && here(arrival) == arrival->total
               ? take_whole(world, remote, object->replica, arrival)
               : rc;
}

int meeple__bulk_take(meeple_world *world, struct meeple__remote *remote,
                      const struct meeple__command *command)
{
    meeple_object *object = meeple__states_find(&world->states, command->number);
    const char *why;

    if (!object || is_stale(world, remote, object, command)) {
        world->states.stale++;
        return 0;
    }
    if (meeple_net_is_server(world->net) && object->master != remote->id) {
        refuse(world, remote, object, MEEPLE_REFUSAL_NOT_MASTER, "only its master may");
        return 0;
    }
    why = fault_of(world, object, command);
    if (why) {
        refuse(world, remote, object, MEEPLE_REFUSAL_STATE, why);
        return 0;
    }
    if (object->replica->keeps) {
        return 0;
    }
    if (command->rest.len == 0) {
        meeple__repair_spare(world, object->replica, command->slot);
    }
    return command->rest.len > 0 ? take(world, remote, object, command)
                                 : expect(world, remote, object->replica, command);
}
