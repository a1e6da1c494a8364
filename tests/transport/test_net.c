/* test_net: a session in one process, over loopback: who is told what, in which order. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/session.h"

/* A server and clients, all in; the server is seat 0. */
static void start(struct session *session, size_t clients, const meeple_listen_options *listen,
                  const meeple_connect_options *connect)
{
    meeple_listen_options server = listen ? *listen : (meeple_listen_options){0};
    meeple_connect_options client = connect ? *connect : (meeple_connect_options){0};
    meeple_net *net;

    memset(session, 0, sizeof *session);
    counting_mem_init(&session->mem);
    server.mem = client.mem = &session->mem.mem;
    cr_assert_eq(meeple_net_loopback(&net, &server), 0);
    session_add(session, net);
    for (size_t i = 0; i < clients; i++) {
        cr_assert_eq(meeple_net_join(&net, session->seats[0].net, &client), 0);
        session_add(session, net);
        session_run(session);
    }
    session_run(session);
}

static void told(struct session *session, size_t seat, const char *want)
{
    const char *got = session_told(session, &session->seats[seat]);

    cr_assert_str_eq(got, want, "seat %zu was told:\n%s", seat, got);
}

/* ---- coming ---- */

Test(net, a_server_is_up_at_once)
{
    struct session session;

    start(&session, 0, NULL, NULL);
    told(&session, 0, "up 1\n");
    cr_assert(meeple_net_is_server(session.seats[0].net));
    cr_assert_eq(meeple_net_id(session.seats[0].net), 1);
    cr_assert_eq(meeple_net_port(session.seats[0].net), 0);
    session_done(&session);
}

Test(net, everyone_is_told_who_is_there)
{
    struct session session;
    int32_t ids[4] = {0};

    start(&session, 3, NULL, NULL);
    told(&session, 0, "up 1\njoin a\njoin b\njoin c\n");
    told(&session, 1, "up a meeple.1\njoin 1\njoin b\njoin c\n");
    told(&session, 2, "up b meeple.1\njoin 1\njoin a\njoin c\n");
    told(&session, 3, "up c meeple.1\njoin 1\njoin a\njoin b\n");
    cr_assert_eq(meeple_net_peers(session.seats[2].net, ids, 4), 3);
    cr_assert(ids[0] == 1 && ids[1] == session.seats[1].id && ids[2] == session.seats[3].id);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 3);
    cr_assert_not(meeple_net_is_server(session.seats[1].net));
    cr_assert_eq(meeple_net_fault(session.seats[1].net).stage, MEEPLE_STAGE_NONE);
    session_done(&session);
}

Test(net, ids_are_random_and_unique)
{
    struct session session;
    unsigned large = 0;

    start(&session, 30, NULL, NULL);
    for (size_t i = 1; i <= 30; i++) {
        cr_assert_geq(session.seats[i].id, 2);
        large += session.seats[i].id > 1 << 24;
        for (size_t j = 1; j < i; j++) {
            cr_assert_neq(session.seats[i].id, session.seats[j].id);
        }
    }
    cr_assert_gt(large, 25);
    session_done(&session);
}

Test(net, nothing_can_be_sent_before_up)
{
    struct session session = {0};
    meeple_net *server, *client;
    meeple_bytes packet = {(const uint8_t *)"x", 1};

    cr_assert_eq(meeple_net_loopback(&server, NULL), 0);
    session_add(&session, server);
    cr_assert_eq(meeple_net_send(server, MEEPLE_ALL, packet), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_join(&client, server, NULL), 0);
    session_add(&session, client);
    cr_assert_eq(meeple_net_send(client, MEEPLE_SERVER, packet), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_id(client), 0);
    cr_assert_eq(meeple_net_peers(client, NULL, 0), 0);
    session_run(&session);
    cr_assert_eq(meeple_net_send(server, MEEPLE_ALL, packet), 0);
    cr_assert_eq(meeple_net_send(client, MEEPLE_SERVER, packet), 0);
    session_done(&session);
}

/* ---- packets ---- */

Test(net, the_server_sends_to_one_all_and_all_but_one)
{
    struct session session;

    start(&session, 3, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(seat_send(&session.seats[0], session.seats[1].id, "one"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "all"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_EXCEPT(session.seats[1].id), "but a"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_EXCEPT(77), "but nobody"), 0);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).packets_out, 1 + 3 + 2 + 3);
    session_run(&session);
    told(&session, 0, "");
    told(&session, 1, "packet 1 one\npacket 1 all\npacket 1 but nobody\n");
    told(&session, 2, "packet 1 all\npacket 1 but a\npacket 1 but nobody\n");
    told(&session, 3, "packet 1 all\npacket 1 but a\npacket 1 but nobody\n");
    session_done(&session);
}

