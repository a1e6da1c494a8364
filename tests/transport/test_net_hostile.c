/* test_net_hostile: a server among bad clients, a client at a bad server, over the simulated
 * network. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/raw_peer.h"
#include "tests/support/session.h"
#include "tests/support/ws_probe.h"

enum {
    PORT = 4000
};

/* ---- a server ---- */

/* A server, an honest client a, and a raw one. */
static void start(struct session *session, struct raw_peer *raw, const char *protocol)
{
    meeple_net *net;

    memset(session, 0, sizeof *session);
    counting_mem_init(&session->mem);
    session->sim = sim_new(NULL);
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = PORT,
                                                         .io = sim_driver(session->sim, "s"),
                                                         .mem = &session->mem.mem}),
        0);
    session_add(session, net);
    cr_assert_eq(meeple_net_port(net), PORT);
    cr_assert_eq(meeple_net_connect(&net, "ws://s:4000/",
                                    &(meeple_connect_options){.io = sim_driver(session->sim, "a"),
                                                              .mem = &session->mem.mem}),
                 0);
    session_add(session, net);
    session_run(session);
    raw_connect(raw, session->sim, "raw", "s", PORT, protocol, protocol != NULL);
    session->extra = raw_turn;
    session->extra_ctx = raw;
    session_run(session);
}

static void stop(struct session *session, struct raw_peer *raw)
{
    raw_done(raw);
    session->extra = NULL;
    session_run(session);
    session_done(session);
}

static void told(struct session *session, size_t seat, const char *want)
{
    const char *got = session_told(session, &session->seats[seat]);

    cr_assert_str_eq(got, want, "seat %zu was told:\n%s", seat, got);
}

/* What the raw client does ends it with that code; the others see it go. */
static void is_thrown_out(const void *message, size_t len, bool text, unsigned code,
                          const char *why)
{
    struct session session;
    struct raw_peer raw;
    char want[300];

    start(&session, &raw, "meeple.1");
    cr_assert(raw.open);
    session_forget(&session);
    raw.told_len = 0;
    raw_send(&raw, message, len, text);
    session_run(&session);
    snprintf(want, sizeof want, "closing %u %s\nclosed %u clean %s\n", code, why, code, why);
    cr_assert_str_eq(raw.told, want);
    snprintf(want, sizeof want, "leave ? %u unclean %s\n", code, why);
    told(&session, 0, want);
    told(&session, 1, want);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).relayed, 0);
    stop(&session, &raw);
}

#define IS_THROWN_OUT(literal, code, why)                                                          \
    is_thrown_out(literal, sizeof(literal) - 1, false, code, why)

Test(net_hostile, a_client_speaks_data_only)
{
    static const char roster[] = "only the server says who is in the session";
    static const uint8_t too_long[5 + 126] = {4};

    IS_THROWN_OUT("\x01\x05\x00\x00\x00", 1002, roster);
    IS_THROWN_OUT("\x02\x05\x00\x00\x00", 1002, roster);
    IS_THROWN_OUT("\x03\x05\x00\x00\x00\x01\xe8\x03", 1002, roster);
    IS_THROWN_OUT("\x06\x05\x00\x00\x00", 1002, "the packet's kind is unknown");
    IS_THROWN_OUT("\x05\x00\x00\x00\x00", 1002, "only the server answers pings");
    IS_THROWN_OUT("\x04\x01\x00\x00\x00", 1002, "the ping or pong is malformed");
    is_thrown_out(too_long, sizeof too_long, false, 1002, "the ping or pong is malformed");
    IS_THROWN_OUT("\x40\x01\x00\x00\x00", 1002, "a reserved flag of the packet is set");
    IS_THROWN_OUT("", 1002, "the packet is shorter than its header");
    IS_THROWN_OUT("\x00\x01\x00\x00", 1002, "the packet is shorter than its header");
    IS_THROWN_OUT("\x80\x01\x00\x00\x00\xff", 1002, "the text is not UTF-8");
    IS_THROWN_OUT("\x00\x00\x00\x00\x80x", 1002, "the packet's target is malformed");
    is_thrown_out("\x00\x01\x00\x00\x00", 5, true, 1003, "this dialect speaks in binary messages");
}

