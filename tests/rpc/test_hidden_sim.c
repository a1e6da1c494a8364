/* test_hidden_sim: what a peer does not see is in no byte that was ever sent to it. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/support/prng.h"
#include "tests/support/recording.h"
#include "tests/support/sim.h"

/*
 * Every value is a marker: a number or a text that is used once, for one field of one object.  The
 * game knows who may see which, apart from the library, at each moment at which the library may
 * tell it: before a poll, before a call, and after what a handler did.  All that the host has sent
 * is recorded as it went out, unmasked, and searched for markers after each game.
 */

enum {
    CLIENTS = 4,
    THINGS = 8,
    TEXT = 16, /* "~MRK01234567" and a NUL */
    MARKERS_MAX = 20000,
    PEERS_MAX = 64,
    POLL_MS = 5000,
    ROUGH_MS = 700,
    CALM_MS = 60000,
    SEEDS_EACH = 125
};

/* Who sees a field, beside those who see all. */
enum {
    PUBLIC = 0,
    ONE = 1,
    SIX = 6,
    OWNED = 7 /* nobody */
};

struct thing {
    struct {
        uint8_t where; /* the filter goes by it */
        uint64_t open, own, one, six[2];
        char open_text[TEXT], own_text[TEXT], one_text[TEXT], six_text[TEXT];
    } now;
    uint8_t passes[7]; /* of each group: bits, by peer % 8; the host's only */
    bool filtered;     /* and this */
    meeple_object *object;
};

static const meeple_field thing_fields[] = {
    MEEPLE_STATE(struct thing, now.six_text, .flags = MEEPLE_ON_SPAWN | MEEPLE_GROUP(6)),
    MEEPLE_STATE(struct thing, now.where),
    MEEPLE_STATE(struct thing, now.open),
    MEEPLE_STATE(struct thing, now.own, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, now.one, .flags = MEEPLE_GROUP(1)),
    MEEPLE_STATE(struct thing, now.six, .flags = MEEPLE_GROUP(6)),
    MEEPLE_STATE(struct thing, now.open_text),
    MEEPLE_STATE(struct thing, now.own_text, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, now.one_text, .flags = MEEPLE_GROUP(1)),
};

/* What the server thinks of an object, kept apart from the library. */
struct entry {
    meeple_object *object; /* NULL: there is none */
    struct thing *thing;
    char path[TEXT];
    int32_t owner, master;
    bool mortal;
    struct thing told; /* as it was when the library last looked */
    uint64_t touched;  /* how many batches there had been, when more than its values changed */
    bool shown[7][PEERS_MAX]; /* group by group, to each that ever joined */
    bool everyone[7];         /* to who will */
};

struct game {
    uint64_t seed;
    struct prng prng;
    struct sim *sim;
    meeple_limits limits;
    meeple_world *host, *clients[CLIENTS];
    struct entry entries[THINGS];
    int32_t peers[PEERS_MAX]; /* all that ever joined */
    size_t peer_count;
    uint64_t allowed[MARKERS_MAX], sent[MARKERS_MAX]; /* of each marker, bits: the peers */
    size_t marker_count;
    struct recording recording;
    unsigned drops, hand_overs, found, spared;
};

/* One game at a time; a handler finds it here. */
static struct game *game;

/* ---- who may see what, once more ---- */

/* The filter of one of the classes; the other has none. */
static bool passes(const struct thing *thing, int32_t peer, unsigned group)
{
    return !thing->filtered ||
           ((thing->passes[group] >> peer % 8 & 1) && (group != ONE || thing->now.where % 2 == 0));
}

static bool sees(const struct entry *entry, size_t peer, unsigned group)
{
    int32_t id = game->peers[peer];

    if (id == entry->owner || id == entry->master) {
        return true;
    }
    return group != OWNED && entry->shown[PUBLIC][peer] && passes(entry->thing, id, PUBLIC) &&
           (group == PUBLIC || (entry->shown[group][peer] && passes(entry->thing, id, group)));
}

static uint64_t seers(const struct entry *entry, unsigned group)
{
    uint64_t bits = 0;

    for (size_t peer = 0; peer < game->peer_count; peer++) {
        bits |= (uint64_t)sees(entry, peer, group) << peer;
    }
    return bits;
}

