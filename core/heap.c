/* heap: intrusive deadlines, the earliest first. */
#include "core/heap.h"
#include "core/mem.h"

#include <assert.h>

/* Places count from 1, so that the children of p are 2p and 2p+1 and 0 means nowhere. */
static void put(struct meeple__heap *heap, uint32_t place, struct meeple__deadline *deadline)
{
    heap->items[place - 1] = deadline;
    deadline->place = place;
}

static void up(struct meeple__heap *heap, struct meeple__deadline *deadline)
{
    uint32_t place = deadline->place;

    while (place > 1 && heap->items[place / 2 - 1]->at_ms > deadline->at_ms) {
        put(heap, place, heap->items[place / 2 - 1]);
        place /= 2;
    }
    put(heap, place, deadline);
}

static void down(struct meeple__heap *heap, struct meeple__deadline *deadline)
{
    uint32_t place = deadline->place;

    while (place * 2 <= heap->count) {
        uint32_t child = place * 2;

        if (child < heap->count && heap->items[child]->at_ms < heap->items[child - 1]->at_ms) {
            child++;
        }
        if (heap->items[child - 1]->at_ms >= deadline->at_ms) {
            break;
        }
        put(heap, place, heap->items[child - 1]);
        place = child;
    }
    put(heap, place, deadline);
}

static void take_out(struct meeple__heap *heap, struct meeple__deadline *deadline)
{
    struct meeple__deadline *last = heap->items[heap->count - 1];

    heap->count--;
    if (last != deadline) {
        put(heap, deadline->place, last);
        up(heap, last);
        down(heap, last);
    }
    deadline->place = 0;
}

int meeple__heap_reserve(struct meeple__heap *heap, const meeple_mem *mem, size_t members)
{
    size_t cap = heap->cap ? heap->cap : 16;
    struct meeple__deadline **items;

    if (members <= heap->cap) {
        return 0;
    }
    while (cap < members) {
        cap *= 2;
    }
    items = meeple__resize(mem, heap->items, cap * sizeof *items);
    if (!items) {
        return MEEPLE_ENOMEM;
    }
    heap->items = items;
    heap->cap = (uint32_t)cap;
    return 0;
}

void meeple__heap_set(struct meeple__heap *heap, struct meeple__deadline *deadline, uint64_t at_ms)
{
    if (deadline->place > 0 && at_ms == deadline->at_ms) {
        return;
    }
    if (at_ms == UINT64_MAX) {
        if (deadline->place > 0) {
            take_out(heap, deadline);
        }
        deadline->at_ms = UINT64_MAX;
        return;
    }
    if (deadline->place == 0) {
        assert(heap->count < heap->cap);
        put(heap, ++heap->count, deadline);
    }
    deadline->at_ms = at_ms;
    up(heap, deadline);
    down(heap, deadline);
}

struct meeple__deadline *meeple__heap_first(const struct meeple__heap *heap)
{
    return heap->count > 0 ? heap->items[0] : NULL;
}

void meeple__heap_done(struct meeple__heap *heap, const meeple_mem *mem)
{
    meeple__free(mem, heap->items);
    *heap = (struct meeple__heap){0};
}
