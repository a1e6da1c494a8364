/* test_io_loopback: what only the streams of one process do; the rest is in test_io. */
#include "transport/io_loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/counting_mem.h"

enum {
    END_BYTES = 64 * 1024
};

struct pair {
    struct counting_mem mem;
    struct meeple__loopback *hub;
    const meeple_io_driver *driver;
    meeple_io *server, *client;
    meeple_socket *listener, *accepted, *connected;
};

static meeple_io_event expect(const struct pair *pair, meeple_io *io, meeple_io_event_type type)
{
    meeple_io_event event = {0};

    cr_assert_eq(pair->driver->next(io, &event, -1), 1);
    cr_assert_eq(event.type, type, "event %d instead of %d", (int)event.type, (int)type);
    return event;
}

static void expect_silence(const struct pair *pair, meeple_io *io)
{
    meeple_io_event event;

    cr_assert_eq(pair->driver->next(io, &event, 1000000), 0);
}

static void pair_open(struct pair *pair)
{
    counting_mem_init(&pair->mem);
    cr_assert_eq(meeple__loopback_new(&pair->mem.mem, &pair->hub), 0);
    pair->driver = meeple__loopback_driver(pair->hub);
    cr_assert_eq(pair->driver->open(pair->driver, &pair->mem.mem, NULL, &pair->server), 0);
    cr_assert_eq(pair->driver->open(pair->driver, &pair->mem.mem, NULL, &pair->client), 0);
    cr_assert_eq(pair->driver->listen(pair->server, NULL, 4000, false, NULL, &pair->listener), 0);
}

static void pair_connect(struct pair *pair)
{
    cr_assert_eq(pair->driver->connect(pair->client, "any name", 1, NULL, &pair->connected), 0);
    expect(pair, pair->client, MEEPLE_IO_CONNECTED);
    pair->accepted = expect(pair, pair->server, MEEPLE_IO_ACCEPTED).socket;
}

static void pair_done(struct pair *pair)
{
    pair->driver->free(pair->client);
    pair->driver->free(pair->server);
    meeple__loopback_unref(pair->hub);
    cr_assert_eq(pair->mem.live, 0);
}

static size_t send_zeroes(const struct pair *pair, meeple_io *io, meeple_socket *socket, size_t len)
{
    uint8_t *bytes = calloc(len, 1);
    size_t gone = pair->driver->send(io, socket, &(meeple_bytes){bytes, len}, 1);

    free(bytes);
    return gone;
}

Test(io_loopback_hub, lives_as_long_as_somebody_needs_it)
{
    struct pair pair;
    meeple_socket *socket;

    pair_open(&pair);
    meeple__loopback_ref(pair.hub);
    meeple__loopback_unref(pair.hub);
    meeple__loopback_unref(pair.hub);
    /* The ios have references of their own. */
    cr_assert_eq(pair.driver->connect(pair.client, "", 0, NULL, &socket), 0);
    expect(&pair, pair.client, MEEPLE_IO_CONNECTED);
    meeple__loopback_ref(pair.hub);
    pair_done(&pair);
    meeple__loopback_unref(NULL);
}

Test(io_loopback_hub, an_end_keeps_at_most_64_kib)
{
    struct pair pair;
    meeple_io_event event;

    pair_open(&pair);
    pair_connect(&pair);
    cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 100000), END_BYTES);
    expect_silence(&pair, pair.client);
    event = expect(&pair, pair.server, MEEPLE_IO_RECEIVED);
    cr_assert_eq(event.len, END_BYTES);
    cr_assert_eq(expect(&pair, pair.client, MEEPLE_IO_SENT).len, 0);
    cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 100000 - END_BYTES),
                 100000 - END_BYTES);
    cr_assert_eq(expect(&pair, pair.server, MEEPLE_IO_RECEIVED).len, 100000 - END_BYTES);
    expect_silence(&pair, pair.client);
    pair_done(&pair);
}

