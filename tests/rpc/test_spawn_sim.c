/* test_spawn_sim: spawned objects over networks that chop, stall and break: at rest everyone has
 * what it may see, byte for byte, and nothing else was ever sent to it. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/rpc/bags.h"
#include "tests/rpc/spoil.h"
#include "tests/support/prng.h"
#include "tests/support/recording.h"
#include "tests/support/sim.h"

enum {
    CLIENTS = 4,
    THINGS = 12,
    CELLS = 70,
    TOKEN = 9,   /* "~1234567" and a NUL */
    ESSAY = 700, /* bytes, longer than a packet in some games */
    TOKENS_MAX = 20000,
    PEERS_MAX = 64,
    POLL_MS = 5000,
    ROUGH_MS = 200,
    LONG_MS = 2000,
    LONG_EVERY = 16, /* games */
    CALM_MS = 60000,
    CALM_CHECK_MS = 500, /* and 64 times that at the most */
#if defined(__SANITIZE_ADDRESS__)
    SPOILT = 125,
    SEEDS_EACH = 200 /* each is slower: for what only it finds */
#elif defined(__EMSCRIPTEN__)
    SPOILT = 16,
    SEEDS_EACH = 16 /* slower still, and the code is the same */
#else
    SPOILT = 125,
    SEEDS_EACH = 1000
#endif
};

/* A struct and, behind it, what its handlers have been told of it. */
struct thing {
    struct {
        char label[TOKEN];
        char open[TOKEN]; /* tokens: texts that are in use once */
        char secret[TOKEN];
        char essay[ESSAY], diary[ESSAY]; /* a token again and again */
        int32_t count;
        double real;
        bool yes;
        meeple_vec3 place;
        uint16_t cells[CELLS];
        int64_t purse[3];
    } now, told;
    struct bag bag;
    struct bag_flat bag_told;
    int stage; /* 1: ready, 2: removed */
    meeple_object *object;
};

static const meeple_field thing_fields[] = {
    MEEPLE_STATE(struct thing, now.label, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct thing, now.open),
    MEEPLE_STATE(struct thing, now.secret, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, now.essay),
    MEEPLE_STATE(struct thing, now.diary, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, now.count, .min = -1000000, .max = 1000000),
    MEEPLE_STATE(struct thing, now.real, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct thing, now.yes),
    MEEPLE_STATE(struct thing, now.place),
    MEEPLE_STATE(struct thing, now.cells),
    MEEPLE_STATE(struct thing, now.purse, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE_STRUCT(struct thing, bag, struct bag, bag_fields),
};

/* What the server thinks of an object, kept apart from the library. */
struct entry {
    meeple_object *object; /* NULL: there is none */
    struct thing *thing;
    const meeple_class *cls;
    char path[TOKEN];
    int32_t owner, master;
    bool hidden;
    int32_t others[PEERS_MAX];
    size_t other_count;
    bool mortal;
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
    uint64_t allowed[TOKENS_MAX]; /* of each token, bits: the peers */
    char tokens[TOKENS_MAX][TOKEN];
    size_t token_count;
    struct recording recording;
    unsigned drops, marks, hand_overs, sets, late_sets;
    uint64_t checks, mismatches, repairs; /* of all clients */
    bool spoils;                          /* what clients have is made wrong now and then */
};

/* One game at a time; a handler finds it here. */
static struct game *game;

static void thing_ready(void *self, meeple_object *object)
{
    struct thing *thing = self;

    thing->object = object;
    cr_assert_eq(thing->stage, 0, "seed %" PRIu64 ": ready twice", game->seed);
    thing->stage = 1;
    thing->told = thing->now;
    bag_flatten(&thing->bag_told, &thing->bag, true, false);
}

static void thing_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    struct thing *thing = self;
    bool any = false;

    (void)object;
    cr_assert_eq(thing->stage, 1, "seed %" PRIu64 ": changed, and not there", game->seed);
    if (MEEPLE_CHANGED(changes, struct thing, bag)) {
        any = true;
        bag_changed(&thing->bag_told, &thing->bag, offsetof(struct thing, bag), changes);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(thing_fields) - 1; i++) {
        size_t from = thing_fields[i].offset, end = from + thing_fields[i].size;
        size_t step = thing_fields[i].type == MEEPLE_TYPE_U16   ? sizeof(uint16_t)
                      : thing_fields[i].type == MEEPLE_TYPE_I64 ? sizeof(int64_t)
                                                                : thing_fields[i].size;

        if (!meeple_changes_touch(changes, from, thing_fields[i].size)) {
            continue;
        }
        any = true;
        for (size_t at = from; at < end; at += step) {
            if (meeple_changes_touch(changes, at, 1)) {
                memcpy((char *)thing + at + sizeof thing->now, (const char *)thing + at, step);
            }
        }
    }
    cr_assert(any);
}

