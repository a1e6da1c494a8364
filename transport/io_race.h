/* io_race: the sockets of an address race: one for each address that is being tried. */
#ifndef MEEPLE_TRANSPORT_IO_RACE_H
#define MEEPLE_TRANSPORT_IO_RACE_H

#include "transport/address_race.h"
#include "transport/io_address.h"
#include "transport/io_socket.h"

/*
 * The runners are watched like any socket, but are in no list of the io's and seen by no caller:
 * what is ready about one of them is a turn of the socket they run for.
 */
struct meeple__runners {
    struct meeple__race race;
    struct meeple__list due; /* in io->races, while an address waits for its time */
    meeple_socket *socket;   /* they run for; NULL: there is no race */
    const struct meeple__address *addresses;
    int error; /* errno of the most telling failure so far */
    meeple_socket runners[MEEPLE__RACE_MAX];
};

/* Begins for a zeroed struct and a socket without a descriptor.  The addresses, at least one and at
 * most MEEPLE__RACE_MAX, the best first, are borrowed until _end. */
void meeple__runners_begin(meeple_io *io, struct meeple__runners *them, meeple_socket *socket,
                           const struct meeple__address *addresses, size_t count);
/* Closes what is under way.  Fine if there is no race (any more). */
void meeple__runners_end(meeple_io *io, struct meeple__runners *them);

/* The turn of their socket: true if one has arrived.  Then the stream is the socket's, which is
 * watched for what can be read, and the race has ended. */
bool meeple__runners_turn(meeple_io *io, struct meeple__runners *them);
/* None of them will arrive; why is in `error`. */
bool meeple__runners_are_lost(const struct meeple__runners *them);
/* Which addresses there were, for people: "::1, 127.0.0.1 and 3 more"; cut to cap. */
void meeple__runners_text(const struct meeple__runners *them, char *dst, size_t cap);

/* When the first race of this io has an address to try; UINT64_MAX: none waits for that. */
uint64_t meeple__races_due_ms(const meeple_io *io);
/* Gives a turn to the sockets of all races whose time it is. */
void meeple__races_wake(meeple_io *io, uint64_t now_ms);

#endif /* MEEPLE_TRANSPORT_IO_RACE_H */
