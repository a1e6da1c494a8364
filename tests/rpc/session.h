/* session: a server and clients with a world each, in one process, and a trace of what ran. */
#ifndef TESTS_RPC_SESSION_H
#define TESTS_RPC_SESSION_H

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <meeple/world.h>

/* What its nets speak at first; a test may say another before it includes this. */
#ifndef SESSION_DIALECT
#define SESSION_DIALECT MEEPLE_DIALECT_NATIVE
#endif
static meeple_dialect session_dialect = SESSION_DIALECT;

#define SESSION_TEXT(ARG) ARG(const char *, text, .max = 1000)
#define SESSION_ROLL(ARG) ARG(int32_t, eyes, .min = 1, .max = 6)
MEEPLE_RPC(tell, SESSION_TEXT)      /* remote */
MEEPLE_RPC(say, SESSION_TEXT)       /* remotesync */
MEEPLE_RPC(ask, SESSION_TEXT)       /* master */
MEEPLE_RPC(ask_sync, SESSION_TEXT)  /* mastersync */
MEEPLE_RPC(show, SESSION_TEXT)      /* puppet */
MEEPLE_RPC(show_sync, SESSION_TEXT) /* puppetsync */
MEEPLE_RPC(off, SESSION_TEXT)       /* disabled */
MEEPLE_RPC(roll, SESSION_ROLL)      /* remote */

enum {
    SEATS_MAX = 6
};

struct session;

/* Who sits at a world: "server", "a", "b", ...; the self of its object, and its user. */
struct seat {
    struct session *session;
    const char *name;
    meeple_world *world;
    meeple_object *object;
    /* What to do when say() runs here, once or again and again. */
    void (*on_say)(struct seat *seat, const meeple_call *call);
    bool events; /* into the trace */
};

struct session {
    struct seat seats[SEATS_MAX];
    size_t count;
    meeple_world_options options; /* for the next world */
    meeple_limits limits;         /* for the next net */
    char trace[1 << 17];          /* "a.tell(hi) from server; " */
    char refusals[16384];
};

