/* pawns: a class with every kind of state, worlds that spawn it, and a trace of its handlers. */
#ifndef TESTS_RPC_PAWNS_H
#define TESTS_RPC_PAWNS_H

#include <meeple/state.h>

#include "tests/rpc/session.h"

enum pawn_mood {
    CALM,
    ANGRY
};

struct pawn_place {
    int16_t x, y;
};

struct pawn {
    struct seat *seat; /* no state: the pointer of whoever has it */
    char name[16];
    int32_t hp;
    struct pawn_place at;
    enum pawn_mood mood;
    bool alive;
    meeple_vec2 speed;
    uint16_t cells[9];
    uint8_t hand[5];
    int64_t local; /* no state */
};

static const meeple_field pawn_fields[] = {
    MEEPLE_STATE(struct pawn, name, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct pawn, hp, .min = -10, .max = 100),
    MEEPLE_STATE(struct pawn, at.x),
    MEEPLE_STATE(struct pawn, at.y),
    MEEPLE_STATE(struct pawn, mood, .max = ANGRY),
    MEEPLE_STATE(struct pawn, alive),
    MEEPLE_STATE(struct pawn, speed),
    MEEPLE_STATE(struct pawn, cells),
    MEEPLE_STATE(struct pawn, hand, .flags = MEEPLE_OWNER_ONLY),
};

static struct session *pawn_session;

static inline const char *pawn_seat_name(const meeple_object *object)
{
    const struct seat *seat = meeple_world_user(meeple_object_world(object));

    return seat->name;
}

/* What the test does inside a handler; NULL: nothing more. */
static void (*pawn_ready_hook)(struct pawn *pawn, meeple_object *object);
static void (*pawn_changed_hook)(struct pawn *pawn, meeple_object *object);
static void (*pawn_removed_hook)(struct pawn *pawn, meeple_object *object);

static inline void pawn_ready(void *self, meeple_object *object)
{
    struct pawn *pawn = self;

    pawn->seat = meeple_world_user(meeple_object_world(object));
    note(pawn_session->trace, sizeof pawn_session->trace, "%s: ready %s %s %" PRId32 "; ",
         pawn_seat_name(object), meeple_object_path(object), pawn->name, pawn->hp);
    if (pawn_ready_hook) {
        pawn_ready_hook(pawn, object);
    }
}

static inline void pawn_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    struct pawn *pawn = self;
    char *trace = pawn_session->trace;
    size_t size = sizeof pawn_session->trace;

    note(trace, size, "%s: changed %s", pawn_seat_name(object), meeple_object_path(object));
    if (MEEPLE_CHANGED(changes, struct pawn, hp)) {
        note(trace, size, " hp=%" PRId32, pawn->hp);
    }
    if (MEEPLE_CHANGED(changes, struct pawn, at)) {
        note(trace, size, " at=%d,%d", pawn->at.x, pawn->at.y);
    }
    if (MEEPLE_CHANGED(changes, struct pawn, mood)) {
        note(trace, size, " mood=%d", (int)pawn->mood);
    }
    if (MEEPLE_CHANGED(changes, struct pawn, speed)) {
        note(trace, size, " speed=%g,%g", (double)pawn->speed.x, (double)pawn->speed.y);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(pawn->cells); i++) {
        size_t offset = offsetof(struct pawn, cells) + i * sizeof pawn->cells[0];

        if (meeple_changes_touch(changes, offset, sizeof pawn->cells[0])) {
            note(trace, size, " cell%zu=%u", i, (unsigned)pawn->cells[i]);
        }
    }
    for (size_t i = 0; i < MEEPLE_COUNT(pawn->hand); i++) {
        size_t offset = offsetof(struct pawn, hand) + i;

        if (meeple_changes_touch(changes, offset, 1)) {
            note(trace, size, " hand%zu=%u", i, (unsigned)pawn->hand[i]);
        }
    }
    note(trace, size, "; ");
    if (pawn_changed_hook) {
        pawn_changed_hook(pawn, object);
    }
}

