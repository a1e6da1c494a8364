/* meeple/state.h: objects that appear by themselves on every peer, and whose state follows.  In the
 * native dialect alone: Godot 3 has nothing of the kind, and in its dialect nothing is spawned. */
#ifndef MEEPLE_STATE_H
#define MEEPLE_STATE_H

#include <meeple/world.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which fields have changed.  Good during the handler. */
typedef struct meeple_changes meeple_changes;

/*
 * The state of a class: which members of the struct that an object of it is (self) are the same
 * everywhere.  Static, as the class.  Handlers run inside meeple_world_poll(), after UP, on every
 * peer, whoever made the change: also on the one that did, in the same order, so that a host and a
 * client can be one program.  Each may be NULL.
 *
 *     struct card { uint8_t suit, rank; };
 *     struct pawn { const char *name; int32_t x, y; uint8_t hand_count; struct card hand[5]; };
 *     static const meeple_field card_fields[] = {
 *         MEEPLE_STATE(struct card, suit, .max = 3),
 *         MEEPLE_STATE(struct card, rank, .min = 1, .max = 13),
 *     };
 *     static const meeple_field pawn_fields[] = {
 *         MEEPLE_STATE(struct pawn, name, .flags = MEEPLE_ON_SPAWN, .max = 32),
 *         MEEPLE_STATE(struct pawn, x, .min = 0, .max = 7),
 *         MEEPLE_STATE(struct pawn, y, .min = 0, .max = 7),
 *         MEEPLE_STATE_STRUCT(struct pawn, hand, struct card, card_fields,
 *                             MEEPLE_COUNTED_BY(struct pawn, hand_count),
 *                             .flags = MEEPLE_OWNER_ONLY),
 *     };
 *     static const meeple_state pawn_state = {
 *         .size = sizeof(struct pawn), .fields = pawn_fields,
 *         .field_count = MEEPLE_COUNT(pawn_fields), .on_changed = pawn_changed,
 *     };
 *     static const meeple_class pawn_class = {.name = "pawn", .state = &pawn_state};
 */
struct meeple_state {
    const meeple_field *fields;
    size_t field_count; /* at most 255, those of structs inside instead of the structs; of them at
                           most 8 different intervals */
    size_t size;        /* of the struct, at most 65535 */
    bool touched_only;  /* objects are compared after meeple_object_touch() only */
    bool dies_with_master; /* removed when the peer that is its master leaves; else the server is
                              its master then */
    /* The object is there, and its state. */
    void (*on_ready)(void *self, meeple_object *object);
    /* All that one batch changed, in this and in other objects, is in its place. */
    void (*on_changed)(void *self, meeple_object *object, const meeple_changes *changes);
    /* The object is gone; self is freed, if it is not the caller's, when this returns. */
    void (*on_removed)(void *self, meeple_object *object);
    /* Server: a filter, see meeple_object_show().  group 0 is the object. */
    bool (*shows)(const void *self, const meeple_object *object, int32_t peer, unsigned group);
    /* meeple_set() has been here: the field, which is the row of fields, has its new value already.
     * See MEEPLE_FIELD_IS().  Godot: setget. */
    void (*on_set)(void *self, meeple_object *object, const meeple_field *field,
                   const meeple_call *call);
};

/*
 * One member: a number, bool or enum, a vector, a colour, another of meeple/value.h's structs of
 * floats, a `char name[N]`, a `const char *`, meeple_bytes or meeple_value, or a fixed array of any
 * of these, of one dimension or, but for texts in place, two: `uint8_t board[8][8]`,
 * `char names[4][32]`.  `part.member` is what lies in a struct inside.  A changed element of an
 * array travels alone.  Any other pointer makes no class.
 * What lies between members is never looked at, nor what is behind the NUL of a text.
 *
 * What a `const char *`, meeple_bytes or meeple_value points at is compared, so that it does not
 * matter whether another pointer is written there or the same buffer changes.  Who writes a pointer
 * to self keeps what it points at until it has written another one there, or on_removed has run, or
 * the world is freed.  What the world writes there is its own, to be read only, and good until a
 * meeple_world_poll() that writes something else there (on_changed says so), until on_removed has
 * run, or until the world is freed: who needs it longer copies it.  The world writes over a pointer
 * of yours, too, when somebody else is the master, or sets the field with meeple_set(): what has to
 * be freed is kept track of elsewhere.  A receiver never finds NULL: an empty text is "", and empty
 * bytes have a pointer.  A value over value_bytes_max is as one out of its bounds.
 */
