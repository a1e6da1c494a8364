/* test_call: calls between worlds: to whom they go, where they run, and in which order. */
#include <criterion/criterion.h>

#include "tests/rpc/session.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];

static void begin(void)
{
    session_begin(&session, 2);
}

static void end(void)
{
    session_end(&session);
}

static void begin_godot3(void)
{
    session_dialect = MEEPLE_DIALECT_GODOT3;
    begin();
}

TestSuite(call, .init = begin, .fini = end);
TestSuite(call_godot3, .init = begin_godot3, .fini = end);

/* What holds of calls in the native dialect holds in that of Godot 3. */
#define IN_BOTH(name)                                                                              \
    static void name(void);                                                                        \
    Test(call, name)                                                                               \
    {                                                                                              \
        name();                                                                                    \
    }                                                                                              \
    Test(call_godot3, name)                                                                        \
    {                                                                                              \
        name();                                                                                    \
    }                                                                                              \
    static void name(void)

IN_BOTH(to_one_runs_there)
{
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell, "hi"), 0);
    expect_trace(&session, "a.tell(hi) from server; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, tell, "ho"), 0);
    expect_trace(&session, "server.tell(ho) from a; ");
}

IN_BOTH(to_all_runs_everywhere_else)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, tell, "hi"), 0);
    expect_trace(&session, "a.tell(hi) from server; b.tell(hi) from server; ");
}

IN_BOTH(to_all_but_one_leaves_that_one_out)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_EXCEPT(id_of(a)), tell, "hi"), 0);
    expect_trace(&session, "b.tell(hi) from server; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_EXCEPT(MEEPLE_SERVER), tell, "hi"), 0);
    expect_trace(&session, "b.tell(hi) from a; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_EXCEPT(id_of(b)), tell, "hi"), 0);
    expect_trace(&session, "server.tell(hi) from a; ");
}

IN_BOTH(goes_from_client_to_client_through_the_server)
{
    cr_expect_eq(meeple_rpc(a->object, id_of(b), tell, "psst"), 0);
    expect_trace(&session, "b.tell(psst) from a; ");
}

IN_BOTH(of_a_sync_mode_runs_here_too)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "hi"), 0);
    expect_trace(&session,
                 "server.say(hi) from server; a.say(hi) from server; b.say(hi) from server; ");
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "one"), 0);
    expect_trace(&session, "a.say(one) from server; ");
}

IN_BOTH(never_runs_inside_the_call_itself)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "hi"), 0);
    cr_expect_str_eq(session.trace, "");
    cr_expect_eq(meeple_world_poll(server->world, 0), 1);
    cr_expect_str_eq(session.trace, "server.say(hi) from server; ");
}

IN_BOTH(of_a_master_method_runs_on_the_master)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, ask, "mine"), 0);
    expect_trace(&session, "server.ask(mine) from server; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask, "yours"), 0);
    expect_trace(&session, "server.ask(yours) from a; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask_sync, "one"), 0);
    expect_trace(&session, "server.ask_sync(one) from a; ");
    expect_refusals(&session, "");
}

IN_BOTH(of_a_puppet_method_runs_on_the_puppets)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, show, "x"), 0);
    expect_trace(&session, "a.show(x) from server; b.show(x) from server; ");
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, show_sync, "y"), 0);
    expect_trace(&session, "server.show_sync(y) from server; a.show_sync(y) from server; "
                           "b.show_sync(y) from server; ");
}

IN_BOTH(follows_the_master_that_was_set)
{
    for (size_t i = 0; i < session.count; i++) {
        meeple_object_set_master(session.seats[i].object, id_of(b));
    }
    cr_expect(meeple_object_is_master(b->object));
    cr_expect_not(meeple_object_is_master(server->object));
    cr_expect_eq(meeple_rpc(b->object, MEEPLE_ALL, show, "x"), 0);
    expect_trace(&session, "server.show(x) from b; a.show(x) from b; ");
    cr_expect_eq(meeple_rpc(a->object, id_of(b), ask, "x"), 0);
    expect_trace(&session, "b.ask(x) from a; ");
}

IN_BOTH(to_oneself_runs_if_the_mode_lets_it)
{
    cr_expect_eq(meeple_rpc(a->object, id_of(a), say, "me"), 0);
    expect_trace(&session, "a.say(me) from a; ");
    cr_expect_eq(meeple_rpc(a->object, id_of(a), show, "me"), 0);
    expect_trace(&session, "a.show(me) from a; ");
    cr_expect_eq(meeple_rpc(a->object, id_of(a), tell, "me"), MEEPLE_EDENIED);
    cr_expect_eq(meeple_rpc(a->object, id_of(a), ask, "me"), MEEPLE_EDENIED);
    cr_expect_eq(meeple_rpc(a->object, id_of(a), off, "me"), MEEPLE_EDENIED);
    expect_trace(&session, "");
}

