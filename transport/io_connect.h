/* io_connect: from a host and a port to a stream: the name, then a race of its addresses. */
#ifndef MEEPLE_TRANSPORT_IO_CONNECT_H
#define MEEPLE_TRANSPORT_IO_CONNECT_H

#include "transport/io_socket.h"

struct meeple__attempt;

/* Gives a socket that is CONNECTING its attempt; what fails already is told at its turn.
 * MEEPLE_ENOMEM. */
int meeple__attempt_begin(meeple_io *io, meeple_socket *socket, const char *host, uint16_t port);
/* Ends it, with its descriptor unless the stream is open. */
void meeple__attempt_end(meeple_io *io, meeple_socket *socket);
/* The turn of a socket that is CONNECTING: true if it came to CONNECTED or BROKEN. */
bool meeple__attempt_turn(meeple_io *io, meeple_socket *socket, meeple_io_event *event);

#endif /* MEEPLE_TRANSPORT_IO_CONNECT_H */
