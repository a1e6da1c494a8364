/* test_conformance_stream: what RFC 6455 asks of the connection below the frames: which requests go
 * out, and which side ends the stream (sections 4.1 and 7.1). */
#include <meeple/net.h>
#include <meeple/tls.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/certificates.h"
#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    LATENCY_MS = 10
};

/* ---- who ends the stream first ---- */

/* Of everything that happens the first end of a stream. */
struct ends {
    char first[64];
    size_t count;
};

static void watch(void *ctx, const char *line)
{
    struct ends *ends = ctx;
    const char *what = strrchr(line, ' ');

    if (what && (strcmp(what, " end") == 0 || strcmp(what, " close") == 0)) {
        if (ends->count++ == 0) {
            snprintf(ends->first, sizeof ends->first, "%s", strchr(line, ' ') + 1);
        }
    }
}

/* A server s and a client a, in that dialect; tls NULL: not encrypted. */
static void start_with(struct session *session, struct ends *ends, meeple_dialect dialect,
                       meeple_tls_server *tls)
{
    meeple_net *net;

    memset(session, 0, sizeof *session);
    *ends = (struct ends){.count = 0};
    session->sim = sim_new(&(struct sim_options){.latency_min_ms = LATENCY_MS,
                                                 .latency_max_ms = LATENCY_MS,
                                                 .trace = watch,
                                                 .trace_ctx = ends});
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = 4000,
                                                         .dialect = dialect,
                                                         .tls = tls,
                                                         .io = sim_driver(session->sim, "s")}),
        0);
    session_add(session, net);
    cr_assert_eq(meeple_net_connect(&net, tls ? "wss://s:4000/" : "ws://s:4000/",
                                    &(meeple_connect_options){.dialect = dialect,
                                                              .tls.insecure = true,
                                                              .io = sim_driver(session->sim, "a")}),
                 0);
    session_add(session, net);
    session_run(session);
    cr_assert_eq(ends->count, 0);
}

static void start(struct session *session, struct ends *ends, meeple_dialect dialect)
{
    start_with(session, ends, dialect, NULL);
}

static const meeple_dialect dialects[] = {MEEPLE_DIALECT_NATIVE, MEEPLE_DIALECT_PLAIN};

/* The ways to close: of the server, of the client, of the server one peer, of both at once. */
static void close_in(struct session *session, unsigned way)
{
    if (way == 0 || way == 3) {
        cr_assert_eq(meeple_net_close(session->seats[0].net, 1001, "bye"), 0);
    }
    if (way == 1 || way == 3) {
        cr_assert_eq(meeple_net_close(session->seats[1].net, 1001, "bye"), 0);
    }
    if (way == 2) {
        cr_assert_eq(meeple_net_kick(session->seats[0].net, session->seats[0].here[0], 4000, "out"),
                     0);
    }
}

static void ends_first(unsigned way, meeple_tls_server *tls)
{
    struct session session;
    struct ends ends;

    start_with(&session, &ends, dialects[way & 1], tls);
    cr_assert(session.seats[1].up);
    close_in(&session, way / 2);
    session_run(&session);
    cr_assert(session.seats[1].down);
    cr_assert_eq(strncmp(ends.first, "s:4000 > a:", 11), 0, "way %u: %s", way, ends.first);
    session_done(&session);
}

Test(conformance_stream, after_a_close_handshake_the_server_ends_the_stream_first)
{
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];
    struct certificates files;
    meeple_tls_server *tls;

    certificates_init(&files);
    certificates_make(&files, &(struct certificate_wish){.name = "s"});
    cr_assert_eq(meeple_tls_server_new(&tls,
                                       &(meeple_tls_server_options){
                                           .cert_file = certificates_path(&files, "s.crt", cert),
                                           .key_file = certificates_path(&files, "s.key", key)},
                                       NULL, 0),
                 0);
    for (unsigned way = 0; way < 8; way++) {
        ends_first(way, NULL);
        ends_first(way, tls);
    }
    meeple_tls_server_free(tls);
    certificates_done(&files);
}

/* ---- a client among strange servers ---- */

/* A client a of a server that is made of bytes. */
static void meet(struct session *session, struct raw_peer *raw, struct ends *ends, const char *url,
                 uint16_t port, bool ws)
{
    meeple_net *net;

    memset(session, 0, sizeof *session);
    *ends = (struct ends){.count = 0};
    session->sim = sim_new(&(struct sim_options){.trace = watch, .trace_ctx = ends});
    raw_listen(raw, session->sim, "s", port, NULL, ws);
    session->extra = raw_turn;
    session->extra_ctx = raw;
    cr_assert_eq(meeple_net_connect(&net, url,
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                              .io = sim_driver(session->sim, "a")}),
                 0);
    session_add(session, net);
    session_run_until(session, sim_now(session->sim) + 100);
}

static void part(struct session *session, struct raw_peer *raw)
{
    session->extra = NULL;
    raw_done(raw);
    session_run(session);
    session_done(session);
}

