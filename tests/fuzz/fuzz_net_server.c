/*
 * fuzz_net_server: a whole server on a simulated network, among four strangers who do what the
 * bytes say, and a client who only listens.  Each peer joins once and leaves once, what is told is
 * within the limits, memory too, and the server comes to its end in time, whatever happened.
 *
 * bytes[0]: bits 0 and 1: meeple_proxy_kind; bit 2: the plain dialect; bit 3: it asks; bit 4:
 * permessage-deflate; bit 5: who is full is skipped; bits 6 and 7: of the network: chops, stutters.
 * bytes[1]: the seed; bits 4 and 5: the dialect of Godot 3, if it is not the plain one.  Then
 * commands, see command().
 */
#include <meeple/net.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"
#include "tests/fuzz/target.h"
#include "tests/support/sim.h"

enum {
    PORT = 4000,
    STRANGERS = 4,
    PEERS_MAX = 3,
    MESSAGE_MAX = 600,
    SAY_MAX = 1 << 15,
    COMMANDS_MAX = 150,
    MEMORY_MAX = 600 * 1024
};

struct stranger {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *socket; /* NULL: not connected */
    bool connected, blocked, finished;
    uint8_t say[SAY_MAX]; /* stays where it is until it is gone */
    size_t say_len, said;
};

/* A net, and who is there by what it told. */
struct seat {
    meeple_net *net;
    int32_t peers[8];
    size_t peer_count;
    bool up, down;
};

struct stage {
    struct limited_mem mem;
    struct sim *sim;
    struct stranger strangers[STRANGERS];
    struct seat server, client;
    const uint8_t *at, *end;
    uint8_t answers; /* to requests */
    bool godot3;
};

static uint8_t take(struct stage *stage)
{
    return stage->at < stage->end ? *stage->at++ : 0;
}

/* ---- what nets tell ---- */

static size_t index_of(const struct seat *seat, int32_t peer)
{
    size_t i = 0;

    while (i < seat->peer_count && seat->peers[i] != peer) {
        i++;
    }
    return i;
}

static void joined(struct seat *seat, int32_t peer)
{
    MUST(peer > 0 && index_of(seat, peer) == seat->peer_count);
    MUST(seat->peer_count < MEEPLE_COUNT(seat->peers));
    seat->peers[seat->peer_count++] = peer;
}

static void left(struct seat *seat, int32_t peer)
{
    size_t i = index_of(seat, peer);

    MUST(i < seat->peer_count && !meeple_net_has_peer(seat->net, peer));
    seat->peers[i] = seat->peers[--seat->peer_count];
}

static void asked(struct stage *stage, struct seat *seat, const meeple_event *event)
{
    const meeple_request *request = event->request;

    MUST(request && request->path[0] == '/' && request->address && request->proxy);
    MUST(index_of(seat, event->peer) == seat->peer_count);
    switch (stage->answers++ % 4) {
    case 0:
        meeple_net_reject(seat->net, event->peer, 403, request->query, NULL);
        break;
    case 1:
        break; /* never */
    default:
        meeple_net_accept(seat->net, event->peer, NULL, NULL);
        break;
    }
}

static void told(struct stage *stage, struct seat *seat, const meeple_event *event)
{
    meeple_bytes reason = {(const uint8_t *)event->reason, strlen(event->reason)};

    MUST(!seat->down && event->protocol && event->address);
    MUST(reason.len <= MEEPLE_REASON_MAX && meeple__utf8_valid(reason));
    MUST(event->data.len <= MESSAGE_MAX);
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        MUST(!seat->up);
        seat->up = true;
        break;
    case MEEPLE_EVENT_REQUEST:
        asked(stage, seat, event);
        break;
    case MEEPLE_EVENT_JOIN:
        joined(seat, event->peer);
        break;
    case MEEPLE_EVENT_LEAVE:
        left(seat, event->peer);
        break;
    case MEEPLE_EVENT_DOWN:
        MUST(seat->peer_count == 0);
        seat->down = true;
        break;
    default:
        MUST(event->type == MEEPLE_EVENT_PACKET || event->type == MEEPLE_EVENT_DRAINED ||
             event->type == MEEPLE_EVENT_CLOSING);
        MUST(index_of(seat, event->peer) < seat->peer_count);
        MUST(!event->text || meeple__utf8_valid(event->data));
        break;
    }
}

