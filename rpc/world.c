/* world: its life, and the poll that everything happens in. */
#include "rpc/world.h"

#include <stdalign.h>
#include <stddef.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/answer.h"
#include "rpc/check.h"
#include "rpc/dialect.h"
#include "rpc/due.h"
#include "rpc/flush.h"
#include "rpc/held.h"
#include "rpc/receive.h"
#include "transport/net.h"

enum {
    OBJECTS_MAX = 4096,
    LOCAL_BYTES_MAX = 1 << 20,
    CHECK_INTERVAL_MS = 10000,
    HELD_BYTES_MAX = 1 << 20,
    VALUE_BYTES_MAX = 16 << 20,
    CONTENT_BYTES_MAX = 64 << 20,
    VALUE_MOST = 1 << 30,  /* a length of 32 bits, with something in front */
    AHEAD_MAX = 64 * 1024, /* and a quarter of the queue */
    TURNS_MAX = 1024,      /* events and calls that one poll handles */
    PACKET_LEAST = 16,     /* of the net; what every world has to say to a peer is shorter */
    LAG_MS = 10            /* how long to wait for memory to announce with */
};

struct meeple__remote *meeple__world_remote(const meeple_world *world, int32_t id)
{
    struct meeple__map_link *link =
        meeple__map_find(&world->remotes, meeple__hash_u32((uint32_t)id));

    while (link) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, by_id);

        if (remote->id == id) {
            return remote;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

void *meeple__world_arg(const meeple_world *world, struct meeple__scratch *scratch,
                        const meeple_rpc_type *type, size_t strings_size, char **strings)
{
    const size_t unit = alignof(max_align_t);
    size_t head = (type->size + unit - 1) / unit * unit;
    size_t size = head + strings_size;

    if (size > scratch->size) {
        size_t doubled = scratch->size * 2;
        size_t bigger = size > doubled ? size : doubled;
        void *ptr = meeple__resize(world->mem, NULL, bigger);

        if (!ptr) {
            return NULL;
        }
        meeple__free(world->mem, scratch->ptr);
        *scratch = (struct meeple__scratch){ptr, bigger};
    }
    *strings = (char *)scratch->ptr + head;
    return scratch->ptr;
}

static struct meeple__sink sink_to(const meeple_world *world, struct meeple__buf *buf)
{
    meeple__buf_clear(buf);
    return (struct meeple__sink){.buf = buf, .mem = world->mem, .ceiling = world->packet_max};
}

struct meeple__sink meeple__world_sink(meeple_world *world)
{
    return sink_to(world, &world->tx);
}

struct meeple__sink meeple__world_sink_aside(meeple_world *world)
{
    return sink_to(world, &world->aside);
}

static void destroy(meeple_world *world)
{
    const meeple_mem *mem = world->mem;

    while (!meeple__list_empty(&world->remote_list)) {
        struct meeple__remote *remote =
            MEEPLE__CONTAINER(world->remote_list.next, struct meeple__remote, link);

        meeple__list_remove(&remote->link);
        meeple__list_remove(&remote->lacking);
        meeple__remote_free(remote, mem);
    }
    meeple__map_done(&world->remotes, mem);
    meeple__heap_done(&world->checks, mem);
    meeple__states_drop(&world->states, mem);
    meeple__objects_done(&world->objects, mem);
    meeple__states_done(&world->states, mem);
    meeple__classes_done(&world->classes, mem);
    meeple__local_done(&world->local, mem);
    meeple__buf_done(&world->tx, mem);
    meeple__buf_done(&world->aside, mem);
    meeple__free(mem, world->answering.ptr);
    meeple__free(mem, world->calling.ptr);
    meeple_net_free(world->net);
    meeple__free(mem, world);
}

/* NULL if that is none for a world, or not the one that was asked for. */
static const struct meeple__dialect *speaks(const meeple_net *net,
                                            const meeple_world_options *options)
{
    meeple_dialect name = meeple__net_dialect(net);

    return options->dialect == MEEPLE_DIALECT_NATIVE || options->dialect == name
               ? meeple__dialect_of(name)
               : NULL;
}

int meeple_world_new(meeple_world **out, meeple_net *net, const meeple_world_options *options)
{
    static const meeple_world_options defaults = {0};
    const meeple_world_options *given = options ? options : &defaults;
    const struct meeple__dialect *dialect = net ? speaks(net, given) : NULL;
    meeple_world *world;
    int rc;

    if (out) {
        *out = NULL;
    }
    if (!out || !dialect || meeple__net_packet_max(net) < PACKET_LEAST) {
        meeple_net_free(net);
        return MEEPLE_EINVAL;
    }
    world = meeple__alloc(given->mem, sizeof *world);
    if (!world) {
        meeple_net_free(net);
        return MEEPLE_ENOMEM;
    }
    world->dialect = dialect;
    world->net = net;
    world->mem = given->mem;
    world->log = given->log;
    world->on_event = given->on_event;
    world->on_refused = given->on_refused;
    world->user = given->user;
    world->objects_max = given->objects_max ? given->objects_max : OBJECTS_MAX;
    world->check_interval_ms =
        given->check_interval_ms ? given->check_interval_ms : CHECK_INTERVAL_MS;
    world->local_bytes_max = given->local_bytes_max ? given->local_bytes_max : LOCAL_BYTES_MAX;
    world->held_bytes_max = given->held_bytes_max ? given->held_bytes_max : HELD_BYTES_MAX;
    world->value_bytes_max = given->value_bytes_max ? given->value_bytes_max : VALUE_BYTES_MAX;
    world->value_bytes_max =
        world->value_bytes_max < VALUE_MOST ? world->value_bytes_max : VALUE_MOST;
    world->content_bytes_max =
        given->content_bytes_max ? given->content_bytes_max : CONTENT_BYTES_MAX;
    world->packet_max = meeple__net_packet_max(net);
    world->ahead_max = meeple__net_queue_max(net) / 4;
    world->ahead_max = world->ahead_max < AHEAD_MAX ? world->ahead_max : AHEAD_MAX;
    meeple__objects_init(&world->objects);
    meeple__list_init(&world->remote_list);
    meeple__list_init(&world->lacking);
    meeple__states_init(&world->states, world->packet_max);
    rc = meeple__states_register(world, given->classes);
    if (rc < 0) {
        destroy(world);
        return rc;
    }
    *out = world;
    return 0;
}

void meeple_world_free(meeple_world *world)
{
    if (!world) {
        return;
    }
    if (world->polling) {
        world->freeing = true;
    } else if (world->states.asking) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc", "the world stays: a filter runs in it");
    } else {
        destroy(world);
    }
}

