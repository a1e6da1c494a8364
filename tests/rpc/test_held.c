/* What waits for a peer until it has been told of objects: calls and raw bytes, in order. */
#include "rpc/held.h"

#include "rpc/flush.h"

#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

enum {
    PAWNS = 40,
    QUEUE = 700
};

static struct pawn pawns[PAWNS];
static meeple_object *objects[PAWNS];

static meeple_bytes raw(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

static struct meeple__remote *remote_of(const struct seat *seat)
{
    return meeple__world_remote(seat->session->seats[0].world, id_of(seat));
}

/* A server with many pawns, whose first client is far from having been told of all of them. */
static void crowd(struct session *session)
{
    memset(pawns, 0, sizeof pawns);
    session->limits = (meeple_limits){.queue_bytes_max = QUEUE, .message_bytes_max = 300};
    pawns_begin(session, 1);
    while (meeple_world_send(session->seats[0].world, MEEPLE_ALL, raw("fills what is between")) ==
               0 &&
           meeple_net_queued(meeple_world_net(session->seats[0].world), id_of(&session->seats[1])) <
               100) {
        meeple_net_flush(meeple_world_net(session->seats[0].world));
    }
    for (unsigned i = 0; i < PAWNS; i++) {
        char path[20];

        snprintf(path, sizeof path, "pawn/%u", i);
        objects[i] = pawn_spawn(&session->seats[0], path, &pawns[i]);
    }
    cr_assert_geq(meeple_world_poll(session->seats[0].world, 0), 0);
    cr_assert(remote_of(&session->seats[1])->seen.blocked);
    session->trace[0] = '\0';
}

static void forget_spawns(struct session *session)
{
    char *at = strstr(session->trace, "a: poke");

    memmove(session->trace, at ? at : "", at ? strlen(at) + 1 : 1);
}

Test(held, calls_come_in_order_after_the_objects)
{
    struct session session = {0};
    const struct seat *a = &session.seats[1];

    crowd(&session);
    cr_expect_lt(remote_of(a)->seen.known, PAWNS, "the rest waits for room");
    cr_expect_eq(meeple_rpc(objects[PAWNS - 1], id_of(a), poke, "1"), 0);
    pawns[0].hp = 5;
    cr_expect_eq(meeple_rpc(objects[0], MEEPLE_ALL, poke, "2"), 0);
    cr_expect_eq(meeple_world_send(session.seats[0].world, id_of(a), raw("3")), 0);
    cr_expect_eq(meeple_world_send(session.seats[0].world, MEEPLE_ALL, raw("4")), 0);
    cr_expect_eq(meeple_rpc(objects[7], MEEPLE_EXCEPT(id_of(a)), poke, "not for a"), 0);
    cr_expect_eq(meeple_rpc(objects[7], id_of(a), poke, "5"), 0);
    session.seats[1].events = true;
    settle(&session);
    forget_spawns(&session);
    cr_expect_str_eq(session.trace,
                     "a: poke pawn/39 1 at 0; a: poke pawn/0 2 at 5; a: packet 3 from server; "
                     "a: packet 4 from server; a: poke pawn/7 5 at 0; ");
    cr_expect(meeple__local_empty(&remote_of(a)->held));
    cr_expect_null(remote_of(a)->held.running.ptr, "nothing is kept");
    expect_refusals(&session, "");
    session_end(&session);
}

/* The others are not kept waiting. */
Test(held, only_the_slow_peer_waits)
{
    struct session session = {0};

    crowd(&session);
    session_sit(&session, session_client(&session));
    for (unsigned i = 0; i < 300; i++) {
        cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
        cr_assert_geq(meeple_world_poll(session.seats[2].world, 0), 0);
    }
    cr_expect_eq(meeple_world_state_stats(session.seats[2].world).spawned, PAWNS);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(objects[3], MEEPLE_ALL, poke, "now"), 0);
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    cr_assert_geq(meeple_world_poll(session.seats[2].world, 0), 0);
    cr_expect_str_eq(session.trace, "server: poke pawn/3 now at 0; b: poke pawn/3 now at 0; ");
    settle(&session);
    cr_expect_not_null(strstr(session.trace, "a: poke pawn/3 now at 0; "));
    session_end(&session);
}

