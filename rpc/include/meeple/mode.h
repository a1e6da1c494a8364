/* meeple/mode.h: who may call a method or set a field, and where that happens. */
#ifndef MEEPLE_MODE_H
#define MEEPLE_MODE_H

#include <meeple/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Who may make us run a method, and whether the caller runs it too.  Setting a field of an object's
 * state, which meeple_set() does (meeple/state.h), is a method in this.  Names and rules are Godot
 * 3's:
 *
 *              runs for a call from          the caller runs it as well
 * DISABLED     nobody                        no
 * REMOTE       anyone                        no
 * MASTER       anyone, on the master only    if it is the master; nothing is sent then
 * PUPPET       the master, elsewhere         if it is not the master
 * REMOTESYNC   anyone                        yes
 * MASTERSYNC   anyone, on the master only    yes; if it is the master nothing is sent
 * PUPPETSYNC   the master, elsewhere         yes
 *
 * The last column holds for calls to MEEPLE_ALL, to oneself, and to all but another.
 */
#define MEEPLE_RPC_MODE_MAP(X)                                                                     \
    X(DISABLED, "disabled")                                                                        \
    X(REMOTE, "remote")                                                                            \
    X(MASTER, "master")                                                                            \
    X(PUPPET, "puppet")                                                                            \
    X(REMOTESYNC, "remotesync")                                                                    \
    X(MASTERSYNC, "mastersync")                                                                    \
    X(PUPPETSYNC, "puppetsync")

typedef enum meeple_rpc_mode {
#define X(name, text) MEEPLE_RPC_##name,
    MEEPLE_RPC_MODE_MAP(X)
#undef X
} meeple_rpc_mode;

/* "disabled", "remote", ...; "unknown" for anything else.  Static storage. */
MEEPLE_API const char *meeple_rpc_mode_name(meeple_rpc_mode mode);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_MODE_H */
