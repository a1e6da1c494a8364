/* test_spawn: objects that appear by themselves, and whose state follows, over whole sessions. */
#include "rpc/world.h"

#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct pawn ann = {.name = "Ann", .hp = 10, .hand = {1, 2, 3, 4, 5}},
                   bob = {.name = "Bob", .hp = 20};

static void begin(void)
{
    pawns_begin(&session, 2);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(spawn, .init = begin, .fini = end);

Test(spawn, appears_everywhere_and_follows)
{
    pawn_spawn(server, "pawns//ann/", &ann);
    expect_trace(&session, "server: ready pawns/ann Ann 10; a: ready pawns/ann Ann 10; "
                           "b: ready pawns/ann Ann 10; ");
    ann.hp = 7;
    ann.at.y = -3;
    ann.cells[4] = 500;
    ann.local = 99;
    expect_trace(&session, "server: changed pawns/ann hp=7 at=0,-3 cell4=500; "
                           "a: changed pawns/ann hp=7 at=0,-3 cell4=500; "
                           "b: changed pawns/ann hp=7 at=0,-3 cell4=500; ");
    cr_expect_eq(pawn_at(a, "pawns/ann")->local, 0);
    cr_expect_eq(pawn_at(b, "pawns/ann")->cells[4], 500);
    expect_refusals(&session, "");
}

/* What Godot has of small structs is state as any number is. */
struct ship {
    meeple_transform where;
    meeple_rect2 frame;
    meeple_quat turns[2];
};
static const meeple_field ship_fields[] = {MEEPLE_STATE(struct ship, where),
                                           MEEPLE_STATE(struct ship, frame),
                                           MEEPLE_STATE(struct ship, turns)};
static const meeple_state ship_state = {
    .fields = ship_fields, .field_count = MEEPLE_COUNT(ship_fields), .size = sizeof(struct ship)};
static const meeple_class ship_class = {.name = "ship", .state = &ship_state};
static const meeple_class *const ship_classes[] = {&ship_class, NULL};

Test(spawn, keeps_what_is_made_of_floats_the_same)
{
    struct session ships = {.options.classes = ship_classes};
    struct ship ours = {.frame = {1, 2, 3, 4}, .turns = {{0, 0, 0, 1}, {0, 0, 0, 1}}};
    const struct ship *theirs;
    meeple_object *object;

    session_server(&ships);
    session_sit(&ships, session_client(&ships));
    settle(&ships);
    cr_assert_eq(meeple_object_spawn(&object, ships.seats[0].world, &ship_class, "ship", &ours), 0);
    settle(&ships);
    theirs = meeple_object_find(ships.seats[1].world, &ship_class, "ship");
    cr_assert_not_null(theirs);
    cr_expect_arr_eq(theirs, &ours, sizeof ours);
    ours.where.origin.z = -5;
    ours.frame.height = 9;
    ours.turns[1].x = 0.5f;
    settle(&ships);
    cr_expect_arr_eq(theirs, &ours, sizeof ours);
    session_end(&ships);
}

Test(spawn, says_nothing_when_nothing_changes)
{
    meeple_state_stats before;

    pawn_spawn(server, "ann", &ann);
    settle(&session);
    before = meeple_world_state_stats(server->world);
    ann.local = 5;
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).packets, before.packets);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    ann.hp++;
    cr_expect_eq(meeple_world_wait_ms(server->world), 0);
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).packets, before.packets + 2);
    cr_expect_eq(meeple_world_state_stats(server->world).encodings, before.encodings + 1);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
}

Test(spawn, is_removed_everywhere)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    settle(&session);
    session.trace[0] = '\0';
    meeple_object_remove(object);
    meeple_object_remove(object);
    cr_expect_null(pawn_at(server, "ann"));
    expect_trace(&session, "server: removed ann; a: removed ann; b: removed ann; ");
    cr_expect_null(pawn_at(a, "ann"));
    pawn_spawn(server, "ann", &ann);
    expect_trace(&session, "server: ready ann Ann 10; a: ready ann Ann 10; b: ready ann Ann 10; ");
}