Test(held, what_waits_has_a_bound)
{
    struct session session = {.options = {.held_bytes_max = 200}};
    const struct seat *a = &session.seats[1];
    unsigned count = 0;
    int rc;

    crowd(&session);
    while ((rc = meeple_rpc(objects[0], id_of(a), poke, "more")) == 0) {
        cr_assert_lt(++count, 20);
    }
    cr_expect_eq(rc, MEEPLE_EFULL);
    cr_expect_gt(count, 0);
    cr_expect_eq(
        meeple_world_send(session.seats[0].world, id_of(a), raw("more than has room there")),
        MEEPLE_EFULL);
    settle(&session);
    for (const char *at = session.trace; (at = strstr(at, "a: poke pawn/0 more")); at++) {
        count--;
    }
    cr_expect_eq(count, 0);
    session_end(&session);
}

/* As after any EFULL.  The net does not know of it: its queue was never full. */
Test(held, who_was_refused_hears_that_there_is_room)
{
    struct session session = {.options = {.held_bytes_max = 200}};
    const struct seat *a = &session.seats[1];
    unsigned turns = 0;
    char *drained;

    crowd(&session);
    session.seats[0].events = true;
    while (meeple_rpc(objects[0], id_of(a), poke, "more") == 0) {
    }
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    cr_expect_null(strstr(session.trace, "drained"), "it is as full as it was");
    do {
        cr_assert_lt(++turns, 1000);
        cr_assert_geq(meeple_world_poll(a->world, 0), 0);
        /* As a call of the application would. */
        meeple__flush(session.seats[0].world);
        cr_expect(!remote_of(a)->drained || meeple_world_wait_ms(session.seats[0].world) == 0);
        cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
        drained = strstr(session.trace, "server: drained; ");
    } while (!drained);
    cr_expect_eq(meeple_rpc(objects[0], id_of(a), poke, "again"), 0);
    settle(&session);
    cr_expect_null(strstr(drained + 1, "server: drained; "), "once");
    cr_expect_not_null(strstr(session.trace, "a: poke pawn/0 again"));
    session_end(&session);
}

/* As a peer whose queue is full: what it gets behind a gap is another game. */
Test(held, who_would_miss_a_call_to_all_is_closed)
{
    struct session session = {.options = {.held_bytes_max = 200}};
    const struct seat *a = &session.seats[1];
    const char *last;

    crowd(&session);
    session_sit(&session, session_client(&session));
    for (unsigned i = 0; i < 300; i++) {
        cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
        cr_assert_geq(meeple_world_poll(session.seats[2].world, 0), 0);
    }
    while (meeple_rpc(objects[0], id_of(a), poke, "before") == 0) {
    }
    session.trace[0] = '\0';
    session.seats[0].events = true;
    cr_expect_eq(meeple_rpc(objects[0], MEEPLE_ALL, poke, "missed"), 0);
    cr_expect_eq(meeple_rpc(objects[0], MEEPLE_ALL, poke, "after"), 0);
    cr_expect_eq(meeple_rpc(objects[0], id_of(a), poke, "after"), MEEPLE_ENOTFOUND);
    settle(&session);
    cr_expect_null(strstr(session.trace, "a: poke pawn/0 missed"));
    cr_expect_null(strstr(session.trace, "a: poke pawn/0 after"));
    last = strstr(session.trace, "b: poke pawn/0 missed at 0; ");
    cr_expect(last && strstr(last, "b: poke pawn/0 after at 0; "));
    cr_expect_not_null(strstr(session.trace, "server: leave"));
    cr_expect_eq(meeple_world_poll(a->world, 0), MEEPLE_ECLOSED);
    session_end(&session);
}

/* All of them have one queue, so that nobody needs to miss anything. */
Test(held, a_client_that_has_no_room_calls_none_of_all)
{
    struct session session = {.options = {.held_bytes_max = 400}};
    static struct pawn pawn;
    meeple_object *object;
    unsigned calls = 0;
    char expected[40];
    int rc;

    session.limits = (meeple_limits){.queue_bytes_max = QUEUE, .message_bytes_max = 300};
    pawns_begin(&session, 2);
    object = pawn_spawn(&session.seats[0], "pawn", &pawn);
    cr_expect_eq(meeple_object_hand_over(object, id_of(&session.seats[1])), 0);
    settle(&session);
    object = meeple__states_find(&session.seats[1].world->states, object->replica->id);
    session.trace[0] = '\0';
    do {
        char text[20];

        snprintf(text, sizeof text, "%u.", calls);
        pawn_at(&session.seats[1], "pawn")->hp = (int32_t)calls % 100;
        rc = meeple_rpc(object, MEEPLE_ALL, poke, text);
    } while (rc == 0 && ++calls < 100000);
    cr_assert_eq(rc, MEEPLE_EFULL);
    session.seats[1].events = true;
    settle(&session);
    for (unsigned i = 0; i < calls + 1; i++) {
        snprintf(expected, sizeof expected, "b: poke pawn %u. at", i);
        if ((strstr(session.trace, expected) != NULL) != (i < calls)) {
            cr_assert_fail("%u of %u", i, calls);
        }
        expected[0] = 's';
        snprintf(expected, sizeof expected, "server: poke pawn %u. at", i);
        cr_assert_eq(strstr(session.trace, expected) != NULL, i < calls, "%u of %u", i, calls);
    }
    cr_expect_not_null(strstr(session.trace, "a: drained; "));
    session_end(&session);
}

