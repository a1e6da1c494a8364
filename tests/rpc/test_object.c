/* test_object: objects come, are found, change masters and go. */
#include "rpc/object.h"

#include <criterion/criterion.h>

#include "tests/rpc/session.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];

static void begin(void)
{
    session_begin(&session, 1);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(object, .init = begin, .fini = end);

static int add(meeple_object **out, const char *path)
{
    return meeple_object_add(out, server->world, &session_class, path, server);
}

Test(object, has_a_path_without_empty_parts)
{
    static const struct {
        const char *path, *normal;
    } cases[] = {
        {"x", "x"},           {"/x", "x"},
        {"x/", "x"},          {"players/7", "players/7"},
        {"//a///b//", "a/b"}, {"a b/\xc3\xa9", "a b/\xc3\xa9"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        meeple_object *object;

        cr_assert_eq(add(&object, cases[i].path), 0);
        cr_expect_str_eq(meeple_object_path(object), cases[i].normal);
        cr_expect_eq(meeple_object_find(server->world, &session_class, cases[i].path), server);
        cr_expect_eq(meeple_object_world(object), server->world);
        meeple_object_remove(object);
        cr_expect_null(meeple_object_find(server->world, &session_class, cases[i].path));
    }
}

Test(object, is_refused_a_path_that_is_none)
{
    meeple_object *object = server->object;
    char longest[300];

    memset(longest, 'p', sizeof longest);
    longest[256] = '\0';
    cr_expect_eq(add(&object, ""), MEEPLE_EINVAL);
    cr_expect_null(object, "NULL on failure");
    cr_expect_eq(add(&object, "//"), MEEPLE_EINVAL);
    cr_expect_eq(add(&object, "a\nb"), MEEPLE_EINVAL);
    cr_expect_eq(add(&object, "\xff"), MEEPLE_EINVAL);
    cr_expect_eq(add(&object, "/game"), MEEPLE_EINVAL, "taken");
    cr_expect_eq(add(&object, longest), MEEPLE_EINVAL);
    longest[255] = '\0';
    cr_expect_eq(add(&object, longest), 0);
    cr_expect_eq(add(NULL, "x"), MEEPLE_EINVAL);
    cr_expect_eq(add(&object, NULL), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_add(&object, NULL, &session_class, "x", NULL), MEEPLE_EINVAL);
    cr_expect_eq(meeple_object_add(&object, server->world, NULL, "x", NULL), MEEPLE_EINVAL);
}

static void run_nothing(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

#define MANY(ARG) ARG(bool, a1) ARG(bool, a2) ARG(bool, a3) ARG(bool, a4)
MEEPLE_RPC_NAMED(long_1, "a_method_with_a_name_that_is_far_from_short_1", MANY)
MEEPLE_RPC_NAMED(long_2, "a_method_with_a_name_that_is_far_from_short_2", MANY)
MEEPLE_RPC_NAMED(long_3, "a_method_with_a_name_that_is_far_from_short_3", MANY)
MEEPLE_RPC_NAMED(long_4, "a_method_with_a_name_that_is_far_from_short_4", MANY)

Test(object, is_refused_a_class_that_does_not_fit_a_packet)
{
    static const meeple_method methods[] = {
        {long_1_rpc, run_nothing, MEEPLE_RPC_REMOTE},
        {long_2_rpc, run_nothing, MEEPLE_RPC_REMOTE},
        {long_3_rpc, run_nothing, MEEPLE_RPC_REMOTE},
        {long_4_rpc, run_nothing, MEEPLE_RPC_REMOTE},
    };
    struct session small = {.limits = {.message_bytes_max = 200}};
    meeple_object *object;
    meeple_world *world;

    world = session_server(&small)->world;
    cr_expect_eq(
        meeple_object_add(&object, world,
                          &(meeple_class){.name = "big", .methods = methods, .method_count = 4},
                          "x", NULL),
        MEEPLE_EINVAL);
    cr_expect_eq(
        meeple_object_add(&object, world,
                          &(meeple_class){.name = "big", .methods = methods, .method_count = 3},
                          "x", NULL),
        0);
    session_end(&small);
}

Test(object, is_found_only_as_what_it_is)
{
    static const meeple_class other = {.name = "other", .methods = NULL};

    cr_expect_eq(meeple_object_find(server->world, &session_class, "game"), server);
    cr_expect_null(meeple_object_find(server->world, &other, "game"));
    cr_expect_null(meeple_object_find(server->world, &session_class, "gam"));
    cr_expect_null(meeple_object_find(server->world, &session_class, ""));
    cr_expect_null(meeple_object_find(NULL, &session_class, "game"));
}

Test(object, belongs_to_the_server_unless_told_otherwise)
{
    cr_expect_eq(meeple_object_master(a->object), MEEPLE_SERVER);
    cr_expect(meeple_object_is_master(server->object));
    cr_expect_not(meeple_object_is_master(a->object));
    meeple_object_set_master(a->object, id_of(a));
    cr_expect_eq(meeple_object_master(a->object), id_of(a));
    cr_expect(meeple_object_is_master(a->object));
    cr_expect(meeple_object_is_master(server->object), "it is not transmitted");
}

Test(object, that_is_removed_takes_its_waiting_calls_along)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, "never"), 0);
    meeple_object_remove(server->object);
    expect_trace(&session, "");
    expect_refusals(&session, "");
}

