/* test_net_sim: whole sessions over a simulated network: weather, time, failing calls. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "tests/support/session.h"

enum {
    CLIENTS = 4,
    PACKETS = 20
};

/* ---- weather ---- */

/* One seat's word: who, to whom it goes, the how many-eth. */
static void say(struct seat *seat, unsigned who, unsigned number, size_t filler)
{
    static char text[5000];
    int len = snprintf(text, sizeof text, "%u %u ", who, number);

    memset(text + len, 'x', filler);
    text[(size_t)len + filler] = '\0';
    seat_send(seat, MEEPLE_ALL, text);
}

/*
 * Every packet of every sender that a receiver got is the one after the last it got from it;
 * returns how many lines there were.
 */
static unsigned check_sequences(const char *told)
{
    int last[CLIENTS + 1];
    unsigned count = 0;

    for (unsigned i = 0; i <= CLIENTS; i++) {
        last[i] = -1;
    }
    while (told && *told) {
        unsigned who, number, from;

        /* Long ones are a hash: only short ones are compared, all are counted. */
        if (sscanf(told, "packet #%u %u %u", &from, &who, &number) == 3) {
            cr_assert_leq(who, CLIENTS);
            cr_assert_gt((int)number, last[who], "%u again or out of order: %u after %d", who,
                         number, last[who]);
            last[who] = (int)number;
        }
        count += strncmp(told, "packet ", 7) == 0;
        told = strchr(told, '\n');
        told = told ? told + 1 : NULL;
    }
    return count;
}

static void connect_one(struct session *session, unsigned i)
{
    static const char *const hosts[] = {"a", "b", "c", "d"};
    meeple_net *net;

    cr_assert_eq(
        meeple_net_connect(&net, "ws://server:4000/",
                           &(meeple_connect_options){.io = sim_driver(session->sim, hosts[i]),
                                                     .mem = &session->mem.mem}),
        0);
    session_add(session, net);
}

static void listen_one(struct session *session, const meeple_listen_options *options)
{
    meeple_listen_options listen = options ? *options : (meeple_listen_options){0};
    meeple_net *net;

    listen.port = 4000;
    listen.io = sim_driver(session->sim, "server");
    listen.mem = &session->mem.mem;
    cr_assert_eq(meeple_net_listen(&net, &listen), 0);
    session_add(session, net);
}

static void play(uint64_t seed, bool resets)
{
    struct prng prng = {seed};
    struct session session = {0};

    counting_mem_init(&session.mem);
    session.sim = sim_new(&(struct sim_options){.seed = seed,
                                                .latency_max_ms = (uint32_t)prng_below(&prng, 200),
                                                .chop = prng_below(&prng, 2),
                                                .stutter = prng_below(&prng, 2),
                                                .completions = prng_below(&prng, 2),
                                                .resets_per_million = resets ? 20000 : 0,
                                                .window_bytes = prng_below(&prng, 2) ? 0 : 3000});
    listen_one(&session, NULL);
    for (unsigned i = 0; i < CLIENTS; i++) {
        connect_one(&session, i);
        session_run_until(&session, sim_now(session.sim) + prng_below(&prng, 300));
    }
    session_run_until(&session, sim_now(session.sim) + 3000);
    for (unsigned i = 0; i <= CLIENTS; i++) {
        cr_assert(resets || (session.seats[i].up && session.seats[i].here_count == CLIENTS),
                  "seed %llu: %s", (unsigned long long)seed, session.seats[i].told);
    }
    for (unsigned number = 0; number < PACKETS; number++) {
        for (unsigned i = 0; i <= CLIENTS; i++) {
            say(&session.seats[i], i, number,
                prng_below(&prng, 4) ? 0 : (size_t)prng_below(&prng, 4000));
        }
        session_run_until(&session, sim_now(session.sim) + prng_below(&prng, 50));
    }
    session_run_until(&session, sim_now(session.sim) + 1000000);
    for (unsigned i = 0; i <= CLIENTS; i++) {
        unsigned count = check_sequences(session.seats[i].told);

        cr_assert(resets || count == PACKETS * CLIENTS, "seed %llu, seat %u: %u packets",
                  (unsigned long long)seed, i, count);
    }
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "end"), 0);
    session_run(&session);
    for (unsigned i = 0; i <= CLIENTS; i++) {
        cr_assert(session.seats[i].down, "seed %llu, seat %u: %s", (unsigned long long)seed, i,
                  session.seats[i].told);
        cr_assert(resets || strstr(session.seats[i].told, "down 4000 clean end\n") || i == 0);
    }
    session_done(&session);
}

Test(net_sim, everything_arrives_in_order_in_any_weather)
{
    for (uint64_t seed = 1; seed <= 150; seed++) {
        play(seed, false);
    }
}

Test(net_sim, lost_connections_leave_in_order)
{
    for (uint64_t seed = 1; seed <= 150; seed++) {
        play(seed, true);
    }
}

