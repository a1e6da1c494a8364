/* test_dice_session: hosting, joining, leaving, and the sentences for what went wrong. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "samples/dice/session.h"
#include "tests/support/counting_mem.h"
#include "tests/support/folder.h"
#include "tests/support/sim.h"

enum {
    PEERS = 3,
    LONG_MS = 60000
};

struct peer {
    struct dice_session *session;
    char trace[8192]; /* "up 2; join 1; _log; ...down 1000 clean" */
    unsigned polls;
};

struct world {
    struct sim *sim;
    struct peer peers[PEERS];
};

static const char *const hosts[PEERS] = {"host", "anna", "bob"};

static void on_trace(void *user, struct dice_session *session, const struct dice_trace *trace)
{
    struct peer *peer = user;
    size_t len = strlen(peer->trace);
    char *to = peer->trace + len;
    size_t left = sizeof peer->trace - len;
    const meeple_event *event = trace->event;

    cr_assert_eq(session, peer->session);
    if (trace->method) {
        snprintf(to, left, "%s; ", trace->method);
    } else if (event->type == MEEPLE_EVENT_DOWN) {
        snprintf(
            to, left, "down %u %s%s; ", (unsigned)event->code, event->clean ? "clean" : "dirty",
            trace->fault.stage != MEEPLE_STAGE_NONE ? meeple_stage_name(trace->fault.stage) : "");
    } else {
        snprintf(to, left, "%s; ", meeple_event_name(event->type));
    }
}

static void on_poll(void *user, struct dice_session *session)
{
    struct peer *peer = user;

    cr_assert_eq(session, peer->session);
    peer->polls++;
}

static struct peer *sit(struct world *world, size_t index)
{
    struct peer *peer = &world->peers[index];

    cr_assert_eq(dice_session_new(&peer->session,
                                  &(struct dice_options){.name = hosts[index],
                                                         .seed = 3,
                                                         .io = sim_driver(world->sim, hosts[index]),
                                                         .on_trace = on_trace,
                                                         .on_poll = on_poll,
                                                         .user = peer}),
                 0);
    return peer;
}

static void begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->sim =
        sim_new(&(struct sim_options){.seed = 1, .latency_min_ms = 5, .latency_max_ms = 9});
    for (size_t i = 0; i < PEERS; i++) {
        sit(world, i);
    }
}

/* Everybody does what there is to do, for so long. */
static void run(struct world *world, uint64_t ms)
{
    uint64_t until = sim_now(world->sim) + ms;

    do {
        for (size_t i = 0; i < PEERS; i++) {
            while (world->peers[i].session && dice_session_poll(world->peers[i].session, 100) > 0) {
            }
        }
    } while (sim_step_until(world->sim, until));
}

static void finish(struct world *world)
{
    for (size_t i = 0; i < PEERS; i++) {
        dice_session_free(world->peers[i].session);
    }
    sim_free(world->sim);
}

