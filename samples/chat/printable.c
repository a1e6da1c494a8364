/* printable: what others wrote, made fit for a terminal. */
#include "samples/chat/printable.h"

#include <string.h>

#include "samples/ui/utf8.h"

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* They move the cursor, clear the screen, or show the rest of the line in another order. */
static bool is_control(uint32_t code)
{
    static const struct range controls[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x200E, 0x200F},
                                            {0x2028, 0x202E}, {0x2066, 0x206F}, {0xFFF9, 0xFFFB}};

    return code == UTF8_INVALID || is_in(controls, MEEPLE_COUNT(controls), code);
}

void printable_put(FILE *out, meeple_bytes text)
{
    const char *at = (const char *)text.ptr;
    size_t size;

    for (size_t left = text.len; left > 0; at += size, left -= size) {
        if (is_control(utf8_read(at, left, &size))) {
            putc('.', out);
        } else {
            fwrite(at, 1, size, out);
        }
    }
}

void printable_put_string(FILE *out, const char *text)
{
    printable_put(out, (meeple_bytes){(const uint8_t *)text, strlen(text)});
}

unsigned printable_columns(uint32_t code)
{
    static const struct range combining[] = {{0x300, 0x36F},   {0x200B, 0x200D}, {0x1AB0, 0x1AFF},
                                             {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
                                             {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
    static const struct range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
                                        {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
                                        {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                                        {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
                                        {0x20000, 0x3FFFD}};

    if (is_in(combining, MEEPLE_COUNT(combining), code)) {
        return 0;
    }
    return is_in(wide, MEEPLE_COUNT(wide), code) ? 2 : 1;
}
