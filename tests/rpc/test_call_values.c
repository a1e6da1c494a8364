/* test_call_values: calls by name, with values, end as typed ones do. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"

#define EVERY(ARG)                                                                                 \
    ARG(bool, yes)                                                                                 \
    ARG(int8_t, small)                                                                             \
    ARG(uint64_t, large)                                                                           \
    ARG(float, half)                                                                               \
    ARG(double, tenth)                                                                             \
    ARG(const char *, text)                                                                        \
    ARG(meeple_bytes, blob)                                                                        \
    ARG(meeple_vec2, flat)                                                                         \
    ARG(meeple_vec3, deep)                                                                         \
    ARG(meeple_color, paint)                                                                       \
    ARG(meeple_value, anything, .max = 100)
MEEPLE_RPC(every, EVERY)
#define ANYTHING(ARG) ARG(meeple_value, it)
MEEPLE_RPC(anything, ANYTHING)
#define THREE(ARG) ARG(const char *, first) ARG(const char *, second) ARG(const char *, third)
MEEPLE_RPC(three, THREE)
#define PLACED(ARG)                                                                                \
    ARG(meeple_transform, where)                                                                   \
    ARG(meeple_strings, names, .max = 3)                                                           \
    ARG(meeple_vec3s, path)                                                                        \
    ARG(meeple_ints, ids)
MEEPLE_RPC(placed, PLACED)
#define NOTHING(ARG)
MEEPLE_RPC(nothing, NOTHING)

/* What came last, as text; and the object, for a handler that calls. */
struct thing {
    char text[800], first[40];
    unsigned calls;
    meeple_object *object;
};

MEEPLE_ANSWERS(struct thing, every)
static void on_every(struct thing *self, const struct every *arg, const meeple_call *call)
{
    char value[200];

    (void)call;
    meeple_value_text(arg->anything, value, sizeof value);
    snprintf(self->text, sizeof self->text,
             "%d %d %" PRIu64 " %g %g %s %zu %g,%g %g,%g,%g %g,%g,%g,%g %s", arg->yes, arg->small,
             arg->large, (double)arg->half, arg->tenth, arg->text, arg->blob.len,
             (double)arg->flat.x, (double)arg->flat.y, (double)arg->deep.x, (double)arg->deep.y,
             (double)arg->deep.z, (double)arg->paint.r, (double)arg->paint.g, (double)arg->paint.b,
             (double)arg->paint.a, value);
    self->calls++;
}

MEEPLE_ANSWERS(struct thing, anything)
static void on_anything(struct thing *self, const struct anything *arg, const meeple_call *call)
{
    const meeple_value words[] = {meeple_value_string("from a handler")};

    (void)call;
    self->calls++;
    if (self->calls == 1 && self->object) {
        /* Its own arguments are still there afterwards. */
        cr_expect_eq(meeple_object_call_values(self->object, MEEPLE_ALL, "anything", words, 1), 0);
    }
    meeple_value_text(arg->it, self->text, sizeof self->text);
    if (self->calls == 1) {
        snprintf(self->first, sizeof self->first, "%.39s", self->text);
    }
}

MEEPLE_ANSWERS(struct thing, three)
static void on_three(struct thing *self, const struct three *arg, const meeple_call *call)
{
    (void)call;
    snprintf(self->text, sizeof self->text, "%.99s %.99s %.99s", arg->first, arg->second,
             arg->third);
    self->calls++;
}

MEEPLE_ANSWERS(struct thing, placed)
static void on_placed(struct thing *self, const struct placed *arg, const meeple_call *call)
{
    char *text = self->text;
    size_t len;

    (void)call;
    len = (size_t)snprintf(text, sizeof self->text, "%g %g", (double)arg->where.basis.rows[1].x,
                           (double)arg->where.origin.z);
    for (size_t i = 0; i < arg->names.len; i++) {
        len += (size_t)snprintf(text + len, sizeof self->text - len, " %s", arg->names.ptr[i]);
    }
    for (size_t i = 0; i < arg->path.len; i++) {
        len += (size_t)snprintf(text + len, sizeof self->text - len, " %g",
                                (double)arg->path.ptr[i].y);
    }
    for (size_t i = 0; i < arg->ids.len; i++) {
        len += (size_t)snprintf(text + len, sizeof self->text - len, " %d", arg->ids.ptr[i]);
    }
    self->calls++;
}

