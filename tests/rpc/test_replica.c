/* test_replica: what others say of spawned objects, down to the last wrong byte. */
#include "rpc/replica.h"

#include <criterion/criterion.h>

#include "tests/rpc/bytes.h"
#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

enum {
    PACKETS_MAX = 64,
    PACKET_SIZE = 512
};

/* Packets that somebody has said, in order. */
struct script {
    size_t count;
    size_t len[PACKETS_MAX];
    uint8_t bytes[PACKETS_MAX][PACKET_SIZE];
};

static struct session session;
static struct seat *const server = &session.seats[0];
static struct pawn ann = {.name = "Ann", .hp = 10, .hand = {1, 2, 3, 4, 5}},
                   bob = {.name = "Bob", .hp = 20};

static void end(void)
{
    session_end(&session);
}

TestSuite(replica, .fini = end);

/* Everything that a peer sends to the net; who else joins is told in *other, which may be NULL. */
static void take(meeple_net *net, struct script *script, int32_t *other)
{
    meeple_event event;

    while (meeple_net_next(net, &event, 0) > 0) {
        if (event.type == MEEPLE_EVENT_JOIN && other) {
            *other = event.peer;
        }
        if (event.type == MEEPLE_EVENT_PACKET && script) {
            cr_assert(script->count < PACKETS_MAX && event.data.len <= PACKET_SIZE);
            script->len[script->count] = event.data.len;
            memcpy(script->bytes[script->count++], event.data.ptr, event.data.len);
        }
    }
}

static void say(meeple_net *net, int32_t to, const uint8_t *bytes, size_t len)
{
    int rc = meeple_net_send(net, to, (meeple_bytes){bytes, len});

    cr_assert(rc == 0 || (len == 0 && rc == MEEPLE_EINVAL), "%s", meeple_strerror(rc));
}

static void say_hex(meeple_net *net, int32_t to, const char *hex)
{
    uint8_t bytes[PACKET_SIZE];

    say(net, to, bytes, from_hex(bytes, hex));
}

/* A real server, and at the other end nobody who has a world. */
static meeple_net *begin_as_client(void)
{
    meeple_net *net;

    pawns_begin(&session, 0);
    net = session_client(&session);
    for (unsigned i = 0; i < 5; i++) {
        take(net, NULL, NULL);
        settle(&session);
    }
    return net;
}

/* What a real server says to a client while it plays with two pawns. */
static void record(struct script *script)
{
    struct session played = {0};
    struct pawn a = ann, b = bob;
    meeple_object *object;
    meeple_net *net;

    pawns_begin(&played, 0);
    net = session_client(&played);
    take(net, script, NULL);
    settle(&played);
    object = pawn_spawn(&played.seats[0], "ann", &a);
    pawn_spawn(&played.seats[0], "bob", &b);
    settle(&played);
    take(net, script, NULL);
    a.hp = 33;
    a.cells[7] = 700;
    b.at.x = 5;
    settle(&played);
    cr_expect_eq(meeple_object_hand_over(object, meeple_net_id(net)), 0);
    settle(&played);
    take(net, script, NULL);
    meeple_object_set_master(object, MEEPLE_SERVER);
    settle(&played);
    take(net, script, NULL);
    meeple_object_remove(object);
    settle(&played);
    take(net, script, NULL);
    meeple_net_free(net);
    session_end(&played);
    pawn_session = &session;
}

/* A server that is none, and a real client. */
static meeple_net *begin_as_server(int32_t *client)
{
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, NULL), 0);
    pawn_session = &session;
    session.options.classes = pawn_classes;
    session.count = 0;
    {
        meeple_net *joined;

        cr_assert_eq(
            meeple_net_join(&joined, net, &(meeple_connect_options){.limits = session.limits}), 0);
        session_sit(&session, joined);
    }
    for (unsigned i = 0; i < 5; i++) {
        take(net, NULL, client);
        settle(&session);
    }
    return net;
}

static void play(meeple_net *net, int32_t client, const struct script *script, size_t from,
                 size_t to)
{
    for (size_t i = from; i < to; i++) {
        say(net, client, script->bytes[i], script->len[i]);
    }
    take(net, NULL, NULL);
    settle(&session);
}

