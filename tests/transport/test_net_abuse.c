/* test_net_abuse: strangers and peers who take more than their share: they are stopped, it is
 * counted, and the others do not notice. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    PORT = 4000,
    RAWS = 64
};

/* A server and two honest players, and others without a net. */
struct table {
    struct session session;
    struct raw_peer *raws;
    size_t raw_count;
};

static bool raws_turn(void *ctx)
{
    struct table *table = ctx;
    bool any = false;

    for (size_t i = 0; i < table->raw_count; i++) {
        any = raw_turn(&table->raws[i]) || any;
    }
    return any;
}

static meeple_net *come(struct table *table, const char *host)
{
    meeple_net *net;

    cr_assert_eq(
        meeple_net_connect(&net, "ws://s:4000/",
                           &(meeple_connect_options){.io = sim_driver(table->session.sim, host),
                                                     .limits.message_bytes_max = 1 << 20,
                                                     .mem = &table->session.mem.mem}),
        0);
    session_add(&table->session, net);
    return net;
}

static void settle(struct table *table, uint64_t ms)
{
    session_run_until(&table->session, sim_now(table->session.sim) + ms);
}

static void start(struct table *table, const meeple_listen_options *listen)
{
    meeple_listen_options options = listen ? *listen : (meeple_listen_options){0};
    meeple_net *net;

    memset(table, 0, sizeof *table);
    table->raws = calloc(RAWS, sizeof *table->raws);
    counting_mem_init(&table->session.mem);
    table->session.sim = sim_new(NULL);
    options.port = PORT;
    options.io = sim_driver(table->session.sim, "s");
    options.mem = &table->session.mem.mem;
    cr_assert_eq(meeple_net_listen(&net, &options), 0);
    session_add(&table->session, net);
    come(table, "10.9.0.1");
    come(table, "10.9.0.2");
    settle(table, 10);
    cr_assert(table->session.seats[1].here_count == 2 && table->session.seats[2].here_count == 2);
    table->session.extra = raws_turn;
    table->session.extra_ctx = table;
    session_forget(&table->session);
}

static struct raw_peer *raw_from(struct table *table, const char *host, bool ws)
{
    struct raw_peer *raw = &table->raws[table->raw_count++];

    cr_assert_leq(table->raw_count, RAWS);
    raw_connect(raw, table->session.sim, host, "s", PORT, ws ? "meeple.1" : NULL, ws);
    settle(table, 1);
    return raw;
}

static void end(struct table *table)
{
    for (size_t i = 0; i < table->raw_count; i++) {
        raw_done(&table->raws[i]);
    }
    table->raw_count = 0;
    session_done(&table->session);
    free(table->raws);
}

static meeple_stats stats_of(const struct table *table)
{
    return meeple_net_stats(table->session.seats[0].net);
}

/* The two play for so long: what one says the other has at once. */
static void they_play(struct table *table, uint64_t ms)
{
    uint64_t end_ms = sim_now(table->session.sim) + ms;
    struct seat *a = &table->session.seats[1], *b = &table->session.seats[2];

    while (sim_now(table->session.sim) < end_ms) {
        size_t before = b->packets;

        cr_assert_eq(seat_send(a, b->id, "your turn"), 0);
        settle(table, 1);
        cr_assert_eq(b->packets, before + 1, "at %llu", (unsigned long long)end_ms);
        settle(table, 49);
    }
    cr_assert(!a->down && !b->down);
}

#define REQUEST                                                                                    \
    "GET / HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                   \
    "Sec-WebSocket-Protocol: meeple.1\r\nSec-WebSocket-Version: 13\r\n"                            \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* ---- handshakes ---- */

Test(net_abuse, a_handshake_has_its_bytes)
{
    static const size_t maxes[] = {0, 512, 60000};

    for (size_t i = 0; i < MEEPLE_COUNT(maxes); i++) {
        size_t max = maxes[i] ? maxes[i] : 8192;
        char *head = malloc(max + 10);
        struct table table;
        int used;

        start(&table, &(meeple_listen_options){.limits.head_bytes_max = maxes[i]});
        for (size_t over = 0; over < 2; over++) {
            struct raw_peer *raw = raw_from(&table, "10.0.0.1", false);

            used = sprintf(head, REQUEST "X: ");
            memset(head + used, 'x', max - (size_t)used - 4 + over);
            memcpy(head + max - 4 + over, "\r\n\r\n", 4);
            raw_write(raw, head, max + over);
            settle(&table, 1);
            cr_expect(strstr(raw->heard, over ? "HTTP/1.1 431 " : "HTTP/1.1 101 "), "%zu: %s", max,
                      raw->heard);
            cr_expect_eq(stats_of(&table).refused_long, over);
        }
        end(&table);
        free(head);
    }
}

