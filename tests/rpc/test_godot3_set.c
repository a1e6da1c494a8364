/* test_godot3_set: fields that peers of Godot 3 set, and that we set there, byte by byte. */
#include <criterion/criterion.h>

#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "rpc/world.h"
#include "tests/rpc/lamps.h"
#include "tests/rpc/stranger.h"
#include "tests/support/counting_mem.h"

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];
static struct stranger stranger;
static struct counting_mem counting;

/* 4 as a Variant, and the path that has it as an id. */
#define FOUR "02 00 00 00 04 00 00 00"
#define LAMP_IS_5 "02 05 00 00 00 'lamp' 00"

static void pump(void)
{
    for (unsigned round = 0; round < 4; round++) {
        settle(&session);
        stranger_listen(&session, &stranger);
    }
}

static void say_to_server(const char *text)
{
    stranger_say(&stranger, MEEPLE_SERVER, text);
}

/* A server with a lamp, and the stranger, who has said the id of its path. */
static void begin(void)
{
    lamp_hook = NULL;
    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    lamps_begin(&session, 0);
    stranger.net = session_client(&session);
    pump();
    say_to_server(LAMP_IS_5);
    pump();
    stranger.heard[0] = session.trace[0] = '\0';
}

static void end(void)
{
    meeple_net_free(stranger.net);
    session_end(&session);
    cr_expect_eq(counting.live, 0, "%zu blocks leak", counting.live);
}

TestSuite(godot3_set, .init = begin, .fini = end);

/* All that was refused since the last time. */
static void expect_said(const char *expected)
{
    pump();
    stranger_expect_refused(&session, &stranger, expected);
}

/* All that was set since the last time, and that nothing was refused. */
static void expect_set(const char *expected)
{
    expect_said("");
    cr_expect_str_eq(session.trace, expected);
    session.trace[0] = '\0';
}

/* ---- what comes ---- */

Test(godot3_set, sets_a_field_by_id)
{
    say_to_server("01 05 00 00 00 'remote' 00 " FOUR);
    expect_set("server.remote=4 from ?; ");
    cr_expect_eq(lamps[0].remote, 4);
}

Test(godot3_set, sets_a_field_by_path)
{
    /* 1 + 4 + 7 + 8 bytes are before the path. */
    say_to_server("01 14 00 00 80 'remote' 00 " FOUR " 'lamp' 00");
    expect_set("server.remote=4 from ?; ");
    say_to_server("01 14 00 00 80 'remote' 00 " FOUR " '/root/lamp'");
    expect_set("server.remote=4 from ?; ");
}

Test(godot3_set, leaves_what_is_behind_the_value_as_godot_does)
{
    say_to_server("01 05 00 00 00 'remote' 00 " FOUR " aa bb cc");
    expect_set("server.remote=4 from ?; ");
}

/* What each field is set to, as a Variant. */
static void set(const char *field, const char *variant)
{
    char text[400];

    snprintf(text, sizeof text, "01 05 00 00 00 '%s' 00 %s", field, variant);
    say_to_server(text);
    pump();
}

Test(godot3_set, sets_every_type)
{
    const struct lamp *lamp = &lamps[0];

    set("lit", "01 00 00 00 01 00 00 00");
    set("i8", "02 00 00 00 ff ff ff ff");
    set("i64", "02 00 01 00 00 00 00 00 00 00 00 80");
    set("u8", "02 00 00 00 ff 00 00 00");
    set("u64", "02 00 01 00 ff ff ff ff ff ff ff 7f");
    set("f32", "03 00 00 00 00 00 00 3f");
    set("f64", "03 00 01 00 9a 99 99 99 99 99 b9 3f");
    set("label", "04 00 00 00 07 00 00 00 'abcdefg' 00");
    set("maker", "04 00 00 00 03 00 00 00 'you' 00");
    set("serial", "14 00 00 00 02 00 00 00 00 ff 00 00");
    set("at", "05 00 00 00 00 00 80 3f 00 00 00 40");
    set("facing", "07 00 00 00 00 00 80 3f 00 00 00 40 00 00 40 40");
    set("color", "0e 00 00 00 00 00 80 3f 00 00 00 00 00 00 00 00 00 00 80 3f");
    set("extra", "13 00 00 00 02 00 00 00 " FOUR " 00 00 00 00");
    set("shade", "06 00 00 00 00 00 80 3f 00 00 00 40 00 00 40 40 00 00 80 40");
    expect_said("");
    cr_expect_eq(lamp->shade.height, 4);
    cr_expect(lamp->lit);
    cr_expect_eq(lamp->i8, -1);
    cr_expect_eq(lamp->i64, INT64_MIN);
    cr_expect_eq(lamp->u8, 255);
    cr_expect_eq(lamp->u64, (uint64_t)INT64_MAX);
    cr_expect_eq(lamp->f32, 0.5F);
    cr_expect_eq(lamp->f64, 0.1);
    cr_expect_str_eq(lamp->label, "abcdefg");
    cr_expect_str_eq(lamp->maker, "you");
    cr_expect_eq(lamp->serial.len, 2);
    cr_expect_eq(lamp->serial.ptr[1], 255);
    cr_expect_eq(lamp->at.y, 2);
    cr_expect_eq(lamp->facing.z, 3);
    cr_expect_eq(lamp->color.a, 1);
    {
        char text[40];

        meeple_value_text(lamp->extra, text, sizeof text);
        cr_expect_str_eq(text, "[4, nil]");
    }
}