/* The sender is the server's to say; the four bytes of a client are the target. */
Test(net_hostile, nobody_speaks_as_someone_else)
{
    struct session session;
    struct raw_peer raw;
    uint8_t packet[6] = {0, 0, 0, 0, 0, 'x'};
    int32_t victim;

    start(&session, &raw, "meeple.1");
    session_add(&session, NULL)->id = session.seats[0].here[1]; /* b is the raw one */
    session_forget(&session);
    victim = session.seats[1].id;
    for (int i = 0; i < 4; i++) {
        packet[1 + i] = (uint8_t)((uint32_t)victim >> (8 * i));
    }
    raw_send(&raw, packet, sizeof packet, false);
    raw_send(&raw, "\x00\x00\x00\x00\x00y", 6, false);
    raw_send(&raw, "\x80\x01\x00\x00\x00z", 6, false);
    raw_send(&raw, "\x00\xff\xff\xff\xffw", 6, false);
    session_run(&session);
    told(&session, 0, "packet b y\npacket b text z\n");
    told(&session, 1, "packet b x\npacket b y\npacket b w\n");
    stop(&session, &raw);
}

Test(net_hostile, packets_for_nobody_are_counted)
{
    struct session session;
    struct raw_peer raw;

    start(&session, &raw, "meeple.1");
    session_forget(&session);
    raw_send(&raw, "\x00\x4d\x00\x00\x00x", 6, false);
    raw_send(&raw, "\x00\xff\xff\xff\x7fx", 6, false);
    session_run(&session);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).unroutable, 2);
    told(&session, 0, "");
    told(&session, 1, "");
    stop(&session, &raw);
}

Test(net_hostile, to_oneself_is_to_nobody)
{
    struct session session;
    struct raw_peer raw;
    uint8_t packet[6] = {0, 0, 0, 0, 0, 'x'};

    start(&session, &raw, "meeple.1");
    session_forget(&session);
    for (int i = 0; i < 4; i++) {
        packet[1 + i] = (uint8_t)((uint32_t)session.seats[0].here[1] >> (8 * i));
    }
    raw.told_len = 0;
    raw.told[0] = '\0';
    raw_send(&raw, packet, sizeof packet, false);
    session_run(&session);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).unroutable, 1);
    cr_assert_str_eq(raw.told, "");
    stop(&session, &raw);
}

Test(net_hostile, a_message_over_the_limit_is_1009)
{
    static uint8_t bytes[65537];
    struct session session;
    struct raw_peer raw;

    start(&session, &raw, "meeple.1");
    session_forget(&session);
    raw_send(&raw, bytes, sizeof bytes, false);
    session_run(&session);
    told(&session, 1, "leave ? 1009 unclean the message is over the limit\n");
    stop(&session, &raw);
}

Test(net_hostile, a_broken_handshake_is_answered_and_counted)
{
    static const char *const rows[] = {"GET / HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "\x16\x03\x01",
                                       "hello\n"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct session session;
        struct raw_peer raw;

        start(&session, &raw, NULL);
        session_forget(&session);
        raw_write(&raw, rows[i], strlen(rows[i]));
        session_run(&session);
        cr_assert_not_null(strstr(raw.told, "bytes ["), "%s", raw.told);
        cr_assert(raw.ended);
        told(&session, 0, "");
        told(&session, 1, "");
        cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
        stop(&session, &raw);
    }
}

Test(net_hostile, a_silent_client_is_sent_away_in_time)
{
    struct session session;
    struct raw_peer raw;

    start(&session, &raw, NULL); /* runs until nothing is left to happen */
    cr_assert_not_null(strstr(raw.told, "bytes ["));
    cr_assert(raw.ended);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
    /* The others came first, and were watched for a while. */
    cr_assert_leq(session.last_ms, 1000 + 2 * SESSION_QUIET_MS + 5000 + 3000 + 1000 + 100);
    stop(&session, &raw);
}

Test(net_hostile, a_client_that_answers_no_close_is_left_in_time)
{
    struct session session;
    struct raw_peer raw;
    uint64_t before_ms;

    start(&session, &raw, "meeple.1");
    session_forget(&session);
    raw.deaf = true;
    before_ms = sim_now(session.sim);
    cr_assert_eq(meeple_net_kick(session.seats[0].net, session.seats[0].here[1], 4000, "go"), 0);
    session_run_until(&session, before_ms + 2999);
    told(&session, 0, "");
    told(&session, 1, "leave ? 4000 clean go\n");
    session_run_until(&session, before_ms + 3000);
    told(&session, 0, "leave ? 1006 unclean the other side did not answer our close in time\n");
    stop(&session, &raw);
}

