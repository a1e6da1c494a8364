/* system: a clock, and a seed, through the library's door to the system. */
#include "samples/lobby/system.h"

int lobby_system_open(struct lobby_system *system, const meeple_io_driver *driver,
                      const meeple_mem *mem)
{
    system->driver = driver ? driver : meeple_io_system();
    system->io = NULL;
    return system->driver->open(system->driver, mem, NULL, &system->io);
}

void lobby_system_close(struct lobby_system *system)
{
    if (system->io) {
        system->driver->free(system->io);
    }
    system->io = NULL;
}

uint64_t lobby_system_now_ms(const struct lobby_system *system)
{
    return system->driver->now_ms(system->io);
}

int lobby_system_find_seed(uint64_t *seed, uint32_t given, const meeple_io_driver *driver,
                           const meeple_mem *mem)
{
    struct lobby_system system;
    int rc;

    *seed = given;
    if (given != 0) {
        return 0;
    }
    rc = lobby_system_open(&system, driver, mem);
    if (rc == 0) {
        rc = system.driver->random(system.io, seed, sizeof *seed);
        lobby_system_close(&system);
    }
    return rc;
}
