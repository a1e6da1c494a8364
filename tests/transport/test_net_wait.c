/* test_net_wait: nets that are woken by other threads, and nets in somebody else's event loop. */
#define _GNU_SOURCE
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/certificates.h"
#include "tests/support/drivers.h"
#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    NETS_MAX = 8,
    PATIENCE_MS = 10000
};

static meeple_net *listen_on(const meeple_io_driver *driver)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_listen(&net, &(meeple_listen_options){.host = "127.0.0.1",
                                                                  .dialect = MEEPLE_DIALECT_PLAIN,
                                                                  .io = driver}),
                 0);
    return net;
}

static meeple_net *connect_with(const meeple_io_driver *driver, const meeple_net *server)
{
    char url[64];
    meeple_net *net;

    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", (unsigned)meeple_net_port(server));
    cr_assert_eq(
        meeple_net_connect(
            &net, url, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN, .io = driver}),
        0);
    return net;
}

static void expect(meeple_net *net, meeple_event_type type, int timeout_ms)
{
    meeple_event event;

    cr_assert_eq(meeple_net_next(net, &event, timeout_ms), 1);
    cr_assert_eq(event.type, type, "%s", meeple_event_name(event.type));
}

static int next(meeple_net *net, int timeout_ms)
{
    meeple_event event;

    return meeple_net_next(net, &event, timeout_ms);
}

/* Wakes a net once for each round that it is told of; or always, if `storm`. */
struct waker {
    meeple_net *net;
    bool storm;
    atomic_uint rounds;
    atomic_bool stop;
    unsigned woken;
    int value; /* not atomic: what comes before a wake is seen after it */
    pthread_t id;
};

static void *wake_rounds(void *ctx)
{
    struct waker *waker = ctx;

    while (!atomic_load(&waker->stop)) {
        if (waker->storm || atomic_load(&waker->rounds) > waker->woken) {
            waker->woken++;
            meeple_net_wake(waker->net);
        }
    }
    return NULL;
}

static void waker_start(struct waker *waker)
{
    cr_assert_eq(pthread_create(&waker->id, NULL, wake_rounds, waker), 0);
}

static void waker_stop(struct waker *waker)
{
    atomic_store(&waker->stop, true);
    cr_assert_eq(pthread_join(waker->id, NULL), 0);
}

EACH_DRIVER(net_wait, another_thread_ends_every_wait)
{
    struct waker waker = {.net = listen_on(driver)};

    expect(waker.net, MEEPLE_EVENT_UP, -1);
    waker_start(&waker);
    for (unsigned i = 0; i < 2000; i++) {
        atomic_fetch_add(&waker.rounds, 1);
        cr_assert_eq(next(waker.net, -1), 0);
    }
    waker_stop(&waker);
    cr_expect_eq(next(waker.net, 0), 0);
    meeple_net_free(waker.net);
}

EACH_DRIVER(net_wait, a_wake_before_the_wait_is_not_lost_and_many_are_one)
{
    meeple_net *net = listen_on(driver);

    expect(net, MEEPLE_EVENT_UP, -1);
    cr_expect_eq(next(net, 0), 0);
    for (unsigned i = 0; i < 100; i++) {
        meeple_net_wake(net);
    }
    cr_expect_eq(meeple_net_wait_ms(net), -1);
    cr_expect_eq(next(net, -1), 0);
    cr_expect_eq(meeple_net_wait_ms(net), -1);
    /* The next wait has to be ended by something else. */
    cr_expect_eq(next(net, 1), 0);
    meeple_net_free(net);
}

