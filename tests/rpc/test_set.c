/* test_set: fields that peers set: by whom, where, with what, and what is kept of it. */
#include "rpc/set.h"

#include <criterion/criterion.h>

#include "tests/rpc/bytes.h"
#include "tests/rpc/lamps.h"
#include "tests/support/counting_mem.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct counting_mem counting;

static void begin(void)
{
    lamp_hook = NULL;
    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    lamps_begin(&session, 2);
}

static void end(void)
{
    session_end(&session);
    cr_expect_eq(counting.live, 0, "%zu blocks leak", counting.live);
}

TestSuite(set, .init = begin, .fini = end);

static struct lamp *lamp_of(const struct seat *seat)
{
    return &lamps[seat - session.seats];
}

/* ---- who ---- */

Test(set, happens_where_godot_lets_it_happen)
{
    lamps_expect_modes(&session);
}

Test(set, tells_who_has_set_it)
{
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "remotesync", 7), 0);
    expect_trace(&session, "a.remotesync=7 from a; server.remotesync=7 from a; "
                           "b.remotesync=7 from a; ");
    cr_expect_eq(meeple_set(server->object, id_of(b), "puppet", 8), 0);
    expect_trace(&session, "b.puppet=8 from server; ");
    cr_expect_eq(lamp_of(a)->puppet, 0);
}

Test(set, happens_in_poll_and_in_order_with_calls_to_itself)
{
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "remotesync", 1), 0);
    cr_expect_eq(meeple_set(a->object, id_of(a), "remotesync", 2), 0);
    cr_expect_eq(lamp_of(a)->remotesync, 0);
    cr_expect_eq(meeple_world_poll(a->world, 0), 2);
    cr_expect_eq(lamp_of(a)->remotesync, 2);
    expect_trace(&session, "a.remotesync=1 from a; a.remotesync=2 from a; "
                           "server.remotesync=1 from a; b.remotesync=1 from a; ");
}

Test(set, of_a_class_without_a_handler_is_set)
{
    static const meeple_state quiet = {.fields = lamp_fields,
                                       .field_count = MEEPLE_COUNT(lamp_fields),
                                       .size = sizeof(struct lamp)};
    static const meeple_class cls = {.name = "quiet", .state = &quiet};
    static struct lamp first, second;
    meeple_object *object, *other;

    cr_assert_eq(meeple_object_add(&object, server->world, &cls, "quiet", &first), 0);
    cr_assert_eq(meeple_object_add(&other, a->world, &cls, "quiet", &second), 0);
    settle(&session);
    cr_expect_eq(meeple_set(object, MEEPLE_ALL, "remotesync", 5), 0);
    settle(&session);
    cr_expect_eq(first.remotesync, 5);
    cr_expect_eq(second.remotesync, 5);
    expect_trace(&session, "");
}

Test(set, of_a_mode_that_does_not_let_us_is_denied)
{
    cr_expect_eq(meeple_set(a->object, id_of(a), "remote", 1), MEEPLE_EDENIED);
    cr_expect_eq(meeple_set(a->object, id_of(a), "master", 1), MEEPLE_EDENIED);
    expect_trace(&session, "");
}

Test(set, of_a_mode_that_does_not_let_them_is_refused_there)
{
    char expected[200];

    snprintf(expected, sizeof expected,
             "server: peer %d may not call lamp.puppet=(int32): puppet lets only the master, 1, "
             "call it; ",
             (int)id_of(a));
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "puppet", 1), 0);
    expect_refusals(&session, expected);
    cr_expect_eq(lamp_of(server)->puppet, 0);
}

/* ---- with what ---- */

