/* test_repair: a client that has not what it should have says so, and has it in the end. */
#include "rpc/repair.h"

#include <criterion/criterion.h>

#include "rpc/due.h"
#include "rpc/lacking.h"
#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct pawn ann = {.name = "Ann", .hp = 10, .hand = {1, 2, 3, 4, 5}},
                   bob = {.name = "Bob", .hp = 20};
static meeple_object *ann_object, *bob_object;

static void end(void)
{
    session_end(&session);
}

TestSuite(repair, .fini = end);

/* Two pawns, two clients, and a check after each batch. */
static void begin(void)
{
    session.options.check_interval_ms = 1;
    pawns_begin(&session, 2);
    ann_object = pawn_spawn(server, "ann", &ann);
    bob_object = pawn_spawn(server, "bob", &bob);
    settle(&session);
    session.trace[0] = '\0';
}

static meeple_object *object_at(const struct seat *seat, const meeple_object *object)
{
    return meeple__states_find(&seat->world->states, object->replica->id);
}

static meeple_state_stats stats_of(const struct seat *seat)
{
    return meeple_world_state_stats(seat->world);
}

/* As if it had asked. */
static void tell_all_again(const struct seat *seat)
{
    struct meeple__remote *remote = meeple__world_remote(server->world, id_of(seat));

    meeple__seen_start_over(&remote->seen);
    meeple__lacks(server->world, remote);
}

/* Nobody but the first client has anything to mend. */
static void expect_repaired(uint64_t times)
{
    cr_expect_eq(stats_of(a).mismatches, times);
    cr_expect_eq(stats_of(a).repairs, times);
    cr_expect_eq(stats_of(server).mismatches, times);
    cr_expect_eq(stats_of(server).repairs, times);
    cr_expect_eq(stats_of(b).mismatches, 0);
    cr_expect_eq(stats_of(b).repairs, 0);
}

Test(repair, what_a_client_has_changed_is_changed_back)
{
    char refusals[600];
    int32_t id;

    begin();
    id = id_of(a);
    pawn_at(a, "ann")->hp = 99;
    pawn_at(a, "ann")->local = 5;
    bob.at.x = 3;
    snprintf(refusals, sizeof refusals,
             "a: of the spawned objects 1 to 4294967295 not all are as the server has them: all "
             "are asked for again, and the log says what was not the same; did we change one that "
             "is not ours, or refuse one?; "
             "server: peer %d has not what it was told of spawned objects, and is told everything "
             "again; its log says what was not the same; ",
             (int)id);
    settle(&session);
    cr_expect_str_eq(session.trace, "server: changed bob at=3,0; a: changed bob at=3,0; "
                                    "b: changed bob at=3,0; a: changed ann hp=10; ");
    cr_expect_str_eq(session.refusals, refusals);
    cr_expect_eq(pawn_at(a, "ann")->local, 5, "that is its own");
    expect_repaired(1);
    session.trace[0] = '\0';
    for (unsigned i = 0; i < 20; i++) {
        ann.hp++;
        settle(&session);
    }
    expect_repaired(1);
}

static void lines(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)area;
    if (level <= MEEPLE_LOG_WARN) {
        note(ctx, 2000, "%s; ", text);
    }
}

/* A client's own mistake, as the library could not make it. */
static void lose(const struct seat *seat, const meeple_object *object)
{
    meeple_object *there = object_at(seat, object);

    meeple__states_take_out(seat->world, there);
    meeple__due_removed(seat->world, there->replica);
}

static meeple_object *make_up(const struct seat *seat, const char *path, uint32_t id)
{
    meeple_object *object;

    cr_assert_eq(meeple__states_add(&object, seat->world, seat->world->states.layouts[0],
                                    (meeple_bytes){(const uint8_t *)path, strlen(path)}, id, NULL),
                 0);
    object->replica->level = MEEPLE__SEES_ALL;
    meeple__due_ready(seat->world, object->replica);
    return object;
}

Test(repair, the_log_says_what_was_not_the_same)
{
    static char log[2000];
    static const meeple_log sink = {.write = lines, .ctx = log, .level = MEEPLE_LOG_WARN};

    begin();
    a->world->log = &sink;
    pawn_at(a, "ann")->cells[3] = 9;
    lose(a, bob_object);
    make_up(a, "eve", 77);
    ann.at.x++;
    settle(&session);
    cr_expect_not_null(strstr(log, "mended: field 'cells' of ann was not the same; "
                                   "mended: bob was missing; mended: eve was not to be here; "),
                       "%s", log);
    /* Of the second mismatch on_refused alone is told. */
    log[0] = session.refusals[0] = '\0';
    pawn_at(a, "ann")->cells[3] = 9;
    for (unsigned i = 0; i < 5; i++) {
        ann.at.x++;
        settle(&session);
    }
    cr_expect_str_eq(log, "mended: field 'cells' of ann was not the same; ");
    cr_expect_not_null(strstr(session.refusals, "a: of the spawned objects 1 to"));
    expect_repaired(2);
    a->world->log = NULL;
}