EACH_DRIVER(net_wait, events_go_before_a_wake_and_neither_is_lost)
{
    meeple_net *net = listen_on(driver), *client = connect_with(driver, net);

    meeple_net_wake(net);
    expect(net, MEEPLE_EVENT_UP, -1);
    cr_expect_eq(next(net, -1), 0);
    while (!meeple_net_has_peer(client, MEEPLE_SERVER)) {
        cr_assert_geq(next(client, 5), 0);
        cr_assert_geq(next(net, 5), 0);
    }
    meeple_net_send_text(client, MEEPLE_SERVER, "hello");
    meeple_net_flush(client);
    meeple_net_wake(net);
    expect(net, MEEPLE_EVENT_PACKET, -1);
    cr_expect_eq(next(net, -1), 0);
    meeple_net_free(client);
    expect(net, MEEPLE_EVENT_LEAVE, PATIENCE_MS);
    meeple_net_free(net);
}

/* Echoes until so many came back. */
static void converse(meeple_net *server, meeple_net *client, unsigned messages)
{
    unsigned echoed = 0;
    meeple_event event;
    int rc;

    while (echoed < messages) {
        while ((rc = meeple_net_next(server, &event, 0)) > 0) {
            if (event.type == MEEPLE_EVENT_PACKET) {
                cr_assert_eq(meeple_net_send(server, event.peer, event.data), 0);
            }
        }
        cr_assert_eq(rc, 0);
        rc = meeple_net_next(client, &event, -1);
        cr_assert_geq(rc, 0);
        echoed += rc > 0 && event.type == MEEPLE_EVENT_PACKET;
        if (rc > 0 && (event.type == MEEPLE_EVENT_JOIN || event.type == MEEPLE_EVENT_PACKET)) {
            cr_assert_eq(meeple_net_send_text(client, MEEPLE_SERVER, "hello"), 0);
        }
    }
}

EACH_DRIVER(net_wait, a_storm_of_wakes_does_not_keep_anybody_from_talking)
{
    meeple_net *server = listen_on(driver);
    struct waker waker = {.net = connect_with(driver, server), .storm = true};

    waker_start(&waker);
    converse(server, waker.net, 300);
    waker_stop(&waker);
    meeple_net_free(waker.net);
    meeple_net_free(server);
}

EACH_DRIVER(net_wait, a_wake_after_down_does_nothing)
{
    meeple_net *net = listen_on(driver);

    expect(net, MEEPLE_EVENT_UP, -1);
    meeple_net_close(net, 0, NULL);
    expect(net, MEEPLE_EVENT_DOWN, PATIENCE_MS);
    meeple_net_wake(net);
    cr_expect_eq(next(net, -1), MEEPLE_ECLOSED);
    cr_expect_eq(meeple_net_wait_ms(net), -1);
    meeple_net_free(net);
}

static meeple_net *of_signal;

static void wake_from_signal(int number)
{
    (void)number;
    meeple_net_wake(of_signal);
}

static void *send_signals(void *ctx)
{
    struct waker *waker = ctx;

    while (!atomic_load(&waker->stop)) {
        if (atomic_load(&waker->rounds) > waker->woken) {
            waker->woken++;
            pthread_kill(waker->id, SIGUSR1);
        }
    }
    return NULL;
}

EACH_DRIVER(net_wait, a_signal_handler_ends_a_wait)
{
    struct sigaction action = {.sa_handler = wake_from_signal, .sa_flags = SA_RESTART};
    struct waker waker = {.net = listen_on(driver), .id = pthread_self()};
    pthread_t id;

    of_signal = waker.net;
    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    expect(waker.net, MEEPLE_EVENT_UP, -1);
    cr_assert_eq(pthread_create(&id, NULL, send_signals, &waker), 0);
    for (unsigned i = 0; i < 500; i++) {
        atomic_fetch_add(&waker.rounds, 1);
        cr_assert_eq(next(waker.net, -1), 0);
    }
    atomic_store(&waker.stop, true);
    cr_assert_eq(pthread_join(id, NULL), 0);
    meeple_net_free(waker.net);
}

Test(net_wait, without_a_net_there_is_nothing_to_wait_for)
{
    meeple_net_wake(NULL);
    cr_expect_eq(meeple_net_pollable(NULL), MEEPLE_EINVAL);
    cr_expect_eq(meeple_net_wait_ms(NULL), -1);
}

