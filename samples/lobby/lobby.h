/* lobby: hosting, joining and leaving a game, and what went wrong.  No window here. */
#ifndef LOBBY_LOBBY_H
#define LOBBY_LOBBY_H

#include <meeple/world.h>

#include "samples/lobby/address.h"
#include "samples/lobby/alert.h"

#define LOBBY_PORT 8080
#define LOBBY_NAME_MAX 64 /* bytes of UTF-8 in a player's name, without the NUL */

typedef enum lobby_phase {
    LOBBY_IDLE,       /* neither hosting nor joining */
    LOBBY_CONNECTING, /* joining; lobby_disconnect() cancels */
    LOBBY_PLAYING,    /* hosting, or joined */
    LOBBY_CLOSING     /* saying goodbye; IDLE follows by itself within seconds */
} lobby_phase;

/* What the game has to say in this.  Each is called with options.user, from lobby_host(),
 * lobby_connect(), lobby_alone() and lobby_poll() only, and may do anything but poll. */
struct lobby_game {
    /* Sits down in a world that has not been polled yet.  An error of the library: it cannot. */
    int (*begin)(void *user, meeple_world *world);
    /* The world is about to go. */
    void (*end)(void *user);
    /* Any event but a raw packet.  fault is NULL unless it is DOWN. */
    void (*event)(void *user, meeple_world *world, const meeple_event *event,
                  const meeple_fault *fault);
    /* Each poll of a session is over, after all handlers.  May be NULL. */
    void (*polled)(void *user);
};

/* Names of files, borrowed; each may be NULL: none. */
struct lobby_files {
    const char *folder;     /* what is handed out over HTTP if we host, a page that plays the same
                               game for instance */
    const char *cert, *key; /* both: we host with TLS, so that others write "wss://" */
    const char *ca; /* authorities to believe if we connect to "wss://"; NULL: the system's */
};

struct lobby_options {
    struct lobby_game game;
    void *user;                         /* lobby_user() */
    const meeple_class *const *classes; /* that may be spawned; NULL: none */
    uint32_t guests_max;                /* besides the host */
    uint16_t port;                      /* of an address without one; 0: LOBBY_PORT */
    meeple_dialect dialect;             /* of the first session; see lobby_speak() */
    /* Borrowed: the WebSocket subprotocol that Godot 3 players of this game use, "ludus"; NULL:
     * there are none. */
    const char *godot3_protocol;
    struct lobby_files files;
    /* Borrowed: the address or network of a proxy before us, whose X-Forwarded-For is believed;
     * NULL: none. */
    const char *proxy;
    const char *home; /* borrowed: the address of this machine that others can reach; NULL or "":
                         not known, "localhost" is said */
    const meeple_io_driver *io; /* NULL: the system's */
    const meeple_mem *mem;
    const meeple_log *log;
};

/* To be read through the functions below. */
struct lobby {
    struct lobby_options options;
    meeple_world *world; /* NULL if IDLE; its user is this lobby */
    lobby_phase phase;
    bool hosting;
    bool alone; /* hosting, with no way in for others */
    bool up;    /* UP came */
    bool over;  /* the world can go as soon as it is not at work */
    meeple_dialect dialect;
    uint16_t port;
    char where[LOBBY_ADDRESS_SIZE]; /* that we are connected to */
    char page[LOBBY_ADDRESS_SIZE];
    char status[LOBBY_ADDRESS_SIZE + 32];
    char alert[LOBBY_ALERT_SIZE]; /* "" if there is none */
    uint32_t revision;
};

void lobby_init(struct lobby *lobby, const struct lobby_options *options);
/* Drops what is left of a connection as it is. */
void lobby_done(struct lobby *lobby);

/* Only while IDLE, else MEEPLE_ESTATE.  On failure lobby_alert() has the sentence.  address is what
 * lobby_address_parse() reads; "host" or "[v6]" without a port means options.port. */
int lobby_host(struct lobby *lobby, const char *bind_address, uint16_t port);
int lobby_connect(struct lobby *lobby, const char *address);
/* A game of one, without a network. */
int lobby_alone(struct lobby *lobby);
/* Cancels connecting, leaves, or stops hosting.  Nothing happens when IDLE. */
void lobby_disconnect(struct lobby *lobby);

/* What the next session speaks: the native dialect, or with a godot3_protocol Godot 3's.  Both
 * sides have to speak the same. */
void lobby_speak(struct lobby *lobby, meeple_dialect dialect);
meeple_dialect lobby_dialect(const struct lobby *lobby);

/* Does what there is to do, waiting up to timeout_ms for it.  Returns how much was done, 0 for
 * nothing; a lost session is no error here, it becomes IDLE with an alert. */
int lobby_poll(struct lobby *lobby, int timeout_ms);

lobby_phase lobby_phase_of(const struct lobby *lobby);
/* Of the session that is or was. */
bool lobby_is_host(const struct lobby *lobby);
uint16_t lobby_port(const struct lobby *lobby); /* hosting; else 0 */
/* Where the page is that we hand out, "http://192.168.0.7:8080/", "https://..." with TLS, with
 * "?dialect=godot3" at its end if that is what we speak; NULL if we do not.  Of a machine that does
 * not know its address it says localhost: others write the address in its place, as they write the
 * name that the certificate is for. */
const char *lobby_page(const struct lobby *lobby);
int32_t lobby_id(const struct lobby *lobby); /* 0 if we have none */
/* NULL while IDLE. */
meeple_world *lobby_world(const struct lobby *lobby);
/* The game that a world belongs to: options.user. */
void *lobby_user(const meeple_world *world);
/* One line about where we stand: "Not connected", "Connecting to localhost:8080 ...", "Hosting on
 * port 8080", "Playing at localhost:8080", "Playing alone"; with Godot 3 in it if that is spoken.
 */
const char *lobby_status(const struct lobby *lobby);
/* A sentence that the user has to see (could not host, could not connect and why, lost the server),
 * or NULL.  Stays until dismissed. */
const char *lobby_alert(const struct lobby *lobby);
void lobby_dismiss(struct lobby *lobby);

/* Changes whenever anything above changed, and when the game says so: draw again. */
uint32_t lobby_revision(const struct lobby *lobby);
void lobby_changed(struct lobby *lobby);

#endif /* LOBBY_LOBBY_H */
