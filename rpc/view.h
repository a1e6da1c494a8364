/* view: who may see an object, and how much of it: the one place that decides. */
#ifndef MEEPLE_RPC_VIEW_H
#define MEEPLE_RPC_VIEW_H

#include <meeple/base.h>

/* How much of an object somebody sees, or was told. */
enum meeple__level {
    MEEPLE__SEES_NOTHING,
    MEEPLE__SEES_PUBLIC, /* all but what is for the owner only */
    MEEPLE__SEES_ALL
};

/* Zeroed: everyone sees it. */
struct meeple__view {
    int32_t owner;
    bool hidden;     /* from everyone */
    int32_t *others; /* for whom it is the other way round */
    uint32_t count, cap;
};

void meeple__view_done(struct meeple__view *view, const meeple_mem *mem);

/* What a peer sees of an object that has that master. */
enum meeple__level meeple__view_level(const struct meeple__view *view, int32_t master,
                                      int32_t peer);
/* Whether who sees so much sees a field with these flags. */
bool meeple__level_shows(enum meeple__level level, uint16_t flags);

/* peer MEEPLE_ALL: for everyone, without exceptions.  MEEPLE_ENOMEM: as it was. */
int meeple__view_show(struct meeple__view *view, const meeple_mem *mem, int32_t peer, bool shown);
/* The peer is gone; true if that changes anything. */
bool meeple__view_forget(struct meeple__view *view, int32_t peer);

#endif /* MEEPLE_RPC_VIEW_H */