Test(net_wait, who_has_no_descriptor_says_so)
{
    meeple_net *nets[3];

    cr_assert_eq(meeple_net_loopback(&nets[0], NULL), 0);
    cr_assert_eq(meeple_net_offline(&nets[1], NULL), 0);
    nets[2] = listen_on(meeple_io_poll());
    for (size_t i = 0; i < MEEPLE_COUNT(nets); i++) {
        cr_expect_eq(meeple_net_pollable(nets[i]), MEEPLE_ESTATE);
        cr_expect_eq(meeple_net_wait_ms(nets[i]), 0);
        expect(nets[i], MEEPLE_EVENT_UP, 0);
        cr_expect_eq(next(nets[i], 0), 0);
        cr_expect_eq(meeple_net_wait_ms(nets[i]), -1);
        meeple_net_free(nets[i]);
    }
}

Test(net_wait, a_wake_on_a_loopback_net_is_due_at_once)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, NULL), 0);
    expect(net, MEEPLE_EVENT_UP, 0);
    cr_expect_eq(next(net, 0), 0);
    meeple_net_wake(net);
    cr_expect_eq(meeple_net_wait_ms(net), 0);
    cr_expect_eq(next(net, -1), 0);
    cr_expect_eq(meeple_net_wait_ms(net), -1);
    meeple_net_free(net);
}

/* Nets that somebody else's loop asks only when it has to. */
struct loop {
    meeple_net *nets[NETS_MAX];
    size_t count;
    bool down[NETS_MAX];
    bool asks;       /* the next server asks who comes in */
    int32_t request; /* who asked, and has no answer */
    struct sim *sim; /* or NULL: poll() over the sockets of `io` */
    const meeple_io_driver *io;
    unsigned joins, packets, downs;
    unsigned asked;    /* calls of meeple_net_next() */
    unsigned idle;     /* rounds of them in which nothing was told */
    unsigned messages; /* how many each client sends, one after the other */
    unsigned sent[NETS_MAX];
};

static void loop_add(struct loop *loop, meeple_net *net)
{
    loop->nets[loop->count++] = net;
}

static void loop_event(struct loop *loop, size_t at, const meeple_event *event)
{
    meeple_net *net = loop->nets[at];
    bool joined = event->type == MEEPLE_EVENT_JOIN, packet = event->type == MEEPLE_EVENT_PACKET;

    loop->joins += joined;
    loop->packets += packet;
    loop->request = event->type == MEEPLE_EVENT_REQUEST ? event->peer : loop->request;
    if (event->type == MEEPLE_EVENT_DOWN) {
        loop->downs++;
        loop->down[at] = true;
    } else if (meeple_net_is_server(net)) {
        if (packet) {
            cr_assert_eq(meeple_net_send(net, event->peer, event->data), 0);
        }
    } else if (packet || (joined && event->peer == MEEPLE_SERVER)) {
        if (loop->sent[at] < loop->messages) {
            loop->sent[at]++;
            cr_assert_eq(meeple_net_send_text(net, MEEPLE_SERVER, "hello"), 0);
        }
    }
}

static void loop_take(struct loop *loop, size_t at)
{
    meeple_event event;
    bool any = false;
    int rc;

    while (!loop->down[at] && (rc = meeple_net_next(loop->nets[at], &event, 0)) != 0) {
        cr_assert_gt(rc, 0, "%s", meeple_strerror(rc));
        loop->asked++;
        any = true;
        loop_event(loop, at, &event);
    }
    loop->asked++;
    loop->idle += !any;
}

