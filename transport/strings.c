/* strings: copies of NULL-terminated lists of strings, as options carry them. */
#include "transport/strings.h"

#include <string.h>

#include "core/mem.h"

int meeple__strings_copy(char ***out, const char *const *strings, const meeple_mem *mem)
{
    size_t count = 0, size = 0;
    char **list;
    char *at;

    if (!strings) {
        *out = NULL;
        return 0;
    }
    for (; strings[count]; count++) {
        size += strlen(strings[count]) + 1;
    }
    list = meeple__alloc(mem, (count + 1) * sizeof *list + size);
    if (!list) {
        return MEEPLE_ENOMEM;
    }
    at = (char *)(list + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(strings[i]) + 1;

        memcpy(at, strings[i], len);
        list[i] = at;
        at += len;
    }
    *out = list;
    return 0;
}

void meeple__strings_free(char **strings, const meeple_mem *mem)
{
    meeple__free(mem, strings);
}
