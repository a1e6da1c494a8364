/* dealer: the host's part of a shared table: what only it knows, and what it lets others do. */
#ifndef TABLE_DEALER_H
#define TABLE_DEALER_H

#include "samples/table/state.h"

/* Zero to begin with.  What it puts on the table is state of the world, and comes back to the
 * host's own game as to everybody's. */
struct table_dealer {
    meeple_world *world; /* NULL: we do not host */
    uint64_t random;
    uint32_t level; /* the highest there is */
    struct table_piece pieces[TABLE_PIECES];
    struct table_word truth[TABLE_PIECES]; /* what their words have to be, whoever holds them */
    uint8_t faces[TABLE_PIECES];           /* what is on the cards, also on those face down */
    struct table_pawn pawns[TABLE_SEATS];
    struct table_board board;
    meeple_object *piece_objects[TABLE_PIECES], *pawn_objects[TABLE_SEATS], *board_object;
    bool taken[TABLE_SEATS];   /* the seats */
    bool greeted[TABLE_SEATS]; /* who sits there has said its name */
};

/* Unpacks the box, in a world that has not been polled yet.  MEEPLE_ENOMEM, ... */
MEEPLE_MUST_USE int table_dealer_begin(struct table_dealer *dealer, meeple_world *world,
                                       uint64_t seed);
void table_dealer_end(struct table_dealer *dealer);

/* Gives a peer a pawn.  name: "" if it will say it itself.  MEEPLE_EFULL: no seat is free. */
MEEPLE_MUST_USE int table_dealer_join(struct table_dealer *dealer, int32_t id, const char *name);
/* The peer is gone: what it held, and what lay in its tray, is everybody's. */
void table_dealer_leave(struct table_dealer *dealer, int32_t id);
/* Its pawn is gone, too. */
void table_dealer_left(struct table_dealer *dealer, unsigned seat);
/* The pawn has changed. */
void table_dealer_greet(struct table_dealer *dealer, unsigned seat);

/* What peer id asks for; done if the rules allow it. */
void table_dealer_take(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket);
void table_dealer_put(struct table_dealer *dealer, unsigned number, int32_t id,
                      const struct table_put *where);
void table_dealer_turn(struct table_dealer *dealer, unsigned number, int32_t id);
void table_dealer_flip(struct table_dealer *dealer, bool tidy);

/* Whoever holds the piece has changed it.  More than its place, and the peer is shown out. */
void table_dealer_check(struct table_dealer *dealer, unsigned number);

#endif /* TABLE_DEALER_H */
