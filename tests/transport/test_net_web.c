/* test_net_web: a client in a page, over a browser that does as it is told. */
#include "transport/net.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_browser.h"
#include "tests/support/prng.h"
#include "tests/support/session.h"

static const char url[] = "ws://server:4000/table?x=1";

/* One seat in a page; the simulated network is only its clock. */
struct page {
    struct session session;
    struct fake_browser *browser;
    struct fake_socket *socket; /* the last; NULL: none was opened */
    struct seat *seat;
    meeple_net *net;
};

static void prepare(struct page *page)
{
    memset(page, 0, sizeof *page);
    page->browser = browser_begin();
    page->session.sim = sim_new(NULL);
    counting_mem_init(&page->session.mem);
}

static int try_connect(struct page *page, const char *to, const meeple_connect_options *options)
{
    meeple_connect_options filled = *options;

    filled.io = sim_driver(page->session.sim, "page");
    filled.mem = &page->session.mem.mem;
    return meeple__web_client_new(&page->net, to, &filled);
}

static void open_page(struct page *page, const meeple_connect_options *options)
{
    prepare(page);
    cr_assert_eq(try_connect(page, url, options), 0);
    page->seat = session_add(&page->session, page->net);
    page->socket = page->browser->count > 0 ? browser_last() : NULL;
}

static void close_page(struct page *page)
{
    session_done(&page->session);
    browser_end();
}

/* Lets so much time pass; then it was told these lines. */
static void expect_after(struct page *page, uint64_t ms, const char *lines)
{
    session_run_until(&page->session, sim_now(page->session.sim) + ms);
    cr_assert_str_eq(session_told(&page->session, page->seat), lines);
}

static void expect(struct page *page, const char *lines)
{
    expect_after(page, 0, lines);
}

#define HEARS(page, bytes) browser_hears((page)->socket, bytes, sizeof bytes - 1, false)

/* The ids of the tests: 7 is our own. */
#define WELCOME "\1\7\0\0\0"
#define JOINS_9 "\2\11\0\0\0"

static void sit_down(struct page *page, meeple_dialect dialect)
{
    bool native = dialect == MEEPLE_DIALECT_NATIVE;

    open_page(page, &(meeple_connect_options){.dialect = dialect});
    browser_opens(page->socket, native ? "meeple.1" : "");
    if (native) {
        HEARS(page, WELCOME);
    }
    expect(page, native ? "up 1 meeple.1\njoin 1\n" : "up 1\njoin 1\n");
}

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

/* ---- the way in ---- */

Test(net_web, asks_the_browser_for_the_url_and_offers_the_subprotocol)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    cr_assert_str_eq(page.socket->url, url);
    cr_assert_str_eq(page.socket->protocols, "meeple.1");
    cr_assert_eq(page.socket->backlog_max, 16 << 20);
    expect(&page, "");
    cr_assert_eq(meeple_net_id(page.net), 0);
    cr_assert_not(meeple_net_is_server(page.net));
    close_page(&page);
}

Test(net_web, offers_nothing_in_the_plain_dialect_unless_told)
{
    static const char *const protocols[] = {"chat", "talk", NULL};
    struct page page;

    open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN});
    cr_assert_str_eq(page.socket->protocols, "");
    close_page(&page);

    open_page(&page,
              &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = protocols});
    cr_assert_str_eq(page.socket->protocols, "chat,talk");
    browser_opens(page.socket, "talk");
    expect(&page, "up 1 talk\njoin 1\n");
    close_page(&page);
}

Test(net_web, is_up_when_the_server_has_said_welcome)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    browser_opens(page.socket, "meeple.1");
    expect(&page, "");
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_SERVER, bytes_of("x")), MEEPLE_ESTATE);
    HEARS(&page, WELCOME);
    HEARS(&page, JOINS_9);
    HEARS(&page, "\0\11\0\0\0hello");
    HEARS(&page, "\200\1\0\0\0text");
    HEARS(&page, "\3\11\0\0\0\1\350\3bye");
    expect(&page, "up 1 meeple.1\njoin 1\njoin ?\npacket ? hello\npacket 1 text text\n"
                  "leave ? 1000 clean bye\n");
    cr_assert_eq(meeple_net_id(page.net), 7);
    cr_assert_eq(meeple_net_peers(page.net, NULL, 0), 1);
    close_page(&page);
}

Test(net_web, says_no_to_what_a_page_cannot_do)
{
    static const char *const headers[] = {"A: b", NULL};
    static const char *const none[] = {NULL};
    const meeple_connect_options rows[] = {
        {.headers = headers},           {.tls.ca_file = "x"},       {.tls.cert_file = "x"},
        {.tls.key_file = "x"},          {.tls.pinned_sha256 = "x"}, {.tls.insecure = true},
        {.tls.server_name = "example"},
    };
    struct page page;

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        prepare(&page);
        cr_expect_eq(try_connect(&page, url, &rows[i]), MEEPLE_ENOTSUP, "row %zu", i);
        cr_assert_eq(page.browser->count, 0);
        close_page(&page);
    }
    open_page(&page, &(meeple_connect_options){.headers = none});
    close_page(&page);
}

Test(net_web, says_no_to_options_that_make_no_sense)
{
    static const char *const urls[] = {"",          "http://a/",  "ws://",        "ws://a b/",
                                       "ws://a/#b", "ws://u@a/",  "ws://a:99999", "//a",
                                       "ws://[::1", "wss:///path"};
    static const char *const protocols[] = {"not a token", NULL};
    const meeple_connect_options rows[] = {
        {.protocols = protocols},         {.dialect = (meeple_dialect)9},
        {.limits.message_bytes_max = 5},  {.limits.heartbeat_misses = 256},
        {.limits.head_bytes_max = 65537},
    };
    char far[9000] = "ws://a/";
    struct page page;

    prepare(&page);
    for (size_t i = 0; i < MEEPLE_COUNT(urls); i++) {
        cr_expect_eq(try_connect(&page, urls[i], &(meeple_connect_options){0}), MEEPLE_EINVAL, "%s",
                     urls[i]);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        cr_expect_eq(try_connect(&page, url, &rows[i]), MEEPLE_EINVAL, "row %zu", i);
    }
    memset(far + 7, 'a', sizeof far - 8);
    far[sizeof far - 1] = '\0';
    cr_expect_eq(try_connect(&page, far, &(meeple_connect_options){0}), MEEPLE_ETOOBIG);
    cr_assert_null(page.net);
    cr_assert_eq(page.browser->count, 0);
    close_page(&page);
}

