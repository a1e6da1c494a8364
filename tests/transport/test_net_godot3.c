/* test_net_godot3: a server among Godot 3's clients, over the simulated network, byte by byte. */
#include "transport/net.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/raw_peer.h"
#include "tests/support/session.h"
#include "tests/support/ws_probe.h"

enum {
    PORT = 4000,
    CLIENTS_MAX = 5
};

/* A server of ours, and clients that are bytes. */
struct table {
    struct session session;
    struct seat *server;
    struct raw_peer clients[CLIENTS_MAX];
    int32_t ids[CLIENTS_MAX];
    size_t count;
    char want[4000];
};

static bool turn_all(void *ctx)
{
    struct table *table = ctx;
    bool any = false;

    for (size_t i = 0; i < table->count; i++) {
        any = raw_turn(&table->clients[i]) || any;
    }
    return any;
}

/* Until what is said now has come. */
static void run(struct table *table)
{
    session_run_until(&table->session, sim_now(table->session.sim) + 10);
}

static void open_table(struct table *table, const meeple_listen_options *options)
{
    meeple_listen_options filled = *options;
    meeple_net *net;

    memset(table, 0, sizeof *table);
    counting_mem_init(&table->session.mem);
    table->session.sim = sim_new(NULL);
    table->session.extra = turn_all;
    table->session.extra_ctx = table;
    filled.port = PORT;
    filled.dialect = MEEPLE_DIALECT_GODOT3;
    filled.io = sim_driver(table->session.sim, "s");
    filled.mem = &table->session.mem.mem;
    cr_assert_eq(meeple_net_listen(&net, &filled), 0);
    table->server = session_add(&table->session, net);
    run(table);
}

static void close_table(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        raw_done(&table->clients[i]);
    }
    table->count = 0;
    table->session.extra = NULL;
    session_run(&table->session);
    session_done(&table->session);
}

/* One more client, which may become a peer. */
static struct raw_peer *add_raw(struct table *table, const char *protocol)
{
    char host[] = "raw?";

    host[3] = (char)('0' + table->count);
    raw_connect(&table->clients[table->count], table->session.sim, host, "s", PORT, protocol, true);
    table->count++;
    run(table);
    return &table->clients[table->count - 1];
}

static void forget(struct table *table)
{
    session_forget(&table->session);
    for (size_t i = 0; i < table->count; i++) {
        table->clients[i].told_len = 0;
        table->clients[i].told[0] = '\0';
    }
}

/* So many clients are there and know it, and nothing was told since. */
static void sit_down(struct table *table, size_t count)
{
    open_table(table, &(meeple_listen_options){0});
    for (size_t i = 0; i < count; i++) {
        add_raw(table, NULL);
    }
    cr_assert_eq(meeple_net_peers(table->server->net, table->ids, CLIENTS_MAX), count);
    forget(table);
}

/* A message of Godot's: type, from, to, and what follows. */
static size_t write_message(uint8_t *dst, uint8_t kind, int32_t from, int32_t to, meeple_bytes data)
{
    dst[0] = kind;
    for (unsigned i = 0; i < 4; i++) {
        dst[1 + i] = (uint8_t)((uint32_t)from >> (8 * i));
        dst[5 + i] = (uint8_t)((uint32_t)to >> (8 * i));
    }
    if (data.len > 0) {
        memcpy(dst + 9, data.ptr, data.len);
    }
    return 9 + data.len;
}

/* Such a message is expected. */
static void want(struct table *table, uint8_t kind, int32_t from, int32_t to, meeple_bytes data)
{
    uint8_t bytes[100];
    char quoted[400];
    size_t len = write_message(bytes, kind, from, to, data), at = strlen(table->want);

    probe_quote(quoted, sizeof quoted, bytes, len);
    snprintf(table->want + at, sizeof table->want - at, "binary %s\n", quoted);
}

static void want_packet(struct table *table, int32_t from, int32_t to, const char *text)
{
    want(table, 0, from, to, (meeple_bytes){(const uint8_t *)text, strlen(text)});
}

static void want_system(struct table *table, uint8_t kind, int32_t id)
{
    uint8_t bytes[4];

    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)((uint32_t)id >> (8 * i));
    }
    want(table, kind, 1, 0, (meeple_bytes){bytes, sizeof bytes});
}

#define ADD 1
#define DEL 2
#define ID 3