static uint32_t new_marker(void)
{
    cr_assert_lt(game->marker_count, MARKERS_MAX);
    return (uint32_t)game->marker_count++;
}

static uint64_t new_number(void)
{
    return UINT64_C(0xd74d524b) << 32 | new_marker();
}

static void new_text(char *dst)
{
    snprintf(dst, TEXT, "~MRK%08" PRIx32, new_marker());
}

/* Zero, in a thing that has no value yet, is no marker. */
static void allow_number(uint64_t number, uint64_t bits)
{
    if (number != 0) {
        game->allowed[(uint32_t)number] |= bits;
    }
}

static void allow_text(const char *text, uint64_t bits)
{
    if (text[0] != '\0') {
        game->allowed[strtoul(text + 4, NULL, 16)] |= bits;
    }
}

/* The library may tell of the object, which has these values. */
static void allow(const struct entry *entry, const struct thing *thing)
{
    uint64_t open = seers(entry, PUBLIC), own = seers(entry, OWNED), one = seers(entry, ONE),
             six = seers(entry, SIX);

    allow_text(entry->path, open);
    allow_number(thing->now.open, open);
    allow_text(thing->now.open_text, open);
    allow_number(thing->now.own, own);
    allow_text(thing->now.own_text, own);
    allow_number(thing->now.one, one);
    allow_text(thing->now.one_text, one);
    allow_number(thing->now.six[0], six);
    allow_number(thing->now.six[1], six);
    allow_text(thing->now.six_text, six);
}

static void allow_all(void)
{
    for (size_t i = 0; i < THINGS; i++) {
        if (game->entries[i].object) {
            allow(&game->entries[i], game->entries[i].thing);
        }
    }
}

/* It looks now. */
static void look_all(void)
{
    allow_all();
    for (size_t i = 0; i < THINGS; i++) {
        if (game->entries[i].object) {
            game->entries[i].told = *game->entries[i].thing;
        }
    }
}

static uint64_t batches(void)
{
    return meeple_world_state_stats(game->host).batches;
}

/* It has looked if there is a batch more than before: what was refused at once did not make it. */
static void look_if_flushed(uint64_t before)
{
    if (batches() > before) {
        look_all();
    } else {
        allow_all();
    }
}

static void has_looked(const struct thing *thing)
{
    for (size_t i = 0; i < THINGS; i++) {
        if (game->entries[i].object && game->entries[i].thing == thing) {
            game->entries[i].told = *thing;
            allow(&game->entries[i], thing);
        }
    }
}

/* ---- the class ---- */

static void thing_ready(void *self, meeple_object *object)
{
    struct thing *thing = self;

    thing->object = object;
    has_looked(thing);
}

/* On the host the library has just looked, or the master's word has come. */
static void thing_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    (void)object;
    (void)changes;
    has_looked(self);
}

static void thing_removed(void *self, meeple_object *object)
{
    if (meeple_net_is_server(meeple_world_net(meeple_object_world(object)))) {
        free(self);
    }
}

static bool thing_shows(const void *self, const meeple_object *object, int32_t peer, unsigned group)
{
    cr_assert(meeple_net_is_server(meeple_world_net(meeple_object_world(object))));
    return passes(self, peer, group);
}

