/* bulk_out: values too long for a packet of their own, on their way to a peer in fragments. */
#ifndef MEEPLE_RPC_BULK_OUT_H
#define MEEPLE_RPC_BULK_OUT_H

#include "rpc/world.h"

/*
 * A peer is told with a batch that such a value comes, and gets it beside everything else: as long
 * as only little waits in its queue, so that calls and other state find room there, and one value
 * after the other; on a line that is full of state all the time, a fragment now and then.  What has
 * begun is sent to its end, so that a value that changes all the time arrives all the same; then
 * the newest follows.  The encoding is made when the first peer's turn comes and shared by all who
 * are sent the same.
 */

/* Whether a slot may ever have to go in fragments: no number does. */
bool meeple__bulk_may_be_long(const meeple_field *slot);
/* Whether the slot, as it is in the record, has to go in fragments; *size is then that of its
 * encoding. */
bool meeple__bulk_is_long(const meeple_world *world, const meeple_field *slot, const void *record,
                          size_t *size);
/* The peer gets the slot of the shadow.  anew: from the first byte, whatever was sent of it.
 * MEEPLE_ENOMEM. */
int meeple__bulk_add(const meeple_world *world, struct meeple__remote *remote,
                     struct meeple__replica *replica, uint32_t slot, bool anew);
/* The peer gets no more of the slot, which is told another way or not at all. */
void meeple__bulk_drop(const meeple_world *world, const struct meeple__remote *remote,
                       struct meeple__replica *replica, uint32_t slot);
/* Nor of any slot that the level does not show. */
void meeple__bulk_hide(const meeple_world *world, const struct meeple__remote *remote,
                       struct meeple__replica *replica, uint8_t level);
/* Nor of anything: the object, or the peer, is gone. */
void meeple__bulk_forget_object(struct meeple__replica *replica, const meeple_mem *mem);
void meeple__bulk_forget_peer(struct meeple__remote *remote, const meeple_mem *mem);
/* Sends fragments as far as there is room.  1: a value is whole at the peer, it can be called
 * again; 0: there is nothing more, or no room, which the net will tell of; or its error.
 * MEEPLE_ENOMEM. */
int meeple__bulk_send(meeple_world *world, struct meeple__remote *remote);
/* The same for a peer that other state is still to be told: one fragment at most, and only if it
 * has had none for many batches. */
int meeple__bulk_send_overdue(meeple_world *world, struct meeple__remote *remote);

#endif /* MEEPLE_RPC_BULK_OUT_H */
