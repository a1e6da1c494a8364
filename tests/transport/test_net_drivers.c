/* test_net_drivers: packets, TLS, pages and bad clients over real sockets, on each driver. */
#define _GNU_SOURCE
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/certificates.h"
#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/folder.h"
#include "tests/support/hosts.h"
#include "tests/support/ws_probe.h"
#include "transport/tls.h"

enum {
    NETS_MAX = 4,
    STREAMS_MAX = 4,
    PATIENCE_MS = 20000,
    STUCK_TURNS = 30, /* nothing went for so many: nothing will */
    PAYLOAD = 4096,
    QUEUE = 1 << 20,
    LONGEST = 300000,
    BIG = 6000000, /* more than the kernel takes for one who does not read */
    CROWD = 200
};

static uint8_t bytes[BIG]; /* the same from every beginning, for every length */

/* A server, nets that play with it, and what was told. */
struct table {
    const meeple_io_driver *driver;
    struct counting_mem mem;
    struct certificates files;
    struct folder www;
    meeple_tls_server *tls;
    char ca[CERTIFICATES_PATH_SIZE];
    meeple_net *nets[NETS_MAX]; /* the first is the server */
    size_t count;
    bool idle[NETS_MAX]; /* takes no events */
    bool echoes;         /* the server */
    size_t packets[NETS_MAX];
    size_t joins, leaves, downs, drained;
    uint16_t code; /* of the last LEAVE */
    size_t descriptors;
};

/* ---- time ---- */

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void told(struct table *table, size_t seat, const meeple_event *event)
{
    table->joins += event->type == MEEPLE_EVENT_JOIN;
    table->downs += event->type == MEEPLE_EVENT_DOWN;
    table->drained += event->type == MEEPLE_EVENT_DRAINED;
    if (event->type == MEEPLE_EVENT_LEAVE && seat == 0) {
        table->leaves++;
        table->code = event->code;
    }
    if (event->type == MEEPLE_EVENT_PACKET) {
        table->packets[seat]++;
        cr_assert_eq(memcmp(event->data.ptr, bytes, event->data.len), 0);
        if (seat == 0 && table->echoes) {
            cr_assert_eq(meeple_net_send(table->nets[0], event->peer, event->data), 0);
        }
    }
}

/* Everybody takes what there is; a millisecond passes if that was nothing. */
static void turn(struct table *table)
{
    meeple_event event;
    bool any = false;

    for (size_t i = 0; i < table->count; i++) {
        while (!table->idle[i] && meeple_net_next(table->nets[i], &event, 0) > 0) {
            told(table, i, &event);
            any = true;
        }
        if (table->idle[i]) {
            meeple_net_flush(table->nets[i]);
        }
    }
    if (!any && !table->idle[0] && meeple_net_next(table->nets[0], &event, 1) > 0) {
        told(table, 0, &event);
    }
}

#define UNTIL(table, condition)                                                                    \
    for (uint64_t until_ms = now_ms() + PATIENCE_MS; !(condition); turn(table)) {                  \
        cr_assert_lt(now_ms(), until_ms, "never " #condition);                                     \
    }

/* ---- the table ---- */

static void make_certificates(struct table *table)
{
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[200] = "";

    certificates_make(&table->files, &(struct certificate_wish){.name = "ca", .authority = true});
    certificates_make(
        &table->files,
        &(struct certificate_wish){.name = "it", .issuer = "ca", .alt_names = "IP:127.0.0.1"});
    certificates_path(&table->files, "ca.crt", table->ca);
    certificates_path(&table->files, "it.crt", cert);
    certificates_path(&table->files, "it.key", key);
    cr_assert_eq(meeple_tls_server_new(
                     &table->tls, &(meeple_tls_server_options){.cert_file = cert, .key_file = key},
                     why, sizeof why),
                 0, "%s", why);
}

static void come(struct table *table)
{
    size_t joins = table->joins;
    meeple_net *net;
    char url[64];

    cr_assert_lt(table->count, NETS_MAX);
    snprintf(url, sizeof url, "%s://127.0.0.1:%u/", table->tls ? "wss" : "ws",
             (unsigned)meeple_net_port(table->nets[0]));
    cr_assert_eq(
        meeple_net_connect(&net, url,
                           &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                     .tls.ca_file = table->tls ? table->ca : NULL,
                                                     .limits.message_bytes_max = LONGEST,
                                                     .limits.queue_bytes_max = QUEUE,
                                                     .io = table->driver,
                                                     .mem = &table->mem.mem}),
        0);
    table->nets[table->count++] = net;
    UNTIL(table, table->joins == joins + 2);
}

