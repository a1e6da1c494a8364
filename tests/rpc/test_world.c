/* test_world: the life of a world: its events, its poll, and what handlers may do to it. */
#include "rpc/world.h"

#include <criterion/criterion.h>

#include "rpc/announce.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"
#include "tests/support/sim.h"

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

TestSuite(world, .init = begin, .fini = end);

Test(world, takes_the_net_over_also_on_failure)
{
    meeple_world *world = server->world;
    meeple_net *net;

    cr_expect_eq(meeple_world_new(&world, NULL, NULL), MEEPLE_EINVAL);
    cr_expect_null(world);
    cr_assert_eq(
        meeple_net_loopback(&net, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN}), 0);
    cr_expect_eq(meeple_world_new(&world, net, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    cr_expect_eq(meeple_world_new(NULL, net, NULL), MEEPLE_EINVAL);
    meeple_world_free(NULL);
}

Test(world, speaks_what_its_net_does_or_is_none)
{
    static const meeple_dialect others[] = {MEEPLE_DIALECT_PLAIN, MEEPLE_DIALECT_GODOT3};
    meeple_world *world;
    meeple_net *net;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        cr_assert_eq(meeple_net_offline(&net, NULL), 0);
        cr_expect_eq(meeple_world_new(&world, net, &(meeple_world_options){.dialect = others[i]}),
                     MEEPLE_EINVAL);
        cr_expect_null(world);
    }
    for (meeple_dialect asked = MEEPLE_DIALECT_NATIVE; asked <= MEEPLE_DIALECT_GODOT3; asked++) {
        int rc = asked == MEEPLE_DIALECT_PLAIN ? MEEPLE_EINVAL : 0;

        cr_assert_eq(
            meeple_net_loopback(&net, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_GODOT3}),
            0);
        cr_expect_eq(meeple_world_new(&world, net, &(meeple_world_options){.dialect = asked}), rc);
        meeple_world_free(world);
    }
}

Test(world, plays_alone_on_an_offline_net)
{
    struct session alone = {0};
    meeple_net *net;

    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    session_add(session_sit(&alone, net));
    settle(&alone);
    cr_expect_eq(meeple_rpc(alone.seats[0].object, MEEPLE_ALL, say, "me"), 0);
    cr_expect_eq(meeple_rpc(alone.seats[0].object, MEEPLE_SERVER, ask, "you"), 0);
    cr_expect_eq(meeple_rpc(alone.seats[0].object, MEEPLE_ALL, tell, "nobody"), 0);
    expect_trace(&alone, "server.say(me) from server; server.ask(you) from server; ");
    session_end(&alone);
}

Test(world, gives_every_event_in_its_place)
{
    struct session fresh = {0};

    session_server(&fresh)->events = true;
    session_sit(&fresh, session_client(&fresh))->events = true;
    expect_trace(&fresh, "server: up; server: join ?; a: up; a: join server; ");
    meeple_world_free(fresh.seats[1].world);
    fresh.seats[1].world = NULL;
    expect_trace(&fresh, "server: leave ?; ");
    cr_expect_eq(meeple_net_close(meeple_world_net(fresh.seats[0].world), 0, NULL), 0);
    expect_trace(&fresh, "server: down; ");
    cr_expect_eq(meeple_world_poll(fresh.seats[0].world, 0), MEEPLE_ECLOSED);
    session_end(&fresh);
}

Test(world, brings_raw_bytes_to_others)
{
    server->events = a->events = b->events = true;
    cr_expect_eq(meeple_world_send(a->world, MEEPLE_ALL, (meeple_bytes){(const uint8_t *)"hey", 3}),
                 0);
    expect_trace(&session, "server: packet hey from a; b: packet hey from a; ");
    cr_expect_eq(meeple_world_send(a->world, id_of(b), (meeple_bytes){(const uint8_t *)"b!", 2}),
                 0);
    expect_trace(&session, "b: packet b! from a; ");
    cr_expect_eq(meeple_world_send(a->world, id_of(b), (meeple_bytes){NULL, 0}), MEEPLE_EINVAL);
    cr_expect_eq(meeple_world_send(a->world, 4711, (meeple_bytes){(const uint8_t *)"?", 1}),
                 MEEPLE_ENOTFOUND);
}

Test(world, refuses_a_poll_that_makes_no_sense)
{
    cr_expect_eq(meeple_world_poll(NULL, 0), MEEPLE_EINVAL);
    cr_expect_eq(meeple_world_poll(server->world, -2), MEEPLE_EINVAL);
}

