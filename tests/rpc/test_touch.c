/* test_touch: objects that are compared when they were touched only. */
#include "rpc/world.h"

#include "tests/rpc/pawns.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct pawn ann = {.name = "Ann", .hp = 10}, bob = {.name = "Bob", .hp = 20};
static meeple_object *object;

static void begin(void)
{
    pawns_begin(&session, 2);
    cr_assert_eq(meeple_object_spawn(&object, server->world, &quiet_class, "ann", &ann), 0);
    settle(&session);
    session.trace[0] = '\0';
}

static void end(void)
{
    session_end(&session);
}

TestSuite(touch, .init = begin, .fini = end);

static struct pawn *quiet_at(const struct seat *seat, const char *path)
{
    return meeple_object_find(seat->world, &quiet_class, path);
}

Test(touch, is_what_changes_wait_for)
{
    ann.hp = 11;
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    expect_trace(&session, "");
    ann.at.x = 3;
    cr_expect_eq(meeple_object_touch(object), 0);
    cr_expect_eq(meeple_object_touch(object), 0, "again is nothing new");
    cr_expect_eq(meeple_world_wait_ms(server->world), 0);
    expect_trace(&session, "server: changed ann hp=11 at=3,0; a: changed ann hp=11 at=3,0; "
                           "b: changed ann hp=11 at=3,0; ");
    ann.hp = 12;
    expect_trace(&session, "");
    cr_expect_eq(quiet_at(a, "ann")->hp, 11);
}

Test(touch, without_a_change_says_nothing)
{
    meeple_state_stats before = meeple_world_state_stats(server->world);

    cr_expect_eq(meeple_object_touch(object), 0);
    expect_trace(&session, "");
    cr_expect_eq(meeple_world_state_stats(server->world).packets, before.packets);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
}

Test(touch, goes_before_the_calls_that_are_made_after_it)
{
    ann.hp = 11;
    cr_expect_eq(meeple_object_touch(object), 0);
    cr_expect_eq(meeple_rpc(object, id_of(a), poke, "one"), 0);
    ann.hp = 12;
    cr_expect_eq(meeple_rpc(object, id_of(a), poke, "two"), 0);
    expect_trace(&session, "server: changed ann hp=12; a: changed ann hp=11; "
                           "a: poke ann one at 11; a: poke ann two at 11; b: changed ann hp=11; ");
}

Test(touch, keeps_the_order_of_spawning_among_those_that_are_compared)
{
    meeple_object *last;
    struct pawn eve = {.name = "Eve", .hp = 1};

    pawn_spawn(server, "bob", &bob);
    cr_assert_eq(meeple_object_spawn(&last, server->world, &quiet_class, "eve", &eve), 0);
    settle(&session);
    session.trace[0] = '\0';
    ann.hp++, bob.hp++, eve.hp++;
    cr_expect_eq(meeple_object_touch(last), 0);
    cr_expect_eq(meeple_object_touch(object), 0);
    expect_trace(&session, "server: changed ann hp=11; server: changed bob hp=21; "
                           "server: changed eve hp=2; a: changed ann hp=11; a: changed bob hp=21; "
                           "a: changed eve hp=2; b: changed ann hp=11; b: changed bob hp=21; "
                           "b: changed eve hp=2; ");
    end();
    session.count = 0;
}

Test(touch, is_the_masters)
{
    meeple_object *there;

    ann.hp = 11;
    cr_expect_eq(meeple_object_touch(object), 0);
    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    cr_expect_eq(meeple_object_touch(object), MEEPLE_ESTATE);
    settle(&session);
    cr_expect_eq(quiet_at(b, "ann")->hp, 11, "touched while it was ours");
    session.trace[0] = '\0';
    there = meeple__states_find(&a->world->states, 1);
    quiet_at(a, "ann")->hp = 12;
    expect_trace(&session, "");
    cr_expect_eq(meeple_object_touch(there), 0);
    expect_trace(&session, "a: changed ann hp=12; server: changed ann hp=12; "
                           "b: changed ann hp=12; ");
    cr_expect_eq(meeple_object_touch(meeple__states_find(&b->world->states, 1)), MEEPLE_ESTATE);
    /* What is not told yet when it is taken away is overwritten. */
    quiet_at(a, "ann")->hp = 13;
    cr_expect_eq(meeple_object_touch(there), 0);
    cr_expect_eq(meeple_object_hand_over(object, MEEPLE_SERVER), 0);
    settle(&session);
    cr_expect_eq(ann.hp, 12);
    cr_expect_eq(quiet_at(a, "ann")->hp, 12);
}

static meeple_object *touched_in_handler;

static void touch_more(struct pawn *pawn, meeple_object *changed)
{
    if (touched_in_handler == changed && pawn->hp < 15) {
        pawn->hp++;
        cr_expect_eq(meeple_object_touch(changed), 0);
    }
}

Test(touch, is_not_needed_when_it_is_handed_over)
{
    ann.hp = 11;
    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    expect_trace(&session, "server: changed ann hp=11; a: changed ann hp=11; "
                           "b: changed ann hp=11; ");
}

Test(touch, from_a_handler_is_told_in_the_same_poll)
{
    touched_in_handler = object;
    pawn_changed_hook = touch_more;
    ann.hp = 14;
    cr_expect_eq(meeple_object_touch(object), 0);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    expect_trace(&session, "server: changed ann hp=14; server: changed ann hp=15; "
                           "a: changed ann hp=14; a: changed ann hp=15; b: changed ann hp=14; "
                           "b: changed ann hp=15; ");
}

Test(touch, of_what_is_no_state_here_is_refused)
{
    meeple_object *plain;

    cr_expect_eq(meeple_object_touch(NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_object_add(&plain, server->world, &session_class, "game", server), 0);
    cr_expect_eq(meeple_object_touch(plain), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_touch(object), 0);
    meeple_object_remove(object);
    cr_expect_eq(meeple_object_touch(object), MEEPLE_ESTATE);
    expect_trace(&session, "server: removed ann; a: removed ann; b: removed ann; ");
}

Test(touch, of_what_is_compared_anyway_does_no_harm)
{
    meeple_object *compared = pawn_spawn(server, "bob", &bob);

    settle(&session);
    session.trace[0] = '\0';
    bob.hp++;
    cr_expect_eq(meeple_object_touch(compared), 0);
    expect_trace(&session, "server: changed bob hp=21; a: changed bob hp=21; "
                           "b: changed bob hp=21; ");
}
