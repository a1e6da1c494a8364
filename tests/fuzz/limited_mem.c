/* limited_mem: an allocator that ends the program when more is out than it may. */
#include "tests/fuzz/limited_mem.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/target.h"

/* Before each block, as large as the strictest alignment. */
union head {
    size_t size;
    max_align_t align;
};

static void *resize(void *ctx, void *ptr, size_t size)
{
    struct limited_mem *limited = ctx;
    union head *old = ptr ? (union head *)ptr - 1 : NULL;
    union head *head = NULL;

    if (old) {
        limited->live -= old->size;
    }
    if (size > 0) {
        /* A new place each time, so that a pointer to the old one is seen. */
        head = malloc(sizeof *head + size);
        MUST(head);
        head->size = size;
        limited->live += size;
        MUST(limited->live <= limited->limit);
        if (old) {
            memcpy(head + 1, ptr, old->size < size ? old->size : size);
        }
    }
    free(old);
    return head ? head + 1 : NULL;
}

void limited_mem_init(struct limited_mem *limited, size_t limit)
{
    *limited = (struct limited_mem){.mem = {resize, limited}, .limit = limit};
}