/* A host and two guests, settled. */
static void play(struct world *world)
{
    begin(world);
    cr_assert_eq(dice_session_host(world->peers[0].session, NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_connect(world->peers[1].session, "host"), 0);
    cr_assert_eq(dice_session_connect(world->peers[2].session, "host:8080"), 0);
    run(world, 1000);
    for (size_t i = 0; i < PEERS; i++) {
        cr_assert_eq(dice_session_phase(world->peers[i].session), LOBBY_PLAYING);
        cr_assert_eq(dice_session_player_count(world->peers[i].session), 3);
    }
}

static void expect_alert(struct dice_session *session, const char *expected)
{
    const char *alert = dice_session_alert(session);

    cr_assert_not_null(alert, "\"%s\" was not said", expected);
    cr_expect_str_eq(alert, expected);
    dice_session_dismiss(session);
    cr_expect_null(dice_session_alert(session));
}

Test(dice_session, is_idle_at_first)
{
    struct dice_session *session;

    cr_assert_eq(dice_session_new(&session, NULL), 0);
    cr_expect_eq(dice_session_phase(session), LOBBY_IDLE);
    cr_expect_str_eq(dice_session_status(session), "Not connected");
    cr_expect_str_eq(dice_session_name(session), "Player");
    cr_expect_null(dice_session_alert(session));
    cr_expect_eq(dice_session_id(session), 0);
    cr_expect_eq(dice_session_port(session), 0);
    cr_expect_eq(dice_session_turn(session), -1);
    cr_expect_eq(dice_session_player_count(session), 0);
    cr_expect_eq(dice_session_log_count(session), 0);
    cr_expect_not(dice_session_my_turn(session));
    cr_expect_eq(dice_session_roll(session), MEEPLE_ESTATE);
    cr_expect_eq(dice_session_poll(session, 1000), 0, "and it does not wait for nothing");
    dice_session_disconnect(session);
    cr_expect_eq(dice_session_phase(session), LOBBY_IDLE);
    dice_session_free(session);
    dice_session_free(NULL);
}

Test(dice_session, hosts_and_says_where)
{
    struct world world;
    struct dice_session *host;

    begin(&world);
    host = world.peers[0].session;
    cr_assert_eq(dice_session_host(host, NULL, 8123), 0);
    cr_expect_eq(dice_session_phase(host), LOBBY_PLAYING);
    cr_expect(dice_session_is_host(host));
    cr_expect_eq(dice_session_port(host), 8123);
    cr_expect_str_eq(dice_session_status(host), "Hosting on port 8123");
    run(&world, 10);
    cr_expect_str_eq(world.peers[0].trace, "up; add_player; set_turn; ");
    cr_expect_eq(dice_session_id(host), MEEPLE_SERVER);
    cr_expect_str_eq(dice_session_player_name(host, 0), "host");
    cr_expect(dice_session_my_turn(host));
    cr_expect_eq(dice_session_host(host, NULL, 1), MEEPLE_ESTATE);
    cr_expect_eq(dice_session_connect(host, "host"), MEEPLE_ESTATE);
    cr_expect_null(dice_session_alert(host));
    finish(&world);
}

Test(dice_session, any_free_port_has_a_number)
{
    struct dice_session *host;

    cr_assert_eq(dice_session_new(&host, NULL), 0);
    cr_assert_eq(dice_session_host(host, "127.0.0.1", 0), 0);
    cr_expect_gt(dice_session_port(host), 0);
    dice_session_free(host);
}

Test(dice_session, a_port_that_is_taken_is_an_alert)
{
    struct dice_session *host, *other;
    char expected[64];
    uint16_t port;

    cr_assert_eq(dice_session_new(&host, NULL), 0);
    cr_assert_eq(dice_session_new(&other, NULL), 0);
    cr_assert_eq(dice_session_host(host, "127.0.0.1", 0), 0);
    port = dice_session_port(host);
    cr_expect_eq(dice_session_host(other, "127.0.0.1", port), MEEPLE_EINUSE);
    snprintf(expected, sizeof expected, "Port %u is already in use.", (unsigned)port);
    expect_alert(other, expected);
    cr_expect_eq(dice_session_phase(other), LOBBY_IDLE);
    cr_expect_eq(dice_session_host(other, "not an address", port), MEEPLE_EINVAL);
    expect_alert(other, "\"not an address\" is no address of this machine.");
    dice_session_free(other);
    dice_session_free(host);
}

Test(dice_session, hands_out_a_page_and_says_where)
{
    static const char *const places[][3] = {{NULL, NULL, "http://localhost:%u/"},
                                            {"0.0.0.0", "", "http://localhost:%u/"},
                                            {NULL, "192.168.0.7", "http://192.168.0.7:%u/"},
                                            {"0.0.0.0", "2001:db8::7", "http://[2001:db8::7]:%u/"},
                                            {"127.0.0.1", "192.168.0.7", "http://127.0.0.1:%u/"}};
    struct folder www;
    struct dice_session *host;

    folder_make(&www);
    for (size_t i = 0; i < MEEPLE_COUNT(places); i++) {
        char page[64], status[96];

        const struct dice_options options = {.files.folder = www.path, .home = places[i][1]};

        cr_assert_eq(dice_session_new(&host, &options), 0);
        cr_expect_null(lobby_page(dice_session_lobby(host)));
        cr_assert_eq(dice_session_host(host, places[i][0], 0), 0);
        snprintf(page, sizeof page, places[i][2], (unsigned)dice_session_port(host));
        cr_expect_str_eq(lobby_page(dice_session_lobby(host)), page);
        snprintf(status, sizeof status, "Hosting at %s", page);
        cr_expect_str_eq(dice_session_status(host), status);
        dice_session_free(host);
    }
    folder_remove(&www);
    cr_assert_eq(dice_session_new(&host, &(struct dice_options){.files.folder = www.path}), 0);
    cr_expect_eq(dice_session_host(host, NULL, 0), MEEPLE_EINVAL);
    cr_expect(strstr(dice_session_alert(host), "is no folder."));
    cr_expect_null(lobby_page(dice_session_lobby(host)));
    dice_session_free(host);
}

Test(dice_session, a_certificate_that_does_not_serve_is_said_before_anything_listens)
{
    struct dice_session *host;
    const struct dice_options options = {
        .files = {.cert = "/nowhere/cert.pem", .key = "/nowhere/key.pem"}};

    cr_assert_eq(dice_session_new(&host, &options), 0);
    cr_expect_eq(dice_session_host(host, "127.0.0.1", 0), MEEPLE_ETLS);
    expect_alert(host, "Could not host with TLS: cannot read /nowhere/cert.pem: No such file or "
                       "directory.");
    cr_expect_eq(dice_session_phase(host), LOBBY_IDLE);
    dice_session_free(host);
}

Test(dice_session, joins_and_says_where)
{
    struct world world;
    struct dice_session *anna;

    begin(&world);
    anna = world.peers[1].session;
    cr_assert_eq(dice_session_host(world.peers[0].session, NULL, LOBBY_PORT), 0);
    cr_assert_eq(dice_session_connect(anna, "  host "), 0);
    cr_expect_eq(dice_session_phase(anna), LOBBY_CONNECTING);
    cr_expect_str_eq(dice_session_status(anna), "Connecting to host:8080 ...");
    cr_expect_not(dice_session_is_host(anna));
    run(&world, 1000);
    cr_expect_eq(dice_session_phase(anna), LOBBY_PLAYING);
    cr_expect_str_eq(dice_session_status(anna), "Playing at host:8080");
    cr_expect_str_eq(world.peers[1].trace,
                     "up; join; add_player; add_player; set_turn; update_player_name; ");
    cr_expect_geq(dice_session_id(anna), 2);
    cr_expect_eq(dice_session_player_id(anna, 1), dice_session_id(anna));
    cr_expect_eq(dice_session_port(anna), 0);
    cr_expect_gt(world.peers[1].polls, 1);
    finish(&world);
}

Test(dice_session, plays)
{
    struct world world;
    struct dice_session *host, *anna;
    uint32_t revision;

    play(&world);
    host = world.peers[0].session;
    anna = world.peers[1].session;
    cr_expect(dice_session_my_turn(host));
    cr_expect_not(dice_session_my_turn(anna));
    cr_assert_eq(dice_session_roll(host), 0);
    revision = dice_session_revision(anna);
    run(&world, 1000);
    cr_expect_neq(dice_session_revision(anna), revision);
    cr_expect(dice_session_my_turn(anna));
    cr_expect_eq(dice_session_turn(anna), 1);
    cr_expect_eq(dice_session_log_count(anna), 1);
    cr_expect_str_eq(dice_session_log_line(anna, 0), dice_session_log_line(host, 0));
    cr_assert_eq(dice_session_roll(anna), 0);
    cr_expect_not(dice_session_my_turn(anna));
    cr_expect_eq(dice_session_rolls(anna), 0);
    run(&world, 1000);
    cr_expect_eq(dice_session_rolls(anna), 1);
    revision = dice_session_revision(anna);
    run(&world, 1000);
    cr_expect_eq(dice_session_revision(anna), revision, "nothing happened");
    finish(&world);
}

Test(dice_session, a_new_name_is_told_to_everybody)
{
    struct world world;

    play(&world);
    cr_assert_eq(dice_session_rename(world.peers[0].session, "Godette"), 0);
    cr_assert_eq(dice_session_rename(world.peers[1].session, " Bořek\n"), 0);
    cr_expect_str_eq(dice_session_name(world.peers[1].session), "Bořek");
    run(&world, 1000);
    for (size_t i = 0; i < PEERS; i++) {
        cr_expect_str_eq(dice_session_player_name(world.peers[i].session, 0), "Godette");
        cr_expect_str_eq(dice_session_player_name(world.peers[i].session, 1), "Bořek");
    }
    cr_assert_eq(dice_session_rename(world.peers[2].session, NULL), 0);
    cr_expect_str_eq(dice_session_name(world.peers[2].session), "Player");
    finish(&world);
}

Test(dice_session, leaving_is_no_alert_and_one_can_come_again)
{
    struct world world;
    struct dice_session *anna;

    play(&world);
    anna = world.peers[1].session;
    cr_assert_eq(dice_session_roll(world.peers[0].session), 0);
    run(&world, 1000);
    cr_expect_eq(dice_session_log_count(anna), 1);
    world.peers[0].trace[0] = world.peers[1].trace[0] = '\0';
    dice_session_disconnect(anna);
    cr_expect_eq(dice_session_phase(anna), LOBBY_CLOSING);
    cr_expect_eq(dice_session_roll(anna), MEEPLE_ESTATE);
    run(&world, 5000);
    cr_expect_eq(dice_session_phase(anna), LOBBY_IDLE);
    cr_expect_null(dice_session_alert(anna));
    cr_expect_str_eq(dice_session_status(anna), "Not connected");
    cr_expect_neq(strstr(world.peers[1].trace, "down 1000 clean"), NULL, "%s",
                  world.peers[1].trace);
    cr_expect_str_eq(world.peers[0].trace, "closing; leave; del_player; set_turn; ");
    cr_expect_eq(dice_session_player_count(anna), 3, "its table stays to be looked at");
    cr_expect_eq(dice_session_id(anna), 0);
    cr_expect_eq(dice_session_player_count(world.peers[2].session), 2);

    cr_assert_eq(dice_session_connect(anna, "host"), 0);
    cr_expect_eq(dice_session_player_count(anna), 0);
    cr_expect_eq(dice_session_log_count(anna), 0);
    run(&world, 1000);
    cr_expect_eq(dice_session_player_count(world.peers[2].session), 3);
    cr_expect_str_eq(dice_session_player_name(anna, 2), "anna");
    finish(&world);
}

Test(dice_session, an_address_without_a_port_means_the_one_that_was_given)
{
    static const uint16_t ports[] = {0, LOBBY_PORT, 18503};

    for (size_t i = 0; i < MEEPLE_COUNT(ports); i++) {
        struct sim *sim = sim_new(NULL);
        struct dice_session *session;
        char want[64];

        cr_assert_eq(dice_session_new(&session, &(struct dice_options){.port = ports[i],
                                                                       .io = sim_driver(sim, "a")}),
                     0);
        sim_set_fate(sim, "b", SIM_SILENT);
        cr_assert_eq(dice_session_connect(session, "b"), 0);
        snprintf(want, sizeof want, "b:%u", ports[i] ? (unsigned)ports[i] : LOBBY_PORT);
        cr_expect_neq(strstr(dice_session_status(session), want), NULL, "%s",
                      dice_session_status(session));
        dice_session_free(session);
        sim_free(sim);
    }
}

Test(dice_session, connecting_can_be_cancelled)
{
    struct world world;
    struct dice_session *anna;

    begin(&world);
    anna = world.peers[1].session;
    sim_set_fate(world.sim, "nowhere", SIM_SILENT);
    cr_assert_eq(dice_session_connect(anna, "nowhere"), 0);
    run(&world, 2000);
    cr_expect_eq(dice_session_phase(anna), LOBBY_CONNECTING);
    dice_session_disconnect(anna);
    run(&world, 100);
    cr_expect_eq(dice_session_phase(anna), LOBBY_IDLE, "at once");
    cr_expect_null(dice_session_alert(anna));
    finish(&world);
}

Test(dice_session, why_there_is_no_connection_is_said_in_words)
{
    struct world world;
    struct dice_session *anna;

    begin(&world);
    anna = world.peers[1].session;
    sim_set_fate(world.sim, "closed", SIM_REFUSES);
    sim_set_fate(world.sim, "silent", SIM_SILENT);
    cr_assert_eq(dice_session_connect(anna, "silent:99"), 0);
    run(&world, LONG_MS);
    cr_expect_eq(dice_session_phase(anna), LOBBY_IDLE);
    expect_alert(anna,
                 "Could not connect to silent:99: no connection to silent:99 within 10000 ms.");

    cr_assert_eq(dice_session_connect(anna, "closed"), 0);
    run(&world, LONG_MS);
    cr_assert_not_null(dice_session_alert(anna));
    cr_assert_eq(dice_session_connect(anna, "unheard.of"), 0);
    run(&world, LONG_MS);
    cr_assert_not_null(dice_session_alert(anna));
    cr_expect_neq(strstr(world.peers[1].trace, "down 1006 dirtytimeout"), NULL);
    cr_expect_neq(strstr(world.peers[1].trace, "down 1006 dirtyconnect"), NULL);
    cr_expect_neq(strstr(world.peers[1].trace, "down 1006 dirtyresolve"), NULL);
    finish(&world);
}

Test(dice_session, a_session_before_does_not_change_why_this_one_failed)
{
    struct world world;

    play(&world);
    dice_session_disconnect(world.peers[1].session);
    run(&world, 1000);
    sim_set_fate(world.sim, "silent", SIM_SILENT);
    cr_assert_eq(dice_session_connect(world.peers[1].session, "silent"), 0);
    run(&world, LONG_MS);
    expect_alert(world.peers[1].session,
                 "Could not connect to silent:8080: no connection to silent:8080 within 10000 ms.");
    finish(&world);
}

Test(dice_session, what_is_no_address_is_not_tried)
{
    static const char *const wrong[] = {
        "", "  ", "a b", "host:", "host:0", "host:65536", "[::1", "ftp://x/"};
    struct dice_session *session;

    cr_assert_eq(dice_session_new(&session, NULL), 0);
    for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
        cr_expect_eq(dice_session_connect(session, wrong[i]), MEEPLE_EINVAL, "%s", wrong[i]);
        cr_expect_eq(dice_session_phase(session), LOBBY_IDLE);
        cr_assert_not_null(dice_session_alert(session));
        cr_expect_neq(strstr(dice_session_alert(session), "is no address"), NULL);
        dice_session_dismiss(session);
    }
    dice_session_free(session);
}

