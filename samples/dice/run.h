/* run: one run of the program: a session, what was asked of it, and whether that was done. */
#ifndef DICE_RUN_H
#define DICE_RUN_H

#include <stdio.h>

#include "samples/dice/autoplay.h"
#include "samples/dice/flags.h"
#include "samples/dice/system.h"

struct dice_run {
    const struct dice_flags *flags;
    struct dice_session *session;
    FILE *report;          /* NULL: none */
    void (*on_over)(void); /* called once, from a poll; may be NULL */
    /* ---- */
    struct dice_system system;
    struct dice_autoplay autoplay;
    uint64_t started_ms, alone_ms; /* alone_ms: since when there was nobody but us */
    bool up;                       /* it has come up at least once */
    bool lost;                     /* it ended, and neither side had wished so */
    bool guests_came;
    bool told; /* on_over */
};

/* The session, not begun yet.  flags are borrowed.  False after printing to stderr why not. */
bool dice_run_open(struct dice_run *run, const struct dice_flags *flags, FILE *report);
/* Hosts or connects, if that was asked.  False: the session's alert says why not. */
bool dice_run_begin(struct dice_run *run);

/* What was asked has been done, or the time is up. */
bool dice_run_is_over(const struct dice_run *run);

/* Frees what there is, and gives the exit status, after printing to stderr what was left undone. */
int dice_run_close(struct dice_run *run);

#endif /* DICE_RUN_H */
