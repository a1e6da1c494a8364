/* io_waker: how another thread, or a signal handler, ends a wait. */
#ifndef MEEPLE_TRANSPORT_IO_WAKER_H
#define MEEPLE_TRANSPORT_IO_WAKER_H

#include "transport/io_socket.h"

/* The multiplexer is open.  MEEPLE_ENOMEM, MEEPLE_EIO; _done is due even so. */
int meeple__waker_open(meeple_io *io);
/* After the sockets. */
void meeple__waker_done(meeple_io *io);
/* Whether WOKEN is to be told. */
bool meeple__waker_turn(const meeple_socket *waker, meeple_io_event *event);

#endif /* MEEPLE_TRANSPORT_IO_WAKER_H */