/* A server that echoes, and one client. */
static void begin(struct table *table, const meeple_io_driver *driver, bool secure,
                  meeple_listen_options options)
{
    *table = (struct table){.driver = driver, .echoes = true};
    for (size_t i = 0; i < BIG; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16));
    }
    counting_mem_init(&table->mem);
    certificates_init(&table->files);
    folder_make(&table->www);
    folder_write(&table->www, "big.bin", bytes, BIG);
    if (secure) {
        make_certificates(table);
    }
    options.host = "127.0.0.1";
    options.dialect = MEEPLE_DIALECT_PLAIN;
    options.tls = table->tls;
    options.limits.queue_bytes_max = QUEUE;
    options.io = driver;
    options.mem = &table->mem.mem;
    cr_assert_eq(meeple_net_listen(&table->nets[0], &options), 0);
    table->count = 1;
    come(table);
    table->descriptors = hosts_descriptors();
}

/* Who behaves notices nothing of the others. */
static void the_game_goes_on(struct table *table)
{
    size_t packets = table->packets[1];

    cr_assert_eq(meeple_net_send(table->nets[1], MEEPLE_SERVER, (meeple_bytes){bytes, 100}), 0);
    UNTIL(table, table->packets[1] == packets + 1);
    cr_assert_eq(table->downs, 0);
}

static void end(struct table *table)
{
    for (size_t i = table->count; i-- > 0;) {
        meeple_net_free(table->nets[i]);
    }
    meeple_tls_server_free(table->tls);
    certificates_done(&table->files);
    folder_remove(&table->www);
    cr_assert_eq(table->mem.live, 0, "%zu blocks are left", table->mem.live);
}

/* ---- those who are no net ---- */

struct stream {
    int fd;
    SSL *ssl; /* or NULL */
    uint8_t *got;
    size_t len;
    bool ended;
};

