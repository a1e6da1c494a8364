/* run: one run of a game: what was asked of it on the command line, and whether that was done. */
#include "samples/lobby/run.h"

#include <inttypes.h>

#include "samples/lobby/platform.h"

#define SLICE_MS 20 /* between two looks at the clock and at *stop */
/* How long a host that everybody has left waits for somebody else. */
#define ALONE_MAX_MS 3000

static void log_write(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    const struct lobby_run *run = ctx;

    (void)level;
    fprintf(stderr, "%s: %s: %s\n", run->program, area, text);
}

bool lobby_run_open(struct lobby_run *run)
{
    int rc = lobby_system_open(&run->system, NULL, NULL);

    if (rc < 0) {
        fprintf(stderr, "%s: %s\n", run->program, meeple_strerror(rc));
        return false;
    }
    run->started_ms = lobby_system_now_ms(&run->system);
    run->settled = true;
    if (!lobby_platform_home(run->home, sizeof run->home)) {
        run->home[0] = '\0';
    }
    run->log = (meeple_log){.ctx = run, .write = log_write, .level = MEEPLE_LOG_WARN};
    return true;
}

uint64_t lobby_run_ms(const struct lobby_run *run)
{
    return lobby_system_now_ms(&run->system) - run->started_ms;
}

bool lobby_run_begin(struct lobby_run *run)
{
    const struct lobby_flags *flags = run->flags;

    if (flags->host) {
        return lobby_host(run->lobby, flags->bind, flags->port) == 0;
    }
    return !flags->connect || lobby_connect(run->lobby, flags->connect) == 0;
}

static bool ended_in_order(const meeple_event *down)
{
    return down->clean &&
           (down->code == MEEPLE_CLOSE_NORMAL || down->code == MEEPLE_CLOSE_GOING_AWAY);
}

void lobby_run_event(struct lobby_run *run, const meeple_event *event)
{
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        run->up = true;
        run->lost = false;
        run->guests = 0;
        break;
    case MEEPLE_EVENT_JOIN:
        run->guests_came = true;
        run->guests++;
        break;
    case MEEPLE_EVENT_LEAVE:
        run->guests -= run->guests > 0;
        break;
    case MEEPLE_EVENT_DOWN:
        run->lost = lobby_phase_of(run->lobby) != LOBBY_CLOSING && !ended_in_order(event);
        break;
    default:
        break;
    }
}

/* Whether what --auto asked for has been done. */
static bool is_done(const struct lobby_run *run)
{
    return run->turns >= run->flags->auto_turns || run->flags->dedicated;
}

/* What was asked has been done, or the time is up. */
static bool is_over(const struct lobby_run *run)
{
    const struct lobby_flags *flags = run->flags;
    uint64_t now_ms = lobby_run_ms(run);

    if (flags->quit_after_ms > 0 && now_ms >= flags->quit_after_ms) {
        return true;
    }
    if (!flags->host) {
        return flags->auto_turns > 0 && run->up && is_done(run) && run->settled;
    }
    if (!run->guests_came || now_ms - run->alone_ms < ALONE_MAX_MS) {
        return false;
    }
    /* A host by itself ends with its guests.  One that was told when to end, or to serve, stays. */
    return flags->auto_turns > 0 ||
           (flags->headless && !flags->dedicated && flags->quit_after_ms == 0);
}

void lobby_run_polled(struct lobby_run *run)
{
    if (run->guests > 0) {
        run->alone_ms = lobby_run_ms(run);
    }
    if (run->on_over && !run->told && is_over(run)) {
        run->told = true;
        run->on_over();
    }
}

void lobby_run_headless(struct lobby_run *run, const volatile sig_atomic_t *stop)
{
    while (lobby_phase_of(run->lobby) != LOBBY_IDLE) {
        if (*stop || is_over(run)) {
            /* Takes as long as the goodbye; a second time it does nothing. */
            lobby_disconnect(run->lobby);
        }
        (void)run->poll(run->user, SLICE_MS);
    }
}

/* Says on stderr what was asked and not done. */
static bool was_done(const struct lobby_run *run)
{
    const struct lobby_flags *flags = run->flags;
    const char *alert = lobby_alert(run->lobby);

    if (alert) {
        fprintf(stderr, "%s: %s\n", run->program, alert);
    }
    if ((flags->host || flags->connect) && !run->up) {
        if (!alert) {
            fprintf(stderr, "%s: It was told to end before it was connected.\n", run->program);
        }
        return false;
    }
    if (!is_done(run)) {
        fprintf(stderr, "%s: It %s %" PRIu32 " times, not %" PRIu32 ".\n", run->program, run->did,
                run->turns, flags->auto_turns);
        return false;
    }
    if (run->report && (fflush(run->report) != 0 || ferror(run->report))) {
        fprintf(stderr, "%s: What happened could not be written.\n", run->program);
        return false;
    }
    return !run->lost || !(flags->host || flags->connect);
}

int lobby_run_close(struct lobby_run *run)
{
    bool done = was_done(run);

    lobby_system_close(&run->system);
    return done ? 0 : 1;
}
