/* game: a shared table as each peer has it: what lies where, who sits there, what may be asked. */
#ifndef TABLE_GAME_H
#define TABLE_GAME_H

#include "samples/table/dealer.h"

struct table_game_options {
    const char *name; /* of our player; cleaned and copied */
    bool dedicated;   /* if we host: no pawn and no tray for ourselves */
    uint64_t seed;    /* of what is random, if we host */
    /* May be NULL: a line was said; anything at all has changed. */
    void (*on_said)(void *user, const char *line);
    void (*on_changed)(void *user);
    /* What the lobby tells the game, afterwards. */
    void (*on_event)(void *user, const meeple_event *event, const meeple_fault *fault);
    void *user;
};

/* To be read from outside down to the line. */
struct table_game {
    /* By number, by seat; NULL: not here.  Borrowed: good until the next poll. */
    struct table_piece *pieces[TABLE_PIECES];
    struct table_pawn *pawns[TABLE_SEATS];
    struct table_board *board;
    struct lobby_lines lines;
    int hand;      /* the piece that we hold or have asked for, or TABLE_NOTHING */
    uint32_t puts; /* how many we have put down since the session began */
    /* ---- */
    struct table_game_options options; /* without the name */
    char name[LOBBY_NAME_MAX + 1];
    meeple_world *world; /* NULL: no session */
    meeple_object *piece_objects[TABLE_PIECES], *pawn_objects[TABLE_SEATS], *board_object;
    uint8_t ticket;             /* of our last wish to take something */
    bool granted;               /* the piece in the hand has been given to us */
    struct table_dealer dealer; /* at work if we host */
};

void table_game_init(struct table_game *game, const struct table_game_options *options);
/* For struct lobby_options; user is the game. */
extern const struct lobby_game table_lobby_game;

/* All of these: 0, or what meeple_rpc() says.  MEEPLE_ESTATE: there is no session, or no such piece
 * here, or it cannot be now. */

/* Asks for a piece; it is in our hand from here on, until the host denies it. */
int table_game_take(struct table_game *game, unsigned number);
/* Moves what is in the hand, as soon as it was given to us; until then nothing happens. */
void table_game_move(struct table_game *game, int x, int y);
/* Lets go of it: where it is seen from then on, or in our tray. */
int table_game_put(struct table_game *game, int x, int y, enum table_place place);
/* A card is turned over, a die thrown. */
int table_game_turn(struct table_game *game, unsigned number);
/* Only the host: everything flies about, or back to where it began (tidy).  MEEPLE_EDENIED. */
int table_game_flip(struct table_game *game, bool tidy);
/* Our pawn. */
void table_game_walk(struct table_game *game, int x, int y);
/* Cleaned and copied; for the next session, and told to everybody if there is one. */
void table_game_rename(struct table_game *game, const char *name);

/* Our own id, 0 if there is no session; our seat, or TABLE_NOTHING. */
int32_t table_game_id(const struct table_game *game);
int table_game_seat(const struct table_game *game);
bool table_game_is_host(const struct table_game *game);
/* Whether a piece is here and to be seen by our player: on the table, or in our tray.  (The host's
 * process knows what lies in every tray.) */
bool table_game_shows(const struct table_game *game, unsigned number);
bool table_game_in_tray(const struct table_game *game, unsigned number);
/* Nobody has it in the hand, either. */
bool table_game_rests_in_tray(const struct table_game *game, unsigned number);
/* The piece is in our hand, and ours to move. */
bool table_game_holds(const struct table_game *game, unsigned number);
/* Somebody sits there.  A pawn whose player has not said its name yet is not to be seen, and may do
 * nothing: a newcomer would be called something else for a moment. */
bool table_game_sits(const struct table_game *game, unsigned seat);
/* The seat of the peer, or TABLE_NOTHING. */
int table_game_seat_of(const struct table_game *game, int32_t id);

#endif /* TABLE_GAME_H */
