/* entry: what a STATE says of single objects: each is tried, then applied, or refused by itself. */
#ifndef MEEPLE_RPC_ENTRY_H
#define MEEPLE_RPC_ENTRY_H

#include "rpc/sentence.h"
#include "rpc/world.h"

/*
 * The entries of a packet that was read.  On a client they wait for the end of the batch, on the
 * server they are true at once.  Those about what is gone are counted.  One with anything else that
 * is wrong is refused as a whole, and counted and told; the others are taken.  MEEPLE_ENOMEM: it
 * is to be called again with the same packet, and goes on where it stopped.
 */
int meeple__entries_take(meeple_world *world, const struct meeple__remote *remote,
                         meeple_bytes entries);

/* The next value of the reader into a slot of a record; a string, bytes or a value is looked at
 * only.  How many bytes it would have to be kept in, or MEEPLE_EPROTO and why. */
int meeple__entry_slot(struct meeple__reader *reader, const meeple_field *slot, void *record,
                       struct meeple__sentence *why);
/* Says that content_bytes_max would be passed; MEEPLE_ETOOBIG. */
int meeple__entry_too_much(const meeple_world *world, struct meeple__sentence *why);
/* On a client: the object has news that wait for the end of the batch. */
void meeple__entry_join_batch(meeple_world *world, struct meeple__replica *replica);
/* What was said of a spawned object is not taken: counted and told. */
void meeple__entry_refuse(meeple_world *world, const struct meeple__remote *remote,
                          meeple_refusal_rule rule, const char *path,
                          const struct meeple__sentence *text);

#endif /* MEEPLE_RPC_ENTRY_H */
