/* limited_mem: an allocator that ends the program when more is out than it may. */
#ifndef TESTS_FUZZ_LIMITED_MEM_H
#define TESTS_FUZZ_LIMITED_MEM_H

#include <meeple/base.h>

struct limited_mem {
    meeple_mem mem; /* hand out &it.mem */
    size_t live;    /* bytes */
    size_t limit;   /* more ends the program */
};

void limited_mem_init(struct limited_mem *limited, size_t limit);

#endif /* TESTS_FUZZ_LIMITED_MEM_H */
