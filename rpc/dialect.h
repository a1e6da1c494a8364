/* dialect: how the world says and hears things, by the dialect of its net: a table of functions. */
#ifndef MEEPLE_RPC_DIALECT_H
#define MEEPLE_RPC_DIALECT_H

#include "rpc/policy.h"
#include "rpc/remote.h"
#include "rpc/sentence.h"
#include "rpc/world.h"

/*
 * Whom a call is for, who may call, which object and which handler it is, and what a refusal is:
 * that knows no dialect.  What is in a packet, and what has to be said before it, is here.
 */

/* One call of ours, as far as it has been decided. */
struct meeple__calling {
    meeple_world *world;
    const meeple_object *object;
    const meeple_rpc_type *type;
    unsigned method;
    int32_t to;
    struct meeple__plan plan;
    bool one_by_one;   /* native: not everybody gets the same */
    meeple_bytes args; /* in msgpack, if it runs here; borrowed until it is sent */
};

struct meeple__dialect {
    meeple_dialect name;
    /* Peers are told of the spawned objects and of their state. */
    bool replicates;

    /* The peer is in the world's maps and lists from now on.  MEEPLE_ENOMEM: it will not be. */
    int (*join)(meeple_world *world, struct meeple__remote *remote);
    /* It is not any more; only freeing it is left. */
    void (*leave)(meeple_world *world, struct meeple__remote *remote);
    /* A packet of a peer: does what it asks for, or refuses it.  MEEPLE_ENOMEM: nothing was done,
     * it can be tried again. */
    int (*packet)(meeple_world *world, struct meeple__remote *remote, const meeple_event *event);

    /* Makes the packet of a call in the world's tx, if it is to be sent; and the args, if it is to
     * run here.  Errors of meeple_rpc(); after MEEPLE_EINVAL why has the reason. */
    int (*encode)(struct meeple__calling *calling, const void *arg, struct meeple__sentence *why);
    /* Sends what _encode has made. */
    int (*send)(const struct meeple__calling *calling);
    /* meeple_world_send(), of what it may send. */
    int (*send_raw)(meeple_world *world, int32_t to, meeple_bytes bytes);

    /* Whether a class, and an object of that path, can be spoken of in packets of this length.  0,
     * MEEPLE_ETOOBIG, MEEPLE_ENOMEM.  Uses tx. */
    int (*class_fits)(meeple_world *world, const struct meeple__methods *methods);
    int (*path_fits)(meeple_world *world, const char *path);
    /* We have an object more, and with it that class, if that is new; else NULL. */
    void (*added)(meeple_world *world, struct meeple__methods *with_class);
    /* It is in no list any more, and was not spawned. */
    void (*removed)(meeple_world *world, const meeple_object *object);
    /* Tells the peers what they lack, before we wait for events; false if it has to be tried again
     * and no event will say when. */
    bool (*tell)(meeple_world *world);
};

extern const struct meeple__dialect meeple__dialect_native, meeple__dialect_godot3;

/* NULL if there are no calls in it. */
static inline const struct meeple__dialect *meeple__dialect_of(meeple_dialect name)
{
    switch (name) {
    case MEEPLE_DIALECT_NATIVE:
        return &meeple__dialect_native;
    case MEEPLE_DIALECT_GODOT3:
        return &meeple__dialect_godot3;
    case MEEPLE_DIALECT_PLAIN:
    default:
        return NULL;
    }
}

#endif /* MEEPLE_RPC_DIALECT_H */