Test(replica, understands_what_a_server_says)
{
    struct script script = {0};
    int32_t client = 0;
    meeple_net *net;

    record(&script);
    net = begin_as_server(&client);
    session.trace[0] = '\0';
    play(net, client, &script, 0, script.count);
    cr_expect_str_eq(session.refusals, "");
    cr_expect_eq(meeple_world_state_stats(server->world).spawned, 1);
    cr_expect_eq(pawn_at(server, "bob")->at.x, 5);
    cr_expect_not_null(strstr(session.trace, "server: removed ann; "), "%s", session.trace);
    meeple_net_free(net);
}

/* Whatever it is made of, it is still a world, and what is in it is within its bounds. */
static void expect_sane(void)
{
    static const char *const paths[] = {"ann", "bob"};

    for (size_t i = 0; i < MEEPLE_COUNT(paths); i++) {
        const struct pawn *pawn = pawn_at(server, paths[i]);

        cr_expect(!pawn || (pawn->hp >= -10 && pawn->hp <= 100 && pawn->mood <= ANGRY));
        cr_expect(!pawn || memchr(pawn->name, '\0', sizeof pawn->name));
    }
    session.refusals[0] = '\0';
    session.trace[0] = '\0';
}

static void play_with(const struct script *script, size_t which, const uint8_t *bytes, size_t len)
{
    int32_t client = 0;
    meeple_net *net = begin_as_server(&client);

    play(net, client, script, 0, which);
    if (len > 0) {
        say(net, client, bytes, len);
    }
    play(net, client, script, which + 1, script->count);
    expect_sane();
    meeple_net_free(net);
    meeple_world_free(server->world);
    session.count = 0;
}

Test(replica, survives_every_packet_cut_at_every_byte)
{
    struct script script = {0};

    record(&script);
    for (size_t i = 0; i < script.count; i++) {
        for (size_t len = 0; len < script.len[i]; len++) {
            play_with(&script, i, script.bytes[i], len);
        }
    }
}

Test(replica, survives_every_byte_changed)
{
    static const uint8_t flips[] = {0x01, 0x10, 0x80, 0xff};
    struct script script = {0};

    record(&script);
    for (size_t i = 0; i < script.count; i++) {
        for (size_t at = 0; at < script.len[i]; at++) {
            for (size_t flip = 0; flip < MEEPLE_COUNT(flips); flip++) {
                script.bytes[i][at] ^= flips[flip];
                play_with(&script, i, script.bytes[i], script.len[i]);
                script.bytes[i][at] ^= flips[flip];
            }
        }
    }
}

Test(replica, survives_packets_in_any_order)
{
    struct script script = {0}, shuffled;
    uint32_t seed = 7;

    record(&script);
    for (unsigned round = 0; round < 300; round++) {
        int32_t client = 0;
        meeple_net *net = begin_as_server(&client);

        shuffled.count = 0;
        for (size_t i = 0; i < script.count; i++) {
            size_t which = i < 4 ? i : next_random(&seed) % script.count;

            shuffled.len[shuffled.count] = script.len[which];
            memcpy(shuffled.bytes[shuffled.count++], script.bytes[which], script.len[which]);
        }
        play(net, client, &shuffled, 0, shuffled.count);
        expect_sane();
        meeple_net_free(net);
        meeple_world_free(server->world);
        session.count = 0;
    }
}

/* The class of pawns is number 0; ids as they come. */
static meeple_net *begin_with_layouts(int32_t *client)
{
    struct script script = {0};
    meeple_net *net;

    record(&script);
    net = begin_as_server(client);
    for (size_t i = 0; i < script.count; i++) {
        if (script.bytes[i][0] <= MEEPLE__COMMAND_LAYOUT) {
            say(net, *client, script.bytes[i], script.len[i]);
        }
    }
    take(net, NULL, NULL);
    settle(&session);
    cr_assert_str_eq(session.refusals, "");
    session.trace[0] = '\0';
    return net;
}

static void expect_refused(meeple_net *net, int32_t client, const char *hex, const char *text)
{
    say_hex(net, client, hex);
    take(net, NULL, NULL);
    settle(&session);
    cr_expect_str_eq(session.refusals, text, "%s: %s", hex, session.refusals);
    session.refusals[0] = '\0';
}