static bool hear(struct stage *stage, struct seat *seat)
{
    meeple_event event;
    bool any = false;
    int rc = 0;

    while (!seat->down && (rc = meeple_net_next(seat->net, &event, 0)) > 0) {
        told(stage, seat, &event);
        any = true;
    }
    MUST(rc >= 0);
    return any;
}

/* ---- strangers ---- */

static void leave(struct stranger *stranger)
{
    if (stranger->socket) {
        stranger->driver->close(stranger->io, stranger->socket);
    }
    stranger->socket = NULL;
    stranger->connected = stranger->blocked = stranger->finished = false;
    stranger->say_len = stranger->said = 0;
}

static void push(struct stranger *stranger)
{
    meeple_bytes part = {stranger->say + stranger->said, stranger->say_len - stranger->said};

    if (stranger->connected && !stranger->blocked && !stranger->finished && part.len > 0) {
        size_t gone = stranger->driver->send(stranger->io, stranger->socket, &part, 1);

        stranger->said += gone;
        stranger->blocked = gone < part.len;
        if (!stranger->blocked) {
            stranger->say_len = stranger->said = 0;
        }
    }
}

static void say(struct stranger *stranger, const void *bytes, size_t len)
{
    if (stranger->socket && !stranger->finished && len <= SAY_MAX - stranger->say_len) {
        memcpy(stranger->say + stranger->say_len, bytes, len);
        stranger->say_len += len;
        push(stranger);
    }
}

static bool listen_to(struct stranger *stranger)
{
    meeple_io_event event;
    bool any = false;

    while (stranger->driver->next(stranger->io, &event, 0) > 0) {
        any = true;
        if (event.type == MEEPLE_IO_CONNECTED) {
            stranger->connected = true;
        } else if (event.type == MEEPLE_IO_SENT) {
            stranger->said += event.len;
            stranger->blocked = false;
        } else if (event.type == MEEPLE_IO_BROKEN) {
            leave(stranger);
        }
        push(stranger);
    }
    return any;
}

/* Everything that can happen now. */
static void run(struct stage *stage)
{
    bool any;

    do {
        any = hear(stage, &stage->server);
        any = hear(stage, &stage->client) || any;
        for (size_t i = 0; i < STRANGERS; i++) {
            any = listen_to(&stage->strangers[i]) || any;
        }
    } while (any);
}

static void run_for(struct stage *stage, uint64_t ms)
{
    uint64_t until = sim_now(stage->sim) + ms;

    run(stage);
    while (sim_step_until(stage->sim, until)) {
        run(stage);
    }
    run(stage);
}

/* ---- what they do ---- */

static void say_request(struct stage *stage, struct stranger *stranger)
{
    static const char *const proxied[] = {"", "PROXY TCP4 203.0.113.7 10.0.0.1 4711 4000\r\n",
                                          "PROXY UNKNOWN\r\n", "PROXY TCP6 ::1 ::1 1 2\r\n"};
    static const char *const fields[] = {"", "X-Forwarded-For: 203.0.113.7, 10.0.0.2\r\n",
                                         "Forwarded: for=\"[2001:db8::1]:4711\"\r\n",
                                         "Origin: https://example.org\r\nCookie: a=b\r\n"};
    uint8_t how = take(stage);
    char text[600];

    if (how & 64) {
        snprintf(text, sizeof text, "%s%s /healthz%s HTTP/1.1\r\nHost: s\r\n%s\r\n",
                 proxied[how & 3], how & 16 ? "HEAD" : "GET", how & 32 ? "/no" : "",
                 fields[how >> 2 & 3]);
    } else {
        snprintf(text, sizeof text,
                 "%sGET /a?b=c HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                 proxied[how & 3], fields[how >> 2 & 3],
                 how & 16 ? "" : "Sec-WebSocket-Protocol: meeple.1\r\n",
                 how & 32
                     ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                     : "");
    }
    say(stranger, text, strlen(text));
}

