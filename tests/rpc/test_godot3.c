/* test_godot3: what peers of Godot 3 say, byte by byte: what runs, what is refused, what is kept.
 */
#include <criterion/criterion.h>

#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "rpc/paths.h"
#include "rpc/world.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/stranger.h"

static struct session session;
static struct seat *const server = &session.seats[0];
static struct stranger stranger;

/* Arguments: 'hi' and 4 as Variants. */
#define HI "04 00 00 00 02 00 00 00 'hi' 00 00"
#define FOUR "02 00 00 00 04 00 00 00"
#define GAME_IS_5 "02 05 00 00 00 'game' 00"

static void end(void)
{
    meeple_net_free(stranger.net);
    session_end(&session);
}

static void pump(void)
{
    for (unsigned round = 0; round < 4; round++) {
        settle(&session);
        stranger_listen(&session, &stranger);
    }
}

/* A server with a game, and the stranger. */
static void begin(void)
{
    session_begin(&session, 0);
    stranger.net = session_client(&session);
    pump();
    session.trace[0] = '\0';
}

TestSuite(godot3, .init = begin, .fini = end);

static void say_to_server(const char *text)
{
    stranger_say(&stranger, MEEPLE_SERVER, text);
}

/* All that was refused since the last time. */
static void expect_said(const char *expected)
{
    pump();
    stranger_expect_refused(&session, &stranger, expected);
}

/* All that ran since the last time, and that nothing was refused. */
static void expect_ran(const char *expected)
{
    expect_said("");
    cr_expect_str_eq(session.trace, expected);
    session.trace[0] = '\0';
}

static struct meeple__paths *paths(void)
{
    return meeple__world_remote(server->world, stranger.id)->paths;
}

Test(godot3, says_nothing_to_who_comes)
{
    stranger_expect(&stranger, "");
}

Test(godot3, runs_a_call_by_path)
{
    say_to_server("00 17 00 00 80 'tell' 00 01 " HI " 'game' 00");
    expect_ran("server.tell(hi) from ?; ");
    stranger_expect(&stranger, "");
    /* The offset counts from the command: 1 + 4 + 5 + 1 + 12. */
    say_to_server("00 18 00 00 80 'tell' 00 01 " HI " 'game' 00");
    expect_said("server: peer 7 called ame.tell: there is no such object here; ");
}

Test(godot3, runs_a_call_by_path_however_it_is_written)
{
    static const char *const same[] = {"'/root/game' 00", "'./game' 00", "'game/' 00",
                                       "'x/../game' 00",  "'game'",      "'/root//game:x' 00"};

    for (size_t i = 0; i < MEEPLE_COUNT(same); i++) {
        char text[200];

        snprintf(text, sizeof text, "00 17 00 00 80 'tell' 00 01 " HI " %s", same[i]);
        say_to_server(text);
        expect_ran("server.tell(hi) from ?; ");
    }
}

Test(godot3, confirms_an_id_with_the_path_as_godot_writes_it)
{
    say_to_server(GAME_IS_5);
    expect_ran("");
    stranger_expect(&stranger, "server: 03 'game' 00; ");
    say_to_server("02 06 00 00 00 'a//b/' 00");
    say_to_server("02 00 00 00 00 '/root/nobody'");
    say_to_server("02 ff ff ff 7f '../up' 00");
    expect_ran("");
    stranger_expect(&stranger, "server: 03 'a/b' 00; server: 03 '/root/nobody' 00; "
                               "server: 03 '../up' 00; ");
}

Test(godot3, runs_a_call_by_id_right_behind_the_path)
{
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'tell' 00 01 " HI);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_ran("server.tell(hi) from ?; server.roll(4) from ?; ");
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR " 'and more'");
    expect_ran("server.roll(4) from ?; ");
}