Test(replica, refuses_what_a_server_may_not_say)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);

    expect_refused(net, client, "07 01 09 01000000 00 01000000 01 01 61",
                   "server: peer 1 spawned a: the packet is malformed; ");
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 02 2f61",
                   "server: peer 1 spawned /a: the packet is malformed; ");
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61 a1 41 cc c8",
                   "server: peer 1 spawned a: field 'hp' is 200, allowed -10..100; ");
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61 a1 41 01 a1",
                   "server: peer 1 spawned a: field 'at.x' ends too early; ");
    expect_refused(net, client,
                   "07 01 00 01000000 00 01000000 01 01 61 b0 41414141414141414141414141414141",
                   "server: peer 1 spawned a: field 'name' is too long; ");
    cr_expect_eq(meeple_world_state_stats(server->world).refused, 5);
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "08 00", "");
    cr_expect_str_eq(session.trace, "server: ready a  0; ");
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 62",
                   "server: peer 1 spawned b: the packet is malformed; ");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 61",
                   "server: peer 1 spawned a: there is another object of that path here; ");
    expect_refused(net, client, "08 00 01 02 01 65",
                   "server: peer 1 changed a: field 'hp' is 101, allowed -10..100; ");
    expect_refused(net, client, "08 00 01 02 20 01",
                   "server: peer 1 changed a: it has no such slot; ");
    expect_refused(net, client, "08 00 01 02 10 01",
                   "server: peer 1 changed a: field 'hand' is not the sender's to change; ");
    /* All of an entry or nothing. */
    expect_refused(net, client, "08 00 01 04 01 07 00 a0",
                   "server: peer 1 changed a: field 'at.x' is a string, int16 expected; ");
    cr_expect_eq(pawn_at(server, "a")->hp, 0);
    expect_refused(net, client, "08 00 63 02 01 07", "");
    expect_refused(net, client, "0a 63", "");
    expect_refused(net, client, "09 63 01000000 00 01000000 01", "");
    cr_expect_eq(meeple_world_state_stats(server->world).stale, 3);
    meeple_net_free(net);
}

Test(replica, takes_no_more_objects_than_allowed)
{
    int32_t client = 0;
    meeple_net *net;

    session.options.objects_max = 2;
    net = begin_with_layouts(&client);
    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 62", "");
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 63",
                   "server: peer 1 spawned c: the sender is over a limit; ");
    expect_refused(net, client, "0a 01", "");
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 63", "");
    meeple_net_free(net);
}

Test(replica, a_batch_is_true_at_once_or_not_yet)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);

    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    cr_expect_null(pawn_at(server, "a"), "not complete");
    cr_expect_str_eq(session.trace, "");
    expect_refused(net, client, "08 00", "");
    cr_expect_str_eq(session.trace, "server: ready a  0; ");
    session.trace[0] = '\0';
    expect_refused(net, client, "08 01 01 02 01 07", "");
    cr_expect_eq(pawn_at(server, "a")->hp, 0);
    expect_refused(net, client, "0b 01 00 00 91 a0", "");
    expect_refused(net, client, "08 00 01 02 02 09", "");
    cr_expect_str_eq(session.trace, "server: poke a  at 0; server: changed a hp=7 at=9,0; ");
    meeple_net_free(net);
}

Test(replica, an_object_that_comes_and_goes_in_one_batch_is_told_to_nobody)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);

    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "0a 01", "");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "08 00", "");
    cr_expect_str_eq(session.trace, "server: ready a  0; ");
    /* One is on its way when the world ends. */
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 62", "");
    expect_refused(net, client, "0a 02", "");
    meeple_net_free(net);
}