Test(net_hostile, a_server_goes_down_in_time_whoever_answers)
{
    struct session session;
    struct raw_peer raw;
    uint64_t before_ms;

    start(&session, &raw, "meeple.1");
    session_forget(&session);
    raw.deaf = true;
    before_ms = sim_now(session.sim);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 0, NULL), 0);
    session_run_until(&session, before_ms + 3000);
    cr_assert(session.seats[0].down);
    cr_assert(session.seats[1].down);
    stop(&session, &raw);
}

Test(net_hostile, who_reads_nothing_costs_no_more_than_its_queue)
{
    static uint8_t bytes[1005] = {0};
    struct session session;
    struct raw_peer raw;
    size_t live;

    start(&session, &raw, "meeple.1");
    raw.deaf = true;
    live = session.mem.live;
    /* The honest client speaks to everybody; the deaf one is closed, not the honest one. */
    for (unsigned i = 0; i < 3000; i++) {
        int rc = meeple_net_send(session.seats[1].net, MEEPLE_ALL, (meeple_bytes){bytes, 1000});

        cr_assert_eq(rc, 0);
        session_run_until(&session, sim_now(session.sim));
        cr_assert_leq(session.mem.live, live + 2500);
    }
    session_run(&session);
    cr_assert_eq(session.seats[0].packets, 3000);
    cr_assert_eq(session.seats[0].here_count, 1);
    cr_assert_not(session.seats[1].down);
    stop(&session, &raw);
}

Test(net_hostile, a_flood_of_pings_from_who_reads_nothing_is_bounded)
{
    struct session session;
    struct raw_peer raw;
    size_t live;

    start(&session, &raw, "meeple.1");
    raw.mute = true; /* writes past its WebSocket */
    live = session.mem.live;
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t ping[140];
        size_t len = probe_frame(ping, 0x89, "zzzz",
                                 "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", 58);

        raw.deaf = true;
        raw_write(&raw, ping, len);
        session_run_until(&session, sim_now(session.sim));
        cr_assert_leq(session.mem.live, live + 20);
    }
    stop(&session, &raw);
}

static void count_lines(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    unsigned *lines = ctx;

    (void)level, (void)area, (void)text;
    ++*lines;
}

/* Who is refused may linger; not any number of them, and not with a line in the log for each. */
Test(net_hostile, those_on_their_way_out_have_a_ceiling)
{
    enum {
        COMERS = 50
    };
    static struct raw_peer raws[COMERS];
    unsigned lines = 0, answered = 0;
    size_t live = 0;
    const meeple_log log = {.write = count_lines, .ctx = &lines, .level = MEEPLE_LOG_WARN};
    struct session session = {0};
    meeple_net *net;

    counting_mem_init(&session.mem);
    session.sim = sim_new(NULL);
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = PORT,
                                                         .io = sim_driver(session.sim, "s"),
                                                         .mem = &session.mem.mem,
                                                         .log = &log,
                                                         .limits.peers_max = 2,
                                                         .limits.handshakes_max = 2}),
        0);
    session_add(&session, net);
    for (unsigned i = 0; i < COMERS; i++) {
        raw_connect(&raws[i], session.sim, "raw", "s", PORT, NULL, false);
        session.extra = raw_turn;
        session.extra_ctx = &raws[i];
        session_run_until(&session, sim_now(session.sim));
        raw_write(&raws[i], "?\n", 2);
        session_run_until(&session, sim_now(session.sim));
        live = i == 8 ? session.mem.live : live; /* twice peers_max and handshakes_max */
        cr_expect(i < 8 || session.mem.live <= live, "%u", i);
    }
    for (unsigned i = 0; i < COMERS; i++) {
        raw_turn(&raws[i]);
        answered += strstr(raws[i].told, " 400 ") != NULL;
    }
    cr_expect_eq(answered, COMERS); /* and who had the longest time to go makes room */
    cr_expect_leq(lines, 1);
    cr_expect_eq(meeple_net_stats(net).refused, COMERS);
    session.extra = NULL;
    session_run(&session);
    for (unsigned i = 0; i < COMERS; i++) {
        raw_done(&raws[i]);
    }
    session_done(&session);
}

