/* session: a seat at the dice table: hosting, joining, rolling, and what went wrong. */
#include "samples/dice/session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/dice/address.h"
#include "samples/dice/alert.h"
#include "samples/dice/game.h"
#include "samples/dice/system.h"

_Static_assert(DICE_NAME_MAX == RULES_NAME_MAX, "a name is one everywhere");
_Static_assert(DICE_HOST_MAX == ADDRESS_HOST_MAX, "a host is one everywhere");

struct dice_session {
    struct dice_options options; /* without the name, which is in the game */
    struct dice_game game;
    meeple_world *world; /* NULL if IDLE */
    dice_phase phase;
    bool hosting;
    bool up;   /* UP came */
    bool over; /* the world can go as soon as it is not at work */
    uint16_t port;
    char where[ADDRESS_TEXT_SIZE]; /* that we are connected to */
    char page[ADDRESS_TEXT_SIZE + sizeof "http:///"];
    char status[ADDRESS_TEXT_SIZE + 32];
    char alert[ALERT_SIZE]; /* "" if there is none */
    uint32_t revision;
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

static void set_phase(struct dice_session *session, dice_phase phase)
{
    char *status = session->status;
    size_t size = sizeof session->status;

    session->phase = phase;
    session->revision++;
    switch (phase) {
    case DICE_CONNECTING:
        snprintf(status, size, "Connecting to %s ...", session->where);
        break;
    case DICE_PLAYING:
        if (session->hosting && session->options.folder) {
            snprintf(status, size, "Hosting at %s", session->page);
        } else if (session->hosting) {
            snprintf(status, size, "Hosting on port %u", (unsigned)session->port);
        } else {
            snprintf(status, size, "Playing at %s", session->where);
        }
        break;
    case DICE_CLOSING:
        snprintf(status, size, "Saying goodbye ...");
        break;
    case DICE_IDLE:
    default:
        snprintf(status, size, "Not connected");
    }
}

static void trace(struct dice_session *session, const struct dice_trace *trace)
{
    session->revision++;
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

/* The session has ended; says why, if that was not our wish. */
static void take_down(struct dice_session *session, const meeple_event *down,
                      const meeple_fault *fault)
{
    session->over = true;
    if (session->phase == DICE_CLOSING) {
        return;
    }
    if (session->up) {
        dice_alert_lost(session->alert, down, fault);
    } else {
        dice_alert_not_connected(session->alert, session->where, fault);
    }
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    struct dice_session *session = meeple_world_user(world);
    struct dice_trace happened = {.event = event};

    if (event->type == MEEPLE_EVENT_PACKET) {
        return; /* raw bytes are not part of this game */
    }
    if (event->type == MEEPLE_EVENT_UP) {
        session->up = true;
        if (session->phase == DICE_CONNECTING) {
            set_phase(session, DICE_PLAYING);
        }
    }
    dice_game_event(&session->game, event);
    if (event->type == MEEPLE_EVENT_DOWN) {
        happened.fault = meeple_net_fault(meeple_world_net(world));
        take_down(session, event, &happened.fault);
    }
    trace(session, &happened);
}

/* The world goes, the table stays to be looked at. */
static void end(struct dice_session *session)
{
    dice_game_end(&session->game);
    meeple_world_free(session->world);
    session->world = NULL;
    session->over = false;
    set_phase(session, DICE_IDLE);
}

/* Takes the net.  On failure everything is as before, but for the table. */
static int begin(struct dice_session *session, meeple_net *net)
{
    const meeple_world_options options = {.on_event = on_event,
                                          .user = session,
                                          .mem = session->options.mem,
                                          .log = session->options.log};
    int rc = meeple_world_new(&session->world, net, &options);

    if (rc == 0) {
        rc = dice_game_begin(&session->game, session->world);
    }
    if (rc < 0) {
        meeple_world_free(session->world);
        session->world = NULL;
        return rc;
    }
    session->up = false;
    session->over = false;
    return 0;
}

/* Seeds the dice, if the options do not. */
static int find_seed(const struct dice_options *options, uint64_t *seed)
{
    struct dice_system system;
    int rc;

    *seed = options->seed;
    if (options->seed != 0) {
        return 0;
    }
    rc = dice_system_open(&system, options->io, options->mem);
    if (rc == 0) {
        rc = dice_system_seed(&system, seed);
        dice_system_close(&system);
    }
    return rc;
}

int dice_session_new(struct dice_session **out, const struct dice_options *options)
{
    static const struct dice_options defaults = {0};
    const struct dice_options *given = options ? options : &defaults;
    struct dice_session *session;
    uint64_t seed;
    int rc;

    *out = NULL;
    rc = find_seed(given, &seed);
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
    set_phase(session, DICE_IDLE);
    *out = session;
    return 0;
}

void dice_session_free(struct dice_session *session)
{
    if (!session) {
        return;
    }
    if (session->world) {
        end(session);
    }
    resize(session->options.mem, session, 0);
}

/* An address that a browser on this machine can open. */
static void say_where_page_is(struct dice_session *session, const char *bind_address)
{
    static const char *const any[] = {"", "0.0.0.0", "::"};
    struct dice_address address = {.port = session->port};

    snprintf(address.host, sizeof address.host, "%s", bind_address ? bind_address : "");
    for (size_t i = 0; i < MEEPLE_COUNT(any); i++) {
        if (strcmp(address.host, any[i]) == 0) {
            snprintf(address.host, sizeof address.host, "localhost");
        }
    }
    address.v6 = strchr(address.host, ':') != NULL;
    snprintf(session->page, sizeof session->page, "http://");
    dice_address_text(session->page + strlen(session->page), &address);
    snprintf(session->page + strlen(session->page), 2, "/");
}

int dice_session_host(struct dice_session *session, const char *bind_address, uint16_t port)
{
    const struct dice_options *options = &session->options;
    const meeple_listen_options listen = {
        .host = bind_address && bind_address[0] ? bind_address : NULL,
        .port = port,
        .pages.folder = options->folder,
        .limits.peers_max = RULES_PLAYERS_MAX - !options->dedicated,
        .io = options->io,
        .mem = options->mem,
        .log = options->log};
    meeple_net *net;
    int rc;

    if (session->phase != DICE_IDLE) {
        return MEEPLE_ESTATE;
    }
    rc = meeple_net_listen(&net, &listen);
    if (rc == 0) {
        rc = begin(session, net);
    }
    if (rc < 0) {
        dice_alert_not_hosting(session->alert, rc, bind_address, port, options->folder);
        session->revision++;
        return rc;
    }
    session->hosting = true;
    session->port = meeple_net_port(net);
    say_where_page_is(session, bind_address);
    set_phase(session, DICE_PLAYING);
    return 0;
}

int dice_session_connect(struct dice_session *session, const char *address)
{
    const meeple_connect_options options = {
        .io = session->options.io, .mem = session->options.mem, .log = session->options.log};
    char url[sizeof "ws:///" + ADDRESS_TEXT_SIZE];
    struct dice_address where;
    meeple_net *net;
    int rc;

    if (session->phase != DICE_IDLE) {
        return MEEPLE_ESTATE;
    }
    if (!dice_address_parse(&where, address,
                            session->options.port ? session->options.port : DICE_PORT)) {
        dice_alert_no_address(session->alert, address);
        session->revision++;
        return MEEPLE_EINVAL;
    }
    dice_address_text(session->where, &where);
    snprintf(url, sizeof url, "ws://%s/", session->where);
    rc = meeple_net_connect(&net, url, &options);
    if (rc == 0) {
        rc = begin(session, net);
    }
    if (rc < 0) {
        dice_alert_not_begun(session->alert, session->where, rc);
        session->revision++;
        return rc;
    }
    session->hosting = false;
    set_phase(session, DICE_CONNECTING);
    return 0;
}

void dice_session_disconnect(struct dice_session *session)
{
    meeple_net *net;

    if (session->phase == DICE_IDLE || session->phase == DICE_CLOSING) {
        return;
    }
    net = meeple_world_net(session->world);
    if (session->hosting) {
        meeple_net_close(net, MEEPLE_CLOSE_GOING_AWAY, "the host ended the game");
    } else {
        meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
    }
    set_phase(session, DICE_CLOSING);
}

int dice_session_rename(struct dice_session *session, const char *name)
{
    session->revision++;
    return dice_game_rename(&session->game, name ? name : "");
}

int dice_session_roll(struct dice_session *session)
{
    session->revision++;
    return session->phase == DICE_PLAYING ? dice_game_roll(&session->game) : MEEPLE_ESTATE;
}

int dice_session_poll(struct dice_session *session, int timeout_ms)
{
    int rc = 0;

    if (session->world) {
        rc = meeple_world_poll(session->world, timeout_ms);
        assert(rc != MEEPLE_ESTATE); /* not from within on_trace */
        if (rc < 0 && !session->over) {
            dice_alert_broken(session->alert, rc);
            session->over = true;
        }
        if (session->over) {
            end(session);
            rc = 1;
        }
    }
    if (session->options.on_poll) {
        session->options.on_poll(session->options.user, session);
    }
    return rc;
}

dice_phase dice_session_phase(const struct dice_session *session)
{
    return session->phase;
}

bool dice_session_is_host(const struct dice_session *session)
{
    return session->hosting;
}

uint16_t dice_session_port(const struct dice_session *session)
{
    return session->world && session->hosting ? session->port : 0;
}

const char *dice_session_page(const struct dice_session *session)
{
    return dice_session_port(session) != 0 && session->options.folder ? session->page : NULL;
}

int32_t dice_session_id(const struct dice_session *session)
{
    return session->world ? meeple_net_id(meeple_world_net(session->world)) : 0;
}

const char *dice_session_name(const struct dice_session *session)
{
    return session->game.name;
}

const char *dice_session_status(const struct dice_session *session)
{
    return session->status;
}

const char *dice_session_alert(const struct dice_session *session)
{
    return session->alert[0] ? session->alert : NULL;
}

void dice_session_dismiss(struct dice_session *session)
{
    session->alert[0] = '\0';
    session->revision++;
}

uint32_t dice_session_revision(const struct dice_session *session)
{
    return session->revision;
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
    return session->phase == DICE_PLAYING && dice_game_my_turn(&session->game);
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
    return dice_lines_at(&session->game.lines, index);
}