Test(net, a_client_sends_to_one_all_and_all_but_one_and_is_stamped)
{
    struct session session;
    meeple_stats stats;

    start(&session, 3, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_SERVER, "server"), 0);
    cr_assert_eq(seat_send(&session.seats[1], session.seats[2].id, "b"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_ALL, "all"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_EXCEPT(session.seats[2].id), "but b"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_EXCEPT(MEEPLE_SERVER), "but 1"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_EXCEPT(session.seats[1].id), "but me"), 0);
    session_run(&session);
    told(&session, 0, "packet a server\npacket a all\npacket a but b\npacket a but me\n");
    told(&session, 1, "");
    told(&session, 2, "packet a b\npacket a all\npacket a but 1\npacket a but me\n");
    told(&session, 3, "packet a all\npacket a but b\npacket a but 1\npacket a but me\n");
    stats = meeple_net_stats(session.seats[0].net);
    cr_assert_eq(stats.relayed, 1 + 2 + 1 + 2 + 2);
    cr_assert_eq(stats.packets_in, 4);
    cr_assert_eq(stats.unroutable, 0);
    cr_assert_eq(meeple_net_stats(session.seats[1].net).packets_out, 6);
    cr_assert_eq(meeple_net_stats(session.seats[2].net).packets_in, 4);
    session_done(&session);
}

Test(net, packets_keep_their_order_and_their_bytes)
{
    struct session session;
    static char want[40000];
    size_t len = 0;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    for (unsigned i = 0; i < 1000; i++) {
        char text[32];

        snprintf(text, sizeof text, "n%u", i);
        cr_assert_eq(seat_send(&session.seats[1], i & 1 ? MEEPLE_ALL : session.seats[2].id, text),
                     0);
        len += (size_t)snprintf(want + len, sizeof want - len, "packet a %s\n", text);
    }
    session_run(&session);
    told(&session, 2, want);
    cr_assert_eq(session.seats[0].packets, 500);
    session_done(&session);
}

Test(net, text_is_marked_and_checked)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_send_text(session.seats[0].net, MEEPLE_ALL, "Gr\xc3\xbc\xc3\x9f"), 0);
    cr_assert_eq(meeple_net_send_text(session.seats[1].net, session.seats[2].id, "hi"), 0);
    cr_assert_eq(meeple_net_send_text(session.seats[1].net, MEEPLE_SERVER, ""), 0);
    cr_assert_eq(meeple_net_send_text(session.seats[0].net, MEEPLE_ALL, "\xff"), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_send_text(session.seats[0].net, MEEPLE_ALL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_send_utf8(session.seats[0].net, session.seats[1].id,
                                      (meeple_bytes){(const uint8_t *)"a\0b", 3}),
                 0);
    cr_assert_eq(meeple_net_send_utf8(session.seats[0].net, MEEPLE_ALL, (meeple_bytes){NULL, 1}),
                 MEEPLE_EINVAL);
    session_run(&session);
    told(&session, 0, "packet a text\n");
    told(&session, 1, "packet 1 text Gr\\c3\\bc\\c3\\9f\npacket 1 text a\\00b\n");
    told(&session, 2, "packet 1 text Gr\\c3\\bc\\c3\\9f\npacket a text hi\n");
    session_done(&session);
}

Test(net, an_empty_packet_is_a_packet)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_send(session.seats[0].net, MEEPLE_ALL, (meeple_bytes){NULL, 0}), 0);
    cr_assert_eq(meeple_net_send(session.seats[1].net, MEEPLE_ALL, (meeple_bytes){NULL, 0}), 0);
    session_run(&session);
    told(&session, 0, "packet a\n");
    told(&session, 1, "packet 1\n");
    told(&session, 2, "packet 1\npacket a\n");
    session_done(&session);
}

Test(net, the_longest_packet_fits_and_one_byte_more_does_not)
{
    for (int plain = 0; plain < 2; plain++) {
        meeple_dialect dialect = plain ? MEEPLE_DIALECT_PLAIN : MEEPLE_DIALECT_NATIVE;
        size_t max = plain ? 65536 : 65536 - 5;
        static uint8_t bytes[65537];
        struct session session;

        start(&session, 2, &(meeple_listen_options){.dialect = dialect},
              &(meeple_connect_options){.dialect = dialect});
        for (size_t i = 0; i < 2; i++) {
            meeple_net *net = session.seats[i].net;

            cr_assert_eq(meeple_net_send(net, MEEPLE_ALL, (meeple_bytes){bytes, max}), 0);
            cr_assert_eq(meeple_net_send(net, MEEPLE_ALL, (meeple_bytes){bytes, max + 1}),
                         MEEPLE_ETOOBIG);
            cr_assert_eq(
                meeple_net_send(net, i ? 1 : session.seats[1].id, (meeple_bytes){bytes, max + 1}),
                MEEPLE_ETOOBIG);
            cr_assert_eq(meeple_net_send(net, MEEPLE_ALL, (meeple_bytes){bytes, SIZE_MAX}),
                         MEEPLE_ETOOBIG);
        }
        session_run(&session);
        cr_assert_eq(session.seats[0].packets, 1);
        cr_assert_eq(session.seats[1].packets, 1);
        cr_assert_eq(session.seats[2].packets, plain ? 1 : 2);
        session_done(&session);
    }
}