#define MARK(ARG) ARG(uint64_t, number)
MEEPLE_RPC(mark, MARK)
MEEPLE_ANSWERS(struct thing, mark)
static void on_mark(struct thing *self, const struct mark *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_method thing_methods[] = {MEEPLE_METHOD(mark, MEEPLE_RPC_REMOTE)};
static const meeple_state thing_state = {.fields = thing_fields,
                                         .field_count = MEEPLE_COUNT(thing_fields),
                                         .size = sizeof(struct thing),
                                         .on_ready = thing_ready,
                                         .on_changed = thing_changed,
                                         .on_removed = thing_removed,
                                         .shows = thing_shows};
static const meeple_state mortal_state = {.fields = thing_fields,
                                          .field_count = MEEPLE_COUNT(thing_fields),
                                          .size = sizeof(struct thing),
                                          .dies_with_master = true,
                                          .on_ready = thing_ready,
                                          .on_changed = thing_changed,
                                          .on_removed = thing_removed};
static const meeple_class thing_class = {
    .name = "thing", .methods = thing_methods, .method_count = 1, .state = &thing_state};
static const meeple_class mortal_class = {
    .name = "mortal", .methods = thing_methods, .method_count = 1, .state = &mortal_state};
static const meeple_class *const classes[] = {&thing_class, &mortal_class, NULL};

/* ---- what was sent ---- */

static void tap(void *ctx, const char *from, const char *to, uint16_t port, meeple_bytes bytes)
{
    recording_add(ctx, from, to, port, bytes);
}

/* The marker whose "MRK" is at bytes, or MARKERS_MAX. */
static size_t marker_at(const uint8_t *bytes, size_t before, size_t left)
{
    char hex[9] = "";
    size_t number = MARKERS_MAX;

    if (before > 0 && bytes[-1] == 0xd7 && left >= 7) {
        number = (size_t)bytes[3] << 24 | (size_t)bytes[4] << 16 | (size_t)bytes[5] << 8 | bytes[6];
    } else if (before > 0 && bytes[-1] == '~' && left >= 11) {
        memcpy(hex, bytes + 3, 8);
        number = strtoul(hex, NULL, 16);
    }
    return number < game->marker_count ? number : MARKERS_MAX;
}

static void search(const struct recording_stream *stream)
{
    int32_t id = recording_peer(stream);
    const uint8_t *end = stream->bytes + stream->len, *at = stream->bytes;
    uint64_t bit = 0;

    for (size_t i = 0; i < game->peer_count; i++) {
        bit = game->peers[i] == id ? UINT64_C(1) << i : bit;
    }
    while (at < end && (at = memchr(at, 'M', (size_t)(end - at)))) {
        if (end - at >= 3 && memcmp(at, "MRK", 3) == 0) {
            size_t marker = marker_at(at, (size_t)(at - stream->bytes), (size_t)(end - at));

            if (marker < MARKERS_MAX) {
                cr_assert(game->allowed[marker] & bit,
                          "seed %" PRIu64 ": marker %zu was sent to %s, peer %" PRId32, game->seed,
                          marker, stream->to, id);
                game->sent[marker] |= bit;
                game->found++;
            }
        }
        at++;
    }
}

/* Of a marker that the peer sees at the end: it was sent, so that whoever searches finds. */
static void expect_sent_number(uint64_t number, uint64_t bit)
{
    cr_assert(number == 0 || (game->sent[(uint32_t)number] & bit), "seed %" PRIu64, game->seed);
}

static void expect_sent_text(const char *text, uint64_t bit)
{
    cr_assert(text[0] == '\0' || (game->sent[strtoul(text + 4, NULL, 16)] & bit), "seed %" PRIu64,
              game->seed);
}

static void search_all(void)
{
    for (size_t i = 0; i < game->recording.count; i++) {
        search(&game->recording.streams[i]);
    }
    for (size_t marker = 0; marker < game->marker_count; marker++) {
        for (size_t peer = 0; peer < game->peer_count; peer++) {
            game->spared += (game->sent[marker] >> peer & 1) == 0;
        }
    }
}

/* ---- what happens ---- */

static uint64_t below(uint64_t bound)
{
    return prng_below(&game->prng, bound);
}

/* Somebody who is there, or the server. */
static int32_t anyone(void)
{
    int32_t ids[CLIENTS];
    size_t count = meeple_net_peers(meeple_world_net(game->host), ids, CLIENTS);
    size_t which = (size_t)below((count < CLIENTS ? count : CLIENTS) + 1);

    return which == 0 ? MEEPLE_SERVER : ids[which - 1];
}

/* Some values at once. */
static void change(struct thing *thing)
{
    for (uint64_t n = 1 + below(3); n > 0; n--) {
        switch (below(9)) {
        case 0:
            thing->now.open = new_number();
            break;
        case 1:
            new_text(thing->now.open_text);
            break;
        case 2:
            thing->now.own = new_number();
            break;
        case 3:
            new_text(thing->now.own_text);
            break;
        case 4:
            thing->now.one = new_number();
            break;
        case 5:
            new_text(thing->now.one_text);
            break;
        case 6:
            thing->now.where++;
            break;
        default:
            thing->now.six[below(2)] = new_number();
        }
    }
}

static void spawn(struct entry *entry)
{
    bool mortal = below(3) == 0;
    struct thing *thing = calloc(1, sizeof *thing);

    *entry = (struct entry){
        .thing = thing, .owner = MEEPLE_SERVER, .master = MEEPLE_SERVER, .mortal = mortal};
    thing->filtered = !mortal;
    new_text(entry->path);
    new_text(thing->now.open_text);
    new_text(thing->now.own_text);
    new_text(thing->now.six_text);
    thing->now.one = new_number();
    for (size_t group = 0; group < 7; group++) {
        thing->passes[group] = (uint8_t)(below(256) | below(256));
    }
    entry->everyone[PUBLIC] = true;
    for (size_t peer = 0; peer < game->peer_count; peer++) {
        entry->shown[PUBLIC][peer] = true;
    }
    cr_assert_eq(meeple_object_spawn(&entry->object, game->host,
                                     mortal ? &mortal_class : &thing_class, entry->path, thing),
                 0);
}

static void show(struct entry *entry)
{
    static const unsigned groups[] = {PUBLIC, ONE, SIX};
    unsigned group = groups[below(3)];
    int32_t peer = below(4) == 0 ? MEEPLE_ALL : anyone();
    bool shown = below(2) == 0;
    int rc = group == PUBLIC ? meeple_object_show(entry->object, peer, shown)
                             : meeple_object_show_group(entry->object, group, peer, shown);

    cr_assert(rc == 0 || rc == MEEPLE_ENOTFOUND);
    for (size_t i = 0; i < game->peer_count && rc == 0; i++) {
        if (peer == MEEPLE_ALL || peer == game->peers[i]) {
            entry->shown[group][i] = shown;
            entry->touched = batches();
        }
    }
    if (peer == MEEPLE_ALL) {
        entry->everyone[group] = shown;
    }
}

/* The argument is for those who see the object: what is shown to them is told before it. */
static void call(const struct entry *entry)
{
    uint64_t number = new_number();
    int32_t to = below(2) == 0 ? MEEPLE_ALL : anyone();
    uint64_t before = batches();

    allow_number(number, seers(entry, PUBLIC));
    (void)meeple_rpc(entry->object, to, mark, number);
    look_if_flushed(before);
}

static void host_acts(void)
{
    struct entry *entry = &game->entries[below(THINGS)];
    int32_t peer = anyone();
    uint64_t what = below(16);

    if (!entry->object) {
        spawn(entry);
        entry->touched = batches();
        return;
    }
    switch (what) {
    case 0:
        meeple_object_remove(entry->object);
        entry->object = NULL;
        break;
    case 1:
    case 2:
    case 3:
        show(entry);
        break;
    case 4:
        if (meeple_object_set_owner(entry->object, peer) == 0 && entry->owner != peer) {
            entry->owner = peer;
            entry->touched = batches();
        }
        break;
    case 5:
        if (meeple_object_hand_over(entry->object, peer) == 0 && entry->master != peer) {
            /* What was changed until then was told first. */
            look_all();
            entry->master = peer;
            entry->touched = batches();
            game->hand_overs++;
        }
        break;
    case 6:
        call(entry);
        break;
    case 7:
        entry->thing->passes[below(7)] ^= (uint8_t)below(256);
        cr_assert_eq(meeple_object_look_again(entry->object), 0);
        entry->touched = batches();
        break;
    case 8:
    case 9:
        /* A card that is exchanged and turned over at once. */
        if (entry->master == MEEPLE_SERVER) {
            change(entry->thing);
            change(entry->thing);
        }
        show(entry);
        break;
    default:
        if (entry->master == MEEPLE_SERVER) {
            change(entry->thing);
        }
    }
}

/* A master changes what is its; what it makes of that is its own. */
static void client_acts(size_t index)
{
    meeple_world *world = game->clients[index];
    const struct entry *entry = &game->entries[below(THINGS)];
    struct thing *thing;
    int32_t id = world ? meeple_net_id(meeple_world_net(world)) : 0;

    if (id == 0 || !entry->object || entry->master != id) {
        return;
    }
    thing = meeple_object_find(world, entry->mortal ? &mortal_class : &thing_class, entry->path);
    if (thing && meeple_object_is_master(thing->object)) {
        change(thing);
    }
}

static void forget(int32_t peer)
{
    for (size_t i = 0; i < THINGS; i++) {
        struct entry *entry = &game->entries[i];

        if (entry->object && entry->master == peer && entry->mortal) {
            entry->object = NULL;
        }
        entry->master = entry->master == peer ? MEEPLE_SERVER : entry->master;
        entry->owner = entry->owner == peer ? MEEPLE_SERVER : entry->owner;
    }
}

/* As a game would: who comes is shown this, and not that.  What is only given other values may be
 * told as it was when the library last looked. */
static void act_at_join(void)
{
    for (uint64_t n = below(4); n > 0; n--) {
        host_acts();
    }
    for (size_t i = 0; i < THINGS; i++) {
        if (game->entries[i].object && game->entries[i].touched < batches()) {
            allow(&game->entries[i], &game->entries[i].told);
        }
    }
}

static void host_event(meeple_world *world, const meeple_event *event)
{
    (void)world;
    if (event->type == MEEPLE_EVENT_JOIN) {
        size_t peer = game->peer_count++;

        cr_assert_lt(peer, PEERS_MAX);
        game->peers[peer] = event->peer;
        for (size_t i = 0; i < THINGS; i++) {
            for (size_t group = 0; group < 7; group++) {
                game->entries[i].shown[group][peer] = game->entries[i].everyone[group];
            }
        }
        act_at_join();
    }
    if (event->type == MEEPLE_EVENT_LEAVE) {
        forget(event->peer);
    }
    allow_all();
}

static void refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    cr_assert_fail("seed %" PRIu64 ": %s", game->seed, refusal->text);
}

