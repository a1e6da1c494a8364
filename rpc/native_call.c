/* native_call: calls and bytes of ours in the native dialect: who understands, and who has to wait.
 */
#include "rpc/native.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/codec_msgpack.h"
#include "rpc/held.h"
#include "rpc/lacking.h"
#include "rpc/look.h"

/* on_refused is a handler, and handlers run in poll. */
static void report(const struct meeple__calling *calling, int32_t peer, enum meeple__answer answer)
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
static bool is_hidden(const struct meeple__calling *calling, const struct meeple__remote *remote)
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
static int prepare(const struct meeple__calling *calling, struct meeple__remote *remote)
{
    int rc = meeple__held_release(calling->world, remote);

    remote->waits = rc == 0 || rc == MEEPLE_ENOMEM;
    if (rc < 0 && !remote->waits) {
        return rc;
    }
    return is_hidden(calling, remote) ? MEEPLE_ENOTFOUND : 0;
}

/* Whether the one peer will understand: it knows the object, and answers the method. */
static int check_peer(const struct meeple__calling *calling, struct meeple__remote *remote)
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
static bool suits_all(const struct meeple__calling *calling)
{
    meeple_world *world = calling->world;
    const meeple_object *object = calling->object;
    bool may_be_hidden = object->replica && meeple_net_is_server(world->net);

    return !may_be_hidden && object->methods->unlike == 0 && world->deaf_count == 0 &&
           !meeple__lacking_any(world);
}

/* Marks those who will not understand, and those who wait; returns whether there are any. */
static bool pass_over(const struct meeple__calling *calling)
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

static void write_head(struct meeple__sink *sink, const struct meeple__calling *calling)
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

int meeple__native_encode(struct meeple__calling *calling, const void *arg,
                          struct meeple__sentence *why)
{
    meeple_world *world = calling->world;
    struct meeple__sink sink;
    size_t head;
    int rc = 0;

    /* First, because announcements are made in the same buf. */
    if (calling->plan.send && calling->to > 0) {
        rc = check_peer(calling, meeple__world_remote(world, calling->to));
    } else if (calling->plan.send) {
        calling->one_by_one = pass_over(calling);
    }
    if (rc < 0) {
        return rc;
    }
    sink = meeple__world_sink(world);
    write_head(&sink, calling);
    head = world->tx.len;
    rc = sink.rc < 0 ? sink.rc : meeple__msgpack_write(&sink, calling->type, arg, why);
    if (rc == 0) {
        calling->args = (meeple_bytes){world->tx.ptr + head, world->tx.len - head};
    }
    return rc;
}

int meeple__native_send(const struct meeple__calling *calling)
{
    meeple_world *world = calling->world;
    struct meeple__remote *remote = meeple__world_remote(world, calling->to);

    if (calling->one_by_one) {
        return meeple__held_spread(world, calling->to, calling->object, calling->type->name);
    }
    return remote && remote->waits
               ? meeple__held_add(world, remote, calling->object)
               : meeple_net_send(world->net, calling->to, meeple__world_tx(world));
}

static bool has_to_wait(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__held_release(world, remote);

    remote->passed = false;
    remote->waits = rc == 0 || rc == MEEPLE_ENOMEM;
    return remote->waits;
}

/* Whether any of those it is for has to. */
static bool any_has_to_wait(meeple_world *world, int32_t to)
{
    struct meeple__remote *one = to > 0 ? meeple__world_remote(world, to) : NULL;
    bool any = false;

    if (to > 0 || !meeple__lacking_any(world)) {
        return one && has_to_wait(world, one);
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        if (remote->id != MEEPLE_EXCEPT(to)) {
            any = has_to_wait(world, remote) || any;
        }
    }
    return any;
}

int meeple__native_send_raw(meeple_world *world, int32_t to, meeple_bytes bytes)
{
    bool waits = any_has_to_wait(world, to);
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_RAW});
    meeple__sink_bytes(&sink, bytes);
    if (sink.rc < 0) {
        return sink.rc;
    }
    if (waits && to > 0) {
        return meeple__held_add(world, meeple__world_remote(world, to), NULL);
    }
    if (waits) {
        return meeple__held_spread(world, to, NULL, "bytes of the application");
    }
    return meeple_net_send(world->net, to, meeple__world_tx(world));
}
