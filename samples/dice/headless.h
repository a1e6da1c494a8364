/* headless: dice without a window. */
#ifndef DICE_HEADLESS_H
#define DICE_HEADLESS_H

#include <signal.h>

#include "samples/dice/flags.h"

/* Plays until it is over or *stop is no longer 0, prints what happens to stdout, and gives the exit
 * status. */
int dice_headless_run(const struct dice_flags *flags, const volatile sig_atomic_t *stop);

#endif /* DICE_HEADLESS_H */