Test(dice_session, a_host_that_stops_says_goodbye)
{
    struct world world;

    play(&world);
    dice_session_disconnect(world.peers[0].session);
    run(&world, 5000);
    cr_expect_eq(dice_session_phase(world.peers[0].session), LOBBY_IDLE);
    cr_expect_null(dice_session_alert(world.peers[0].session));
    for (size_t i = 1; i < PEERS; i++) {
        cr_expect_eq(dice_session_phase(world.peers[i].session), LOBBY_IDLE);
        expect_alert(world.peers[i].session,
                     "Lost the connection to the host: the host ended the game.");
        cr_expect_eq(dice_session_player_count(world.peers[i].session), 3);
    }
    cr_assert_eq(dice_session_host(world.peers[0].session, NULL, LOBBY_PORT), 0);
    run(&world, 100);
    cr_expect_eq(dice_session_player_count(world.peers[0].session), 1, "a new game");
    finish(&world);
}

Test(dice_session, a_host_that_dies_is_an_alert_and_no_freeze)
{
    struct world world;

    play(&world);
    dice_session_free(world.peers[0].session);
    world.peers[0].session = NULL;
    run(&world, 5000);
    cr_expect_eq(dice_session_phase(world.peers[1].session), LOBBY_IDLE);
    cr_assert_not_null(dice_session_alert(world.peers[1].session));
    cr_expect_eq(
        strncmp(dice_session_alert(world.peers[1].session), "Lost the connection to the host", 31),
        0, "%s", dice_session_alert(world.peers[1].session));
    finish(&world);
}

