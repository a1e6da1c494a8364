/* utf8: is it UTF-8, in pieces as they come (RFC 3629: no surrogates, no overlong forms). */
#ifndef MEEPLE_CORE_UTF8_H
#define MEEPLE_CORE_UTF8_H

#include <meeple/base.h>

/* Zeroed is the beginning of a text. */
struct meeple__utf8 {
    uint8_t more;      /* continuation bytes that must follow */
    uint8_t low, high; /* bounds of the next one */
};

/* False as soon as the bytes so far cannot become UTF-8; the state is of no use then. */
bool meeple__utf8_feed(struct meeple__utf8 *state, meeple_bytes bytes);
/* Whether a text may end here. */
bool meeple__utf8_whole(const struct meeple__utf8 *state);
/* A whole text at once. */
bool meeple__utf8_valid(meeple_bytes bytes);

#endif /* MEEPLE_CORE_UTF8_H */
