/* test_rhythm: fields that are told at most, or always, once in so many milliseconds. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/support/sim.h"

struct ship {
    int32_t x, y;    /* every 100 ms */
    int32_t hp;      /* at once */
    uint8_t beacon;  /* always, every 250 ms */
    int32_t course;  /* every 1000 ms */
    bool always_now; /* in each poll; only in a class of its own */
};

static const meeple_field ship_fields[] = {
    MEEPLE_STATE(struct ship, x, .interval_ms = 100),
    MEEPLE_STATE(struct ship, y, .interval_ms = 100),
    MEEPLE_STATE(struct ship, hp, .max = 50),
    MEEPLE_STATE(struct ship, course, .interval_ms = 1000),
};
static const meeple_field buoy_fields[] = {
    MEEPLE_STATE(struct ship, hp),
    MEEPLE_STATE(struct ship, beacon, .flags = MEEPLE_ALWAYS, .interval_ms = 250),
};
static const meeple_field radar_fields[] = {
    MEEPLE_STATE(struct ship, hp),
    MEEPLE_STATE(struct ship, always_now, .flags = MEEPLE_ALWAYS),
};

static struct game {
    struct sim *sim; /* NULL: a loopback */
    meeple_world *server, *client;
    uint64_t began_ms;
    char trace[8192];
} game;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
    size_t len = strlen(game.trace);
    va_list args;

    va_start(args, format);
    vsnprintf(game.trace + len, sizeof game.trace - len, format, args);
    va_end(args);
}

static void ready(void *self, meeple_object *object)
{
    (void)self;
    note("%s ready; ", meeple_object_world(object) == game.server ? "server" : "client");
}

/* What the client is told, and when. */
static void changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct ship *ship = self;

    if (meeple_object_world(object) != game.client) {
        return;
    }
    note("%" PRIu64 ":", game.sim ? sim_now(game.sim) - game.began_ms : 0);
    if (MEEPLE_CHANGED(changes, struct ship, x)) {
        note(" x=%" PRId32, ship->x);
    }
    if (MEEPLE_CHANGED(changes, struct ship, y)) {
        note(" y=%" PRId32, ship->y);
    }
    if (MEEPLE_CHANGED(changes, struct ship, hp)) {
        note(" hp=%" PRId32, ship->hp);
    }
    if (MEEPLE_CHANGED(changes, struct ship, course)) {
        note(" course=%" PRId32, ship->course);
    }
    if (MEEPLE_CHANGED(changes, struct ship, beacon)) {
        note(" beacon=%u", (unsigned)ship->beacon);
    }
    if (MEEPLE_CHANGED(changes, struct ship, always_now)) {
        note(" always");
    }
    note("; ");
}

#define PING(ARG) ARG(int32_t, number)
MEEPLE_RPC(ping, PING)
MEEPLE_ANSWERS(struct ship, ping)
static void on_ping(struct ship *ship, const struct ping *arg, const meeple_call *call)
{
    (void)call;
    note("ping %" PRId32 " at %" PRId32 "; ", arg->number, ship->x);
}

static const meeple_method methods[] = {MEEPLE_METHOD(ping, MEEPLE_RPC_REMOTE)};

#define STATE(fields_, ...)                                                                        \
    {                                                                                              \
        .fields = fields_, .field_count = MEEPLE_COUNT(fields_), .size = sizeof(struct ship),      \
        .on_ready = ready, .on_changed = changed, __VA_ARGS__                                      \
    }
static const meeple_state ship_state = STATE(ship_fields, .dies_with_master = false);
static const meeple_state quiet_state = STATE(ship_fields, .touched_only = true);
static const meeple_state buoy_state = STATE(buoy_fields, .dies_with_master = false);
static const meeple_state radar_state = STATE(radar_fields, .dies_with_master = false);
static const meeple_class ship_class = {
    .name = "ship", .methods = methods, .method_count = 1, .state = &ship_state};
static const meeple_class quiet_class = {.name = "quiet", .state = &quiet_state};
static const meeple_class buoy_class = {.name = "buoy", .state = &buoy_state};
static const meeple_class radar_class = {.name = "radar", .state = &radar_state};
static const meeple_class *const classes[] = {&ship_class, &quiet_class, &buoy_class, &radar_class,
                                              NULL};