Test(net_abuse, a_handshakes_bytes_have_a_ceiling)
{
    struct sim *sim = sim_new(NULL);
    meeple_net *net;

    cr_expect_eq(meeple_net_listen(&net, &(meeple_listen_options){.io = sim_driver(sim, "s"),
                                                                  .limits.head_bytes_max = 65537}),
                 MEEPLE_EINVAL);
    sim_free(sim);
}

Test(net_abuse, a_handshake_has_its_time_however_its_bytes_come)
{
    struct table table;
    struct raw_peer *raw;
    uint64_t began_ms;

    start(&table, NULL);
    raw = raw_from(&table, "10.0.0.1", false);
    began_ms = sim_now(table.session.sim);
    for (size_t i = 0; !raw->ended && i < sizeof REQUEST; i++) {
        raw_write(raw, REQUEST + i, 1);
        they_play(&table, 1000);
    }
    cr_expect(strstr(raw->heard, "HTTP/1.1 408 "), "%s", raw->heard);
    cr_expect_leq(sim_now(table.session.sim) - began_ms, 6000);
    cr_expect_eq(stats_of(&table).refused_late, 1);
    end(&table);
}

/* Half-open connections are cheap to make: they get no place that somebody honest needs. */
Test(net_abuse, the_slowest_to_come_makes_room_for_the_next)
{
    struct table table;
    char text[64];

    start(&table, &(meeple_listen_options){.limits.handshakes_max = 4});
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "10.0.0.%d", i);
        raw_from(&table, text, false);
    }
    raw_from(&table, "10.0.1.1", false); /* too early: the four may be honest */
    cr_expect(table.raws[4].ended);
    cr_expect_eq(stats_of(&table).refused_half_open, 1);
    settle(&table, 1000);
    come(&table, "10.9.0.3");
    settle(&table, 10);
    cr_expect(table.session.seats[3].up);
    cr_expect(table.raws[0].ended);
    cr_expect_not(table.raws[1].ended);
    cr_expect_eq(stats_of(&table).refused_late, 1);
    end(&table);
}

/* Else one address could keep everybody out, and would only have to come again each second. */
Test(net_abuse, who_has_the_most_half_open_connections_makes_room)
{
    struct table table;

    start(&table, &(meeple_listen_options){.limits.handshakes_max = 6});
    raw_from(&table, "10.0.0.2", false);
    for (int i = 0; i < 5; i++) {
        raw_from(&table, "10.0.0.1", false);
    }
    come(&table, "10.9.0.3");
    settle(&table, 10);
    cr_expect(table.session.seats[3].up);
    cr_expect_not(table.raws[0].ended);
    cr_expect(table.raws[1].ended);
    cr_expect_not(table.raws[2].ended);
    cr_expect_eq(stats_of(&table).refused_half_open, 1);
    /* Not the other way round. */
    raw_from(&table, "10.0.0.1", false);
    raw_from(&table, "10.0.0.1", false);
    cr_expect_not(table.raws[6].ended);
    cr_expect(table.raws[7].ended);
    cr_expect_eq(stats_of(&table).refused, 2);
    end(&table);
}

/* For twenty seconds one address opens what it can, as fast as it can. */
Test(net_abuse, one_address_keeps_nobody_out)
{
    struct table table;
    const meeple_io_driver *driver;
    meeple_io *io;
    unsigned came = 0;

    start(&table, NULL);
    driver = sim_driver(table.session.sim, "10.0.0.1");
    cr_assert_eq(driver->open(driver, NULL, NULL, &io), 0);
    for (int tick = 0; tick < 1000; tick++) {
        meeple_io_event event;

        for (int i = 0; i < 70; i++) {
            meeple_socket *socket;

            cr_assert_eq(driver->connect(io, "s", PORT, NULL, &socket), 0);
        }
        if (tick % 47 == 46) {
            struct raw_peer *raw = raw_from(&table, "10.9.0.3", true);

            settle(&table, 10);
            came += raw->open;
        }
        settle(&table, 20);
        while (driver->next(io, &event, 0) > 0) {
            if (event.type == MEEPLE_IO_ENDED || event.type == MEEPLE_IO_BROKEN) {
                driver->close(io, event.socket);
            }
        }
        session_forget(&table.session);
    }
    cr_expect_eq(came, 1000 / 47);
    driver->free(io);
    end(&table);
}