/* That, and no more, is what the client got since it was asked last; expects nothing more. */
static void got(struct table *table, size_t client)
{
    struct raw_peer *raw = &table->clients[client];

    cr_assert_str_eq(raw->told, table->want, "client %zu got:\n%swanted:\n%s", client, raw->told,
                     table->want);
    raw->told_len = 0;
    raw->told[0] = '\0';
    table->want[0] = '\0';
}

static void told(struct table *table, const char *lines)
{
    const char *said = session_told(&table->session, table->server);

    cr_assert_str_eq(said, lines, "the server was told:\n%s", said);
}

static void say(struct table *table, size_t client, int32_t from, int32_t to, const char *text)
{
    uint8_t bytes[100];
    size_t len =
        write_message(bytes, 0, from, to, (meeple_bytes){(const uint8_t *)text, strlen(text)});

    raw_send(&table->clients[client], bytes, len, false);
    run(table);
}

/* ---- coming and going ---- */

static int compare(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

    return (left > right) - (left < right);
}

Test(net_godot3, introduces_everyone_to_everyone_by_id)
{
    struct table table;
    int32_t sorted[CLIENTS_MAX];

    open_table(&table, &(meeple_listen_options){0});
    forget(&table);
    for (size_t n = 0; n < CLIENTS_MAX; n++) {
        int32_t id;

        add_raw(&table, NULL);
        cr_assert_eq(meeple_net_peers(table.server->net, table.ids, CLIENTS_MAX), n + 1);
        id = table.ids[n];
        memcpy(sorted, table.ids, sizeof sorted);
        qsort(sorted, n, sizeof *sorted, compare);
        snprintf(table.want, sizeof table.want, "open\n");
        want_system(&table, ID, id);
        want_system(&table, ADD, 1);
        for (size_t i = 0; i < n; i++) {
            want_system(&table, ADD, sorted[i]);
        }
        got(&table, n);
        for (size_t i = 0; i < n; i++) {
            want_system(&table, ADD, id);
            got(&table, i);
        }
        told(&table, "join ?\n");
    }
    qsort(sorted, CLIENTS_MAX, sizeof *sorted, compare);
    cr_assert(memcmp(sorted, table.ids, sizeof sorted) != 0, "they came by id: nothing was seen");
    close_table(&table);
}

Test(net_godot3, speaks_to_a_newcomer_behind_the_introduction)
{
    struct table table;
    meeple_event event;

    open_table(&table, &(meeple_listen_options){0});
    table.server->idle = true;
    add_raw(&table, NULL);
    cr_assert_str_eq(table.clients[0].told, "");
    while (meeple_net_next(table.server->net, &event, 10) >= 0 && event.type != MEEPLE_EVENT_JOIN) {
        turn_all(&table);
        sim_step(table.session.sim);
    }
    cr_assert_eq(seat_send(table.server, event.peer, "hello"), 0);
    meeple_net_flush(table.server->net);
    for (int i = 0; i < 3; i++) {
        turn_all(&table);
        sim_step_until(table.session.sim, sim_now(table.session.sim) + 10);
    }
    snprintf(table.want, sizeof table.want, "open\n");
    want_system(&table, ID, event.peer);
    want_system(&table, ADD, 1);
    want_packet(&table, 1, event.peer, "hello");
    got(&table, 0);
    close_table(&table);
}

Test(net_godot3, tells_the_others_who_is_gone_and_not_why)
{
    struct table table;

    sit_down(&table, 4);
    raw_close(&table.clients[0], 4001, "bored");
    run(&table);
    told(&table, "closing ? 4001 bored\nleave ? 4001 clean bored\n");
    for (size_t i = 1; i < 4; i++) {
        want_system(&table, DEL, table.ids[0]);
        got(&table, i);
    }
    sim_reset_all(table.session.sim, "raw1");
    run(&table);
    told(&table, "leave ? 1006 unclean the connection was lost\n");
    want_system(&table, DEL, table.ids[1]);
    got(&table, 2);
    cr_assert_eq(meeple_net_kick(table.server->net, table.ids[2], 4002, "out"), 0);
    run(&table);
    told(&table, "leave ? 4002 clean out\n");
    snprintf(table.want, sizeof table.want, "closing 4002 out\nclosed 4002 clean out\n");
    got(&table, 2);
    want_system(&table, DEL, table.ids[2]);
    want_system(&table, DEL, table.ids[1]);
    /* In the order they went. */
    cr_assert_str_neq(table.want, table.clients[3].told);
    table.want[0] = '\0';
    want_system(&table, DEL, table.ids[1]);
    want_system(&table, DEL, table.ids[2]);
    got(&table, 3);
    close_table(&table);
}

