/* test_net_pressure: what senders and receivers are told when one is faster than the other. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/carried.h"
#include "tests/support/drivers.h"
#include "tests/support/prng.h"

enum {
    QUEUE = 5000,
    PAYLOAD = 1000
};

static char payload[65536];

static void start(struct carried *world, enum carrier carrier, size_t clients,
                  meeple_full_policy full)
{
    /* Whoever takes no events for long is not to be given up. */
    const meeple_limits limits = {.queue_bytes_max = QUEUE, .heartbeat_ms = UINT32_MAX};

    memset(payload, 'x', sizeof payload);
    carried_start(world, carrier, &(struct sim_options){.latency_max_ms = 3, .window_bytes = 3000});
    carried_listen(world, &(meeple_listen_options){.limits = limits, .full = full});
    for (size_t i = 0; i < clients; i++) {
        carried_connect(world, &(meeple_connect_options){.limits = limits});
        carried_run(world, 1000);
    }
    for (size_t i = 0; i <= clients; i++) {
        cr_assert_eq(world->session.seats[i].here_count, clients, "%s",
                     world->session.seats[i].told);
    }
    session_forget(&world->session);
}

static int send_len(struct seat *seat, int32_t to, size_t len)
{
    return meeple_net_send(seat->net, to, (meeple_bytes){(const uint8_t *)payload, len});
}

/* As many as it takes; returns how many. */
static size_t fill(struct carried *world, struct seat *seat, int32_t to)
{
    size_t count = 0;
    int rc;

    while ((rc = send_len(seat, to, PAYLOAD)) == 0) {
        carried_run(world, 500);
        cr_assert_lt(++count, 1000);
    }
    cr_assert_eq(rc, MEEPLE_EFULL);
    return count;
}

static size_t count_of(const char *told, const char *line)
{
    size_t count = 0;

    for (const char *at = told; (at = strstr(at, line)); at += strlen(line)) {
        count++;
    }
    return count;
}

/* ---- drained ---- */

static void drains_once(struct carried *world, struct seat *from, struct seat *to, const char *line)
{
    size_t sent;

    to->idle = true;
    sent = fill(world, from, to->id);
    cr_assert_eq(send_len(from, to->id, PAYLOAD), MEEPLE_EFULL);
    carried_run(world, 500);
    cr_assert_eq(count_of(session_told(&world->session, from), line), 0, "told too early");
    to->idle = false;
    carried_run(world, 500);
    cr_assert_eq(to->packets, sent, "%zu of %zu came", to->packets, sent);
    cr_assert_str_eq(session_told(&world->session, from), line);
    /* Not again for what fits. */
    cr_assert_eq(send_len(from, to->id, PAYLOAD), 0);
    carried_run(world, 500);
    cr_assert_str_eq(session_told(&world->session, from), "");
}

Test(net_pressure, a_server_is_told_once_that_a_queue_has_drained)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct carried world;

        start(&world, carrier, 2, MEEPLE_FULL_CLOSE);
        drains_once(&world, &world.session.seats[0], &world.session.seats[2], "drained b\n");
        carried_done(&world);
    }
}

Test(net_pressure, a_client_is_told_once_that_its_queue_has_drained)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct carried world;

        start(&world, carrier, 2, MEEPLE_FULL_CLOSE);
        drains_once(&world, &world.session.seats[1], &world.session.seats[0], "drained 1\n");
        carried_done(&world);
    }
}

