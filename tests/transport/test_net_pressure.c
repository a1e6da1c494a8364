/* test_net_pressure: what senders and receivers are told when one is faster than the other. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/certificates.h"
#include "tests/support/prng.h"
#include "tests/support/session.h"

enum {
    QUEUE = 5000,
    PAYLOAD = 1000
};

static char payload[65536];

/* Three ways to carry a session: loopback, plain, TLS. */
enum carrier {
    LOOPBACK,
    PLAIN,
    TLS,
    CARRIERS
};

struct world {
    struct session session;
    struct certificates files;
    meeple_tls_server *tls;
    char ca[CERTIFICATES_PATH_SIZE];
};

static void make_certificates(struct world *world)
{
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[200] = "";

    certificates_init(&world->files);
    certificates_make(&world->files, &(struct certificate_wish){.name = "ca", .authority = true});
    certificates_make(
        &world->files,
        &(struct certificate_wish){.name = "good", .issuer = "ca", .alt_names = "DNS:server"});
    certificates_path(&world->files, "ca.crt", world->ca);
    certificates_path(&world->files, "good.crt", cert);
    certificates_path(&world->files, "good.key", key);
    cr_assert_eq(meeple_tls_server_new(
                     &world->tls, &(meeple_tls_server_options){.cert_file = cert, .key_file = key},
                     why, sizeof why),
                 0, "%s", why);
}

static meeple_net *server_net(struct world *world, enum carrier carrier,
                              const meeple_listen_options *wish)
{
    meeple_listen_options options = *wish;
    meeple_net *net;

    options.mem = &world->session.mem.mem;
    if (carrier == LOOPBACK) {
        cr_assert_eq(meeple_net_loopback(&net, &options), 0);
        return net;
    }
    options.port = 4000;
    options.io = sim_driver(world->session.sim, "server");
    options.tls = carrier == TLS ? world->tls : NULL;
    cr_assert_eq(meeple_net_listen(&net, &options), 0);
    return net;
}

static meeple_net *client_net(struct world *world, enum carrier carrier,
                              const meeple_connect_options *wish)
{
    meeple_connect_options options = *wish;
    meeple_net *net;

    options.mem = &world->session.mem.mem;
    options.tls.ca_file = carrier == TLS ? world->ca : NULL;
    if (carrier == LOOPBACK) {
        cr_assert_eq(meeple_net_join(&net, world->session.seats[0].net, &options), 0);
        return net;
    }
    options.io = sim_driver(world->session.sim, world->session.seat_count % 2 ? "a" : "b");
    cr_assert_eq(meeple_net_connect(&net, carrier == TLS ? "wss://server:4000" : "ws://server:4000",
                                    &options),
                 0);
    return net;
}

/* A server and clients, all in, all with a queue of QUEUE bytes. */
static void start(struct world *world, enum carrier carrier, size_t clients,
                  meeple_full_policy full)
{
    const meeple_limits limits = {.queue_bytes_max = QUEUE, .heartbeat_ms = UINT32_MAX};

    memset(payload, 'x', sizeof payload);
    *world = (struct world){0};
    counting_mem_init(&world->session.mem);
    if (carrier != LOOPBACK) {
        world->session.sim =
            sim_new(&(struct sim_options){.latency_max_ms = 3, .window_bytes = 3000});
    }
    if (carrier == TLS) {
        make_certificates(world);
    }
    session_add(
        &world->session,
        server_net(world, carrier, &(meeple_listen_options){.limits = limits, .full = full}));
    for (size_t i = 0; i < clients; i++) {
        session_add(&world->session,
                    client_net(world, carrier, &(meeple_connect_options){.limits = limits}));
        session_run_until(&world->session,
                          world->session.sim ? sim_now(world->session.sim) + 1000 : 0);
    }
    for (size_t i = 0; i <= clients; i++) {
        cr_assert_eq(world->session.seats[i].here_count, clients, "%s",
                     world->session.seats[i].told);
    }
    session_forget(&world->session);
}

static void stop(struct world *world)
{
    meeple_tls_server_free(world->tls);
    session_done(&world->session);
    if (*world->ca) {
        certificates_done(&world->files);
    }
}