static struct stream stream_to(const struct table *table, bool secure)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct stream stream = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    int few = 65536, on = 1;

    cr_assert_geq(stream.fd, 0);
    setsockopt(stream.fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
    setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    address.sin_port = htons(meeple_net_port(table->nets[0]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(connect(stream.fd, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(fcntl(stream.fd, F_SETFL, O_NONBLOCK), 0);
    if (secure) {
        SSL_CTX *context = SSL_CTX_new(TLS_client_method());

        stream.ssl = SSL_new(context);
        cr_assert(stream.ssl);
        SSL_CTX_free(context);
        SSL_set_fd(stream.ssl, stream.fd);
        SSL_set_connect_state(stream.ssl);
    }
    stream.got = malloc(BIG + 4096);
    cr_assert(stream.got);
    return stream;
}

static bool say_some(const struct stream *stream, const void *what, size_t len, size_t *gone)
{
    ssize_t rc;

    if (stream->ssl) {
        return SSL_write_ex(stream->ssl, what, len, gone) == 1;
    }
    rc = send(stream->fd, what, len, MSG_NOSIGNAL);
    *gone = rc > 0 ? (size_t)rc : 0;
    return rc > 0;
}

static void say(struct table *table, const struct stream *stream, const void *what, size_t len)
{
    size_t at = 0, gone = 0;

    UNTIL(table, at == len || (say_some(stream, (const uint8_t *)what + at, len - at, &gone) &&
                               (at += gone) == len));
}

/* Takes up to so many bytes, of those that are there. */
static void hear(struct stream *stream, size_t most)
{
    size_t room = BIG + 4095 - stream->len, got = 0;
    ssize_t rc;

    most = most < room ? most : room;
    if (stream->ended || most == 0) {
        return;
    }
    if (stream->ssl) {
        int error = SSL_get_error(stream->ssl,
                                  SSL_read_ex(stream->ssl, stream->got + stream->len, most, &got));

        stream->ended = error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ;
    } else {
        rc = recv(stream->fd, stream->got + stream->len, most, 0);
        got = rc > 0 ? (size_t)rc : 0;
        stream->ended = rc == 0 || (rc < 0 && errno != EAGAIN);
    }
    stream->len += got;
    stream->got[stream->len] = '\0';
}

static bool hears_end(struct stream *stream)
{
    hear(stream, BIG);
    return stream->ended;
}

static bool hears(struct stream *stream, const char *text)
{
    hear(stream, BIG);
    return stream->len > 0 && strstr((const char *)stream->got, text);
}

static void stream_done(struct stream *stream)
{
    SSL_free(stream->ssl);
    close(stream->fd);
    free(stream->got);
}

static void stream_reset(struct stream *stream)
{
    const struct linger reset = {1, 0};

    setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    stream_done(stream);
}

static const char upgrade[] = "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/* One that came in as a peer. */
static struct stream stream_joined(struct table *table)
{
    struct stream stream = stream_to(table, false);
    size_t joins = table->joins;

    say(table, &stream, upgrade, sizeof upgrade - 1);
    UNTIL(table, hears(&stream, "\r\n\r\n"));
    cr_assert_eq(table->joins, joins + 1);
    stream.len = 0;
    return stream;
}

/* ---- packets ---- */

#define WITH_AND_WITHOUT_TLS(secure) for (int secure = 0; secure < 2; secure++)

EACH_DRIVER(net_drivers, packets_of_every_size_pass)
{
    static const size_t sizes[] = {0, 1, 125, 126, 16384, 65535, 65536, 200000};

    WITH_AND_WITHOUT_TLS(secure)
    {
        struct table table;

        begin(&table, driver, secure,
              (meeple_listen_options){.limits.message_bytes_max = LONGEST,
                                      .limits.bytes_per_second_max = UINT32_MAX});
        come(&table);
        come(&table);
        for (size_t i = 0; i < MEEPLE_COUNT(sizes); i++) {
            meeple_bytes packet = {bytes, sizes[i]};

            for (size_t seat = 1; seat < table.count; seat++) {
                cr_assert_eq(meeple_net_send(table.nets[seat], MEEPLE_SERVER, packet), 0);
            }
            UNTIL(&table, table.packets[1] + table.packets[2] + table.packets[3] == 6 * i + 3);
            cr_assert_eq(meeple_net_send(table.nets[0], MEEPLE_ALL, packet), 0);
            UNTIL(&table, table.packets[1] + table.packets[2] + table.packets[3] == 6 * i + 6);
        }
        cr_assert_eq(meeple_net_close(table.nets[0], 0, NULL), 0);
        UNTIL(&table, table.downs == 4);
        end(&table);
    }
}

/* Until nothing more goes, though all but the one at the other end take their turns. */
static size_t fill(struct table *table, meeple_net *net, int32_t to)
{
    size_t sent = 0;

    for (unsigned stuck = 0; stuck < STUCK_TURNS; stuck++) {
        while (meeple_net_send(net, to, (meeple_bytes){bytes, PAYLOAD}) == 0) {
            sent++;
            stuck = 0;
        }
        turn(table);
        cr_assert_leq(meeple_net_queued(net, to), QUEUE + (table->tls ? MEEPLE__TLS_OUT_MAX : 0));
        cr_assert_lt(sent, 64u << 20 >> 12, "nothing holds it back");
    }
    return sent;
}

EACH_DRIVER(net_drivers, who_takes_nothing_holds_back_and_loses_nothing)
{
    WITH_AND_WITHOUT_TLS(secure)
    {
        for (size_t from = 0; from < 2; from++) {
            struct table table;
            size_t to = 1 - from, sent, drained;
            int32_t peer = MEEPLE_SERVER;

            begin(&table, driver, secure,
                  (meeple_listen_options){.limits.bytes_per_second_max = UINT32_MAX,
                                          .limits.messages_per_second_max = UINT32_MAX});
            table.echoes = false;
            cr_assert(from != 0 || meeple_net_peers(table.nets[0], &peer, 1) == 1);
            table.idle[to] = true;
            sent = fill(&table, table.nets[from], peer);
            drained = table.drained;
            table.idle[to] = false;
            UNTIL(&table, table.packets[to] == sent);
            UNTIL(&table, table.drained == drained + 1);
            cr_assert_eq(meeple_net_queued(table.nets[from], peer), 0);
            end(&table);
        }
    }
}

EACH_DRIVER(net_drivers, who_reads_nothing_goes_alone)
{
    struct table table;
    struct stream stream;
    size_t sent = 0;

    begin(&table, driver, false,
          (meeple_listen_options){.full = MEEPLE_FULL_CLOSE, .limits.close_timeout_ms = 200});
    stream = stream_joined(&table);
    while (meeple_net_peers(table.nets[0], NULL, 0) == 2) {
        cr_assert_lt(sent, 2000);
        cr_assert_eq(meeple_net_send(table.nets[0], MEEPLE_ALL, (meeple_bytes){bytes, 60000}), 0);
        sent++;
        UNTIL(&table, table.packets[1] == sent);
    }
    UNTIL(&table, table.leaves == 1);
    cr_assert_eq(table.code, MEEPLE_CLOSE_ABNORMAL); /* it answered nothing */
    stream_done(&stream);
    the_game_goes_on(&table);
    end(&table);
}

/* ---- bad clients ---- */

EACH_DRIVER(net_drivers, who_speaks_something_else_is_sent_away)
{
    static const char *const rows[] = {"GET /\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                                       "\xff\xff\xff\xff\xff\xff\xff\xff\r\n\r\n"};

    WITH_AND_WITHOUT_TLS(secure)
    {
        struct table table;

        begin(&table, driver, secure, (meeple_listen_options){0});
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            struct stream stream = stream_to(&table, false);

            say(&table, &stream, rows[i], strlen(rows[i]));
            UNTIL(&table, hears_end(&stream));
            cr_assert(secure || strncmp((const char *)stream.got, "HTTP/1.1 ", 9) == 0,
                      "row %zu: %s", i, (const char *)stream.got);
            stream_done(&stream);
            UNTIL(&table, meeple_net_stats(table.nets[0]).refused == i + 1);
            the_game_goes_on(&table);
        }
        UNTIL(&table, hosts_descriptors() == table.descriptors);
        end(&table);
    }
}

EACH_DRIVER(net_drivers, bytes_may_come_one_by_one)
{
    uint8_t said[sizeof upgrade - 1 + 32];
    size_t len = sizeof upgrade - 1;
    struct table table;
    struct stream stream;

    begin(&table, driver, false, (meeple_listen_options){0});
    memcpy(said, upgrade, len);
    len += probe_frame(said + len, 0x82, "abcd", bytes, 9);
    stream = stream_to(&table, false);
    for (size_t i = 0; i < len; i++) {
        say(&table, &stream, said + i, 1);
        turn(&table);
    }
    UNTIL(&table, hears(&stream, "\r\n\r\n\x82\x09"));
    UNTIL(&table, (hear(&stream, BIG), memcmp(stream.got + stream.len - 9, bytes, 9) == 0));
    cr_assert_eq(table.packets[0], 1);
    stream_done(&stream);
    UNTIL(&table, table.leaves == 1);
    end(&table);
}

EACH_DRIVER(net_drivers, a_message_that_is_too_long_is_not_waited_for)
{
    static const uint8_t head[] = {0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    struct table table;
    struct stream stream;

    begin(&table, driver, false, (meeple_listen_options){0});
    stream = stream_joined(&table);
    say(&table, &stream, head, sizeof head);
    UNTIL(&table, hears(&stream, "\x03\xf1")); /* 1009 */
    cr_assert_eq(stream.got[0], 0x88);
    stream_reset(&stream);
    UNTIL(&table, table.leaves == 1);
    cr_assert_eq(table.code, MEEPLE_CLOSE_TOO_BIG);
    the_game_goes_on(&table);
    UNTIL(&table, hosts_descriptors() == table.descriptors);
    end(&table);
}

EACH_DRIVER(net_drivers, who_floods_is_thrown_out)
{
    uint8_t frames[100 * 16];
    struct table table;
    struct stream stream;
    size_t len = 0;

    begin(&table, driver, false, (meeple_listen_options){0});
    table.echoes = false;
    stream = stream_joined(&table);
    for (size_t i = 0; i < 100; i++) {
        len += probe_frame(frames + len, 0x82, "abcd", bytes, 8);
    }
    for (size_t i = 0; i < 1000 && meeple_net_stats(table.nets[0]).flooded == 0; i++) {
        say(&table, &stream, frames, len);
        turn(&table);
    }
    stream_reset(&stream);
    UNTIL(&table, table.leaves == 1);
    cr_assert_eq(table.code, MEEPLE_CLOSE_POLICY);
    cr_assert_eq(meeple_net_stats(table.nets[0]).flooded, 1);
    table.echoes = true;
    the_game_goes_on(&table);
    end(&table);
}

/* However they go, and whenever: nothing is left of them. */
EACH_DRIVER(net_drivers, who_breaks_off_is_forgotten)
{
    static const size_t moments[] = {0, 40, sizeof upgrade - 1, sizeof upgrade + 3};
    uint8_t said[sizeof upgrade - 1 + 32];
    size_t len = sizeof upgrade - 1, peers = 0, strangers = 0;
    struct table table;

    begin(&table, driver, false, (meeple_listen_options){0});
    memcpy(said, upgrade, len);
    probe_frame(said + len, 0x82, "abcd", bytes, 9);
    for (size_t i = 0; i < 3 * MEEPLE_COUNT(moments); i++) {
        struct stream stream = stream_to(&table, false);
        size_t moment = moments[i / 3], joins = table.joins + (moment >= len);

        say(&table, &stream, said, moment);
        UNTIL(&table, table.joins == joins);
        peers += moment >= len;
        strangers += moment < len;
        if (i % 3 == 0) {
            stream_reset(&stream);
        } else if (i % 3 == 1) {
            stream_done(&stream);
        } else {
            shutdown(stream.fd, SHUT_WR);
            UNTIL(&table, hears_end(&stream));
            stream_done(&stream);
        }
        UNTIL(&table, table.leaves == peers);
        UNTIL(&table, meeple_net_stats(table.nets[0]).refused == strangers);
        cr_assert(peers == 0 || table.code == MEEPLE_CLOSE_ABNORMAL);
    }
    the_game_goes_on(&table);
    UNTIL(&table, hosts_descriptors() == table.descriptors);
    end(&table);
}

EACH_DRIVER(net_drivers, a_crowd_that_breaks_off_at_once_is_forgotten)
{
    WITH_AND_WITHOUT_TLS(secure)
    {
        struct table table;

        begin(&table, driver, secure, (meeple_listen_options){0});
        for (size_t i = 0; i < CROWD; i++) {
            struct stream stream = stream_to(&table, false);

            stream_reset(&stream);
            if (i % 16 == 0) {
                turn(&table);
            }
        }
        the_game_goes_on(&table);
        UNTIL(&table, hosts_descriptors() == table.descriptors);
        cr_assert_eq(meeple_net_peers(table.nets[0], NULL, 0), 1);
        end(&table);
    }
}

/* ---- pages ---- */

static const char get_big[] = "GET /big.bin HTTP/1.1\r\nHost: here\r\n\r\n";

static bool has_big(const struct stream *stream)
{
    const char *body = stream->len > 0 ? strstr((const char *)stream->got, "\r\n\r\n") : NULL;
    size_t head = body ? (size_t)(body + 4 - (const char *)stream->got) : 0;

    return body && stream->len == head + BIG && memcmp(stream->got + head, bytes, BIG) == 0;
}

EACH_DRIVER(net_drivers, a_large_page_arrives_whole_fast_or_slow)
{
    WITH_AND_WITHOUT_TLS(secure)
    {
        struct table table;
        struct stream streams[STREAMS_MAX];
        size_t whole = 0;

        begin(&table, driver, secure, (meeple_listen_options){.pages.folder = table.www.path});
        for (size_t i = 0; i < STREAMS_MAX; i++) {
            streams[i] = stream_to(&table, secure);
            say(&table, &streams[i], get_big, sizeof get_big - 1);
        }
        for (uint64_t until_ms = now_ms() + PATIENCE_MS; whole < STREAMS_MAX; turn(&table)) {
            cr_assert_lt(now_ms(), until_ms, "%zu pages", whole);
            whole = 0;
            for (size_t i = 0; i < STREAMS_MAX; i++) {
                for (size_t times = i > 0 ? 64 : 1; times > 0; times--) {
                    hear(&streams[i], 32768);
                }
                whole += streams[i].ended || has_big(&streams[i]);
            }
        }
        UNTIL(&table, meeple_net_stats(table.nets[0]).pages_served == STREAMS_MAX);
        for (size_t i = 0; i < STREAMS_MAX; i++) {
            cr_assert(has_big(&streams[i]), "%zu bytes", streams[i].len);
            stream_done(&streams[i]);
        }
        the_game_goes_on(&table);
        UNTIL(&table, hosts_descriptors() == table.descriptors);
        end(&table);
    }
}

EACH_DRIVER(net_drivers, who_does_not_read_a_page_or_goes_is_given_up)
{
    WITH_AND_WITHOUT_TLS(secure)
    {
        struct table table;
        struct stream deaf, gone;

        begin(
            &table, driver, secure,
            (meeple_listen_options){.pages.folder = table.www.path, .pages.stall_timeout_ms = 200});
        gone = stream_to(&table, secure);
        say(&table, &gone, get_big, sizeof get_big - 1);
        UNTIL(&table, hears(&gone, "\r\n\r\n"));
        stream_reset(&gone);
        UNTIL(&table, meeple_net_stats(table.nets[0]).pages_lost == 1);
        deaf = stream_to(&table, secure);
        say(&table, &deaf, get_big, sizeof get_big - 1);
        the_game_goes_on(&table);
        UNTIL(&table, meeple_net_stats(table.nets[0]).pages_lost == 2);
        the_game_goes_on(&table);
        stream_done(&deaf);
        UNTIL(&table, hosts_descriptors() == table.descriptors);
        cr_assert_eq(meeple_net_stats(table.nets[0]).pages_served, 0);
        end(&table);
    }
}
