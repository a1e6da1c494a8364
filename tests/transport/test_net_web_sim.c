/* test_net_web_sim: a page at one table with a native client, through a server of ours, in a
 * simulated network. */
#include "transport/net.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/fake_browser.h"
#include "tests/support/prng.h"
#include "tests/support/session.h"

enum {
    PORT = 4000,
    SERVER = 0,
    NATIVE,
    PAGE, /* a native client, too, when told so */
    SEATS,
    SEEDS = 12,
    ROUNDS = 120,
    PACKET_MAX = 30000
};

struct table {
    struct session session;
    struct fake_browser *browser;
    meeple_dialect dialect;
    meeple_limits limits; /* of the page */
};

static void begin(struct table *table, const struct sim_options *options)
{
    memset(table, 0, sizeof *table);
    table->session.sim = sim_new(options);
    counting_mem_init(&table->session.mem);
    table->browser = browser_begin();
    table->browser->sim = table->session.sim;
    table->browser->host = "page";
    table->session.extra = browser_turn;
}

static void add(struct table *table, const char *host, bool page)
{
    meeple_connect_options options = {.dialect = table->dialect,
                                      .io = sim_driver(table->session.sim, host),
                                      .mem = &table->session.mem.mem};
    meeple_net *net;

    if (page) {
        options.limits = table->limits;
        cr_assert_eq(meeple__web_client_new(&net, "ws://server:4000/", &options), 0);
    } else {
        cr_assert_eq(meeple_net_connect(&net, "ws://server:4000/", &options), 0);
    }
    session_add(&table->session, net);
}

/* Everybody is there, and nobody was told anything since. */
static void sit_down(struct table *table, const meeple_limits *limits, bool page)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = PORT,
                                                    .dialect = table->dialect,
                                                    .limits = limits ? *limits : (meeple_limits){0},
                                                    .io = sim_driver(table->session.sim, "server"),
                                                    .mem = &table->session.mem.mem}),
                 0);
    session_add(&table->session, net);
    add(table, "a", false);
    session_run_until(&table->session, sim_now(table->session.sim) + 1000);
    add(table, "page", page);
    session_run_until(&table->session, sim_now(table->session.sim) + 1000);
    for (unsigned i = 0; i < SEATS; i++) {
        cr_assert(table->session.seats[i].up);
    }
    session_forget(&table->session);
}

static void end(struct table *table)
{
    for (size_t i = 0; i < table->session.seat_count; i++) {
        meeple_net_free(table->session.seats[i].net);
        table->session.seats[i].net = NULL;
    }
    browser_end(); /* before the network that it has connections in */
    session_done(&table->session);
}

static void run(struct table *table, uint64_t ms)
{
    session_run_until(&table->session, sim_now(table->session.sim) + ms);
}

static struct seat *seat_of(struct table *table, unsigned which)
{
    return &table->session.seats[which];
}

static meeple_net *net_of(struct table *table, unsigned which)
{
    return table->session.seats[which].net;
}

static int32_t id_of(struct table *table, unsigned which)
{
    return table->session.seats[which].id;
}

static void expect(struct table *table, unsigned which, const char *lines)
{
    cr_expect_str_eq(session_told(&table->session, seat_of(table, which)), lines);
}

Test(net_web_sim, a_page_and_a_native_client_play_at_one_table)
{
    struct table table;

    begin(&table, &(struct sim_options){.latency_min_ms = 5, .latency_max_ms = 5});
    sit_down(&table, NULL, true);
    cr_assert_eq(seat_send(seat_of(&table, PAGE), MEEPLE_ALL, "to all"), 0);
    run(&table, 100);
    cr_assert_eq(seat_send(seat_of(&table, NATIVE), id_of(&table, PAGE), "to the page"), 0);
    run(&table, 100);
    cr_assert_eq(meeple_net_send_text(net_of(&table, PAGE), id_of(&table, NATIVE), "back"), 0);
    run(&table, 100);
    cr_assert_eq(seat_send(seat_of(&table, SERVER), MEEPLE_EXCEPT(id_of(&table, NATIVE)), "psst"),
                 0);
    run(&table, 100);
    expect(&table, SERVER, "packet b to all\n");
    expect(&table, NATIVE, "packet b to all\npacket b text back\n");
    expect(&table, PAGE, "packet a to the page\npacket 1 psst\n");
    cr_assert_eq(meeple_net_close(net_of(&table, PAGE), 4000, "home"), 0);
    run(&table, 5000);
    expect(&table, SERVER, "closing b 4000 home\nleave b 4000 clean home\n");
    expect(&table, NATIVE, "leave b 4000 clean home\n");
    expect(&table, PAGE,
           "leave a 4000 clean home\nleave 1 4000 clean home\ndown 4000 clean home\n");
    end(&table);
}

/* ---- what a page is told is what a native client is told ---- */

static void it_says_goodbye(struct table *table)
{
    cr_assert_eq(meeple_net_close(net_of(table, PAGE), 4000, "bye"), 0);
}

static void it_is_kicked(struct table *table)
{
    cr_assert_eq(meeple_net_kick(net_of(table, SERVER), id_of(table, PAGE), 4001, "out"), 0);
}

