/* roster: who is in the session, and whom a packet reaches. */
#include "transport/roster.h"

#include <assert.h>

void meeple__roster_init(struct meeple__roster *roster)
{
    *roster = (struct meeple__roster){0};
    meeple__list_init(&roster->order);
}

void meeple__roster_done(struct meeple__roster *roster, const meeple_mem *mem)
{
    assert(roster->count == 0);
    meeple__map_done(&roster->map, mem);
}

int meeple__roster_add(struct meeple__roster *roster, const meeple_mem *mem,
                       struct meeple__member *member, int32_t id)
{
    int rc;

    assert(id > 0 && !meeple__roster_find(roster, id));
    rc = meeple__map_put(&roster->map, mem, &member->by_id, (uint32_t)id);
    if (rc < 0) {
        return rc;
    }
    meeple__list_init(&member->order);
    meeple__list_append(&roster->order, &member->order);
    roster->count++;
    return 0;
}

void meeple__roster_remove(struct meeple__roster *roster, struct meeple__member *member)
{
    assert(member->id > 0);
    if (roster->last == member) {
        roster->last = NULL;
    }
    meeple__map_remove(&roster->map, &member->by_id);
    meeple__list_remove(&member->order);
    member->id = 0;
    roster->count--;
}

struct meeple__member *meeple__roster_search(const struct meeple__roster *roster, int32_t id)
{
    struct meeple__map_link *link = id > 0 ? meeple__map_find(&roster->map, (uint32_t)id) : NULL;

    return link ? MEEPLE__CONTAINER(link, struct meeple__member, by_id) : NULL;
}

struct meeple__member *meeple__roster_next(const struct meeple__roster *roster,
                                           const struct meeple__member *member)
{
    struct meeple__list *link = member ? member->order.next : roster->order.next;

    return link == &roster->order ? NULL : MEEPLE__CONTAINER(link, struct meeple__member, order);
}

size_t meeple__roster_ids(const struct meeple__roster *roster, int32_t *dst, size_t cap)
{
    const struct meeple__member *member = NULL;
    size_t count = 0;

    while ((member = meeple__roster_next(roster, member))) {
        if (count < cap) {
            dst[count] = member->id;
        }
        count++;
    }
    return count;
}