Test(godot3, takes_all_ids_from_0_on)
{
    say_to_server("02 00 00 00 00 'game' 00");
    say_to_server("02 ff ff ff 7f 'game' 00");
    say_to_server("00 00 00 00 00 'roll' 00 01 " FOUR);
    say_to_server("00 ff ff ff 7f 'roll' 00 01 " FOUR);
    expect_ran("server.roll(4) from ?; server.roll(4) from ?; ");
}

Test(godot3, means_by_an_id_what_was_said_last)
{
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    say_to_server("02 05 00 00 00 'other' 00");
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_said("server: peer 7 called other.roll: there is no such object here; ");
    cr_expect_str_eq(session.trace, "server.roll(4) from ?; ");
    session.trace[0] = '\0';
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_ran("server.roll(4) from ?; ");
}

Test(godot3, finds_an_object_that_came_after_its_path)
{
    meeple_object *late;

    say_to_server("02 05 00 00 00 'late' 00");
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_said("server: peer 7 called late.roll: there is no such object here; ");
    cr_assert_eq(meeple_object_add(&late, server->world, &session_class, "late", server), 0);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_ran("server.roll(4) from ?; ");
}

Test(godot3, does_not_call_what_has_the_place_of_another)
{
    meeple_object *next;

    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_ran("server.roll(4) from ?; ");
    meeple_object_remove(server->object);
    cr_assert_eq(meeple_object_add(&next, server->world, &session_class, "next", server), 0);
    cr_assert_eq(next->number, 0);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_said("server: peer 7 called game.roll: there is no such object here; ");
    cr_assert_eq(meeple_object_add(&server->object, server->world, &session_class, "game", server),
                 0);
    say_to_server("00 05 00 00 00 'roll' 00 01 " FOUR);
    expect_ran("server.roll(4) from ?; ");
}

static void remove_itself(struct seat *seat, const meeple_call *call)
{
    seat->on_say = NULL;
    meeple_object_remove(call->object);
}

Test(godot3, refuses_what_comes_behind_a_call_that_removed_the_object)
{
    server->on_say = remove_itself;
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'say' 00 01 " HI);
    say_to_server("00 05 00 00 00 'say' 00 01 " HI);
    expect_said("server: peer 7 called game.say: there is no such object here; ");
    cr_expect_str_eq(session.trace, "server.say(hi) from ?; ");
}

Test(godot3, refuses_by_mode)
{
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'show' 00 01 " HI);
    expect_said("server: peer 7 may not call game.show(string): puppet lets only the master, 1, "
                "call it; ");
    say_to_server("00 05 00 00 00 'off' 00 01 " HI);
    expect_said("server: peer 7 may not call game.off(string): disabled lets nobody call it; ");
    meeple_object_set_master(server->object, 99);
    say_to_server("00 05 00 00 00 'ask' 00 01 " HI);
    expect_said("server: peer 7 may not call game.ask(string): master lets only the master, 99, "
                "run it; ");
    cr_expect_str_eq(session.trace, "");
}

Test(godot3, refuses_ids_and_paths_of_nothing)
{
    say_to_server("00 09 00 00 00 'tell' 00 01 " HI);
    expect_said("server: peer 7 called tell of path 9, which it has not said; ");
    say_to_server("00 17 00 00 80 'tell' 00 01 " HI " 'nobody' 00");
    expect_said("server: peer 7 called nobody.tell: there is no such object here; ");
    say_to_server("00 17 00 00 80 'tell' 00 01 " HI " '..' 00");
    expect_said("server: peer 7 called tell of a path where no object can be; ");
    say_to_server("00 17 00 00 80 'tell' 00 01 " HI " 'ga' 0a 'me' 00");
    expect_said("server: peer 7 called tell of a path where no object can be; ");
    say_to_server("02 05 00 00 00 '/root' 00");
    say_to_server("00 05 00 00 00 'tell' 00 01 " HI);
    expect_said("server: peer 7 called tell of a path where no object can be; ");
    cr_expect_str_eq(session.trace, "");
}

