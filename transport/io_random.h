/* io_random: cryptographic randomness, drawn from the system a handful at a time. */
#ifndef MEEPLE_TRANSPORT_IO_RANDOM_H
#define MEEPLE_TRANSPORT_IO_RANDOM_H

#include <meeple/base.h>

enum {
    MEEPLE__RANDOM_POOL = 256 /* the most that one getentropy() gives */
};

/*
 * A frame mask is four bytes; a system call for each would cost more than the frame.  Bytes that
 * were handed out are wiped here.  Zeroed is empty.  A process that forks shares its pool with the
 * child: make the io after fork(), as with every descriptor in it.
 */
struct meeple__random {
    size_t left; /* at the front of the pool */
    uint8_t pool[MEEPLE__RANDOM_POOL];
};

/* MEEPLE_EIO: the system gave nothing; dst is untouched then. */
int meeple__random_fill(struct meeple__random *random, void *dst, size_t len);
/* Wipes what is left. */
void meeple__random_done(struct meeple__random *random);

#endif /* MEEPLE_TRANSPORT_IO_RANDOM_H */
