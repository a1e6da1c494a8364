/* heap: intrusive deadlines, the earliest first. */
#ifndef MEEPLE_CORE_HEAP_H
#define MEEPLE_CORE_HEAP_H

#include <meeple/base.h>

/* Zeroed is in no heap. */
struct meeple__deadline {
    uint64_t at_ms; /* UINT64_MAX when it was taken out */
    uint32_t place; /* 1 and up: where in the heap */
};

/* Zeroed is empty. */
struct meeple__heap {
    struct meeple__deadline **items;
    uint32_t count, cap;
};

/* Makes room for that many members, so that _set cannot fail.  MEEPLE_ENOMEM. */
int meeple__heap_reserve(struct meeple__heap *heap, const meeple_mem *mem, size_t members);
/* Puts it in or moves it; UINT64_MAX takes it out. */
void meeple__heap_set(struct meeple__heap *heap, struct meeple__deadline *deadline, uint64_t at_ms);
/* The earliest, or NULL. */
struct meeple__deadline *meeple__heap_first(const struct meeple__heap *heap);
void meeple__heap_done(struct meeple__heap *heap, const meeple_mem *mem);

#endif /* MEEPLE_CORE_HEAP_H */
