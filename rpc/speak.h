/* speak: what is said of one spawned object, as a packet of the native dialect in the world's tx.
 */
#ifndef MEEPLE_RPC_SPEAK_H
#define MEEPLE_RPC_SPEAK_H

#include "rpc/world.h"

/*
 * Who is told what, and in which order, is decided elsewhere (tell).  Changed slots are gathered in
 * packets of their own (batch).  All of these return 0, MEEPLE_ENOMEM or MEEPLE_ETOOBIG.
 */

/* That it is there, with as many slots as fit of those that the level shows; *next is the first
 * that does not fit, slot_count if all do. */
int meeple__speak_spawn(meeple_world *world, const meeple_object *object, uint8_t level,
                        uint32_t *next);
/* MEEPLE_ETOOBIG: a spawn of that path, with its longest numbers, does not fit a packet. */
int meeple__speak_path_fits(meeple_world *world, meeple_bytes path);
/* Its master, owner, term and level. */
int meeple__speak_owner(meeple_world *world, const meeple_object *object, uint8_t level);
/* A piece of the encoding of a slot's value. */
struct meeple__fragment {
    uint32_t slot;
    meeple_bytes all; /* the whole encoding */
    size_t offset;    /* where the piece begins; then where it ends */
};
/* As much as fits. */
int meeple__speak_fragment(meeple_world *world, const meeple_object *object,
                           struct meeple__fragment *fragment);
/* That a value of so many bytes will come in fragments. */
int meeple__speak_coming(meeple_world *world, const meeple_object *object, uint32_t slot,
                         size_t total);
/* That the one of that id is gone. */
int meeple__speak_removal(meeple_world *world, uint32_t id);

/* That everything follows again. */
int meeple__speak_reset(meeple_world *world);

#endif /* MEEPLE_RPC_SPEAK_H */