/* ---- the faults of the way in ---- */

static void expect_fault(struct page *page, meeple_stage stage, int number, const char *text)
{
    meeple_fault fault = meeple_net_fault(page->net);

    cr_assert_eq(fault.stage, stage, "%s", meeple_stage_name(fault.stage));
    cr_assert_eq(fault.number, number);
    cr_assert_str_eq(fault.text, text);
}

Test(net_web, tells_what_the_browser_says_of_a_url_it_will_not_open)
{
    struct page page;

    prepare(&page);
    page.browser->refuses = "the browser refuses: not from this page";
    cr_assert_eq(try_connect(&page, url, &(meeple_connect_options){0}), 0);
    page.seat = session_add(&page.session, page.net);
    cr_assert_eq(page.browser->wakes, 1);
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    expect(&page, "down 1006 unclean the browser refuses: not from this page\n");
    expect_fault(&page, MEEPLE_STAGE_CONNECT, 0, "the browser refuses: not from this page");
    close_page(&page);
}

Test(net_web, says_what_to_try_when_there_is_no_connection)
{
    static const struct {
        const char *url;
        meeple_dialect dialect;
        bool secure_page;
        const char *text;
    } rows[] = {
        {"ws://server:4000/table", MEEPLE_DIALECT_NATIVE, false,
         "could not connect to server:4000; the browser does not say why: is the server running "
         "there, and does it speak meeple.1?"},
        {"wss://server", MEEPLE_DIALECT_NATIVE, true,
         "could not connect to server; the browser does not say why: is the server running "
         "there, and does it speak meeple.1? Is its certificate one that it trusts?"},
        {"ws://[::1]:80?x", MEEPLE_DIALECT_PLAIN, true,
         "could not connect to [::1]:80; the browser does not say why: is the server running "
         "there, and does it speak WebSocket? A page over https may have to use wss://."},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct page page;
        char lines[200];

        prepare(&page);
        page.browser->secure = rows[i].secure_page;
        cr_assert_eq(
            try_connect(&page, rows[i].url, &(meeple_connect_options){.dialect = rows[i].dialect}),
            0);
        page.seat = session_add(&page.session, page.net);
        browser_closes(browser_last(), 1006, "", false);
        snprintf(lines, sizeof lines, "down 1006 unclean %.123s\n", rows[i].text);
        expect(&page, lines);
        expect_fault(&page, MEEPLE_STAGE_CONNECT, 0, rows[i].text);
        close_page(&page);
    }
}

Test(net_web, keeps_a_long_name_in_its_sentence_short)
{
    struct page page;
    char to[300] = "ws://";

    prepare(&page);
    memset(to + 5, 'a', 250);
    strcpy(to + 255, ":4000");
    cr_assert_eq(try_connect(&page, to, &(meeple_connect_options){0}), 0);
    page.seat = session_add(&page.session, page.net);
    browser_closes(browser_last(), 1006, "", false);
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert_not_null(strstr(meeple_net_fault(page.net).text, "does it speak meeple.1?"));
    close_page(&page);
}

Test(net_web, gives_up_a_server_that_does_not_answer)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){
                         .limits = {.connect_timeout_ms = 700, .handshake_timeout_ms = 300}});
    cr_assert_eq(meeple_net_wait_ms(page.net), 1000);
    expect_after(&page, 999, "");
    cr_assert_not(page.socket->dropped);
    expect_after(&page, 1, "down 1006 unclean no connection to server:4000 within 1000 ms\n");
    cr_assert(page.socket->dropped);
    expect_fault(&page, MEEPLE_STAGE_TIMEOUT, 0, "no connection to server:4000 within 1000 ms");
    close_page(&page);
}

Test(net_web, gives_up_a_server_that_does_not_say_welcome)
{
    static const char text[] =
        "the server did not say welcome in time: does it speak another dialect?";
    struct page page;
    char lines[200];

    open_page(&page, &(meeple_connect_options){0});
    expect_after(&page, 14000, "");
    browser_opens(page.socket, "meeple.1");
    expect_after(&page, 999, "");
    snprintf(lines, sizeof lines, "down 1006 unclean %s\n", text);
    expect_after(&page, 1, lines);
    expect_fault(&page, MEEPLE_STAGE_TIMEOUT, 0, text);
    cr_assert(page.socket->dropped);
    close_page(&page);
}

Test(net_web, takes_what_came_in_time_though_nobody_asked_for_long)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    page.seat->idle = true;
    browser_opens(page.socket, "meeple.1");
    HEARS(&page, WELCOME);
    expect_after(&page, 3600000, "");
    page.seat->idle = false;
    expect(&page, "up 1 meeple.1\njoin 1\n");
    close_page(&page);
}

Test(net_web, does_not_believe_in_a_subprotocol_that_it_did_not_offer)
{
    static const char *const wrong[] = {"", "chat", "meeple.1,"};
    char far[200];

    memset(far, 'p', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    for (size_t i = 0; i <= MEEPLE_COUNT(wrong); i++) {
        struct page page;

        open_page(&page, &(meeple_connect_options){0});
        browser_opens(page.socket, i < MEEPLE_COUNT(wrong) ? wrong[i] : far);
        expect(&page, "down 1006 unclean the server agrees to none of the subprotocols offered\n");
        expect_fault(&page, MEEPLE_STAGE_SUBPROTOCOL, 0,
                     "the server agrees to none of the subprotocols offered");
        cr_assert(page.socket->dropped);
        close_page(&page);
    }
}

Test(net_web, says_that_the_server_closed_before_welcome)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    browser_opens(page.socket, "meeple.1");
    browser_closes(page.socket, 4000, "not today", true);
    expect(&page, "down 4000 clean not today\n");
    expect_fault(&page, MEEPLE_STAGE_SESSION, 4000,
                 "the server closed before it said welcome: code 4000, not today");
    close_page(&page);

    open_page(&page, &(meeple_connect_options){0});
    browser_opens(page.socket, "meeple.1");
    browser_closes(page.socket, 1006, "", false);
    expect(&page, "down 1006 unclean the connection was lost\n");
    expect_fault(&page, MEEPLE_STAGE_SESSION, 1006,
                 "the server closed before it said welcome: code 1006, the connection was lost");
    close_page(&page);
}

