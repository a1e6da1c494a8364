/* lamps: a class whose state can be set, with every mode and every type, and a trace of it. */
#ifndef TESTS_RPC_LAMPS_H
#define TESTS_RPC_LAMPS_H

#include <meeple/state.h>

#include "tests/rpc/session.h"
#include "tests/rpc/value_samples.h"

struct lamp {
    struct seat *seat; /* no state */
    /* One of each mode. */
    int32_t disabled, remote, master, puppet, remotesync, mastersync, puppetsync;
    /* One of each type; all but the last are remotesync. */
    bool lit;
    int8_t i8;
    int16_t i16;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    char label[8];
    const char *maker;
    meeple_bytes serial;
    meeple_vec2 at;
    meeple_vec3 facing;
    meeple_color color;
    meeple_value extra;
    meeple_rect2 shade;
    meeple_transform stand;
    int32_t watts; /* master, 1 to 100 */
};

#define LAMP_MODE(member, name) MEEPLE_STATE(struct lamp, member, .mode = MEEPLE_RPC_##name)
#define LAMP_SYNC(member) MEEPLE_STATE(struct lamp, member, .mode = MEEPLE_RPC_REMOTESYNC)

static const meeple_field lamp_fields[] = {
    LAMP_MODE(disabled, DISABLED),
    LAMP_MODE(remote, REMOTE),
    LAMP_MODE(master, MASTER),
    LAMP_MODE(puppet, PUPPET),
    LAMP_MODE(remotesync, REMOTESYNC),
    LAMP_MODE(mastersync, MASTERSYNC),
    LAMP_MODE(puppetsync, PUPPETSYNC),
    LAMP_SYNC(lit),
    LAMP_SYNC(i8),
    LAMP_SYNC(i16),
    LAMP_SYNC(i64),
    LAMP_SYNC(u8),
    LAMP_SYNC(u16),
    LAMP_SYNC(u32),
    LAMP_SYNC(u64),
    LAMP_SYNC(f32),
    LAMP_SYNC(f64),
    LAMP_SYNC(label),
    MEEPLE_STATE(struct lamp, maker, .max = 50000, .mode = MEEPLE_RPC_REMOTESYNC),
    LAMP_SYNC(serial),
    LAMP_SYNC(at),
    LAMP_SYNC(facing),
    LAMP_SYNC(color),
    LAMP_SYNC(extra),
    LAMP_SYNC(shade),
    LAMP_SYNC(stand),
    MEEPLE_STATE(struct lamp, watts, .min = 1, .max = 100, .mode = MEEPLE_RPC_MASTER),
};

/* What a test does inside on_set; NULL: nothing more. */
static void (*lamp_hook)(struct lamp *lamp, const meeple_call *call);

static inline void lamp_set(void *self, meeple_object *object, const meeple_field *field,
                            const meeple_call *call)
{
    struct lamp *lamp = self;
    struct session *session = lamp->seat->session;

    cr_expect_eq(call->object, object);
    cr_expect_eq(call->world, lamp->seat->world);
    note(session->trace, sizeof session->trace, "%s.%s", lamp->seat->name, field->name);
    if (MEEPLE_FIELD_IS(field, struct lamp, maker)) {
        note(session->trace, sizeof session->trace, "=%.20s", lamp->maker);
    } else if (field->type == MEEPLE_TYPE_I32) {
        note(session->trace, sizeof session->trace, "=%" PRId32,
             *(const int32_t *)(const void *)((const char *)self + field->offset));
    }
    note(session->trace, sizeof session->trace, " from %s; ", name_of(session, call->sender));
    if (lamp_hook) {
        lamp_hook(lamp, call);
    }
}

static const meeple_state lamp_state = {.fields = lamp_fields,
                                        .field_count = MEEPLE_COUNT(lamp_fields),
                                        .size = sizeof(struct lamp),
                                        .on_set = lamp_set};
static const meeple_class lamp_class = {.name = "lamp", .state = &lamp_state};

/* One for each seat. */
static struct lamp lamps[SEATS_MAX];

