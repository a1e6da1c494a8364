/* tell: one peer, or a group that lacks the same, is told of one object after the other. */
#ifndef MEEPLE_RPC_TELL_H
#define MEEPLE_RPC_TELL_H

#include "rpc/batch.h"

/* To all peers that are in the group at once.  They have been told the same of everything that this
 * is about, so any of them can stand for all. */
struct meeple__telling {
    meeple_world *world;
    struct meeple__batch batch;
    struct meeple__list group; /* remotes */
    int32_t id;                /* ours, on a client; 0 on the server */
    bool said;                 /* something that has to have an end */
    bool shares;               /* other groups are told of the same batch in this run */
};

/* Nobody is in the group. */
void meeple__tell_begin(struct meeple__telling *telling, meeple_world *world);
/* The peer is in it, too; whoever cannot be told is in it no more. */
void meeple__tell_to(struct meeple__telling *telling, struct meeple__remote *remote);
/* Who is still in it has been told all up to the newest batch. */
void meeple__tell_reached(struct meeple__telling *telling);
/* Nobody is. */
void meeple__tell_done(struct meeple__telling *telling);
/* What is gone, or that everything is told again; then one object that has changed since `from`,
 * beginning at *slot, which is where it stopped afterwards; then the end of the batch, if there was
 * anything.  0, or the error that left nobody in the group; MEEPLE_ENOMEM. */
int meeple__tell_gone(struct meeple__telling *telling);
int meeple__tell_object(struct meeple__telling *telling, const meeple_object *object, uint64_t from,
                        uint32_t *slot);
int meeple__tell_end(struct meeple__telling *telling);

#endif /* MEEPLE_RPC_TELL_H */