Test(godot3_set, keeps_a_text_until_it_is_set_again)
{
    set("maker", "04 00 00 00 03 00 00 00 'you' 00");
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->content_bytes, 3);
    set("maker", "04 00 00 00 04 00 00 00 'them'");
    cr_expect_str_eq(lamps[0].maker, "them");
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->content_bytes, 4);
    set("maker", "04 00 00 00 00 00 00 00");
    cr_expect_str_eq(lamps[0].maker, "");
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->content_bytes, 0);
}

Test(godot3_set, refuses_what_does_not_fit)
{
    set("watts", "02 00 00 00 65 00 00 00");
    expect_said("server: peer 7 called lamp.watts=(int32): argument 1 'watts' is 101, allowed "
                "1..100; ");
    set("label", "04 00 00 00 08 00 00 00 'abcdefgh'");
    expect_said("server: peer 7 called lamp.label=(string): argument 1 'label' is 8 bytes long, "
                "allowed 0..7; ");
    set("i8", "02 00 00 00 80 00 00 00");
    expect_said("server: peer 7 called lamp.i8=(int8): argument 1 'i8' is 128, which is no int8; ");
    set("remote", "04 00 00 00 00 00 00 00");
    expect_said("server: peer 7 called lamp.remote=(int32): argument 1 'remote' is a string, int32 "
                "expected; ");
    expect_set("");
}

Test(godot3_set, refuses_by_mode)
{
    set("puppet", FOUR);
    expect_said("server: peer 7 may not call lamp.puppet=(int32): puppet lets only the master, 1, "
                "call it; ");
    meeple_object_set_master(server->object, stranger.id);
    set("puppet", FOUR);
    expect_set("server.puppet=4 from ?; ");
}

static char refused_path[100], refused_method[100];

static void note_refused(meeple_world *world, const meeple_refusal *refusal)
{
    session_refused(world, refusal);
    snprintf(refused_path, sizeof refused_path, "%s", refusal->path);
    snprintf(refused_method, sizeof refused_method, "%s", refusal->method);
}

Test(godot3_set, refuses_a_field_without_a_mode_and_any_other)
{
    server->world->on_refused = note_refused;
    set("disabled", FOUR);
    expect_said("server: peer 7 set lamp.disabled: the object has no such field to set here; ");
    cr_expect_str_eq(refused_method, "disabled=");
    cr_expect_str_eq(refused_path, "lamp");
    set("nothing", FOUR);
    expect_said("server: peer 7 set lamp.nothing: the object has no such field to set here; ");
    set("remote=", FOUR);
    expect_said("server: peer 7 set lamp.remote=: the object has no such field to set here; ");
    say_to_server("01 14 00 00 80 'remote' 00 " FOUR " 'lump' 00");
    expect_said("server: peer 7 set lump.remote: there is no such object here; ");
    cr_expect_str_eq(refused_method, "remote=");
    say_to_server("01 06 00 00 00 'remote' 00 " FOUR);
    expect_said("server: peer 7 set remote of path 6, which it has not said; ");
    expect_set("");
}

Test(godot3_set, is_no_call)
{
    say_to_server("00 05 00 00 00 'remote=' 00 01 " FOUR);
    expect_said("server: peer 7 called lamp.remote=: the object has no such method here; ");
    say_to_server("00 05 00 00 00 'remote' 00 01 " FOUR);
    expect_said("server: peer 7 called lamp.remote: the object has no such method here; ");
    expect_set("");
}

