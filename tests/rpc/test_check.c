/* test_check: when what peers have is compared, and what is part of that. */
#include "rpc/check.h"

#include <criterion/criterion.h>

#include "rpc/due.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"
#include "tests/support/sim.h"

static struct session session;
static struct seat *const server = &session.seats[0];
static struct pawn ann = {.name = "Ann", .hp = 10, .hand = {1, 2, 3, 4, 5}};

static void end(void)
{
    session_end(&session);
}

TestSuite(check, .fini = end);

static meeple_state_stats stats_of(const struct seat *seat)
{
    return meeple_world_state_stats(seat->world);
}

static void batches(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ann.at.x++;
        settle(&session);
        session.trace[0] = '\0';
    }
}

Test(check, over_loopback_a_peer_is_checked_after_63_batches)
{
    pawns_begin(&session, 1);
    pawn_spawn(server, "ann", &ann);
    batches(62);
    cr_expect_eq(stats_of(server).checks, 0);
    batches(4);
    cr_expect_eq(stats_of(server).checks, 1);
    cr_expect_eq(stats_of(&session.seats[1]).checks, 1);
    batches(122);
    cr_expect_eq(stats_of(server).checks, 2);
    cr_expect_eq(stats_of(&session.seats[1]).mismatches, 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
}

Test(check, is_said_every_batch_or_never_if_so_wanted)
{
    session.options.check_interval_ms = 1;
    pawns_begin(&session, 3);
    cr_expect_eq(stats_of(server).checks, 0, "there is nothing to check");
    pawn_spawn(server, "ann", &ann);
    batches(50);
    for (size_t i = 1; i <= 3; i++) {
        cr_expect_geq(stats_of(&session.seats[i]).checks, 48);
        cr_expect_eq(stats_of(&session.seats[i]).mismatches, 0);
    }
    server->world->check_interval_ms = UINT32_MAX;
    {
        uint64_t checks = stats_of(server).checks;

        batches(20);
        cr_expect_eq(stats_of(server).checks, checks);
        cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    }
}

Test(check, one_poll_says_one_check_and_everyone_has_a_turn)
{
    enum {
        PAWNS = 400
    };
    static struct pawn pawns[PAWNS];
    uint64_t before;

    session.options.check_interval_ms = UINT32_MAX;
    pawns_begin(&session, 3);
    pawns[0].name[0] = 'x';
    for (size_t i = 0; i < PAWNS; i++) {
        char path[16];

        snprintf(path, sizeof path, "p%zu", i);
        pawn_spawn(server, path, &pawns[i]);
    }
    settle(&session);
    server->world->check_interval_ms = 1;
    for (size_t i = 1; i <= 3; i++) {
        meeple__check_follow(server->world,
                             meeple__world_remote(server->world, id_of(&session.seats[i])));
    }
    cr_assert_eq(meeple_world_poll(server->world, 0), 0);
    pawns[1].hp++;
    /* 400 pawns of 21 slots are three CHECKs; three peers have a round each. */
    for (unsigned i = 1; i <= 9; i++) {
        cr_assert_geq(meeple_world_poll(server->world, 0), 0);
        cr_expect_eq(stats_of(server).checks, i);
        cr_expect_eq(meeple_world_wait_ms(server->world), i < 9 ? 0 : -1);
    }
    before = stats_of(server).checks;
    cr_assert_eq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(stats_of(server).checks, before, "not before the next batch");
    session.trace[0] = '\0';
    settle(&session);
    for (size_t i = 1; i <= 3; i++) {
        cr_expect_eq(stats_of(&session.seats[i]).checks, 3);
        cr_expect_eq(stats_of(&session.seats[i]).mismatches, 0);
    }
}

/* Nobody does anything, and nobody would call poll. */
Test(check, a_world_at_rest_wakes_up_for_it)
{
    struct sim *sim = sim_new(&(struct sim_options){.seed = 1});
    struct seat *client;
    meeple_net *net, *joined;
    uint64_t until = sim_now(sim) + 35000;
    bool waited = false;

    pawn_session = &session;
    session.options.classes = pawn_classes;
    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = 4000, .io = sim_driver(sim, "server")}),
                 0);
    cr_assert_eq(meeple_net_connect(&joined, "ws://server:4000",
                                    &(meeple_connect_options){.io = sim_driver(sim, "a")}),
                 0);
    session_sit(&session, net);
    client = session_sit(&session, joined);
    pawn_spawn(server, "ann", &ann);
    do {
        int wait_ms;

        while (meeple_world_poll(server->world, -1) > 0 ||
               meeple_world_poll(client->world, -1) > 0) {
        }
        wait_ms = meeple_world_wait_ms(server->world);
        cr_expect_leq(wait_ms, 10000);
        waited = waited || wait_ms == 10000;
    } while (sim_step_until(sim, until));
    cr_expect(waited);
    cr_expect_eq(stats_of(client).checks, 3);
    cr_expect_eq(stats_of(client).mismatches, 0);
    session_end(&session);
    session.count = 0;
    sim_free(sim);
}

