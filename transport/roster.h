/* roster: who is in the session, and whom a packet reaches. */
#ifndef MEEPLE_TRANSPORT_ROSTER_H
#define MEEPLE_TRANSPORT_ROSTER_H

#include <assert.h>
#include <stddef.h>

#include <meeple/event.h>

#include "core/list.h"
#include "core/map.h"

/* Part of whatever stands for a peer.  id 0: in no roster. */
struct meeple__member {
    union {
        struct meeple__map_link by_id;
        struct {
            struct meeple__map_link *next;
            int32_t id; /* is its own hash: servers draw ids at random */
        };
    };
    struct meeple__list order;
};
static_assert(sizeof(struct meeple__map_link) == sizeof(struct meeple__map_link *) * 2 &&
                  offsetof(struct meeple__member, id) == offsetof(struct meeple__map_link, hash),
              "the id lies where the map keeps the hash");

/* In the order they joined. */
struct meeple__roster {
    struct meeple__map map;
    struct meeple__list order;
    struct meeple__member *last; /* who spoke last, and is likely to be answered; or NULL */
    size_t count;
};

void meeple__roster_init(struct meeple__roster *roster);
/* The members are gone. */
void meeple__roster_done(struct meeple__roster *roster, const meeple_mem *mem);
/* id is above 0 and new.  MEEPLE_ENOMEM. */
int meeple__roster_add(struct meeple__roster *roster, const meeple_mem *mem,
                       struct meeple__member *member, int32_t id);
void meeple__roster_remove(struct meeple__roster *roster, struct meeple__member *member);
/* As the next, whoever spoke last. */
struct meeple__member *meeple__roster_search(const struct meeple__roster *roster, int32_t id);
static inline struct meeple__member *meeple__roster_find(const struct meeple__roster *roster,
                                                         int32_t id)
{
    return roster->last && roster->last->id == id ? roster->last
                                                  : meeple__roster_search(roster, id);
}
/* A member spoke: it is the first that is looked at. */
static inline void meeple__roster_heard(struct meeple__roster *roster,
                                        struct meeple__member *member)
{
    roster->last = member;
}
/* Walks them: the first for NULL; NULL after the last. */
struct meeple__member *meeple__roster_next(const struct meeple__roster *roster,
                                           const struct meeple__member *member);
/* Up to cap ids; returns how many there are. */
size_t meeple__roster_ids(const struct meeple__roster *roster, int32_t *dst, size_t cap);

/* Whether a packet of `from` for `to` (an id, MEEPLE_ALL or MEEPLE_EXCEPT) is for `id`. */
static inline bool meeple__reaches(int32_t from, int32_t to, int32_t id)
{
    return id != from && (to == MEEPLE_ALL || to == id || (to < 0 && (int64_t)id != -(int64_t)to));
}
/* Whether `to` is MEEPLE_ALL or MEEPLE_EXCEPT. */
static inline bool meeple__is_many(int32_t to)
{
    return to <= 0;
}

#endif /* MEEPLE_TRANSPORT_ROSTER_H */
