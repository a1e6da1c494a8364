/* godot3: the dialect of Godot 3's MultiplayerAPI: paths that have ids, calls by name. */
#include "rpc/godot3.h"

#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/command.h"
#include "rpc/node_path.h"
#include "rpc/receive.h"
#include "rpc/refusal.h"

enum {
    TEXT_MAX = 1024 /* of a path that has an id: an object's, and some slashes too many */
};

static bool has_lower_id(const struct meeple__list *link, const struct meeple__list *other)
{
    return MEEPLE__CONTAINER_CONST(link, struct meeple__remote, link)->id <
           MEEPLE__CONTAINER_CONST(other, struct meeple__remote, link)->id;
}

void meeple__godot3_sort(meeple_world *world)
{
    if (world->unsorted) {
        meeple__list_sort(&world->remote_list, has_lower_id);
        world->unsorted = false;
    }
}

static int join(meeple_world *world, struct meeple__remote *remote)
{
    remote->paths = meeple__alloc(world->mem, sizeof *remote->paths);
    if (!remote->paths) {
        return MEEPLE_ENOMEM;
    }
    world->unsorted = world->unsorted || (remote->link.prev != &world->remote_list &&
                                          has_lower_id(&remote->link, remote->link.prev));
    return 0;
}

static void leave(meeple_world *world, struct meeple__remote *remote)
{
    const struct meeple__paths *paths = remote->paths;

    if (paths->told_cap == 0) {
        return;
    }
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        object->confirmed -=
            meeple__paths_told(paths, object->number, object->sequence) == MEEPLE__PATH_CONFIRMED;
    }
}

/* Said once; a peer could fill the log with it. */
static void refuse_path(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__sentence text;

    if (remote->refused++ > 0) {
        return;
    }
    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " gave an id to a path: that is over the limit, as is all",
                remote->id);
    meeple__say(&text, " that it gives one from here on");
    meeple__refuse_plain(world, MEEPLE_REFUSAL_LIMIT, remote->id, &text);
}

/* A peer that does not hear it calls by path for ever, which works as well. */
static int confirm(meeple_world *world, const struct meeple__remote *remote, meeple_bytes path)
{
    struct meeple__sink sink = meeple__world_sink(world);
    int rc;

    meeple__godot3_write_confirm(&sink, path);
    rc = sink.rc < 0 ? sink.rc : meeple_net_send(world->net, remote->id, meeple__world_tx(world));
    if (rc < 0 && rc != MEEPLE_ENOMEM) {
        meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                    "peer %" PRId32 " gave a path an id, which cannot be confirmed: %s", remote->id,
                    meeple_strerror(rc));
        rc = 0;
    }
    return rc;
}

static int simplify(meeple_world *world, struct meeple__remote *remote,
                    const struct meeple__godot3_command *command)
{
    char path[MEEPLE__NAME_MAX], text[TEXT_MAX];
    size_t len;
    int rc;

    if (command->path.len > sizeof text) {
        meeple__paths_unhear(remote->paths, world->mem, command->id);
        refuse_path(world, remote);
        return 0;
    }
    len = meeple__node_path_resolve(path, command->path);
    rc = meeple__paths_hear(remote->paths, world->mem, command->id,
                            (meeple_bytes){(const uint8_t *)path, len}, world->objects_max);
    if (rc == MEEPLE_ETOOBIG) {
        refuse_path(world, remote);
        return 0;
    }
    if (rc < 0) {
        return rc;
    }
    len = meeple__node_path_normalise(text, command->path);
    return confirm(world, remote, (meeple_bytes){(const uint8_t *)text, len});
}

static void confirmed(meeple_world *world, struct meeple__remote *remote, meeple_bytes text)
{
    char path[MEEPLE__NAME_MAX];
    size_t len = meeple__node_path_resolve(path, text);
    meeple_object *object = meeple__objects_find(
        &world->objects, (meeple_bytes){(const uint8_t *)path, len}, meeple__hash_bytes(path, len));

    if (object &&
        meeple__paths_told(remote->paths, object->number, object->sequence) == MEEPLE__PATH_TOLD) {
        meeple__paths_confirm(remote->paths, object->number, object->sequence);
        object->confirmed++;
        return;
    }
    remote->ignored++;
    meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                "peer %" PRId32 " confirms a path that it was not told", remote->id);
}

static void refuse_packet(meeple_world *world, const meeple_event *event, const char *why)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " sent %zu bytes that are no command: %s", event->peer,
                event->data.len, why);
    meeple__refuse_plain(world, MEEPLE_REFUSAL_MALFORMED, event->peer, &text);
}

static void raw(meeple_world *world, const meeple_event *event, meeple_bytes bytes)
{
    meeple_event raw = *event;

    raw.data = bytes;
    meeple__receive_tell(world, &raw);
}

static int packet(meeple_world *world, struct meeple__remote *remote, const meeple_event *event)
{
    struct meeple__godot3_command command;
    const char *why;
    int rc = meeple__godot3_read(&command, event->data, &why);

    if (rc < 0) {
        refuse_packet(world, event, why);
        return 0;
    }
    if (rc > 0) {
        remote->ignored++;
        meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                    "a command of peer %" PRId32 " is none that Godot 3 knows", remote->id);
        return 0;
    }
    switch (command.type) {
    case MEEPLE__GODOT3_CALL:
    case MEEPLE__GODOT3_SET:
        return meeple__godot3_answer(world, remote, &command);
    case MEEPLE__GODOT3_SIMPLIFY:
        return simplify(world, remote, &command);
    case MEEPLE__GODOT3_CONFIRM:
        confirmed(world, remote, command.path);
        return 0;
    case MEEPLE__GODOT3_RAW:
    default:
        raw(world, event, command.rest);
        return 0;
    }
}

/* Its name is not told to anybody. */
static int class_fits(meeple_world *world, const struct meeple__methods *methods)
{
    (void)world;
    (void)methods;
    return 0;
}

static int path_fits(meeple_world *world, const char *path)
{
    meeple_bytes bytes = {(const uint8_t *)path, strlen(path)};
    char resolved[MEEPLE__NAME_MAX];
    size_t len = meeple__node_path_resolve(resolved, bytes);
    struct meeple__sink sink;

    if (len != bytes.len || memcmp(resolved, path, len) != 0) {
        meeple__log(
            world->log, MEEPLE_LOG_ERROR, "rpc",
            "%s is no path in Godot 3, where parts are not called '.' or '..' and have no ':'",
            path);
        return MEEPLE_EINVAL;
    }
    sink = meeple__world_sink(world);
    meeple__godot3_write_simplify(&sink, meeple__path_id(0), bytes);
    return sink.rc;
}

static void added(meeple_world *world, struct meeple__methods *with_class)
{
    (void)world;
    (void)with_class;
}

/* Who has an id for it means nothing by that until it is told another path. */
static void removed(meeple_world *world, const meeple_object *object)
{
    (void)world;
    (void)object;
}

static bool tell(meeple_world *world)
{
    (void)world;
    return true;
}

const struct meeple__dialect meeple__dialect_godot3 = {
    .name = MEEPLE_DIALECT_GODOT3,
    .replicates = false,
    .join = join,
    .leave = leave,
    .packet = packet,
    .encode = meeple__godot3_encode,
    .send = meeple__godot3_send,
    .send_raw = meeple__godot3_send_raw,
    .class_fits = class_fits,
    .path_fits = path_fits,
    .added = added,
    .removed = removed,
    .tell = tell,
};