#define MEEPLE_STATE(S, ...) MEEPLE_STATE_(S, __VA_ARGS__, )
#define MEEPLE_STATE_(S, member, ...)                                                              \
    {                                                                                              \
        .name = #member, .type = MEEPLE_STATE_TYPE_(((S *)0)->member),                             \
        .offset = (uint16_t)offsetof(S, member), .size = (uint16_t)sizeof(((S *)0)->member),       \
        .row = MEEPLE_STATE_ROW_(((S *)0)->member), __VA_ARGS__                                    \
    }

/*
 * A member that is a struct E, or an array of them, of one dimension or two, each with the fields
 * of a table, an array that is in sight; another struct than E does not compile.  Flags are added
 * to those of its fields.  Structs lie at most MEEPLE_STATE_DEPTH_MAX deep in one another.  A
 * changed member of an element travels alone.
 */
#define MEEPLE_STATE_STRUCT(S, member, E, ...) MEEPLE_STATE_STRUCT_(S, member, E, __VA_ARGS__, )
/* clang-format off */
#define MEEPLE_STATE_STRUCT_(S, member, E, table, ...)                                             \
    {                                                                                              \
        .name = #member, .offset = (uint16_t)offsetof(S, member),                                  \
        .size = (uint16_t)sizeof(((S *)0)->member), .fields = (table),                             \
        .field_count = MEEPLE_COUNT(table),                                                        \
        .stride = _Generic(&((S *)0)->member,                                                      \
            E *: (uint16_t)sizeof(E),                                                              \
            E(*)[]: (uint16_t)sizeof(E),                                                           \
            E(**)[]: (struct meeple_no_state_){0},                                                 \
            default: _Generic(((S *)0)->member,                                                    \
                E(*)[]: (uint16_t)sizeof(E),                                                       \
                default: (struct meeple_no_state_){0})),                                           \
        .row = (uint16_t)sizeof(*_Generic(&((S *)0)->member,                                       \
            E *: MEEPLE_STATE_NO_ROW_,                                                             \
            E(*)[]: MEEPLE_STATE_NO_ROW_,                                                          \
            default: ((S *)0)->member)),                                                           \
        __VA_ARGS__                                                                                \
    }
/* clang-format on */
enum {
    MEEPLE_STATE_DEPTH_MAX = 4
};

/*
 * Behind a member that is an array, of anything: only so many of its elements, or rows, if it has
 * two dimensions, exist as another member says, of an unsigned type, which is state by that and has
 * no MEEPLE_STATE of its own.  Elements beyond do not travel, and may be anything on the master;
 * everywhere else they are zero (a text "", a value nil).  So is one that comes to be and is out of
 * its bounds, as long as it is: an element may always be zero.  A count above the length of the
 * array is out of its bounds, and stays at home.
 */
/* clang-format off */
#define MEEPLE_COUNTED_BY(S, member)                                                               \
    .count = #member, .count_offset = (uint16_t)offsetof(S, member),                               \
    .count_type = _Generic(((S *)0)->member,                                                       \
        uint8_t: MEEPLE_TYPE_U8,                                                                   \
        uint16_t: MEEPLE_TYPE_U16,                                                                 \
        uint32_t: MEEPLE_TYPE_U32,                                                                 \
        uint64_t: MEEPLE_TYPE_U64)
/* clang-format on */

/* What no type of state is made of: a struct, so that it does not compile as a number. */
struct meeple_no_state_ {
    int nothing;
};
/*
 * A pointer to an array is neither a pointer to a number nor one to a pointer.  An array of any
 * length goes for one without: that finds what arrays of arrays are of, as they are pointers to
 * their first row where they are used; a member that is such a pointer already is told apart.
 */
