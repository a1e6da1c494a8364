/* meeple/world.h: the objects that peers share, and the calls between them. */
#ifndef MEEPLE_WORLD_H
#define MEEPLE_WORLD_H

#include <meeple/class.h>
#include <meeple/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a call did not run, or what was said of a spawned object was not taken. */
#define MEEPLE_REFUSAL_MAP(X)                                                                      \
    X(MODE, "the method's mode does not let the sender call it")                                   \
    X(NO_OBJECT, "there is no such object here")                                                   \
    X(NO_METHOD, "the object has no such method here")                                             \
    X(SIGNATURE, "the method is declared with other types here")                                   \
    X(ARGUMENTS, "the arguments do not fit the method")                                            \
    X(MALFORMED, "the packet is malformed")                                                        \
    X(LIMIT, "the sender is over a limit")                                                         \
    X(NOT_SERVER, "only the server may say that")                                                  \
    X(NOT_MASTER, "only the object's master may change it")                                        \
    X(NO_CLASS, "no object of that class may be spawned here")                                     \
    X(PATH, "there is another object of that path here")                                           \
    X(STATE, "the state does not fit the object")                                                  \
    X(MISMATCH, "the spawned objects are not the same on both sides")

typedef enum meeple_refusal_rule {
#define X(name, text) MEEPLE_REFUSAL_##name,
    MEEPLE_REFUSAL_MAP(X)
#undef X
} meeple_refusal_rule;

/* "there is no such object here", ...; "unknown" for anything else.  Static storage. */
MEEPLE_API const char *meeple_refusal_text(meeple_refusal_rule rule);

/* Every pointer is borrowed for the call. */
typedef struct meeple_refusal {
    meeple_refusal_rule rule;
    int32_t sender;
    const char *path;   /* "" if unknown */
    const char *method; /* "" if unknown; "hp=" if the field hp was to be set (meeple_set()) */
    const char *text;   /* the whole sentence: who, what, and the rule in words */
} meeple_refusal;

/*
 * What is other in the dialect of Godot 3 (MEEPLE_DIALECT_GODOT3; docs/wire.md, chapter 9): nobody
 * announces anything, so that no peer is known to lack an object or a method, and none has to wait
 * for calls until it was told of something; what does not suit a peer it leaves out and says
 * nothing, as we tell on_refused and nobody else.  An object is what its path says, whatever its
 * class is called: peers need the same path and the same methods, by their names.  A path must be
 * one in Godot (meeple_object_add()).  Types are looked at when a call comes: an integer has to fit
 * and so on, as in meeple_object_call_values().  Nothing is spawned (meeple/state.h).
 */
typedef struct meeple_world_options {
    /* Every event of the net, in its place between the calls: UP, JOIN, DRAINED, CLOSING, LEAVE and
     * DOWN as in meeple/event.h; PACKET for what meeple_world_send() sent.  DRAINED also after what
     * the world itself had to say of its objects did not fit, or when there is room again where
     * held_bytes_max was reached.  May be NULL. */
    void (*on_event)(meeple_world *world, const meeple_event *event);
    /* A call, a spawn or a change that was refused here, or a call that we made and peer `sender`
     * has told us it does not answer, or a check that found other objects here or at `sender` than
     * there should be; also in meeple_world_poll(), like every handler.  May be
     * NULL; the first hundred of each peer are also logged as warnings. */
    void (*on_refused)(meeple_world *world, const meeple_refusal *refusal);
    void *user;
    const meeple_class *const *classes; /* what may be spawned here (meeple/state.h),
                                           NULL-terminated; NULL: nothing.  Borrowed for the call,
                                           what is in it as long as the world */
    uint32_t objects_max;       /* 0: 4096; our own, and those of each peer that we know of */
    uint32_t check_interval_ms; /* server: how often what each peer has of the spawned objects is
                                   compared with what it should have.  0: 10 s; UINT32_MAX: never.
                                   Over loopback, which has no clock, a batch counts for 160 ms */
    size_t local_bytes_max;     /* 0: 1 MiB; calls to ourselves that wait for meeple_world_poll() */
    size_t held_bytes_max;  /* 0: 1 MiB; of each peer: what waits until it has been told of objects
                               and their state */
    size_t value_bytes_max; /* 0: 16 MiB, at most 1 GiB; one value of state in its encoding, and all
                               that has come of each peer of values that are not complete */
    size_t content_bytes_max; /* 0: 64 MiB; what each peer may have us keep in all strings, bytes
                                 and values of spawned objects together: on a server of those that
                                 it is the master of, on a client the server, of all; and in those
                                 that it has set with meeple_set().  More is refused; what we have
                                 set ourselves or handed over is not */
    const meeple_mem *mem;
    const meeple_log *log;
    meeple_dialect dialect; /* 0: whatever the net speaks; any other must be the net's */
} meeple_world_options;