Test(spawn, that_was_gone_before_anyone_heard_of_it_is_told_to_nobody)
{
    meeple_object_remove(pawn_spawn(server, "ann", &ann));
    expect_trace(&session, "server: removed ann; ");
}

Test(spawn, comes_to_a_late_joiner_as_it_is_now_in_the_order_of_spawning)
{
    struct seat *c;

    pawn_spawn(server, "ann", &ann);
    pawn_spawn(server, "ann/bob", &bob);
    settle(&session);
    ann.hp = 33;
    strcpy(ann.name, "changed");
    settle(&session);
    session.trace[0] = '\0';
    c = session_sit(&session, session_client(&session));
    c->events = true;
    expect_trace(&session, "c: up; c: join server; c: join a; c: join b; c: ready ann Ann 33; "
                           "c: ready ann/bob Bob 20; ");
    cr_expect_eq(pawn_at(c, "ann")->hand[0], 0);
}

Test(spawn, calls_stand_between_the_changes_they_were_made_between)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    ann.hp = 11;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "one"), 0);
    ann.hp = 12;
    cr_expect_eq(meeple_rpc(object, id_of(a), poke, "two"), 0);
    ann.hp = 13;
    settle(&session);
    cr_expect_not_null(strstr(session.trace,
                              "a: ready ann Ann 11; a: poke ann one at 11; a: changed ann hp=12; "
                              "a: poke ann two at 12; a: changed ann hp=13; "),
                       "%s", session.trace);
    expect_trace(&session, session.trace);
}

/* What a client hears, the host hears in the same order; but what it has changed since, it sees
 * already, and is not told again. */
Test(spawn, the_host_hears_it_in_the_same_order)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    ann.hp = 11;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "one"), 0);
    ann.hp = 12;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "two"), 0);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    meeple_object_remove(object);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_str_eq(session.trace, "server: ready ann Ann 12; server: poke ann one at 12; "
                                    "server: poke ann two at 12; server: removed ann; ");
}

Test(spawn, batches_are_complete_before_a_handler_runs)
{
    pawn_spawn(server, "ann", &ann);
    pawn_spawn(server, "bob", &bob);
    settle(&session);
    session.trace[0] = '\0';
    bob.hp = 1;
    ann.hp = 2;
    expect_trace(&session, "server: changed ann hp=2; server: changed bob hp=1; "
                           "a: changed ann hp=2; a: changed bob hp=1; "
                           "b: changed ann hp=2; b: changed bob hp=1; ");
}

Test(spawn, can_be_called_by_everyone_who_sees_it)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);
    meeple_object *there;

    settle(&session);
    session.trace[0] = '\0';
    there = meeple__states_find(&a->world->states, object->replica->id);
    cr_expect_eq(meeple_rpc(there, MEEPLE_ALL, poke, "hi"), 0);
    expect_trace(&session,
                 "a: poke ann hi at 10; server: poke ann hi at 10; b: poke ann hi at 10; ");
    cr_expect_eq(meeple_object_show(object, id_of(b), false), 0);
    expect_trace(&session, "b: removed ann; ");
    cr_expect_eq(meeple_rpc(there, MEEPLE_ALL, poke, "hi"), 0);
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "ho"), 0);
    cr_expect_eq(meeple_rpc(object, id_of(b), poke, "you"), MEEPLE_ENOTFOUND);
    expect_trace(&session, "server: poke ann ho at 10; a: poke ann hi at 10; "
                           "a: poke ann ho at 10; server: poke ann hi at 10; ");
    expect_refusals(&session, "");
    cr_expect_eq(meeple_world_state_stats(b->world).stale, 1);
}

Test(spawn, is_shown_to_whom_it_is_shown)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    cr_expect_eq(meeple_object_show(object, MEEPLE_ALL, false), 0);
    expect_trace(&session, "server: ready ann Ann 10; ");
    ann.hp = 4;
    expect_trace(&session, "server: changed ann hp=4; ");
    cr_expect_eq(meeple_object_show(object, id_of(a), true), 0);
    cr_expect(meeple_object_is_shown(object, id_of(a)));
    cr_expect_not(meeple_object_is_shown(object, id_of(b)));
    expect_trace(&session, "a: ready ann Ann 4; ");
    cr_expect_eq(meeple_object_show(object, id_of(a), false), 0);
    cr_expect_eq(meeple_object_show(object, id_of(b), true), 0);
    expect_trace(&session, "a: removed ann; b: ready ann Ann 4; ");
    cr_expect_eq(meeple_object_show(object, 4711, true), MEEPLE_ENOTFOUND);
}

