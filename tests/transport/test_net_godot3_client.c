/* test_net_godot3_client: a client at a Godot 3 server, over the simulated network, byte by byte.
 */
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

/* A client of ours, and a server that is bytes. */
struct table {
    struct session session;
    struct seat *client;
    struct raw_peer raw;
};

static const char *const ludus[] = {"ludus", NULL};

static void run(struct table *table)
{
    session_run_until(&table->session, sim_now(table->session.sim) + 10);
}

static int try_connect(struct table *table, const meeple_connect_options *options, meeple_net **net)
{
    meeple_connect_options filled = *options;

    filled.dialect = MEEPLE_DIALECT_GODOT3;
    filled.io = sim_driver(table->session.sim, "a");
    filled.mem = &table->session.mem.mem;
    return meeple_net_connect(net, "ws://s:4000/", &filled);
}

static void prepare(struct table *table, const char *protocol, bool ws)
{
    memset(table, 0, sizeof *table);
    counting_mem_init(&table->session.mem);
    table->session.sim = sim_new(NULL);
    raw_listen(&table->raw, table->session.sim, "s", PORT, protocol, ws);
    table->session.extra = raw_turn;
    table->session.extra_ctx = &table->raw;
}

static void open_table(struct table *table, const char *protocol, bool ws,
                       const meeple_connect_options *options)
{
    meeple_net *net;

    prepare(table, protocol, ws);
    cr_assert_eq(try_connect(table, options, &net), 0);
    table->client = session_add(&table->session, net);
    run(table);
}

static void close_table(struct table *table)
{
    raw_done(&table->raw);
    table->session.extra = NULL;
    session_run(&table->session);
    session_done(&table->session);
}

static void told(struct table *table, const char *lines)
{
    const char *said = session_told(&table->session, table->client);

    cr_assert_str_eq(said, lines, "the client was told:\n%s", said);
}

static void say(struct table *table, const void *bytes, size_t len)
{
    raw_send(&table->raw, bytes, len, false);
    run(table);
}

#define SAY(table, literal) say(table, literal, sizeof literal - 1)
#define SYSTEM(kind, peer) kind "\1\0\0\0\0\0\0\0" peer
#define ID_7 SYSTEM("\3", "\7\0\0\0")
#define ADD_1 SYSTEM("\1", "\1\0\0\0")
#define ADD_9 SYSTEM("\1", "\11\0\0\0")
#define ADD_8 SYSTEM("\1", "\10\0\0\0")
#define DEL_9 SYSTEM("\2", "\11\0\0\0")

/* In as peer 7, with 9 and 8; nothing was told since. */
static void sit_down(struct table *table, const meeple_connect_options *options)
{
    open_table(table, options->protocols ? options->protocols[0] : NULL, true, options);
    cr_assert(table->raw.open);
    SAY(table, ID_7);
    SAY(table, ADD_1);
    SAY(table, ADD_9);
    SAY(table, ADD_8);
    told(table, options->protocols ? "up 1 ludus\njoin 1\njoin ?\njoin ?\n"
                                   : "up 1\njoin 1\njoin ?\njoin ?\n");
    cr_assert_eq(meeple_net_id(table->client->net), 7);
    table->raw.told_len = 0;
    table->raw.told[0] = '\0';
}

/* The server heard these, in hexadecimal, and no more. */
static void heard(struct table *table, const char *lines)
{
    cr_assert_str_eq(table->raw.told, lines, "the server heard:\n%s", table->raw.told);
    table->raw.told_len = 0;
    table->raw.told[0] = '\0';
}

/* ---- the handshake ---- */

Test(net_godot3_client, asks_in_godots_words)
{
    struct table table;
    const char *key;

    open_table(&table, NULL, false, &(meeple_connect_options){.protocols = ludus});
    key = strstr(table.raw.heard, "Sec-WebSocket-Key: ");
    cr_assert_not_null(key);
    memset((char *)(size_t)key + 19, 'k', 24);
    cr_assert_str_eq(table.raw.heard,
                     "GET / HTTP/1.1\r\nHost: s:4000\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: kkkkkkkkkkkkkkkkkkkkkkkk\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ludus\r\n\r\n");
    close_table(&table);
}

