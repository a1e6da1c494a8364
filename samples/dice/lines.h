/* lines: the newest lines of a log. */
#ifndef DICE_LINES_H
#define DICE_LINES_H

#include <stddef.h>

#include "samples/dice/rules.h"

#define DICE_LINES_MAX 1000

/* Begins as zeroes. */
struct dice_lines {
    size_t first, count;
    char text[DICE_LINES_MAX][RULES_LINE_MAX + 1];
};

void dice_lines_clear(struct dice_lines *lines);
/* Copied, as far as it fits; the oldest line makes room. */
void dice_lines_add(struct dice_lines *lines, const char *text);

/* The oldest is 0.  Borrowed until the next change. */
const char *dice_lines_at(const struct dice_lines *lines, size_t index);

#endif /* DICE_LINES_H */
