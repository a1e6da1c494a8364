/* view: who may see an object, and how much of it: the one place that decides. */
#include "rpc/view.h"

#include <meeple/event.h>
#include <meeple/field.h>

#include "core/mem.h"

enum {
    FIRST_OTHERS = 4
};

void meeple__view_done(struct meeple__view *view, const meeple_mem *mem)
{
    meeple__free(mem, view->others);
    *view = (struct meeple__view){0};
}

/* Its place, or count. */
static uint32_t find(const struct meeple__view *view, int32_t peer)
{
    uint32_t at = 0;

    while (at < view->count && view->others[at] != peer) {
        at++;
    }
    return at;
}

enum meeple__level meeple__view_level(const struct meeple__view *view, int32_t master, int32_t peer)
{
    if (peer == MEEPLE_SERVER || peer == master || peer == view->owner) {
        return MEEPLE__SEES_ALL;
    }
    return view->hidden == (find(view, peer) < view->count) ? MEEPLE__SEES_PUBLIC
                                                            : MEEPLE__SEES_NOTHING;
}

bool meeple__level_shows(enum meeple__level level, uint16_t flags)
{
    return level == MEEPLE__SEES_ALL ||
           (level == MEEPLE__SEES_PUBLIC && (flags & MEEPLE_OWNER_ONLY) == 0);
}

bool meeple__view_forget(struct meeple__view *view, int32_t peer)
{
    uint32_t at = find(view, peer);
    bool there = at < view->count;

    if (there) {
        view->others[at] = view->others[--view->count];
    }
    if (view->owner == peer) {
        view->owner = MEEPLE_SERVER;
        there = true;
    }
    return there;
}

int meeple__view_show(struct meeple__view *view, const meeple_mem *mem, int32_t peer, bool shown)
{
    uint32_t at = find(view, peer);
    bool other = shown == view->hidden;

    if (peer == MEEPLE_ALL) {
        view->hidden = !shown;
        view->count = 0;
        return 0;
    }
    if (!other && at < view->count) {
        view->others[at] = view->others[--view->count];
    }
    if (other && at == view->count) {
        if (view->count == view->cap) {
            uint32_t cap = view->cap ? view->cap * 2 : FIRST_OTHERS;
            int32_t *others = meeple__resize(mem, view->others, cap * sizeof *others);

            if (!others) {
                return MEEPLE_ENOMEM;
            }
            view->others = others;
            view->cap = cap;
        }
        view->others[view->count++] = peer;
    }
    return 0;
}
