/* run: one run of dice: a session, and a player that is a program if that was asked for. */
#ifndef DICE_RUN_H
#define DICE_RUN_H

#include "samples/dice/autoplay.h"
#include "samples/lobby/run.h"

struct dice_run {
    struct lobby_run run;
    struct dice_session *session;
    struct dice_autoplay autoplay;
};

/* The session, not begun yet.  flags are borrowed.  report: what happens is printed there; NULL:
 * nowhere.  False after printing to stderr why not. */
bool dice_run_open(struct dice_run *run, const struct lobby_flags *flags, FILE *report);
/* Frees what there is, and gives the exit status, after printing to stderr what was left undone. */
int dice_run_close(struct dice_run *run);

#endif /* DICE_RUN_H */