/* ---- what goes ---- */

Test(net_web, sends_to_the_server_and_through_it)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    HEARS(&page, JOINS_9);
    expect(&page, "join ?\n");
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_SERVER, bytes_of("one")), 0);
    cr_assert_eq(meeple_net_send_text(page.net, 9, "two"), 0);
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_ALL, (meeple_bytes){NULL, 0}), 0);
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_EXCEPT(9), bytes_of("3")), 0);
    cr_assert_eq(meeple_net_send(page.net, 10, bytes_of("x")), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_send(page.net, 7, bytes_of("x")), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_send_utf8(page.net, 9, bytes_of("\xff")), MEEPLE_EINVAL);
    cr_assert_str_eq(browser_said(page.socket), "binary \\00\\01\\00\\00\\00one\n"
                                                "binary \\80\\09\\00\\00\\00two\n"
                                                "binary \\00\\00\\00\\00\\00\n"
                                                "binary \\00\\f7\\ff\\ff\\ff3\n");
    cr_assert_eq(meeple_net_stats(page.net).packets_out, 4);
    cr_assert_eq(meeple_net_stats(page.net).bytes_out, 8 + 8 + 5 + 6);
    cr_assert_eq(meeple_net_queued(page.net, 9), 27);
    cr_assert_eq(meeple_net_queued(page.net, 10), 0);
    browser_sends(page.socket, 20);
    cr_assert_eq(meeple_net_queued(page.net, MEEPLE_SERVER), 7);
    close_page(&page);
}

Test(net_web, keeps_text_and_bytes_apart_in_the_plain_dialect)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple_net_id(page.net), 0);
    cr_assert_eq(meeple_net_send_utf8(page.net, 1, (meeple_bytes){(const uint8_t *)"a\0b", 3}), 0);
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_ALL, bytes_of("text")), 0);
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_EXCEPT(1), bytes_of("x")), MEEPLE_ENOTFOUND);
    cr_assert_str_eq(browser_said(page.socket), "text a\\00b\nbinary text\n");
    browser_hears(page.socket,
                  "\xef\xbb\xbf"
                  "bom\0",
                  7, true);
    browser_hears(page.socket, "\xff\0", 2, false);
    browser_hears(page.socket, "", 0, true);
    expect(&page, "packet 1 text \\ef\\bb\\bfbom\\00\npacket 1 \\ff\\00\npacket 1 text\n");
    cr_assert_eq(meeple_net_stats(page.net).packets_in, 3);
    cr_assert_eq(meeple_net_stats(page.net).bytes_in, 9);
    close_page(&page);
}

Test(net_web, has_a_longest_packet)
{
    static uint8_t bytes[65536];
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 65531}), 0);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 65532}), MEEPLE_ETOOBIG);
    close_page(&page);
}

Test(net_web, answers_full_and_says_when_there_is_room)
{
    static const uint8_t bytes[400];
    struct page page;

    open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                               .limits.queue_bytes_max = 1000});
    browser_opens(page.socket, "");
    expect(&page, "up 1\njoin 1\n");
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 400}), 0);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 400}), 0);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 400}), MEEPLE_EFULL);
    cr_assert_eq(meeple_net_send(page.net, MEEPLE_ALL, (meeple_bytes){bytes, 400}), MEEPLE_EFULL);
    cr_assert_eq(page.socket->buffered, 800);
    expect(&page, "");
    browser_sends(page.socket, 299);
    expect(&page, "");
    cr_assert_gt(meeple_net_wait_ms(page.net), -2);
    browser_sends(page.socket, 1);
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    expect(&page, "drained 1\n");
    expect(&page, "");
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 400}), 0);
    close_page(&page);
}

Test(net_web, says_when_there_is_the_room_that_a_world_asks_for)
{
    static const uint8_t bytes[400];
    struct page page;
    meeple_event event;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert(meeple__net_room(page.net, 1, 100));
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 400}), 0);
    cr_assert_not(meeple__net_room(page.net, 1, 300));
    cr_assert_eq(meeple_net_next(page.net, &event, 0), 0);
    browser_sends(page.socket, 255);
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    cr_assert_eq(meeple_net_next(page.net, &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_EVENT_NONE);
    cr_assert_eq(event.peer, MEEPLE_SERVER);
    cr_assert_eq(meeple_net_next(page.net, &event, 0), 0);
    close_page(&page);
}

Test(net_web, tells_of_no_room_while_it_closes)
{
    static const uint8_t bytes[700];
    struct page page;

    open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                               .limits.queue_bytes_max = 1000});
    browser_opens(page.socket, "");
    expect(&page, "up 1\njoin 1\n");
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 700}), 0);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, 700}), MEEPLE_EFULL);
    cr_assert_not(meeple__net_room(page.net, 1, 300));
    cr_assert_eq(meeple_net_close(page.net, 0, NULL), 0);
    browser_sends(page.socket, 700);
    expect(&page, "");
    close_page(&page);
}

Test(net_web, says_so_when_the_browser_takes_nothing)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    page.browser->send_fails = MEEPLE_ENOMEM;
    cr_assert_eq(meeple_net_send(page.net, 1, bytes_of("x")), MEEPLE_ENOMEM);
    cr_assert_eq(meeple_net_ping(page.net, 1), MEEPLE_ENOMEM);
    page.browser->send_fails = 0;
    page.socket->closing = true; /* the server's close frame is there, its event not yet */
    cr_assert_eq(meeple_net_send(page.net, 1, bytes_of("x")), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_stats(page.net).packets_out, 0);
    close_page(&page);
}