static void it_is_kicked_without_a_word(struct table *table)
{
    cr_assert_eq(meeple_net_kick(net_of(table, SERVER), id_of(table, PAGE), 0, NULL), 0);
}

static void the_server_closes(struct table *table)
{
    cr_assert_eq(meeple_net_close(net_of(table, SERVER), 1001, "shop closed"), 0);
}

static void the_server_vanishes(struct table *table)
{
    sim_reset_all(table->session.sim, "server");
}

static void the_line_is_cut(struct table *table)
{
    sim_cut(table->session.sim, "page", "server");
}

static void both_close(struct table *table)
{
    it_says_goodbye(table);
    it_is_kicked(table);
}

static void the_other_leaves(struct table *table)
{
    cr_assert_eq(meeple_net_close(net_of(table, NATIVE), 4002, "tired"), 0);
}

static void it_sends_and_closes(struct table *table)
{
    cr_assert_eq(seat_send(seat_of(table, PAGE), MEEPLE_ALL, "last words"), 0);
    it_says_goodbye(table);
}

static void it_is_sent_to_and_kicked(struct table *table)
{
    cr_assert_eq(seat_send(seat_of(table, SERVER), id_of(table, PAGE), "last words"), 0);
    it_is_kicked(table);
}

static void it_closes_after_silence(struct table *table)
{
    sim_cut(table->session.sim, "page", "server");
    it_says_goodbye(table);
}

Test(net_web_sim, a_page_is_told_what_a_native_client_is_told)
{
    static void (*const scenes[])(struct table *) = {it_says_goodbye,
                                                     it_is_kicked,
                                                     it_is_kicked_without_a_word,
                                                     the_server_closes,
                                                     the_server_vanishes,
                                                     the_line_is_cut,
                                                     both_close,
                                                     the_other_leaves,
                                                     it_sends_and_closes,
                                                     it_is_sent_to_and_kicked,
                                                     it_closes_after_silence};
    static char told[2][SEATS][2000];

    for (size_t i = 0; i < MEEPLE_COUNT(scenes); i++) {
        for (unsigned page = 0; page < 2; page++) {
            struct table table;

            begin(&table, &(struct sim_options){.latency_min_ms = 20, .latency_max_ms = 20});
            sit_down(&table, NULL, page);
            scenes[i](&table);
            run(&table, 120000);
            for (unsigned which = 0; which < SEATS; which++) {
                snprintf(told[page][which], sizeof told[page][which], "%s",
                         session_told(&table.session, seat_of(&table, which)));
            }
            end(&table);
        }
        for (unsigned which = 0; which < SEATS; which++) {
            cr_expect_str_eq(told[1][which], told[0][which], "scene %zu, seat %u", i, which);
        }
    }
}

/* ---- weather ---- */

/* What each seat has sent to each, and got. */
struct traffic {
    struct table *table;
    struct prng random;
    uint32_t sent[SEATS][SEATS], got[SEATS][SEATS];
    bool full[SEATS][SEATS];
};

/* A packet says whose it is and which; the rest follows from that. */
static size_t make_packet(uint8_t *bytes, unsigned from, uint32_t number)
{
    struct prng random = {.state = (uint64_t)from << 32 | number};
    size_t len = 5 + prng_below(&random, prng_below(&random, 4) == 0 ? PACKET_MAX : 200);

    prng_fill(&random, bytes + 5, len - 5);
    bytes[0] = (uint8_t)from;
    memcpy(bytes + 1, &number, 4);
    return len;
}

static unsigned seat_with(struct table *table, int32_t id)
{
    for (unsigned i = 0; i < SEATS; i++) {
        if (id_of(table, i) == id) {
            return i;
        }
    }
    cr_assert_fail("%d is nobody", (int)id);
    return 0;
}

static void take(struct traffic *traffic, unsigned which)
{
    static uint8_t expected[PACKET_MAX + 5];
    meeple_event event;
    int rc;

    while ((rc = meeple_net_next(net_of(traffic->table, which), &event, 1000)) > 0) {
        unsigned from = event.peer ? seat_with(traffic->table, event.peer) : 0;

        if (event.type == MEEPLE_EVENT_DRAINED) {
            memset(traffic->full[which], 0, sizeof traffic->full[which]);
            continue;
        }
        cr_assert_eq(event.type, MEEPLE_EVENT_PACKET, "%s", meeple_event_name(event.type));
        cr_assert_eq(event.data.len, make_packet(expected, from, traffic->got[which][from]++));
        cr_assert_arr_eq(event.data.ptr, expected, event.data.len);
    }
    cr_assert_eq(rc, 0);
}

static void send_some(struct traffic *traffic, unsigned from)
{
    static uint8_t bytes[PACKET_MAX + 5];

    for (unsigned to = 0; to < SEATS; to++) {
        uint32_t number = traffic->sent[from][to];
        int rc;

        if (to == from || traffic->full[from][to] || number >= ROUNDS ||
            prng_below(&traffic->random, 2) == 0) {
            continue;
        }
        rc = meeple_net_send(net_of(traffic->table, from), id_of(traffic->table, to),
                             (meeple_bytes){bytes, make_packet(bytes, from, number)});
        cr_assert(rc == 0 || rc == MEEPLE_EFULL, "%s", meeple_strerror(rc));
        traffic->sent[from][to] += rc == 0;
        traffic->full[from][to] = rc < 0;
    }
}

