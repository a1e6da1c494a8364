/* test_net_admit: a server that looks at who asks to come in, over the simulated network. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    PORT = 4000
};

#define GOOD                                                                                       \
    "GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                   \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* What the application does with the next requests, and what it saw of the last one. */
static struct {
    enum {
        LATER,
        ACCEPT,
        REJECT
    } answer;
    const char *protocol;
    const char *const *headers;
    int status;
    const char *text;
    int rc; /* what the answer returned */
    int32_t peer;
    char seen[600];
} desk;

static void look(struct seat *seat, const meeple_event *event)
{
    const meeple_request *request = event->request;
    const char *cookie = meeple_request_header(request, "Cookie");

    desk.peer = event->peer;
    snprintf(desk.seen, sizeof desk.seen, "%s %s %s %s %s|%s|%s|%s", request->address,
             request->proxy, request->path, request->query, request->host, request->origin,
             request->protocols[0] ? request->protocols[0] : "", cookie ? cookie : "");
    if (desk.answer == ACCEPT) {
        desk.rc = meeple_net_accept(seat->net, event->peer, desk.protocol, desk.headers);
    } else if (desk.answer == REJECT) {
        desk.rc = meeple_net_reject(seat->net, event->peer, desk.status, desk.text, desk.headers);
    }
}

/* A server that asks. */
static void start(struct session *session, const meeple_listen_options *listen)
{
    meeple_listen_options options = listen ? *listen : (meeple_listen_options){0};
    meeple_net *net;

    memset(session, 0, sizeof *session);
    memset(&desk, 0, sizeof desk);
    counting_mem_init(&session->mem);
    session->sim = sim_new(NULL);
    options.port = PORT;
    options.io = sim_driver(session->sim, "s");
    options.mem = &session->mem.mem;
    options.asks = true;
    cr_assert_eq(meeple_net_listen(&net, &options), 0);
    session_add(session, net)->on_request = look;
    session_run(session);
    session_forget(session);
}

static meeple_net *come(struct session *session, const char *url,
                        const meeple_connect_options *connect)
{
    meeple_connect_options options = connect ? *connect : (meeple_connect_options){0};
    meeple_net *net;

    options.io = sim_driver(session->sim, "a");
    options.mem = &session->mem.mem;
    cr_assert_eq(meeple_net_connect(&net, url, &options), 0);
    session_add(session, net);
    return net;
}

static void told(struct session *session, size_t seat, const char *want)
{
    const char *got = session_told(session, &session->seats[seat]);

    cr_assert_str_eq(got, want, "seat %zu was told:\n%s", seat, got);
}

Test(net_admit, the_application_sees_who_asks)
{
    static const char *const headers[] = {"Cookie: seat=7", "Origin: https://a.example", NULL};
    struct session session;

    start(&session, NULL);
    desk.answer = ACCEPT;
    come(&session, "ws://s:4000/table/7?name=Ann", &(meeple_connect_options){.headers = headers});
    session_run(&session);
    cr_assert_str_eq(desk.seen,
                     "a:40000  /table/7 name=Ann s:4000|https://a.example|meeple.1|seat=7");
    cr_assert_eq(desk.rc, 0);
    told(&session, 0, "request a /table/7?name=Ann\njoin a\n");
    told(&session, 1, "up a meeple.1\njoin 1\n");
    cr_assert_eq(session.seats[1].id, desk.peer); /* the id it was asked with */
    session_done(&session);
}

Test(net_admit, the_application_chooses_the_subprotocol_and_adds_headers)
{
    static const char *const ours[] = {"one", "two", NULL};
    static const char *const theirs[] = {"three", "one", "two", NULL};
    static const char *const headers[] = {"Set-Cookie: seat=8", NULL};
    struct session session;

    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = ours});
    desk.answer = ACCEPT;
    desk.protocol = "two";
    desk.headers = headers;
    come(&session, "ws://s:4000/",
         &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = theirs});
    session_run(&session);
    told(&session, 1, "up a two\njoin 1\n");
    session_done(&session);
}

/* What was chosen in an answer that there was no memory for is chosen no more. */
Test(net_admit, an_answer_without_memory_may_be_given_again)
{
    static const char *const ours[] = {"one", "two", NULL};
    struct session session;
    meeple_net *server;
    int rc = MEEPLE_ENOMEM;

    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = ours});
    server = session.seats[0].net;
    come(&session, "ws://s:4000/",
         &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = ours});
    session_run_until(&session, sim_now(session.sim) + 100);
    for (size_t n = 1; rc == MEEPLE_ENOMEM; n++) {
        counting_mem_fail(&session.mem, n);
        rc = meeple_net_accept(server, desk.peer, n == 1 ? "two" : NULL, NULL);
        cr_assert(n > 1 || rc == MEEPLE_ENOMEM);
    }
    session.mem.fail_at = 0;
    cr_assert_eq(rc, 0);
    session_run(&session);
    told(&session, 1, "up a one\njoin 1\n");
    session_done(&session);
}

