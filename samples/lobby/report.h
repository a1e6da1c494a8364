/* report: what happens in a game, a JSON object a line. */
#ifndef LOBBY_REPORT_H
#define LOBBY_REPORT_H

#include <stdio.h>

#include "samples/lobby/lobby.h"

/* Opens the object: what happened, when since the start, and to whom. */
void lobby_report_begin(FILE *out, const char *what, uint64_t ms, const char *name);
/* Closes it.  Flushed; whether it could be written is for ferror() to tell. */
void lobby_report_end(FILE *out);

/* In quotes. */
void lobby_report_string(FILE *out, const char *text);
/* The members of an event's object.  fault: of DOWN; may be NULL. */
void lobby_report_event(FILE *out, const struct lobby *lobby, const meeple_event *event,
                        const meeple_fault *fault);

#endif /* LOBBY_REPORT_H */
