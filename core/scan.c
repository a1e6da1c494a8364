/* scan: small steps over borrowed text: a byte, blanks, what is percent-encoded. */
#include "core/scan.h"

#include <assert.h>

void meeple__skip_blanks(meeple_bytes *rest)
{
    while (rest->len > 0 && meeple__is_blank(rest->ptr[0])) {
        meeple__skip(rest, 1);
    }
}

meeple_bytes meeple__trim(meeple_bytes text)
{
    meeple__skip_blanks(&text);
    while (text.len > 0 && meeple__is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

static int hex_of(uint8_t digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int meeple__take_percent(meeple_bytes *rest)
{
    int high, low;

    assert(rest->len > 0);
    if (!meeple__take_byte(rest, '%')) {
        int byte = rest->ptr[0];

        meeple__skip(rest, 1);
        return byte;
    }
    if (rest->len < 2) {
        return MEEPLE_EPROTO;
    }
    high = hex_of(rest->ptr[0]);
    low = hex_of(rest->ptr[1]);
    meeple__skip(rest, 2);
    return high < 0 || low < 0 ? MEEPLE_EPROTO : high * 16 + low;
}
