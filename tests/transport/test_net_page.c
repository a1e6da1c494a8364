/* test_net_page: files over HTTP beside a session, over the simulated network. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/prng.h"
#include "tests/support/raw_peer.h"
#include "tests/support/session.h"
#include "transport/net_server.h"

enum {
    PORT = 4000,
    BROWSERS = 8,
    BIG = 3 * 1000 * 1000
};

/* Who asks for one page and keeps what comes. */
struct browser {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *socket;
    uint8_t *got;
    size_t len, cap;
    const char *request; /* what of it has not gone */
    bool deaf;
    bool ended; /* as announced; lost: not */
    bool lost;
};

static struct folder www;
static struct session session;
static struct browser browsers[BROWSERS];
static size_t browser_count;
static uint8_t *big; /* what is in big.wasm */

static void say_more(struct browser *browser)
{
    meeple_bytes part = {(const uint8_t *)browser->request, strlen(browser->request)};

    if (part.len > 0) {
        browser->request += browser->driver->send(browser->io, browser->socket, &part, 1);
    }
}

static void say(struct browser *browser, const char *request)
{
    browser->request = request;
    say_more(browser);
}

static bool browser_turn(struct browser *browser)
{
    meeple_io_event event;
    bool any = false;

    while (!browser->deaf && browser->driver->next(browser->io, &event, 0) > 0) {
        any = true;
        if (event.type == MEEPLE_IO_RECEIVED) {
            if (browser->len + event.len >= browser->cap) {
                browser->cap = 2 * (browser->len + event.len) + 1;
                browser->got = realloc(browser->got, browser->cap);
            }
            memcpy(browser->got + browser->len, event.bytes, event.len);
            browser->len += event.len;
            browser->got[browser->len] = '\0';
        } else if (event.type == MEEPLE_IO_SENT) {
            browser->request += event.len;
            say_more(browser);
        } else if (event.type == MEEPLE_IO_ENDED || event.type == MEEPLE_IO_BROKEN) {
            browser->ended = event.type == MEEPLE_IO_ENDED;
            browser->lost = !browser->ended;
            browser->driver->close(browser->io, browser->socket);
            browser->socket = NULL;
        }
    }
    return any;
}

static bool browsers_turn(void *ctx)
{
    bool any = false;

    (void)ctx;
    for (size_t i = 0; i < browser_count; i++) {
        any = (browsers[i].io && browser_turn(&browsers[i])) || any;
    }
    return any;
}

/* A request, or NULL: only the connection. */
static struct browser *ask_from(const char *host, const char *request)
{
    struct browser *browser = &browsers[browser_count++];

    cr_assert_leq(browser_count, BROWSERS);
    *browser = (struct browser){.driver = sim_driver(session.sim, host)};
    cr_assert_eq(browser->driver->open(browser->driver, NULL, NULL, &browser->io), 0);
    cr_assert_eq(browser->driver->connect(browser->io, "s", PORT, browser, &browser->socket), 0);
    session_run_until(&session, sim_now(session.sim) + 200);
    if (request) {
        say(browser, request);
    }
    return browser;
}

static struct browser *ask(const char *request)
{
    return ask_from("browser", request);
}

static void leave(struct browser *browser)
{
    if (browser->io) {
        browser->driver->free(browser->io);
        browser->io = NULL;
        browser->socket = NULL;
    }
    free(browser->got);
    browser->got = NULL;
}

static void start(const meeple_listen_options *listen, const struct sim_options *sim)
{
    meeple_listen_options options = listen ? *listen : (meeple_listen_options){0};
    meeple_net *net;

    memset(&session, 0, sizeof session);
    browser_count = 0;
    folder_make(&www);
    folder_text(&www, "index.html", "<p>welcome");
    folder_text(&www, "table/index.html", "<p>a table");
    folder_text(&www, "bare/file.txt", "text");
    folder_text(&www, "empty.js", "");
    folder_text(&www, "plain.js", "alert(1)");
    folder_text(&www, "plain.js.gz", "GZ");
    folder_text(&www, ".hidden", "secret");
    folder_link(&www, "passwd", "/etc/passwd");
    counting_mem_init(&session.mem);
    session.sim = sim_new(sim);
    session.extra = browsers_turn;
    options.port = PORT;
    options.io = sim_driver(session.sim, "s");
    options.mem = &session.mem.mem;
    if (!options.pages.health && !options.pages.folder) {
        options.pages.folder = www.path;
    }
    cr_assert_eq(meeple_net_listen(&net, &options), 0);
    session_add(&session, net);
    session_run_until(&session, sim_now(session.sim) + 100);
    session_forget(&session);
}

