/* seen: what one peer has been told of the spawned objects, and how far it is with it. */
#ifndef MEEPLE_RPC_SEEN_H
#define MEEPLE_RPC_SEEN_H

#include <meeple/base.h>

/* The view of an object: how much of it the peer was told (rpc/view.h), and: */
enum {
    MEEPLE__SEEN_LEVEL = 0xff,
    MEEPLE__SEEN_STALE = 0x100,      /* all of its state has to be told, whatever has changed */
    MEEPLE__SEEN_MASTER = 0x200,     /* has to be told who its master and owner are */
    MEEPLE__SEEN_WAS_MASTER = 0x400, /* its late changes are no offence */
    MEEPLE__SEEN_AGAIN = 0x800       /* has to be told that it is there, though it may know */
};

/* What is kept of an object. */
struct meeple__sight {
    uint16_t view;
    uint8_t passed; /* what the filter of its class lets the peer see */
    uint8_t unused; /* 0, so that sights can be compared as words */
};

/*
 * Objects and their slots carry the stamp of their last change.  All stamps up to `from` have been
 * told.  Who cannot be told all at once, because its queue is full or it has just come, is told
 * object after object in a pass of its own; what changes meanwhile is for the next pass.
 * Zeroed: nothing was told.
 */
struct meeple__seen {
    struct meeple__sight *sights; /* by the number of the object */
    uint32_t sights_cap;
    uint32_t known; /* how many it knows */
    uint32_t *gone; /* ids that it has to be told are gone; room for all that it knows */
    uint32_t gone_count, gone_cap;
    uint32_t gone_told; /* of them, from the first on */
    uint64_t from;
    uint64_t pass;   /* the newest stamp when the pass began; 0: none is under way */
    uint64_t cursor; /* of the pass: the sequence of the object that is next */
    uint32_t slot;   /* and its slot */
    bool blocked;    /* its queue is full enough; the net will say when it is not */
    bool open;       /* a batch has begun that it was not told the end of */
    bool asked;      /* the filters have been, about all objects that there are */
    bool reset;      /* has to be told that everything is told again */
};

void meeple__seen_done(struct meeple__seen *seen, const meeple_mem *mem);
/* Without WAS_MASTER; 0: it does not know it. */
uint16_t meeple__seen_view(const struct meeple__seen *seen, uint32_t number);
bool meeple__seen_was_master(const struct meeple__seen *seen, uint32_t number);
/* What the filter has answered; 0 before that. */
uint8_t meeple__seen_passed(const struct meeple__seen *seen, uint32_t number);
/* Whether both were told the same of all objects from number `first` to before `end`, and their
 * filters have answered the same.  May be false if one has no room for them. */
bool meeple__seen_same(const struct meeple__seen *left, const struct meeple__seen *right,
                       uint32_t first, uint32_t end);
/* Before _learn and _pass: makes room.  MEEPLE_ENOMEM. */
int meeple__seen_reserve(struct meeple__seen *seen, const meeple_mem *mem, uint32_t number);
void meeple__seen_learn(struct meeple__seen *seen, uint32_t number, uint16_t view);
void meeple__seen_pass(struct meeple__seen *seen, uint32_t number, uint8_t passed);
void meeple__seen_forget(struct meeple__seen *seen, uint32_t number);
/* More bits of one that it knows. */
void meeple__seen_mark(struct meeple__seen *seen, uint32_t number, uint16_t bits);
/* It may know something else than it was told: everything is told again, from the beginning. */
void meeple__seen_start_over(struct meeple__seen *seen);
/* The object of that number has been removed; true if the peer knew it. */
bool meeple__seen_remove(struct meeple__seen *seen, uint32_t number, uint32_t id);
/* The ids of those that it still has to be told are gone, in the order in which they went. */
static inline const uint32_t *meeple__seen_gone(const struct meeple__seen *seen, uint32_t *count)
{
    *count = seen->gone_count - seen->gone_told;
    return *count > 0 ? seen->gone + seen->gone_told : NULL;
}
/* It has been told the first of them. */
void meeple__seen_told_gone(struct meeple__seen *seen);

#endif /* MEEPLE_RPC_SEEN_H */
