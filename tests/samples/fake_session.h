/* fake_session: a dice session without a network, in a state that the window is to be seen in. */
#ifndef FAKE_SESSION_H
#define FAKE_SESSION_H

#include "samples/dice/session.h"

/* "idle", "connecting", "my-turn", "their-turn", "alert", "crowd" (many players, long names and a
 * long log) or "closing".  NULL for any other.  dice_session_new() makes an idle one. */
struct dice_session *fake_session_in(const char *state);

#endif /* FAKE_SESSION_H */
