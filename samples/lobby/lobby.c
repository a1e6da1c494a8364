/* lobby: hosting, joining and leaving a game, and what went wrong. */
#include "samples/lobby/lobby.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Godot's players can leave without a word, with their connection open; until that is noticed the
 * others wait for them. */
#define GODOT3_HEARTBEAT_MS 5000

static bool is_godot3(const struct lobby *lobby)
{
    return lobby->dialect == MEEPLE_DIALECT_GODOT3;
}

static void say_playing(struct lobby *lobby)
{
    const char *with = is_godot3(lobby) ? " with Godot 3" : "";
    char *status = lobby->status;
    size_t size = sizeof lobby->status;

    if (lobby->alone) {
        snprintf(status, size, "Playing alone");
    } else if (lobby->hosting && lobby->options.files.folder) {
        snprintf(status, size, "Hosting at %s", lobby->page);
    } else if (lobby->hosting) {
        snprintf(status, size, "Hosting on port %u%s%s", (unsigned)lobby->port,
                 is_godot3(lobby) ? " for Godot 3" : "",
                 lobby->options.files.cert ? " with TLS" : "");
    } else {
        snprintf(status, size, "Playing at %s%s", lobby->where, with);
    }
}

static void set_phase(struct lobby *lobby, lobby_phase phase)
{
    char *status = lobby->status;
    size_t size = sizeof lobby->status;

    lobby->phase = phase;
    lobby->revision++;
    switch (phase) {
    case LOBBY_CONNECTING:
        snprintf(status, size, "Connecting to %s ...", lobby->where);
        break;
    case LOBBY_PLAYING:
        say_playing(lobby);
        break;
    case LOBBY_CLOSING:
        snprintf(status, size, "Saying goodbye ...");
        break;
    case LOBBY_IDLE:
    default:
        snprintf(status, size, "Not connected");
    }
}

/* What it may be if the other end does not let us in, NULL if this game has one language only. */
static const char *other_language(const struct lobby *lobby)
{
    if (!lobby->options.godot3_protocol) {
        return NULL;
    }
    return is_godot3(lobby)
               ? "If no Godot 3 plays there, switch \"Godot 3\" off (--dialect native)"
               : "If a Godot 3 game is there, switch \"Godot 3\" on (--dialect godot3)";
}

/* The session has ended; says why, if that was not our wish. */
static void take_down(struct lobby *lobby, const meeple_event *down, const meeple_fault *fault)
{
    lobby->over = true;
    if (lobby->phase == LOBBY_CLOSING) {
        return;
    }
    if (lobby->up) {
        lobby_alert_lost(lobby->alert, down, fault);
    } else {
        lobby_alert_not_connected(lobby->alert, lobby->where, fault, other_language(lobby));
    }
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    struct lobby *lobby = meeple_world_user(world);
    meeple_fault fault;
    bool down = event->type == MEEPLE_EVENT_DOWN;

    if (event->type == MEEPLE_EVENT_PACKET) {
        return; /* raw bytes are not part of any game here */
    }
    if (event->type == MEEPLE_EVENT_UP) {
        lobby->up = true;
        if (lobby->phase == LOBBY_CONNECTING) {
            set_phase(lobby, LOBBY_PLAYING);
        }
    }
    if (down) {
        fault = meeple_net_fault(meeple_world_net(world));
        take_down(lobby, event, &fault);
    }
    lobby->revision++;
    lobby->options.game.event(lobby->options.user, world, event, down ? &fault : NULL);
}

/* The world goes, the game stays to be looked at. */
static void end(struct lobby *lobby)
{
    lobby->options.game.end(lobby->options.user);
    meeple_world_free(lobby->world);
    lobby->world = NULL;
    lobby->over = false;
    set_phase(lobby, LOBBY_IDLE);
}

/* Takes the net.  On failure everything is as before, but for the game. */
static int begin(struct lobby *lobby, meeple_net *net)
{
    const meeple_world_options options = {.on_event = on_event,
                                          .user = lobby,
                                          .classes = lobby->options.classes,
                                          .mem = lobby->options.mem,
                                          .log = lobby->options.log};
    int rc = meeple_world_new(&lobby->world, net, &options);

    if (rc == 0) {
        rc = lobby->options.game.begin(lobby->options.user, lobby->world);
    }
    if (rc < 0) {
        meeple_world_free(lobby->world);
        lobby->world = NULL;
        return rc;
    }
    lobby->up = false;
    lobby->over = false;
    return 0;
}

