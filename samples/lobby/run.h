/* run: one run of a game: what was asked of it on the command line, and whether that was done. */
#ifndef LOBBY_RUN_H
#define LOBBY_RUN_H

#include <signal.h>

#include "samples/lobby/flags.h"
#include "samples/lobby/lobby.h"
#include "samples/lobby/system.h"

/* Fill the first part, zero the rest. */
struct lobby_run {
    const struct lobby_flags *flags;         /* borrowed */
    const char *program;                     /* goes in front of what is said on stderr */
    const char *did;                         /* what --auto counts: "rolled" */
    FILE *report;                            /* NULL: none */
    void (*on_over)(void);                   /* called once, from lobby_run_polled(); may be NULL */
    int (*poll)(void *user, int timeout_ms); /* the game's, for lobby_run_headless() */
    void *user;
    /* ---- */
    struct lobby *lobby; /* set before lobby_run_begin() */
    struct lobby_system system;
    meeple_log log;                /* of the library's warnings: on stderr */
    char home[LOBBY_HOST_MAX + 1]; /* the address of this machine; "": not known */
    uint32_t turns; /* what the game has done of what --auto counts; the game keeps it true */
    bool settled;   /* the game has something to wait for before it is over: set to false */
    uint64_t started_ms, alone_ms; /* alone_ms: since when there was nobody but us */
    uint32_t guests;               /* of a host */
    bool up;                       /* it has come up at least once */
    bool lost;                     /* it ended, and neither side had wished so */
    bool guests_came;
    bool told; /* on_over */
};

/* Starts the clock, and looks where we are.  False after printing to stderr why not. */
bool lobby_run_open(struct lobby_run *run);
/* Hosts or connects, if that was asked.  False: the lobby's alert says why not. */
bool lobby_run_begin(struct lobby_run *run);
/* Polls until it is over, or *stop is no longer 0, and everybody was told. */
void lobby_run_headless(struct lobby_run *run, const volatile sig_atomic_t *stop);
/* Prints to stderr what was left undone, and gives the exit status. */
int lobby_run_close(struct lobby_run *run);

/* To be told of every event of the lobby, and after every poll, also while IDLE. */
void lobby_run_event(struct lobby_run *run, const meeple_event *event);
void lobby_run_polled(struct lobby_run *run);

/* Since the beginning. */
uint64_t lobby_run_ms(const struct lobby_run *run);

#endif /* LOBBY_RUN_H */
