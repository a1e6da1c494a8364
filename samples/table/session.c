/* session: a seat at the shared table: a lobby, and the game in it. */
#include "samples/table/session.h"

#include "samples/lobby/system.h"

static void on_event(void *user, const meeple_event *event, const meeple_fault *fault)
{
    struct table_session *session = user;

    if (session->options.on_event) {
        session->options.on_event(session->options.user, event, fault);
    }
}

static void on_said(void *user, const char *line)
{
    struct table_session *session = user;

    if (session->options.on_said) {
        session->options.on_said(session->options.user, line);
    }
}

static void on_changed(void *user)
{
    struct table_session *session = user;

    lobby_changed(&session->lobby);
}

int table_session_open(struct table_session *session, const struct table_session_options *options)
{
    uint64_t seed;
    int rc = lobby_system_find_seed(&seed, options->seed, NULL, NULL);

    if (rc < 0) {
        return rc;
    }
    session->options = *options;
    session->options.name = NULL;
    table_game_init(&session->game, &(struct table_game_options){.name = options->name,
                                                                 .dedicated = options->dedicated,
                                                                 .seed = seed,
                                                                 .on_said = on_said,
                                                                 .on_changed = on_changed,
                                                                 .on_event = on_event,
                                                                 .user = session});
    lobby_init(&session->lobby,
               &(struct lobby_options){.game = table_lobby_game,
                                       .user = &session->game,
                                       .classes = table_classes,
                                       .guests_max = TABLE_SEATS - !options->dedicated,
                                       .port = options->port,
                                       .files = options->files,
                                       .proxy = options->proxy,
                                       .home = options->home,
                                       .log = options->log});
    return 0;
}

void table_session_close(struct table_session *session)
{
    lobby_done(&session->lobby);
}

int table_session_poll(struct table_session *session, int timeout_ms)
{
    int rc = lobby_poll(&session->lobby, timeout_ms);

    if (session->options.on_polled) {
        session->options.on_polled(session->options.user);
    }
    return rc;
}