Test(net_pressure, when_it_has_drained_what_did_not_fit_fits)
{
    for (size_t len = 0; len < QUEUE - 19; len += 331) {
        struct carried world;
        struct seat *server;
        meeple_event event = {0};
        int32_t id;

        start(&world, LOOPBACK, 1, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        id = world.session.seats[1].id;
        while (send_len(server, id, len) == 0) {
        }
        server->idle = true;
        while (event.type != MEEPLE_EVENT_DRAINED) {
            carried_run(&world, 500);
            if (meeple_net_next(server->net, &event, 0) > 0) {
                cr_assert_eq(event.type, MEEPLE_EVENT_DRAINED);
                cr_assert_eq(event.peer, id);
            }
        }
        cr_assert_leq(meeple_net_queued(server->net, id), QUEUE / 2);
        cr_assert_eq(send_len(server, id, len), 0);
        carried_done(&world);
    }
}

Test(net_pressure, who_was_skipped_drains_too)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct carried world;
        struct seat *server;
        uint64_t skipped;

        start(&world, carrier, 2, MEEPLE_FULL_SKIP);
        server = &world.session.seats[0];
        world.session.seats[1].idle = true;
        for (unsigned i = 0; i < 200; i++) {
            cr_assert_eq(send_len(server, MEEPLE_ALL, PAYLOAD), 0);
            carried_run(&world, 500);
        }
        skipped = meeple_net_stats(server->net).skipped;
        cr_assert_gt(skipped, 0);
        cr_assert_str_eq(session_told(&world.session, server), "");
        world.session.seats[1].idle = false;
        carried_run(&world, 500);
        cr_assert_str_eq(session_told(&world.session, server), "drained a\n");
        cr_assert_eq(world.session.seats[1].packets + skipped, 200);
        carried_done(&world);
    }
}

Test(net_pressure, who_was_skipped_by_a_relay_drains_too)
{
    struct carried world;
    struct seat *server, *a;

    start(&world, PLAIN, 2, MEEPLE_FULL_SKIP);
    server = &world.session.seats[0];
    a = &world.session.seats[1];
    world.session.seats[2].idle = true;
    for (unsigned i = 0; i < 50; i++) {
        cr_assert_eq(send_len(a, world.session.seats[2].id, PAYLOAD), 0);
        carried_run(&world, 500);
    }
    cr_assert_gt(meeple_net_stats(server->net).skipped, 0);
    world.session.seats[2].idle = false;
    carried_run(&world, 500);
    cr_assert_str_eq(session_told(&world.session, server), "drained b\n");
    carried_done(&world);
}

/* Takes what both have, until one of them gets an event of that type; returns whose peer it is. */
static int32_t take_until(meeple_net *nets[2], meeple_event_type type, size_t *packets)
{
    meeple_event event;
    unsigned idle = 0;

    for (unsigned turns = 0; turns < 10000000; turns++) {
        if (meeple_net_next(nets[turns % 2], &event, idle++ > 10 ? 1 : 0) > 0) {
            idle = 0;
            *packets += event.type == MEEPLE_EVENT_PACKET;
            if (event.type == type) {
                return event.peer;
            }
        }
    }
    cr_assert_fail("no %s came", meeple_event_name(type));
    return 0;
}

/* The kernel's buffers lie between, and its word is waited for. */
EACH_DRIVER(net_pressure, real_streams_drain_too)
{
    meeple_net *nets[2];
    size_t sent = 0, packets = 0;
    char url[40];
    int32_t id;

    memset(payload, 'x', sizeof payload);
    cr_assert_eq(
        meeple_net_listen(&nets[0], &(meeple_listen_options){.host = "127.0.0.1",
                                                             .limits.queue_bytes_max = QUEUE,
                                                             .io = driver}),
        0);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u", (unsigned)meeple_net_port(nets[0]));
    cr_assert_eq(meeple_net_connect(&nets[1], url, &(meeple_connect_options){.io = driver}), 0);
    id = take_until(nets, MEEPLE_EVENT_JOIN, &packets);
    while (meeple_net_send(nets[0], id, (meeple_bytes){(uint8_t *)payload, PAYLOAD}) == 0) {
        cr_assert_lt(++sent, 1000000);
    }
    cr_assert_eq(take_until(nets, MEEPLE_EVENT_DRAINED, &packets), id);
    cr_assert_eq(meeple_net_send(nets[0], id, (meeple_bytes){(uint8_t *)payload, PAYLOAD}), 0);
    for (sent++; packets < sent;) {
        take_until(nets, MEEPLE_EVENT_PACKET, &packets);
    }
    cr_assert_eq(packets, sent);
    meeple_net_free(nets[1]);
    meeple_net_free(nets[0]);
}

