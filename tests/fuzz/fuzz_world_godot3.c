/*
 * fuzz_world_godot3: any packets of Godot 3 at a host's world and at a client's, while that calls,
 * sets, adds and removes; whatever comes, handlers get what the tables promise, and memory is
 * bounded.  bytes[0]: bit 0: at a client.  Then pieces: below 0x80 the length of a packet, and so
 * many bytes; else something that the world does, see act().
 */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include <meeple/state.h>
#include <meeple/world.h>

#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"

enum {
    MEMORY_MAX = 1 << 20,
    OBJECTS_MAX = 8,
    PIECES_MAX = 60,
    TEXT_MAX = 20
};

struct node {
    int32_t count;
    meeple_value value;
    const char *text;
    unsigned runs;
    bool calls; /* back, from its handlers */
};

#define EVERY(ARG)                                                                                 \
    ARG(int8_t, small)                                                                             \
    ARG(uint64_t, large, .max = 1000)                                                              \
    ARG(bool, yes)                                                                                 \
    ARG(float, part, .min = -1, .max = 1)                                                          \
    ARG(const char *, text, .max = TEXT_MAX) ARG(meeple_bytes, bytes) ARG(meeple_vec3, place)
#define ANY(ARG) ARG(meeple_value, value)
#define SPANS(ARG)                                                                                 \
    ARG(meeple_quat, turn)                                                                         \
    ARG(meeple_ints, ints, .max = 10)                                                              \
    ARG(meeple_strings, strings, .max = 10)                                                        \
    ARG(meeple_vec3s, places, .flags = MEEPLE_OPTIONAL)                                            \
    ARG(const char *, text, .flags = MEEPLE_OPTIONAL, .max = TEXT_MAX)                             \
    ARG(meeple_value, value, .flags = MEEPLE_OPTIONAL)
MEEPLE_RPC(every, EVERY)
MEEPLE_RPC(spans, SPANS)
MEEPLE_RPC(any, ANY)
MEEPLE_RPC(ask, ANY)
MEEPLE_ANSWERS(struct node, every)
MEEPLE_ANSWERS(struct node, spans)
MEEPLE_ANSWERS(struct node, any)
MEEPLE_ANSWERS(struct node, ask)

static void check_text(const char *text, size_t longest)
{
    size_t len = strlen(text);

    MUST(len <= longest && meeple__utf8_valid((meeple_bytes){(const uint8_t *)text, len}));
}

/* Whatever it is, it is a value. */
static void check_value(meeple_value value)
{
    size_t size = meeple_value_size(value);
    uint8_t *bytes = malloc(size ? size : 1);
    meeple_value again;

    MUST(bytes);
    MUST(meeple_value_copy(&again, value, bytes, size) == (int)size);
    MUST(meeple_value_equal(value, again));
    free(bytes);
}

static void on_every(struct node *node, const struct every *arg, const meeple_call *call)
{
    uint8_t sum = 0;

    (void)call;
    node->runs++;
    check_text(arg->text, TEXT_MAX);
    MUST(arg->large <= 1000 && arg->part >= -1 && arg->part <= 1);
    for (size_t i = 0; i < arg->bytes.len; i++) {
        sum = (uint8_t)(sum + arg->bytes.ptr[i]);
    }
    node->count = sum & 1;
}

/* All of it, through pointers that have to be aligned. */
static void on_spans(struct node *node, const struct spans *arg, const meeple_call *call)
{
    int64_t sum = 0;
    float far = arg->turn.w;

    (void)call;
    node->runs++;
    for (size_t i = 0; i < arg->ints.len; i++) {
        sum += arg->ints.ptr[i];
    }
    for (size_t i = 0; i < arg->strings.len; i++) {
        check_text(arg->strings.ptr[i], SIZE_MAX);
    }
    for (size_t i = 0; i < arg->places.len; i++) {
        far = arg->places.ptr[i].x > far ? arg->places.ptr[i].x : far;
    }
    check_text(arg->text, TEXT_MAX);
    check_value(arg->value);
    node->count = (int32_t)(sum & 1) + (far > 0);
}

static void on_any(struct node *node, const struct any *arg, const meeple_call *call)
{
    node->runs++;
    check_value(arg->value);
    if (node->calls && call->sender != meeple_net_id(meeple_world_net(call->world))) {
        (void)meeple_rpc(call->object, call->sender, any, arg->value);
    }
}

static void on_ask(struct node *node, const struct ask *arg, const meeple_call *call)
{
    MUST(call->sender != 0);
    node->runs++;
    check_value(arg->value);
}

static void on_set(void *self, meeple_object *object, const meeple_field *field,
                   const meeple_call *call)
{
    struct node *node = self;

    (void)object;
    (void)field;
    (void)call;
    MUST(node->count >= -50 || field->offset != offsetof(struct node, count));
    check_value(node->value);
    check_text(node->text ? node->text : "", TEXT_MAX);
}

static const meeple_field fields[] = {
    MEEPLE_STATE(struct node, count, .min = -50, .max = 50, .mode = MEEPLE_RPC_REMOTE),
    MEEPLE_STATE(struct node, value, .mode = MEEPLE_RPC_REMOTESYNC),
    MEEPLE_STATE(struct node, text, .max = TEXT_MAX, .mode = MEEPLE_RPC_REMOTE),
};
static const meeple_state state = {.size = sizeof(struct node),
                                   .fields = fields,
                                   .field_count = MEEPLE_COUNT(fields),
                                   .on_set = on_set};