Test(net, oneself_and_strangers_cannot_be_sent_to)
{
    struct session session;

    start(&session, 1, NULL, NULL);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_SERVER, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[0], 77, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[0], INT32_MAX, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[1], session.seats[1].id, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[1], 77, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[0], INT32_MIN, "x"), MEEPLE_EINVAL);
    cr_assert_eq(seat_send(&session.seats[1], INT32_MIN, "x"), MEEPLE_EINVAL);
    session_forget(&session);
    session_run(&session);
    told(&session, 0, "");
    told(&session, 1, "");
    session_done(&session);
}

Test(net, a_packet_for_somebody_who_just_left_is_counted)
{
    struct session session;
    meeple_net *left;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    left = session.seats[2].net;
    session.seats[2].net = NULL;
    meeple_net_free(left);
    session.seats[1].idle = true; /* does not hear of it */
    session_run(&session);
    cr_assert_eq(seat_send(&session.seats[1], session.seats[2].id, "are you there"), 0);
    session.seats[1].idle = false;
    session_run(&session);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).unroutable, 1);
    told(&session, 0, "leave b 1006 unclean the connection was lost\n");
    told(&session, 1, "leave b 1006 unclean the connection was lost\n");
    session_done(&session);
}

/* ---- going ---- */

Test(net, a_kick_arrives_with_its_reason)
{
    struct session session;
    int32_t id;

    start(&session, 3, NULL, NULL);
    session_forget(&session);
    id = session.seats[2].id;
    cr_assert_eq(seat_send(&session.seats[0], id, "last"), 0);
    cr_assert_eq(seat_send(&session.seats[2], MEEPLE_ALL, "on its way"), 0);
    cr_assert_eq(meeple_net_kick(session.seats[0].net, id, 4001, "cheater"), 0);
    cr_assert_not(meeple_net_has_peer(session.seats[0].net, id));
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 2);
    cr_assert_eq(seat_send(&session.seats[0], id, "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_kick(session.seats[0].net, id, 4001, "again"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "all"), 0);
    session_run(&session);
    told(&session, 0, "leave b 4001 clean cheater\n");
    told(&session, 1, "leave b 4001 clean cheater\npacket 1 all\n");
    told(&session, 2,
         "packet 1 last\nclosing 1 4001 cheater\nleave a 4001 clean cheater\n"
         "leave c 4001 clean cheater\nleave 1 4001 clean cheater\ndown 4001 clean cheater\n");
    told(&session, 3, "leave b 4001 clean cheater\npacket 1 all\n");
    session_done(&session);
}

Test(net, a_kick_without_code_and_reason_is_1000)
{
    struct session session;

    start(&session, 1, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_kick(session.seats[0].net, session.seats[1].id, 0, NULL), 0);
    session_run(&session);
    told(&session, 0, "leave a 1000 clean\n");
    told(&session, 1, "closing 1 1000\nleave 1 1000 clean\ndown 1000 clean\n");
    session_done(&session);
}

Test(net, a_client_that_closes_is_heard_everywhere)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_ALL, "bye all"), 0);
    cr_assert_eq(meeple_net_close(session.seats[1].net, 4002, "supper"), 0);
    cr_assert_eq(meeple_net_close(session.seats[1].net, 4003, "twice is fine"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_ALL, "x"), MEEPLE_ESTATE);
    session_run(&session);
    told(&session, 0, "packet a bye all\nclosing a 4002 supper\nleave a 4002 clean supper\n");
    told(&session, 1,
         "leave b 4002 clean supper\nleave 1 4002 clean supper\ndown 4002 clean supper\n");
    told(&session, 2, "packet a bye all\nleave a 4002 clean supper\n");
    cr_assert_eq(meeple_net_close(session.seats[1].net, 0, NULL), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_SERVER, "x"), MEEPLE_ESTATE);
    session_done(&session);
}

Test(net, a_server_that_closes_tells_everyone)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "last"), 0);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "night"), 0);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "night"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "x"), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 0);
    session_run(&session);
    cr_assert(session.seats[0].down);
    told(&session, 1,
         "packet 1 last\nclosing 1 4000 night\nleave b 4000 clean night\n"
         "leave 1 4000 clean night\ndown 4000 clean night\n");
    told(&session, 2,
         "packet 1 last\nclosing 1 4000 night\nleave a 4000 clean night\n"
         "leave 1 4000 clean night\ndown 4000 clean night\n");
    session_done(&session);
}

Test(net, a_server_goes_down_with_the_code_and_reason_it_gave)
{
    struct session session;

    start(&session, 0, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "night"), 0);
    session_run(&session);
    told(&session, 0, "down 4000 clean night\n");
    session_done(&session);
}

Test(net, a_server_goes_down_unclean_if_somebody_did_not_answer)
{
    struct session session;

    start(&session, 1, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "night"), 0);
    meeple_net_free(session.seats[1].net);
    free(session.seats[1].told);
    session.seat_count = 1;
    session_run(&session);
    told(&session, 0,
         "leave ? 1006 unclean the connection was lost while closing\ndown 4000 unclean night\n");
    session_done(&session);
}