/* What comes back to who speaks HTTP by hand. */
static const char *answer_to(struct session *session, struct raw_peer *raw, const char *fields)
{
    char request[600];

    raw_connect(raw, session->sim, "raw", "s", PORT, NULL, false);
    session->extra = raw_turn;
    session->extra_ctx = raw;
    session_run_until(session, sim_now(session->sim) + 100);
    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
             fields);
    raw_write(raw, request, strlen(request));
    session_run_until(session, sim_now(session->sim) + 100);
    return raw->heard;
}

static void hang_up(struct session *session, struct raw_peer *raw)
{
    raw_done(raw);
    session->extra = NULL;
    session_run(session);
}

Test(net_admit, headers_and_bodies_of_answers_arrive)
{
    static const char *const headers[] = {"X-Seat: 3", NULL};
    struct session session;
    struct raw_peer raw;
    const char *answer;

    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN});
    desk.answer = ACCEPT;
    desk.headers = headers;
    answer = answer_to(&session, &raw, "");
    cr_assert(strstr(answer, "HTTP/1.1 101 ") && strstr(answer, "X-Seat: 3"), "%s", answer);
    hang_up(&session, &raw);
    desk.answer = REJECT;
    desk.status = 401;
    desk.text = "the password is wrong";
    answer = answer_to(&session, &raw, "");
    cr_assert(strstr(answer, "HTTP/1.1 401 Unauthorized") && strstr(answer, "X-Seat: 3") &&
                  strstr(answer, "the password is wrong"),
              "%s", answer);
    cr_assert(raw.ended);
    hang_up(&session, &raw);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
    session_done(&session);
}

Test(net_admit, who_is_rejected_is_told_the_status_and_never_joins)
{
    struct session session;
    meeple_net *net;

    start(&session, NULL);
    desk.answer = REJECT;
    desk.status = 403;
    net = come(&session, "ws://s:4000/", NULL);
    session_run(&session);
    told(&session, 0, "request ? /\n");
    told(&session, 1, "down 1006 unclean the server refused with HTTP status 403 Forbidden\n");
    cr_assert_eq(meeple_net_fault(net).stage, MEEPLE_STAGE_HTTP);
    cr_assert_eq(meeple_net_fault(net).number, 403);
    cr_assert_eq(meeple_net_reject(session.seats[0].net, desk.peer, 403, NULL, NULL),
                 MEEPLE_ENOTFOUND);
    session_done(&session);
}

