/* state: what is the same everywhere at a shared table, and what may be asked of its host. */
#ifndef TABLE_STATE_H
#define TABLE_STATE_H

#include <meeple/state.h>

#include "samples/lobby/lines.h"
#include "samples/lobby/lobby.h"
#include "samples/table/pieces.h"

#define TABLE_SEATS 8
#define TABLE_TRAY 10 /* so many pieces in each */
#define TABLE_NAME_DEFAULT "Player"
#define TABLE_NOTHING (-1)

/* What only the host says of a piece; a peer that holds it and changes any of this is shown out. */
struct table_word {
    int32_t holder; /* the peer that has it in the hand, or 0 */
    uint8_t ticket; /* what that peer called its wish to have it */
    int32_t tray;   /* the peer in whose tray it lies, or 0: on the table */
    uint32_t level; /* the higher lies on the lower */
    uint8_t slot;   /* its place in the tray */
    uint8_t face;   /* what is on its upper side; see table_kind */
    uint8_t
        secret; /* what is on a card that lies in our own tray, whatever its upper side; else 0 */
};

/* The group of fields that has the secret. */
#define TABLE_SECRET 1

/* The state of a piece.  In a tray it is an object of that tray's owner alone: to the others it
 * does not exist.  Who holds it is its master, and moves it. */
struct table_piece {
    uint8_t number; /* which one: below TABLE_PIECES */
    int16_t x, y;
    struct table_word word;
};

/* The state of a player, whose master is the player. */
struct table_pawn {
    int32_t id;
    uint8_t seat; /* below TABLE_SEATS; that colour */
    int16_t x, y;
    char name[LOBBY_NAME_MAX + 1]; /* as it was given; "": not yet */
};

/* Its name, fit to be shown; a default for none.  pawn may be NULL; dst has LOBBY_NAME_MAX + 1
 * bytes. */
void table_pawn_name(char *dst, const struct table_pawn *pawn);

/* The state of the table itself, whose master is the host. */
struct table_board {
    uint8_t trays[TABLE_SEATS]; /* how many pieces lie in the tray of each seat */
    uint32_t flips;             /* how often it was flipped or tidied */
    uint32_t said;              /* how many lines the log has had */
};

extern const meeple_class table_piece_class, table_pawn_class, table_board_class;
/* NULL-terminated: what may be spawned. */
extern const meeple_class *const table_classes[];

/* Where a piece is put. */
enum table_place {
    TABLE_ON_TABLE,
    TABLE_IN_TRAY
};

#define TABLE_TAKE(ARG) ARG(uint8_t, ticket)
#define TABLE_PUT(ARG)                                                                             \
    ARG(int16_t, x, .min = 0, .max = TABLE_WIDTH)                                                  \
    ARG(int16_t, y, .min = 0, .max = TABLE_HEIGHT)                                                 \
    ARG(uint8_t, place, .min = 0, .max = 1) ARG(uint8_t, ticket)
#define TABLE_TURN(ARG)
#define TABLE_DENIED(ARG)                                                                          \
    ARG(uint8_t, number, .min = 0, .max = TABLE_PIECES - 1) ARG(uint8_t, ticket)
#define TABLE_SAID(ARG) ARG(const char *, line, .max = LOBBY_LINE_MAX)
/* Asked of the host, about the piece that is called. */
MEEPLE_RPC_NAMED(table_take, "take", TABLE_TAKE)
MEEPLE_RPC_NAMED(table_put, "put", TABLE_PUT)
MEEPLE_RPC_NAMED(table_turn, "turn", TABLE_TURN)
/* Said by the host of the table: to who may not have that piece, or not any longer; and to
 * everybody. */
MEEPLE_RPC_NAMED(table_denied, "denied", TABLE_DENIED)
MEEPLE_RPC_NAMED(table_said, "said", TABLE_SAID)

#endif /* TABLE_STATE_H */