Test(net, an_empty_server_closes_at_once)
{
    struct session session;

    start(&session, 0, NULL, NULL);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 0, NULL), 0);
    session_run(&session);
    told(&session, 0, "up 1\ndown 1000 clean\n");
    session_done(&session);
}

Test(net, a_server_that_closes_before_up_is_up_first)
{
    struct session session = {0};
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, NULL), 0);
    session_add(&session, net);
    cr_assert_eq(meeple_net_close(net, 0, NULL), 0);
    session_run(&session);
    told(&session, 0, "up 1\ndown 1000 clean\n");
    session_done(&session);
}

Test(net, both_sides_may_close_at_once)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    cr_assert_eq(meeple_net_close(session.seats[1].net, 4001, "me"), 0);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "all"), 0);
    cr_assert_eq(meeple_net_close(session.seats[2].net, 4002, "me too"), 0);
    session_run(&session);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(session.seats[i].down, "seat %zu", i);
    }
    session_done(&session);
}

Test(net, a_lost_client_leaves_uncleanly)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    meeple_net_free(session.seats[1].net);
    session.seats[1].net = NULL;
    session_run(&session);
    told(&session, 0, "leave a 1006 unclean the connection was lost\n");
    told(&session, 2, "leave a 1006 unclean the connection was lost\n");
    session_done(&session);
}

Test(net, a_lost_server_is_the_end)
{
    struct session session;

    start(&session, 2, NULL, NULL);
    session_forget(&session);
    meeple_net_free(session.seats[0].net);
    session.seats[0].net = NULL;
    session_run(&session);
    told(&session, 1,
         "leave b 1006 unclean the connection was lost\n"
         "leave 1 1006 unclean the connection was lost\ndown 1006 unclean the connection was "
         "lost\n");
    cr_assert(session.seats[2].down);
    session_done(&session);
}

Test(net, a_client_may_close_at_any_step_of_coming)
{
    for (unsigned steps = 0; steps < 8; steps++) {
        struct session session;
        meeple_net *net;

        start(&session, 1, NULL, NULL);
        session_forget(&session);
        cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
        session_add(&session, net);
        for (unsigned i = 0; i < steps; i++) {
            session.seats[2].idle = i & 1;
            session.seats[0].idle = !(i & 1);
            session.seats[2].events = session.seats[0].events = i % 3;
            session_run(&session);
        }
        cr_assert_eq(meeple_net_close(net, 4000, "never mind"), 0);
        session.seats[0].idle = session.seats[2].idle = false;
        session.seats[0].events = session.seats[2].events = 0;
        session_run(&session);
        cr_assert(session.seats[2].down);
        cr_assert_eq(meeple_net_fault(net).stage, MEEPLE_STAGE_NONE);
        cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 1, "step %u: %s | %s", steps,
                     session.seats[0].told, session.seats[2].told);
        if (steps == 0) {
            told(&session, 2, "down 4000 unclean never mind\n");
            told(&session, 0, "");
            told(&session, 1, "");
        }
        session_done(&session);
    }
}

/* ---- not being let in ---- */

static void is_refused(struct session *session, meeple_net *net, meeple_stage stage, int number,
                       const char *text)
{
    struct seat *seat = session_add(session, net);
    char want[400];
    meeple_fault fault;

    session_run(session);
    fault = meeple_net_fault(net);
    cr_assert_eq(fault.stage, stage, "%s", fault.text);
    cr_assert_eq(fault.number, number, "%s", fault.text);
    cr_assert_str_eq(fault.text, text);
    snprintf(want, sizeof want, "down 1006 unclean %s\n", text);
    cr_assert_str_eq(session_told(session, seat), want);
}

Test(net, a_server_that_refuses_says_503)
{
    struct session session;
    meeple_net *net;

    start(&session, 1, NULL, NULL);
    meeple_net_refuse(session.seats[0].net, true);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    is_refused(&session, net, MEEPLE_STAGE_HTTP, 503,
               "the server refused with HTTP status 503 Service Unavailable");
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 1);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 1);
    meeple_net_refuse(session.seats[0].net, false);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    session_add(&session, net);
    session_run(&session);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 2);
    session_done(&session);
}

Test(net, a_full_server_says_503_until_somebody_leaves)
{
    struct session session;
    meeple_net *net;

    start(&session, 2, &(meeple_listen_options){.limits.peers_max = 2}, NULL);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    is_refused(&session, net, MEEPLE_STAGE_HTTP, 503,
               "the server refused with HTTP status 503 Service Unavailable");
    cr_assert_eq(meeple_net_close(session.seats[1].net, 0, NULL), 0);
    session_run(&session);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    session_add(&session, net);
    session_run(&session);
    cr_assert(session.seats[session.seat_count - 1].up);
    session_done(&session);
}

