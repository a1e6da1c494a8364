/* test_heartbeat: pings where nothing is heard, the end where nothing answers, and round-trip
 * times. */
#include "transport/heartbeat.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/sim.h"
#include "tests/support/ws_probe.h"

#include <meeple/net.h>

enum {
    INTERVAL = 1000,
    MISSES = 2
};

static meeple__heartbeat_due due(const struct meeple__heartbeat *heartbeat, uint64_t now_ms)
{
    return meeple__heartbeat_due_now(heartbeat, now_ms, INTERVAL, MISSES);
}

Test(heartbeat, asks_when_nothing_was_heard_for_the_interval)
{
    struct meeple__heartbeat heartbeat;

    meeple__heartbeat_begin(&heartbeat, 500);
    cr_assert_eq(meeple__heartbeat_deadline(&heartbeat, INTERVAL), 1500);
    cr_assert_eq(due(&heartbeat, 1499), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, 1500), MEEPLE__HEARTBEAT_PING);
    meeple__heartbeat_heard(&heartbeat, 1400);
    cr_assert_eq(due(&heartbeat, 2399), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(meeple__heartbeat_deadline(&heartbeat, INTERVAL), 2400);
}

Test(heartbeat, gives_up_after_the_misses)
{
    struct meeple__heartbeat heartbeat;
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    meeple__heartbeat_begin(&heartbeat, 0);
    meeple__heartbeat_ping(&heartbeat, 1000, payload);
    cr_assert_eq(due(&heartbeat, 1999), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, 2000), MEEPLE__HEARTBEAT_PING);
    meeple__heartbeat_ping(&heartbeat, 2000, payload);
    cr_assert_eq(due(&heartbeat, 2999), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, 3000), MEEPLE__HEARTBEAT_DEAD);
    meeple__heartbeat_heard(&heartbeat, 2999);
    cr_assert_eq(due(&heartbeat, 3000), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, 3999), MEEPLE__HEARTBEAT_PING);
}

Test(heartbeat, waits_for_an_answer_only_once_the_ping_is_gone)
{
    struct meeple__heartbeat heartbeat;
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    meeple__heartbeat_begin(&heartbeat, 0);
    meeple__heartbeat_ping(&heartbeat, 1000, payload);
    meeple__heartbeat_moved(&heartbeat, 1800);
    cr_assert_eq(due(&heartbeat, 2799), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, 2800), MEEPLE__HEARTBEAT_PING);
}

Test(heartbeat, measures_the_answer_to_the_last_ping_only)
{
    struct meeple__heartbeat heartbeat;
    const uint8_t nothing[MEEPLE__HEARTBEAT_PAYLOAD] = {0};
    uint8_t first[MEEPLE__HEARTBEAT_PAYLOAD], second[MEEPLE__HEARTBEAT_PAYLOAD];
    meeple_bytes old = {first, sizeof first}, last = {second, sizeof second};

    meeple__heartbeat_begin(&heartbeat, 0);
    meeple__heartbeat_pong(&heartbeat, 5, (meeple_bytes){nothing, sizeof nothing});
    cr_assert_eq(heartbeat.samples, 0, "nobody was asked");
    meeple__heartbeat_ping(&heartbeat, 1000, first);
    meeple__heartbeat_ping(&heartbeat, 2000, second);
    meeple__heartbeat_pong(&heartbeat, 2050, old);
    meeple__heartbeat_pong(&heartbeat, 2050, (meeple_bytes){second, sizeof second - 1});
    cr_assert_eq(heartbeat.samples, 0);
    meeple__heartbeat_pong(&heartbeat, 2040, last);
    cr_assert_eq(heartbeat.samples, 1);
    cr_assert_eq(heartbeat.last_ms, 40);
    meeple__heartbeat_pong(&heartbeat, 2060, last);
    cr_assert_eq(heartbeat.samples, 1, "an answer counts once");
}

Test(heartbeat, smooths_what_it_measures)
{
    struct meeple__heartbeat heartbeat;
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    meeple__heartbeat_begin(&heartbeat, 0);
    for (uint64_t at = 1000; at < 101000; at += 1000) {
        meeple__heartbeat_ping(&heartbeat, at, payload);
        meeple__heartbeat_pong(&heartbeat, at + (at / 1000 % 2 ? 90 : 110),
                               (meeple_bytes){payload, sizeof payload});
    }
    cr_assert_eq(heartbeat.samples, 100);
    cr_assert(heartbeat.smooth_x8 / 8 >= 95 && heartbeat.smooth_x8 / 8 <= 105);
    cr_assert(heartbeat.jitter_x4 / 4 >= 7 && heartbeat.jitter_x4 / 4 <= 13);
}

