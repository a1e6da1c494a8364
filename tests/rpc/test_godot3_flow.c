/* test_godot3_flow: what we say to peers of Godot 3, packet by packet: paths, ids, calls. */
#include <criterion/criterion.h>

#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "rpc/world.h"
#include "tests/rpc/stranger.h"
#include "tests/support/counting_mem.h"

#define NUMBER(ARG) ARG(int32_t, number)
MEEPLE_RPC(f_remote, NUMBER)

enum {
    STRANGERS = 2
};

/* A server and clients, some of which have a world, which is in the session. */
static struct session session;
static struct stranger host;              /* if the server has none */
static struct stranger guests[STRANGERS]; /* clients without one */
static meeple_object *node;               /* "T/N" */

static void run_never(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
    cr_assert_fail("ran");
}

static const meeple_method node_methods[] = {{f_remote_rpc, run_never, MEEPLE_RPC_REMOTE}};
static const meeple_class node_class = {
    .name = "node", .methods = node_methods, .method_count = MEEPLE_COUNT(node_methods)};

static void end(void)
{
    session_end(&session);
    for (size_t i = 0; i < STRANGERS; i++) {
        meeple_net_free(guests[i].net);
    }
    meeple_net_free(host.net);
}

TestSuite(godot3_flow, .fini = end);

static void pump(void)
{
    for (unsigned round = 0; round < 6; round++) {
        settle(&session);
        stranger_listen(&session, &host);
        for (size_t i = 0; i < STRANGERS; i++) {
            stranger_listen(&session, &guests[i]);
        }
    }
}

static void add_node(meeple_world *world)
{
    cr_assert_eq(meeple_object_add(&node, world, &node_class, "T/N", NULL), 0);
}

static meeple_net *join(meeple_net *server)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_join(&net, server,
                                 &(meeple_connect_options){.limits = session.limits,
                                                           .dialect = SESSION_DIALECT}),
                 0);
    return net;
}

/* A server of bytes alone, and so many clients of that kind, and one client with a world. */
static struct seat *visit(size_t others)
{
    struct seat *seat;

    cr_assert_eq(
        meeple_net_loopback(&host.net, &(meeple_listen_options){.dialect = SESSION_DIALECT}), 0);
    for (size_t i = 0; i < others; i++) {
        guests[i].net = join(host.net);
    }
    seat = session_sit(&session, join(host.net));
    pump();
    add_node(seat->world);
    return seat;
}

/* A server with a world, and clients of bytes, the one of the lower id first. */
static struct seat *receive_guests(size_t count)
{
    struct seat *seat = session_server(&session);

    settle(&session);
    for (size_t i = 0; i < count; i++) {
        guests[i].net = join(meeple_world_net(seat->world));
    }
    pump();
    if (count > 1 && guests[0].id > guests[1].id) {
        struct stranger lower = guests[1];

        guests[1] = guests[0];
        guests[0] = lower;
    }
    add_node(seat->world);
    return seat;
}

#define SIMPLIFIED "02 01 00 00 00 'T/N' 00"
#define BY_PATH(number) "00 17 00 00 80 'f_remote' 00 01 02 00 00 00 " number " 00 00 00 'T/N' 00"
#define BY_ID(number) "00 01 00 00 00 'f_remote' 00 01 02 00 00 00 " number " 00 00 00"

static void call(int32_t to, int32_t number)
{
    cr_assert_eq(meeple_rpc(node, to, f_remote, number), 0);
    pump();
}

/* Only its packets: whom they came from is left out. */
static void expect_heard(struct stranger *stranger, const char *expected)
{
    char text[sizeof stranger->heard] = "";
    const char *at = stranger->heard;

    while (*at) {
        const char *begin = strchr(at, ':') + 2, *stop = strchr(at, ';');

        note(text, sizeof text, "%.*s; ", (int)(stop - begin), begin);
        at = stop + 2;
    }
    cr_expect_str_eq(text, expected);
    stranger->heard[0] = '\0';
}