static void write_id(uint8_t *dst, int32_t id)
{
    for (size_t i = 0; i < 4; i++) {
        dst[i] = (uint8_t)((uint32_t)id >> 8 * i);
    }
}

/* To everybody, the server, all but that, or somebody who is there. */
static int32_t target(const struct stage *stage, uint8_t byte)
{
    int32_t to = (int8_t)byte;

    return to > 1 && stage->server.peer_count > 0
               ? stage->server.peers[(size_t)to % stage->server.peer_count]
               : to;
}

/* A frame with a mask of zeros: a first byte, a length, and bytes of the script or a pattern. */
static void say_frame(struct stage *stage, struct stranger *stranger, bool packet)
{
    uint8_t frame[8 + 9 + 255 * 4] = {packet ? 0x82 : take(stage), 0x80 | 126};
    size_t head = stage->godot3 ? 9 : 5, begin = 0;
    size_t len = packet ? head + (size_t)take(stage) * 4 : take(stage);

    frame[2] = (uint8_t)(len >> 8);
    frame[3] = (uint8_t)len;
    if (len < 126) {
        begin = 2;
        memmove(frame + begin, frame, 1);
        frame[begin + 1] = (uint8_t)(0x80 | len);
    }
    for (size_t i = 0; i < len; i++) {
        frame[8 + i] = packet && i >= 8 ? (uint8_t)i : take(stage);
    }
    if (packet) {
        write_id(frame + 9, target(stage, frame[9]));
        if (stage->godot3) {
            write_id(frame + 13, target(stage, frame[10])); /* behind from, whoever that is */
        }
    }
    say(stranger, frame + begin, 8 - begin + len);
}

static void serve(struct stage *stage)
{
    static const uint8_t bytes[MESSAGE_MAX];
    struct seat *server = &stage->server;
    uint8_t what = take(stage), more = take(stage);
    int32_t peer = server->peer_count ? server->peers[more % server->peer_count] : 7;

    switch (what % 8) {
    case 0:
        meeple_net_kick(server->net, peer, 4000, "go");
        break;
    case 1:
    case 2:
        meeple_net_send(server->net, MEEPLE_ALL, (meeple_bytes){bytes, (size_t)more * 2});
        break;
    case 3:
        meeple_net_send_text(server->net, peer, "text for one");
        break;
    case 4:
        meeple_net_ping(server->net, peer);
        break;
    case 5:
        meeple_net_refuse(server->net, more & 1);
        break;
    case 6:
        meeple_net_compress(server->net, more & 1);
        break;
    default:
        if (more % 16 == 15) {
            meeple_net_close(server->net, 1001, "over");
        }
        break;
    }
}

/* The low three bits are what to do, the next two who does it. */
static void command(struct stage *stage, uint8_t what)
{
    struct stranger *stranger = &stage->strangers[what >> 3 & 3];
    uint8_t bytes[32];

    switch (what & 7) {
    case 0:
        if (!stranger->socket) {
            stranger->driver->connect(stranger->io, "s", PORT, stranger, &stranger->socket);
            run(stage);
            say_request(stage, stranger);
        }
        break;
    case 1:
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = take(stage);
        }
        say(stranger, bytes, 1 + (what >> 5) * 4u);
        break;
    case 2:
        if (!stranger->socket) {
            stranger->driver->connect(stranger->io, "s", PORT, stranger, &stranger->socket);
        }
        break;
    case 3:
        say_frame(stage, stranger, false);
        break;
    case 4:
        say_frame(stage, stranger, true);
        break;
    case 5:
        if (what & 32) {
            leave(stranger);
        } else if (stranger->connected && !stranger->blocked && !stranger->finished) {
            stranger->driver->finish(stranger->io, stranger->socket);
            stranger->finished = true;
        }
        break;
    case 6:
        run_for(stage, (uint64_t)take(stage) * (what & 32 ? 100 : 1));
        break;
    default:
        serve(stage);
        break;
    }
    run(stage);
}

