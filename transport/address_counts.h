/* address_counts: how many connections come from where. */
#ifndef MEEPLE_TRANSPORT_ADDRESS_COUNTS_H
#define MEEPLE_TRANSPORT_ADDRESS_COUNTS_H

#include "core/map.h"
#include "transport/ip.h"

/* One for each block of addresses (meeple__ip_block()) that has connections; counted by them. */
struct meeple__address_count {
    struct meeple__map_link by_block;
    uint8_t block[16]; /* as in struct meeple__ip */
    uint32_t count;
    uint32_t coming; /* of them, for the owner to count: those that are not peers yet */
};

struct meeple__address_counts {
    struct meeple__map map;
    uint64_t seed; /* random: who chooses addresses is not to choose what is slow to find */
};

/* Every count was left. */
void meeple__address_counts_done(struct meeple__address_counts *counts, const meeple_mem *mem);
/* A number for its block, which nobody outside can guess. */
uint32_t meeple__address_counts_hash(const struct meeple__address_counts *counts,
                                     const struct meeple__ip *ip);
/* What is counted there, or NULL. */
struct meeple__address_count *
meeple__address_counts_find(const struct meeple__address_counts *counts,
                            const struct meeple__ip *ip);
/* One more from there: what it is counted by, or NULL when out of memory. */
struct meeple__address_count *meeple__address_counts_enter(struct meeple__address_counts *counts,
                                                           const meeple_mem *mem,
                                                           const struct meeple__ip *ip);
/* One less; count may be NULL. */
void meeple__address_counts_leave(struct meeple__address_counts *counts, const meeple_mem *mem,
                                  struct meeple__address_count *count);

#endif /* MEEPLE_TRANSPORT_ADDRESS_COUNTS_H */
