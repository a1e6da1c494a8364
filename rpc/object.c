/* object: the objects of a world, by path and by number. */
#include "rpc/object.h"

#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/dialect.h"
#include "rpc/sentence.h"
#include "rpc/set.h"
#include "rpc/spawn.h"

enum {
    FIRST_NUMBERS = 16
};

void meeple__objects_init(struct meeple__objects *objects)
{
    *objects = (struct meeple__objects){0};
    meeple__list_init(&objects->all);
    meeple__list_init(&objects->removed);
}

static void free_list(struct meeple__list *head, const meeple_mem *mem)
{
    while (!meeple__list_empty(head)) {
        meeple_object *object = MEEPLE__CONTAINER(head->next, meeple_object, link);

        meeple__list_remove(&object->link);
        meeple__object_free(object, mem);
    }
}

void meeple__object_free(meeple_object *object, const meeple_mem *mem)
{
    if (object->replica) {
        meeple__replica_free(object->replica, mem, object->replica->owned ? object->self : NULL);
    }
    meeple__set_free(object, mem);
    meeple__free(mem, object);
}

void meeple__objects_sweep(struct meeple__objects *objects, const meeple_mem *mem)
{
    free_list(&objects->removed, mem);
}

void meeple__objects_done(struct meeple__objects *objects, const meeple_mem *mem)
{
    free_list(&objects->all, mem);
    free_list(&objects->removed, mem);
    meeple__map_done(&objects->by_path, mem);
    meeple__free(mem, objects->numbered);
    objects->numbered = NULL;
}

meeple_object *meeple__objects_find(const struct meeple__objects *objects, meeple_bytes path,
                                    uint32_t hash)
{
    struct meeple__map_link *link = meeple__map_find(&objects->by_path, hash);

    while (link) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, by_path);

        if (strlen(object->path) == path.len && memcmp(object->path, path.ptr, path.len) == 0) {
            return object;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

meeple_object *meeple__objects_numbered(const struct meeple__objects *objects, uint32_t number,
                                        uint64_t sequence)
{
    meeple_object *object = number < objects->numbered_cap ? objects->numbered[number] : NULL;

    return object && object->sequence == sequence ? object : NULL;
}

int meeple__path_normalise(char *dst, const char *path)
{
    int len = 0;

    for (const char *at = path; *at; at++) {
        if (*at == '/' && (len == 0 || at[1] == '/' || at[1] == '\0')) {
            continue;
        }
        if (len == MEEPLE__PATH_MAX) {
            return MEEPLE_EINVAL;
        }
        dst[len++] = *at;
    }
    dst[len] = '\0';
    return meeple__name_valid((meeple_bytes){(const uint8_t *)dst, (size_t)len}) ? len
                                                                                 : MEEPLE_EINVAL;
}

/* Makes sure that the lowest free number has a place. */
static int reserve_number(struct meeple__objects *objects, const meeple_mem *mem)
{
    uint32_t cap = objects->numbered_cap ? objects->numbered_cap * 2 : FIRST_NUMBERS;
    meeple_object **numbered;

    while (objects->free_from < objects->numbered_cap && objects->numbered[objects->free_from]) {
        objects->free_from++;
    }
    if (objects->free_from < objects->numbered_cap) {
        return 0;
    }
    numbered = meeple__resize(mem, objects->numbered, cap * sizeof *numbered);
    if (!numbered) {
        return MEEPLE_ENOMEM;
    }
    memset(numbered + objects->numbered_cap, 0, (cap - objects->numbered_cap) * sizeof *numbered);
    objects->numbered = numbered;
    objects->numbered_cap = cap;
    return 0;
}

int meeple__objects_insert(struct meeple__objects *objects, const meeple_mem *mem,
                           meeple_object *object)
{
    int rc = reserve_number(objects, mem);

    if (rc == 0) {
        rc = meeple__map_put(&objects->by_path, mem, &object->by_path,
                             meeple__hash_bytes(object->path, strlen(object->path)));
    }
    if (rc < 0) {
        return rc;
    }
    object->number = objects->free_from++;
    object->sequence = ++objects->sequence;
    objects->added = object->replica ? objects->added : object->sequence;
    objects->numbered[object->number] = object;
    meeple__list_append(&objects->all, &object->link);
    return 0;
}

int meeple__object_class(meeple_world *world, const meeple_class *cls, struct meeple__methods **out)
{
    uint32_t before = world->classes.count;
    struct meeple__sentence why;
    int rc;

    meeple__sentence_init(&why);
    rc = meeple__classes_add(&world->classes, world->mem, cls, out, &why);
    if (rc == 0 && world->classes.count > before) {
        rc = world->dialect->class_fits(world, *out);
        if (rc == MEEPLE_ETOOBIG) {
            meeple__say(&why, "class %s does not fit a packet", cls->name);
            rc = MEEPLE_EINVAL;
        }
        if (rc < 0) {
            meeple__classes_undo(&world->classes, world->mem);
        }
    }
    if (why.len > 0) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc", "%s", why.text);
    }
    return rc;
}