static void poll_inside(struct seat *seat, const meeple_call *call)
{
    (void)call;
    cr_expect_eq(meeple_world_poll(seat->world, 0), MEEPLE_ESTATE);
}

Test(world, is_not_polled_from_a_handler)
{
    server->on_say = poll_inside;
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, "x"), 0);
    expect_trace(&session, "server.say(x) from server; ");
}

static void free_inside(struct seat *seat, const meeple_call *call)
{
    meeple_world_free(call->world);
    meeple_world_free(call->world);
    cr_expect_eq(meeple_rpc(call->object, MEEPLE_ALL, say, "?"), MEEPLE_ESTATE);
    seat->world = NULL;
}

Test(world, is_freed_by_a_handler_when_the_poll_returns)
{
    meeple_world *world = a->world;

    a->on_say = free_inside;
    cr_expect_eq(meeple_rpc(a->object, id_of(a), say, "last"), 0);
    cr_expect_eq(meeple_rpc(a->object, id_of(a), say, "never"), 0);
    cr_expect_eq(meeple_world_poll(world, 0), MEEPLE_ECLOSED);
    cr_expect_str_eq(session.trace, "a.say(last) from a; ");
    session.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, tell, "on"), 0);
    expect_trace(&session, "b.tell(on) from server; ");
}

static void free_at_event(meeple_world *world, const meeple_event *event)
{
    note(session.trace, sizeof session.trace, "%s; ", meeple_event_name(event->type));
    meeple_world_free(world);
}

Test(world, is_freed_by_on_event_when_the_poll_returns)
{
    meeple_world *world = a->world;

    world->on_event = free_at_event;
    meeple_world_free(b->world);
    b->world = NULL;
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, tell, "never"), 0);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    a->world = NULL;
    cr_expect_eq(meeple_world_poll(world, 0), MEEPLE_ECLOSED);
    cr_expect_str_eq(session.trace, "leave; ");
}

static void kick_sender(struct seat *seat, const meeple_call *call)
{
    cr_expect_eq(meeple_net_kick(meeple_world_net(seat->world), call->sender, 0, "enough"), 0);
    cr_expect_eq(meeple_rpc(call->object, call->sender, tell, "bye"), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(call->object, MEEPLE_ALL, tell, "it is gone"), 0);
}

Test(world, runs_no_more_calls_of_a_peer_that_a_handler_kicked)
{
    server->on_say = kick_sender;
    for (unsigned i = 0; i < 10; i++) {
        cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "spam"), 0);
    }
    settle(&session);
    cr_expect_str_eq(session.trace, "server.say(spam) from a; b.tell(it is gone) from server; ");
    cr_expect_eq(meeple_world_poll(a->world, 0), MEEPLE_ECLOSED);
    cr_expect_null(meeple__world_remote(b->world, id_of(a)));
}

Test(world, tells_a_late_joiner_what_there_is)
{
    struct seat *c;

    for (unsigned i = 0; i < 100; i++) {
        meeple_object *object;
        char path[20];

        snprintf(path, sizeof path, "unit/%u", i);
        cr_assert_eq(meeple_object_add(&object, a->world, &session_class, path, a), 0);
        if (i % 2) {
            meeple_object_remove(object);
        }
    }
    settle(&session);
    c = session_sit(&session, session_client(&session));
    session_add(c);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple__world_remote(c->world, id_of(a))->objects.count, 51);
    cr_expect_eq(meeple__world_remote(a->world, id_of(c))->objects.count, 1);
    cr_expect_eq(meeple_rpc(a->object, id_of(c), say, "welcome"), 0);
    cr_expect_eq(meeple_rpc(c->object, MEEPLE_ALL, say, "thanks"), 0);
    expect_trace(&session, "c.say(thanks) from c; server.say(thanks) from c; "
                           "a.say(thanks) from c; b.say(thanks) from c; c.say(welcome) from a; ");
    expect_refusals(&session, "");
}

static void greet(meeple_world *world, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_JOIN) {
        cr_expect_eq(meeple_rpc(server->object, event->peer, tell, "welcome"), 0);
    }
    if (event->type == MEEPLE_EVENT_LEAVE) {
        cr_expect_eq(meeple_rpc(server->object, event->peer, tell, "bye"), MEEPLE_ENOTFOUND);
    }
    session_event(world, event);
}

