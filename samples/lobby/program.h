/* program: main() of a game that may have a window: the command line and the signals. */
#ifndef LOBBY_PROGRAM_H
#define LOBBY_PROGRAM_H

#include <signal.h>

#include "samples/lobby/flags.h"

struct lobby_program {
    struct lobby_words words;
    /* Without a window, until it is over or *stop is no longer 0.  Both give the exit status. */
    int (*run)(const struct lobby_flags *flags, const volatile sig_atomic_t *stop);
    /* SDL turns the signals into the window's being closed. */
    int (*run_window)(const struct lobby_flags *flags);
};

int lobby_program_main(const struct lobby_program *program, int argc, char **argv);

#endif /* LOBBY_PROGRAM_H */