MEEPLE_ANSWERS(struct thing, nothing)
static void on_nothing(struct thing *self, const struct nothing *arg, const meeple_call *call)
{
    (void)arg;
    (void)call;
    self->calls++;
}

static const meeple_method thing_methods[] = {
    MEEPLE_METHOD(every, MEEPLE_RPC_REMOTE),      MEEPLE_METHOD(anything, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(nothing, MEEPLE_RPC_REMOTE),    MEEPLE_METHOD(three, MEEPLE_RPC_REMOTE),
    MEEPLE_METHOD(placed, MEEPLE_RPC_REMOTESYNC),
};
static const meeple_class thing_class = {
    .name = "thing", .methods = thing_methods, .method_count = MEEPLE_COUNT(thing_methods)};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct thing ours, theirs;
static meeple_object *our_thing, *their_thing;
static char logged[400];

static void keep(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx;
    (void)level;
    (void)area;
    snprintf(logged, sizeof logged, "%s", text);
}

static const meeple_log log_hook = {keep, NULL, MEEPLE_LOG_WARN};

static void begin(void)
{
    session.options.log = &log_hook;
    session_begin(&session, 2);
    cr_assert_eq(meeple_object_add(&our_thing, server->world, &thing_class, "thing", &ours), 0);
    cr_assert_eq(meeple_object_add(&their_thing, a->world, &thing_class, "thing", &theirs), 0);
    settle(&session);
    logged[0] = '\0';
}

static void end(void)
{
    session_end(&session);
}

TestSuite(call_values, .init = begin, .fini = end);

static int call(meeple_object *object, int32_t to, const char *method, const meeple_value *values,
                size_t count)
{
    return meeple_object_call_values(object, to, method, values, count);
}

Test(call_values, run_as_typed_calls_do)
{
    const meeple_value hi[] = {meeple_value_string("hi")}, four[] = {meeple_value_int(4)};

    cr_expect_eq(call(server->object, id_of(a), "tell", hi, 1), 0);
    expect_trace(&session, "a.tell(hi) from server; ");
    cr_expect_eq(call(a->object, MEEPLE_ALL, "roll", four, 1), 0);
    expect_trace(&session, "server.roll(4) from a; b.roll(4) from a; ");
    cr_expect_eq(call(a->object, MEEPLE_SERVER, "ask", hi, 1), 0);
    expect_trace(&session, "server.ask(hi) from a; ");
    cr_expect_eq(call(server->object, MEEPLE_ALL, "say", hi, 1), 0);
    expect_trace(&session,
                 "server.say(hi) from server; a.say(hi) from server; b.say(hi) from server; ");
    expect_refusals(&session, "");
}

Test(call_values, are_under_the_same_rules)
{
    const meeple_value hi[] = {meeple_value_string("hi")};

    cr_expect_eq(call(a->object, id_of(a), "tell", hi, 1), MEEPLE_EDENIED);
    cr_expect_eq(call(a->object, 12345, "tell", hi, 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(call(a->object, MEEPLE_ALL, "show", hi, 1), 0);
    expect_trace(&session, "a.show(hi) from a; ");
    cr_expect_neq(session.refusals[0], '\0', "only the master may");
    session.refusals[0] = '\0';
    cr_expect_eq(call(their_thing, id_of(b), "nothing", NULL, 0), 0);
    settle(&session);
    cr_expect_neq(session.refusals[0], '\0', "b has no such object");
}

Test(call_values, convert_every_type)
{
    meeple_value_builder builder;
    meeple_value values[] = {
        meeple_value_bool(true),
        meeple_value_int(-128),
        meeple_value_uint(UINT64_MAX),
        meeple_value_int(5), /* a float holds it */
        meeple_value_float(0.1),
        meeple_value_string("Zo\xc3\xab"),
        meeple_value_bytes((meeple_bytes){(const uint8_t *)"\0\1", 2}),
        meeple_value_vec2(1, 2),
        meeple_value_vec3(1, 2, 3),
        meeple_value_color(1, 0, 0, 0.5f),
        meeple_value_nil(),
    };

    meeple_value_builder_init(&builder, NULL, 0);
    meeple_value_begin_map(&builder);
    meeple_value_put_named(&builder, "hp", meeple_value_int(12));
    meeple_value_end(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &values[10]), 0);
    cr_expect_eq(call(our_thing, id_of(a), "every", values, MEEPLE_COUNT(values)), 0, "%s", logged);
    meeple_value_builder_done(&builder); /* it was copied */
    settle(&session);
    cr_expect_str_eq(theirs.text,
                     "1 -128 18446744073709551615 5 0.1 Zo\xc3\xab 2 1,2 1,2,3 1,0,0,0.5 "
                     "{\"hp\": 12}");
}

static const meeple_transform turned = {{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}, {10, 11, 12}};

Test(call_values, pack_arrays_for_those_that_have_them)
{
    static const meeple_value_kind kinds[] = {MEEPLE_VALUE_STRINGS, MEEPLE_VALUE_VEC3S,
                                              MEEPLE_VALUE_INTS};
    meeple_value elements[] = {meeple_value_string("Zo\xc3\xab"), meeple_value_vec3(1, 2, 3),
                               meeple_value_int(-7)};
    meeple_value_builder builders[3];
    meeple_value values[4] = {meeple_value_transform(turned)};

    for (size_t i = 0; i < 3; i++) {
        meeple_value_builder_init(&builders[i], NULL, 0);
        meeple_value_begin_packed(&builders[i], kinds[i]);
        meeple_value_put(&builders[i], elements[i]);
        meeple_value_put(&builders[i], elements[i]);
        meeple_value_end(&builders[i]);
        cr_assert_eq(meeple_value_builder_value(&builders[i], &values[i + 1]), 0);
    }
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "placed", values, 4), 0, "%s", logged);
    settle(&session);
    cr_expect_str_eq(theirs.text, "4 12 Zo\xc3\xab Zo\xc3\xab 2 2 -7 -7");
    cr_expect_str_eq(ours.text, theirs.text, "here, too");
    values[1] = values[3];
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "placed", values, 4), MEEPLE_EINVAL);
    cr_expect_str_eq(logged,
                     "we called thing.placed: argument 2 'names' is ints, strings expected");
    for (size_t i = 0; i < 3; i++) {
        meeple_value_builder_done(&builders[i]);
    }
}

