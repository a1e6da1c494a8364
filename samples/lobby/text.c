/* text: what others wrote, made fit to be shown on one line. */
#include "samples/lobby/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "samples/ui/utf8.h"

/* Characters that are not seen but do something to the others: begin lines, turn the direction of
 * writing.  Joiners stay, some scripts need them. */
static bool is_control(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } controls[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x200B, 0x200B}, {0x200E, 0x200F},
                    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};

    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        if (code >= controls[i].first && code <= controls[i].last) {
            return true;
        }
    }
    return code == UTF8_INVALID;
}

size_t lobby_text_clean(char *dst, size_t cap, const char *text)
{
    size_t left = strlen(text);
    size_t len = 0, size;

    assert(cap > 0);
    for (; left > 0; text += size, left -= size) {
        uint32_t code = utf8_read(text, left, &size);

        if (is_control(code) || (code == ' ' && len == 0)) {
            continue;
        }
        if (len + size >= cap) {
            break;
        }
        memcpy(dst + len, text, size);
        len += size;
    }
    while (len > 0 && dst[len - 1] == ' ') {
        len--;
    }
    dst[len] = '\0';
    return len;
}
