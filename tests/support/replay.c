/* replay: a recorded session of Godot 3 once more, with a world of ours in place of one of it. */
#include "tests/support/replay.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/codec_godot3.h"
#include "tests/support/columns.h"

enum {
    PORT = 8080,
    HEADER = 9,
    PACKETS = 700,
    ARGUMENTS = 40
};

static const char *const protocols[] = {"ludus", NULL};

/* The messages that the lines of a recording name. */
struct packets {
    struct {
        char name[32];
        uint8_t *bytes;
        size_t len;
    } all[PACKETS];
    size_t count;
};

struct player {
    struct replay replay;
    struct packets packets;
    struct columns columns;
    bool host;
    uint8_t message[REPLAY_MESSAGE_MAX];
};

static uint32_t next_id; /* what the next client of ours has to be called */

static int recorded_random(meeple_io *io, void *dst, size_t len)
{
    if (next_id != 0 && len == sizeof next_id) {
        memcpy(dst, &next_id, len);
        next_id = 0;
        return 0;
    }
    (void)io;
    memset(dst, 0x5a, len);
    return 0;
}

static void packets_load(struct packets *packets)
{
    static uint8_t bytes[REPLAY_MESSAGE_MAX];
    struct columns columns;

    columns_open(&columns, "packets.txt");
    while (columns_next(&columns)) {
        size_t len = columns_bytes(columns.column[1], bytes, sizeof bytes);

        cr_assert_lt(packets->count, (size_t)PACKETS);
        snprintf(packets->all[packets->count].name, sizeof packets->all->name, "%s",
                 columns.column[0]);
        packets->all[packets->count].bytes = malloc(len);
        memcpy(packets->all[packets->count].bytes, bytes, len);
        packets->all[packets->count++].len = len;
    }
}

static void packets_done(struct packets *packets)
{
    for (size_t i = 0; i < packets->count; i++) {
        free(packets->all[i].bytes);
    }
}

/* "torture_client_0012", or "=00010203". */
static meeple_bytes message_of(struct player *player, const char *column)
{
    if (column[0] == '=') {
        size_t len = columns_bytes(column + 1, player->message, sizeof player->message);

        return (meeple_bytes){player->message, len};
    }
    for (size_t i = 0; i < player->packets.count; i++) {
        if (strcmp(player->packets.all[i].name, column) == 0) {
            return (meeple_bytes){player->packets.all[i].bytes, player->packets.all[i].len};
        }
    }
    cr_assert_fail("line %u: there is no message %s", player->columns.number, column);
    return (meeple_bytes){NULL, 0};
}

void replay_note(struct replay_thing *thing, const char *method, const meeple_call *call)
{
    struct replay *replay = thing->replay;

    replay->runs++;
    snprintf(replay->ran, sizeof replay->ran, "%s.%s from %" PRId32,
             meeple_object_path(thing->object), method, call->sender);
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    struct replay *replay = meeple_world_user(world);

    replay->packets += event->type == MEEPLE_EVENT_PACKET;
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    struct replay *replay = meeple_world_user(world);

    replay->refusals++;
    snprintf(replay->refused, sizeof replay->refused, "%s", refusal->text);
}

/* What our end has said, to be asked for in order. */
static void hear(struct replay_peer *peer, meeple_bytes bytes)
{
    size_t len = peer->heard_len + sizeof bytes.len + bytes.len;

    peer->heard = realloc(peer->heard, len);
    cr_assert(peer->heard);
    memcpy(peer->heard + peer->heard_len, &bytes.len, sizeof bytes.len);
    memcpy(peer->heard + peer->heard_len + sizeof bytes.len, bytes.ptr, bytes.len);
    peer->heard_len = len;
}

static bool peer_turn(struct replay *replay, struct replay_peer *peer)
{
    meeple_net *net = peer->net ? peer->net : replay->recorded_host;
    meeple_event event;

    if (!net || meeple_net_next(net, &event, 0) <= 0) {
        return false;
    }
    if (event.type == MEEPLE_EVENT_PACKET) {
        hear(peer, event.data);
    } else if (event.type == MEEPLE_EVENT_JOIN) {
        peer->peer = event.peer;
    } else if (event.type == MEEPLE_EVENT_DOWN || event.type == MEEPLE_EVENT_LEAVE) {
        peer->peer = 0;
    }
    return true;
}

