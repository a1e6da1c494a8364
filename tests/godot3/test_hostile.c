/* test_hostile: what Godot 3 was recorded to say, cut and changed, at our host and at our client.
 */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "tests/godot3/nodes.h"
#include "tests/support/columns.h"
#include "tests/support/counting_mem.h"

enum {
    PORT = 8080,
    HEADER = 9,
    BATCH = 64,
    LONG = 6000, /* of longer ones, which are bytes of the application inside, only the ends are cut
                    and changed */
    STRANGER = 1000,
    FRIEND = 2000
};

static const char *const protocols[] = {"ludus", NULL};
static const meeple_limits limits = {.messages_per_second_max = UINT32_MAX,
                                     .bytes_per_second_max = UINT32_MAX,
                                     .queue_bytes_max = 1 << 25,
                                     .accepts_per_second_max = UINT32_MAX,
                                     .connections_per_address_max = UINT32_MAX,
                                     .heartbeat_ms = UINT32_MAX};

/* A world of ours among others who say whatever bytes they like. */
struct siege {
    struct replay replay;
    struct counting_mem mem;
    meeple_net *stranger,
        *friend;         /* of our host; or its friend alone, which is our client's host */
    int32_t to;          /* who we are for them */
    unsigned sent;       /* since they were looked at last */
    int32_t stranger_id; /* for our host */
    bool stranger_down, friend_down;
    uint16_t code;
    char reason[128];
};

static void on_event(meeple_world *world, const meeple_event *event)
{
    struct replay *replay = meeple_world_user(world);

    replay->packets += event->type == MEEPLE_EVENT_PACKET;
}

static bool turn(struct siege *siege, meeple_net *net)
{
    meeple_event event;

    if (!net || meeple_net_next(net, &event, 0) <= 0) {
        return false;
    }
    if (event.type == MEEPLE_EVENT_JOIN) {
        siege->to = event.peer;
    }
    if (event.type == MEEPLE_EVENT_PACKET && net == siege->stranger && event.data.ptr[0] == 3) {
        memcpy(&siege->stranger_id, event.data.ptr + HEADER, sizeof siege->stranger_id);
    }
    if (event.type == MEEPLE_EVENT_LEAVE || event.type == MEEPLE_EVENT_DOWN) {
        siege->stranger_down = true;
        siege->friend_down = siege->friend_down || net == siege->friend;
        siege->code = event.code;
        snprintf(siege->reason, sizeof siege->reason, "%s", event.reason);
    }
    return true;
}

static void settle(struct siege *siege)
{
    for (unsigned quiet = 0; quiet < 3; quiet++) {
        int rc = siege->replay.world ? meeple_world_poll(siege->replay.world, 0) : 0;
        bool more = rc > 0;

        cr_assert(rc >= 0 || rc == MEEPLE_ECLOSED || rc == MEEPLE_ENOMEM, "%s",
                  meeple_strerror(rc));
        more = turn(siege, siege->stranger) || more;
        more = turn(siege, siege->friend) || more;
        if (sim_step(siege->replay.sim) || more) {
            quiet = 0;
        }
    }
    siege->sent = 0;
}

static uint32_t comers; /* to our host */

/* Their ids: STRANGER, then FRIEND, then higher ones. */
static int id_random(meeple_io *io, void *dst, size_t len)
{
    uint32_t id = STRANGER + 1000 * comers;

    (void)io;
    memset(dst, 0, len);
    if (len == sizeof id) {
        comers++;
        memcpy(dst, &id, len);
    }
    return 0;
}

static void begin_world(struct siege *siege, meeple_net *net)
{
    static const char *const paths[] = {"T", "T/N", "T/C", "Main/Panel/VBoxContainer/Game"};
    static const char *const classes[] = {"top", "node", "node", "game"};
    struct replay *replay = &siege->replay;

    cr_assert_eq(
        meeple_world_new(
            &replay->world, net,
            &(meeple_world_options){.on_event = on_event, .user = replay, .mem = &siege->mem.mem}),
        0);
    for (size_t i = 0; i < MEEPLE_COUNT(paths); i++) {
        replay->things[i].replay = replay;
        cr_assert_eq(meeple_object_add(&replay->things[i].object, replay->world,
                                       class_called(classes[i]), paths[i], &replay->things[i]),
                     0);
    }
    settle(siege);
}

static meeple_net *guest(struct siege *siege, const char *name)
{
    meeple_net *net;

    cr_assert_eq(
        meeple_net_connect(&net, "ws://host:8080/",
                           &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                     .protocols = protocols,
                                                     .limits = limits,
                                                     .io = sim_driver(siege->replay.sim, name)}),
        0);
    return net;
}

