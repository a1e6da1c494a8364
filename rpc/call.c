/* call: a call that we make: to whom it goes, whether it runs here, what is in the way. */
#include <meeple/world.h>

#include <inttypes.h>

#include "core/log.h"
#include "rpc/codec_msgpack.h"
#include "rpc/flush.h"
#include "rpc/held.h"
#include "rpc/lacking.h"
#include "rpc/look.h"
#include "rpc/policy.h"
#include "rpc/sentence.h"
#include "rpc/world.h"

/* One call, as far as it has been decided. */
struct calling {
    meeple_world *world;
    const meeple_object *object;
    const meeple_rpc_type *type;
    unsigned method;
    int32_t to;
    meeple_bytes args; /* inside the packet in the world's tx */
};

/* The peer is one for us and for the net: it may have been kicked, or not have been told of yet. */
static bool has_peer(const meeple_world *world, int32_t id)
{
    return meeple__world_remote(world, id) && meeple_net_has_peer(world->net, id);
}

/* All but ourselves is none, as in Godot: say MEEPLE_ALL to a method that does not run here. */
static bool is_target(const meeple_world *world, int32_t to)
{
    if (to == MEEPLE_ALL || to == world->id) {
        return true;
    }
    return to != INT32_MIN && has_peer(world, to > 0 ? to : MEEPLE_EXCEPT(to));
}

/* on_refused is a handler, and handlers run in poll. */
static void report(const struct calling *calling, int32_t peer, enum meeple__answer answer)
{
    meeple_world *world = calling->world;
    struct meeple__local local = {.kind = MEEPLE__LOCAL_REPORT,
                                  .sequence = calling->object->sequence,
                                  .number = calling->object->number,
                                  .method = (uint8_t)calling->method,
                                  .peer = peer,
                                  .answer = (uint8_t)answer};
    int rc = meeple__local_add(&world->local, world->mem, &local, (meeple_bytes){NULL, 0},
                               world->local_bytes_max);

    if (rc < 0) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc",
                    "peer %" PRId32 " does not answer %s.%s; it cannot be reported: %s", peer,
                    calling->object->path, calling->type->name, meeple_strerror(rc));
    }
}

/* Only the server knows who sees what it has spawned. */
static bool is_hidden(const struct calling *calling, const struct meeple__remote *remote)
{
    const meeple_object *object = calling->object;

    if (!object->replica || !meeple_net_is_server(calling->world->net)) {
        return false;
    }
    return remote->waits ? meeple__look_waits(object, remote) == 0 &&
                               meeple__look_level(object, remote) == MEEPLE__SEES_NOTHING
                         : meeple__seen_view(&remote->seen, object->number) == 0;
}

/* It has been told of the object and of all that was before, or will be first (remote->waits); of a
 * spawned one it may never be. */
static int prepare(const struct calling *calling, struct meeple__remote *remote)
{
    int rc = meeple__held_release(calling->world, remote);

    remote->waits = rc == 0 || rc == MEEPLE_ENOMEM;
    if (rc < 0 && !remote->waits) {
        return rc;
    }
    return is_hidden(calling, remote) ? MEEPLE_ENOTFOUND : 0;
}

/* Whether the one peer will understand: it knows the object, and answers the method. */
static int check_peer(const struct calling *calling, struct meeple__remote *remote)
{
    enum meeple__answer answer =
        meeple__remote_answer(remote, calling->object->methods, calling->method);

    if (answer != MEEPLE__ANSWERS) {
        report(calling, remote->id, answer);
        return MEEPLE_ENOTFOUND;
    }
    return prepare(calling, remote);
}

/* Whether everyone has been told all that was before, and will understand: nearly always, and then
 * nobody is looked at. */
static bool suits_all(const struct calling *calling)
{
    meeple_world *world = calling->world;
    const meeple_object *object = calling->object;
    bool may_be_hidden = object->replica && meeple_net_is_server(world->net);

    return !may_be_hidden && object->methods->unlike == 0 && world->deaf_count == 0 &&
           !meeple__lacking_any(world);
}