Test(check, waits_for_a_peer_that_lags_behind)
{
    struct pawn pawns[30];
    meeple_net *net;
    meeple_event event;

    session.options.check_interval_ms = 1;
    session.limits = (meeple_limits){.message_bytes_max = 300, .queue_bytes_max = 1200};
    pawns_begin(&session, 0);
    net = session_client(&session);
    for (unsigned i = 0; i < 5; i++) {
        while (meeple_net_next(net, &event, 0) > 0) {
        }
        settle(&session);
    }
    cr_assert_eq(meeple_net_send(net, MEEPLE_SERVER, (meeple_bytes){(const uint8_t *)"\1\1", 2}),
                 0);
    while (meeple_net_next(net, &event, 0) > 0) {
    }
    settle(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(pawns); i++) {
        char path[16];

        pawns[i] = ann;
        snprintf(path, sizeof path, "p%zu", i);
        pawn_spawn(server, path, &pawns[i]);
    }
    settle(&session);
    cr_expect_eq(stats_of(server).checks, 0, "it does not read");
    for (int32_t i = 0; i < 100; i++) {
        pawns[0].hp = i;
        while (meeple_net_next(net, &event, 0) > 0) {
        }
        settle(&session);
    }
    cr_expect_geq(stats_of(server).checks, 1);
    meeple_net_free(net);
    settle(&session);
}

static uint64_t sum_of(const meeple_object *object, uint8_t level, bool with_state,
                       const struct pawn *pawn)
{
    uint64_t sum = 0;

    cr_assert_eq(meeple__check_add(server->world, object, level, with_state, pawn, &sum), 0);
    return sum;
}

Test(check, what_is_not_seen_is_no_part_of_it)
{
    struct pawn other = ann;
    meeple_object *object;

    pawns_begin(&session, 0);
    object = pawn_spawn(server, "ann", &ann);
    other.local = 5;
    other.seat = NULL;
    cr_expect_eq(sum_of(object, MEEPLE__SEES_ALL, true, &ann),
                 sum_of(object, MEEPLE__SEES_ALL, true, &other), "it is no state");
    other.hand[2] = 77;
    cr_expect_eq(sum_of(object, MEEPLE__SEES_PUBLIC, true, &ann),
                 sum_of(object, MEEPLE__SEES_PUBLIC, true, &other));
    cr_expect_neq(sum_of(object, MEEPLE__SEES_ALL, true, &ann),
                  sum_of(object, MEEPLE__SEES_ALL, true, &other));
    other.name[1] = 'b';
    cr_expect_neq(sum_of(object, MEEPLE__SEES_PUBLIC, true, &ann),
                  sum_of(object, MEEPLE__SEES_PUBLIC, true, &other));
    cr_expect_eq(sum_of(object, MEEPLE__SEES_ALL, false, &ann),
                 sum_of(object, MEEPLE__SEES_ALL, false, &other), "it is the master's to say");
    other = ann;
    other.hp = 1000;
    cr_expect_neq(sum_of(object, MEEPLE__SEES_ALL, true, &ann),
                  sum_of(object, MEEPLE__SEES_ALL, true, &other), "out of its bounds");
}