Test(io_loopback_hub, streams_at_rest_own_no_buffer)
{
    struct pair pair;
    size_t live;

    pair_open(&pair);
    pair_connect(&pair);
    live = pair.mem.live;
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 10), 10);
        cr_assert_eq(send_zeroes(&pair, pair.server, pair.accepted, 10), 10);
        expect(&pair, pair.server, MEEPLE_IO_RECEIVED);
        expect(&pair, pair.client, MEEPLE_IO_RECEIVED);
        expect_silence(&pair, pair.server);
        expect_silence(&pair, pair.client);
    }
    /* The hub keeps those of both ways for the next to use. */
    cr_assert_leq(pair.mem.live, live + 2);
    pair_done(&pair);
}

Test(io_loopback_hub, a_conversation_does_not_allocate)
{
    struct pair pair;
    size_t calls;

    pair_open(&pair);
    pair_connect(&pair);
    for (int i = 0; i < 10; i++) {
        calls = i < 2 ? 0 : pair.mem.calls;
        cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 10), 10);
        expect(&pair, pair.server, MEEPLE_IO_RECEIVED);
        expect_silence(&pair, pair.server);
        cr_assert(i < 2 || pair.mem.calls == calls);
    }
    pair_done(&pair);
}

/* A server says something to all before any of them takes it. */
Test(io_loopback_hub, what_waits_at_many_ends_at_once_does_not_allocate)
{
    enum {
        ENDS = 200
    };
    meeple_socket *connected[ENDS];
    struct pair pair;
    size_t calls = 0;

    pair_open(&pair);
    for (size_t i = 0; i < ENDS; i++) {
        pair_connect(&pair);
        connected[i] = pair.connected;
    }
    for (int round = 0; round < 3; round++) {
        calls = round == 1 ? pair.mem.calls : calls;
        for (size_t i = 0; i < ENDS; i++) {
            cr_assert_eq(send_zeroes(&pair, pair.client, connected[i], 100), 100);
        }
        for (size_t i = 0; i < ENDS; i++) {
            cr_assert_eq(expect(&pair, pair.server, MEEPLE_IO_RECEIVED).len, 100);
        }
        expect_silence(&pair, pair.server);
    }
    cr_assert_eq(pair.mem.calls, calls);
    pair_done(&pair);
}

/* Also where there is no memory for more of it at once. */
Test(io_loopback_hub, what_grows_while_it_waits_stays_in_order)
{
    uint8_t bytes[9000];
    struct pair pair;
    meeple_io_event event;
    size_t sent = 0, taken = 0;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    for (size_t fail_at = 0; fail_at < 3; fail_at++) {
        pair_open(&pair);
        pair_connect(&pair);
        sent = pair.driver->send(pair.client, pair.connected, &(meeple_bytes){bytes, 3900}, 1);
        cr_assert_eq(sent, 3900);
        if (fail_at > 0) {
            counting_mem_fail(&pair.mem, fail_at);
        }
        sent += pair.driver->send(pair.client, pair.connected,
                                  &(meeple_bytes){bytes + 3900, sizeof bytes - 3900}, 1);
        cr_assert_eq(sent < sizeof bytes, fail_at == 1);
        for (taken = 0; taken < sizeof bytes; taken += event.len) {
            event = expect(&pair, pair.server, MEEPLE_IO_RECEIVED);
            cr_assert_arr_eq(event.bytes, bytes + taken, event.len);
            if (sent < sizeof bytes) {
                expect(&pair, pair.client, MEEPLE_IO_SENT);
                sent += pair.driver->send(pair.client, pair.connected,
                                          &(meeple_bytes){bytes + sent, sizeof bytes - sent}, 1);
            }
        }
        expect_silence(&pair, pair.server);
        pair_done(&pair);
    }
}