Test(net_godot3, says_nothing_of_who_leaves_when_all_do)
{
    struct table table;

    sit_down(&table, 2);
    cr_assert_eq(meeple_net_close(table.server->net, 1001, "over"), 0);
    run(&table);
    for (size_t i = 0; i < 2; i++) {
        snprintf(table.want, sizeof table.want, "closing 1001 over\nclosed 1001 clean over\n");
        got(&table, i);
    }
    close_table(&table);
}

/* What Godot does not: it sends the NUL of its reasons along. */
Test(net_godot3, takes_no_nul_for_a_part_of_a_reason)
{
    struct table table;
    uint8_t frame[64];
    size_t len;

    sit_down(&table, 1);
    len = probe_frame(frame, 0x88, "abcd",
                      "\x03\xe8"
                      "bye",
                      6);
    raw_write(&table.clients[0], frame, len);
    run(&table);
    told(&table, "closing ? 1000 bye\nleave ? 1000 clean bye\n");
    close_table(&table);
}

/* ---- who gets what ---- */

/* Three clients; the first says "x" for somebody, who is named, and those get it. */
struct relay {
    const char *to; /* "0", "1", "-1", "a": the sender, "b", "-c", "?": nobody; "-?" */
    bool server, b, c;
};

static int32_t target_of(const struct table *table, const char *name)
{
    bool minus = *name == '-';
    const char *who = name + minus;
    int32_t id = *who >= 'a'   ? table->ids[*who - 'a']
                 : *who == '?' ? 77
                 : *who == 'm' ? INT32_MIN
                               : *who - '0';

    return minus ? -id : id;
}

Test(net_godot3, passes_on_by_the_rules_and_as_it_came)
{
    static const struct relay rows[] = {
        {"1", true, false, false},  {"0", true, true, true},
        {"-1", false, true, true}, /* Godot's server takes this, too */
        {"-b", true, false, true},  {"-c", true, true, false},
        {"-a", true, true, true},   {"-?", true, true, true},
        {"a", false, false, false}, {"b", false, true, false},
        {"c", false, false, true},  {"?", false, false, false},
    };
    struct table table;
    uint64_t unroutable = 0, relayed = 0;

    sit_down(&table, 3);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        int32_t to = target_of(&table, rows[i].to);
        meeple_stats stats;

        say(&table, 0, table.ids[0], to, "x");
        told(&table, rows[i].server ? "packet ? x\n" : "");
        got(&table, 0);
        for (size_t client = 1; client < 3; client++) {
            if (client == 1 ? rows[i].b : rows[i].c) {
                want_packet(&table, table.ids[0], to, "x");
                relayed++;
            }
            got(&table, client);
        }
        unroutable += !rows[i].server && !rows[i].b && !rows[i].c;
        stats = meeple_net_stats(table.server->net);
        cr_assert(stats.unroutable == unroutable && stats.relayed == relayed, "to %s", rows[i].to);
    }
    cr_assert_eq(unroutable, 2);
    close_table(&table);
}

/* For everyone but -2^31, who is nobody. */
Test(net_godot3, takes_the_lowest_number_for_a_target_like_any)
{
    struct table table;

    sit_down(&table, 2);
    say(&table, 0, table.ids[0], INT32_MIN, "x");
    told(&table, "packet ? x\n");
    want_packet(&table, table.ids[0], INT32_MIN, "x");
    got(&table, 1);
    close_table(&table);
}

Test(net_godot3, passes_on_in_the_order_it_came)
{
    struct table table;
    uint8_t bytes[100];
    static const char *const texts[] = {"one", "two", "three", ""};

    sit_down(&table, 2);
    for (size_t i = 0; i < MEEPLE_COUNT(texts); i++) {
        int32_t to = i % 2 ? table.ids[1] : MEEPLE_ALL;
        size_t len = write_message(bytes, 0, table.ids[0], to,
                                   (meeple_bytes){(const uint8_t *)texts[i], strlen(texts[i])});

        raw_send(&table.clients[0], bytes, len, false);
        want_packet(&table, table.ids[0], to, texts[i]);
    }
    run(&table);
    got(&table, 1);
    told(&table, "packet ? one\npacket ? three\n");
    close_table(&table);
}

