/* test_net_faults: every stage a connection can stop at, through real sockets, for each kind of
 * host. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/support/certificates.h"
#include "tests/support/drivers.h"
#include "tests/support/fake_names.h"
#include "tests/support/hosts.h"
#include "tests/support/raw_peer.h"

enum {
    TURN_MS = 5,
    TURNS_MAX = 4000,
    TRIES = 50
};

/* What the one who takes the connection does. */
enum server {
    ANSWERS,     /* `answer`, as soon as it was asked */
    HANGS_UP,    /* instead */
    MUTE,        /* says nothing */
    IS_PLAIN,    /* a meeple server that agrees to no subprotocol */
    SENDS_AWAY,  /* one that closes before it says welcome */
    IS_STRANGER, /* one with a certificate that signs itself */
    ALL_REFUSE,  /* nobody takes it: every address of the host refuses, */
    ALL_DEAD     /* ... or does not answer */
};

/* Where a URL leads. */
struct way {
    const char *host; /* as in the URL */
    const char *name; /* as in sentences */
    const char *tried;
    struct host hosts[HOSTS_MAX]; /* the first that is LIVE has the server */
};

static const struct way ways[] = {
    {"127.0.0.1", "127.0.0.1", "", {{"127.0.0.1", HOST_LIVE}}},
    {"[::1]", "::1", "", {{"::1", HOST_LIVE}}},
    {"four", "four", " (tried 127.0.0.1)", {{"127.0.0.1", HOST_LIVE}}},
    {"six", "six", " (tried ::1)", {{"::1", HOST_LIVE}}},
    {"both", "both", " (tried ::1 and 127.0.0.1)", {{"::1", HOST_LIVE}, {"127.0.0.1", HOST_DEAD}}},
    {"both",
     "both",
     " (tried ::1 and 127.0.0.1)",
     {{"::1", HOST_REFUSES}, {"127.0.0.1", HOST_LIVE}}},
    {"both", "both", " (tried ::1 and 127.0.0.1)", {{"::1", HOST_DEAD}, {"127.0.0.1", HOST_LIVE}}},
};

struct row {
    enum server server;
    const char *answer;
    bool secure;
    meeple_limits limits;
    meeple_stage stage;
    int number;
    const char *sentence; /* HOST, NAME, PORT and TRIED stand for the way's */
    uint16_t code;        /* of DOWN; 0: MEEPLE_CLOSE_ABNORMAL, not clean */
};

static const struct row rows[] = {
    {.server = ALL_REFUSE,
     .stage = MEEPLE_STAGE_CONNECT,
     .number = ECONNREFUSED,
     .sentence = "could not connect to NAME port PORT: Connection refusedTRIED"},
    {.server = ALL_DEAD,
     .limits.connect_timeout_ms = 600,
     .stage = MEEPLE_STAGE_TIMEOUT,
     .sentence = "no connection to HOST:PORT within 600 ms"},
    {.server = MUTE,
     .limits.handshake_timeout_ms = 50,
     .stage = MEEPLE_STAGE_TIMEOUT,
     .sentence = "the server did not answer the handshake in time"},
    {.server = MUTE,
     .secure = true,
     .limits.handshake_timeout_ms = 50,
     .stage = MEEPLE_STAGE_TIMEOUT,
     .sentence = "the server did not answer the handshake in time"},
    {.server = IS_STRANGER,
     .secure = true,
     .stage = MEEPLE_STAGE_TLS,
     .number = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
     .sentence = "the server's certificate is self-signed"},
    {.server = ANSWERS,
     .answer = "HTTP/1.1 400 Bad Request\r\n\r\n",
     .secure = true,
     .stage = MEEPLE_STAGE_TLS,
     .sentence = "this is not TLS: the other side sends plain bytes"},
    {.server = ANSWERS,
     .answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
     .stage = MEEPLE_STAGE_HTTP,
     .number = 404,
     .sentence = "the server refused with HTTP status 404 Not Found"},
    {.server = ANSWERS,
     .answer = "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
     .stage = MEEPLE_STAGE_HTTP,
     .sentence = "the HTTP head is malformed"},
    {.server = HANGS_UP,
     .stage = MEEPLE_STAGE_HTTP,
     .sentence = "the connection was closed before the handshake was done"},
    {.server = IS_PLAIN,
     .stage = MEEPLE_STAGE_SUBPROTOCOL,
     .sentence = "the server agrees to none of the subprotocols offered"},
    {.server = SENDS_AWAY,
     .stage = MEEPLE_STAGE_SESSION,
     .number = 4000,
     .sentence = "the server closed before it said welcome: code 4000, not today",
     .code = 4000},
};