static void write_big(void)
{
    struct prng random = {.state = 5};

    big = malloc(BIG);
    prng_fill(&random, big, BIG);
    folder_write(&www, "big.wasm", big, BIG);
}

static void stop(void)
{
    for (size_t i = 0; i < browser_count; i++) {
        leave(&browsers[i]);
    }
    session_done(&session);
    folder_remove(&www);
    free(big);
    big = NULL;
}

static meeple_net *server(void)
{
    return session.seats[0].net;
}

static meeple_stats stats(void)
{
    return meeple_net_stats(server());
}

static meeple_net *come(const char *url)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_connect(&net, url,
                                    &(meeple_connect_options){.io = sim_driver(session.sim, "a"),
                                                              .mem = &session.mem.mem}),
                 0);
    session_add(&session, net);
    return net;
}

static void wait_for(uint64_t ms)
{
    session_run_until(&session, sim_now(session.sim) + ms);
}

/* The whole answer to one request, in a buffer until stop(); the connection has ended then. */
static const char *answer_to(const char *request)
{
    struct browser *browser = ask(request);

    wait_for(400);
    cr_assert(browser->ended, "%s", request);
    return browser->got ? (const char *)browser->got : "";
}

static void answers(const char *request, const char *begin, const char *end)
{
    const char *answer = answer_to(request);

    cr_assert(strncmp(answer, begin, strlen(begin)) == 0, "%s%s", request, answer);
    cr_assert(strlen(answer) >= strlen(end) &&
                  strcmp(answer + strlen(answer) - strlen(end), end) == 0,
              "%s%s", request, answer);
    leave(&browsers[--browser_count]);
}

/* Whether the browser has the head and all of big.wasm. */
static bool has_big(const struct browser *browser)
{
    const char *body = browser->got ? strstr((const char *)browser->got, "\r\n\r\n") : NULL;
    size_t head = body ? (size_t)(body + 4 - (const char *)browser->got) : 0;

    return body && browser->len == head + BIG && memcmp(browser->got + head, big, BIG) == 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: s\r\n\r\n"
#define HEAD(path) "HEAD " path " HTTP/1.1\r\nHost: s\r\n\r\n"

Test(net_page, files_of_the_folder_are_handed_out)
{
    start(NULL, NULL);
    answers(GET("/"), "HTTP/1.1 200 OK\r\n", "Content-Length: 10\r\n\r\n<p>welcome");
    answers(GET("/index.html?x=1"), "HTTP/1.1 200 OK\r\n", "\r\n\r\n<p>welcome");
    answers(GET("/table/"), "HTTP/1.1 200 OK\r\n", "\r\n\r\n<p>a table");
    answers(GET("http://s:4000/table/"), "HTTP/1.1 200 OK\r\n", "\r\n\r\n<p>a table");
    answers("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n<p>welcome");
    answers(GET("/empty.js"), "HTTP/1.1 200 OK\r\n", "Content-Length: 0\r\n\r\n");
    answers(HEAD("/"), "HTTP/1.1 200 OK\r\n", "Content-Length: 10\r\n\r\n");
    cr_assert_eq(stats().pages_served, 7);
    cr_assert_eq(stats().pages_refused, 0);
    cr_assert_eq(stats().pages_lost, 0);
    cr_assert_eq(stats().refused, 0);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "");
    stop();
}

