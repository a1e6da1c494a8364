/* announce: what we tell each peer of ourselves: version, classes, objects. */
#ifndef MEEPLE_RPC_ANNOUNCE_H
#define MEEPLE_RPC_ANNOUNCE_H

#include "rpc/world.h"

/*
 * Each peer is told one after the other, and we keep how far we came: a full queue, or no memory,
 * delays an announcement and does not lose it.
 */

/* Tells the peer what it does not know yet; 0 when it knows all.  Uses the world's tx. */
int meeple__announce(meeple_world *world, struct meeple__remote *remote);
/* The same for every peer; false if it has to be tried again and no event will say when. */
bool meeple__announce_all(meeple_world *world);
bool meeple__announced(const meeple_world *world, const struct meeple__remote *remote);
/* The object is gone; sent to those who knew it. */
void meeple__announce_gone(meeple_world *world, const meeple_object *object);
/* Whether a class, or an object of that path, fits a packet, and so an empty queue: what did not
 * would be tried for ever.  0 or MEEPLE_ETOOBIG, MEEPLE_ENOMEM.  Uses tx. */
int meeple__announce_class_fits(meeple_world *world, const struct meeple__methods *methods);
int meeple__announce_layout_fits(meeple_world *world, const struct meeple__layout *layout);
int meeple__announce_path_fits(meeple_world *world, const char *path);

#endif /* MEEPLE_RPC_ANNOUNCE_H */