Test(net_godot3_client, offers_nothing_unless_told)
{
    struct table table;

    open_table(&table, NULL, false, &(meeple_connect_options){0});
    cr_assert_null(strstr(table.raw.heard, "Sec-WebSocket-Protocol"));
    close_table(&table);
}

/* The answer has, or lacks, a subprotocol. */
static void stops_at(const char *chosen, const char *const *offered, const char *why)
{
    struct table table;
    char fault[100] = "";

    open_table(&table, chosen, true, &(meeple_connect_options){.protocols = offered});
    session_run_until(&table.session, 3000);
    snprintf(fault, sizeof fault, "%s", meeple_net_fault(table.client->net).text);
    cr_assert_eq(meeple_net_fault(table.client->net).stage, MEEPLE_STAGE_SUBPROTOCOL);
    cr_assert_str_eq(fault, why);
    cr_assert(table.client->down && !table.client->up);
    close_table(&table);
}

Test(net_godot3_client, wants_the_subprotocol_that_it_offers)
{
    stops_at(NULL, ludus, "the server agrees to none of the subprotocols offered");
}

Test(net_godot3_client, takes_no_subprotocol_that_it_does_not_offer)
{
    struct table table;
    char answer[400], accept[29];

    open_table(&table, NULL, false, &(meeple_connect_options){0});
    probe_accept_for(accept, (const uint8_t *)table.raw.heard, table.raw.heard_len);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: ludus\r\n\r\n",
             accept);
    raw_write(&table.raw, answer, strlen(answer));
    run(&table);
    cr_assert_str_eq(meeple_net_fault(table.client->net).text,
                     "the server chose a subprotocol that was not offered");
    close_table(&table);
}

/* Godot's server reads no more than 4096 bytes of a request. */
Test(net_godot3_client, asks_for_no_more_than_godot_reads)
{
    static char line[8192];
    const char *const headers[] = {line, NULL};
    struct table table;
    meeple_net *net;
    size_t rest;

    open_table(&table, NULL, false, &(meeple_connect_options){0});
    rest = strlen(table.raw.heard) + 2;
    close_table(&table);

    memset(line, 'x', sizeof line);
    memcpy(line, "X: ", 3);
    prepare(&table, NULL, false);
    line[4096 - rest + 1] = '\0';
    cr_assert_eq(try_connect(&table, &(meeple_connect_options){.headers = headers}, &net),
                 MEEPLE_ETOOBIG);
    cr_assert_null(net);
    /* A limit of one's own that is lower holds, too. */
    line[1000] = '\0';
    cr_assert_eq(try_connect(&table,
                             &(meeple_connect_options){.headers = headers,
                                                       .limits = {.head_bytes_max = 1000}},
                             &net),
                 MEEPLE_ETOOBIG);
    line[1000] = 'x';
    line[4096 - rest] = '\0';
    cr_assert_eq(try_connect(&table, &(meeple_connect_options){.headers = headers}, &net), 0);
    table.client = session_add(&table.session, net);
    run(&table);
    cr_assert_eq(strlen(table.raw.heard), 4096);
    close_table(&table);
}

/* ---- the session ---- */

Test(net_godot3_client, sits_down_and_sees_who_comes_speaks_and_goes)
{
    struct table table;

    sit_down(&table, &(meeple_connect_options){.protocols = ludus});
    SAY(&table, "\0\11\0\0\0\7\0\0\0hello");
    raw_send(&table.raw, "\0\1\0\0\0\0\0\0\0text", 13, true);
    run(&table);
    SAY(&table, DEL_9);
    told(&table, "packet ? hello\npacket 1 text\nleave ? 1005 unclean\n");
    cr_assert_eq(meeple_net_peers(table.client->net, NULL, 0), 2);
    raw_close(&table.raw, 1000, "bye");
    run(&table);
    session_run_until(&table.session, sim_now(table.session.sim) + 2000);
    told(&table, "closing 1 1000 bye\nleave ? 1000 clean bye\nleave 1 1000 clean bye\n"
                 "down 1000 clean bye\n");
    close_table(&table);
}

