/* test_godot3_crowd: a client at a server of Godot 3 that names as many peers as it may. */
#include <criterion/criterion.h>

#include <string.h>

#include <meeple/world.h>

#include "core/wire.h"
#include "tests/support/raw_peer.h"
#include "tests/support/ws_probe.h"

enum {
    PORT = 4000,
    CROWD = 65000,
    COME_AND_GO = 20000,
    AT_ONCE = 200, /* messages, which fit a queue */
    ADD = 1,
    DEL = 2,
    ID = 3
};

static struct sim *sim;
static struct raw_peer server;
static meeple_world *world;

static void pump(void)
{
    uint64_t until_ms = sim_now(sim) + 1;

    do {
        bool any = true;

        while (any) {
            any = meeple_world_poll(world, 0) > 0;
            any = raw_turn(&server) || any;
        }
    } while (sim_step_until(sim, until_ms));
}

static void say(uint8_t kind, uint32_t peer)
{
    static unsigned said;
    uint8_t bytes[13] = {kind, 1};

    meeple__write_u32(bytes + 9, peer);
    raw_send(&server, bytes, sizeof bytes, false);
    if (++said % AT_ONCE == 0) {
        pump();
    }
}

static size_t peers(void)
{
    return meeple_net_peers(meeple_world_net(world), NULL, 0);
}

static void begin(void)
{
    meeple_net *net;

    sim = sim_new(NULL);
    raw_listen(&server, sim, "s", PORT, NULL, true);
    cr_assert_eq(meeple_net_connect(&net, "ws://s:4000/",
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                              .io = sim_driver(sim, "c")}),
                 0);
    cr_assert_eq(meeple_world_new(&world, net, NULL), 0);
    for (unsigned i = 0; i < 20; i++) {
        pump();
    }
    say(ID, 7);
    say(ADD, 1);
    pump();
    cr_assert_eq(peers(), 1);
}

static void end(void)
{
    meeple_world_free(world);
    raw_done(&server);
    sim_free(sim);
}

/* The time is what would pass if each went past all others to its place: minutes. */
TestSuite(godot3_crowd, .init = begin, .fini = end, .timeout = 30);

Test(godot3_crowd, comes_and_goes_at_no_cost_in_any_order)
{
    for (uint32_t i = 0; i < CROWD; i++) {
        say(ADD, 100000 - i);
    }
    pump();
    cr_assert_eq(peers(), CROWD + 1);
    for (uint32_t i = 0; i < COME_AND_GO; i++) {
        say(ADD, 50);
        say(DEL, 50);
    }
    pump();
    cr_assert_eq(peers(), CROWD + 1);
}

#define NUMBER(ARG) ARG(int32_t, number)
MEEPLE_RPC(count, NUMBER)

static void run_never(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
    cr_assert_fail("ran");
}

static const meeple_method methods[] = {{count_rpc, run_never, MEEPLE_RPC_REMOTE}};
static const meeple_class node_class = {
    .name = "node", .methods = methods, .method_count = MEEPLE_COUNT(methods)};

/* Where the server first heard of a packet for that peer. */
static const char *heard_for(uint8_t peer)
{
    const uint8_t head[9] = {0, 7, 0, 0, 0, peer};
    char quoted[100];
    const char *at;

    probe_quote(quoted, sizeof quoted, head, sizeof head);
    at = strstr(server.told, quoted);
    cr_assert_not_null(at, "%s in %s", quoted, server.told);
    return at;
}

Test(godot3_crowd, is_called_in_the_order_of_ids)
{
    static const uint8_t came[] = {30, 10, 40, 20, 9}, called[] = {1, 9, 10, 20, 30, 40};
    meeple_object *object;

    for (size_t i = 0; i < sizeof came; i++) {
        say(ADD, came[i]);
    }
    pump();
    cr_assert_eq(meeple_object_add(&object, world, &node_class, "node", NULL), 0);
    cr_assert_eq(meeple_rpc(object, MEEPLE_ALL, count, 1), 0);
    pump();
    for (size_t i = 1; i < sizeof called; i++) {
        cr_expect_lt(heard_for(called[i - 1]), heard_for(called[i]), "%u", called[i]);
    }
}
