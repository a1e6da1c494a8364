/* test_net_tls: whole sessions over wss:// in a simulated network: weather, certificates, ends. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/certificates.h"
#include "tests/support/prng.h"
#include "tests/support/session.h"

enum {
    CLIENTS = 2,
    SEEDS = 60,
    BIG = 60000
};

/* The files of one test, and the server's own. */
struct world {
    struct certificates files;
    struct session session;
    meeple_tls_server *tls;
    char ca[CERTIFICATES_PATH_SIZE];
};

static meeple_tls_server *server_of(struct world *world, const char *name, const char *client_ca)
{
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[200] = "";
    char file[64];
    meeple_tls_server *tls;

    snprintf(file, sizeof file, "%s.crt", name);
    certificates_path(&world->files, file, cert);
    snprintf(file, sizeof file, "%s.key", name);
    certificates_path(&world->files, file, key);
    cr_assert_eq(meeple_tls_server_new(&tls,
                                       &(meeple_tls_server_options){.cert_file = cert,
                                                                    .key_file = key,
                                                                    .client_ca_file = client_ca,
                                                                    .mem = &world->session.mem.mem},
                                       why, sizeof why),
                 0, "%s", why);
    return tls;
}

static void start(struct world *world, const struct sim_options *options)
{
    *world = (struct world){0};
    counting_mem_init(&world->session.mem);
    world->session.sim = sim_new(options);
    certificates_init(&world->files);
    certificates_make(&world->files, &(struct certificate_wish){.name = "ca", .authority = true});
    certificates_make(
        &world->files,
        &(struct certificate_wish){.name = "good", .issuer = "ca", .alt_names = "DNS:server"});
    certificates_path(&world->files, "ca.crt", world->ca);
}

static void end(struct world *world)
{
    meeple_tls_server_free(world->tls);
    session_done(&world->session);
    certificates_done(&world->files);
}

static struct seat *listen_with(struct world *world, meeple_tls_server *tls,
                                const meeple_limits *limits)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = 4000,
                                                    .tls = tls,
                                                    .limits = limits ? *limits : (meeple_limits){0},
                                                    .io = sim_driver(world->session.sim, "server"),
                                                    .mem = &world->session.mem.mem}),
                 0);
    return session_add(&world->session, net);
}

static struct seat *connect_to(struct world *world, const char *url,
                               const meeple_tls_client_options *tls, const meeple_limits *limits)
{
    static const char *const hosts[] = {"a", "b", "c", "d"};
    meeple_net *net;

    cr_assert_eq(meeple_net_connect(
                     &net, url,
                     &(meeple_connect_options){
                         .tls = tls ? *tls : (meeple_tls_client_options){0},
                         .limits = limits ? *limits : (meeple_limits){0},
                         .io = sim_driver(world->session.sim, hosts[world->session.seat_count % 4]),
                         .mem = &world->session.mem.mem}),
                 0);
    return session_add(&world->session, net);
}

/* A server and its clients, all up. */
static void seated(struct world *world, unsigned clients, const meeple_limits *limits)
{
    world->tls = server_of(world, "good", NULL);
    listen_with(world, world->tls, limits);
    for (unsigned i = 0; i < clients; i++) {
        connect_to(world, "wss://server:4000/", &(meeple_tls_client_options){.ca_file = world->ca},
                   limits);
    }
    session_run_until(&world->session, sim_now(world->session.sim) + 4000);
    for (unsigned i = 0; i <= clients; i++) {
        cr_assert(world->session.seats[i].up && world->session.seats[i].here_count == clients,
                  "seat %u: %s %s", i, world->session.seats[i].told,
                  meeple_net_fault(world->session.seats[i].net).text);
    }
}

static void send_big(struct seat *seat, size_t len)
{
    static char text[BIG + 1];

    memset(text, 'x', len);
    text[len] = '\0';
    cr_assert_eq(seat_send(seat, MEEPLE_ALL, text), 0);
}