Test(net_godot3_client, says_for_whom_and_who_it_is)
{
    struct table table;

    sit_down(&table, &(meeple_connect_options){0});
    cr_assert_eq(seat_send(table.client, MEEPLE_SERVER, "a"), 0);
    cr_assert_eq(seat_send(table.client, MEEPLE_ALL, "b"), 0);
    cr_assert_eq(seat_send(table.client, 9, "c"), 0);
    cr_assert_eq(seat_send(table.client, MEEPLE_EXCEPT(9), "d"), 0);
    cr_assert_eq(meeple_net_send_text(table.client->net, 8, "e"), 0);
    cr_assert_eq(seat_send(table.client, 8, ""), 0);
    cr_assert_eq(seat_send(table.client, 7, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(table.client, 10, "x"), MEEPLE_ENOTFOUND);
    run(&table);
    heard(&table, "binary \\00\\07\\00\\00\\00\\01\\00\\00\\00a\n"
                  "binary \\00\\07\\00\\00\\00\\00\\00\\00\\00b\n"
                  "binary \\00\\07\\00\\00\\00\\09\\00\\00\\00c\n"
                  "binary \\00\\07\\00\\00\\00\\f7\\ff\\ff\\ffd\n"
                  "binary \\00\\07\\00\\00\\00\\08\\00\\00\\00e\n"
                  "binary \\00\\07\\00\\00\\00\\08\\00\\00\\00\n");
    cr_assert_eq(meeple_net_stats(table.client->net).packets_out, 6);
    close_table(&table);
}

/* A server of Godot's would take it for itself, too. */
Test(net_godot3_client, sends_to_each_what_is_not_for_the_server)
{
    struct table table;

    sit_down(&table, &(meeple_connect_options){0});
    cr_assert_eq(seat_send(table.client, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), 0);
    run(&table);
    heard(&table, "binary \\00\\07\\00\\00\\00\\09\\00\\00\\00x\n"
                  "binary \\00\\07\\00\\00\\00\\08\\00\\00\\00x\n");
    cr_assert_eq(meeple_net_stats(table.client->net).packets_out, 2);
    SAY(&table, DEL_9);
    SAY(&table, SYSTEM("\2", "\10\0\0\0"));
    cr_assert_eq(seat_send(table.client, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), 0);
    run(&table);
    heard(&table, "");
    close_table(&table);
}

/* Room for both, or for neither. */
Test(net_godot3_client, sends_to_all_of_them_or_to_none)
{
    static uint8_t bytes[1000];
    const meeple_limits limits = {.queue_bytes_max = 2200};
    struct table table;
    size_t sent = 0;
    int rc;

    sit_down(&table, &(meeple_connect_options){.limits = limits});
    table.raw.deaf = true;
    cr_assert_eq(meeple_net_send(table.client->net, MEEPLE_EXCEPT(MEEPLE_SERVER),
                                 (meeple_bytes){bytes, 1000 + 77 + 1}),
                 MEEPLE_ETOOBIG);
    while ((rc = meeple_net_send(table.client->net, MEEPLE_EXCEPT(MEEPLE_SERVER),
                                 (meeple_bytes){bytes, sizeof bytes})) == 0) {
        sent++;
        cr_assert_lt(sent, 1000);
    }
    cr_assert_eq(rc, MEEPLE_EFULL);
    cr_assert_gt(sent, 10);
    cr_assert_eq(meeple_net_stats(table.client->net).packets_out, 2 * sent);
    table.raw.deaf = false;
    run(&table);
    told(&table, "drained 1\n");
    cr_assert_eq(meeple_net_send(table.client->net, MEEPLE_EXCEPT(MEEPLE_SERVER),
                                 (meeple_bytes){bytes, sizeof bytes}),
                 0);
    close_table(&table);
}

Test(net_godot3_client, is_lost_when_only_some_got_it)
{
    struct table table;

    sit_down(&table, &(meeple_connect_options){0});
    sim_fail_call(table.session.sim, 2); /* the second mask */
    cr_assert_eq(seat_send(table.client, MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), MEEPLE_EIO);
    cr_assert(sim_call_failed(table.session.sim));
    session_run_until(&table.session, sim_now(table.session.sim) + 5000);
    cr_assert(table.client->down);
    cr_assert_not_null(strstr(session_told(&table.session, table.client), "down 1011 unclean"));
    close_table(&table);
}

Test(net_godot3_client, sends_and_takes_as_much_as_godot_does)
{
    static uint8_t bytes[65536];
    struct table table;

    sit_down(&table, &(meeple_connect_options){0});
    cr_assert_eq(meeple_net_send(table.client->net, 1, (meeple_bytes){bytes, 65527}),
                 MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_net_send(table.client->net, 1, (meeple_bytes){bytes, 65526}), 0);
    run(&table);
    cr_assert_not_null(strstr(table.raw.told, "binary"));
    bytes[1] = 1;
    say(&table, bytes, 65535);
    cr_assert_eq(table.client->packets, 1);
    session_forget(&table.session);
    say(&table, bytes, 65536);
    session_run_until(&table.session, sim_now(table.session.sim) + 5000);
    cr_assert_not_null(strstr(session_told(&table.session, table.client),
                              "down 1009 unclean the message is over the limit\n"));
    close_table(&table);
}

/* ---- how it ends ---- */

/* It neither reads our answer nor ends the stream. */
static void leaves_the_undead(uint16_t code, bool at_once)
{
    struct table table;
    uint64_t began_ms;

    sit_down(&table, &(meeple_connect_options){0});
    began_ms = sim_now(table.session.sim);
    raw_close(&table.raw, code, "why");
    session_run_until(&table.session, began_ms + 20);
    /* Our answer came, and then the end of our side, where Godot will not end its own. */
    cr_assert_not_null(strstr(table.raw.told, "clean why"), "%s", table.raw.told);
    cr_assert_eq(table.raw.ended, at_once, "%u", (unsigned)code);
    cr_assert_eq(table.client->down, at_once);
    session_run_until(&table.session, began_ms + 3000);
    cr_assert(table.client->down && table.raw.ended);
    close_table(&table);
}

Test(net_godot3_client, does_not_wait_for_who_reads_no_more)
{
    leaves_the_undead(1002, true);
    leaves_the_undead(1007, true);
    leaves_the_undead(1009, true);
    leaves_the_undead(1000, false);
    leaves_the_undead(4000, false);
}

Test(net_godot3_client, takes_no_nul_for_a_part_of_a_reason)
{
    struct table table;
    uint8_t frame[64];
    size_t len;

    sit_down(&table, &(meeple_connect_options){0});
    len = probe_frame(frame, 0x88, NULL,
                      "\x03\xe8"
                      "bye",
                      6);
    raw_write(&table.raw, frame, len);
    session_run_until(&table.session, sim_now(table.session.sim) + 3000);
    told(&table, "closing 1 1000 bye\nleave ? 1000 clean bye\nleave ? 1000 clean bye\n"
                 "leave 1 1000 clean bye\ndown 1000 clean bye\n");
    close_table(&table);
}

static void believes_not(const char *bytes, size_t len, const char *why)
{
    struct table table;
    char want[300];

    sit_down(&table, &(meeple_connect_options){0});
    say(&table, bytes, len);
    session_run_until(&table.session, sim_now(table.session.sim) + 5000);
    snprintf(want, sizeof want, "closing 1002 %s\nclosed 1002 clean %s\n", why, why);
    heard(&table, want);
    snprintf(want, sizeof want, "down 1002 unclean %s\n", why);
    cr_assert_not_null(strstr(session_told(&table.session, table.client), want));
    close_table(&table);
}

Test(net_godot3_client, closes_where_a_server_is_none_of_godots)
{
    believes_not(ID_7, 13, "the server gave us a second id");
    believes_not(SYSTEM("\1", "\7\0\0\0"), 13, "the server announced us to ourselves");
    believes_not(SYSTEM("\2", "\1\0\0\0"), 13, "the server says that one of us two left");
    believes_not(SYSTEM("\1", "\0\0\0\0"), 13, "the peer's id is malformed");
    believes_not(SYSTEM("\1", "\5\0\0"), 12, "the packet names nobody");
    believes_not(SYSTEM("\5", "\5\0\0\0"), 13, "the packet's type is unknown");
    believes_not("", 0, "the packet is shorter than its header");
}

Test(net_godot3_client, goes_on_where_godot_does)
{
    struct table table;

    sit_down(&table, &(meeple_connect_options){0});
    SAY(&table, ADD_9);
    SAY(&table, ADD_1);
    SAY(&table, SYSTEM("\2", "\144\0\0\0"));
    SAY(&table, "\0\144\0\0\0\7\0\0\0unknown");
    SAY(&table, "\0\7\0\0\0\7\0\0\0ourselves");
    SAY(&table, "\0\11\0\0\0\144\0\0\0for another");
    told(&table, "packet ? for another\n");
    cr_assert_eq(meeple_net_stats(table.client->net).unroutable, 2);
    close_table(&table);
}

Test(net_godot3_client, says_that_its_id_did_not_come)
{
    struct table table;

    open_table(&table, NULL, true, &(meeple_connect_options){0});
    SAY(&table, ID_7); /* but not the server's */
    cr_assert_eq(meeple_net_id(table.client->net), 0);
    cr_assert_eq(seat_send(table.client, MEEPLE_SERVER, "x"), MEEPLE_ESTATE);
    session_run_until(&table.session, 10000);
    cr_assert(table.client->down && !table.client->up);
    cr_assert_eq(meeple_net_fault(table.client->net).stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(meeple_net_fault(table.client->net).text,
                     "the server did not say our id in time: does it speak another dialect?");
    close_table(&table);
}

/* ---- ours among ours ---- */

/* Three seats in one process, or in a network that cuts bytes. */
static void plays(struct session *session, meeple_net *server)
{
    struct seat *seats[4];

    seats[0] = session_add(session, server);
    session_run_until(session, 1500);
    for (size_t i = 1; i < 4; i++) {
        meeple_connect_options options = {.dialect = MEEPLE_DIALECT_GODOT3,
                                          .mem = &session->mem.mem};
        char host[] = "x";
        meeple_net *net;

        host[0] = (char)('a' + i - 1);
        if (session->sim) {
            options.io = sim_driver(session->sim, host);
            cr_assert_eq(meeple_net_connect(&net, "ws://s:4000", &options), 0);
        } else {
            cr_assert_eq(meeple_net_join(&net, server, &options), 0);
        }
        seats[i] = session_add(session, net);
        session_run_until(session, 1500 + 1000 * i);
    }
    cr_assert_str_eq(session_told(session, seats[0]), "up 1\njoin a\njoin b\njoin c\n");
    cr_assert_eq(strncmp(session_told(session, seats[3]), "up c\njoin 1\njoin ", 17), 0);
    session_forget(session);
    cr_assert_eq(seat_send(seats[1], MEEPLE_ALL, "all"), 0);
    cr_assert_eq(seat_send(seats[1], MEEPLE_EXCEPT(seats[2]->id), "not b"), 0);
    cr_assert_eq(seat_send(seats[1], MEEPLE_EXCEPT(MEEPLE_SERVER), "not 1"), 0);
    cr_assert_eq(seat_send(seats[1], seats[3]->id, "c"), 0);
    cr_assert_eq(seat_send(seats[0], MEEPLE_EXCEPT(seats[3]->id), "not c"), 0);
    session_run_until(session, 6000);
    cr_assert_eq(meeple_net_close(seats[2]->net, 4000, "why"), 0);
    session_run_until(session, 9000);
    cr_assert_str_eq(session_told(session, seats[0]), "packet a all\npacket a not b\n"
                                                      "closing b 4000 why\n"
                                                      "leave b 4000 clean why\n");
    cr_assert_str_eq(session_told(session, seats[1]), "packet 1 not c\nleave b 1005 unclean\n");
    cr_assert_str_eq(session_told(session, seats[3]),
                     "packet a all\npacket a not b\npacket a not 1\npacket a c\n"
                     "leave b 1005 unclean\n");
    cr_assert_eq(meeple_net_close(server, 1001, "over"), 0);
    session_run_until(session, 13000);
    cr_assert(seats[0]->down && seats[1]->down && seats[3]->down);
    session_done(session);
}

Test(net_godot3_client, plays_with_a_server_of_ours)
{
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct session session = {0};
        meeple_net *server;

        counting_mem_init(&session.mem);
        session.sim = sim_new(&(struct sim_options){.seed = seed,
                                                    .chop = seed % 2,
                                                    .stutter = seed % 3 == 0,
                                                    .completions = seed % 5 == 0});
        cr_assert_eq(
            meeple_net_listen(&server, &(meeple_listen_options){.port = PORT,
                                                                .dialect = MEEPLE_DIALECT_GODOT3,
                                                                .io = sim_driver(session.sim, "s"),
                                                                .mem = &session.mem.mem}),
            0);
        plays(&session, server);
    }
}

Test(net_godot3_client, plays_inside_one_process)
{
    struct session session = {0};
    meeple_net *server;

    counting_mem_init(&session.mem);
    cr_assert_eq(
        meeple_net_loopback(&server, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                              .mem = &session.mem.mem}),
        0);
    plays(&session, server);
}