Test(replica, refuses_what_a_client_may_not_say)
{
    meeple_net *net = begin_as_client();
    meeple_object *object = pawn_spawn(server, "ann", &ann);
    int32_t id = meeple_net_id(net);
    char expected[200];

    settle(&session);
    say_hex(net, MEEPLE_SERVER, "01 01");
    snprintf(expected, sizeof expected,
             "server: peer %d spoke of spawned objects: only the server may say that; ", (int)id);
    expect_refused(net, MEEPLE_SERVER, "07 02 00 01000000 00 01000000 01 01 62", expected);
    expect_refused(net, MEEPLE_SERVER, "09 01 01000000 00 01000000 03", expected);
    expect_refused(net, MEEPLE_SERVER, "0a 01", expected);
    expect_refused(net, MEEPLE_SERVER, "06 00 01 61 69 00 00", expected);
    snprintf(expected, sizeof expected, "server: peer %d changed ann: only the master, 1, may; ",
             (int)id);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 00 01 07", expected);
    cr_expect_eq(ann.hp, 10);
    cr_expect_eq(meeple_object_hand_over(object, id), 0);
    settle(&session);
    /* Of a term that is over, or not yet. */
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 00 01 07", "");
    cr_expect_eq(ann.hp, 10);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 01 01 07", "");
    cr_expect_eq(ann.hp, 7);
    snprintf(expected, sizeof expected,
             "server: peer %d changed ann: field 'name' is not the sender's to change; ", (int)id);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 01 00 a0", expected);
    snprintf(expected, sizeof expected,
             "server: peer %d changed ann: field 'mood' is 2, allowed 0..1; ", (int)id);
    /* What is refused of a master ends its term, and begins one. */
    expect_refused(net, MEEPLE_SERVER, "08 00 01 05 01 01 08 02 02", "");
    expect_refused(net, MEEPLE_SERVER, "08 00 01 05 02 01 08 02 02", expected);
    cr_expect_eq(ann.hp, 7, "nothing by halves");
    meeple_object_remove(object);
    settle(&session);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 01 01 09", "");
    meeple_net_free(net);
}

Test(replica, a_hidden_object_cannot_be_called_or_changed)
{
    meeple_net *net = begin_as_client();
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    cr_expect_eq(meeple_object_show(object, MEEPLE_ALL, false), 0);
    settle(&session);
    session.trace[0] = '\0';
    say_hex(net, MEEPLE_SERVER, "01 01");
    say_hex(net, MEEPLE_SERVER, "02 00 04 7061776e 01 04 706f6b65 01 73");
    expect_refused(net, MEEPLE_SERVER, "0b 01 00 00 91 a0", "");
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 00 01 07", "");
    cr_expect_eq(meeple_world_state_stats(server->world).stale, 2);
    cr_expect_eq(meeple_object_show(object, MEEPLE_ALL, true), 0);
    settle(&session);
    expect_refused(net, MEEPLE_SERVER, "0b 01 00 00 91 a0", "");
    cr_expect_str_eq(session.trace, "server: poke ann  at 10; ");
    meeple_net_free(net);
}

Test(replica, survives_what_a_client_says_cut_and_changed)
{
    static const char *const packets[] = {"08 00 01 03 01 01 07", "08 01 01 05 01 01 08 02 02",
                                          "0b 01 00 00 91 a0", "08 00 01 06 01 08 cd0102 00 05"};
    meeple_net *net = begin_as_client();
    meeple_object *object = pawn_spawn(server, "ann", &ann);

    cr_expect_eq(meeple_object_hand_over(object, meeple_net_id(net)), 0);
    settle(&session);
    say_hex(net, MEEPLE_SERVER, "01 01");
    for (size_t i = 0; i < MEEPLE_COUNT(packets); i++) {
        uint8_t bytes[PACKET_SIZE];
        size_t len = from_hex(bytes, packets[i]);

        for (size_t at = 0; at < len; at++) {
            for (unsigned value = 0; value < 256; value++) {
                uint8_t before = bytes[at];

                bytes[at] = (uint8_t)value;
                say(net, MEEPLE_SERVER, bytes, len);
                bytes[at] = before;
                settle(&session);
                take(net, NULL, NULL);
                object->replica->term = 1; /* refused or not */
            }
            say(net, MEEPLE_SERVER, bytes, at + 1);
            take(net, NULL, NULL);
            settle(&session);
            take(net, NULL, NULL);
            cr_expect(ann.hp >= -10 && ann.hp <= 100 && ann.mood <= ANGRY);
            cr_expect_str_eq(ann.name, "Ann");
            session.refusals[0] = session.trace[0] = '\0';
        }
    }
    meeple_net_free(net);
}

