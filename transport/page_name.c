/* page_name: from the path of a request to the name of a file below a folder (RFC 3986). */
#include "transport/page_name.h"

#include <string.h>

#include "core/scan.h"
#include "core/utf8.h"

/* Decoded, without the slash in front.  A name that is too long is cut behind its limit. */
static int decode(uint8_t text[MEEPLE__PAGE_NAME_SIZE], size_t *len, meeple_bytes path)
{
    struct meeple__utf8 utf8 = {0};
    int rc = 0;

    *len = 0;
    meeple__skip(&path, 1);
    while (path.len > 0) {
        bool encoded = path.ptr[0] == '%';
        int value = meeple__take_percent(&path);
        uint8_t byte = (uint8_t)value;

        if (value < ' ' || value == 0x7f || !meeple__utf8_feed(&utf8, (meeple_bytes){&byte, 1})) {
            return MEEPLE_EPROTO;
        }
        if (byte == '\\' || (byte == '/' && encoded)) {
            rc = MEEPLE_ENOTFOUND; /* unless something worse comes */
        }
        if (*len <= MEEPLE__PAGE_NAME_MAX) {
            text[(*len)++] = byte;
        }
    }
    return meeple__utf8_whole(&utf8) ? rc : MEEPLE_EPROTO;
}

/* Whether every part can be that of a file which is to be seen. */
static bool parts_good(const uint8_t *text, size_t len)
{
    size_t begin = 0, depth = 0;

    for (size_t at = 0; at <= len; at++) {
        if (at < len && text[at] != '/') {
            continue;
        }
        if (at == begin || at - begin > MEEPLE__PAGE_PART_MAX || text[begin] == '.' ||
            ++depth > MEEPLE__PAGE_DEPTH_MAX) {
            return false;
        }
        begin = at + 1;
    }
    return true;
}

int meeple__page_name(char name[MEEPLE__PAGE_NAME_SIZE], meeple_bytes path)
{
    static const char index[] = "index.html";
    uint8_t text[MEEPLE__PAGE_NAME_SIZE + sizeof index];
    size_t len;
    int rc;

    if (path.len == 0 || path.ptr[0] != '/') {
        return MEEPLE_EPROTO;
    }
    rc = decode(text, &len, path);
    if (rc < 0) {
        return rc;
    }
    if (len == 0 || text[len - 1] == '/') {
        memcpy(text + len, index, sizeof index - 1);
        len += sizeof index - 1;
    }
    if (len > MEEPLE__PAGE_NAME_MAX || !parts_good(text, len)) {
        return MEEPLE_ENOTFOUND;
    }
    memcpy(name, text, len);
    name[len] = '\0';
    return 0;
}