Test(repair, what_is_lost_comes_again_and_what_is_made_up_goes)
{
    begin();
    lose(a, ann_object);
    make_up(a, "eve", 77);
    settle(&session);
    session.trace[0] = '\0';
    bob.hp = 21;
    expect_trace(&session, "server: changed bob hp=21; a: changed bob hp=21; b: changed bob hp=21; "
                           "a: removed eve; a: ready ann Ann 10; ");
    expect_repaired(1);
    cr_expect_eq(stats_of(a).spawned, 2);
}

Test(repair, one_at_the_path_of_another_makes_room)
{
    begin();
    lose(a, ann_object);
    make_up(a, "ann", 77);
    settle(&session);
    session.trace[0] = '\0';
    bob.hp = 21;
    settle(&session);
    cr_expect_not_null(strstr(session.trace, "a: removed ann; a: ready ann Ann 10; "), "%s",
                       session.trace);
    expect_repaired(1);
    /* One of the same id that is something else goes, too. */
    lose(a, ann_object);
    make_up(a, "eve", ann_object->replica->id);
    settle(&session);
    session.trace[0] = '\0';
    for (unsigned i = 0; i < 5; i++) {
        bob.hp++;
        settle(&session);
    }
    cr_expect_not_null(strstr(session.trace, "a: removed eve; a: ready ann Ann 10; "), "%s",
                       session.trace);
    expect_repaired(2);
    cr_expect_eq(stats_of(a).spawned, 2);
}

Test(repair, everything_again_changes_nothing_that_is_right)
{
    begin();
    tell_all_again(a);
    expect_trace(&session, "");
    cr_expect_eq(stats_of(a).repairs, 1);
    cr_expect_eq(stats_of(a).spawned, 2);
    /* It is as it was for the next batch, too. */
    ann.hp++;
    expect_trace(&session,
                 "server: changed ann hp=11; a: changed ann hp=11; b: changed ann hp=11; ");
    meeple_object_remove(ann_object);
    expect_trace(&session, "server: removed ann; a: removed ann; b: removed ann; ");
    cr_expect_str_eq(session.refusals, "");
}

Test(repair, what_a_master_changes_meanwhile_is_not_lost)
{
    begin();
    cr_expect_eq(meeple_object_hand_over(ann_object, id_of(a)), 0);
    settle(&session);
    session.trace[0] = '\0';
    tell_all_again(a);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    /* The batch is on its way to it, and this on its way to the server. */
    pawn_at(a, "ann")->hp = 55;
    settle(&session);
    cr_expect_eq(ann.hp, 55);
    cr_expect_eq(pawn_at(a, "ann")->hp, 55);
    cr_expect_eq(pawn_at(b, "ann")->hp, 55);
    pawn_at(a, "ann")->hp = 56;
    settle(&session);
    cr_expect_eq(ann.hp, 56);
    cr_expect_eq(pawn_at(b, "ann")->hp, 56);
    /* One that has lost it gets it as the others have it. */
    lose(a, ann_object);
    bob.hp++;
    settle(&session);
    cr_assert_not_null(pawn_at(a, "ann"));
    cr_expect_eq(pawn_at(a, "ann")->hp, 56);
    cr_expect_arr_eq(pawn_at(a, "ann")->hand, ann.hand, sizeof ann.hand);
    cr_expect(meeple_object_is_master(object_at(a, ann_object)));
    pawn_at(a, "ann")->hp = 57;
    settle(&session);
    cr_expect_eq(ann.hp, 57);
    cr_expect_eq(stats_of(a).mismatches, 1);
    cr_expect_eq(stats_of(server).repairs, 1);
    cr_expect_eq(stats_of(b).mismatches, 0);
}

Test(repair, who_is_handed_an_object_meanwhile_gets_it_as_it_is)
{
    begin();
    cr_expect_eq(meeple_object_hand_over(ann_object, id_of(a)), 0);
    settle(&session);
    pawn_at(a, "ann")->hp = 55;
    tell_all_again(a);
    cr_expect_eq(meeple_object_hand_over(ann_object, MEEPLE_SERVER), 0);
    cr_expect_eq(meeple_object_hand_over(bob_object, id_of(a)), 0);
    ann.hp = 44;
    settle(&session);
    cr_expect_eq(pawn_at(a, "ann")->hp, 44);
    cr_expect_eq(pawn_at(b, "ann")->hp, 44);
    pawn_at(a, "bob")->hp = 5;
    settle(&session);
    cr_expect_eq(bob.hp, 5);
    cr_expect_eq(stats_of(a).repairs, 1);
    cr_expect_eq(stats_of(a).mismatches, 0);
}