Test(spawn, fields_for_the_owner_are_the_owners)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    settle(&session);
    cr_expect_eq(pawn_at(a, "ann")->hand[0], 0);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_object_set_owner(object, id_of(a)), 0);
    expect_trace(&session, "a: changed ann hand0=1 hand1=2 hand2=3 hand3=4 hand4=5; ");
    cr_expect_eq(meeple_object_owner(meeple__states_find(&b->world->states, 1)), id_of(a));
    ann.hand[2] = 9;
    expect_trace(&session, "server: changed ann hand2=9; a: changed ann hand2=9; ");
    cr_expect_eq(meeple_object_set_owner(object, id_of(b)), 0);
    expect_trace(&session, "a: changed ann hand0=0 hand1=0 hand2=0 hand3=0 hand4=0; "
                           "b: changed ann hand0=1 hand1=2 hand2=9 hand3=4 hand4=5; ");
}

Test(spawn, the_master_changes_it_and_the_others_follow)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);
    struct pawn *there;

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    session.trace[0] = '\0';
    there = pawn_at(a, "ann");
    cr_expect_eq(there->hand[4], 5);
    there->hp = 55;
    there->cells[8] = 8;
    cr_expect_eq(meeple_world_wait_ms(a->world), 0);
    settle(&session);
    cr_expect_str_eq(session.trace, "a: changed ann hp=55 cell8=8; "
                                    "server: changed ann hp=55 cell8=8; "
                                    "b: changed ann hp=55 cell8=8; ");
    cr_expect_eq(ann.hp, 55);
    session.trace[0] = '\0';
    ann.hp = 1;
    expect_trace(&session, "");
    meeple_object_set_master(object, MEEPLE_SERVER);
    there->hp = 66;
    settle(&session);
    cr_expect_eq(pawn_at(a, "ann")->hp, ann.hp);
    cr_expect_eq(pawn_at(b, "ann")->hp, ann.hp);
    expect_refusals(&session, "");
}

Test(spawn, who_is_no_master_is_refused_and_counted)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    pawn_at(a, "ann")->hp = 50;
    expect_trace(&session, "");
    meeple__states_find(&a->world->states, 1)->master = id_of(a);
    meeple__states_follow(a->world, meeple__states_find(&a->world->states, 1));
    settle(&session);
    cr_expect_eq(ann.hp, 10);
    cr_expect_not_null(strstr(session.refusals, " changed ann: only the master, 1, may; "), "%s",
                       session.refusals);
    cr_expect_eq(meeple_world_state_stats(server->world).refused, 1);
}

Test(spawn, returns_to_the_server_when_its_master_leaves)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    session.trace[0] = '\0';
    pawn_at(a, "ann")->hp = 44;
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    meeple_world_free(a->world);
    a->world = NULL;
    settle(&session);
    cr_expect_eq(meeple_object_master(object), MEEPLE_SERVER);
    ann.hp++;
    settle(&session);
    cr_expect_eq(pawn_at(b, "ann")->hp, ann.hp);
    cr_expect_eq(meeple_object_master(meeple__states_find(&b->world->states, 1)), MEEPLE_SERVER);
}

Test(spawn, goes_with_its_master_if_its_class_says_so)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_spawn(&object, server->world, &mortal_class, "ann", &ann), 0);
    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    session.trace[0] = '\0';
    meeple_world_free(a->world);
    a->world = NULL;
    expect_trace(&session, "server: removed ann; b: removed ann; ");
}

Test(spawn, goes_when_the_session_ends)
{
    a->events = true;
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_net_close(meeple_world_net(server->world), 0, NULL), 0);
    settle(&session);
    cr_expect_not_null(strstr(session.trace, "a: removed ann; a: down; "), "%s", session.trace);
}

