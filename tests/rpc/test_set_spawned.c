/* test_set_spawned: fields of spawned objects are set at their master, and follow from there. */
#include <criterion/criterion.h>

#include <meeple/state.h>

#include "rpc/world.h"
#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"

struct boat {
    int32_t speed;
    char name[16];
    const char *cargo;
    meeple_value extra;
};

static const meeple_field boat_fields[] = {
    MEEPLE_STATE(struct boat, speed, .max = 50, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct boat, name, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct boat, cargo, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct boat, extra),
};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct counting_mem counting;

static void boat_set(void *self, meeple_object *object, const meeple_field *field,
                     const meeple_call *call)
{
    const struct seat *seat = meeple_world_user(call->world);

    (void)self;
    note(session.trace, sizeof session.trace, "%s: %s.%s set by %s; ", seat->name,
         meeple_object_path(object), field->name, name_of(&session, call->sender));
}

static void boat_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct seat *seat = meeple_world_user(meeple_object_world(object));
    const struct boat *boat = self;

    note(session.trace, sizeof session.trace, "%s: %s", seat->name, meeple_object_path(object));
    if (MEEPLE_CHANGED(changes, struct boat, speed)) {
        note(session.trace, sizeof session.trace, " speed=%" PRId32, boat->speed);
    }
    if (MEEPLE_CHANGED(changes, struct boat, name)) {
        note(session.trace, sizeof session.trace, " name=%s", boat->name);
    }
    if (MEEPLE_CHANGED(changes, struct boat, cargo)) {
        note(session.trace, sizeof session.trace, " cargo=%s", boat->cargo);
    }
    note(session.trace, sizeof session.trace, "; ");
}

static const meeple_state boat_state = {.fields = boat_fields,
                                        .field_count = MEEPLE_COUNT(boat_fields),
                                        .size = sizeof(struct boat),
                                        .on_changed = boat_changed,
                                        .on_set = boat_set};
static const meeple_state quiet_state = {.fields = boat_fields,
                                         .field_count = MEEPLE_COUNT(boat_fields),
                                         .size = sizeof(struct boat),
                                         .touched_only = true,
                                         .on_changed = boat_changed,
                                         .on_set = boat_set};
static const meeple_class boat_class = {.name = "boat", .state = &boat_state};
static const meeple_class quiet_class = {.name = "quiet", .state = &quiet_state};
static const meeple_class *const classes[] = {&boat_class, &quiet_class, NULL};

static struct boat boat;
static meeple_object *object;

static void begin(void)
{
    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    session.options.classes = classes;
    session_server(&session);
    session_sit(&session, session_client(&session));
    session_sit(&session, session_client(&session));
    settle(&session);
    boat = (struct boat){.speed = 1};
    cr_assert_eq(meeple_object_spawn(&object, server->world, &boat_class, "boat", &boat), 0);
    settle(&session);
    session.trace[0] = '\0';
}

static void end(void)
{
    session_end(&session);
    cr_expect_eq(counting.live, 0, "%zu blocks leak", counting.live);
}

TestSuite(set_spawned, .init = begin, .fini = end);

/* A seat's own object of that path. */
static meeple_object *object_of(const struct seat *seat, const char *path)
{
    return meeple__objects_find(&seat->world->objects,
                                (meeple_bytes){(const uint8_t *)path, strlen(path)},
                                meeple__hash_bytes(path, strlen(path)));
}

static struct boat *boat_of(const struct seat *seat)
{
    return meeple_object_find(seat->world, &boat_class, "boat");
}

Test(set_spawned, is_set_at_the_master_and_follows)
{
    cr_expect_eq(meeple_set(object_of(a, "boat"), MEEPLE_SERVER, "speed", 7), 0);
    expect_trace(&session, "server: boat.speed set by a; server: boat speed=7; "
                           "a: boat speed=7; b: boat speed=7; ");
    cr_expect_eq(boat_of(b)->speed, 7);
    expect_refusals(&session, "");
}

Test(set_spawned, by_the_master_itself_is_sent_to_nobody_but_as_state)
{
    cr_expect_eq(meeple_set(object, MEEPLE_ALL, "speed", 8), 0);
    expect_trace(&session, "server: boat.speed set by server; server: boat speed=8; "
                           "a: boat speed=8; b: boat speed=8; ");
    expect_refusals(&session, "");
}

Test(set_spawned, follows_whoever_it_was_handed_to)
{
    cr_assert_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_set(object_of(b, "boat"), id_of(a), "cargo", "salt"), 0);
    expect_trace(&session, "a: boat.cargo set by b; a: boat cargo=salt; "
                           "server: boat cargo=salt; b: boat cargo=salt; ");
    cr_expect_str_eq(boat.cargo, "salt");
    expect_refusals(&session, "");
}

