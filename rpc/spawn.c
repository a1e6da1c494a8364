/* spawn: what the server may do with spawned objects: make them, give them away, remove them. */
#include "rpc/spawn.h"

#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "rpc/bulk_in.h"
#include "rpc/burden.h"
#include "rpc/dialect.h"
#include "rpc/due.h"
#include "rpc/flush.h"
#include "rpc/lacking.h"
#include "rpc/look.h"
#include "rpc/seen.h"
#include "rpc/sentence.h"
#include "rpc/speak.h"

static int check_state(meeple_world *world, const struct meeple__layout *layout, const char *path,
                       const void *self)
{
    struct meeple__sentence why;
    int rc;

    meeple__sentence_init(&why);
    rc = meeple__layout_check(layout, self, &why);
    if (rc < 0) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc", "%s is not spawned: %s", path, why.text);
    }
    return rc;
}

static int spawn(meeple_object **out, meeple_world *world, const struct meeple__layout *layout,
                 const char *path, void *self)
{
    char normal[MEEPLE__PATH_MAX + 1];
    int len = meeple__path_normalise(normal, path);
    meeple_bytes bytes = {(const uint8_t *)normal, len > 0 ? (size_t)len : 0};
    int rc;

    if (len < 0 ||
        meeple__objects_find(&world->objects, bytes, meeple__hash_bytes(bytes.ptr, bytes.len))) {
        return MEEPLE_EINVAL;
    }
    if (world->objects.by_path.count >= world->objects_max || world->states.last_id == UINT32_MAX) {
        return MEEPLE_ETOOBIG;
    }
    rc = check_state(world, layout, normal, self);
    if (rc == 0) {
        rc = meeple__speak_path_fits(world, bytes);
    }
    if (rc == 0) {
        rc = meeple__states_add(out, world, layout, bytes, world->states.last_id + 1, self);
    }
    if (rc == 0) {
        world->states.last_id++;
        (*out)->replica->ready = true;
        meeple__states_renew(world, *out);
        meeple__states_follow(world, *out);
    }
    return rc;
}

int meeple_object_spawn(meeple_object **out, meeple_world *world, const meeple_class *cls,
                        const char *path, void *self)
{
    const struct meeple__layout *layout;
    meeple_object *object;
    int rc;

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!world || !cls || !path || !self) {
        return MEEPLE_EINVAL;
    }
    if (!world->dialect->replicates) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc",
                    "%s is not spawned: only in the native dialect anything is", path);
        return MEEPLE_ENOTSUP;
    }
    if (!meeple_net_is_server(world->net) || world->freeing || world->states.asking) {
        return MEEPLE_ESTATE;
    }
    layout = meeple__states_class(&world->states, cls);
    if (!layout) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc",
                    "%s is not spawned: its class is not among the world's", path);
        return MEEPLE_EINVAL;
    }
    rc = spawn(&object, world, layout, path, self);
    if (rc == 0) {
        *out = object;
    }
    return rc;
}

void meeple__spawn_remove(meeple_object *object)
{
    meeple_world *world = object->world;
    struct meeple__replica *replica = object->replica;

    if (!meeple_net_is_server(world->net)) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc",
                    "%s stays: only the server removes what it has spawned", object->path);
        return;
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        if (meeple__seen_remove(&remote->seen, object->number, replica->id)) {
            meeple__lacks(world, remote);
        }
    }
    meeple__states_take_out(world, object);
    replica->due_ready = replica->due_changed = false;
    meeple__list_append(&world->states.batch, &replica->batch);
}

/* Everyone who has it has to hear whose it is. */
static void mark_all(meeple_object *object)
{
    meeple_world *world = object->world;

    meeple__states_renew(world, object);
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        meeple__seen_mark(&remote->seen, object->number, MEEPLE__SEEN_MASTER);
    }
}