static inline void pawn_removed(void *self, meeple_object *object)
{
    note(pawn_session->trace, sizeof pawn_session->trace, "%s: removed %s; ",
         pawn_seat_name(object), meeple_object_path(object));
    if (pawn_removed_hook) {
        pawn_removed_hook(self, object);
    }
}

MEEPLE_RPC(poke, SESSION_TEXT) /* remotesync */

MEEPLE_ANSWERS(struct pawn, poke)
static void on_poke(struct pawn *pawn, const struct poke *arg, const meeple_call *call)
{
    note(pawn_session->trace, sizeof pawn_session->trace, "%s: poke %s %s at %" PRId32 "; ",
         pawn_seat_name(call->object), meeple_object_path(call->object), arg->text, pawn->hp);
}

static const meeple_method pawn_methods[] = {MEEPLE_METHOD(poke, MEEPLE_RPC_REMOTESYNC)};

static const meeple_state pawn_state = {.fields = pawn_fields,
                                        .field_count = MEEPLE_COUNT(pawn_fields),
                                        .size = sizeof(struct pawn),
                                        .on_ready = pawn_ready,
                                        .on_changed = pawn_changed,
                                        .on_removed = pawn_removed};
static const meeple_state mortal_state = {.fields = pawn_fields,
                                          .field_count = MEEPLE_COUNT(pawn_fields),
                                          .size = sizeof(struct pawn),
                                          .dies_with_master = true,
                                          .on_ready = pawn_ready,
                                          .on_changed = pawn_changed,
                                          .on_removed = pawn_removed};
static const meeple_state quiet_state = {.fields = pawn_fields,
                                         .field_count = MEEPLE_COUNT(pawn_fields),
                                         .size = sizeof(struct pawn),
                                         .touched_only = true,
                                         .on_ready = pawn_ready,
                                         .on_changed = pawn_changed,
                                         .on_removed = pawn_removed};
static const meeple_class pawn_class = {.name = "pawn",
                                        .methods = pawn_methods,
                                        .method_count = MEEPLE_COUNT(pawn_methods),
                                        .state = &pawn_state};
static const meeple_class mortal_class = {.name = "mortal", .state = &mortal_state};
static const meeple_class quiet_class = {.name = "quiet",
                                         .methods = pawn_methods,
                                         .method_count = MEEPLE_COUNT(pawn_methods),
                                         .state = &quiet_state};
static const meeple_class *const pawn_classes[] = {&pawn_class, &mortal_class, &quiet_class, NULL};

/* A class of the same name whose state is declared otherwise. */
static const meeple_field pawn_other_fields[] = {MEEPLE_STATE(struct pawn, hp)};
static const meeple_state pawn_other_state = {.fields = pawn_other_fields,
                                              .field_count = MEEPLE_COUNT(pawn_other_fields),
                                              .size = sizeof(struct pawn)};
static const meeple_class pawn_other_class = {.name = "pawn",
                                              .methods = pawn_methods,
                                              .method_count = MEEPLE_COUNT(pawn_methods),
                                              .state = &pawn_other_state};
static const meeple_class *const pawn_other_classes[] = {&pawn_other_class, NULL};

/* A server and so many clients that know the classes. */
static inline void pawns_begin(struct session *session, size_t clients)
{
    pawn_session = session;
    session->options.classes = pawn_classes;
    session_server(session);
    for (size_t i = 0; i < clients; i++) {
        session_sit(session, session_client(session));
    }
    settle(session);
}

static inline meeple_object *pawn_spawn(const struct seat *server, const char *path,
                                        struct pawn *pawn)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_spawn(&object, server->world, &pawn_class, path, pawn), 0);
    return object;
}

/* The one that a seat has at that path, or NULL. */
static inline struct pawn *pawn_at(const struct seat *seat, const char *path)
{
    return meeple_object_find(seat->world, &pawn_class, path);
}

#endif /* TESTS_RPC_PAWNS_H */