Test(net_web, says_no_to_what_only_servers_do)
{
    struct page page;
    char address[8];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_kick(page.net, 1, 0, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_accept(page.net, 1, NULL, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_peer_address(page.net, 1, address, sizeof address), 0);
    cr_assert_str_eq(address, "");
    cr_assert_eq(meeple_net_port(page.net), 0);
    close_page(&page);
}

/* ---- the end ---- */

Test(net_web, tells_that_the_server_closes_and_why)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    HEARS(&page, JOINS_9);
    browser_closes(page.socket, 4321, "kicked", true);
    expect(&page, "join ?\nclosing 1 4321 kicked\nleave ? 4321 clean kicked\n"
                  "leave 1 4321 clean kicked\ndown 4321 clean kicked\n");
    expect_fault(&page, MEEPLE_STAGE_NONE, 0, "");
    cr_assert(page.socket->dropped);
    cr_assert_eq(meeple_net_wait_ms(page.net), -1);
    cr_assert_eq(meeple_net_send(page.net, 1, bytes_of("x")), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_close(page.net, 0, NULL), 0);
    close_page(&page);
}

Test(net_web, takes_what_came_before_the_end)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    HEARS(&page, "last words");
    browser_closes(page.socket, 1005, "", true);
    expect(&page, "packet 1 last words\nclosing 1 1005\nleave 1 1005 clean\ndown 1005 clean\n");
    close_page(&page);
}

Test(net_web, tells_of_a_connection_that_is_lost)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    browser_closes(page.socket, 1006, "", false);
    expect(&page, "leave 1 1006 unclean the connection was lost\n"
                  "down 1006 unclean the connection was lost\n");
    close_page(&page);
}

Test(net_web, says_goodbye_and_waits_for_the_answer)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_close(page.net, 4000, "bye"), 0);
    cr_assert_eq(meeple_net_close(page.net, 4001, "again"), 0);
    cr_assert_str_eq(browser_said(page.socket), "close 4000 bye\n");
    cr_assert_eq(meeple_net_send(page.net, 1, bytes_of("x")), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_ping(page.net, 1), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_wait_ms(page.net), 3000);
    expect_after(&page, 1000, "");
    browser_closes(page.socket, 4000, "bye", true);
    expect(&page, "leave 1 4000 clean bye\ndown 4000 clean bye\n");
    close_page(&page);
}

Test(net_web, says_codes_that_a_page_may_not_say_as_others)
{
    static const struct {
        uint16_t code, said;
    } rows[] = {{0, 1000},    {1000, 1000}, {1001, 4001}, {1008, 4008},
                {1014, 4014}, {3000, 3000}, {4999, 4999}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        uint16_t code = rows[i].code ? rows[i].code : 1000;
        struct page page;
        char lines[80];

        sit_down(&page, MEEPLE_DIALECT_PLAIN);
        cr_assert_eq(meeple_net_close(page.net, rows[i].code, NULL), 0);
        snprintf(lines, sizeof lines, "close %u\n", (unsigned)rows[i].said);
        cr_assert_str_eq(browser_said(page.socket), lines);
        browser_closes(page.socket, rows[i].said, "", true);
        snprintf(lines, sizeof lines, "leave 1 %u clean\ndown %u clean\n", (unsigned)code,
                 (unsigned)code);
        expect(&page, lines);
        close_page(&page);
    }
}

Test(net_web, tells_what_the_server_said_when_both_close)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple_net_close(page.net, 1001, "away"), 0);
    browser_closes(page.socket, 4500, "no, you", true);
    expect(&page, "leave 1 4500 clean no, you\ndown 4500 clean no, you\n");
    close_page(&page);

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple_net_close(page.net, 1001, "away"), 0);
    browser_closes(page.socket, 1006, "", false);
    expect(&page, "leave 1 1006 unclean the connection was lost while closing\n"
                  "down 1006 unclean the connection was lost while closing\n");
    close_page(&page);
}

Test(net_web, does_not_wait_for_ever_for_a_goodbye)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_close(page.net, 0, NULL), 0);
    expect_after(&page, 2999, "");
    expect_after(&page, 1,
                 "leave 1 1006 unclean the other side did not answer our close in time\n"
                 "down 1006 unclean the other side did not answer our close in time\n");
    cr_assert(page.socket->dropped);
    close_page(&page);
}

Test(net_web, closes_at_once_while_it_connects)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    cr_assert_eq(meeple_net_close(page.net, 0, "never mind"), 0);
    cr_assert(page.socket->dropped);
    cr_assert_eq(page.browser->wakes, 1);
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    expect(&page, "down 1000 unclean never mind\n");
    expect_fault(&page, MEEPLE_STAGE_NONE, 0, "");
    close_page(&page);
}

Test(net_web, closes_with_a_handshake_before_welcome)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    browser_opens(page.socket, "meeple.1");
    expect(&page, "");
    cr_assert_eq(meeple_net_close(page.net, 0, "never mind"), 0);
    browser_closes(page.socket, 1000, "never mind", true);
    expect(&page, "down 1000 clean never mind\n");
    expect_fault(&page, MEEPLE_STAGE_NONE, 0, "");
    close_page(&page);
}

Test(net_web, may_be_freed_at_any_time)
{
    struct page page;

    for (unsigned stage = 0; stage < 9; stage++) {
        open_page(&page, &(meeple_connect_options){0});
        if (stage > 0) {
            browser_opens(page.socket, "meeple.1");
        }
        if (stage > 1) {
            expect(&page, "");
        }
        if (stage > 2) {
            HEARS(&page, WELCOME);
            page.seat->events = stage > 4 ? 0 : stage - 2; /* UP, or JOIN, too */
            session_run_until(&page.session, sim_now(page.session.sim));
        }
        if (stage > 5) {
            HEARS(&page, JOINS_9);
            HEARS(&page, "\0\11\0\0\0hello");
        }
        if (stage == 7) {
            cr_assert_eq(meeple_net_close(page.net, 0, NULL), 0);
        }
        if (stage == 8) {
            page.seat->events = 3;
            browser_closes(page.socket, 1000, "", true);
            session_run_until(&page.session, sim_now(page.session.sim));
        }
        close_page(&page);
        cr_assert(page.socket->dropped);
    }
}