Test(spawn, keeps_what_is_out_of_bounds_at_home)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    ann.hp = 101;
    ann.at.x = 1;
    expect_trace(&session,
                 "server: changed ann at=1,0; a: changed ann at=1,0; b: changed ann at=1,0; ");
    cr_expect_eq(pawn_at(a, "ann")->hp, 10);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    ann.hp = 100;
    expect_trace(&session,
                 "server: changed ann hp=100; a: changed ann hp=100; b: changed ann hp=100; ");
}

Test(spawn, is_refused_where_it_makes_no_sense)
{
    static const meeple_class other = {.name = "other", .state = &pawn_state};
    struct pawn bad = {.hp = 1000};
    struct pawn endless = {.hp = 1};
    meeple_object *object, *added;

    memset(endless.name, 'x', sizeof endless.name);
    cr_expect_eq(meeple_object_spawn(NULL, server->world, &pawn_class, "x", &ann), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &pawn_class, "x", NULL),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &other, "x", &ann), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &pawn_class, "", &ann), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &pawn_class, "x", &bad),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &pawn_class, "x", &endless),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_spawn(&object, a->world, &pawn_class, "x", &ann), MEEPLE_ESTATE);
    cr_expect_null(object);
    cr_assert_eq(meeple_object_add(&added, server->world, &session_class, "x", server), 0);
    cr_expect_eq(meeple_object_spawn(&object, server->world, &pawn_class, "x", &ann),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show(added, MEEPLE_ALL, true), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_hand_over(added, id_of(a)), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_owner(added), 0);
    expect_trace(&session, "");
}

Test(spawn, is_refused_by_who_has_another_object_there)
{
    meeple_object *mine;

    cr_assert_eq(meeple_object_add(&mine, a->world, &session_class, "ann", a), 0);
    pawn_spawn(server, "ann", &ann);
    expect_trace(&session, "server: ready ann Ann 10; b: ready ann Ann 10; ");
    expect_refusals(&session, "a: peer 1 spawned ann: there is another object of that path here; ");
    ann.hp++;
    settle(&session);
    expect_refusals(&session, "");
    cr_expect_eq(meeple_world_state_stats(a->world).stale, 1);
}

Test(spawn, a_client_cannot_remove_it)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    meeple_object_remove(meeple__states_find(&a->world->states, 1));
    expect_trace(&session, "");
    cr_expect_not_null(pawn_at(a, "ann"));
}

/* ---- what handlers may do ---- */

static meeple_object *victim;

static void free_world(struct pawn *pawn, meeple_object *object)
{
    (void)pawn;
    if (meeple_object_world(object) == a->world) {
        meeple_world_free(a->world);
        a->world = NULL;
    }
}

/* Polls the server, and a until its world is gone. */
static void settle_until_a_is_gone(void)
{
    meeple_world *world = a->world;

    for (unsigned i = 0; i < 10 && a->world; i++) {
        int rc;

        cr_assert_geq(meeple_world_poll(server->world, 0), 0);
        rc = meeple_world_poll(world, 0);
        cr_expect(rc >= 0 || (rc == MEEPLE_ECLOSED && !a->world));
    }
    cr_expect_null(a->world);
    settle(&session);
}

Test(spawn, a_world_is_freed_by_on_ready)
{
    pawn_ready_hook = free_world;
    pawn_spawn(server, "ann", &ann);
    pawn_spawn(server, "bob", &bob);
    settle_until_a_is_gone();
    cr_expect_not_null(pawn_at(b, "bob"));
}

Test(spawn, a_world_is_freed_by_on_changed)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    pawn_changed_hook = free_world;
    ann.hp++;
    settle_until_a_is_gone();
}

Test(spawn, a_world_is_freed_by_on_removed)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    settle(&session);
    pawn_removed_hook = free_world;
    meeple_object_remove(object);
    settle_until_a_is_gone();
}