static void begin(void)
{
    meeple_net *net;

    game->recording.from = "host";
    game->sim = sim_new(&(struct sim_options){.seed = game->seed,
                                              .latency_max_ms = (uint32_t)(game->seed % 60),
                                              .chop = true,
                                              .stutter = true,
                                              .completions = game->seed % 2 == 1,
                                              .tap = tap,
                                              .tap_ctx = &game->recording});
    if (game->seed % 3 == 0) {
        /* An object does not fit a packet, nor several a queue. */
        game->limits = (meeple_limits){.message_bytes_max = 140, .queue_bytes_max = 700};
    }
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = 4000,
                                                         .limits = game->limits,
                                                         .io = sim_driver(game->sim, "host")}),
        0);
    cr_assert_eq(meeple_world_new(&game->host, net,
                                  &(meeple_world_options){.classes = classes,
                                                          .on_event = host_event,
                                                          .on_refused = refused}),
                 0);
}

static void come(size_t index)
{
    meeple_net *net;
    char name[8];

    snprintf(name, sizeof name, "c%zu", index);
    cr_assert_eq(meeple_net_connect(&net, "ws://host:4000",
                                    &(meeple_connect_options){.limits = game->limits,
                                                              .io = sim_driver(game->sim, name)}),
                 0);
    cr_assert_eq(
        meeple_world_new(&game->clients[index], net,
                         &(meeple_world_options){.classes = classes, .on_refused = refused}),
        0);
}

