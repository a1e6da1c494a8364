/* crowd: the clients of a benchmark: of a loopback server, or in a thread of their own over TCP. */
#ifndef TESTS_BENCH_CROWD_H
#define TESTS_BENCH_CROWD_H

#include <meeple/world.h>

struct crowd;

struct crowd_member {
    struct crowd *crowd;
    meeple_world *world; /* NULL: only a net */
    meeple_net *net;
    void *data; /* of options.data_size, zeroed */
    bool up;
};

struct crowd_options {
    size_t count;
    meeple_net *server; /* loopback: members belong to its thread.  NULL: over TCP, in another */
    uint16_t port;
    const meeple_class *const *classes; /* NULL: members have no world */
    size_t data_size;
    const meeple_mem *mem;                      /* of all members, if they have no thread */
    size_t message_bytes_max;                   /* 0: the library's default */
    void (*begin)(struct crowd_member *member); /* with a world: adds its objects; may be NULL */
    void (*packet)(struct crowd_member *member, meeple_bytes packet); /* without a world */
};

/* With a thread it begins at once; a member connects when the one before is UP.  Who cannot come in
 * or is sent away ends the process. */
struct crowd *crowd_new(const struct crowd_options *options);
/* How many have come UP; any thread may ask. */
size_t crowd_up(const struct crowd *crowd);
/* Loopback: every member takes what there is, once; whether there was something.  False at once if
 * they have a thread. */
bool crowd_turn(struct crowd *crowd);
/* Ends the thread; from here on members may be looked at. */
void crowd_stop(struct crowd *crowd);
struct crowd_member *crowd_member(struct crowd *crowd, size_t index);
/* Before the server's net is freed.  data is freed, not what it points at. */
void crowd_free(struct crowd *crowd);

#endif /* TESTS_BENCH_CROWD_H */
