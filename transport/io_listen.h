/* io_listen: where streams are accepted. */
#ifndef MEEPLE_TRANSPORT_IO_LISTEN_H
#define MEEPLE_TRANSPORT_IO_LISTEN_H

#include "transport/io_socket.h"

/* The turn of a listener: true if it came to ACCEPTED. */
bool meeple__listener_turn(meeple_io *io, meeple_socket *listener, meeple_io_event *event);
/* Listeners that waited for a descriptor try again. */
void meeple__listeners_resume(meeple_io *io);

#endif /* MEEPLE_TRANSPORT_IO_LISTEN_H */
