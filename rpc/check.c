/* check: the server and each client compare what is spawned, by a hash, now and then. */
#include "rpc/check.h"

#include <string.h>

#include "rpc/codec_msgpack.h"
#include "rpc/hash64.h"
#include "rpc/look.h"
#include "rpc/replicate.h"
#include "rpc/sentence.h"
#include "transport/net.h"

enum {
    SLOTS_MAX = 4096,  /* of one CHECK, unless one object has more; an object counts as one, too */
    BATCH_MS = 160,    /* what a batch counts for where there is no clock */
    DOUBLINGS_MAX = 6, /* of the time between rounds */
    RETRY_MS = 100,    /* when there was no memory */
    CHUNK = 4096,      /* so many bytes are hashed at once */
    NO_VALUE = 0xc1    /* never used in msgpack */
};

static int add_slots(meeple_world *world, const struct meeple__layout *layout, uint8_t level,
                     const void *record, struct meeple__hash64 *hash)
{
    struct meeple__buf *buf = &world->states.entry;
    struct meeple__sink sink = {.buf = buf, .mem = world->mem, .ceiling = SIZE_MAX};
    struct meeple__sentence why;

    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        meeple_field field = meeple__layout_slot(layout, slot);
        size_t before = buf->len;
        int rc;

        if (!meeple__level_shows(level, field.flags) ||
            !meeple__layout_present(layout, slot, record)) {
            continue;
        }
        meeple__sentence_init(&why);
        rc = meeple__msgpack_write_field(&sink, &field, 0, record, &why);
        if (rc == MEEPLE_EINVAL) {
            /* Out of its bounds, which the application alone can have done. */
            buf->len = before;
            meeple__sink_u8(&sink, NO_VALUE);
            rc = sink.rc;
        }
        if (rc < 0) {
            return rc;
        }
        meeple__hash64_one_nan(field.type, buf->ptr + before, buf->len - before);
        if (buf->len >= CHUNK) {
            meeple__hash64_add(hash, (meeple_bytes){buf->ptr, buf->len});
            meeple__buf_clear(buf);
        }
    }
    return 0;
}

int meeple__check_add(meeple_world *world, const meeple_object *object, uint8_t level,
                      bool with_state, const void *record, uint64_t *sum)
{
    const struct meeple__replica *replica = object->replica;
    struct meeple__buf *buf = &world->states.entry;
    struct meeple__sink sink = {.buf = buf, .mem = world->mem, .ceiling = SIZE_MAX};
    struct meeple__hash64 hash = meeple__hash64_begin();
    int rc;

    meeple__buf_clear(buf);
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_SPAWN,
                                                           .number = replica->id,
                                                           .master = object->master,
                                                           .term = replica->term,
                                                           .owner = replica->view.owner,
                                                           .level = level,
                                                           .name = {(const uint8_t *)object->path,
                                                                    strlen(object->path)}});
    rc = sink.rc;
    if (rc == 0 && with_state) {
        rc = add_slots(world, replica->layout, level, record, &hash);
    }
    if (rc == 0) {
        meeple__hash64_add(&hash, (meeple_bytes){buf->ptr, buf->len});
        *sum += meeple__hash64_end(hash);
    }
    meeple__buf_clear(buf);
    return rc;
}

int meeple__check_compare(meeple_world *world, const struct meeple__command *command, bool *same)
{
    uint64_t sum = 0;

    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);
        const struct meeple__replica *replica = object->replica;
        int rc;

        if (!replica || replica->id < command->number || replica->id > command->last) {
            continue;
        }
        rc = meeple__check_add(world, object, replica->level, object->master != world->id,
                               object->self, &sum);
        if (rc < 0) {
            return rc;
        }
    }
    *same = sum == command->hash;
    return 0;
}

/* The objects from the id `number` on, as many as one CHECK is about: fills in the rest of it. */
static int sum_up(meeple_world *world, const struct meeple__remote *remote,
                  struct meeple__command *command)
{
    uint32_t slots = 0;

