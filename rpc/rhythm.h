/* rhythm: fields that are told at most, or always, once in so many milliseconds. */
#ifndef MEEPLE_RPC_RHYTHM_H
#define MEEPLE_RPC_RHYTHM_H

#include <meeple/state.h>

#include "core/heap.h"
#include "core/list.h"

struct meeple__layout;
struct meeple__replica;
struct meeple__sentence;

enum {
    MEEPLE__RHYTHMS_MAX = 8 /* of a class */
};

/* What the fields of one interval have in common: they are told together. */
struct meeple__rhythm {
    uint32_t interval_ms;
    bool always;
};

struct meeple__rhythms {
    struct meeple__rhythm list[MEEPLE__RHYTHMS_MAX];
    uint32_t count;
    uint8_t always; /* bits */
};

/* Of one object. */
struct meeple__beats {
    uint64_t next[MEEPLE__RHYTHMS_MAX]; /* from when on each may be told again */
    uint8_t resting;                    /* bits: that is not yet */
    uint8_t held;                       /* bits: of them, those with a change that waits */
    uint8_t told;                       /* bits: in this flush */
    struct meeple__deadline deadline;   /* when a flush has to look at it */
    struct meeple__list every_poll;     /* among those that each poll looks at */
};

/* Of a world. */
struct meeple__pulse {
    struct meeple__heap deadlines;
    struct meeple__list every_poll;
    uint64_t polls;
};

/* Whether its flags and interval go together. */
bool meeple__rhythm_makes_sense(const meeple_field *field);
/* MEEPLE_EINVAL: there are too many already. */
int meeple__rhythms_add(struct meeple__rhythms *rhythms, const meeple_field *field);
/* The bit of a field's rhythm; 0: it has none. */
uint8_t meeple__rhythm_bit(const struct meeple__rhythms *rhythms, const meeple_field *field);

void meeple__pulse_init(struct meeple__pulse *pulse);
void meeple__pulse_done(struct meeple__pulse *pulse, const meeple_mem *mem);
/* How long until a flush has to look at something; -1: nothing waits. */
int meeple__pulse_wait_ms(const struct meeple__pulse *pulse, uint64_t now_ms);

/* What follows needs now_ms only where there are rhythms; 0: there is no clock, and each interval
 * has passed since the last poll. */

/* Which rhythms of the object rest, in a flush that looks at it; none if it is `urgent`. */
void meeple__beats_begin(struct meeple__replica *replica, const struct meeple__pulse *pulse,
                         uint64_t now_ms, bool urgent);
/* It was looked at; fresh: all of it was told.  Says when it has to be again. */
void meeple__beats_end(struct meeple__replica *replica, struct meeple__pulse *pulse,
                       uint64_t now_ms, bool fresh);
/* We are the one who tells its state, from now on, or not any more. */
void meeple__beats_follow(struct meeple__replica *replica, struct meeple__pulse *pulse,
                          uint64_t now_ms, bool ours);

#endif /* MEEPLE_RPC_RHYTHM_H */
