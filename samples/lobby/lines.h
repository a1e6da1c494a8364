/* lines: the newest lines of a log. */
#ifndef LOBBY_LINES_H
#define LOBBY_LINES_H

#include <stddef.h>

#define LOBBY_LINES_MAX 1000
#define LOBBY_LINE_MAX 127 /* bytes, without the NUL */

/* Begins as zeroes. */
struct lobby_lines {
    size_t first, count;
    char text[LOBBY_LINES_MAX][LOBBY_LINE_MAX + 1];
};

void lobby_lines_clear(struct lobby_lines *lines);
/* Copied, as far as it fits; the oldest line makes room. */
void lobby_lines_add(struct lobby_lines *lines, const char *text);

/* The oldest is 0.  Borrowed until the next change. */
const char *lobby_lines_at(const struct lobby_lines *lines, size_t index);

#endif /* LOBBY_LINES_H */
