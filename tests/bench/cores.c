/* cores: one processor for the server that is measured, another for the load. */
#define _GNU_SOURCE
#include "tests/bench/cores.h"

#include <assert.h>
#include <sched.h>
#include <string.h>

struct cores cores_here(void)
{
    struct cores cores = {.server = -1, .load = -1};
    cpu_set_t set;

    static_assert(sizeof cores.before == sizeof set, "a bit for each that the C library knows");
    if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) {
        return cores;
    }
    memcpy(cores.before, &set, sizeof set);
    for (unsigned core = 0; core < CPU_SETSIZE; core++) {
        if (CPU_ISSET(core, &set)) {
            cores.server = cores.server < 0 ? (int)core : cores.server;
            cores.load = (int)core;
        }
    }
    return cores;
}

void cores_pin(int core)
{
    cpu_set_t set;

    if (core >= 0) {
        CPU_ZERO(&set);
        CPU_SET((unsigned)core, &set);
        /* Where it cannot be, the numbers are less steady, and nothing else. */
        (void)sched_setaffinity(0, sizeof set, &set);
    }
}

void cores_release(const struct cores *cores)
{
    cpu_set_t set;

    if (cores->load >= 0) {
        memcpy(&set, cores->before, sizeof set);
        (void)sched_setaffinity(0, sizeof set, &set);
    }
}