Test(replica, a_class_that_is_declared_otherwise_is_not_spawned)
{
    pawns_begin(&session, 0);
    session.options.classes = pawn_other_classes;
    session_sit(&session, session_client(&session));
    session.options.classes = NULL;
    session_sit(&session, session_client(&session));
    settle(&session);
    cr_expect_str_eq(session.refusals, "a: peer 1 has class pawn: its state is declared otherwise "
                                       "here, so that none can be spawned; ");
    session.refusals[0] = session.trace[0] = '\0';
    pawn_spawn(server, "ann", &ann);
    expect_trace(&session, "server: ready ann Ann 10; ");
    cr_expect_str_eq(session.refusals,
                     "a: peer 1 spawned ann: no object of that class may be spawned here; "
                     "b: peer 1 spawned ann: no object of that class may be spawned here; ");
}

static void say_spawn(meeple_net *net, int32_t client, uint32_t id, const char *path)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = PACKET_SIZE};

    meeple__command_write(&sink,
                          &(struct meeple__command){.type = MEEPLE__COMMAND_SPAWN,
                                                    .number = id,
                                                    .master = client,
                                                    .term = UINT32_MAX,
                                                    .owner = MEEPLE_SERVER,
                                                    .level = MEEPLE__SEES_ALL,
                                                    .name = {(const uint8_t *)path, strlen(path)}});
    cr_assert_eq(sink.rc, 0);
    say(net, client, buf.ptr, buf.len);
    meeple__buf_done(&buf, NULL);
}

/* Where one packet ends there may be room for the head of an entry and not for its first slot, or
 * not even for the head, which is longest with the longest ids and terms. */
Test(replica, a_master_fills_its_packets_to_any_byte)
{
    enum {
        PAWNS = 24
    };
    int32_t client = 0;
    uint32_t seed = 1;
    meeple_net *net;

    session.limits.message_bytes_max = 256;
    net = begin_with_layouts(&client);
    for (uint32_t i = 0; i < PAWNS; i++) {
        say_spawn(net, client, UINT32_MAX - i, (char[]){(char)('a' + (int)i), '\0'});
    }
    expect_refused(net, client, "08 00", "");
    for (unsigned round = 0; round < 200; round++) {
        for (int i = 0; i < PAWNS; i++) {
            struct pawn *pawn = pawn_at(server, (char[]){(char)('a' + i), '\0'});

            for (size_t cell = next_random(&seed) % 10; cell < MEEPLE_COUNT(pawn->cells); cell++) {
                pawn->cells[cell] = (uint16_t)(next_random(&seed) >> next_random(&seed) % 16);
            }
        }
        settle(&session);
        take(net, NULL, NULL);
        session.trace[0] = '\0';
    }
    meeple_net_free(net);
}

/* Objects that come and go in a batch without an end. */
Test(replica, a_batch_that_never_ends_keeps_no_more_than_there_may_be_objects)
{
    struct counting_mem counting;
    int32_t client = 0;
    meeple_net *net;
    size_t live;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    session.options.objects_max = 8;
    net = begin_with_layouts(&client);
    live = counting.live;
    for (unsigned round = 0; round < 200; round++) {
        expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
        expect_refused(net, client, "0a 01", "");
    }
    cr_expect_leq(counting.live, live + 2 * 8 * 4, "%zu blocks", counting.live - live);
    expect_refused(net, client, "08 00", "");
    cr_expect_str_eq(session.trace, "");
    meeple_net_free(net);
    end();
    session.count = 0;
    cr_expect_eq(counting.live, 0);
}

struct board {
    uint8_t cells[60000];
};
static const meeple_field board_fields[] = {MEEPLE_STATE(struct board, cells)};
static const meeple_state board_state = {
    .fields = board_fields, .field_count = 1, .size = sizeof(struct board)};
static const meeple_class board_class = {.name = "board", .state = &board_state};