Test(dice_session, one_can_leave_a_host_that_does_not_answer)
{
    struct world world;

    play(&world);
    sim_cut(world.sim, "host", "anna");
    dice_session_disconnect(world.peers[1].session);
    run(&world, 5000);
    cr_expect_eq(dice_session_phase(world.peers[1].session), LOBBY_IDLE);
    cr_expect_null(dice_session_alert(world.peers[1].session));
    finish(&world);
}

/* A host made by hand, which takes the guest's connection and then does something else. */
static meeple_net *by_hand(struct world *world)
{
    meeple_net *net;

    begin(world);
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = LOBBY_PORT,
                                                         .io = sim_driver(world->sim, "hand")}),
        0);
    cr_assert_eq(dice_session_connect(world->peers[1].session, "hand"), 0);
    return net;
}

Test(dice_session, who_is_sent_away_reads_why)
{
    struct world world;
    meeple_net *net = by_hand(&world);
    uint64_t until = sim_now(world.sim) + 5000;
    meeple_event event;

    do {
        while (meeple_net_next(net, &event, 100) > 0) {
            if (event.type == MEEPLE_EVENT_JOIN) {
                cr_assert_eq(meeple_net_kick(net, event.peer, 4001, "You have been\nidle too long"),
                             0);
            }
        }
        while (dice_session_poll(world.peers[1].session, 100) > 0) {
        }
    } while (sim_step_until(world.sim, until));
    cr_expect_eq(dice_session_phase(world.peers[1].session), LOBBY_IDLE);
    expect_alert(world.peers[1].session, "The host showed us out: You have beenidle too long.");
    meeple_net_free(net);
    finish(&world);
}

