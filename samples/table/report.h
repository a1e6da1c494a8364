/* report: what happens at a shared table, a JSON object a line. */
#ifndef TABLE_REPORT_H
#define TABLE_REPORT_H

#include <stdio.h>

#include "samples/table/game.h"

/* A line of the log. */
void table_report_said(FILE *out, const struct table_game *game, uint64_t ms, const char *line);
/* Where on the window the cloth and the tray are: x, y, width, height. */
void table_report_layout(FILE *out, const struct table_game *game, const float cloth[4],
                         const float tray[4]);
/* All that is public, the same for everybody who has had the same lines of the log; and what lies
 * in our own tray. */
void table_report_rest(FILE *out, const struct table_game *game, uint64_t ms);

#endif /* TABLE_REPORT_H */
