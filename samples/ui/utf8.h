/* utf8: walking over text of any quality, one character at a time. */
#ifndef UI_UTF8_H
#define UI_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

/* The character at the start of text (len above 0), and how many bytes it takes.  Bytes that begin
 * none (RFC 3629: overlong forms, surrogates and halves included) are UTF8_INVALID, one at a time.
 */
uint32_t utf8_read(const char *text, size_t len, size_t *size);

/* Where the character that starts at offset ends; len at the end. */
size_t utf8_next(const char *text, size_t len, size_t offset);

/* Where the character that ends at offset starts; 0 at the start. */
size_t utf8_previous(const char *text, size_t offset);

#endif /* UI_UTF8_H */