static void count_line(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)level, (void)area, (void)text;
    ++*(unsigned *)ctx;
}

/* Half-open ones make room for each other, or are dropped at the door: all of it for a minute. */
Test(net_abuse, strangers_do_not_fill_the_log)
{
    unsigned lines = 0;
    const meeple_log log = {.write = count_line, .ctx = &lines, .level = MEEPLE_LOG_WARN};
    struct table table;
    char host[32];

    start(&table, &(meeple_listen_options){.limits.handshakes_max = 2, .log = &log});
    for (int i = 0; i < 60; i++) {
        snprintf(host, sizeof host, "10.0.0.%d", i);
        raw_from(&table, host, false);
        settle(&table, i % 2 ? 1100 : 100);
    }
    cr_expect_geq(stats_of(&table).refused, 50);
    cr_expect_eq(lines, 1);
    settle(&table, 60000);
    for (int i = 0; i < 3; i++) {
        raw_from(&table, "10.0.0.1", false);
    }
    cr_expect_eq(lines, 2);
    end(&table);
}

/* Nor can those who are refused, and do not go. */
Test(net_abuse, those_on_their_way_out_keep_nobody_out)
{
    struct table table;
    char host[32];

    start(&table, &(meeple_listen_options){.limits.peers_max = 4, .limits.handshakes_max = 4});
    for (int i = 0; i < 30; i++) {
        snprintf(host, sizeof host, "10.0.0.%d", i);
        raw_write(raw_from(&table, host, false), "GET / HTTP/1.1\r\n\r\n", 18);
        settle(&table, 1);
        cr_expect(strstr(table.raws[i].heard, "HTTP/1.1 400 "), "%d: %s", i, table.raws[i].heard);
    }
    come(&table, "10.9.0.3");
    settle(&table, 10);
    cr_expect(table.session.seats[3].up);
    cr_expect_eq(stats_of(&table).refused, 30);
    end(&table);
}

/* Who waits for the application's answer has done its part. */
Test(net_abuse, who_waits_for_an_answer_makes_no_room)
{
    struct table table;
    struct raw_peer *asking;
    meeple_net *net;

    memset(&table, 0, sizeof table);
    table.raws = calloc(RAWS, sizeof *table.raws);
    counting_mem_init(&table.session.mem);
    table.session.sim = sim_new(NULL);
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = PORT,
                                                         .asks = true,
                                                         .limits.handshakes_max = 2,
                                                         .io = sim_driver(table.session.sim, "s"),
                                                         .mem = &table.session.mem.mem}),
        0);
    session_add(&table.session, net);
    table.session.extra = raws_turn;
    table.session.extra_ctx = &table;
    settle(&table, 1);
    asking = raw_from(&table, "10.0.0.1", false);
    raw_write(asking, REQUEST "\r\n", sizeof REQUEST + 1);
    raw_from(&table, "10.0.0.2", false);
    settle(&table, 1500);
    raw_from(&table, "10.0.0.3", false);
    cr_expect_not(asking->ended);
    cr_expect(table.raws[1].ended);
    cr_expect_not(table.raws[2].ended);
    end(&table);
}

