/* text: what others wrote, made fit to be shown on one line. */
#ifndef LOBBY_TEXT_H
#define LOBBY_TEXT_H

#include <stddef.h>

/* Copies text to dst (cap bytes, NUL included) without control characters, without what is no
 * UTF-8, and without blanks at both ends; cut between two characters.  Returns the length. */
size_t lobby_text_clean(char *dst, size_t cap, const char *text);

#endif /* LOBBY_TEXT_H */