struct scene {
    const struct way *way;
    const struct row *row;
    struct hosts hosts;
    size_t live; /* of them, if the server is none of ours */
    int stream;  /* accepted there, or -1 */
    uint16_t port;
    meeple_net *server; /* or NULL */
    meeple_tls_server *tls;
    meeple_net *client;
    meeple_limits limits;
};

/* ---- those who are connected to ---- */

static void listen_as(struct scene *scene, const char *address, const meeple_io_driver *io)
{
    static const char *const native[] = {"meeple.1", NULL};
    bool agrees = scene->row->server == SENDS_AWAY;
    bool is_plain = agrees || scene->row->server == IS_PLAIN;

    cr_assert_eq(
        meeple_net_listen(&scene->server,
                          &(meeple_listen_options){
                              .host = address,
                              .dialect = is_plain ? MEEPLE_DIALECT_PLAIN : MEEPLE_DIALECT_NATIVE,
                              .protocols = agrees ? native : NULL,
                              .tls = scene->row->server == IS_STRANGER ? scene->tls : NULL,
                              .io = io}),
        0);
    scene->port = meeple_net_port(scene->server);
}

/* The hosts of a way, with the server on the live one: all at one port. */
static bool try_hosts(struct scene *scene, const meeple_io_driver *io)
{
    struct host hosts[HOSTS_MAX] = {{0}};
    enum server server = scene->row->server;
    bool is_ours = server == IS_PLAIN || server == SENDS_AWAY || server == IS_STRANGER;
    size_t count = 0;

    scene->port = 0;
    for (size_t i = 0; i < HOSTS_MAX && scene->way->hosts[i].address; i++) {
        struct host host = scene->way->hosts[i];

        if (host.kind == HOST_LIVE && is_ours) {
            listen_as(scene, host.address, io);
            continue;
        }
        if (server == ALL_REFUSE || server == ALL_DEAD) {
            host.kind = server == ALL_DEAD ? HOST_DEAD : HOST_REFUSES;
        }
        scene->live = host.kind == HOST_LIVE ? count : scene->live;
        hosts[count++] = host;
    }
    if (!hosts_open(&scene->hosts, hosts, scene->port)) {
        meeple_net_free(scene->server);
        scene->server = NULL;
        return false;
    }
    scene->port = scene->server ? scene->port : scene->hosts.port;
    scene->port = scene->port ? scene->port : 80;
    return true;
}

static void serve_net(struct scene *scene)
{
    meeple_event event;

    while (meeple_net_next(scene->server, &event, 0) > 0) {
        if (event.type == MEEPLE_EVENT_JOIN) {
            meeple_net_kick(scene->server, event.peer, 4000, "not today");
        }
    }
}

/* Answers as soon as anything was said. */
static void serve_stream(struct scene *scene)
{
    const struct row *row = scene->row;
    char asked[4096];

    if (scene->stream < 0) {
        scene->stream = hosts_accept(&scene->hosts, scene->live);
    }
    if (scene->stream < 0 || row->server == MUTE ||
        recv(scene->stream, asked, sizeof asked, 0) <= 0) {
        return;
    }
    if (row->server == ANSWERS) {
        ssize_t len = (ssize_t)strlen(row->answer);

        cr_assert_eq(send(scene->stream, row->answer, (size_t)len, MSG_NOSIGNAL), len);
        return;
    }
    close(scene->stream);
    scene->stream = -1;
}

static void serve(struct scene *scene)
{
    if (scene->server) {
        serve_net(scene);
    } else if (scene->row->server != ALL_REFUSE && scene->row->server != ALL_DEAD) {
        serve_stream(scene);
    }
}

/* ---- the one who connects ---- */

/* HOST, NAME, PORT and TRIED. */
static void fill_in(char *dst, size_t cap, const struct scene *scene)
{
    const struct way *way = scene->way;
    char port[8];
    const struct {
        const char *word, *text;
    } words[] = {{"HOST", way->host}, {"NAME", way->name}, {"PORT", port}, {"TRIED", way->tried}};
    const char *from = scene->row->sentence;
    size_t len = 0;

    snprintf(port, sizeof port, "%u", (unsigned)scene->port);
    while (*from && len + 1 < cap) {
        size_t i = 0;

        while (i < MEEPLE_COUNT(words) &&
               strncmp(from, words[i].word, strlen(words[i].word)) != 0) {
            i++;
        }
        if (i < MEEPLE_COUNT(words)) {
            len += (size_t)snprintf(dst + len, cap - len, "%s", words[i].text);
            from += strlen(words[i].word);
        } else {
            dst[len++] = *from++;
        }
    }
    dst[len] = '\0';
}