Test(net_godot3_client, joins_no_other_dialect_inside_one_process)
{
    const meeple_dialect others[] = {MEEPLE_DIALECT_NATIVE, MEEPLE_DIALECT_PLAIN};
    const meeple_dialect ours = MEEPLE_DIALECT_GODOT3;

    for (size_t i = 0; i < MEEPLE_COUNT(others); i++) {
        meeple_net *server, *client;

        cr_assert_eq(meeple_net_loopback(&server, &(meeple_listen_options){.dialect = others[i]}),
                     0);
        cr_assert_eq(meeple_net_join(&client, server, &(meeple_connect_options){.dialect = ours}),
                     MEEPLE_EINVAL);
        cr_assert_null(client);
        meeple_net_free(server);
        cr_assert_eq(meeple_net_loopback(&server, &(meeple_listen_options){.dialect = ours}), 0);
        cr_assert_eq(
            meeple_net_join(&client, server, &(meeple_connect_options){.dialect = others[i]}),
            MEEPLE_EINVAL);
        meeple_net_free(server);
    }
}

/* ---- no memory ---- */

/* As long as it is open. */
static void say_if(struct table *table, const void *bytes, size_t len)
{
    uint8_t frame[64];

    if (table->raw.open && !table->raw.ended) {
        raw_write(&table->raw, frame, probe_frame(frame, 0x82, NULL, bytes, len));
    }
    run(table);
}

#define SAY_IF(table, literal) say_if(table, literal, sizeof literal - 1)

Test(net_godot3_client, survives_every_allocation_that_fails)
{
    for (size_t n = 1;; n++) {
        struct table table;
        meeple_net *net;
        bool failed;
        int rc;

        prepare(&table, "ludus", true);
        counting_mem_fail(&table.session.mem, n);
        rc = try_connect(&table, &(meeple_connect_options){.protocols = ludus}, &net);
        if (rc == 0) {
            table.client = session_add(&table.session, net);
            run(&table);
            SAY_IF(&table, ID_7);
            SAY_IF(&table, ADD_1);
            SAY_IF(&table, ADD_9);
            SAY_IF(&table, "\0\11\0\0\0\7\0\0\0hello");
            (void)seat_send(table.client, MEEPLE_EXCEPT(MEEPLE_SERVER), "x");
            SAY_IF(&table, DEL_9);
        } else {
            cr_assert_eq(rc, MEEPLE_ENOMEM);
        }
        failed = table.session.mem.calls >= table.session.mem.fail_at;
        close_table(&table);
        if (!failed) {
            cr_assert_gt(n, 8);
            break;
        }
    }
}
