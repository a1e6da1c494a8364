/* list: an intrusive doubly linked ring; the owner holds a head, the members a link each. */
#include "core/list.h"

enum {
    RUNS_MAX = 32 /* each twice as long as the one before it: more than fit in memory */
};

/* Chains are linked by next alone and end with NULL, which is an empty one, too. */
static struct meeple__list *merge(struct meeple__list *left, struct meeple__list *right,
                                  meeple__list_before before)
{
    struct meeple__list first, *last = &first;

    while (left && right) {
        struct meeple__list **taken = before(right, left) ? &right : &left;

        last->next = *taken;
        last = *taken;
        *taken = last->next;
    }
    last->next = left ? left : right;
    return first.next;
}

static struct meeple__list *sort_chain(struct meeple__list *chain, meeple__list_before before)
{
    struct meeple__list *runs[RUNS_MAX] = {NULL}; /* later members in shorter ones */
    struct meeple__list *sorted = NULL;

    while (chain) {
        struct meeple__list *run = chain;
        unsigned at = 0;

        chain = chain->next;
        run->next = NULL;
        for (; runs[at]; at++) {
            assert(at + 1 < RUNS_MAX);
            run = merge(runs[at], run, before);
            runs[at] = NULL;
        }
        runs[at] = run;
    }
    for (unsigned at = 0; at < RUNS_MAX; at++) {
        sorted = merge(runs[at], sorted, before);
    }
    return sorted;
}

void meeple__list_sort(struct meeple__list *head, meeple__list_before before)
{
    struct meeple__list *front = head->next, *last = front, *link;

    if (meeple__list_empty(head)) {
        return;
    }
    while (last->next != head && !before(last->next, last)) {
        last = last->next;
    }
    link = last->next;
    if (link == head) {
        return;
    }
    head->prev->next = NULL;
    last->next = NULL;
    head->next = merge(front, sort_chain(link, before), before);
    last = head;
    for (link = head->next; link; link = link->next) {
        link->prev = last;
        last = link;
    }
    last->next = head;
    head->prev = last;
}