/* ---- servers that mean no good ---- */

Test(net_web, closes_on_a_server_that_breaks_the_rules)
{
    static const struct {
        const char *bytes;
        size_t len;
        bool text;
        uint16_t code;
        const char *why;
    } rows[] = {
        {"", 0, false, 1002, "the packet is shorter than its header"},
        {"\1\7\0\0", 4, false, 1002, "the packet is shorter than its header"},
        {"\17\7\0\0\0", 5, false, 1002, "the packet's kind is unknown"},
        {"\60\7\0\0\0", 5, false, 1002, "a reserved flag of the packet is set"},
        {"\200\1\0\0\0\377", 6, false, 1002, "the text is not UTF-8"},
        {WELCOME, 5, false, 1002, "the server's first packet has to be the welcome, once"},
        {"\2\7\0\0\0", 5, false, 1002, "the server announced a peer twice"},
        {"\3\11\0\0\0\1\350\3", 8, false, 1002,
         "the server says that somebody left who was not there"},
        {"\0\11\0\0\0x", 6, false, 1002, "the server passed on a packet of nobody"},
        {"\4\0\0\0\0", 5, false, 1002, "only clients send such pings"},
        {"hello", 5, true, 1003, "this dialect speaks in binary messages"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct page page;
        char lines[300];

        sit_down(&page, MEEPLE_DIALECT_NATIVE);
        browser_hears(page.socket, rows[i].bytes, rows[i].len, rows[i].text);
        HEARS(&page, JOINS_9); /* is not listened to */
        snprintf(lines, sizeof lines, "leave 1 %u unclean %s\ndown %u unclean %s\n",
                 (unsigned)rows[i].code, rows[i].why, (unsigned)rows[i].code, rows[i].why);
        expect(&page, lines);
        snprintf(lines, sizeof lines, "close %u %s\n", (unsigned)rows[i].code + 3000, rows[i].why);
        cr_assert_str_eq(browser_said(page.socket), lines);
        cr_assert(page.socket->dropped);
        close_page(&page);
    }
}

Test(net_web, blames_the_server_that_does_not_begin_with_welcome)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    browser_opens(page.socket, "meeple.1");
    HEARS(&page, JOINS_9);
    expect(&page, "down 1002 unclean the server's first packet has to be the welcome, once\n");
    expect_fault(&page, MEEPLE_STAGE_SESSION, 1002,
                 "the server's first packet has to be the welcome, once");
    close_page(&page);
}

/* It was not the server that closed. */
Test(net_web, says_what_was_wrong_with_the_first_message)
{
    static const uint8_t bytes[1001];

    for (unsigned poor = 0; poor < 2; poor++) {
        struct page page;

        open_page(&page, &(meeple_connect_options){.limits.message_bytes_max = 1000});
        browser_opens(page.socket, "meeple.1");
        expect(&page, "");
        if (poor) {
            HEARS(&page, WELCOME);
            counting_mem_fail(&page.session.mem, 1);
            expect(&page, "down 1011 unclean out of memory\n");
            expect_fault(&page, MEEPLE_STAGE_SESSION, 1011, "out of memory");
        } else {
            browser_hears(page.socket, bytes, sizeof bytes, false);
            expect(&page, "down 1009 unclean the message is over the limit\n");
            expect_fault(&page, MEEPLE_STAGE_SESSION, 1009, "the message is over the limit");
        }
        close_page(&page);
    }
}

Test(net_web, takes_no_message_over_the_limit)
{
    static const uint8_t bytes[1001];
    struct page page;

    for (unsigned more = 0; more < 2; more++) {
        size_t before;

        open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                   .limits.message_bytes_max = 1000});
        browser_opens(page.socket, "");
        expect(&page, "up 1\njoin 1\n");
        before = page.session.mem.bytes;
        browser_hears(page.socket, bytes, 1000 + more, false);
        session_run_until(&page.session, sim_now(page.session.sim));
        cr_assert_eq(page.seat->packets, 1 - more);
        cr_assert_eq(page.seat->down, more > 0);
        if (more > 0) {
            cr_assert_leq(page.session.mem.bytes, before);
            cr_assert_str_eq(browser_said(page.socket),
                             "close 4009 the message is over the limit\n");
        }
        close_page(&page);
    }
}

Test(net_web, gives_back_what_a_long_message_took)
{
    static const uint8_t bytes[60000];
    struct page page;
    size_t before;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    before = page.session.mem.bytes;
    browser_hears(page.socket, bytes, sizeof bytes, false);
    page.seat->events = 1;
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert_eq(page.seat->packets, 1);
    cr_assert_geq(page.session.mem.bytes, before + sizeof bytes);
    page.seat->idle = false;
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert_eq(page.session.mem.bytes, before);
    close_page(&page);
}

Test(net_web, bounds_what_waits_for_an_application_that_takes_nothing)
{
    static const char text[] = "the application took no messages: over 100000 bytes of them waited";
    struct page page;
    char lines[300];

    open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                               .limits.backlog_bytes_max = 100000});
    browser_opens(page.socket, "");
    expect(&page, "up 1\njoin 1\n");
    page.seat->idle = true;
    for (unsigned i = 0; i < 100000; i++) {
        browser_hears(page.socket, "", 0, false); /* nothing is not for nothing */
    }
    cr_assert_leq(page.socket->waiting, 100000);
    page.seat->idle = false;
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert_eq(page.seat->packets, 100000 / MEEPLE__WEB_MESSAGE_COST);
    cr_assert(page.seat->down);
    expect_fault(&page, MEEPLE_STAGE_SESSION, 1008, text);
    snprintf(lines, sizeof lines, "leave 1 1008 unclean %s\ndown 1008 unclean %s\n", text, text);
    cr_assert_not_null(strstr(session_told(&page.session, page.seat), lines));
    close_page(&page);
}