static const meeple_method methods[] = {
    MEEPLE_METHOD(every, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(spans, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(any, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(ask, MEEPLE_RPC_MASTER),
};
static const meeple_class cls = {
    .name = "node", .methods = methods, .method_count = MEEPLE_COUNT(methods), .state = &state};

struct table {
    meeple_world *world;
    meeple_net *stranger; /* who says what the input is */
    meeple_net *friend;   /* another client of our host, or NULL */
    int32_t us;           /* for the stranger */
    struct node nodes[2];
    meeple_object *objects[2];
};

/* Everybody takes what there is, a few times. */
static void pump(struct table *table)
{
    meeple_event event;

    for (int i = 0; i < 4; i++) {
        MUST(meeple_world_poll(table->world, 0) >= 0);
        while (meeple_net_next(table->stranger, &event, 0) > 0) {
            if (event.type == MEEPLE_EVENT_JOIN) {
                table->us = event.peer;
            }
        }
        while (table->friend && meeple_net_next(table->friend, &event, 0) > 0) {
        }
    }
}

/* "a" and "b/c"; the node is as it was at first. */
static void add(struct table *table, size_t i)
{
    table->nodes[i] = (struct node){.calls = i == 1};
    MUST(meeple_object_add(&table->objects[i], table->world, &cls, i == 0 ? "a" : "b/c",
                           &table->nodes[i]) == 0);
}

/* Something that the world does, in the lowest bits; the others say with what. */
static void act(struct table *table, uint8_t what)
{
    size_t i = what >> 4 & 1;
    int32_t to = what & 0x20 ? table->us : MEEPLE_ALL;
    meeple_object *object = table->objects[i];

    switch (what & 15) {
    case 0:
        (void)meeple_rpc(object, to, any, meeple_value_int(what));
        break;
    case 1:
        (void)meeple_rpc(object, to, ask, meeple_value_string("text"));
        break;
    case 2:
        (void)meeple_set(object, to, "value", 0.5);
        break;
    case 3:
        meeple_object_remove(object);
        add(table, i);
        break;
    case 4:
        (void)meeple_world_send(table->world, to, (meeple_bytes){&what, 1});
        break;
    case 5:
        meeple_object_set_master(object, table->us);
        break;
    case 6:
        (void)meeple_rpc(object, to, every, 1, 2, true, 0.5F, "text", (meeple_bytes){&what, 1},
                         (meeple_vec3){1, 2, 3});
        break;
    case 7:
        (void)meeple_rpc(object, to, spans, (meeple_quat){0, 0, 0, 1},
                         (meeple_ints){(const int32_t[]){1, what}, 2},
                         (meeple_strings){(const char *const[]){"a", "text"}, 2},
                         (meeple_vec3s){NULL, 0}, "text", meeple_value_int(what));
        break;
    default:
        /* Both at one number now, in the other order. */
        meeple_object_remove(table->objects[0]);
        meeple_object_remove(table->objects[1]);
        add(table, 1);
        add(table, 0);
    }
}

static void play(struct table *table, const uint8_t *bytes, size_t len)
{
    size_t at = 0;

    for (int i = 0; i < PIECES_MAX && at < len; i++) {
        uint8_t piece = bytes[at++];
        size_t some = piece < len - at ? piece : len - at;

        if (piece & 0x80) {
            act(table, piece & 0x7f);
        } else {
            (void)meeple_net_send(table->stranger, table->us, (meeple_bytes){bytes + at, some});
            at += some;
        }
        pump(table);
    }
}

/* Who behaves is heard as before: a.any(null), by the path. */
static void expect_heard(struct table *table, meeple_net *net, int32_t us)
{
    static const uint8_t call[] = {0, 14, 0, 0, 0x80, 'a', 'n', 'y', 0, 1, 0, 0, 0, 0, 'a', 0};
    unsigned runs = table->nodes[0].runs;

    MUST(meeple_net_send(net, us, (meeple_bytes){call, sizeof call}) == 0);
    pump(table);
    MUST(table->nodes[0].runs == runs + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const meeple_listen_options listen = {.dialect = MEEPLE_DIALECT_GODOT3};
    const meeple_connect_options connect = {.dialect = MEEPLE_DIALECT_GODOT3};
    struct table table = {.us = MEEPLE_SERVER};
    meeple_world_options options = {.objects_max = OBJECTS_MAX};
    meeple_net *host, *guest;
    struct limited_mem mem;
    bool client = len > 0 && (bytes[0] & 1);

    if (len == 0) {
        return 0;
    }
    limited_mem_init(&mem, MEMORY_MAX);
    options.mem = &mem.mem;
    MUST(meeple_net_loopback(&host, &listen) == 0);
    MUST(meeple_net_join(&guest, host, &connect) == 0);
    if (client) {
        table.stranger = host;
    } else {
        MUST(meeple_net_join(&table.friend, host, &connect) == 0);
        table.stranger = guest;
    }
    MUST(meeple_world_new(&table.world, client ? guest : host, &options) == 0);
    add(&table, 0);
    add(&table, 1);
    pump(&table);
    play(&table, bytes + 1, len - 1);
    expect_heard(&table, client ? host : table.friend, client ? table.us : MEEPLE_SERVER);
    if (client) {
        meeple_world_free(table.world);
        meeple_net_free(host);
    } else {
        meeple_net_free(guest);
        meeple_net_free(table.friend);
        meeple_world_free(table.world);
    }
    MUST(mem.live == 0);
    return 0;
}