/* Asks every net that is due or readable; how long nobody has to be, if none was. */
static int loop_turn(struct loop *loop, int most_ms)
{
    struct pollfd polled[NETS_MAX];
    int wait_ms = most_ms;
    size_t asked = 0;

    for (size_t i = 0; i < loop->count; i++) {
        int own_ms = meeple_net_wait_ms(loop->nets[i]);

        polled[i] = (struct pollfd){.fd = -1, .events = POLLIN};
        if (!loop->sim && !loop->down[i]) {
            polled[i].fd = meeple_net_pollable(loop->nets[i]);
            cr_assert_geq(polled[i].fd, 0);
        }
        wait_ms = own_ms >= 0 && (wait_ms < 0 || own_ms < wait_ms) ? own_ms : wait_ms;
    }
    cr_assert_geq(poll(polled, (nfds_t)loop->count, loop->sim ? 0 : wait_ms), 0);
    for (size_t i = 0; i < loop->count; i++) {
        if (polled[i].revents != 0 || meeple_net_wait_ms(loop->nets[i]) == 0) {
            loop_take(loop, i);
            asked++;
        }
    }
    return asked > 0 ? 0 : wait_ms;
}

static void loop_done(struct loop *loop)
{
    while (loop->count > 0) {
        meeple_net_free(loop->nets[--loop->count]);
    }
    sim_free(loop->sim);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static meeple_net *loop_listen(struct loop *loop, meeple_tls_server *tls,
                               const meeple_limits *limits)
{
    meeple_net *net;

    cr_assert_eq(
        meeple_net_listen(
            &net,
            &(meeple_listen_options){.host = "127.0.0.1",
                                     .port = loop->sim ? 4000 : 0,
                                     .dialect = MEEPLE_DIALECT_PLAIN,
                                     .asks = loop->asks,
                                     .tls = tls,
                                     .limits = *limits,
                                     .io = loop->sim ? sim_driver(loop->sim, "server") : loop->io}),
        0);
    loop_add(loop, net);
    return net;
}

static meeple_net *loop_connect(struct loop *loop, const char *scheme, const char *ca,
                                const meeple_limits *limits)
{
    char url[64];
    meeple_net *net;

    snprintf(url, sizeof url, "%s://%s:%u/", scheme, loop->sim ? "server" : "127.0.0.1",
             (unsigned)meeple_net_port(loop->nets[0]));
    cr_assert_eq(
        meeple_net_connect(&net, url,
                           &(meeple_connect_options){
                               .dialect = MEEPLE_DIALECT_PLAIN,
                               .tls.ca_file = ca,
                               .limits = *limits,
                               .io = loop->sim ? sim_driver(loop->sim, "client") : loop->io}),
        0);
    loop_add(loop, net);
    return net;
}

/* Until so many events of all nets, or a moment. */
static void loop_run(struct loop *loop, unsigned packets, unsigned downs, uint64_t until_ms)
{
    uint64_t now = now_ms();

    for (; (loop->packets < packets || loop->downs < downs) && now < until_ms; now = now_ms()) {
        loop_turn(loop, (int)(until_ms - now));
    }
}

/* Echoes and says goodbye; nobody is asked much more often than there is something to tell. */
static void talk(struct loop *loop, unsigned clients)
{
    unsigned messages = 2 * clients * loop->messages;

    loop_run(loop, messages, 0, now_ms() + PATIENCE_MS);
    cr_assert_eq(loop->packets, messages, "%u packets: %s", loop->packets,
                 meeple_net_fault(loop->nets[1]).text);
    cr_expect_eq(loop->joins, 2 * clients);
    for (unsigned i = 1; i <= clients; i++) {
        meeple_net_close(loop->nets[i], 0, NULL);
    }
    loop_run(loop, messages, clients, now_ms() + PATIENCE_MS);
    meeple_net_close(loop->nets[0], 0, NULL);
    loop_run(loop, messages, clients + 1, now_ms() + PATIENCE_MS);
    cr_expect_eq(loop->downs, clients + 1);
    cr_expect_leq(loop->idle, clients * 20, "%u of %u", loop->idle, loop->asked);
}

EACH_POLLABLE_DRIVER(net_wait, a_session_lives_in_somebody_elses_loop)
{
    struct loop loop = {.io = driver, .messages = 100};

    loop_listen(&loop, NULL, &(meeple_limits){0});
    for (unsigned i = 0; i < 3; i++) {
        loop_connect(&loop, "ws", NULL, &(meeple_limits){0});
    }
    talk(&loop, 3);
    loop_done(&loop);
}

EACH_POLLABLE_DRIVER(net_wait, an_encrypted_session_lives_in_somebody_elses_loop)
{
    struct loop loop = {.io = driver, .messages = 100};
    struct certificates files;
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], ca[CERTIFICATES_PATH_SIZE];
    char why[200] = "";
    meeple_tls_server *tls;

    certificates_init(&files);
    certificates_make(&files, &(struct certificate_wish){.name = "ca", .authority = true});
    certificates_make(&files, &(struct certificate_wish){
                                  .name = "it", .issuer = "ca", .alt_names = "IP:127.0.0.1"});
    certificates_path(&files, "ca.crt", ca);
    certificates_path(&files, "it.crt", cert);
    certificates_path(&files, "it.key", key);
    cr_assert_eq(meeple_tls_server_new(
                     &tls, &(meeple_tls_server_options){.cert_file = cert, .key_file = key}, why,
                     sizeof why),
                 0, "%s", why);
    loop_listen(&loop, tls, &(meeple_limits){0});
    for (unsigned i = 0; i < 3; i++) {
        loop_connect(&loop, "wss", ca, &(meeple_limits){0});
    }
    talk(&loop, 3);
    loop_done(&loop);
    meeple_tls_server_free(tls);
    certificates_done(&files);
}