Test(spawn, a_world_is_freed_by_on_removed_of_its_end)
{
    meeple_world *world = a->world;

    pawn_spawn(server, "ann", &ann);
    pawn_spawn(server, "bob", &bob);
    settle(&session);
    pawn_removed_hook = free_world;
    cr_expect_eq(meeple_net_close(meeple_world_net(server->world), 0, NULL), 0);
    for (unsigned i = 0; i < 5 && a->world; i++) {
        cr_assert_geq(meeple_world_poll(server->world, 0), 0);
        cr_expect_leq(meeple_world_poll(world, 0), 4);
    }
    cr_expect_null(a->world);
}

static void remove_victim(struct pawn *pawn, meeple_object *object)
{
    (void)pawn;
    (void)object;
    meeple_object_remove(victim);
    victim = NULL;
}

Test(spawn, an_object_is_removed_by_its_own_on_ready)
{
    pawn_ready_hook = remove_victim;
    victim = pawn_spawn(server, "ann", &ann);
    expect_trace(&session, "server: ready ann Ann 10; server: removed ann; a: ready ann Ann 10; "
                           "a: removed ann; b: ready ann Ann 10; b: removed ann; ");
}

Test(spawn, an_object_is_removed_by_on_changed_of_another)
{
    pawn_spawn(server, "ann", &ann);
    victim = pawn_spawn(server, "bob", &bob);
    settle(&session);
    session.trace[0] = '\0';
    pawn_changed_hook = remove_victim;
    ann.hp = 1;
    bob.hp = 2;
    settle(&session);
    cr_expect_null(pawn_at(a, "bob"));
    cr_expect_null(pawn_at(server, "bob"));
    cr_expect_eq(pawn_at(b, "ann")->hp, 1);
}

static void spawn_another(struct pawn *pawn, meeple_object *object)
{
    if (pawn == &ann && !pawn_at(server, "bob") && pawn->seat == server) {
        cr_expect_eq(
            meeple_object_spawn(&victim, meeple_object_world(object), &pawn_class, "bob", &bob), 0);
    }
}

Test(spawn, on_changed_may_spawn)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    pawn_changed_hook = spawn_another;
    ann.hp = 1;
    expect_trace(&session, "server: changed ann hp=1; server: ready bob Bob 20; "
                           "a: changed ann hp=1; a: ready bob Bob 20; "
                           "b: changed ann hp=1; b: ready bob Bob 20; ");
}

static void kick_master(struct pawn *pawn, meeple_object *object)
{
    if (pawn == &ann) {
        cr_expect_eq(meeple_net_kick(meeple_world_net(server->world), meeple_object_master(object),
                                     0, "no more"),
                     0);
        pawn_changed_hook = NULL;
    }
}

Test(spawn, on_changed_may_kick_the_master)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    pawn_at(a, "ann")->hp = 1;
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    pawn_at(a, "ann")->hp = 2;
    pawn_changed_hook = kick_master;
    settle(&session);
    cr_expect_eq(meeple_object_master(object), MEEPLE_SERVER);
    cr_expect_eq(ann.hp, 1);
    cr_expect_eq(pawn_at(b, "ann")->hp, 1);
}

static void heal(struct pawn *pawn, meeple_object *object)
{
    (void)object;
    if (pawn == &ann && pawn->hp < 16) {
        pawn->hp++;
    }
}

/* Also what a handler changes that was called only because another had changed something. */
Test(spawn, what_on_changed_changes_is_told_in_the_same_poll)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    pawn_changed_hook = heal;
    ann.hp = 14;
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    cr_expect_str_eq(session.trace, "server: changed ann hp=14; server: changed ann hp=15; "
                                    "server: changed ann hp=16; a: changed ann hp=14; "
                                    "a: changed ann hp=15; a: changed ann hp=16; ");
}

static void heal_on_say(struct seat *seat, const meeple_call *call)
{
    (void)call;
    if (seat == server) {
        ann.hp = 17;
    }
}

Test(spawn, what_a_call_changes_is_told_in_the_same_poll)
{
    session_add(server);
    session_add(a);
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    server->on_say = heal_on_say;
    cr_assert_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "heal"), 0);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    cr_expect_eq(pawn_at(a, "ann")->hp, 17);
}

static void change_again(struct pawn *pawn, meeple_object *object)
{
    (void)object;
    session.trace[0] = '\0';
    if (pawn == &ann) {
        pawn->at.x++;
    }
}