Test(heartbeat, counts_in_milliseconds_of_any_size)
{
    const uint64_t late_ms = ((uint64_t)1 << 32) - 1000;
    struct meeple__heartbeat heartbeat;
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    meeple__heartbeat_begin(&heartbeat, late_ms);
    cr_assert_eq(due(&heartbeat, late_ms + 999), MEEPLE__HEARTBEAT_NOTHING);
    cr_assert_eq(due(&heartbeat, late_ms + 1000), MEEPLE__HEARTBEAT_PING);
    meeple__heartbeat_ping(&heartbeat, late_ms + 990, payload);
    meeple__heartbeat_pong(&heartbeat, late_ms + 1020, (meeple_bytes){payload, sizeof payload});
    cr_assert_eq(heartbeat.last_ms, 30);
}

Test(heartbeat, a_quiet_endpoint_pings_and_gives_up)
{
    static const bool roles[] = {false, true};

    for (size_t i = 0; i < 2; i++) {
        meeple_ws_options options = {.heartbeat_ms = 20000, .heartbeat_misses = 2};
        struct ws_probe probe;
        uint64_t began_ms;

        probe_init(&probe, roles[i], &options);
        probe_open(&probe);
        began_ms = probe.now_ms;
        for (unsigned beat = 1; beat <= 3; beat++) {
            cr_assert_eq(meeple_ws_deadline_ms(probe.ws), began_ms + beat * 20000u);
            probe_tick(&probe, began_ms + beat * 20000u);
        }
        cr_assert_eq(strncmp(probe.said, "ping ", 5), 0, "%s", probe.said);
        cr_assert_str_eq(probe.told, "closed 1006 unclean nothing was heard for too long\n");
        probe_done(&probe);
    }
}

/* A net server and a net client in a simulated network. */
struct pair {
    struct sim *sim;
    meeple_net *server, *client;
    uint64_t server_left_ms, client_down_ms; /* 0: not yet */
    uint16_t code;
};

static void take(struct pair *pair, meeple_net *net)
{
    meeple_event event;

    while (meeple_net_next(net, &event, 1000000) > 0) {
        if (event.type == MEEPLE_EVENT_LEAVE && net == pair->server) {
            pair->server_left_ms = sim_now(pair->sim);
            pair->code = event.code;
        } else if (event.type == MEEPLE_EVENT_DOWN) {
            pair->client_down_ms = sim_now(pair->sim);
        }
    }
}

static void pair_run(struct pair *pair, uint64_t until_ms)
{
    do {
        take(pair, pair->server);
        take(pair, pair->client);
    } while (sim_step_until(pair->sim, until_ms));
}

static void pair_start(struct pair *pair, const meeple_limits *limits)
{
    *pair = (struct pair){.sim = sim_new(&(struct sim_options){
                              .seed = 3, .latency_min_ms = 25, .latency_max_ms = 25})};
    cr_assert_eq(meeple_net_listen(&pair->server,
                                   &(meeple_listen_options){.port = 4000,
                                                            .limits = *limits,
                                                            .io = sim_driver(pair->sim, "server")}),
                 0);
    cr_assert_eq(meeple_net_connect(&pair->client, "ws://server:4000",
                                    &(meeple_connect_options){
                                        .limits = *limits, .io = sim_driver(pair->sim, "client")}),
                 0);
    pair_run(pair, sim_now(pair->sim) + 500);
    cr_assert(meeple_net_id(pair->client) > 1);
}

static void pair_done(struct pair *pair)
{
    meeple_net_free(pair->client);
    meeple_net_free(pair->server);
    sim_free(pair->sim);
}

Test(heartbeat, keeps_a_quiet_session_and_measures_it)
{
    struct pair pair;
    int32_t id;
    meeple_rtt rtt;

    pair_start(&pair, &(meeple_limits){0});
    id = meeple_net_id(pair.client);
    cr_assert_eq(meeple_net_rtt(pair.server, id).samples, 0);
    pair_run(&pair, sim_now(pair.sim) + 600000);
    cr_assert_eq(pair.server_left_ms, 0);
    cr_assert_eq(pair.client_down_ms, 0);
    rtt = meeple_net_rtt(pair.server, id);
    cr_assert(rtt.samples > 0 || meeple_net_rtt(pair.client, MEEPLE_SERVER).samples > 0);
    cr_assert_eq(meeple_net_ping(pair.server, id), 0);
    pair_run(&pair, sim_now(pair.sim) + 500);
    rtt = meeple_net_rtt(pair.server, id);
    cr_assert_eq(rtt.last_ms, 50);
    cr_assert_eq(rtt.smooth_ms, 50);
    cr_assert_eq(meeple_net_ping(pair.client, MEEPLE_SERVER), 0);
    pair_run(&pair, sim_now(pair.sim) + 500);
    cr_assert_eq(meeple_net_rtt(pair.client, MEEPLE_SERVER).last_ms, 50);
    cr_assert_eq(meeple_net_ping(pair.server, 77), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_rtt(pair.server, 77).samples, 0);
    pair_done(&pair);
}

