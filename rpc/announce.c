/* announce: what we tell each peer of ourselves: version, classes, objects. */
#include "rpc/announce.h"

#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "rpc/lacking.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

/* rc: that of the sink. */
static int send_tx(meeple_world *world, const struct meeple__remote *remote, int rc)
{
    return rc < 0 ? rc : meeple_net_send(world->net, remote->id, meeple__world_tx(world));
}

static int write_class(meeple_world *world, const struct meeple__methods *methods)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink,
                          &(struct meeple__command){.type = MEEPLE__COMMAND_CLASS,
                                                    .number = methods->number,
                                                    .name = bytes_of(methods->name),
                                                    .method_count = (uint8_t)methods->count});
    for (uint32_t i = 0; i < methods->count; i++) {
        char letters[MEEPLE__METHODS_MAX];
        size_t count = meeple__type_signature(methods->types[i], letters);

        meeple__command_write_method(&sink, bytes_of(methods->types[i]->name),
                                     (meeple_bytes){(const uint8_t *)letters, count});
    }
    return sink.rc;
}

static int write_layout(meeple_world *world, const struct meeple__layout *layout)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_LAYOUT,
                                                           .number = layout->methods->number});
    meeple__layout_write(layout, &sink);
    return sink.rc;
}

/* A class, and what its state is if the peer may be sent any. */
static int tell_class(meeple_world *world, const struct meeple__remote *remote,
                      const struct meeple__methods *methods)
{
    const struct meeple__layout *layout = meeple__states_layout(&world->states, methods);
    int rc = send_tx(world, remote, write_class(world, methods));

    if (rc == 0 && layout && meeple_net_is_server(world->net)) {
        rc = send_tx(world, remote, write_layout(world, layout));
    }
    return rc;
}

static int write_object(meeple_world *world, const meeple_object *object)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_OBJECT,
                                                           .number = object->number,
                                                           .class_number = object->methods->number,
                                                           .name = bytes_of(object->path)});
    return sink.rc;
}

static int say_hello(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__sink sink = meeple__world_sink(world);
    int rc;

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_HELLO,
                                                           .version = MEEPLE__WORLD_VERSION});
    rc = send_tx(world, remote, sink.rc);
    remote->told_hello = rc == 0;
    return rc;
}

/* The first object that the peer was not told of; they are in order, the new ones at the end. */
static struct meeple__list *first_untold(const meeple_world *world,
                                         const struct meeple__remote *remote)
{
    struct meeple__list *link = world->objects.all.prev;

    while (link != &world->objects.all &&
           MEEPLE__CONTAINER(link, meeple_object, link)->sequence > remote->told_objects) {
        link = link->prev;
    }
    return link->next;
}

bool meeple__announced(const meeple_world *world, const struct meeple__remote *remote)
{
    return remote->told_hello && remote->told_classes == world->classes.count &&
           remote->told_objects >= world->objects.added;
}

int meeple__announce(meeple_world *world, struct meeple__remote *remote)
{
    int rc = 0;

    if (meeple__announced(world, remote)) {
        return 0;
    }
    if (!remote->told_hello) {
        rc = say_hello(world, remote);
    }
    while (rc == 0 && remote->told_classes < world->classes.count) {
        rc = tell_class(world, remote, world->classes.list[remote->told_classes]);
        remote->told_classes += rc == 0;
    }
    if (rc < 0) {
        return rc;
    }
    for (struct meeple__list *link = first_untold(world, remote); link != &world->objects.all;
         link = link->next) {
        const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        /* What was spawned goes its own way. */
        rc = object->replica ? 0 : send_tx(world, remote, write_object(world, object));
        if (rc < 0) {
            return rc;
        }
        remote->told_objects = object->sequence;
    }
    remote->told_objects = world->objects.sequence;
    return 0;
}

bool meeple__announce_all(meeple_world *world)
{
    struct meeple__remote *remote;
    bool all = true;

    if (!meeple__lacking_any(world)) {
        return true;
    }
    for (MEEPLE__EACH_LACKING(world, remote)) {
        int rc = meeple__announce(world, remote);

        /* One that was kicked needs nothing more. */
        if (rc < 0 && rc != MEEPLE_ENOTFOUND && rc != MEEPLE_ESTATE) {
            meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                        "peer %" PRId32 " has to wait for announcements: %s", remote->id,
                        meeple_strerror(rc));
            /* When a full queue has room again, the net tells us. */
            all = all && rc == MEEPLE_EFULL;
        }
    }
    return all;
}

void meeple__announce_gone(meeple_world *world, const meeple_object *object)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(
        &sink, &(struct meeple__command){.type = MEEPLE__COMMAND_GONE, .number = object->number});
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        const struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        /* If it cannot be sent the peer keeps a number that we do not use until we announce it
         * again, which takes its place. */
        if (remote->told_objects >= object->sequence) {
            send_tx(world, remote, sink.rc);
        }
    }
}

int meeple__announce_class_fits(meeple_world *world, const struct meeple__methods *methods)
{
    return write_class(world, methods);
}

int meeple__announce_layout_fits(meeple_world *world, const struct meeple__layout *layout)
{
    return write_layout(world, layout);
}

int meeple__announce_path_fits(meeple_world *world, const char *path)
{
    struct meeple__sink sink = meeple__world_sink(world);

    /* Numbers have their greatest length. */
    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_OBJECT,
                                                           .number = UINT32_MAX,
                                                           .class_number = UINT32_MAX,
                                                           .name = bytes_of(path)});
    return sink.rc;
}
