/* test_answer: what peers may not do is refused with a sentence and reaches no handler. */
#include <criterion/criterion.h>

#include "rpc/world.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/session.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];

/* A peer without a world, which says what it likes. */
static meeple_net *bare;
static int32_t bare_id;

static void end(void)
{
    meeple_net_free(bare);
    session_end(&session);
}

static void pump(void)
{
    for (unsigned round = 0; round < 4; round++) {
        meeple_event event;

        settle(&session);
        while (meeple_net_next(bare, &event, 0) > 0) {
            bare_id = event.type == MEEPLE_EVENT_UP ? event.peer : bare_id;
        }
    }
}

/* A server with a game, and the stranger. */
static void begin(void)
{
    session_begin(&session, 0);
    bare = session_client(&session);
    pump();
    session.trace[0] = '\0';
}

TestSuite(answer, .init = begin, .fini = end);

static void send_hex(const char *hex)
{
    uint8_t bytes[512];

    cr_assert_eq(meeple_net_send(bare, MEEPLE_SERVER, (meeple_bytes){bytes, from_hex(bytes, hex)}),
                 0);
}

/* HELLO; class 0 "game" of tell(string), ask(string), show(string), off(string), roll(int32);
 * object 0 "game". */
static void introduce(void)
{
    send_hex("01 01");
    send_hex("02 00 04 67 61 6d 65 05 04 74 65 6c 6c 01 73 03 61 73 6b 01 73 04 73 68 6f 77 01 73 "
             "03 6f 66 66 01 73 04 72 6f 6c 6c 01 69");
    send_hex("03 00 00 04 67 61 6d 65");
    pump();
}

/* Everything refused since the last time, with the stranger's id as "7". */
static void expect_said(const char *expected)
{
    char id[20], *at;

    pump();
    snprintf(id, sizeof id, "peer %d ", (int)bare_id);
    while ((at = strstr(session.refusals, id))) {
        memmove(at + 7, at + strlen(id), strlen(at + strlen(id)) + 1);
        memcpy(at, "peer 7 ", 7);
    }
    cr_expect_str_eq(session.refusals, expected);
    session.refusals[0] = '\0';
}

Test(answer, runs_what_is_allowed)
{
    introduce();
    send_hex("05 00 00 91 a2 68 69");
    pump();
    expect_said("");
    cr_expect_str_eq(session.trace, "server.tell(hi) from ?; ");
}

Test(answer, refuses_by_mode)
{
    introduce();
    send_hex("05 00 02 91 a0");
    expect_said("server: peer 7 may not call game.show(string): puppet lets only the master, 1, "
                "call it; ");
    send_hex("05 00 03 91 a0");
    expect_said("server: peer 7 may not call game.off(string): disabled lets nobody call it; ");
    meeple_object_set_master(server->object, 99);
    send_hex("05 00 01 91 a0");
    expect_said("server: peer 7 may not call game.ask(string): master lets only the master, 99, "
                "run it; ");
    cr_expect_str_eq(session.trace, "");
}

Test(answer, refuses_arguments)
{
    introduce();
    send_hex("05 00 04 91 09");
    expect_said("server: peer 7 called game.roll(int32): argument 1 'eyes' is 9, allowed 1..6; ");
    send_hex("05 00 00 91 05");
    expect_said("server: peer 7 called game.tell(string): argument 1 'text' is an integer, string "
                "expected; ");
    send_hex("05 00 00");
    expect_said("server: peer 7 called game.tell(string): the arguments end too early; ");
    send_hex("05 00 00 dd 0f ff ff ff");
    expect_said("server: peer 7 called game.tell(string): the arguments end too early; ");
    cr_expect_str_eq(session.trace, "");
}

Test(answer, refuses_objects_that_are_not_there)
{
    introduce();
    send_hex("05 01 00 91 a0");
    expect_said("server: peer 7 called object 1, which it has not announced; ");
    send_hex("03 01 00 05 6f 74 68 65 72");
    send_hex("05 01 00 91 a0");
    expect_said("server: peer 7 called other of class game: there is no such object here; ");
    meeple_object_remove(server->object);
    send_hex("05 00 00 91 a0");
    expect_said("server: peer 7 called game of class game: there is no such object here; ");
    send_hex("04 00");
    send_hex("05 00 00 91 a0");
    expect_said("server: peer 7 called object 0, which it has not announced; ");
    cr_expect_str_eq(session.trace, "");
}