/* Otherwise it could never come, whoever takes it. */
Test(net_web, lets_one_message_wait_however_long)
{
    static const uint8_t bytes[5001];
    struct page page;

    open_page(&page, &(meeple_connect_options){
                         .dialect = MEEPLE_DIALECT_PLAIN,
                         .limits = {.message_bytes_max = 5000, .backlog_bytes_max = 1000}});
    browser_opens(page.socket, "");
    expect(&page, "up 1\njoin 1\n");
    for (unsigned i = 0; i < 3; i++) {
        browser_hears(page.socket, bytes, 5000, false);
        session_run_until(&page.session, sim_now(page.session.sim));
        cr_assert_eq(page.seat->packets, i + 1);
    }
    session_forget(&page.session);
    browser_hears(page.socket, bytes, 5001, false);
    expect(&page, "leave 1 1009 unclean the message is over the limit\n"
                  "down 1009 unclean the message is over the limit\n");
    close_page(&page);
}

Test(net_web, lets_two_of_the_longest_messages_wait)
{
    static const size_t sizes[] = {8 << 20, 20 << 20};

    for (size_t i = 0; i < MEEPLE_COUNT(sizes); i++) {
        uint8_t *longest = calloc(1, sizes[i]);
        struct page page;

        cr_assert_not_null(longest);
        open_page(&page, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                   .limits.message_bytes_max = sizes[i]});
        browser_opens(page.socket, "");
        expect(&page, "up 1\njoin 1\n");
        browser_hears(page.socket, longest, sizes[i], false);
        browser_hears(page.socket, longest, sizes[i], false);
        session_run_until(&page.session, sim_now(page.session.sim));
        cr_assert_eq(page.seat->packets, 2);
        cr_assert_not(page.seat->down);
        close_page(&page);
        free(longest);
    }
}

/* A packet of a server that mostly keeps to the rules, though it does not know who left. */
static size_t any_packet(const struct seat *seat, struct prng *random, uint8_t bytes[64])
{
    int32_t who = seat->here_count > 0 ? seat->here[prng_below(random, seat->here_count)] : 1;
    uint64_t kind = prng_below(random, 100);
    size_t len = 5 + prng_below(random, 30);

    prng_fill(random, bytes, 64);
    bytes[0] = 0;
    if (kind < 10) {
        bytes[0] = 2;
        who = (int32_t)prng_between(random, 8, 13);
        len = 5;
    } else if (kind < 15 && who != 1) {
        bytes[0] = 3;
        memcpy(bytes + 5, "\1\350\3bye", 6);
        len = 11;
    } else if (kind < 20) {
        bytes[0] = 5;
        who = 0;
    }
    bytes[1] = (uint8_t)who;
    memset(bytes + 2, 0, 3);
    if (prng_below(random, 200) == 0) {
        bytes[prng_below(random, 5)] ^= (uint8_t)prng_next(random);
    }
    return prng_below(random, 300) == 0 ? prng_below(random, 64) : len;
}

/* One thing that a server, a browser or the application does. */
static void anything(struct page *page, struct prng *random)
{
    static const char *const protocols[] = {"meeple.1", "", "meeple.1", "other"};
    struct fake_socket *socket = page->socket;
    uint8_t bytes[64];
    size_t len;

    switch (prng_below(random, 24)) {
    case 0:
        if (!socket->open && !socket->over) {
            browser_opens(socket,
                          protocols[prng_below(random, 16) > 3 ? 0 : prng_below(random, 4)]);
            browser_hears(socket, WELCOME, 5, false);
        }
        break;
    case 1:
        if (prng_below(random, 8) == 0) {
            browser_closes(socket, (uint16_t)prng_between(random, 1000, 4999), "why",
                           prng_below(random, 2) == 0);
        }
        break;
    case 2:
        if (prng_below(random, 8) == 0) {
            cr_assert_eq(meeple_net_close(page->net, 1001, "bye"), 0);
        }
        break;
    case 3:
        session_run_until(&page->session, sim_now(page->session.sim) + prng_below(random, 30000));
        break;
    case 4:
        browser_sends(socket, prng_below(random, socket->buffered + 1));
        break;
    case 5:
        page->seat->idle = !page->seat->idle;
        break;
    case 6:
        counting_mem_fail(&page->session.mem, prng_below(random, 30) == 0 ? 1 : 0);
        break;
    case 7:
        (void)meeple_net_ping(page->net, MEEPLE_SERVER);
        break;
    case 8:
    case 9:
        len = prng_below(random, sizeof bytes);
        (void)meeple_net_send(page->net, (int32_t)prng_below(random, 7),
                              (meeple_bytes){bytes, len});
        break;
    default:
        len = any_packet(page->seat, random, bytes);
        if (socket->open) {
            browser_hears(socket, bytes, len, prng_below(random, 500) == 0);
        }
        break;
    }
    session_run_until(&page->session, sim_now(page->session.sim));
}

/* The rules of event.h are looked at by the session, leaks and handles at the end. */
Test(net_web, keeps_to_the_rules_whatever_happens)
{
    unsigned ups = 0, downs = 0, packets = 0;

    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct prng random = {.state = seed};
        struct page page;

        open_page(&page, &(meeple_connect_options){.limits = {.queue_bytes_max = 300,
                                                              .message_bytes_max = 140,
                                                              .backlog_bytes_max = 2000,
                                                              .peers_max = 4}});
        for (unsigned i = 0; i < 200 && !page.socket->dropped; i++) {
            anything(&page, &random);
        }
        page.seat->idle = false;
        session_run_until(&page.session, sim_now(page.session.sim));
        if (page.socket->dropped) {
            cr_assert(page.seat->down, "seed %u", (unsigned)seed);
        }
        ups += page.seat->up;
        downs += page.seat->down;
        packets += page.seat->packets > 5;
        close_page(&page);
    }
    /* It is not all about nothing. */
    cr_assert_gt(ups, 1000);
    cr_assert_gt(downs, 1000);
    cr_assert_gt(packets, 500);
}

/* ---- memory ---- */

