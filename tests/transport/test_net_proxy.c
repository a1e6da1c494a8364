/* test_net_proxy: a server behind proxies knows its clients by their own addresses, and by nothing
 * that a stranger says. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/certificates.h"
#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    PORT = 4000
};

static const char *const trusted[] = {"10.0.0.0/8", "fd00::/8", NULL};

static char asked[200], joined[64];

static void look(struct seat *seat, const meeple_event *event)
{
    snprintf(asked, sizeof asked, "%s via %s", event->request->address, event->request->proxy);
    if (meeple_net_accept(seat->net, event->peer, NULL, NULL) == MEEPLE_ENOMEM) {
        cr_assert_eq(meeple_net_reject(seat->net, event->peer, 500, NULL, NULL), 0);
    }
}

static void start(struct session *session, meeple_proxy_kind kind, meeple_tls_server *tls)
{
    meeple_net *net;

    memset(session, 0, sizeof *session);
    counting_mem_init(&session->mem);
    session->sim = sim_new(NULL);
    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = PORT,
                                                    .dialect = MEEPLE_DIALECT_PLAIN,
                                                    .asks = true,
                                                    .proxy = {.kind = kind, .trusted = trusted},
                                                    .tls = tls,
                                                    .io = sim_driver(session->sim, "s"),
                                                    .mem = &session->mem.mem}),
                 0);
    session_add(session, net)->on_request = look;
    session_run(session);
    *asked = *joined = '\0';
}

static void settle(struct session *session)
{
    session_run_until(session, sim_now(session->sim) + 1);
}

#define REQUEST                                                                                    \
    "GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                   \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* A connection from host that says bytes; what came back. */
static const char *says(struct session *session, struct raw_peer *raw, const char *host,
                        const char *bytes, size_t len, size_t piece)
{
    meeple_net *server = session->seats[0].net;
    int32_t peer;

    raw_connect(raw, session->sim, host, "s", PORT, NULL, false);
    session->extra = raw_turn;
    session->extra_ctx = raw;
    settle(session);
    for (size_t at = 0; at < len && !raw->ended; at += piece) {
        raw_write(raw, bytes + at, piece < len - at ? piece : len - at);
        settle(session);
    }
    if (meeple_net_peers(server, &peer, 1) == 1) {
        cr_assert_eq(meeple_net_peer_address(server, peer, joined, sizeof joined), strlen(joined));
    }
    return raw->heard;
}

static void hang_up(struct session *session, struct raw_peer *raw)
{
    raw_done(raw);
    session->extra = NULL;
    session_run(session);
    *asked = *joined = '\0';
}

Test(net_proxy, a_trusted_proxys_header_says_whose_request_it_is)
{
    static const struct {
        meeple_proxy_kind kind;
        const char *host, *fields, *asked, *joined;
    } rows[] = {
        {MEEPLE_PROXY_X_FORWARDED_FOR, "10.0.0.9", "X-Forwarded-For: 203.0.113.7\r\n",
         "203.0.113.7 via 10.0.0.9:40000", "203.0.113.7"},
        {MEEPLE_PROXY_X_FORWARDED_FOR, "10.0.0.9", "X-Forwarded-For: 9.9.9.9, 203.0.113.7:80\r\n",
         "203.0.113.7:80 via 10.0.0.9:40000", "203.0.113.7:80"},
        {MEEPLE_PROXY_X_FORWARDED_FOR, "10.0.0.9", "X-Forwarded-For: 2001:db8::7, 10.1.1.1\r\n",
         "2001:db8::7 via 10.0.0.9:40000", "2001:db8::7"},
        {MEEPLE_PROXY_X_FORWARDED_FOR, "10.0.0.9", "Forwarded: for=203.0.113.7\r\n",
         "10.0.0.9:40000 via ", "10.0.0.9:40000"},
        {MEEPLE_PROXY_X_FORWARDED_FOR, "11.0.0.9", "X-Forwarded-For: 203.0.113.7\r\n",
         "11.0.0.9:40000 via ", "11.0.0.9:40000"},
        {MEEPLE_PROXY_X_FORWARDED_FOR, "anna", "X-Forwarded-For: 203.0.113.7\r\n",
         "anna:40000 via ", "anna:40000"},
        {MEEPLE_PROXY_FORWARDED, "10.0.0.9", "Forwarded: for=\"[2001:db8::7]:4711\";proto=http\r\n",
         "[2001:db8::7]:4711 via 10.0.0.9:40000", "[2001:db8::7]:4711"},
        {MEEPLE_PROXY_FORWARDED, "10.0.0.9", "X-Forwarded-For: 203.0.113.7\r\n",
         "10.0.0.9:40000 via ", "10.0.0.9:40000"},
        {MEEPLE_PROXY_NONE, "10.0.0.9", "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n",
         "10.0.0.9:40000 via ", "10.0.0.9:40000"}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct session session;
        struct raw_peer raw;
        char request[600];
        const char *answer;

        start(&session, rows[i].kind, NULL);
        snprintf(request, sizeof request, REQUEST "%s\r\n", rows[i].fields);
        answer = says(&session, &raw, rows[i].host, request, strlen(request), sizeof request);
        cr_expect(strstr(answer, "HTTP/1.1 101 "), "%s", answer);
        cr_expect_str_eq(asked, rows[i].asked);
        cr_expect_str_eq(joined, rows[i].joined);
        hang_up(&session, &raw);
        session_done(&session);
    }
}

