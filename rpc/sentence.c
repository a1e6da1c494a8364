/* sentence: a text for people, put together in pieces; what does not fit is cut. */
#include "rpc/sentence.h"

#include <stdarg.h>
#include <stdio.h>

#include "rpc/field.h"

/* A cut may fall into a character; what is left of that one goes as well. */
static void trim(struct meeple__sentence *sentence)
{
    size_t at = sentence->len;

    while (at > 0 && ((unsigned char)sentence->text[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    if (at > 0 && (unsigned char)sentence->text[at - 1] >= 0xc0) {
        at--;
        sentence->len = at;
        sentence->text[at] = '\0';
    }
}

void meeple__say(struct meeple__sentence *sentence, const char *format, ...)
{
    size_t room = sizeof sentence->text - sentence->len;
    va_list args;
    int written;

    va_start(args, format);
    written = vsnprintf(sentence->text + sentence->len, room, format, args);
    va_end(args);
    if (written < 0) {
        sentence->text[sentence->len] = '\0';
    } else if ((size_t)written >= room) {
        sentence->len = sizeof sentence->text - 1;
        trim(sentence);
    } else {
        sentence->len += (size_t)written;
    }
}

void meeple__say_signature(struct meeple__sentence *sentence, meeple_bytes letters)
{
    for (size_t i = 0; i < letters.len; i++) {
        meeple__say(sentence, "%s%s", i > 0 ? ", " : "", meeple__letter_name((char)letters.ptr[i]));
    }
}