static void poll_all(void)
{
    int rc;

    look_all();
    while ((rc = meeple_world_poll(game->host, POLL_MS)) > 0) {
    }
    cr_assert_eq(rc, 0);
    allow_all();
    for (size_t i = 0; i < CLIENTS; i++) {
        if (!game->clients[i]) {
            come(i);
        }
        while ((rc = meeple_world_poll(game->clients[i], POLL_MS)) > 0) {
        }
        if (rc == MEEPLE_ECLOSED) {
            meeple_world_free(game->clients[i]);
            game->clients[i] = NULL;
            game->drops++;
        }
    }
}

/* What a client has is what it sees, zero where it does not, and every marker in it was found. */
static void expect_same(const struct entry *entry, size_t index)
{
    meeple_world *world = game->clients[index];
    const struct thing *here =
        meeple_object_find(world, entry->mortal ? &mortal_class : &thing_class, entry->path);
    struct thing seen = *entry->thing;
    size_t peer = 0;
    uint64_t bit;

    while (peer < game->peer_count && game->peers[peer] != meeple_net_id(meeple_world_net(world))) {
        peer++;
    }
    cr_assert_lt(peer, game->peer_count);
    bit = UINT64_C(1) << peer;
    if (!sees(entry, peer, PUBLIC)) {
        cr_assert_null(here, "seed %" PRIu64, game->seed);
        return;
    }
    cr_assert_not_null(here, "seed %" PRIu64 ": client %zu", game->seed, index);
    if (!sees(entry, peer, OWNED)) {
        seen.now.own = 0;
        memset(seen.now.own_text, 0, TEXT);
    }
    if (!sees(entry, peer, ONE)) {
        seen.now.one = 0;
        memset(seen.now.one_text, 0, TEXT);
    }
    if (!sees(entry, peer, SIX)) {
        memset(seen.now.six, 0, sizeof seen.now.six);
        memset(seen.now.six_text, 0, TEXT);
    }
    cr_assert_eq(memcmp(&here->now, &seen.now, sizeof seen.now), 0,
                 "seed %" PRIu64 ": client %zu has %s otherwise", game->seed, index, entry->path);
    if (entry->master == game->peers[peer]) {
        return; /* it has made some of them itself */
    }
    expect_sent_text(entry->path, bit);
    expect_sent_number(seen.now.open, bit);
    expect_sent_text(seen.now.open_text, bit);
    expect_sent_number(seen.now.own, bit);
    expect_sent_number(seen.now.one, bit);
    expect_sent_text(seen.now.one_text, bit);
    expect_sent_number(seen.now.six[1], bit);
}