Test(replica, many_words_about_one_large_object_are_not_much_work)
{
    static const meeple_class *const classes[] = {&board_class, NULL};
    static uint8_t packet[65000] = {MEEPLE__COMMAND_STATE, 0};
    static struct board board;
    meeple_object *object;
    meeple_net *net;
    size_t len = 2;

    session.options.classes = classes;
    session_server(&session);
    net = session_client(&session);
    for (unsigned i = 0; i < 5; i++) {
        take(net, NULL, NULL);
        settle(&session);
    }
    cr_assert_eq(meeple_object_spawn(&object, session.seats[0].world, &board_class, "b", &board),
                 0);
    settle(&session);
    cr_assert_eq(meeple_object_hand_over(object, meeple_net_id(net)), 0);
    settle(&session);
    say_hex(net, MEEPLE_SERVER, "01 01");
    while (len + 5 <= sizeof packet) {
        len += from_hex(packet + len, "01 03 01 09 01");
        packet[len - 1] = (uint8_t)(len % 100);
    }
    say(net, MEEPLE_SERVER, packet, len);
    take(net, NULL, NULL);
    settle(&session);
    cr_expect_neq(board.cells[9], 0);
    /* All its slots are looked through once, not for each of the 13,000 entries. */
    cr_expect_eq(meeple_world_state_stats(session.seats[0].world).applied, 1);
    cr_expect_str_eq(session.refusals, "");
    meeple_net_free(net);
}

Test(replica, an_entry_that_does_not_fit_is_refused_by_itself_at_a_client)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);

    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 62", "");
    expect_refused(net, client, "08 00", "");
    expect_refused(net, client, "08 00 01 04 01 07 00 a0  02 02 01 07  01 02 20 01  01 02 02 05",
                   "server: peer 1 changed a: field 'at.x' is a string, int16 expected; "
                   "server: peer 1 changed a: it has no such slot; ");
    cr_expect_eq(pawn_at(server, "a")->hp, 0);
    cr_expect_eq(pawn_at(server, "a")->at.x, 5);
    cr_expect_eq(pawn_at(server, "b")->hp, 7);
    cr_expect_eq(meeple_world_state_stats(server->world).refused, 2);
    /* Of a packet that is malformed nothing is taken. */
    expect_refused(net, client, "08 00 01 02 01 09  02 02 01",
                   "server: peer 1 sent 9 bytes that are no command; ");
    cr_expect_eq(pawn_at(server, "a")->hp, 0);
    meeple_net_free(net);
}

static int seen_in_handler;
static meeple_object *seen_object;

static void remove_it(meeple_world *world, const meeple_refusal *refusal)
{
    session_refused(world, refusal);
    if (seen_object) {
        seen_in_handler = ann.hp;
        meeple_object_remove(seen_object);
        seen_object = NULL;
    }
}

Test(replica, an_entry_that_does_not_fit_is_refused_by_itself_at_the_server)
{
    meeple_net *net = begin_as_client();
    meeple_object *first = pawn_spawn(server, "ann", &ann);
    meeple_object *second = pawn_spawn(server, "bob", &bob);
    int32_t id = meeple_net_id(net);
    char expected[200];

    cr_expect_eq(meeple_object_hand_over(first, id), 0);
    cr_expect_eq(meeple_object_hand_over(second, id), 0);
    settle(&session);
    take(net, NULL, NULL);
    say_hex(net, MEEPLE_SERVER, "01 01");
    snprintf(expected, sizeof expected,
             "server: peer %d changed bob: field 'mood' is 2, allowed 0..1; ", (int)id);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 01 01 07  02 05 01 01 08 02 02  01 03 01 02 04",
                   expected);
    cr_expect_eq(ann.hp, 7);
    cr_expect_eq(ann.at.x, 4);
    cr_expect_eq(bob.hp, 20);
    /* What it is overwritten with begins a term; the other's goes on. */
    cr_expect_eq(first->replica->term, 1);
    cr_expect_eq(second->replica->term, 2);
    /* A handler finds what was taken before, and may remove what is in the packet. */
    server->world->on_refused = remove_it;
    seen_object = first;
    snprintf(expected, sizeof expected,
             "server: peer %d changed bob: field 'hp' is 101, allowed -10..100; ", (int)id);
    expect_refused(net, MEEPLE_SERVER, "08 00 01 03 01 01 08  02 03 02 01 65  01 03 01 01 09",
                   expected);
    cr_expect_eq(seen_in_handler, 8);
    cr_expect_eq(ann.hp, 8, "it was gone");
    meeple_net_free(net);
}

