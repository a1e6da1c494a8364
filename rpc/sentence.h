/* sentence: a text for people, put together in pieces; what does not fit is cut. */
#ifndef MEEPLE_RPC_SENTENCE_H
#define MEEPLE_RPC_SENTENCE_H

#include <meeple/base.h>

enum {
    MEEPLE__SENTENCE_SIZE = 900 /* a path, a method and their signature at their longest, nearly */
};

/* Zero len is empty; the text is always terminated, and UTF-8 if its pieces are. */
struct meeple__sentence {
    size_t len;
    char text[MEEPLE__SENTENCE_SIZE];
};

static inline void meeple__sentence_init(struct meeple__sentence *sentence)
{
    sentence->len = 0;
    sentence->text[0] = '\0';
}

/* Appends like printf(). */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void meeple__say(struct meeple__sentence *sentence, const char *format, ...);

/* Appends "int32, string" for the letters of a signature. */
void meeple__say_signature(struct meeple__sentence *sentence, meeple_bytes letters);

#endif /* MEEPLE_RPC_SENTENCE_H */