static void end(void)
{
    search_all();
    for (size_t i = 0; i < THINGS; i++) {
        for (size_t client = 0; client < CLIENTS && game->entries[i].object; client++) {
            expect_same(&game->entries[i], client);
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        meeple_world_free(game->clients[i]);
    }
    for (size_t i = 0; i < THINGS; i++) {
        if (game->entries[i].object) {
            free(game->entries[i].thing);
        }
    }
    meeple_world_free(game->host);
    sim_free(game->sim);
    recording_done(&game->recording);
}

static void one_game(unsigned breaks)
{
    uint64_t until, next_break;

    begin();
    until = sim_now(game->sim) + ROUGH_MS;
    next_break = sim_now(game->sim) + 200;
    do {
        poll_all();
        for (uint64_t n = below(5); n > 0; n--) {
            host_acts();
            client_acts((size_t)below(CLIENTS));
        }
        if (breaks > 0 && sim_now(game->sim) >= next_break) {
            char name[8];

            snprintf(name, sizeof name, "c%u", (unsigned)below(CLIENTS));
            sim_reset_all(game->sim, name);
            next_break = sim_now(game->sim) + 1 + below(2 * ROUGH_MS / breaks);
        }
    } while (sim_step_until(game->sim, until));
    until = sim_now(game->sim) + CALM_MS;
    do {
        poll_all();
    } while (sim_step_until(game->sim, until));
    end();
}

static void games(uint64_t first)
{
    unsigned drops = 0, hand_overs = 0, found = 0, spared = 0;

    for (uint64_t seed = first; seed < first + SEEDS_EACH; seed++) {
        game = calloc(1, sizeof *game);
        game->seed = game->prng.state = seed;
        one_game((unsigned)(seed % 4));
        drops += game->drops;
        hand_overs += game->hand_overs;
        found += game->found;
        spared += game->spared;
        free(game);
    }
    cr_expect_gt(drops, SEEDS_EACH / 2);
    cr_expect_gt(hand_overs, SEEDS_EACH);
    cr_expect_gt(found, SEEDS_EACH * 100);
    cr_expect_gt(spared, SEEDS_EACH * 100);
}

/* A thousand seeds, in parts that run beside each other. */
Test(hidden_sim, is_never_sent_seeds_0_to_124)
{
    games(0);
}

Test(hidden_sim, is_never_sent_seeds_125_to_249)
{
    games(125);
}

Test(hidden_sim, is_never_sent_seeds_250_to_374)
{
    games(250);
}

Test(hidden_sim, is_never_sent_seeds_375_to_499)
{
    games(375);
}

Test(hidden_sim, is_never_sent_seeds_500_to_624)
{
    games(500);
}

Test(hidden_sim, is_never_sent_seeds_625_to_749)
{
    games(625);
}

Test(hidden_sim, is_never_sent_seeds_750_to_874)
{
    games(750);
}

Test(hidden_sim, is_never_sent_seeds_875_to_999)
{
    games(875);
}