IN_BOTH(to_nobody_is_not_found)
{
    cr_expect_eq(meeple_rpc(server->object, 12345, tell, "?"), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(server->object, -12345, tell, "?"), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(server->object, INT32_MIN, tell, "?"), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_EXCEPT(MEEPLE_SERVER), say, "?"),
                 MEEPLE_ENOTFOUND);
    expect_trace(&session, "");
}

#define STRANGER(ARG) ARG(int32_t, number)
MEEPLE_RPC(stranger, STRANGER)
MEEPLE_RPC_NAMED(tell_other, "tell", STRANGER)
MEEPLE_RPC_NAMED(tell_copy, "tell", SESSION_TEXT)

IN_BOTH(of_a_method_that_the_class_lacks_is_not_found)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, stranger, 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, tell_other, 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell_copy, "as good"), 0);
    expect_trace(&session, "a.tell(as good) from server; ");
}

IN_BOTH(out_of_bounds_goes_nowhere)
{
    char longer[1002];

    memset(longer, 'x', sizeof longer);
    longer[1001] = '\0';
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, roll, 7), MEEPLE_EINVAL);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, roll, 0), MEEPLE_EINVAL);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, longer), MEEPLE_EINVAL);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "\xff"), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_call(NULL, 0, roll_rpc(), &(struct roll){0}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_call(server->object, 0, NULL, &(struct roll){0}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_call(server->object, 0, roll_rpc(), NULL), MEEPLE_EINVAL);
    expect_trace(&session, "");
}

IN_BOTH(sends_no_text_as_an_empty_one)
{
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell, NULL), 0);
    expect_trace(&session, "a.tell() from server; ");
}

IN_BOTH(keeps_its_order_with_others_and_with_raw_bytes)
{
    a->events = true;
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell, "1"), 0);
    cr_expect_eq(
        meeple_world_send(server->world, id_of(a), (meeple_bytes){(const uint8_t *)"2", 1}), 0);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, show, "3"), 0);
    expect_trace(&session, "a.tell(1) from server; a: packet 2 from server; "
                           "a.show(3) from server; b.show(3) from server; ");
}

/* What a handler calls here runs before what came in behind it. */
static void answer_once(struct seat *seat, const meeple_call *call)
{
    seat->on_say = NULL;
    cr_expect_eq(meeple_rpc(call->object, id_of(seat), say, "own 1"), 0);
    cr_expect_eq(meeple_rpc(call->object, id_of(seat), say, "own 2"), 0);
}

IN_BOTH(to_oneself_from_a_handler_is_not_overtaken)
{
    a->on_say = answer_once;
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "first"), 0);
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "second"), 0);
    expect_trace(&session, "a.say(first) from server; a.say(own 1) from a; a.say(own 2) from a; "
                           "a.say(second) from server; ");
}

static void answer_back(struct seat *seat, const meeple_call *call)
{
    if (call->sender != id_of(seat)) {
        cr_expect_eq(meeple_rpc(call->object, call->sender, tell, "got it"), 0);
    }
}

IN_BOTH(from_a_handler_is_sent)
{
    a->on_say = answer_back;
    b->on_say = answer_back;
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "all?"), 0);
    expect_trace(&session,
                 "server.say(all?) from server; a.say(all?) from server; b.say(all?) from server; "
                 "server.tell(got it) from a; server.tell(got it) from b; ");
}

#define SEND_BLOB(ARG) ARG(meeple_bytes, blob)
MEEPLE_RPC(send_blob, SEND_BLOB)
MEEPLE_ANSWERS(struct seat, send_blob)

/* The bytes are borrowed from the queue, which grows meanwhile. */
static void on_send_blob(struct seat *seat, const struct send_blob *arg, const meeple_call *call)
{
    char text[20];

    snprintf(text, sizeof text, "%.*s", (int)arg->blob.len, (const char *)arg->blob.ptr);
    for (unsigned i = 0; i < 200 && strcmp(text, "last") != 0; i++) {
        cr_assert_eq(meeple_rpc(call->object, call->sender, send_blob,
                                (meeple_bytes){(const uint8_t *)"last", 4}),
                     0);
    }
    cr_expect_arr_eq(arg->blob.ptr, text, arg->blob.len);
    (void)seat;
}

