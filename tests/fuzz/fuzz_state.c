/*
 * fuzz_state: any packets about spawned objects, at a client and at a server; whatever comes, what
 * is there is within its bounds, and memory is.  bytes[0]: bit 0: at a server, by the master of an
 * object; bit 1: which the sender does not see.  Then packets: a length and so many bytes.  The
 * server checks after each batch, and every packet is one for it.
 */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/fuzz/limited_mem.h"

enum {
    MEMORY_MAX = 1 << 20,
    OBJECTS_MAX = 8,
    PACKETS_MAX = 60,
    VALUE_MAX = 40 /* of a value in fragments */
};

struct item {
    uint8_t rank;
    uint16_t chip_count, chips[3];
    const char *note;
};

struct thing {
    char name[8];
    int32_t count;
    float real;
    bool yes;
    uint16_t cells[6];
    meeple_vec2 place;
    uint8_t secret;
    int16_t tray[2];
    uint8_t item_count;
    struct item items[3], top;
    const char *text;
    meeple_bytes blob;
    meeple_value values[2];
    int ready, removed;
};

static const meeple_field item_fields[] = {
    MEEPLE_STATE(struct item, rank, .min = 1, .max = 9),
    MEEPLE_STATE(struct item, chips, MEEPLE_COUNTED_BY(struct item, chip_count), .max = 99),
    MEEPLE_STATE(struct item, note, .flags = MEEPLE_OWNER_ONLY, .max = 8),
};

static const meeple_field thing_fields[] = {
    MEEPLE_STATE(struct thing, name, .flags = MEEPLE_ON_SPAWN, .max = 6),
    MEEPLE_STATE(struct thing, count, .min = -5, .max = 5),
    MEEPLE_STATE(struct thing, real, .min = -1, .max = 1),
    MEEPLE_STATE(struct thing, yes),
    MEEPLE_STATE(struct thing, cells, .max = 1000),
    MEEPLE_STATE(struct thing, place),
    MEEPLE_STATE(struct thing, secret, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct thing, tray, .flags = MEEPLE_GROUP(2), .max = 100),
    MEEPLE_STATE_STRUCT(struct thing, items, struct item, item_fields,
                        MEEPLE_COUNTED_BY(struct thing, item_count)),
    MEEPLE_STATE_STRUCT(struct thing, top, struct item, item_fields),
    MEEPLE_STATE(struct thing, text),
    MEEPLE_STATE(struct thing, blob, .max = 16),
    MEEPLE_STATE(struct thing, values),
};

/* Reads all of the text, too.  NULL is only where the application has put it. */
static void check_text(const char *text, size_t longest, bool ours)
{
    MUST(text || ours);
    MUST(!text || strlen(text) <= longest);
}

static void check_item(const struct item *item, bool exists, bool ours)
{
    MUST(exists || (item->rank == 0 && item->chip_count == 0));
    MUST(item->rank <= 9 && item->chip_count <= 3);
    for (size_t i = 0; i < MEEPLE_COUNT(item->chips); i++) {
        MUST(item->chips[i] <= (i < item->chip_count ? 99 : 0));
    }
    check_text(item->note, exists ? 8 : 0, ours);
}

/* Whatever it is, it is a value. */
static void check_value(meeple_value value)
{
    size_t size = meeple_value_size(value);
    uint8_t *bytes = malloc(size);
    meeple_value again;

    MUST(bytes);
    MUST(meeple_value_copy(&again, value, bytes, size) == (int)size);
    MUST(meeple_value_equal(value, again));
    free(bytes);
}

