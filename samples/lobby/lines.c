/* lines: the newest lines of a log. */
#include "samples/lobby/lines.h"

#include <assert.h>

#include "samples/lobby/text.h"

void lobby_lines_clear(struct lobby_lines *lines)
{
    lines->first = 0;
    lines->count = 0;
}

void lobby_lines_add(struct lobby_lines *lines, const char *text)
{
    size_t at = (lines->first + lines->count) % LOBBY_LINES_MAX;

    if (lines->count == LOBBY_LINES_MAX) {
        lines->first = (lines->first + 1) % LOBBY_LINES_MAX;
    } else {
        lines->count++;
    }
    lobby_text_clean(lines->text[at], sizeof lines->text[at], text);
}

const char *lobby_lines_at(const struct lobby_lines *lines, size_t index)
{
    assert(index < lines->count);
    return lines->text[(lines->first + index) % LOBBY_LINES_MAX];
}