Test(replica, of_a_packet_that_is_full_of_mistakes_a_few_are_told)
{
    static uint8_t packet[20000] = {MEEPLE__COMMAND_STATE, 0};
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);
    size_t len = 2, count = 0;
    const char *at = session.refusals;

    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "08 00", "");
    for (; len + 4 <= sizeof packet; count++) {
        len += from_hex(packet + len, "01 02 01 65");
    }
    say(net, client, packet, len);
    take(net, NULL, NULL);
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).refused, count);
    for (count = 0; (at = strstr(at, "changed a")) != NULL; at++) {
        count++;
    }
    cr_expect_eq(count, 8);
    meeple_net_free(net);
}

/* Else what it changes before it has the state is lost. */
Test(replica, who_is_handed_an_object_in_a_batch_is_its_master_at_the_end_of_it)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);
    meeple_object *object;
    char hex[100];

    expect_refused(net, client, "07 01 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "08 00", "");
    object = meeple__states_find(&server->world->states, 1);
    snprintf(hex, sizeof hex, "09 01 %02x%02x%02x%02x 01 02000000 03", (unsigned)client & 0xff,
             (unsigned)client >> 8 & 0xff, (unsigned)client >> 16 & 0xff, (unsigned)client >> 24);
    expect_refused(net, client, hex, "");
    cr_expect_not(meeple_object_is_master(object));
    cr_expect_eq(meeple_object_owner(object), MEEPLE_SERVER);
    expect_refused(net, client, "08 01 01 02 01 07", "");
    cr_expect_not(meeple_object_is_master(object));
    expect_refused(net, client, "08 00", "");
    cr_expect(meeple_object_is_master(object));
    cr_expect_eq(meeple_object_owner(object), 2);
    cr_expect_eq(pawn_at(server, "a")->hp, 7);
    /* Of one that has not come yet nobody asks; of a batch the last word counts. */
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 62", "");
    expect_refused(net, client, "09 02 03000000 01 04000000 03", "");
    expect_refused(net, client, "09 02 05000000 02 06000000 03", "");
    expect_refused(net, client, "08 00", "");
    object = meeple__states_find(&server->world->states, 2);
    cr_expect_eq(meeple_object_master(object), 5);
    cr_expect_eq(meeple_object_owner(object), 6);
    meeple_net_free(net);
}

static const char *const right = "07 01 00 01000000 00 01000000 01 01 61 a0 05";

/* A client with "a" (id 1) and "b" (id 2). */
static meeple_net *begin_with_objects(int32_t *client)
{
    meeple_net *net = begin_with_layouts(client);

    expect_refused(net, *client, right, "");
    expect_refused(net, *client, "07 02 00 01000000 00 01000000 01 01 62 a0 06", "");
    expect_refused(net, *client, "08 00", "");
    session.trace[0] = '\0';
    return net;
}

static void expect_done(struct session *done, const char *trace)
{
    cr_expect_str_eq(done->trace, trace);
    done->trace[0] = '\0';
}

Test(replica, what_a_reset_does_not_name_again_is_gone_at_the_end)
{
    int32_t client = 0;
    meeple_net *net = begin_with_objects(&client);

    /* In the middle of a batch: of what came before in it only the change of "a" is of use. */
    expect_refused(net, client, "08 01 01 02 01 07 02 02 02 09", "");
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 63", "");
    expect_refused(net, client, "0e", "");
    expect_refused(net, client, right, "");
    expect_refused(net, client, "08 01 01 02 03 01", "");
    expect_done(&session, "");
    expect_refused(net, client, "08 00", "");
    expect_done(&session, "server: removed b; server: changed a at=0,1; ");
    cr_expect_eq(pawn_at(server, "a")->hp, 5);
    cr_expect_eq(meeple_world_state_stats(server->world).spawned, 1);
    /* Nothing is left of it. */
    expect_refused(net, client, "08 00 01 02 01 08", "");
    expect_done(&session, "server: changed a hp=8; ");
    expect_refused(net, client, right, "server: peer 1 spawned a: the packet is malformed; ");
    meeple_net_free(net);
}

