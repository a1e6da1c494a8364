/* test_net_idle: what peers cost that say nothing: bytes of heap, and turns of the loop. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/certificates.h"
#include "tests/support/counting_mem.h"
#include "tests/support/crowd_io.h"
#include "tests/support/drivers.h"

enum {
    /* A few more than a power of two: every table that doubles has just done so. */
    CROWD = 520,
    IDLE_BYTES_MAX = 512,   /* with epoll */
    POLL_BYTES_MAX = 32,    /* more: the table that poll() is asked with */
    URING_BYTES_MAX = 64,   /* more: what is under way in the ring */
    ADDRESS_BYTES_MAX = 64, /* to count connections by */
    TLS_BYTES_MAX = 112     /* beside what OpenSSL has, who allocates by itself */
};

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n";

struct crowd {
    struct counting_mem mem;
    meeple_net *server;
    const char *offer; /* more lines of the request */
    bool spread;       /* each comes from an address of its own */
    int fds[CROWD];
    size_t count;
};

static size_t idle_bytes_max(const meeple_io_driver *driver)
{
    return IDLE_BYTES_MAX + (driver == meeple_io_poll()    ? POLL_BYTES_MAX
                             : driver == meeple_io_uring() ? URING_BYTES_MAX
                                                           : 0);
}