EACH_POLLABLE_DRIVER(net_wait, a_wake_makes_the_descriptor_readable_until_it_was_answered)
{
    struct loop loop = {.io = driver};
    meeple_net *net;
    struct pollfd polled;

    net = loop_listen(&loop, NULL, &(meeple_limits){0});
    polled = (struct pollfd){.fd = meeple_net_pollable(net), .events = POLLIN};
    loop_turn(&loop, -1);
    cr_expect_eq(poll(&polled, 1, 0), 0);
    meeple_net_wake(net);
    cr_expect_eq(poll(&polled, 1, -1), 1);
    cr_expect_eq(next(net, 0), 0);
    cr_expect_eq(poll(&polled, 1, 0), 0);
    cr_expect_eq(meeple_net_pollable(net), polled.fd);
    loop_done(&loop);
}

EACH_POLLABLE_DRIVER(net_wait, heartbeats_are_sent_when_they_are_due)
{
    static const meeple_limits limits = {.heartbeat_ms = 40};
    struct loop loop = {.io = driver};
    uint64_t began_ms;
    int32_t peer;

    loop_listen(&loop, NULL, &limits);
    loop_connect(&loop, "ws", NULL, &limits);
    loop_run(&loop, 1, 0, now_ms() + 100);
    cr_assert_eq(loop.joins, 2);
    began_ms = now_ms();
    loop.asked = loop.idle = 0;
    /* Both would lose each other without them. */
    loop_run(&loop, 1, 0, began_ms + 800);
    cr_expect_eq(loop.downs, 0);
    cr_assert_eq(meeple_net_peers(loop.nets[0], &peer, 1), 1);
    cr_expect_geq(meeple_net_rtt(loop.nets[1], MEEPLE_SERVER).samples +
                      meeple_net_rtt(loop.nets[0], peer).samples,
                  3);
    /* Nothing but pings and pongs; there is time for twenty of each side. */
    cr_expect_leq(loop.asked, 4 * 2 * 25);
    loop_done(&loop);
}

EACH_POLLABLE_DRIVER(net_wait, a_time_out_comes_in_time)
{
    struct loop loop = {.io = driver};
    meeple_net *silent;
    uint64_t began_ms;

    /* Takes connections and says nothing: it is never asked. */
    silent = loop_listen(&loop, NULL, &(meeple_limits){0});
    loop_connect(&loop, "ws", NULL, &(meeple_limits){.handshake_timeout_ms = 150});
    loop.nets[0] = loop.nets[1];
    loop.count = 1;
    began_ms = now_ms();
    loop_run(&loop, 0, 1, began_ms + PATIENCE_MS);
    cr_expect_eq(loop.downs, 1);
    cr_expect_eq(meeple_net_fault(loop.nets[0]).stage, MEEPLE_STAGE_TIMEOUT);
    cr_expect(now_ms() - began_ms >= 150 && now_ms() - began_ms < 3000);
    cr_expect_leq(loop.asked, 12);
    loop_done(&loop);
    meeple_net_free(silent);
}

