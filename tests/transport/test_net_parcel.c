/* test_net_parcel: one packet for peers that are named one by one, and framed once for them. */
#include "transport/net_server.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/session.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2], *const c = &session.seats[3];

/* A server and three clients, those in a loopback; the last may compress. */
static void begin(const meeple_limits *limits, bool compress)
{
    const meeple_deflate_options deflate = {.enabled = true, .threshold_bytes = 8};
    meeple_net *net;

    cr_assert_eq(
        meeple_net_loopback(
            &net,
            &(meeple_listen_options){.limits = *limits,
                                     .deflate = compress ? deflate : (meeple_deflate_options){0},
                                     .mem = &session.mem.mem}),
        0);
    session_add(&session, net);
    for (size_t i = 0; i < 3; i++) {
        meeple_connect_options options = {.limits = *limits};

        if (compress && i == 2) {
            options.deflate = deflate;
        }
        cr_assert_eq(meeple_net_join(&net, server->net, &options), 0);
        session_add(&session, net);
        session_run(&session);
    }
    session_forget(&session);
}

static void init(void)
{
    counting_mem_init(&session.mem);
}

static void end(void)
{
    session_done(&session);
}

TestSuite(net_parcel, .init = init, .fini = end);

static struct meeple__parcel parcel_of(const struct seat *seat, const char *text)
{
    return (struct meeple__parcel){.net = seat->net,
                                   .packet = {(const uint8_t *)text, strlen(text)}};
}

static const struct meeple__conn *conn_of(const struct seat *seat)
{
    return &meeple__peer_of(meeple__roster_find(&server->net->roster, seat->id))->conn;
}

/* The newest that the server has queued for it. */
static const struct meeple__block *last_of(const struct seat *seat)
{
    return conn_of(seat)->ws.out.last->block;
}

Test(net_parcel, reaches_those_who_are_named)
{
    struct meeple__parcel parcel;

    begin(&(meeple_limits){0}, false);
    parcel = parcel_of(server, "Hello");
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, c->id), 0);
    meeple__parcel_done(&parcel);
    session_run(&session);
    cr_expect_str_eq(session_told(&session, a), "packet 1 Hello\n");
    cr_expect_str_eq(session_told(&session, b), "");
    cr_expect_str_eq(session_told(&session, c), "packet 1 Hello\n");
    cr_expect_eq(meeple_net_stats(server->net).packets_out, 2);
}

Test(net_parcel, is_framed_once_from_the_second_on)
{
    struct meeple__parcel parcel;

    begin(&(meeple_limits){0}, false);
    parcel = parcel_of(server, "Hello");
    for (size_t i = 1; i < session.seat_count; i++) {
        cr_expect_eq(meeple__parcel_send(&parcel, session.seats[i].id), 0);
    }
    cr_expect_neq(last_of(a), last_of(b));
    cr_expect_eq(last_of(b), last_of(c));
    cr_expect_eq(last_of(b)->refs, 3);
    meeple__parcel_done(&parcel);
    meeple__parcel_done(&parcel);
    cr_expect_eq(last_of(b)->refs, 2);
    session_run(&session);
    cr_expect_str_eq(session_told(&session, b), "packet 1 Hello\n");
    cr_expect_str_eq(session_told(&session, c), "packet 1 Hello\n");
}

Test(net_parcel, is_compressed_for_each_who_wants_that)
{
    static const char text[] = "again and again and again and again and again and again and again";
    struct meeple__parcel parcel;

    begin(&(meeple_limits){0}, true);
    parcel = parcel_of(server, text);
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, c->id), 0);
    cr_expect_null(parcel.frame, "nobody to share it with yet");
    cr_expect_eq(meeple__parcel_send(&parcel, b->id), 0);
    cr_expect_not_null(parcel.frame);
    cr_expect_lt(conn_of(c)->ws.out.bytes, sizeof text / 2);
    meeple__parcel_done(&parcel);
    for (size_t i = 1; i < session.seat_count; i++) {
        const char *told;

        session_run(&session);
        told = session_told(&session, &session.seats[i]);
        cr_expect_not_null(strstr(told, text), "%s", told);
    }
}

Test(net_parcel, has_an_answer_for_each_peer)
{
    static char text[400];
    struct meeple__parcel parcel;
    int32_t gone;

    begin(&(meeple_limits){.queue_bytes_max = 600, .message_bytes_max = 500}, false);
    memset(text, 'x', sizeof text - 1);
    parcel = parcel_of(server, text);
    cr_expect_eq(meeple__parcel_send(&parcel, 12345), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, 12345), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__parcel_send(&parcel, c->id), 0);
    meeple__parcel_done(&parcel);
    /* What the loopback takes at once is not in the queue any more. */
    c->idle = true;
    parcel = parcel_of(server, text);
    while (meeple_net_send(server->net, c->id, parcel.packet) == 0) {
    }
    cr_expect_eq(meeple__parcel_send(&parcel, b->id), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, c->id), MEEPLE_EFULL);
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), 0);
    meeple__parcel_done(&parcel);
    session_run(&session);
    session_forget(&session);
    c->idle = false;
    session_run(&session);
    cr_expect_not_null(strstr(session_told(&session, server), "drained c"));
    gone = b->id;
    cr_expect_eq(meeple_net_kick(server->net, gone, 1000, "bye"), 0);
    parcel = parcel_of(server, "x");
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, gone), MEEPLE_ENOTFOUND, "it is being closed");
    meeple__parcel_done(&parcel);
    cr_expect_eq(meeple_net_close(server->net, 1000, ""), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, a->id), MEEPLE_ESTATE);
}

Test(net_parcel, goes_through_the_server_where_that_is_another)
{
    struct meeple__parcel parcel;

    begin(&(meeple_limits){0}, false);
    parcel = parcel_of(a, "Hello");
    cr_expect_eq(meeple__parcel_send(&parcel, MEEPLE_SERVER), 0);
    cr_expect_eq(meeple__parcel_send(&parcel, b->id), 0);
    meeple__parcel_done(&parcel);
    session_run(&session);
    cr_expect_str_eq(session_told(&session, server), "packet a Hello\n");
    cr_expect_str_eq(session_told(&session, b), "packet a Hello\n");
}

Test(net_parcel, says_when_there_is_no_memory_and_may_be_tried_again)
{
    static char text[5000];
    bool failed = true;

    begin(&(meeple_limits){0}, false);
    memset(text, 'x', sizeof text - 1);
    for (size_t n = 1; failed; n++) {
        struct meeple__parcel parcel = parcel_of(server, text);
        size_t missed = 0;

        cr_assert_lt(n, 20);
        counting_mem_fail(&session.mem, n);
        for (size_t i = 1; i < session.seat_count; i++) {
            int rc = meeple__parcel_send(&parcel, session.seats[i].id);

            cr_expect(rc == 0 || rc == MEEPLE_ENOMEM);
            missed += rc < 0;
        }
        failed = missed > 0;
        cr_expect_leq(missed, 1, "the next has more luck");
        counting_mem_fail(&session.mem, 0);
        meeple__parcel_done(&parcel);
        meeple__pool_trim(&server->net->loop.pool);
        session_run(&session);
        meeple__pool_trim(&server->net->loop.pool);
    }
}