/* Good clients' streams with a few bytes changed, at a server: it outlives them all. */
Test(net_hostile, a_server_survives_broken_clients)
{
    struct session session;
    struct raw_peer raw;

    for (uint64_t seed = 0; seed < 300; seed++) {
        struct prng random = {seed};
        uint8_t stream[600];
        size_t len = 0;

        start(&session, &raw, "meeple.1");
        cr_assert(raw.open);
        for (unsigned i = 0; i < 6; i++) {
            uint8_t packet[40];
            size_t size = (size_t)prng_below(&random, sizeof packet);

            prng_fill(&random, packet, sizeof packet);
            packet[0] = (uint8_t)(prng_below(&random, 3) ? 0 : prng_next(&random));
            if (prng_below(&random, 2)) {
                memset(packet + 1, 0, 4);
                packet[1] = (uint8_t)prng_below(&random, 2);
            }
            len += probe_frame(stream + len, prng_below(&random, 5) ? 0x82 : 0x02, "abcd", packet,
                               size);
        }
        if (prng_below(&random, 2)) {
            stream[prng_below(&random, len)] ^= (uint8_t)prng_next(&random);
        }
        raw_write(&raw, stream, len);
        session_run(&session);
        cr_assert_eq(seat_send(&session.seats[1], MEEPLE_SERVER, "still there"), 0);
        session_forget(&session);
        session_run(&session);
        cr_assert_not_null(
            strstr(session_told(&session, &session.seats[0]), "packet a still there"));
        stop(&session, &raw);
    }
}

/* ---- a client ---- */

static void start_client(struct session *session, struct raw_peer *raw, bool ws)
{
    meeple_net *net;

    memset(session, 0, sizeof *session);
    counting_mem_init(&session->mem);
    session->sim = sim_new(NULL);
    raw_listen(raw, session->sim, "s", PORT, "meeple.1", ws);
    session->extra = raw_turn;
    session->extra_ctx = raw;
    cr_assert_eq(meeple_net_connect(&net, "ws://s:4000/",
                                    &(meeple_connect_options){.io = sim_driver(session->sim, "a"),
                                                              .mem = &session->mem.mem}),
                 0);
    session_add(session, net);
    session_run_until(session, 1100);
}

struct message {
    const char *bytes;
    size_t len;
};

#define MESSAGE(literal)                                                                           \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define WELCOME MESSAGE("\x01\x05\x00\x00\x00")

/* The server says those; the client closes with 1002 and that sentence. */
static void leaves(const struct message *messages, size_t count, bool was_up, const char *why)
{
    struct session session;
    struct raw_peer raw;
    char want[400];
    const char *got;

    start_client(&session, &raw, true);
    cr_assert(raw.open);
    raw.told_len = 0;
    for (size_t i = 0; i < count; i++) {
        raw_send(&raw, messages[i].bytes, messages[i].len, false);
    }
    session_run(&session);
    snprintf(want, sizeof want, "closing 1002 %s\nclosed 1002 clean %s\n", why, why);
    cr_assert_str_eq(raw.told, want);
    cr_assert(session.seats[0].down);
    cr_assert_eq(session.seats[0].up, was_up);
    got = session_told(&session, &session.seats[0]);
    snprintf(want, sizeof want, "down 1002 unclean %s\n", why);
    cr_assert_not_null(strstr(got, want), "%s", got);
    cr_assert_eq(meeple_net_fault(session.seats[0].net).stage,
                 was_up ? MEEPLE_STAGE_NONE : MEEPLE_STAGE_SESSION);
    stop(&session, &raw);
}

#define LEAVES(was_up, why, ...)                                                                   \
    do {                                                                                           \
        static const struct message messages[] = {__VA_ARGS__};                                    \
        leaves(messages, MEEPLE_COUNT(messages), was_up, why);                                     \
    } while (0)

