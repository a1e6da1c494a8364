/* test_net_web_godot3: a client in a page at a Godot 3 server, over a browser that does as it is
 * told. */
#include "transport/net.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_browser.h"
#include "tests/support/session.h"

/* One seat in a page; the simulated network is only its clock. */
struct page {
    struct session session;
    struct fake_browser *browser;
    struct fake_socket *socket;
    struct seat *seat;
    meeple_net *net;
};

static const char *const ludus[] = {"ludus", NULL};

static int try_connect(struct page *page, const char *url, const meeple_connect_options *options)
{
    meeple_connect_options filled = *options;

    filled.dialect = MEEPLE_DIALECT_GODOT3;
    filled.io = sim_driver(page->session.sim, "page");
    filled.mem = &page->session.mem.mem;
    return meeple__web_client_new(&page->net, url, &filled);
}

static void prepare(struct page *page)
{
    memset(page, 0, sizeof *page);
    page->browser = browser_begin();
    page->session.sim = sim_new(NULL);
    counting_mem_init(&page->session.mem);
}

static void open_page(struct page *page, const meeple_connect_options *options)
{
    prepare(page);
    cr_assert_eq(try_connect(page, "ws://server:4000/table", options), 0);
    page->seat = session_add(&page->session, page->net);
    page->socket = browser_last();
}

static void close_page(struct page *page)
{
    session_done(&page->session);
    browser_end();
}

static void expect(struct page *page, const char *lines)
{
    const char *told;

    session_run_until(&page->session, sim_now(page->session.sim));
    told = session_told(&page->session, page->seat);
    cr_assert_str_eq(told, lines, "the page was told:\n%s", told);
}

#define HEARS(page, literal) browser_hears((page)->socket, literal, sizeof literal - 1, false)
#define SYSTEM(kind, peer) kind "\1\0\0\0\0\0\0\0" peer

/* In as peer 7, with 9 and 8. */
static void sit_down(struct page *page, const meeple_connect_options *options)
{
    open_page(page, options);
    browser_opens(page->socket, options->protocols ? "ludus" : "");
    HEARS(page, SYSTEM("\3", "\7\0\0\0"));
    HEARS(page, SYSTEM("\1", "\1\0\0\0"));
    HEARS(page, SYSTEM("\1", "\11\0\0\0"));
    HEARS(page, SYSTEM("\1", "\10\0\0\0"));
    expect(page, options->protocols ? "up 1 ludus\njoin 1\njoin ?\njoin ?\n"
                                    : "up 1\njoin 1\njoin ?\njoin ?\n");
    cr_assert_eq(meeple_net_id(page->net), 7);
}

Test(net_web_godot3, offers_what_it_was_told_and_takes_no_other)
{
    struct page page;

    open_page(&page, &(meeple_connect_options){0});
    cr_assert_str_eq(page.socket->protocols, "");
    close_page(&page);

    sit_down(&page, &(meeple_connect_options){.protocols = ludus});
    cr_assert_str_eq(page.socket->protocols, "ludus");
    close_page(&page);

    /* A browser does not let it come so far. */
    open_page(&page, &(meeple_connect_options){.protocols = ludus});
    browser_opens(page.socket, "");
    expect(&page, "down 1006 unclean the server agrees to none of the subprotocols offered\n");
    cr_assert_eq(meeple_net_fault(page.net).stage, MEEPLE_STAGE_SUBPROTOCOL);
    close_page(&page);
}

Test(net_web_godot3, plays_at_a_server_of_godots)
{
    struct page page;

    sit_down(&page, &(meeple_connect_options){.protocols = ludus});
    HEARS(&page, "\0\11\0\0\0\7\0\0\0hello");
    browser_hears(page.socket, "\0\1\0\0\0\0\0\0\0text", 13, true);
    HEARS(&page, "\0\12\0\0\0\7\0\0\0nobody");
    HEARS(&page, SYSTEM("\2", "\11\0\0\0"));
    expect(&page, "packet ? hello\npacket 1 text\nleave ? 1005 unclean\n");
    cr_assert_eq(seat_send(page.seat, MEEPLE_SERVER, "a"), 0);
    cr_assert_eq(seat_send(page.seat, MEEPLE_EXCEPT(8), "b"), 0);
    cr_assert_eq(meeple_net_send_text(page.net, MEEPLE_ALL, "c"), 0);
    cr_assert_str_eq(browser_said(page.socket), "binary \\00\\07\\00\\00\\00\\01\\00\\00\\00a\n"
                                                "binary \\00\\07\\00\\00\\00\\f8\\ff\\ff\\ffb\n"
                                                "binary \\00\\07\\00\\00\\00\\00\\00\\00\\00c\n");
    browser_closes(page.socket, 1000, "bye", true);
    expect(&page, "closing 1 1000 bye\nleave ? 1000 clean bye\nleave 1 1000 clean bye\n"
                  "down 1000 clean bye\n");
    close_page(&page);
}

