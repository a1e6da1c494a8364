/* mem: the caller's allocator, or realloc() and free(). */
#include "core/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *meeple__resize(const meeple_mem *mem, void *ptr, size_t size)
{
    assert(size > 0);
    return mem ? mem->resize(mem->ctx, ptr, size) : realloc(ptr, size);
}

void *meeple__alloc(const meeple_mem *mem, size_t size)
{
    void *ptr = meeple__resize(mem, NULL, size);

    if (ptr) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void meeple__free(const meeple_mem *mem, void *ptr)
{
    if (!ptr) {
        return;
    }
    if (mem) {
        mem->resize(mem->ctx, ptr, 0);
    } else {
        free(ptr);
    }
}

char *meeple__strdup(const meeple_mem *mem, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = meeple__resize(mem, NULL, size);

    if (copy) {
        memcpy(copy, text, size);
    }
    return copy;
}
