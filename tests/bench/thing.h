/* thing: an object as games have them, the same for the library and for those it is compared with.
 */
#ifndef TESTS_BENCH_THING_H
#define TESTS_BENCH_THING_H

#include <meeple/state.h>

#include "tests/support/prng.h"

struct thing {
    char name[16];
    meeple_vec2 at;
    float angle;
    int32_t health;
    uint32_t number;
    uint16_t ammunition;
    uint8_t kind;
    bool alive;
    uint8_t items[4];
};

extern const meeple_field thing_fields[];
extern const size_t thing_field_count;

void thing_init(struct thing *thing, uint32_t number, struct prng *prng);
/* What a tick changes: it is somewhere else and looks elsewhere. */
void thing_move(struct thing *thing, struct prng *prng);

/* The same for the same state, whatever is in the gaps; sums are the same in any order. */
uint64_t thing_hash(const struct thing *thing);

/* A growing text or packet; zeroed it is empty.  bytes is the owner's to free(). */
struct thing_text {
    char *bytes;
    size_t len, cap;
};

/* Some things; `which` NULL: the first count of them. */
struct thing_choice {
    const struct thing *things;
    const uint32_t *which;
    size_t count;
};

/* Objects with the names of their members, in an array; put behind what is in text. */
void thing_write_json(struct thing_text *text, const struct thing_choice *choice);
/* The same as msgpack, by msgpack-c: arrays in the order of the members, without their names. */
void thing_write_msgpack(struct thing_text *text, const struct thing_choice *choice);

#endif /* TESTS_BENCH_THING_H */
