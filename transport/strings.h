/* strings: copies of NULL-terminated lists of strings, as options carry them. */
#ifndef MEEPLE_TRANSPORT_STRINGS_H
#define MEEPLE_TRANSPORT_STRINGS_H

#include <meeple/base.h>

/* One block in *out, or NULL for a NULL list.  MEEPLE_ENOMEM: *out is untouched. */
int meeple__strings_copy(char ***out, const char *const *strings, const meeple_mem *mem);
void meeple__strings_free(char **strings, const meeple_mem *mem);

static inline const char *const *meeple__strings(char **strings)
{
    return (const char *const *)strings;
}

#endif /* MEEPLE_TRANSPORT_STRINGS_H */