Test(net_proxy, a_request_that_is_nobodys_is_refused)
{
    static const char request[] = REQUEST "X-Forwarded-For: 203.0.113.7, nonsense\r\n\r\n";
    struct session session;
    struct raw_peer raw;
    const char *answer;

    start(&session, MEEPLE_PROXY_X_FORWARDED_FOR, NULL);
    answer = says(&session, &raw, "10.0.0.9", request, sizeof request - 1, sizeof request);
    cr_assert(strstr(answer, "HTTP/1.1 400 ") &&
                  strstr(answer, "the proxy does not say whose request this is"),
              "%s", answer);
    cr_assert_str_eq(asked, "");
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
    hang_up(&session, &raw);
    session_done(&session);
}

/* ---- the PROXY protocol ---- */

#define V1 "PROXY TCP4 203.0.113.7 10.0.0.9 4711 443\r\n"
#define V2                                                                                         \
    "\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"               \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09\x12\x67\x01\xbb"
#define LOCAL "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"

struct header_row {
    const char *host, *bytes;
    size_t len;
    const char *asked; /* NULL: dropped */
};

#define ROW(host, header, asked)                                                                   \
    {                                                                                              \
        host, header REQUEST "\r\n", sizeof(header REQUEST "\r\n") - 1, asked                      \
    }

static const struct header_row header_rows[] = {
    ROW("10.0.0.9", V1, "203.0.113.7:4711 via 10.0.0.9:40000"),
    ROW("10.0.0.9", V2, "[2001:db8::7]:4711 via 10.0.0.9:40000"),
    ROW("10.0.0.9", LOCAL, "10.0.0.9:40000 via "),
    ROW("10.0.0.9", "PROXY UNKNOWN\r\n", "10.0.0.9:40000 via "),
    ROW("10.0.0.9", "", NULL),
    ROW("10.0.0.9", "PROXY TCP4 203.0.113.7 10.0.0.9 4711\r\n", NULL),
    ROW("10.0.0.9", "\r\n\r\n\0\r\nQUIT\n\x31\x21\x00\x24", NULL),
    ROW("11.0.0.9", "", "11.0.0.9:40000 via "),
    ROW("11.0.0.9", V1, NULL)};

Test(net_proxy, the_proxy_protocol_comes_first_and_from_trusted_proxies_only)
{
    static const size_t pieces[] = {1, 7, 4096};

    for (size_t i = 0; i < MEEPLE_COUNT(header_rows) * MEEPLE_COUNT(pieces); i++) {
        const struct header_row *row = &header_rows[i / MEEPLE_COUNT(pieces)];
        struct session session;
        struct raw_peer raw;
        const char *answer;

        start(&session, MEEPLE_PROXY_HEADER, NULL);
        answer =
            says(&session, &raw, row->host, row->bytes, row->len, pieces[i % MEEPLE_COUNT(pieces)]);
        if (row->asked) {
            cr_expect_str_eq(asked, row->asked, "row %zu: %s", i, asked);
            cr_expect(strstr(answer, "HTTP/1.1 101 "), "row %zu: %s", i, answer);
        } else {
            cr_expect_str_eq(asked, "", "row %zu: %s", i, asked);
            cr_expect(raw.ended, "row %zu", i);
            cr_expect_eq(meeple_net_stats(session.seats[0].net).refused, 1);
        }
        hang_up(&session, &raw);
        session_done(&session);
    }
}

Test(net_proxy, a_proxy_that_says_nothing_is_left_in_time)
{
    struct session session;
    struct raw_peer raw;

    start(&session, MEEPLE_PROXY_HEADER, NULL);
    says(&session, &raw, "10.0.0.9", "PROXY ", 6, 6);
    session_run(&session);
    cr_assert(raw.ended);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
    hang_up(&session, &raw);
    session_done(&session);
}

/* A driver whose streams begin with the header, as if a proxy stood before them. */
static const meeple_io_driver *behind;
static bool header_said;

