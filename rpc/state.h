/* state: of one spawned object: the copy that was sent or came last, and what has changed since. */
#ifndef MEEPLE_RPC_STATE_H
#define MEEPLE_RPC_STATE_H

#include "core/list.h"
#include "core/map.h"
#include "core/wire.h"
#include "rpc/content.h"
#include "rpc/layout.h"
#include "rpc/view.h"

/*
 * What an object has that was spawned.  Its slots lie in two structs: self, where the application
 * reads and the master writes, and the shadow: what all peers are told, or what came of a batch
 * that is not complete yet.
 */
struct meeple__replica {
    meeple_object *object;
    const struct meeple__layout *layout;
    struct meeple__map_link by_id;
    struct meeple__list changed; /* among those of the newest stamp */
    struct meeple__list batch;   /* among those of the batch that is coming in, on the server of
                                    the packet; or leaving */
    struct meeple__list due;     /* among those with a handler to run */
    struct meeple__list deliveries, bulks; /* bulk_out's */
    struct meeple__list arrivals;          /* bulk_in's */
    struct meeple__beats beats;            /* of fields that have an interval */
    struct meeple__list named;             /* among those that the next flush looks at */
    uint32_t row;                          /* of the watch, if it is compared by every flush */
    bool compared;
    struct meeple__view view; /* on the server */
    uint32_t id;              /* of the session; never used again */
    uint32_t term;            /* how often its master has changed */
    uint64_t stamp;           /* of the newest change; 0: was never told to anyone */
    uint64_t due_after;       /* so many calls to ourselves */
    bool owned;               /* self is the world's to free */
    bool urgent;              /* what waits for its interval is to be told now */
    bool renewed;             /* view, owner or master changed, or changes came in */
    bool ready;               /* on_ready has run, or self is the caller's */
    bool due_ready, due_changed, due_removed;
    bool arriving;    /* came in the batch that is not complete */
    bool waits;       /* a new master, owner and term, for the end of the batch */
    bool unconfirmed; /* in a batch that tells everything again: was not named yet */
    bool keeps;       /* in such a batch: we are its master, and go by what we have */
    struct meeple__mastery {
        int32_t master, owner;
        uint32_t term;
    } next;
    bool wild;        /* self was ours: what does not exist may be anything there */
    bool complained;  /* a slot out of its bounds is in the log */
    uint8_t level;    /* on a client: how much of it we see */
    uint64_t *stamps; /* of each slot */
    uint8_t *marks;   /* bits: came in the batch that is not complete */
    uint8_t *changes; /* bits: on_changed is to be told */
    uint8_t *shadow;
    struct meeple__told {
        uint64_t run;         /* of telling groups; 0: none */
        uint32_t offset, len; /* in what was told in that */
        uint8_t level;        /* to those who see so much */
    } told;
    size_t content_bytes; /* what the shadow points at */
    size_t counted_bytes; /* of them, for a peer (burden) */
    int32_t counted_for;
    /* What the shadow points at, by blob; and what the world has written to self last. */
    struct meeple__blob **blobs, **shown;
};

/* How many bytes of content a slot of the shadow points at. */
size_t meeple__replica_content(const struct meeple__replica *replica, uint32_t slot);

/* bulk_in's. */
void meeple__bulk_in_drop(struct meeple__replica *replica, uint32_t slot);

struct meeple_changes {
    const struct meeple__layout *layout;
    const uint8_t *bits;
};

/* Its shadow is that of *self, or empty for NULL: then there is a self of its own, in *owned.
 * MEEPLE_ENOMEM. */
int meeple__replica_new(struct meeple__replica **out, const meeple_mem *mem,
                        const struct meeple__layout *layout, const void *self, void **owned);
/* And the self that is its own. */
void meeple__replica_free(struct meeple__replica *replica, const meeple_mem *mem, void *self);

/* Whether there is anything that _collect would take. */
bool meeple__replica_differs(const struct meeple__replica *replica, const void *self);
/* Takes what has changed in self over into the shadow, with that stamp.  What is out of its bounds
 * stays where it is; why is empty unless that is news.  *changed: whether there was anything.
 * MEEPLE_ENOMEM: for some of it, which is taken the next time. */
int meeple__replica_collect(struct meeple__replica *replica, const meeple_mem *mem,
                            const void *self, uint64_t stamp, bool *changed,
                            struct meeple__sentence *why);

/* The next value of the reader, which was tried before, goes into a slot of the shadow, and the
 * slot is marked.  MEEPLE_ENOMEM: the slot is as it was. */
int meeple__replica_read(struct meeple__replica *replica, const meeple_mem *mem, uint32_t slot,
                         struct meeple__reader *reader);
/* The slot of the shadow has come in. */
static inline void meeple__replica_mark(struct meeple__replica *replica, uint32_t slot)
{
    meeple__bit_set(replica->marks, slot);
    meeple__bulk_in_drop(replica, slot); /* what is coming in fragments is older */
}
/* Takes all of the shadow over into self, for the first time. */
void meeple__replica_arrive(struct meeple__replica *replica, const meeple_mem *mem, void *self);
/* The object is somebody else's, and self may still have what it liked in arrays that are counted:
 * from here on it has what the shadow has.  late: something of it has come in already, as at the
 * _commit that ends our time as its master; what existed before is not known then, and all of such
 * arrays counts as changed.  Whether anything changed. */
bool meeple__replica_tame(struct meeple__replica *replica, const meeple_mem *mem, void *self,
                          bool late, uint64_t stamp);
/* Takes what is marked over into self, with that stamp; no mark is left, and what does not exist is
 * zero: in self, too, unless that is ours.  Whether anything changed. */
bool meeple__replica_commit(struct meeple__replica *replica, const meeple_mem *mem, void *self,
                            uint64_t stamp);
/* All of the shadow is zero, and marked. */
void meeple__replica_blank(struct meeple__replica *replica, const meeple_mem *mem);
/* The slot of the shadow is again what self shows, and not marked, if it exists there and there is
 * memory. */
void meeple__replica_spare(struct meeple__replica *replica, const meeple_mem *mem, uint32_t slot);
/* What is seen no more is zero in the shadow, and marked. */
void meeple__replica_hide(struct meeple__replica *replica, const meeple_mem *mem, uint8_t level);

#endif /* MEEPLE_RPC_STATE_H */