void *meeple_world_user(const meeple_world *world)
{
    return world ? world->user : NULL;
}

meeple_net *meeple_world_net(const meeple_world *world)
{
    return world ? world->net : NULL;
}

/* The shorter of two times; below 0: for ever. */
static int shorter(int left_ms, int right_ms)
{
    return right_ms < 0 || (left_ms >= 0 && left_ms < right_ms) ? left_ms : right_ms;
}

/* No longer than until there is something to do that no event tells of. */
static int no_longer(const meeple_world *world, int timeout_ms)
{
    int left_ms;

    if (timeout_ms == 0) {
        return 0;
    }
    left_ms = shorter(meeple__check_wait_ms(world), meeple__flush_wait_ms(world));
    if (world->lags) {
        left_ms = shorter(left_ms, LAG_MS);
    }
    return shorter(timeout_ms, left_ms);
}

/* Does not wait for long while there is no memory to announce with: nobody tells us when there is.
 */
static int next_event(meeple_world *world, int timeout_ms)
{
    world->lags = !world->dialect->tell(world);
    world->told_sequence = world->objects.added;
    return meeple_net_next(world->net, &world->event,
                           world->states.sated || world->drained ? 0
                                                                 : no_longer(world, timeout_ms));
}

/* One event of the net: 1 if there was one, 0, or an error. */
static int event_turn(meeple_world *world, int timeout_ms)
{
    int rc;

    if (!world->held) {
        rc = next_event(world, timeout_ms);
        if (rc <= 0) {
            return rc;
        }
    }
    rc = meeple__receive(world, &world->event);
    world->held = rc < 0;
    if (rc >= 0) {
        world->states.entries_taken = 0;
    }
    return rc < 0 ? rc : 1;
}

/* Handlers of our own go first, so that nothing that comes in overtakes what a handler has called
 * or changed: 1 if there was one, 0, or an error. */
static int own_turn(meeple_world *world)
{
    if (meeple__due_turn(world) || meeple__held_turn(world)) {
        return 1;
    }
    return meeple__local_empty(&world->local) ? 0 : meeple__answer_local(world);
}

int meeple_world_wait_ms(const meeple_world *world)
{
    if (!world || world->down) {
        return -1;
    }
    if (world->held || !meeple__local_empty(&world->local) || meeple__due_waits(world) ||
        meeple__flush_waits(world) || world->states.sated || world->drained ||
        world->told_sequence != world->objects.added) {
        return 0;
    }
    return no_longer(world, meeple_net_wait_ms(world->net));
}

int meeple_world_poll(meeple_world *world, int timeout_ms)
{
    int turns = 0;
    int rc = 1;
    bool heard = false, ran = false;

    if (!world || timeout_ms < -1) {
        return MEEPLE_EINVAL;
    }
    if (world->polling || world->states.asking) {
        return MEEPLE_ESTATE;
    }
    if (world->down) {
        return MEEPLE_ECLOSED;
    }
    world->polling = true;
    world->states.sated = false;
    meeple__flush_poll(world);
    while (rc > 0 && turns < TURNS_MAX && !world->freeing && !world->down) {
        rc = own_turn(world);
        if (rc == 0) {
            rc = event_turn(world, turns > 0 ? 0 : timeout_ms);
            heard = heard || rc > 0;
        }
        turns += rc > 0;
        ran = ran || rc != 0;
        if (rc == 0) {
            /* What the handlers have changed may be for handlers of ours. */
            meeple__flush_after(world, ran);
            ran = false;
            rc = meeple__due_waits(world);
        }
    }
    if (rc > 0 && !heard && !world->freeing && !world->down) {
        /* A handler that calls itself for ever may not shut the others out. */
        rc = event_turn(world, 0);
        turns += rc > 0;
    }
    meeple__flush_after(world, ran);
    meeple__check_turn(world);
    world->polling = false;
    if (world->freeing) {
        destroy(world);
        return MEEPLE_ECLOSED;
    }
    meeple__objects_sweep(&world->objects, world->mem);
    meeple_net_flush(world->net);
    world->states.spent = 0;
    return rc < 0 ? rc : turns + world->states.sated;
}