static void begin_host(struct siege *siege)
{
    meeple_net *net;

    siege->replay.sim = sim_new(NULL);
    siege->replay.driver = *sim_driver(siege->replay.sim, "host");
    siege->replay.driver.random = id_random;
    counting_mem_init(&siege->mem);
    comers = 0;
    cr_assert_eq(meeple_net_listen(&net, &(meeple_listen_options){.host = "host",
                                                                  .port = PORT,
                                                                  .dialect = MEEPLE_DIALECT_GODOT3,
                                                                  .protocols = protocols,
                                                                  .limits = limits,
                                                                  .io = &siege->replay.driver,
                                                                  .mem = &siege->mem.mem}),
                 0);
    begin_world(siege, net);
    siege->stranger = guest(siege, "stranger");
    settle(siege);
    siege->friend = guest(siege, "friend");
    settle(siege);
    siege->to = MEEPLE_SERVER;
}

static void say(struct siege *siege, meeple_net *net, const void *bytes, size_t len)
{
    int rc = meeple_net_send(net, siege->to, (meeple_bytes){bytes, len});

    cr_assert(rc == 0 || rc == MEEPLE_ENOTFOUND || rc == MEEPLE_ESTATE, "%s", meeple_strerror(rc));
    if (++siege->sent >= BATCH) {
        settle(siege);
    }
}

static void welcome(struct siege *siege, int32_t id)
{
    uint8_t message[HEADER + 4] = {3, 1};

    memcpy(message + HEADER, &id, sizeof id);
    say(siege, siege->friend, message, sizeof message);
    message[0] = 1;
    id = MEEPLE_SERVER;
    memcpy(message + HEADER, &id, sizeof id);
    say(siege, siege->friend, message, sizeof message);
    id = STRANGER;
    memcpy(message + HEADER, &id, sizeof id);
    say(siege, siege->friend, message, sizeof message);
    settle(siege);
}

static void client_connects(struct siege *siege)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_connect(&net, "ws://host:8080/",
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                              .protocols = protocols,
                                                              .limits = limits,
                                                              .io = &siege->replay.driver,
                                                              .mem = &siege->mem.mem}),
                 0);
    begin_world(siege, net);
    welcome(siege, FRIEND);
}

static void begin_client(struct siege *siege)
{
    siege->replay.sim = sim_new(NULL);
    siege->replay.driver = *sim_driver(siege->replay.sim, "guest");
    counting_mem_init(&siege->mem);
    cr_assert_eq(
        meeple_net_listen(&siege->friend,
                          &(meeple_listen_options){.host = "host",
                                                   .port = PORT,
                                                   .dialect = MEEPLE_DIALECT_PLAIN,
                                                   .protocols = protocols,
                                                   .limits = limits,
                                                   .io = sim_driver(siege->replay.sim, "host")}),
        0);
    client_connects(siege);
}

static void end(struct siege *siege)
{
    meeple_world_free(siege->replay.world);
    meeple_net_free(siege->stranger);
    meeple_net_free(siege->friend);
    sim_free(siege->replay.sim);
    cr_expect_eq(siege->mem.live, 0, "%zu blocks are left", siege->mem.live);
}

/* Whoever behaves is answered as before: T/N.f_cfg_remote(null), by its path. */
static void expect_answers_to(struct siege *siege, int32_t from)
{
    static const char call[] = "\0\x17\0\0\x80"
                               "f_cfg_remote\0\1\0\0\0\0"
                               "T/N";
    uint8_t message[HEADER + sizeof call] = {0};
    int32_t to = from == MEEPLE_SERVER ? FRIEND : MEEPLE_SERVER;

    memcpy(message + 1, &from, sizeof from);
    memcpy(message + 5, &to, sizeof to);
    memcpy(message + HEADER, call, sizeof call);
    settle(siege);
    siege->replay.runs = 0;
    say(siege, siege->friend, message, sizeof message);
    settle(siege);
    cr_assert_eq(siege->replay.runs, 1);
    cr_assert_str_eq(siege->replay.ran, from == MEEPLE_SERVER ? "T/N.f_cfg_remote from 1"
                                                              : "T/N.f_cfg_remote from 2000");
}

