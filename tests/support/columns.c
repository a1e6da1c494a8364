/* columns: text files of tests/godot3: lines of columns with tabs between them, and bytes in them.
 */
#include "tests/support/columns.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

void columns_open(struct columns *columns, const char *name)
{
    char path[1024];

    *columns = (struct columns){0};
    snprintf(path, sizeof path, "%s/godot3/%s", TESTS_FOLDER, name);
    columns->file = fopen(path, "r");
    cr_assert(columns->file, "%s does not open", path);
}

static void split(struct columns *columns)
{
    char *at = columns->line;

    columns->count = 0;
    while (at) {
        char *tab = strchr(at, '\t');

        cr_assert_lt(columns->count, (unsigned)COLUMNS_MAX, "line %u", columns->number);
        columns->column[columns->count++] = at;
        if (tab) {
            *tab++ = '\0';
        }
        at = tab;
    }
}

bool columns_next(struct columns *columns)
{
    ssize_t len;

    do {
        len = getline(&columns->line, &columns->line_size, columns->file);
        if (len < 0) {
            fclose(columns->file);
            free(columns->line);
            *columns = (struct columns){0};
            return false;
        }
        columns->number++;
        if (len > 0 && columns->line[len - 1] == '\n') {
            columns->line[--len] = '\0';
        }
    } while (len == 0 || columns->line[0] == '#');
    split(columns);
    return true;
}

static unsigned nibble(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = c ? strchr(digits, c) : NULL;

    cr_assert(digit, "'%c' is no hexadecimal digit", c);
    return (unsigned)(digit - digits);
}

/* Digits up to what is none. */
static const char *digits(const char *text, uint8_t *dst, size_t room, size_t *len)
{
    for (; *text && !strchr(".()*", *text); text += 2) {
        cr_assert_lt(*len, room);
        dst[(*len)++] = (uint8_t)(nibble(text[0]) << 4 | nibble(text[1]));
    }
    return text;
}

size_t columns_bytes(const char *text, uint8_t *dst, size_t room)
{
    size_t len = 0;

    while (*text) {
        size_t begin = len, piece;
        long times = 1;
        bool many = *text == '(';

        text = digits(many ? text + 1 : text, dst, room, &len);
        piece = len - begin;
        if (many) {
            char *end;

            cr_assert(text[0] == ')' && text[1] == '*');
            times = strtol(text + 2, &end, 10);
            text = end;
        }
        for (; times > 1; times--) {
            cr_assert_leq(piece, room - len);
            memcpy(dst + len, dst + begin, piece);
            len += piece;
        }
        cr_assert(*text == '.' || *text == '\0');
        text += *text == '.' ? 1 : 0;
    }
    return len;
}