meeple_object *meeple__object_new(meeple_world *world, meeple_bytes path)
{
    meeple_object *object = meeple__alloc(world->mem, sizeof *object + path.len + 1);

    if (object) {
        memcpy(object->path, path.ptr, path.len);
        meeple__list_init(&object->link);
        object->world = world;
        object->master = MEEPLE_SERVER;
    }
    return object;
}

static int add(meeple_object **out, meeple_world *world, const meeple_class *cls, const char *path,
               void *self)
{
    char normal[MEEPLE__PATH_MAX + 1];
    int len = meeple__path_normalise(normal, path);
    uint32_t class_count = world->classes.count;
    struct meeple__methods *methods;
    meeple_object *object;
    int rc;

    if (len < 0 ||
        meeple__objects_find(&world->objects, (meeple_bytes){(uint8_t *)normal, (size_t)len},
                             meeple__hash_bytes(normal, (size_t)len))) {
        return MEEPLE_EINVAL;
    }
    if (world->objects.by_path.count >= world->objects_max) {
        return MEEPLE_ETOOBIG;
    }
    rc = world->dialect->path_fits(world, normal);
    if (rc < 0) {
        return rc;
    }
    object = meeple__object_new(world, (meeple_bytes){(uint8_t *)normal, (size_t)len});
    if (!object) {
        return MEEPLE_ENOMEM;
    }
    rc = meeple__object_class(world, cls, &methods);
    if (rc < 0) {
        meeple__free(world->mem, object);
        return rc;
    }
    object->cls = cls;
    object->methods = methods;
    rc = meeple__objects_insert(&world->objects, world->mem, object);
    if (rc < 0) {
        if (world->classes.count > class_count) {
            meeple__classes_undo(&world->classes, world->mem);
        }
        meeple__free(world->mem, object);
        return rc;
    }
    object->self = self;
    world->dialect->added(world, world->classes.count > class_count ? methods : NULL);
    *out = object;
    return 0;
}

int meeple_object_add(meeple_object **out, meeple_world *world, const meeple_class *cls,
                      const char *path, void *self)
{
    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!world || !cls || !path) {
        return MEEPLE_EINVAL;
    }
    if (world->states.asking) {
        return MEEPLE_ESTATE;
    }
    if (!self && meeple__setters_count(cls) > 0) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc",
                    "%s is not added: its class has fields to set, and it has no struct", path);
        return MEEPLE_EINVAL;
    }
    return add(out, world, cls, path, self);
}

void meeple__objects_take_out(struct meeple__objects *objects, meeple_object *object)
{
    object->removed = true;
    meeple__map_remove(&objects->by_path, &object->by_path);
    meeple__list_remove(&object->link);
    objects->numbered[object->number] = NULL;
    if (object->number < objects->free_from) {
        objects->free_from = object->number;
    }
}

void meeple_object_remove(meeple_object *object)
{
    meeple_world *world;

    if (!object || object->removed) {
        return;
    }
    world = object->world;
    if (world->states.asking) {
        meeple__log(world->log, MEEPLE_LOG_ERROR, "rpc", "%s stays: a filter runs in its world",
                    object->path);
        return;
    }
    if (object->replica) {
        meeple__spawn_remove(object);
        return;
    }
    meeple__objects_take_out(&world->objects, object);
    world->dialect->removed(world, object);
    meeple__set_release(object);
    if (world->polling) {
        /* Its handler may be on the stack. */
        meeple__list_append(&world->objects.removed, &object->link);
    } else {
        meeple__object_free(object, world->mem);
    }
}

void *meeple_object_find(const meeple_world *world, const meeple_class *cls, const char *path)
{
    char normal[MEEPLE__PATH_MAX + 1];
    int len;
    const meeple_object *object;

    if (!world || !cls || !path) {
        return NULL;
    }
    len = meeple__path_normalise(normal, path);
    if (len < 0) {
        return NULL;
    }
    object = meeple__objects_find(&world->objects, (meeple_bytes){(uint8_t *)normal, (size_t)len},
                                  meeple__hash_bytes(normal, (size_t)len));
    /* One that has come and is not complete yet is none. */
    return object && (!object->replica || object->replica->ready) &&
                   strcmp(object->cls->name, cls->name) == 0
               ? object->self
               : NULL;
}

void meeple_object_set_master(meeple_object *object, int32_t peer)
{
    if (object && object->replica) {
        meeple_object_hand_over(object, peer);
    } else if (object && !object->world->states.asking) {
        object->master = peer;
    }
}

int32_t meeple_object_master(const meeple_object *object)
{
    return object ? object->master : 0;
}

bool meeple_object_is_master(const meeple_object *object)
{
    return object && object->world->id != 0 && object->master == object->world->id;
}

meeple_world *meeple_object_world(const meeple_object *object)
{
    return object ? object->world : NULL;
}

const char *meeple_object_path(const meeple_object *object)
{
    return object ? object->path : NULL;
}