Test(godot3, refuses_methods_that_are_not_there)
{
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'queue_free' 00 00");
    expect_said("server: peer 7 called game.queue_free: the object has no such method here; ");
    say_to_server("01 05 00 00 00 'script' 00 " HI);
    expect_said("server: peer 7 set game.script: the object has no such field to set here; ");
    say_to_server("01 05 00 00 00 'tell' 00 " HI);
    expect_said("server: peer 7 set game.tell: the object has no such field to set here; ");
    cr_expect_str_eq(session.trace, "");
}

Test(godot3, refuses_arguments)
{
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'roll' 00 01 02 00 00 00 09 00 00 00");
    expect_said("server: peer 7 called game.roll(int32): argument 1 'eyes' is 9, allowed 1..6; ");
    say_to_server("00 05 00 00 00 'roll' 00 01 " HI);
    pump();
    cr_expect_not_null(strstr(session.refusals, "called game.roll(int32): argument 1 'eyes' is"));
    session.refusals[0] = '\0';
    say_to_server("00 05 00 00 00 'roll' 00 00");
    pump();
    cr_expect_not_null(strstr(session.refusals, "called game.roll(int32): "));
    session.refusals[0] = '\0';
    say_to_server("00 05 00 00 00 'roll' 00 02 " FOUR FOUR);
    pump();
    cr_expect_not_null(strstr(session.refusals, "called game.roll(int32): "));
    session.refusals[0] = '\0';
    say_to_server("00 05 00 00 00 'roll' 00 01 02 00 00");
    pump();
    cr_expect_not_null(strstr(session.refusals, "called game.roll(int32): "));
    cr_expect_str_eq(session.trace, "");
}

Test(godot3, refuses_what_is_no_command)
{
    say_to_server("00 05 00 00 00 'tell'");
    expect_said("server: peer 7 sent 9 bytes that are no command: its name has no end; ");
    say_to_server("00 05 00");
    expect_said("server: peer 7 sent 3 bytes that are no command: it is too short; ");
    say_to_server("02 05 00 00 80 'game' 00");
    expect_said("server: peer 7 sent 10 bytes that are no command: no call could name its id; ");
    say_to_server("04");
    expect_said("server: peer 7 sent 1 bytes that are no command: it has no bytes; ");
    say_to_server("00 05 00 00 00 'a' 0a 'b' 00 00");
    expect_said("server: peer 7 sent 10 bytes that are no command: its name is none; ");
    cr_expect_str_eq(session.trace, "");
}

Test(godot3, ignores_commands_that_godot_does_not_know)
{
    say_to_server("05 00 00 00 00 'tell' 00");
    say_to_server("20 05 00 00 00 'tell' 00 01 " HI);
    say_to_server("ff");
    expect_ran("");
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->ignored, 3);
}

Test(godot3, gives_raw_bytes_to_on_event)
{
    server->events = true;
    say_to_server("04 'hey'");
    expect_ran("server: packet hey from ?; ");
    cr_expect_eq(
        meeple_world_send(server->world, stranger.id, (meeple_bytes){(const uint8_t *)"ho!", 3}),
        0);
    cr_expect_eq(
        meeple_world_send(server->world, MEEPLE_ALL, (meeple_bytes){(const uint8_t *)"all", 3}), 0);
    cr_expect_eq(meeple_world_send(server->world, 12345, (meeple_bytes){(const uint8_t *)"?", 1}),
                 MEEPLE_ENOTFOUND);
    pump();
    stranger_expect(&stranger, "server: 04 'ho!'; server: 04 'all'; ");
}

Test(godot3, ignores_the_confirmation_of_what_it_has_not_said)
{
    say_to_server("03 'game' 00");
    say_to_server("03 'nobody' 00");
    say_to_server("03 '..'");
    expect_ran("");
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->ignored, 3);
    cr_expect_eq(server->object->confirmed, 0);
}