/* As Godot takes them; what we send is binary. */
Test(net_godot3, takes_text_messages_for_packets)
{
    struct table table;
    uint8_t bytes[100];
    size_t len;

    sit_down(&table, 2);
    /* An id that is UTF-8 by chance is rare, so that nothing of it is above 0x7f here. */
    while (((uint32_t)table.ids[0] & 0x80808080) != 0) {
        raw_close(&table.clients[0], 1000, "");
        run(&table);
        raw_done(&table.clients[0]);
        raw_connect(&table.clients[0], table.session.sim, "raw0", "s", PORT, NULL, true);
        run(&table);
        meeple_net_peers(table.server->net, table.ids, CLIENTS_MAX);
        table.ids[0] = table.ids[1];
    }
    forget(&table);
    len = write_message(bytes, 0, table.ids[0], 0, (meeple_bytes){(const uint8_t *)"text", 4});
    raw_send(&table.clients[0], bytes, len, true);
    run(&table);
    told(&table, "packet ? text\n");
    want_packet(&table, table.ids[0], 0, "text");
    got(&table, 1);
    close_table(&table);
}

Test(net_godot3, names_the_server_and_the_target_in_what_it_sends)
{
    static const char *const targets[] = {"0", "-b", "-1", "a", "-?"};
    struct table table;

    sit_down(&table, 2);
    for (size_t i = 0; i < MEEPLE_COUNT(targets); i++) {
        int32_t to = target_of(&table, targets[i]);

        cr_assert_eq(seat_send(table.server, to, "x"), 0);
        run(&table);
        want_packet(&table, 1, to, "x");
        got(&table, 0);
        if (to != table.ids[0] && to != -table.ids[1]) {
            want_packet(&table, 1, to, "x");
        }
        got(&table, 1);
    }
    cr_assert_eq(meeple_net_send_text(table.server->net, table.ids[0], "text"), 0);
    run(&table);
    want_packet(&table, 1, table.ids[0], "text");
    got(&table, 0);
    cr_assert_eq(seat_send(table.server, MEEPLE_SERVER, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(table.server, 77, "x"), MEEPLE_ENOTFOUND);
    close_table(&table);
}

Test(net_godot3, addresses_a_parcel_to_each)
{
    struct table table;
    struct meeple__parcel parcel = {0};

    sit_down(&table, 3);
    parcel.net = table.server->net;
    parcel.packet = (meeple_bytes){(const uint8_t *)"x", 1};
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(meeple__parcel_send(&parcel, table.ids[i]), 0);
    }
    meeple__parcel_done(&parcel);
    run(&table);
    for (size_t i = 0; i < 3; i++) {
        want_packet(&table, 1, table.ids[i], "x");
        got(&table, i);
    }
    close_table(&table);
}

/* ---- what is no mistake, and what is ---- */

/* A Godot may have spoken before it heard who it is. */
Test(net_godot3, drops_what_comes_from_nobody_yet)
{
    struct table table;

    sit_down(&table, 2);
    say(&table, 0, 0, 0, "early");
    say(&table, 0, 0, 1, "early");
    say(&table, 0, 0, table.ids[1], "early");
    told(&table, "");
    got(&table, 0);
    got(&table, 1);
    cr_assert_eq(meeple_net_stats(table.server->net).unroutable, 3);
    say(&table, 0, table.ids[0], 1, "now");
    told(&table, "packet ? now\n");
    close_table(&table);
}

static void is_thrown_out(const uint8_t *bytes, size_t len, unsigned code, const char *why)
{
    struct table table;
    char lines[300];

    sit_down(&table, 2);
    raw_send(&table.clients[0], bytes, len, false);
    run(&table);
    snprintf(lines, sizeof lines, "leave ? %u unclean %s\n", code, why);
    told(&table, lines);
    snprintf(table.want, sizeof table.want, "closing %u %s\nclosed %u clean %s\n", code, why, code,
             why);
    got(&table, 0);
    want_system(&table, DEL, table.ids[0]);
    got(&table, 1);
    cr_assert_eq(meeple_net_stats(table.server->net).relayed, 0);
    close_table(&table);
}