Test(heartbeat, a_pulled_cable_is_noticed_on_both_sides)
{
    struct pair pair;
    uint64_t cut_ms;

    pair_start(&pair, &(meeple_limits){0});
    cut_ms = sim_now(pair.sim);
    sim_cut(pair.sim, "server", "client");
    pair_run(&pair, cut_ms + 100000);
    cr_assert(pair.server_left_ms > 0 && pair.server_left_ms <= cut_ms + 60000);
    cr_assert(pair.client_down_ms > 0 && pair.client_down_ms <= cut_ms + 60000);
    cr_assert_eq(pair.code, MEEPLE_CLOSE_ABNORMAL);
    cr_assert_eq(meeple_net_fault(pair.client).stage, MEEPLE_STAGE_TIMEOUT);
    pair_done(&pair);
}

/* As a game that shows how far the others are; the system takes its pings though nobody does. */
Test(heartbeat, a_pulled_cable_is_noticed_whoever_measures)
{
    struct pair pair;
    uint64_t cut_ms;
    int32_t id;

    pair_start(&pair, &(meeple_limits){0});
    id = meeple_net_id(pair.client);
    cut_ms = sim_now(pair.sim);
    sim_cut(pair.sim, "server", "client");
    while (sim_now(pair.sim) < cut_ms + 100000) {
        (void)meeple_net_ping(pair.server, id);
        (void)meeple_net_ping(pair.client, MEEPLE_SERVER);
        pair_run(&pair, sim_now(pair.sim) + 1000);
    }
    cr_assert(pair.server_left_ms > 0 && pair.server_left_ms <= cut_ms + 60000);
    cr_assert(pair.client_down_ms > 0 && pair.client_down_ms <= cut_ms + 60000);
    pair_done(&pair);
}

Test(heartbeat, measuring_is_no_miss)
{
    struct meeple__heartbeat heartbeat;
    uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD];

    meeple__heartbeat_begin(&heartbeat, 0);
    for (unsigned i = 0; i < 10; i++) {
        meeple__heartbeat_measure(&heartbeat, 500 + i, payload);
    }
    cr_assert_eq(meeple__heartbeat_deadline(&heartbeat, INTERVAL), 1000);
    cr_assert_eq(due(&heartbeat, 1000), MEEPLE__HEARTBEAT_PING);
    meeple__heartbeat_ping(&heartbeat, 1000, payload);
    meeple__heartbeat_measure(&heartbeat, 1999, payload);
    cr_assert_eq(due(&heartbeat, 2000), MEEPLE__HEARTBEAT_PING);
    meeple__heartbeat_ping(&heartbeat, 2000, payload);
    meeple__heartbeat_measure(&heartbeat, 2999, payload);
    cr_assert_eq(due(&heartbeat, 3000), MEEPLE__HEARTBEAT_DEAD);
    meeple__heartbeat_pong(&heartbeat, 3004, (meeple_bytes){payload, sizeof payload});
    cr_assert_eq(heartbeat.last_ms, 5);
}

Test(heartbeat, measures_through_a_queue_that_has_room)
{
    static const uint8_t bytes[60000];
    meeple_bytes packet = {bytes, sizeof bytes};
    struct pair pair;
    int32_t id;

    pair_start(&pair, &(meeple_limits){.queue_bytes_max = 100000});
    id = meeple_net_id(pair.client);
    sim_cut(pair.sim, "server", "client");
    while (meeple_net_send(pair.server, id, packet) == 0) {
    }
    while (meeple_net_send(pair.client, MEEPLE_SERVER, packet) == 0) {
    }
    for (unsigned i = 0; i < 10000; i++) {
        (void)meeple_net_ping(pair.server, id);
        (void)meeple_net_ping(pair.client, MEEPLE_SERVER);
    }
    cr_assert_eq(meeple_net_ping(pair.server, id), MEEPLE_EFULL);
    cr_assert_eq(meeple_net_ping(pair.client, MEEPLE_SERVER), MEEPLE_EFULL);
    cr_assert_leq(meeple_net_queued(pair.server, id), 100000);
    cr_assert_leq(meeple_net_queued(pair.client, MEEPLE_SERVER), 100000);
    pair_done(&pair);
}

Test(heartbeat, may_be_faster_or_off)
{
    struct pair pair;
    uint64_t cut_ms;

    pair_start(&pair, &(meeple_limits){.heartbeat_ms = 100, .heartbeat_misses = 1});
    cut_ms = sim_now(pair.sim);
    sim_cut(pair.sim, "server", "client");
    pair_run(&pair, cut_ms + 1000);
    cr_assert(pair.server_left_ms > 0 && pair.server_left_ms <= cut_ms + 200);
    cr_assert(pair.client_down_ms > 0 && pair.client_down_ms <= cut_ms + 200);
    pair_done(&pair);

    pair_start(&pair, &(meeple_limits){.heartbeat_ms = UINT32_MAX});
    sim_cut(pair.sim, "server", "client");
    pair_run(&pair, sim_now(pair.sim) + 10000000);
    cr_assert_eq(pair.server_left_ms, 0);
    cr_assert_eq(pair.client_down_ms, 0);
    pair_done(&pair);
}