Test(set_spawned, of_one_that_is_not_the_master_is_refused)
{
    char expected[300];

    snprintf(expected, sizeof expected,
             "b: peer %d may not call boat.speed=(int32): master lets only the master, 1, run it; ",
             (int)id_of(a));
    cr_expect_eq(meeple_set(object_of(a, "boat"), id_of(b), "speed", 7), 0);
    expect_refusals(&session, expected);
    expect_trace(&session, "");
}

Test(set_spawned, of_our_own_is_refused_when_the_object_was_handed_on_before)
{
    cr_expect_eq(meeple_set(object, MEEPLE_ALL, "speed", 9), 0);
    cr_assert_eq(meeple_object_hand_over(object, id_of(a)), 0);
    expect_refusals(&session, "server: peer 1 called boat.speed=(int32): we are not its master any "
                              "more; ");
    cr_expect_eq(boat.speed, 1);
    cr_expect_eq(boat_of(a)->speed, 1);
}

Test(set_spawned, needs_no_touch)
{
    static struct boat quiet;
    meeple_object *other;

    quiet = (struct boat){.speed = 1};
    cr_assert_eq(meeple_object_spawn(&other, server->world, &quiet_class, "quiet", &quiet), 0);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_set(object_of(a, "quiet"), MEEPLE_SERVER, "name", "Anna"), 0);
    expect_trace(&session, "server: quiet.name set by a; server: quiet name=Anna; "
                           "a: quiet name=Anna; b: quiet name=Anna; ");
}

/* Whoever was the master, and whoever set it: what is shown is there, and in the end nothing leaks.
 */
Test(set_spawned, keeps_texts_through_everything)
{
    static const char *const names[] = {"first", "second, which is longer", "", "third"};
    char text[40];

    for (unsigned i = 0; i < 60; i++) {
        struct seat *master = &session.seats[i / 5 % 3];
        struct seat *by = &session.seats[(i + i / 4) % 3];

        if (i % 5 == 0) {
            cr_assert_eq(meeple_object_hand_over(object, id_of(master)), 0);
            settle(&session);
        }
        snprintf(text, sizeof text, "%s %u", names[i % 4], i);
        cr_expect_eq(meeple_set(object_of(by, "boat"), id_of(master), "cargo", text), 0);
        settle(&session);
        for (size_t seat = 0; seat < 3; seat++) {
            cr_expect_str_eq(boat_of(&session.seats[seat])->cargo, text);
        }
        if (i % 7 == 0) {
            static char own[] = "my own pointer";

            boat_of(master)->cargo = own;
            settle(&session);
            cr_expect_str_eq(boat_of(b)->cargo, own);
        }
    }
    expect_refusals(&session, "");
    meeple_object_remove(object);
    settle(&session);
}

Test(set_spawned, counts_for_who_has_set_it)
{
    char text[500];
    struct meeple__remote *remote = meeple__world_remote(server->world, id_of(a));

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    server->world->content_bytes_max = 600;
    cr_expect_eq(meeple_set(object_of(a, "boat"), MEEPLE_SERVER, "cargo", text), 0);
    settle(&session);
    cr_expect_eq(remote->content_bytes, 499);
    cr_expect_str_eq(boat_of(b)->cargo, text);
    meeple_object_remove(object);
    settle(&session);
    cr_expect_eq(remote->content_bytes, 0);
}

/* ---- classes ---- */

static char logged[500];

static void write_log(void *user, meeple_log_level level, const char *area, const char *message)
{
    (void)user;
    (void)level;
    (void)area;
    snprintf(logged, sizeof logged, "%s", message);
}

static void expect_no_world(const meeple_field *fields, const char *expected)
{
    const meeple_log log = {.write = write_log, .level = MEEPLE_LOG_WARN};
    const meeple_state state = {.fields = fields, .field_count = 1, .size = sizeof(struct boat)};
    const meeple_class cls = {.name = "boat", .state = &state};
    const meeple_class *const list[] = {&cls, NULL};
    meeple_world *world;
    meeple_net *net;

    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    cr_expect_eq(
        meeple_world_new(&world, net, &(meeple_world_options){.classes = list, .log = &log}),
        MEEPLE_EINVAL);
    cr_expect_str_eq(logged, expected);
}

Test(set_spawned, may_only_be_of_the_mode_master)
{
    static const meeple_field remote[] = {
        MEEPLE_STATE(struct boat, speed, .mode = MEEPLE_RPC_REMOTE)};
    static const meeple_field sync[] = {
        MEEPLE_STATE(struct boat, speed, .mode = MEEPLE_RPC_MASTERSYNC)};
    static const char expected[] =
        "class boat may be spawned: 'speed' can be set with mode master only";

    expect_no_world(remote, expected);
    expect_no_world(sync, expected);
}

Test(set_spawned, may_not_be_what_is_only_spawned)
{
    static const meeple_field fields[] = {
        MEEPLE_STATE(struct boat, speed, .flags = MEEPLE_ON_SPAWN, .mode = MEEPLE_RPC_MASTER)};

    expect_no_world(fields, "class boat: 'speed' is only spawned, and cannot be set");
}