static meeple_event down_of(struct scene *scene)
{
    meeple_event event = {0};
    unsigned turns = 0;

    while (event.type != MEEPLE_EVENT_DOWN) {
        int rc;

        serve(scene);
        rc = meeple_net_next(scene->client, &event, TURN_MS);
        cr_assert_geq(rc, 0);
        cr_assert(rc == 0 || event.type == MEEPLE_EVENT_DOWN, "%s", meeple_event_name(event.type));
        cr_assert_lt(turns++, TURNS_MAX, "still not DOWN");
    }
    return event;
}

static void check(struct scene *scene)
{
    const struct row *row = scene->row;
    meeple_event event = down_of(scene);
    meeple_fault fault = meeple_net_fault(scene->client);
    char want[300], where[200];

    fill_in(want, sizeof want, scene);
    snprintf(where, sizeof where, "%s, row %d", scene->way->host, (int)(row - rows));
    cr_assert_eq(fault.stage, row->stage, "%s: %s, %s", where, meeple_stage_name(fault.stage),
                 fault.text);
    cr_assert_eq(fault.number, row->number, "%s: %d, %s", where, fault.number, fault.text);
    cr_assert_str_eq(fault.text, want, "%s: %s", where, fault.text);
    cr_assert_eq(event.code, row->code ? row->code : MEEPLE_CLOSE_ABNORMAL, "%s", where);
    cr_assert_eq(event.clean, row->code != 0, "%s", where);
    cr_assert_eq(meeple_net_next(scene->client, &event, 0), MEEPLE_ECLOSED);
}

static void play(const struct way *way, const struct row *row, const meeple_io_driver *io,
                 meeple_tls_server *tls)
{
    struct scene scene = {.way = way, .row = row, .stream = -1, .tls = tls};
    char url[100];
    int tries = 0;

    while (!try_hosts(&scene, io)) {
        cr_assert_lt(tries++, TRIES);
    }
    snprintf(url, sizeof url, "%s://%s:%u/", row->secure ? "wss" : "ws", way->host,
             (unsigned)scene.port);
    cr_assert_eq(meeple_net_connect(&scene.client, url,
                                    &(meeple_connect_options){.limits = row->limits, .io = io}),
                 0);
    check(&scene);
    meeple_net_free(scene.client);
    meeple_net_free(scene.server);
    if (scene.stream >= 0) {
        close(scene.stream);
    }
    hosts_close(&scene.hosts);
}

static bool has_six(const struct way *way)
{
    for (size_t i = 0; i < HOSTS_MAX && way->hosts[i].address; i++) {
        if (strchr(way->hosts[i].address, ':')) {
            return true;
        }
    }
    return false;
}

EACH_DRIVER(net_faults, each_stage_says_what_stopped_it)
{
    struct certificates files;
    meeple_tls_server *tls;
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[200] = "";
    bool six = hosts_have_ipv6();

    fake_name("four", "127.0.0.1");
    fake_name("six", "::1");
    fake_name("both", "::1 127.0.0.1");
    certificates_init(&files);
    certificates_make(
        &files, &(struct certificate_wish){
                    .name = "x", .alt_names = "IP:127.0.0.1,IP:::1,DNS:four,DNS:six,DNS:both"});
    cr_assert_eq(meeple_tls_server_new(&tls,
                                       &(meeple_tls_server_options){
                                           .cert_file = certificates_path(&files, "x.crt", cert),
                                           .key_file = certificates_path(&files, "x.key", key)},
                                       why, sizeof why),
                 0, "%s", why);
    for (size_t i = 0; i < MEEPLE_COUNT(ways); i++) {
        for (size_t n = 0; n < MEEPLE_COUNT(rows) && (six || !has_six(&ways[i])); n++) {
            play(&ways[i], &rows[n], driver, tls);
        }
    }
    meeple_tls_server_free(tls);
    certificates_done(&files);
}