Test(net_page, a_folder_with_a_page_is_redirected_to)
{
    start(NULL, NULL);
    cr_assert(strstr(answer_to(GET("/table?a=b")), "\r\nLocation: /table/?a=b\r\n"));
    answers(HEAD("/table"), "HTTP/1.1 301 Moved Permanently\r\n", "\r\n\r\n");
    answers(GET("/bare"), "HTTP/1.1 404 ", "there is no such page\n");
    answers(GET("/bare/"), "HTTP/1.1 404 ", "there is no such page\n");
    stop();
}

Test(net_page, what_is_not_to_be_seen_is_not_found)
{
    static const char *const targets[] = {"/none",
                                          "/.hidden",
                                          "/passwd",
                                          "/../etc/passwd",
                                          "/%2e%2e/etc/passwd",
                                          "/a//b",
                                          "/table/../.hidden",
                                          "//s/",
                                          "/..%2fetc%2fpasswd",
                                          "/empty.js/",
                                          "/plain.js/x",
                                          "/\\etc"};

    start(NULL, NULL);
    for (size_t i = 0; i < MEEPLE_COUNT(targets); i++) {
        char request[200];

        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: s\r\n\r\n", targets[i]);
        answers(request, "HTTP/1.1 404 Not Found\r\n", "\r\n\r\nthere is no such page\n");
    }
    answers(HEAD("/none"), "HTTP/1.1 404 Not Found\r\n", "Content-Length: 22\r\n\r\n");
    answers(GET("/%00"), "HTTP/1.1 400 Bad Request\r\n", "the path is malformed\n");
    cr_assert_eq(stats().pages_refused, MEEPLE_COUNT(targets) + 2);
    cr_assert_eq(stats().refused, 0);
    stop();
}

Test(net_page, what_is_no_get_is_refused)
{
    start(NULL, NULL);
    answers("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\n\r\na=b",
            "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nAllow: GET, HEAD\r\n",
            "GET\n");
    answers("GET / HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\n\r\na=b", "HTTP/1.1 400 ", "body\n");
    answers("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "Host header\n");
    answers("GET / HTTP/3.0\r\nHost: s\r\n\r\n", "HTTP/1.1 505 ", "required\n");
    answers("GET / HTTP/1.1\nHost: s\n\n", "HTTP/1.1 400 ", "\n");
    /* One answer for each connection, whatever comes behind the request. */
    answers(GET("/") GET("/table/"), "HTTP/1.1 200 ", "\r\n\r\n<p>welcome");
    stop();
}

Test(net_page, who_has_no_more_to_say_still_listens)
{
    static const char *const targets[] = {GET("/"), GET("/big.wasm"), GET("/none")};

    start(NULL, NULL);
    write_big();
    for (size_t i = 0; i < MEEPLE_COUNT(targets); i++) {
        struct browser *browser = ask(targets[i]);

        browser->driver->finish(browser->io, browser->socket);
        wait_for(3000);
        cr_assert(browser->ended);
        cr_assert(i == 1 ? has_big(browser) : browser->len > 20, "%zu", browser->len);
    }
    cr_assert_eq(stats().pages_served, 2);
    stop();
}

Test(net_page, a_client_that_has_it_already_gets_no_body)
{
    char request[300], tag[100] = "";
    const char *answer;

    start(NULL, NULL);
    answer = answer_to(GET("/"));
    cr_assert_eq(sscanf(strstr(answer, "\r\nETag: "), "\r\nETag: %99[^\r]", tag), 1);
    snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: s\r\nIf-None-Match: %s\r\n\r\n",
             tag);
    answers(request, "HTTP/1.1 304 Not Modified\r\n", "\r\nVary: Accept-Encoding\r\n\r\n");
    folder_text(&www, "index.html", "<p>something new");
    answers(request, "HTTP/1.1 200 OK\r\n", "<p>something new");
    cr_assert_eq(stats().pages_served, 3);
    stop();
}

Test(net_page, a_smaller_form_is_sent_to_who_takes_it)
{
    const char *answer;

    start(NULL, NULL);
    answer = answer_to("GET /plain.js HTTP/1.1\r\nHost: s\r\nAccept-Encoding: br, gzip\r\n\r\n");
    cr_assert(strstr(answer, "Content-Encoding: gzip\r\n") &&
                  strstr(answer, "Content-Type: text/javascript; charset=utf-8\r\n") &&
                  strstr(answer, "\r\n\r\nGZ"),
              "%s", answer);
    answers(GET("/plain.js"), "HTTP/1.1 200 OK\r\n", "\r\n\r\nalert(1)");
    answers("GET /index.html HTTP/1.1\r\nHost: s\r\nAccept-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\n", "\r\n\r\n<p>welcome");
    stop();
}

