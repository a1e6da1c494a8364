/* run: one run of table: a session, and a player that is a program if that was asked for. */
#include "samples/table/run.h"

#include "samples/lobby/report.h"
#include "samples/table/report.h"

#define HEADLESS_PAUSE_MS 20
#define WINDOW_PAUSE_MS 400 /* a person wants to follow */
/* Nothing has changed for so long: the table is at rest; and everybody else is done, too. */
#define REST_MS 400
#define SETTLED_MS 2000

static void on_event(void *user, const meeple_event *event, const meeple_fault *fault)
{
    struct table_run *run = user;

    if (run->run.report) {
        lobby_report_begin(run->run.report, meeple_event_name(event->type), lobby_run_ms(&run->run),
                           run->session.game.name);
        lobby_report_event(run->run.report, &run->session.lobby, event, fault);
        lobby_report_end(run->run.report);
    }
    lobby_run_event(&run->run, event);
}

static void on_said(void *user, const char *line)
{
    struct table_run *run = user;

    if (run->run.report) {
        table_report_said(run->run.report, &run->session.game, lobby_run_ms(&run->run), line);
    }
}

static bool somebody_holds(const struct table_game *game)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (game->pieces[i] && game->pieces[i]->word.holder != 0) {
            return true;
        }
    }
    return game->hand != TABLE_NOTHING;
}

static void watch(struct table_run *run, uint64_t now_ms)
{
    const struct table_game *game = &run->session.game;
    uint32_t revision = lobby_revision(&run->session.lobby);

    if (revision != run->revision) {
        run->revision = revision;
        run->since_ms = now_ms;
    }
    if (now_ms - run->since_ms < REST_MS || revision == run->reported || !game->board ||
        somebody_holds(game)) {
        return;
    }
    run->reported = revision;
    if (run->run.report) {
        table_report_rest(run->run.report, game, now_ms);
    }
}

static void on_polled(void *user)
{
    struct table_run *run = user;
    uint64_t now_ms = lobby_run_ms(&run->run);

    if (run->run.flags->auto_turns > 0) {
        table_autoplay_step(&run->autoplay, &run->session, now_ms);
    }
    watch(run, now_ms);
    run->run.turns = run->session.game.puts;
    run->run.settled = now_ms - run->since_ms >= SETTLED_MS;
    lobby_run_polled(&run->run);
}

static int poll(void *user, int timeout_ms)
{
    return table_session_poll(user, timeout_ms);
}

bool table_run_open(struct table_run *run, const struct lobby_flags *flags, FILE *report)
{
    const struct table_session_options options = {.name = flags->name,
                                                  .port = flags->port,
                                                  .dedicated = flags->dedicated,
                                                  .files = flags->files,
                                                  .proxy = flags->proxy,
                                                  .home = run->run.home,
                                                  .seed = flags->seed,
                                                  .log = &run->run.log,
                                                  .on_event = on_event,
                                                  .on_said = on_said,
                                                  .on_polled = on_polled,
                                                  .user = run};
    int rc;

    *run = (struct table_run){.run = {.flags = flags,
                                      .program = "table",
                                      .did = "moved a piece",
                                      .report = report,
                                      .poll = poll,
                                      .user = &run->session,
                                      .lobby = &run->session.lobby}};
    if (!lobby_run_open(&run->run)) {
        return false;
    }
    rc = table_session_open(&run->session, &options);
    if (rc < 0) {
        fprintf(stderr, "table: %s\n", meeple_strerror(rc));
        lobby_system_close(&run->run.system);
        return false;
    }
    run->autoplay =
        (struct table_autoplay){.moves_max = flags->auto_turns,
                                .pause_ms = flags->headless ? HEADLESS_PAUSE_MS : WINDOW_PAUSE_MS,
                                .random = run->session.game.options.seed};
    return true;
}

int table_run_close(struct table_run *run)
{
    int status = lobby_run_close(&run->run);

    table_session_close(&run->session);
    return status;
}
