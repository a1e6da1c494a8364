/* main: dice, the program: with a window or without. */
#include <signal.h>
#include <stdio.h>

#include "samples/dice/headless.h"
#include "samples/dice/run.h"
#include "samples/dice/window.h"

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

/* SDL turns the same signals into the window's being closed. */
static int run_window(const struct dice_flags *flags)
{
    const struct dice_window_options options = {
        .host = flags->connect,
        .screenshot = flags->screenshot,
        .port = flags->port,
        .x = flags->x,
        .y = flags->y,
        .width = flags->width,
        .height = flags->height,
    };
    struct dice_run run;
    int status;

    /* A game that plays by itself says what happens, as one without a window does. */
    if (!dice_run_open(&run, flags, flags->auto_rolls > 0 ? stdout : NULL)) {
        return 1;
    }
    run.on_over = dice_window_close;
    /* If it fails, the window shows why. */
    (void)dice_run_begin(&run);
    status = dice_window_run(run.session, &options);
    return dice_run_close(&run) != 0 ? 1 : status;
}

int main(int argc, char **argv)
{
    struct dice_flags flags;

    if (!dice_flags_parse(&flags, argc, argv)) {
        fprintf(stderr, "dice: %s; --help says more\n", flags.error);
        return 2;
    }
    if (flags.help) {
        fputs(dice_flags_help, stdout);
        return 0;
    }
    if (flags.version) {
        printf("dice %s\n", meeple_version());
        return 0;
    }
    if (!flags.headless) {
        return run_window(&flags);
    }
    catch_signals();
    return dice_headless_run(&flags, &stop);
}
