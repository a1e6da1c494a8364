/* test_world_wait: worlds in somebody else's loop: polled when they have to be, and only then. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>

#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];

static void end(void)
{
    session_end(&session);
}

TestSuite(world_wait, .fini = end);
DRIVER_SUITES(world_wait, .fini = end);

/* Polls those that are due, until none is. */
static void settle_due(void)
{
    unsigned polls = 0;

    for (bool any = true; any;) {
        any = false;
        for (size_t i = 0; i < session.count; i++) {
            meeple_world *world = session.seats[i].world;

            if (meeple_world_wait_ms(world) == 0) {
                cr_assert_geq(meeple_world_poll(world, 0), 0);
                cr_assert_lt(++polls, 100, "always due");
                any = true;
            }
        }
    }
}

static void expect_due_trace(const char *expected)
{
    settle_due();
    cr_expect_str_eq(session.trace, expected);
    session.trace[0] = '\0';
}

Test(world_wait, what_is_due_is_all_there_is_to_do)
{
    session_add(session_server(&session));
    session_add(session_sit(&session, session_client(&session)));
    settle_due();
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask, "1"), 0);
    expect_due_trace("server.ask(1) from a; ");
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "2"), 0);
    expect_due_trace("server.say(2) from server; a.say(2) from server; ");
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    cr_expect_eq(meeple_world_wait_ms(a->world), -1);
}

Test(world_wait, a_call_to_oneself_is_due)
{
    session_add(session_server(&session));
    settle_due();
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, ask, "me"), 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), 0);
    expect_due_trace("server.ask(me) from server; ");
}

Test(world_wait, a_new_object_is_due_until_it_was_announced)
{
    session_server(&session);
    session_sit(&session, session_client(&session));
    settle_due();
    session_add(a);
    cr_expect_eq(meeple_world_wait_ms(a->world), 0);
    settle_due();
    session_add(server);
    settle_due();
    cr_expect_eq(meeple_rpc(server->object, id_of(a), tell, "hello"), 0);
    expect_due_trace("a.tell(hello) from server; ");
}

/* More than a loopback stream or a block of the net's pool holds; the last one. */
static meeple_object *add_many(struct seat *seat)
{
    meeple_object *object = NULL;
    char path[200];

    memset(path, 'x', sizeof path);
    for (int i = 0; i < 400; i++) {
        snprintf(path + sizeof path - 4, 4, "%03d", i);
        cr_assert_eq(meeple_object_add(&object, seat->world, &session_class, path, seat), 0);
    }
    return object;
}

/* The server takes nothing at first. */
Test(world_wait, objects_that_a_peer_has_no_room_for_are_due_when_it_has)
{
    meeple_object *object, *theirs;
    session.limits = (meeple_limits){.queue_bytes_max = 600, .message_bytes_max = 500};
    session_server(&session);
    session_sit(&session, session_client(&session));
    settle_due();
    object = add_many(a);
    cr_assert_eq(meeple_object_add(&theirs, server->world, &session_class,
                                   meeple_object_path(object), server),
                 0);
    cr_expect_eq(meeple_world_wait_ms(a->world), 0);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    /* It cannot do more, and does not try. */
    cr_expect_eq(meeple_world_wait_ms(a->world), -1);
    settle_due();
    cr_expect_eq(meeple_rpc(object, MEEPLE_SERVER, ask, "the last"), 0);
    expect_due_trace("server.ask(the last) from a; ");
}

Test(world_wait, objects_that_there_was_no_memory_for_are_due_soon)
{
    struct counting_mem mem;
    meeple_net *net;

    counting_mem_init(&mem);
    session_server(&session);
    cr_assert_eq(meeple_net_join(&net, meeple_world_net(server->world),
                                 &(meeple_connect_options){.mem = &mem.mem}),
                 0);
    session_sit(&session, net);
    settle_due();
    mem.fail_all = true;
    counting_mem_fail(&mem, 1);
    add_many(a);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    cr_expect_eq(meeple_world_wait_ms(a->world), 10);
    mem.fail_at = 0;
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    settle_due();
    cr_expect_eq(meeple_world_wait_ms(a->world), -1);
    session_end(&session);
    session.count = 0;
    cr_expect_eq(mem.live, 0);
}

Test(world_wait, after_down_and_without_a_world_nothing_is_due)
{
    session_add(session_server(&session));
    settle_due();
    meeple_net_close(meeple_world_net(server->world), 0, NULL);
    cr_expect_eq(meeple_world_wait_ms(server->world), 0);
    settle_due();
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ECLOSED);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    cr_expect_eq(meeple_world_wait_ms(NULL), -1);
}

static void *wake_world(void *ctx)
{
    const meeple_world *world = ctx;

    meeple_net_wake(meeple_world_net(world));
    return NULL;
}

EACH_DRIVER(world_wait, another_thread_ends_a_poll)
{
    meeple_net *net;
    struct seat *seat;

    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.host = "127.0.0.1", .io = driver}), 0);
    seat = session_sit(&session, net);
    cr_expect_eq(meeple_world_poll(seat->world, -1), 1);
    for (unsigned i = 0; i < 100; i++) {
        pthread_t thread;

        cr_assert_eq(pthread_create(&thread, NULL, wake_world, seat->world), 0);
        cr_assert_eq(meeple_world_poll(seat->world, -1), 0);
        cr_assert_eq(pthread_join(thread, NULL), 0);
    }
}

/* Until text is the trace; polled when due or readable. */
static void run_loop(const char *text)
{
    unsigned polls = 0;

    while (strcmp(session.trace, text) != 0) {
        struct pollfd polled[2] = {{.events = POLLIN}, {.events = POLLIN}};
        int wait_ms = 5000;

        cr_assert_lt(++polls, 300);
        for (size_t i = 0; i < 2; i++) {
            int own_ms = meeple_world_wait_ms(session.seats[i].world);

            polled[i].fd = meeple_net_pollable(meeple_world_net(session.seats[i].world));
            wait_ms = own_ms >= 0 && own_ms < wait_ms ? own_ms : wait_ms;
        }
        cr_assert(poll(polled, 2, wait_ms) > 0 || wait_ms < 5000, "\"%s\"", session.trace);
        for (size_t i = 0; i < 2; i++) {
            if (polled[i].revents || meeple_world_wait_ms(session.seats[i].world) == 0) {
                cr_assert_geq(meeple_world_poll(session.seats[i].world, 0), 0);
            }
        }
    }
    session.trace[0] = '\0';
}

EACH_POLLABLE_DRIVER(world_wait, two_worlds_live_in_somebody_elses_loop)
{
    meeple_net *net;
    char url[64];

    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.host = "127.0.0.1", .io = driver}), 0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)meeple_net_port(net));
    session_add(session_sit(&session, net));
    cr_assert_eq(meeple_net_connect(&net, url, &(meeple_connect_options){.io = driver}), 0);
    session_add(session_sit(&session, net));
    a->events = true;
    run_loop("a: up; a: join server; ");
    a->events = false;
    for (unsigned i = 0; i < 20; i++) {
        cr_assert_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask, "1"), 0);
        run_loop("server.ask(1) from a; ");
        cr_assert_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "2"), 0);
        run_loop("server.say(2) from server; a.say(2) from server; ");
    }
}
