/* seen: what one peer has been told of the spawned objects, and how far it is with it. */
#include "rpc/seen.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"

enum {
    FIRST_ROOM = 16
};

void meeple__seen_done(struct meeple__seen *seen, const meeple_mem *mem)
{
    meeple__free(mem, seen->sights);
    meeple__free(mem, seen->gone);
    *seen = (struct meeple__seen){0};
}

uint16_t meeple__seen_view(const struct meeple__seen *seen, uint32_t number)
{
    return number < seen->sights_cap
               ? (uint16_t)(seen->sights[number].view & ~(unsigned)MEEPLE__SEEN_WAS_MASTER)
               : 0;
}

uint8_t meeple__seen_passed(const struct meeple__seen *seen, uint32_t number)
{
    return number < seen->sights_cap ? seen->sights[number].passed : 0;
}

bool meeple__seen_was_master(const struct meeple__seen *seen, uint32_t number)
{
    return number < seen->sights_cap && (seen->sights[number].view & MEEPLE__SEEN_WAS_MASTER);
}

bool meeple__seen_same(const struct meeple__seen *left, const struct meeple__seen *right,
                       uint32_t first, uint32_t end)
{
    const struct meeple__sight counts = {.view = UINT16_MAX & ~MEEPLE__SEEN_WAS_MASTER,
                                         .passed = UINT8_MAX};
    uint32_t here, there, mask, differing = 0;

    static_assert(sizeof counts == sizeof mask, "a sight is a word");
    if (end > left->sights_cap || end > right->sights_cap) {
        return false;
    }
    memcpy(&mask, &counts, sizeof mask);
    for (uint32_t number = first; number < end; number++) {
        memcpy(&here, &left->sights[number], sizeof here);
        memcpy(&there, &right->sights[number], sizeof there);
        differing |= (here ^ there) & mask;
    }
    return differing == 0;
}

int meeple__seen_reserve(struct meeple__seen *seen, const meeple_mem *mem, uint32_t number)
{
    uint32_t cap = seen->sights_cap ? seen->sights_cap : FIRST_ROOM;
    uint32_t gone_cap = seen->gone_cap ? seen->gone_cap : FIRST_ROOM;

    while (cap <= number) {
        cap *= 2;
    }
    while (gone_cap <= seen->known + seen->gone_count - seen->gone_told) {
        gone_cap *= 2;
    }
    if (cap > seen->sights_cap) {
        struct meeple__sight *sights = meeple__resize(mem, seen->sights, cap * sizeof *sights);

        if (!sights) {
            return MEEPLE_ENOMEM;
        }
        memset(sights + seen->sights_cap, 0, (cap - seen->sights_cap) * sizeof *sights);
        seen->sights = sights;
        seen->sights_cap = cap;
    }
    if (gone_cap > seen->gone_cap) {
        uint32_t *gone = meeple__resize(mem, seen->gone, gone_cap * sizeof *gone);

        if (!gone) {
            return MEEPLE_ENOMEM;
        }
        seen->gone = gone;
        seen->gone_cap = gone_cap;
    }
    return 0;
}

void meeple__seen_learn(struct meeple__seen *seen, uint32_t number, uint16_t view)
{
    struct meeple__sight *sight;

    assert(number < seen->sights_cap && (view & MEEPLE__SEEN_LEVEL) != 0);
    sight = &seen->sights[number];
    seen->known += meeple__seen_view(seen, number) == 0;
    sight->view = (uint16_t)(view | (sight->view & MEEPLE__SEEN_WAS_MASTER));
}

void meeple__seen_pass(struct meeple__seen *seen, uint32_t number, uint8_t passed)
{
    assert(number < seen->sights_cap);
    seen->sights[number].passed = passed;
}

void meeple__seen_forget(struct meeple__seen *seen, uint32_t number)
{
    assert(meeple__seen_view(seen, number) != 0);
    seen->sights[number].view &= MEEPLE__SEEN_WAS_MASTER;
    seen->known--;
}

void meeple__seen_mark(struct meeple__seen *seen, uint32_t number, uint16_t bits)
{
    if (meeple__seen_view(seen, number) != 0) {
        seen->sights[number].view |= bits;
    }
}

void meeple__seen_start_over(struct meeple__seen *seen)
{
    for (uint32_t number = 0; number < seen->sights_cap; number++) {
        meeple__seen_mark(seen, number, MEEPLE__SEEN_AGAIN);
    }
    seen->from = seen->pass = seen->cursor = 0;
    seen->slot = 0;
    seen->reset = true;
}

bool meeple__seen_remove(struct meeple__seen *seen, uint32_t number, uint32_t id)
{
    bool knew = meeple__seen_view(seen, number) != 0;

    if (knew) {
        meeple__seen_forget(seen, number);
    }
    if (number < seen->sights_cap) {
        seen->sights[number] = (struct meeple__sight){0};
    }
    if (!knew) {
        return false;
    }
    if (seen->gone_count == seen->gone_cap) {
        /* There is room for those that it has not been told. */
        seen->gone_count -= seen->gone_told;
        memmove(seen->gone, seen->gone + seen->gone_told, seen->gone_count * sizeof *seen->gone);
        seen->gone_told = 0;
    }
    assert(seen->gone_count < seen->gone_cap);
    seen->gone[seen->gone_count++] = id;
    return true;
}

void meeple__seen_told_gone(struct meeple__seen *seen)
{
    assert(seen->gone_told < seen->gone_count);
    if (++seen->gone_told == seen->gone_count) {
        seen->gone_told = seen->gone_count = 0;
    }
}