static struct ship ship = {.hp = 10};
static meeple_object *object;

/* As somebody else's loop does: as long as the world says so, and then when it said. */
static void poll_due(meeple_world *world)
{
    unsigned polls = 0;
    int wait_ms, rc;

    do {
        wait_ms = meeple_world_wait_ms(world);
        rc = meeple_world_poll(world, wait_ms);
        cr_assert_geq(rc, 0);
        cr_assert_lt(++polls, 100, "always due");
    } while (rc > 0 || wait_ms == 0);
}

static void run_until(uint64_t ms)
{
    do {
        for (int i = 0; i < 2; i++) { /* what one has sent at once, the other has at once */
            poll_due(game.server);
            poll_due(game.client);
        }
    } while (sim_step_until(game.sim, game.began_ms + ms));
}

static void expect_trace(const char *expected)
{
    cr_expect_str_eq(game.trace, expected);
    game.trace[0] = '\0';
}

static void begin(const meeple_class *cls)
{
    const meeple_world_options options = {.classes = classes};
    meeple_net *net;

    game.sim = sim_new(&(struct sim_options){.seed = 1});
    cr_assert_eq(
        meeple_net_listen(
            &net, &(meeple_listen_options){.port = 4000, .io = sim_driver(game.sim, "server")}),
        0);
    cr_assert_eq(meeple_world_new(&game.server, net, &options), 0);
    cr_assert_eq(
        meeple_net_connect(&net, "ws://server:4000",
                           &(meeple_connect_options){.io = sim_driver(game.sim, "client")}),
        0);
    cr_assert_eq(meeple_world_new(&game.client, net, &options), 0);
    game.began_ms = sim_now(game.sim);
    run_until(1000);
    cr_assert_eq(meeple_object_spawn(&object, game.server, cls, "it", &ship), 0);
    game.began_ms = sim_now(game.sim);
    run_until(0);
    expect_trace("server ready; client ready; ");
}

static void end(void)
{
    meeple_world_free(game.client);
    meeple_world_free(game.server);
    sim_free(game.sim);
}

static struct ship *there(const meeple_class *cls)
{
    return meeple_object_find(game.client, cls, "it");
}

Test(rhythm, a_field_is_told_once_in_its_interval_with_the_value_it_has_then)
{
    begin(&ship_class);
    for (int32_t i = 1; i <= 25; i++) {
        run_until((uint64_t)i * 10 - 1);
        ship.x = ship.y = i;
    }
    run_until(5000);
    expect_trace("100: x=10 y=10; 200: x=20 y=20; 300: x=25 y=25; ");
    cr_expect_eq(meeple_world_state_stats(game.server).batches, 4);
    end();
}

Test(rhythm, the_first_change_after_a_rest_is_told_at_once)
{
    begin(&ship_class);
    run_until(555);
    ship.x = 1;
    run_until(560);
    ship.x = 2;
    run_until(2000);
    expect_trace("555: x=1; 655: x=2; ");
    end();
}

Test(rhythm, what_has_no_interval_does_not_wait_for_what_has)
{
    begin(&ship_class);
    run_until(10);
    ship.x = 1, ship.hp = 11;
    run_until(20);
    ship.hp = 12;
    run_until(30);
    ship.x = 2, ship.hp = 12;
    run_until(400);
    expect_trace("10: hp=11; 20: hp=12; 100: x=2; ");
    end();
}

Test(rhythm, other_intervals_are_kept_apart)
{
    begin(&ship_class);
    run_until(50);
    ship.x = 1, ship.course = 1;
    run_until(5000);
    expect_trace("100: x=1; 1000: course=1; ");
    end();
}

Test(rhythm, a_change_that_was_taken_back_is_not_told)
{
    begin(&ship_class);
    run_until(10);
    ship.x = 1;
    run_until(20);
    ship.x = 0;
    run_until(3000);
    expect_trace("");
    cr_expect_gt(meeple_world_wait_ms(game.server), 100, "nothing waits any more");
    end();
}