/* Until nothing is on its way any more. */
static void settle(struct replay *replay)
{
    for (unsigned quiet = 0; quiet < 3; quiet++) {
        int rc = meeple_world_poll(replay->world, 0);
        bool more = rc > 0;

        cr_assert_geq(rc, 0, "%s", meeple_strerror(rc));
        for (size_t i = 0; i < REPLAY_PEERS; i++) {
            struct replay_peer *peer = &replay->peers[i];

            more = ((peer->net || i == 0) && peer_turn(replay, peer)) || more;
        }
        if (sim_step(replay->sim) || more) {
            quiet = 0;
        }
    }
}

/* The world of ours; all of it in one call of `we`. */
static void begin_world(struct player *player)
{
    struct replay *replay = &player->replay;
    const meeple_limits limits = {.messages_per_second_max = UINT32_MAX,
                                  .bytes_per_second_max = UINT32_MAX,
                                  .heartbeat_ms = UINT32_MAX};
    meeple_net *net = NULL;
    int rc;

    replay->driver = *sim_driver(replay->sim, player->host ? "host" : "guest");
    replay->driver.random = recorded_random;
    if (player->host) {
        rc = meeple_net_listen(&net, &(meeple_listen_options){.host = "host",
                                                              .port = PORT,
                                                              .dialect = MEEPLE_DIALECT_GODOT3,
                                                              .protocols = protocols,
                                                              .limits = limits,
                                                              .io = &replay->driver});
    } else {
        rc = meeple_net_listen(&replay->recorded_host,
                               &(meeple_listen_options){.host = "host",
                                                        .port = PORT,
                                                        .dialect = MEEPLE_DIALECT_PLAIN,
                                                        .protocols = protocols,
                                                        .limits = limits,
                                                        .io = sim_driver(replay->sim, "host")});
        cr_assert_eq(rc, 0);
        rc = meeple_net_connect(&net, "ws://host:8080/",
                                &(meeple_connect_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                          .protocols = protocols,
                                                          .limits = limits,
                                                          .io = &replay->driver});
    }
    cr_assert_eq(rc, 0, "%s", meeple_strerror(rc));
    rc = meeple_world_new(
        &replay->world, net,
        &(meeple_world_options){.on_event = on_event, .on_refused = on_refused, .user = replay});
    cr_assert_eq(rc, 0, "%s", meeple_strerror(rc));
}

static struct replay_thing *thing_at(struct replay *replay, const char *path)
{
    for (size_t i = 0; i < replay->thing_count; i++) {
        if (strcmp(meeple_object_path(replay->things[i].object), path) == 0) {
            return &replay->things[i];
        }
    }
    cr_assert_fail("there is no %s", path);
    return NULL;
}

static struct replay_peer *peer_of(struct player *player, const char *column)
{
    return &player->replay.peers[player->host ? strtoul(column, NULL, 10) - 1 : 0];
}

static void do_object(struct player *player, char **column)
{
    struct replay_thing *thing = &player->replay.things[player->replay.thing_count++];

    cr_assert_leq(player->replay.thing_count, (size_t)REPLAY_THINGS);
    thing->replay = &player->replay;
    cr_assert_eq(meeple_object_add(&thing->object, player->replay.world,
                                   player->replay.class_of(column[2]), column[1], thing),
                 0, "%s", column[1]);
}

/* A client connects, and has to get that id. */
static void do_join(struct player *player, char **column)
{
    struct replay_peer *peer = peer_of(player, column[1]);

    if (player->host) {
        next_id = (uint32_t)strtoul(column[2], NULL, 10);
        cr_assert_eq(meeple_net_connect(
                         &peer->net, "ws://host:8080/",
                         &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                   .protocols = protocols,
                                                   .limits = {.heartbeat_ms = UINT32_MAX},
                                                   .io = sim_driver(player->replay.sim, "guest")}),
                     0);
        peer->peer = MEEPLE_SERVER;
    }
    settle(&player->replay);
    cr_assert_neq(peer->peer, 0, "line %u: nobody joined", player->columns.number);
}

