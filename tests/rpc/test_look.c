/* test_look: groups of fields, and filters that say who sees what, over whole sessions. */
#include "rpc/world.h"

#include <meeple/state.h>

#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"

/* A card has a back, which everyone sees, and a face. */
struct card {
    int32_t place;
    int32_t face;    /* group 1 */
    int32_t notes;   /* group 2 */
    int32_t secret;  /* for the owner */
    bool up, buried; /* no state: what the filter goes by */
};

static const meeple_field card_fields[] = {
    MEEPLE_STATE(struct card, place),
    MEEPLE_STATE(struct card, face, .flags = MEEPLE_GROUP(1)),
    MEEPLE_STATE(struct card, notes, .flags = MEEPLE_GROUP(2)),
    MEEPLE_STATE(struct card, secret, .flags = MEEPLE_OWNER_ONLY),
};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static unsigned asked;
static void (*filter_hook)(const struct card *card, const meeple_object *object);

static const char *at(const meeple_object *object)
{
    const struct seat *seat = meeple_world_user(meeple_object_world(object));

    return seat->name;
}

static void card_ready(void *self, meeple_object *object)
{
    const struct card *card = self;

    note(session.trace, sizeof session.trace, "%s: ready %s %d %d %d %d; ", at(object),
         meeple_object_path(object), card->place, card->face, card->notes, card->secret);
}

static void card_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct card *card = self;

    (void)changes;
    note(session.trace, sizeof session.trace, "%s: %s %d %d %d %d; ", at(object),
         meeple_object_path(object), card->place, card->face, card->notes, card->secret);
}

static void card_removed(void *self, meeple_object *object)
{
    (void)self;
    note(session.trace, sizeof session.trace, "%s: removed %s; ", at(object),
         meeple_object_path(object));
}

/* What is buried is seen by nobody, a face that is up by everyone. */
static bool card_shows(const void *self, const meeple_object *object, int32_t peer, unsigned group)
{
    const struct card *card = self;

    cr_expect_neq(peer, MEEPLE_SERVER);
    cr_expect(group <= 1, "nothing else was shown");
    asked++;
    if (filter_hook) {
        filter_hook(card, object);
    }
    return group == 0 ? !card->buried : card->up;
}

static const meeple_state plain_state = {.fields = card_fields,
                                         .field_count = MEEPLE_COUNT(card_fields),
                                         .size = sizeof(struct card),
                                         .on_ready = card_ready,
                                         .on_changed = card_changed,
                                         .on_removed = card_removed};
static const meeple_state card_state = {.fields = card_fields,
                                        .field_count = MEEPLE_COUNT(card_fields),
                                        .size = sizeof(struct card),
                                        .on_ready = card_ready,
                                        .on_changed = card_changed,
                                        .on_removed = card_removed,
                                        .shows = card_shows};

static const meeple_state quiet_state = {.fields = card_fields,
                                         .field_count = MEEPLE_COUNT(card_fields),
                                         .size = sizeof(struct card),
                                         .touched_only = true,
                                         .on_ready = card_ready,
                                         .on_changed = card_changed,
                                         .on_removed = card_removed,
                                         .shows = card_shows};

#define POKE(ARG) ARG(int32_t, by)
MEEPLE_RPC(poke, POKE)
MEEPLE_ANSWERS(struct card, poke)
static void on_poke(struct card *card, const struct poke *arg, const meeple_call *call)
{
    note(session.trace, sizeof session.trace, "%s: poke %d at %d; ", at(call->object), arg->by,
         card->face);
}

static const meeple_method methods[] = {MEEPLE_METHOD(poke, MEEPLE_RPC_REMOTE)};
static const meeple_class plain_class = {
    .name = "plain", .methods = methods, .method_count = 1, .state = &plain_state};
static const meeple_class card_class = {
    .name = "card", .methods = methods, .method_count = 1, .state = &card_state};
static const meeple_class quiet_class = {.name = "quiet", .state = &quiet_state};
static const meeple_class *const classes[] = {&plain_class, &card_class, &quiet_class, NULL};