Test(net, too_many_handshakes_are_dropped)
{
    struct session session;
    meeple_net *net;

    start(&session, 0, &(meeple_listen_options){.limits.handshakes_max = 2}, NULL);
    for (unsigned i = 0; i < 5; i++) {
        cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
        session_add(&session, net)->idle = true; /* does not even speak */
    }
    session_run(&session);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).refused, 3);
    for (unsigned i = 1; i <= 5; i++) {
        session.seats[i].idle = false;
    }
    session_run(&session);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 2);
    session_done(&session);
}

Test(net, a_plain_client_is_refused_by_a_native_server)
{
    struct session session;
    meeple_net *net;

    start(&session, 0, NULL, NULL);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net,
                                 &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN}),
                 0);
    is_refused(&session, net, MEEPLE_STAGE_HTTP, 400,
               "the server refused with HTTP status 400 Bad Request");
    session_done(&session);
}

Test(net, a_native_client_does_not_stay_with_a_plain_server)
{
    static const char *const native[] = {"meeple.1", NULL};
    struct session session;
    meeple_net *net;

    start(&session, 0, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN}, NULL);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    is_refused(&session, net, MEEPLE_STAGE_SUBPROTOCOL, 0,
               "the server agrees to none of the subprotocols offered");
    session_done(&session);
    /* One that agrees and then does not say welcome, but closes. */
    start(&session, 0,
          &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN, .protocols = native}, NULL);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    session_add(&session, net);
    session_run(&session);
    cr_assert_eq(meeple_net_peers(session.seats[0].net, NULL, 0), 1);
    cr_assert_eq(meeple_net_close(session.seats[0].net, 4000, "bye"), 0);
    session_run(&session);
    told(&session, 1, "down 4000 clean bye\n");
    cr_assert_eq(meeple_net_fault(net).stage, MEEPLE_STAGE_SESSION);
    cr_assert_eq(meeple_net_fault(net).number, 4000);
    cr_assert_str_eq(meeple_net_fault(net).text,
                     "the server closed before it said welcome: code 4000, bye");
    session_done(&session);
}

Test(net, subprotocols_are_agreed_on_in_the_order_of_the_client)
{
    static const char *const server[] = {"one", "two", "three", NULL};
    static const char *const client[] = {"none", "two", "one", NULL};
    static const char *const other[] = {"four", NULL};
    struct session session;
    meeple_net *net;

    start(&session, 1, &(meeple_listen_options){.protocols = server},
          &(meeple_connect_options){.protocols = client});
    told(&session, 1, "up a two\njoin 1\n");
    cr_assert_eq(
        meeple_net_join(&net, session.seats[0].net, &(meeple_connect_options){.protocols = other}),
        0);
    is_refused(&session, net, MEEPLE_STAGE_HTTP, 400,
               "the server refused with HTTP status 400 Bad Request");
    session_done(&session);
}

/* ---- the plain dialect ---- */

Test(net, plain_clients_see_the_server_only)
{
    struct session session;

    start(&session, 2, &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN},
          &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN});
    session.seats[1].id = session.seats[2].id = -1;
    told(&session, 0, "up 1\njoin ?\njoin ?\n");
    told(&session, 1, "up ?\njoin 1\n");
    session_forget(&session);
    cr_assert_eq(meeple_net_id(session.seats[1].net), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_SERVER, "one"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_ALL, "all"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_EXCEPT(5), "but 5"), 0);
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_EXCEPT(MEEPLE_SERVER), "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(seat_send(&session.seats[1], session.seats[0].here[1], "x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_send_text(session.seats[1].net, MEEPLE_SERVER, "text"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "to all"), 0);
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_EXCEPT(session.seats[0].here[0]), "to b"), 0);
    cr_assert_eq(meeple_net_send_text(session.seats[0].net, MEEPLE_ALL, "text"), 0);
    session_run(&session);
    told(&session, 0, "packet ? one\npacket ? all\npacket ? but 5\npacket ? text text\n");
    told(&session, 1, "packet 1 to all\npacket 1 text text\n");
    told(&session, 2, "packet 1 to all\npacket 1 to b\npacket 1 text text\n");
    session_done(&session);
}

/* ---- a queue that is full ---- */

Test(net, a_full_queue_takes_nothing_for_one_peer)
{
    static char payload[1001];
    struct session session;
    size_t queued, sent = 0;
    int32_t id;

    memset(payload, 'x', 1000);
    start(&session, 1, &(meeple_listen_options){.limits.queue_bytes_max = 5000}, NULL);
    session_forget(&session);
    id = session.seats[1].id;
    while (seat_send(&session.seats[0], id, payload) == 0) {
        cr_assert_lt(++sent, 1000);
        cr_assert_leq(meeple_net_queued(session.seats[0].net, id), 5000);
    }
    queued = meeple_net_queued(session.seats[0].net, id);
    cr_assert_gt(queued, 3000);
    cr_assert_eq(seat_send(&session.seats[0], id, payload), MEEPLE_EFULL);
    cr_assert_eq(meeple_net_queued(session.seats[0].net, id), queued);
    cr_assert_eq(meeple_net_stats(session.seats[0].net).packets_out, sent);
    session_run(&session);
    cr_assert_eq(session.seats[1].packets, sent);
    cr_assert_eq(meeple_net_queued(session.seats[0].net, id), 0);
    cr_assert_eq(seat_send(&session.seats[0], id, payload), 0);
    session_done(&session);
}