Test(net_web, survives_that_any_allocation_fails)
{
    bool failed = true;

    for (size_t n = 1; failed; n++) {
        struct page page;
        int rc;

        prepare(&page);
        counting_mem_fail(&page.session.mem, n);
        rc = try_connect(&page, url, &(meeple_connect_options){0});
        if (rc == 0) {
            page.seat = session_add(&page.session, page.net);
            page.socket = browser_last();
            browser_opens(page.socket, "meeple.1");
            HEARS(&page, WELCOME);
            HEARS(&page, JOINS_9);
            HEARS(&page, "\0\11\0\0\0a packet that is longer than those before it");
            session_run_until(&page.session, sim_now(page.session.sim));
            cr_assert(page.seat->down || page.seat->here_count == 2);
            browser_closes(page.socket, 1000, "", true);
            session_run_until(&page.session, sim_now(page.session.sim));
            cr_assert(page.seat->down);
        } else {
            cr_assert_eq(rc, MEEPLE_ENOMEM);
            cr_assert_null(page.net);
            cr_assert_eq(page.browser->count, 0);
        }
        failed = page.session.mem.calls >= n;
        cr_assert(!failed || rc < 0 ||
                  strstr(session_told(&page.session, page.seat), "1011 unclean out of memory"));
        close_page(&page);
        cr_assert_lt(n, 100);
    }
}

/* ---- time ---- */

/* The data of the ping that it sent last, or nothing. */
static size_t ping_of(struct page *page, uint8_t bytes[9])
{
    const char *said = browser_said(page->socket);

    if (strncmp(said, "binary \\04\\00\\00\\00\\00", 22) != 0) {
        cr_assert_str_eq(said, "");
        return 0;
    }
    bytes[0] = 5;
    memset(bytes + 1, 0, 8);
    for (unsigned i = 0; i < 4; i++) {
        bytes[5 + i] = (uint8_t)((sim_now(page->session.sim)) >> (8 * i));
    }
    return 9;
}

Test(net_web, pings_a_quiet_server_in_packets_and_measures_the_answer)
{
    struct page page;
    uint8_t pong[9];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_wait_ms(page.net), 20000);
    expect_after(&page, 19999, "");
    cr_assert_eq(ping_of(&page, pong), 0);
    expect_after(&page, 1, "");
    cr_assert_eq(ping_of(&page, pong), 9);
    expect_after(&page, 70, "");
    browser_hears(page.socket, pong, sizeof pong, false);
    expect(&page, "");
    cr_assert_eq(meeple_net_rtt(page.net, 1).samples, 1);
    cr_assert_eq(meeple_net_rtt(page.net, 1).last_ms, 70);
    cr_assert_eq(meeple_net_wait_ms(page.net), 20000);
    HEARS(&page, "\5\0\0\0\0"); /* asked for by nobody */
    expect(&page, "");
    cr_assert_eq(meeple_net_rtt(page.net, 1).samples, 1);
    close_page(&page);
}

/* Lets time pass in which nobody asks. */
static void be_away(struct page *page, uint64_t ms)
{
    uint64_t until_ms = sim_now(page->session.sim) + ms;

    while (sim_step_until(page->session.sim, until_ms)) {
    }
}

Test(net_web, does_what_is_due_in_the_call_for_which_it_is)
{
    struct page page;
    meeple_event event;
    uint8_t pong[9];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    be_away(&page, 20000);
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    cr_assert_eq(meeple_net_next(page.net, &event, 0), 0);
    cr_assert_eq(ping_of(&page, pong), 9);
    cr_assert_eq(meeple_net_wait_ms(page.net), 20000);
    close_page(&page);
}

Test(net_web, measures_an_answer_when_it_is_taken)
{
    struct page page;
    uint8_t pong[9];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_ping(page.net, 1), 0);
    cr_assert_eq(ping_of(&page, pong), 9);
    be_away(&page, 70);
    browser_hears(page.socket, pong, sizeof pong, false);
    expect(&page, "");
    cr_assert_eq(meeple_net_rtt(page.net, 1).samples, 1);
    cr_assert_eq(meeple_net_rtt(page.net, 1).last_ms, 70);
    close_page(&page);
}

Test(net_web, does_not_ping_a_server_that_speaks)
{
    struct page page;
    uint8_t pong[9];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    for (unsigned i = 0; i < 10; i++) {
        expect_after(&page, 19000, "");
        HEARS(&page, "\0\1\0\0\0x");
        expect(&page, "packet 1 x\n");
    }
    cr_assert_eq(ping_of(&page, pong), 0);
    close_page(&page);
}

Test(net_web, notices_that_nothing_is_heard_of_the_server)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    expect_after(&page, 59999, "");
    expect_after(&page, 1,
                 "leave 1 1006 unclean nothing was heard for too long\n"
                 "down 1006 unclean nothing was heard for too long\n");
    expect_fault(&page, MEEPLE_STAGE_TIMEOUT, 0, "nothing was heard from the server for too long");
    cr_assert(page.socket->dropped);
    close_page(&page);
}

Test(net_web, waits_for_a_ping_that_is_still_in_the_queue)
{
    static const uint8_t bytes[10000];
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_send(page.net, 1, (meeple_bytes){bytes, sizeof bytes}), 0);
    for (unsigned i = 0; i < 20; i++) {
        browser_sends(page.socket, 500);
        expect_after(&page, 19000, "");
    }
    cr_assert_gt(page.socket->buffered, 0, "the pings");
    browser_sends(page.socket, page.socket->buffered);
    expect_after(&page, 39999, "");
    cr_assert_not(page.seat->down);
    session_run_until(&page.session, sim_now(page.session.sim) + 21000);
    cr_assert(page.seat->down);
    close_page(&page);
}

Test(net_web, hears_a_server_though_the_page_slept)
{
    struct page page;
    uint8_t pong[9];

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    for (unsigned i = 0; i < 5; i++) {
        page.seat->idle = true;
        expect_after(&page, 300000, "");
        page.seat->idle = false;
        expect(&page, "");
        cr_assert_eq(ping_of(&page, pong), 9);
        browser_hears(page.socket, pong, sizeof pong, false);
        expect(&page, "");
    }
    close_page(&page);
}

/* Nobody looks for so long; then there is nothing yet. */
static void sleep_for(struct page *page, uint64_t ms)
{
    page->seat->idle = true;
    expect_after(page, ms, "");
    page->seat->idle = false;
    expect(page, "");
}

/* A browser hands in nothing while a page is busy, frozen or asleep; what came meanwhile comes
 * after the page has looked at its clock again. */
