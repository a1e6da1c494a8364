/* test_net_steady: what a session that goes on asks of the allocator: nothing. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/sim.h"

enum {
    CLIENTS = 4,
    NETS = 1 + CLIENTS,
    BURST = 16,
    LEN = 64,
    WARM = 10, /* rounds until every pool has what a round takes */
    ROUNDS = 50,
    PATIENCE = 5000 /* turns without anything, of a millisecond where there are sockets */
};

/* A server, seat 0, and its clients, over whatever the driver is. */
struct steady {
    struct counting_mem mem;
    const meeple_io_driver *io; /* NULL: none, or a sim's */
    struct sim *sim;
    meeple_dialect dialect;
    meeple_net *nets[NETS];
    bool echoes; /* the server gives back what it gets */
    size_t joins, packets;
};

static const uint8_t payload[1000];

static void take(struct steady *steady, meeple_net *net, const meeple_event *event)
{
    steady->joins += event->type == MEEPLE_EVENT_JOIN;
    steady->packets += event->type == MEEPLE_EVENT_PACKET;
    cr_assert_neq(event->type, MEEPLE_EVENT_LEAVE, "%s", event->reason);
    cr_assert_neq(event->type, MEEPLE_EVENT_DOWN, "%s", meeple_net_fault(net).text);
    if (event->type == MEEPLE_EVENT_PACKET && net == steady->nets[0] && steady->echoes) {
        int rc = event->text ? meeple_net_send_utf8(net, event->peer, event->data)
                             : meeple_net_send(net, event->peer, event->data);

        cr_assert_eq(rc, 0);
    }
}

/* Everybody takes what there is, until the counter has that value. */
static void run(struct steady *steady, const size_t *counter, size_t want)
{
    for (unsigned idle = 0; *counter < want; idle++) {
        cr_assert_lt(idle, PATIENCE, "%zu of %zu came", *counter, want);
        for (size_t i = 0; i < NETS && steady->nets[i]; i++) {
            meeple_event event;

            while (meeple_net_next(steady->nets[i], &event, steady->io && idle > 2 ? 1 : 0) > 0) {
                take(steady, steady->nets[i], &event);
                idle = 0;
            }
        }
        if (steady->sim) {
            sim_step(steady->sim);
        }
    }
    cr_assert_eq(*counter, want);
}

static void open_client(struct steady *steady, size_t i)
{
    static const char *const hosts[NETS] = {"server", "a", "b", "c", "d"};
    meeple_connect_options options = {
        .dialect = steady->dialect, .mem = &steady->mem.mem, .io = steady->io};
    char url[60] = "ws://server:4000";

    if (steady->sim) {
        options.io = sim_driver(steady->sim, hosts[i]);
    } else if (steady->io) {
        snprintf(url, sizeof url, "ws://127.0.0.1:%u", (unsigned)meeple_net_port(steady->nets[0]));
    }
    cr_assert_eq(steady->io || steady->sim
                     ? meeple_net_connect(&steady->nets[i], url, &options)
                     : meeple_net_join(&steady->nets[i], steady->nets[0], &options),
                 0);
}

static void start(struct steady *steady)
{
    /* What is asked of this machine is not held against its speed. */
    const meeple_limits limits = {.messages_per_second_max = UINT32_MAX,
                                  .bytes_per_second_max = UINT32_MAX};
    meeple_listen_options options = {.host = "127.0.0.1",
                                     .dialect = steady->dialect,
                                     .limits = limits,
                                     .mem = &steady->mem.mem,
                                     .io = steady->io};

    counting_mem_init(&steady->mem);
    if (steady->sim) {
        options.port = 4000;
        options.io = sim_driver(steady->sim, "server");
    }
    cr_assert_eq(steady->io || steady->sim ? meeple_net_listen(&steady->nets[0], &options)
                                           : meeple_net_loopback(&steady->nets[0], &options),
                 0);
    for (size_t i = 1; i < NETS; i++) {
        /* Each sees the server, and but for the plain dialect all see each other. */
        size_t joins = steady->dialect != MEEPLE_DIALECT_PLAIN ? i * (i + 1) : 2 * i;

        open_client(steady, i);
        run(steady, &steady->joins, joins);
    }
}

static void done(struct steady *steady)
{
    for (size_t i = NETS; i-- > 0;) {
        meeple_net_free(steady->nets[i]);
    }
    cr_expect_eq(steady->mem.live, 0);
    if (steady->sim) {
        sim_free(steady->sim);
    }
}

/* From one net, and all of it arrives. */
static void say(struct steady *steady, meeple_net *net, int32_t to, size_t len, size_t arrivals)
{
    for (size_t i = 0; i < BURST; i++) {
        meeple_bytes bytes = {payload, len};

        cr_assert_eq(i % 2 ? meeple_net_send(net, to, bytes) : meeple_net_send_utf8(net, to, bytes),
                     0);
    }
    run(steady, &steady->packets, steady->packets + BURST * arrivals);
}

static void play_round(struct steady *steady)
{
    meeple_net *server = steady->nets[0];

    steady->echoes = true;
    for (size_t i = 1; i < NETS; i++) {
        say(steady, steady->nets[i], MEEPLE_SERVER, LEN, 2);
        say(steady, steady->nets[i], MEEPLE_SERVER, sizeof payload, 2);
        cr_assert_eq(meeple_net_ping(steady->nets[i], MEEPLE_SERVER), 0);
    }
    steady->echoes = false;
    say(steady, server, MEEPLE_ALL, LEN, CLIENTS);
    say(steady, server, MEEPLE_ALL, sizeof payload, CLIENTS);
    if (steady->dialect != MEEPLE_DIALECT_PLAIN) {
        int32_t second = meeple_net_id(steady->nets[2]);

        say(steady, server, MEEPLE_EXCEPT(second), LEN, CLIENTS - 1);
        say(steady, steady->nets[1], MEEPLE_ALL, LEN, CLIENTS);
        say(steady, steady->nets[1], second, LEN, 1);
        say(steady, steady->nets[1], MEEPLE_EXCEPT(MEEPLE_SERVER), LEN, CLIENTS - 1);
    }
}

static void costs_no_allocation(struct steady *steady)
{
    size_t calls;

    start(steady);
    for (unsigned i = 0; i < WARM; i++) {
        play_round(steady);
    }
    calls = steady->mem.calls;
    for (unsigned i = 0; i < ROUNDS; i++) {
        play_round(steady);
    }
    cr_expect_eq(steady->mem.calls - calls, 0, "%zu allocations", steady->mem.calls - calls);
    done(steady);
}

EACH_DRIVER(net_steady, costs_no_allocation_over_sockets)
{
    costs_no_allocation(&(struct steady){.io = driver, .dialect = MEEPLE_DIALECT_NATIVE});
    costs_no_allocation(&(struct steady){.io = driver, .dialect = MEEPLE_DIALECT_PLAIN});
    costs_no_allocation(&(struct steady){.io = driver, .dialect = MEEPLE_DIALECT_GODOT3});
}

Test(net_steady, costs_no_allocation_over_loopback)
{
    costs_no_allocation(&(struct steady){.dialect = MEEPLE_DIALECT_NATIVE});
    costs_no_allocation(&(struct steady){.dialect = MEEPLE_DIALECT_GODOT3});
}

Test(net_steady, costs_no_allocation_in_a_network_with_delays)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const struct sim_options weather = {
            .seed = seed, .latency_min_ms = 1, .latency_max_ms = 40};

        costs_no_allocation(
            &(struct steady){.sim = sim_new(&weather), .dialect = MEEPLE_DIALECT_NATIVE});
    }
}
