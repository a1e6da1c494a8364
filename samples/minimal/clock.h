/* clock: how long something took. */
#ifndef MINIMAL_CLOCK_H
#define MINIMAL_CLOCK_H

#include <stdint.h>

/* Microseconds that never go back. */
uint64_t clock_now_us(void);

#endif /* MINIMAL_CLOCK_H */