Test(world, can_call_a_peer_in_its_join)
{
    struct seat *c;

    server->world->on_event = greet;
    c = session_sit(&session, session_client(&session));
    session_add(c);
    expect_trace(&session, "c.tell(welcome) from server; ");
    meeple_world_free(c->world);
    c->world = NULL;
    expect_trace(&session, "");
}

static int32_t first_asked;

/* Lets the first in, refuses the second, and shows the first out. */
static void keep_the_door(meeple_world *world, const meeple_event *event)
{
    meeple_net *net = meeple_world_net(world);

    session_event(world, event);
    if (event->type == MEEPLE_EVENT_JOIN) {
        cr_expect_eq(meeple_net_accept(net, event->peer, NULL, NULL), MEEPLE_ENOTFOUND);
        cr_expect_eq(meeple_net_reject(net, event->peer, 403, NULL, NULL), MEEPLE_ENOTFOUND);
    } else if (event->type == MEEPLE_EVENT_REQUEST && first_asked == 0) {
        first_asked = event->peer;
        cr_expect_eq(meeple_net_kick(net, event->peer, 0, NULL), MEEPLE_ENOTFOUND);
        cr_expect_eq(meeple_net_accept(net, event->peer, NULL, NULL), 0);
        cr_expect_eq(meeple_net_accept(net, event->peer, NULL, NULL), MEEPLE_ENOTFOUND);
    } else if (event->type == MEEPLE_EVENT_REQUEST) {
        cr_expect_str_eq(event->request->path, "/");
        cr_expect_eq(meeple_net_accept(net, first_asked, NULL, NULL), MEEPLE_ENOTFOUND);
        cr_expect_eq(meeple_net_kick(net, first_asked, 4000, "enough"), 0);
        cr_expect_eq(meeple_net_reject(net, event->peer, 403, "no", NULL), 0);
        cr_expect_str_eq(event->request->path, "/"); /* until it returns */
    }
}

Test(world, answers_requests_in_on_event)
{
    struct session asking = {0};
    struct seat *door;
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, &(meeple_listen_options){.asks = true}), 0);
    door = session_sit(&asking, net);
    door->events = true;
    door->world->on_event = keep_the_door;
    session_sit(&asking, session_client(&asking));
    settle(&asking);
    session_sit(&asking, session_client(&asking));
    settle(&asking);
    expect_trace(&asking, "server: up; server: request; server: join ?; server: request; "
                          "server: leave a; ");
    cr_expect_eq(meeple_net_accept(net, first_asked, NULL, NULL), MEEPLE_ENOTFOUND);
    session_end(&asking);
}

/* A call to everybody that is under way when a peer joins is not meant for it. */
Test(world, asks_nothing_of_a_peer_that_was_not_told_yet)
{
    struct seat *c;

    c = session_sit(&session, session_client(&session));
    session_add(c);
    for (unsigned i = 0; i < 40; i++) {
        cr_expect_eq(meeple_rpc(a->object, MEEPLE_ALL, roll, 3), 0);
        cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, roll, 3), 0);
        cr_expect_geq(meeple_world_poll(session.seats[i % 4].world, 0), 0);
    }
    expect_refusals(&session, "");
}

static void call_again(struct seat *seat, const meeple_call *call)
{
    cr_expect_eq(meeple_rpc(call->object, id_of(seat), say, ""), 0);
}

Test(world, comes_back_from_a_call_that_calls_itself)
{
    server->on_say = call_again;
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, ""), 0);
    for (unsigned i = 0; i < 3; i++) {
        session.trace[0] = '\0';
        cr_expect_eq(meeple_world_poll(server->world, -1), 1024);
    }
    server->on_say = NULL;
    settle(&session);
}

static void call_again_quietly(struct seat *seat, const meeple_call *call)
{
    session.trace[0] = '\0'; /* or it would be full before anything else happens */
    call_again(seat, call);
}

Test(world, hears_the_others_while_a_call_calls_itself)
{
    bool heard = false;

    server->on_say = call_again_quietly;
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, ""), 0);
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask, "anyone there?"), 0);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    for (unsigned i = 0; i < 5; i++) {
        cr_expect_geq(meeple_world_poll(server->world, -1), 1024);
        heard = heard || strstr(session.trace, "server.ask(anyone there?)");
    }
    cr_expect(heard);
    server->on_say = NULL;
    settle(&session);
}