/* ---- weather ---- */

static void play(uint64_t seed)
{
    struct prng prng = {seed};
    struct world world;

    start(&world, &(struct sim_options){.seed = seed,
                                        .latency_max_ms = (uint32_t)prng_below(&prng, 200),
                                        .chop = prng_below(&prng, 2),
                                        .stutter = prng_below(&prng, 2),
                                        .completions = prng_below(&prng, 2),
                                        .window_bytes = prng_below(&prng, 2) ? 0 : 3000});
    seated(&world, CLIENTS, NULL);
    for (unsigned number = 0; number < 10; number++) {
        for (unsigned i = 0; i <= CLIENTS; i++) {
            send_big(&world.session.seats[i], (size_t)prng_below(&prng, 4000));
        }
        session_run_until(&world.session, sim_now(world.session.sim) + prng_below(&prng, 50));
    }
    send_big(&world.session.seats[seed % (CLIENTS + 1)], BIG);
    session_run_until(&world.session, sim_now(world.session.sim) + 1000000);
    for (unsigned i = 0; i <= CLIENTS; i++) {
        cr_assert_eq(world.session.seats[i].packets, 10 * CLIENTS + (seed % (CLIENTS + 1) != i),
                     "seed %llu, seat %u: %zu packets, %zu queued, %s", (unsigned long long)seed, i,
                     world.session.seats[i].packets,
                     meeple_net_queued(world.session.seats[0].net, world.session.seats[i].id),
                     world.session.seats[i].down ? "down" : "there");
    }
    session_forget(&world.session);
    cr_assert_eq(
        meeple_net_kick(world.session.seats[0].net, world.session.seats[1].id, 4001, "too slow"),
        0);
    session_run(&world.session);
    cr_assert_not_null(strstr(session_told(&world.session, &world.session.seats[1]),
                              "down 4001 clean too slow\n"));
    cr_assert_eq(meeple_net_close(world.session.seats[0].net, 4000, "end"), 0);
    session_run(&world.session);
    for (unsigned i = 0; i <= CLIENTS; i++) {
        cr_assert(world.session.seats[i].down, "seed %llu: seat %u", (unsigned long long)seed, i);
        cr_assert_eq(meeple_net_fault(world.session.seats[i].net).stage, MEEPLE_STAGE_NONE, "%s",
                     meeple_net_fault(world.session.seats[i].net).text);
    }
    cr_assert_not_null(
        strstr(session_told(&world.session, &world.session.seats[0]), "down 4000 clean end\n"));
    cr_assert_not_null(
        strstr(session_told(&world.session, &world.session.seats[2]), "down 4000 clean end\n"));
    end(&world);
}

Test(net_tls, everything_arrives_in_any_weather)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        play(seed);
    }
}

Test(net_tls, connections_that_break_anywhere_leave_in_order)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct world world;

        start(&world, &(struct sim_options){.seed = seed,
                                            .latency_max_ms = 20,
                                            .chop = seed % 2,
                                            .stutter = seed / 2 % 2,
                                            .completions = seed / 4 % 2,
                                            .resets_per_million = 40000});
        world.tls = server_of(&world, "good", NULL);
        listen_with(&world, world.tls, NULL);
        for (unsigned i = 0; i < CLIENTS; i++) {
            connect_to(&world, "wss://server:4000/",
                       &(meeple_tls_client_options){.ca_file = world.ca}, NULL);
        }
        for (unsigned i = 0; i < 20; i++) {
            session_run_until(&world.session, sim_now(world.session.sim) + 50);
            for (unsigned seat = 0; seat <= CLIENTS; seat++) {
                seat_send(&world.session.seats[seat], MEEPLE_ALL, "hello");
            }
        }
        meeple_net_close(world.session.seats[0].net, 0, NULL);
        session_run(&world.session);
        for (unsigned i = 0; i <= CLIENTS; i++) {
            cr_assert(world.session.seats[i].down, "seed %llu", (unsigned long long)seed);
        }
        end(&world);
    }
}