static const meeple_method blob_methods[] = {MEEPLE_METHOD(send_blob, MEEPLE_RPC_REMOTESYNC)};
static const meeple_class blob_class = {.name = "blob", .methods = blob_methods, .method_count = 1};

IN_BOTH(lends_arguments_that_stay_while_the_handler_calls)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_add(&object, server->world, &blob_class, "blob", server), 0);
    cr_expect_eq(
        meeple_rpc(object, MEEPLE_SERVER, send_blob, (meeple_bytes){(const uint8_t *)"one", 3}), 0);
    cr_expect_eq(meeple_world_poll(server->world, 0), 201);
}

IN_BOTH(too_long_for_a_packet_is_refused)
{
    static uint8_t blob[65536];
    meeple_object *object;

    cr_assert_eq(meeple_object_add(&object, server->world, &blob_class, "blob", server), 0);
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, send_blob, (meeple_bytes){blob, sizeof blob}),
                 MEEPLE_ETOOBIG);
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, send_blob, (meeple_bytes){NULL, 4}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_world_send(server->world, 0, (meeple_bytes){blob, sizeof blob}),
                 MEEPLE_ETOOBIG);
    expect_trace(&session, "");
}

IN_BOTH(before_up_is_too_early)
{
    struct session young = {0};

    session_add(session_server(&young));
    cr_expect_eq(meeple_rpc(young.seats[0].object, MEEPLE_ALL, say, "?"), MEEPLE_ESTATE);
    cr_expect_eq(
        meeple_world_send(young.seats[0].world, 0, (meeple_bytes){(const uint8_t *)"?", 1}),
        MEEPLE_ESTATE);
    settle(&young);
    cr_expect_eq(meeple_rpc(young.seats[0].object, MEEPLE_ALL, say, "alone"), 0);
    expect_trace(&young, "server.say(alone) from server; ");
    session_end(&young);
}

IN_BOTH(after_down_is_too_late)
{
    cr_assert_eq(meeple_net_close(meeple_world_net(server->world), 0, NULL), 0);
    settle(&session);
    for (size_t i = 0; i < session.count; i++) {
        cr_expect_eq(meeple_world_poll(session.seats[i].world, 0), MEEPLE_ECLOSED);
        cr_expect_eq(meeple_rpc(session.seats[i].object, MEEPLE_ALL, say, "?"), MEEPLE_ESTATE);
    }
}

IN_BOTH(that_cannot_be_sent_does_not_run_here_either)
{
    cr_assert_eq(meeple_net_close(meeple_world_net(a->world), 0, NULL), 0);
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_ALL, say, "?"), MEEPLE_ESTATE);
    cr_expect_eq(meeple_rpc(a->object, id_of(a), say, "me"), 0, "nothing has to be sent");
    expect_trace(&session, "a.say(me) from a; ");
}

IN_BOTH(to_one_that_is_full_tells_so_and_runs_nowhere)
{
    struct session small = {.limits = {.queue_bytes_max = 4000}};
    char text[1001];
    unsigned sent = 0;

    session_begin(&small, 1);
    memset(text, 'x', 1000);
    text[1000] = '\0';
    while (sent < 100 &&
           meeple_rpc(small.seats[0].object, id_of(&small.seats[1]), tell, text) == 0) {
        sent++;
    }
    cr_expect_eq(meeple_rpc(small.seats[0].object, id_of(&small.seats[1]), tell, text),
                 MEEPLE_EFULL);
    cr_expect_lt(sent, 100);
    settle(&small);
    cr_expect_eq(meeple_rpc(small.seats[0].object, id_of(&small.seats[1]), tell, "again"), 0);
    session_end(&small);
}

IN_BOTH(to_oneself_over_the_limit_is_full_and_sends_nothing)
{
    struct session small = {.options = {.local_bytes_max = 1000}};
    unsigned taken = 0;

    session_begin(&small, 1);
    while (meeple_rpc(small.seats[0].object, MEEPLE_ALL, say, "0123456789") == 0) {
        taken++;
    }
    cr_expect_eq(meeple_rpc(small.seats[0].object, MEEPLE_ALL, say, "0123456789"), MEEPLE_EFULL);
    cr_expect_eq(meeple_world_poll(small.seats[0].world, 0), (int)taken);
    small.trace[0] = '\0';
    settle(&small);
    cr_expect_eq(strlen(small.trace), taken * strlen("a.say(0123456789) from server; "));
    cr_expect_eq(meeple_rpc(small.seats[0].object, MEEPLE_ALL, say, "again"), 0);
    session_end(&small);
}