Test(net_admit, the_answer_may_come_later)
{
    struct session session;
    meeple_net *server;

    start(&session, NULL);
    server = session.seats[0].net;
    come(&session, "ws://s:4000/", NULL);
    session_run_until(&session, sim_now(session.sim) + 1000);
    told(&session, 1, "");
    cr_assert_not(meeple_net_has_peer(server, desk.peer));
    cr_assert_eq(meeple_net_send(server, desk.peer, (meeple_bytes){NULL, 0}), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_kick(server, desk.peer, 0, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_accept(server, desk.peer, NULL, NULL), 0);
    cr_assert_eq(meeple_net_accept(server, desk.peer, NULL, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_reject(server, desk.peer, 403, NULL, NULL), MEEPLE_ENOTFOUND);
    session_run(&session);
    told(&session, 1, "up a meeple.1\njoin 1\n");
    session_done(&session);
}

Test(net_admit, an_answer_that_does_not_come_is_503)
{
    struct session session;
    meeple_net *server;

    start(&session, &(meeple_listen_options){.limits.handshake_timeout_ms = 2000});
    server = session.seats[0].net;
    come(&session, "ws://s:4000/", NULL);
    session_run(&session);
    told(&session, 1,
         "down 1006 unclean the server refused with HTTP status 503 Service Unavailable\n");
    cr_assert_eq(meeple_net_accept(server, desk.peer, NULL, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_stats(server).refused, 1);
    cr_assert_eq(meeple_net_stats(server).refused_late, 1);
    session_done(&session);
}

/* Whatever status the application gives: it was no limit of ours. */
Test(net_admit, what_the_application_refuses_counts_as_nothing_else)
{
    static const int statuses[] = {408, 429, 431, 503};

    for (size_t i = 0; i < MEEPLE_COUNT(statuses); i++) {
        struct session session;
        meeple_stats stats;

        start(&session, NULL);
        desk.answer = REJECT;
        desk.status = statuses[i];
        come(&session, "ws://s:4000/", NULL);
        session_run(&session);
        stats = meeple_net_stats(session.seats[0].net);
        cr_expect_eq(stats.refused, 1);
        cr_expect_eq(stats.refused_late + stats.refused_long + stats.refused_address, 0,
                     "status %d", statuses[i]);
        session_done(&session);
    }
}

/* And who does not read it keeps no place that another needs. */
Test(net_admit, refusals_that_nobody_reads_make_room)
{
    static char text[200001];
    static struct raw_peer raws[4];
    struct session session;
    meeple_net *net;

    memset(text, 'x', sizeof text - 1);
    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                             .limits.handshakes_max = MEEPLE_COUNT(raws)});
    for (size_t i = 0; i < MEEPLE_COUNT(raws); i++) {
        raw_connect(&raws[i], session.sim, "10.0.0.1", "s", PORT, NULL, false);
        session.extra = raw_turn;
        session.extra_ctx = &raws[i];
        session_run_until(&session, sim_now(session.sim));
        raw_write(&raws[i], GOOD, sizeof GOOD - 1);
        raws[i].deaf = true;
        session_run_until(&session, sim_now(session.sim));
        cr_assert_eq(meeple_net_reject(session.seats[0].net, desk.peer, 403, text, NULL), 0);
    }
    desk.answer = ACCEPT;
    cr_assert_eq(
        meeple_net_connect(&net, "ws://s:4000/",
                           &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                     .io = sim_driver(session.sim, "10.0.0.2"),
                                                     .mem = &session.mem.mem}),
        0);
    session_add(&session, net);
    session_run_until(&session, sim_now(session.sim) + 10);
    cr_expect(session.seats[1].up);
    session.extra = NULL;
    session_run(&session);
    cr_expect_eq(meeple_net_stats(session.seats[0].net).refused, MEEPLE_COUNT(raws));
    for (size_t i = 0; i < MEEPLE_COUNT(raws); i++) {
        raw_done(&raws[i]);
    }
    session_done(&session);
}

/* Nor is it late who does not read a refusal. */
Test(net_admit, who_does_not_read_its_refusal_was_not_late)
{
    static char text[200001];
    struct session session;
    struct raw_peer raw;
    meeple_stats stats;

    memset(text, 'x', sizeof text - 1);
    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN});
    answer_to(&session, &raw, "");
    raw.deaf = true;
    cr_assert_eq(meeple_net_reject(session.seats[0].net, desk.peer, 403, text, NULL), 0);
    session_run_until(&session, sim_now(session.sim) + 10000);
    stats = meeple_net_stats(session.seats[0].net);
    cr_expect_eq(stats.refused, 1);
    cr_expect_eq(stats.refused_late, 0);
    hang_up(&session, &raw);
    session_done(&session);
}

Test(net_admit, who_goes_before_the_answer_is_not_found)
{
    struct session session;
    meeple_net *server, *net;

    start(&session, NULL);
    server = session.seats[0].net;
    net = come(&session, "ws://s:4000/", NULL);
    session_run_until(&session, sim_now(session.sim) + 100);
    cr_assert_neq(desk.peer, 0);
    cr_assert_eq(meeple_net_close(net, 0, NULL), 0);
    session_run(&session);
    cr_assert_eq(meeple_net_accept(server, desk.peer, NULL, NULL), MEEPLE_ENOTFOUND);
    told(&session, 0, "request ? /\n");
    session_done(&session);
}

/* Two may be asked about and let in, the third has waited too long for the place. */
Test(net_admit, a_place_is_given_once)
{
    struct session session;
    meeple_net *server;
    int32_t peers[3];

    start(&session, &(meeple_listen_options){.limits.peers_max = 2});
    server = session.seats[0].net;
    for (int i = 0; i < 3; i++) {
        come(&session, "ws://s:4000/", NULL);
        session_run_until(&session, sim_now(session.sim) + 100);
        peers[i] = desk.peer;
    }
    cr_assert_eq(meeple_net_accept(server, peers[2], NULL, NULL), 0);
    cr_assert_eq(meeple_net_accept(server, peers[0], NULL, NULL), 0);
    cr_assert_eq(meeple_net_accept(server, peers[1], NULL, NULL), MEEPLE_EFULL);
    session_run(&session);
    cr_assert_eq(meeple_net_peers(server, NULL, 0), 2);
    told(&session, 2,
         "down 1006 unclean the server refused with HTTP status 503 Service Unavailable\n");
    session_done(&session);
}

