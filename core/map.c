/* map: an intrusive hash map; members are found by a 32-bit hash, the owner compares keys. */
#include "core/map.h"
#include "core/mem.h"

#include <assert.h>

enum {
    FIRST_SLOTS = 16
};

static struct meeple__map_link **slot_of(const struct meeple__map *map, uint32_t hash)
{
    return &map->slots[hash & (map->slot_count - 1)];
}

static int grow(struct meeple__map *map, const meeple_mem *mem)
{
    struct meeple__map bigger = {.count = map->count};

    bigger.slot_count = map->slot_count ? map->slot_count * 2 : FIRST_SLOTS;
    bigger.slots = meeple__alloc(mem, bigger.slot_count * sizeof *bigger.slots);
    if (!bigger.slots) {
        return MEEPLE_ENOMEM;
    }
    for (uint32_t i = 0; i < map->slot_count; i++) {
        struct meeple__map_link *link = map->slots[i];

        while (link) {
            struct meeple__map_link *next = link->next;
            struct meeple__map_link **slot = slot_of(&bigger, link->hash);

            link->next = *slot;
            *slot = link;
            link = next;
        }
    }
    meeple__free(mem, map->slots);
    *map = bigger;
    return 0;
}

int meeple__map_put(struct meeple__map *map, const meeple_mem *mem, struct meeple__map_link *link,
                    uint32_t hash)
{
    struct meeple__map_link **slot;

    if (map->count >= map->slot_count) {
        int rc = grow(map, mem);

        if (rc < 0) {
            return rc;
        }
    }
    slot = slot_of(map, hash);
    link->hash = hash;
    link->next = *slot;
    *slot = link;
    map->count++;
    return 0;
}

void meeple__map_remove(struct meeple__map *map, struct meeple__map_link *link)
{
    struct meeple__map_link **at = slot_of(map, link->hash);

    while (*at != link) {
        assert(*at);
        at = &(*at)->next;
    }
    *at = link->next;
    link->next = NULL;
    map->count--;
}

void meeple__map_done(struct meeple__map *map, const meeple_mem *mem)
{
    meeple__free(mem, map->slots);
    *map = (struct meeple__map){0};
}

static struct meeple__map_link *same_hash(struct meeple__map_link *link, uint32_t hash)
{
    while (link && link->hash != hash) {
        link = link->next;
    }
    return link;
}

struct meeple__map_link *meeple__map_find(const struct meeple__map *map, uint32_t hash)
{
    return map->slot_count ? same_hash(*slot_of(map, hash), hash) : NULL;
}

struct meeple__map_link *meeple__map_again(const struct meeple__map_link *link)
{
    return same_hash(link->next, link->hash);
}

uint32_t meeple__hash_bytes(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint32_t hash = 2166136261U; /* FNV-1a */

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ at[i]) * 16777619U;
    }
    return hash;
}
