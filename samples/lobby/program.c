/* program: main() of a game that may have a window: the command line and the signals. */
#include "samples/lobby/program.h"

#include <stdio.h>

#include <meeple/base.h>

/* A signal handler can reach nothing that is not global. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* The first one asks to leave in good order, the second one ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int lobby_program_main(const struct lobby_program *program, int argc, char **argv)
{
    const char *name = program->words.program;
    struct lobby_flags flags;

    if (!lobby_flags_parse(&flags, argc, argv)) {
        fprintf(stderr, "%s: %s; --help says more\n", name, flags.error);
        return 2;
    }
    if (flags.has_dialect && !program->words.godot3) {
        fprintf(stderr, "%s: --dialect is not for this game; --help says more\n", name);
        return 2;
    }
    if (flags.help) {
        lobby_flags_help(stdout, &program->words);
        return 0;
    }
    if (flags.version) {
        printf("%s %s\n", name, meeple_version());
        return 0;
    }
    if (!flags.headless) {
        return program->run_window(&flags);
    }
    catch_signals();
    return program->run(&flags, &stop);
}
