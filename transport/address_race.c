/* address_race: which address of a name is tried when (RFC 8305, "Happy Eyeballs"). */
#include "transport/address_race.h"

#include <assert.h>

static uint32_t bit_of(int address)
{
    assert(address >= 0 && address < MEEPLE__RACE_MAX);
    return UINT32_C(1) << address;
}

/* The first from `at` on that is, or is not, of that family; count if there is none. */
static size_t find(const int *families, size_t count, size_t at, int family, bool same)
{
    while (at < count && (families[at] == family) != same) {
        at++;
    }
    return at;
}

void meeple__race_init(struct meeple__race *race, const int *families, size_t count)
{
    size_t at[2] = {0, 0}; /* the next of the first address's family, and of the other */
    bool same = true;

    assert(count <= MEEPLE__RACE_MAX);
    *race = (struct meeple__race){.count = (uint8_t)count};
    for (size_t i = 0; i < count; i++) {
        size_t *next = &at[same ? 0 : 1];

        *next = find(families, count, *next, families[0], same);
        if (*next == count) {
            /* That family is used up; the rest is the other's. */
            same = !same;
            next = &at[same ? 0 : 1];
            *next = find(families, count, *next, families[0], same);
        }
        race->order[i] = (uint8_t)(*next)++;
        same = !same;
    }
}

int meeple__race_next(struct meeple__race *race, uint64_t now_ms)
{
    int address;

    if (race->started == race->count || now_ms < race->due_ms) {
        return MEEPLE__RACE_NONE;
    }
    address = race->order[race->started++];
    race->under_way |= bit_of(address);
    race->due_ms = now_ms + MEEPLE__RACE_DELAY_MS;
    return address;
}

void meeple__race_failed(struct meeple__race *race, int address)
{
    assert(meeple__race_is_under_way(race, address));
    race->under_way &= ~bit_of(address);
    race->due_ms = 0;
}

bool meeple__race_put_off(struct meeple__race *race, int address, uint64_t now_ms)
{
    assert(race->started > 0 && race->order[race->started - 1] == address);
    if (race->under_way == bit_of(address)) {
        return false;
    }
    race->under_way &= ~bit_of(address);
    race->started--;
    race->due_ms = now_ms + MEEPLE__RACE_DELAY_MS;
    return true;
}

uint64_t meeple__race_due_ms(const struct meeple__race *race)
{
    return race->started < race->count ? race->due_ms : UINT64_MAX;
}

bool meeple__race_is_under_way(const struct meeple__race *race, int address)
{
    return (race->under_way & bit_of(address)) != 0;
}

bool meeple__race_is_lost(const struct meeple__race *race)
{
    return race->started == race->count && race->under_way == 0;
}
