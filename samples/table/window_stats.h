/* window_stats: how much goes over the network, as a card on the table. */
#ifndef TABLE_WINDOW_STATS_H
#define TABLE_WINDOW_STATS_H

#include <meeple/state.h>

#include "samples/lobby/lobby.h"
#include "samples/ui/ui.h"

/* What is counted from the beginning. */
struct table_counts {
    uint64_t ms;
    uint64_t bytes_in, bytes_out, packets_in, packets_out, batches;
};

/* The caller's; zero to begin with. */
struct table_stats {
    struct table_counts last;
    float bytes_in, bytes_out, packets_in, packets_out, batches; /* in a second */
    uint32_t objects, peers, rtt_ms;
    bool has_rtt;
};

/* Looks anew, about once a second; true if it did. */
bool table_stats_step(struct table_stats *stats, const struct lobby *lobby, uint64_t now_ms);
void table_stats_draw(struct draw *draw, struct rect rect, const struct table_stats *stats);

#endif /* TABLE_WINDOW_STATS_H */