static bool all_arrived(const struct traffic *traffic)
{
    for (unsigned from = 0; from < SEATS; from++) {
        for (unsigned to = 0; to < SEATS; to++) {
            if (from != to && traffic->got[to][from] < ROUNDS) {
                return false;
            }
        }
    }
    return true;
}

Test(net_web_sim, everything_arrives_once_and_in_order_in_any_weather)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct table table;
        struct traffic traffic = {.table = &table, .random = {.state = seed}};
        unsigned steps = 0;

        begin(&table, &(struct sim_options){.seed = seed,
                                            .latency_min_ms = 1,
                                            .latency_max_ms = 40,
                                            .chop = seed % 2 == 0,
                                            .stutter = seed % 3 == 0,
                                            .window_bytes = seed % 4 == 0 ? 4096 : 0});
        /* The relayed share a queue with the server's own: let it hold them. */
        table.limits.queue_bytes_max = 100000;
        sit_down(&table,
                 &(meeple_limits){.queue_bytes_max = 1 << 24, .bytes_per_second_max = UINT32_MAX},
                 true);
        while (!all_arrived(&traffic)) {
            for (unsigned which = 0; which < SEATS; which++) {
                send_some(&traffic, which);
                take(&traffic, which);
                browser_turn(NULL);
            }
            cr_assert_lt(++steps, 1000000, "seed %u: it never arrives", (unsigned)seed);
            sim_step(table.session.sim);
        }
        end(&table);
    }
}

/* ---- staying ---- */

Test(net_web_sim, a_page_stays_for_hours_and_knows_how_far_the_server_is)
{
    struct table table;

    begin(&table, &(struct sim_options){.latency_min_ms = 30, .latency_max_ms = 30});
    sit_down(&table, NULL, true);
    run(&table, 3 * 3600 * 1000);
    for (unsigned i = 0; i < SEATS; i++) {
        expect(&table, i, "");
        cr_assert_not(seat_of(&table, i)->down);
    }
    cr_assert_eq(meeple_net_ping(net_of(&table, PAGE), MEEPLE_SERVER), 0);
    run(&table, 1000);
    cr_assert_gt(meeple_net_rtt(net_of(&table, PAGE), MEEPLE_SERVER).samples, 0);
    cr_assert_eq(meeple_net_rtt(net_of(&table, PAGE), MEEPLE_SERVER).last_ms, 60);
    cr_assert_eq(meeple_net_rtt(net_of(&table, SERVER), id_of(&table, PAGE)).last_ms, 60);
    end(&table);
}

Test(net_web_sim, the_plain_dialect_works_from_a_page)
{
    struct table table;

    begin(&table, NULL);
    table.dialect = MEEPLE_DIALECT_PLAIN;
    sit_down(&table, NULL, true);
    cr_assert_eq(meeple_net_send_text(net_of(&table, PAGE), MEEPLE_SERVER, "text"), 0);
    cr_assert_eq(seat_send(seat_of(&table, PAGE), MEEPLE_SERVER, "bytes"), 0);
    run(&table, 100);
    expect(&table, SERVER, "packet ? text text\npacket ? bytes\n");
    cr_assert_eq(meeple_net_send_text(net_of(&table, SERVER), MEEPLE_ALL, "all"), 0);
    run(&table, 100);
    cr_assert_eq(seat_of(&table, PAGE)->packets, 1);
    end(&table);
}

Test(net_web_sim, a_server_that_is_not_there_is_a_fault)
{
    struct table table;

    begin(&table, NULL);
    sim_set_fate(table.session.sim, "server", SIM_REFUSES);
    add(&table, "page", true);
    run(&table, 20000);
    cr_assert(seat_of(&table, 0)->down);
    cr_assert_eq(meeple_net_fault(net_of(&table, 0)).stage, MEEPLE_STAGE_CONNECT);
    end(&table);

    begin(&table, NULL);
    sim_set_fate(table.session.sim, "server", SIM_SILENT);
    add(&table, "page", true);
    run(&table, 20000);
    cr_assert_eq(meeple_net_fault(net_of(&table, 0)).stage, MEEPLE_STAGE_TIMEOUT);
    end(&table);
}

Test(net_web_sim, a_code_that_a_page_may_not_say_travels_as_another)
{
    struct table table;

    begin(&table, NULL);
    sit_down(&table, NULL, true);
    cr_assert_eq(meeple_net_close(net_of(&table, PAGE), MEEPLE_CLOSE_GOING_AWAY, "away"), 0);
    run(&table, 5000);
    expect(&table, SERVER, "closing b 4001 away\nleave b 4001 clean away\n");
    expect(&table, PAGE,
           "leave a 1001 clean away\nleave 1 1001 clean away\ndown 1001 clean away\n");
    end(&table);
}