/* The number may be another's then. */
static void do_leave(struct player *player, char **column)
{
    struct replay_peer *peer = peer_of(player, column[1]);

    meeple_net_close(peer->net, 1000, "");
    settle(&player->replay);
    meeple_net_free(peer->net);
    free(peer->heard);
    *peer = (struct replay_peer){.net = NULL};
}

static void do_master(struct player *player, char **column)
{
    meeple_object_set_master(thing_at(&player->replay, column[1])->object,
                             (int32_t)strtol(column[2], NULL, 10));
}

static void do_hear(struct player *player, char **column)
{
    struct replay *replay = &player->replay;
    struct replay_peer *peer = peer_of(player, column[1]);
    meeple_net *net = peer->net ? peer->net : replay->recorded_host;
    const char *verdict = column[3];

    cr_assert_eq(meeple_net_send(net, peer->peer, message_of(player, column[2])), 0);
    settle(replay);
    cr_expect_eq(replay->runs, strcmp(verdict, "runs") == 0 ? 1U : 0U, "line %u: %s; %s",
                 player->columns.number, replay->ran, replay->refused);
    cr_expect_eq(replay->refusals, strcmp(verdict, "refused") == 0 ? 1U : 0U, "line %u: %s",
                 player->columns.number, replay->refused);
    cr_expect_eq(replay->packets, strcmp(verdict, "packet") == 0 ? 1U : 0U, "line %u",
                 player->columns.number);
}

/* Makes the call of the line; what that returned. */
static int call(struct player *player, char **column)
{
    static uint8_t bytes[REPLAY_MESSAGE_MAX];
    const char *args = column[5];
    size_t len = strcmp(args, "-") == 0 ? 0 : columns_bytes(args, bytes, sizeof bytes);
    struct meeple__reader reader = meeple__reader_of((meeple_bytes){bytes, len});
    size_t count = strtoul(column[4], NULL, 10), room = meeple__variant_room(len);
    int32_t to = (int32_t)strtol(column[1], NULL, 10);
    meeple_object *object = thing_at(&player->replay, column[2])->object;
    meeple_value values[ARGUMENTS];
    uint8_t *rooms = malloc(room * count + 1);
    struct meeple__sentence why = {0};
    int rc;

    cr_assert_leq(count, (size_t)ARGUMENTS);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(meeple__variant_read(&reader, &values[i], rooms + i * room, &why), 0,
                     "line %u: %s", player->columns.number, why.text);
    }
    cr_assert(meeple__reader_at_end(&reader));
    rc = strcmp(column[0], "set") == 0
             ? meeple_object_set(object, to, column[3], values[0])
             : meeple_object_call_values(object, to, column[3], values, count);
    free(rooms);
    return rc;
}

static void do_call(struct player *player, char **column)
{
    struct replay *replay = &player->replay;

    call(player, column);
    settle(replay);
    cr_expect_eq(replay->runs, strcmp(column[6], "here") == 0 ? 1U : 0U, "line %u: %s",
                 player->columns.number, replay->ran);
    cr_expect_eq(replay->refusals, 0U, "line %u: %s", player->columns.number, replay->refused);
}

static int raw(struct player *player, char **column)
{
    static uint8_t bytes[REPLAY_MESSAGE_MAX];
    size_t len = strcmp(column[2], "-") == 0 ? 0 : columns_bytes(column[2], bytes, sizeof bytes);

    return meeple_world_send(player->replay.world, (int32_t)strtol(column[1], NULL, 10),
                             (meeple_bytes){bytes, len});
}

static void do_raw(struct player *player, char **column)
{
    raw(player, column);
    settle(&player->replay);
}

static void do_cannot(struct player *player, char **column)
{
    int rc;

    column[0] = strchr(column[0], ' ') + 1;
    rc = strcmp(column[0], "raw") == 0 ? raw(player, column) : call(player, column);
    cr_expect_lt(rc, 0, "line %u: we can", player->columns.number);
    settle(&player->replay);
    cr_expect_eq(player->replay.runs, 0U, "line %u", player->columns.number);
}

