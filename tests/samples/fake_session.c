/* fake_session: a dice session without a network, in a state that the window is to be seen in. */
#include "tests/samples/fake_session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PLAYERS_MAX 32
#define LINES_MAX 1000
#define LINE_SIZE 400
#define CONNECT_MS 1500
#define THINK_MS 900
#define CLOSE_MS 150

struct dice_session {
    lobby_phase phase;
    bool hosting;
    uint16_t port;
    meeple_dialect dialect;
    int32_t id;
    char name[LOBBY_NAME_MAX + 1];
    char status[LOBBY_HOST_MAX + 64];
    char server[LOBBY_HOST_MAX + 1];
    char alert[512];
    uint32_t revision;
    uint64_t due_ms; /* when the next thing happens by itself; 0: never */
    bool frozen;     /* the state is to be looked at: nothing happens by itself */
    int turn;
    bool rolled;
    size_t player_count;
    char players[PLAYERS_MAX][LOBBY_NAME_MAX + 1];
    size_t line_count;
    char lines[LINES_MAX][LINE_SIZE];
};

static uint64_t now_ms(void)
{
    struct timespec now;

    timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void say(struct dice_session *session, const char *format, ...)
{
    va_list arguments;

    if (session->line_count == LINES_MAX) {
        memmove(session->lines[0], session->lines[1], sizeof session->lines - LINE_SIZE);
        session->line_count--;
    }
    va_start(arguments, format);
    vsnprintf(session->lines[session->line_count++], LINE_SIZE, format, arguments);
    va_end(arguments);
    session->revision++;
}

static void seat(struct dice_session *session, const char *name)
{
    snprintf(session->players[session->player_count++], LOBBY_NAME_MAX + 1, "%s", name);
    say(session, "%s joined the game", name);
}

static void begin(struct dice_session *session, const char *first, const char *second)
{
    session->phase = LOBBY_PLAYING;
    session->player_count = 0;
    session->line_count = 0;
    session->rolled = false;
    session->turn = 0;
    session->due_ms = 0;
    seat(session, first);
    seat(session, second);
    seat(session, "Борис");
}

static int own_seat(const struct dice_session *session)
{
    return session->hosting ? 0 : 1;
}

static void schedule(struct dice_session *session)
{
    bool bot = session->phase == LOBBY_PLAYING && session->turn != own_seat(session);

    session->due_ms = bot && !session->frozen ? now_ms() + THINK_MS : 0;
}

static void roll(struct dice_session *session)
{
    unsigned number = (unsigned)session->line_count * 7919u % 100u;

    say(session, "%s: rolls %u", session->players[session->turn], number);
    session->turn = (session->turn + 1) % (int)session->player_count;
    schedule(session);
}

int dice_session_new(struct dice_session **out, const struct dice_options *options)
{
    struct dice_session *session = calloc(1, sizeof *session);

    *out = session;
    if (session == NULL) {
        return MEEPLE_ENOMEM;
    }
    session->turn = -1;
    dice_session_rename(session, options != NULL ? options->name : NULL);
    snprintf(session->status, sizeof session->status, "Not connected");
    return 0;
}

void dice_session_free(struct dice_session *session)
{
    free(session);
}

int dice_session_host(struct dice_session *session, const char *bind_address, uint16_t port)
{
    (void)bind_address;
    if (session->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    session->hosting = true;
    session->port = port != 0 ? port : LOBBY_PORT;
    session->id = 1;
    snprintf(session->status, sizeof session->status, "Hosting on port %u",
             (unsigned)session->port);
    begin(session, session->name, "Chloé");
    schedule(session);
    return 0;
}

int dice_session_connect(struct dice_session *session, const char *address)
{
    if (session->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    snprintf(session->server, sizeof session->server, "%s", address);
    session->hosting = false;
    session->phase = LOBBY_CONNECTING;
    session->due_ms = now_ms() + CONNECT_MS;
    snprintf(session->status, sizeof session->status, "Connecting to %s ...", address);
    session->revision++;
    return 0;
}

void dice_session_disconnect(struct dice_session *session)
{
    if (session->phase != LOBBY_IDLE && session->phase != LOBBY_CLOSING) {
        session->phase = LOBBY_CLOSING;
        session->due_ms = now_ms() + CLOSE_MS;
        snprintf(session->status, sizeof session->status, "Saying goodbye ...");
        session->revision++;
    }
}

int dice_session_rename(struct dice_session *session, const char *name)
{
    bool given = name != NULL && name[0] != '\0';

    snprintf(session->name, sizeof session->name, "%s", given ? name : "Player");
    session->revision++;
    return 0;
}

int dice_session_speak(struct dice_session *session, meeple_dialect dialect)
{
    if (session->phase != LOBBY_IDLE) {
        return MEEPLE_ESTATE;
    }
    session->dialect = dialect;
    return 0;
}

meeple_dialect dice_session_dialect(const struct dice_session *session)
{
    return session->dialect;
}

int dice_session_roll(struct dice_session *session)
{
    if (session->phase != LOBBY_PLAYING) {
        return MEEPLE_ESTATE;
    }
    roll(session);
    return 0;
}

/* Connecting ends in a game, or in an alert if the server's name begins with "no". */
static void connected(struct dice_session *session)
{
    session->due_ms = 0;
    if (strncmp(session->server, "no", 2) == 0) {
        session->phase = LOBBY_IDLE;
        snprintf(session->status, sizeof session->status, "Not connected");
        snprintf(
            session->alert, sizeof session->alert,
            "Could not connect to %s: the name is not known (resolve: Name or service not known).",
            session->server);
        session->revision++;
        return;
    }
    session->id = 1804289383;
    snprintf(session->status, sizeof session->status, "Playing at %s", session->server);
    begin(session, "Ann", session->name);
    schedule(session);
}

int dice_session_poll(struct dice_session *session, int timeout_ms)
{
    (void)timeout_ms;
    if (session->due_ms == 0 || now_ms() < session->due_ms) {
        return 0;
    }
    if (session->phase == LOBBY_CONNECTING) {
        connected(session);
    } else if (session->phase == LOBBY_CLOSING) {
        session->phase = LOBBY_IDLE;
        session->due_ms = 0;
        snprintf(session->status, sizeof session->status, "Not connected");
        session->revision++;
    } else {
        roll(session);
    }
    return 1;
}

lobby_phase dice_session_phase(const struct dice_session *session)
{
    return session->phase;
}

bool dice_session_is_host(const struct dice_session *session)
{
    return session->hosting;
}

uint16_t dice_session_port(const struct dice_session *session)
{
    return session->phase == LOBBY_PLAYING && session->hosting ? session->port : 0;
}

int32_t dice_session_id(const struct dice_session *session)
{
    return session->phase == LOBBY_PLAYING ? session->id : 0;
}

const char *dice_session_name(const struct dice_session *session)
{
    return session->name;
}

const char *dice_session_status(const struct dice_session *session)
{
    return session->status;
}

const char *dice_session_alert(const struct dice_session *session)
{
    return session->alert[0] != '\0' ? session->alert : NULL;
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
    return session->player_count;
}

const char *dice_session_player_name(const struct dice_session *session, size_t seat)
{
    return session->players[seat];
}

int32_t dice_session_player_id(const struct dice_session *session, size_t seat)
{
    return (int)seat == own_seat(session) ? session->id : (int32_t)seat * 77 + 101;
}

int dice_session_turn(const struct dice_session *session)
{
    return session->phase == LOBBY_PLAYING ? session->turn : -1;
}

bool dice_session_my_turn(const struct dice_session *session)
{
    return session->phase == LOBBY_PLAYING && session->turn == own_seat(session) &&
           !session->rolled;
}

size_t dice_session_log_count(const struct dice_session *session)
{
    return session->line_count;
}

const char *dice_session_log_line(const struct dice_session *session, size_t index)
{
    return session->lines[index];
}

static void fill_crowd(struct dice_session *session)
{
    seat(session, "Παναγιώτης Παπαδόπουλος the Third");
    seat(session, "Žluťoučký kůň");
    seat(session, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW");
    seat(session, "日本 \xF0\x9F\x8E\xB2 plays");
    seat(session, "x");
    seat(session, "Эсмеральда К. Достоевская");
    for (int i = 0; i < 150; i++) {
        roll(session);
    }
    say(session,
        "A line that is far too long for one row and has to go on in the next one, perhaps even "
        "in the one after that, because somebody has a lot to say about these dice and nobody "
        "stops them in time.");
    say(session,
        "Averyveryverylongwordthathasnospacesatallandsocannotbebrokenanywherebutinthemiddleof"
        "itselfwhichisnotprettybutbetterthanrunningoutofthecardonewouldthink");
    session->turn = 5;
}

struct dice_session *fake_session_in(const char *state)
{
    struct dice_session *session;

    if (dice_session_new(&session, &(struct dice_options){.name = "Godette"}) < 0) {
        return NULL;
    }
    session->frozen = strcmp(state, "idle") != 0;
    if (strcmp(state, "connecting") == 0) {
        dice_session_connect(session, "dice.example.org:8080");
        session->due_ms = 0;
    } else if (strcmp(state, "alert") == 0) {
        snprintf(session->server, sizeof session->server, "nowhere.example.org:8080");
        connected(session);
    } else if (strcmp(state, "my-turn") == 0 || strcmp(state, "closing") == 0) {
        dice_session_host(session, NULL, LOBBY_PORT);
        for (int i = 0; i < 6; i++) {
            roll(session);
        }
        if (state[0] == 'c') {
            dice_session_disconnect(session);
            session->due_ms = 0;
        }
    } else if (strcmp(state, "their-turn") == 0) {
        snprintf(session->server, sizeof session->server, "localhost:8080");
        connected(session);
        roll(session);
        roll(session);
    } else if (strcmp(state, "crowd") == 0) {
        dice_session_host(session, NULL, LOBBY_PORT);
        fill_crowd(session);
    } else if (strcmp(state, "idle") != 0) {
        dice_session_free(session);
        return NULL;
    }
    return session;
}
