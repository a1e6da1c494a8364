/* lines: the newest lines of a log. */
#include "samples/dice/lines.h"

#include <assert.h>

#include "samples/lobby/text.h"

void dice_lines_clear(struct dice_lines *lines)
{
    lines->first = 0;
    lines->count = 0;
}

void dice_lines_add(struct dice_lines *lines, const char *text)
{
    size_t at = (lines->first + lines->count) % DICE_LINES_MAX;

    if (lines->count == DICE_LINES_MAX) {
        lines->first = (lines->first + 1) % DICE_LINES_MAX;
    } else {
        lines->count++;
    }
    lobby_text_clean(lines->text[at], sizeof lines->text[at], text);
}

const char *dice_lines_at(const struct dice_lines *lines, size_t index)
{
    assert(index < lines->count);
    return lines->text[(lines->first + index) % DICE_LINES_MAX];
}