/* Unless it has many such: then it is one of them, though the application is still thinking. */
Test(net_abuse, one_address_does_not_fill_the_waiting_room)
{
    struct table table;
    meeple_net *net;

    memset(&table, 0, sizeof table);
    table.raws = calloc(RAWS, sizeof *table.raws);
    counting_mem_init(&table.session.mem);
    table.session.sim = sim_new(NULL);
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = PORT,
                                                         .asks = true,
                                                         .limits.handshakes_max = 4,
                                                         .io = sim_driver(table.session.sim, "s"),
                                                         .mem = &table.session.mem.mem}),
        0);
    session_add(&table.session, net);
    table.session.extra = raws_turn;
    table.session.extra_ctx = &table;
    settle(&table, 1);
    for (int i = 0; i < 6; i++) {
        raw_write(raw_from(&table, i < 4 ? "10.0.0.1" : "10.0.0.2", false), REQUEST "\r\n",
                  sizeof REQUEST + 1);
        settle(&table, 1);
    }
    cr_expect(table.raws[0].ended && table.raws[1].ended);
    cr_expect_not(table.raws[2].ended);
    cr_expect_not(table.raws[4].ended);
    cr_expect_not(table.raws[5].ended);
    raw_from(&table, "10.0.0.2", false);
    cr_expect(table.raws[6].ended);
    cr_expect_eq(stats_of(&table).refused_half_open, 3);
    end(&table);
}

/* ---- addresses ---- */

Test(net_abuse, an_address_has_its_share_of_connections)
{
    struct table table;
    struct raw_peer *raws[7];

    start(&table, &(meeple_listen_options){.limits.connections_per_address_max = 2});
    for (int i = 0; i < 2; i++) {
        raws[i] = raw_from(&table, "10.0.0.1", true);
        settle(&table, 1);
        cr_assert(raws[i]->open);
    }
    raws[2] = raw_from(&table, "10.0.0.1", false);
    raw_write(raws[2], REQUEST "\r\n", sizeof REQUEST + 1);
    settle(&table, 1);
    cr_expect(strstr(raws[2]->heard, "HTTP/1.1 429 ") &&
                  strstr(raws[2]->heard, "too many connections come from this address"),
              "%s", raws[2]->heard);
    settle(&table, 2000);
    /* What says nothing counts, too; of twice as many, one more is not even listened to. */
    for (int i = 3; i < 6; i++) {
        raws[i] = raw_from(&table, "10.0.0.1", false);
    }
    cr_expect_not(raws[4]->ended);
    cr_expect(raws[5]->ended);
    cr_expect_eq(stats_of(&table).refused_address, 2);
    they_play(&table, 1000);
    /* Another address is another matter, and a place that was left is free. */
    cr_expect(raw_from(&table, "10.0.0.2", true)->open);
    settle(&table, 20000);
    raws[0]->driver->close(raws[0]->io, raws[0]->socket);
    raws[0]->socket = NULL;
    settle(&table, 5000);
    raws[6] = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    cr_expect(raws[6]->open);
    end(&table);
}

Test(net_abuse, this_machines_own_connections_count_only_if_that_was_asked_for)
{
    static const uint32_t maxes[] = {0, 8, UINT32_MAX};
    static const unsigned here[] = {40, 8, 40}, elsewhere[] = {32, 8, 40};

    for (size_t i = 0; i < MEEPLE_COUNT(maxes); i++) {
        for (int local = 0; local < 2; local++) {
            struct table table;
            unsigned open = 0;

            start(&table, &(meeple_listen_options){.limits.connections_per_address_max = maxes[i],
                                                   .limits.peers_max = 100});
            for (int n = 0; n < 40; n++) {
                raw_from(&table, local ? "127.1.2.3" : "10.0.0.1", true);
            }
            settle(&table, 10);
            for (size_t n = 0; n < table.raw_count; n++) {
                open += table.raws[n].open;
            }
            cr_expect_eq(open, local ? here[i] : elsewhere[i], "%u, local %d: %u",
                         (unsigned)maxes[i], local, open);
            end(&table);
        }
    }
}

Test(net_abuse, behind_a_proxy_the_clients_address_counts)
{
    static const char *const trusted[] = {"10.0.0.9", NULL};
    struct table table;
    char request[700];

    start(&table, &(meeple_listen_options){
                      .limits.connections_per_address_max = 2,
                      .proxy = {.kind = MEEPLE_PROXY_X_FORWARDED_FOR, .trusted = trusted}});
    for (int i = 0; i < 9; i++) {
        struct raw_peer *raw = raw_from(&table, "10.0.0.9", false);

        snprintf(request, sizeof request, REQUEST "X-Forwarded-For: 203.0.113.%d\r\n\r\n", i % 3);
        raw_write(raw, request, strlen(request));
        settle(&table, 1);
        cr_expect(strstr(raw->heard, i < 6 ? "HTTP/1.1 101 " : "HTTP/1.1 429 "), "%d: %s", i,
                  raw->heard);
    }
    end(&table);
}

