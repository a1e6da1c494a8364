/* scan: small steps over borrowed text: a byte, blanks, what is percent-encoded. */
#ifndef MEEPLE_CORE_SCAN_H
#define MEEPLE_CORE_SCAN_H

#include <meeple/base.h>

/* A space or a tab: what HTTP lets stand between its words (RFC 9110 section 5.6.3). */
static inline bool meeple__is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Leaves out the first len bytes; there are as many. */
static inline void meeple__skip(meeple_bytes *rest, size_t len)
{
    rest->ptr += len;
    rest->len -= len;
}

/* Takes that byte, if it is the next. */
static inline bool meeple__take_byte(meeple_bytes *rest, uint8_t byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte) {
        return false;
    }
    meeple__skip(rest, 1);
    return true;
}

void meeple__skip_blanks(meeple_bytes *rest);
/* Without the blanks around it. */
meeple_bytes meeple__trim(meeple_bytes text);
/* Takes the next byte of a URL, decoded if it is percent-encoded (RFC 3986 section 2.1); there is
 * one.  MEEPLE_EPROTO: a "%" without two hexadecimal digits; *rest is anywhere then. */
int meeple__take_percent(meeple_bytes *rest);

#endif /* MEEPLE_CORE_SCAN_H */