Test(net_godot3, throws_out_who_says_what_no_client_does)
{
    static const char short_head[] = "the packet is shorter than its header";
    static const char roster[] = "only the server says who is in the session";
    uint8_t bytes[13] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 5};

    for (size_t len = 0; len < 9; len++) {
        is_thrown_out(bytes, len, 1002, short_head);
    }
    is_thrown_out(bytes, 10, 1002, "the packet is from somebody else");
    memset(bytes + 1, 0xff, 4);
    is_thrown_out(bytes, 10, 1002, "the packet is from somebody else");
    memset(bytes + 1, 0, 4);
    for (uint8_t kind = 1; kind <= 3; kind++) {
        bytes[0] = kind;
        is_thrown_out(bytes, 13, 1002, roster);
        is_thrown_out(bytes, 12, 1002, "the packet names nobody");
    }
    bytes[0] = 4;
    is_thrown_out(bytes, 13, 1002, "the packet's type is unknown");
    bytes[0] = 0x80;
    is_thrown_out(bytes, 13, 1002, "the packet's type is unknown");
}

Test(net_godot3, lets_nobody_speak_as_another)
{
    struct table table;

    sit_down(&table, 3);
    say(&table, 0, table.ids[1], table.ids[2], "trust me");
    told(&table, "leave ? 1002 unclean the packet is from somebody else\n");
    want_system(&table, DEL, table.ids[0]);
    got(&table, 2);
    close_table(&table);
}

/* ---- how much ---- */

Test(net_godot3, takes_and_sends_as_much_as_godot_does)
{
    static uint8_t bytes[65536];
    struct table table;

    sit_down(&table, 2);
    write_message(bytes, 0, table.ids[0], 0, (meeple_bytes){NULL, 0});
    raw_send(&table.clients[0], bytes, 65535, false);
    run(&table);
    cr_assert_eq(table.server->packets, 1);
    cr_assert_eq(meeple_net_stats(table.server->net).relayed, 1);
    cr_assert_not_null(strstr(table.clients[1].told, "binary"));
    forget(&table);
    cr_assert_eq(meeple_net_send(table.server->net, 0, (meeple_bytes){bytes, 65527}),
                 MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_net_send(table.server->net, 0, (meeple_bytes){bytes, 65526}), 0);
    run(&table);
    cr_assert_not_null(strstr(table.clients[1].told, "binary"));
    forget(&table);
    raw_send(&table.clients[0], bytes, 65536, false);
    run(&table);
    told(&table, "leave ? 1009 unclean the message is over the limit\n");
    close_table(&table);
}

Test(net_godot3, wants_room_for_the_shortest_message)
{
    meeple_net *net = NULL;

    cr_assert_eq(
        meeple_net_loopback(&net, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                           .limits = {.message_bytes_max = 12}}),
        MEEPLE_EINVAL);
    cr_assert_null(net);
    cr_assert_eq(
        meeple_net_loopback(&net, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                           .limits = {.message_bytes_max = 13}}),
        0);
    meeple_net_free(net);
}

/* ---- the handshake ---- */

/* What the server says to a request that has, or has not, that line. */
static void answers(const char *const *protocols, const char *line, const char *begin)
{
    struct table table;
    char request[400];

    open_table(&table, &(meeple_listen_options){.protocols = protocols});
    raw_connect(&table.clients[0], table.session.sim, "raw0", "s", PORT, NULL, false);
    table.count = 1;
    run(&table);
    /* As Godot writes it. */
    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: s:4000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
             line);
    raw_write(&table.clients[0], request, strlen(request));
    run(&table);
    cr_assert_eq(strncmp(table.clients[0].heard, begin, strlen(begin)), 0, "%s",
                 table.clients[0].heard);
    close_table(&table);
}

#define SWITCHES                                                                                   \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: "
#define ACCEPT "BACScCJPNqyz+UBoqMH89VmURoA="