static struct card card = {.place = 1, .face = 2, .notes = 3, .secret = 4};

static void begin(void)
{
    session.options.classes = classes;
    session_server(&session);
    session_sit(&session, session_client(&session));
    session_sit(&session, session_client(&session));
    settle(&session);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(look, .init = begin, .fini = end);

static meeple_object *spawn(const meeple_class *cls, const char *path, struct card *self)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_spawn(&object, server->world, cls, path, self), 0);
    return object;
}

static void forget_trace(void)
{
    settle(&session);
    session.trace[0] = '\0';
    asked = 0;
}

Test(look, a_group_is_seen_by_whom_it_is_shown_to)
{
    meeple_object *object = spawn(&plain_class, "c", &card);

    expect_trace(&session, "server: ready c 1 2 3 4; a: ready c 1 0 0 0; b: ready c 1 0 0 0; ");
    cr_expect_eq(meeple_object_show_group(object, 1, id_of(a), true), 0);
    expect_trace(&session, "a: c 1 2 0 0; ");
    card.face = 20;
    card.notes = 30;
    expect_trace(&session, "server: c 1 20 30 4; a: c 1 20 0 0; ");
    cr_expect_eq(meeple_object_show_group(object, 2, MEEPLE_ALL, true), 0);
    cr_expect_eq(meeple_object_show_group(object, 1, id_of(a), false), 0);
    expect_trace(&session, "a: c 1 0 30 0; b: c 1 0 30 0; ");
    cr_expect_eq(meeple_object_show(object, id_of(b), false), 0);
    expect_trace(&session, "b: removed c; ");
    cr_expect_eq(meeple_object_show(object, id_of(b), true), 0);
    expect_trace(&session, "b: ready c 1 0 30 0; ");
    cr_expect_eq(meeple_object_set_owner(object, id_of(b)), 0);
    expect_trace(&session, "b: c 1 20 30 4; ");
    cr_expect_eq(meeple_object_set_owner(object, MEEPLE_SERVER), 0);
    expect_trace(&session, "b: c 1 0 30 0; ");
    expect_refusals(&session, "");
}

Test(look, a_group_that_makes_no_sense_is_refused)
{
    meeple_object *object = spawn(&plain_class, "c", &card);

    settle(&session);
    cr_expect_eq(meeple_object_show_group(object, 0, MEEPLE_ALL, true), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show_group(object, 3, MEEPLE_ALL, true), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show_group(object, 7, MEEPLE_ALL, true), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show_group(object, 4711, MEEPLE_ALL, true), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show_group(NULL, 1, MEEPLE_ALL, true), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_show_group(object, 1, 4711, true), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_SERVER, false), 0);
    cr_expect_eq(meeple_object_look_again(NULL), MEEPLE_EINVAL);
    object = meeple__states_find(&a->world->states, 1);
    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_look_again(object), MEEPLE_ESTATE);
    cr_expect_not(meeple_object_is_shown(object, MEEPLE_SERVER));
}

Test(look, what_was_changed_before_it_is_shown_is_never_told)
{
    meeple_object *object = spawn(&plain_class, "c", &card);

    forget_trace();
    card.face = 7;
    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    expect_trace(&session, "server: c 1 7 3 4; a: c 1 7 0 0; b: c 1 7 0 0; ");
    card.face = 8;
    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, false), 0);
    expect_trace(&session, "server: c 1 8 3 4; a: c 1 0 0 0; b: c 1 0 0 0; ");
}

static meeple_object *opened;

static void open_at_join(meeple_world *world, const meeple_event *event)
{
    (void)world;
    if (event->type == MEEPLE_EVENT_JOIN) {
        card.face = 7;
        cr_expect_eq(meeple_object_show_group(opened, 1, MEEPLE_ALL, true), 0);
    }
}