Test(held, calls_of_what_is_removed_or_hidden_go_with_it)
{
    struct session session = {0};
    const struct seat *a = &session.seats[1];
    struct pawn other = {0};

    crowd(&session);
    cr_expect_eq(meeple_object_show(objects[5], id_of(a), false), 0);
    cr_expect_eq(meeple_rpc(objects[5], id_of(a), poke, "hidden"), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_rpc(objects[38], id_of(a), poke, "removed"), 0);
    cr_expect_eq(meeple_rpc(objects[37], id_of(a), poke, "hidden"), 0);
    cr_expect_eq(meeple_rpc(objects[36], id_of(a), poke, "there"), 0);
    cr_expect_eq(meeple_object_show(objects[37], id_of(a), false), 0);
    meeple_object_remove(objects[38]);
    pawn_spawn(&session.seats[0], "other", &other);
    settle(&session);
    forget_spawns(&session);
    cr_expect_str_eq(session.trace, "a: poke pawn/36 there at 0; ");
    expect_refusals(&session, "");
    session_end(&session);
}

Test(held, a_peer_that_leaves_takes_along_what_waits)
{
    struct session session = {0};
    struct counting_mem counting;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    crowd(&session);
    cr_expect_eq(meeple_rpc(objects[0], MEEPLE_ALL, poke, "in vain"), 0);
    meeple_world_free(session.seats[1].world);
    session.seats[1].world = NULL;
    settle(&session);
    cr_expect_eq(meeple_rpc(objects[0], MEEPLE_ALL, poke, "alone"), 0);
    settle(&session);
    session_end(&session);
    cr_expect_eq(counting.live, 0);
}

/* What is said to it: no more than a part of its queue, so that a call finds room. */
Test(held, objects_leave_room_in_the_queue)
{
    struct session session = {0};
    meeple_net *net;

    crowd(&session);
    net = meeple_world_net(session.seats[0].world);
    for (unsigned i = 0; i < 50; i++) {
        cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
        cr_expect_leq(meeple_net_queued(net, id_of(&session.seats[1])), QUEUE / 4 + 300 + 14);
    }
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(session.seats[1].world).spawned, PAWNS);
    session_end(&session);
}

/* One allocation fails: a call that was taken comes, one that was not says so. */
Test(held, survives_every_allocation_that_fails)
{
    size_t calls = 1;

    for (size_t n = 1; n <= calls; n++) {
        struct session session = {0};
        struct counting_mem counting;
        size_t before;
        int rc[3], at = 0;
        char expected[3][40];

        counting_mem_init(&counting);
        session.options.mem = &counting.mem;
        crowd(&session);
        before = counting.calls;
        counting_mem_fail(&counting, n);
        for (at = 0; at < 3; at++) {
            char text[8];

            snprintf(text, sizeof text, "%d", at);
            rc[at] = meeple_rpc(objects[at], id_of(&session.seats[1]), poke, text);
            cr_expect(rc[at] == 0 || rc[at] == MEEPLE_ENOMEM);
            snprintf(expected[at], sizeof expected[at], "a: poke pawn/%d %d at 0; ", at, at);
        }
        for (unsigned i = 0; i < 400; i++) {
            int polled = meeple_world_poll(session.seats[i % 2].world, 0);

            cr_expect(polled >= 0 || polled == MEEPLE_ENOMEM);
        }
        for (at = 0; at < 3; at++) {
            cr_expect_eq(strstr(session.trace, expected[at]) != NULL, rc[at] == 0, "%zu", n);
        }
        calls = counting.calls - before;
        cr_assert_lt(calls, 2000);
        session_end(&session);
        cr_expect_eq(counting.live, 0);
    }
}
