/* view: who may see an object, and how much of it: the one place that decides. */
#ifndef MEEPLE_RPC_VIEW_H
#define MEEPLE_RPC_VIEW_H

#include <meeple/base.h>

/* How much of an object somebody sees, or was told: a bit for each group of fields, those of
 * MEEPLE_GROUP(1) to (6) from 4 on.  Without the first no other counts. */
enum {
    MEEPLE__SEES_NOTHING,
    MEEPLE__SEES_PUBLIC, /* the object, and the fields that are in no group */
    MEEPLE__SEES_OWNED,  /* what is for the owner only */
    MEEPLE__SEES_ALL = 0xff
};

/* A peer to whom it is the other way round than to everyone. */
struct meeple__other {
    int32_t peer;
    uint8_t bits;
};

struct meeple__view {
    int32_t owner;
    uint8_t groups;   /* that there are: no other bit is ever seen */
    uint8_t everyone; /* what is shown to all that are no exception */
    struct meeple__other *others;
    uint32_t count, cap;
};

/* The server's; everyone sees it, and no group. */
void meeple__view_init(struct meeple__view *view, uint8_t groups);
void meeple__view_done(struct meeple__view *view, const meeple_mem *mem);

/* What a peer sees of an object that has that master: the server, the owner and the master all of
 * it, others what was shown to them and what the filter of the class passes. */
uint8_t meeple__view_level(const struct meeple__view *view, int32_t master, int32_t peer,
                           uint8_t passed);
/* Whether all peers that are not the master, and for whom the filter passes the same, see the same.
 * filtered: there is one. */
bool meeple__view_is_common(const struct meeple__view *view, bool filtered);
/* The bit of a group, 0 to 6; 0 is the object. */
uint8_t meeple__group_bit(unsigned group);
/* The group of a field with these flags, or 0; its bit. */
unsigned meeple__flags_group(uint16_t flags);
uint8_t meeple__flags_bit(uint16_t flags);
/* Whether who sees so much sees a field with these flags. */
bool meeple__level_shows(uint8_t level, uint16_t flags);

/* A group, or 0, the object; peer MEEPLE_ALL: for everyone, without exceptions.  MEEPLE_ENOMEM: as
 * it was. */
int meeple__view_show(struct meeple__view *view, const meeple_mem *mem, unsigned group,
                      int32_t peer, bool shown);
/* The peer is gone; true if that changes anything. */
bool meeple__view_forget(struct meeple__view *view, int32_t peer);

#endif /* MEEPLE_RPC_VIEW_H */
