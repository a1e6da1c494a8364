/* nodes: the classes of the recorded sessions: the bots' nodes, and the game of the demo. */
#ifndef TESTS_GODOT3_NODES_H
#define TESTS_GODOT3_NODES_H

#include <string.h>

#include "tests/support/replay.h"

#define ANY(ARG, name) ARG(meeple_value, name, .flags = MEEPLE_OPTIONAL)
#define ONE(ARG) ARG(meeple_value, a)
#define TWO(ARG) ARG(meeple_value, a) ARG(meeple_value, b)
#define FOUR(ARG) ANY(ARG, a) ANY(ARG, b) ANY(ARG, c) ANY(ARG, d)
#define WHOLE(ARG) ARG(int64_t, a)
#define TEN(ARG, n)                                                                                \
    ARG(int64_t, a##n##0)                                                                          \
    ARG(int64_t, a##n##1)                                                                          \
    ARG(int64_t, a##n##2)                                                                          \
    ARG(int64_t, a##n##3)                                                                          \
    ARG(int64_t, a##n##4)                                                                          \
    ARG(int64_t, a##n##5)                                                                          \
    ARG(int64_t, a##n##6)                                                                          \
    ARG(int64_t, a##n##7)                                                                          \
    ARG(int64_t, a##n##8)                                                                          \
    ARG(int64_t, a##n##9)
#define FORTY(ARG) TEN(ARG, 0) TEN(ARG, 1) TEN(ARG, 2) TEN(ARG, 3)

/* A method that is only noted. */
#define METHOD(c_name, name, LIST)                                                                 \
    MEEPLE_RPC_NAMED(c_name, name, LIST)                                                           \
    static void c_name##_run(void *self, const void *arg, const meeple_call *call)                 \
    {                                                                                              \
        (void)arg;                                                                                 \
        replay_note(self, name, call);                                                             \
    }

/* Of the bots' nodes: their methods have four arguments that may be left out. */
#define MODES(X)                                                                                   \
    X(remote, REMOTE)                                                                              \
    X(master, MASTER)                                                                              \
    X(puppet, PUPPET)                                                                              \
    X(slave, PUPPET)                                                                               \
    X(remotesync, REMOTESYNC)                                                                      \
    X(sync, REMOTESYNC)                                                                            \
    X(mastersync, MASTERSYNC)                                                                      \
    X(puppetsync, PUPPETSYNC)                                                                      \
    X(none, DISABLED)
#define X(name, mode)                                                                              \
    METHOD(f_##name, "f_" #name, FOUR)                                                             \
    METHOD(f1_##name, "f_" #name, ONE)
MODES(X)
#undef X
METHOD(f_cfg_remote, "f_cfg_remote", ONE)
METHOD(f_cfg_master, "f_cfg_master", ONE)
METHOD(f_echo, "f_echo", TWO)
METHOD(f_echo_reply, "f_echo_reply", TWO)
METHOD(f_40, "f_40", FORTY)
METHOD(f_int_only, "f_int_only", WHOLE)
METHOD(set_c_master, "set_c_master", WHOLE)

#define COMMON_METHODS                                                                             \
    MEEPLE_METHOD(f_cfg_remote, MEEPLE_RPC_REMOTE),                                                \
        MEEPLE_METHOD(f_cfg_master, MEEPLE_RPC_MASTER), MEEPLE_METHOD(f_echo, MEEPLE_RPC_REMOTE),  \
        MEEPLE_METHOD(f_echo_reply, MEEPLE_RPC_REMOTE), MEEPLE_METHOD(f_40, MEEPLE_RPC_REMOTE),    \
        MEEPLE_METHOD(f_int_only, MEEPLE_RPC_REMOTE)

static const meeple_method called_methods[] = {
#define X(name, mode) MEEPLE_METHOD(f_##name, MEEPLE_RPC_##mode),
    MODES(X)
#undef X
        COMMON_METHODS};

/* The same for who calls them: with one argument, as most of the calls have it, and we say all. */
static const meeple_method calling_methods[] = {
#define X(name, mode) MEEPLE_METHOD(f1_##name, MEEPLE_RPC_##mode),
    MODES(X)
#undef X
        COMMON_METHODS};

static const meeple_field node_fields[] = {
#define X(name, m) MEEPLE_STATE(struct replay_thing, v_##name, .mode = MEEPLE_RPC_##m),
    MODES(X)
#undef X
        MEEPLE_STATE(struct replay_thing, pause_mode, .mode = MEEPLE_RPC_REMOTE)};

static void node_set(void *self, meeple_object *object, const meeple_field *field,
                     const meeple_call *call)
{
    (void)object;
    replay_note(self, field->name, call);
}

static const meeple_state node_state = {.size = sizeof(struct replay_thing),
                                        .fields = node_fields,
                                        .field_count = MEEPLE_COUNT(node_fields),
                                        .on_set = node_set};
static const meeple_class called_class = {.name = "node",
                                          .methods = called_methods,
                                          .method_count = MEEPLE_COUNT(called_methods),
                                          .state = &node_state};
static const meeple_class calling_class = {.name = "node",
                                           .methods = calling_methods,
                                           .method_count = MEEPLE_COUNT(calling_methods),
                                           .state = &node_state};

static const meeple_method top_methods[] = {MEEPLE_METHOD(set_c_master, MEEPLE_RPC_REMOTE)};
static const meeple_class top_class = {
    .name = "top", .methods = top_methods, .method_count = MEEPLE_COUNT(top_methods)};

/* The demo's, as its scripts declare them. */
#define PLAYER(ARG) ARG(int64_t, id) ARG(const char *, name, .flags = MEEPLE_OPTIONAL, .max = 100)
#define NAME(ARG) ARG(const char *, name, .max = 100)
#define NUMBER(ARG) ARG(int64_t, number)
METHOD(set_player_name, "set_player_name", NAME)
METHOD(update_player_name, "update_player_name", PLAYER)
METHOD(request_action, "request_action", NAME)
METHOD(do_action, "do_action", NAME)
METHOD(set_turn, "set_turn", NUMBER)
METHOD(add_player, "add_player", PLAYER)
METHOD(del_player, "del_player", NUMBER)
METHOD(say, "_log", NAME)
static const meeple_method game_methods[] = {
    MEEPLE_METHOD(set_player_name, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(update_player_name, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(request_action, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(do_action, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(set_turn, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(add_player, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(del_player, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(say, MEEPLE_RPC_REMOTESYNC),
};
static const meeple_class game_class = {
    .name = "game", .methods = game_methods, .method_count = MEEPLE_COUNT(game_methods)};

/* As replay_class. */
static inline const meeple_class *class_called(const char *name)
{
    return strcmp(name, "game") == 0  ? &game_class
           : strcmp(name, "top") == 0 ? &top_class
                                      : &called_class;
}

/* The same for one who calls. */
static inline const meeple_class *class_calling(const char *name)
{
    return strcmp(name, "node") == 0 ? &calling_class : class_called(name);
}

#endif /* TESTS_GODOT3_NODES_H */
