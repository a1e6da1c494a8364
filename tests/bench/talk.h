/* talk: clients say something to a server, which says it to all of them: as calls of a world, or as
 * packets of a net. */
#ifndef TESTS_BENCH_TALK_H
#define TESTS_BENCH_TALK_H

#include <meeple/world.h>

#include "tests/bench/cores.h"

struct crowd;
struct talk_side;

struct talk_options {
    bool tcp;     /* clients in a thread of their own; else loopback */
    bool packets; /* no world */
    size_t peers;
    struct cores cores; /* of tcp; afterwards this thread is on the server's */
};

struct talk {
    bool tcp;
    meeple_net *net;
    meeple_world *world; /* NULL: packets */
    meeple_object *object;
    struct crowd *crowd;
    int32_t *peers;
    size_t peer_count, peers_here;
    struct talk_side *side; /* the server's */
    /* Of the rounds so far; set them to 0 whenever you like. */
    uint64_t server_ns; /* processor time of the server's functions */
    uint64_t thread_ns; /* of this thread: over loopback the clients are in it */
    uint64_t us;        /* that passed */
};

/* Everybody is there. */
struct talk *talk_new(const struct talk_options *options);
/*
 * Every client says so many things, the next when it hears one of its own, 16 of them under way;
 * until everybody has heard all of everybody.
 */
void talk_round(struct talk *talk, uint32_t each);
/* Over loopback: every client says so many things that nobody passes on. */
void talk_one_way(struct talk *talk, uint32_t each);
void talk_free(struct talk *talk);

#endif /* TESTS_BENCH_TALK_H */
