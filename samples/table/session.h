/* session: a seat at the shared table: a lobby, and the game in it.  No window here. */
#ifndef TABLE_SESSION_H
#define TABLE_SESSION_H

#include "samples/table/game.h"

struct table_session_options {
    const char *name; /* copied; NULL or "": TABLE_NAME_DEFAULT */
    uint16_t port;    /* of an address without one; 0: LOBBY_PORT */
    bool dedicated;   /* host without a seat at the table */
    uint32_t seed;    /* of what is random, if we host; 0: from the system */
    struct lobby_files files;
    const char *proxy; /* borrowed, as the next; see struct lobby_options */
    const char *home;
    const meeple_log *log;
    /* May be NULL; called from table_session_poll() only: an event of the lobby, a line of the
     * log, and the end of every poll, also while IDLE.  May do anything but poll. */
    void (*on_event)(void *user, const meeple_event *event, const meeple_fault *fault);
    void (*on_said)(void *user, const char *line);
    void (*on_polled)(void *user);
    void *user;
};

/* To be used through lobby_*() and table_game_*(), but for the poll. */
struct table_session {
    struct lobby lobby;
    struct table_game game;
    struct table_session_options options; /* without the name, which is in the game */
};

/* MEEPLE_ENOMEM, MEEPLE_EIO: there is no seed. */
MEEPLE_MUST_USE int table_session_open(struct table_session *session,
                                       const struct table_session_options *options);
void table_session_close(struct table_session *session);
/* As lobby_poll(). */
int table_session_poll(struct table_session *session, int timeout_ms);

#endif /* TABLE_SESSION_H */