Test(conformance_stream, a_server_that_never_ends_the_stream_is_left_after_a_second)
{
    for (int ours = 0; ours < 2; ours++) {
        struct session session;
        struct raw_peer raw;
        struct ends ends;
        uint64_t began_ms;

        meet(&session, &raw, &ends, "ws://s:4000/", 4000, true);
        cr_assert(session.seats[0].up);
        began_ms = sim_now(session.sim);
        if (ours) {
            cr_assert_eq(meeple_net_close(session.seats[0].net, 1000, "bye"), 0);
        } else {
            raw_close(&raw, 1000, "bye");
        }
        session_run_until(&session, began_ms + 900);
        /* Everybody is gone, and the end is not told yet. */
        cr_assert(!session.seats[0].down && session.seats[0].here_count == 0);
        cr_assert_eq(ends.count, 0);
        session_run_until(&session, began_ms + 1100);
        cr_assert(session.seats[0].down);
        part(&session, &raw);
        cr_assert_eq(strncmp(ends.first, "a:", 2), 0, "%s", ends.first);
    }
}

static void asks(const char *url, uint16_t port, const char *line, const char *host)
{
    struct session session;
    struct raw_peer raw;
    struct ends ends;
    char want[128];

    meet(&session, &raw, &ends, url, port, false);
    cr_assert_eq(strncmp(raw.heard, line, strlen(line)), 0, "%s:\n%s", url, raw.heard);
    snprintf(want, sizeof want, "\r\nHost: %s\r\n", host);
    cr_assert(strstr(raw.heard, want), "%s:\n%s", url, raw.heard);
    cr_assert_null(strstr(strstr(raw.heard, "\r\nHost:") + 1, "\r\nHost:"));
    part(&session, &raw);
}

/* Sections 3 and 4.1: the resource name is path and query; Host has the port unless it is the
 * default one. */
Test(conformance_stream, the_request_names_resource_and_host)
{
    asks("ws://s:4000/chat?room=1", 4000, "GET /chat?room=1 HTTP/1.1\r\n", "s:4000");
    asks("ws://s:4000", 4000, "GET / HTTP/1.1\r\n", "s:4000");
    asks("ws://s:4000?q", 4000, "GET /?q HTTP/1.1\r\n", "s:4000");
    asks("ws://s:4000/%23?%20", 4000, "GET /%23?%20 HTTP/1.1\r\n", "s:4000");
    asks("WS://s/", 80, "GET / HTTP/1.1\r\n", "s");
    asks("ws://s:80/", 80, "GET / HTTP/1.1\r\n", "s");
}

/* Section 4.1: whatever the status is, there is no second request, and no close frame. */
Test(conformance_stream, a_client_follows_no_redirect_and_answers_no_challenge)
{
    static const struct {
        const char *response;
        int status;
        const char *text;
    } rows[] = {
        {"HTTP/1.1 301 Moved Permanently\r\nLocation: ws://s:4000/there\r\n\r\n", 301,
         "the server refused with HTTP status 301 Moved Permanently"},
        {"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://s:4000/there\r\n\r\n", 307,
         "the server refused with HTTP status 307 Temporary Redirect"},
        {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", 401,
         "the server refused with HTTP status 401 Unauthorized"},
        {"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", 407,
         "the server refused with HTTP status 407 Proxy Authentication Required"},
        {"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8, 7\r\n\r\n", 426,
         "the server refused with HTTP status 426 Upgrade Required"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct session session;
        struct raw_peer raw;
        struct ends ends;
        size_t heard;

        meet(&session, &raw, &ends, "ws://s:4000/", 4000, false);
        heard = raw.heard_len;
        raw_write(&raw, rows[i].response, strlen(rows[i].response));
        session_run(&session);
        cr_assert(session.seats[0].down);
        cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_HTTP);
        cr_assert_eq(meeple_net_fault(session.seats[0].net).number, rows[i].status);
        cr_assert_str_eq(meeple_net_fault(session.seats[0].net).text, rows[i].text);
        cr_assert_eq(raw.heard_len, heard);
        cr_assert(raw.ended);
        cr_assert_eq(sim_counts(session.sim).connects, 1);
        part(&session, &raw);
    }
}

/* Section 7.2.3: nor does it come back by itself. */
Test(conformance_stream, a_client_that_lost_its_server_does_not_connect_again)
{
    struct session session;
    struct ends ends;

    start(&session, &ends, MEEPLE_DIALECT_PLAIN);
    sim_reset_all(session.sim, "a");
    session_run(&session);
    cr_assert(session.seats[1].down);
    session_run_until(&session, sim_now(session.sim) + 600000);
    cr_assert_eq(sim_counts(session.sim).connects, 1);
    session_done(&session);
}

/* Section 4.1 wants one connection at a time in the state of connecting to one address.  Nets know
 * nothing of each other: net.h leaves that to who makes several. */
Test(conformance_stream, a_net_has_one_connection_and_is_not_held_back_by_others)
{
    struct session session;
    struct ends ends;
    meeple_net *net;

    start(&session, &ends, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(sim_counts(session.sim).connects, 1);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(
            meeple_net_connect(&net, "ws://s:4000/",
                               &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                         .io = sim_driver(session.sim, "a")}),
            0);
        session_add(&session, net);
    }
    session_run_until(&session, sim_now(session.sim) + 5 * LATENCY_MS);
    cr_assert(session.seats[2].up && session.seats[3].up && session.seats[4].up);
    cr_assert_eq(sim_counts(session.sim).connects, 4);
    session_run(&session);
    session_done(&session);
}
