/* test_net_ping: the pings of clients that have no ping frames, and a server's answers. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/carried.h"
#include "tests/support/raw_peer.h"
#include "tests/support/ws_probe.h"
#include "transport/packet_native.h"

enum {
    QUEUE = 5000
};

static const char *const protocols[] = {"meeple.1", NULL};

#define PING "\x04\x00\x00\x00\x00"
#define PONG "\x05\x00\x00\x00\x00"
#define PONG_TOLD "\\05\\00\\00\\00\\00"

/* A server, a client of ours, and one whose messages a test writes and reads as they are: a net of
 * the plain dialect. */
static struct seat *start(struct carried *world, enum carrier carrier,
                          const meeple_listen_options *listen)
{
    const meeple_limits limits = {.queue_bytes_max = QUEUE, .heartbeat_ms = UINT32_MAX};
    meeple_listen_options options = listen ? *listen : (meeple_listen_options){.limits = limits};
    struct seat *by_hand;

    carried_start(world, carrier, &(struct sim_options){.window_bytes = 3000});
    carried_listen(world, &options);
    carried_connect(world, &(meeple_connect_options){.limits = limits});
    carried_run(world, 10);
    by_hand = carried_connect(world, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                               .protocols = protocols,
                                                               .deflate = options.deflate,
                                                               .limits = limits});
    carried_run(world, 10);
    cr_assert(world->session.seats[0].here_count == 2 && world->session.seats[1].here_count == 2);
    cr_assert(by_hand->up && by_hand->here_count == 1);
    session_forget(&world->session);
    by_hand->packets = 0;
    return by_hand;
}

static void say(struct carried *world, struct seat *seat, const void *bytes, size_t len)
{
    cr_assert_eq(meeple_net_send(seat->net, MEEPLE_SERVER, (meeple_bytes){bytes, len}), 0);
    meeple_net_flush(seat->net);
    carried_run(world, 0);
}

#define SAY(world, seat, literal) say(world, seat, literal, sizeof(literal) - 1)

static void ping(struct carried *world, struct seat *seat, const char *text)
{
    uint8_t bytes[MEEPLE__PING_MAX];
    meeple_bytes data = {(const uint8_t *)text, strlen(text)};

    say(world, seat, bytes, meeple__packet_ping(bytes, MEEPLE__PACKET_PING, data));
}

static void told(struct carried *world, size_t seat, const char *want)
{
    const char *got = session_told(&world->session, &world->session.seats[seat]);

    cr_assert_str_eq(got, want, "%s: seat %zu was told:\n%s", carrier_name(world->carrier), seat,
                     got);
}

static int send_len(struct seat *seat, int32_t to, size_t len)
{
    static const uint8_t bytes[QUEUE];

    return meeple_net_send(seat->net, to, (meeple_bytes){bytes, len});
}

Test(net_ping, a_ping_is_answered_with_its_data_and_nobody_hears_of_it)
{
    for (enum carrier carrier = PLAIN; carrier < CARRIERS; carrier++) {
        struct carried world;
        struct seat *by_hand = start(&world, carrier, NULL);
        meeple_stats stats;

        SAY(&world, by_hand, PING);
        SAY(&world, by_hand, PING "\x00\xff ping");
        carried_run(&world, 10);
        told(&world, 2, "packet 1 " PONG_TOLD "\npacket 1 " PONG_TOLD "\\00\\ff ping\n");
        told(&world, 1, "");
        told(&world, 0, "");
        stats = meeple_net_stats(world.session.seats[0].net);
        cr_assert(stats.packets_in == 0 && stats.packets_out == 0);
        cr_assert(stats.relayed == 0 && stats.unroutable == 0);
        carried_done(&world);
    }
}

Test(net_ping, data_of_every_length_comes_back)
{
    struct carried world;
    struct seat *by_hand = start(&world, PLAIN, NULL);
    uint8_t bytes[MEEPLE__PING_MAX];
    uint8_t data[MEEPLE__PING_DATA_MAX];

    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i + 100);
    }
    for (size_t len = 0; len <= sizeof data; len++) {
        meeple_event event;
        int rc;

        by_hand->idle = true;
        say(&world, by_hand, bytes,
            meeple__packet_ping(bytes, MEEPLE__PACKET_PING, (meeple_bytes){data, len}));
        carried_run(&world, 10);
        rc = meeple_net_next(by_hand->net, &event, 0);
        by_hand->idle = false;
        cr_assert(rc == 1 && event.type == MEEPLE_EVENT_PACKET && !event.text);
        cr_assert_eq(event.data.len, MEEPLE__PACKET_HEAD + len);
        cr_assert_eq(memcmp(event.data.ptr, PONG, MEEPLE__PACKET_HEAD), 0);
        cr_assert_eq(memcmp(event.data.ptr + MEEPLE__PACKET_HEAD, data, len), 0);
    }
    carried_done(&world);
}

