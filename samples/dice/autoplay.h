/* autoplay: a player that is a program: rolls when it is its turn. */
#ifndef DICE_AUTOPLAY_H
#define DICE_AUTOPLAY_H

#include "samples/dice/session.h"

/* Fill the first part, zero the rest. */
struct dice_autoplay {
    uint32_t rolls_max;   /* a client stops after so many; 0: never */
    uint32_t patience_ms; /* how long nothing must have happened before it rolls */
    /* ---- */
    uint32_t revision; /* the session's, when it was looked at last */
    uint64_t since_ms; /* it has not changed */
};

/* After every poll. */
void dice_autoplay_step(struct dice_autoplay *player, struct dice_session *session,
                        uint64_t now_ms);

#endif /* DICE_AUTOPLAY_H */