/* ---- the stage ---- */

static void open_stage(struct stage *stage, uint8_t flags, uint8_t seed)
{
    static const char *const hosts[STRANGERS] = {"10.0.0.9", "203.0.113.9", "fd00::9", "anna"};
    static const char *const trusted[] = {"10.0.0.0/8", "fd00::/8", NULL};
    const meeple_limits limits = {.peers_max = PEERS_MAX,
                                  .handshakes_max = 3,
                                  .message_bytes_max = MESSAGE_MAX,
                                  .queue_bytes_max = 3000};
    const meeple_deflate_options deflate = {.enabled = flags & 16, .threshold_bytes = 1};
    static const char *const protocols[] = {"meeple.1", NULL};
    meeple_dialect dialect = flags & 4               ? MEEPLE_DIALECT_PLAIN
                             : (seed & 0x30) == 0x30 ? MEEPLE_DIALECT_GODOT3
                                                     : MEEPLE_DIALECT_NATIVE;
    meeple_listen_options listen = {
        .port = PORT,
        .dialect = dialect,
        .protocols = dialect == MEEPLE_DIALECT_PLAIN ? NULL : protocols,
        .asks = flags & 8,
        .proxy = {.kind = (meeple_proxy_kind)(flags & 3), .trusted = flags & 3 ? trusted : NULL},
        .limits = limits,
        .deflate = deflate,
        .pages = {.health = seed & 8},
        .full = flags & 32 ? MEEPLE_FULL_SKIP : MEEPLE_FULL_CLOSE,
        .mem = &stage->mem.mem};
    meeple_connect_options connect = {.dialect = dialect,
                                      .protocols = listen.protocols,
                                      .limits = limits,
                                      .deflate = deflate,
                                      .mem = &stage->mem.mem};

    limited_mem_init(&stage->mem, MEMORY_MAX);
    stage->sim = sim_new(&(struct sim_options){.seed = seed,
                                               .chop = flags & 64,
                                               .stutter = flags & 128,
                                               .completions = seed & 1,
                                               .latency_max_ms = seed & 2 ? 20 : 0,
                                               .window_bytes = seed & 4 ? 1500 : 0});
    stage->answers = seed;
    stage->godot3 = dialect == MEEPLE_DIALECT_GODOT3;
    listen.io = sim_driver(stage->sim, "s");
    connect.io = sim_driver(stage->sim, "client");
    MUST(meeple_net_listen(&stage->server.net, &listen) == 0);
    MUST(meeple_net_connect(&stage->client.net, "ws://s:4000/", &connect) == 0);
    for (size_t i = 0; i < STRANGERS; i++) {
        struct stranger *stranger = &stage->strangers[i];

        stranger->driver = sim_driver(stage->sim, hosts[i]);
        MUST(stranger->driver->open(stranger->driver, NULL, NULL, &stranger->io) == 0);
    }
    run_for(stage, 200);
}

static void close_stage(struct stage *stage)
{
    for (size_t i = 0; i < STRANGERS; i++) {
        leave(&stage->strangers[i]);
    }
    run_for(stage, 20000);
    /* Strangers who are gone do not stay; nor do they keep the server from its end. */
    MUST(stage->server.peer_count <= 1);
    meeple_net_close(stage->server.net, 1001, "over");
    run_for(stage, 10000);
    MUST(stage->server.down && stage->client.down);
    meeple_net_free(stage->server.net);
    meeple_net_free(stage->client.net);
    MUST(stage->mem.live == 0);
    for (size_t i = 0; i < STRANGERS; i++) {
        stage->strangers[i].driver->free(stage->strangers[i].io);
    }
    sim_free(stage->sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct stage stage;
    uint8_t flags, seed;

    memset(&stage, 0, sizeof stage);
    stage.at = bytes;
    stage.end = bytes + len;
    flags = take(&stage);
    seed = take(&stage);
    open_stage(&stage, flags, seed);
    for (size_t i = 0; i < COMMANDS_MAX && stage.at < stage.end; i++) {
        command(&stage, take(&stage));
    }
    close_stage(&stage);
    return 0;
}