Test(rhythm, the_world_says_when_it_is_time)
{
    begin(&ship_class);
    run_until(40);
    ship.x = 1;
    cr_expect_eq(meeple_world_wait_ms(game.server), 0, "somebody has to look");
    run_until(40);
    cr_expect_eq(meeple_world_wait_ms(game.server), 60);
    run_until(70);
    cr_expect_eq(meeple_world_wait_ms(game.server), 30);
    ship.y = 1;
    cr_expect_eq(meeple_world_wait_ms(game.server), 30);
    run_until(100);
    expect_trace("100: x=1 y=1; ");
    end();
}

Test(rhythm, a_call_does_not_hurry_it)
{
    begin(&ship_class);
    run_until(10);
    ship.x = 7, ship.hp = 11;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, ping, 1), 0);
    run_until(300);
    expect_trace("10: hp=11; ping 1 at 0; 100: x=7; ");
    end();
}

Test(rhythm, a_value_out_of_its_bounds_holds_nothing_up)
{
    begin(&ship_class);
    run_until(10);
    ship.x = 7, ship.hp = 51;
    run_until(500);
    expect_trace("100: x=7; ");
    ship.hp = 50;
    run_until(600);
    expect_trace("500: hp=50; ");
    end();
}

Test(rhythm, one_touch_is_enough_for_a_value_that_waits)
{
    begin(&quiet_class);
    run_until(10);
    ship.x = 1;
    cr_expect_eq(meeple_object_touch(object), 0);
    run_until(20);
    ship.x = 2;
    run_until(1000);
    expect_trace("100: x=2; ");
    end();
}

Test(rhythm, what_waits_is_told_before_another_becomes_the_master)
{
    int32_t peer;

    begin(&ship_class);
    cr_assert_eq(meeple_net_peers(meeple_world_net(game.server), &peer, 1), 1);
    run_until(10);
    ship.x = 7;
    run_until(20);
    cr_expect_eq(meeple_object_hand_over(object, peer), 0);
    run_until(20);
    expect_trace("20: x=7; ");
    /* Whose interval is its own. */
    there(&ship_class)->x = 8;
    run_until(30);
    cr_expect_eq(ship.x, 8);
    there(&ship_class)->x = 9;
    run_until(119);
    cr_expect_eq(ship.x, 8);
    run_until(120);
    cr_expect_eq(ship.x, 9);
    /* The server's word overwrites what it has not told yet. */
    there(&ship_class)->x = 10;
    run_until(130);
    cr_expect_eq(meeple_object_hand_over(object, MEEPLE_SERVER), 0);
    run_until(1000);
    cr_expect_eq(ship.x, 9);
    cr_expect_eq(there(&ship_class)->x, 9);
    end();
}

Test(rhythm, is_removed_while_something_waits)
{
    begin(&ship_class);
    run_until(10);
    ship.x = 7;
    run_until(20);
    meeple_object_remove(object);
    run_until(1000);
    expect_trace("");
    end();
}

Test(rhythm, what_is_told_always_is_told_though_it_rests)
{
    uint64_t packets;

    begin(&buoy_class);
    run_until(600);
    expect_trace("250: beacon=0; 500: beacon=0; ");
    ship.beacon = 3;
    run_until(800);
    expect_trace("750: beacon=3; ");
    packets = meeple_world_state_stats(game.server).packets;
    run_until(1750);
    cr_expect_eq(meeple_world_state_stats(game.server).packets, packets + 4);
    expect_trace("1000: beacon=3; 1250: beacon=3; 1500: beacon=3; 1750: beacon=3; ");
    end();
}

Test(rhythm, what_is_told_always_is_told_by_its_master)
{
    int32_t peer;

    begin(&buoy_class);
    cr_assert_eq(meeple_net_peers(meeple_world_net(game.server), &peer, 1), 1);
    cr_expect_eq(meeple_object_hand_over(object, peer), 0);
    run_until(0);
    game.trace[0] = '\0';
    there(&buoy_class)->beacon = 9;
    run_until(500);
    expect_trace("250: beacon=9; 500: beacon=9; ");
    cr_expect_eq(ship.beacon, 9);
    end();
}

