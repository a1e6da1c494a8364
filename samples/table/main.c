/* main: table, the program: with a window or without. */
#include "samples/lobby/platform.h"
#include "samples/lobby/program.h"
#include "samples/table/run.h"
#include "samples/table/window.h"
#include "samples/ui/app.h"

static int run(const struct lobby_flags *flags, const volatile sig_atomic_t *stop)
{
    struct table_run run;

    if (!table_run_open(&run, flags, stdout)) {
        return 1;
    }
    if (lobby_run_begin(&run.run)) {
        lobby_run_headless(&run.run, stop);
    }
    return table_run_close(&run);
}

static int run_window(const struct lobby_flags *flags)
{
    /* What plays by itself, or is photographed, says what happens, as one without a window does. */
    bool says = flags->report || flags->auto_turns > 0 || flags->screenshot;
    FILE *report = says ? stdout : NULL;
    const struct table_window_options options = {
        .host = flags->connect,
        .screenshot = flags->screenshot,
        .port = flags->port,
        .guest_only = !lobby_platform_can_host(),
        .report = report,
        .stats = flags->auto_turns > 0,
        .x = flags->x,
        .y = flags->y,
        .width = flags->width,
        .height = flags->height,
    };
    struct table_run run;
    int status;

    if (!table_run_open(&run, flags, report)) {
        return 1;
    }
    run.run.on_over = app_quit;
    /* If it fails, the window shows why. */
    (void)lobby_run_begin(&run.run);
    status = table_window_run(&run.session, &options);
    return table_run_close(&run) != 0 ? 1 : status;
}

int main(int argc, char **argv)
{
    static const struct lobby_program table = {
        .words = {.program = "table",
                  .summary =
                      "A table with cards, dice and chips, shared by up to eight players. Without "
                      "flags it opens a\n"
                      "window with buttons for all this. Pieces are dragged with the mouse, or "
                      "chosen with Tab and\n"
                      "moved with the arrow keys; Enter picks one up or puts it down, T puts it "
                      "into your tray, R or\n"
                      "two clicks turn a card or throw a die, F1 shows the traffic. The host flips "
                      "the table with F\n"
                      "and tidies it with Y.",
                  .by_itself = "  --auto N                 move pieces by itself, N times, as soon "
                               "as there are two at the\n"
                               "                           table, then leave when nothing moves "
                               "any more; a host stays\n"
                               "                           as long as there are others\n",
                  .seed = "of what is random",
                  .end = "Without a window a host ends when those who came have left, unless "
                         "--quit-after or\n"
                         "--dedicated is given. The exit status is 0 if it did what was asked.\n"},
        .run = run,
        .run_window = run_window,
    };

    return lobby_program_main(&table, argc, argv);
}