/* ---- failing calls ---- */

static void short_session(struct session *session)
{
    meeple_net *net;

    int rc = meeple_net_listen(
        &net, &(meeple_listen_options){.port = 4000, .io = sim_driver(session->sim, "server")});

    if (rc < 0) {
        cr_assert_eq(rc, MEEPLE_EIO);
        cr_assert_null(net);
        return;
    }
    session_add(session, net);
    for (unsigned i = 0; i < 2; i++) {
        rc = meeple_net_connect(&net, "ws://server:4000/",
                                &(meeple_connect_options){.io = sim_driver(session->sim, "c")});
        if (rc < 0) {
            cr_assert_eq(rc, MEEPLE_EIO);
            cr_assert_null(net);
        } else {
            session_add(session, net);
        }
        session_run_until(session, sim_now(session->sim) + 100);
    }
    for (size_t i = 0; i < session->seat_count; i++) {
        seat_send(&session->seats[i], MEEPLE_ALL, "hello");
    }
    session_run_until(session, sim_now(session->sim) + 100);
    meeple_net_close(session->seats[session->seat_count - 1].net, 0, NULL);
    session_run_until(session, sim_now(session->sim) + 100);
    meeple_net_close(session->seats[0].net, 0, NULL);
    session_run(session);
}

Test(net_sim, every_io_call_fails_once)
{
    for (uint64_t n = 1;; n++) {
        struct session session = {0};
        bool failed;

        session.sim = sim_new(&(struct sim_options){.seed = 7, .latency_max_ms = 3});
        sim_fail_call(session.sim, n);
        short_session(&session);
        failed = sim_call_failed(session.sim);
        for (size_t i = 0; i < session.seat_count; i++) {
            cr_assert_null(strstr(session.seats[i].told, " 1002 "), "%s", session.seats[i].told);
            cr_assert(session.seats[i].down, "call %llu, seat %zu: %s", (unsigned long long)n, i,
                      session.seats[i].told);
        }
        session_done(&session);
        if (!failed) {
            cr_assert_gt(n, 30);
            break;
        }
    }
}

/* ---- time ---- */

Test(net_sim, a_cut_cable_is_noticed_when_somebody_closes)
{
    struct session session = {0};
    uint64_t began_ms;

    counting_mem_init(&session.mem);
    session.sim = sim_new(&(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    listen_one(&session, NULL);
    connect_one(&session, 0);
    session_run(&session);
    sim_cut(session.sim, "server", "a");
    began_ms = sim_now(session.sim);
    cr_assert_eq(meeple_net_close(session.seats[1].net, 0, NULL), 0);
    session_run(&session);
    cr_assert(session.seats[1].down);
    cr_assert_not_null(
        strstr(session_told(&session, &session.seats[1]),
               "down 1006 unclean the other side did not answer our close in time\n"));
    cr_assert_leq(session.last_ms, began_ms + 3000);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 0, NULL), 0);
    session_run(&session);
    cr_assert(session.seats[0].down);
    session_done(&session);
}

/* The clock of a net that nobody asked for a while. */
Test(net_sim, a_late_caller_still_gets_what_came_in_time)
{
    struct session session = {0};

    counting_mem_init(&session.mem);
    session.sim = sim_new(NULL);
    listen_one(&session, NULL);
    connect_one(&session, 0);
    session.seats[0].idle = true;
    session_run_until(&session, 4000);
    session.seats[0].idle = false;
    session_run_until(&session, 4100);
    cr_assert(session.seats[1].up);
    cr_assert_eq(session.seats[0].here_count, 1);
    session_done(&session);
}

