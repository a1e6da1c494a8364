/*
 * resolver: names to addresses without waiting.
 *
 * getaddrinfo() is the only way to a name that honours what the machine is configured to do, and it
 * blocks.  So each lookup is one short-lived, detached thread, the only one this library ever
 * makes: it touches nothing but its own lookup, allocates with malloc() rather than the caller's
 * allocator, takes no signals, and ends with getaddrinfo().  (It may outlive the io that asked; a
 * program that unloads the library has to let it end first.)
 */
#ifndef MEEPLE_TRANSPORT_RESOLVER_H
#define MEEPLE_TRANSPORT_RESOLVER_H

#include "transport/io_address.h"

enum {
    MEEPLE__FAMILY_MAX = 8, /* IPv4 addresses, and as many of IPv6; more are dropped, so that many
                               of one kind do not crowd out the other */
    MEEPLE__ANSWER_MAX = 2 * MEEPLE__FAMILY_MAX
};

/* What a name is. */
struct meeple__answer {
    int error;  /* getaddrinfo()'s; 0: there is at least one address */
    int number; /* errno, if error is EAI_SYSTEM */
    size_t count;
    struct meeple__address addresses[MEEPLE__ANSWER_MAX]; /* the best first, each once */
};

struct meeple__lookup;

/* Begins one.  MEEPLE_ENOMEM; MEEPLE_EIO: no descriptor or thread to be had, errno says why. */
int meeple__lookup_new(struct meeple__lookup **out, const char *host, uint16_t port);
/* The answer is not needed (any more). */
void meeple__lookup_free(struct meeple__lookup *lookup);

/* Readable once there is an answer; the lookup's. */
int meeple__lookup_fd(const struct meeple__lookup *lookup);
/* NULL while there is none; borrowed until _free. */
const struct meeple__answer *meeple__lookup_answer(const struct meeple__lookup *lookup);

/* Why there is no address, for people.  dst of cap bytes takes what has to be made; the result is
 * that or static. */
const char *meeple__answer_text(const struct meeple__answer *answer, char *dst, size_t cap);

#endif /* MEEPLE_TRANSPORT_RESOLVER_H */