Test(world, comes_back_from_a_flood)
{
    unsigned handled = 0;
    int rc;

    for (unsigned i = 0; i < 5000; i++) {
        cr_assert_eq(meeple_rpc(a->object, MEEPLE_SERVER, ask, ""), 0);
    }
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    while ((rc = meeple_world_poll(server->world, 0)) > 0) {
        cr_expect_leq(rc, 1024);
        handled += (unsigned)rc;
        session.trace[0] = '\0';
        cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    }
    cr_expect_eq(handled, 5000);
}

Test(world, announces_later_what_found_the_queue_full)
{
    struct session small = {.limits = {.queue_bytes_max = 1000}};
    struct seat *client;
    meeple_object *object = NULL, *there = NULL;

    session_begin(&small, 1);
    client = &small.seats[1];
    for (unsigned i = 0; i < 4000; i++) {
        char path[250];

        snprintf(path, sizeof path, "a%0200u", i);
        cr_assert_eq(meeple_object_add(&object, small.seats[0].world, &session_class, path, NULL),
                     0);
    }
    cr_expect_not(meeple__announced(small.seats[0].world,
                                    meeple__world_remote(small.seats[0].world, id_of(client))));
    cr_assert_eq(meeple_object_add(&there, client->world, &session_class,
                                   meeple_object_path(object), client),
                 0);
    cr_expect_eq(meeple_rpc(object, id_of(client), tell, "waits"), 0);
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, tell, "behind it"), 0);
    cr_expect_eq(meeple_world_send(small.seats[0].world, MEEPLE_ALL,
                                   (meeple_bytes){(const uint8_t *)"raw", 3}),
                 0);
    cr_expect_eq(meeple_rpc(small.seats[0].object, MEEPLE_ALL, tell, "last"), 0);
    client->events = true;
    cr_expect_eq(meeple_world_poll(small.seats[0].world, -1), 0, "does not wait for ever");
    settle(&small);
    cr_expect_eq(meeple__world_remote(client->world, MEEPLE_SERVER)->objects.count, 4001);
    expect_refusals(&small, "");
    expect_trace(&small, "a.tell(waits) from server; a.tell(behind it) from server; "
                         "a: packet raw from server; a.tell(last) from server; ");
    session_end(&small);
}

/* It asks again when the net says that there is room, not every few milliseconds. */
Test(world, sleeps_while_a_queue_is_full)
{
    const meeple_limits limits = {.queue_bytes_max = 1000, .heartbeat_ms = UINT32_MAX};
    struct sim *sim = sim_new(NULL);
    meeple_world *world;
    meeple_object *object;
    meeple_net *net, *client;
    meeple_event event;
    uint64_t before_ms;
    char path[250];

    cr_assert_eq(meeple_net_listen(&net, &(meeple_listen_options){.port = 4000,
                                                                  .limits = limits,
                                                                  .io = sim_driver(sim, "s")}),
                 0);
    cr_assert_eq(meeple_world_new(&world, net, NULL), 0);
    cr_assert_eq(
        meeple_net_connect(&client, "ws://s:4000",
                           &(meeple_connect_options){.limits = limits, .io = sim_driver(sim, "a")}),
        0);
    while (!meeple_net_has_peer(client, MEEPLE_SERVER)) {
        cr_assert_geq(meeple_world_poll(world, 0), 0);
        cr_assert_geq(meeple_net_next(client, &event, 0), 0);
        sim_step(sim);
    }
    /* From here on the client takes no events. */
    for (unsigned i = 0; i < 500; i++) {
        snprintf(path, sizeof path, "a%0200u", i);
        cr_assert_eq(meeple_object_add(&object, world, &session_class, path, NULL), 0);
    }
    cr_assert_geq(meeple_world_poll(world, 0), 0);
    cr_expect_gt(meeple_net_queued(net, meeple_net_id(client)), 500);
    sim_step_until(sim, sim_now(sim) + 10000); /* also until the pool has shrunk */
    cr_assert_eq(meeple_world_poll(world, 0), 0);
    before_ms = sim_now(sim);
    cr_assert_eq(meeple_world_poll(world, 1000), 0);
    sim_step(sim);
    cr_expect_eq(sim_now(sim) - before_ms, 1000);
    meeple_net_free(client);
    meeple_world_free(world);
    sim_free(sim);
}