Test(godot3, keeps_no_more_ids_than_its_limit_and_says_so_once)
{
    char text[60];

    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "02 %02x %02x 00 00 'game' 00", i & 255, i >> 8);
        say_to_server(text);
        if (i % 100 == 0) {
            pump();
            stranger.heard[0] = '\0';
        }
    }
    pump();
    stranger.heard[0] = '\0';
    expect_said("server: peer 7 gave an id to a path: that is over the limit, as is all that it "
                "gives one from here on; ");
    cr_expect_eq(paths()->heard.count, 4096);
    cr_expect_eq(meeple__world_remote(server->world, stranger.id)->refused, 5000 - 4096);
    /* Another path for an id that it has is fine. */
    say_to_server("02 00 00 00 00 'other' 00");
    expect_ran("");
    stranger_expect(&stranger, "server: 03 'other' 00; ");
    say_to_server("00 87 13 00 00 'tell' 00 01 " HI);
    expect_said("server: peer 7 called tell of path 4999, which it has not said; ");
}

Test(godot3, keeps_no_more_bytes_of_paths_than_its_limit)
{
    uint8_t bytes[7 + 255] = {2};

    memset(bytes + 5, 'x', 255);
    for (uint32_t i = 0; i < 2000; i++) {
        meeple__write_u32(bytes + 1, i);
        cr_assert_eq(
            meeple_net_send(stranger.net, MEEPLE_SERVER, (meeple_bytes){bytes, 5 + 255 + 1}), 0);
        pump();
        stranger.heard[0] = '\0';
    }
    cr_expect_leq(paths()->heard_bytes, (size_t)MEEPLE__PATH_BYTES_MAX);
    cr_expect_gt(paths()->heard_bytes, (size_t)MEEPLE__PATH_BYTES_MAX - 255);
}

Test(godot3, gives_no_id_to_an_endless_path)
{
    static uint8_t bytes[5 + 2000] = {2, 5};

    say_to_server(GAME_IS_5);
    memset(bytes + 5, '/', sizeof bytes - 5);
    memcpy(bytes + sizeof bytes - 5, "game", 5);
    cr_assert_eq(meeple_net_send(stranger.net, MEEPLE_SERVER, (meeple_bytes){bytes, sizeof bytes}),
                 0);
    say_to_server("00 05 00 00 00 'tell' 00 01 " HI);
    expect_said("server: peer 7 gave an id to a path: that is over the limit, as is all that it "
                "gives one from here on; server: peer 7 called tell of path 5, which it has not "
                "said; ");
    stranger_expect(&stranger, "server: 03 'game' 00; ");
}

Test(godot3, forgets_the_ids_of_who_left)
{
    say_to_server(GAME_IS_5);
    pump();
    meeple_net_free(stranger.net);
    stranger.net = session_client(&session);
    pump();
    say_to_server("00 05 00 00 00 'tell' 00 01 " HI);
    expect_said("server: peer 7 called tell of path 5, which it has not said; ");
}

Test(godot3, survives_garbage)
{
    uint32_t seed = 20201226;

    say_to_server(GAME_IS_5);
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[48];
        size_t len = 1 + next_random(&seed) % (sizeof bytes - 1);

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)(next_random(&seed) % (i == 0 ? 6 : i < 5 ? 12 : 256));
        }
        if (round % 2 == 0 && len > 12) {
            memcpy(bytes + 1, "\5\0\0\0tell", 9);
        }
        cr_assert_eq(meeple_net_send(stranger.net, MEEPLE_SERVER, (meeple_bytes){bytes, len}), 0);
        if (round % 100 == 0) {
            pump();
            session.refusals[0] = session.trace[0] = stranger.heard[0] = '\0';
        }
    }
    pump();
    session.refusals[0] = session.trace[0] = '\0';
    cr_expect_eq(meeple_rpc(server->object, MEEPLE_SERVER, say, "still here"), 0);
    pump();
    cr_expect_str_eq(session.trace, "server.say(still here) from server; ");
}

static meeple_refusal_rule rules[8];
static size_t rule_count;