Test(net_tls, every_io_call_fails_once)
{
    for (uint64_t n = 1;; n++) {
        struct world world;
        meeple_net *net;
        bool failed;

        start(&world, &(struct sim_options){.seed = 7, .latency_max_ms = 3});
        world.tls = server_of(&world, "good", NULL);
        listen_with(&world, world.tls, NULL);
        sim_fail_call(world.session.sim, n);
        if (meeple_net_connect(
                &net, "wss://server:4000/",
                &(meeple_connect_options){.tls.ca_file = world.ca,
                                          .io = sim_driver(world.session.sim, "a")}) == 0) {
            session_add(&world.session, net);
        }
        session_run_until(&world.session, sim_now(world.session.sim) + 300);
        seat_send(&world.session.seats[0], MEEPLE_ALL, "hello");
        session_run_until(&world.session, sim_now(world.session.sim) + 100);
        failed = sim_call_failed(world.session.sim);
        meeple_net_close(world.session.seats[0].net, 0, NULL);
        session_run(&world.session);
        for (size_t i = 0; i < world.session.seat_count; i++) {
            cr_assert(world.session.seats[i].down, "call %llu, seat %zu", (unsigned long long)n, i);
        }
        end(&world);
        if (!failed) {
            cr_assert_gt(n, 10);
            break;
        }
    }
}

/* A session from end to end in which any constructor may fail for want of memory. */
static void short_session(struct world *world)
{
    struct session *session = &world->session;
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];
    meeple_tls_server_options files = {
        .cert_file = certificates_path(&world->files, "good.crt", cert),
        .key_file = certificates_path(&world->files, "good.key", key),
        .mem = &session->mem.mem};
    meeple_tls_server *tls;
    meeple_net *net;
    int rc = meeple_tls_server_new(&tls, &files, NULL, 0);

    if (rc == 0) {
        rc = meeple_net_listen(&net,
                               &(meeple_listen_options){.port = 4000,
                                                        .tls = tls,
                                                        .io = sim_driver(session->sim, "server"),
                                                        .mem = &session->mem.mem});
        meeple_tls_server_free(tls);
    }
    if (rc < 0) {
        cr_assert_eq(rc, MEEPLE_ENOMEM);
        return;
    }
    session_add(session, net);
    for (unsigned i = 0; i < CLIENTS; i++) {
        rc = meeple_net_connect(&net, "wss://server:4000/",
                                &(meeple_connect_options){.tls.ca_file = world->ca,
                                                          .io = sim_driver(session->sim, "a"),
                                                          .mem = &session->mem.mem});
        cr_assert(rc == 0 || rc == MEEPLE_ENOMEM);
        if (rc == 0) {
            session_add(session, net);
        }
        session_run_until(session, sim_now(session->sim) + 100);
    }
    for (size_t i = 0; i < session->seat_count; i++) {
        seat_send(&session->seats[i], MEEPLE_ALL, "hello");
    }
    session_run_until(session, sim_now(session->sim) + 100);
    meeple_net_close(session->seats[0].net, 0, NULL);
    session_run(session);
}

Test(net_tls, every_allocation_fails_once)
{
    struct world world;
    size_t n = 1, calls;

    start(&world, NULL);
    do {
        session_done(&world.session);
        world.session = (struct session){.sim = sim_new(NULL)};
        counting_mem_init(&world.session.mem);
        world.session.mem.fail_at = n;
        short_session(&world);
        calls = world.session.mem.calls;
        for (size_t i = 0; i < world.session.seat_count; i++) {
            cr_assert_null(strstr(world.session.seats[i].told, " 1002 "), "call %zu", n);
            cr_assert(world.session.seats[i].down, "call %zu, seat %zu: %s", n, i,
                      world.session.seats[i].told);
        }
    } while (n++ <= calls);
    cr_assert_gt(n, 30);
    end(&world);
}

