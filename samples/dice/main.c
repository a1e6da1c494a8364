/* main: dice, the program: with a window or without. */
#include "samples/dice/run.h"
#include "samples/dice/window.h"
#include "samples/lobby/platform.h"
#include "samples/lobby/program.h"
#include "samples/ui/app.h"

static int run(const struct lobby_flags *flags, const volatile sig_atomic_t *stop)
{
    struct dice_run run;

    if (!dice_run_open(&run, flags, stdout)) {
        return 1;
    }
    if (lobby_run_begin(&run.run)) {
        lobby_run_headless(&run.run, stop);
    }
    return dice_run_close(&run);
}

static int run_window(const struct lobby_flags *flags)
{
    const struct dice_window_options options = {
        .host = flags->connect,
        .screenshot = flags->screenshot,
        .port = flags->port,
        .guest_only = !lobby_platform_can_host(),
        .x = flags->x,
        .y = flags->y,
        .width = flags->width,
        .height = flags->height,
    };
    struct dice_run run;
    int status;

    /* A game that plays by itself says what happens, as one without a window does. */
    if (!dice_run_open(&run, flags, flags->report || flags->auto_turns > 0 ? stdout : NULL)) {
        return 1;
    }
    run.run.on_over = app_quit;
    /* If it fails, the window shows why. */
    (void)lobby_run_begin(&run.run);
    status = dice_window_run(run.session, &options);
    return dice_run_close(&run) != 0 ? 1 : status;
}

int main(int argc, char **argv)
{
    static const struct lobby_program dice = {
        .words = {.program = "dice",
                  .summary =
                      "A dice game for several players. Without flags it opens a window "
                      "with buttons for all this.\n"
                      "It plays as Godot's WebSocket multiplayer demo does, and with --dialect "
                      "godot3 together with it.",
                  .by_itself = "  --auto N                 play by itself until it has rolled N "
                               "times, then leave; a host\n"
                               "                           stays as long as there are others\n",
                  .seed = "of the dice",
                  .end = "Without a window a host plays its own turns when the others wait for it, "
                         "and ends when those\n"
                         "who came have left, unless --quit-after or --dedicated is given. The "
                         "exit status is 0 if it\n"
                         "did what was asked.\n",
                  .godot3 = true},
        .run = run,
        .run_window = run_window,
    };

    return lobby_program_main(&dice, argc, argv);
}