Test(answer, refuses_an_object_of_another_class)
{
    send_hex("01 01");
    send_hex("02 00 04 64 69 63 65 01 04 74 65 6c 6c 01 73");
    send_hex("03 00 00 04 67 61 6d 65");
    send_hex("05 00 00 91 a0");
    expect_said("server: peer 7 called game of class dice: there is no such object here; ");
}

Test(answer, refuses_methods_that_are_not_there_or_differ)
{
    send_hex("01 01");
    send_hex("02 00 04 67 61 6d 65 02 04 74 65 6c 6c 02 69 21 03 6e 65 77 00");
    send_hex("03 00 00 04 67 61 6d 65");
    send_hex("05 00 00 91 a0");
    expect_said("server: peer 7 called game.tell(int32, ?): here it is game.tell(string); ");
    send_hex("05 00 01 90");
    expect_said("server: peer 7 called game.new(): the object has no such method here; ");
    send_hex("05 00 02 90");
    expect_said("server: peer 7 called a method of object 0, which it has not announced; ");
    cr_expect_str_eq(session.trace, "");
}

Test(answer, refuses_what_is_no_command)
{
    send_hex("06");
    expect_said("server: peer 7 sent 1 bytes that are no command; ");
    send_hex("48 45 4c 4c 4f");
    expect_said("server: peer 7 sent 5 bytes that are no command; ");
    send_hex("02 00 05 67 61 0a 6d 65 00");
    expect_said("server: peer 7 sent 9 bytes that are no command; ");
}

Test(answer, ignores_everything_but_raw_bytes_before_the_hello)
{
    server->events = true;
    send_hex("02 00 04 67 61 6d 65 01 04 74 65 6c 6c 01 73");
    send_hex("03 00 00 04 67 61 6d 65");
    send_hex("05 00 00 91 a2 68 69");
    send_hex("00 68 65 79");
    expect_said("");
    cr_expect_str_eq(session.trace, "server: packet hey from ?; ");
    cr_expect_eq(meeple__world_remote(server->world, bare_id)->ignored, 3);
    cr_expect_eq(meeple__world_remote(server->world, bare_id)->classes_by_number.count, 0);
}

Test(answer, ignores_a_peer_of_another_version_and_tells_both)
{
    send_hex("01 02 77");
    expect_said("server: peer 7 speaks version 2 of the protocol, we speak 1; ");
    introduce();
    send_hex("05 00 00 91 a2 68 69");
    expect_said("");
    cr_expect_str_eq(session.trace, "");
    cr_expect_eq(meeple_rpc(server->object, bare_id, tell, "hi"), MEEPLE_ENOTFOUND);
    expect_said("server: peer 7 does not answer game.tell(string): it speaks another version of "
                "the protocol; ");
}

Test(answer, refuses_announcements_that_contradict)
{
    introduce();
    send_hex("02 00 04 67 61 6d 65 00");
    expect_said("server: peer 7 announced class game: it has announced another one of that name "
                "or number; ");
    send_hex("03 09 05 01 78");
    expect_said("server: peer 7 announced object x: it has not announced the class of it; ");
}

Test(answer, keeps_no_more_than_its_limit_and_says_so_once)
{
    introduce();
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t bytes[16] = {3};
        uint8_t *at = meeple__write_varint(bytes + 1, i);

        at = meeple__write_varint(at, 0);
        at = meeple__write_bytes(at, (meeple_bytes){(const uint8_t *)"\1x", 2});
        cr_assert_eq(
            meeple_net_send(bare, MEEPLE_SERVER, (meeple_bytes){bytes, (size_t)(at - bytes)}), 0);
        if (i % 500 == 0) {
            pump();
        }
    }
    expect_said("server: peer 7 announced object x: that is over the limit, as is all that it "
                "announces from here on; ");
    cr_expect_eq(meeple__world_remote(server->world, bare_id)->objects.count, 4096);
    cr_expect_eq(meeple__world_remote(server->world, bare_id)->refused, 5000 - 4096);
}