Test(net_tls, any_net_may_be_freed_after_any_event)
{
    struct world world;

    start(&world, NULL);
    for (size_t victim = 0; victim <= CLIENTS; victim++) {
        for (unsigned events = 1; events < 10; events++) {
            session_done(&world.session);
            world.session = (struct session){.sim = sim_new(NULL)};
            counting_mem_init(&world.session.mem);
            world.tls = server_of(&world, "good", NULL);
            listen_with(&world, world.tls, NULL);
            meeple_tls_server_free(world.tls);
            world.tls = NULL;
            for (unsigned i = 0; i < CLIENTS; i++) {
                connect_to(&world, "wss://server:4000/",
                           &(meeple_tls_client_options){.ca_file = world.ca}, NULL);
            }
            world.session.seats[victim].events = events;
            session_run_until(&world.session, sim_now(world.session.sim) + 500);
            meeple_net_free(world.session.seats[victim].net);
            world.session.seats[victim].net = NULL;
            session_run_until(&world.session, sim_now(world.session.sim) + 8000);
            cr_assert(victim != 0 || world.session.seats[1].down);
        }
    }
    end(&world);
}

/* ---- who is not believed ---- */

/* DOWN, and why: the stage is TLS. */
static void refuses(struct world *world, struct seat *seat, const char *sentence)
{
    meeple_fault fault;

    session_run_until(&world->session, sim_now(world->session.sim) + 3000);
    fault = meeple_net_fault(seat->net);
    cr_assert(seat->down && !seat->up, "%s", seat->told);
    cr_assert_eq(fault.stage, MEEPLE_STAGE_TLS, "%s: %s", meeple_stage_name(fault.stage),
                 fault.text);
    cr_assert_not_null(strstr(fault.text, sentence), "%s", fault.text);
    cr_assert_not_null(strstr(seat->told, sentence), "%s", seat->told);
}

Test(net_tls, a_certificate_that_cannot_be_verified_is_told_in_words)
{
    static const struct {
        struct certificate_wish wish;
        const char *sentence;
    } rows[] = {
        {{.name = "x", .issuer = "ca", .alt_names = "DNS:other"},
         "the server's certificate is not for server"},
        {{.name = "x", .issuer = "stranger", .alt_names = "DNS:server"},
         "is from an unknown issuer"},
        {{.name = "x", .issuer = "ca", .alt_names = "DNS:server", .from_s = -7200, .to_s = -3600},
         "the server's certificate has expired"},
        {{.name = "x", .alt_names = "DNS:server"}, "is self-signed"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct world world;

        start(&world, &(struct sim_options){.seed = i, .latency_max_ms = 20});
        certificates_make(&world.files,
                          &(struct certificate_wish){.name = "stranger", .authority = true});
        certificates_make(&world.files, &rows[i].wish);
        world.tls = server_of(&world, "x", NULL);
        listen_with(&world, world.tls, NULL);
        refuses(&world,
                connect_to(&world, "wss://server:4000/",
                           &(meeple_tls_client_options){.ca_file = world.ca}, NULL),
                rows[i].sentence);
        cr_assert_eq(meeple_net_stats(world.session.seats[0].net).refused, 1);
        /* For tests there is a way around. */
        connect_to(&world, "wss://server:4000/", &(meeple_tls_client_options){.insecure = true},
                   NULL);
        session_run_until(&world.session, sim_now(world.session.sim) + 2000);
        cr_assert(world.session.seats[2].up);
        end(&world);
    }
}

Test(net_tls, a_client_without_a_certificate_is_told_that_it_needs_one)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct world world;
        char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];

        start(&world, &(struct sim_options){.seed = seed, .latency_max_ms = 50, .chop = seed % 2});
        certificates_make(&world.files, &(struct certificate_wish){
                                            .name = "me", .issuer = "ca", .for_clients = true});
        world.tls = server_of(&world, "good", world.ca);
        listen_with(&world, world.tls, NULL);
        refuses(&world,
                connect_to(&world, "wss://server:4000/",
                           &(meeple_tls_client_options){.ca_file = world.ca}, NULL),
                "the other side refuses: certificate required");
        connect_to(&world, "wss://server:4000/",
                   &(meeple_tls_client_options){
                       .ca_file = world.ca,
                       .cert_file = certificates_path(&world.files, "me.crt", cert),
                       .key_file = certificates_path(&world.files, "me.key", key)},
                   NULL);
        session_run_until(&world.session, sim_now(world.session.sim) + 2000);
        cr_assert(world.session.seats[2].up, "%s",
                  meeple_net_fault(world.session.seats[2].net).text);
        end(&world);
    }
}