/* A game that loads its level while it connects: the answers lie there when it asks again. */
Test(net_sim, a_client_that_slept_finds_the_answers_that_came_in_time)
{
    for (int sleeper = 0; sleeper < 2; sleeper++) {
        struct session session = {0};

        counting_mem_init(&session.mem);
        session.sim = sim_new(&(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
        listen_one(&session, NULL);
        for (unsigned i = 0; i < 3; i++) {
            connect_one(&session, i);
        }
        /* The connections are there, the handshakes under way. */
        session_run_until(&session, sleeper ? 1025 : 1015);
        for (unsigned i = 1; i < 4; i++) {
            session.seats[i].idle = sleeper;
        }
        session.seats[0].idle = !sleeper;
        session_run_until(&session, sleeper ? 9000 : 5500);
        for (unsigned i = 0; i < 4; i++) {
            session.seats[i].idle = false;
        }
        session_run_until(&session, 9500);
        for (unsigned i = 1; i < 4; i++) {
            cr_assert(session.seats[i].up && session.seats[i].here_count == 3, "%d: %s", sleeper,
                      session.seats[i].told);
        }
        session_done(&session);
    }
}

/* What somebody does after a long silence has its whole time, from then on. */
static void silent_server(struct session *session, size_t queue_bytes_max)
{
    *session = (struct session){0};
    counting_mem_init(&session->mem);
    session->sim = sim_new(&(struct sim_options){.latency_min_ms = 10, .latency_max_ms = 10});
    listen_one(session, &(meeple_listen_options){.limits.queue_bytes_max = queue_bytes_max});
    connect_one(session, 0);
    session_run(session);
    session_forget(session);
    session->seats[0].idle = session->seats[1].idle = true;
    session_run_until(session, sim_now(session->sim) + 60000);
    session->seats[0].idle = session->seats[1].idle = false;
}

Test(net_sim, a_kick_after_a_long_silence_is_still_clean)
{
    struct session session;

    silent_server(&session, 0);
    cr_assert_eq(meeple_net_kick(session.seats[0].net, session.seats[1].id, 4000, "bye"), 0);
    session_run(&session);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "leave a 4000 clean bye\n");
    session_done(&session);
}

Test(net_sim, a_close_after_a_long_silence_is_still_clean)
{
    for (size_t closer = 0; closer < 2; closer++) {
        struct session session;

        silent_server(&session, 0);
        cr_assert_eq(meeple_net_close(session.seats[closer].net, 4000, "bye"), 0);
        session_run(&session);
        cr_assert_not_null(
            strstr(session_told(&session, &session.seats[closer]), "down 4000 clean bye\n"));
        session_done(&session);
    }
}

Test(net_sim, a_slow_reader_has_its_whole_time_after_a_long_silence)
{
    static char payload[1001];
    struct session session;

    memset(payload, 'x', 1000);
    silent_server(&session, 2000);
    /* The sim takes what its window has room for; the rest is queued, then it is too much. */
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, payload), 0);
    }
    session_run(&session);
    cr_assert_str_eq(session_told(&session, &session.seats[0]),
                     "leave a 1008 clean read too slowly: the outgoing queue is full\n");
    session_done(&session);
}

/* ---- memory ---- */

Test(net_sim, in_the_steady_state_a_packet_allocates_nothing)
{
    struct session session = {0};
    size_t calls = 0;

    counting_mem_init(&session.mem);
    session.sim = sim_new(NULL);
    listen_one(&session, NULL);
    for (unsigned i = 0; i < CLIENTS; i++) {
        connect_one(&session, i);
    }
    session_run(&session);
    for (unsigned i = 0; i < 100; i++) {
        if (i == 10) {
            calls = session.mem.calls;
        }
        for (unsigned seat = 0; seat <= CLIENTS; seat++) {
            cr_assert_eq(seat_send(&session.seats[seat], MEEPLE_ALL, "a small packet"), 0);
        }
        session_run(&session);
    }
    cr_assert_eq(session.mem.calls, calls);
    session_done(&session);
}

/* ---- a stream that never pauses ---- */

/* The sim's driver, but for a while its next() always has a pong, which tells nobody anything. */
static struct {
    const meeple_io_driver *inner;
    bool flooding;
    unsigned given;
    void *user;
    meeple_socket *socket;
    uint8_t pong[2];
} flood;

static int flood_next(meeple_io *io, meeple_io_event *event, int timeout_ms)
{
    int rc;

    if (flood.flooding) {
        memcpy(flood.pong, "\x8a\x00", 2);
        *event = (meeple_io_event){.type = MEEPLE_IO_RECEIVED,
                                   .user = flood.user,
                                   .socket = flood.socket,
                                   .bytes = flood.pong,
                                   .len = 2};
        cr_assert_lt(++flood.given, 100000, "meeple_net_next() never returns");
        return 1;
    }
    rc = flood.inner->next(io, event, timeout_ms);
    if (rc > 0 && event->type == MEEPLE_IO_RECEIVED) {
        flood.user = event->user;
        flood.socket = event->socket;
    }
    return rc;
}

static uint64_t flood_now(meeple_io *io)
{
    return flood.inner->now_ms(io) + flood.given / 100;
}

Test(net_sim, who_never_stops_talking_does_not_keep_next_from_returning)
{
    static const int timeouts_ms[] = {0, 1, 50};
    struct session session = {0};
    meeple_io_driver driver;
    meeple_event event;
    meeple_net *net;

    session.sim = sim_new(NULL);
    flood.inner = sim_driver(session.sim, "a");
    driver = *flood.inner;
    driver.next = flood_next;
    driver.now_ms = flood_now;
    counting_mem_init(&session.mem);
    listen_one(&session, NULL);
    cr_assert_eq(
        meeple_net_connect(&net, "ws://server:4000/", &(meeple_connect_options){.io = &driver}), 0);
    session_add(&session, net);
    session_run(&session);
    cr_assert(session.seats[1].up);
    for (size_t i = 0; i < MEEPLE_COUNT(timeouts_ms); i++) {
        flood.flooding = true;
        cr_assert_eq(meeple_net_next(net, &event, timeouts_ms[i]), 0);
        flood.flooding = false;
    }
    session_done(&session);
}