static void thing_removed(void *self, meeple_object *object)
{
    struct thing *thing = self;

    cr_assert_neq(thing->stage, 2, "seed %" PRIu64 ": removed twice", game->seed);
    thing->stage = 2;
    if (meeple_net_is_server(meeple_world_net(meeple_object_world(object)))) {
        free(thing);
    }
}

#define MARK(ARG) ARG(int32_t, count)
MEEPLE_RPC(mark, MARK)
MEEPLE_ANSWERS(struct thing, mark)
/* Whatever was changed before the call has come before it; and nothing that was changed after,
 * unless the call had to wait. */
static void on_mark(struct thing *self, const struct mark *arg, const meeple_call *call)
{
    cr_assert_eq(self->stage, 1, "seed %" PRIu64, game->seed);
    if (!game->spoils && meeple_object_master(call->object) == MEEPLE_SERVER) {
        cr_assert_geq(self->now.count, arg->count, "seed %" PRIu64, game->seed);
        cr_assert(self->now.count == arg->count || game->limits.queue_bytes_max > 0,
                  "seed %" PRIu64, game->seed);
        game->marks++;
    }
}

/* The master has it from somebody; that everyone has it in the end is compared as all else. */
static void thing_set(void *self, meeple_object *object, const meeple_field *field,
                      const meeple_call *call)
{
    const struct thing *thing = self;

    (void)call;
    cr_assert_eq(thing->stage, 1, "seed %" PRIu64 ": set, and not there", game->seed);
    cr_assert(MEEPLE_FIELD_IS(field, struct thing, now.real));
    cr_assert(meeple_object_is_master(object), "seed %" PRIu64, game->seed);
    game->sets++;
}

static const meeple_method thing_methods[] = {MEEPLE_METHOD(mark, MEEPLE_RPC_REMOTE)};
static const meeple_state thing_state = {.fields = thing_fields,
                                         .field_count = MEEPLE_COUNT(thing_fields),
                                         .size = sizeof(struct thing),
                                         .on_ready = thing_ready,
                                         .on_changed = thing_changed,
                                         .on_removed = thing_removed,
                                         .on_set = thing_set};
static const meeple_state mortal_state = {.fields = thing_fields,
                                          .field_count = MEEPLE_COUNT(thing_fields),
                                          .size = sizeof(struct thing),
                                          .dies_with_master = true,
                                          .on_ready = thing_ready,
                                          .on_changed = thing_changed,
                                          .on_removed = thing_removed,
                                          .on_set = thing_set};
