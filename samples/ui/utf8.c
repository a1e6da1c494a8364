/* utf8: walking over text of any quality, one character at a time. */
#include "samples/ui/utf8.h"

#include <stdbool.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0u) == 0x80u;
}

/* How many bytes the lead byte announces, 0 if it is none. */
static size_t announced(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

static bool is_scalar(uint32_t code, size_t size)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    return code >= smallest[size] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

uint32_t utf8_read(const char *text, size_t len, size_t *size)
{
    unsigned char lead = (unsigned char)text[0];
    size_t want = announced(lead);

    *size = 1;
    if (want < 2) {
        return want == 1 ? lead : UTF8_INVALID;
    }
    if (want > len) {
        return UTF8_INVALID;
    }
    uint32_t code = lead & (0x7Fu >> want);
    for (size_t i = 1; i < want; i++) {
        if (!is_continuation(text[i])) {
            return UTF8_INVALID;
        }
        code = code << 6 | ((unsigned char)text[i] & 0x3Fu);
    }
    if (!is_scalar(code, want)) {
        return UTF8_INVALID;
    }
    *size = want;
    return code;
}

size_t utf8_next(const char *text, size_t len, size_t offset)
{
    size_t size;

    if (offset >= len) {
        return len;
    }
    utf8_read(text + offset, len - offset, &size);
    return offset + size;
}

size_t utf8_previous(const char *text, size_t offset)
{
    if (offset == 0) {
        return 0;
    }
    for (size_t size = 2; size <= 4 && size <= offset; size++) {
        size_t found;
        if (utf8_read(text + offset - size, size, &found) != UTF8_INVALID && found == size) {
            return offset - size;
        }
    }
    return offset - 1;
}