Test(rhythm, without_an_interval_it_is_told_in_each_poll)
{
    struct ship radar = {0};
    meeple_object *other;
    uint64_t batches;

    begin(&ship_class);
    cr_assert_eq(meeple_object_spawn(&other, game.server, &radar_class, "radar", &radar), 0);
    cr_assert_geq(meeple_world_poll(game.server, 0), 0);
    batches = meeple_world_state_stats(game.server).batches;
    for (uint64_t i = 1; i <= 3; i++) {
        cr_assert_geq(meeple_world_poll(game.server, 0), 0);
        cr_expect_eq(meeple_world_state_stats(game.server).batches, batches + i);
    }
    cr_expect_neq(meeple_world_wait_ms(game.server), 0, "nothing is due for it");
    end();
}

/* Without a clock each interval has passed. */
Test(rhythm, a_loopback_has_no_intervals)
{
    const meeple_world_options options = {.classes = classes};
    struct ship buoy = {0};
    meeple_object *other;
    meeple_net *net, *joined;

    cr_assert_eq(meeple_net_loopback(&net, NULL), 0);
    cr_assert_eq(meeple_net_join(&joined, net, NULL), 0);
    cr_assert_eq(meeple_world_new(&game.server, net, &options), 0);
    cr_assert_eq(meeple_world_new(&game.client, joined, &options), 0);
    cr_assert_eq(meeple_object_spawn(&object, game.server, &ship_class, "it", &ship), 0);
    for (int i = 0; i < 10; i++) {
        cr_assert_geq(meeple_world_poll(i % 2 ? game.client : game.server, 0), 0);
    }
    game.trace[0] = '\0';
    for (int32_t i = 1; i <= 3; i++) {
        ship.x = i;
        cr_assert_geq(meeple_world_poll(game.server, 0), 0);
        cr_assert_geq(meeple_world_poll(game.client, 0), 0);
    }
    expect_trace("0: x=1; 0: x=2; 0: x=3; ");
    cr_assert_eq(meeple_object_spawn(&other, game.server, &buoy_class, "buoy", &buoy), 0);
    for (int i = 0; i < 3; i++) {
        cr_assert_geq(meeple_world_poll(game.server, 0), 0);
        cr_assert_geq(meeple_world_poll(game.client, 0), 0);
    }
    expect_trace("server ready; client ready; 0: beacon=0; 0: beacon=0; ");
    meeple_world_free(game.client);
    meeple_world_free(game.server);
}

Test(rhythm, whoever_comes_is_told_what_is)
{
    const meeple_world_options options = {.classes = classes};
    const struct ship *late;
    meeple_world *joiner;
    meeple_net *net;

    begin(&ship_class);
    run_until(10);
    ship.course = 5;
    run_until(20);
    cr_assert_eq(meeple_net_connect(&net, "ws://server:4000",
                                    &(meeple_connect_options){.io = sim_driver(game.sim, "late")}),
                 0);
    cr_assert_eq(meeple_world_new(&joiner, net, &options), 0);
    for (uint64_t ms = 21; ms <= 60; ms++) {
        run_until(ms);
        cr_assert_geq(meeple_world_poll(joiner, 0), 0);
    }
    late = meeple_object_find(joiner, &ship_class, "it");
    cr_assert_not_null(late);
    cr_expect_eq(late->course, 5);
    cr_expect_eq(there(&ship_class)->course, 5, "as is everybody else");
    meeple_world_free(joiner);
    end();
}

Test(rhythm, whoever_begins_to_see_it_is_told_what_is)
{
    int32_t peer;

    begin(&ship_class);
    cr_assert_eq(meeple_net_peers(meeple_world_net(game.server), &peer, 1), 1);
    cr_expect_eq(meeple_object_show(object, peer, false), 0);
    ship.course = 5;
    run_until(1100);
    ship.course = 6;
    run_until(1101);
    ship.course = 7;
    run_until(1102);
    cr_expect_eq(meeple_object_show(object, peer, true), 0);
    run_until(1102);
    cr_assert_not_null(there(&ship_class));
    cr_expect_eq(there(&ship_class)->course, 7);
    end();
}
