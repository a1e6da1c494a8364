/* io_loopback: streams inside one process and one thread, without the operating system. */
#ifndef MEEPLE_TRANSPORT_IO_LOOPBACK_H
#define MEEPLE_TRANSPORT_IO_LOOPBACK_H

#include <meeple/io.h>

/*
 * A hub has one listener at most, and every connect() comes to it, whatever host and port say.
 * Each end keeps up to 64 KiB that it has not taken; an end at rest keeps none, and the hub a few
 * of what all had.  next() never waits and now_ms() is always 0: nothing happens here that the same
 * thread did not do.
 */
struct meeple__loopback;

/* With one reference.  mem is borrowed until the last is gone.  MEEPLE_ENOMEM. */
int meeple__loopback_new(const meeple_mem *mem, struct meeple__loopback **out);
void meeple__loopback_ref(struct meeple__loopback *hub);
void meeple__loopback_unref(struct meeple__loopback *hub);

/* Frees what a peak has left and nobody has used since the last time. */
void meeple__loopback_trim(struct meeple__loopback *hub);

/* The hub's; each io that it opens has a reference of its own. */
const meeple_io_driver *meeple__loopback_driver(struct meeple__loopback *hub);

#endif /* MEEPLE_TRANSPORT_IO_LOOPBACK_H */
