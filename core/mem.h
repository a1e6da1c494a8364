/* mem: the caller's allocator, or realloc() and free(). */
#ifndef MEEPLE_CORE_MEM_H
#define MEEPLE_CORE_MEM_H

#include <meeple/base.h>

/* NULL when out of memory.  The bytes are zero. */
void *meeple__alloc(const meeple_mem *mem, size_t size);

/* Like realloc() for a size above 0; on NULL the old block is as it was. */
void *meeple__resize(const meeple_mem *mem, void *ptr, size_t size);

/* ptr may be NULL. */
void meeple__free(const meeple_mem *mem, void *ptr);

/* A copy with meeple__free() as its end, or NULL when out of memory. */
char *meeple__strdup(const meeple_mem *mem, const char *text);

#endif /* MEEPLE_CORE_MEM_H */