Test(net_page, websockets_are_as_ever_on_every_path)
{
    static const char *const origins[] = {"https://example.org", NULL};

    start(&(meeple_listen_options){.origins = origins}, NULL);
    come("ws://s:4000/index.html");
    come("ws://s:4000/healthz");
    wait_for(500);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "join a\njoin b\n");
    answers(GET("/"), "HTTP/1.1 200 OK\r\n", "welcome");
    /* One that fails is told why. */
    answers("GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 426 Upgrade Required\r\n", "\n");
    cr_assert_eq(stats().refused, 1);
    stop();
}

static void accept_it(struct seat *seat, const meeple_event *event)
{
    cr_assert_eq(meeple_net_accept(seat->net, event->peer, NULL, NULL), 0);
}

Test(net_page, pages_are_not_asked_for)
{
    start(&(meeple_listen_options){.asks = true}, NULL);
    session.seats[0].on_request = accept_it;
    answers(GET("/"), "HTTP/1.1 200 OK\r\n", "welcome");
    come("ws://s:4000/");
    wait_for(500);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "request a /\njoin a\n");
    stop();
}

Test(net_page, health_is_told_where_asked_for)
{
    start(&(meeple_listen_options){.pages.health = true, .limits.peers_max = 1}, NULL);
    answers(GET("/healthz"), "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
    answers("GET /healthz HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
    answers(HEAD("/healthz"), "HTTP/1.1 200 OK\r\n", "Content-Length: 3\r\n\r\n");
    answers("POST /healthz HTTP/1.1\r\nHost: s\r\n\r\n", "HTTP/1.1 405 ", "\n");
    /* Without a folder there are no pages. */
    answers(GET("/"), "HTTP/1.1 426 Upgrade Required\r\n", "\n");
    answers(GET("/healthz/"), "HTTP/1.1 426 Upgrade Required\r\n", "\n");
    come("ws://s:4000/");
    wait_for(500);
    answers(GET("/healthz"), "HTTP/1.1 200 OK\r\n", "\r\n\r\nfull\n");
    meeple_net_refuse(server(), true);
    answers(GET("/healthz"), "HTTP/1.1 200 OK\r\n", "\r\n\r\nrefusing\n");
    stop();
}

Test(net_page, health_is_a_page_like_any_other_where_not_asked_for)
{
    start(NULL, NULL);
    answers(GET("/healthz"), "HTTP/1.1 404 ", "\n");
    meeple_net_refuse(server(), true);
    answers(GET("/"), "HTTP/1.1 200 ", "welcome");
    stop();
}

Test(net_page, the_folder_has_to_be_there)
{
    meeple_net *net;
    struct sim *sim = sim_new(NULL);
    meeple_listen_options options = {
        .port = PORT, .io = sim_driver(sim, "s"), .pages.folder = "/none/such"};

    cr_assert_eq(meeple_net_listen(&net, &options), MEEPLE_EINVAL);
    cr_assert_null(net);
    sim_free(sim);
}

Test(net_page, a_large_file_arrives_whole_whatever_the_network_does)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct sim_options sim = {.seed = seed,
                                  .latency_max_ms = 20,
                                  .chop = seed % 2,
                                  .stutter = seed % 3 == 0,
                                  .completions = seed % 4 == 0,
                                  .window_bytes = seed % 5 ? 65536 : 1 << 24};
        struct browser *browser;

        start(NULL, &sim);
        write_big();
        browser = ask(GET("/big.wasm"));
        ask(GET("/big.wasm"));
        for (unsigned i = 0; i < 100 && !(browser->ended && browsers[1].ended); i++) {
            wait_for(5000);
        }
        cr_assert(browser->ended && has_big(browser), "seed %u: %zu", (unsigned)seed, browser->len);
        cr_assert(browsers[1].ended && has_big(&browsers[1]));
        wait_for(2000);
        cr_assert_eq(stats().pages_served, 2);
        stop();
    }
}