/* On until nothing moves. */
static void run(struct world *world)
{
    session_run_until(&world->session, world->session.sim ? sim_now(world->session.sim) + 500 : 0);
}

static int send_len(struct seat *seat, int32_t to, size_t len)
{
    return meeple_net_send(seat->net, to, (meeple_bytes){(const uint8_t *)payload, len});
}

/* As many as it takes; returns how many. */
static size_t fill(struct world *world, struct seat *seat, int32_t to)
{
    size_t count = 0;
    int rc;

    while ((rc = send_len(seat, to, PAYLOAD)) == 0) {
        run(world);
        cr_assert_lt(++count, 1000);
    }
    cr_assert_eq(rc, MEEPLE_EFULL);
    return count;
}

static size_t count_of(const char *told, const char *line)
{
    size_t count = 0;

    for (const char *at = told; (at = strstr(at, line)); at += strlen(line)) {
        count++;
    }
    return count;
}

/* ---- drained ---- */

static void drains_once(struct world *world, struct seat *from, struct seat *to, const char *line)
{
    size_t sent;

    to->idle = true;
    sent = fill(world, from, to->id);
    cr_assert_eq(send_len(from, to->id, PAYLOAD), MEEPLE_EFULL);
    run(world);
    cr_assert_eq(count_of(session_told(&world->session, from), line), 0, "told too early");
    to->idle = false;
    run(world);
    cr_assert_eq(to->packets, sent, "%zu of %zu came", to->packets, sent);
    cr_assert_str_eq(session_told(&world->session, from), line);
    /* Not again for what fits. */
    cr_assert_eq(send_len(from, to->id, PAYLOAD), 0);
    run(world);
    cr_assert_str_eq(session_told(&world->session, from), "");
}

Test(net_pressure, a_server_is_told_once_that_a_queue_has_drained)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct world world;

        start(&world, carrier, 2, MEEPLE_FULL_CLOSE);
        drains_once(&world, &world.session.seats[0], &world.session.seats[2], "drained b\n");
        stop(&world);
    }
}

Test(net_pressure, a_client_is_told_once_that_its_queue_has_drained)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct world world;

        start(&world, carrier, 2, MEEPLE_FULL_CLOSE);
        drains_once(&world, &world.session.seats[1], &world.session.seats[0], "drained 1\n");
        stop(&world);
    }
}

Test(net_pressure, when_it_has_drained_what_did_not_fit_fits)
{
    for (size_t len = 0; len < QUEUE - 19; len += 331) {
        struct world world;
        struct seat *server;
        meeple_event event = {0};
        int32_t id;

        start(&world, LOOPBACK, 1, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        id = world.session.seats[1].id;
        while (send_len(server, id, len) == 0) {
        }
        server->idle = true;
        while (event.type != MEEPLE_EVENT_DRAINED) {
            run(&world);
            if (meeple_net_next(server->net, &event, 0) > 0) {
                cr_assert_eq(event.type, MEEPLE_EVENT_DRAINED);
                cr_assert_eq(event.peer, id);
            }
        }
        cr_assert_leq(meeple_net_queued(server->net, id), QUEUE / 2);
        cr_assert_eq(send_len(server, id, len), 0);
        stop(&world);
    }
}

Test(net_pressure, who_was_skipped_drains_too)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct world world;
        struct seat *server;
        uint64_t skipped;

        start(&world, carrier, 2, MEEPLE_FULL_SKIP);
        server = &world.session.seats[0];
        world.session.seats[1].idle = true;
        for (unsigned i = 0; i < 200; i++) {
            cr_assert_eq(send_len(server, MEEPLE_ALL, PAYLOAD), 0);
            run(&world);
        }
        skipped = meeple_net_stats(server->net).skipped;
        cr_assert_gt(skipped, 0);
        cr_assert_str_eq(session_told(&world.session, server), "");
        world.session.seats[1].idle = false;
        run(&world);
        cr_assert_str_eq(session_told(&world.session, server), "drained a\n");
        cr_assert_eq(world.session.seats[1].packets + skipped, 200);
        stop(&world);
    }
}

