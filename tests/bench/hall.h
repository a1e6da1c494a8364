/* hall: a server and many who only listen to it, of the one kind or the other. */
#ifndef TESTS_BENCH_HALL_H
#define TESTS_BENCH_HALL_H

#include <meeple/world.h>

struct audience;
struct silent_io;

enum hall_kind {
    HALL_PACKETS, /* a net in the plain dialect, over TCP, with an audience in another process */
    HALL_CALLS    /* a world, in the native dialect, with clients in memory */
};

enum {
    HALL_MESSAGE_BYTES = 64
};

struct hall_options {
    enum hall_kind kind;
    size_t peers;
    struct audience *audience;  /* HALL_PACKETS; taken */
    const meeple_io_driver *io; /* HALL_PACKETS; NULL: the system's */
    uint32_t heartbeat_ms;      /* 0: never */
};

struct hall {
    enum hall_kind kind;
    meeple_net *net;
    meeple_world *world;
    meeple_object *object;
    struct audience *audience;
    struct silent_io *io;
    int32_t *peers;
    size_t peer_count, up, next;
    uint64_t heard;  /* words of clients that have come to us */
    uint64_t said;   /* words that we had them say */
    uint64_t past;   /* messages that reached the audience past the server's functions */
    uint64_t cpu_ns; /* of the server's functions; set it to 0 whenever you like */
    uint8_t message[HALL_MESSAGE_BYTES];
};

/* Everybody is in, and cpu_ns is what that took. */
struct hall *hall_new(const struct hall_options *options);
/* Takes all there is after at most so many milliseconds, and sends what is queued. */
void hall_turn(struct hall *hall, int timeout_ms);
/* Queues a message, or calls a method that does nothing there; to one peer or MEEPLE_ALL. */
void hall_tell(struct hall *hall, int32_t to);
/* The same to each by itself, in a loop. */
void hall_tell_each(struct hall *hall);
/* The next peer in their order, over and over. */
int32_t hall_next_peer(struct hall *hall);
/* So many clients say a word each, and turns are taken until all of it is here. */
void hall_hear(struct hall *hall, size_t words);
/* Until nothing waits to be sent, and the audience has heard all of it.  What turns that takes is
 * the server's work, the waiting is not. */
void hall_settle(struct hall *hall);
void hall_free(struct hall *hall);

#endif /* TESTS_BENCH_HALL_H */