EACH_DRIVER(net_faults, a_name_without_an_address_says_so)
{
    static const struct {
        const char *name;
        int number;
        const char *sentence;
    } names[] = {
        {"nobody", EAI_NONAME, "no address for nobody: Name or service not known"},
        {"strange", EAI_NONAME, "no address for strange: Name or service not known"},
        {"elsewhere", EAI_SYSTEM, "no address for elsewhere: Network is down"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        const struct way way = {.host = names[i].name};
        const struct row row = {.server = ALL_REFUSE,
                                .stage = MEEPLE_STAGE_RESOLVE,
                                .number = names[i].number,
                                .sentence = names[i].sentence};

        play(&way, &row, driver, NULL);
    }
}

/* ---- time-outs, in a simulated network ---- */

/* What the server on the other side lacks. */
enum sim_end {
    NO_CONNECTION,
    NO_ANSWER,
    NO_WELCOME,
    NO_SOUND
};

/* How long it took to go DOWN, since UP (`welcome`) or the beginning. */
static uint64_t down_ms(struct sim *sim, meeple_net *net, struct raw_peer *raw, bool welcome)
{
    uint64_t began_ms = sim_now(sim);
    bool is_down = false;

    do {
        meeple_event event;

        while (raw_turn(raw)) {
            if (welcome && raw->open) {
                raw_send(raw, "\x01\x05\x00\x00\x00", 5, false);
                welcome = false;
            }
        }
        while (!is_down && meeple_net_next(net, &event, 1000000) > 0) {
            is_down = event.type == MEEPLE_EVENT_DOWN;
            if (event.type == MEEPLE_EVENT_UP) {
                began_ms = sim_now(sim);
                sim_cut(sim, "s", "a");
            }
        }
    } while (!is_down && sim_step(sim));
    cr_assert(is_down);
    return sim_now(sim) - began_ms;
}

/* Each is on by default, is set alone, and leaves the others as they are. */
Test(net_faults, connect_handshake_and_silence_have_a_time_each)
{
    static const struct {
        enum sim_end where;
        meeple_limits limits;
        uint32_t after_ms;
        const char *sentence;
    } times[] = {
        {NO_CONNECTION, {0}, 10000, "no connection to s:4000 within 10000 ms"},
        {NO_CONNECTION, {.handshake_timeout_ms = 50, .heartbeat_ms = 10}, 10000, NULL},
        {NO_CONNECTION, {.connect_timeout_ms = 700}, 700, NULL},
        {NO_ANSWER, {0}, 5000, "the server did not answer the handshake in time"},
        {NO_ANSWER, {.connect_timeout_ms = 50, .heartbeat_ms = 10}, 5000, NULL},
        {NO_ANSWER, {.handshake_timeout_ms = 700}, 700, NULL},
        {NO_WELCOME,
         {0},
         5000,
         "the server did not say welcome in time: does it speak another dialect?"},
        {NO_WELCOME, {.handshake_timeout_ms = 700}, 700, NULL},
        {NO_SOUND, {0}, 60000, "nothing was heard from the server for too long"},
        {NO_SOUND, {.connect_timeout_ms = 50, .handshake_timeout_ms = 50}, 60000, NULL},
        {NO_SOUND, {.heartbeat_ms = 1000, .heartbeat_misses = 3}, 4000, NULL},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(times); i++) {
        struct sim *sim = sim_new(NULL);
        struct raw_peer raw;
        meeple_net *net;
        meeple_fault fault;
        uint64_t took_ms;

        raw_listen(&raw, sim, "s", 4000, "meeple.1", times[i].where >= NO_WELCOME);
        if (times[i].where == NO_CONNECTION) {
            sim_set_fate(sim, "s", SIM_SILENT);
        }
        cr_assert_eq(meeple_net_connect(&net, "ws://s:4000",
                                        &(meeple_connect_options){.limits = times[i].limits,
                                                                  .io = sim_driver(sim, "a")}),
                     0);
        took_ms = down_ms(sim, net, &raw, times[i].where == NO_SOUND);
        /* The simulated network takes a moment for the connection. */
        cr_assert(took_ms >= times[i].after_ms && took_ms <= times[i].after_ms + 5,
                  "row %zu: %u ms", i, (unsigned)took_ms);
        fault = meeple_net_fault(net);
        cr_assert_eq(fault.stage, MEEPLE_STAGE_TIMEOUT);
        cr_assert_eq(fault.number, 0);
        if (times[i].sentence) {
            cr_assert_str_eq(fault.text, times[i].sentence);
        }
        meeple_net_free(net);
        raw_done(&raw);
        sim_free(sim);
    }
}