/* clang-format off */
#define MEEPLE_STATE_TYPE_(lvalue)                                                                 \
    _Generic(&(lvalue),                                                                            \
        MEEPLE_C_TYPE_MAP_(MEEPLE_STATE_ONE_)                                                      \
        char **: MEEPLE_TYPE_NONE,                                                                 \
        char(**)[]: MEEPLE_TYPE_NONE,                                                              \
        default: _Generic((lvalue),                                                                \
            MEEPLE_C_TYPE_MAP_(MEEPLE_STATE_SOME_)                                                 \
            char *: MEEPLE_TYPE_CHARS,                                                             \
            char(*)[]: MEEPLE_TYPE_CHARS,                                                          \
            default: ((struct meeple_no_state_){0})))
#define MEEPLE_STATE_ONE_(T, name)                                                                 \
    T *: MEEPLE_TYPE_##name, T **: MEEPLE_TYPE_NONE, T(**)[]: MEEPLE_TYPE_NONE,
#define MEEPLE_STATE_SOME_(T, name) T *: MEEPLE_TYPE_##name, T(*)[]: MEEPLE_TYPE_##name,
/* The bytes of a row; 0 if there are none. */
#define MEEPLE_STATE_ROW_(lvalue)                                                                  \
    (uint16_t)sizeof(*_Generic(&(lvalue),                                                          \
        MEEPLE_C_TYPE_MAP_(MEEPLE_STATE_NOT_ROWS_)                                                 \
        char(*)[]: MEEPLE_STATE_NO_ROW_,                                                           \
        default: (lvalue)))
#define MEEPLE_STATE_NOT_ROWS_(T, name) T *: MEEPLE_STATE_NO_ROW_, T(*)[]: MEEPLE_STATE_NO_ROW_,
/* clang-format on */
/* To something of a size that no row has, 0 in 16 bits. */
#define MEEPLE_STATE_NO_ROW_ ((char(*)[65536])0)

/* Whether a member, or any element of it, has changed: MEEPLE_CHANGED(changes, struct pawn, x). Of
 * a struct or an array of structs: whether anything in it has; of one element:
 * MEEPLE_CHANGED(changes, struct pawn, hand[2]). */
#define MEEPLE_CHANGED(changes, S, member)                                                         \
    meeple_changes_touch((changes), offsetof(S, member), sizeof(((S *)0)->member))
/* The same for size bytes of the struct, from offset on. */
MEEPLE_API bool meeple_changes_touch(const meeple_changes *changes, size_t offset, size_t size);

/*
 * meeple_set(object, to, field, value) sets a field of an object's state on one peer, on
 * MEEPLE_ALL, or on all but one, and, by the mode of the field, here too or only:
 *
 *     static const meeple_field lamp_fields[] = {
 *         MEEPLE_STATE(struct lamp, lit, .mode = MEEPLE_RPC_REMOTESYNC),
 *         MEEPLE_STATE(struct lamp, label, .max = 40, .mode = MEEPLE_RPC_PUPPET),
 *     };
 *     static const meeple_state lamp_state = {
 *         .size = sizeof(struct lamp), .fields = lamp_fields,
 *         .field_count = MEEPLE_COUNT(lamp_fields), .on_set = lamp_set,
 *     };
 *     ...
 *     meeple_set(lamp, MEEPLE_ALL, "lit", true);
 *
 * It is a call in all respects: its order, who may (enum meeple_rpc_mode), that it waits where a
 * call would, that it also runs here in meeple_world_poll() only, what on_refused is told, where
 * the method is "lit=".  A method of that name makes no class then.  Peers that have no such field,
 * or one of another type, are as those that do not answer a method.  With a mode a field has to be
 * one value: a number, bool, vector, colour or another struct of meeple/value.h, text, bytes or
 * meeple_value; no array, no struct of yours, nor inside one.
 *
 * Objects of meeple_object_add() take part if their class has such state; self has to be a struct
 * of it then, and the rest of the state is of no interest.  What the world writes to a
 * `const char *`, meeple_bytes or meeple_value is its own, as said at MEEPLE_STATE, and good until
 * it is set again or the object is removed (in a handler: until meeple_world_poll() returns).  All
 * that a peer has us keep so counts against content_bytes_max, each value against value_bytes_max.
 *
 * Of a class that may be spawned the mode has to be MASTER: what its master has is what everyone
 * gets, so it is set there, and follows from there as any change does.  If the object has been
 * handed on before it runs there, it is refused.
 *
 * value is of C: a number, bool, text, meeple_bytes, such a struct, or a meeple_value, converted
 * as one that comes over the wire is: an integer has to fit, a float takes an integer that it holds
 * exactly, an integer takes no float, a field of type meeple_value anything; a bool takes 0 and 1.
 * It is borrowed for the call.
 *
 * In the dialect of Godot 3 it is what Godot's rset() is, both ways: a node's property is such a
 * field of the object at its path.
 *
 * Returns what meeple_rpc() returns; MEEPLE_ENOTFOUND: also no such field, or one without a mode;
 * MEEPLE_EINVAL: also a value that does not fit; the log says what and why.  Godot: rset(),
 * rset_id(), and rset_config() for the mode.
 */
