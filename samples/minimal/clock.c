/* clock: how long something took. */
#include "samples/minimal/clock.h"

#include <time.h>

uint64_t clock_now_us(void)
{
    struct timespec now = {0};

    /* It exists wherever the library runs; the library's own clock only knows milliseconds. */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