/* From the PROXY header on, whether or not they say anything behind it. */
Test(net_abuse, behind_a_proxy_silent_connections_count_as_their_clients)
{
    static const char *const trusted[] = {"10.0.0.9", NULL};
    static const char evil[] = "PROXY TCP4 203.0.113.7 10.0.0.9 4711 443\r\n";
    static const char good[] = "PROXY TCP4 203.0.113.8 10.0.0.9 4711 443\r\n" REQUEST "\r\n";

    for (int many = 0; many < 2; many++) {
        struct table table;

        start(&table,
              &(meeple_listen_options){.limits.connections_per_address_max = 2,
                                       .limits.handshakes_max = many ? 8 : 4,
                                       .proxy = {.kind = MEEPLE_PROXY_HEADER, .trusted = trusted}});
        for (int i = 0; i < 5; i++) {
            raw_write(raw_from(&table, "10.0.0.9", false), evil, sizeof evil - 1);
            settle(&table, 1);
        }
        cr_expect(table.raws[many ? 4 : 0].ended);
        cr_expect_eq(stats_of(&table).refused, 1);
        cr_expect_eq(stats_of(&table).refused_address, many);
        cr_expect_eq(stats_of(&table).refused_half_open, !many);
        raw_write(raw_from(&table, "10.0.0.9", false), good, sizeof good - 1);
        settle(&table, 1);
        cr_expect(strstr(table.raws[5].heard, "HTTP/1.1 101 "), "%s", table.raws[5].heard);
        end(&table);
    }
}

Test(net_abuse, connections_are_taken_at_a_rate)
{
    struct table table;
    unsigned ended = 0;
    char host[32];

    start(&table, &(meeple_listen_options){.limits.accepts_per_second_max = 5});
    settle(&table, 5000);
    for (int i = 0; i < 12; i++) {
        struct raw_peer *raw = &table.raws[table.raw_count++];

        snprintf(host, sizeof host, "10.0.0.%d", i);
        raw_connect(raw, table.session.sim, host, "s", PORT, NULL, false);
    }
    settle(&table, 1);
    for (size_t i = 0; i < table.raw_count; i++) {
        ended += table.raws[i].ended;
    }
    cr_expect_eq(ended, 7);
    cr_expect_eq(stats_of(&table).refused_rate, 7);
    they_play(&table, 1000);
    come(&table, "10.9.0.3");
    settle(&table, 10);
    cr_expect(table.session.seats[3].up);
    end(&table);
}

/* Otherwise whoever comes fast enough has all there are. */
Test(net_abuse, an_address_has_a_quarter_of_the_rate)
{
    static const uint32_t per_address[] = {0, UINT32_MAX};
    static const uint64_t refused[] = {20, 0};

    for (size_t i = 0; i < MEEPLE_COUNT(per_address); i++) {
        struct table table;

        start(&table,
              &(meeple_listen_options){.limits.accepts_per_second_max = 40,
                                       .limits.connections_per_address_max = per_address[i]});
        settle(&table, 5000);
        for (int n = 0; n < 30; n++) {
            struct raw_peer *raw = &table.raws[table.raw_count++];

            raw_connect(raw, table.session.sim, "10.0.0.1", "s", PORT, NULL, false);
        }
        settle(&table, 1);
        cr_expect_eq(stats_of(&table).refused_rate, refused[i]);
        come(&table, "10.9.0.3");
        settle(&table, 10);
        cr_expect(table.session.seats[3].up);
        end(&table);
    }
}

static void connect_from(struct table *table, const char *host, int count)
{
    const meeple_io_driver *driver = sim_driver(table->session.sim, host);
    meeple_socket *socket;
    meeple_io *io;

    cr_assert_eq(driver->open(driver, NULL, NULL, &io), 0);
    for (int i = 0; i < count; i++) {
        cr_assert_eq(driver->connect(io, "s", PORT, NULL, &socket), 0);
    }
    settle(table, 0);
    driver->free(io);
}