#define meeple_set(object, to, field, value)                                                       \
    meeple_object_set((object), (to), (field), MEEPLE_VALUE_OF(value))
MEEPLE_API int meeple_object_set(meeple_object *object, int32_t to, const char *field,
                                 meeple_value value);

/* In on_set: whether it is that one: MEEPLE_FIELD_IS(field, struct lamp, lit). */
#define MEEPLE_FIELD_IS(field, S, member) ((field)->offset == offsetof(S, member))

/*
 * Server: makes an object of one of meeple_world_options.classes appear here and, in the next
 * meeple_world_poll() or before the next call, on every peer that may see it: there the world makes
 * a struct of state->size bytes, zeroed, fills in the state, and runs on_ready.  Who comes later
 * gets it with the state of that moment; objects appear in the order they were spawned in, before
 * any call that could be about them.  From here on what the master changes in self follows
 * everywhere, and nothing else does: the world compares self with what it has sent last, at the
 * beginning of each meeple_world_poll(), after the handlers that it runs, and before each call, and
 * sends what has changed as one batch.  A value out of its bounds stays here until it is within
 * them again.  Now and then each peer is asked to compare what it has (check_interval_ms of
 * meeple_world_options); what others have changed there is changed back.
 *
 * path as for meeple_object_add(); that no other peer has something else there is for the
 * application to see to, such a peer refuses the object.  self is borrowed until on_removed has
 * run, or the world is freed.  *out as there.  MEEPLE_ESTATE: we are not the server.
 * MEEPLE_EINVAL: as there; no such class, or one without state; state out of its bounds (the log
 * says which).  MEEPLE_ETOOBIG: over objects_max, or a path too long for a packet.  MEEPLE_ENOMEM.
 * MEEPLE_ENOTSUP: not in the native dialect; of what is not spawned everything below says
 * MEEPLE_ESTATE there, too.  Godot: MultiplayerSpawner.spawn().
 *
 * Removing it with meeple_object_remove() is the server's, too; everywhere on_removed runs.  On a
 * client that does nothing.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_object_spawn(meeple_object **out, meeple_world *world,
                                                   const meeple_class *cls, const char *path,
                                                   void *self);

/*
 * Says that its master may have changed a spawned object.  Where the class is touched_only an
 * object that nobody touches costs nothing; what was changed without a word is told with the next
 * touch, or when the server shows or hides it, hands it over, gives it an owner or asks its filter,
 * or not at all.  Where it is not, the world finds out by itself.  MEEPLE_EINVAL: NULL.
 * MEEPLE_ESTATE: no spawned object, or removed, or we are not its master: what we have changed in
 * it stays here.  Godot compares always.
 */
MEEPLE_API int meeple_object_touch(meeple_object *object);