Test(net_godot3, agrees_to_subprotocols_as_godot_does)
{
    static const char *const some[] = {"ludus", "other", NULL};
    static const char *const none[] = {NULL};

    answers(NULL, "", SWITCHES);
    answers(none, "", SWITCHES);
    answers(NULL, "Sec-WebSocket-Protocol: ludus\r\n", "HTTP/1.1 400 ");
    answers(none, "Sec-WebSocket-Protocol: ludus\r\n", "HTTP/1.1 400 ");
    answers(some, "", "HTTP/1.1 400 ");
    answers(some, "Sec-WebSocket-Protocol: Ludus\r\n", "HTTP/1.1 400 ");
    answers(some, "Sec-WebSocket-Protocol: x,y\r\n", "HTTP/1.1 400 ");
    answers(some, "Sec-WebSocket-Protocol: ludus\r\n", SWITCHES);
}

Test(net_godot3, agrees_to_the_first_of_the_clients_list)
{
    static const char *const some[] = {"ludus", "other", NULL};
    struct table table;

    open_table(&table, &(meeple_listen_options){.protocols = some});
    forget(&table);
    raw_connect(&table.clients[0], table.session.sim, "raw0", "s", PORT, NULL, false);
    table.count = 1;
    run(&table);
    raw_write(&table.clients[0],
              "GET / HTTP/1.1\r\nHost: s:4000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: x,other,ludus\r\n\r\n",
              strlen("GET / HTTP/1.1\r\nHost: s:4000\r\nUpgrade: websocket\r\nConnection: "
                     "Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: "
                     "x,other,ludus\r\n\r\n"));
    run(&table);
    cr_assert_not_null(strstr(table.clients[0].heard, "\r\nSec-WebSocket-Protocol: other\r\n\r\n"),
                       "%s", table.clients[0].heard);
    told(&table, "join ?\n");
    close_table(&table);
}

static int accepted;

/* With a header that makes the answer longer than Godot reads, then with one that does not. */
static void accept_late(struct seat *seat, const meeple_event *event)
{
    static char line[4096];
    const char *const headers[] = {line, NULL};
    size_t rest = strlen(SWITCHES ACCEPT "\r\n\r\n\r\n");

    memset(line, 'x', sizeof line);
    memcpy(line, "Set-Cookie: ", 12);
    line[4096 - rest + 1] = '\0';
    cr_assert_eq(meeple_net_accept(seat->net, event->peer, NULL, headers), MEEPLE_ETOOBIG);
    line[4096 - rest] = '\0';
    accepted = meeple_net_accept(seat->net, event->peer, NULL, headers);
}

Test(net_godot3, answers_no_longer_than_godot_reads)
{
    struct table table;

    open_table(&table, &(meeple_listen_options){.asks = true});
    table.server->on_request = accept_late;
    add_raw(&table, NULL);
    cr_assert_eq(accepted, 0);
    cr_assert(table.clients[0].open);
    close_table(&table);
}

/* ---- no memory ---- */

/* Three come, speak and go; whatever is missing, somebody else is served. */
static void live(struct table *table)
{
    for (size_t i = 0; i < 3; i++) {
        add_raw(table, NULL);
    }
    for (size_t i = 0; i < 3; i++) {
        const struct raw_peer *raw = &table->clients[i];

        if (raw->open && !raw->ended) {
            int32_t ids[CLIENTS_MAX];
            size_t there = meeple_net_peers(table->server->net, ids, CLIENTS_MAX);
            uint8_t bytes[3000];
            size_t len =
                write_message(bytes, 0, i < there ? ids[i] : 0, 0, (meeple_bytes){bytes, 0});

            memset(bytes + len, 'x', sizeof bytes - len);
            if (meeple_ws_send(raw->ws, (meeple_bytes){bytes, sizeof bytes}, false) == 0) {
                run(table);
            }
        }
    }
    meeple_net_send(table->server->net, MEEPLE_ALL, (meeple_bytes){(const uint8_t *)"x", 1});
    run(table);
    sim_reset_all(table->session.sim, "raw0");
    run(table);
}

Test(net_godot3, survives_every_allocation_that_fails)
{
    for (size_t n = 1;; n++) {
        struct table table;
        size_t calls;
        struct raw_peer *late;

        open_table(&table, &(meeple_listen_options){0});
        counting_mem_fail(&table.session.mem, n);
        calls = table.session.mem.calls;
        live(&table);
        calls = table.session.mem.calls - calls;
        counting_mem_fail(&table.session.mem, 0);
        table.session.mem.fail_at = 0;
        late = add_raw(&table, NULL);
        cr_assert(late->open, "after failure %zu", n);
        close_table(&table);
        if (calls < n) {
            cr_assert_gt(n, 10);
            break;
        }
    }
}
