/* torture: a peer that calls, sets and is called in every way that Godot 3 has; what its files
 * share. */
#ifndef TORTURE_H
#define TORTURE_H

#include <meeple/state.h>
#include <meeple/world.h>

#include <stdio.h>

enum {
    TORTURE_VALUES = 50,
    TORTURE_BUILT = 10, /* of them, those that need a builder */
    TORTURE_NODES = 4,
    TORTURE_PATTERN = 65536,
    TORTURE_LINE = 8192 /* of a command, or of a value as text */
};

/* The values that bots/torture.gd has, too, in its order: at least one of each kind. */
struct torture_values {
    meeple_value at[TORTURE_VALUES];
    size_t count, built;
    meeple_value_builder builders[TORTURE_BUILT];
    char digits[5001];
};

/* A node of Godot's: its variables, one of each mode. */
struct torture_node {
    meeple_value v_remote, v_master, v_puppet, v_slave, v_remotesync, v_sync, v_mastersync,
        v_puppetsync, v_none;
    int32_t pause_mode;
    const char *name;
    meeple_object *object;
    const struct torture *torture;
};

struct torture {
    meeple_world *world;
    struct torture_node nodes[TORTURE_NODES]; /* N, C, odd and still */
    struct torture_values values;
    uint8_t pattern[TORTURE_PATTERN]; /* bytes that every program of the tests knows */
    char line[TORTURE_LINE];          /* of commands, as far as it has come */
    size_t line_len;
    bool down;
};

/* values has to be zeroed; pattern stays borrowed.  MEEPLE_ENOMEM, ... */
MEEPLE_MUST_USE int torture_values_init(struct torture_values *values, const uint8_t *pattern);
void torture_values_done(struct torture_values *values);

/* Puts the nodes into the world. */
MEEPLE_MUST_USE int torture_nodes_add(struct torture *torture);
/* One of them that is not there, or not any more. */
MEEPLE_MUST_USE int torture_node_add(struct torture *torture, struct torture_node *node);
void torture_node_remove(struct torture_node *node);
/* "N" is T/N; NULL: there is none of that name. */
struct torture_node *torture_node_find(struct torture *torture, const char *name);

/* One line of output each. */
void torture_say_event(const struct torture *torture, const meeple_event *event);
void torture_say_refusal(const meeple_refusal *refusal);
/* What ran or was set here: "got" or "set". */
void torture_say_ran(const struct torture_node *node, const char *event, const char *name,
                     const meeple_call *call, const meeple_value *values, size_t count);
/* A value that comes to be sent back, "echoes", or that has been, "echo". */
void torture_say_echo(const struct torture_node *node, const char *event, const meeple_call *call,
                      int32_t index, meeple_value value);
void torture_say_state(const struct torture *torture);
/* What could not be called or set. */
void torture_say_failure(const char *name, int rc);

#endif /* TORTURE_H */
