/* audience: clients in a process of their own that only listen, thousands of them: sockets and the
 * least of a WebSocket, nothing of the library. */
#ifndef TESTS_BENCH_AUDIENCE_H
#define TESTS_BENCH_AUDIENCE_H

#include <meeple/base.h>

enum {
    AUDIENCE_BYTES_MAX = 512
};

struct audience;

struct audience_place {
    uint16_t port;        /* of a server on 127.0.0.1 */
    const char *protocol; /* the subprotocol that is asked for; NULL: none */
    /* Whole frames, masked as a client's, at most AUDIENCE_BYTES_MAX bytes; both may be empty. */
    meeple_bytes first; /* what each sends as soon as it is in */
    meeple_bytes word;  /* what one sends when the audience is to say something */
};

/* Whether a process may have so many sockets open; if not, a line says that the case is left out.
 */
bool audience_fits(const char *name, size_t count);
/* A process that waits for what it is told, and ends with ours; core as in cores_pin().  It
 * inherits what is open: make it before there are sockets and threads.  Pings are answered; who is
 * not let in or is sent away ends both processes. */
struct audience *audience_new(int core);
/* So many more go in, 32 at a time; this does not wait for them.  The place is copied, and always
 * the same. */
void audience_join(struct audience *audience, const struct audience_place *place, size_t count);
/* So many words, each said by the next one in their order; does not wait either. */
void audience_say(struct audience *audience, size_t count);

/* How many have come in, and what all of them have heard. */
size_t audience_up(const struct audience *audience);
uint64_t audience_messages(const struct audience *audience);
uint64_t audience_pings(const struct audience *audience);
/* Waits until they have heard so many messages, since they are there. */
void audience_wait(const struct audience *audience, uint64_t messages);

/* Before the server is freed.  audience may be NULL. */
void audience_free(struct audience *audience);

#endif /* TESTS_BENCH_AUDIENCE_H */