Test(net, a_client_has_a_queue_too)
{
    static char payload[1001];
    struct session session;
    size_t sent = 0;

    memset(payload, 'x', 1000);
    start(&session, 1, NULL, &(meeple_connect_options){.limits.queue_bytes_max = 5000});
    while (seat_send(&session.seats[1], MEEPLE_SERVER, payload) == 0) {
        cr_assert_lt(++sent, 1000);
    }
    cr_assert_eq(seat_send(&session.seats[1], MEEPLE_SERVER, payload), MEEPLE_EFULL);
    cr_assert_gt(meeple_net_queued(session.seats[1].net, MEEPLE_SERVER), 3000);
    cr_assert_eq(meeple_net_queued(session.seats[1].net, 77), 0);
    session_run(&session);
    cr_assert_eq(session.seats[0].packets, sent);
    session_done(&session);
}

Test(net, who_is_being_closed_for_a_full_queue_is_no_peer_to_send_to)
{
    static char payload[1001];
    struct session session;

    memset(payload, 'x', 1000);
    start(&session, 1, &(meeple_listen_options){.limits.queue_bytes_max = 5000}, NULL);
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, payload), 0);
    }
    cr_assert_eq(seat_send(&session.seats[0], session.seats[1].id, "x"), MEEPLE_ENOTFOUND);
    session_done(&session);
}

static size_t flood(struct session *session, size_t slow)
{
    static char payload[1001];
    size_t sent = 0;

    memset(payload, 'x', 1000);
    session->seats[slow].idle = true;
    for (; sent < 200; sent++) {
        cr_assert_eq(seat_send(&session->seats[0], MEEPLE_ALL, payload), 0);
        session_run(session);
    }
    return sent;
}

Test(net, a_slow_reader_of_a_broadcast_is_closed)
{
    struct session session;
    size_t sent;

    start(&session, 2, &(meeple_listen_options){.limits.queue_bytes_max = 5000}, NULL);
    session_forget(&session);
    sent = flood(&session, 1);
    cr_assert_eq(session.seats[2].packets, sent);
    cr_assert_not(meeple_net_has_peer(session.seats[0].net, session.seats[1].id));
    cr_assert_gt(meeple_net_stats(session.seats[0].net).skipped, 0);
    cr_assert_not_null(strstr(session_told(&session, &session.seats[2]),
                              "leave a 1008 clean read too slowly: the outgoing queue is full\n"));
    session.seats[1].idle = false;
    session_run(&session);
    cr_assert(session.seats[1].down);
    cr_assert_not_null(strstr(session_told(&session, &session.seats[1]),
                              "closing 1 1008 read too slowly: the outgoing queue is full\n"));
    told(&session, 0, "leave a 1008 clean read too slowly: the outgoing queue is full\n");
    session_done(&session);
}

Test(net, a_slow_reader_may_be_skipped_instead)
{
    struct session session;
    size_t sent;

    start(&session, 2,
          &(meeple_listen_options){.limits.queue_bytes_max = 5000, .full = MEEPLE_FULL_SKIP}, NULL);
    session_forget(&session);
    sent = flood(&session, 1);
    cr_assert_eq(session.seats[2].packets, sent);
    session.seats[1].idle = false;
    session_run(&session);
    cr_assert(meeple_net_has_peer(session.seats[0].net, session.seats[1].id));
    cr_assert_eq(session.seats[1].packets + meeple_net_stats(session.seats[0].net).skipped, sent);
    cr_assert_lt(session.seats[1].packets, sent);
    session_done(&session);
}

/* Who misses that somebody joined or left takes the next word about them for an attack. */
Test(net, who_comes_and_goes_is_never_skipped)
{
    struct session session;
    meeple_net *net;

    start(&session, 2,
          &(meeple_listen_options){.limits.queue_bytes_max = 5000, .full = MEEPLE_FULL_SKIP}, NULL);
    flood(&session, 1);
    cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
    session_add(&session, net);
    session_run(&session);
    /* In this place: it could not be told, so it is closed, whatever the policy. */
    for (unsigned i = 0; i < 200; i++) {
        seat_send(&session.seats[2], MEEPLE_ALL, "x");
        seat_send(&session.seats[3], session.seats[1].id, "y");
        session_run(&session);
    }
    cr_assert_eq(meeple_net_close(session.seats[3].net, 0, NULL), 0);
    session_run(&session);
    session.seats[1].idle = false;
    session_run(&session);
    if (!session.seats[1].down) {
        cr_assert_eq(session.seats[1].here_count, 2); /* the server and b */
    } else {
        cr_assert_null(strstr(session.seats[1].told, " 1002 "), "%s", session.seats[1].told);
    }
    cr_assert_not(session.seats[2].down);
    session_done(&session);
}

