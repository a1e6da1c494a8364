/* system: a clock, and a seed for the dice, through the library's door to the system. */
#include "samples/dice/system.h"

int dice_system_open(struct dice_system *system, const meeple_io_driver *driver,
                     const meeple_mem *mem)
{
    system->driver = driver ? driver : meeple_io_system();
    system->io = NULL;
    return system->driver->open(system->driver, mem, NULL, &system->io);
}

void dice_system_close(struct dice_system *system)
{
    if (system->io) {
        system->driver->free(system->io);
    }
    system->io = NULL;
}

uint64_t dice_system_now_ms(const struct dice_system *system)
{
    return system->driver->now_ms(system->io);
}

int dice_system_seed(const struct dice_system *system, uint64_t *seed)
{
    return system->driver->random(system->io, seed, sizeof *seed);
}