Test(call_values, run_as_calls_with_spans_do)
{
    static const char *const names[] = {"Ann", NULL, "Bob", "Cid"};
    static const meeple_vec3 path[] = {{0, 0.5f, 0}, {0, -1, 0}};
    static const int32_t ids[] = {1, INT32_MIN};

    cr_expect_eq(meeple_rpc(our_thing, MEEPLE_ALL, placed, turned, ((meeple_strings){names, 3}),
                            ((meeple_vec3s){path, 2}), ((meeple_ints){ids, 2})),
                 0, "%s", logged);
    settle(&session);
    cr_expect_str_eq(theirs.text, "4 12 Ann  Bob 0.5 -1 1 -2147483648");
    cr_expect_str_eq(ours.text, theirs.text);
    cr_expect_eq(meeple_rpc(our_thing, MEEPLE_ALL, placed, turned, ((meeple_strings){names, 4}),
                            ((meeple_vec3s){path, 2}), ((meeple_ints){ids, 2})),
                 MEEPLE_EINVAL);
    cr_expect_not_null(strstr(logged, "'names' has 4 elements, allowed 0..3"), "%s", logged);
}

Test(call_values, say_which_argument_does_not_fit)
{
    static const struct {
        const char *method;
        meeple_value value;
        size_t count;
        const char *why;
    } cases[] = {
        {"roll",
         {.kind = MEEPLE_VALUE_INT, .integer = 7},
         1,
         "we called game.roll: argument 1 'eyes' is 7, allowed 1..6"},
        {"roll",
         {.kind = MEEPLE_VALUE_INT, .integer = INT64_MAX},
         1,
         "we called game.roll: argument 1 'eyes' is 9223372036854775807, which is no int32"},
        {"roll",
         {.kind = MEEPLE_VALUE_FLOAT, .real = 5},
         1,
         "we called game.roll: argument 1 'eyes' is a float, int32 expected"},
        {"roll",
         {.kind = MEEPLE_VALUE_NIL},
         1,
         "we called game.roll: argument 1 'eyes' is nil, int32 expected"},
        {"roll",
         {.kind = MEEPLE_VALUE_INT, .integer = 5},
         0,
         "we called game.roll: 0 arguments came, 1 expected"},
        {"tell",
         {.kind = MEEPLE_VALUE_STRING, .bytes = {(const uint8_t *)"\xff", 1}},
         1,
         "we called game.tell: argument 1 'text' has a string that is not UTF-8"},
        {"tell",
         {.kind = MEEPLE_VALUE_STRING, .bytes = {NULL, 1}},
         1,
         "we called game.tell: argument 1 'text' has a string that is not UTF-8"},
        {"tell",
         {.kind = MEEPLE_VALUE_ARRAY, .count = 7},
         1,
         "we called game.tell: argument 1 'text' ends too early"},
        {"tell",
         {.kind = MEEPLE_VALUE_ARRAY},
         1,
         "we called game.tell: argument 1 'text' is an array, string expected"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        cr_expect_eq(
            call(server->object, MEEPLE_ALL, cases[i].method, &cases[i].value, cases[i].count),
            MEEPLE_EINVAL);
        cr_expect_str_eq(logged, cases[i].why);
    }
    expect_trace(&session, "");
}

/* What a script got wrong is not to be taken for a peer that went. */
Test(call_values, say_that_there_is_no_such_method)
{
    static const struct {
        const char *method, *why;
    } cases[] = {
        {"telling", "we called game: it has no method \"telling\""},
        {"Tell", "we called game: it has no method \"Tell\""},
        {"", "we called game: it has no method \"\""},
        {"tell\n\"", "we called game: it has no method \"tell\\n\\\"\""},
        {"tell\xff", "we called game: it has no method (malformed)"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        logged[0] = '\0';
        cr_expect_eq(call(server->object, MEEPLE_ALL, cases[i].method, NULL, 0), MEEPLE_ENOTFOUND);
        cr_expect_str_eq(logged, cases[i].why);
    }
}

Test(call_values, say_which_string_is_too_long_for_a_packet)
{
    char *longer = malloc(70001);
    meeple_value values[3];

    memset(longer, 'x', 70000);
    longer[70000] = '\0';
    values[0] = meeple_value_string(longer);
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "anything", values, 1), MEEPLE_ETOOBIG);
    cr_expect_str_eq(logged, "we called thing.anything: argument 1 'it' is 70000 bytes long, "
                             "65531 are left of a packet");
    values[0].bytes.len = 60000;
    values[2] = values[1] = values[0];
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "three", values, 3), MEEPLE_ETOOBIG);
    cr_expect_str_eq(logged, "we called thing.three: argument 2 'second' is 60000 bytes long, "
                             "5531 are left of a packet");
    free(longer);
    values[0] = meeple_value_string("");
    values[1] = meeple_value_string("two");
    values[2] = meeple_value_string("three");
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "three", values, 3), 0);
    settle(&session);
    cr_expect_str_eq(theirs.text, " two three");
}