/*
 * A world on a net, which it takes over, also on failure.  options NULL: all defaults.  *out is the
 * caller's to meeple_world_free(), NULL on failure.  The net must be one of the native dialect or
 * of Godot 3's, and nobody else may take its events.  MEEPLE_EINVAL: also a net of another dialect
 * than that, or than options.dialect; one whose packets or queue are too short for anything; or a
 * class whose state makes no sense or has a number that does not fit a packet (the log says why).
 * MEEPLE_ETOOBIG: over 256 classes.  MEEPLE_ENOMEM.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_world_new(meeple_world **out, meeple_net *net,
                                                const meeple_world_options *options);

/* Frees the world, its objects (not what they stand for) and its net.  In a handler it is allowed
 * and happens when meeple_world_poll() returns.  world may be NULL. */
MEEPLE_API void meeple_world_free(meeple_world *world);

/* options.user. */
MEEPLE_API void *meeple_world_user(const meeple_world *world);

/* Borrowed: to ask, to kick, to close; and, from any thread, to meeple_net_wake() out of
 * meeple_world_poll().  Taking its events is the world's. */
MEEPLE_API meeple_net *meeple_world_net(const meeple_world *world);

/*
 * Runs every handler there is to run, on this thread, and nowhere else; then sends.  Waits up to
 * timeout_ms for the first event (0: does not, -1: for ever), less if there was no memory to tell a
 * peer of our objects, if a newcomer gets so many that the rest is for the next poll, if a peer is
 * to be checked, or if the net is woken.  Returns how many events, calls and handlers of spawned
 * objects there were, one more if there is such a rest, at most about a thousand (what is over
 * waits for the next poll, so that a flood cannot hold the caller); MEEPLE_ECLOSED: DOWN was given
 * already, or a handler freed the world; MEEPLE_ENOMEM: poll again, nothing is lost; MEEPLE_EIO.
 * MEEPLE_ESTATE: called from a handler.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_world_poll(meeple_world *world, int timeout_ms);

/*
 * As meeple_net_wait_ms(), which is not enough for a world: in how many milliseconds
 * meeple_world_poll() has to be called at the latest though the descriptor of its net
 * (meeple_net_pollable()) is not readable.  0: now, calls or objects wait; -1: no such moment, or
 * DOWN was given.  To be asked again after every poll, and after whatever calls or adds objects.
 */
MEEPLE_API int meeple_world_wait_ms(const meeple_world *world);

/* Raw bytes to others, in order with the calls, and waiting as they do; they get them as PACKET. At
 * least one byte.  Errors as meeple_net_send(); MEEPLE_EFULL: also as meeple_rpc(); MEEPLE_EINVAL:
 * empty.  Godot: send_bytes(). */
MEEPLE_API int meeple_world_send(meeple_world *world, int32_t to, meeple_bytes bytes);

/*
 * Makes self answer calls at path, which every peer that is to be called has, too: say "game", or
 * "players/7".  Parts are divided by '/'; empty ones are dropped.  self is borrowed
 * until the object is removed; path is copied; cls must stay.  *out is borrowed: good until
 * meeple_object_remove(), or NULL on failure.  MEEPLE_EINVAL: a path that is empty, not UTF-8,
 * with control characters, over 255 bytes or taken, in the dialect of Godot 3 also one with a ':'
 * or a part "." or "..", or a class that makes no sense (the log says
 * why), whose names do not fit a packet, or that has fields to set and no self.  MEEPLE_ETOOBIG:
 * over objects_max, or a path that does not fit a packet.  MEEPLE_ENOMEM.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_object_add(meeple_object **out, meeple_world *world,
                                                 const meeple_class *cls, const char *path,
                                                 void *self);

/* From here on nobody can call it.  Allowed in a handler, also in its own.  object may be NULL. One
 * that was spawned goes everywhere, if we are the server, and stays if not. */