/* The file that is being sent to the only one who downloads. */
static const struct meeple__file *download(void)
{
    struct meeple__server *seat = meeple__server_of(server());
    struct meeple__list *link = seat->peers.next;

    for (; link != &seat->peers; link = link->next) {
        struct meeple__peer *peer = MEEPLE__CONTAINER(link, struct meeple__peer, all);

        if (meeple__download_of(peer)) {
            return meeple__download_of(peer);
        }
    }
    return NULL;
}

Test(net_page, of_what_is_not_taken_no_more_is_read)
{
    struct browser *browser;

    start(NULL, NULL);
    write_big();
    browser = ask(GET("/big.wasm"));
    browser->deaf = true;
    wait_for(3000);
    cr_assert_not_null(download());
    cr_assert_leq(download()->at, 3 * 65536); /* one in the queue, one in the network */
    stop();
}

Test(net_page, who_does_not_read_is_given_up_and_nobody_else_notices)
{
    struct browser *browser;

    start(&(meeple_listen_options){.pages.stall_timeout_ms = 5000}, NULL);
    write_big();
    come("ws://s:4000/");
    wait_for(500);
    session_forget(&session);
    browser = ask(GET("/big.wasm"));
    browser->deaf = true;
    wait_for(3000);
    cr_assert_eq(seat_send(&session.seats[1], 1, "still here"), 0);
    wait_for(500);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "packet a still here\n");
    cr_assert_not_null(download());
    wait_for(3000);
    cr_assert_null(download());
    cr_assert_eq(stats().pages_lost, 1);
    cr_assert_eq(stats().pages_served, 0);
    cr_assert_eq(stats().refused, 0);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "");
    browser->deaf = false;
    wait_for(3000);
    cr_assert_not(has_big(browser));
    stop();
}

Test(net_page, who_reads_slowly_gets_it_all)
{
    struct browser *browser;

    start(&(meeple_listen_options){.pages.stall_timeout_ms = 5000}, NULL);
    write_big();
    browser = ask(GET("/big.wasm"));
    for (unsigned i = 0; i < 100 && !browser->ended; i++) {
        browser->deaf = true;
        wait_for(4000);
        browser->deaf = false;
        wait_for(1);
    }
    cr_assert(has_big(browser), "%zu", browser->len);
    wait_for(1000);
    cr_assert_eq(stats().pages_served, 1);
    stop();
}

Test(net_page, downloads_have_a_ceiling_and_take_no_place_of_a_player)
{
    start(&(meeple_listen_options){.pages.downloads_max = 2, .limits.handshakes_max = 2}, NULL);
    write_big();
    ask(GET("/big.wasm"))->deaf = true;
    wait_for(200);
    ask(GET("/big.wasm"))->deaf = true;
    wait_for(200);
    answers(GET("/big.wasm"),
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2\r\n",
            "too many downloads are under way\n");
    answers(HEAD("/big.wasm"), "HTTP/1.1 200 OK\r\n", "Content-Length: 3000000\r\n\r\n");
    come("ws://s:4000/");
    come("ws://s:4000/");
    wait_for(500);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "join a\njoin b\n");
    leave(&browsers[0]);
    wait_for(500);
    answers(GET("/"), "HTTP/1.1 200 OK\r\n", "welcome");
    cr_assert_eq(stats().pages_lost, 1);
    stop();
}

Test(net_page, downloads_of_one_address_have_a_ceiling)
{
    static const char *const trusted[] = {"10.0.0.9", NULL};
    static const char *const requests[] = {
        GET("/big.wasm"),
        "GET /big.wasm HTTP/1.1\r\nHost: s\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"};

    for (size_t i = 0; i < 2; i++) {
        const char *host = i ? "10.0.0.9" : "10.0.0.1";
        struct browser *late;

        start(&(meeple_listen_options){.limits.connections_per_address_max = 2,
                                       .proxy = {.kind = MEEPLE_PROXY_X_FORWARDED_FOR,
                                                 .trusted = trusted}},
              NULL);
        write_big();
        ask_from(host, requests[i])->deaf = true;
        ask_from(host, requests[i])->deaf = true;
        late = ask_from(host, requests[i]);
        wait_for(300);
        cr_assert(late->ended && strncmp((char *)late->got, "HTTP/1.1 429 ", 13) == 0);
        cr_assert_eq(meeple__server_of(server())->pages.download_count, 2);
        stop();
    }
}