/* A newcomer whom the server cannot introduce is nobody the others ever heard of. */
Test(net, a_newcomer_whose_queue_is_too_small_disturbs_nobody)
{
    struct session session;
    meeple_net *net;

    start(&session, 0, &(meeple_listen_options){.limits.queue_bytes_max = 250}, NULL);
    for (unsigned i = 0; i < 30; i++) {
        cr_assert_eq(meeple_net_join(&net, session.seats[0].net, NULL), 0);
        session_add(&session, net);
        session_run(&session);
    }
    cr_assert_gt(meeple_net_peers(session.seats[0].net, NULL, 0), 3);
    for (unsigned i = 1; i <= 3; i++) {
        cr_assert(session.seats[i].up && !session.seats[i].down, "%s", session.seats[i].told);
    }
    cr_assert(session.seats[30].down);
    cr_assert_not_null(strstr(session.seats[30].told, "1011"), "%s", session.seats[30].told);
    session_done(&session);
}

/* ---- offline ---- */

Test(net, offline_is_a_server_alone)
{
    struct session session = {0};
    meeple_net *net, *client;

    counting_mem_init(&session.mem);
    cr_assert_eq(meeple_net_offline(&net, &session.mem.mem), 0);
    session_add(&session, net);
    session_run(&session);
    told(&session, 0, "up 1\n");
    cr_assert_eq(seat_send(&session.seats[0], MEEPLE_ALL, "echo"), 0);
    cr_assert_eq(meeple_net_join(&client, net, NULL), 0);
    is_refused(&session, client, MEEPLE_STAGE_CONNECT, ECONNREFUSED,
               "no server of this process takes streams");
    cr_assert_eq(meeple_net_close(net, 0, NULL), 0);
    session_run(&session);
    told(&session, 0, "down 1000 clean\n");
    session_done(&session);
}

/* ---- arguments ---- */