static void confirm(struct stranger *stranger, int32_t to)
{
    stranger_say(stranger, to, "03 'T/N' 00");
    pump();
}

/* As Godot's client did it in the recorded session cm_rpc_flow. */
Test(godot3_flow, calls_by_path_until_the_id_is_confirmed)
{
    struct seat *seat = visit(0);

    call(MEEPLE_ALL, 1);
    expect_heard(&host, SIMPLIFIED "; " BY_PATH("01") "; ");
    call(MEEPLE_ALL, 2);
    expect_heard(&host, BY_PATH("02") "; ");
    confirm(&host, id_of(seat));
    call(MEEPLE_ALL, 3);
    expect_heard(&host, BY_ID("03") "; ");
    call(MEEPLE_SERVER, 4);
    expect_heard(&host, BY_ID("04") "; ");
}

/* cm_rpc_flow_two_peers. */
Test(godot3_flow, calls_each_in_the_form_that_it_knows)
{
    struct seat *seat = visit(1);

    call(MEEPLE_ALL, 1);
    expect_heard(&host, SIMPLIFIED "; " BY_PATH("01") "; ");
    expect_heard(&guests[0], SIMPLIFIED "; " BY_PATH("01") "; ");
    confirm(&host, id_of(seat));
    call(MEEPLE_ALL, 2);
    expect_heard(&host, BY_ID("02") "; ");
    expect_heard(&guests[0], BY_PATH("02") "; ");
    confirm(&guests[0], id_of(seat));
    call(MEEPLE_ALL, 3);
    expect_heard(&host, BY_ID("03") "; ");
    expect_heard(&guests[0], BY_ID("03") "; ");
    call(MEEPLE_EXCEPT(guests[0].id), 4);
    call(MEEPLE_EXCEPT(MEEPLE_SERVER), 5);
    call(guests[0].id, 6);
    expect_heard(&host, BY_ID("04") "; ");
    expect_heard(&guests[0], BY_ID("05") "; " BY_ID("06") "; ");
    expect_refusals(&session, "");
}

Test(godot3_flow, of_a_server_is_the_same)
{
    receive_guests(2);
    call(MEEPLE_ALL, 1);
    expect_heard(&guests[0], SIMPLIFIED "; " BY_PATH("01") "; ");
    expect_heard(&guests[1], SIMPLIFIED "; " BY_PATH("01") "; ");
    confirm(&guests[1], MEEPLE_SERVER);
    call(MEEPLE_ALL, 2);
    expect_heard(&guests[0], BY_PATH("02") "; ");
    expect_heard(&guests[1], BY_ID("02") "; ");
    cr_expect_eq(node->confirmed, 1);
    /* Only who gets it matters. */
    call(MEEPLE_EXCEPT(guests[0].id), 3);
    call(guests[0].id, 4);
    expect_heard(&guests[0], BY_PATH("04") "; ");
    expect_heard(&guests[1], BY_ID("03") "; ");
    confirm(&guests[0], MEEPLE_SERVER);
    confirm(&guests[0], MEEPLE_SERVER);
    cr_expect_eq(node->confirmed, 2, "each counts once");
    call(MEEPLE_ALL, 5);
    call(MEEPLE_EXCEPT(guests[0].id), 6);
    expect_heard(&guests[0], BY_ID("05") "; ");
    expect_heard(&guests[1], BY_ID("05") "; " BY_ID("06") "; ");
}