/* Whoever else it may be: none shares it with one that has used its own up. */
Test(net_abuse, the_rate_of_one_address_is_nobody_elses)
{
    struct table table;
    char host[32];

    start(&table, &(meeple_listen_options){.limits.accepts_per_second_max = 4000,
                                           .limits.handshakes_max = 4000,
                                           .limits.connections_per_address_max = 4000});
    settle(&table, 5000);
    connect_from(&table, "10.0.0.1", 1500);
    cr_expect_eq(stats_of(&table).refused_rate, 500);
    for (int i = 0; i < 1200; i++) {
        snprintf(host, sizeof host, "10.%d.%d.1", 1 + i / 100, i % 100);
        connect_from(&table, host, 1);
    }
    cr_expect_eq(stats_of(&table).refused_rate, 500);
    end(&table);
}

/* ---- peers ---- */

/* Is closed for that reason, which everybody hears; the others play on. */
static void was_thrown_out(struct table *table, struct raw_peer *raw, const char *why)
{
    char want[200];

    settle(table, 10);
    snprintf(want, sizeof want, "closing 1008 %s\n", why);
    cr_expect(strstr(raw->told, want), "%s", raw->told);
    snprintf(want, sizeof want, "leave ? 1008 unclean %s\n", why);
    cr_expect(strstr(session_told(&table->session, &table->session.seats[1]), want), "%s",
              session_told(&table->session, &table->session.seats[1]));
    cr_expect_eq(stats_of(table).flooded, 1);
    they_play(table, 1000);
}

#define TO_SERVER "\x00\x01\x00\x00\x00"

Test(net_abuse, who_floods_with_messages_is_thrown_out)
{
    struct table table;
    struct raw_peer *raw;

    start(&table, &(meeple_listen_options){.limits.messages_per_second_max = 100});
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    for (int i = 0; i < 200; i++) {
        raw_send(raw, TO_SERVER "x", 6, false);
    }
    settle(&table, 10);
    cr_expect_eq(table.session.seats[0].packets, 200); /* at once, after a quiet time */
    settle(&table, 1000);
    for (int i = 0; i < 99; i++) {
        raw_send(raw, TO_SERVER "x", 6, false);
    }
    settle(&table, 10);
    cr_expect_eq(table.session.seats[0].packets, 299);
    cr_expect_eq(stats_of(&table).flooded, 0);
    for (int i = 0; i < 10; i++) {
        raw_send(raw, TO_SERVER "x", 6, false);
    }
    was_thrown_out(&table, raw, "more messages a second than this server takes");
    end(&table);
}

Test(net_abuse, who_floods_with_pings_is_thrown_out)
{
    struct table table;
    struct raw_peer *raw;

    start(&table, NULL);
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    for (int i = 0; i < 4100; i++) {
        raw_write(raw, "\x89\x80zzzz", 6);
    }
    was_thrown_out(&table, raw, "more messages a second than this server takes");
    end(&table);
}

Test(net_abuse, who_floods_with_bytes_is_thrown_out)
{
    static uint8_t packet[60000] = TO_SERVER;
    struct table table;
    struct raw_peer *raw;

    start(&table, &(meeple_listen_options){.limits.bytes_per_second_max = 100000});
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    for (int i = 0; i < 3; i++) {
        raw_send(raw, packet, sizeof packet, false);
        settle(&table, 1);
    }
    cr_expect_eq(table.session.seats[0].packets, 3);
    raw_send(raw, packet, sizeof packet, false);
    was_thrown_out(&table, raw, "more bytes a second than this server takes");
    end(&table);
}

/* A message that never ends is bytes, too, and so is what was compressed. */
Test(net_abuse, bytes_count_before_their_message_is_whole)
{
    struct table table;
    struct raw_peer *raw;

    start(&table, &(meeple_listen_options){.limits.bytes_per_second_max = 1000,
                                           .limits.message_bytes_max = 500});
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    raw_write(raw, "\x02\x80zzzz", 6);
    for (int i = 0; i < 600; i++) {
        raw_write(raw, "\x00\x80zzzz", 6); /* fragments of nothing */
    }
    was_thrown_out(&table, raw, "more bytes a second than this server takes");
    end(&table);
}

