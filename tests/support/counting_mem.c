/* counting_mem: an allocator that counts what is out, and fails when told to. */
#include "tests/support/counting_mem.h"

#include <malloc.h>
#include <stdlib.h>

static void *resize(void *ctx, void *ptr, size_t size)
{
    struct counting_mem *counting = ctx;
    size_t before = ptr ? malloc_usable_size(ptr) : 0;
    void *resized;

    if (size == 0) {
        counting->live -= ptr != NULL;
        counting->bytes -= before;
        free(ptr);
        return NULL;
    }
    counting->calls++;
    if (counting->fail_at > 0 && (counting->fail_all ? counting->calls >= counting->fail_at
                                                     : counting->calls == counting->fail_at)) {
        return NULL;
    }
    resized = realloc(ptr, size);
    counting->live += resized && !ptr;
    counting->bytes += resized ? malloc_usable_size(resized) - before : 0;
    return resized;
}

void counting_mem_init(struct counting_mem *counting)
{
    *counting = (struct counting_mem){.mem = {.resize = resize, .ctx = counting}};
}

void counting_mem_fail(struct counting_mem *counting, size_t n)
{
    counting->fail_at = counting->calls + n;
}