Test(net_page, a_proxy_may_ask_for_itself)
{
    static const char *const trusted[] = {"10.0.0.9", NULL};
    struct browser *proxy;

    start(&(meeple_listen_options){.pages.health = true,
                                   .proxy = {.kind = MEEPLE_PROXY_FORWARDED, .trusted = trusted}},
          NULL);
    proxy = ask_from("10.0.0.9", "GET /healthz HTTP/1.0\r\nForwarded: nonsense\r\n\r\n");
    wait_for(300);
    cr_assert(proxy->ended && strstr((char *)proxy->got, "\r\n\r\nok\n"));
    stop();
}

Test(net_page, who_reads_fast_does_not_keep_the_others_waiting)
{
    struct browser *browser;
    meeple_event event;

    start(NULL, &(struct sim_options){.window_bytes = 1 << 26});
    write_big();
    browser = ask(NULL);
    come("ws://s:4000/");
    wait_for(500);
    say(browser, GET("/big.wasm"));
    cr_assert_eq(seat_send(&session.seats[1], 1, "now"), 0);
    meeple_net_flush(session.seats[1].net);
    sim_step(session.sim);
    cr_assert_eq(meeple_net_next(server(), &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_EVENT_PACKET);
    cr_assert_not_null(download());
    cr_assert_lt(download()->at, BIG / 2);
    wait_for(1000);
    cr_assert(has_big(browser));
    stop();
}

Test(net_page, a_download_waits_for_who_was_away)
{
    struct browser *browser;
    meeple_event event;
    uint64_t until_ms;

    start(NULL, &(struct sim_options){.window_bytes = 1 << 26});
    write_big();
    browser = ask(NULL);
    come("ws://s:4000/");
    wait_for(500);
    say(browser, GET("/big.wasm"));
    cr_assert_eq(seat_send(&session.seats[1], 1, "now"), 0);
    meeple_net_flush(session.seats[1].net);
    sim_step(session.sim);
    cr_assert_eq(meeple_net_next(server(), &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_EVENT_PACKET);
    cr_assert_not_null(download());
    until_ms = sim_now(session.sim) + 31000; /* a download may stall for 30 s */
    while (sim_step_until(session.sim, until_ms)) {
    }
    wait_for(1000);
    cr_assert(has_big(browser));
    cr_assert_eq(stats().pages_lost, 0);
    stop();
}

Test(net_page, a_download_goes_on_in_somebody_elses_loop)
{
    struct browser *browser;
    meeple_event event;

    start(NULL, &(struct sim_options){.window_bytes = 1 << 26});
    folder_text(&www, "large.bin", "");
    cr_assert_eq(truncate(folder_path(&www, "large.bin"), 20 << 20), 0);
    browser = ask(GET("/large.bin"));
    sim_step(session.sim);
    /* Some of it, and the rest at once when we are asked again. */
    cr_assert_eq(meeple_net_next(server(), &event, 0), 0);
    cr_assert_not_null(download());
    cr_assert_eq(meeple_net_wait_ms(server()), 0);
    wait_for(3000);
    cr_assert(browser->ended);
    cr_assert_gt(browser->len, 20 << 20);
    cr_assert_eq(stats().pages_served, 1);
    stop();
}

Test(net_page, a_file_that_changes_breaks_its_download_off)
{
    struct browser *browser;

    start(NULL, NULL);
    write_big();
    browser = ask(GET("/big.wasm"));
    browser->deaf = true;
    wait_for(500);
    cr_assert_eq(truncate(folder_path(&www, "big.wasm"), BIG / 2), 0);
    browser->deaf = false;
    wait_for(2000);
    cr_assert(browser->ended || browser->lost);
    cr_assert_lt(browser->len, BIG / 2);
    cr_assert_eq(stats().pages_lost, 1);
    cr_assert_eq(stats().pages_served, 0);
    stop();
}

Test(net_page, who_talks_on_and_on_is_given_up)
{
    static char noise[30001];
    struct browser *browser;

    memset(noise, 'x', sizeof noise - 1);
    start(NULL, NULL);
    write_big();
    browser = ask(GET("/big.wasm"));
    browser->deaf = true;
    wait_for(100);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_not_null(download());
        cr_assert_eq(stats().pages_lost, 0);
        say(browser, noise);
        wait_for(100);
    }
    cr_assert_null(download());
    cr_assert_eq(stats().pages_lost, 1);
    stop();
}

Test(net_page, who_goes_away_is_forgotten)
{
    start(NULL, NULL);
    write_big();
    ask(GET("/big.wasm"))->deaf = true;
    ask(GET("/big.wasm"))->deaf = true;
    wait_for(300);
    cr_assert_eq(meeple__server_of(server())->pages.download_count, 2);
    leave(&browsers[0]);
    sim_reset_all(session.sim, "browser");
    wait_for(300);
    cr_assert_eq(meeple__server_of(server())->pages.download_count, 0);
    cr_assert_eq(stats().pages_lost, 2);
    stop();
}

Test(net_page, a_server_that_closes_does_not_wait_for_slow_readers)
{
    struct browser *browser;

    start(&(meeple_listen_options){.limits.close_timeout_ms = 2000}, NULL);
    write_big();
    browser = ask(GET("/big.wasm"));
    browser->deaf = true;
    wait_for(500);
    cr_assert_eq(meeple_net_close(server(), 0, "bye"), 0);
    wait_for(1000);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "");
    wait_for(2500);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "down 1000 clean bye\n");
    stop();
}