void lobby_init(struct lobby *lobby, const struct lobby_options *options)
{
    *lobby = (struct lobby){.options = *options, .dialect = options->dialect};
    set_phase(lobby, LOBBY_IDLE);
}

void lobby_done(struct lobby *lobby)
{
    if (lobby->world) {
        end(lobby);
    }
}

/* The certificate that we show, if there is one to show; on failure, the alert. */
static int read_certificate(struct lobby *lobby, meeple_tls_server **out)
{
    const struct lobby_options *options = &lobby->options;
    const meeple_tls_server_options tls = {
        .cert_file = options->files.cert, .key_file = options->files.key, .mem = options->mem};
    char why[LOBBY_ALERT_SIZE] = "";
    int rc;

    *out = NULL;
    if (!options->files.cert) {
        return 0;
    }
    rc = meeple_tls_server_new(out, &tls, why, sizeof why);
    if (rc < 0) {
        lobby_alert_no_certificate(lobby->alert, rc, why);
    }
    return rc;
}

/* On failure, the alert. */
static int listen_at(struct lobby *lobby, const char *bind_address, uint16_t port)
{
    const struct lobby_options *options = &lobby->options;
    meeple_listen_options listen = {.host = bind_address && bind_address[0] ? bind_address : NULL,
                                    .port = port,
                                    .pages.folder = options->files.folder,
                                    .limits.peers_max = options->guests_max,
                                    .io = options->io,
                                    .mem = options->mem,
                                    .log = options->log};
    const char *const proxies[] = {options->proxy, NULL};
    const char *const protocols[] = {options->godot3_protocol, NULL};
    meeple_net *net = NULL;
    int rc = read_certificate(lobby, &listen.tls);

    if (rc < 0) {
        return rc;
    }
    if (options->proxy) {
        listen.proxy =
            (meeple_proxy_options){.kind = MEEPLE_PROXY_X_FORWARDED_FOR, .trusted = proxies};
    }
    if (is_godot3(lobby)) {
        listen.dialect = MEEPLE_DIALECT_GODOT3;
        listen.protocols = protocols;
        listen.limits.heartbeat_ms = GODOT3_HEARTBEAT_MS;
    }
    rc = meeple_net_listen(&net, &listen);
    meeple_tls_server_free(listen.tls); /* the net keeps what it needs */
    if (rc == 0) {
        rc = begin(lobby, net);
    }
    if (rc < 0) {
        const struct lobby_alert_given given = {bind_address, options->files.folder, options->proxy,
                                                port};
        lobby_alert_not_hosting(lobby->alert, rc, &given);
        return rc;
    }
    lobby->port = meeple_net_port(net);
    return 0;
}