/* Every shorter packet, and every byte another: nothing breaks, and a lamp has what it may. */
Test(godot3_set, survives_every_mistake)
{
    static const char whole[] = "01 05 00 00 00 'extra' 00 13 00 00 00 02 00 00 00 " FOUR
                                "04 00 00 00 02 00 00 00 'hi' 00 00";
    uint8_t bytes[200];
    size_t len = stranger_bytes(bytes, whole);

    for (size_t cut = 1; cut < len; cut++) {
        cr_assert_eq(meeple_net_send(stranger.net, MEEPLE_SERVER, (meeple_bytes){bytes, cut}), 0);
        pump();
        session.refusals[0] = '\0';
    }
    expect_set("");
    for (size_t at = 0; at < len; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t changed[sizeof bytes];

            memcpy(changed, bytes, len);
            changed[at] = (uint8_t)byte;
            cr_assert_eq(meeple_net_send(stranger.net, MEEPLE_SERVER, (meeple_bytes){changed, len}),
                         0);
            stranger_listen(&session, &stranger);
            settle(&session);
            session.refusals[0] = session.trace[0] = '\0';
        }
    }
    say_to_server(LAMP_IS_5);
    set("extra", FOUR);
    expect_set("server.extra from ?; ");
    cr_expect_eq(lamps[0].extra.integer, 4);
}

/* One allocation fails; in the end it is set, and once. */
Test(godot3_set, survives_every_allocation_that_fails)
{
    size_t calls = 1;

    for (size_t n = 1; n <= calls; n++) {
        size_t before = counting.calls;
        unsigned starved = 0;

        counting_mem_fail(&counting, n);
        say_to_server("01 05 00 00 00 'maker' 00 04 00 00 00 03 00 00 00 'you' 00");
        for (unsigned i = 0; i < 10; i++) {
            int rc;

            stranger_listen(&session, &stranger);
            rc = meeple_world_poll(server->world, 0);
            starved += rc < 0;
            cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        calls = counting.calls - before;
        expect_set("server.maker=you from ?; ");
        cr_expect_leq(starved, 1);
        end();
        memset(&session, 0, sizeof session);
        memset(&stranger, 0, sizeof stranger);
        begin();
    }
    cr_expect_geq(calls, 2);
}

/* ---- what goes ---- */

Test(godot3_set, is_said_by_path_until_the_id_is_confirmed)
{
    cr_expect_eq(meeple_set(server->object, stranger.id, "remote", 4), 0);
    pump();
    stranger_expect(&stranger, "server: 02 01 00 00 00 'lamp' 00; "
                               "server: 01 14 00 00 80 'remote' 00 02 00 00 00 04 00 00 00 "
                               "'lamp' 00; ");
    say_to_server("03 'lamp' 00");
    pump();
    cr_expect_eq(meeple_set(server->object, stranger.id, "remote", 4), 0);
    pump();
    stranger_expect(&stranger, "server: 01 01 00 00 00 'remote' 00 02 00 00 00 04 00 00 00; ");
    expect_set("");
}

Test(godot3_set, happens_here_too_by_its_mode)
{
    say_to_server("03 'lamp' 00");
    pump();
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "remotesync", 4), 0);
    expect_set("server.remotesync=4 from server; ");
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "mastersync", 4), 0);
    expect_set("server.mastersync=4 from server; ");
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "maker", "me"), 0);
    expect_set("server.maker=me from server; ");
    cr_expect_str_eq(lamps[0].maker, "me");
}

Test(godot3_set, of_what_godot_cannot_say_is_invalid)
{
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "u64", UINT64_MAX), MEEPLE_EINVAL);
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "extra",
                            meeple_value_ext(40, (meeple_bytes){(const uint8_t *)"x", 1})),
                 MEEPLE_EINVAL);
    expect_set("");
}

Test(godot3_set, happens_where_godot_lets_it_happen)
{
    meeple_net_free(stranger.net);
    stranger.net = NULL;
    settle(&session);
    lamp_add(session_sit(&session, session_client(&session)), &lamp_class);
    lamp_add(session_sit(&session, session_client(&session)), &lamp_class);
    settle(&session);
    lamps_expect_modes(&session);
}

/* Two of ours in this dialect, all the way. */
Test(godot3_set, goes_from_world_to_world)
{
    lamp_add(session_sit(&session, session_client(&session)), &lamp_class);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "maker", "a"), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "watts", 50), 0);
    cr_expect_eq(meeple_set(a->object, MEEPLE_SERVER, "extra", ((meeple_vec2){1, 2})), 0);
    expect_set("server.maker=a from a; server.watts=50 from a; server.extra from a; ");
    cr_expect_eq(lamps[0].extra.vec2.y, 2);
    lamps_expect_kinds(a, server);
    lamps_expect_kinds(server, a);
    expect_said("");
}