Test(net_abuse, what_was_compressed_counts_as_what_it_is)
{
    static uint8_t packet[60000] = TO_SERVER;
    struct table table;
    meeple_net *net;

    start(&table,
          &(meeple_listen_options){.limits.bytes_per_second_max = 100000, .deflate.enabled = true});
    cr_assert_eq(meeple_net_connect(
                     &net, "ws://s:4000/",
                     &(meeple_connect_options){.io = sim_driver(table.session.sim, "10.0.0.1"),
                                               .deflate.enabled = true,
                                               .mem = &table.session.mem.mem}),
                 0);
    session_add(&table.session, net);
    settle(&table, 10);
    for (int i = 0; i < 5; i++) {
        meeple_net_send(net, MEEPLE_SERVER, (meeple_bytes){packet, sizeof packet - 5});
        settle(&table, 1);
    }
    cr_expect_lt(meeple_net_stats(net).bytes_out, 5000);
    cr_expect_eq(table.session.seats[0].packets, 4);
    cr_expect_eq(stats_of(&table).flooded, 1);
    they_play(&table, 1000);
    end(&table);
}

/* With the frames around them, and where compressing only makes them longer: such bytes count as
 * they came and as what they are. */
Test(net_abuse, two_of_the_longest_messages_may_come_at_once)
{
    static uint8_t packet[100000];
    uint32_t state = 1;

    for (size_t i = 0; i < sizeof packet; i++) {
        state = state * 1664525 + 1013904223;
        packet[i] = (uint8_t)(state >> 24);
    }
    for (int deflates = 0; deflates < 2; deflates++) {
        struct table table;
        meeple_net *net;

        start(&table, &(meeple_listen_options){.limits.bytes_per_second_max = 1000,
                                               .limits.message_bytes_max = sizeof packet,
                                               .deflate.enabled = deflates});
        cr_assert_eq(meeple_net_connect(
                         &net, "ws://s:4000/",
                         &(meeple_connect_options){.io = sim_driver(table.session.sim, "10.0.0.1"),
                                                   .limits.message_bytes_max = sizeof packet,
                                                   .deflate.enabled = deflates,
                                                   .mem = &table.session.mem.mem}),
                     0);
        session_add(&table.session, net);
        settle(&table, 1000);
        for (int i = 0; i < 2; i++) {
            cr_assert_eq(
                meeple_net_send(net, MEEPLE_SERVER, (meeple_bytes){packet, sizeof packet - 5}), 0);
        }
        settle(&table, 10);
        cr_expect_eq(table.session.seats[0].packets, 2, "deflates %d", deflates);
        cr_expect_eq(stats_of(&table).flooded, 0);
        end(&table);
    }
}

/* Sixty messages a second each way, a level of a megabyte now and then, for two minutes. */
Test(net_abuse, a_normal_game_meets_no_limit)
{
    static uint8_t level[1 << 20];
    struct table table;
    struct seat *a;

    start(&table, &(meeple_listen_options){.limits.message_bytes_max = 2 << 20,
                                           .limits.queue_bytes_max = 8 << 20});
    a = &table.session.seats[1];
    for (int frame = 0; frame < 60 * 120; frame++) {
        cr_assert_eq(seat_send(a, MEEPLE_ALL, "position"), 0);
        cr_assert_eq(seat_send(a, MEEPLE_SERVER, "input"), 0);
        if (frame % 600 == 0) {
            cr_assert_eq(
                meeple_net_send(a->net, MEEPLE_SERVER, (meeple_bytes){level, sizeof level - 5}), 0);
        }
        settle(&table, 16);
        session_forget(&table.session);
    }
    cr_expect_not(a->down);
    cr_expect_eq(stats_of(&table).flooded, 0);
    cr_expect_eq(table.session.seats[0].packets, 2 * 60 * 120 + 12);
    end(&table);
}

/* Half a minute at sixty a second: it comes at once, and nobody can see how old it is. */
Test(net_abuse, nobody_is_thrown_out_because_the_application_was_away)
{
    struct table table;
    struct seat *a;

    start(&table, NULL);
    a = &table.session.seats[1];
    for (int round = 0; round < 2; round++) {
        table.session.seats[0].idle = true;
        for (int i = 0; i < 30 * 60; i++) {
            cr_assert_eq(seat_send(a, MEEPLE_SERVER, "input"), 0);
            settle(&table, i % 3 ? 17 : 16);
        }
        table.session.seats[0].idle = false;
        settle(&table, 5000);
        cr_expect_eq(stats_of(&table).flooded, 0);
        cr_expect_eq(table.session.seats[0].packets, 1800 * ((size_t)round + 1));
        session_forget(&table.session);
    }
    end(&table);
}

