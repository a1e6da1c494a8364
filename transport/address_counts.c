/* address_counts: how many connections come from where. */
#include "transport/address_counts.h"

#include <assert.h>
#include <string.h>

#include "core/list.h"
#include "core/mem.h"

static uint32_t hash_of(const struct meeple__address_counts *counts, const struct meeple__ip *block)
{
    uint8_t bytes[sizeof counts->seed + sizeof block->bytes];

    memcpy(bytes, &counts->seed, sizeof counts->seed);
    memcpy(bytes + sizeof counts->seed, block->bytes, sizeof block->bytes);
    return meeple__hash_bytes(bytes, sizeof bytes);
}

void meeple__address_counts_done(struct meeple__address_counts *counts, const meeple_mem *mem)
{
    assert(counts->map.count == 0);
    meeple__map_done(&counts->map, mem);
}

uint32_t meeple__address_counts_hash(const struct meeple__address_counts *counts,
                                     const struct meeple__ip *ip)
{
    struct meeple__ip block = meeple__ip_block(ip);

    return hash_of(counts, &block);
}

static struct meeple__address_count *find(const struct meeple__address_counts *counts,
                                          const struct meeple__ip *block, uint32_t hash)
{
    struct meeple__map_link *link = meeple__map_find(&counts->map, hash);

    for (; link; link = meeple__map_again(link)) {
        struct meeple__address_count *count =
            MEEPLE__CONTAINER(link, struct meeple__address_count, by_block);

        if (memcmp(count->block, block->bytes, sizeof count->block) == 0) {
            return count;
        }
    }
    return NULL;
}

struct meeple__address_count *
meeple__address_counts_find(const struct meeple__address_counts *counts,
                            const struct meeple__ip *ip)
{
    struct meeple__ip block = meeple__ip_block(ip);

    return find(counts, &block, hash_of(counts, &block));
}

struct meeple__address_count *meeple__address_counts_enter(struct meeple__address_counts *counts,
                                                           const meeple_mem *mem,
                                                           const struct meeple__ip *ip)
{
    struct meeple__ip block = meeple__ip_block(ip);
    uint32_t hash = hash_of(counts, &block);
    struct meeple__address_count *count = find(counts, &block, hash);

    if (count) {
        count->count++;
        return count;
    }
    count = meeple__alloc(mem, sizeof *count);
    if (!count || meeple__map_put(&counts->map, mem, &count->by_block, hash) < 0) {
        meeple__free(mem, count);
        return NULL;
    }
    memcpy(count->block, block.bytes, sizeof count->block);
    count->count = 1;
    return count;
}

void meeple__address_counts_leave(struct meeple__address_counts *counts, const meeple_mem *mem,
                                  struct meeple__address_count *count)
{
    if (count && --count->count == 0) {
        meeple__map_remove(&counts->map, &count->by_block);
        meeple__free(mem, count);
    }
}