/* The same, but some of it at most so often, or always. */
static const meeple_field quiet_fields[] = {
    MEEPLE_STATE(struct thing, now.label, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct thing, now.open, .interval_ms = 70),
    MEEPLE_STATE(struct thing, now.secret, .flags = MEEPLE_OWNER_ONLY, .interval_ms = 70),
    MEEPLE_STATE(struct thing, now.essay, .interval_ms = 300),
    MEEPLE_STATE(struct thing, now.diary, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, now.count, .min = -1000000, .max = 1000000),
    MEEPLE_STATE(struct thing, now.real, .interval_ms = 300, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct thing, now.yes, .flags = MEEPLE_ALWAYS, .interval_ms = 20000),
    MEEPLE_STATE(struct thing, now.place, .interval_ms = 70),
    MEEPLE_STATE(struct thing, now.cells, .interval_ms = 300),
    MEEPLE_STATE(struct thing, now.purse, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE_STRUCT(struct thing, bag, struct bag, bag_fields, .interval_ms = 70),
};
static const meeple_state quiet_state = {.fields = quiet_fields,
                                         .field_count = MEEPLE_COUNT(quiet_fields),
                                         .size = sizeof(struct thing),
                                         .touched_only = true,
                                         .on_ready = thing_ready,
                                         .on_changed = thing_changed,
                                         .on_removed = thing_removed,
                                         .on_set = thing_set};
static const meeple_class thing_class = {
    .name = "thing", .methods = thing_methods, .method_count = 1, .state = &thing_state};
static const meeple_class mortal_class = {
    .name = "mortal", .methods = thing_methods, .method_count = 1, .state = &mortal_state};
static const meeple_class quiet_class = {
    .name = "quiet", .methods = thing_methods, .method_count = 1, .state = &quiet_state};
static const meeple_class *const classes[] = {&thing_class, &mortal_class, &quiet_class, NULL};

/* ---- who may see what, once more ---- */

static bool sees(const struct entry *entry, int32_t peer, bool secret)
{
    bool other = false;

    if (peer == MEEPLE_SERVER || peer == entry->owner || peer == entry->master) {
        return true;
    }
    for (size_t i = 0; i < entry->other_count; i++) {
        other = other || entry->others[i] == peer;
    }
    return !secret && entry->hidden == other;
}

static void allow(const char *token, uint64_t bits)
{
    if (token && token[0] == '~') {
        game->allowed[strtoul(token + 1, NULL, 10)] |= bits;
    }
}

static void allow_bytes(meeple_bytes bytes, uint64_t bits)
{
    char token[TOKEN] = "";

    if (bytes.len == TOKEN - 1) {
        memcpy(token, bytes.ptr, bytes.len);
        allow(token, bits);
    }
}

static void allow_thing(const struct thing *thing, uint64_t some, uint64_t secret)
{
    const struct bag *bag = &thing->bag;

    allow(thing->now.label, some);
    allow(thing->now.open, some);
    allow(thing->now.essay, some);
    allow(thing->now.secret, secret);
    allow(thing->now.diary, secret);
    allow(bag->origin, some);
    allow(bag->open, some);
    allow(bag->names[0], some);
    allow(bag->names[1], some);
    allow_bytes(bag->blob, some);
    if (bag->value.kind == MEEPLE_VALUE_STRING) {
        allow_bytes(bag->value.bytes, secret);
    }
    allow(bag->top.note, secret);
    for (size_t i = 0; i < bag->count; i++) {
        allow(bag->items[i].note, secret);
    }
}

/* Whoever may see a token now was allowed to. */
static void allow_all(void)
{
    for (size_t i = 0; i < THINGS; i++) {
        const struct entry *entry = &game->entries[i];
        uint64_t some = 0, secret = 0;

        if (!entry->object) {
            continue;
        }
        for (size_t peer = 0; peer < game->peer_count; peer++) {
            some |= (uint64_t)sees(entry, game->peers[peer], false) << peer;
            secret |= (uint64_t)sees(entry, game->peers[peer], true) << peer;
        }
        allow(entry->path, some);
        allow_thing(entry->thing, some, secret);
    }
}

static void new_token(char *dst)
{
    cr_assert_lt(game->token_count, TOKENS_MAX);
    snprintf(dst, TOKEN, "~%07u", (unsigned)game->token_count++);
}

/* One that lasts as long as the game. */
static const char *lasting_token(void)
{
    char *token = game->tokens[game->token_count];

    new_token(token);
    return token;
}

static void tap(void *ctx, const char *from, const char *to, uint16_t port, meeple_bytes bytes)
{
    recording_add(ctx, from, to, port, bytes);
}

static void check_stream(const struct recording_stream *stream)
{
    int32_t id = recording_peer(stream);
    uint64_t bit = 0;

    for (size_t i = 0; i < game->peer_count; i++) {
        bit = game->peers[i] == id ? UINT64_C(1) << i : bit;
    }
    for (size_t at = 0; at + TOKEN - 1 <= stream->len; at++) {
        char token[TOKEN] = "";
        unsigned number = TOKENS_MAX;

        if (stream->bytes[at] != '~') {
            continue;
        }
        memcpy(token, stream->bytes + at, TOKEN - 1);
        if (strspn(token + 1, "0123456789") == TOKEN - 2 && sscanf(token, "~%7u", &number) == 1 &&
            number < game->token_count) {
            cr_assert(game->allowed[number] & bit, "seed %" PRIu64 ": %s was sent to %s, %" PRId32,
                      game->seed, token, stream->to, id);
        }
    }
}

/* ---- what happens ---- */

static void host_event(meeple_world *world, const meeple_event *event)
{
    (void)world;
    if (event->type == MEEPLE_EVENT_JOIN) {
        cr_assert_lt(game->peer_count, PEERS_MAX);
        game->peers[game->peer_count++] = event->peer;
    }
    if (event->type == MEEPLE_EVENT_LEAVE) {
        for (size_t i = 0; i < THINGS; i++) {
            struct entry *entry = &game->entries[i];

            if (!entry->object) {
                continue;
            }
            if (entry->master == event->peer && entry->mortal) {
                entry->object = NULL;
                continue;
            }
            entry->master = entry->master == event->peer ? MEEPLE_SERVER : entry->master;
            entry->owner = entry->owner == event->peer ? MEEPLE_SERVER : entry->owner;
            for (size_t at = entry->other_count; at-- > 0;) {
                if (entry->others[at] == event->peer) {
                    entry->others[at] = entry->others[--entry->other_count];
                }
            }
        }
    }
    allow_all();
}

static void refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    if (game->spoils) {
        return;
    }
    if (strcmp(refusal->method, "now.real=") == 0 &&
        (refusal->rule == MEEPLE_REFUSAL_MODE || refusal->rule == MEEPLE_REFUSAL_NOT_MASTER)) {
        game->late_sets++; /* another one is its master by now */
        return;
    }
    cr_assert_fail("seed %" PRIu64 ": %s", game->seed, refusal->text);
}