Test(set, takes_every_type_of_c)
{
    const char *const_text = "const";
    char text[] = "mutable";
    const signed char small = -8;
    const unsigned short word = 65535;
    const unsigned long long most = UINT64_MAX;
    const long long least = INT64_MIN;
    const meeple_vec2 at = {1, -2};
    enum {
        EIGHT = 8
    } eight = EIGHT;
    const struct lamp *lamp = lamp_of(b);

    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "lit", true), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "i8", small), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "i16", (int16_t)-300), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "remotesync", 5L), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "i64", least), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "u8", eight), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "u16", word), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "u32", 4000000000U), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "u64", most), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "f32", 5), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "f64", 5.5), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", "1234567"), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", const_text), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "serial", ((meeple_bytes){(uint8_t *)text, 3})),
                 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "at", at), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "facing", ((meeple_vec3){1, 2, 3})), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "color", ((meeple_color){1, 0, 0.5F, 1})), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "extra", meeple_value_string(text)), 0);
    memset(text, 'x', sizeof text - 1); /* borrowed for the call */
    settle(&session);
    cr_expect_eq(lamp->lit, true);
    cr_expect_eq(lamp->i8, -8);
    cr_expect_eq(lamp->i16, -300);
    cr_expect_eq(lamp->remotesync, 5);
    cr_expect_eq(lamp->i64, INT64_MIN);
    cr_expect_eq(lamp->u8, 8);
    cr_expect_eq(lamp->u16, 65535);
    cr_expect_eq(lamp->u32, 4000000000U);
    cr_expect_eq(lamp->u64, UINT64_MAX);
    cr_expect_eq(lamp->f32, 5);
    cr_expect_eq(lamp->f64, 5.5);
    cr_expect_str_eq(lamp->label, "1234567");
    cr_expect_str_eq(lamp->maker, "const");
    cr_expect_eq(lamp->serial.len, 3);
    cr_expect_eq(memcmp(lamp->serial.ptr, "mut", 3), 0);
    cr_expect_eq(memcmp(&lamp->at, &at, sizeof at), 0);
    cr_expect_eq(lamp->facing.z, 3);
    cr_expect_eq(lamp->color.b, 0.5F);
    cr_expect(meeple_value_equal(lamp->extra, meeple_value_string("mutable")));
    cr_expect(meeple_value_equal(lamp_of(a)->extra, meeple_value_string("mutable")));
    expect_refusals(&session, "");
}

Test(set, takes_any_value_into_a_value)
{
    meeple_value_builder builder;
    meeple_value list;
    char text[100];

    meeple_value_builder_init(&builder, NULL, 0);
    meeple_value_begin_array(&builder);
    meeple_value_put(&builder, meeple_value_int(1));
    meeple_value_put(&builder, meeple_value_string("two"));
    meeple_value_end(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &list), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "extra", list), 0);
    meeple_value_builder_done(&builder);
    settle(&session);
    meeple_value_text(lamp_of(b)->extra, text, sizeof text);
    cr_expect_str_eq(text, "[1, \"two\"]");
    cr_expect_eq(meeple_set(b->object, MEEPLE_ALL, "extra", 7), 0);
    settle(&session);
    cr_expect_eq(lamp_of(a)->extra.integer, 7);
    cr_expect_eq(meeple_set(b->object, MEEPLE_ALL, "extra", meeple_value_nil()), 0);
    settle(&session);
    cr_expect_eq(lamp_of(a)->extra.kind, MEEPLE_VALUE_NIL);
}

Test(set, keeps_values_of_every_kind)
{
    lamps_expect_kinds(a, b);
    lamps_expect_kinds(server, a);
    expect_refusals(&session, "");
}

Test(set, takes_the_structs_that_are_values)
{
    const meeple_value *extra = &lamp_of(b)->extra;

    cr_expect_eq(meeple_set(a->object, id_of(b), "extra", ((meeple_rect2){1, 2, 3, 4})), 0);
    settle(&session);
    cr_expect_eq(extra->rect2.height, 4);
    cr_expect_eq(meeple_set(a->object, id_of(b), "extra", ((meeple_quat){1, 2, 3, 4})), 0);
    settle(&session);
    cr_expect_eq(extra->kind, MEEPLE_VALUE_QUAT);
    cr_expect_eq(
        meeple_set(a->object, id_of(b), "extra", ((meeple_transform){.origin = {1, 2, 3}})), 0);
    settle(&session);
    cr_expect_eq(extra->transform.origin.z, 3);
    cr_expect_eq(meeple_set(a->object, id_of(b), "shade", ((meeple_rect2){1, 2, 3, 4})), 0);
    cr_expect_eq(
        meeple_set(a->object, id_of(b), "stand", ((meeple_transform){.origin = {1, 2, 3}})), 0);
    cr_expect_eq(meeple_set(a->object, id_of(b), "stand", ((meeple_rect2){1, 2, 3, 4})),
                 MEEPLE_EINVAL);
    settle(&session);
    cr_expect_eq(lamp_of(b)->shade.height, 4);
    cr_expect_eq(lamp_of(b)->stand.origin.z, 3);
}

Test(set, takes_0_and_1_for_a_bool)
{
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "lit", 2 > 1), 0);
    settle(&session);
    cr_expect(lamp_of(b)->lit);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "lit", 0), 0);
    settle(&session);
    cr_expect_not(lamp_of(b)->lit);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "lit", 2), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "lit", -1), MEEPLE_EINVAL);
}

Test(set, refuses_what_does_not_fit)
{
    char *longest = calloc(1, 50002);

    memset(longest, 'x', 50001);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "i8", 128), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "u8", -1), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "i16", 5.0), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "f32", 1e300), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "f32", 16777217), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", "12345678"), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", "\xff"), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", 5), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", longest), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", meeple_value_nil()), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "extra", ((meeple_value){.kind = 99})),
                 MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "watts", 0), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "watts", 101), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "watts", 100), 0);
    expect_trace(&session, "server.watts=100 from a; ");
    free(longest);
}