Test(net_abuse, limits_can_be_lifted)
{
    struct table table;
    struct raw_peer *raw;

    start(&table, &(meeple_listen_options){.limits.messages_per_second_max = UINT32_MAX,
                                           .limits.bytes_per_second_max = UINT32_MAX,
                                           .limits.accepts_per_second_max = UINT32_MAX,
                                           .limits.connections_per_address_max = UINT32_MAX});
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    for (int i = 0; i < 20000; i++) {
        raw_send(raw, TO_SERVER "x", 6, false);
        if (i % 1000 == 0) {
            raws_turn(&table);
            settle(&table, 0);
        }
    }
    settle(&table, 10);
    cr_expect_eq(table.session.seats[0].packets, 20000);
    end(&table);
}

/* ---- the others do not notice ---- */

Test(net_abuse, nobody_notices_who_reads_slowly_or_not_at_all)
{
    struct table table;
    struct raw_peer *raw;
    struct seat *a;

    start(&table, &(meeple_listen_options){.limits.queue_bytes_max = 200000});
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    raw->deaf = true;
    a = &table.session.seats[1];
    for (int i = 0; i < 20; i++) {
        static const char page[40000] = "x";

        meeple_net_send(a->net, MEEPLE_ALL, (meeple_bytes){(const uint8_t *)page, sizeof page});
        settle(&table, 1);
        they_play(&table, 250);
        session_forget(&table.session);
    }
    cr_expect_eq(a->here_count, 2); /* it was closed, the other two were not */
    end(&table);
}

Test(net_abuse, nobody_notices_who_writes_a_byte_a_second)
{
    struct table table;
    struct raw_peer *raw;

    start(&table, NULL);
    raw = raw_from(&table, "10.0.0.1", true);
    settle(&table, 10);
    raw_write(raw, "\x82\xfe\xff\x00zzzz", 8); /* the first bytes of 65280 */
    for (int i = 0; i < 60; i++) {
        raw_write(raw, "x", 1);
        they_play(&table, 1000);
        session_forget(&table.session);
    }
    cr_expect_not(raw->ended); /* slow is not wrong */
    end(&table);
}

/* Ten thousand connections that say nothing, from two hundred addresses, 500 a second. */
Test(net_abuse, nobody_inside_notices_ten_thousand_half_open_connections)
{
    enum {
        HOSTS = 200,
        EACH = 50
    };
    struct table table;
    static const meeple_io_driver *drivers[HOSTS];
    static meeple_io *ios[HOSTS];
    meeple_stats stats;
    size_t calm;

    start(&table, NULL);
    calm = table.session.mem.live;
    for (int i = 0; i < HOSTS; i++) {
        char host[32];

        snprintf(host, sizeof host, "10.1.%d.1", i);
        drivers[i] = sim_driver(table.session.sim, host);
        cr_assert_eq(drivers[i]->open(drivers[i], NULL, NULL, &ios[i]), 0);
    }
    for (int round = 0; round < EACH; round++) {
        for (int i = 0; i < HOSTS; i++) {
            meeple_socket *socket;
            meeple_io_event event;

            cr_assert_eq(drivers[i]->connect(ios[i], "s", PORT, NULL, &socket), 0);
            while (drivers[i]->next(ios[i], &event, 0) > 0) {
                if (event.type == MEEPLE_IO_ENDED || event.type == MEEPLE_IO_BROKEN) {
                    drivers[i]->close(ios[i], event.socket);
                }
            }
        }
        they_play(&table, 400);
        /* What they cost is bounded by the places there are. */
        cr_assert_leq(table.session.mem.live, calm + 64 * 6);
    }
    stats = stats_of(&table);
    cr_expect_geq(stats.refused, HOSTS * EACH - 64);
    cr_expect_eq(stats.refused - stats.refused_half_open - stats.refused_late, 0);
    settle(&table, 6000);
    come(&table, "10.9.0.3");
    settle(&table, 10);
    cr_expect(table.session.seats[3].up);
    for (int i = 0; i < HOSTS; i++) {
        drivers[i]->free(ios[i]);
    }
    end(&table);
}