/*
 * Who sees what.  The server, the owner and the master of an object see all of it.  Any other peer
 * sees the object if it was shown to that peer and the filter of its class, if there is one, says
 * so too; and of an object that it sees a group of fields under the same two conditions.  At first
 * the object is shown to everybody, and each group to nobody.  To who does not see an object it
 * does not exist; who sees it but not a field has zero there.  What a peer does not see does not
 * leave this process towards it.
 *
 * Server: shows a spawned object to a peer, or hides it; MEEPLE_ALL: to everybody, forgetting what
 * was said of single peers.  Who joins gets it after JOIN was given, where it may be hidden from
 * that peer in time.  It is told with the next batch: what has changed until then is seen by those
 * who see it then.  MEEPLE_ENOTFOUND: no such peer.  MEEPLE_ESTATE: not the server, or no spawned
 * object, or removed, or in a filter.  MEEPLE_ENOMEM: as it was.  Godot:
 * MultiplayerSynchronizer.set_visibility_for().
 */
MEEPLE_API int meeple_object_show(meeple_object *object, int32_t peer, bool shown);
/* The same for the fields with MEEPLE_GROUP(group).  MEEPLE_EINVAL, too: the class has none. */
MEEPLE_API int meeple_object_show_group(meeple_object *object, unsigned group, int32_t peer,
                                        bool shown);
/*
 * Server: has the filter of the class asked once more, in the next meeple_world_poll() or before
 * the next call.  Else it is asked, for each peer, when the object was spawned, when its state, its
 * master, its owner or what was shown of it has changed, and when that peer has joined; with
 * self as it is told then; only what is out of its bounds is told as it was before.  If anything
 * else decides about it, say this when that has changed: nobody notices otherwise.
 *
 * The filter runs inside meeple_world_poll() or a call, never on a client, about groups that there
 * are and that are shown to the peer.  It may read all there is.  It has to change nothing:
 * whatever would call, send, spawn, remove, show, hand over, poll or free in that world answers
 * MEEPLE_ESTATE, or does nothing.  (Inside meeple_world_poll(), meeple_world_free() is as in a
 * handler.)
 *
 * Errors of meeple_object_show().  Godot: MultiplayerSynchronizer.add_visibility_filter(),
 * update_visibility().
 */
MEEPLE_API int meeple_object_look_again(meeple_object *object);
/* Server: whether the peer sees the object, as the filter has answered last; false for what is not
 * spawned, for who is no peer, and on a client. */
MEEPLE_API bool meeple_object_is_shown(const meeple_object *object, int32_t peer);

/* Server: whose object it is, in the sense of MEEPLE_OWNER_ONLY: the server's (1) unless told
 * otherwise, and again when that peer leaves.  Being the owner allows nobody to change anything.
 * Errors as above. */
MEEPLE_API int meeple_object_set_owner(meeple_object *object, int32_t peer);
/* The server's word on every peer; 0 for what is not spawned. */
MEEPLE_API int32_t meeple_object_owner(const meeple_object *object);

/*
 * Server: hands a spawned object to a peer, which may change its state from when it has been told;
 * MEEPLE_SERVER: takes it back.  What does not fit the object here is refused, and overwritten
 * there; so is what its former master changed too late.  What comes from anyone else is refused.
 * Errors as above.  meeple_object_set_master() does the same, without an answer.
 */
MEEPLE_API int meeple_object_hand_over(meeple_object *object, int32_t peer);

/*
 * How many bytes of values too long for a packet are known to be still coming, for a bar that
 * fills: known from when the object is, or the batch in which they changed.  Until such a value is
 * complete it stays what it was, empty at first; then on_changed runs, as for any other.  0: none,
 * or no spawned object.
 */
MEEPLE_API size_t meeple_object_pending(const meeple_object *object);

typedef struct meeple_state_stats {
    uint32_t spawned;    /* objects, now */
    uint64_t batches;    /* that had something to tell */
    uint64_t packets;    /* sent, one per peer */
    uint64_t bytes;      /* in them */
    uint64_t encodings;  /* packets made; one for all who see the same */
    uint64_t applied;    /* objects that others told us of, each once for a packet or batch */
    uint64_t stale;      /* messages about objects that are gone, or not ours to see */
    uint64_t refused;    /* objects and changes that were refused here */
    uint64_t checks;     /* of what a client has: said by a server, made by a client */
    uint64_t mismatches; /* when that was not what it should have been, here or at a peer */
    uint64_t repairs;    /* when a peer was told everything again, or we were */
} meeple_state_stats;

MEEPLE_API meeple_state_stats meeple_world_state_stats(const meeple_world *world);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_STATE_H */
