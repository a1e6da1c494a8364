/* run: one run of the program: a session, what was asked of it, and whether that was done. */
#include "samples/dice/run.h"

#include <inttypes.h>

#include "samples/dice/report.h"

/* Time for the others to join before a host begins, and to roll; a person needs a moment to follow
 * in the window. */
#define HOST_PATIENCE_MS 300
#define WINDOW_PATIENCE_MS 500
/* How long a host that everybody has left waits for somebody else. */
#define ALONE_MAX_MS 3000

static void log_write(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx, (void)level;
    fprintf(stderr, "dice: %s: %s\n", area, text);
}

static const meeple_log stderr_log = {.write = log_write, .level = MEEPLE_LOG_WARN};

static bool ended_in_order(const meeple_event *down)
{
    return down->clean &&
           (down->code == MEEPLE_CLOSE_NORMAL || down->code == MEEPLE_CLOSE_GOING_AWAY);
}

static void on_trace(void *user, struct dice_session *session, const struct dice_trace *trace)
{
    struct dice_run *run = user;

    if (run->report) {
        dice_report(run->report, session, trace,
                    dice_system_now_ms(&run->system) - run->started_ms);
    }
    if (!trace->event) {
        return;
    }
    switch (trace->event->type) {
    case MEEPLE_EVENT_UP:
        run->up = true;
        run->lost = false;
        break;
    case MEEPLE_EVENT_JOIN:
        run->guests_came = true;
        break;
    case MEEPLE_EVENT_DOWN:
        run->lost = dice_session_phase(session) != DICE_CLOSING && !ended_in_order(trace->event);
        break;
    default:
        break;
    }
}

static size_t guests(const struct dice_run *run)
{
    size_t count = dice_session_player_count(run->session);

    return count > 0 && !run->flags->dedicated ? count - 1 : count;
}

static bool has_rolled(const struct dice_run *run)
{
    return dice_session_rolls(run->session) >= run->flags->auto_rolls || run->flags->dedicated;
}

bool dice_run_is_over(const struct dice_run *run)
{
    const struct dice_flags *flags = run->flags;
    uint64_t now_ms = dice_system_now_ms(&run->system);

    if (flags->quit_after_ms > 0 && now_ms - run->started_ms >= flags->quit_after_ms) {
        return true;
    }
    if (!flags->host) {
        return flags->auto_rolls > 0 && run->up && has_rolled(run);
    }
    if (!run->guests_came || now_ms - run->alone_ms < ALONE_MAX_MS) {
        return false;
    }
    /* A host by itself ends with its guests.  One that was told when to end, or to serve, stays. */
    return flags->auto_rolls > 0 ||
           (flags->headless && !flags->dedicated && flags->quit_after_ms == 0);
}

static void on_poll(void *user, struct dice_session *session)
{
    struct dice_run *run = user;
    uint64_t now_ms = dice_system_now_ms(&run->system);
    bool by_itself = run->flags->auto_rolls > 0 || (run->flags->headless && run->flags->host);

    if (by_itself) {
        dice_autoplay_step(&run->autoplay, session, now_ms);
    }
    if (guests(run) > 0) {
        run->alone_ms = now_ms;
    }
    if (run->on_over && !run->told && dice_run_is_over(run)) {
        run->told = true;
        run->on_over();
    }
}

bool dice_run_open(struct dice_run *run, const struct dice_flags *flags, FILE *report)
{
    const struct dice_options options = {.name = flags->name,
                                         .port = flags->port,
                                         .dedicated = flags->dedicated,
                                         .folder = flags->serve,
                                         .seed = flags->seed,
                                         .log = &stderr_log,
                                         .on_trace = on_trace,
                                         .on_poll = on_poll,
                                         .user = run};
    int rc;

    *run = (struct dice_run){.flags = flags, .report = report};
    run->autoplay.rolls_max = flags->auto_rolls;
    if (!flags->headless) {
        run->autoplay.patience_ms = WINDOW_PATIENCE_MS;
    } else if (flags->host) {
        run->autoplay.patience_ms = HOST_PATIENCE_MS;
    }
    rc = dice_system_open(&run->system, NULL, NULL);
    if (rc == 0) {
        run->started_ms = dice_system_now_ms(&run->system);
        rc = dice_session_new(&run->session, &options);
    }
    if (rc < 0) {
        fprintf(stderr, "dice: %s\n", meeple_strerror(rc));
        dice_system_close(&run->system);
    }
    return rc == 0;
}

bool dice_run_begin(struct dice_run *run)
{
    const struct dice_flags *flags = run->flags;

    if (flags->host) {
        return dice_session_host(run->session, flags->bind, flags->port) == 0;
    }
    return !flags->connect || dice_session_connect(run->session, flags->connect) == 0;
}

/* Says on stderr what was asked and not done. */
static bool was_done(const struct dice_run *run)
{
    const struct dice_flags *flags = run->flags;
    const char *alert = dice_session_alert(run->session);

    if (alert) {
        fprintf(stderr, "dice: %s\n", alert);
    }
    if ((flags->host || flags->connect) && !run->up) {
        if (!alert) {
            fputs("dice: It was told to end before it was connected.\n", stderr);
        }
        return false;
    }
    if (!has_rolled(run)) {
        fprintf(stderr, "dice: It rolled %" PRIu32 " times, not %" PRIu32 ".\n",
                dice_session_rolls(run->session), flags->auto_rolls);
        return false;
    }
    if (run->report && (fflush(run->report) != 0 || ferror(run->report))) {
        fputs("dice: What happened could not be written.\n", stderr);
        return false;
    }
    return !run->lost || !(flags->host || flags->connect);
}

int dice_run_close(struct dice_run *run)
{
    bool done = was_done(run);

    dice_session_free(run->session);
    dice_system_close(&run->system);
    return done ? 0 : 1;
}
