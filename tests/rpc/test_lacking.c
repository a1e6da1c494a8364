/* Who has been told everything is not looked at: who is in the list of the others, and how long. */
#include "rpc/lacking.h"

#include "rpc/check.h"
#include "rpc/flush.h"
#include "tests/rpc/pawns.h"

enum {
    PAWNS = 40
};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct pawn pawns[PAWNS];

static void end(void)
{
    session_end(&session);
}

TestSuite(lacking, .fini = end);

static struct meeple__remote *remote_of(const struct seat *at, const struct seat *seat)
{
    return meeple__world_remote(at->world, id_of(seat));
}

static bool is_lacking(const struct seat *seat)
{
    return !meeple__list_empty(&remote_of(server, seat)->lacking);
}

static void poll(const struct seat *seat)
{
    cr_assert_geq(meeple_world_poll(seat->world, 0), 0);
}

/* A server with many pawns, of whose clients nobody reads: there is little room. */
static void crowd(size_t clients)
{
    const meeple_bytes filler = {(const uint8_t *)"fills what is between", 21};

    session.limits = (meeple_limits){.queue_bytes_max = 700, .message_bytes_max = 300};
    pawns_begin(&session, clients);
    for (size_t i = 1; i <= clients; i++) {
        meeple_net *net = meeple_world_net(server->world);
        int32_t id = id_of(&session.seats[i]);

        while (meeple_net_queued(net, id) < 100 &&
               meeple_world_send(server->world, id, filler) == 0) {
            meeple_net_flush(net);
        }
    }
    for (unsigned i = 0; i < PAWNS; i++) {
        char path[20];

        snprintf(path, sizeof path, "pawn/%u", i);
        pawn_spawn(server, path, &pawns[i]);
    }
    poll(server);
}

Test(lacking, is_nobody_once_everyone_was_told)
{
    pawns_begin(&session, 3);
    pawn_spawn(server, "pawn", &pawns[0]);
    settle(&session);
    pawns[0].hp = 3;
    settle(&session);
    for (size_t i = 0; i < session.count; i++) {
        cr_expect_not(meeple__lacking_any(session.seats[i].world), "%s", session.seats[i].name);
    }
    cr_expect_eq(pawn_at(b, "pawn")->hp, 3);
}

Test(lacking, is_everyone_when_there_is_an_object_or_a_batch)
{
    meeple_object *object;
    int self = 0;

    pawns_begin(&session, 2);
    pawn_spawn(server, "pawn", &pawns[0]);
    cr_expect_not(meeple__lacking_any(server->world), "it belongs to the next batch");
    settle(&session);
    server->world->states.stamp++;
    cr_expect(meeple__lacking_any(server->world));
    cr_expect(is_lacking(a) && is_lacking(b));
    settle(&session);
    cr_assert_eq(meeple_object_add(&object, server->world, &session_class, "late", &self), 0);
    cr_expect(is_lacking(a) && is_lacking(b));
    settle(&session);
    cr_expect_not(meeple__lacking_any(server->world));
}

/* A client says what it changes to the server, and need not look at anybody else. */
Test(lacking, is_only_the_server_when_a_client_has_changed_something)
{
    meeple_object *object;

    pawns_begin(&session, 2);
    object = pawn_spawn(server, "pawn", &pawns[0]);
    cr_assert_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    a->world->states.stamp++;
    cr_expect(meeple__lacking_any(a->world));
    cr_expect_not(meeple__list_empty(&remote_of(a, server)->lacking));
    cr_expect(meeple__list_empty(&remote_of(a, b)->lacking));
    a->world->states.stamp--;
}

Test(lacking, is_who_knew_what_was_removed)
{
    meeple_object *object;

    pawns_begin(&session, 2);
    object = pawn_spawn(server, "pawn", &pawns[0]);
    cr_assert_eq(meeple_object_show(object, id_of(b), false), 0);
    settle(&session);
    meeple_object_remove(object);
    cr_expect(is_lacking(a) && !is_lacking(b));
    settle(&session);
    cr_expect_null(pawn_at(a, "pawn"));
    cr_expect_not(meeple__lacking_any(server->world));
}

/* Nobody else is looked at because of it. */
Test(lacking, stays_who_reads_slowly)
{
    crowd(2);
    for (unsigned i = 0; i < 200; i++) {
        poll(server);
        poll(a);
    }
    cr_expect(is_lacking(b) && !is_lacking(a));
    cr_expect_eq(meeple_world_state_stats(a->world).spawned, PAWNS);
    settle(&session);
    cr_expect_not(meeple__lacking_any(server->world));
    cr_expect_eq(meeple_world_state_stats(b->world).spawned, PAWNS);
}

Test(lacking, is_who_has_calls_that_wait)
{
    crowd(1);
    cr_assert_eq(meeple_rpc(pawn_spawn(server, "one more", &pawns[0]), MEEPLE_ALL, poke, "waits"),
                 0);
    cr_expect(is_lacking(a));
    settle(&session);
    cr_expect_not_null(strstr(session.trace, "a: poke one more waits at 0; "));
    cr_expect_not(meeple__lacking_any(server->world));
}

Test(lacking, is_not_who_has_left)
{
    crowd(2);
    cr_expect(is_lacking(a) && is_lacking(b));
    cr_assert_eq(meeple_net_kick(meeple_world_net(server->world), id_of(a), 1000, "bye"), 0);
    settle(&session);
    cr_expect_eq(server->world->remotes.count, 1);
    cr_expect_not(meeple__lacking_any(server->world));
}

/* Whose call is answered by all is sent to all at once; who does not is passed over as long as it
 * is there. */
Test(lacking, a_class_counts_the_peers_that_do_not_answer_all_of_it)
{
    static const meeple_class less = {.name = "game",
                                      .methods = session_methods,
                                      .method_count = MEEPLE_COUNT(session_methods) - 1};
    const struct meeple__methods *methods;
    meeple_object *object;

    session_begin(&session, 1);
    methods = server->object->methods;
    cr_expect_eq(methods->unlike, 0);
    session_sit(&session, session_client(&session));
    cr_assert_eq(meeple_object_add(&object, b->world, &less, "game", b), 0);
    settle(&session);
    cr_expect_eq(methods->unlike, 1);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, roll, 3), 0);
    settle(&session);
    cr_expect_str_eq(session.trace, "a.roll(3) from server; ");
    meeple_world_free(b->world);
    b->world = NULL;
    settle(&session);
    cr_expect_eq(methods->unlike, 0);
}
