/* session: a seat at the dice table: hosting, joining, rolling.  No window here. */
#ifndef DICE_SESSION_H
#define DICE_SESSION_H

#include "samples/lobby/lobby.h"

struct dice_session;

/* What ran here, for a log: after a method ran (method != NULL), or an event of the net. */
struct dice_trace {
    const char *method; /* NULL: `event` happened */
    int32_t from;
    const char *const *args; /* as text */
    size_t arg_count;
    const meeple_event *event;
    meeple_fault fault; /* DOWN only */
};

struct dice_options {
    const char *name;       /* copied, cut to LOBBY_NAME_MAX; NULL or "": "Player" */
    uint16_t port;          /* of an address without one; 0: LOBBY_PORT */
    bool dedicated;         /* host without a seat at the table */
    uint32_t seed;          /* of the dice; 0: from the system */
    meeple_dialect dialect; /* native, or Godot 3's; see dice_session_speak() */
    struct lobby_files files;
    const char *proxy; /* borrowed, as the next; see struct lobby_options */
    const char *home;
    const meeple_io_driver *io; /* NULL: the system's */
    const meeple_mem *mem;
    const meeple_log *log;
    /* May be NULL; called from dice_session_poll() only. */
    void (*on_trace)(void *user, struct dice_session *session, const struct dice_trace *trace);
    void *user;
    /* May be NULL; called at the end of every dice_session_poll(), also when IDLE: for a player
     * that is a program.  May do anything but poll and free. */
    void (*on_poll)(void *user, struct dice_session *session);
};

int dice_session_new(struct dice_session **out, const struct dice_options *options);
/* Drops what is left of a connection as it is. */
void dice_session_free(struct dice_session *session);

/* Only while IDLE, else MEEPLE_ESTATE.  On failure dice_session_alert() has the sentence.  address
 * is what lobby_address_parse() reads; "host" or "[v6]" without a port means options.port. */
int dice_session_host(struct dice_session *session, const char *bind_address, uint16_t port);
int dice_session_connect(struct dice_session *session, const char *address);
/* Cancels connecting, leaves, or stops hosting.  Nothing happens when IDLE. */
void dice_session_disconnect(struct dice_session *session);
/* Our name: for the next session, and told to everyone if there is one. */
int dice_session_rename(struct dice_session *session, const char *name);
/* What the next session speaks: MEEPLE_DIALECT_NATIVE with others of ours, MEEPLE_DIALECT_GODOT3
 * with players of Godot's demo.  Only while IDLE, else MEEPLE_ESTATE. */
int dice_session_speak(struct dice_session *session, meeple_dialect dialect);
/* "Do Action!".  MEEPLE_ESTATE when not playing; out of turn it is sent all the same: the host
 * calls out who cheats. */
int dice_session_roll(struct dice_session *session);

/* Does what there is to do, waiting up to timeout_ms for it.  Returns how much was done, 0 for
 * nothing; a lost session is no error here, it becomes IDLE with an alert. */
int dice_session_poll(struct dice_session *session, int timeout_ms);

/* Of which most of the following is asked. */
struct lobby *dice_session_lobby(struct dice_session *session);
lobby_phase dice_session_phase(const struct dice_session *session);
bool dice_session_is_host(const struct dice_session *session);
uint16_t dice_session_port(const struct dice_session *session); /* hosting; else 0 */
int32_t dice_session_id(const struct dice_session *session);    /* 0 if we have none */
const char *dice_session_name(const struct dice_session *session);
meeple_dialect dice_session_dialect(const struct dice_session *session);
/* One line about where we stand: "Not connected", "Connecting to localhost:8080 ...", "Hosting on
 * port 8080", "Playing at localhost:8080". */
const char *dice_session_status(const struct dice_session *session);
/* A sentence that the user has to see (could not host, could not connect and why, lost the server),
 * or NULL.  Stays until dismissed. */
const char *dice_session_alert(const struct dice_session *session);
void dice_session_dismiss(struct dice_session *session);

/* Changes whenever anything above or below changed: draw again. */
uint32_t dice_session_revision(const struct dice_session *session);

/* The table, in the order of the seats.  It stays as it was after the session ended, until the next
 * begins.  Names and lines are borrowed until the next poll. */
size_t dice_session_player_count(const struct dice_session *session);
const char *dice_session_player_name(const struct dice_session *session, size_t seat);
int32_t dice_session_player_id(const struct dice_session *session, size_t seat);
int dice_session_turn(const struct dice_session *session); /* a seat, or -1 */
bool dice_session_my_turn(
    const struct dice_session *session); /* playing, and we have not rolled yet */
/* How many times we rolled in this session and the host has answered. */
uint32_t dice_session_rolls(const struct dice_session *session);
size_t dice_session_log_count(const struct dice_session *session); /* the newest 1000 lines */
const char *dice_session_log_line(const struct dice_session *session, size_t index);

#endif /* DICE_SESSION_H */