Test(net_web_godot3, sends_to_each_what_is_not_for_the_server)
{
    struct page page;

    sit_down(&page, &(meeple_connect_options){0});
    cr_assert_eq(seat_send(page.seat, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), 0);
    cr_assert_str_eq(browser_said(page.socket), "binary \\00\\07\\00\\00\\00\\09\\00\\00\\00x\n"
                                                "binary \\00\\07\\00\\00\\00\\08\\00\\00\\00x\n");
    HEARS(&page, SYSTEM("\2", "\11\0\0\0"));
    HEARS(&page, SYSTEM("\2", "\10\0\0\0"));
    expect(&page, "leave ? 1005 unclean\nleave ? 1005 unclean\n");
    cr_assert_eq(seat_send(page.seat, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), 0);
    cr_assert_str_eq(browser_said(page.socket), "");
    close_page(&page);
}

Test(net_web_godot3, sends_to_all_of_them_or_to_none)
{
    static uint8_t bytes[2000];
    const meeple_limits limits = {.queue_bytes_max = 2200};
    struct page page;

    sit_down(&page, &(meeple_connect_options){.limits = limits});
    cr_assert_eq(
        meeple_net_send(page.net, MEEPLE_EXCEPT(MEEPLE_SERVER), (meeple_bytes){bytes, 1078}),
        MEEPLE_ETOOBIG);
    cr_assert_eq(
        meeple_net_send(page.net, MEEPLE_EXCEPT(MEEPLE_SERVER), (meeple_bytes){bytes, 1000}), 0);
    browser_said(page.socket);
    cr_assert_eq(
        meeple_net_send(page.net, MEEPLE_EXCEPT(MEEPLE_SERVER), (meeple_bytes){bytes, 100}),
        MEEPLE_EFULL);
    cr_assert_str_eq(browser_said(page.socket), "");
    browser_sends(page.socket, 2018);
    expect(&page, "drained 1\n");
    cr_assert_eq(
        meeple_net_send(page.net, MEEPLE_EXCEPT(MEEPLE_SERVER), (meeple_bytes){bytes, 100}), 0);
    close_page(&page);
}

Test(net_web_godot3, is_lost_when_the_browser_takes_no_more)
{
    struct page page;
    const char *told;

    sit_down(&page, &(meeple_connect_options){0});
    page.browser->send_fails = MEEPLE_ENOMEM;
    cr_assert_eq(seat_send(page.seat, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), MEEPLE_ENOMEM);
    session_run_until(&page.session, sim_now(page.session.sim));
    told = session_told(&page.session, page.seat);
    cr_assert_not_null(strstr(told, "down 1011 unclean"), "%s", told);
    cr_assert_eq(seat_send(page.seat, MEEPLE_SERVER, "x"), MEEPLE_ESTATE);
    close_page(&page);
}

/* There are no words for it. */
Test(net_web_godot3, does_not_ping)
{
    struct page page;

    sit_down(&page, &(meeple_connect_options){0});
    cr_assert_eq(meeple_net_ping(page.net, MEEPLE_SERVER), MEEPLE_ENOTSUP);
    session_run_until(&page.session, sim_now(page.session.sim) + 300000);
    cr_assert_str_eq(session_told(&page.session, page.seat), "");
    cr_assert_str_eq(browser_said(page.socket), "");
    close_page(&page);
}

Test(net_web_godot3, closes_where_a_server_is_none_of_godots)
{
    struct page page;

    sit_down(&page, &(meeple_connect_options){0});
    HEARS(&page, SYSTEM("\3", "\10\0\0\0"));
    expect(&page, "leave ? 1002 unclean the server gave us a second id\n"
                  "leave ? 1002 unclean the server gave us a second id\n"
                  "leave 1 1002 unclean the server gave us a second id\n"
                  "down 1002 unclean the server gave us a second id\n");
    cr_assert_str_eq(browser_said(page.socket), "close 4002 the server gave us a second id\n");
    close_page(&page);
}

Test(net_web_godot3, asks_for_no_longer_paths_than_godot_reads)
{
    static char url[4096 + 40] = "ws://server:4000/";
    struct page page;
    size_t begin = strlen(url);

    prepare(&page);
    memset(url + begin, 'x', sizeof url - begin);
    url[begin + 4096] = '\0';
    cr_assert_eq(try_connect(&page, url, &(meeple_connect_options){0}), MEEPLE_ETOOBIG);
    close_page(&page);
}