Test(godot3_flow, introduces_a_path_to_who_comes_later)
{
    receive_guests(1);
    call(MEEPLE_ALL, 1);
    confirm(&guests[0], MEEPLE_SERVER);
    guests[0].heard[0] = '\0';
    guests[1].net = join(meeple_world_net(session.seats[0].world));
    pump();
    expect_heard(&guests[1], "");
    call(MEEPLE_ALL, 2);
    expect_heard(&guests[0], BY_ID("02") "; ");
    expect_heard(&guests[1], SIMPLIFIED "; " BY_PATH("02") "; ");
    confirm(&guests[1], MEEPLE_SERVER);
    call(MEEPLE_ALL, 3);
    expect_heard(&guests[1], BY_ID("03") "; ");
    /* Who leaves does not count any more. */
    meeple_net_free(guests[0].net);
    guests[0].net = NULL;
    pump();
    cr_expect_eq(node->confirmed, 1);
    call(MEEPLE_ALL, 4);
    expect_heard(&guests[1], BY_ID("04") "; ");
}

Test(godot3_flow, goes_on_by_path_to_who_never_confirms)
{
    receive_guests(1);
    call(MEEPLE_ALL, 1);
    expect_heard(&guests[0], SIMPLIFIED "; " BY_PATH("01") "; ");
    for (unsigned i = 0; i < 100; i++) {
        call(i % 2 ? MEEPLE_ALL : guests[0].id, 2);
        expect_heard(&guests[0], BY_PATH("02") "; ");
    }
}

Test(godot3_flow, gives_the_id_of_what_is_gone_to_another_only_with_its_path)
{
    struct seat *seat = receive_guests(1);

    call(MEEPLE_ALL, 1);
    meeple_object_remove(node);
    confirm(&guests[0], MEEPLE_SERVER);
    expect_refusals(&session, "");
    guests[0].heard[0] = '\0';
    cr_assert_eq(meeple_object_add(&node, seat->world, &node_class, "U/N", NULL), 0);
    cr_assert_eq(node->number, 0);
    call(MEEPLE_ALL, 2);
    confirm(&guests[0], MEEPLE_SERVER); /* of T/N, once more */
    call(guests[0].id, 3);
    expect_heard(&guests[0], "02 01 00 00 00 'U/N' 00; "
                             "00 17 00 00 80 'f_remote' 00 01 02 00 00 00 02 00 00 00 'U/N' 00; "
                             "00 17 00 00 80 'f_remote' 00 01 02 00 00 00 03 00 00 00 'U/N' 00; ");
    /* The same path is another object's, too. */
    meeple_object_remove(node);
    add_node(seat->world);
    call(MEEPLE_ALL, 4);
    expect_heard(&guests[0], SIMPLIFIED "; " BY_PATH("04") "; ");
    confirm(&guests[0], MEEPLE_SERVER);
    call(MEEPLE_ALL, 5);
    expect_heard(&guests[0], BY_ID("05") "; ");
}

Test(godot3_flow, has_an_id_for_each_object)
{
    struct seat *seat = receive_guests(1);
    meeple_object *other;

    cr_assert_eq(meeple_object_add(&other, seat->world, &node_class, "O", NULL), 0);
    cr_assert_eq(meeple_rpc(other, MEEPLE_ALL, f_remote, 1), 0);
    call(MEEPLE_ALL, 2);
    expect_heard(&guests[0],
                 "02 02 00 00 00 4f 00; "
                 "00 17 00 00 80 'f_remote' 00 01 02 00 00 00 01 00 00 00 4f 00; " SIMPLIFIED
                 "; " BY_PATH("02") "; ");
}

/* All of them, or nobody: a client has one queue. */
Test(godot3_flow, goes_to_all_by_path_at_once_where_each_in_its_own_form_has_no_room)
{
    struct seat *seat;
    unsigned sent = 0;

    session.limits = (meeple_limits){.queue_bytes_max = 250};
    seat = visit(2);
    /* Nobody listens. */
    while (sent < 10000 && meeple_rpc(node, MEEPLE_ALL, f_remote, 1) == 0) {
        sent++;
    }
    cr_expect_eq(meeple_rpc(node, MEEPLE_ALL, f_remote, 1), MEEPLE_EFULL);
    cr_expect_lt(sent, 10000);
    pump();
    cr_expect_eq(host.calls, sent);
    cr_expect_eq(guests[0].calls, sent);
    cr_expect_eq(guests[1].calls, sent);
    host.heard[0] = guests[0].heard[0] = guests[1].heard[0] = '\0';
    /* What could not be told is told now. */
    call(MEEPLE_ALL, 2);
    cr_expect_not_null(strstr(guests[0].heard, BY_PATH("02")));
    for (size_t i = 0; i < 3; i++) {
        confirm(i < 2 ? &guests[i] : &host, id_of(seat));
    }
    call(MEEPLE_ALL, 3);
    cr_expect_not_null(strstr(guests[0].heard, BY_ID("03")));
    expect_refusals(&session, "");
}

