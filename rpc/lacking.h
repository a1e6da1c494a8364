/* lacking: the peers that have not been told all there is; no others cost anything. */
#ifndef MEEPLE_RPC_LACKING_H
#define MEEPLE_RPC_LACKING_H

#include "rpc/world.h"

/*
 * Nearly always everyone has been told everything, and then nobody is looked at, however many there
 * are.  Who comes, or is to get something of its own, is in the list from then on.  What is for all
 * (an object, a class, a batch) is noticed by the next meeple__lacking_any(), and puts everyone
 * there whom it concerns.  Replicating takes out whoever has been told everything.
 */

#define MEEPLE__EACH_LACKING(world, remote)                                                        \
    struct meeple__list *link_ = (world)->lacking.next;                                            \
    link_ != &(world)->lacking &&                                                                  \
        ((remote) = MEEPLE__CONTAINER(link_, struct meeple__remote, lacking));                     \
    link_ = link_->next

/* There may be something that the peer was not told. */
static inline void meeple__lacks(meeple_world *world, struct meeple__remote *remote)
{
    if (meeple__list_empty(&remote->lacking)) {
        meeple__list_append(&world->lacking, &remote->lacking);
    }
}

/* Whether there is anybody in the list, once all that is new has been noticed. */
bool meeple__lacking_any(meeple_world *world);

#endif /* MEEPLE_RPC_LACKING_H */