/* Behind what was queued before it, in front of what is queued after. */
Test(net_ping, the_answer_keeps_its_place)
{
    struct carried world;
    struct seat *by_hand = start(&world, PLAIN, NULL);
    struct seat *server = &world.session.seats[0];
    int32_t id = server->here[1];
    meeple_event event;

    server->idle = true;
    ping(&world, by_hand, "x");
    SAY(&world, by_hand, "\x00\x01\x00\x00\x00question");
    carried_run(&world, 10);
    cr_assert_eq(seat_send(server, id, "before"), 0);
    cr_assert_eq(meeple_net_next(server->net, &event, 0), 1); /* the ping, too */
    cr_assert(event.type == MEEPLE_EVENT_PACKET && event.peer == id);
    cr_assert_eq(seat_send(server, id, "answer"), 0);
    meeple_net_flush(server->net);
    carried_run(&world, 10);
    told(&world, 2,
         "packet 1 \\00\\01\\00\\00\\00before\n"
         "packet 1 " PONG_TOLD "x\n"
         "packet 1 \\00\\01\\00\\00\\00answer\n");
    carried_done(&world);
}

/* A client that says everything at once: its request, and these frames.  Returns what came behind
 * the answer's head. */
static const char *all_at_once(struct carried *world, struct raw_peer *raw, const void *frames,
                               size_t len)
{
    static const char request[] =
        "GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Protocol: meeple.1\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    char bytes[sizeof request + 60];
    const char *head;

    cr_assert_leq(len, 60);
    memcpy(bytes, request, sizeof request - 1);
    memcpy(bytes + sizeof request - 1, frames, len);
    raw_connect(raw, world->session.sim, "raw", "server", 4000, NULL, false);
    world->session.extra = raw_turn;
    world->session.extra_ctx = raw;
    carried_run(world, 10);
    raw_write(raw, bytes, sizeof request - 1 + len);
    carried_run(world, 10);
    head = strstr(raw->heard, "\r\n\r\n");
    cr_assert_not_null(head);
    return head + 4;
}

#define MASKED(literal_len, literal) "\x82" literal_len "\x00\x00\x00\x00" literal

/* Whatever a client sends right behind its request, WELCOME is the first that it hears. */
Test(net_ping, a_ping_before_welcome_is_answered_behind_it)
{
    struct carried world;
    struct raw_peer raw;
    const char *heard;

    start(&world, PLAIN, NULL);
    heard = all_at_once(&world, &raw, MASKED("\x86", PING "x"), 12);
    /* WELCOME, two JOINs, PONG */
    cr_assert_eq(raw.heard_len, (size_t)(heard - raw.heard) + 3 * 7 + 8);
    cr_assert_eq(memcmp(heard, "\x82\x05\x01", 3), 0);
    cr_assert(memcmp(heard + 7, "\x82\x05\x02", 3) == 0 &&
              memcmp(heard + 14, "\x82\x05\x02", 3) == 0);
    cr_assert_eq(memcmp(heard + 21, "\x82\x06" PONG "x", 8), 0);
    raw_done(&raw);
    world.session.extra = NULL;
    carried_done(&world);
}

Test(net_ping, compressed_connections_have_them_too)
{
    struct carried world;
    struct seat *by_hand =
        start(&world, PLAIN,
              &(meeple_listen_options){.deflate = {.enabled = true, .threshold_bytes = 1}});

    for (int i = 0; i < 3; i++) {
        ping(&world, by_hand, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        SAY(&world, by_hand, "\x00\x01\x00\x00\x00x");
        carried_run(&world, 10);
        cr_assert_eq(seat_send(&world.session.seats[0], MEEPLE_ALL, "yyyyyyyyyyyyyyyyyyyyyyyy"), 0);
        carried_run(&world, 10);
        told(&world, 2,
             "packet 1 " PONG_TOLD "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
             "packet 1 \\00\\01\\00\\00\\00yyyyyyyyyyyyyyyyyyyyyyyy\n");
    }
    carried_done(&world);
}

Test(net_ping, the_plain_dialect_has_none)
{
    struct carried world;
    struct seat *a;

    carried_start(&world, PLAIN, NULL);
    carried_listen(&world, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN});
    a = carried_connect(&world, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN});
    carried_run(&world, 10);
    session_forget(&world.session);
    SAY(&world, a, PING "x");
    carried_run(&world, 10);
    told(&world, 0, "packet ? \\04\\00\\00\\00\\00x\n");
    told(&world, 1, "");
    carried_done(&world);
}