Test(io_loopback_hub, bytes_stay_until_the_next_next_although_both_ends_close)
{
    struct pair pair;
    meeple_io_event event;

    pair_open(&pair);
    pair_connect(&pair);
    cr_assert_eq(pair.driver->send(pair.client, pair.connected,
                                   &(meeple_bytes){(const uint8_t *)"hello", 5}, 1),
                 5);
    event = expect(&pair, pair.server, MEEPLE_IO_RECEIVED);
    pair.driver->close(pair.server, event.socket);
    pair.driver->close(pair.client, pair.connected);
    cr_assert_eq(event.len, 5);
    cr_assert_eq(memcmp(event.bytes, "hello", 5), 0);
    event.bytes[4] = '!';
    expect_silence(&pair, pair.server);
    pair_done(&pair);
}

Test(io_loopback_hub, a_refusal_is_a_sentence)
{
    struct pair pair;
    meeple_socket *socket;
    meeple_io_event event;

    pair_open(&pair);
    pair.driver->close(pair.server, pair.listener);
    cr_assert_eq(pair.driver->connect(pair.client, "x", 1, &pair, &socket), 0);
    event = expect(&pair, pair.client, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.user, &pair);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(event.fault.number, ECONNREFUSED);
    cr_assert_str_eq(event.fault.text, "no server of this process takes streams");
    pair_done(&pair);
}

Test(io_loopback_hub, a_listener_that_does_not_accept_refuses_in_the_end)
{
    struct pair pair;
    meeple_io_event event;
    size_t connected = 0;

    pair_open(&pair);
    for (int i = 0; i < 1000; i++) {
        meeple_socket *socket;

        cr_assert_eq(pair.driver->connect(pair.client, "x", 1, NULL, &socket), 0);
        cr_assert_eq(pair.driver->next(pair.client, &event, 0), 1);
        connected += event.type == MEEPLE_IO_CONNECTED;
        if (event.type == MEEPLE_IO_BROKEN) {
            break;
        }
    }
    cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
    cr_assert_gt(connected, 50);
    cr_assert_lt(connected, 1000);
    /* One taken is room for one. */
    expect(&pair, pair.server, MEEPLE_IO_ACCEPTED);
    pair_connect(&pair);
    pair_done(&pair);
}

Test(io_loopback_hub, running_out_of_memory_for_bytes_breaks_the_stream_at_both_ends)
{
    struct pair pair;
    meeple_io_event event;
    char lost[100];

    snprintf(lost, sizeof lost, "the connection was lost: %s", strerror(ENOMEM));
    pair_open(&pair);
    pair_connect(&pair);
    counting_mem_fail(&pair.mem, 1);
    cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 10), 0);
    event = expect(&pair, pair.client, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.number, ENOMEM);
    cr_assert_str_eq(event.fault.text, lost);
    event = expect(&pair, pair.server, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.number, ECONNRESET);
    cr_assert_eq(send_zeroes(&pair, pair.client, pair.connected, 10), 0);
    expect_silence(&pair, pair.client);
    expect_silence(&pair, pair.server);
    pair_done(&pair);
}

Test(io_loopback_hub, one_io_can_be_both_ends)
{
    struct pair pair;

    pair_open(&pair);
    cr_assert_eq(pair.driver->connect(pair.server, "x", 1, NULL, &pair.connected), 0);
    pair.accepted = expect(&pair, pair.server, MEEPLE_IO_ACCEPTED).socket;
    expect(&pair, pair.server, MEEPLE_IO_CONNECTED);
    cr_assert_eq(send_zeroes(&pair, pair.server, pair.connected, 10), 10);
    cr_assert_eq(expect(&pair, pair.server, MEEPLE_IO_RECEIVED).socket, pair.accepted);
    pair_done(&pair);
}

Test(io_loopback_hub, has_neither_clock_nor_addresses)
{
    struct pair pair;
    char text[8] = "?";

    pair_open(&pair);
    pair_connect(&pair);
    cr_assert_eq(pair.driver->now_ms(pair.server), 0);
    cr_assert_eq(pair.driver->port(pair.server, pair.listener), 0);
    pair.driver->address(pair.server, pair.accepted, text, sizeof text);
    cr_assert_str_eq(text, "");
    pair_done(&pair);
}
