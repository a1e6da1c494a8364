/* test_dice_godot3: the dice table for players of Godot 3, and a seat at one of theirs. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "samples/dice/rules.h"
#include "samples/dice/session.h"
#include "tests/support/folder.h"
#include "tests/support/sim.h"

enum {
    PEERS = 3,
    CALLS_SIZE = 1024
};

static const char *const protocols[] = {RULES_GODOT3_PROTOCOL, NULL};

/* "host", "anna" and "bob" with their programs, and one that is made by hand, as Godot's demo. */
struct world {
    struct sim *sim;
    struct dice_session *peers[PEERS];
    meeple_net *hand;
    void (*on_event)(struct world *world, const meeple_event *event);
    char calls[CALLS_SIZE]; /* that the hand has heard, by name: "add_player; set_turn; " */
};

static void begin(struct world *world, meeple_dialect dialect)
{
    static const char *const names[PEERS] = {"host", "anna", "bob"};

    memset(world, 0, sizeof *world);
    world->sim =
        sim_new(&(struct sim_options){.seed = 1, .latency_min_ms = 5, .latency_max_ms = 9});
    for (size_t i = 0; i < PEERS; i++) {
        const struct dice_options options = {.name = names[i],
                                             .seed = 3,
                                             .dialect = dialect,
                                             .io = sim_driver(world->sim, names[i])};
        cr_assert_eq(dice_session_new(&world->peers[i], &options), 0);
    }
}

/* Everybody does what there is to do, for so long. */
static void run_for(struct world *world, uint64_t ms)
{
    uint64_t until = sim_now(world->sim) + ms;
    meeple_event event;

    do {
        for (size_t i = 0; i < PEERS; i++) {
            while (dice_session_poll(world->peers[i], 100) > 0) {
            }
        }
        while (world->hand && meeple_net_next(world->hand, &event, 100) > 0) {
            world->on_event(world, &event);
        }
    } while (sim_step_until(world->sim, until));
}

static void run(struct world *world)
{
    run_for(world, 1000);
}

static void finish(struct world *world)
{
    for (size_t i = 0; i < PEERS; i++) {
        dice_session_free(world->peers[i]);
    }
    meeple_net_free(world->hand);
    sim_free(world->sim);
}

static void expect_alert(struct dice_session *session, const char *first, const char *last)
{
    const char *alert = dice_session_alert(session);

    cr_assert_not_null(alert);
    cr_expect_eq(strncmp(alert, first, strlen(first)), 0, "%s", alert);
    cr_expect_str_eq(alert + strlen(alert) - strlen(last), last);
    dice_session_dismiss(session);
}

Test(dice_godot3, hosts_joins_and_says_so)
{
    struct world world;
    struct dice_session *host, *anna;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    host = world.peers[0];
    anna = world.peers[1];
    cr_assert_eq(dice_session_host(host, NULL, LOBBY_PORT), 0);
    cr_expect_str_eq(dice_session_status(host), "Hosting on port 8080 for Godot 3");
    cr_assert_eq(dice_session_connect(anna, "host"), 0);
    cr_expect_str_eq(dice_session_status(anna), "Connecting to host:8080 ...");
    run(&world);
    cr_expect_str_eq(dice_session_status(anna), "Playing at host:8080 with Godot 3");
    cr_assert_eq(dice_session_player_count(anna), 2);
    cr_expect_str_eq(dice_session_player_name(anna, 0), "host");
    cr_expect_str_eq(dice_session_player_name(anna, 1), "anna");
    cr_assert_eq(dice_session_roll(host), 0);
    run(&world);
    cr_expect(dice_session_my_turn(anna));
    cr_expect_str_eq(dice_session_log_line(anna, 0), dice_session_log_line(host, 0));
    finish(&world);
}

Test(dice_godot3, what_is_spoken_is_chosen_between_sessions)
{
    struct world world;
    struct dice_session *host, *anna;

    begin(&world, MEEPLE_DIALECT_NATIVE);
    host = world.peers[0];
    anna = world.peers[1];
    cr_expect_eq(dice_session_dialect(host), MEEPLE_DIALECT_NATIVE);
    for (int round = 0; round < 3; round++) {
        meeple_dialect dialect = round % 2 ? MEEPLE_DIALECT_GODOT3 : MEEPLE_DIALECT_NATIVE;

        cr_assert_eq(dice_session_speak(host, dialect), 0);
        cr_assert_eq(dice_session_speak(anna, dialect), 0);
        cr_expect_eq(dice_session_dialect(anna), dialect);
        cr_assert_eq(dice_session_host(host, NULL, LOBBY_PORT), 0);
        cr_assert_eq(dice_session_connect(anna, "host"), 0);
        cr_expect_eq(dice_session_speak(anna, MEEPLE_DIALECT_NATIVE), MEEPLE_ESTATE);
        run(&world);
        cr_expect_eq(dice_session_phase(anna), LOBBY_PLAYING);
        cr_expect_eq(dice_session_player_count(host), 2);
        cr_expect_eq(dice_session_speak(host, MEEPLE_DIALECT_NATIVE), MEEPLE_ESTATE);
        dice_session_disconnect(anna);
        dice_session_disconnect(host);
        run(&world);
        dice_session_dismiss(anna);
        cr_expect_eq(dice_session_phase(host), LOBBY_IDLE);
    }
    finish(&world);
}