Test(set, finds_no_field_that_has_no_mode)
{
    char longest[300];

    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "disabled", 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "nothing", 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "", 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, longest, 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, NULL, 1), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(NULL, MEEPLE_ALL, "lit", 1), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(a->object, 12345, "lit", 1), MEEPLE_ENOTFOUND);
}

/* The last value for each way of asking by name. */
Test(set, is_a_method_for_those_who_call_by_name)
{
    const meeple_value value = meeple_value_string("by name");

    cr_expect_eq(meeple_object_call_values(a->object, MEEPLE_ALL, "label=", &value, 1), 0);
    settle(&session);
    cr_expect_str_eq(lamp_of(b)->label, "by name");
    cr_expect_eq(meeple_object_call_values(a->object, MEEPLE_ALL, "label=", NULL, 0),
                 MEEPLE_EINVAL);
}

Test(set, leaves_nothing_behind_a_text_in_place)
{
    memset(lamp_of(b)->label, 'z', sizeof lamp_of(b)->label);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", "ab"), 0);
    settle(&session);
    cr_expect_eq(memcmp(lamp_of(b)->label, "ab\0\0\0\0\0\0", 8), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "label", ""), 0);
    settle(&session);
    cr_expect_eq(memcmp(lamp_of(b)->label, "\0\0\0\0\0\0\0\0", 8), 0);
}

Test(set, never_makes_null_of_an_empty_text)
{
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", (const char *)NULL), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "serial", ((meeple_bytes){NULL, 0})), 0);
    settle(&session);
    cr_assert_not_null(lamp_of(b)->maker);
    cr_expect_str_eq(lamp_of(b)->maker, "");
    cr_expect_not_null(lamp_of(b)->serial.ptr);
    cr_expect_eq(lamp_of(b)->serial.len, 0);
}

/* ---- what is kept ---- */

Test(set, keeps_a_text_until_it_is_set_again)
{
    size_t live = 0;

    for (unsigned i = 0; i < 100; i++) {
        char text[20];

        snprintf(text, sizeof text, "number %u", i);
        cr_expect_eq(meeple_set(i % 2 ? a->object : b->object, MEEPLE_ALL, "maker", text), 0);
        settle(&session);
        cr_expect_str_eq(lamp_of(server)->maker, text);
        /* By then every buffer is there. */
        live = i == 10 ? counting.live : live;
    }
    cr_expect_eq(counting.live, live);
}

Test(set, goes_with_the_object)
{
    size_t live = counting.live;

    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", "somebody"), 0);
    settle(&session);
    cr_expect_gt(meeple__world_remote(server->world, id_of(a))->content_bytes, 0);
    cr_expect_gt(counting.live, live);
    meeple_object_remove(server->object);
    cr_expect_eq(meeple__world_remote(server->world, id_of(a))->content_bytes, 0);
    meeple_object_remove(a->object);
    meeple_object_remove(b->object);
    settle(&session);
    cr_expect_leq(counting.live, live);
}

static void remove_it(struct lamp *lamp, const meeple_call *call)
{
    (void)call;
    meeple_object_remove(lamp->seat->object);
    cr_expect_str_eq(lamp->maker, "kept");
}

Test(set, may_end_in_the_removal_of_its_object)
{
    lamp_hook = remove_it;
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", "kept"), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_ALL, "maker", "too late"), 0);
    settle(&session);
    cr_expect_str_eq(session.trace, "a.maker=kept from a; server.maker=kept from a; "
                                    "b.maker=kept from a; ");
}

Test(set, of_an_object_removed_under_way_is_refused)
{
    char expected[200];

    snprintf(expected, sizeof expected,
             "server: peer %d called lamp of class lamp: there is no such object here; ",
             (int)id_of(a));
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "remote", 1), 0);
    meeple_object_remove(server->object);
    expect_refusals(&session, expected);
    expect_trace(&session, "");
}

Test(set, of_our_own_waits_for_no_object_that_is_gone)
{
    cr_expect_eq(meeple_set(a->object, id_of(a), "maker", "?"), 0);
    meeple_object_remove(a->object);
    expect_trace(&session, "");
}

/* What the server's objects keep for a peer. */
static size_t kept_for(const struct meeple__remote *remote)
{
    const struct meeple__list *head = &server->world->objects.all;
    size_t bytes = 0;

    for (struct meeple__list *link = head->next; link != head; link = link->next) {
        const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        for (uint32_t i = 0; object->kept && i < object->methods->kept_count; i++) {
            bytes +=
                object->kept[i].counted_for == remote->joined ? object->kept[i].counted_bytes : 0;
        }
    }
    return bytes;
}

