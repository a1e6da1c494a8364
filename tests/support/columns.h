/* columns: text files of tests/godot3: lines of columns with tabs between them, and bytes in them.
 */
#ifndef TESTS_SUPPORT_COLUMNS_H
#define TESTS_SUPPORT_COLUMNS_H

#include <meeple/base.h>

#include <stdio.h>

enum {
    COLUMNS_MAX = 12
};

struct columns {
    FILE *file;
    char *line; /* the columns are in it */
    size_t line_size;
    unsigned number; /* of the line, from 1 */
    char *column[COLUMNS_MAX];
    unsigned count;
};

/* A file of that folder.  All of these fail the test if they cannot do it. */
void columns_open(struct columns *columns, const char *name);
/* The next line that is neither empty nor begins with '#'; closes the file at its end. */
bool columns_next(struct columns *columns);

/* "0102.(03)*3" is 01 02 03 03 03; how many there are. */
size_t columns_bytes(const char *text, uint8_t *dst, size_t room);

#endif /* TESTS_SUPPORT_COLUMNS_H */
