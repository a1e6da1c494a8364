/* late_join: what those who are there notice when one more joins and has much to be told. */
#ifndef TESTS_BENCH_LATE_JOIN_H
#define TESTS_BENCH_LATE_JOIN_H

#include <meeple/state.h>

struct bench;

/* What there is to be told: spawned objects, which all peers see. */
struct load {
    const meeple_class *const *classes;
    /* Spawns them in the server's world; ctx is the load's.  Returns the sum of their hashes. */
    uint64_t (*spawn)(void *ctx, meeple_world *world);
    void *ctx;
    size_t objects;
};

/* A peer has one more object, whole; does nothing on the server.  For handlers of the load. */
void late_join_saw(const meeple_object *object, uint64_t hash);
/* Of the bytes of one. */
uint64_t late_join_hash(const void *bytes, size_t len);

/*
 * A server and some peers that have all of it and are called every ten milliseconds; then others
 * come, one after the other, see everything, and go.  Rows of the delays of calls to those that
 * were there and to the newcomers, before, during and after, of the longest poll of the server,
 * and of how long a join takes.
 */
void late_join(const struct bench *bench, const struct load *load);

#endif /* TESTS_BENCH_LATE_JOIN_H */