Test(godot3_flow, gives_an_id_again_that_could_not_be_sent)
{
    struct seat *seat;
    unsigned sent = 0;

    session.limits = (meeple_limits){.queue_bytes_max = 250};
    seat = receive_guests(1);
    while (sent < 100000 && meeple_world_send(seat->world, guests[0].id,
                                              (meeple_bytes){(const uint8_t *)"x", 1}) == 0) {
        sent++;
    }
    cr_assert_lt(sent, 100000);
    cr_expect_eq(meeple_rpc(node, guests[0].id, f_remote, 1), MEEPLE_EFULL);
    pump();
    guests[0].heard[0] = '\0';
    call(guests[0].id, 2);
    expect_heard(&guests[0], SIMPLIFIED "; " BY_PATH("02") "; ");
}

Test(godot3_flow, says_no_id_to_who_is_there_and_not_known_yet)
{
    static struct counting_mem counting;
    struct seat *seat;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    seat = receive_guests(1);
    call(MEEPLE_ALL, 1);
    confirm(&guests[0], MEEPLE_SERVER);
    guests[0].heard[0] = '\0';
    guests[1].net = join(meeple_world_net(seat->world));
    /* Its JOIN has to be told again. */
    counting.fail_at = counting.calls + 1;
    counting.fail_all = true;
    for (unsigned i = 0; i < 20 && meeple_world_poll(seat->world, 0) >= 0; i++) {
        stranger_listen(&session, &guests[1]);
    }
    cr_assert_eq(meeple_world_poll(seat->world, 0), MEEPLE_ENOMEM);
    counting.fail_at = 0;
    counting.fail_all = false;
    cr_assert_eq(meeple_rpc(node, MEEPLE_ALL, f_remote, 2), 0);
    pump();
    expect_heard(&guests[0], BY_ID("02") "; ");
    expect_heard(&guests[1], "");
    call(MEEPLE_ALL, 3);
    expect_heard(&guests[0], BY_ID("03") "; ");
    expect_heard(&guests[1], SIMPLIFIED "; " BY_PATH("03") "; ");
}

Test(godot3_flow, is_too_long_by_path_where_it_would_fit_by_id)
{
    static char text[200];
    struct seat *seat;

    session.limits = (meeple_limits){.message_bytes_max = 100};
    seat = receive_guests(1);
    session_add(seat);
    memset(text, 'x', 70);
    cr_expect_eq(meeple_rpc(seat->object, MEEPLE_ALL, tell, text), MEEPLE_ETOOBIG);
    text[60] = '\0';
    cr_expect_eq(meeple_rpc(seat->object, MEEPLE_ALL, tell, text), 0);
}