Test(net_page, a_server_that_closes_finishes_what_is_read)
{
    struct browser *browser;

    start(NULL, &(struct sim_options){.latency_min_ms = 5, .latency_max_ms = 5});
    write_big();
    browser = ask(GET("/big.wasm"));
    wait_for(50);
    cr_assert_lt(browser->len, BIG);
    cr_assert_eq(meeple_net_close(server(), 0, NULL), 0);
    wait_for(4000);
    cr_assert(has_big(browser), "%zu", browser->len);
    stop();
}

Test(net_page, a_net_can_be_freed_amid_downloads)
{
    start(NULL, NULL);
    write_big();
    ask(GET("/big.wasm"));
    ask(GET("/big.wasm"))->deaf = true;
    wait_for(20);
    stop(); /* which looks for leaks */
}

/* Asks for the big file on a connection that is there, and waits for what comes of it. */
static bool download_on(struct browser *browser)
{
    bool whole;

    say(browser, GET("/big.wasm"));
    wait_for(8000);
    whole = has_big(browser);
    cr_assert(browser->ended || browser->lost);
    cr_assert(whole || browser->len < BIG);
    leave(browser);
    browser_count--;
    return whole;
}

Test(net_page, memory_may_run_out_anywhere)
{
    size_t n = 0;

    start(NULL, NULL);
    write_big();
    do {
        struct browser *browser = ask(NULL);

        counting_mem_fail(&session.mem, ++n);
        download_on(browser);
    } while (session.mem.calls >= session.mem.fail_at && n < 500);
    cr_assert(n > 5 && n < 500);
    session.mem.fail_at = 0;
    cr_assert(download_on(ask(NULL)));
    stop();
}

Test(net_page, calls_may_fail_anywhere)
{
    size_t whole = 0;

    start(NULL, NULL);
    write_big();
    for (size_t n = 1; n < 100; n++) {
        struct browser *browser = ask(NULL);

        sim_fail_call(session.sim, n);
        whole += download_on(browser);
    }
    sim_fail_call(session.sim, 0);
    cr_assert(whole > 10 && whole < 90, "%zu", whole); /* whatever a failed send() breaks */
    cr_assert(download_on(ask(NULL)));
    stop();
}