/* As one does who presses Disconnect in the demo: the connection stays, and nobody reads there. */
Test(dice_godot3, who_leaves_without_a_word_does_not_hold_up_the_game_for_long)
{
    struct world world;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    cr_assert_eq(dice_session_host(world.peers[0], NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_connect(world.peers[1], "host"), 0);
    cr_assert_eq(dice_session_connect(world.peers[2], "host"), 0);
    run(&world);
    cr_assert_eq(dice_session_player_count(world.peers[0]), 3);
    sim_cut(world.sim, "host", "anna");
    run_for(&world, 20000);
    cr_expect_eq(dice_session_player_count(world.peers[0]), 2);
    cr_expect_eq(dice_session_player_count(world.peers[2]), 2);
    cr_expect_eq(dice_session_phase(world.peers[1]), LOBBY_IDLE);
    cr_expect_eq(dice_session_phase(world.peers[2]), LOBBY_PLAYING);
    cr_assert_not_null(dice_session_alert(world.peers[1]));
    finish(&world);
}

Test(dice_godot3, who_speaks_something_else_reads_what_to_do)
{
    struct world world;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    cr_assert_eq(dice_session_host(world.peers[0], NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_speak(world.peers[1], MEEPLE_DIALECT_NATIVE), 0);
    cr_assert_eq(dice_session_connect(world.peers[1], "host"), 0);
    run(&world);
    cr_expect_eq(dice_session_phase(world.peers[1]), LOBBY_IDLE);
    expect_alert(world.peers[1], "Could not connect to host:8080: ",
                 ". If a Godot 3 game is there, switch \"Godot 3\" on (--dialect godot3).");
    cr_expect_eq(dice_session_player_count(world.peers[0]), 1);

    dice_session_disconnect(world.peers[0]);
    run(&world);
    cr_assert_eq(dice_session_speak(world.peers[0], MEEPLE_DIALECT_NATIVE), 0);
    cr_assert_eq(dice_session_host(world.peers[0], NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_connect(world.peers[2], "host"), 0);
    run(&world);
    expect_alert(world.peers[2], "Could not connect to host:8080: ",
                 ". If no Godot 3 plays there, switch \"Godot 3\" off (--dialect native).");
    finish(&world);
}

static void ignore(struct world *world, const meeple_event *event)
{
    (void)world;
    cr_expect_neq(event->type, MEEPLE_EVENT_JOIN);
}

Test(dice_godot3, a_host_of_another_game_is_no_host)
{
    static const char *const others[] = {"chess", NULL};
    struct world world;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    world.on_event = ignore;
    cr_assert_eq(meeple_net_listen(&world.hand,
                                   &(meeple_listen_options){.port = LOBBY_PORT,
                                                            .dialect = MEEPLE_DIALECT_GODOT3,
                                                            .protocols = others,
                                                            .io = sim_driver(world.sim, "hand")}),
                 0);
    cr_assert_eq(dice_session_connect(world.peers[1], "hand"), 0);
    run(&world);
    cr_expect_eq(dice_session_phase(world.peers[1]), LOBBY_IDLE);
    expect_alert(world.peers[1], "Could not connect to hand:8080: ", "(--dialect native).");
    finish(&world);
}

Test(dice_godot3, a_page_is_told_what_is_spoken)
{
    const char *expected = "http://127.0.0.1:%u/?dialect=godot3";
    struct folder www;
    struct dice_session *host;
    char page[64];

    folder_make(&www);
    cr_assert_eq(dice_session_new(&host, &(struct dice_options){.files.folder = www.path,
                                                                .dialect = MEEPLE_DIALECT_GODOT3}),
                 0);
    cr_assert_eq(dice_session_host(host, "127.0.0.1", 0), 0);
    snprintf(page, sizeof page, expected, (unsigned)dice_session_port(host));
    cr_expect_str_eq(lobby_page(dice_session_lobby(host)), page);
    dice_session_free(host);
    folder_remove(&www);
}

/* ---- Made by hand, from bytes that Godot 3.2.3 sends ---- */

#define PATH RULES_PATH "\0"
#define SIMPLIFY "\2\1\0\0\0" PATH /* the path has the number 1 */
#define CALL_BY_ID "\0\1\0\0\0"    /* a method of that */
#define INT_7 "\2\0\0\0\7\0\0\0"   /* Variants: an int, and a String */
#define HELLO "\4\0\0\0\5\0\0\0hello\0\0\0"

static void say(struct world *world, int32_t to, const char *bytes, size_t len)
{
    cr_assert_eq(meeple_net_send(world->hand, to, (meeple_bytes){(const uint8_t *)bytes, len}), 0);
}

#define SAY(world, to, bytes) say(world, to, bytes, sizeof bytes - 1)

/* As the demo's host: what it knows, and the newcomer, of whom it says the id alone. */
static void host_by_hand(struct world *world, const meeple_event *event)
{
    uint8_t new_player[] = CALL_BY_ID "add_player\0\1" INT_7;

    if (event->type != MEEPLE_EVENT_JOIN) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        new_player[sizeof new_player - 5 + (size_t)i] = (uint8_t)((uint32_t)event->peer >> 8 * i);
    }
    SAY(world, event->peer, SIMPLIFY);
    SAY(world, event->peer,
        CALL_BY_ID "add_player\0\2"
                   "\2\0\0\0\1\0\0\0" HELLO);
    say(world, MEEPLE_ALL, (const char *)new_player, sizeof new_player - 1);
    SAY(world, event->peer,
        CALL_BY_ID "set_turn\0\1"
                   "\2\0\0\0\1\0\0\0");
    SAY(world, event->peer, CALL_BY_ID "_log\0\1" HELLO);
}

Test(dice_godot3, takes_what_a_host_of_godot_says)
{
    struct world world;
    struct dice_session *anna;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    anna = world.peers[1];
    world.on_event = host_by_hand;
    cr_assert_eq(meeple_net_listen(&world.hand,
                                   &(meeple_listen_options){.port = LOBBY_PORT,
                                                            .dialect = MEEPLE_DIALECT_GODOT3,
                                                            .protocols = protocols,
                                                            .io = sim_driver(world.sim, "hand")}),
                 0);
    cr_assert_eq(dice_session_connect(anna, "hand"), 0);
    run(&world);
    cr_assert_eq(dice_session_player_count(anna), 2);
    cr_expect_str_eq(dice_session_player_name(anna, 0), "hello");
    cr_expect_str_eq(dice_session_player_name(anna, 1), RULES_NAME_MISSING);
    cr_expect(dice_session_my_turn(anna));
    cr_assert_eq(dice_session_log_count(anna), 1);
    cr_expect_str_eq(dice_session_log_line(anna, 0), "hello");

    /* More seats than ours: nobody's turn that we know. */
    SAY(&world, MEEPLE_ALL,
        CALL_BY_ID "set_turn\0\1"
                   "\2\0\0\0\1\1\0\0");
    run(&world);
    cr_expect_eq(dice_session_turn(anna), -1);
    finish(&world);
}

/* Notes which methods are called. */
static void note(struct world *world, const meeple_event *event)
{
    size_t len = strlen(world->calls);
    meeple_bytes data = event->data;

    if (event->type == MEEPLE_EVENT_JOIN && event->peer == MEEPLE_SERVER) {
        /* The demo's first words, in its way: the path, and a call that names it once more. */
        SAY(world, MEEPLE_SERVER, SIMPLIFY);
        SAY(world, MEEPLE_SERVER, "\0\x26\0\0\x80set_player_name\0\1" HELLO PATH);
    }
    if (event->type == MEEPLE_EVENT_PACKET && data.len > 6 && data.ptr[0] == 0) {
        snprintf(world->calls + len, sizeof world->calls - len, "%s; ", (const char *)data.ptr + 5);
    }
}

Test(dice_godot3, tells_a_guest_of_godot_what_a_host_of_godot_does)
{
    struct world world;
    struct dice_session *host;

    begin(&world, MEEPLE_DIALECT_GODOT3);
    host = world.peers[0];
    cr_assert_eq(dice_session_host(host, NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_connect(world.peers[1], "host"), 0);
    run(&world);
    world.on_event = note;
    cr_assert_eq(meeple_net_connect(&world.hand, "ws://host:8080/",
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                              .protocols = protocols,
                                                              .io = sim_driver(world.sim, "hand")}),
                 0);
    run(&world);
    cr_assert_eq(dice_session_player_count(host), 3);
    cr_expect_str_eq(dice_session_player_name(host, 2), "hello");
    cr_expect_str_eq(dice_session_player_name(world.peers[1], 2), "hello");
    cr_expect_str_eq(world.calls, "add_player; add_player; add_player; set_turn; "
                                  "update_player_name; ");

    world.calls[0] = '\0';
    SAY(&world, MEEPLE_SERVER,
        CALL_BY_ID "request_action\0\1"
                   "\4\0\0\0\4\0\0\0roll");
    run(&world);
    cr_expect_str_eq(world.calls, "_log; ");
    cr_expect_eq(strncmp(dice_session_log_line(host, 0), "Someone is trying to cheat! ", 28), 0);

    world.calls[0] = '\0';
    cr_assert_eq(dice_session_roll(host), 0);
    run(&world);
    cr_assert_eq(dice_session_roll(world.peers[1]), 0);
    run(&world);
    SAY(&world, MEEPLE_SERVER,
        CALL_BY_ID "request_action\0\1"
                   "\4\0\0\0\4\0\0\0roll");
    run(&world);
    cr_expect_str_eq(world.calls, "_log; set_turn; _log; set_turn; _log; set_turn; ");
    cr_expect_eq(strncmp(dice_session_log_line(host, 3), "hello: rolls ", 13), 0, "%s",
                 dice_session_log_line(host, 3));
    cr_expect(dice_session_my_turn(host));
    finish(&world);
}
