/* test_net_deflate: sessions that compress: what was agreed, what goes smaller, what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include <meeple/net.h>

#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"
#include "tests/support/sim.h"
#include "tests/support/ws_probe.h"

enum {
    CLIENTS = 2
};

struct world {
    struct sim *sim;
    meeple_net *nets[CLIENTS + 1]; /* the server first */
    uint32_t hashes[CLIENTS + 1];  /* of what it received, in order for each sender */
    size_t packets[CLIENTS + 1];
    char reason[128];
    uint16_t code;
};

static uint32_t mix(uint32_t hash, const meeple_event *event)
{
    for (size_t i = 0; i < event->data.len; i++) {
        hash = (hash ^ event->data.ptr[i]) * 16777619U;
    }
    return hash * 31 + (uint32_t)event->data.len + event->text;
}

static void take(struct world *world, size_t seat)
{
    meeple_event event;

    while (world->nets[seat] && meeple_net_next(world->nets[seat], &event, 1000) > 0) {
        if (event.type == MEEPLE_EVENT_PACKET) {
            world->packets[seat]++;
            world->hashes[seat] += mix(2166136261U, &event);
        } else if (event.type == MEEPLE_EVENT_LEAVE && seat == 0) {
            world->code = event.code;
            snprintf(world->reason, sizeof world->reason, "%s", event.reason);
        }
    }
}

static void run(struct world *world, uint64_t ms)
{
    uint64_t until_ms = sim_now(world->sim) + ms;

    do {
        for (size_t i = 0; i <= CLIENTS; i++) {
            take(world, i);
        }
    } while (sim_step_until(world->sim, until_ms));
}

/* mem: the server's. */
static void start_with(struct world *world, uint64_t seed, const meeple_deflate_options *server,
                       const meeple_deflate_options *client, const meeple_mem *mem)
{
    *world = (struct world){
        .sim = sim_new(&(struct sim_options){
            .seed = seed, .latency_max_ms = 20, .chop = seed % 2, .stutter = seed % 3 == 0})};
    cr_assert_eq(meeple_net_listen(&world->nets[0],
                                   &(meeple_listen_options){.port = 4000,
                                                            .deflate = *server,
                                                            .mem = mem,
                                                            .io = sim_driver(world->sim, "s")}),
                 0);
    for (size_t i = 1; i <= CLIENTS; i++) {
        cr_assert_eq(meeple_net_connect(
                         &world->nets[i], "ws://s:4000",
                         &(meeple_connect_options){
                             .deflate = *client, .io = sim_driver(world->sim, i == 1 ? "a" : "b")}),
                     0);
    }
    run(world, 3000);
    cr_assert_eq(meeple_net_peers(world->nets[0], NULL, 0), CLIENTS);
}

static void start(struct world *world, uint64_t seed, const meeple_deflate_options *server,
                  const meeple_deflate_options *client)
{
    start_with(world, seed, server, client, NULL);
}

static void stop(struct world *world)
{
    for (size_t i = 0; i <= CLIENTS; i++) {
        meeple_net_free(world->nets[i]);
    }
    sim_free(world->sim);
}

/* What every seat sends to all others: alike and unlike, short and long. */
static void talk(struct world *world, struct prng *prng, size_t rounds)
{
    static uint8_t bytes[9000];

    for (size_t round = 0; round < rounds; round++) {
        for (size_t seat = 0; seat <= CLIENTS; seat++) {
            size_t len = (size_t)prng_below(prng, prng_below(prng, 3) ? 300 : sizeof bytes);

            if (prng_below(prng, 2)) {
                prng_fill(prng, bytes, len);
            } else {
                for (size_t i = 0; i < len; i++) {
                    bytes[i] = (uint8_t)("a state like the last one "[i % 26]);
                }
            }
            cr_assert_eq(meeple_net_send(world->nets[seat], MEEPLE_ALL, (meeple_bytes){bytes, len}),
                         0);
        }
        run(world, prng_below(prng, 40));
    }
    run(world, 60000);
}

Test(net_deflate, everything_arrives_whatever_was_agreed)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct prng prng = {seed};
        meeple_deflate_options both[2];
        struct world world, plain;
        struct prng again;

        for (size_t i = 0; i < 2; i++) {
            both[i] = (meeple_deflate_options){
                .enabled = prng_below(&prng, 4) > 0,
                .server_no_context_takeover = prng_below(&prng, 2),
                .client_no_context_takeover = prng_below(&prng, 2),
                .server_max_window_bits =
                    (uint8_t)(prng_below(&prng, 2) ? 0 : 9 + prng_below(&prng, 7)),
                .client_max_window_bits =
                    (uint8_t)(prng_below(&prng, 2) ? 0 : 9 + prng_below(&prng, 7)),
                .level = (uint8_t)prng_below(&prng, 10),
                .threshold_bytes = (size_t)prng_below(&prng, 200),
            };
        }
        again = prng;
        start(&world, seed, &both[0], &both[1]);
        talk(&world, &prng, 10);
        start(&plain, seed, &(meeple_deflate_options){0}, &(meeple_deflate_options){0});
        talk(&plain, &again, 10);
        for (size_t i = 0; i <= CLIENTS; i++) {
            cr_assert_eq(world.packets[i], 10 * CLIENTS, "seed %u", (unsigned)seed);
            cr_assert_eq(world.hashes[i], plain.hashes[i], "seed %u", (unsigned)seed);
        }
        stop(&world);
        stop(&plain);
    }
}

