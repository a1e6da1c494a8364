/* call: a call that we make: to whom it goes, whether it runs here, what is in the way. */
#include <meeple/world.h>

#include "core/log.h"
#include "rpc/dialect.h"
#include "rpc/flush.h"

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

static int queue_here(const struct meeple__calling *calling)
{
    struct meeple__local local = {.kind = MEEPLE__LOCAL_CALL,
                                  .sequence = calling->object->sequence,
                                  .number = calling->object->number,
                                  .method = (uint8_t)calling->method,
                                  .len = (uint32_t)calling->args.len};

    return meeple__local_add(&calling->world->local, calling->world->mem, &local, calling->args,
                             calling->world->local_bytes_max);
}

static int encode(struct meeple__calling *calling, const void *arg)
{
    struct meeple__sentence why;
    int rc;

    meeple__sentence_init(&why);
    rc = calling->world->dialect->encode(calling, arg, &why);
    if (rc == MEEPLE_EINVAL) {
        meeple__log(calling->world->log, MEEPLE_LOG_WARN, "rpc", "we called %s.%s: %s",
                    calling->object->path, calling->type->name, why.text);
    }
    return rc;
}

/* The target is one, and the mode lets us. */
static int make(struct meeple__calling *calling, const void *arg)
{
    meeple_world *world = calling->world;
    int rc;

    /* What was changed before the call goes before it. */
    meeple__flush(world);
    rc = encode(calling, arg);
    if (rc == 0 && calling->plan.run_here) {
        rc = queue_here(calling);
    }
    if (rc == 0 && calling->plan.send) {
        rc = world->dialect->send(calling);
        if (rc < 0 && calling->plan.run_here) {
            meeple__local_undo(&world->local, calling->args.len);
        }
    }
    return rc;
}

int meeple_object_call(meeple_object *object, int32_t to, const meeple_rpc_type *type,
                       const void *arg)
{
    struct meeple__calling calling = {.object = object, .type = type, .to = to};
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
    calling.plan = meeple__policy_call(meeple__object_mode(object, calling.method),
                                       calling.world->id, object->master, to);
    if (calling.plan.refused) {
        return MEEPLE_EDENIED;
    }
    return make(&calling, arg);
}