Test(net_admit, nobody_is_asked_about_who_cannot_come)
{
    struct session session;

    start(&session, &(meeple_listen_options){.limits.peers_max = 1});
    desk.answer = ACCEPT;
    come(&session, "ws://s:4000/", NULL);
    session_run(&session);
    session_forget(&session);
    come(&session, "ws://s:4000/", NULL);
    session_run(&session);
    meeple_net_refuse(session.seats[0].net, true);
    come(&session, "ws://s:4000/", NULL);
    session_run(&session);
    told(&session, 0, "");
    session_done(&session);
}

Test(net_admit, pages_from_elsewhere_are_refused)
{
    static const char *const origins[] = {"https://a.example", "http://localhost:8000", NULL};
    static const struct {
        const char *fields;
        bool taken;
    } rows[] = {{"", true},
                {"Origin: https://a.example\r\n", true},
                {"Origin: HTTPS://A.example\r\n", true},
                {"Origin: http://localhost:8000\r\n", true},
                {"Origin: http://localhost\r\n", false},
                {"Origin: https://a.example.evil\r\n", false},
                {"Origin: https://evil/https://a.example\r\n", false},
                {"Origin: null\r\n", false},
                {"Origin:\r\n", false},
                {"Origin: https://a.example\r\nOrigin: https://b.example\r\n", false}};
    struct session session;
    struct raw_peer raw;
    uint64_t refused = 0;

    start(&session, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN, .origins = origins});
    desk.answer = ACCEPT;
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        const char *answer = answer_to(&session, &raw, rows[i].fields);

        cr_expect(strstr(answer, rows[i].taken ? "HTTP/1.1 101 " : "HTTP/1.1 403 Forbidden"),
                  "%s: %s", rows[i].fields, answer);
        refused += !rows[i].taken;
        hang_up(&session, &raw);
    }
    cr_expect_eq(meeple_net_stats(session.seats[0].net).refused_origin, refused);
    session_done(&session);
}

Test(net_admit, a_server_that_closes_or_goes_answers_who_waits)
{
    for (int freed = 0; freed < 2; freed++) {
        struct session session;
        meeple_net *server;

        start(&session, NULL);
        server = session.seats[0].net;
        come(&session, "ws://s:4000/", NULL);
        session_run_until(&session, sim_now(session.sim) + 100);
        if (freed) {
            meeple_net_free(server);
            session.seats[0].net = NULL;
        } else {
            cr_assert_eq(meeple_net_close(server, 0, NULL), 0);
        }
        session_run(&session);
        told(&session, 1,
             freed ? "down 1006 unclean the connection was closed before the handshake was done\n"
                   : "down 1006 unclean the server refused with HTTP status 503 Service "
                     "Unavailable\n");
        session_done(&session);
    }
}

Test(net_admit, checks_the_arguments)
{
    static const char *const wrong[] = {"Connection: close", NULL};
    struct session session;
    meeple_net *server, *client;

    start(&session, NULL);
    server = session.seats[0].net;
    client = come(&session, "ws://s:4000/", NULL);
    session_run_until(&session, sim_now(session.sim) + 100);
    cr_assert_eq(meeple_net_accept(NULL, desk.peer, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_reject(NULL, desk.peer, 403, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_accept(client, desk.peer, NULL, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_reject(client, desk.peer, 403, NULL, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_accept(server, 0, NULL, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_accept(server, -desk.peer, NULL, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_accept(server, desk.peer + 1, NULL, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_accept(server, desk.peer, "other", NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_accept(server, desk.peer, NULL, wrong), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_reject(server, desk.peer, 403, NULL, wrong), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_reject(server, desk.peer, 299, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_reject(server, desk.peer, 600, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_accept(server, desk.peer, "meeple.1", NULL), 0);
    session_run(&session);
    told(&session, 1, "up a meeple.1\njoin 1\n");
    session_done(&session);
}

Test(net_admit, every_allocation_fails_once)
{
    for (size_t n = 1;; n++) {
        struct session session;
        bool failed;

        start(&session, NULL);
        desk.answer = ACCEPT;
        come(&session, "ws://s:4000/", NULL);
        counting_mem_fail(&session.mem, n);
        session_run(&session);
        failed = session.mem.calls >= session.mem.fail_at;
        /* Either it worked all the same, or the client was told. */
        cr_assert(session.seats[1].up || session.seats[1].down);
        session_done(&session);
        if (!failed) {
            cr_assert_gt(n, 5);
            break;
        }
    }
}