Test(spawn, on_changed_that_changes_for_ever_does_not_hold_the_poll)
{
    pawn_spawn(server, "ann", &ann);
    settle(&session);
    pawn_changed_hook = change_again;
    ann.hp++;
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_leq(meeple_world_poll(server->world, -1), 1026);
        cr_expect_geq(meeple_world_poll(a->world, 0), 0);
    }
    pawn_changed_hook = NULL;
    settle(&session);
    cr_expect_eq(pawn_at(a, "ann")->at.x, ann.at.x);
}

/* ---- queues and memory that are full ---- */

/* Neither the objects nor the changes are lost while a queue is full, and only the newest counts.
 */
Test(spawn, what_found_a_queue_full_comes_later)
{
    static struct pawn pawns[40];
    struct session small = {.limits = {.queue_bytes_max = 700, .message_bytes_max = 300}};
    meeple_object *objects[40];
    bool early = false, late = false;

    pawns_begin(&small, 1);
    for (unsigned i = 0; i < 40; i++) {
        char path[20];

        snprintf(path, sizeof path, "pawn/%u", i);
        objects[i] = pawn_spawn(&small.seats[0], path, &pawns[i]);
    }
    for (unsigned round = 1; round <= 1000; round++) {
        for (unsigned i = 0; i < 40; i++) {
            pawns[i].hp = (int32_t)(round % 100);
            pawns[i].cells[round % 9]++;
        }
        cr_assert_geq(meeple_world_poll(small.seats[0].world, 0), 0);
        small.trace[0] = '\0';
    }
    cr_expect_eq(meeple_rpc(objects[39], id_of(&small.seats[1]), poke, "early"), 0);
    cr_expect_eq(meeple_rpc(objects[38], id_of(&small.seats[1]), poke, "late"), 0);
    meeple_object_remove(objects[0]);
    meeple_object_remove(objects[39]);
    for (unsigned i = 0; i < 400; i++) {
        small.trace[0] = '\0';
        cr_assert_geq(meeple_world_poll(small.seats[i % 2].world, 0), 0);
        early = early || strstr(small.trace, "poke pawn/39");
        late = late || strstr(small.trace, "a: poke pawn/38 late at 0; ");
    }
    cr_expect_not(early, "the call went with its object");
    cr_expect(late);
    settle(&small);
    cr_expect_null(pawn_at(&small.seats[1], "pawn/0"));
    cr_expect_null(pawn_at(&small.seats[1], "pawn/39"));
    for (unsigned i = 1; i < 39; i++) {
        char path[20];

        snprintf(path, sizeof path, "pawn/%u", i);
        cr_assert_not_null(pawn_at(&small.seats[1], path));
        cr_expect_eq(pawn_at(&small.seats[1], path)->hp, 0);
        cr_expect_arr_eq(pawn_at(&small.seats[1], path)->cells, pawns[i].cells,
                         sizeof pawns[i].cells);
    }
    expect_refusals(&small, "");
    session_end(&small);
    pawn_session = &session;
}

/* Polls, and lets what ran out of memory be tried again. */
static void settle_poorly(struct session *poor)
{
    for (unsigned round = 0; round < 40; round++) {
        int rc = meeple_world_poll(poor->seats[round % 2].world, 0);

        cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM, "%s", meeple_strerror(rc));
    }
}