Test(repair, nobody_gets_everything_again_without_a_check)
{
    struct session alone = {0};
    meeple_net *net;
    meeple_event event;
    char expected[200];
    struct pawn pawn = ann;
    uint64_t bytes;

    begin();
    pawns_begin(&alone, 0);
    net = session_client(&alone);
    for (unsigned i = 0; i < 5; i++) {
        while (meeple_net_next(net, &event, 0) > 0) {
        }
        settle(&alone);
    }
    pawn_spawn(&alone.seats[0], "ann", &pawn);
    cr_assert_eq(meeple_net_send(net, MEEPLE_SERVER, (meeple_bytes){(const uint8_t *)"\1\1", 2}),
                 0);
    while (meeple_net_next(net, &event, 0) > 0) {
    }
    settle(&alone);
    while (meeple_net_next(net, &event, 0) > 0) {
    }
    bytes = stats_of(&alone.seats[0]).bytes;
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(meeple_net_send(net, MEEPLE_SERVER, (meeple_bytes){(const uint8_t *)"\15", 1}),
                     0);
        alone.refusals[0] = '\0';
        while (meeple_net_next(net, &event, 0) > 0) {
        }
        settle(&alone);
    }
    snprintf(expected, sizeof expected,
             "server: peer %d asked to be told everything again, unasked; ",
             (int)meeple_net_id(net));
    cr_expect_str_eq(alone.refusals, expected);
    cr_expect_eq(stats_of(&alone.seats[0]).bytes, bytes);
    cr_expect_eq(stats_of(&alone.seats[0]).refused, 200);
    cr_expect_eq(stats_of(&alone.seats[0]).repairs, 0);
    meeple_net_free(net);
    session_end(&alone);
    pawn_session = &session;
}

Test(repair, goes_over_a_queue_that_is_full_again_and_again)
{
    enum {
        PAWNS = 60
    };
    static struct pawn pawns[PAWNS];
    meeple_object *objects[PAWNS];

    session.limits = (meeple_limits){.message_bytes_max = 131, .queue_bytes_max = 600};
    begin();
    for (size_t i = 0; i < PAWNS; i++) {
        char path[16];

        pawns[i] = ann;
        snprintf(path, sizeof path, "p%zu", i);
        objects[i] = pawn_spawn(server, path, &pawns[i]);
    }
    settle(&session);
    lose(a, objects[3]);
    make_up(a, "eve", 7777);
    pawn_at(a, "p59")->hp = 99;
    bob.hp++;
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    /* Meanwhile the others change, come and go. */
    for (size_t i = 0; i < 20; i++) {
        pawns[i + 20].hp = (int32_t)i;
        meeple_object_remove(objects[i + 40]);
        cr_assert_geq(meeple_world_poll(server->world, 0), 0);
        cr_assert_geq(meeple_world_poll(a->world, 0), 0);
        session.trace[0] = '\0';
    }
    settle(&session);
    for (unsigned i = 0; i < 5; i++) {
        bob.hp++;
        settle(&session);
        session.trace[0] = '\0';
    }
    cr_expect_eq(stats_of(a).spawned, 42);
    for (size_t i = 0; i < 40; i++) {
        char path[16];

        snprintf(path, sizeof path, "p%zu", i);
        cr_assert_not_null(pawn_at(a, path), "%s", path);
        cr_expect_eq(pawn_at(a, path)->hp, pawns[i].hp);
    }
    cr_expect_null(pawn_at(a, "p59"));
    expect_repaired(1);
}

struct book {
    int32_t page;
    char text[40000];
    int32_t edition;
};
static unsigned book_changes;

static void book_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct book *book = self;

    (void)object;
    (void)changes;
    book_changes++;
    cr_expect_eq(strlen(book->text), 35000);
}

static const meeple_field book_fields[] = {MEEPLE_STATE(struct book, page),
                                           MEEPLE_STATE(struct book, text),
                                           MEEPLE_STATE(struct book, edition)};
static const meeple_state book_state = {.fields = book_fields,
                                        .field_count = MEEPLE_COUNT(book_fields),
                                        .size = sizeof(struct book),
                                        .on_changed = book_changed};
static const meeple_class book_class = {.name = "book", .state = &book_state};

