/* test_net_door: whatever strangers do at a server's door, in whatever order, and whatever its
 * application answers them: its counts stay right, and its places come free again. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/certificates.h"
#include "tests/support/raw_peer.h"
#include "tests/support/session.h"

enum {
    PORT = 4000,
    RAWS = 24,
    SEEDS = 150,
    STEPS = 120,
    IDS = 8
};

#define PROXY "PROXY TCP4 203.0.113.7 10.0.0.9 4711 443\r\n"
#define REQUEST                                                                                    \
    "GET /?a=b HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"               \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const char *const scripts[] = {REQUEST "\r\n",
                                      PROXY REQUEST "\r\n",
                                      PROXY,
                                      "PROXY TCP4 203.0",
                                      "GET / HTTP/1.1\r\n\r\n",
                                      REQUEST "Origin: https://evil.example\r\n\r\n",
                                      REQUEST "X-Forwarded-For: 203.0.113.8\r\n\r\n",
                                      REQUEST "X-Forwarded-For: ?\r\n\r\n",
                                      REQUEST "\r\n\x82\x80zzzz",
                                      "GET /half HTTP/1.1\r\nHost: s",
                                      "\r\n\r\n",
                                      "x",
                                      "\x82\x81zzzzz",
                                      "\x88\x80zzzz",
                                      "\x16\x03\x01\x02", /* a record of TLS that does not come */
                                      "\x15\x03\x03"};

static struct door {
    struct session session;
    struct prng random;
    struct raw_peer raws[RAWS];
    bool there[RAWS];
    int32_t ids[IDS]; /* that were asked about */
    bool lets_in;     /* from here on the application lets everybody in */
    unsigned connects;
    uint64_t joined;
} door;

static void answer(meeple_net *net, int32_t id)
{
    static const char *const headers[] = {"X-Seat: 1", NULL};

    switch (door.lets_in ? 2 : prng_below(&door.random, 4)) {
    case 0:
        (void)meeple_net_reject(net, id, 403, "no", headers);
        break;
    case 1:
        break;
    default:
        (void)meeple_net_accept(net, id, NULL, headers);
        break;
    }
}

static void look(struct seat *seat, const meeple_event *event)
{
    door.ids[prng_below(&door.random, IDS)] = event->peer;
    answer(seat->net, event->peer);
}

static bool raws_turn(void *ctx)
{
    bool any = false;

    (void)ctx;
    for (size_t i = 0; i < RAWS; i++) {
        any = (door.there[i] && raw_turn(&door.raws[i])) || any;
    }
    return any;
}

static void settle(uint64_t ms)
{
    session_run_until(&door.session, sim_now(door.session.sim) + ms);
}

static void start(uint64_t seed, meeple_proxy_kind kind, meeple_tls_server *tls)
{
    static const char *const trusted[] = {"10.0.0.9", NULL}, *const origins[] = {"https://a", NULL};
    meeple_listen_options options = {
        .port = PORT,
        .dialect = MEEPLE_DIALECT_PLAIN,
        .asks = seed % 4 != 0,
        .origins = origins,
        .tls = tls,
        .proxy = {.kind = kind, .trusted = kind == MEEPLE_PROXY_NONE ? NULL : trusted},
        .limits = {.peers_max = 3,
                   .handshakes_max = 4,
                   .connections_per_address_max = 3,
                   .accepts_per_second_max = seed % 3 ? 0 : 40,
                   .handshake_timeout_ms = 2000,
                   .close_timeout_ms = 1000}};
    meeple_net *net;

    memset(&door, 0, sizeof door);
    door.random.state = seed;
    counting_mem_init(&door.session.mem);
    door.session.sim = sim_new(&(struct sim_options){.seed = seed, .chop = seed % 2});
    options.io = sim_driver(door.session.sim, "s");
    options.mem = tls ? NULL : &door.session.mem.mem;
    cr_assert_eq(meeple_net_listen(&net, &options), 0);
    session_add(&door.session, net)->on_request = look;
    door.session.extra = raws_turn;
    settle(1);
}

static void come(size_t i, const char *host)
{
    memset(&door.raws[i], 0, sizeof door.raws[i]);
    raw_connect(&door.raws[i], door.session.sim, host, "s", PORT, NULL, false);
    door.there[i] = true;
    door.connects++;
}

static void go(size_t i)
{
    raw_done(&door.raws[i]);
    door.there[i] = false;
}

static void somebody_does_something(void)
{
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.9", "127.0.0.1", "anna"};
    size_t i = (size_t)prng_below(&door.random, RAWS);
    struct raw_peer *raw = &door.raws[i];
    const char *script = scripts[prng_below(&door.random, MEEPLE_COUNT(scripts))];

    if (!door.there[i]) {
        come(i, hosts[prng_below(&door.random, MEEPLE_COUNT(hosts))]);
    } else if (raw->ended || prng_below(&door.random, 5) == 0) {
        go(i);
    } else if (prng_below(&door.random, 6) == 0) {
        raw->deaf = !raw->deaf;
    } else {
        raw_write(raw, script, strlen(script));
    }
}