/* ---- too much, too slow ---- */

/* Eight answers wait, and one more: that of the last. */
Test(net_ping, who_reads_nothing_costs_nine_answers)
{
    for (enum carrier carrier = PLAIN; carrier < CARRIERS; carrier++) {
        struct carried world;
        struct seat *by_hand = start(&world, carrier, NULL);
        struct seat *server = &world.session.seats[0];
        char text[MEEPLE__PING_DATA_MAX + 1];
        const char *got;
        size_t queued, live, answers = 0;

        /* Its window is full, and so is the queue. */
        by_hand->idle = true;
        while (send_len(server, server->here[1], 900) == 0) {
            carried_run(&world, 10);
        }
        queued = meeple_net_queued(server->net, server->here[1]);
        live = world.session.mem.live;
        memset(text, 'p', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        for (int i = 0; i < 1000; i++) {
            snprintf(text, 5, "%04d", i);
            text[4] = ' ';
            ping(&world, by_hand, text);
            carried_run(&world, 1);
            cr_assert_leq(meeple_net_queued(server->net, server->here[1]), queued + 8 * 134);
            cr_assert_leq(world.session.mem.live, live + 5);
        }
        told(&world, 0, "");
        by_hand->idle = false;
        carried_run(&world, 100);
        got = session_told(&world.session, by_hand);
        for (const char *at = got; (at = strstr(at, PONG_TOLD)); at++) {
            char want[8];

            snprintf(want, sizeof want, "%04d ", (int)(answers < 8 ? answers : 999));
            cr_assert_eq(memcmp(at + sizeof PONG_TOLD - 1, want, 5), 0, "%zu: %.40s", answers, at);
            answers++;
        }
        cr_assert_eq(answers, 9, "%s: %zu", carrier_name(carrier), answers);
        carried_done(&world);
    }
}

static void is_flooded(struct carried *world, const char *why)
{
    char want[200];
    const char *got;

    carried_run(world, 10);
    snprintf(want, sizeof want, "leave ? 1008 unclean %s\n", why);
    told(world, 1, want);
    told(world, 0, want);
    got = session_told(&world->session, &world->session.seats[2]);
    cr_assert_not_null(strstr(got, "leave 1 1008 clean "), "%s", got);
    cr_assert_eq(meeple_net_stats(world->session.seats[0].net).flooded, 1);
    carried_done(world);
}

Test(net_ping, pings_count_as_messages)
{
    struct carried world;
    struct seat *by_hand =
        start(&world, PLAIN, &(meeple_listen_options){.limits.messages_per_second_max = 10});

    for (int i = 0; i < 10; i++) {
        ping(&world, by_hand, "");
        SAY(&world, by_hand, "\x00\x01\x00\x00\x00x");
    }
    carried_run(&world, 10);
    cr_assert_eq(world.session.seats[0].packets, 10);
    cr_assert_eq(by_hand->packets, 10);
    session_forget(&world.session);
    ping(&world, by_hand, "");
    is_flooded(&world, "more messages a second than this server takes");
}

/* 2454 bytes are two of the longest messages; the request was some 150, a ping here is 138. */
Test(net_ping, pings_count_as_bytes)
{
    struct carried world;
    struct seat *by_hand = start(&world, PLAIN,
                                 &(meeple_listen_options){.limits.bytes_per_second_max = 100,
                                                          .limits.message_bytes_max = 200});
    char text[MEEPLE__PING_DATA_MAX + 1];

    memset(text, 'p', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 16; i++) {
        ping(&world, by_hand, text);
    }
    carried_run(&world, 10);
    cr_assert_eq(by_hand->packets, 16);
    session_forget(&world.session);
    ping(&world, by_hand, text);
    is_flooded(&world, "more bytes a second than this server takes");
}

/* ---- who is going ---- */

/* The frames that came behind a head: how many are answers to "x".  A close frame is the last. */
static size_t answers_before_the_close(const struct raw_peer *raw, const char *heard)
{
    const uint8_t *at = (const uint8_t *)heard;
    const uint8_t *end = (const uint8_t *)raw->heard + raw->heard_len;
    size_t answers = 0;

    while (end - at >= 4) {
        size_t len = at[1] < 126 ? 2 + (size_t)at[1] : 4 + (size_t)(at[2] << 8 | at[3]);

        cr_assert_leq(len, (size_t)(end - at));
        if (at[0] == 0x88) {
            cr_assert_eq(len, (size_t)(end - at), "something is behind the close frame");
            return answers;
        }
        answers += len == 8 && memcmp(at, "\x82\x06" PONG "x", 8) == 0;
        at += len;
    }
    cr_assert_fail("there is no close frame");
    return 0;
}

/* Eight answers wait in the queue and one behind it, and `end` ends it: who reads again hears no
 * answer behind the close frame. */
static void hears_no_answer_behind(void (*end)(struct carried *world, struct raw_peer *raw))
{
    struct carried world;
    struct seat *server = &world.session.seats[0];
    struct raw_peer raw;
    const char *heard;

    start(&world, PLAIN, NULL);
    heard = all_at_once(&world, &raw, "", 0);
    raw.deaf = true;
    while (send_len(server, server->here[2], 900) == 0) {
        carried_run(&world, 10);
    }
    for (int i = 0; i < 20; i++) {
        raw_write(&raw, MASKED("\x86", PING "x"), 12);
    }
    carried_run(&world, 10);
    end(&world, &raw);
    carried_run(&world, 10);
    raw_write(&raw, MASKED("\x86", PING "x"), 12);
    carried_run(&world, 10);
    raw.deaf = false;
    carried_run(&world, 10);
    cr_assert_eq(answers_before_the_close(&raw, heard), 8);
    raw_done(&raw);
    world.session.extra = NULL;
    carried_done(&world);
}

static void kick(struct carried *world, struct raw_peer *raw)
{
    struct seat *server = &world->session.seats[0];

    (void)raw;
    cr_assert_eq(meeple_net_kick(server->net, server->here[2], 4000, "go"), 0);
}

static void close_all(struct carried *world, struct raw_peer *raw)
{
    (void)raw;
    cr_assert_eq(meeple_net_close(world->session.seats[0].net, 4001, "over"), 0);
}

static void break_a_rule(struct carried *world, struct raw_peer *raw)
{
    (void)world;
    raw_write(raw, MASKED("\x85", "\x0f\x01\x00\x00\x00"), 11);
}

Test(net_ping, behind_a_close_frame_no_answer_goes)
{
    hears_no_answer_behind(kick);
    hears_no_answer_behind(close_all);
    hears_no_answer_behind(break_a_rule);
}

/* It has left. */
Test(net_ping, a_ping_behind_ones_own_close_frame_is_not_answered)
{
    static const char frames[] = MASKED("\x86", PING "a") "\x88\x82\x00\x00\x00\x00\x03\xe8" //
        MASKED("\x86", PING "b");
    struct carried world;
    struct raw_peer raw;
    const char *heard;

    start(&world, PLAIN, NULL);
    heard = all_at_once(&world, &raw, frames, sizeof frames - 1);
    cr_assert_eq(raw.heard_len, (size_t)(heard - raw.heard) + 3 * 7 + 8 + 4);
    cr_assert_eq(memcmp(heard + 21, "\x82\x06" PONG "a\x88\x02\x03\xe8", 12), 0);
    told(&world, 1, "join ?\nleave ? 1000 clean\n");
    raw_done(&raw);
    world.session.extra = NULL;
    carried_done(&world);
}

/* ---- no memory ---- */

/* Either it is answered, or who asked is told why not; the others play on. */
Test(net_ping, without_memory_it_is_answered_or_closed)
{
    bool failed = true;

    for (size_t n = 1; failed; n++) {
        struct carried world;
        struct seat *by_hand = start(&world, PLAIN, NULL);
        struct seat *server = &world.session.seats[0];
        const char *got;

        by_hand->idle = true;
        while (send_len(server, server->here[1], 900) == 0) {
            carried_run(&world, 10);
        }
        for (int i = 0; i < 8; i++) {
            ping(&world, by_hand, "many");
        }
        /* What the client needs to ask for it is there. */
        cr_assert_eq(meeple_net_send(by_hand->net, MEEPLE_SERVER,
                                     (meeple_bytes){(const uint8_t *)PING "last", 9}),
                     0);
        meeple_net_flush(by_hand->net);
        counting_mem_fail(&world.session.mem, n);
        carried_run(&world, 10);
        failed = world.session.mem.calls >= world.session.mem.fail_at;
        world.session.mem.fail_at = 0;
        by_hand->idle = false;
        carried_run(&world, 100);
        got = session_told(&world.session, by_hand);
        cr_assert(strstr(got, PONG_TOLD "last\n") || strstr(got, "leave 1 1011 "), "%zu: %s", n,
                  got + (strlen(got) > 200 ? strlen(got) - 200 : 0));
        cr_assert_not(server->down || world.session.seats[1].down);
        cr_assert_lt(n, 20);
        carried_done(&world);
    }
}