/* Bytes that the server sends for a hundred states. */
static uint64_t cost(bool deflate, bool compress, bool broadcast)
{
    static const char state[] =
        "{\"players\":[{\"name\":\"Ann\",\"x\":10,\"y\":20},"
        "{\"name\":\"Bob\",\"x\":12,\"y\":21},{\"name\":\"Cleo\",\"x\":19,\"y\":2}]}";
    meeple_deflate_options options = {.enabled = deflate};
    struct world world;
    uint64_t before;

    start(&world, 2, &options, &options);
    meeple_net_compress(world.nets[0], compress);
    before = meeple_net_stats(world.nets[0]).bytes_out;
    for (unsigned i = 0; i < 100; i++) {
        int32_t ids[CLIENTS];

        meeple_net_peers(world.nets[0], ids, CLIENTS);
        for (unsigned k = 0; k < (broadcast ? 1 : CLIENTS); k++) {
            cr_assert_eq(meeple_net_send(world.nets[0], broadcast ? MEEPLE_ALL : ids[k],
                                         (meeple_bytes){(const uint8_t *)state, sizeof state}),
                         0);
        }
        run(&world, 1);
    }
    run(&world, 1000);
    before = meeple_net_stats(world.nets[0]).bytes_out - before;
    cr_assert_eq(world.packets[1], 100);
    cr_assert_eq(world.packets[2], 100);
    stop(&world);
    return before;
}

Test(net_deflate, repeated_states_go_small)
{
    for (unsigned broadcast = 0; broadcast < 2; broadcast++) {
        uint64_t plain = cost(false, true, broadcast);

        cr_assert_lt(cost(true, true, broadcast) * 3, plain);
        cr_assert_eq(cost(true, false, broadcast), plain, "unless the switch is off");
    }
}

Test(net_deflate, refuses_options_that_make_no_sense)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.deflate = {.enabled = true, .level = 10}}),
                 MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_connect(&net, "ws://127.0.0.1:1",
                                    &(meeple_connect_options){
                                        .deflate = {.enabled = true, .server_max_window_bits = 8}}),
                 MEEPLE_EINVAL);
}

/* libwebsockets, for one, compresses with the window that it has and ignores another's wish, which
 * is the end of the connection. */
Test(net_deflate, a_client_leaves_the_window_to_its_server_unless_told)
{
    meeple_ws_options options = {.deflate = {.enabled = true}};
    struct ws_probe client, server;

    probe_init(&client, false, &options);
    probe_init(&server, true, &options);
    probe_turn(&client);
    cr_assert_not_null(strstr((const char *)client.out, ": permessage-deflate; "
                                                        "client_max_window_bits=12\r\n"));
    probe_feed(&server, client.out, client.out_len);
    probe_turn(&server);
    cr_assert_not_null(strstr((const char *)server.out, "; server_max_window_bits=12"),
                       "ours has a small one, and says so");
    probe_feed(&client, server.out, server.out_len);
    cr_assert_eq(client.opens, 1);
    probe_done(&client);
    probe_done(&server);

    options.deflate.server_max_window_bits = 10;
    probe_init(&client, false, &options);
    probe_turn(&client);
    cr_assert_not_null(strstr((const char *)client.out, "; server_max_window_bits=10"));
    probe_done(&client);
}

/* A compressed message that inflates to more than the limit costs no more than the limit. */
Test(net_deflate, a_bomb_is_closed_with_1009)
{
    static const uint8_t zeros[200000];
    meeple_ws_options sender = {.message_bytes_max = sizeof zeros, .deflate = {.enabled = true}};
    meeple_ws_options receiver = {.message_bytes_max = 1000, .deflate = {.enabled = true}};
    struct ws_probe client, server;
    meeple_bytes part;

    probe_init(&client, false, &sender);
    probe_init(&server, true, &receiver);
    probe_turn(&client);
    probe_feed(&server, client.out, client.out_len);
    probe_feed(&client, server.out, server.out_len);
    probe_forget(&client);
    probe_forget(&server);
    cr_assert_eq(meeple_ws_send(client.ws, (meeple_bytes){zeros, sizeof zeros}, false), 0);
    cr_assert_eq(meeple_ws_tx(client.ws, &part, 1), 1);
    cr_assert_lt(part.len, 1000);
    probe_feed(&server, part.ptr, part.len);
    cr_assert_not_null(strstr(server.said, "close 1009"), "%s", server.said);
    cr_assert_eq(server.messages, 0);
    probe_done(&client);
    probe_done(&server);
}

/* ---- memory ---- */

static void say(struct world *world, size_t seat, unsigned number)
{
    char text[400];

    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = "the same words again and again "[(i + number) % 31];
    }
    cr_assert_eq(meeple_net_send(world->nets[seat], MEEPLE_ALL,
                                 (meeple_bytes){(const uint8_t *)text, sizeof text}),
                 0);
}

Test(net_deflate, who_says_nothing_for_a_while_keeps_no_compressor)
{
    const meeple_deflate_options deflate = {.enabled = true};
    struct counting_mem mem;
    struct world world;
    size_t hearing, resting;

    counting_mem_init(&mem);
    start_with(&world, 5, &deflate, &deflate, &mem.mem);
    for (unsigned i = 0; i < 5; i++) {
        size_t packets = world.packets[0] + world.packets[1];

        say(&world, 0, i);
        say(&world, 1, i);
        run(&world, 1000);
        cr_assert_eq(world.packets[0] + world.packets[1], packets + 2);
        hearing = mem.bytes;
        run(&world, 60000); /* more than two heartbeats */
        resting = mem.bytes;
        /* Two compressors, and one that inflates: of that stays what was said. */
        cr_assert_geq(hearing, resting + 2 * 32768 + 4096, "%zu and %zu", hearing, resting);
    }
    stop(&world);
    cr_assert_eq(mem.live, 0);
}