/* An id that was confirmed is one for everybody, whoever calls. */
static void play_with_failure(size_t n, size_t *calls)
{
    static const char *const ran[] = {"server.say(x) from server; ", "server.say(x) from a; ",
                                      "a.say(x) from server; ", "a.say(x) from a; "};
    struct counting_mem counting;
    struct session failing = {0};
    unsigned failures = 0;

    counting_mem_init(&counting);
    failing.options.mem = &counting.mem;
    session_server(&failing);
    session_sit(&failing, session_client(&failing));
    counting_mem_fail(&counting, n);
    for (size_t i = 0; i < 2; i++) {
        struct seat *seat = &failing.seats[i];

        while (meeple_object_add(&seat->object, seat->world, &session_class, "game", seat) < 0) {
            failures++;
        }
    }
    for (unsigned round = 0; round < 20; round++) {
        int rc = meeple_world_poll(failing.seats[round % 2].world, 0);

        cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM, "%s", meeple_strerror(rc));
        failures += rc < 0;
    }
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < 2; i++) {
            const struct seat *seat = &failing.seats[i];
            int rc = meeple_rpc(seat->object, MEEPLE_ALL, say, "x");

            if (rc < 0) {
                cr_expect_eq(rc, MEEPLE_ENOMEM);
                failures++;
                cr_expect_eq(meeple_rpc(seat->object, MEEPLE_ALL, say, "x"), 0);
            }
        }
        for (unsigned poll = 0; poll < 20; poll++) {
            failures += meeple_world_poll(failing.seats[poll % 2].world, 0) < 0;
        }
        settle(&failing);
        cr_expect_eq(strlen(failing.trace),
                     strlen(ran[0]) + strlen(ran[1]) + strlen(ran[2]) + strlen(ran[3]), "%zu: %s",
                     n, failing.trace);
        for (size_t i = 0; i < MEEPLE_COUNT(ran); i++) {
            cr_expect_not_null(strstr(failing.trace, ran[i]), "failing %zu: %s", n, failing.trace);
        }
        failing.trace[0] = '\0';
    }
    cr_expect_leq(failures, 1);
    expect_refusals(&failing, "");
    cr_expect_eq(failing.seats[0].object->confirmed, 1);
    cr_expect_eq(failing.seats[1].object->confirmed, 1);
    *calls = counting.calls;
    session_end(&failing);
    cr_expect_eq(counting.live, 0);
}

Test(godot3_flow, survives_the_failure_of_every_allocation)
{
    size_t calls = SIZE_MAX;

    for (size_t n = 1; n <= 80; n++) {
        play_with_failure(n, &calls);
    }
    cr_expect_lt(calls, 80, "all were failed");
}

Test(godot3_flow, allocates_nothing_for_a_call_in_the_steady_state)
{
    struct counting_mem counting;
    struct session steady = {0};
    size_t before = 0;

    counting_mem_init(&counting);
    steady.options.mem = &counting.mem;
    session_begin(&steady, 2);
    for (unsigned i = 0; i < 50; i++) {
        before = i == 10 ? counting.calls : before;
        cr_assert_eq(meeple_rpc(steady.seats[0].object, MEEPLE_ALL, say, "steady"), 0);
        cr_assert_eq(meeple_rpc(steady.seats[1].object, MEEPLE_ALL, say, "steady"), 0);
        settle(&steady);
        steady.trace[0] = '\0';
    }
    cr_expect_eq(counting.calls, before);
    session_end(&steady);
}

/* It is in the session, and hears next that the server is. */
static void call_when_up(meeple_world *world, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_UP) {
        add_node(world);
        cr_expect_eq(meeple_rpc(node, MEEPLE_ALL, f_remote, 1), 0);
        cr_expect_eq(meeple_rpc(node, MEEPLE_EXCEPT(MEEPLE_SERVER), f_remote, 2), MEEPLE_ENOTFOUND);
    }
}

Test(godot3_flow, says_no_id_to_the_server_before_it_is_known)
{
    meeple_world *world;

    cr_assert_eq(
        meeple_net_loopback(&host.net, &(meeple_listen_options){.dialect = SESSION_DIALECT}), 0);
    cr_assert_eq(
        meeple_world_new(&world, join(host.net), &(meeple_world_options){.on_event = call_when_up}),
        0);
    for (unsigned i = 0; i < 6; i++) {
        cr_assert_geq(meeple_world_poll(world, 0), 0);
        stranger_listen(&session, &host);
    }
    expect_heard(&host, "");
    meeple_world_free(world);
}
