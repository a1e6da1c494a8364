/* list: an intrusive doubly linked ring; the owner holds a head, the members a link each. */
#ifndef MEEPLE_CORE_LIST_H
#define MEEPLE_CORE_LIST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * An empty head points at itself; so does a link that is in no list, once it was initialised.
 * A member is found from its link with MEEPLE__CONTAINER.
 */
struct meeple__list {
    struct meeple__list *prev, *next;
};

#define MEEPLE__CONTAINER(link, type, member)                                                      \
    ((type *)(void *)((char *)(link)-offsetof(type, member)))
#define MEEPLE__CONTAINER_CONST(link, type, member)                                                \
    ((const type *)(const void *)((const char *)(link)-offsetof(type, member)))

static inline void meeple__list_init(struct meeple__list *link)
{
    link->prev = link->next = link;
}

static inline bool meeple__list_empty(const struct meeple__list *head)
{
    return head->next == head;
}

/* link must be in no list. */
static inline void meeple__list_append(struct meeple__list *head, struct meeple__list *link)
{
    assert(meeple__list_empty(link));
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

/* Fine for a link that is in no list. */
static inline void meeple__list_remove(struct meeple__list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    meeple__list_init(link);
}

/* All of one list, in its order, become those of an empty one. */
static inline void meeple__list_move(struct meeple__list *to, struct meeple__list *from)
{
    assert(meeple__list_empty(to));
    if (!meeple__list_empty(from)) {
        *to = *from;
        to->next->prev = to->prev->next = to;
        meeple__list_init(from);
    }
}

/* Whether the one has to stand before the other. */
typedef bool (*meeple__list_before)(const struct meeple__list *link,
                                    const struct meeple__list *other);
/* Puts the members in order; of those where neither has to be first, that one is which was.  What
 * stands in order at the front is looked at once: to sort a few behind it costs little more. */
void meeple__list_sort(struct meeple__list *head, meeple__list_before before);

#endif /* MEEPLE_CORE_LIST_H */
