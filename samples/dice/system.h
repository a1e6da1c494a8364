/* system: a clock, and a seed for the dice, through the library's door to the system. */
#ifndef DICE_SYSTEM_H
#define DICE_SYSTEM_H

#include <meeple/io.h>

struct dice_system {
    const meeple_io_driver *driver;
    meeple_io *io;
};

/* driver NULL: meeple_io_system().  MEEPLE_ENOMEM, MEEPLE_EIO. */
MEEPLE_MUST_USE int dice_system_open(struct dice_system *system, const meeple_io_driver *driver,
                                     const meeple_mem *mem);
/* Also for one of zeroes. */
void dice_system_close(struct dice_system *system);

/* Never goes back. */
uint64_t dice_system_now_ms(const struct dice_system *system);
/* MEEPLE_EIO. */
MEEPLE_MUST_USE int dice_system_seed(const struct dice_system *system, uint64_t *seed);

#endif /* DICE_SYSTEM_H */
