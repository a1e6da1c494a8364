/* autoplay: a player that is a program: takes pieces, carries them about and puts them down. */
#ifndef TABLE_AUTOPLAY_H
#define TABLE_AUTOPLAY_H

#include "samples/table/session.h"

/* Fill the first part, zero the rest. */
struct table_autoplay {
    uint32_t moves_max; /* then it rests */
    uint32_t pause_ms;  /* between two moves */
    uint64_t random;    /* the seed */
    /* ---- */
    uint64_t next_ms;
    int x, y;      /* where the piece in its hand is to go */
    unsigned step; /* of the way there */
};

/* After every poll. */
void table_autoplay_step(struct table_autoplay *player, struct table_session *session,
                         uint64_t now_ms);

#endif /* TABLE_AUTOPLAY_H */