static void begin(void)
{
    meeple_net *net;

    game->recording.from = "host";
    game->sim = sim_new(&(struct sim_options){.seed = game->seed,
                                              .latency_max_ms = (uint32_t)(game->seed % 90),
                                              .chop = true,
                                              .stutter = true,
                                              .completions = game->seed % 2 == 1,
                                              .tap = tap,
                                              .tap_ctx = &game->recording});
    if (game->seed % 3 == 0) {
        /* An object does not fit a packet, nor several a queue. */
        game->limits = (meeple_limits){.message_bytes_max = 700, .queue_bytes_max = 1400};
    }
    cr_assert_eq(
        meeple_net_listen(&net, &(meeple_listen_options){.port = 4000,
                                                         .limits = game->limits,
                                                         .io = sim_driver(game->sim, "host")}),
        0);
    cr_assert_eq(meeple_world_new(&game->host, net,
                                  &(meeple_world_options){.classes = classes,
                                                          .check_interval_ms =
                                                              1 + (uint32_t)(game->seed % 30) * 10,
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

static void end(void)
{
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
    for (size_t i = 0; i < game->recording.count; i++) {
        check_stream(&game->recording.streams[i]);
    }
    recording_done(&game->recording);
}

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

static void write_essay(char essay[ESSAY])
{
    char token[TOKEN];
    /* Whole tokens: what follows a piece of one could make another of it. */
    size_t len = (1 + (size_t)below(ESSAY / (TOKEN - 1) - 1)) * (TOKEN - 1);

    new_token(token);
    memset(essay, 0, ESSAY);
    for (size_t at = 0; at < len; at++) {
        essay[at] = token[at % (TOKEN - 1)];
    }
}

static void change(struct thing *thing, meeple_object *object)
{
    /* All that changes until the next flush is one. */
    cr_assert_eq(meeple_object_touch(object), 0);
    if (below(2) == 0) {
        bag_change(&thing->bag, &game->prng, lasting_token(), lasting_token());
        allow_all();
        return;
    }
    switch (below(10)) {
    case 8:
        write_essay(thing->now.essay);
        break;
    case 9:
        write_essay(thing->now.diary);
        break;
    case 0:
        new_token(thing->now.open);
        break;
    case 1:
        new_token(thing->now.secret);
        break;
    case 2:
        thing->now.real = (double)below(1000) / 7;
        thing->now.yes = !thing->now.yes;
        break;
    case 3:
        thing->now.place.y = (float)below(1000) / 8;
        break;
    case 4:
        thing->now.purse[below(3)] = (int64_t)prng_next(&game->prng);
        break;
    case 5:
        for (size_t i = 0; i < CELLS; i++) {
            thing->now.cells[i] = (uint16_t)below(65536);
        }
        break;
    case 6:
        thing->now.cells[below(CELLS)]++;
        break;
    default:
        thing->now.count++;
    }
    allow_all();
}

/* Asks who is its master to set something. */
static void set(meeple_object *object)
{
    int rc = meeple_set(object, meeple_object_master(object), "now.real", (double)below(1000) / 3);

    cr_assert(rc == 0 || rc == MEEPLE_ENOTFOUND || rc == MEEPLE_EFULL || rc == MEEPLE_ESTATE,
              "seed %" PRIu64 ": %s", game->seed, meeple_strerror(rc));
}

static void spawn(struct entry *entry)
{
    static const meeple_class *const kinds[] = {&thing_class, &thing_class, &mortal_class,
                                                &quiet_class};
    const meeple_class *cls = kinds[below(4)];

    *entry = (struct entry){.thing = calloc(1, sizeof *entry->thing),
                            .owner = MEEPLE_SERVER,
                            .master = MEEPLE_SERVER,
                            .cls = cls,
                            .mortal = cls == &mortal_class};
    new_token(entry->path);
    new_token(entry->thing->now.label);
    new_token(entry->thing->now.secret);
    entry->thing->bag.origin = lasting_token();
    for (uint64_t n = below(6); n > 0; n--) {
        bag_change(&entry->thing->bag, &game->prng, lasting_token(), lasting_token());
    }
    write_essay(entry->thing->now.diary);
    cr_assert_eq(meeple_object_spawn(&entry->object, game->host, cls, entry->path, entry->thing),
                 0);
    if (below(3) == 0) {
        cr_assert_eq(meeple_object_show(entry->object, MEEPLE_ALL, false), 0);
        entry->hidden = true;
    }
}

static void show(struct entry *entry)
{
    int32_t peer = below(4) == 0 ? MEEPLE_ALL : anyone();
    bool shown = below(2) == 0;
    size_t at = 0;
    int rc = meeple_object_show(entry->object, peer, shown);

    cr_assert(rc == 0 || rc == MEEPLE_ENOTFOUND);
    if (rc < 0 || peer == MEEPLE_SERVER) {
        return;
    }
    if (peer == MEEPLE_ALL) {
        entry->hidden = !shown;
        entry->other_count = 0;
        return;
    }
    while (at < entry->other_count && entry->others[at] != peer) {
        at++;
    }
    if (at < entry->other_count) {
        entry->others[at] = entry->others[--entry->other_count];
    }
    if (shown == entry->hidden) {
        entry->others[entry->other_count++] = peer;
    }
}

static void host_acts(void)
{
    struct entry *entry = &game->entries[below(THINGS)];
    int32_t peer = anyone();

    if (!entry->object) {
        spawn(entry);
        allow_all();
        return;
    }
    switch (below(13)) {
    case 12:
        set(entry->object);
        break;
    case 0:
        meeple_object_remove(entry->object);
        entry->object = NULL;
        break;
    case 1:
        show(entry);
        break;
    case 2:
        if (meeple_object_set_owner(entry->object, peer) == 0) {
            entry->owner = peer;
        }
        break;
    case 3:
        if (meeple_object_hand_over(entry->object, peer) == 0) {
            entry->master = peer;
            game->hand_overs++;
        }
        break;
    case 4:
        meeple_rpc(entry->object, MEEPLE_ALL, mark, entry->thing->now.count);
        break;
    default:
        if (entry->master == MEEPLE_SERVER) {
            change(entry->thing, entry->object);
        }
    }
    allow_all();
}

/* A master changes what is its; others ask it to. */
static void client_acts(size_t index)
{
    meeple_world *world = game->clients[index];
    const struct entry *entry = &game->entries[below(THINGS)];
    struct thing *thing;
    int32_t id = world ? meeple_net_id(meeple_world_net(world)) : 0;

    if (id == 0 || !entry->object) {
        return;
    }
    thing = meeple_object_find(world, entry->cls, entry->path);
    if (thing && below(8) == 0) {
        set(thing->object);
        return;
    }
    if (entry->master != id) {
        return;
    }
    if (thing && meeple_object_is_master(thing->object)) {
        uint64_t some = 0, secret = 0;

        change(thing, thing->object);
        for (size_t peer = 0; peer < game->peer_count; peer++) {
            some |= (uint64_t)sees(entry, game->peers[peer], false) << peer;
            secret |= (uint64_t)sees(entry, game->peers[peer], true) << peer;
        }
        allow_thing(thing, some, secret);
    }
}

static void count_checks(const meeple_world *world)
{
    meeple_state_stats stats = meeple_world_state_stats(world);

    game->checks += stats.checks;
    game->mismatches += stats.mismatches;
    game->repairs += stats.repairs;
}

static void poll_all(bool may_come)
{
    int rc;

    while ((rc = meeple_world_poll(game->host, POLL_MS)) > 0) {
    }
    cr_assert_eq(rc, 0);
    allow_all();
    for (size_t i = 0; i < CLIENTS; i++) {
        if (!game->clients[i] && may_come) {
            come(i);
        }
        if (!game->clients[i]) {
            continue;
        }
        while ((rc = meeple_world_poll(game->clients[i], POLL_MS)) > 0) {
        }
        if (rc == MEEPLE_ECLOSED) {
            count_checks(game->clients[i]);
            meeple_world_free(game->clients[i]);
            game->clients[i] = NULL;
            game->drops++;
        }
    }
}

/* What does not exist is zero wherever the master is somebody else. */
static void expect_same_bag(const struct entry *entry, size_t index, const struct thing *here)
{
    int32_t id = meeple_net_id(meeple_world_net(game->clients[index]));
    bool secret = sees(entry, id, true);
    struct bag_flat seen, has;

    bag_flatten(&seen, &entry->thing->bag, secret, entry->master != MEEPLE_SERVER);
    bag_flatten(&has, &here->bag, true, entry->master != id);
    cr_assert_eq(memcmp(&seen, &has, sizeof seen), 0,
                 "seed %" PRIu64 ": client %zu has the bag of %s otherwise", game->seed, index,
                 entry->path);
    cr_assert_eq(memcmp(&seen, &here->bag_told, sizeof seen), 0,
                 "seed %" PRIu64 ": client %zu was not told all of the bag of %s", game->seed,
                 index, entry->path);
}

static void expect_same(const struct entry *entry, size_t index)
{
    meeple_world *world = game->clients[index];
    int32_t id = meeple_net_id(meeple_world_net(world));
    const struct thing *here = meeple_object_find(world, entry->cls, entry->path);
    struct thing seen = *entry->thing;

    if (!sees(entry, id, false)) {
        cr_assert_null(here, "seed %" PRIu64, game->seed);
        return;
    }
    cr_assert_not_null(here, "seed %" PRIu64 ": client %zu lacks %s", game->seed, index,
                       entry->path);
    if (game->spoils && entry->master == id) {
        /* What a master has nobody else knows better, and it is not compared. */
        return;
    }
    if (!sees(entry, id, true)) {
        memset(seen.now.secret, 0, sizeof seen.now.secret);
        memset(seen.now.diary, 0, sizeof seen.now.diary);
        memset(seen.now.purse, 0, sizeof seen.now.purse);
    }
    cr_assert_eq(memcmp(&here->now, &seen.now, sizeof seen.now), 0,
                 "seed %" PRIu64 ": client %zu has %s otherwise", game->seed, index, entry->path);
    cr_assert_eq(memcmp(&here->told, &seen.now, sizeof seen.now), 0,
                 "seed %" PRIu64 ": client %zu was not told all of %s", game->seed, index,
                 entry->path);
    expect_same_bag(entry, index, here);
}

/* Somebody has something else than the server thinks. */
static void spoil(void)
{
    size_t client = (size_t)below(CLIENTS);
    meeple_world *world = game->clients[client];

    if (!world || meeple_net_id(meeple_world_net(world)) == 0) {
        return;
    }
    if (below(3) == 0) {
        spoil_belief(game->host, meeple_net_id(meeple_world_net(world)), &game->prng);
    } else {
        spoil_client(world, &game->prng);
    }
}

static void expect_all_same(void)
{
    uint32_t count[CLIENTS] = {0}, all = 0;
    struct bag_flat flat;

    for (size_t i = 0; i < THINGS; i++) {
        const struct entry *entry = &game->entries[i];

        if (!entry->object) {
            continue;
        }
        all++;
        cr_assert_eq(memcmp(&entry->thing->now, &entry->thing->told, sizeof entry->thing->now), 0,
                     "seed %" PRIu64 ": the host was not told all", game->seed);
        bag_flatten(&flat, &entry->thing->bag, true, entry->master != MEEPLE_SERVER);
        cr_assert_eq(memcmp(&flat, &entry->thing->bag_told, sizeof flat), 0,
                     "seed %" PRIu64 ": the host was not told all of a bag", game->seed);
        for (size_t client = 0; client < CLIENTS; client++) {
            expect_same(entry, client);
            count[client] +=
                sees(entry, meeple_net_id(meeple_world_net(game->clients[client])), false);
        }
    }
    cr_assert_eq(meeple_world_state_stats(game->host).spawned, all);
    for (size_t client = 0; client < CLIENTS; client++) {
        cr_assert_eq(meeple_world_state_stats(game->clients[client]).spawned, count[client]);
    }
}

static void one_game(struct game *play, unsigned breaks)
{
    uint64_t rough_ms = play->spoils || play->seed % LONG_EVERY == 0 ? LONG_MS : ROUGH_MS, until,
             next_break;

    game = play;
    begin();
    until = sim_now(play->sim) + rough_ms;
    next_break = sim_now(play->sim) + rough_ms / 4;
    do {
        poll_all(true);
        for (uint64_t n = below(4); n > 0; n--) {
            host_acts();
            client_acts((size_t)below(CLIENTS));
        }
        if (play->spoils && below(8) == 0) {
            spoil();
        }
        if (breaks > 0 && sim_now(play->sim) >= next_break) {
            char name[8];

            snprintf(name, sizeof name, "c%u", (unsigned)below(CLIENTS));
            sim_reset_all(play->sim, name);
            next_break = sim_now(play->sim) + 1 + below(2 * rough_ms / breaks);
        }
    } while (sim_step_until(play->sim, until));
    /* What is wrong now is mended in time, and at rest nothing is checked all the time. */
    play->host->check_interval_ms = play->spoils ? CALM_CHECK_MS : CALM_MS / 2;
    until = sim_now(play->sim) + CALM_MS;
    do {
        poll_all(true);
    } while (sim_step_until(play->sim, until));
    expect_all_same();
    for (size_t i = 0; i < CLIENTS; i++) {
        count_checks(play->clients[i]);
    }
    cr_assert(play->spoils || (play->mismatches == 0 && play->repairs == 0), "seed %" PRIu64,
              play->seed);
    end();
}

/* Beside others that need the machine as well. */
TestSuite(spawn_sim, .timeout = 900);

/* One of ten parts. */
static void games(uint64_t part)
{
    uint64_t first = part * SEEDS_EACH;
    unsigned drops = 0, marks = 0, hand_overs = 0, sets = 0, late_sets = 0;
    uint64_t checks = 0;

    for (uint64_t seed = first; seed < first + SEEDS_EACH; seed++) {
        struct game *play = calloc(1, sizeof *play);

        play->seed = play->prng.state = seed;
        one_game(play, (unsigned)(seed % 5));
        drops += play->drops;
        marks += play->marks;
        hand_overs += play->hand_overs;
        sets += play->sets;
        late_sets += play->late_sets;
        checks += play->checks;
        free(play);
    }
    cr_expect_gt(drops, SEEDS_EACH / 2);
    cr_expect_gt(marks, SEEDS_EACH);
    cr_expect_gt(hand_overs, SEEDS_EACH);
    cr_expect_gt(sets, SEEDS_EACH);
    cr_expect(late_sets > 0 || SEEDS_EACH < 100); /* they are few */
    cr_expect_gt(checks, 5 * SEEDS_EACH);
}

static void spoilt_games(uint64_t first)
{
    uint64_t mismatches = 0, repairs = 0;

    for (uint64_t seed = first; seed < first + SPOILT; seed++) {
        struct game *play = calloc(1, sizeof *play);

        play->seed = play->prng.state = seed;
        play->spoils = true;
        one_game(play, (unsigned)(seed % 5));
        mismatches += play->mismatches;
        repairs += play->repairs;
        free(play);
    }
    cr_expect_gt(mismatches, SPOILT);
    cr_expect_gt(repairs, SPOILT);
}

/* Ten thousand seeds, in parts that run beside each other. */
Test(spawn_sim, everyone_has_what_it_may_see_part_0)
{
    games(0);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_1)
{
    games(1);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_2)
{
    games(2);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_3)
{
    games(3);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_4)
{
    games(4);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_5)
{
    games(5);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_6)
{
    games(6);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_7)
{
    games(7);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_8)
{
    games(8);
}

Test(spawn_sim, everyone_has_what_it_may_see_part_9)
{
    games(9);
}

/* Objects lost, made up and changed at clients, and servers that believe what is not so. */
Test(spawn_sim, what_is_spoilt_is_mended_from_seed_1000_on)
{
    spoilt_games(1000);
}