MEEPLE_API void meeple_object_remove(meeple_object *object);

/* The self of the object at path if it is of that class, else NULL. */
MEEPLE_API void *meeple_object_find(const meeple_world *world, const meeple_class *cls,
                                    const char *path);

/* Who owns the object in our eyes: the server (1) unless told otherwise; it is not transmitted.
 * Of a spawned object the server alone says it, to everyone: meeple_object_hand_over().
 * Godot: set_network_master(), get_network_master(), is_network_master(). */
MEEPLE_API void meeple_object_set_master(meeple_object *object, int32_t peer);
MEEPLE_API int32_t meeple_object_master(const meeple_object *object);
MEEPLE_API bool meeple_object_is_master(const meeple_object *object);

MEEPLE_API meeple_world *meeple_object_world(const meeple_object *object);
/* Normalised.  Borrowed: good until meeple_object_remove(). */
MEEPLE_API const char *meeple_object_path(const meeple_object *object);

/*
 * meeple_rpc(object, to, method, arguments...) calls a method of object on one peer, on MEEPLE_ALL,
 * or on all but one.  A wrong method or number of arguments does not compile.  By the method's mode
 * it may run here too, or only: that happens in meeple_world_poll(), in the order of the calls.
 *
 * Returns 0, or: MEEPLE_ENOTFOUND: no such peer (all but ourselves is none either, as in Godot),
 * the class has no such method, or the one peer called has told us it does not answer it;
 * MEEPLE_EDENIED: to ourselves, and the mode does not let us; MEEPLE_EINVAL: an argument is out of
 * its declared bounds, a string is not UTF-8, or a value is none; MEEPLE_ETOOBIG: too long for a
 * packet; MEEPLE_EFULL; MEEPLE_ESTATE: not UP, or the object is removed; MEEPLE_ENOMEM.  Nothing is
 * sent or run on error.  A peer that has not been told yet of all that was before the call (it has
 * just come, or reads slowly) gets it after that, in order with the others; MEEPLE_EFULL: more than
 * held_bytes_max wait; DRAINED says when they do not.  What waits goes with its object, if that is
 * removed or hidden meanwhile.  Called to many, peers that do not answer the method are left out
 * and reported to on_refused; a server closes one that too much waits for already, with 1008, as
 * its net does with a full queue.  Godot: rpc(), rpc_id().
 */
#define meeple_rpc(object, to, ...) MEEPLE_RPC_CALL_(__VA_ARGS__, (object), (to))
#define MEEPLE_RPC_CALL_(method, ...) method##_call(__VA_ARGS__)

/*
 * The same call by name, for a script, a console or a tool that does not know the method's C type:
 * one value for each argument, in their order, converted as one that comes over the wire is (an
 * integer has to fit, a float takes an integer that it holds exactly, an argument of type
 * meeple_value takes anything).  Values are borrowed for the call.  values may be NULL if count is
 * 0.
 *
 * Returns what meeple_rpc() returns; also MEEPLE_EINVAL: another number of values than the method
 * has arguments, or one that does not fit; the log says which and why, and so it does if the
 * class has no method of that name (MEEPLE_ENOTFOUND, as for a peer) or strings are longer than a
 * packet (MEEPLE_ETOOBIG).  Godot: rpc(), rpc_id(), callv().
 */
MEEPLE_API int meeple_object_call_values(meeple_object *object, int32_t to, const char *method,
                                         const meeple_value *values, size_t count);

/* What can be called: the tables that the object was added with.  Borrowed: as long as the caller
 * of meeple_object_add() keeps them. */
MEEPLE_API const meeple_class *meeple_object_class(const meeple_object *object);

/* "rolled(string name, int32 eyes)" for a method of a class: class->methods[i].type().  As
 * snprintf(): writes at most size bytes, the NUL included; returns the length of all.  dst may be
 * NULL if size is 0. */
MEEPLE_API size_t meeple_rpc_type_text(const meeple_rpc_type *type, char *dst, size_t size);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_WORLD_H */