    command->last = UINT32_MAX;
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);
        const struct meeple__replica *replica = object->replica;
        uint8_t level;
        uint32_t cost = 1;
        int rc;

        /* They lie in the order of their ids. */
        if (!replica || replica->id < command->number) {
            continue;
        }
        rc = meeple__look_waits(object, remote);
        if (rc < 0) {
            return rc;
        }
        level = meeple__look_level(object, remote);
        if (level != MEEPLE__SEES_NOTHING && object->master != remote->id) {
            cost += replica->layout->slot_count;
        }
        if (slots > 0 && slots + cost > SLOTS_MAX) {
            command->last = replica->id - 1;
            return 0;
        }
        slots += cost;
        if (level != MEEPLE__SEES_NOTHING) {
            rc = meeple__check_add(world, object, level, object->master != remote->id,
                                   replica->shadow, &command->hash);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* Never 0 as long as anything was spawned. */
static uint64_t clock_of(const meeple_world *world)
{
    uint64_t now_ms = meeple__net_now_ms(world->net);

    return now_ms > 0 ? now_ms : world->states.batches * BATCH_MS;
}

static uint64_t next_round(const meeple_world *world, const struct meeple__remote *remote)
{
    return clock_of(world) + ((uint64_t)world->check_interval_ms << remote->checked.doublings);
}

static void set_due(meeple_world *world, struct meeple__remote *remote, uint64_t due)
{
    remote->checked.due = due;
    if (remote->checked.turn.place > 0) {
        meeple__heap_set(&world->checks, &remote->checked.turn, due);
    }
}

static int say_check(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__checked *checked = &remote->checked;
    struct meeple__command command = {.type = MEEPLE__COMMAND_CHECK,
                                      .number = checked->next_id > 0 ? checked->next_id : 1};
    struct meeple__sink sink;
    int rc = sum_up(world, remote, &command);

    if (rc < 0) {
        return rc;
    }
    sink = meeple__world_sink(world);
    meeple__command_write(&sink, &command);
    rc = sink.rc;
    if (rc == 0) {
        rc = meeple__net_room(world->net, remote->id, world->ahead_max)
                 ? meeple_net_send(world->net, remote->id, meeple__world_tx(world))
                 : MEEPLE_EFULL;
    }
    if (rc < 0) {
        return rc;
    }
    world->states.packets++;
    world->states.encodings++;
    world->states.bytes += world->tx.len;
    world->states.checks++;
    if (command.number == 1) {
        /* The last round had nothing to mend. */
        checked->doublings = checked->may_ask ? 0 : checked->doublings;
        checked->may_ask = true;
    }
    checked->next_id = command.last < UINT32_MAX ? command.last + 1 : 0;
    if (checked->next_id == 0) {
        set_due(world, remote, next_round(world, remote));
    }
    return 0;
}

/* Whether there is anything to compare, and who would. */
static bool checks(const meeple_world *world)
{
    return world->check_interval_ms != UINT32_MAX && world->states.last_id > 0 && world->up &&
           !world->freeing && meeple_net_is_server(world->net);
}

static bool may_be_checked(const meeple_world *world, const struct meeple__remote *remote)
{
    return remote->heard && meeple__replicated(world, remote);
}

static struct meeple__remote *remote_of(struct meeple__deadline *turn)
{
    return MEEPLE__CONTAINER(turn, struct meeple__remote, checked.turn);
}

void meeple__check_follow(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__checked *checked = &remote->checked;

    if (checked->turn.place > 0 || !checks(world) || !may_be_checked(world, remote)) {
        return;
    }
    if (checked->due == 0) {
        checked->due = next_round(world, remote);
    }
    meeple__heap_set(&world->checks, &checked->turn, checked->due);
}

void meeple__check_forget(meeple_world *world, struct meeple__remote *remote)
{
    meeple__heap_set(&world->checks, &remote->checked.turn, UINT64_MAX);
}

/* The one whose turn is first, NULL if there is none.  Whose round began first goes on first, so
 * that everyone has a turn. */
static struct meeple__remote *first_of(meeple_world *world)
{
    struct meeple__deadline *first;

    while ((first = meeple__heap_first(&world->checks)) &&
           !may_be_checked(world, remote_of(first))) {
        /* It comes back when it has been told everything. */
        meeple__check_forget(world, remote_of(first));
    }
    return first ? remote_of(first) : NULL;
}

void meeple__check_turn(meeple_world *world)
{
    struct meeple__remote *next = checks(world) ? first_of(world) : NULL;
    int rc;

    if (!next || next->checked.due > clock_of(world)) {
        return;
    }
    rc = say_check(world, next);
    if (rc == MEEPLE_EFULL) {
        next->seen.blocked = true;
    } else if (rc < 0) {
        set_due(world, next, clock_of(world) + RETRY_MS);
    }
}

int meeple__check_wait_ms(const meeple_world *world)
{
    const struct meeple__deadline *first =
        checks(world) ? meeple__heap_first(&world->checks) : NULL;
    uint64_t now_ms = first ? clock_of(world) : 0;

    if (!first) {
        return -1;
    }
    if (first->at_ms <= now_ms) {
        return 0;
    }
    return first->at_ms < now_ms + INT32_MAX && meeple__net_now_ms(world->net) > 0
               ? (int)(first->at_ms - now_ms)
               : -1;
}

bool meeple__check_failed(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__checked *checked = &remote->checked;

    if (!checked->may_ask) {
        return false;
    }
    checked->may_ask = false;
    if (checked->doublings < DOUBLINGS_MAX) {
        checked->doublings++;
    }
    checked->next_id = 0;
    set_due(world, remote, next_round(world, remote));
    return true;
}