#define EXPECT_DUE(loop, at, call)                                                                 \
    do {                                                                                           \
        cr_expect_neq(meeple_net_wait_ms((loop).nets[at]), 0);                                     \
        cr_assert_eq(call, 0);                                                                     \
        cr_expect_eq(meeple_net_wait_ms((loop).nets[at]), 0);                                      \
        loop_run(&(loop), UINT_MAX, 0, now_ms() + 30);                                             \
    } while (0)

EACH_POLLABLE_DRIVER(net_wait, what_the_application_does_is_due)
{
    struct loop loop = {.io = driver, .asks = true};
    uint64_t until_ms = now_ms() + PATIENCE_MS;
    int32_t peers[2] = {0};

    loop_listen(&loop, NULL, &(meeple_limits){0});
    for (size_t i = 0; i < 3; i++) {
        loop_connect(&loop, "ws", NULL, &(meeple_limits){0});
        loop.request = 0;
        while (loop.request == 0) {
            cr_assert(now_ms() < until_ms);
            loop_turn(&loop, 100);
        }
        if (i < 2) {
            EXPECT_DUE(loop, 0, meeple_net_accept(loop.nets[0], loop.request, NULL, NULL));
        } else {
            EXPECT_DUE(loop, 0, meeple_net_reject(loop.nets[0], loop.request, 403, NULL, NULL));
        }
    }
    loop_run(&loop, UINT_MAX, 1, now_ms() + 30);
    cr_assert_eq(meeple_net_peers(loop.nets[0], peers, 2), 2);
    cr_expect_eq(loop.downs, 1);
    EXPECT_DUE(loop, 0, meeple_net_send_text(loop.nets[0], MEEPLE_ALL, "hello"));
    EXPECT_DUE(loop, 1, meeple_net_send_text(loop.nets[1], MEEPLE_SERVER, "hello"));
    EXPECT_DUE(loop, 0, meeple_net_ping(loop.nets[0], peers[0]));
    EXPECT_DUE(loop, 1, meeple_net_ping(loop.nets[1], MEEPLE_SERVER));
    EXPECT_DUE(loop, 0, meeple_net_kick(loop.nets[0], peers[0], 0, NULL));
    EXPECT_DUE(loop, 0, meeple_net_close(loop.nets[0], 0, NULL));
    loop_run(&loop, 0, 4, now_ms() + PATIENCE_MS);
    cr_expect_eq(loop.downs, 4);
    loop_done(&loop);
}