Test(call_values, refuse_what_makes_no_sense)
{
    const meeple_value hi[] = {meeple_value_string("hi"), meeple_value_nil()};
    char *longer = malloc(70001);
    meeple_value too_long;

    memset(longer, 'x', 70000);
    longer[70000] = '\0';
    too_long = meeple_value_string(longer);
    cr_expect_eq(call(NULL, MEEPLE_ALL, "tell", hi, 1), MEEPLE_EINVAL);
    cr_expect_eq(call(server->object, MEEPLE_ALL, NULL, hi, 1), MEEPLE_EINVAL);
    cr_expect_eq(call(server->object, MEEPLE_ALL, "tell", NULL, 1), MEEPLE_EINVAL);
    cr_expect_eq(call(server->object, MEEPLE_ALL, "tell", hi, 2), MEEPLE_EINVAL);
    cr_expect_eq(call(server->object, MEEPLE_ALL, "telling", hi, 1), MEEPLE_ENOTFOUND);
    cr_expect_eq(call(server->object, MEEPLE_ALL, "", NULL, 0), MEEPLE_ENOTFOUND);
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "anything", &too_long, 1), MEEPLE_ETOOBIG);
    too_long = meeple_value_bytes((meeple_bytes){(const uint8_t *)longer, 70000});
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "anything", &too_long, 1), MEEPLE_ETOOBIG);
    free(longer);
    expect_trace(&session, "");
}