Test(dice_session, who_is_not_let_in_reads_why)
{
    struct world world;
    meeple_net *net = by_hand(&world);
    uint64_t until = sim_now(world.sim) + 5000;
    meeple_event event;

    meeple_net_refuse(net, true);
    do {
        while (meeple_net_next(net, &event, 100) > 0) {
        }
        while (dice_session_poll(world.peers[1].session, 100) > 0) {
        }
    } while (sim_step_until(world.sim, until));
    cr_expect_eq(dice_session_phase(world.peers[1].session), LOBBY_IDLE);
    cr_assert_not_null(dice_session_alert(world.peers[1].session));
    cr_expect_neq(strstr(dice_session_alert(world.peers[1].session),
                         "Could not connect to hand:8080: the server refused with HTTP status 503"),
                  NULL, "%s", dice_session_alert(world.peers[1].session));
    meeple_net_free(net);
    finish(&world);
}

/* Rolls from within, and leaves after the third. */
static void roll_from_within(void *user, struct dice_session *session)
{
    unsigned *rolls = user;

    if (dice_session_rolls(session) == 3) {
        dice_session_disconnect(session);
    } else if (dice_session_my_turn(session)) {
        cr_assert_eq(dice_session_roll(session), 0);
        ++*rolls;
    }
}

