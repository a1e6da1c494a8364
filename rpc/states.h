/* states: what a world knows of all that was spawned in it. */
#ifndef MEEPLE_RPC_STATES_H
#define MEEPLE_RPC_STATES_H

#include "core/buf.h"
#include "rpc/state.h"
#include "rpc/watch.h"

struct meeple__states {
    struct meeple__layout **layouts; /* of what may be spawned here */
    uint32_t layout_count;
    struct meeple__map by_id;
    uint32_t last_id;            /* that the server gave */
    uint64_t stamp;              /* of the newest batch */
    struct meeple__list changed; /* replicas that are in it */
    struct meeple__list batch;   /* those of the batch that is coming in, as they came; of the
                                    server's own, those that are leaving */
    struct meeple__list due;     /* those with a handler to run, in that order */
    bool filtered;               /* a class has a filter */
    bool unasked;                /* one has not been, about a peer that has just come */
    bool asking;                 /* one is running */
    struct meeple__watch watch;  /* those that the next flush looks at */
    bool poor;                   /* there was no memory for some of what has changed here */
    struct meeple__pulse pulse;  /* when others have to be looked at */
    bool paced;                  /* a class has fields with an interval */
    bool open;                   /* a client: a batch is coming in and not complete */
    bool mending;                /* and it tells everything again */
    bool asked;                  /* a client: for such a batch, which has not come to its end */
    uint32_t notes, all_notes;   /* lines in the log about what that was good for: of this batch */
    uint64_t spent;              /* bytes told to single peers in this poll */
    bool sated;                  /* that was enough: the next poll has more */
    size_t part_max;             /* bytes of a packet about state */
    size_t
        slot_max; /* of an encoding that is in a packet with others; longer ones go in fragments */
    struct meeple__buf entry; /* of a packet that is being made */
    struct meeple__buf told;  /* entries of the newest batch, for groups that are told the same */
    uint64_t told_run;        /* in which they were made */
    uint32_t entries_taken;   /* of a packet that ran out of memory */
    void *record;             /* what comes in is tried here first; as large as any struct */
    uint64_t batches, packets, bytes, encodings, applied, stale, refused;
    uint64_t checks, mismatches, repairs;
};

/* packet_max: bytes of a packet of the net. */
void meeple__states_init(struct meeple__states *states, size_t packet_max);
/* Frees the objects that are on their way out; the world still has the others. */
void meeple__states_drop(struct meeple__states *states, const meeple_mem *mem);
/* After that, and when all objects are gone. */
void meeple__states_done(struct meeple__states *states, const meeple_mem *mem);
/* classes is NULL-terminated or NULL.  MEEPLE_EINVAL: one makes no sense or does not fit a packet;
 * the log says why.  MEEPLE_ETOOBIG, MEEPLE_ENOMEM. */
int meeple__states_register(meeple_world *world, const meeple_class *const *classes);

/* NULL: none of ours. */
const struct meeple__layout *meeple__states_layout(const struct meeple__states *states,
                                                   const struct meeple__methods *methods);
const struct meeple__layout *meeple__states_class(const struct meeple__states *states,
                                                  const meeple_class *cls);
/* NULL if there is none of that id. */
meeple_object *meeple__states_find(const struct meeple__states *states, uint32_t id);

/* A replica with its object, in all the maps and lists; self as for meeple__replica_new().  path is
 * free.  MEEPLE_ENOMEM. */
int meeple__states_add(meeple_object **out, meeple_world *world,
                       const struct meeple__layout *layout, meeple_bytes path, uint32_t id,
                       void *self);
/* Out of them again, but not freed. */
void meeple__states_take_out(meeple_world *world, meeple_object *object);
/* Whether we are the one whose changes of the object count. */
bool meeple__states_is_ours(const meeple_world *world, const meeple_object *object);
/* Its master may be another one than before. */
void meeple__states_follow(meeple_world *world, meeple_object *object);
/* It belongs to the next batch, whether a value has changed or not. */
void meeple__states_renew(meeple_world *world, meeple_object *object);

#endif /* MEEPLE_RPC_STATES_H */
