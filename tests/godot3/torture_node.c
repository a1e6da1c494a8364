/* torture_node: what answers at a node: a method and a field of each mode, and values sent back. */
#include "tests/godot3/torture.h"

#include <string.h>

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

#define ANY(ARG, name) ARG(meeple_value, name, .flags = MEEPLE_OPTIONAL)
#define F_ANY(ARG) ANY(ARG, a) ANY(ARG, b) ANY(ARG, c) ANY(ARG, d)
#define F_ONE(ARG) ANY(ARG, a)
#define F_WHOLE(ARG) ARG(int64_t, number)
#define F_ECHO(ARG) ARG(int32_t, index, .max = TORTURE_VALUES - 1) ARG(meeple_value, value)
#define TEN(ARG, n)                                                                                \
    ARG(int64_t, a##n##0)                                                                          \
    ARG(int64_t, a##n##1)                                                                          \
    ARG(int64_t, a##n##2)                                                                          \
    ARG(int64_t, a##n##3)                                                                          \
    ARG(int64_t, a##n##4)                                                                          \
    ARG(int64_t, a##n##5)                                                                          \
    ARG(int64_t, a##n##6) ARG(int64_t, a##n##7) ARG(int64_t, a##n##8) ARG(int64_t, a##n##9)
#define F_40(ARG) TEN(ARG, 0) TEN(ARG, 1) TEN(ARG, 2) TEN(ARG, 3)

#define X(name, mode) MEEPLE_RPC(f_##name, F_ANY)
MODES(X)
#undef X
MEEPLE_RPC(f_configured_remote, F_ONE)
MEEPLE_RPC(f_configured_master, F_ONE)
MEEPLE_RPC(f_whole, F_WHOLE)
MEEPLE_RPC(f_40, F_40)
MEEPLE_RPC(f_echo, F_ECHO)
MEEPLE_RPC(f_echo_reply, F_ECHO)
MEEPLE_RPC(f_ours, F_ONE) /* Godot's nodes do not have it */

#define X(name, mode)                                                                              \
    MEEPLE_ANSWERS(struct torture_node, f_##name)                                                  \
    static void on_f_##name(struct torture_node *node, const struct f_##name *arg,                 \
                            const meeple_call *call)                                               \
    {                                                                                              \
        const meeple_value values[] = {arg->a, arg->b, arg->c, arg->d};                            \
                                                                                                   \
        torture_say_ran(node, "got", "f_" #name, call, values, MEEPLE_COUNT(values));              \
    }
MODES(X)
#undef X
MEEPLE_ANSWERS(struct torture_node, f_configured_remote)
MEEPLE_ANSWERS(struct torture_node, f_configured_master)
MEEPLE_ANSWERS(struct torture_node, f_whole)
MEEPLE_ANSWERS(struct torture_node, f_40)
MEEPLE_ANSWERS(struct torture_node, f_echo)
MEEPLE_ANSWERS(struct torture_node, f_echo_reply)
MEEPLE_ANSWERS(struct torture_node, f_ours)

static void on_f_configured_remote(struct torture_node *node, const struct f_configured_remote *arg,
                                   const meeple_call *call)
{
    torture_say_ran(node, "got", "f_configured_remote", call, &arg->a, 1);
}

static void on_f_configured_master(struct torture_node *node, const struct f_configured_master *arg,
                                   const meeple_call *call)
{
    torture_say_ran(node, "got", "f_configured_master", call, &arg->a, 1);
}

static void on_f_whole(struct torture_node *node, const struct f_whole *arg,
                       const meeple_call *call)
{
    const meeple_value number = meeple_value_int(arg->number);

    torture_say_ran(node, "got", "f_whole", call, &number, 1);
}

static void on_f_40(struct torture_node *node, const struct f_40 *arg, const meeple_call *call)
{
    int64_t numbers[40];
    meeple_value values[MEEPLE_COUNT(numbers)];

    memcpy(numbers, arg, sizeof numbers);
    for (size_t i = 0; i < MEEPLE_COUNT(numbers); i++) {
        values[i] = meeple_value_int(numbers[i]);
    }
    torture_say_ran(node, "got", "f_40", call, values, MEEPLE_COUNT(values));
}

static void on_f_echo(struct torture_node *node, const struct f_echo *arg, const meeple_call *call)
{
    int rc;

    torture_say_echo(node, "echoes", call, arg->index, arg->value);
    rc = meeple_rpc(node->object, call->sender, f_echo_reply, arg->index, arg->value);
    if (rc < 0) {
        torture_say_failure("f_echo_reply", rc);
    }
}

static void on_f_echo_reply(struct torture_node *node, const struct f_echo_reply *arg,
                            const meeple_call *call)
{
    torture_say_echo(node, "echo", call, arg->index, arg->value);
}

static void on_f_ours(struct torture_node *node, const struct f_ours *arg, const meeple_call *call)
{
    torture_say_ran(node, "got", "f_ours", call, &arg->a, 1);
}

static const meeple_method methods[] = {
#define X(name, mode) MEEPLE_METHOD(f_##name, MEEPLE_RPC_##mode),
    MODES(X)
#undef X
        MEEPLE_METHOD(f_configured_remote, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(f_configured_master, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(f_whole, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(f_40, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(f_echo, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(f_echo_reply, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(f_ours, MEEPLE_RPC_REMOTE),
};

static const meeple_field fields[] = {
#define X(name, m) MEEPLE_STATE(struct torture_node, v_##name, .mode = MEEPLE_RPC_##m),
    MODES(X)
#undef X
        MEEPLE_STATE(struct torture_node, pause_mode, .mode = MEEPLE_RPC_REMOTE),
};

static void node_set(void *self, meeple_object *object, const meeple_field *field,
                     const meeple_call *call)
{
    const struct torture_node *node = self;
    meeple_value value = meeple_value_int(node->pause_mode);

    (void)object;
    if (field->type == MEEPLE_TYPE_VALUE) {
        memcpy(&value, (const char *)self + field->offset, sizeof value);
    }
    torture_say_ran(node, "set", field->name, call, &value, 1);
}

static const meeple_state state = {
    .size = sizeof(struct torture_node),
    .fields = fields,
    .field_count = MEEPLE_COUNT(fields),
    .on_set = node_set,
};

static const meeple_class node_class = {
    .name = "Node",
    .methods = methods,
    .method_count = MEEPLE_COUNT(methods),
    .state = &state,
};

int torture_node_add(struct torture *torture, struct torture_node *node)
{
    static const char *const paths[TORTURE_NODES] = {"T/N", "T/C", "T/\u00dcn\u00ef c\u00f6d\u00e9",
                                                     "T/deep/er/still"};

    *node = (struct torture_node){.name = node->name, .torture = torture};
    return meeple_object_add(&node->object, torture->world, &node_class,
                             paths[node - torture->nodes], node);
}

void torture_node_remove(struct torture_node *node)
{
    meeple_object_remove(node->object);
    node->object = NULL;
}

int torture_nodes_add(struct torture *torture)
{
    static const char *const names[TORTURE_NODES] = {"N", "C", "odd", "still"};
    int rc = 0;

    for (size_t i = 0; i < TORTURE_NODES && rc == 0; i++) {
        torture->nodes[i].name = names[i];
        rc = torture_node_add(torture, &torture->nodes[i]);
    }
    return rc;
}

struct torture_node *torture_node_find(struct torture *torture, const char *name)
{
    for (size_t i = 0; i < TORTURE_NODES; i++) {
        if (strcmp(torture->nodes[i].name, name) == 0) {
            return &torture->nodes[i];
        }
    }
    return NULL;
}
