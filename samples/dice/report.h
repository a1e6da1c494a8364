/* report: what happens in a session, a JSON object a line. */
#ifndef DICE_REPORT_H
#define DICE_REPORT_H

#include <stdio.h>

#include "samples/dice/session.h"

/* The keys are those of the Godot peers that this game was tested against.  ms is the time since
 * the start.  Flushed; whether it could be written is for ferror() to tell. */
void dice_report(FILE *out, struct dice_session *session, const struct dice_trace *trace,
                 uint64_t ms);

#endif /* DICE_REPORT_H */
