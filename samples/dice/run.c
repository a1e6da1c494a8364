/* run: one run of dice: a session, and a player that is a program if that was asked for. */
#include "samples/dice/run.h"

#include "samples/dice/report.h"

/* Time for the others to join before a host begins, and to roll; a person needs a moment to follow
 * in the window. */
#define HOST_PATIENCE_MS 300
#define WINDOW_PATIENCE_MS 500

static void on_trace(void *user, struct dice_session *session, const struct dice_trace *trace)
{
    struct dice_run *run = user;

    if (run->run.report) {
        dice_report(run->run.report, session, trace, lobby_run_ms(&run->run));
    }
    if (trace->event) {
        lobby_run_event(&run->run, trace->event);
    }
}

static void on_poll(void *user, struct dice_session *session)
{
    struct dice_run *run = user;
    const struct lobby_flags *flags = run->run.flags;

    if (flags->auto_turns > 0 || (flags->headless && flags->host)) {
        dice_autoplay_step(&run->autoplay, session, lobby_run_ms(&run->run));
    }
    run->run.turns = dice_session_rolls(session);
    lobby_run_polled(&run->run);
}

static int poll(void *user, int timeout_ms)
{
    return dice_session_poll(user, timeout_ms);
}

bool dice_run_open(struct dice_run *run, const struct lobby_flags *flags, FILE *report)
{
    const struct dice_options options = {.name = flags->name,
                                         .port = flags->port,
                                         .dedicated = flags->dedicated,
                                         .files = flags->files,
                                         .proxy = flags->proxy,
                                         .home = run->run.home,
                                         .seed = flags->seed,
                                         .dialect = flags->dialect,
                                         .log = &run->run.log,
                                         .on_trace = on_trace,
                                         .on_poll = on_poll,
                                         .user = run};
    int rc;

    *run = (struct dice_run){
        .run = {
            .flags = flags, .program = "dice", .did = "rolled", .report = report, .poll = poll}};
    run->autoplay.rolls_max = flags->auto_turns;
    if (!flags->headless) {
        run->autoplay.patience_ms = WINDOW_PATIENCE_MS;
    } else if (flags->host) {
        run->autoplay.patience_ms = HOST_PATIENCE_MS;
    }
    if (!lobby_run_open(&run->run)) {
        return false;
    }
    rc = dice_session_new(&run->session, &options);
    if (rc < 0) {
        fprintf(stderr, "dice: %s\n", meeple_strerror(rc));
        lobby_system_close(&run->run.system);
        return false;
    }
    run->run.lobby = dice_session_lobby(run->session);
    run->run.user = run->session;
    return true;
}

int dice_run_close(struct dice_run *run)
{
    int status = lobby_run_close(&run->run);

    dice_session_free(run->session);
    return status;
}
