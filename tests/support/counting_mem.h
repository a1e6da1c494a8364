/* counting_mem: an allocator that counts what is out, and fails when told to. */
#ifndef TESTS_SUPPORT_COUNTING_MEM_H
#define TESTS_SUPPORT_COUNTING_MEM_H

#include <meeple/base.h>

struct counting_mem {
    meeple_mem mem; /* hand out &it.mem */
    size_t live;    /* blocks that were not freed */
    size_t bytes;   /* in them, as the allocator rounds them up */
    size_t calls;   /* allocations and reallocations asked for */
    size_t fail_at; /* that one of the calls fails, counted from 1; 0: none */
    bool fail_all;  /* all from fail_at on */
};

/* Nothing out, nothing fails. */
void counting_mem_init(struct counting_mem *counting);
/* The n-th call from now fails, and only that one. */
void counting_mem_fail(struct counting_mem *counting, size_t n);

#endif /* TESTS_SUPPORT_COUNTING_MEM_H */