Test(net_hostile, a_client_believes_no_nonsense)
{
    static const char first[] = "the server's first packet has to be the welcome, once";
    static const char twice[] = "the server announced a peer twice";
    static const char left[] = "the server says that somebody left who was not there";
    static const char nobody[] = "the server passed on a packet of nobody";

    LEAVES(false, first, MESSAGE("\x00\x01\x00\x00\x00x"));
    LEAVES(false, first, MESSAGE("\x02\x07\x00\x00\x00"));
    LEAVES(false, first, MESSAGE("\x01\x01\x00\x00\x00"));
    LEAVES(false, "the peer's id is malformed", MESSAGE("\x01\x00\x00\x00\x00"));
    LEAVES(false, "the packet is shorter than its header", MESSAGE(""));
    LEAVES(false, first, MESSAGE("\x05\x00\x00\x00\x00"));
    LEAVES(true, "only clients send such pings", WELCOME, MESSAGE("\x04\x00\x00\x00\x00x"));
    LEAVES(true, "the ping or pong is malformed", WELCOME, MESSAGE("\x05\x01\x00\x00\x00x"));
    LEAVES(true, first, WELCOME, WELCOME);
    LEAVES(true, twice, WELCOME, MESSAGE("\x02\x05\x00\x00\x00"));
    LEAVES(true, twice, WELCOME, MESSAGE("\x02\x01\x00\x00\x00"));
    LEAVES(true, twice, WELCOME, MESSAGE("\x02\x07\x00\x00\x00"), MESSAGE("\x02\x07\x00\x00\x00"));
    LEAVES(true, left, WELCOME, MESSAGE("\x03\x07\x00\x00\x00\x01\xe8\x03"));
    LEAVES(true, left, WELCOME, MESSAGE("\x03\x01\x00\x00\x00\x01\xe8\x03"));
    LEAVES(true, left, WELCOME, MESSAGE("\x03\x05\x00\x00\x00\x01\xe8\x03"));
    LEAVES(true, nobody, WELCOME, MESSAGE("\x00\x07\x00\x00\x00x"));
    LEAVES(true, nobody, WELCOME, MESSAGE("\x00\x05\x00\x00\x00x"));
    LEAVES(true, nobody, WELCOME, MESSAGE("\x00\x00\x00\x00\x00x"));
    LEAVES(true, nobody, WELCOME, MESSAGE("\x00\x00\x00\x00\x80x"));
    LEAVES(true, "the packet's kind is unknown", WELCOME, MESSAGE("\x09\x01\x00\x00\x00"));
    LEAVES(true, "the text is not UTF-8", WELCOME, MESSAGE("\x80\x01\x00\x00\x00\xff"));
}

/* It was not the server that closed. */
Test(net_hostile, a_client_says_what_was_wrong_with_the_first_frame)
{
    static const char why[] = "the message is over the limit";
    static const uint8_t bytes[65537];
    struct session session;
    struct raw_peer raw;

    start_client(&session, &raw, true);
    raw_send(&raw, bytes, sizeof bytes, false);
    session_run(&session);
    told(&session, 0, "down 1009 unclean the message is over the limit\n");
    cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_SESSION);
    cr_assert_eq(meeple_net_fault(session.seats[0].net).number, 1009);
    cr_assert_str_eq(meeple_net_fault(session.seats[0].net).text, why);
    stop(&session, &raw);
}

/* As a pong frame that nobody asked for. */
Test(net_hostile, a_client_is_told_nothing_of_pongs)
{
    struct session session;
    struct raw_peer raw;

    start_client(&session, &raw, true);
    raw_send(&raw, "\x01\x07\x00\x00\x00", 5, false);
    session_run(&session);
    session_forget(&session);
    raw.told_len = 0;
    raw.told[0] = '\0';
    for (int i = 0; i < 100; i++) {
        raw_send(&raw, "\x05\x00\x00\x00\x00late", 9, false);
    }
    raw_send(&raw, "\x00\x01\x00\x00\x00hello", 10, false);
    session_run(&session);
    told(&session, 0, "packet 1 hello\n");
    cr_assert_str_eq(raw.told, "");
    cr_assert_eq(meeple_net_stats(session.seats[0].net).packets_in, 1);
    stop(&session, &raw);
}

Test(net_hostile, a_client_waits_for_a_welcome_in_vain)
{
    struct session session;
    struct raw_peer raw;

    start_client(&session, &raw, true);
    cr_assert(raw.open);
    session_run_until(&session, 5999);
    cr_assert_not(session.seats[0].down);
    session_run_until(&session, 6200);
    cr_assert(session.seats[0].down && !session.seats[0].up);
    cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(meeple_net_fault(session.seats[0].net).text,
                     "the server did not say welcome in time: does it speak another dialect?");
    stop(&session, &raw);
}

