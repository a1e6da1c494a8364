/* game: the dice table and its rules: who sits there, whose turn it is, what has been rolled. */
#ifndef DICE_GAME_H
#define DICE_GAME_H

#include "samples/lobby/lines.h"
#include "samples/dice/rules.h"

/* A method that has just run here. */
struct dice_ran {
    const char *method;
    int32_t from;
    const char *const *args; /* as text */
    size_t arg_count;
};

struct dice_player {
    int32_t id;
    char name[RULES_NAME_MAX + 1];
};

/* Every peer has one, and they stay equal: it is changed by what the host says, and by nothing
 * else.  To be read from outside down to the line; filled by dice_game_init(). */
struct dice_game {
    struct dice_player players[RULES_PLAYERS_MAX]; /* in the order of the seats */
    size_t player_count;
    int turn; /* a seat, or -1: nobody sits there */
    struct lobby_lines lines;
    uint32_t rolls; /* of ours that the host has answered, since the session began */
    /* ---- */
    meeple_object *object; /* NULL: no session */
    char name[RULES_NAME_MAX + 1];
    bool dedicated;
    uint64_t random;
    bool asked;   /* our roll is on its way */
    bool leaving; /* somebody has left; the turn that is said next is no answer to our roll */
    void (*on_ran)(void *user, const struct dice_ran *ran);
    void *user;
};

struct dice_game_options {
    const char *name;                                       /* of our player; cleaned and copied */
    bool dedicated;                                         /* if we host: no seat for ourselves */
    uint64_t seed;                                          /* of the dice, if we host */
    void (*on_ran)(void *user, const struct dice_ran *ran); /* may be NULL */
    void *user;
};

void dice_game_init(struct dice_game *game, const struct dice_game_options *options);

/* Clears the table and sits down in a world that has not been polled yet.  MEEPLE_ENOMEM. */
MEEPLE_MUST_USE int dice_game_begin(struct dice_game *game, meeple_world *world);
/* The world is about to go; the table stays as it is. */
void dice_game_end(struct dice_game *game);
/* To be told of every event of the world. */
void dice_game_event(struct dice_game *game, const meeple_event *event);

/* Asks the host for our roll, whether or not it is our turn.  Errors as meeple_rpc(). */
int dice_game_roll(struct dice_game *game);
/* For the next session, and told to everybody if there is one.  Errors as meeple_rpc(). */
int dice_game_rename(struct dice_game *game, const char *name);

/* It is our turn, and we have not rolled yet. */
bool dice_game_my_turn(const struct dice_game *game);

#endif /* DICE_GAME_H */