Test(net_web, gives_the_browser_a_while_to_hand_in_what_came_while_the_page_slept)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    sleep_for(&page, 300000);
    cr_assert_eq(meeple_net_wait_ms(page.net), 500);
    browser_opens(page.socket, "meeple.1");
    expect_after(&page, 499, "");
    HEARS(&page, WELCOME);
    expect_after(&page, 501, "up 1 meeple.1\njoin 1\n");
    cr_assert_eq(meeple_net_wait_ms(page.net), 19499);
    /* Two pings that nobody answers. */
    expect_after(&page, 50000, "");
    sleep_for(&page, 300000);
    cr_assert_eq(meeple_net_wait_ms(page.net), 500);
    HEARS(&page, "\0\1\0\0\0x");
    expect_after(&page, 1000, "packet 1 x\n");
    close_page(&page);
}

Test(net_web, ends_by_its_clock_though_it_looks_late)
{
    static const char *const ends[] = {
        "down 1006 unclean no connection to server:4000 within 15000 ms\n",
        "leave 1 1006 unclean nothing was heard for too long\n"
        "down 1006 unclean nothing was heard for too long\n",
        "leave 1 1006 unclean the other side did not answer our close in time\n"
        "down 1006 unclean the other side did not answer our close in time\n"};

    for (unsigned i = 0; i < MEEPLE_COUNT(ends); i++) {
        struct page page;

        if (i == 0) {
            open_page(&page, &(meeple_connect_options){0});
        } else {
            sit_down(&page, MEEPLE_DIALECT_NATIVE);
            expect_after(&page, 50000, "");
        }
        if (i == 2) {
            cr_assert_eq(meeple_net_close(page.net, 0, NULL), 0);
        }
        sleep_for(&page, 60000); /* as the timers of a page that is hidden for long */
        page.seat->idle = true;
        expect_after(&page, 60000, "");
        page.seat->idle = false;
        expect(&page, ends[i]);
        close_page(&page);
    }
}

Test(net_web, pings_when_told_to)
{
    struct page page;
    uint8_t pong[9];

    open_page(&page, &(meeple_connect_options){.limits.heartbeat_ms = UINT32_MAX});
    cr_assert_eq(meeple_net_ping(page.net, 1), MEEPLE_ENOTFOUND);
    browser_opens(page.socket, "meeple.1");
    HEARS(&page, WELCOME);
    HEARS(&page, JOINS_9);
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert_eq(meeple_net_wait_ms(page.net), -1);
    cr_assert_eq(meeple_net_ping(page.net, 9), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_ping(page.net, 1), 0);
    cr_assert_eq(ping_of(&page, pong), 9);
    session_forget(&page.session);
    expect_after(&page, 3600000, "");
    cr_assert_eq(ping_of(&page, pong), 0, "and not else");
    close_page(&page);
}

Test(net_web, notices_that_nothing_is_heard_though_it_measures)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    for (unsigned i = 0; i < 59; i++) {
        cr_assert_eq(meeple_net_ping(page.net, 1), 0);
        browser_sends(page.socket, page.socket->buffered);
        expect_after(&page, 1000, "");
    }
    expect_after(&page, 999, "");
    expect_after(&page, 1,
                 "leave 1 1006 unclean nothing was heard for too long\n"
                 "down 1006 unclean nothing was heard for too long\n");
    close_page(&page);
}

Test(net_web, measures_through_a_queue_that_has_room)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){.limits.queue_bytes_max = 100});
    browser_opens(page.socket, "meeple.1");
    HEARS(&page, WELCOME);
    expect(&page, "up 1 meeple.1\njoin 1\n");
    for (unsigned i = 0; i < 1000; i++) {
        (void)meeple_net_ping(page.net, 1);
    }
    cr_assert_eq(meeple_net_ping(page.net, 1), MEEPLE_EFULL);
    cr_assert_leq(page.socket->buffered, 100);
    browser_sends(page.socket, page.socket->buffered);
    cr_assert_eq(meeple_net_ping(page.net, 1), 0);
    expect(&page, ""); /* a ping that did not go is not told of */
    close_page(&page);
}

Test(net_web, has_no_heartbeat_in_the_plain_dialect)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple_net_ping(page.net, 1), MEEPLE_ENOTSUP);
    cr_assert_eq(meeple_net_wait_ms(page.net), -1);
    expect_after(&page, 3600000, "");
    cr_assert_str_eq(browser_said(page.socket), "");
    cr_assert_eq(meeple_net_rtt(page.net, 1).samples, 0);
    close_page(&page);
}

Test(net_web, says_that_something_waits)
{
    struct page page;

    sit_down(&page, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple_net_wait_ms(page.net), -1);
    HEARS(&page, "x");
    cr_assert_eq(meeple_net_wait_ms(page.net), 0);
    expect(&page, "packet 1 x\n");
    cr_assert_eq(meeple_net_wait_ms(page.net), -1);
    close_page(&page);
}

/* ---- company ---- */

Test(net_web, lives_beside_a_loopback_session)
{
    struct page page;
    meeple_net *server, *client;
    struct seat *host, *guest;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple_net_loopback(&server, NULL), 0);
    host = session_add(&page.session, server);
    cr_assert_eq(meeple_net_join(&client, server, NULL), 0);
    guest = session_add(&page.session, client);
    HEARS(&page, "\0\1\0\0\0hi");
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert(host->up && guest->up && guest->here_count == 1);
    cr_assert_eq(page.seat->packets, 1);
    cr_assert_eq(page.browser->count, 1);
    close_page(&page);
}

Test(net_web, has_any_number_of_seats_in_a_page)
{
    struct page page;
    meeple_net *second;
    struct seat *other;

    sit_down(&page, MEEPLE_DIALECT_NATIVE);
    page.net = NULL;
    cr_assert_eq(try_connect(&page, "ws://other", &(meeple_connect_options){0}), 0);
    second = page.net;
    other = session_add(&page.session, second);
    browser_closes(browser_last(), 1006, "", false);
    session_run_until(&page.session, sim_now(page.session.sim));
    cr_assert(other->down && !page.seat->down);
    close_page(&page);
}