/* Who has just joined is told of objects before the next flush, from what the last has gathered. */
Test(look, what_was_hidden_is_not_told_to_who_joins_when_it_is_replaced)
{
    opened = spawn(&plain_class, "c", &card);
    forget_trace();
    server->world->on_event = open_at_join;
    session_sit(&session, session_client(&session));
    settle(&session);
    cr_expect_null(strstr(session.trace, " c 1 2 "), "%s", session.trace);
    cr_expect_not_null(strstr(session.trace, "c: ready c 1 7 0 0; "), "%s", session.trace);
}

Test(look, a_filter_decides_with_the_state_that_is_told)
{
    meeple_object *object = spawn(&card_class, "c", &card);

    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    expect_trace(&session, "server: ready c 1 2 3 4; a: ready c 1 0 0 0; b: ready c 1 0 0 0; ");
    card.up = true;
    expect_trace(&session, "");
    card.place = 5;
    card.face = 6;
    expect_trace(&session, "server: c 5 6 3 4; a: c 5 6 0 0; b: c 5 6 0 0; ");
    card.up = false;
    card.face = 9;
    expect_trace(&session, "server: c 5 9 3 4; a: c 5 0 0 0; b: c 5 0 0 0; ");
    card.buried = true;
    card.place = 7;
    expect_trace(&session, "server: c 7 9 3 4; a: removed c; b: removed c; ");
    cr_expect_not(meeple_object_is_shown(object, id_of(a)));
    card.place = 8;
    expect_trace(&session, "server: c 8 9 3 4; ");
    card.buried = false;
    card.place = 9;
    expect_trace(&session, "server: c 9 9 3 4; a: ready c 9 0 0 0; b: ready c 9 0 0 0; ");
    cr_expect(meeple_object_is_shown(object, id_of(a)));
    expect_refusals(&session, "");
}

Test(look, a_filter_is_asked_when_something_has_changed)
{
    meeple_object *object = spawn(&card_class, "c", &card);
    struct card other = {.place = 1};

    spawn(&card_class, "other", &other);
    settle(&session);
    cr_expect_eq(asked, 4, "two objects, two peers; no group was shown: %u", asked);
    forget_trace();
    other.place++;
    settle(&session);
    cr_expect_eq(asked, 2);
    cr_expect_eq(meeple_object_show_group(object, 1, id_of(a), true), 0);
    forget_trace();
    cr_expect_eq(meeple_object_look_again(object), 0);
    cr_expect_eq(meeple_world_wait_ms(server->world), 0);
    settle(&session);
    cr_expect_eq(asked, 3, "about the group only for a");
    cr_expect_eq(meeple_object_set_owner(object, id_of(a)), 0);
    forget_trace();
    card.place++;
    settle(&session);
    cr_expect_eq(asked, 1, "not about the owner");
    forget_trace();
    session_sit(&session, session_client(&session));
    settle(&session);
    cr_expect_eq(asked, 2, "about who has joined");
    forget_trace();
    for (int i = 0; i < 5; i++) {
        cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, i), 0);
    }
    settle(&session);
    cr_expect_eq(asked, 0);
}

/* Else it would be about a state that is not told. */
Test(look, a_newcomer_is_told_what_a_filter_was_asked_about)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_spawn(&object, server->world, &quiet_class, "card", &card), 0);
    cr_assert_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    settle(&session);
    session.trace[0] = '\0';
    card.face = 9;
    card.up = true;
    settle(&session);
    cr_expect_str_eq(session.trace, "", "nobody has touched it");
    session_sit(&session, session_client(&session));
    expect_trace(&session, "server: card 1 9 3 4; a: card 1 9 0 0; b: card 1 9 0 0; "
                           "c: ready card 1 9 0 0; ");
}

Test(look, again_is_what_makes_another_mind_known)
{
    meeple_object *object = spawn(&card_class, "c", &card);

    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    forget_trace();
    card.up = true;
    cr_expect_eq(meeple_object_look_again(object), 0);
    expect_trace(&session, "a: c 1 2 0 0; b: c 1 2 0 0; ");
    card.buried = true;
    cr_expect_eq(meeple_object_look_again(object), 0);
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, 1), 0);
    cr_expect_eq(meeple_rpc(object, id_of(a), poke, 1), MEEPLE_ENOTFOUND);
    expect_trace(&session, "a: removed c; b: removed c; ");
}