Test(replica, what_a_reset_names_again_makes_room_and_is_refused_like_anything)
{
    int32_t client = 0;
    meeple_net *net = begin_with_objects(&client);

    expect_refused(net, client, "0e", "");
    /* Another id at the path of "a", the id of "b" at another path. */
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 61", "");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 64", "");
    expect_refused(net, client, "07 02 00 01000000 00 01000000 01 01 64",
                   "server: peer 1 spawned d: the packet is malformed; ");
    expect_refused(net, client, "07 04 00 01000000 00 01000000 01 01 64",
                   "server: peer 1 spawned d: there is another object of that path here; ");
    expect_refused(net, client, "08 00", "");
    expect_done(&session, "server: removed a; server: removed b; server: ready a  0; "
                          "server: ready d  0; ");
    /* One whose state is refused stays as it was. */
    expect_refused(net, client, "0e", "");
    expect_refused(net, client, "07 03 00 01000000 00 01000000 01 01 61 a0 cc c8",
                   "server: peer 1 spawned a: field 'hp' is 200, allowed -10..100; ");
    expect_refused(net, client, "08 00", "");
    expect_done(&session, "server: removed d; ");
    cr_expect_not_null(pawn_at(server, "a"));
    /* The session ends in the middle of one. */
    expect_refused(net, client, "0e", "");
    expect_refused(net, client, right, "");
    meeple_net_free(net);
    settle(&session);
    cr_expect_eq(meeple_world_state_stats(server->world).spawned, 0);
}

static void expect_repair(meeple_net *net, bool asked)
{
    struct script script = {0};

    take(net, NULL, NULL);
    settle(&session);
    take(net, &script, NULL);
    cr_expect_eq(script.count, asked);
    cr_expect(!asked || (script.len[0] == 1 && script.bytes[0][0] == MEEPLE__COMMAND_REPAIR));
    session.refusals[0] = '\0';
}

Test(replica, compares_when_a_batch_is_complete_and_asks_once)
{
    int32_t client = 0;
    meeple_net *net = begin_with_layouts(&client);

    take(net, NULL, NULL);
    /* Of nothing the hash is 0. */
    say_hex(net, client, "0c 01 ffffffff0f 0000000000000000");
    expect_repair(net, false);
    expect_refused(net, client, right, "");
    expect_refused(net, client, "0c 01 ffffffff0f 0000000000000001",
                   "server: peer 1 checked what it had not told all of; ");
    expect_refused(net, client, "08 00", "");
    cr_expect_eq(meeple_world_state_stats(server->world).checks, 1);
    say_hex(net, client, "0c 02 ffffffff0f 0000000000000000");
    expect_repair(net, false);
    say_hex(net, client, "0c 01 ffffffff0f 0000000000000000");
    expect_repair(net, true);
    say_hex(net, client, "0c 01 ffffffff0f 0000000000000000");
    expect_repair(net, false);
    cr_expect_eq(meeple_world_state_stats(server->world).mismatches, 1);
    expect_refused(net, client, "0e", "");
    expect_refused(net, client, right, "");
    expect_refused(net, client, "08 00", "");
    say_hex(net, client, "0c 01 01 0000000000000000");
    expect_repair(net, true);
    expect_refused(net, client, "0d",
                   "server: peer 1 spoke of spawned objects: only the server may say that; ");
    meeple_net_free(net);
}

Test(replica, a_client_may_not_check_anybody)
{
    meeple_net *net = begin_as_client();
    char expected[200];

    pawn_spawn(server, "ann", &ann);
    settle(&session);
    say_hex(net, MEEPLE_SERVER, "01 01");
    snprintf(expected, sizeof expected,
             "server: peer %d spoke of spawned objects: only the server may say that; ",
             (int)meeple_net_id(net));
    expect_refused(net, MEEPLE_SERVER, "0c 01 01 0000000000000000", expected);
    expect_refused(net, MEEPLE_SERVER, "0e", expected);
    cr_expect_not_null(pawn_at(server, "ann"));
    meeple_net_free(net);
}