Test(net_hostile, a_client_waits_for_an_answer_in_vain)
{
    struct session session;
    struct raw_peer raw;

    start_client(&session, &raw, false);
    session_run(&session);
    cr_assert(session.seats[0].down && !session.seats[0].up);
    cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(meeple_net_fault(session.seats[0].net).text,
                     "the server did not answer the handshake in time");
    cr_assert_leq(session.last_ms, 6100);
    stop(&session, &raw);
}

Test(net_hostile, a_client_waits_for_a_connection_in_vain)
{
    static const struct {
        enum sim_fate fate;
        meeple_stage stage;
    } rows[] = {{SIM_SILENT, MEEPLE_STAGE_TIMEOUT},
                {SIM_REFUSES, MEEPLE_STAGE_CONNECT},
                {SIM_UNKNOWN, MEEPLE_STAGE_RESOLVE}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct session session = {0};
        meeple_fault fault;
        meeple_net *net;
        char want[400];

        session.sim = sim_new(NULL);
        sim_set_fate(session.sim, "s", rows[i].fate);
        cr_assert_eq(
            meeple_net_connect(&net, "ws://s:4000/",
                               &(meeple_connect_options){.io = sim_driver(session.sim, "a")}),
            0);
        session_add(&session, net);
        session_run(&session);
        fault = meeple_net_fault(net);
        cr_assert_eq(fault.stage, rows[i].stage, "%s", fault.text);
        cr_assert(fault.number != 0 || fault.stage == MEEPLE_STAGE_TIMEOUT);
        snprintf(want, sizeof want, "down 1006 unclean %s\n", fault.text);
        cr_assert_str_eq(session_told(&session, &session.seats[0]), want);
        cr_assert_leq(session.last_ms, 11000);
        session_done(&session);
    }
}

Test(net_hostile, a_client_survives_an_answer_that_is_none)
{
    static const char *const rows[] = {
        "HTTP/1.1 404 \xff\xff\r\n\r\n", "HTTP/1.1 101 x\r\n\r\n", "SSH-2.0-x\r\n\r\n",
        "\x15\x03\x01", "HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct session session;
        struct raw_peer raw;

        start_client(&session, &raw, false);
        raw_write(&raw, rows[i], strlen(rows[i]));
        session_run(&session);
        cr_assert(session.seats[0].down && !session.seats[0].up);
        cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_HTTP);
        stop(&session, &raw);
    }
}

Test(net_hostile, a_client_survives_noise)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct prng random = {seed};
        struct session session;
        struct raw_peer raw;
        uint8_t noise[300];

        start_client(&session, &raw, true);
        if (seed & 1) {
            raw_send(&raw, "\x01\x05\x00\x00\x00", 5, false);
        }
        for (unsigned i = 0; i < 20; i++) {
            prng_fill(&random, noise, sizeof noise);
            noise[0] &= 0x83;
            memset(noise + 2, 0, 3);
            noise[1] &= 7;
            if (meeple_ws_send(raw.ws, (meeple_bytes){noise, (size_t)prng_below(&random, 20)},
                               false) < 0) {
                break;
            }
        }
        raw_turn(&raw);
        raw_send(&raw, noise, 0, false);
        session_run(&session);
        cr_assert(session.seats[0].down);
        stop(&session, &raw);
    }
}

Test(net_hostile, a_server_that_breaks_off_is_seen)
{
    struct session session;
    struct raw_peer raw;

    start_client(&session, &raw, true);
    raw_send(&raw, "\x01\x05\x00\x00\x00", 5, false);
    raw_send(&raw, "\x02\x07\x00\x00\x00", 5, false);
    session_run(&session);
    sim_reset_all(session.sim, "s");
    session_run(&session);
    told(&session, 0,
         "up 1 meeple.1\njoin 1\njoin ?\nleave ? 1006 unclean the connection was lost\n"
         "leave 1 1006 unclean the connection was lost\n"
         "down 1006 unclean the connection was lost\n");
    cr_assert_eq(meeple_net_fault(session.seats[0].net).stage, MEEPLE_STAGE_CONNECT);
    cr_assert_neq(meeple_net_fault(session.seats[0].net).number, 0);
    stop(&session, &raw);
}