Test(object, with_the_number_of_another_does_not_get_its_calls)
{
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, "never"), 0);
    meeple_object_remove(server->object);
    session_add(server);
    expect_trace(&session, "");
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_ALL, say, "new"), 0);
    expect_trace(&session, "server.say(new) from server; a.say(new) from server; ");
}

static void remove_own(struct seat *seat, const meeple_call *call)
{
    meeple_object_remove(call->object);
    meeple_object_remove(call->object);
    cr_expect_eq(meeple_rpc(call->object, MEEPLE_ALL, say, "?"), MEEPLE_ESTATE);
    cr_expect_str_eq(meeple_object_path(call->object), "game", "until the poll ends");
    cr_expect_null(meeple_object_find(call->world, &session_class, "game"));
    seat->object = NULL;
}

Test(object, can_be_removed_in_its_own_handler)
{
    server->on_say = remove_own;
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "go"), 0);
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "too late"), 0);
    expect_trace(&session, "server.say(go) from a; ");
    cr_expect_not_null(strstr(session.refusals, "there is no such object here"));
}

static void replace_own(struct seat *seat, const meeple_call *call)
{
    seat->on_say = NULL;
    meeple_object_remove(call->object);
    session_add(seat);
}

Test(object, can_be_replaced_in_its_own_handler)
{
    server->on_say = replace_own;
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "old"), 0);
    cr_expect_eq(meeple_rpc(a->object, MEEPLE_SERVER, say, "new"), 0);
    expect_trace(&session, "server.say(old) from a; server.say(new) from a; ");
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "back"), 0);
    expect_trace(&session, "a.say(back) from server; ");
    expect_refusals(&session, "");
}

Test(object, may_be_added_and_removed_again_and_again)
{
    for (unsigned i = 0; i < 3000; i++) {
        meeple_object *objects[3];
        char path[20];

        for (unsigned k = 0; k < 3; k++) {
            snprintf(path, sizeof path, "unit/%u", k);
            cr_assert_eq(add(&objects[k], path), 0);
        }
        for (unsigned k = 0; k < 3; k++) {
            meeple_object_remove(objects[(k + i) % 3]);
        }
        if (i % 100 == 0) {
            settle(&session);
        }
    }
    cr_expect_eq(meeple_rpc(server->object, id_of(a), say, "same"), 0);
    expect_trace(&session, "a.say(same) from server; ");
    expect_refusals(&session, "");
}

Test(object, is_limited_in_number)
{
    struct session small = {.options = {.objects_max = 3}};
    meeple_object *object, *last;
    meeple_world *world;

    world = session_server(&small)->world;
    cr_expect_eq(meeple_object_add(&object, world, &session_class, "1", NULL), 0);
    cr_expect_eq(meeple_object_add(&object, world, &session_class, "2", NULL), 0);
    cr_expect_eq(meeple_object_add(&last, world, &session_class, "3", NULL), 0);
    cr_expect_eq(meeple_object_add(&object, world, &session_class, "4", NULL), MEEPLE_ETOOBIG);
    meeple_object_remove(last);
    cr_expect_eq(meeple_object_add(&object, world, &session_class, "4", NULL), 0);
    session_end(&small);
}

Test(object, knows_what_to_do_with_nothing)
{
    meeple_object_remove(NULL);
}