/* What it has changed itself, or may have missed, is overwritten. */
static void mark(meeple_object *object, int32_t peer, uint16_t bits)
{
    struct meeple__remote *remote = meeple__world_remote(object->world, peer);

    if (remote) {
        meeple__seen_mark(&remote->seen, object->number, bits);
        if (remote->seen.cursor == object->sequence) {
            remote->seen.slot = 0;
        }
    }
}

int meeple_object_set_owner(meeple_object *object, int32_t peer)
{
    int rc = meeple__look_check_peer(object, peer);

    if (rc == 0 && object->replica->view.owner != peer) {
        object->replica->view.owner = peer;
        mark_all(object);
    }
    return rc;
}

int32_t meeple_object_owner(const meeple_object *object)
{
    return object && object->replica ? object->replica->view.owner : 0;
}

static void give(meeple_object *object, int32_t peer)
{
    meeple_world *world = object->world;

    if (object->master == MEEPLE_SERVER &&
        meeple__replica_tame(object->replica, world->mem, object->self, false,
                             world->states.stamp + 1)) {
        meeple__due_changed(world, object->replica);
    }
    mark(object, object->master, MEEPLE__SEEN_STALE | MEEPLE__SEEN_WAS_MASTER);
    object->master = peer;
    object->replica->term++;
    meeple__burden_count(world, object);
    meeple__bulk_in_drop_all(object->replica);
    meeple__states_follow(object->world, object);
    mark(object, peer, MEEPLE__SEEN_STALE);
    mark_all(object);
}

int meeple_object_hand_over(meeple_object *object, int32_t peer)
{
    int rc = meeple__look_check_peer(object, peer);

    if (rc == 0 && object->master != peer) {
        /* What we have changed until now was still ours to change; nobody will tell it later. */
        object->replica->urgent = true;
        meeple__watch_name(&object->world->states.watch, object->replica);
        meeple__flush(object->world);
        give(object, peer);
    }
    return rc;
}

int meeple_object_touch(meeple_object *object)
{
    if (!object) {
        return MEEPLE_EINVAL;
    }
    if (!object->replica || object->removed || !meeple__states_is_ours(object->world, object)) {
        return MEEPLE_ESTATE;
    }
    meeple__watch_name(&object->world->states.watch, object->replica);
    return 0;
}

void meeple__spawn_insist(meeple_object *object, int32_t peer)
{
    const struct meeple__remote *remote = meeple__world_remote(object->world, peer);

    /* Once is enough, however often it is refused until it is told. */
    if (remote && object->master == peer &&
        (meeple__seen_view(&remote->seen, object->number) & MEEPLE__SEEN_STALE) == 0) {
        object->replica->term++;
        meeple__bulk_in_drop_all(object->replica);
        meeple__states_renew(object->world, object);
        mark(object, peer, MEEPLE__SEEN_STALE | MEEPLE__SEEN_MASTER);
    }
}

void meeple__spawn_forget(meeple_world *world, int32_t peer)
{
    struct meeple__list *next;

    if (!meeple_net_is_server(world->net)) {
        return;
    }
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        next = link->next;
        if (!object->replica) {
            continue;
        }
        if (object->master == peer &&
            meeple__layout_state(object->replica->layout)->dies_with_master) {
            meeple__spawn_remove(object);
            continue;
        }
        if (object->master == peer) {
            give(object, MEEPLE_SERVER);
        }
        if (meeple__view_forget(&object->replica->view, peer)) {
            mark_all(object);
        }
    }
}

meeple_state_stats meeple_world_state_stats(const meeple_world *world)
{
    const struct meeple__states *states = &world->states;

    return (meeple_state_stats){.spawned = states->by_id.count,
                                .batches = states->batches,
                                .packets = states->packets,
                                .bytes = states->bytes,
                                .encodings = states->encodings,
                                .applied = states->applied,
                                .stale = states->stale,
                                .refused = states->refused,
                                .checks = states->checks,
                                .mismatches = states->mismatches,
                                .repairs = states->repairs};
}