Test(answer, survives_garbage)
{
    uint32_t seed = 20201220;

    introduce();
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[48];
        size_t len = 1 + next_random(&seed) % (sizeof bytes - 1);

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)(next_random(&seed) % (i < 4 ? 6 : 256));
        }
        cr_assert_eq(meeple_net_send(bare, MEEPLE_SERVER, (meeple_bytes){bytes, len}), 0);
        if (round % 100 == 0) {
            pump();
            session.refusals[0] = session.trace[0] = '\0';
        }
    }
    pump();
    session.refusals[0] = session.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, "still here"), 0);
    pump();
    cr_expect_str_eq(session.trace, "server.say(still here) from server; ");
}

Test(answer, forgets_a_peer_that_left)
{
    introduce();
    cr_expect_not_null(meeple__world_remote(server->world, bare_id));
    meeple_net_free(bare);
    bare = NULL;
    settle(&session);
    cr_expect_null(meeple__world_remote(server->world, bare_id));
}

/* The other side has another game: tell() with other types, no ask(), and one more. */
#define NUMBER(ARG) ARG(int32_t, number)
MEEPLE_RPC_NAMED(tell_number, "tell", NUMBER)
MEEPLE_RPC(extra, NUMBER)

static void run_never(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
    cr_assert_fail("ran");
}

static const meeple_method other_methods[] = {
    {extra_rpc, run_never, MEEPLE_RPC_REMOTESYNC},
    {tell_number_rpc, run_never, MEEPLE_RPC_REMOTE},
    MEEPLE_METHOD(say, MEEPLE_RPC_REMOTESYNC),
};
static const meeple_class other_class = {
    .name = "game", .methods = other_methods, .method_count = MEEPLE_COUNT(other_methods)};

static void sit_with_other_class(void)
{
    session_sit(&session, session_client(&session));
    cr_assert_eq(meeple_object_add(&a->object, a->world, &other_class, "game", a), 0);
    pump();
    session.trace[0] = '\0';
}

Test(answer, calls_methods_that_both_have_whatever_their_place)
{
    sit_with_other_class();
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "x"), 0);
    expect_trace(&session, "a.say(x) from server; ");
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "y"), 0);
    expect_trace(&session, "server.say(y) from a; ");
}

Test(answer, does_not_call_what_the_one_peer_lacks)
{
    char expected[300];

    sit_with_other_class();
    cr_expect_eq(meeple_rpc(server->object, id_of(a), ask, "x"), MEEPLE_ENOTFOUND);
    cr_expect_str_eq(session.refusals, "", "on_refused waits for the poll");
    snprintf(expected, sizeof expected,
             "server: peer %d does not answer game.ask(string): it has no such method; ",
             (int)id_of(a));
    expect_refusals(&session, expected);
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell, "x"), MEEPLE_ENOTFOUND);
    snprintf(expected, sizeof expected,
             "server: peer %d does not answer game.tell(string): there it is tell(int32); ",
             (int)id_of(a));
    expect_refusals(&session, expected);
    expect_trace(&session, "");
}

Test(answer, leaves_out_of_a_call_to_all_who_lacks_the_method)
{
    struct seat *b;
    char expected[300];

    sit_with_other_class();
    b = session_sit(&session, session_client(&session));
    session_add(b);
    pump();
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, ask_sync, "x"), 0);
    expect_trace(&session, "server.ask_sync(x) from server; ");
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, tell, "x"), 0);
    expect_trace(&session, "b.tell(x) from server; ");
    snprintf(expected, sizeof expected,
             "server: peer %d does not answer game.tell(string): there it is tell(int32); ",
             (int)id_of(a));
    expect_refusals(&session, expected);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_EXCEPT(id_of(a)), tell, "y"), 0);
    expect_trace(&session, "b.tell(y) from server; ");
    expect_refusals(&session, "");
}