static void allow_descriptors(void)
{
    struct rlimit limit;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void begin(struct crowd *crowd, meeple_listen_options options)
{
    meeple_event event;

    allow_descriptors();
    counting_mem_init(&crowd->mem);
    options.host = "127.0.0.1";
    options.dialect = MEEPLE_DIALECT_PLAIN;
    options.limits.peers_max = 2 * CROWD;
    options.mem = &crowd->mem.mem;
    cr_assert_eq(meeple_net_listen(&crowd->server, &options), 0);
    cr_assert_eq(meeple_net_next(crowd->server, &event, 0), 1);
    cr_assert_eq(event.type, MEEPLE_EVENT_UP);
}

static int connected(const struct crowd *crowd)
{
    const struct linger reset = {1, 0}; /* no port is kept for a while after the test */
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (crowd->spread) {
        address.sin_addr.s_addr = htonl(0x7f010001 + (uint32_t)crowd->count);
        cr_assert_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(meeple_net_port(crowd->server));
    cr_assert_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* A client that trusts anybody, and what it takes to bring it in. */
static meeple_net *join_encrypted(struct crowd *crowd)
{
    bool there = false;
    char url[64];
    meeple_net *client;
    meeple_event event;

    snprintf(url, sizeof url, "wss://127.0.0.1:%u/", (unsigned)meeple_net_port(crowd->server));
    cr_assert_eq(meeple_net_connect(&client, url,
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                              .tls.insecure = true}),
                 0);
    while (!there) {
        cr_assert_geq(meeple_net_next(client, &event, 1), 0);
        there = meeple_net_next(crowd->server, &event, 0) == 1 || there;
    }
    return client;
}

static void join(struct crowd *crowd)
{
    char text[512];
    int len = snprintf(text, sizeof text, request, crowd->offer ? crowd->offer : "");
    int fd = connected(crowd);
    meeple_event event;

    cr_assert_eq(send(fd, text, (size_t)len, 0), len);
    cr_assert_eq(meeple_net_next(crowd->server, &event, 10000), 1);
    cr_assert_eq(event.type, MEEPLE_EVENT_JOIN, "%s", meeple_event_name(event.type));
    /* To the end of the turn, in which the answer goes. */
    cr_assert_eq(meeple_net_next(crowd->server, &event, 0), 0);
    crowd->fds[crowd->count++] = fd;
}

/* Everything that was allocated since there was nobody. */
static size_t bytes_each(struct crowd *crowd)
{
    size_t before = crowd->mem.bytes;

    while (crowd->count < CROWD) {
        join(crowd);
    }
    cr_log_info("%zu bytes each", (crowd->mem.bytes - before) / CROWD);
    return (crowd->mem.bytes - before) / CROWD;
}

static void end(struct crowd *crowd)
{
    meeple_net_free(crowd->server);
    for (size_t i = 0; i < crowd->count; i++) {
        close(crowd->fds[i]);
    }
    cr_assert_eq(crowd->mem.live, 0);
}

EACH_DRIVER(net_idle, a_peer_at_rest_takes_few_bytes)
{
    struct crowd crowd = {0};

    begin(&crowd, (meeple_listen_options){.io = driver});
    cr_assert_leq(bytes_each(&crowd), idle_bytes_max(driver));
    end(&crowd);
}

EACH_DRIVER(net_idle, an_address_that_nobody_else_has_takes_a_few_more)
{
    struct crowd crowd = {.spread = true};

    begin(&crowd, (meeple_listen_options){.limits.connections_per_address_max = 1, .io = driver});
    cr_assert_leq(bytes_each(&crowd), idle_bytes_max(driver) + ADDRESS_BYTES_MAX);
    end(&crowd);
}

EACH_DRIVER(net_idle, one_that_may_compress_and_has_not_yet_takes_no_more)
{
    struct crowd crowd = {.offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"};

    begin(&crowd, (meeple_listen_options){.deflate.enabled = true, .io = driver});
    cr_assert_leq(bytes_each(&crowd), idle_bytes_max(driver));
    end(&crowd);
}

EACH_DRIVER(net_idle, inside_tls_it_takes_little_more_beside_what_openssl_has)
{
    enum {
        FEW = 132 /* a handshake takes a millisecond */
    };
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE];
    struct certificates files;
    struct crowd crowd = {0};
    meeple_tls_server *tls;
    meeple_net *clients[FEW];
    size_t before = 0;

    certificates_init(&files);
    certificates_make(&files, &(struct certificate_wish){.name = "own"});
    certificates_path(&files, "own.crt", cert);
    certificates_path(&files, "own.key", key);
    cr_assert_eq(
        meeple_tls_server_new(
            &tls, &(meeple_tls_server_options){.cert_file = cert, .key_file = key}, NULL, 0),
        0);
    begin(&crowd, (meeple_listen_options){.tls = tls, .io = driver});
    for (size_t i = 0; i < FEW; i++) {
        clients[i] = join_encrypted(&crowd);
        if (i == 0) {
            before = crowd.mem.bytes; /* the first of them made room for one record */
        }
    }
    cr_log_info("%zu bytes each", (crowd.mem.bytes - before) / (FEW - 1));
    cr_assert_leq((crowd.mem.bytes - before) / (FEW - 1), idle_bytes_max(driver) + TLS_BYTES_MAX);
    for (size_t i = 0; i < FEW; i++) {
        meeple_net_free(clients[i]);
    }
    end(&crowd);
    meeple_tls_server_free(tls);
    certificates_done(&files);
}

/* ---- time ---- */

enum {
    MANY = 10000,
    BEAT_MS = 20000
};

/* A server with MANY who have come at the same moment. */
static meeple_net *crowded(struct crowd_io *crowd)
{
    meeple_net *server;
    meeple_event event;

    crowd_io_init(crowd, MANY);
    cr_assert_eq(
        meeple_net_listen(&server,
                          &(meeple_listen_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                   .limits = {.peers_max = MANY,
                                                              .accepts_per_second_max = UINT32_MAX,
                                                              .heartbeat_ms = BEAT_MS},
                                                   .io = &crowd->driver}),
        0);
    for (size_t joined = 0; joined < MANY;) {
        cr_assert_eq(meeple_net_next(server, &event, 1), 1);
        joined += event.type == MEEPLE_EVENT_JOIN;
    }
    cr_assert_eq(meeple_net_next(server, &event, 0), 0);
    cr_assert_eq(crowd->now_ms, 1000);
    return server;
}

Test(net_idle, ten_thousand_cause_no_turn_between_heartbeats)
{
    struct crowd_io crowd;
    meeple_net *server = crowded(&crowd);
    meeple_event event;

    for (unsigned beats = 0; beats < 2; beats++) {
        size_t turns;

        /* What coming has left in the pool is given back once. */
        cr_assert_eq(meeple_net_next(server, &event, BEAT_MS / 2), 0);
        turns = crowd.turns;
        crowd.sends = 0;
        cr_assert_eq(meeple_net_wait_ms(server), BEAT_MS / 2);
        cr_assert_eq(meeple_net_next(server, &event, BEAT_MS / 2 - 1), 0);
        cr_assert_eq(crowd.turns, turns + 1, "%zu turns", crowd.turns - turns);
        cr_assert_eq(crowd.sends, 0);
        /* Each is asked once and answers, in the same millisecond here. */
        cr_assert_eq(meeple_net_next(server, &event, 1), 0);
        cr_assert_eq(meeple_net_next(server, &event, 0), 0);
        while (meeple_net_wait_ms(server) == 0) {
            cr_assert_eq(meeple_net_next(server, &event, 0), 0);
        }
        cr_assert_eq(crowd.sends, MANY, "%zu", crowd.sends);
        cr_assert_eq(crowd.now_ms, 1000 + (beats + 1) * (uint64_t)BEAT_MS);
    }
    meeple_net_free(server);
}

Test(net_idle, a_heartbeat_of_all_does_not_keep_a_message_waiting)
{
    struct crowd_io crowd;
    meeple_net *server = crowded(&crowd);
    meeple_event event;

    cr_assert_eq(meeple_net_next(server, &event, BEAT_MS - 1), 0);
    crowd.sends = 0;
    crowd.now_ms += 1;
    cr_assert_eq(meeple_net_next(server, &event, 0), 0);
    crowd_io_say(&crowd, MANY / 2);
    for (unsigned calls = 0; meeple_net_next(server, &event, 0) == 0; calls++) {
        cr_assert_lt(calls, MANY);
    }
    cr_assert_eq(event.type, MEEPLE_EVENT_PACKET);
    cr_assert_lt(crowd.sends, MANY / 10, "%zu pings went before it", crowd.sends);
    meeple_net_free(server);
}