Test(net, checks_the_arguments)
{
    static const char *const twice[] = {"a", "a", NULL};
    static const char *const header[] = {"Host: x", NULL};
    char reason[MEEPLE_REASON_MAX + 2];
    struct session session;
    meeple_event event;
    meeple_net *net = NULL, *server;

    start(&session, 1, NULL, NULL);
    server = session.seats[0].net;
    memset(reason, 'r', sizeof reason);
    reason[MEEPLE_REASON_MAX + 1] = '\0';
    meeple_net_refuse(NULL, true);
    cr_assert_eq(meeple_net_id(NULL), 0);
    cr_assert_not(meeple_net_is_server(NULL));
    cr_assert_eq(meeple_net_port(NULL), 0);
    cr_assert_eq(meeple_net_peers(NULL, NULL, 1), 0);
    cr_assert_eq(meeple_net_peers(server, NULL, 1), 1);
    cr_assert_not(meeple_net_has_peer(NULL, 1));
    cr_assert_eq(meeple_net_queued(NULL, 1), 0);
    cr_assert_str_empty(meeple_net_fault(NULL).text);
    cr_assert_eq(meeple_net_stats(NULL).packets_in, 0);
    cr_assert_eq(meeple_net_loopback(NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_listen(NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_connect(NULL, "ws://h", NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_connect(&net, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_connect(&net, "wsss://h", NULL), MEEPLE_EINVAL);
    cr_assert_null(net);
    cr_assert_eq(meeple_net_join(NULL, server, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_join(&net, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_join(&net, session.seats[1].net, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_offline(NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_join(&net, server, &(meeple_connect_options){.protocols = twice}),
                 MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_join(&net, server, &(meeple_connect_options){.headers = header}),
                 MEEPLE_EINVAL);
    cr_assert_eq(
        meeple_net_join(&net, server, &(meeple_connect_options){.dialect = (meeple_dialect)9}),
        MEEPLE_EINVAL);
    cr_assert_eq(
        meeple_net_loopback(&net, &(meeple_listen_options){.limits.message_bytes_max = 20}),
        MEEPLE_EINVAL);
    cr_assert_eq(
        meeple_net_loopback(&net, &(meeple_listen_options){.limits.queue_bytes_max = SIZE_MAX}),
        MEEPLE_EINVAL);
    cr_assert_null(net);
    cr_assert_eq(meeple_net_next(NULL, &event, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_next(server, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_next(server, &event, -2), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_send(NULL, 0, (meeple_bytes){NULL, 0}), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_send(server, 0, (meeple_bytes){NULL, 1}), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(NULL, 2, 0, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(server, session.seats[1].id, 1006, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(server, session.seats[1].id, 5000, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(server, session.seats[1].id, 1000, reason), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(server, session.seats[1].id, 1000, "\xff"), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_kick(server, 1, 0, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_kick(server, 0, 0, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_kick(server, INT32_MIN, 0, NULL), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple_net_kick(session.seats[1].net, 1, 0, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_net_close(NULL, 0, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_close(server, 1005, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_close(server, 1000, reason), MEEPLE_EINVAL);
    cr_assert_eq(meeple_net_close(server, 1000, "\xc3"), MEEPLE_EINVAL);
    meeple_net_free(NULL);
    meeple_net_flush(NULL);
    session_forget(&session);
    session_run(&session);
    told(&session, 0, "");
    reason[MEEPLE_REASON_MAX] = '\0';
    cr_assert_eq(meeple_net_kick(server, session.seats[1].id, 1000, reason), 0);
    session_run(&session);
    cr_assert_not_null(strstr(session_told(&session, &session.seats[1]), reason));
    session_done(&session);
}

/* ---- memory and the end at any moment ---- */

/* Some of everything; false when it failed at the start. */
static void some_of_everything(struct session *session)
{
    static const char *const headers[] = {"X: y", NULL};
    meeple_net *net;
    int rc = meeple_net_loopback(&net, &(meeple_listen_options){.mem = &session->mem.mem});

    if (rc < 0) {
        cr_assert_eq(rc, MEEPLE_ENOMEM);
        cr_assert_null(net);
        return;
    }
    session_add(session, net);
    for (unsigned i = 0; i < 3; i++) {
        rc = meeple_net_join(
            &net, session->seats[0].net,
            &(meeple_connect_options){.headers = headers, .mem = &session->mem.mem});
        if (rc < 0) {
            cr_assert_eq(rc, MEEPLE_ENOMEM);
            cr_assert_null(net);
        } else {
            session_add(session, net);
        }
        session_run(session);
    }
    for (size_t i = 0; i < session->seat_count; i++) {
        seat_send(&session->seats[i], MEEPLE_ALL, "hello");
        seat_send(&session->seats[i], MEEPLE_SERVER, "server");
    }
    session_run(session);
    if (session->seat_count > 1 && session->seats[1].up) {
        meeple_net_kick(session->seats[0].net, session->seats[1].id, 4000, "kick");
    }
    session_run(session);
    meeple_net_close(session->seats[session->seat_count - 1].net, 4001, "close");
    session_run(session);
    meeple_net_close(session->seats[0].net, 4002, "end");
    session_run(session);
}

Test(net, every_allocation_fails_once)
{
    for (int all = 0; all < 2; all++) {
        size_t n = 1, calls;

        do {
            struct session session = {0};

            counting_mem_init(&session.mem);
            session.mem.fail_at = n;
            session.mem.fail_all = all;
            some_of_everything(&session);
            calls = session.mem.calls;
            if (n > calls) {
                for (size_t i = 0; i < session.seat_count; i++) {
                    cr_assert(session.seats[i].down);
                }
            } else if (!all && session.seat_count > 0) {
                /* Who was hit is out; nobody takes it for an attack, nobody hangs. */
                for (size_t i = 0; i < session.seat_count; i++) {
                    cr_assert_null(strstr(session.seats[i].told, " 1002 "), "n %zu: %s", n,
                                   session.seats[i].told);
                    cr_assert(session.seats[i].down, "n %zu, seat %zu: %s", n, i,
                              session.seats[i].told);
                }
            }
            session_done(&session);
        } while (n++ <= calls);
        cr_assert_gt(n, 20);
    }
}

Test(net, any_net_may_be_freed_after_any_event)
{
    for (size_t victim = 0; victim < 4; victim++) {
        for (unsigned events = 1; events < 16; events++) {
            struct session session = {0};
            meeple_net *net;

            counting_mem_init(&session.mem);
            cr_assert_eq(
                meeple_net_loopback(&net, &(meeple_listen_options){.mem = &session.mem.mem}), 0);
            session_add(&session, net);
            for (unsigned i = 0; i < 3; i++) {
                cr_assert_eq(meeple_net_join(&net, session.seats[0].net,
                                             &(meeple_connect_options){.mem = &session.mem.mem}),
                             0);
                session_add(&session, net);
            }
            session.seats[victim].events = events;
            session_run(&session);
            for (unsigned i = 0; i < 4; i++) {
                seat_send(&session.seats[i], MEEPLE_ALL, "x");
                seat_send(&session.seats[i], MEEPLE_ALL, "y");
            }
            session_run(&session);
            meeple_net_kick(session.seats[0].net, session.seats[2].id, 0, "k");
            session_run(&session);
            meeple_net_free(session.seats[victim].net);
            session.seats[victim].net = NULL;
            session_run(&session);
            for (unsigned i = 1; victim == 0 && i < 4; i++) {
                cr_assert(session.seats[i].down);
            }
            session_done(&session);
        }
    }
}

Test(net, at_rest_nothing_is_kept_of_packets)
{
    struct session session;
    size_t live = 0;

    start(&session, 3, NULL, NULL);
    for (unsigned i = 0; i < 100; i++) {
        if (i == 20) {
            live = session.mem.live;
        }
        for (unsigned seat = 0; seat < 4; seat++) {
            cr_assert_eq(seat_send(&session.seats[seat], MEEPLE_ALL, "a small packet"), 0);
        }
        session_run(&session);
    }
    cr_assert_eq(session.mem.live, live);
    session_done(&session);
}