/* Peers come and go, objects too, and everyone sets what there is: no byte is counted twice, or for
 * somebody else, or over the limit. */
Test(set, counts_every_byte_once)
{
    static const char *const fields[] = {"maker", "serial", "extra"};
    static struct lamp more[SEATS_MAX][4];
    meeple_object *objects[SEATS_MAX][4] = {{NULL}};
    uint32_t seed = 7;
    char text[400];

    server->world->content_bytes_max = 1500;
    memset(text, 'x', sizeof text);
    for (unsigned round = 0; round < 3000; round++) {
        size_t seat = next_random(&seed) % 3, which = next_random(&seed) % 4;
        meeple_world *world = session.seats[seat].world;
        meeple_object **object = &objects[seat][which];
        size_t field = next_random(&seed) % 3, len = next_random(&seed) % sizeof text;
        char path[] = "more/0";

        path[5] = (char)('0' + which);
        if (!*object) {
            more[seat][which] = (struct lamp){.seat = &session.seats[seat]};
            cr_assert_eq(meeple_object_add(object, world, &lamp_class, path, &more[seat][which]),
                         0);
        } else if (next_random(&seed) % 16 == 0) {
            meeple_object_remove(*object);
            *object = NULL;
        } else {
            const meeple_bytes bytes = {(const uint8_t *)text, len};

            meeple_set(*object, MEEPLE_ALL, fields[field],
                       field == 1 ? meeple_value_bytes(bytes) : meeple_value_string_of(bytes));
        }
        if (round % 500 == 499) {
            meeple_world_free(b->world);
            b->world = NULL;
            settle(&session);
            session.count = 2;
            memset(objects[2], 0, sizeof objects[2]);
            session_sit(&session, session_client(&session));
        }
        settle(&session);
        session.trace[0] = session.refusals[0] = '\0';
        for (size_t i = 1; i < 3; i++) {
            const struct meeple__remote *remote =
                meeple__world_remote(server->world, id_of(&session.seats[i]));

            cr_assert_eq(remote->content_bytes, kept_for(remote), "round %u", round);
            cr_assert_leq(remote->content_bytes, 1500);
        }
    }
}

/* ---- peers that are otherwise ---- */

static const meeple_field other_fields[] = {
    MEEPLE_STATE(struct lamp, f32, .mode = MEEPLE_RPC_REMOTESYNC),
    {.name = "remotesync",
     .type = MEEPLE_TYPE_F64,
     .offset = offsetof(struct lamp, f64),
     .size = sizeof(double),
     .mode = MEEPLE_RPC_REMOTESYNC},
    /* A text that points is as good as one in place. */
    {.name = "label",
     .type = MEEPLE_TYPE_STR,
     .offset = offsetof(struct lamp, maker),
     .size = sizeof(char *),
     .mode = MEEPLE_RPC_REMOTESYNC},
};
static const meeple_state other_state = {
    .fields = other_fields, .field_count = MEEPLE_COUNT(other_fields), .size = sizeof(struct lamp)};
static const meeple_class other_class = {.name = "lamp", .state = &other_state};

/* b has another class of that name. */
static void change_b(void)
{
    meeple_world_free(b->world);
    b->world = NULL;
    settle(&session);
    session.count--;
    lamp_add(session_sit(&session, session_client(&session)), &other_class);
    settle(&session);
    session.trace[0] = session.refusals[0] = '\0';
}

Test(set, to_one_that_has_no_such_field_is_not_found)
{
    change_b();
    cr_expect_eq(meeple_set(server->object, id_of(b), "lit", true), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(server->object, id_of(b), "remotesync", 5), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple_set(server->object, id_of(b), "f32", 5), 0);
    cr_expect_eq(meeple_set(server->object, id_of(b), "label", "text"), 0);
    settle(&session);
    cr_expect_eq(lamp_of(b)->f32, 5);
    cr_expect_str_eq(lamp_of(b)->maker, "text");
}

Test(set, to_many_leaves_out_those_that_have_no_such_field)
{
    char expected[400];

    change_b();
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "lit", true), 0);
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "remotesync", 5), 0);
    snprintf(expected, sizeof expected,
             "server: peer %d does not answer lamp.lit=(bool): it has no such method; "
             "server: peer %d does not answer lamp.remotesync=(int32): there it is "
             "remotesync=(double); ",
             (int)id_of(b), (int)id_of(b));
    expect_refusals(&session, expected);
    expect_trace(&session, "server.lit from server; server.remotesync=5 from server; "
                           "a.lit from server; a.remotesync=5 from server; ");
}

Test(set, needs_a_struct_to_set_it_in)
{
    meeple_object *object;

    cr_expect_eq(meeple_object_add(&object, server->world, &lamp_class, "other", NULL),
                 MEEPLE_EINVAL);
    cr_expect_null(object);
}