Test(look, an_owner_is_not_filtered)
{
    meeple_object *object = spawn(&card_class, "c", &card);

    card.buried = true;
    cr_expect_eq(meeple_object_set_owner(object, id_of(a)), 0);
    expect_trace(&session, "server: ready c 1 2 3 4; a: ready c 1 2 3 4; ");
    cr_expect_eq(meeple_object_hand_over(object, id_of(b)), 0);
    expect_trace(&session, "b: ready c 1 2 3 4; ");
    cr_expect_eq(meeple_object_set_owner(object, MEEPLE_SERVER), 0);
    cr_expect_eq(meeple_object_hand_over(object, MEEPLE_SERVER), 0);
    expect_trace(&session, "a: removed c; b: removed c; ");
}

/* Of a master's changes, too, the filter is asked before they are told. */
Test(look, a_filter_decides_about_what_a_master_has_changed)
{
    meeple_object *object = spawn(&card_class, "c", &card);
    struct card *there;

    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    card.up = true;
    settle(&session);
    there = meeple_object_find(a->world, &card_class, "c");
    cr_assert_not_null(there);
    forget_trace();
    there->face = 50;
    expect_trace(&session, "a: c 1 50 3 4; server: c 1 50 3 4; b: c 1 50 0 0; ");
    card.up = false;
    there->face = 60;
    expect_trace(&session, "a: c 1 60 3 4; server: c 1 60 3 4; b: c 1 0 0 0; ");
}

static meeple_object *hooked;

static void try_everything(const struct card *self, const meeple_object *object)
{
    static const uint8_t raw[] = {1};
    struct card mine = {.place = 1};
    meeple_object *out;

    (void)self;
    cr_expect_eq(object, hooked);
    cr_expect_eq(meeple_object_show(hooked, MEEPLE_ALL, false), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_show_group(hooked, 1, MEEPLE_ALL, true), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_set_owner(hooked, id_of(a)), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_hand_over(hooked, id_of(a)), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_look_again(hooked), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_spawn(&out, server->world, &card_class, "x", &mine), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_add(&out, server->world, &session_class, "y", NULL), MEEPLE_ESTATE);
    cr_expect_eq(meeple_rpc(hooked, MEEPLE_ALL, poke, 1), MEEPLE_ESTATE);
    cr_expect_eq(meeple_world_send(server->world, MEEPLE_ALL, (meeple_bytes){raw, sizeof raw}),
                 MEEPLE_ESTATE);
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ESTATE);
    meeple_object_set_master(hooked, id_of(a));
    meeple_object_remove(hooked);
    cr_expect(meeple_object_is_shown(object, MEEPLE_SERVER));
    cr_expect_eq(meeple_object_master(object), MEEPLE_SERVER);
}

Test(look, a_filter_can_change_nothing)
{
    filter_hook = try_everything;
    hooked = spawn(&card_class, "c", &card);
    expect_trace(&session, "server: ready c 1 2 3 4; a: ready c 1 0 0 0; b: ready c 1 0 0 0; ");
    card.place = 3;
    cr_expect_eq(meeple_rpc(hooked, id_of(a), poke, 1), 0);
    expect_trace(&session, "server: c 3 2 3 4; a: c 3 0 0 0; a: poke 1 at 0; b: c 3 0 0 0; ");
    filter_hook = NULL;
}

static void free_world(const struct card *self, const meeple_object *object)
{
    (void)self;
    meeple_world_free(meeple_object_world(object));
}

Test(look, a_world_that_is_freed_by_a_filter_goes_at_the_end_of_the_poll)
{
    spawn(&card_class, "c", &card);
    filter_hook = free_world;
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ECLOSED);
    filter_hook = NULL;
    server->world = NULL;
}

