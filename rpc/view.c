/* view: who may see an object, and how much of it: the one place that decides. */
#include "rpc/view.h"

#include <assert.h>

#include <meeple/event.h>
#include <meeple/field.h>

#include "core/mem.h"

enum {
    FIRST_OTHERS = 4,
    GROUP_SHIFT = 8, /* in the flags of a field */
    GROUP_MASK = 7
};

void meeple__view_init(struct meeple__view *view, uint8_t groups)
{
    *view = (struct meeple__view){
        .owner = MEEPLE_SERVER, .groups = groups, .everyone = MEEPLE__SEES_PUBLIC};
}

void meeple__view_done(struct meeple__view *view, const meeple_mem *mem)
{
    meeple__free(mem, view->others);
    *view = (struct meeple__view){0};
}

uint8_t meeple__group_bit(unsigned group)
{
    assert(group <= MEEPLE_GROUPS_MAX);
    return (uint8_t)(group == 0 ? MEEPLE__SEES_PUBLIC : (unsigned)MEEPLE__SEES_OWNED << group);
}

unsigned meeple__flags_group(uint16_t flags)
{
    return (unsigned)flags >> GROUP_SHIFT & GROUP_MASK;
}

uint8_t meeple__flags_bit(uint16_t flags)
{
    if (flags & MEEPLE_OWNER_ONLY) {
        return MEEPLE__SEES_OWNED;
    }
    return meeple__group_bit(meeple__flags_group(flags));
}

bool meeple__level_shows(uint8_t level, uint16_t flags)
{
    return (level & MEEPLE__SEES_PUBLIC) && (level & meeple__flags_bit(flags));
}

/* Its place, or count. */
static uint32_t find(const struct meeple__view *view, int32_t peer)
{
    uint32_t at = 0;

    while (at < view->count && view->others[at].peer != peer) {
        at++;
    }
    return at;
}

uint8_t meeple__view_level(const struct meeple__view *view, int32_t master, int32_t peer,
                           uint8_t passed)
{
    uint8_t level = view->everyone;
    uint32_t at;

    if (peer == MEEPLE_SERVER || peer == master || peer == view->owner) {
        return view->groups;
    }
    at = find(view, peer);
    if (at < view->count) {
        level ^= view->others[at].bits;
    }
    level = (uint8_t)(level & passed & view->groups);
    return level & MEEPLE__SEES_PUBLIC ? level : MEEPLE__SEES_NOTHING;
}

bool meeple__view_is_common(const struct meeple__view *view, bool filtered)
{
    bool shows_all = !filtered && (view->groups & ~(unsigned)view->everyone) == 0;

    return view->count == 0 && (view->owner == MEEPLE_SERVER || shows_all);
}

/* One that is as everyone is no exception. */
static void set_other(struct meeple__view *view, uint32_t at, uint8_t bits)
{
    view->others[at].bits = bits;
    if (bits == 0) {
        view->others[at] = view->others[--view->count];
    }
}

bool meeple__view_forget(struct meeple__view *view, int32_t peer)
{
    uint32_t at = find(view, peer);
    bool there = at < view->count;

    if (there) {
        set_other(view, at, 0);
    }
    if (view->owner == peer) {
        view->owner = MEEPLE_SERVER;
        there = true;
    }
    return there;
}

static void show_everyone(struct meeple__view *view, uint8_t bit, bool shown)
{
    view->everyone = (uint8_t)(shown ? view->everyone | bit : view->everyone & ~bit);
    for (uint32_t at = view->count; at-- > 0;) {
        set_other(view, at, (uint8_t)(view->others[at].bits & ~bit));
    }
}

static int add_other(struct meeple__view *view, const meeple_mem *mem, int32_t peer)
{
    if (view->count == view->cap) {
        uint32_t cap = view->cap ? view->cap * 2 : FIRST_OTHERS;
        struct meeple__other *others = meeple__resize(mem, view->others, cap * sizeof *others);

        if (!others) {
            return MEEPLE_ENOMEM;
        }
        view->others = others;
        view->cap = cap;
    }
    view->others[view->count++] = (struct meeple__other){.peer = peer};
    return 0;
}

int meeple__view_show(struct meeple__view *view, const meeple_mem *mem, unsigned group,
                      int32_t peer, bool shown)
{
    uint8_t bit = meeple__group_bit(group);
    bool other = shown != ((view->everyone & bit) != 0);
    uint32_t at = find(view, peer);
    uint8_t bits;

    if (peer == MEEPLE_ALL) {
        show_everyone(view, bit, shown);
        return 0;
    }
    if (at == view->count) {
        int rc = other ? add_other(view, mem, peer) : 0;

        if (rc < 0 || !other) {
            return rc;
        }
    }
    bits = view->others[at].bits;
    set_other(view, at, (uint8_t)(other ? bits | bit : bits & ~bit));
    return 0;
}
