/*
 * session: a game with a spawned object in the simulated network, byte by byte.  For each WebSocket
 * message of a client it prints a line: who, ">" (sent) or "<" (received), hexadecimal digits.
 */
#include <meeple/state.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/sim.h"

enum {
    PORT = 4000,
    MESSAGE_MAX = 140, /* so that what is long is not too long to be read by people */
    CHECK_MS = 10000,
    STREAM_MAX = 1 << 14,
    NOTES = 1 /* a group of fields */
};

/* ---- what is spawned ---- */

struct place {
    int16_t x, y;
};

struct card {
    uint8_t suit, rank;
};

struct pawn {
    const char *name;
    struct place at;
    uint8_t hand_count;
    struct card hand[2];
    const char *note;
};

#define WAVE(ARG) ARG(uint8_t, times)
MEEPLE_RPC(wave, WAVE)
MEEPLE_ANSWERS(struct pawn, wave)
static void on_wave(struct pawn *self, const struct wave *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_field place_fields[] = {
    MEEPLE_STATE(struct place, x, .min = -100, .max = 100),
    MEEPLE_STATE(struct place, y, .min = -100, .max = 100),
};
static const meeple_field card_fields[] = {
    MEEPLE_STATE(struct card, suit, .max = 3),
    MEEPLE_STATE(struct card, rank, .min = 1, .max = 13),
};
static const meeple_field pawn_fields[] = {
    MEEPLE_STATE(struct pawn, name, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE_STRUCT(struct pawn, at, struct place, place_fields),
    MEEPLE_STATE_STRUCT(struct pawn, hand, struct card, card_fields,
                        MEEPLE_COUNTED_BY(struct pawn, hand_count), .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct pawn, note, .flags = MEEPLE_GROUP(NOTES)),
};
static const meeple_state pawn_state = {
    .fields = pawn_fields, .field_count = MEEPLE_COUNT(pawn_fields), .size = sizeof(struct pawn)};
static const meeple_method pawn_methods[] = {MEEPLE_METHOD(wave, MEEPLE_RPC_REMOTE)};
static const meeple_class pawn_class = {.name = "pawn",
                                        .methods = pawn_methods,
                                        .method_count = MEEPLE_COUNT(pawn_methods),
                                        .state = &pawn_state};
static const meeple_class *const classes[] = {&pawn_class, NULL};

/* ---- what is recorded ---- */

/* What came on one way between two hosts and was not printed yet. */
struct stream {
    uint8_t bytes[STREAM_MAX];
    size_t len;
    bool open; /* the HTTP before it is over */
};

struct game {
    struct sim *sim;
    meeple_world *host, *ann, *ben;
    struct stream streams[2][2]; /* of Ann and of Ben, to them and from them */
};

static void require(bool true_here, const char *what)
{
    if (!true_here) {
        fprintf(stderr, "it is not so: %s\n", what);
        exit(1);
    }
}

static void take(struct stream *stream, size_t len)
{
    stream->len -= len;
    memmove(stream->bytes, stream->bytes + len, stream->len);
}

/* Frames are whole messages here, and short ones. */
static bool print_message(struct stream *stream, const char *who, char direction)
{
    const uint8_t *at = stream->bytes;
    size_t head = 2, len;
    bool masked;

    if (stream->len < head) {
        return false;
    }
    masked = at[1] >> 7;
    len = at[1] & 0x7f;
    if (len == 126 && stream->len >= 4) {
        len = (size_t)at[2] << 8 | at[3];
        head = 4;
    }
    require(len <= MESSAGE_MAX, "a message is as short as was agreed");
    head += masked ? 4 : 0;
    if (stream->len < head + len) {
        return false;
    }
    if (at[0] == 0x82) {
        printf("%s %c ", who, direction);
        for (size_t i = 0; i < len; i++) {
            printf("%02x", at[head + i] ^ (masked ? at[head - 4 + i % 4] : 0));
        }
        putchar('\n');
    }
    take(stream, head + len);
    return true;
}

static void pass_http(struct stream *stream)
{
    for (size_t at = 4; at <= stream->len && !stream->open; at++) {
        if (memcmp(stream->bytes + at - 4, "\r\n\r\n", 4) == 0) {
            take(stream, at);
            stream->open = true;
        }
    }
}

static void hear(void *ctx, const char *from, const char *to, uint16_t port, meeple_bytes bytes)
{
    struct game *game = ctx;
    bool sent = strcmp(to, "server") == 0;
    const char *who = sent ? from : to;
    struct stream *stream = &game->streams[strcmp(who, "ann") != 0][sent];

    (void)port;
    require(bytes.len <= sizeof stream->bytes - stream->len, "there is room for all that is said");
    memcpy(stream->bytes + stream->len, bytes.ptr, bytes.len);
    stream->len += bytes.len;
    pass_http(stream);
    while (stream->open && print_message(stream, who, sent ? '>' : '<')) {
    }
}

/* ---- what is played ---- */

static meeple_world *sit(meeple_net *net)
{
    const meeple_world_options options = {.classes = classes, .check_interval_ms = CHECK_MS};
    meeple_world *world;

    require(meeple_world_new(&world, net, &options) == 0, "a world");
    return world;
}

static meeple_world *join(struct game *game, const char *host)
{
    const meeple_connect_options options = {.io = sim_driver(game->sim, host),
                                            .limits = {.message_bytes_max = MESSAGE_MAX}};
    meeple_net *net;

    require(meeple_net_connect(&net, "ws://server:4000", &options) == 0, "a client");
    return sit(net);
}

static void begin(struct game *game)
{
    const struct sim_options options = {
        .seed = 1, .latency_min_ms = 1, .latency_max_ms = 1, .tap = hear, .tap_ctx = game};
    meeple_net *net;

    game->sim = sim_new(&options);
    require(meeple_net_listen(
                &net, &(meeple_listen_options){.port = PORT,
                                               .io = sim_driver(game->sim, "server"),
                                               .limits = {.message_bytes_max = MESSAGE_MAX}}) == 0,
            "a server");
    game->host = sit(net);
}

static bool poll(meeple_world *world)
{
    int rc = world ? meeple_world_poll(world, CHECK_MS) : 0;

    require(rc >= 0, "a poll");
    return rc > 0;
}

static void run(const struct game *game, uint64_t for_ms)
{
    uint64_t until = sim_now(game->sim) + for_ms;

    do {
        while (poll(game->host) || poll(game->ann) || poll(game->ben)) {
        }
    } while (sim_step_until(game->sim, until));
}

static void settle(const struct game *game)
{
    run(game, 100);
}

static int32_t id_of(const meeple_world *world)
{
    return meeple_net_id(meeple_world_net(world));
}

static struct pawn *pawn_of(meeple_world *world)
{
    return meeple_object_find(world, &pawn_class, "pawns/ann");
}

/* Ann's pawn comes, moves and draws a card; the note in it is not for Ben, nor is her hand. */
static void play_first(struct game *game, struct pawn *pawn, meeple_object **object)
{
    game->ann = join(game, "ann");
    settle(game);
    require(meeple_object_spawn(object, game->host, &pawn_class, "pawns/ann", pawn) == 0, "a pawn");
    require(meeple_object_set_owner(*object, id_of(game->ann)) == 0, "an owner");
    settle(game);
    pawn->at.y = -40;
    pawn->hand[pawn->hand_count++] = (struct card){.suit = 2, .rank = 12};
    pawn->note = "hi";
    settle(game);
    game->ben = join(game, "ben");
    settle(game);
    require(pawn_of(game->ben)->hand_count == 0 && pawn_of(game->ann)->hand_count == 2,
            "Ben does not see Ann's hand");
}

/* She gets it, moves it, and is called about it; then it is taken back. */
static void play_hand_over(const struct game *game, meeple_object *object)
{
    require(meeple_object_hand_over(object, id_of(game->ann)) == 0, "a hand-over");
    settle(game);
    pawn_of(game->ann)->at.x = 7;
    settle(game);
    require(pawn_of(game->ben)->at.x == 7, "Ben sees what Ann does");
    require(meeple_rpc(object, MEEPLE_ALL, wave, 3) == 0, "a call");
    settle(game);
    require(meeple_object_hand_over(object, MEEPLE_SERVER) == 0, "a hand-over");
    settle(game);
}

/* A card is played; a note is too long for a packet; then Ben may read the notes, too. */
static void play_note(const struct game *game, struct pawn *pawn, meeple_object *object)
{
    static const char note[] = "Whoever has two cards wants a third one, and whoever has three "
                               "would rather have the two again; the king, who has none, "
                               "wants them all.";

    pawn->hand[--pawn->hand_count] = (struct card){0};
    pawn->note = note;
    settle(game);
    require(strcmp(pawn_of(game->ann)->note, note) == 0, "Ann has the note");
    pawn->note = "bye";
    require(meeple_object_show_group(object, NOTES, id_of(game->ben), true) == 0, "a group");
    settle(game);
    require(strcmp(pawn_of(game->ben)->note, "bye") == 0, "Ben has the note");
}

/* The first check finds nothing, the second that Ann has written into what is not hers. */
static void play_checks(const struct game *game, meeple_object *object)
{
    run(game, CHECK_MS);
    pawn_of(game->ann)->at.x = 99;
    run(game, CHECK_MS);
    require(pawn_of(game->ann)->at.x == 7, "it was mended");
    meeple_object_remove(object);
    settle(game);
    require(!pawn_of(game->ann) && !pawn_of(game->ben), "the pawn is gone");
}

int main(void)
{
    static struct game game;
    struct pawn pawn = {
        .name = "Ann", .at = {3, 4}, .hand_count = 1, .hand = {{.suit = 1, .rank = 7}}, .note = ""};
    meeple_object *object;

    begin(&game);
    play_first(&game, &pawn, &object);
    play_hand_over(&game, object);
    play_note(&game, &pawn, object);
    play_checks(&game, object);
    meeple_world_free(game.ben);
    meeple_world_free(game.ann);
    meeple_world_free(game.host);
    sim_free(game.sim);
    return 0;
}