int lobby_host(struct lobby *lobby, const char *bind_address, uint16_t port)
{
    const struct lobby_options *options = &lobby->options;
    int rc;

    if (lobby->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    rc = listen_at(lobby, bind_address, port);
    if (rc < 0) {
        lobby->revision++;
        return rc;
    }
    lobby->hosting = true;
    lobby->alone = false;
    lobby_address_page(lobby->page, bind_address, options->home, lobby->port,
                       options->files.cert != NULL);
    if (is_godot3(lobby)) {
        size_t len = strlen(lobby->page);
        snprintf(lobby->page + len, sizeof lobby->page - len, "?dialect=godot3");
    }
    set_phase(lobby, LOBBY_PLAYING);
    return 0;
}

int lobby_alone(struct lobby *lobby)
{
    meeple_net *net;
    int rc;

    if (lobby->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    rc = meeple_net_offline(&net, lobby->options.mem);
    if (rc == 0) {
        rc = begin(lobby, net);
    }
    if (rc < 0) {
        lobby_alert_broken(lobby->alert, rc);
        lobby->revision++;
        return rc;
    }
    lobby->hosting = true;
    lobby->alone = true;
    lobby->port = 0;
    set_phase(lobby, LOBBY_PLAYING);
    return 0;
}

int lobby_connect(struct lobby *lobby, const char *address)
{
    const char *const protocols[] = {lobby->options.godot3_protocol, NULL};
    const meeple_connect_options options = {.dialect = lobby->dialect,
                                            .protocols = is_godot3(lobby) ? protocols : NULL,
                                            .limits.heartbeat_ms =
                                                is_godot3(lobby) ? GODOT3_HEARTBEAT_MS : 0,
                                            .tls.ca_file = lobby->options.files.ca,
                                            .io = lobby->options.io,
                                            .mem = lobby->options.mem,
                                            .log = lobby->options.log};
    char url[LOBBY_ADDRESS_SIZE];
    struct lobby_address where;
    meeple_net *net;
    int rc;

    if (lobby->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    if (!lobby_address_parse(&where, address,
                             lobby->options.port ? lobby->options.port : LOBBY_PORT)) {
        lobby_alert_no_address(lobby->alert, address);
        lobby->revision++;
        return MEEPLE_EINVAL;
    }
    lobby_address_text(lobby->where, &where);
    lobby_address_url(url, &where);
    rc = meeple_net_connect(&net, url, &options);
    if (rc == 0) {
        rc = begin(lobby, net);
    }
    if (rc < 0) {
        lobby_alert_not_begun(lobby->alert, lobby->where, rc);
        lobby->revision++;
        return rc;
    }
    lobby->hosting = false;
    lobby->alone = false;
    set_phase(lobby, LOBBY_CONNECTING);
    return 0;
}

void lobby_disconnect(struct lobby *lobby)
{
    meeple_net *net;

    if (lobby->phase == LOBBY_IDLE || lobby->phase == LOBBY_CLOSING) {
        return;
    }
    net = meeple_world_net(lobby->world);
    if (lobby->hosting) {
        meeple_net_close(net, MEEPLE_CLOSE_GOING_AWAY, "the host ended the game");
    } else {
        meeple_net_close(net, MEEPLE_CLOSE_NORMAL, NULL);
    }
    set_phase(lobby, LOBBY_CLOSING);
}

void lobby_speak(struct lobby *lobby, meeple_dialect dialect)
{
    assert(dialect == MEEPLE_DIALECT_NATIVE || lobby->options.godot3_protocol);
    assert(lobby->phase == LOBBY_IDLE);
    lobby->dialect = dialect;
    lobby->revision++;
}

meeple_dialect lobby_dialect(const struct lobby *lobby)
{
    return lobby->dialect;
}

int lobby_poll(struct lobby *lobby, int timeout_ms)
{
    int rc;

    if (!lobby->world) {
        return 0;
    }
    rc = meeple_world_poll(lobby->world, timeout_ms);
    assert(rc != MEEPLE_ESTATE); /* not from within the game */
    if (rc < 0 && !lobby->over) {
        lobby_alert_broken(lobby->alert, rc);
        lobby->over = true;
    }
    if (lobby->over) {
        end(lobby);
        rc = 1;
    } else if (lobby->options.game.polled) {
        lobby->options.game.polled(lobby->options.user);
    }
    return rc;
}

lobby_phase lobby_phase_of(const struct lobby *lobby)
{
    return lobby->phase;
}

bool lobby_is_host(const struct lobby *lobby)
{
    return lobby->hosting;
}

uint16_t lobby_port(const struct lobby *lobby)
{
    return lobby->world && lobby->hosting ? lobby->port : 0;
}

const char *lobby_page(const struct lobby *lobby)
{
    return lobby_port(lobby) != 0 && lobby->options.files.folder ? lobby->page : NULL;
}

int32_t lobby_id(const struct lobby *lobby)
{
    return lobby->world ? meeple_net_id(meeple_world_net(lobby->world)) : 0;
}

meeple_world *lobby_world(const struct lobby *lobby)
{
    return lobby->world;
}

void *lobby_user(const meeple_world *world)
{
    const struct lobby *lobby = meeple_world_user(world);

    return lobby->options.user;
}

const char *lobby_status(const struct lobby *lobby)
{
    return lobby->status;
}

const char *lobby_alert(const struct lobby *lobby)
{
    return lobby->alert[0] ? lobby->alert : NULL;
}

void lobby_dismiss(struct lobby *lobby)
{
    lobby->alert[0] = '\0';
    lobby->revision++;
}

uint32_t lobby_revision(const struct lobby *lobby)
{
    return lobby->revision;
}

void lobby_changed(struct lobby *lobby)
{
    lobby->revision++;
}
