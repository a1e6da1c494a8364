/* map: an intrusive hash map; members are found by a 32-bit hash, the owner compares keys. */
#ifndef MEEPLE_CORE_MAP_H
#define MEEPLE_CORE_MAP_H

#include <meeple/base.h>

struct meeple__map_link {
    struct meeple__map_link *next;
    uint32_t hash;
};

/* Zeroed is empty. */
struct meeple__map {
    struct meeple__map_link **slots;
    uint32_t slot_count; /* 0 or a power of two */
    uint32_t count;
};

/* MEEPLE_ENOMEM: the map is as it was. */
int meeple__map_put(struct meeple__map *map, const meeple_mem *mem, struct meeple__map_link *link,
                    uint32_t hash);
void meeple__map_remove(struct meeple__map *map, struct meeple__map_link *link);
/* Frees the slots; the members are their owner's. */
void meeple__map_done(struct meeple__map *map, const meeple_mem *mem);

/* The first member of that hash, or NULL; _again the next one after it. */
struct meeple__map_link *meeple__map_find(const struct meeple__map *map, uint32_t hash);
struct meeple__map_link *meeple__map_again(const struct meeple__map_link *link);

/* Without a secret: whoever chooses keys can choose them into one slot.  The owner bounds the count
 * (4096 in one slot are found in microseconds). */
static inline uint32_t meeple__hash_u32(uint32_t key)
{
    key = (key ^ (key >> 16)) * 0x45d9f3bU;
    key = (key ^ (key >> 16)) * 0x45d9f3bU;
    return key ^ (key >> 16);
}
uint32_t meeple__hash_bytes(const void *bytes, size_t len);

#endif /* MEEPLE_CORE_MAP_H */
