/* utf8_classes: what two bytes in a row may break, as three tables whose entries are ANDed. */
#ifndef MEEPLE_CORE_UTF8_CLASSES_H
#define MEEPLE_CORE_UTF8_CLASSES_H

#include <meeple/base.h>

/*
 * A bit is a fault, and a fault is had by two bytes if all three have its bit: the high half of the
 * first, its low half, and the high half of the second.  Vectors look sixteen or more of them up at
 * once.  What is not seen in two bytes is how many continuation bytes follow a lead of three or
 * four: MEEPLE__UTF8_SECOND is no fault where the byte is the third or the fourth, and it is one
 * there not to have it.
 */
enum {
    MEEPLE__UTF8_SHORT = 0x01,     /* a lead, and no continuation byte */
    MEEPLE__UTF8_STRAY = 0x02,     /* a continuation byte after ASCII */
    MEEPLE__UTF8_OVERLONG2 = 0x04, /* c0 and c1 */
    MEEPLE__UTF8_OVERLONG3 = 0x08, /* e0 with 80 to 9f */
    MEEPLE__UTF8_SURROGATE = 0x10, /* ed with a0 to bf */
    MEEPLE__UTF8_FOUR_8 = 0x20,    /* with 80 to 8f: f0, which is overlong, and f5 to ff */
    MEEPLE__UTF8_FOUR_9 = 0x40,    /* with 90 to bf: f4 to ff, which is above U+10FFFF */
    MEEPLE__UTF8_SECOND = 0x80,    /* a continuation byte after one */
    /* What no low half rules out. */
    MEEPLE__UTF8_ANY = MEEPLE__UTF8_SHORT | MEEPLE__UTF8_STRAY | MEEPLE__UTF8_SECOND
};

static const uint8_t meeple__utf8_first_high[16] = {
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_STRAY,
    MEEPLE__UTF8_SECOND,
    MEEPLE__UTF8_SECOND,
    MEEPLE__UTF8_SECOND,
    MEEPLE__UTF8_SECOND,
    MEEPLE__UTF8_SHORT | MEEPLE__UTF8_OVERLONG2,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT | MEEPLE__UTF8_OVERLONG3 | MEEPLE__UTF8_SURROGATE,
    MEEPLE__UTF8_SHORT | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
};

static const uint8_t meeple__utf8_first_low[16] = {
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_OVERLONG2 | MEEPLE__UTF8_OVERLONG3 | MEEPLE__UTF8_FOUR_8,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_OVERLONG2,
    MEEPLE__UTF8_ANY,
    MEEPLE__UTF8_ANY,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9 | MEEPLE__UTF8_SURROGATE,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_ANY | MEEPLE__UTF8_FOUR_8 | MEEPLE__UTF8_FOUR_9,
};

/* What every continuation byte has, after the wrong first byte. */
#define MEEPLE__UTF8_FOLLOWS (MEEPLE__UTF8_STRAY | MEEPLE__UTF8_OVERLONG2 | MEEPLE__UTF8_SECOND)

static const uint8_t meeple__utf8_second_high[16] = {
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_FOLLOWS | MEEPLE__UTF8_OVERLONG3 | MEEPLE__UTF8_FOUR_8,
    MEEPLE__UTF8_FOLLOWS | MEEPLE__UTF8_OVERLONG3 | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_FOLLOWS | MEEPLE__UTF8_SURROGATE | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_FOLLOWS | MEEPLE__UTF8_SURROGATE | MEEPLE__UTF8_FOUR_9,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
    MEEPLE__UTF8_SHORT,
};

/* Whether a text that ends here ends inside a character; there are three bytes of it at least. */
static inline bool meeple__utf8_cut(const uint8_t *end)
{
    return end[-1] >= 0xc0 || end[-2] >= 0xe0 || end[-3] >= 0xf0;
}

#endif /* MEEPLE_CORE_UTF8_CLASSES_H */