static void check_pointers(const struct thing *thing, bool ours)
{
    MUST(thing->item_count <= MEEPLE_COUNT(thing->items));
    for (size_t i = 0; i < MEEPLE_COUNT(thing->items); i++) {
        check_item(&thing->items[i], i < thing->item_count, ours);
    }
    check_item(&thing->top, true, ours);
    check_text(thing->text, SIZE_MAX, ours);
    MUST(thing->blob.len <= 16 && (thing->blob.ptr || ours));
    check_value(meeple_value_bytes(thing->blob));
    for (size_t i = 0; i < MEEPLE_COUNT(thing->values); i++) {
        check_value(thing->values[i]);
    }
}

static void check(const struct thing *thing, bool ours)
{
    const char *end = memchr(thing->name, '\0', sizeof thing->name);

    check_pointers(thing, ours);

    MUST(end && end - thing->name <= 6);
    MUST(thing->count >= -5 && thing->count <= 5 && thing->real >= -1 && thing->real <= 1);
    for (size_t i = 0; i < MEEPLE_COUNT(thing->cells); i++) {
        MUST(thing->cells[i] <= 1000);
    }
    MUST(thing->tray[0] >= 0 && thing->tray[0] <= 100 && thing->tray[1] >= 0 &&
         thing->tray[1] <= 100);
}

static bool is_ours(const meeple_object *object)
{
    return meeple_net_is_server(meeple_world_net(meeple_object_world(object)));
}

static void on_ready(void *self, meeple_object *object)
{
    struct thing *thing = self;

    check(thing, is_ours(object));
    MUST(thing->ready++ == 0 && thing->removed == 0);
}

static void on_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct thing *thing = self;

    check(thing, is_ours(object));
    MUST(thing->ready == 1 && thing->removed == 0);
    MUST(meeple_changes_touch(changes, 0, sizeof *thing));
}

static void on_removed(void *self, meeple_object *object)
{
    struct thing *thing = self;

    (void)object;
    MUST(thing->removed++ == 0);
}

#define POKE(ARG) ARG(int32_t, by)
MEEPLE_RPC(poke, POKE)
MEEPLE_ANSWERS(struct thing, poke)
static void on_poke(struct thing *self, const struct poke *arg, const meeple_call *call)
{
    (void)arg;
    (void)call;
    MUST(self->ready == 1 && self->removed == 0);
}

static const meeple_method methods[] = {MEEPLE_METHOD(poke, MEEPLE_RPC_REMOTE)};
static const meeple_state state = {.fields = thing_fields,
                                   .field_count = MEEPLE_COUNT(thing_fields),
                                   .size = sizeof(struct thing),
                                   .on_ready = on_ready,
                                   .on_changed = on_changed,
                                   .on_removed = on_removed};
static const meeple_class cls = {
    .name = "thing", .methods = methods, .method_count = 1, .state = &state};
static const meeple_class *const classes[] = {&cls, NULL};

/* How a real server begins: its version, its class, and the state of it. */
static const uint8_t hello[] = {1, 1};
static const uint8_t class_command[] = "\2\0\5thing\1\4poke\1i";
static const uint8_t layout[] =
    "\6\0\4namet\10\1\0\5counti\0\0\4realf\0\0\3yesb\0\0\5cellsH\0\1\6\0\5place2\0\0\6secretC\2\0\4"
    "trayh\x20\1\2\0"
    "\12item_countC\0\0\12items.rankC\0\1\3\11\20items.chip_countH\0\1\3\11"
    "\13items.chipsH\0\2\3\11\3\13\12items.notes\2\1\3\11"
    "\10top.rankC\0\0\16top.chip_countH\0\0\11top.chipsH\0\1\3\17\10top.notes\2\0"
    "\4texts\0\0\4bloby\0\0\6valuesv\0\1\2\0";

/* Takes what there is on both sides, a few times. */
static void pump(meeple_world *world, meeple_net *net, int32_t *peer)
{
    meeple_event event;

    for (int i = 0; i < 4; i++) {
        MUST(meeple_world_poll(world, 0) >= 0);
        while (meeple_net_next(net, &event, 0) > 0) {
            if (event.type == MEEPLE_EVENT_JOIN) {
                *peer = event.peer;
            }
        }
    }
}

