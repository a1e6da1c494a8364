/* godot3_call: calls and bytes of ours as Godot 3 has them: by the id of a path, or by the path. */
#include "rpc/godot3.h"

#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "rpc/codec_godot3.h"
#include "rpc/codec_msgpack.h"
#include "rpc/held.h"
#include "transport/net.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

/* What sets a field is called "FIELD=" here. */
static void write_head(struct meeple__sink *sink, const struct meeple__calling *calling)
{
    meeple_bytes name = bytes_of(calling->type->name);

    if (meeple__methods_setter(calling->object->methods, calling->method)) {
        name.len--;
        meeple__godot3_write_head(sink, MEEPLE__GODOT3_SET, name, 1);
    } else {
        meeple__godot3_write_head(sink, MEEPLE__GODOT3_CALL, name,
                                  (uint8_t)calling->type->field_count);
    }
}

int meeple__godot3_encode(struct meeple__calling *calling, const void *arg,
                          struct meeple__sentence *why)
{
    const meeple_rpc_type *type = calling->type;
    meeple_world *world = calling->world;
    struct meeple__sink sink;
    int rc = 0;

    if (calling->plan.run_here) {
        sink = meeple__world_sink_aside(world);
        rc = meeple__msgpack_write(&sink, type, arg, why);
        calling->args = (meeple_bytes){world->aside.ptr, world->aside.len};
    }
    if (rc < 0 || !calling->plan.send) {
        return rc;
    }
    sink = meeple__world_sink(world);
    write_head(&sink, calling);
    return sink.rc < 0 ? sink.rc : meeple__variant_write_arguments(&sink, type, arg, why);
}

static enum meeple__told_path told(const struct meeple__remote *remote, const meeple_object *object)
{
    return meeple__paths_told(remote->paths, object->number, object->sequence);
}

/* Gives the path its id, once.  If that cannot be sent the call has the path in it all the same,
 * and the next one tries again. */
static void announce(const struct meeple__calling *calling, struct meeple__remote *remote)
{
    meeple_world *world = calling->world;
    const meeple_object *object = calling->object;
    struct meeple__sink sink;
    int rc;

    if (told(remote, object) != MEEPLE__PATH_UNTOLD) {
        return;
    }
    sink = meeple__world_sink_aside(world);
    meeple__godot3_write_simplify(&sink, meeple__path_id(object->number), bytes_of(object->path));
    rc = sink.rc;
    if (rc == 0) {
        rc = meeple__paths_tell(remote->paths, world->mem, object->number, object->sequence);
    }
    if (rc == 0) {
        rc = meeple_net_send(world->net, remote->id,
                             (meeple_bytes){world->aside.ptr, world->aside.len});
        if (rc < 0) {
            meeple__paths_untell(remote->paths, object->number);
        }
    }
    if (rc < 0) {
        meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                    "peer %" PRId32 " has no id for %s yet: %s", remote->id, object->path,
                    meeple_strerror(rc));
    }
}

/* Appends the path to the packet, and returns how long that was without it; or an error. */
static int append_path(const struct meeple__calling *calling, size_t *args_end)
{
    meeple_world *world = calling->world;
    struct meeple__sink sink = {.buf = &world->tx, .mem = world->mem, .ceiling = world->packet_max};

    *args_end = world->tx.len;
    meeple__godot3_write_path(&sink, bytes_of(calling->object->path));
    return sink.rc;
}

static void aim_at_id(const struct meeple__calling *calling)
{
    meeple__godot3_aim_at_id(&calling->world->tx, meeple__path_id(calling->object->number));
}

static int send_to(const struct meeple__calling *calling, struct meeple__remote *remote)
{
    meeple_world *world = calling->world;
    size_t args_end;
    int rc;

    if (told(remote, calling->object) == MEEPLE__PATH_CONFIRMED) {
        aim_at_id(calling);
        return meeple_net_send(world->net, calling->to, meeple__world_tx(world));
    }
    rc = append_path(calling, &args_end);
    if (rc < 0) {
        return rc;
    }
    announce(calling, remote);
    meeple__godot3_aim_at_path(&world->tx, args_end);
    return meeple_net_send(world->net, calling->to, meeple__world_tx(world));
}

/* Whether everyone it is for has confirmed the id: nobody is looked at for that. */
static bool all_know(const struct meeple__calling *calling)
{
    const meeple_world *world = calling->world;
    const struct meeple__remote *but =
        calling->to < 0 ? meeple__world_remote(world, MEEPLE_EXCEPT(calling->to)) : NULL;
    uint32_t unknowing = world->remotes.count - calling->object->confirmed;

    /* Somebody may have come whom we have had no memory for yet; the server is there when we are
     * told that we are up, before we are told that it is. */
    if (world->held || world->remotes.count == 0) {
        return false;
    }
    return unknowing == 0 ||
           (unknowing == 1 && but && told(but, calling->object) != MEEPLE__PATH_CONFIRMED);
}

/* To each in its own form.  An error: the net is closed, or on a client nobody got it. */
static int send_each(const struct meeple__calling *calling, size_t args_end)
{
    meeple_world *world = calling->world;
    meeple_bytes by_path = meeple__world_tx(world), by_id = {by_path.ptr, args_end};
    const struct meeple__list *head = &world->remote_list;
    bool any = meeple_net_is_server(world->net);

    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);
        int rc;

        if (remote->id == MEEPLE_EXCEPT(calling->to)) {
            continue;
        }
        if (told(remote, calling->object) == MEEPLE__PATH_CONFIRMED) {
            aim_at_id(calling);
            rc = meeple_net_send(world->net, remote->id, by_id);
        } else {
            meeple__godot3_aim_at_path(&world->tx, args_end);
            rc = meeple_net_send(world->net, remote->id, by_path);
        }
        if (rc == MEEPLE_ESTATE || (rc < 0 && rc != MEEPLE_ENOTFOUND && !any)) {
            return rc;
        }
        any = any || rc == 0;
        if (rc < 0 && rc != MEEPLE_ENOTFOUND) {
            meeple__held_miss(world, remote, calling->object, calling->type->name, rc);
        }
    }
    return 0;
}

static int send_to_many(const struct meeple__calling *calling)
{
    meeple_world *world = calling->world;
    const struct meeple__list *head = &world->remote_list;
    size_t args_end;
    int rc;

    if (all_know(calling)) {
        aim_at_id(calling);
        return meeple_net_send(world->net, calling->to, meeple__world_tx(world));
    }
    rc = append_path(calling, &args_end);
    if (rc < 0) {
        return rc;
    }
    meeple__godot3_sort(world);
    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        if (remote->id != MEEPLE_EXCEPT(calling->to)) {
            announce(calling, remote);
        }
    }
    if (!meeple_net_is_server(world->net) &&
        !meeple__net_fits(world->net, MEEPLE_SERVER, world->remotes.count, world->tx.len)) {
        /* One queue for all of them: all get it, or nobody; and everybody understands the path. */
        meeple__godot3_aim_at_path(&world->tx, args_end);
        return meeple_net_send(world->net, calling->to, meeple__world_tx(world));
    }
    return send_each(calling, args_end);
}

int meeple__godot3_send(const struct meeple__calling *calling)
{
    return calling->to > 0 ? send_to(calling, meeple__world_remote(calling->world, calling->to))
                           : send_to_many(calling);
}

int meeple__godot3_send_raw(meeple_world *world, int32_t to, meeple_bytes bytes)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__godot3_write_raw(&sink);
    meeple__sink_bytes(&sink, bytes);
    return sink.rc < 0 ? sink.rc : meeple_net_send(world->net, to, meeple__world_tx(world));
}
