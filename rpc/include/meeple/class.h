/* meeple/class.h: the tables a game is described by: methods, their arguments, classes. */
#ifndef MEEPLE_CLASS_H
#define MEEPLE_CLASS_H

#include <meeple/field.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct meeple_world meeple_world;
typedef struct meeple_object meeple_object;
typedef struct meeple_state meeple_state; /* meeple/state.h */

/* What a handler is told about the call it answers.  Good during the call. */
typedef struct meeple_call {
    meeple_world *world;
    meeple_object *object;
    int32_t sender; /* the peer that called; our own id if we did */
} meeple_call;

/* A method's name and arguments, as MEEPLE_RPC declares them. */
typedef struct meeple_rpc_type {
    const char *name;
    const meeple_field *fields;
    uint16_t field_count; /* at most 255 */
    uint16_t size;        /* of the argument struct */
} meeple_rpc_type;

typedef struct meeple_method {
    const meeple_rpc_type *(*type)(void);
    void (*run)(void *self, const void *arg, const meeple_call *call);
    meeple_rpc_mode mode;
} meeple_method;

/*
 * Classes and methods are compared by name between peers, methods also by the types of their
 * arguments; their order does not matter.  Names are 1 to 255 bytes of UTF-8 without control
 * characters.  The tables must outlive every world that uses them.
 */
typedef struct meeple_class {
    const char *name;
    const meeple_method *methods;
    size_t method_count;       /* at most 255, with the fields of state that have a mode */
    const meeple_state *state; /* of those that are spawned, or have fields that are set with
                                  meeple_set(); may be NULL */
} meeple_class;

/* A file may only call a method, or only answer it. */
#if defined(__GNUC__)
#define MEEPLE_RPC_UNUSED_ __attribute__((unused))
#else
#define MEEPLE_RPC_UNUSED_
#endif

/*
 * Declare a method's arguments once, in a header that both ends share:
 *
 *     #define DICE_ROLLED(ARG)                  \
 *         ARG(const char *, name, .max = 64)    \
 *         ARG(int32_t, eyes, .min = 1, .max = 6)
 *     MEEPLE_RPC(rolled, DICE_ROLLED)
 *
 * makes `struct rolled { const char *name; int32_t eyes; }`, its field table, and what meeple_rpc()
 * calls.  At most 255 arguments; their struct at most 65535 bytes.
 */
#define MEEPLE_RPC(method, LIST) MEEPLE_RPC_NAMED(method, #method, LIST)
#define MEEPLE_RPC_NAMED(method, wire_name, LIST)                                                  \
    struct method {                                                                                \
        LIST(MEEPLE_RPC_MEMBER_) char meeple_end_;                                                 \
    };                                                                                             \
    _Static_assert(sizeof(struct method) <= UINT16_MAX, "arguments of " #method " are too large"); \
    MEEPLE_RPC_UNUSED_ static inline const meeple_rpc_type *method##_rpc(void)                     \
    {                                                                                              \
        typedef struct method meeple_self_;                                                        \
        static const meeple_field fields[] = {LIST(MEEPLE_RPC_FIELD_){.name = NULL}};              \
        static const meeple_rpc_type type = {wire_name, fields, MEEPLE_COUNT(fields) - 1,          \
                                             sizeof(meeple_self_)};                                \
        return &type;                                                                              \
    }                                                                                              \
    MEEPLE_RPC_UNUSED_ static inline int method##_call(                                            \
        LIST(MEEPLE_RPC_PARAMETER_) meeple_object *meeple_object_, int32_t meeple_to_)             \
    {                                                                                              \
        const struct method meeple_arg_ = {LIST(MEEPLE_RPC_INIT_).meeple_end_ = 0};                \
        return meeple_object_call(meeple_object_, meeple_to_, method##_rpc(), &meeple_arg_);       \
    }

#define MEEPLE_RPC_MEMBER_(type, ...) type MEEPLE_RPC_FIRST_(__VA_ARGS__, );
#define MEEPLE_RPC_PARAMETER_(type, ...) type MEEPLE_RPC_FIRST_(__VA_ARGS__, ),
#define MEEPLE_RPC_INIT_(type, ...) MEEPLE_RPC_INIT_ONE_(__VA_ARGS__, )
#define MEEPLE_RPC_INIT_ONE_(name, ...) .name = name,
#define MEEPLE_RPC_FIELD_(type, ...) MEEPLE_FIELD(meeple_self_, __VA_ARGS__),
#define MEEPLE_RPC_FIRST_(name, ...) name

/*
 * In the file that answers a method: promises
 *     static void on_METHOD(S *self, const struct METHOD *arg, const meeple_call *call);
 */
#define MEEPLE_ANSWERS(S, method)                                                                  \
    static void on_##method(S *self, const struct method *arg, const meeple_call *call);           \
    static void method##_run(void *self, const void *arg, const meeple_call *call)                 \
    {                                                                                              \
        on_##method(self, arg, call);                                                              \
    }

/* One row of a class's method table: MEEPLE_METHOD(rolled, MEEPLE_RPC_PUPPETSYNC). */
#define MEEPLE_METHOD(method, mode)                                                                \
    {                                                                                              \
        method##_rpc, method##_run, (mode)                                                         \
    }

/* What meeple_rpc() of meeple/world.h comes down to; see there. */
MEEPLE_API int meeple_object_call(meeple_object *object, int32_t to, const meeple_rpc_type *type,
                                  const void *arg);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_CLASS_H */
