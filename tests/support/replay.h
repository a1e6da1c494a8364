/* replay: a recorded session of Godot 3 once more, with a world of ours in place of one of it. */
#ifndef TESTS_SUPPORT_REPLAY_H
#define TESTS_SUPPORT_REPLAY_H

#include <meeple/state.h>
#include <meeple/world.h>

#include "tests/support/sim.h"

enum {
    REPLAY_THINGS = 8,
    REPLAY_PEERS = 4,
    REPLAY_MESSAGE_MAX = 65536,
    REPLAY_RAN = 512
};

struct replay;

/* What an object of ours stands for: whatever is called there, or set, is only noted. */
struct replay_thing {
    struct replay *replay;
    meeple_object *object;
    int64_t pause_mode;
    meeple_value v_remote, v_master, v_puppet, v_slave, v_remotesync, v_sync, v_mastersync,
        v_puppetsync, v_none;
};

/* The other end of a connection of ours: it says what was recorded. */
struct replay_peer {
    meeple_net *net; /* as host we have one for each; as client all is the first one's */
    int32_t peer;    /* who that is for this net: its server, or our client; 0: gone */
    uint8_t *heard;  /* what we have said and nobody has asked for yet: lengths and bytes */
    size_t heard_len, heard_at;
};

/* How a class of that name looks; NULL if there is none. */
typedef const meeple_class *replay_class(const char *name);

struct replay {
    struct sim *sim;
    meeple_io_driver driver; /* ours, whose randomness is what the recorded ids were */
    meeple_world *world;
    meeple_net *recorded_host; /* if we are a client */
    replay_class *class_of;
    struct replay_thing things[REPLAY_THINGS];
    size_t thing_count;
    struct replay_peer peers[REPLAY_PEERS]; /* by the number of the connection, from 1 */
    /* Since it was looked at last: */
    unsigned runs, refusals, packets;
    char ran[REPLAY_RAN]; /* "T/N.f_remote from 1", what ran last */
    char refused[REPLAY_RAN];
};

/* Goes through tests/godot3/<name>.txt; README.md there says what is in it.  Whatever is not as
 * recorded fails the test. */
void replay_run(const char *name, replay_class *class_of);

/* For the handlers of the classes. */
void replay_note(struct replay_thing *thing, const char *method, const meeple_call *call);

#endif /* TESTS_SUPPORT_REPLAY_H */
