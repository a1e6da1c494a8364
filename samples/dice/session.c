/* session: a seat at the dice table: hosting, joining, rolling. */
#include "samples/dice/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "samples/dice/game.h"
#include "samples/lobby/system.h"

_Static_assert(LOBBY_NAME_MAX == RULES_NAME_MAX, "a name is one everywhere");

struct dice_session {
    struct dice_options options; /* without the name, which is in the game */
    struct lobby lobby;
    struct dice_game game;
};

static void *resize(const meeple_mem *mem, void *ptr, size_t size)
{
    if (mem) {
        return mem->resize(mem->ctx, ptr, size);
    }
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, size);
}

static void trace(struct dice_session *session, const struct dice_trace *trace)
{
    lobby_changed(&session->lobby);
    if (session->options.on_trace) {
        session->options.on_trace(session->options.user, session, trace);
    }
}

static void on_ran(void *user, const struct dice_ran *ran)
{
    trace(user, &(struct dice_trace){.method = ran->method,
                                     .from = ran->from,
                                     .args = ran->args,
                                     .arg_count = ran->arg_count});
}

static int begin_game(void *user, meeple_world *world)
{
    struct dice_session *session = user;

    return dice_game_begin(&session->game, world);
}

static void end_game(void *user)
{
    struct dice_session *session = user;

    dice_game_end(&session->game);
}

static void game_event(void *user, meeple_world *world, const meeple_event *event,
                       const meeple_fault *fault)
{
    struct dice_session *session = user;
    struct dice_trace happened = {.event = event};

    (void)world;
    if (fault) {
        happened.fault = *fault;
    }
    dice_game_event(&session->game, event);
    trace(session, &happened);
}

int dice_session_new(struct dice_session **out, const struct dice_options *options)
{
    static const struct dice_options defaults = {0};
    const struct dice_options *given = options ? options : &defaults;
    struct dice_session *session;
    uint64_t seed;
    int rc;

    *out = NULL;
    rc = lobby_system_find_seed(&seed, given->seed, given->io, given->mem);
    if (rc < 0) {
        return rc;
    }
    session = resize(given->mem, NULL, sizeof *session);
    if (!session) {
        return MEEPLE_ENOMEM;
    }
    memset(session, 0, sizeof *session);
    session->options = *given;
    session->options.name = NULL;
    dice_game_init(&session->game, &(struct dice_game_options){.name = given->name,
                                                               .dedicated = given->dedicated,
                                                               .seed = seed,
                                                               .on_ran = on_ran,
                                                               .user = session});
    lobby_init(&session->lobby,
               &(struct lobby_options){.game = {begin_game, end_game, game_event, NULL},
                                       .user = session,
                                       .guests_max = RULES_PLAYERS_MAX - !given->dedicated,
                                       .port = given->port,
                                       .dialect = given->dialect,
                                       .godot3_protocol = RULES_GODOT3_PROTOCOL,
                                       .files = given->files,
                                       .proxy = given->proxy,
                                       .home = given->home,
                                       .io = given->io,
                                       .mem = given->mem,
                                       .log = given->log});
    *out = session;
    return 0;
}

void dice_session_free(struct dice_session *session)
{
    if (session) {
        lobby_done(&session->lobby);
        resize(session->options.mem, session, 0);
    }
}

int dice_session_host(struct dice_session *session, const char *bind_address, uint16_t port)
{
    return lobby_host(&session->lobby, bind_address, port);
}

int dice_session_connect(struct dice_session *session, const char *address)
{
    return lobby_connect(&session->lobby, address);
}

void dice_session_disconnect(struct dice_session *session)
{
    lobby_disconnect(&session->lobby);
}

int dice_session_rename(struct dice_session *session, const char *name)
{
    lobby_changed(&session->lobby);
    return dice_game_rename(&session->game, name ? name : "");
}

int dice_session_speak(struct dice_session *session, meeple_dialect dialect)
{
    if (lobby_phase_of(&session->lobby) != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    lobby_speak(&session->lobby, dialect);
    return 0;
}

int dice_session_roll(struct dice_session *session)
{
    lobby_changed(&session->lobby);
    return lobby_phase_of(&session->lobby) == LOBBY_PLAYING ? dice_game_roll(&session->game)
                                                            : MEEPLE_ESTATE;
}

int dice_session_poll(struct dice_session *session, int timeout_ms)
{
    int rc = lobby_poll(&session->lobby, timeout_ms);

    if (session->options.on_poll) {
        session->options.on_poll(session->options.user, session);
    }
    return rc;
}

struct lobby *dice_session_lobby(struct dice_session *session)
{
    return &session->lobby;
}

lobby_phase dice_session_phase(const struct dice_session *session)
{
    return lobby_phase_of(&session->lobby);
}

bool dice_session_is_host(const struct dice_session *session)
{
    return lobby_is_host(&session->lobby);
}

uint16_t dice_session_port(const struct dice_session *session)
{
    return lobby_port(&session->lobby);
}

int32_t dice_session_id(const struct dice_session *session)
{
    return lobby_id(&session->lobby);
}

const char *dice_session_name(const struct dice_session *session)
{
    return session->game.name;
}

meeple_dialect dice_session_dialect(const struct dice_session *session)
{
    return lobby_dialect(&session->lobby);
}

const char *dice_session_status(const struct dice_session *session)
{
    return lobby_status(&session->lobby);
}

const char *dice_session_alert(const struct dice_session *session)
{
    return lobby_alert(&session->lobby);
}

void dice_session_dismiss(struct dice_session *session)
{
    lobby_dismiss(&session->lobby);
}

uint32_t dice_session_revision(const struct dice_session *session)
{
    return lobby_revision(&session->lobby);
}

size_t dice_session_player_count(const struct dice_session *session)
{
    return session->game.player_count;
}

const char *dice_session_player_name(const struct dice_session *session, size_t seat)
{
    assert(seat < session->game.player_count);
    return session->game.players[seat].name;
}

int32_t dice_session_player_id(const struct dice_session *session, size_t seat)
{
    assert(seat < session->game.player_count);
    return session->game.players[seat].id;
}

int dice_session_turn(const struct dice_session *session)
{
    return session->game.turn;
}

bool dice_session_my_turn(const struct dice_session *session)
{
    return lobby_phase_of(&session->lobby) == LOBBY_PLAYING && dice_game_my_turn(&session->game);
}

uint32_t dice_session_rolls(const struct dice_session *session)
{
    return session->game.rolls;
}

size_t dice_session_log_count(const struct dice_session *session)
{
    return session->game.lines.count;
}

const char *dice_session_log_line(const struct dice_session *session, size_t index)
{
    return lobby_lines_at(&session->game.lines, index);
}
