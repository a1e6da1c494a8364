/* object: the objects of a world, by path and by number. */
#ifndef MEEPLE_RPC_OBJECT_H
#define MEEPLE_RPC_OBJECT_H

#include <meeple/class.h>

#include "core/list.h"
#include "core/map.h"
#include "rpc/methods.h"

enum {
    MEEPLE__PATH_MAX = 255
};

struct meeple_object {
    struct meeple__map_link by_path;
    struct meeple__list link; /* in the order of the sequence; then among the removed */
    meeple_world *world;
    const meeple_class *cls; /* its handlers; methods may be those of another copy of the table */
    const struct meeple__methods *methods;
    void *self;
    struct meeple__replica *replica; /* of one that was spawned; else NULL */
    struct meeple__kept *kept; /* what fields that were set point at (set); NULL: nothing yet */
    uint64_t sequence;         /* never used again, unlike the number */
    uint32_t number;
    uint32_t confirmed; /* in Godot 3: how many peers may be called by the id of its path */
    int32_t master;
    bool removed;
    char path[];
};

/* As the object's own class has it; methods that set a field are the same for every copy of it. */
static inline const meeple_rpc_type *meeple__object_type(const meeple_object *object,
                                                         unsigned method)
{
    return method < object->methods->own_count ? object->cls->methods[method].type()
                                               : object->methods->types[method];
}

static inline meeple_rpc_mode meeple__object_mode(const meeple_object *object, unsigned method)
{
    const struct meeple__setter *setter = meeple__methods_setter(object->methods, method);

    return setter ? setter->mode : object->cls->methods[method].mode;
}

struct meeple__objects {
    struct meeple__map by_path;
    struct meeple__list all, removed;
    meeple_object **numbered; /* by number, NULL where there is none */
    uint32_t numbered_cap;
    uint32_t free_from; /* no number below it is free */
    uint64_t sequence;  /* the last one given */
    uint64_t added;     /* that of the newest that was not spawned: those are announced */
};

void meeple__objects_init(struct meeple__objects *objects);
/* Frees all of them. */
void meeple__objects_done(struct meeple__objects *objects, const meeple_mem *mem);
/* Frees the removed. */
void meeple__objects_sweep(struct meeple__objects *objects, const meeple_mem *mem);

/* Gives it a number, a sequence and its place; it is filled in else.  MEEPLE_ENOMEM. */
int meeple__objects_insert(struct meeple__objects *objects, const meeple_mem *mem,
                           meeple_object *object);
/* Out of everything but `removed`; its number may be another's now. */
void meeple__objects_take_out(struct meeple__objects *objects, meeple_object *object);
/* Zeroed but for world, path and master; in no list.  NULL when out of memory. */
meeple_object *meeple__object_new(meeple_world *world, meeple_bytes path);
/* Registers the class of an object.  Errors of meeple_object_add(); the log has the reason. */
int meeple__object_class(meeple_world *world, const meeple_class *cls,
                         struct meeple__methods **out);
void meeple__object_free(meeple_object *object, const meeple_mem *mem);

/* NULL if there is none; the path is normalised and hashed. */
meeple_object *meeple__objects_find(const struct meeple__objects *objects, meeple_bytes path,
                                    uint32_t hash);
/* The one that has that number and is not a later one. */
meeple_object *meeple__objects_numbered(const struct meeple__objects *objects, uint32_t number,
                                        uint64_t sequence);

/* Drops empty parts; dst has room for MEEPLE__PATH_MAX and a NUL.  The length, or MEEPLE_EINVAL:
 * nothing is left, too much is, or what is no name. */
int meeple__path_normalise(char *dst, const char *path);

#endif /* MEEPLE_RPC_OBJECT_H */