Test(net_pressure, who_is_going_does_not_drain)
{
    for (unsigned by_us = 0; by_us < 2; by_us++) {
        struct carried world;
        struct seat *server, *a;

        start(&world, PLAIN, 2, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        a = &world.session.seats[1];
        a->idle = true;
        fill(&world, server, a->id);
        if (by_us) {
            cr_assert_eq(meeple_net_kick(server->net, a->id, 4000, "out"), 0);
        } else {
            cr_assert_eq(meeple_net_close(a->net, 4000, "out"), 0);
        }
        a->idle = false;
        carried_run(&world, 500);
        cr_assert_str_eq(session_told(&world.session, server),
                         by_us ? "leave a 4000 clean out\n"
                               : "closing a 4000 out\nleave a 4000 clean out\n");
        carried_done(&world);
    }
}

Test(net_pressure, what_never_fits_is_too_big)
{
    struct carried world;
    struct seat *server;

    start(&world, LOOPBACK, 1, MEEPLE_FULL_CLOSE);
    server = &world.session.seats[0];
    cr_assert_eq(send_len(server, world.session.seats[1].id, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(send_len(server, MEEPLE_ALL, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(send_len(&world.session.seats[1], MEEPLE_SERVER, QUEUE - 18), MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_net_queued(server->net, world.session.seats[1].id), 0);
    cr_assert_eq(send_len(server, world.session.seats[1].id, QUEUE - 19), 0);
    carried_run(&world, 500);
    cr_assert_eq(send_len(server, MEEPLE_ALL, QUEUE - 19), 0);
    cr_assert_eq(send_len(&world.session.seats[1], MEEPLE_SERVER, QUEUE - 19), 0);
    carried_run(&world, 500);
    cr_assert_eq(world.session.seats[1].packets, 2);
    cr_assert_eq(server->packets, 1);
    carried_done(&world);
}

/* Control frames have room of their own: a full queue keeps nobody from being answered. */
Test(net_pressure, a_ping_is_answered_behind_a_full_queue)
{
    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct carried world;
        struct seat *server, *a;
        size_t sent, queued;

        start(&world, carrier, 1, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        a = &world.session.seats[1];
        server->idle = true;
        sent = fill(&world, a, MEEPLE_SERVER);
        queued = meeple_net_queued(a->net, MEEPLE_SERVER);
        for (unsigned i = 0; i < 20; i++) {
            cr_assert_eq(meeple_net_ping(server->net, a->id), 0);
            meeple_net_flush(server->net);
            carried_run(&world, 500);
        }
        cr_assert_leq(meeple_net_queued(a->net, MEEPLE_SERVER), queued + 500);
        cr_assert_eq(send_len(a, MEEPLE_SERVER, PAYLOAD), MEEPLE_EFULL);
        server->idle = false;
        carried_run(&world, 500);
        cr_assert_gt(meeple_net_rtt(server->net, a->id).samples, 0);
        cr_assert_eq(server->packets, sent);
        carried_done(&world);
    }
}

/* ---- inbound ---- */

/* A server that takes no events reads nothing; then each event costs at most one more piece. */
Test(net_pressure, who_takes_no_events_reads_nothing)
{
    enum {
        CLIENTS = 12,
        PIECE = 65536
    };

    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        struct carried world;
        struct seat *server;
        uint64_t before, handed = 0, sent = 0;
        meeple_event event;

        start(&world, carrier, CLIENTS, MEEPLE_FULL_CLOSE);
        server = &world.session.seats[0];
        server->idle = true;
        before = meeple_net_stats(server->net).bytes_in;
        for (size_t i = 1; i <= CLIENTS; i++) {
            sent += fill(&world, &world.session.seats[i], MEEPLE_SERVER);
        }
        carried_run(&world, 500);
        cr_assert_eq(meeple_net_stats(server->net).bytes_in, before);
        cr_assert_eq(meeple_net_stats(server->net).packets_in, 0);
        for (size_t i = 1; i <= CLIENTS; i++) {
            cr_assert_leq(meeple_net_queued(world.session.seats[i].net, MEEPLE_SERVER),
                          QUEUE + (carrier == TLS ? 65536 : 0));
        }
        while (meeple_net_next(server->net, &event, 0) > 0) {
            cr_assert_eq(event.type, MEEPLE_EVENT_PACKET);
            cr_assert_eq(event.data.len, PAYLOAD);
            handed += PAYLOAD;
            cr_assert_eq(meeple_net_stats(server->net).packets_in, handed / PAYLOAD);
            cr_assert_leq(meeple_net_stats(server->net).bytes_in, before + 2 * handed + PIECE);
        }
        server->idle = false;
        carried_run(&world, 500);
        cr_assert_eq(meeple_net_stats(server->net).packets_in, sent);
        /* So does a client. */
        world.session.seats[1].idle = true;
        before = meeple_net_stats(world.session.seats[1].net).bytes_in;
        fill(&world, server, world.session.seats[1].id);
        carried_run(&world, 500);
        cr_assert_eq(meeple_net_stats(world.session.seats[1].net).bytes_in, before);
        carried_done(&world);
    }
}

/* ---- memory ---- */

/* Much of all sizes, as fast as the queues allow; returns the most that was in use. */
static size_t make_peak(struct carried *world, size_t seats)
{
    static const size_t lens[] = {10, 10, 10, 10, 3000, 60000};
    size_t peak = 0;

    for (unsigned round = 0; round < 240; round++) {
        for (size_t i = 0; i < seats; i++) {
            cr_assert_eq(
                send_len(&world->session.seats[i], MEEPLE_ALL, lens[round % MEEPLE_COUNT(lens)]),
                0);
        }
        peak = world->session.mem.bytes > peak ? world->session.mem.bytes : peak;
        if (round % 12 == 11) {
            carried_run(world, 20);
        }
    }
    return peak;
}

Test(net_pressure, buffers_shrink_after_a_peak)
{
    enum {
        CLIENTS = 3,
        STAYS = 96 * 1024 /* of each pool */
    };

    for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
        const meeple_deflate_options deflate = {.enabled = true, .threshold_bytes = 30000};
        struct carried world;
        struct counting_mem *mem = &world.session.mem;
        size_t before, peak = 0;

        carried_start(&world, carrier, &(struct sim_options){.latency_max_ms = 3});
        carried_listen(&world, &(meeple_listen_options){.deflate = deflate});
        for (size_t i = 0; i < CLIENTS; i++) {
            carried_connect(&world, &(meeple_connect_options){.deflate = deflate});
            carried_run(&world, 1000);
        }
        /* What compression keeps is there for good once something was compressed. */
        for (size_t i = 0; i <= CLIENTS; i++) {
            cr_assert_eq(send_len(&world.session.seats[i], MEEPLE_ALL, 40000), 0);
            meeple_net_compress(world.session.seats[i].net, false);
        }
        for (unsigned i = 0; i < 100; i++) {
            carried_run(&world, 500);
        }
        before = mem->bytes;
        peak = make_peak(&world, CLIENTS + 1);
        cr_assert_gt(peak, before + 600000);
        for (unsigned i = 0; i < 100; i++) {
            carried_run(&world, 500);
        }
        cr_assert_leq(mem->bytes, before + STAYS * (CLIENTS + 1), "%s: %zu at rest, then %zu, %zu",
                      carrier_name(carrier), before, peak, mem->bytes);
        /* Nor does a net keep much that is down, and not freed yet. */
        make_peak(&world, CLIENTS + 1);
        world.session.seats[0].idle = true;
        for (unsigned i = 0; i < 12; i++) {
            cr_assert_eq(send_len(&world.session.seats[1], MEEPLE_SERVER, 60000), 0);
        }
        meeple_net_free(world.session.seats[0].net);
        world.session.seats[0].net = NULL;
        carried_run(&world, 100000);
        cr_assert(world.session.seats[1].down);
        cr_assert_leq(mem->bytes, before + STAYS * CLIENTS, "%s: %zu when down",
                      carrier_name(carrier), mem->bytes);
        carried_done(&world);
    }
}

/* ---- the property: what was accepted arrives once and in order, or there is a reason ---- */

enum {
    SEATS = 4,
    SENT_MAX = 600,
    STEPS = 40,
#ifdef __SANITIZE_ADDRESS__
    SEEDS = 200,
#else
    SEEDS = 600,
#endif
    PACKET_BYTES = 8000
};

enum due {
    NOT_DUE,
    MAY_COME,
    DUE
};

/* One seat, and what the model knows of it. */
struct player {
    meeple_net *net;
    int32_t id;
    uint64_t stalled_until_ms;
    unsigned sent; /* packets that send() took */
    uint16_t lens[SENT_MAX];
    enum due due[SENT_MAX][SEATS]; /* that packet is for that seat */
    unsigned next[SEATS];          /* of each sender: the first that may come */
    unsigned missed[SEATS];        /* of each sender: passed over, or never came */
    bool wants_drained[SEATS];     /* a send to that seat did not fit */
    bool here[SEATS];              /* joined and not left */
    bool up, down;
};

struct game {
    uint64_t seed;
    struct prng prng;
    struct sim *sim;
    meeple_limits limits;
    bool tls, skip, plain;
    unsigned newcomer;
    struct player players[SEATS];
};

/* What the packet is made of: whose it is, the how many-eth, and bytes that follow from these. */
static void write_packet(uint8_t *bytes, size_t len, unsigned sender, unsigned number)
{
    struct prng prng = {sender * 1000003U + number};
    uint8_t pattern[16];

    prng_fill(&prng, pattern, sizeof pattern);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = pattern[i % 16];
    }
    bytes[0] = (uint8_t)sender;
    bytes[1] = (uint8_t)number;
    bytes[2] = (uint8_t)(number >> 8);
}

static unsigned seat_of(const struct game *game, int32_t id)
{
    unsigned seat = 0;

    while (seat < SEATS && game->players[seat].id != id) {
        seat++;
    }
    cr_assert_lt(seat, SEATS, "seed %llu: nobody is %d", (unsigned long long)game->seed, (int)id);
    return seat;
}

static void on_packet(struct game *game, unsigned to, const meeple_event *event)
{
    static uint8_t want[PACKET_BYTES];
    struct player *player = &game->players[to];
    unsigned from = seat_of(game, event->peer), number;

    cr_assert_geq(event->data.len, 3);
    number = event->data.ptr[1] + 256U * event->data.ptr[2];
    cr_assert_eq(event->data.ptr[0], from);
    cr_assert(number < game->players[from].sent && game->players[from].due[number][to],
              "seed %llu: %u was handed packet %u of %u, which was not accepted for it",
              (unsigned long long)game->seed, to, number, from);
    cr_assert_geq(number, player->next[from], "seed %llu: packet %u of %u again, or out of order",
                  (unsigned long long)game->seed, number, from);
    cr_assert_eq(event->data.len, game->players[from].lens[number]);
    write_packet(want, event->data.len, from, number);
    cr_assert_eq(memcmp(want, event->data.ptr, event->data.len), 0);
    for (unsigned i = player->next[from]; i < number; i++) {
        player->missed[from] += game->players[from].due[i][to] == DUE;
    }
    player->next[from] = number + 1;
}

static void on_drained(struct game *game, unsigned seat, const meeple_event *event)
{
    struct player *player = &game->players[seat];
    unsigned from = seat_of(game, event->peer);

    cr_assert(player->here[from]);
    cr_assert(player->wants_drained[from] || (game->skip && seat == 0), "seed %llu",
              (unsigned long long)game->seed);
    player->wants_drained[from] = false;
    if (!game->tls) {
        cr_assert_leq(meeple_net_queued(player->net, event->peer),
                      game->limits.queue_bytes_max / 2);
    }
}

static void has_reason(const struct game *game, unsigned seat, const meeple_event *event)
{
    cr_assert(event->code >= 1000 && *event->reason, "seed %llu: %s of %d to %u: code %u, \"%s\"",
              (unsigned long long)game->seed, meeple_event_name(event->type), (int)event->peer,
              seat, (unsigned)event->code, event->reason);
}

static void on_event(struct game *game, unsigned seat, const meeple_event *event)
{
    struct player *player = &game->players[seat];

    cr_assert_not(player->down);
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        /* A plain client does not know. */
        player->id = event->peer != 0 ? event->peer : player->id;
        player->up = true;
        break;
    case MEEPLE_EVENT_JOIN:
        if (seat == 0) {
            /* They come one by one. */
            game->players[game->newcomer].id = event->peer;
        }
        cr_assert_not(player->here[seat_of(game, event->peer)]);
        player->here[seat_of(game, event->peer)] = true;
        break;
    case MEEPLE_EVENT_PACKET:
        on_packet(game, seat, event);
        break;
    case MEEPLE_EVENT_DRAINED:
        on_drained(game, seat, event);
        break;
    case MEEPLE_EVENT_LEAVE:
        has_reason(game, seat, event);
        cr_assert(player->here[seat_of(game, event->peer)]);
        player->here[seat_of(game, event->peer)] = false;
        break;
    case MEEPLE_EVENT_DOWN:
        has_reason(game, seat, event);
        player->down = true;
        break;
    case MEEPLE_EVENT_CLOSING:
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}

static void take(struct game *game, unsigned seat)
{
    struct player *player = &game->players[seat];
    meeple_event event;

    while (player->net && !player->down && sim_now(game->sim) >= player->stalled_until_ms &&
           meeple_net_next(player->net, &event, 100000) > 0) {
        on_event(game, seat, &event);
    }
}

static void play_until(struct game *game, uint64_t until_ms)
{
    do {
        for (unsigned i = 0; i < SEATS; i++) {
            take(game, i);
        }
    } while (sim_step_until(game->sim, until_ms));
}

/* Whom a packet of that seat has to reach, and whom it may: the server passes it on to those who
 * are there when it comes, of whom the sender may not have heard yet. */
static void mark_due(struct game *game, unsigned seat, int32_t to)
{
    struct player *player = &game->players[seat];

    for (unsigned i = 0; i < SEATS; i++) {
        bool meant = to <= 0 ? -to != game->players[i].id : to == game->players[i].id;

        player->due[player->sent][i] = i == seat || !meant ? NOT_DUE
                                       : player->here[i]   ? DUE
                                                           : MAY_COME;
    }
}

/* One random packet of a seat to one, to all, or to all but one. */
static void speak(struct game *game, unsigned seat)
{
    static uint8_t bytes[PACKET_BYTES];
    struct player *player = &game->players[seat];
    unsigned whom = (unsigned)prng_below(&game->prng, SEATS + 1);
    int32_t id = whom < SEATS ? game->players[whom].id : 0;
    int32_t to = whom < SEATS && prng_below(&game->prng, 4) == 0 ? MEEPLE_EXCEPT(id) : id;
    size_t len = 3 + prng_below(&game->prng, prng_below(&game->prng, 3) ? 300 : PACKET_BYTES - 3);
    size_t most = game->limits.message_bytes_max < game->limits.queue_bytes_max - 14
                      ? game->limits.message_bytes_max
                      : game->limits.queue_bytes_max - 14;
    size_t head = game->plain ? 0 : 5, before;
    int rc;

    if (!player->up || player->down || player->sent == SENT_MAX || whom == seat) {
        return;
    }
    write_packet(bytes, len, seat, player->sent);
    before = meeple_net_queued(player->net, to);
    rc = meeple_net_send(player->net, to, (meeple_bytes){bytes, len});
    switch (rc) {
    case 0:
        mark_due(game, seat, to);
        player->lens[player->sent++] = (uint16_t)len;
        break;
    case MEEPLE_EFULL:
        cr_assert(seat > 0 || to > 0, "to many, a full queue is the policy's");
        cr_assert_leq(len + head, most);
        cr_assert_leq(meeple_net_queued(player->net, to), before + (game->tls ? 65536 : 0));
        player->wants_drained[seat > 0 ? 0 : whom] = true;
        break;
    case MEEPLE_ETOOBIG:
        cr_assert_gt(len + head, most);
        break;
    default:
        cr_assert(rc == MEEPLE_ENOTFOUND || rc == MEEPLE_ESTATE, "%s", meeple_strerror(rc));
        break;
    }
}

/* Nothing waits beyond what may; what TLS has is bounded beside it, as are control frames. */
static void check_queues(const struct game *game)
{
    for (unsigned i = 0; i < SEATS; i++) {
        for (unsigned to = 0; to < SEATS; to++) {
            cr_assert_leq(meeple_net_queued(game->players[i].net, game->players[to].id),
                          game->limits.queue_bytes_max + 2000 + (game->tls ? 65536 : 0));
        }
    }
}

static void act(struct game *game, unsigned seat)
{
    struct player *player = &game->players[seat];
    unsigned whom = 1 + (unsigned)prng_below(&game->prng, SEATS - 1);

    for (uint64_t words = prng_below(&game->prng, 5); words > 0; words--) {
        speak(game, seat);
    }
    if (prng_below(&game->prng, 12) == 0) {
        player->stalled_until_ms = sim_now(game->sim) + prng_below(&game->prng, 4000);
    }
    if (seat == 0 && prng_below(&game->prng, 60) == 0) {
        int rc = meeple_net_kick(player->net, game->players[whom].id, 4000, "kicked");

        cr_assert(rc == 0 || rc == MEEPLE_ENOTFOUND);
    }
    if (seat > 0 && prng_below(&game->prng, 120) == 0) {
        cr_assert_eq(meeple_net_close(player->net, 4001, "had enough"), 0);
    }
}

static void sit_down(struct game *game, const char *ca, meeple_tls_server *tls)
{
    static const char *const hosts[SEATS] = {"server", "a", "b", "c"};
    meeple_deflate_options deflate = {.enabled = prng_below(&game->prng, 3) == 0};
    meeple_dialect dialect = game->plain ? MEEPLE_DIALECT_PLAIN : MEEPLE_DIALECT_NATIVE;

    cr_assert_eq(meeple_net_listen(&game->players[0].net,
                                   &(meeple_listen_options){.port = 4000,
                                                            .dialect = dialect,
                                                            .limits = game->limits,
                                                            .deflate = deflate,
                                                            .full = game->skip ? MEEPLE_FULL_SKIP
                                                                               : MEEPLE_FULL_CLOSE,
                                                            .tls = game->tls ? tls : NULL,
                                                            .io = sim_driver(game->sim, hosts[0])}),
                 0);
    play_until(game, sim_now(game->sim));
    for (game->newcomer = 1; game->newcomer < SEATS; game->newcomer++) {
        cr_assert_eq(meeple_net_connect(&game->players[game->newcomer].net,
                                        game->tls ? "wss://server:4000" : "ws://server:4000",
                                        &(meeple_connect_options){
                                            .dialect = dialect,
                                            .limits = game->limits,
                                            .deflate = deflate,
                                            .tls.ca_file = game->tls ? ca : NULL,
                                            .io = sim_driver(game->sim, hosts[game->newcomer])}),
                     0);
        for (unsigned s = 0; s < 20 && !game->players[game->newcomer].here[0]; s++) {
            play_until(game, sim_now(game->sim) + 1000);
        }
    }
}

/* A thin line takes long for what is queued. */
static void come_to_rest(struct game *game)
{
    size_t waiting = 1;

    for (unsigned rounds = 0; waiting > 0; rounds++) {
        cr_assert_lt(rounds, 1000, "seed %llu: it never comes to rest",
                     (unsigned long long)game->seed);
        play_until(game, sim_now(game->sim) + 10000);
        waiting = 0;
        for (unsigned i = 0; i < SEATS; i++) {
            for (unsigned to = 0; to < SEATS; to++) {
                waiting += meeple_net_queued(game->players[i].net, game->players[to].id);
            }
        }
    }
    play_until(game, sim_now(game->sim) + 10000);
}

/* Once everything has come to rest: what is missing, and whose end explains it. */
static void check_pairs(struct game *game)
{
    uint64_t missing = 0;

    for (unsigned to = 0; to < SEATS; to++) {
        struct player *receiver = &game->players[to];

        for (unsigned from = 0; from < SEATS; from++) {
            const struct player *sender = &game->players[from];
            unsigned missed = receiver->missed[from];
            bool both_here = (to == 0 || game->players[0].here[to]) &&
                             (from == 0 || game->players[0].here[from]);

            for (unsigned i = receiver->next[from]; i < sender->sent; i++) {
                missed += sender->due[i][to] == DUE;
            }
            cr_assert(receiver->missed[from] == 0 || game->skip,
                      "seed %llu: a gap between %u and %u", (unsigned long long)game->seed, from,
                      to);
            cr_assert(missed == 0 || !both_here || game->skip,
                      "seed %llu: %u of %u's packets never came to %u, who is here",
                      (unsigned long long)game->seed, missed, from, to);
            missing += both_here ? missed : 0;
            cr_assert(!both_here || !receiver->wants_drained[from],
                      "seed %llu: %u was not told that the queue to %u drained",
                      (unsigned long long)game->seed, to, from);
        }
    }
    cr_assert_leq(missing, meeple_net_stats(game->players[0].net).skipped, "seed %llu",
                  (unsigned long long)game->seed);
}

struct tally {
    unsigned sent, skipped, ended;
};

static void play(uint64_t seed, bool tls, const struct carried *files, struct tally *tally)
{
    static struct game game;

    game = (struct game){.seed = seed, .prng = {seed}, .tls = tls};
    game.skip = prng_below(&game.prng, 2);
    game.plain = prng_below(&game.prng, 4) == 0;
    game.limits = (meeple_limits){.message_bytes_max = (size_t)prng_between(&game.prng, 600, 8000),
                                  .queue_bytes_max = (size_t)prng_between(
                                      &game.prng, 500, prng_below(&game.prng, 2) ? 3000 : 40000)};
    game.sim = sim_new(&(struct sim_options){
        .seed = seed,
        .latency_max_ms = (uint32_t)prng_below(&game.prng, 100),
        .chop = prng_below(&game.prng, 2),
        .stutter = prng_below(&game.prng, 2),
        .completions = prng_below(&game.prng, 2),
        .resets_per_million = prng_below(&game.prng, 4) ? 0 : 3000,
        .window_bytes =
            (size_t)prng_between(&game.prng, 200, prng_below(&game.prng, 2) ? 2000 : 30000)});
    sit_down(&game, files->ca, files->tls);
    for (unsigned step = 0; step < STEPS; step++) {
        for (unsigned i = 0; i < SEATS; i++) {
            act(&game, i);
        }
        check_queues(&game);
        play_until(&game, sim_now(game.sim) + prng_below(&game.prng, 200));
    }
    come_to_rest(&game);
    check_pairs(&game);
    for (unsigned i = 0; i < SEATS; i++) {
        tally->sent += game.players[i].sent;
        tally->ended += game.players[i].down;
    }
    tally->skipped += (unsigned)meeple_net_stats(game.players[0].net).skipped;
    cr_assert_eq(meeple_net_close(game.players[0].net, 0, "the end"), 0);
    play_until(&game, sim_now(game.sim) + 10000);
    for (unsigned i = 0; i < SEATS; i++) {
        cr_assert(game.players[i].down, "seed %llu: %u", (unsigned long long)seed, i);
        meeple_net_free(game.players[i].net);
    }
    sim_free(game.sim);
}

static void play_many(uint64_t first, uint64_t last, bool tls)
{
    struct carried files = {0};
    struct tally tally = {0};

    if (tls) {
        carried_certificates(&files);
    }
    for (uint64_t seed = first; seed <= last; seed++) {
        play(seed, tls, &files, &tally);
    }
    /* There was something to see. */
    cr_expect_gt(tally.sent, 50 * (last - first));
    cr_expect(tls || tally.skipped > last - first);
    cr_expect_gt(tally.ended, (last - first) / 4);
    if (tls) {
        meeple_tls_server_free(files.tls);
        certificates_done(&files.files);
    }
}

Test(net_pressure, what_was_accepted_arrives_once_in_order_or_somebody_left_with_a_reason)
{
    play_many(1, SEEDS, false);
}

Test(net_pressure, the_same_over_tls)
{
    play_many(100001, 100000 + SEEDS / 4, true);
}
