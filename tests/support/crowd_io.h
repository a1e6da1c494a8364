/* crowd_io: a driver of many clients who open a WebSocket, answer pings and say nothing else. */
#ifndef TESTS_SUPPORT_CROWD_IO_H
#define TESTS_SUPPORT_CROWD_IO_H

#include <meeple/io.h>

/*
 * For one server in virtual time: what a call costs does not depend on how many there are, as it
 * does in a sim.  next() without anything to tell moves the clock to the end of its time-out.
 */
struct crowd_io {
    meeple_io_driver driver; /* hand out &it.driver */
    size_t size;             /* how many come, all at once */
    uint64_t now_ms;
    size_t turns, sends; /* calls of next() and send() */
    /* Private. */
    meeple_io *io;
};

/* It begins at 1000. */
void crowd_io_init(struct crowd_io *crowd, size_t size);
/* One of them, counted from 0, sends a message of one byte. */
void crowd_io_say(struct crowd_io *crowd, size_t who);

#endif /* TESTS_SUPPORT_CROWD_IO_H */
