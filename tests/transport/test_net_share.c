/* test_net_share: nets that listen at one port, each with what the system gives it. */
#define _GNU_SOURCE
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/drivers.h"
#include "tests/support/session.h"

enum {
    CLIENTS_MAX = 200,
    PATIENCE_MS = 60000
};

struct party {
    const meeple_io_driver *driver;
    meeple_net *servers[2], *clients[CLIENTS_MAX];
    size_t client_count, up, down;
    bool over[2];                 /* a server told DOWN */
    size_t joined[2], packets[2]; /* of a server's clients */
    size_t heard, strangers;      /* packets to clients; JOINs there */
};

static int listen_at(const struct party *party, uint16_t port, bool shared, meeple_net **out)
{
    return meeple_net_listen(out, &(meeple_listen_options){.host = "127.0.0.1",
                                                           .port = port,
                                                           .share_port = shared,
                                                           .limits.peers_max = CLIENTS_MAX,
                                                           .io = party->driver});
}

static struct party party_of_two(const meeple_io_driver *driver)
{
    struct party party = {.driver = driver};

    cr_assert_eq(listen_at(&party, 0, true, &party.servers[0]), 0);
    cr_assert_eq(listen_at(&party, meeple_net_port(party.servers[0]), true, &party.servers[1]), 0);
    cr_assert_eq(meeple_net_port(party.servers[1]), meeple_net_port(party.servers[0]));
    return party;
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void server_told(struct party *party, size_t i, const meeple_event *event)
{
    party->joined[i] += event->type == MEEPLE_EVENT_JOIN;
    party->packets[i] += event->type == MEEPLE_EVENT_PACKET;
    party->over[i] = event->type == MEEPLE_EVENT_DOWN;
}

static void client_told(struct party *party, const meeple_event *event)
{
    party->up += event->type == MEEPLE_EVENT_UP;
    party->down += event->type == MEEPLE_EVENT_DOWN;
    party->heard += event->type == MEEPLE_EVENT_PACKET;
    party->strangers += event->type == MEEPLE_EVENT_JOIN && event->peer != MEEPLE_SERVER;
}

/* Everybody takes what there is; a millisecond passes if that was nothing, so that the kernel and
 * servers in threads of their own come to their part. */
static void turn(struct party *party)
{
    meeple_event event;
    bool any = false;

    for (size_t i = 0; i < 2; i++) {
        while (party->servers[i] && meeple_net_next(party->servers[i], &event, 0) > 0) {
            server_told(party, i, &event);
            any = true;
        }
    }
    for (size_t i = 0; i < party->client_count; i++) {
        while (meeple_net_next(party->clients[i], &event, 0) > 0) {
            client_told(party, &event);
            any = true;
        }
    }
    if (!any) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

#define TURN_UNTIL(party, what)                                                                    \
    for (uint64_t until_ms = now_ms() + PATIENCE_MS; !(what); turn(party)) {                       \
        cr_assert_lt(now_ms(), until_ms, "%s never came", #what);                                  \
    }

/* One more client, and in. */
static void come(struct party *party, uint16_t port)
{
    char url[64];
    size_t up = party->up;

    cr_assert_lt(party->client_count, CLIENTS_MAX);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)port);
    cr_assert_eq(meeple_net_connect(&party->clients[party->client_count], url,
                                    &(meeple_connect_options){.io = party->driver}),
                 0);
    party->client_count++;
    TURN_UNTIL(party, party->up + party->down > up);
    cr_assert_eq(party->down, 0, "%s",
                 meeple_net_fault(party->clients[party->client_count - 1]).text);
}

static void party_done(struct party *party)
{
    for (size_t i = 0; i < party->client_count; i++) {
        meeple_net_free(party->clients[i]);
    }
    meeple_net_free(party->servers[0]);
    meeple_net_free(party->servers[1]);
}

/* Which of the two is by chance: a hundred in a row at one of them is as good as impossible. */
static void come_to_both(struct party *party)
{
    while (party->joined[0] < 2 || party->joined[1] < 2) {
        come(party, meeple_net_port(party->servers[0]));
    }
    TURN_UNTIL(party, party->joined[0] + party->joined[1] == party->client_count);
}

EACH_DRIVER(net_share, two_share_a_port_and_both_get_connections)
{
    struct party party = party_of_two(driver);

    come_to_both(&party);
    party_done(&party);
}

EACH_DRIVER(net_share, they_are_sessions_of_their_own)
{
    struct party party = party_of_two(driver);
    const meeple_bytes packet = {(const uint8_t *)"x", 1};
    size_t first;

    come_to_both(&party);
    first = party.joined[0];
    /* Each newcomer heard of all that were there in its session, and these of it. */
    TURN_UNTIL(&party,
               party.strangers == first * (first - 1) + party.joined[1] * (party.joined[1] - 1));
    cr_assert_eq(meeple_net_peers(party.servers[0], NULL, 0), first);
    cr_assert_eq(meeple_net_send(party.servers[0], MEEPLE_ALL, packet), 0);
    for (size_t i = 0; i < party.client_count; i++) {
        cr_assert_eq(meeple_net_send(party.clients[i], MEEPLE_SERVER, packet), 0);
    }
    TURN_UNTIL(&party, party.packets[0] + party.packets[1] == party.client_count);
    TURN_UNTIL(&party, party.heard >= first);
    for (unsigned i = 0; i < 100; i++) {
        turn(&party);
    }
    cr_assert_eq(party.heard, first);
    cr_assert_eq(party.packets[0], first);
    party_done(&party);
}

EACH_DRIVER(net_share, a_port_is_shared_only_by_those_who_say_so)
{
    static const bool says[3][2] = {{false, false}, {false, true}, {true, false}};
    struct party party = {.driver = driver};

    for (size_t i = 0; i < MEEPLE_COUNT(says); i++) {
        meeple_net *second = NULL;
        uint16_t port;

        cr_assert_eq(listen_at(&party, 0, says[i][0], &party.servers[0]), 0);
        port = meeple_net_port(party.servers[0]);
        cr_assert_eq(listen_at(&party, port, says[i][1], &second), MEEPLE_EINUSE, "case %zu", i);
        cr_assert_null(second);
        meeple_net_free(party.servers[0]);
    }
}

EACH_DRIVER(net_share, a_free_port_is_nobodys_though_it_may_be_shared)
{
    struct party party = {.driver = driver};

    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(listen_at(&party, 0, true, &party.servers[i]), 0);
    }
    cr_assert_neq(meeple_net_port(party.servers[0]), meeple_net_port(party.servers[1]));
    party_done(&party);
}