Test(look, a_world_is_not_freed_by_a_filter_that_a_call_asks)
{
    meeple_object *object = spawn(&card_class, "c", &card);

    forget_trace();
    filter_hook = free_world;
    card.place = 3;
    cr_expect_eq(meeple_rpc(object, MEEPLE_ALL, poke, 1), 0);
    filter_hook = NULL;
    expect_trace(&session, "server: c 3 2 3 4; a: c 3 0 0 0; a: poke 1 at 0; b: c 3 0 0 0; "
                           "b: poke 1 at 0; ");
}

/* What it changes in self is for the next batch. */
static void change_self(const struct card *self, const meeple_object *object)
{
    (void)object;
    if (self->place < 5) {
        card.place++;
        card.up = true;
    }
}

Test(look, a_filter_that_changes_state_all_the_same_breaks_nothing)
{
    filter_hook = change_self;
    spawn(&card_class, "c", &card);
    settle(&session);
    cr_expect_eq(((struct card *)meeple_object_find(a->world, &card_class, "c"))->place, 5);
    filter_hook = NULL;
}

Test(look, who_sees_the_same_shares_what_was_made)
{
    meeple_object *object = spawn(&card_class, "c", &card);
    uint64_t before;

    cr_expect_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    settle(&session);
    before = meeple_world_state_stats(server->world).encodings;
    card.place++;
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).encodings, before + 1);
    cr_expect_eq(meeple_object_show_group(object, 1, id_of(a), false), 0);
    card.up = true;
    settle(&session);
    before = meeple_world_state_stats(server->world).encodings;
    card.place++;
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).encodings, before + 2);
}

/* Polls, and lets what ran out of memory be tried again. */
static void settle_poorly(struct session *poor)
{
    for (unsigned round = 0; round < 40; round++) {
        int rc = meeple_world_poll(poor->seats[round % 2].world, 0);

        cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM, "%s", meeple_strerror(rc));
    }
}

/* One allocation of the server's fails; nothing hidden goes out, and at last all that is shown. */
static void play_poorly(size_t n, size_t *calls)
{
    struct card mine = {.place = 1, .face = 2, .notes = 3, .secret = 4, .buried = true};
    struct session poor = {.options = {.classes = classes}};
    struct counting_mem counting;
    meeple_object *object = NULL;
    const struct card *there;

    counting_mem_init(&counting);
    poor.options.mem = &counting.mem;
    session_server(&poor);
    poor.options.mem = NULL;
    settle(&poor);
    counting_mem_fail(&counting, n);
    for (int i = 0; i < 2 && !object; i++) {
        int rc = meeple_object_spawn(&object, poor.seats[0].world, &card_class, "c", &mine);

        cr_expect(rc == 0 || rc == MEEPLE_ENOMEM);
    }
    cr_assert_eq(meeple_object_show_group(object, 1, MEEPLE_ALL, true), 0);
    session_sit(&poor, session_client(&poor));
    settle_poorly(&poor);
    cr_expect_null(meeple_object_find(poor.seats[1].world, &card_class, "c"), "failing %zu", n);
    while (meeple_object_show_group(object, 2, id_of(&poor.seats[1]), true) == MEEPLE_ENOMEM) {
    }
    cr_assert_eq(meeple_object_show_group(object, 2, MEEPLE_ALL, false), 0);
    mine.buried = false;
    mine.place++;
    settle_poorly(&poor);
    there = meeple_object_find(poor.seats[1].world, &card_class, "c");
    cr_assert_not_null(there, "failing %zu", n);
    cr_expect(there->place == 2 && there->face == 0, "failing %zu", n);
    mine.up = true;
    mine.place++;
    settle_poorly(&poor);
    cr_expect(there->place == 3 && there->face == 2 && there->notes == 0, "failing %zu", n);
    *calls = counting.calls;
    session_end(&poor);
    cr_expect_eq(counting.live, 0, "failing %zu", n);
}

Test(look, survives_the_failure_of_every_allocation)
{
    size_t calls = SIZE_MAX;

    for (size_t n = 1; n <= 40; n++) {
        play_poorly(n, &calls);
    }
    /* Those before are made when the world is. */
    cr_expect_lt(calls, 70);
}
