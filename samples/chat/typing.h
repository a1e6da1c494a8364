/* typing: a line as it is typed: the bytes that keys send, made into text under a caret. */
#ifndef CHAT_TYPING_H
#define CHAT_TYPING_H

#include <stdint.h>

#include "samples/ui/text_edit.h"

enum typing_result {
    TYPING_MORE, /* the line may have changed */
    TYPING_LINE, /* Enter: the text is whole; typing_reset() before the next byte */
    TYPING_END   /* Ctrl-D in an empty line */
};

struct typing {
    struct text_edit edit;
    char part[5]; /* of a character whose bytes come one by one */
    unsigned part_len, part_size;
    int escape; /* how far we are in an escape sequence; 0: in none */
    char number;
};

void typing_reset(struct typing *typing);

/*
 * Takes letters, Backspace, Delete, the arrows, Home and End, and what shells have: Ctrl-A, -B, -D,
 * -E, -F, -H, -U, -W.  Keys that it does not know change nothing.
 */
enum typing_result typing_byte(struct typing *typing, uint8_t byte);

#endif /* CHAT_TYPING_H */
