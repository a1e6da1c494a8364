/* run: one run of table: a session, and a player that is a program if that was asked for. */
#ifndef TABLE_RUN_H
#define TABLE_RUN_H

#include "samples/lobby/run.h"
#include "samples/table/autoplay.h"

struct table_run {
    struct lobby_run run;
    struct table_session session;
    struct table_autoplay autoplay;
    uint32_t revision, reported; /* of the lobby: now; when the table's rest was last reported */
    uint64_t since_ms;           /* it has not changed */
};

/* The session, not begun yet.  flags are borrowed.  report: what happens is printed there; NULL:
 * nowhere.  False after printing to stderr why not. */
bool table_run_open(struct table_run *run, const struct lobby_flags *flags, FILE *report);
/* Frees what there is, and gives the exit status, after printing to stderr what was left undone. */
int table_run_close(struct table_run *run);

#endif /* TABLE_RUN_H */