/* Marks those who will not understand, and those who wait; returns whether there are any. */
static bool pass_over(const struct calling *calling)
{
    const struct meeple__list *head = &calling->world->remote_list;
    bool any = false;

    if (suits_all(calling)) {
        return false;
    }
    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);
        int rc;

        remote->passed = remote->waits = false;
        rc = remote->id == MEEPLE_EXCEPT(calling->to) ? 0 : check_peer(calling, remote);
        remote->passed = rc < 0 && rc != MEEPLE_ESTATE;
        any = any || remote->passed || remote->waits;
        if (remote->passed && rc != MEEPLE_ENOTFOUND) {
            meeple__log(calling->world->log, MEEPLE_LOG_WARN, "rpc",
                        "peer %" PRId32 " misses %s.%s: %s", remote->id, calling->object->path,
                        calling->type->name, meeple_strerror(rc));
        }
    }
    return any;
}

static void write_head(struct meeple__sink *sink, const struct calling *calling)
{
    const meeple_object *object = calling->object;
    struct meeple__command command = {
        .type = MEEPLE__COMMAND_CALL, .number = object->number, .method = (uint8_t)calling->method};

    if (object->replica) {
        command.type = MEEPLE__COMMAND_CALL_SPAWNED;
        command.number = object->replica->id;
        command.class_number = object->methods->number;
    }
    meeple__command_write(sink, &command);
}

static int encode(struct calling *calling, const void *arg)
{
    meeple_world *world = calling->world;
    struct meeple__sink sink = meeple__world_sink(world);
    struct meeple__sentence why;
    size_t head;
    int rc;

    write_head(&sink, calling);
    head = world->tx.len;
    meeple__sentence_init(&why);
    rc = sink.rc < 0 ? sink.rc : meeple__msgpack_write(&sink, calling->type, arg, &why);
    if (rc == MEEPLE_EINVAL) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "we called %s.%s: %s",
                    calling->object->path, calling->type->name, why.text);
    }
    if (rc == 0) {
        calling->args = (meeple_bytes){world->tx.ptr + head, world->tx.len - head};
    }
    return rc;
}

static int queue_here(const struct calling *calling)
{
    struct meeple__local local = {.kind = MEEPLE__LOCAL_CALL,
                                  .sequence = calling->object->sequence,
                                  .number = calling->object->number,
                                  .method = (uint8_t)calling->method,
                                  .len = (uint32_t)calling->args.len};

    return meeple__local_add(&calling->world->local, calling->world->mem, &local, calling->args,
                             calling->world->local_bytes_max);
}

static int send_out(const struct calling *calling, bool one_by_one)
{
    meeple_world *world = calling->world;
    struct meeple__remote *remote = meeple__world_remote(world, calling->to);

    if (one_by_one) {
        return meeple__held_spread(world, calling->to, calling->object, calling->type->name);
    }
    return remote && remote->waits
               ? meeple__held_add(world, remote, calling->object)
               : meeple_net_send(world->net, calling->to, meeple__world_tx(world));
}

/* The target is one, and the mode lets us. */
static int make(struct calling *calling, struct meeple__plan plan, const void *arg)
{
    bool one_by_one = false;
    int rc = 0;

    /* What was changed before the call goes before it. */
    meeple__flush(calling->world);
    /* First, because announcements are made in the same buf. */
    if (plan.send && calling->to > 0) {
        rc = check_peer(calling, meeple__world_remote(calling->world, calling->to));
    } else if (plan.send) {
        one_by_one = pass_over(calling);
    }
    if (rc == 0) {
        rc = encode(calling, arg);
    }
    if (rc == 0 && plan.run_here) {
        rc = queue_here(calling);
    }
    if (rc == 0 && plan.send) {
        rc = send_out(calling, one_by_one);
        if (rc < 0 && plan.run_here) {
            meeple__local_undo(&calling->world->local, calling->args.len);
        }
    }
    return rc;
}

int meeple_object_call(meeple_object *object, int32_t to, const meeple_rpc_type *type,
                       const void *arg)
{
    struct calling calling = {.object = object, .type = type, .to = to};
    struct meeple__plan plan;
    int method;

    if (!object || !type || !arg) {
        return MEEPLE_EINVAL;
    }
    calling.world = object->world;
    if (object->removed || !calling.world->up || calling.world->freeing ||
        calling.world->states.asking) {
        return MEEPLE_ESTATE;
    }
    method = meeple__methods_find(object->methods, type);
    if (method < 0 || !is_target(calling.world, to)) {
        return MEEPLE_ENOTFOUND;
    }
    calling.method = (unsigned)method;
    plan = meeple__policy_call(object->cls->methods[method].mode, calling.world->id, object->master,
                               to);
    if (plan.refused) {
        return MEEPLE_EDENIED;
    }
    return make(&calling, plan, arg);
}