/* Whether they differ only where Godot leaves what was in its memory: "31,32", or "-". */
static bool same(meeple_bytes ours, meeple_bytes theirs, const char *mask)
{
    if (ours.len != theirs.len) {
        return false;
    }
    for (size_t i = 0; i < ours.len; i++) {
        const char *at = mask;

        while (ours.ptr[i] != theirs.ptr[i] && at && strtoul(at, NULL, 10) != i) {
            at = strchr(at, ',');
            at = at ? at + 1 : NULL;
        }
        if (!at || (ours.ptr[i] != theirs.ptr[i] && *mask == '-')) {
            return false;
        }
    }
    return true;
}

static void do_say(struct player *player, char **column)
{
    struct replay_peer *peer = peer_of(player, column[1]);
    meeple_bytes expected = message_of(player, column[2]), said;

    cr_assert_lt(peer->heard_at, peer->heard_len, "line %u: we have not said %s",
                 player->columns.number, column[2]);
    memcpy(&said.len, peer->heard + peer->heard_at, sizeof said.len);
    said.ptr = peer->heard + peer->heard_at + sizeof said.len;
    peer->heard_at += sizeof said.len + said.len;
    if (!same(said, expected, column[3])) {
        char ours[400] = "", godots[400] = "";

        for (size_t i = 0; i < 190 && i < said.len; i++) {
            snprintf(ours + 2 * i, 3, "%02x", (unsigned)said.ptr[i]);
        }
        for (size_t i = 0; i < 190 && i < expected.len; i++) {
            snprintf(godots + 2 * i, 3, "%02x", (unsigned)expected.ptr[i]);
        }
        cr_assert_fail("line %u:\nours   %s\nGodot's %s", player->columns.number, ours, godots);
    }
}

/* Before something else happens: all that we have said was asked for. */
static void forget(struct player *player)
{
    for (size_t i = 0; i < REPLAY_PEERS; i++) {
        struct replay_peer *peer = &player->replay.peers[i];

        cr_assert_eq(peer->heard_at, peer->heard_len, "line %u: we have said more to %zu",
                     player->columns.number, i + 1);
        peer->heard_at = peer->heard_len = 0;
    }
    player->replay.runs = player->replay.refusals = player->replay.packets = 0;
    player->replay.ran[0] = player->replay.refused[0] = '\0';
}

static const struct verb {
    const char *name;
    void (*run)(struct player *player, char **column);
    unsigned columns;
} verbs[] = {
    {"object", do_object, 3},      {"join", do_join, 3},         {"leave", do_leave, 2},
    {"master", do_master, 3},      {"hear", do_hear, 4},         {"say", do_say, 4},
    {"call", do_call, 7},          {"set", do_call, 7},          {"raw", do_raw, 3},
    {"cannot call", do_cannot, 7}, {"cannot set", do_cannot, 7}, {"cannot raw", do_cannot, 3}};

static void run_line(struct player *player)
{
    struct columns *columns = &player->columns;

    for (size_t i = 0; i < MEEPLE_COUNT(verbs); i++) {
        if (strcmp(columns->column[0], verbs[i].name) == 0) {
            cr_assert_eq(columns->count, verbs[i].columns, "line %u", columns->number);
            if (verbs[i].run != do_say) {
                forget(player);
            }
            verbs[i].run(player, columns->column);
            return;
        }
    }
    cr_assert_fail("line %u: what is %s?", columns->number, columns->column[0]);
}

void replay_run(const char *name, replay_class *class_of)
{
    struct player *player = calloc(1, sizeof *player);
    char file[64];

    player->replay.sim = sim_new(NULL);
    player->replay.class_of = class_of;
    packets_load(&player->packets);
    snprintf(file, sizeof file, "%s.txt", name);
    columns_open(&player->columns, file);
    cr_assert(columns_next(&player->columns) && strcmp(player->columns.column[0], "we") == 0);
    player->host = strcmp(player->columns.column[1], "1") == 0;
    begin_world(player);
    while (columns_next(&player->columns)) {
        run_line(player);
    }
    forget(player);
    meeple_world_free(player->replay.world);
    meeple_net_free(player->replay.recorded_host);
    for (size_t i = 0; i < REPLAY_PEERS; i++) {
        meeple_net_free(player->replay.peers[i].net);
        free(player->replay.peers[i].heard);
    }
    packets_done(&player->packets);
    sim_free(player->replay.sim);
    free(player);
}