Test(repair, a_value_in_fragments_stays_until_it_has_come)
{
    static const meeple_class *const classes[] = {&book_class, NULL};
    static struct book book = {.page = 1, .edition = 2};
    meeple_object *object;
    struct book *seen;

    memset(book.text, 'x', 35000);
    session.options.classes = classes;
    session.options.check_interval_ms = 1;
    session_server(&session);
    session_sit(&session, session_client(&session));
    settle(&session);
    cr_assert_eq(meeple_object_spawn(&object, server->world, &book_class, "book", &book), 0);
    settle(&session);
    book_changes = 0;
    tell_all_again(a);
    settle(&session);
    cr_expect_eq(book_changes, 0);
    cr_expect_eq(stats_of(a).repairs, 1);
    seen = meeple_object_find(a->world, &book_class, "book");
    seen->text[20000] = 'y';
    seen->edition = 7;
    book.page = 3;
    settle(&session);
    cr_expect_str_eq(seen->text, book.text);
    cr_expect(seen->page == 3 && seen->edition == 2);
    /* The page here and there, the edition, the text. */
    cr_expect_eq(book_changes, 4);
    cr_expect_eq(stats_of(a).mismatches, 1);
    cr_expect_eq(stats_of(a).repairs, 2);
    book.page = 4;
    settle(&session);
    cr_expect_eq(stats_of(a).mismatches, 1);
}

/* One allocation fails, and in the end all is as it should be. */
static void mend_poorly(size_t n, size_t *calls)
{
    struct counting_mem counting;
    struct session poor = {0};
    struct pawn one = ann, two = bob;
    meeple_object *object, *other;

    counting_mem_init(&counting);
    poor.options.mem = &counting.mem;
    poor.options.check_interval_ms = 1;
    pawns_begin(&poor, 1);
    object = pawn_spawn(&poor.seats[0], "one", &one);
    other = pawn_spawn(&poor.seats[0], "two", &two);
    settle(&poor);
    lose(&poor.seats[1], object);
    make_up(&poor.seats[1], "eve", 77);
    object_at(&poor.seats[1], other)->replica->view.owner = 3;
    settle(&poor);
    *calls = counting.calls;
    counting_mem_fail(&counting, n);
    for (unsigned i = 0; i < 10; i++) {
        two.hp++;
        for (unsigned poll = 0; poll < 4; poll++) {
            for (size_t seat = 0; seat < 2; seat++) {
                int rc = meeple_world_poll(poor.seats[seat].world, 0);

                cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
            }
        }
    }
    settle(&poor);
    *calls = counting.calls - *calls;
    cr_assert_not_null(pawn_at(&poor.seats[1], "one"), "failing %zu", n);
    cr_expect_null(pawn_at(&poor.seats[1], "eve"), "failing %zu", n);
    cr_expect_eq(pawn_at(&poor.seats[1], "two")->hp, two.hp);
    cr_expect_eq(meeple_object_owner(object_at(&poor.seats[1], other)), MEEPLE_SERVER);
    cr_expect_eq(stats_of(&poor.seats[1]).repairs, 1, "failing %zu", n);
    session_end(&poor);
    cr_expect_eq(counting.live, 0);
}

Test(repair, survives_the_failure_of_every_allocation)
{
    size_t calls = 1;

    session_server(&session);
    for (size_t n = 1; n <= calls; n++) {
        mend_poorly(n, &calls);
    }
    cr_expect_gt(calls, 3);
    pawn_session = &session;
}

Test(repair, a_peer_may_leave_or_the_session_end_meanwhile)
{
    begin();
    tell_all_again(a);
    lose(a, ann_object);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(meeple_net_kick(meeple_world_net(server->world), id_of(a), 4000, "go"), 0);
    settle(&session);
    tell_all_again(b);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    session.trace[0] = '\0';
    meeple_net_close(meeple_world_net(server->world), 4000, "over");
    settle(&session);
    cr_expect_str_eq(session.trace, "b: removed ann; b: removed bob; ");
}

/* What had not been named yet was not wrong. */
Test(repair, a_session_that_ends_meanwhile_has_mended_nothing)
{
    static char log[2000];
    static const meeple_log sink = {.write = lines, .ctx = log, .level = MEEPLE_LOG_WARN};

    begin();
    a->world->log = &sink;
    meeple__repair_begin(a->world);
    meeple_net_close(meeple_world_net(server->world), 4000, "over");
    settle(&session);
    cr_expect_str_eq(log, "");
    cr_expect_eq(stats_of(a).repairs, 0);
    cr_expect_not_null(strstr(session.trace, "a: removed ann; a: removed bob; "));
    a->world->log = NULL;
}