static size_t send_behind_header(meeple_io *io, meeple_socket *socket, const meeple_bytes *parts,
                                 size_t count)
{
    if (!header_said) {
        const meeple_bytes header = {(const uint8_t *)V2, sizeof V2 - 1};

        header_said = true;
        cr_assert_eq(behind->send(io, socket, &header, 1), header.len);
    }
    return behind->send(io, socket, parts, count);
}

Test(net_proxy, the_proxy_protocol_comes_before_tls)
{
    struct certificates files;
    struct session session;
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];
    meeple_tls_server *tls;
    meeple_io_driver driver;
    meeple_net *net;

    certificates_init(&files);
    certificates_make(&files, &(struct certificate_wish){.name = "s", .alt_names = "DNS:s"});
    cr_assert_eq(meeple_tls_server_new(&tls,
                                       &(meeple_tls_server_options){
                                           .cert_file = certificates_path(&files, "s.crt", cert),
                                           .key_file = certificates_path(&files, "s.key", key)},
                                       NULL, 0),
                 0);
    start(&session, MEEPLE_PROXY_HEADER, tls);
    behind = sim_driver(session.sim, "10.0.0.9");
    header_said = false;
    driver = *behind;
    driver.send = send_behind_header;
    cr_assert_eq(meeple_net_connect(&net, "wss://s:4000/",
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                              .tls.ca_file = cert,
                                                              .io = &driver,
                                                              .mem = &session.mem.mem}),
                 0);
    session_add(&session, net);
    session_run_until(&session, sim_now(session.sim) + 4000);
    cr_expect(session.seats[1].up, "%s", session_told(&session, &session.seats[1]));
    cr_expect_str_eq(asked, "[2001:db8::7]:4711 via 10.0.0.9:40000");
    session_done(&session);
    meeple_tls_server_free(tls);
    certificates_done(&files);
}

Test(net_proxy, an_address_is_asked_for_by_both_sides)
{
    struct session session;
    meeple_net *net, *server;
    char text[64], small[4];

    start(&session, MEEPLE_PROXY_NONE, NULL);
    server = session.seats[0].net;
    cr_assert_eq(
        meeple_net_connect(&net, "ws://s:4000/",
                           &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                     .io = sim_driver(session.sim, "10.0.0.1"),
                                                     .mem = &session.mem.mem}),
        0);
    session_add(&session, net);
    session_run(&session);
    cr_assert_eq(meeple_net_peer_address(net, MEEPLE_SERVER, text, sizeof text), 6);
    cr_assert_str_eq(text, "s:4000");
    cr_assert_eq(meeple_net_peer_address(net, 77, text, sizeof text), 0);
    cr_assert_str_eq(text, "");
    cr_assert_eq(meeple_net_peer_address(server, session.seats[0].here[0], small, sizeof small),
                 14);
    cr_assert_str_eq(small, "10.");
    cr_assert_eq(meeple_net_peer_address(server, session.seats[0].here[0], NULL, 0), 14);
    cr_assert_eq(meeple_net_peer_address(NULL, 1, text, sizeof text), 0);
    session_done(&session);
}

Test(net_proxy, checks_the_options)
{
    static const char *const none[] = {NULL};
    static const char *const wrong[] = {"10.0.0.0/8", "10.0.0.1/8", NULL};
    static const meeple_proxy_options rows[] = {{MEEPLE_PROXY_HEADER, NULL},
                                                {MEEPLE_PROXY_FORWARDED, none},
                                                {MEEPLE_PROXY_X_FORWARDED_FOR, wrong},
                                                {(meeple_proxy_kind)9, trusted}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct sim *sim = sim_new(NULL);
        struct counting_mem mem;
        meeple_net *net;

        counting_mem_init(&mem);
        cr_expect_eq(meeple_net_listen(&net, &(meeple_listen_options){.proxy = rows[i],
                                                                      .port = PORT,
                                                                      .io = sim_driver(sim, "s"),
                                                                      .mem = &mem.mem}),
                     MEEPLE_EINVAL, "row %zu", i);
        cr_expect_eq(net, NULL);
        cr_expect_eq(mem.live, 0);
        sim_free(sim);
    }
}

Test(net_proxy, every_allocation_fails_once)
{
    for (size_t n = 1;; n++) {
        struct session session;
        struct raw_peer raw;
        bool failed;

        start(&session, MEEPLE_PROXY_HEADER, NULL);
        counting_mem_fail(&session.mem, n);
        says(&session, &raw, "10.0.0.9", header_rows[0].bytes, header_rows[0].len, 4096);
        failed = session.mem.calls >= session.mem.fail_at;
        cr_assert(raw.ended || strstr(raw.heard, "HTTP/1.1 "), "call %zu: %s", n, raw.heard);
        hang_up(&session, &raw);
        session_done(&session);
        if (!failed) {
            cr_assert_gt(n, 4);
            break;
        }
    }
}