/* The recorded messages that have a packet, as if `from` said them to us. */
static bool next_message(struct columns *columns, uint8_t *message, size_t *len, int32_t from,
                         int32_t us)
{
    int32_t to;

    while (columns_next(columns)) {
        if (strcmp(columns->column[2], "payload") != 0) {
            continue;
        }
        *len = columns_bytes(columns->column[1], message, REPLAY_MESSAGE_MAX);
        to = (int32_t)strtol(columns->column[4], NULL, 10);
        to = to > 0 ? us : to < 0 ? -FRIEND : 0;
        memcpy(message + 1, &from, sizeof from);
        memcpy(message + 5, &to, sizeof to);
        return true;
    }
    return false;
}

/* Everything behind the header cut at every byte, and every byte changed. */
static void spoil(struct siege *siege, meeple_net *net, int32_t from, int32_t us)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    static uint8_t message[REPLAY_MESSAGE_MAX];
    struct columns columns;
    size_t len;

    columns_open(&columns, "packets.txt");
    while (next_message(&columns, message, &len, from, us)) {
        for (size_t i = HEADER; i < len; i++) {
            uint8_t byte = message[i];

            if (len > LONG && i == LONG / 40) {
                i = len - LONG / 40;
                byte = message[i];
            }
            say(siege, net, message, i);
            for (size_t k = 0; k < MEEPLE_COUNT(changes); k++) {
                message[i] = byte ^ changes[k];
                say(siege, net, message, len);
            }
            message[i] = byte;
        }
    }
    settle(siege);
}

Test(hostile, our_host_goes_on_among_spoilt_packets)
{
    static struct siege siege;

    begin_host(&siege);
    expect_answers_to(&siege, FRIEND);
    spoil(&siege, siege.stranger, STRANGER, MEEPLE_SERVER);
    cr_expect_not(siege.stranger_down, "%u %s", siege.code, siege.reason);
    cr_expect_gt(siege.replay.runs, 10000);
    expect_answers_to(&siege, FRIEND);
    end(&siege);
}

Test(hostile, our_client_goes_on_among_spoilt_packets)
{
    static struct siege siege;

    begin_client(&siege);
    expect_answers_to(&siege, MEEPLE_SERVER);
    spoil(&siege, siege.friend, MEEPLE_SERVER, FRIEND);
    spoil(&siege, siege.friend, STRANGER, FRIEND);
    cr_expect_not(siege.stranger_down, "%u %s", siege.code, siege.reason);
    cr_expect_gt(siege.replay.runs, 10000);
    expect_answers_to(&siege, MEEPLE_SERVER);
    end(&siege);
}

/* One of each kind, and those of the seat. */
static bool next_kind(struct columns *columns, uint8_t *message, size_t *len)
{
    static char seen[64][32];
    static size_t count;

    while (columns_next(columns)) {
        char kind[32];
        bool known = false;

        snprintf(kind, sizeof kind, "%s %s", columns->column[2],
                 strcmp(columns->column[2], "payload") == 0 ? columns->column[5] : "");
        for (size_t i = 0; i < count; i++) {
            known = known || strcmp(seen[i], kind) == 0;
        }
        if (!known) {
            snprintf(seen[count++], sizeof seen[0], "%s", kind);
            *len = columns_bytes(columns->column[1], message, REPLAY_MESSAGE_MAX);
            return true;
        }
    }
    count = 0;
    return false;
}

/* The peer is still there, or it was told why not. */
static void expect_reason(struct siege *siege, const char *name, size_t at)
{
    settle(siege);
    if (siege->stranger_down) {
        cr_expect_eq(siege->code, 1002, "%s at %zu: %u", name, at, siege->code);
        cr_expect_str_neq(siege->reason, "", "%s at %zu", name, at);
    }
}

/* Another takes the stranger's place. */
static void come_again(struct siege *siege)
{
    meeple_net_free(siege->stranger);
    siege->stranger = NULL;
    settle(siege);
    siege->stranger_down = false;
    siege->stranger = guest(siege, "stranger");
    settle(siege);
}

static void host_gets(struct siege *siege, const char *name, size_t at, const uint8_t *message,
                      size_t len)
{
    say(siege, siege->stranger, message, len);
    expect_reason(siege, name, at);
    if (siege->stranger_down) {
        come_again(siege);
    }
}

static void client_gets(struct siege *siege, const char *name, size_t at, const uint8_t *message,
                        size_t len)
{
    say(siege, siege->friend, message, len);
    expect_reason(siege, name, at);
    if (siege->stranger_down) {
        meeple_world_free(siege->replay.world);
        siege->replay.world = NULL;
        siege->stranger_down = false;
        client_connects(siege);
    }
}

typedef void taker(struct siege *siege, const char *name, size_t at, const uint8_t *message,
                   size_t len);