Test(net_pressure, who_was_skipped_by_a_relay_drains_too)
{
    struct world world;
    struct seat *server, *a;

    start(&world, PLAIN, 2, MEEPLE_FULL_SKIP);
    server = &world.session.seats[0];
    a = &world.session.seats[1];
    world.session.seats[2].idle = true;
    for (unsigned i = 0; i < 50; i++) {
        cr_assert_eq(send_len(a, world.session.seats[2].id, PAYLOAD), 0);
        run(&world);
    }
    cr_assert_gt(meeple_net_stats(server->net).skipped, 0);
    world.session.seats[2].idle = false;
    run(&world);
    cr_assert_str_eq(session_told(&world.session, server), "drained b\n");
    stop(&world);
}

Test(net_pressure, who_is_going_does_not_drain)
{
    for (unsigned by_us = 0; by_us < 2; by_us++) {
        struct world world;
        struct seat *server, *a;

        start(&world, PLAIN, 2, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        a = &world.session.seats[1];
        a->idle = true;
        fill(&world, server, a->id);
        if (by_us) {
            cr_assert_eq(meeple_net_kick(server->net, a->id, 4000, "out"), 0);
        } else {
            cr_assert_eq(meeple_net_close(a->net, 4000, "out"), 0);
        }
        a->idle = false;
        run(&world);
        cr_assert_str_eq(session_told(&world.session, server),
                         by_us ? "leave a 4000 clean out\n"
                               : "closing a 4000 out\nleave a 4000 clean out\n");
        stop(&world);
    }
}

Test(net_pressure, what_never_fits_is_too_big)
{
    struct world world;
    struct seat *server;

    start(&world, LOOPBACK, 1, MEEPLE_FULL_CLOSE);
    server = &world.session.seats[0];
    cr_assert_eq(send_len(server, world.session.seats[1].id, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(send_len(server, MEEPLE_ALL, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(send_len(&world.session.seats[1], MEEPLE_SERVER, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_net_queued(server->net, world.session.seats[1].id), 0);
    cr_assert_eq(send_len(server, world.session.seats[1].id, QUEUE - 19), 0);
    run(&world);
    cr_assert_eq(send_len(server, MEEPLE_ALL, QUEUE - 19), 0);
    cr_assert_eq(send_len(&world.session.seats[1], MEEPLE_SERVER, QUEUE - 19), 0);
    run(&world);
    cr_assert_eq(world.session.seats[1].packets, 2);
    cr_assert_eq(server->packets, 1);
    stop(&world);
}

/* ---- inbound ---- */

/* A server that takes no events reads nothing; then each event costs at most one more piece. */
Test(net_pressure, who_takes_no_events_reads_nothing)
{
    enum {
        CLIENTS = 12,
        PIECE = 65536
    };

    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct world world;
        struct seat *server;
        uint64_t before, handed = 0, sent = 0;
        meeple_event event;

        start(&world, carrier, CLIENTS, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        server->idle = true;
        before = meeple_net_stats(server->net).bytes_in;
        for (size_t i = 1; i <= CLIENTS; i++) {
            sent += fill(&world, &world.session.seats[i], MEEPLE_SERVER);
        }
        run(&world);
        cr_assert_eq(meeple_net_stats(server->net).bytes_in, before);
        cr_assert_eq(meeple_net_stats(server->net).packets_in, 0);
        for (size_t i = 1; i <= CLIENTS; i++) {
            cr_assert_leq(meeple_net_queued(world.session.seats[i].net, MEEPLE_SERVER),
                          QUEUE + (carrier == TLS ? 65536 : 0));
        }
        while (meeple_net_next(server->net, &event, 0) > 0) {
            cr_assert_eq(event.type, MEEPLE_EVENT_PACKET);
            cr_assert_eq(event.data.len, PAYLOAD);
            handed += PAYLOAD;
            cr_assert_eq(meeple_net_stats(server->net).packets_in, handed / PAYLOAD);
            cr_assert_leq(meeple_net_stats(server->net).bytes_in, before + 2 * handed + PIECE);
        }
        server->idle = false;
        run(&world);
        cr_assert_eq(meeple_net_stats(server->net).packets_in, sent);
        stop(&world);
    }
}