Test(world, tells_when_a_call_that_did_not_fit_will)
{
    struct session small = {.limits = {.queue_bytes_max = 1000}};
    const struct seat *teller;
    int32_t id;

    session_begin(&small, 1);
    teller = &small.seats[0];
    id = id_of(&small.seats[1]);
    while (meeple_rpc(teller->object, id, tell, "once more") == 0) {
    }
    cr_expect_eq(meeple_rpc(teller->object, id, tell, "once more"), MEEPLE_EFULL);
    settle(&small);
    small.trace[0] = '\0';
    small.seats[0].events = true;
    while (meeple_rpc(teller->object, id, tell, "again") == 0) {
    }
    while (meeple_world_poll(small.seats[1].world, 0) > 0) {
        small.trace[0] = '\0';
    }
    settle(&small);
    cr_expect_not_null(strstr(small.trace, "server: drained; "), "%s", small.trace);
    small.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(teller->object, id, tell, "now"), 0);
    expect_trace(&small, "a.tell(now) from server; ");
    session_end(&small);
}

/* An announcement that never fits would be tried for ever. */
Test(world, refuses_what_could_never_be_announced)
{
    struct session small = {.limits = {.queue_bytes_max = 200}};
    meeple_object *object;
    char path[200];

    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    session_server(&small);
    cr_expect_eq(
        meeple_object_add(&object, small.seats[0].world, &session_class, path, &small.seats[0]),
        MEEPLE_ETOOBIG);
    cr_expect_null(object);
    session_end(&small);
}

Test(world, takes_no_net_that_has_no_room_for_anything)
{
    meeple_world *world;
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, &(meeple_listen_options){.limits.queue_bytes_max = 30}),
                 0);
    cr_expect_eq(meeple_world_new(&world, net, NULL), MEEPLE_EINVAL);
    cr_expect_null(world);
}

/* Any one allocation of the world fails; nothing is lost, and the next poll goes on. */
static void play_with_failure(size_t n, size_t *calls)
{
    /* In an order that depends on who had to try again. */
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
        int rc = meeple_object_add(&seat->object, seat->world, &session_class, "game", seat);

        if (rc < 0) {
            cr_expect_eq(rc, MEEPLE_ENOMEM);
            cr_expect_null(seat->object);
            failures++;
            session_add(seat);
        }
    }
    for (unsigned round = 0; round < 20; round++) {
        int rc = meeple_world_poll(failing.seats[round % 2].world, 0);

        cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM, "%s", meeple_strerror(rc));
        failures += rc < 0;
    }
    for (size_t i = 0; i < 2; i++) {
        const struct seat *seat = &failing.seats[i];
        int rc = meeple_rpc(seat->object, MEEPLE_ALL, say, "x");

        if (rc < 0) {
            cr_expect_eq(rc, MEEPLE_ENOMEM);
            failures++;
            cr_expect_eq(meeple_rpc(seat->object, MEEPLE_ALL, say, "x"), 0);
        }
    }
    for (unsigned round = 0; round < 20; round++) {
        failures += meeple_world_poll(failing.seats[round % 2].world, 0) < 0;
    }
    cr_expect_leq(failures, 1);
    settle(&failing);
    cr_expect_eq(strlen(failing.trace),
                 strlen(ran[0]) + strlen(ran[1]) + strlen(ran[2]) + strlen(ran[3]));
    for (size_t i = 0; i < MEEPLE_COUNT(ran); i++) {
        cr_expect_not_null(strstr(failing.trace, ran[i]), "failing %zu: %s", n, failing.trace);
    }
    expect_refusals(&failing, "");
    *calls = counting.calls;
    session_end(&failing);
    cr_expect_eq(counting.live, 0);
}

Test(world, survives_the_failure_of_every_allocation)
{
    size_t calls = SIZE_MAX;

    for (size_t n = 1; n <= 80; n++) {
        play_with_failure(n, &calls);
    }
    cr_expect_lt(calls, 80, "all were failed");
}

Test(world, is_not_there_when_out_of_memory)
{
    struct counting_mem counting;
    meeple_world *world = NULL;
    meeple_net *net;

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    cr_expect_eq(meeple_world_new(&world, net, &(meeple_world_options){.mem = &counting.mem}),
                 MEEPLE_ENOMEM);
    cr_expect_null(world);
    cr_expect_eq(counting.live, 0);
}

Test(world, allocates_nothing_for_a_call_in_the_steady_state)
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
