/* printable: what others wrote, made fit for a terminal. */
#ifndef CHAT_PRINTABLE_H
#define CHAT_PRINTABLE_H

#include <stdint.h>
#include <stdio.h>

#include <meeple/base.h>

/* Writes text as it is, but a dot for every control character, every character that turns the
 * direction of writing, and every byte that begins no character of UTF-8. */
void printable_put(FILE *out, meeple_bytes text);
void printable_put_string(FILE *out, const char *text);

/* How many columns of a terminal a character takes: 0, 1 or 2.  A guess, good enough to know where
 * the cursor is. */
unsigned printable_columns(uint32_t code);

#endif /* CHAT_PRINTABLE_H */