Test(dice_session, a_program_can_play_between_the_polls)
{
    struct dice_session *host;
    unsigned rolls = 0;

    cr_assert_eq(dice_session_new(
                     &host, &(struct dice_options){.on_poll = roll_from_within, .user = &rolls}),
                 0);
    cr_assert_eq(dice_session_host(host, "127.0.0.1", 0), 0);
    while (dice_session_phase(host) != LOBBY_IDLE) {
        cr_assert_geq(dice_session_poll(host, 1000), 0);
    }
    cr_expect_eq(rolls, 3);
    cr_expect_eq(dice_session_log_count(host), 3);
    dice_session_free(host);
}

/* A session that begins, and may fail to. */
static int try_once(const struct dice_options *options, bool hosting)
{
    struct dice_session *session;
    int rc = dice_session_new(&session, options);

    if (rc < 0) {
        cr_assert_null(session);
        return rc;
    }
    rc = hosting ? dice_session_host(session, NULL, LOBBY_PORT)
                 : dice_session_connect(session, "host");
    cr_assert_eq(rc < 0, dice_session_alert(session) != NULL);
    cr_assert_eq(rc < 0, dice_session_phase(session) == LOBBY_IDLE);
    dice_session_free(session);
    return rc;
}

Test(dice_session, every_allocation_may_fail)
{
    struct sim *sim = sim_new(NULL);

    for (int way = 0; way < 4; way++) {
        struct counting_mem mem;
        struct dice_options options = {.dialect =
                                           way < 2 ? MEEPLE_DIALECT_NATIVE : MEEPLE_DIALECT_GODOT3,
                                       .io = sim_driver(sim, "host"),
                                       .mem = &mem.mem};
        size_t n = 1;

        do {
            counting_mem_init(&mem);
            counting_mem_fail(&mem, n);
            cr_assert_eq(try_once(&options, way % 2 == 1), mem.calls < n ? 0 : MEEPLE_ENOMEM);
            cr_assert_eq(mem.live, 0, "call %zu leaks", n);
        } while (mem.calls >= n++);
        cr_expect_gt(n, 5);
    }
    sim_free(sim);
}