static void the_application_does_something(meeple_net *net)
{
    int32_t peer, id = door.ids[prng_below(&door.random, IDS)];

    switch (prng_below(&door.random, 8)) {
    case 0:
        answer(net, id);
        break;
    case 1:
        if (meeple_net_peers(net, &peer, 1) > 0) {
            (void)meeple_net_kick(net, peer, 4000, "go");
        }
        break;
    case 2:
        (void)meeple_net_kick(net, id, 0, NULL);
        meeple_net_refuse(net, prng_below(&door.random, 4) == 0);
        break;
    default:
        break;
    }
}

static size_t joins(void)
{
    const char *told = session_told(&door.session, &door.session.seats[0]);
    size_t count = 0;

    while ((told = strstr(told, "join ")) != NULL) {
        count++;
        told++;
    }
    session_forget(&door.session);
    return count;
}

static void everybody_goes(void)
{
    for (size_t i = 0; i < RAWS; i++) {
        if (door.there[i]) {
            go(i);
        }
    }
}

/* As many as may come. */
static void silent_ones_have_their_places(void)
{
    char host[32];

    door.lets_in = true;
    meeple_net_refuse(door.session.seats[0].net, false);
    for (size_t i = 0; i < 4; i++) {
        snprintf(host, sizeof host, "10.7.0.%zu", i);
        come(i, host);
    }
    settle(10);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_not(door.raws[i].ended);
    }
    everybody_goes();
    settle(10);
}

/* As many as may be there. */
static void players_have_theirs(void)
{
    const meeple_net *net = door.session.seats[0].net;

    for (size_t i = 0; i < 3; i++) {
        come(i, "10.0.0.1");
        settle(10);
        raw_write(&door.raws[i], REQUEST "\r\n", sizeof REQUEST + 1);
        settle(10);
    }
    cr_assert_eq(meeple_net_peers(net, NULL, 0), 3);
    cr_assert_eq(meeple_net_stats(net).refused + door.joined + 3, door.connects);
}

/* Strangers do what they want, and go. */
static void play(uint64_t seed, meeple_tls_server *tls)
{
    static const meeple_proxy_kind kinds[] = {MEEPLE_PROXY_NONE, MEEPLE_PROXY_HEADER,
                                              MEEPLE_PROXY_X_FORWARDED_FOR};
    meeple_net *net;

    start(seed, kinds[seed % MEEPLE_COUNT(kinds)], tls);
    net = door.session.seats[0].net;
    for (int step = 0; step < STEPS; step++) {
        if (seed % 5 == 0) {
            counting_mem_fail(&door.session.mem, 1 + (size_t)prng_below(&door.random, 12));
        }
        somebody_does_something();
        the_application_does_something(net);
        settle(prng_below(&door.random, 3) ? 0 : prng_below(&door.random, 300));
        door.joined += joins();
    }
    everybody_goes();
    door.session.mem.fail_at = 0;
    settle(20000);
    door.joined += joins();
    cr_assert_eq(meeple_net_peers(net, NULL, 0), 0, "seed %u", (unsigned)seed);
    cr_assert_eq(meeple_net_stats(net).refused + door.joined, door.connects,
                 "seed %u: %u refused, %u joined, of %u", (unsigned)seed,
                 (unsigned)meeple_net_stats(net).refused, (unsigned)door.joined, door.connects);
}

Test(net_door, the_counts_stay_right_whatever_strangers_do)
{
    uint64_t joined = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        play(seed, NULL);
        silent_ones_have_their_places();
        players_have_theirs();
        everybody_goes();
        joined += door.joined;
        session_done(&door.session);
    }
    cr_assert_gt(joined, SEEDS);
}

Test(net_door, the_same_over_tls)
{
    struct certificates files;
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];
    meeple_tls_server *tls;

    certificates_init(&files);
    certificates_make(&files, &(struct certificate_wish){.name = "s", .alt_names = "DNS:s"});
    cr_assert_eq(meeple_tls_server_new(&tls,
                                       &(meeple_tls_server_options){
                                           .cert_file = certificates_path(&files, "s.crt", cert),
                                           .key_file = certificates_path(&files, "s.key", key)},
                                       NULL, 0),
                 0);
    for (uint64_t seed = 1; seed <= SEEDS / 3; seed++) {
        meeple_net *net;

        play(seed, tls);
        silent_ones_have_their_places();
        cr_assert_eq(meeple_net_connect(
                         &net, "wss://s:4000/",
                         &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                   .tls.ca_file = cert,
                                                   .io = sim_driver(door.session.sim, "10.0.0.1")}),
                     0);
        session_add(&door.session, net);
        settle(1000);
        cr_assert(door.session.seats[1].up);
        session_done(&door.session);
    }
    meeple_tls_server_free(tls);
    certificates_done(&files);
}