EACH_DRIVER(net_share, every_interface_can_be_shared_too)
{
    meeple_listen_options options = {.share_port = true, .io = driver};
    struct party party = {.driver = driver};

    cr_assert_eq(meeple_net_listen(&party.servers[0], &options), 0);
    options.port = meeple_net_port(party.servers[0]);
    cr_assert_eq(meeple_net_listen(&party.servers[1], &options), 0);
    come_to_both(&party);
    party_done(&party);
}

EACH_DRIVER(net_share, when_one_closes_the_other_goes_on)
{
    struct party party = party_of_two(driver);
    const meeple_bytes packet = {(const uint8_t *)"x", 1};
    uint16_t port = meeple_net_port(party.servers[0]);
    size_t others;

    come_to_both(&party);
    others = party.joined[1];
    cr_assert_eq(meeple_net_close(party.servers[0], 0, NULL), 0);
    TURN_UNTIL(&party, party.over[0] && party.down == party.joined[0]);
    meeple_net_free(party.servers[0]);
    party.servers[0] = NULL;
    party.down = 0;
    for (unsigned i = 0; i < 20; i++) {
        come(&party, port);
    }
    TURN_UNTIL(&party, party.joined[1] == others + 20);
    cr_assert_eq(meeple_net_send(party.servers[1], MEEPLE_ALL, packet), 0);
    TURN_UNTIL(&party, party.heard == others + 20);
    party_done(&party);
}

/* ---- a thread for each ---- */

struct worker {
    meeple_net *net;
    atomic_bool stop;
    size_t echoes;
    pthread_t id;
};

static void *echo(void *ctx)
{
    struct worker *worker = ctx;
    meeple_event event;
    int rc;

    while ((rc = meeple_net_next(worker->net, &event, -1)) >= 0 && !atomic_load(&worker->stop)) {
        if (rc > 0 && event.type == MEEPLE_EVENT_PACKET) {
            worker->echoes += meeple_net_send(worker->net, event.peer, event.data) == 0;
        }
    }
    return NULL;
}

EACH_DRIVER(net_share, each_can_have_a_thread_of_its_own)
{
    struct party party = party_of_two(driver);
    uint16_t port = meeple_net_port(party.servers[0]);
    struct worker workers[2] = {{.net = party.servers[0]}, {.net = party.servers[1]}};

    for (size_t i = 0; i < 2; i++) {
        party.servers[i] = NULL; /* the thread's */
        cr_assert_eq(pthread_create(&workers[i].id, NULL, echo, &workers[i]), 0);
    }
    for (size_t i = 0; i < 100; i++) {
        come(&party, port);
        cr_assert_eq(meeple_net_send_text(party.clients[i], MEEPLE_SERVER, "x"), 0);
    }
    TURN_UNTIL(&party, party.heard == 100);
    for (size_t i = 0; i < 2; i++) {
        atomic_store(&workers[i].stop, true);
        meeple_net_wake(workers[i].net);
        cr_assert_eq(pthread_join(workers[i].id, NULL), 0);
        cr_assert_gt(workers[i].echoes, 0);
        meeple_net_free(workers[i].net);
    }
    cr_assert_eq(workers[0].echoes + workers[1].echoes, 100);
    party_done(&party);
}

/* ---- where there is nothing to share ---- */

Test(net_share, a_driver_that_cannot_says_so)
{
    struct sim *sim = sim_new(NULL);
    meeple_listen_options options = {
        .port = 4000, .share_port = true, .io = sim_driver(sim, "server")};
    meeple_net *net = NULL;

    cr_assert_eq(meeple_net_listen(&net, &options), MEEPLE_ENOTSUP);
    cr_assert_null(net);
    sim_free(sim);
}

Test(net_share, a_loopback_server_does_not_look_at_it)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, &(meeple_listen_options){.share_port = true}), 0);
    meeple_net_free(net);
}