static bool poll_both(struct dice_session *host, struct dice_session *guest)
{
    int of_host = dice_session_poll(host, 100), of_guest = dice_session_poll(guest, 100);

    cr_assert_geq(of_host, 0, "a lost session is an alert, no error");
    cr_assert_geq(of_guest, 0);
    return of_host + of_guest > 0;
}

/* Whatever a host runs out of memory for, guests are told the truth or leave. */
static void run_out(meeple_dialect dialect)
{
    for (size_t n = 1;; n++) {
        struct sim *sim = sim_new(&(struct sim_options){.seed = 2, .latency_max_ms = 3});
        struct dice_session *host, *guest;
        struct counting_mem mem;
        uint64_t until;

        counting_mem_init(&mem);
        cr_assert_eq(dice_session_new(&host, &(struct dice_options){.seed = 1,
                                                                    .dialect = dialect,
                                                                    .io = sim_driver(sim, "host"),
                                                                    .mem = &mem.mem}),
                     0);
        cr_assert_eq(dice_session_host(host, NULL, LOBBY_PORT), 0);
        cr_assert_eq(
            dice_session_new(&guest, &(struct dice_options){.seed = 1,
                                                            .dialect = dialect,
                                                            .io = sim_driver(sim, "guest")}),
            0);
        cr_assert_eq(dice_session_connect(guest, "host"), 0);
        counting_mem_fail(&mem, n);
        until = sim_now(sim) + 2000;
        do {
            while (poll_both(host, guest)) {
            }
            if (dice_session_my_turn(host) && dice_session_player_count(host) > 1) {
                dice_session_roll(host);
            }
        } while (sim_step_until(sim, until));
        if (dice_session_phase(guest) == LOBBY_PLAYING &&
            dice_session_phase(host) == LOBBY_PLAYING) {
            cr_assert_eq(dice_session_player_count(guest), dice_session_player_count(host),
                         "call %zu", n);
            cr_assert_eq(dice_session_turn(guest), dice_session_turn(host), "call %zu", n);
        } else {
            cr_assert(dice_session_alert(guest) != NULL || dice_session_alert(host) != NULL,
                      "call %zu: nobody says why", n);
        }
        bool failed = mem.calls >= mem.fail_at;
        dice_session_free(guest);
        dice_session_free(host);
        cr_assert_eq(mem.live, 0, "call %zu leaks", n);
        sim_free(sim);
        if (!failed) {
            cr_expect_gt(n, 10);
            break;
        }
    }
}

Test(dice_session, a_host_may_run_out_of_memory)
{
    run_out(MEEPLE_DIALECT_NATIVE);
}

Test(dice_session, a_host_may_run_out_of_memory_in_godot3)
{
    run_out(MEEPLE_DIALECT_GODOT3);
}