Test(net_tls, a_file_that_is_not_there_is_told_by_down)
{
    struct world world;
    meeple_net *net;

    start(&world, NULL);
    refuses(&world,
            connect_to(&world, "wss://server:4000/",
                       &(meeple_tls_client_options){.ca_file = "/nowhere/ca.crt"}, NULL),
            "cannot read certificates from /nowhere/ca.crt");
    cr_assert_eq(
        meeple_net_connect(&net, "wss://server/",
                           &(meeple_connect_options){.tls.pinned_sha256 = "12",
                                                     .tls.insecure = true,
                                                     .io = sim_driver(world.session.sim, "a")}),
        MEEPLE_EINVAL);
    cr_assert_null(net);
    end(&world);
}

/* ---- who speaks something else ---- */

Test(net_tls, plain_and_encrypted_do_not_meet)
{
    struct world world;
    struct seat *client;
    meeple_fault fault;

    start(&world, &(struct sim_options){.latency_max_ms = 20});
    world.tls = server_of(&world, "good", NULL);
    listen_with(&world, world.tls, NULL);
    client = connect_to(&world, "ws://server:4000/", NULL, NULL);
    session_run_until(&world.session, sim_now(world.session.sim) + 2500);
    cr_assert(client->down && !client->up);
    fault = meeple_net_fault(client->net);
    cr_assert_eq(fault.stage, MEEPLE_STAGE_HTTP);
    cr_assert_eq(fault.number, 400);
    cr_assert_str_eq(fault.text, "the server refused with HTTP status 400 This Server Speaks TLS");
    end(&world);

    start(&world, &(struct sim_options){.latency_max_ms = 20});
    listen_with(&world, NULL, NULL);
    client = connect_to(&world, "wss://server:4000/",
                        &(meeple_tls_client_options){.ca_file = world.ca}, NULL);
    refuses(&world, client, "this is not TLS: the other side sends plain bytes");
    end(&world);
}

