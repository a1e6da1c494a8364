/* test_godot3_wire: calls as a client of Godot 3 gets them, over the simulated network, with the
 * nine bytes in front. */
#include <criterion/criterion.h>

#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "core/wire.h"
#include "tests/rpc/stranger.h"
#include "tests/support/raw_peer.h"
#include "tests/support/ws_probe.h"

enum {
    PORT = 4000,
    CLIENTS = 2
};

static struct session session;
static struct sim *sim;
static struct raw_peer clients[CLIENTS];
static int32_t ids[CLIENTS]; /* of those, the lower one first */

static void pump(void)
{
    uint64_t until_ms = sim_now(sim) + 10;

    do {
        bool any = true;

        while (any) {
            any = meeple_world_poll(session.seats[0].world, 0) > 0;
            for (size_t i = 0; i < CLIENTS; i++) {
                any = raw_turn(&clients[i]) || any;
            }
        }
    } while (sim_step_until(sim, until_ms));
}

static void forget(void)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i].told[0] = '\0';
        clients[i].told_len = 0;
    }
}

/* The first client is the one with the lower id. */
static void sort_clients(void)
{
    char ours[200] = "", quoted[100];
    uint8_t bytes[13] = {3, 1};

    cr_assert_eq(meeple_net_peers(meeple_world_net(session.seats[0].world), ids, CLIENTS), CLIENTS);
    if (ids[0] > ids[1]) {
        int32_t higher = ids[0];

        ids[0] = ids[1];
        ids[1] = higher;
    }
    meeple__write_u32(bytes + 9, (uint32_t)ids[0]);
    probe_quote(quoted, sizeof quoted, bytes, sizeof bytes);
    snprintf(ours, sizeof ours, "binary %s\n", quoted);
    if (!strstr(clients[0].told, ours)) {
        struct raw_peer other = clients[0];

        clients[0] = clients[1];
        clients[1] = other;
    }
    cr_assert_not_null(strstr(clients[0].told, ours));
    forget();
}

static void begin(void)
{
    meeple_net *net;

    sim = sim_new(NULL);
    cr_assert_eq(meeple_net_listen(&net, &(meeple_listen_options){.port = PORT,
                                                                  .dialect = SESSION_DIALECT,
                                                                  .io = sim_driver(sim, "s")}),
                 0);
    session_add(session_sit(&session, net));
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_connect(&clients[i], sim, i ? "b" : "a", "s", PORT, NULL, true);
    }
    pump();
    sort_clients();
}

static void end(void)
{
    for (size_t i = 0; i < CLIENTS; i++) {
        raw_done(&clients[i]);
    }
    session_end(&session);
    sim_free(sim);
}

TestSuite(godot3_wire, .init = begin, .fini = end);

/* A PAYLOAD. */
static size_t payload(uint8_t *dst, int32_t from, int32_t to, const char *text)
{
    dst[0] = 0;
    meeple__write_u32(dst + 1, (uint32_t)from);
    meeple__write_u32(dst + 5, (uint32_t)to);
    return 9 + stranger_bytes(dst + 9, text);
}

static void client_says(size_t client, const char *text)
{
    uint8_t bytes[200];

    raw_send(&clients[client], bytes, payload(bytes, ids[client], MEEPLE_SERVER, text), false);
    pump();
}

/* Packets of the server, to whom and what, are all that the client got since it was asked last. */
static void expect_got(size_t client, const int32_t *to, const char *const *texts, size_t count)
{
    char expected[2000] = "", quoted[600];
    uint8_t bytes[200];

    for (size_t i = 0; i < count; i++) {
        size_t len = payload(bytes, MEEPLE_SERVER, to[i], texts[i]);

        probe_quote(quoted, sizeof quoted, bytes, len);
        note(expected, sizeof expected, "binary %s\n", quoted);
    }
    cr_expect_str_eq(clients[client].told, expected);
    clients[client].told[0] = '\0';
    clients[client].told_len = 0;
}

static void expect_one(size_t client, int32_t to, const char *text)
{
    expect_got(client, &to, &text, 1);
}

#define SIMPLIFIED "02 01 00 00 00 'game' 00"
#define BY_PATH "00 13 00 00 80 'roll' 00 01 02 00 00 00 04 00 00 00 'game' 00"
#define BY_ID "00 01 00 00 00 'roll' 00 01 02 00 00 00 04 00 00 00"

static void roll(int32_t to)
{
    cr_assert_eq(meeple_rpc(session.seats[0].object, to, roll, 4), 0);
    pump();
}

Test(godot3_wire, says_whom_a_call_is_for)
{
    static const char *const first[] = {SIMPLIFIED, BY_PATH};

    roll(MEEPLE_ALL);
    for (size_t i = 0; i < CLIENTS; i++) {
        expect_got(i, (int32_t[]){ids[i], ids[i]}, first, 2);
    }
    client_says(1, "03 'game' 00");
    roll(MEEPLE_ALL);
    expect_one(0, ids[0], BY_PATH);
    expect_one(1, ids[1], BY_ID);
    roll(MEEPLE_EXCEPT(ids[0]));
    expect_got(0, NULL, NULL, 0);
    expect_one(1, MEEPLE_EXCEPT(ids[0]), BY_ID);
    client_says(0, "03 'game' 00");
    roll(MEEPLE_ALL);
    expect_one(0, MEEPLE_ALL, BY_ID);
    expect_one(1, MEEPLE_ALL, BY_ID);
    roll(MEEPLE_EXCEPT(ids[1]));
    expect_one(0, MEEPLE_EXCEPT(ids[1]), BY_ID);
    expect_got(1, NULL, NULL, 0);
}

Test(godot3_wire, closes_nobody_for_what_it_refuses)
{
    client_says(0, "00 09 00 00 00 'roll' 00 00");
    client_says(0, "00");
    client_says(0, "ff");
    expect_got(0, NULL, NULL, 0);
    session.refusals[0] = '\0';
    client_says(0, "00 13 00 00 80 'roll' 00 01 02 00 00 00 04 00 00 00 'game' 00");
    expect_refusals(&session, "");
    cr_expect_str_eq(session.trace, "server.roll(4) from ?; ");
}

static size_t count_peers(void)
{
    return meeple_net_peers(meeple_world_net(session.seats[0].world), NULL, 0);
}

/* A client that does not read is closed as by any broadcast. */
Test(godot3_wire, closes_who_reads_too_slowly)
{
    static char text[1001];

    clients[0].deaf = true;
    memset(text, 'x', sizeof text - 1);
    for (unsigned i = 0; i < 3000 && count_peers() == CLIENTS; i++) {
        cr_assert_eq(meeple_rpc(session.seats[0].object, MEEPLE_ALL, tell, text), 0);
        pump();
        clients[1].told[0] = '\0';
        clients[1].told_len = 0;
    }
    cr_expect_eq(count_peers(), CLIENTS - 1);
    forget();
    roll(MEEPLE_ALL);
    expect_one(1, ids[1], BY_PATH);
}