/* The message, from who says it, cut there; then with that change. */
static void spoil_header(struct siege *siege, taker *take, const char *name, const uint8_t *message,
                         size_t len, size_t at, uint8_t change)
{
    static uint8_t spoilt[REPLAY_MESSAGE_MAX];
    int32_t from = siege->stranger ? siege->stranger_id : MEEPLE_SERVER;

    memcpy(spoilt, message, len);
    memcpy(spoilt + 1, &from, sizeof from);
    take(siege, name, at, spoilt, at);
    from = siege->stranger ? siege->stranger_id : MEEPLE_SERVER;
    memcpy(spoilt + 1, &from, sizeof from);
    spoilt[at] ^= change;
    take(siege, name, at, spoilt, len);
}

static void spoil_headers(struct siege *siege, taker *take)
{
    static const uint8_t changes[] = {0x01, 0x02, 0x80, 0xff};
    static uint8_t message[REPLAY_MESSAGE_MAX];
    struct columns columns;
    size_t len;

    columns_open(&columns, "packets.txt");
    while (next_kind(&columns, message, &len)) {
        for (size_t i = 0; i < (HEADER + 4) * MEEPLE_COUNT(changes); i++) {
            size_t at = i / MEEPLE_COUNT(changes);

            if (at < len) {
                spoil_header(siege, take, columns.column[0], message, len, at,
                             changes[i % MEEPLE_COUNT(changes)]);
            }
        }
    }
}

Test(hostile, our_host_says_why_it_closes)
{
    static struct siege siege;

    begin_host(&siege);
    spoil_headers(&siege, host_gets);
    expect_answers_to(&siege, FRIEND);
    end(&siege);
}

Test(hostile, our_client_says_why_it_closes)
{
    static struct siege siege;

    begin_client(&siege);
    spoil_headers(&siege, client_gets);
    expect_answers_to(&siege, MEEPLE_SERVER);
    end(&siege);
}

/* What all of them say and do in a short game. */
static void play(struct siege *siege)
{
    static const char *const said[] = {
        "\2\5\0\0\0T/N", "\0\5\0\0\0f_cfg_remote\0\1\4\0\0\0\1\0\0\0a\0\0\0",
        "\1\5\0\0\0v_remote\0\4\0\0\0\1\0\0\0a\0\0\0", "\4raw", "\3T/N"};
    static const size_t lens[] = {8, 31, 26, 4, 4};
    meeple_object *object = siege->replay.things[1].object;
    uint8_t message[64] = {0};
    int32_t from = siege->stranger_id, to = MEEPLE_SERVER;

    memcpy(message + 1, &from, sizeof from);
    memcpy(message + 5, &to, sizeof to);
    for (size_t i = 0; i < MEEPLE_COUNT(said); i++) {
        memcpy(message + HEADER, said[i], lens[i]);
        say(siege, siege->stranger, message, HEADER + lens[i]);
        (void)meeple_object_call_values(object, MEEPLE_ALL, "f_cfg_remote",
                                        &(meeple_value){.kind = MEEPLE_VALUE_NIL}, 1);
        (void)meeple_object_set(object, MEEPLE_ALL, "v_remotesync", meeple_value_string("text"));
        settle(siege);
    }
    meeple_object_remove(object);
    if (meeple_object_add(&siege->replay.things[1].object, siege->replay.world,
                          class_called("node"), "T/N", &siege->replay.things[1]) < 0) {
        counting_mem_fail(&siege->mem, 0);
        cr_assert_eq(meeple_object_add(&siege->replay.things[1].object, siege->replay.world,
                                       class_called("node"), "T/N", &siege->replay.things[1]),
                     0);
    }
}

Test(hostile, our_host_goes_on_after_every_failed_allocation)
{
    size_t went_on = 0;

    for (size_t n = 1; n < 10000; n++) {
        static struct siege siege;
        size_t calls;

        siege = (struct siege){.to = 0};
        begin_host(&siege);
        calls = siege.mem.calls;
        counting_mem_fail(&siege.mem, n);
        come_again(&siege);
        if (!siege.stranger_down) {
            play(&siege);
        }
        calls = siege.mem.calls - calls;
        counting_mem_fail(&siege.mem, 0);
        settle(&siege);
        if (!siege.friend_down) {
            expect_answers_to(&siege, FRIEND);
            went_on++;
        }
        end(&siege);
        if (calls < n) {
            /* Who was there before is closed at most where it could not be told of another. */
            cr_expect(n > 20 && went_on >= n - 5, "%zu of %zu", went_on, n);
            return;
        }
    }
    cr_expect_fail();
}
