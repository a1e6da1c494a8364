/* ours: a server with spawned things and clients that see them: the library's way. */
#ifndef TESTS_BENCH_OURS_H
#define TESTS_BENCH_OURS_H

#include "tests/bench/thing.h"

struct crowd;
struct ours_referee;

struct ours_options {
    size_t objects, peers;
    bool tcp;                    /* peers in a thread of their own, over 127.0.0.1; else loopback */
    const meeple_mem *mem;       /* the server's alone */
    const meeple_mem *peers_mem; /* without tcp */
};

struct ours {
    meeple_world *world;
    meeple_net *net;
    struct crowd *crowd;
    struct thing *things; /* what the server changes */
    size_t object_count, peer_count, peers_here;
    int32_t *peers;
    struct ours_referee *referee;
    meeple_object *referee_object;
    uint64_t cpu_ns; /* of the server in its polls; set it to 0 whenever you like */
};

/* Everybody is there and knows everything. */
struct ours *ours_new(const struct ours_options *options);
/* One poll that finds what has changed, and what it takes until no bytes wait to be sent. */
void ours_tick(struct ours *ours);
/* A call to one peer or to MEEPLE_ALL that does nothing there. */
void ours_call(struct ours *ours, int32_t to);
/* Asks every peer whether it sees what is here, and ends the process if not. */
void ours_agree(struct ours *ours);
void ours_free(struct ours *ours);

#endif /* TESTS_BENCH_OURS_H */
