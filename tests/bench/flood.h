/* flood: clients that speak as Godot 3's do: one calls as fast as it can, another counts. */
#ifndef TESTS_BENCH_FLOOD_H
#define TESTS_BENCH_FLOOD_H

#include "tests/bench/stream.h"

enum {
    FLOOD_IN_SIZE = 1 << 18
};

/* One seat at a server that has an object "F", with hit(int, bool), which answers the last call
 * with done(int). */
struct flood_seat {
    struct stream stream;
    uint8_t *in; /* of FLOOD_IN_SIZE bytes */
    size_t have;
    int32_t id, other; /* ours, and the newest of the others; 0: not known yet */
    bool seated, confirmed, done;
    uint64_t hits; /* calls that came */
};

/* Who gets the calls. */
enum flood_target {
    FLOOD_SERVER, /* which runs them */
    FLOOD_SINK,   /* the server passes them on */
    FLOOD_ALL     /* both */
};

/* Takes a seat.  The caller's to flood_leave(). */
void flood_sit(struct flood_seat *seat, const char *whose, uint16_t port);
void flood_leave(struct flood_seat *seat);

/* The path of the object gets the number that calls have instead of it; sink NULL: at the server
 * alone.  Once, before the first run. */
void flood_announce(struct flood_seat *seat, struct flood_seat *sink);

/* So many calls of seat, until all have arrived where they were meant to.  Some thousands are under
 * way to a sink, so that nobody has to keep more than that. */
void flood_run(struct flood_seat *seat, struct flood_seat *sink, enum flood_target target,
               uint32_t calls);

#endif /* TESTS_BENCH_FLOOD_H */