/* One allocation fails, and at the end both have the same. */
static void play_poorly(size_t n, size_t *calls)
{
    struct pawn one = {.name = "One", .hand = {7}}, two = {.name = "Two"};
    struct counting_mem counting;
    struct session poor = {0};
    meeple_object *object = NULL, *other = NULL;
    const struct pawn *there;

    counting_mem_init(&counting);
    poor.options.mem = &counting.mem;
    pawns_begin(&poor, 1);
    counting_mem_fail(&counting, n);
    for (unsigned i = 0; i < 2 && !object; i++) {
        int rc = meeple_object_spawn(&object, poor.seats[0].world, &pawn_class, "one", &one);

        cr_expect(rc == 0 || (rc == MEEPLE_ENOMEM && i == 0));
    }
    settle_poorly(&poor);
    one.cells[3] = 3;
    for (unsigned i = 0; i < 2 && !other; i++) {
        int rc = meeple_object_spawn(&other, poor.seats[0].world, &pawn_class, "two", &two);

        cr_expect(rc == 0 || (rc == MEEPLE_ENOMEM && i == 0));
    }
    settle_poorly(&poor);
    while (meeple_object_show(other, id_of(&poor.seats[1]), false) == MEEPLE_ENOMEM) {
    }
    cr_expect_eq(meeple_object_hand_over(object, id_of(&poor.seats[1])), 0);
    settle_poorly(&poor);
    pawn_at(&poor.seats[1], "one")->hp = 50;
    settle_poorly(&poor);
    settle(&poor);
    there = pawn_at(&poor.seats[1], "one");
    cr_expect_null(pawn_at(&poor.seats[1], "two"), "failing %zu", n);
    cr_assert_not_null(there);
    cr_expect(one.hp == 50 && there->hp == 50 && there->cells[3] == 3 && there->hand[0] == 7,
              "failing %zu", n);
    *calls = counting.calls;
    session_end(&poor);
    cr_expect_eq(counting.live, 0, "failing %zu", n);
    pawn_session = &session;
}

Test(spawn, survives_the_failure_of_every_allocation)
{
    size_t calls = SIZE_MAX;

    for (size_t n = 1; n <= 60; n++) {
        play_poorly(n, &calls);
    }
    /* Those before are made when the worlds are. */
    cr_expect_lt(calls, 100);
}

Test(spawn, a_world_with_classes_survives_the_failure_of_every_allocation)
{
    int rc = MEEPLE_ENOMEM;

    for (size_t n = 1; rc < 0; n++) {
        struct counting_mem counting;
        meeple_world *world = NULL;
        meeple_net *net;

        cr_assert_lt(n, 30);
        counting_mem_init(&counting);
        counting_mem_fail(&counting, n);
        cr_assert_eq(meeple_net_offline(&net, NULL), 0);
        rc = meeple_world_new(
            &world, net, &(meeple_world_options){.mem = &counting.mem, .classes = pawn_classes});
        cr_expect(rc == 0 || rc == MEEPLE_ENOMEM);
        cr_expect_eq(world == NULL, rc < 0);
        meeple_world_free(world);
        cr_expect_eq(counting.live, 0, "failing %zu", n);
    }
}

Test(spawn, allocates_nothing_in_the_steady_state)
{
    struct counting_mem counting;
    struct session steady = {0};
    meeple_object *object;
    size_t before = 0;

    counting_mem_init(&counting);
    steady.options.mem = &counting.mem;
    pawns_begin(&steady, 2);
    object = pawn_spawn(&steady.seats[0], "ann", &ann);
    pawn_spawn(&steady.seats[0], "bob", &bob);
    for (unsigned i = 0; i < 50; i++) {
        before = i == 10 ? counting.calls : before;
        ann.hp = (int32_t)i;
        bob.cells[i % 9]++;
        cr_assert_eq(meeple_rpc(object, MEEPLE_ALL, poke, "x"), 0);
        settle(&steady);
        steady.trace[0] = '\0';
    }
    cr_expect_eq(counting.calls, before);
    session_end(&steady);
    pawn_session = &session;
}

Test(spawn, plays_alone_on_an_offline_net)
{
    struct session alone = {.options.classes = pawn_classes};
    meeple_object *object;
    meeple_net *net;

    pawn_session = &alone;
    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    session_sit(&alone, net);
    object = pawn_spawn(&alone.seats[0], "ann", &ann);
    ann.hp = 9;
    settle(&alone);
    ann.hp = 8;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "me"), 0);
    expect_trace(&alone, "server: ready ann Ann 9; server: changed ann hp=8; "
                         "server: poke ann me at 8; ");
    meeple_object_remove(object);
    expect_trace(&alone, "server: removed ann; ");
    session_end(&alone);
    pawn_session = &session;
}

static void expect_up(struct pawn *pawn, meeple_object *object)
{
    (void)pawn;
    cr_expect(meeple_object_is_master(object));
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, "hi"), 0);
}