Test(net_tls, a_handshake_that_stands_still_times_out)
{
    struct world world;
    struct seat *client;

    start(&world, &(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    world.tls = server_of(&world, "good", NULL);
    listen_with(&world, world.tls, NULL);
    client = connect_to(&world, "wss://server:4000/",
                        &(meeple_tls_client_options){.ca_file = world.ca}, NULL);
    session_run_until(&world.session, sim_now(world.session.sim) + 25);
    sim_cut(world.session.sim, "server", "b");
    session_run_until(&world.session, sim_now(world.session.sim) + 5100);
    cr_assert(client->down);
    cr_assert_eq(meeple_net_fault(client->net).stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_eq(meeple_net_stats(world.session.seats[0].net).refused, 1);
    end(&world);
}

/* ---- life ---- */

Test(net_tls, who_does_not_read_is_held_back_then_closed)
{
    static char payload[10001];
    struct world world;
    unsigned sent = 0;

    memset(payload, 'x', 10000);
    start(&world, &(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    seated(&world, 1, &(meeple_limits){.queue_bytes_max = 100000});
    world.session.seats[1].idle = true;
    while (seat_send(&world.session.seats[0], world.session.seats[1].id, payload) == 0) {
        session_run_until(&world.session, sim_now(world.session.sim) + 20);
        cr_assert_lt(++sent, 100, "nothing holds it back");
    }
    cr_assert_gt(meeple_net_queued(world.session.seats[0].net, world.session.seats[1].id), 90000);
    world.session.seats[1].idle = false;
    session_run_until(&world.session, sim_now(world.session.sim) + 3000);
    cr_assert_eq(world.session.seats[1].packets, sent);
    end(&world);
}

Test(net_tls, quiet_peers_are_asked_and_silent_ones_leave)
{
    struct world world;

    start(&world, &(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    seated(&world, 1, NULL);
    session_run_until(&world.session, sim_now(world.session.sim) + 300000);
    cr_assert(!world.session.seats[0].down && !world.session.seats[1].down);
    cr_assert_gt(meeple_net_rtt(world.session.seats[0].net, world.session.seats[1].id).samples, 5);
    cr_assert_eq(meeple_net_rtt(world.session.seats[1].net, 1).last_ms, 20);
    sim_cut(world.session.sim, "server", "b");
    session_run_until(&world.session, sim_now(world.session.sim) + 90000);
    cr_assert_eq(world.session.seats[0].here_count, 0);
    cr_assert(world.session.seats[1].down);
    cr_assert_eq(meeple_net_fault(world.session.seats[1].net).stage, MEEPLE_STAGE_TIMEOUT);
    end(&world);
}

/* One that stops without a word may have been cut off by somebody. */
Test(net_tls, a_stream_that_just_ends_is_not_clean)
{
    struct world world;

    start(&world, &(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    seated(&world, 1, NULL);
    sim_reset_all(world.session.sim, "server");
    session_run_until(&world.session, sim_now(world.session.sim) + 1000);
    cr_assert_not_null(strstr(world.session.seats[1].told, "down 1006 unclean"));
    cr_assert_neq(meeple_net_fault(world.session.seats[1].net).stage, MEEPLE_STAGE_NONE);
    end(&world);
}

Test(net_tls, certificates_outlive_their_owner_and_are_renewed_for_newcomers)
{
    struct world world;
    char why[200];

    start(&world, NULL);
    seated(&world, 1, NULL);
    certificates_make(
        &world.files,
        &(struct certificate_wish){.name = "good", .issuer = "ca", .alt_names = "DNS:renewed"});
    cr_assert_eq(meeple_tls_server_reload(world.tls, why, sizeof why), 0);
    meeple_tls_server_free(world.tls);
    world.tls = NULL;
    refuses(&world,
            connect_to(&world, "wss://server:4000/",
                       &(meeple_tls_client_options){.ca_file = world.ca}, NULL),
            "is not for server");
    connect_to(&world, "wss://server:4000/",
               &(meeple_tls_client_options){.ca_file = world.ca, .server_name = "renewed"}, NULL);
    session_run_until(&world.session, sim_now(world.session.sim) + 2000);
    cr_assert(world.session.seats[1].up && !world.session.seats[1].down);
    cr_assert(world.session.seats[3].up);
    end(&world);
}

Test(net_tls, in_the_steady_state_a_packet_allocates_nothing_of_ours)
{
    struct world world;
    size_t calls = 0;

    start(&world, NULL);
    seated(&world, CLIENTS, NULL);
    for (unsigned i = 0; i < 100; i++) {
        calls = i == 10 ? world.session.mem.calls : calls;
        for (unsigned seat = 0; seat <= CLIENTS; seat++) {
            cr_assert_eq(seat_send(&world.session.seats[seat], MEEPLE_ALL, "a small packet"), 0);
        }
        session_run_until(&world.session, sim_now(world.session.sim) + 10);
    }
    cr_assert_eq(world.session.mem.calls, calls);
    end(&world);
}