static inline void note(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline void note(char *text, size_t size, const char *format, ...)
{
    size_t len = strlen(text);
    va_list args;

    va_start(args, format);
    vsnprintf(text + len, size - len, format, args);
    va_end(args);
}

static inline const char *name_of(const struct session *session, int32_t id)
{
    for (size_t i = 0; i < session->count; i++) {
        const meeple_world *world = session->seats[i].world;

        if (world && meeple_net_id(meeple_world_net(world)) == id) {
            return session->seats[i].name;
        }
    }
    return "?";
}

static inline void note_call(struct seat *seat, const char *method, const char *text,
                             const meeple_call *call)
{
    cr_expect_eq(call->world, seat->world);
    note(seat->session->trace, sizeof seat->session->trace, "%s.%s(%s) from %s; ", seat->name,
         method, text, name_of(seat->session, call->sender));
}

#define SESSION_ANSWER(method)                                                                     \
    MEEPLE_ANSWERS(struct seat, method)                                                            \
    static void on_##method(struct seat *seat, const struct method *arg, const meeple_call *call)  \
    {                                                                                              \
        note_call(seat, #method, arg->text, call);                                                 \
    }
SESSION_ANSWER(tell)
SESSION_ANSWER(ask)
SESSION_ANSWER(ask_sync)
SESSION_ANSWER(show)
SESSION_ANSWER(show_sync)
SESSION_ANSWER(off)

MEEPLE_ANSWERS(struct seat, say)
static void on_say(struct seat *seat, const struct say *arg, const meeple_call *call)
{
    note_call(seat, "say", arg->text, call);
    if (seat->on_say) {
        seat->on_say(seat, call);
    }
}

MEEPLE_ANSWERS(struct seat, roll)
static void on_roll(struct seat *seat, const struct roll *arg, const meeple_call *call)
{
    char text[20];

    snprintf(text, sizeof text, "%" PRId32, arg->eyes);
    note_call(seat, "roll", text, call);
}

static const meeple_method session_methods[] = {
    MEEPLE_METHOD(tell, MEEPLE_RPC_REMOTE),  MEEPLE_METHOD(say, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(ask, MEEPLE_RPC_MASTER),   MEEPLE_METHOD(ask_sync, MEEPLE_RPC_MASTERSYNC),
    MEEPLE_METHOD(show, MEEPLE_RPC_PUPPET),  MEEPLE_METHOD(show_sync, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(off, MEEPLE_RPC_DISABLED), MEEPLE_METHOD(roll, MEEPLE_RPC_REMOTE),
};
static const meeple_class session_class = {
    .name = "game", .methods = session_methods, .method_count = MEEPLE_COUNT(session_methods)};

static inline void session_event(meeple_world *world, const meeple_event *event)
{
    struct seat *seat = meeple_world_user(world);
    struct session *session = seat->session;

    if (!seat->events) {
        return;
    }
    note(session->trace, sizeof session->trace, "%s: %s", seat->name,
         meeple_event_name(event->type));
    if (event->type == MEEPLE_EVENT_JOIN || event->type == MEEPLE_EVENT_LEAVE) {
        note(session->trace, sizeof session->trace, " %s", name_of(session, event->peer));
    }
    if (event->type == MEEPLE_EVENT_PACKET) {
        note(session->trace, sizeof session->trace, " %.*s from %s", (int)event->data.len,
             (const char *)event->data.ptr, name_of(session, event->peer));
    }
    note(session->trace, sizeof session->trace, "; ");
}

static inline void session_refused(meeple_world *world, const meeple_refusal *refusal)
{
    struct seat *seat = meeple_world_user(world);

    note(seat->session->refusals, sizeof seat->session->refusals, "%s: %s; ", seat->name,
         refusal->text);
}

/* A world for the net; its seat is the next one. */
static inline struct seat *session_sit(struct session *session, meeple_net *net)
{
    static const char *const names[] = {"server", "a", "b", "c", "d", "e"};
    struct seat *seat = &session->seats[session->count];
    meeple_world_options options = session->options;

    cr_assert_lt(session->count, SEATS_MAX);
    *seat = (struct seat){.session = session, .name = names[session->count]};
    session->count++;
    options.on_event = session_event;
    options.on_refused = session_refused;
    options.user = seat;
    cr_assert_eq(meeple_world_new(&seat->world, net, &options), 0);
    return seat;
}

/* The net of a new client, for a world or for nobody. */
static inline meeple_net *session_client(struct session *session)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_join(&net, meeple_world_net(session->seats[0].world),
                                 &(meeple_connect_options){.limits = session->limits,
                                                           .dialect = session_dialect}),
                 0);
    return net;
}

/* Polls everybody until nothing happens any more. */
static inline void settle(struct session *session)
{
    for (unsigned quiet = 0; quiet < 3;) {
        quiet++;
        for (size_t i = 0; i < session->count; i++) {
            struct seat *seat = &session->seats[i];
            int rc = seat->world ? meeple_world_poll(seat->world, 0) : 0;

            if (rc > 0) {
                quiet = 0;
            }
            cr_expect(rc >= 0 || rc == MEEPLE_ECLOSED, "%s: %s", seat->name, meeple_strerror(rc));
        }
    }
}

static inline struct seat *session_server(struct session *session)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, &(meeple_listen_options){.limits = session->limits,
                                                                    .dialect = session_dialect}),
                 0);
    return session_sit(session, net);
}

static inline void session_add(struct seat *seat)
{
    cr_assert_eq(meeple_object_add(&seat->object, seat->world, &session_class, "game", seat), 0);
}

/* A server and so many clients, all with a "game", all introduced. */
static inline void session_begin(struct session *session, size_t clients)
{
    session_add(session_server(session));
    for (size_t i = 0; i < clients; i++) {
        session_add(session_sit(session, session_client(session)));
    }
    settle(session);
    session->trace[0] = '\0';
}

static inline int32_t id_of(const struct seat *seat)
{
    return meeple_net_id(meeple_world_net(seat->world));
}

static inline void session_end(struct session *session)
{
    for (size_t i = session->count; i-- > 0;) {
        meeple_world_free(session->seats[i].world);
    }
}

/* Everything that ran since the last time. */
static inline void expect_trace(struct session *session, const char *expected)
{
    settle(session);
    cr_expect_str_eq(session->trace, expected);
    session->trace[0] = '\0';
}

static inline void expect_refusals(struct session *session, const char *expected)
{
    settle(session);
    cr_expect_str_eq(session->refusals, expected);
    session->refusals[0] = '\0';
}

#endif /* TESTS_RPC_SESSION_H */