Test(check, who_has_it_and_how_much_of_it_is_part_of_it)
{
    meeple_object *object;
    uint64_t sum;

    pawns_begin(&session, 0);
    object = pawn_spawn(server, "ann", &ann);
    sum = sum_of(object, MEEPLE__SEES_ALL, false, &ann);
    cr_expect_neq(sum, sum_of(object, MEEPLE__SEES_PUBLIC, false, &ann));
    object->master = 7;
    cr_expect_neq(sum, sum_of(object, MEEPLE__SEES_ALL, false, &ann));
    object->master = MEEPLE_SERVER;
    object->replica->view.owner = 7;
    cr_expect_neq(sum, sum_of(object, MEEPLE__SEES_ALL, false, &ann));
    object->replica->view.owner = MEEPLE_SERVER;
    object->replica->term++;
    cr_expect_neq(sum, sum_of(object, MEEPLE__SEES_ALL, false, &ann));
    object->replica->term--;
    cr_expect_eq(sum, sum_of(object, MEEPLE__SEES_ALL, false, &ann));
}

/* The example of docs/wire.md. */
Test(check, has_the_hash_that_the_wire_document_says)
{
    struct pair {
        char name[8];
        float real;
        uint8_t cells[2];
    } pair = {.name = "An", .real = 0.5F, .cells = {7, 200}};
    const meeple_field fields[] = {MEEPLE_STATE(struct pair, name), MEEPLE_STATE(struct pair, real),
                                   MEEPLE_STATE(struct pair, cells, .flags = MEEPLE_OWNER_ONLY)};
    const meeple_state state = {.fields = fields, .field_count = 3, .size = sizeof pair};
    const meeple_class cls = {.name = "pair", .state = &state};
    const meeple_class *const classes[] = {&cls, NULL};
    meeple_object *object;

    session.options.classes = classes;
    session_server(&session);
    cr_assert_eq(meeple_object_spawn(&object, server->world, &cls, "table/a", &pair), 0);
    object->replica->view.owner = 300;
    {
        uint64_t sum = 0;

        cr_assert_eq(meeple__check_add(server->world, object, object->replica->view.groups, true,
                                       &pair, &sum),
                     0);
        cr_expect_eq(sum, UINT64_C(0xc6dbc4cccbac385f), "%016" PRIx64, sum);
        sum = 0;
        cr_assert_eq(
            meeple__check_add(server->world, object, MEEPLE__SEES_PUBLIC, true, &pair, &sum), 0);
        cr_expect_eq(sum, UINT64_C(0x619ae221ee1fb8fa), "%016" PRIx64, sum);
    }
    session_end(&session);
    session.count = 0;
}

/* One that takes no objects of the class can never be mended. */
Test(check, who_cannot_be_mended_is_checked_less_and_less)
{
    uint64_t repairs;

    session.options.check_interval_ms = 160; /* a batch */
    pawns_begin(&session, 1);
    session.options.classes = pawn_other_classes;
    session_sit(&session, session_client(&session));
    pawn_spawn(server, "ann", &ann);
    batches(126);
    /* After 1 batch, 2 more, 4, 8, 16, 32, 64. */
    repairs = stats_of(server).repairs;
    cr_expect(repairs >= 5 && repairs <= 7, "%d", (int)repairs);
    batches(640);
    cr_expect(stats_of(server).repairs - repairs >= 9 && stats_of(server).repairs - repairs <= 11);
    /* The other has lost nothing by it. */
    cr_expect_geq(stats_of(&session.seats[1]).checks, 600);
    cr_expect_eq(stats_of(&session.seats[1]).mismatches, 0);
    cr_expect_eq(stats_of(&session.seats[2]).mismatches, stats_of(server).repairs);
}

Test(check, is_said_later_when_out_of_memory)
{
    struct counting_mem counting;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    session.options.check_interval_ms = 1;
    pawns_begin(&session, 1);
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    for (unsigned i = 0; i < 50; i++) {
        /* What it needs has not grown yet. */
        meeple__buf_done(&server->world->states.entry, &counting.mem);
        meeple__buf_done(&session.seats[1].world->states.entry, &counting.mem);
        counting_mem_fail(&counting, i % 6 + 1);
        ann.at.x++;
        for (unsigned poll = 0; poll < 3; poll++) {
            int rc = meeple_world_poll(server->world, 0);

            cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
            rc = meeple_world_poll(session.seats[1].world, 0);
            cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        counting.fail_at = 0;
        settle(&session);
        session.trace[0] = '\0';
    }
    cr_expect_gt(stats_of(&session.seats[1]).checks, 10);
    cr_expect_eq(stats_of(&session.seats[1]).mismatches, 0);
    end();
    session.count = 0;
    cr_expect_eq(counting.live, 0);
}