/* Nobody can be accepted, and the listener waits for a descriptor to become free. */
EACH_POLLABLE_DRIVER(net_wait, a_process_without_descriptors_does_not_turn_in_circles)
{
    struct loop loop = {.io = driver};
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct pollfd polled = {.events = POLLIN};
    struct rlimit before, limit;
    uint64_t until_ms;

    address.sin_port = htons(meeple_net_port(loop_listen(&loop, NULL, &(meeple_limits){0})));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    loop_turn(&loop, 0);
    polled.fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_geq(polled.fd, 0);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = (rlim_t)polled.fd + 1;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_assert_eq(connect(polled.fd, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(send(polled.fd, "?\r\n\r\n", 5, 0), 5);
    loop.asked = 0;
    loop_run(&loop, UINT_MAX, 0, now_ms() + 450);
    /* One try and one pause of 100 ms after the other. */
    cr_expect(loop.asked >= 2 && loop.asked <= 20, "%u calls", loop.asked);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    until_ms = now_ms() + PATIENCE_MS;
    while (poll(&polled, 1, 0) == 0) {
        cr_assert(now_ms() < until_ms);
        loop_turn(&loop, 100);
    }
    close(polled.fd);
    loop_done(&loop);
}

/* A simulated driver has no descriptor: there wait_ms says everything.  Nobody is asked before it
 * is time, and never twice in vain. */
static void sim_run(struct loop *loop, uint64_t until_ms)
{
    unsigned turns = 0;

    while (sim_now(loop->sim) < until_ms) {
        uint64_t now = sim_now(loop->sim);
        int wait_ms = loop_turn(loop, -1);

        if (wait_ms < 0) {
            return;
        }
        if (wait_ms > 0) {
            sim_step_until(loop->sim, now + (uint64_t)wait_ms);
        }
        turns = sim_now(loop->sim) > now ? 0 : turns + 1;
        cr_assert_lt(turns, 200, "always due");
    }
}

Test(net_wait, what_is_due_is_all_there_is_to_do)
{
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct loop loop = {.messages = 20};
        bool rough = seed % 3 == 0;

        loop.sim = sim_new(&(struct sim_options){.seed = seed,
                                                 .latency_max_ms = (uint32_t)seed % 50,
                                                 .chop = seed % 2 == 0,
                                                 .stutter = seed % 2 == 0,
                                                 .completions = seed % 4 == 0,
                                                 .resets_per_million = rough ? 20000 : 0});
        loop_listen(&loop, NULL, &(meeple_limits){0});
        for (unsigned i = 0; i < 3; i++) {
            loop_connect(&loop, "ws", NULL, &(meeple_limits){0});
        }
        sim_run(&loop, 15000);
        cr_assert(rough || loop.packets == 2 * 3 * 20, "seed %u: %u", (unsigned)seed, loop.packets);
        for (size_t i = 0; i < loop.count; i++) {
            meeple_net_close(loop.nets[i], 0, NULL);
        }
        sim_run(&loop, 60000);
        cr_assert_eq(loop.downs, 4, "seed %u", (unsigned)seed);
        loop_done(&loop);
    }
}

Test(net_wait, whoever_is_cut_off_is_gone_when_that_is_due)
{
    struct loop loop = {.messages = 1};

    loop.sim = sim_new(&(struct sim_options){.seed = 5, .latency_max_ms = 20});
    loop_listen(&loop, NULL, &(meeple_limits){0});
    loop_connect(&loop, "ws", NULL, &(meeple_limits){0});
    sim_run(&loop, 5000);
    cr_assert_eq(loop.packets, 2);
    sim_cut(loop.sim, "client", "server");
    loop.asked = 0;
    sim_run(&loop, 100000);
    cr_expect_eq(loop.downs, 1);
    cr_expect_eq(meeple_net_peers(loop.nets[0], NULL, 0), 0);
    cr_expect_leq(loop.asked, 40);
    loop_done(&loop);
}

Test(net_wait, a_wake_does_not_end_the_time_outs)
{
    struct loop loop = {0};
    meeple_event event;
    int rc;

    loop.sim = sim_new(&(struct sim_options){.seed = 5, .latency_max_ms = 20});
    sim_set_fate(loop.sim, "server", SIM_SILENT);
    loop_listen(&loop, NULL, &(meeple_limits){0});
    loop_connect(&loop, "ws", NULL, &(meeple_limits){.connect_timeout_ms = 500});
    for (unsigned i = 0; i < 5; i++) {
        meeple_net_wake(loop.nets[1]);
        cr_assert_eq(meeple_net_next(loop.nets[1], &event, -1), 0);
        cr_expect_eq(meeple_net_wait_ms(loop.nets[1]), 500 - 100 * (int)i);
        sim_step_until(loop.sim, sim_now(loop.sim) + 100);
    }
    /* The wake and the deadline at once: both are told. */
    meeple_net_wake(loop.nets[1]);
    rc = meeple_net_next(loop.nets[1], &event, -1);
    cr_assert_eq(rc, 1);
    cr_expect_eq(event.type, MEEPLE_EVENT_DOWN);
    loop_done(&loop);
}