static void say(meeple_net *net, int32_t peer, const uint8_t *bytes, size_t len)
{
    (void)meeple_net_send(net, peer, (meeple_bytes){bytes, len});
}

/* The input's packets; what flips between them makes a batch of a server. */
static void speak(meeple_world *world, meeple_net *net, int32_t peer, bool *flips,
                  const uint8_t *bytes, size_t len)
{
    size_t at = 0;

    for (int i = 0; i < PACKETS_MAX && at < len; i++) {
        size_t some = bytes[at++];

        some = some < len - at ? some : len - at;
        say(net, peer, bytes + at, some);
        at += some;
        *flips = !*flips;
        pump(world, net, &peer);
    }
}

static void at_a_client(const uint8_t *bytes, size_t len, const meeple_world_options *options)
{
    meeple_world *world;
    meeple_net *net, *joined;
    int32_t peer = 0;

    MUST(meeple_net_loopback(&net, NULL) == 0 && meeple_net_join(&joined, net, NULL) == 0);
    MUST(meeple_world_new(&world, joined, options) == 0);
    pump(world, net, &peer);
    say(net, peer, hello, sizeof hello);
    say(net, peer, class_command, sizeof class_command - 1);
    say(net, peer, layout, sizeof layout - 1);
    pump(world, net, &peer);
    MUST(meeple_world_state_stats(world).refused == 0);
    speak(world, net, peer, &(bool){false}, bytes, len);
    meeple_net_free(net);
    MUST(meeple_world_poll(world, 0) >= 0);
    meeple_world_free(world);
}

static void at_a_server(bool hidden, const uint8_t *bytes, size_t len,
                        const meeple_world_options *options)
{
    struct thing mine = {.name = "mine", .top = {.rank = 1}};
    struct thing theirs = {.name = "theirs", .top = {.rank = 1}, .text = "text"};
    meeple_object *object, *other;
    meeple_world *world;
    meeple_net *net, *joined;
    int32_t peer = MEEPLE_SERVER;

    MUST(meeple_net_loopback(&net, NULL) == 0 && meeple_net_join(&joined, net, NULL) == 0);
    MUST(meeple_world_new(&world, net, options) == 0);
    pump(world, joined, &peer);
    MUST(meeple_object_spawn(&object, world, &cls, "theirs", &theirs) == 0);
    MUST(meeple_object_spawn(&other, world, &cls, "mine", &mine) == 0);
    MUST(meeple_object_hand_over(object, meeple_net_id(joined)) == 0);
    if (hidden) {
        MUST(meeple_object_show(other, MEEPLE_ALL, false) == 0);
    }
    pump(world, joined, &peer);
    say(joined, MEEPLE_SERVER, hello, sizeof hello);
    say(joined, MEEPLE_SERVER, class_command, sizeof class_command - 1);
    speak(world, joined, MEEPLE_SERVER, &mine.yes, bytes, len);
    check(&theirs, true);
    MUST(mine.count == 0 && mine.secret == 0 && strcmp(theirs.name, "theirs") == 0);
    meeple_net_free(joined);
    MUST(meeple_world_poll(world, 0) >= 0);
    meeple_world_free(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct limited_mem mem;
    meeple_world_options options = {.objects_max = OBJECTS_MAX,
                                    .value_bytes_max = VALUE_MAX,
                                    .content_bytes_max = 20 * VALUE_MAX,
                                    .classes = classes,
                                    .check_interval_ms = 1};

    if (len == 0) {
        return 0;
    }
    limited_mem_init(&mem, MEMORY_MAX);
    options.mem = &mem.mem;
    if (bytes[0] & 1) {
        at_a_server(bytes[0] & 2, bytes + 1, len - 1, &options);
    } else {
        at_a_client(bytes + 1, len - 1, &options);
    }
    MUST(mem.live == 0);
    return 0;
}