static inline struct lamp *lamp_add(struct seat *seat, const meeple_class *cls)
{
    struct lamp *lamp = &lamps[seat - seat->session->seats];

    *lamp = (struct lamp){.seat = seat};
    cr_assert_eq(meeple_object_add(&seat->object, seat->world, cls, "lamp", lamp), 0);
    return lamp;
}

/* A server and so many clients, all with a lamp, all introduced. */
static inline void lamps_begin(struct session *session, size_t clients)
{
    lamp_add(session_server(session), &lamp_class);
    for (size_t i = 0; i < clients; i++) {
        lamp_add(session_sit(session, session_client(session)), &lamp_class);
    }
    settle(session);
    session->trace[0] = '\0';
}

/* A value of each kind goes from one lamp into `extra` of another, and so does a map of all. */
static inline void lamps_expect_kinds(struct seat *from, struct seat *to)
{
    const struct lamp *lamp = &lamps[to - to->session->seats];
    meeple_value_builder builder;
    meeple_value all;
    meeple_value_iterator each;

    meeple_value_builder_init(&builder, NULL, 0);
    meeple_value_begin_map(&builder);
    build_godot_kinds(&builder);
    meeple_value_put_named(&builder, "path", meeple_value_node_path("/root/a:b"));
    meeple_value_put_named(&builder, "nothing", meeple_value_nil());
    meeple_value_end(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &all), 0);
    each = meeple_value_iterate(all);
    do {
        const meeple_value value = each.key.kind == MEEPLE_VALUE_NIL ? all : each.value;

        cr_expect_eq(meeple_set(from->object, id_of(to), "extra", value), 0);
        settle(from->session);
        cr_expect(meeple_value_equal(lamp->extra, value), "%s", meeple_value_kind_name(value.kind));
    } while (meeple_value_next(&each));
    meeple_value_builder_done(&builder);
    from->session->trace[0] = '\0';
}

/* ---- who may set what, and where ---- */

struct lamp_row {
    meeple_rpc_mode mode;
    int32_t caller, master, to;
    unsigned ran; /* a bit for each peer */
};

static const struct lamp_row lamp_rows[] = {
#include "tests/rpc/rpc_modes.inc"
};

/* Peers of the table by what they are here. */
static inline int32_t lamp_peer(const struct session *session, int32_t id)
{
    return id < 0    ? MEEPLE_EXCEPT(lamp_peer(session, -id))
           : id == 0 ? MEEPLE_ALL
                     : id_of(&session->seats[id - 1]);
}

static inline int32_t lamp_of_mode(const struct lamp *lamp, meeple_rpc_mode mode)
{
    const int32_t values[] = {lamp->disabled,   lamp->remote,     lamp->master,    lamp->puppet,
                              lamp->remotesync, lamp->mastersync, lamp->puppetsync};

    return values[mode];
}

static inline unsigned lamps_that_have(meeple_rpc_mode mode, int32_t value)
{
    unsigned bits = 0;

    for (unsigned id = 1; id <= 3; id++) {
        bits |= lamp_of_mode(&lamps[id - 1], mode) == value ? 1U << id : 0;
    }
    return bits;
}

/* A server and two clients do all that was observed of Godot. */
static inline void lamps_expect_modes(struct session *session)
{
    for (size_t i = 0; i < MEEPLE_COUNT(lamp_rows); i++) {
        const struct lamp_row *row = &lamp_rows[i];
        bool stray = row->caller != 1 && row->to == -1; /* Godot compares the wrong id there */
        unsigned expected = stray ? row->ran & ~(1U << 1) : row->ran;
        int32_t value = 1000 + (int32_t)i;

        for (size_t seat = 0; seat < 3; seat++) {
            meeple_object_set_master(session->seats[seat].object, lamp_peer(session, row->master));
        }
        meeple_set(session->seats[row->caller - 1].object, lamp_peer(session, row->to),
                   meeple_rpc_mode_name(row->mode), value);
        settle(session);
        cr_expect_eq(lamps_that_have(row->mode, value), expected,
                     "%s by %d, master %d, to %d: %u, not %u", meeple_rpc_mode_name(row->mode),
                     (int)row->caller, (int)row->master, (int)row->to,
                     lamps_that_have(row->mode, value), expected);
    }
}

#endif /* TESTS_RPC_LAMPS_H */
