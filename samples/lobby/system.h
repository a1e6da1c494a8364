/* system: a clock, and a seed, through the library's door to the system. */
#ifndef LOBBY_SYSTEM_H
#define LOBBY_SYSTEM_H

#include <meeple/io.h>

struct lobby_system {
    const meeple_io_driver *driver;
    meeple_io *io;
};

/* driver NULL: meeple_io_system().  MEEPLE_ENOMEM, MEEPLE_EIO. */
MEEPLE_MUST_USE int lobby_system_open(struct lobby_system *system, const meeple_io_driver *driver,
                                      const meeple_mem *mem);
/* Also for one of zeroes. */
void lobby_system_close(struct lobby_system *system);

/* Never goes back. */
uint64_t lobby_system_now_ms(const struct lobby_system *system);
/* What was given, or if that is 0 one from the system, opened for it alone.  Errors of both. */
MEEPLE_MUST_USE int lobby_system_find_seed(uint64_t *seed, uint32_t given,
                                           const meeple_io_driver *driver, const meeple_mem *mem);

#endif /* LOBBY_SYSTEM_H */
