/* test_io_web: the driver of a page has a clock and randomness, and no streams. */
#include <meeple/io.h>
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/counting_mem.h"

struct page {
    struct counting_mem mem;
    const meeple_io_driver *driver;
    meeple_io *io;
};

static void page_open(struct page *page)
{
    counting_mem_init(&page->mem);
    page->driver = meeple_io_system();
    cr_assert_eq(page->driver->open(page->driver, &page->mem.mem, NULL, &page->io), 0);
}

static void page_done(struct page *page)
{
    page->driver->free(page->io);
    cr_assert_eq(page->mem.live, 0);
}

static void expect_silence(const struct page *page)
{
    meeple_io_event event;

    cr_assert_eq(page->driver->next(page->io, &event, 1000000), 0);
    cr_assert_eq(page->driver->next(page->io, &event, -1), 0);
    cr_assert_eq(page->driver->due_ms(page->io), UINT64_MAX);
}

Test(io_web, is_the_only_driver_of_a_page)
{
    cr_assert_str_eq(meeple_io_system()->name, "web");
    cr_assert_null(meeple_io_poll());
    cr_assert_null(meeple_io_epoll());
    cr_assert_null(meeple_io_uring());
}

Test(io_web, its_clock_does_not_go_back)
{
    struct page page;
    uint64_t before;

    page_open(&page);
    before = page.driver->now_ms(page.io);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = page.driver->now_ms(page.io);

        cr_assert_geq(now, before);
        before = now;
    }
    page_done(&page);
}

Test(io_web, is_random_in_any_length)
{
    static const size_t lens[] = {0, 1, 4, 255, 256, 257, 1000};
    uint8_t first[1001], second[1001];
    struct page page;

    page_open(&page);
    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        memset(first, 0x5a, sizeof first);
        memset(second, 0x5a, sizeof second);
        cr_assert_eq(page.driver->random(page.io, first, lens[i]), 0);
        cr_assert_eq(page.driver->random(page.io, second, lens[i]), 0);
        cr_assert_eq(first[lens[i]], 0x5a);
        if (lens[i] >= 16) {
            cr_assert_neq(memcmp(first, second, lens[i]), 0);
        }
    }
    page_done(&page);
}

Test(io_web, never_waits)
{
    struct page page;

    page_open(&page);
    expect_silence(&page);
    cr_assert_eq(page.driver->pollable(page.io), MEEPLE_ESTATE);
    page_done(&page);
}

Test(io_web, cannot_listen)
{
    struct page page;
    meeple_socket *listener = (meeple_socket *)&page;

    page_open(&page);
    cr_assert_eq(page.driver->listen(page.io, NULL, 0, false, NULL, &listener), MEEPLE_ENOTSUP);
    cr_assert_null(listener);
    page_done(&page);
}

Test(io_web, a_connect_fails_like_any_other_and_says_why)
{
    struct page page;
    meeple_socket *first, *second;
    meeple_io_event event;
    char address[8] = "x";
    int a, b;

    page_open(&page);
    cr_assert_eq(page.driver->connect(page.io, "localhost", 80, &a, &first), 0);
    cr_assert_eq(page.driver->connect(page.io, "localhost", 80, &a, &second), 0);
    page.driver->attach(page.io, second, &b);
    cr_assert_eq(page.driver->due_ms(page.io), 0);
    cr_assert_eq(page.driver->send(page.io, first, &(meeple_bytes){(const uint8_t *)"x", 1}, 1), 0);
    cr_assert_eq(page.driver->next(page.io, &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.socket, first);
    cr_assert_eq(event.user, &a);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_str_eq(event.fault.text, "a page has no sockets of its own");
    cr_assert_eq(page.driver->next(page.io, &event, 0), 1);
    cr_assert_eq(event.user, &b);
    expect_silence(&page);
    page.driver->address(page.io, first, address, sizeof address);
    cr_assert_str_eq(address, "");
    cr_assert_eq(page.driver->port(page.io, first), 0);
    page.driver->finish(page.io, first);
    page.driver->close(page.io, first);
    page_done(&page); /* closes the other one */
}

Test(io_web, what_was_closed_is_not_told)
{
    struct page page;
    meeple_socket *socket;

    page_open(&page);
    cr_assert_eq(page.driver->connect(page.io, "localhost", 80, NULL, &socket), 0);
    page.driver->close(page.io, socket);
    expect_silence(&page);
    page_done(&page);
}

Test(io_web, wakes_are_told_once)
{
    struct page page;
    meeple_io_event event;

    page_open(&page);
    page.driver->wake(page.io);
    page.driver->wake(page.io);
    cr_assert_eq(page.driver->due_ms(page.io), 0);
    cr_assert_eq(page.driver->next(page.io, &event, -1), 1);
    cr_assert_eq(event.type, MEEPLE_IO_WOKEN);
    cr_assert_null(event.socket);
    cr_assert_null(event.user);
    expect_silence(&page);
    page_done(&page);
}

Test(io_web, survives_a_lack_of_memory)
{
    struct page page;
    meeple_socket *socket = NULL;

    counting_mem_init(&page.mem);
    page.driver = meeple_io_system();
    counting_mem_fail(&page.mem, 1);
    cr_assert_eq(page.driver->open(page.driver, &page.mem.mem, NULL, &page.io), MEEPLE_ENOMEM);
    cr_assert_null(page.io);
    page.driver->free(page.io);

    page_open(&page);
    counting_mem_fail(&page.mem, 1);
    cr_assert_eq(page.driver->connect(page.io, "localhost", 80, NULL, &socket), MEEPLE_ENOMEM);
    cr_assert_null(socket);
    expect_silence(&page);
    page_done(&page);
}

/* By the default driver. */
Test(io_web, a_server_is_told_that_it_cannot_be_one)
{
    meeple_net *net = (meeple_net *)&net;

    cr_assert_eq(meeple_net_listen(&net, NULL), MEEPLE_ENOTSUP);
    cr_assert_null(net);
}