Test(call_values, may_be_made_by_a_handler)
{
    const meeple_value first[] = {meeple_value_string("the first")};

    ours.object = our_thing;
    cr_expect_eq(call(our_thing, MEEPLE_ALL, "anything", first, 1), 0);
    settle(&session);
    cr_expect_str_eq(ours.first, "\"the first\"");
    cr_expect_str_eq(ours.text, "\"from a handler\"");
    cr_expect_eq(theirs.calls, 2);
    cr_expect_str_eq(theirs.text, "\"from a handler\"");
}

Test(call_values, are_not_possible_before_up)
{
    struct seat *late = session_sit(&session, session_client(&session));

    session_add(late);
    cr_expect_eq(call(late->object, MEEPLE_ALL, "off", NULL, 0), MEEPLE_EINVAL);
    cr_expect_eq(
        call(late->object, MEEPLE_ALL, "tell", &(meeple_value){.kind = MEEPLE_VALUE_STRING}, 1),
        MEEPLE_ESTATE);
}

Test(call_values, carry_any_value_there_and_here)
{
    meeple_value_builder builder;
    meeple_value value;

    meeple_value_builder_init(&builder, NULL, 0);
    meeple_value_begin_array(&builder);
    meeple_value_put(&builder, meeple_value_nil());
    meeple_value_put(&builder, meeple_value_string("two\n"));
    meeple_value_end(&builder);
    cr_assert_eq(meeple_value_builder_value(&builder, &value), 0);
    cr_expect_eq(meeple_rpc(our_thing, MEEPLE_ALL, anything, value), 0);
    meeple_value_builder_done(&builder);
    settle(&session);
    cr_expect_str_eq(ours.text, "[nil, \"two\\n\"]");
    cr_expect_str_eq(theirs.text, "[nil, \"two\\n\"]");
}

Test(call_values, can_be_listed)
{
    const meeple_class *cls = meeple_object_class(our_thing);
    char text[300];

    cr_assert_eq(cls, &thing_class);
    cr_expect_null(meeple_object_class(NULL));
    cr_expect_eq(meeple_rpc_type_text(cls->methods[0].type(), text, sizeof text), strlen(text));
    cr_expect_str_eq(text, "every(bool yes, int8 small, uint64 large, float half, double tenth, "
                           "string text, bytes blob, vec2 flat, vec3 deep, color paint, "
                           "value anything)");
    cr_expect_eq(meeple_rpc_type_text(nothing_rpc(), text, sizeof text), 9);
    cr_expect_str_eq(text, "nothing()");
    cr_expect_eq(meeple_rpc_type_text(nothing_rpc(), text, 4), 9);
    cr_expect_str_eq(text, "not");
    cr_expect_eq(meeple_rpc_type_text(nothing_rpc(), NULL, 0), 9);
    cr_expect_eq(meeple_rpc_type_text(NULL, text, sizeof text), 0);
    cr_expect_str_eq(text, "");
}

/* A world of its own, whose allocations are counted. */
Test(call_values, lose_nothing_when_out_of_memory, .init = NULL, .fini = NULL)
{
    const meeple_value values[] = {meeple_value_string("a text")};
    unsigned starved = 0;

    for (size_t n = 1; n < 40; n++) {
        struct counting_mem counting;
        struct thing thing = {0};
        meeple_world *world;
        meeple_object *object;
        meeple_net *net;
        int rc;

        counting_mem_init(&counting);
        cr_assert_eq(meeple_net_offline(&net, NULL), 0);
        cr_assert_eq(meeple_world_new(&world, net, &(meeple_world_options){.mem = &counting.mem}),
                     0);
        cr_assert_eq(meeple_object_add(&object, world, &thing_class, "thing", &thing), 0);
        cr_assert_eq(meeple_world_poll(world, 0), 1);
        counting_mem_fail(&counting, n);
        rc = call(object, MEEPLE_ALL, "anything", values, 1);
        if (rc < 0) {
            starved++;
            cr_expect_eq(rc, MEEPLE_ENOMEM);
            cr_expect_eq(call(object, MEEPLE_ALL, "anything", values, 1), 0);
        }
        rc = meeple_world_poll(world, 0);
        cr_expect(rc == 1 || rc == MEEPLE_ENOMEM);
        if (rc == MEEPLE_ENOMEM) {
            cr_expect_eq(meeple_world_poll(world, 0), 1);
        }
        cr_expect_eq(thing.calls, 1);
        cr_expect_str_eq(thing.text, "\"a text\"");
        meeple_world_free(world);
        cr_expect_eq(counting.live, 0);
    }
    cr_expect_geq(starved, 2);
}