Test(spawn, nothing_runs_before_up)
{
    struct session early = {0};
    struct seat *seat;

    pawn_session = &early;
    early.options.classes = pawn_classes;
    seat = session_server(&early);
    seat->events = true;
    pawn_spawn(seat, "ann", &ann);
    pawn_ready_hook = expect_up;
    settle(&early);
    pawn_ready_hook = NULL;
    cr_expect_str_eq(early.trace,
                     "server: up; server: ready ann Ann 10; server: poke ann hi at 10; ");
    session_end(&early);
    pawn_session = &session;
}

/* The same table with other bounds is the same to the protocol. */
Test(spawn, what_the_server_refuses_of_a_master_is_overwritten_there)
{
    static meeple_field wide[MEEPLE_COUNT(pawn_fields)];
    static const meeple_state state = {
        .fields = wide, .field_count = MEEPLE_COUNT(wide), .size = sizeof(struct pawn)};
    static const meeple_class cls = {.name = "pawn",
                                     .methods = pawn_methods,
                                     .method_count = MEEPLE_COUNT(pawn_methods),
                                     .state = &state};
    static const meeple_class *const classes[] = {&cls, NULL};
    meeple_object *object = pawn_spawn(server, "ann", &ann);
    struct pawn *there;
    struct seat *c;

    memcpy(wide, pawn_fields, sizeof wide);
    cr_assert_str_eq(wide[1].name, "hp");
    wide[1].max = 1000;
    session.options.classes = classes;
    c = session_sit(&session, session_client(&session));
    settle(&session);
    cr_expect_eq(meeple_object_hand_over(object, id_of(c)), 0);
    settle(&session);
    there = meeple_object_find(c->world, &cls, "ann");
    cr_assert_not_null(there);
    there->hp = 500;
    there->at.x = 3;
    cr_assert_geq(meeple_world_poll(c->world, 0), 0);
    /* On its way when the server has refused the first. */
    there->at.y = 4;
    settle(&session);
    cr_expect_not_null(strstr(session.refusals, "field 'hp' is 500, allowed -10..100"));
    cr_expect_eq(ann.hp, 10);
    cr_expect_eq(there->hp, ann.hp);
    cr_expect_eq(there->at.x, ann.at.x);
    cr_expect_eq(there->at.y, ann.at.y);
    cr_expect_eq(meeple_object_master(object), id_of(c));
    there->hp = 50;
    settle(&session);
    cr_expect_eq(ann.hp, 50);
    cr_expect_eq(pawn_at(a, "ann")->hp, 50);
}

static meeple_object *secret;

static void hide_from_who_joins(meeple_world *world, const meeple_event *event)
{
    (void)world;
    if (event->type == MEEPLE_EVENT_JOIN) {
        cr_expect_eq(meeple_object_show(secret, event->peer, false), 0);
    }
}

Test(spawn, who_joins_is_told_nothing_before_join)
{
    struct seat *c;

    secret = pawn_spawn(server, "ann", &ann);
    settle(&session);
    session.trace[0] = '\0';
    server->world->on_event = hide_from_who_joins;
    c = session_sit(&session, session_client(&session));
    expect_trace(&session, "");
    cr_expect_null(pawn_at(c, "ann"));
    cr_expect_eq(meeple_world_state_stats(c->world).stale, 0);
}

/* Else what it had been passed over for lies behind it. */
Test(spawn, who_sees_more_in_the_middle_of_an_object_is_told_all_of_it)
{
    meeple_object *object = pawn_spawn(server, "ann", &ann);
    struct meeple__remote *remote;

    settle(&session);
    /* As after a full queue: its last slot is still to be told. */
    remote = meeple__world_remote(server->world, id_of(a));
    remote->seen.pass = server->world->states.stamp;
    remote->seen.cursor = object->sequence;
    remote->seen.slot = object->replica->layout->slot_count - 1;
    remote->seen.from = 0;
    cr_expect_eq(meeple_object_set_owner(object, id_of(a)), 0);
    settle(&session);
    cr_expect_arr_eq(pawn_at(a, "ann")->hand, ann.hand, sizeof ann.hand);
}