static struct {
    unsigned warnings;
    char last[600];
} logged;

static void count_warnings(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx;
    cr_expect_str_eq(area, "rpc");
    logged.warnings += level == MEEPLE_LOG_WARN;
    snprintf(logged.last, sizeof logged.last, "%s", text);
}

Test(answer, logs_each_refusal_as_a_warning_but_a_lack_only_once)
{
    static const meeple_log log = {.write = count_warnings, .level = MEEPLE_LOG_WARN};

    server->world->log = &log;
    introduce();
    send_hex("05 00 02 91 a0");
    send_hex("05 00 02 91 a0");
    pump();
    cr_expect_eq(logged.warnings, 2);
    cr_expect_not_null(strstr(logged.last, "puppet lets only the master, 1, call it"));
    for (unsigned i = 0; i < 5; i++) {
        cr_expect_eq(meeple_rpc(server->object, bare_id, say, "x"), MEEPLE_ENOTFOUND);
    }
    pump();
    cr_expect_eq(logged.warnings, 3);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, roll, 9), MEEPLE_EINVAL);
    cr_expect_eq(logged.warnings, 4);
    cr_expect_str_eq(logged.last, "we called game.roll: argument 1 'eyes' is 9, allowed 1..6");
}

Test(answer, logs_no_more_than_a_hundred_refusals_of_one_peer)
{
    static const meeple_log log = {.write = count_warnings, .level = MEEPLE_LOG_WARN};

    server->world->log = &log;
    introduce();
    for (unsigned i = 0; i < 300; i++) {
        send_hex("06");
        pump();
        session.refusals[0] = '\0';
    }
    cr_expect_eq(logged.warnings, 101);
    cr_expect_not_null(strstr(logged.last, "no more of its are logged"));
    send_hex("06");
    expect_said("server: peer 7 sent 1 bytes that are no command; ");
}

static meeple_refusal_rule rules[8];
static size_t rule_count;

static void keep_rule(meeple_world *world, const meeple_refusal *refusal)
{
    cr_expect_eq(world, server->world);
    cr_expect_eq(refusal->sender, bare_id);
    cr_expect_not_null(refusal->path);
    cr_expect_not_null(refusal->method);
    if (rule_count < MEEPLE_COUNT(rules)) {
        rules[rule_count++] = refusal->rule;
    }
}

Test(answer, tells_the_rule_of_a_refusal)
{
    static const meeple_refusal_rule expected[] = {
        MEEPLE_REFUSAL_MODE,      MEEPLE_REFUSAL_NO_OBJECT, MEEPLE_REFUSAL_NO_METHOD,
        MEEPLE_REFUSAL_SIGNATURE, MEEPLE_REFUSAL_ARGUMENTS, MEEPLE_REFUSAL_MALFORMED,
    };

    server->world->on_refused = keep_rule;
    send_hex("01 01");
    send_hex("02 00 04 67 61 6d 65 04 03 6f 66 66 01 73 03 6e 65 77 00 04 74 65 6c 6c 00 04 72 6f "
             "6c 6c 01 69");
    send_hex("03 00 00 04 67 61 6d 65");
    send_hex("05 00 00 91 a0");
    send_hex("05 09 00 91 a0");
    send_hex("05 00 01 91 a0");
    send_hex("05 00 02 91 a0");
    send_hex("05 00 03 91 a0");
    send_hex("ff");
    pump();
    cr_assert_eq(rule_count, MEEPLE_COUNT(expected));
    cr_expect_arr_eq(rules, expected, sizeof expected);
}

static void free_world(meeple_world *world, const meeple_refusal *refusal)
{
    (void)refusal;
    meeple_world_free(world);
    rule_count++;
}

Test(answer, lets_on_refused_free_the_world)
{
    server->world->on_refused = free_world;
    send_hex("ff");
    send_hex("ff");
    cr_assert_geq(meeple_net_next(bare, &(meeple_event){0}, 0), 0);
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ECLOSED);
    cr_expect_eq(rule_count, 1);
    server->world = NULL;
}
