/* watch: which spawned objects a flush has to look at: those that were named, and those that are
 * compared each time. */
#ifndef MEEPLE_RPC_WATCH_H
#define MEEPLE_RPC_WATCH_H

#include <meeple/base.h>

#include "core/list.h"

struct meeple__replica;

/* An object whose changes nobody names.  All that comparing needs lies in a row, so that those at
 * rest cost little. */
struct meeple__watched {
    const uint8_t *self, *shadow;    /* where what changes travel of begins */
    const uint8_t *mask;             /* which of these bytes count; NULL: all */
    size_t size;                     /* of it */
    struct meeple__replica *replica; /* NULL: there was one */
};

struct meeple__watch {
    struct meeple__watched *rows; /* in the order of spawning */
    uint32_t count, cap, holes;
    struct meeple__list named; /* replicas; in any order until they are gathered */
};

void meeple__watch_init(struct meeple__watch *watch);
void meeple__watch_done(struct meeple__watch *watch, const meeple_mem *mem);
/* Room for so many objects, so that nothing below can fail.  MEEPLE_ENOMEM. */
int meeple__watch_reserve(struct meeple__watch *watch, const meeple_mem *mem, size_t objects);

/* The next flush looks at it. */
void meeple__watch_name(struct meeple__watch *watch, struct meeple__replica *replica);
/* From now on it is compared each time, or not any more. */
void meeple__watch_compare(struct meeple__watch *watch, struct meeple__replica *replica,
                           bool compare);
/* It is not looked at any more. */
void meeple__watch_drop(struct meeple__watch *watch, struct meeple__replica *replica);

/* Compares, and names those that differ. */
void meeple__watch_find(struct meeple__watch *watch);
/* Moves all that are named to the empty list, in the order of spawning. */
void meeple__watch_gather(struct meeple__watch *watch, struct meeple__list *list);
/* Whether there would be any. */
bool meeple__watch_any(const struct meeple__watch *watch);

#endif /* MEEPLE_RPC_WATCH_H */