static void keep_rule(meeple_world *world, const meeple_refusal *refusal)
{
    cr_expect_eq(world, server->world);
    cr_expect_eq(refusal->sender, stranger.id);
    cr_expect_not_null(refusal->path);
    cr_expect_not_null(refusal->method);
    if (rule_count < MEEPLE_COUNT(rules)) {
        rules[rule_count++] = refusal->rule;
    }
}

Test(godot3, tells_the_rule_of_a_refusal)
{
    static const meeple_refusal_rule expected[] = {
        MEEPLE_REFUSAL_MODE,      MEEPLE_REFUSAL_NO_OBJECT, MEEPLE_REFUSAL_NO_OBJECT,
        MEEPLE_REFUSAL_NO_METHOD, MEEPLE_REFUSAL_ARGUMENTS, MEEPLE_REFUSAL_MALFORMED,
    };

    server->world->on_refused = keep_rule;
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'off' 00 01 " HI);
    say_to_server("00 06 00 00 00 'off' 00 01 " HI);
    say_to_server("00 17 00 00 80 'tell' 00 01 " HI " 'nobody' 00");
    say_to_server("00 05 00 00 00 'new' 00 01 " HI);
    say_to_server("00 05 00 00 00 'roll' 00 01 " HI);
    say_to_server("00");
    pump();
    cr_assert_eq(rule_count, MEEPLE_COUNT(expected));
    cr_expect_arr_eq(rules, expected, sizeof expected);
}

static void free_world(meeple_world *world, const meeple_refusal *refusal)
{
    (void)refusal;
    meeple_world_free(world);
    rule_count++;
}

Test(godot3, lets_on_refused_free_the_world)
{
    server->world->on_refused = free_world;
    say_to_server("00");
    say_to_server("00");
    cr_assert_geq(meeple_net_next(stranger.net, &(meeple_event){0}, 0), 0);
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ECLOSED);
    cr_expect_eq(rule_count, 1);
    server->world = NULL;
}

static void free_world_of(struct seat *seat, const meeple_call *call)
{
    (void)seat;
    meeple_world_free(call->world);
}

Test(godot3, lets_a_handler_free_the_world)
{
    server->on_say = free_world_of;
    say_to_server(GAME_IS_5);
    say_to_server("00 05 00 00 00 'say' 00 01 " HI);
    say_to_server("00 05 00 00 00 'say' 00 01 " HI);
    cr_assert_geq(meeple_net_next(stranger.net, &(meeple_event){0}, 0), 0);
    cr_expect_eq(meeple_world_poll(server->world, 0), MEEPLE_ECLOSED);
    server->world = NULL;
}

Test(godot3, spawns_nothing)
{
    meeple_object *object = server->object;

    cr_expect_eq(meeple_object_spawn(&object, server->world, &session_class, "pawn", server),
                 MEEPLE_ENOTSUP);
    cr_expect_null(object);
    cr_expect_eq(meeple_object_touch(server->object), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_show(server->object, MEEPLE_ALL, true), MEEPLE_ESTATE);
    cr_expect_eq(meeple_object_hand_over(server->object, stranger.id), MEEPLE_ESTATE);
    cr_expect_eq(meeple_world_state_stats(server->world).batches, 0);
}

Test(godot3, has_no_objects_where_godot_has_no_path)
{
    static const char *const paths_of_none[] = {"..", "a/../b", "./a", "a:b", "/root/a:b"};
    meeple_object *object;

    for (size_t i = 0; i < MEEPLE_COUNT(paths_of_none); i++) {
        cr_expect_eq(
            meeple_object_add(&object, server->world, &session_class, paths_of_none[i], server),
            MEEPLE_EINVAL, "%s", paths_of_none[i]);
        cr_expect_null(object);
    }
    cr_assert_eq(
        meeple_object_add(&object, server->world, &session_class, "Main/Pa nel/@x@2", server), 0);
}
