/* test_setters: fields with a mode are methods behind a class's own, if they make sense. */
#include "rpc/setters.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include <meeple/state.h>

#include "rpc/methods.h"
#include "rpc/sentence.h"
#include "tests/support/counting_mem.h"

#define PASS(ARG)
MEEPLE_RPC(pass, PASS)

struct lamp {
    int32_t watts;
    char label[8];
    const char *maker;
    meeple_value extra;
    int16_t grid[4];
    char names[2][8];
    struct lamp_part {
        uint8_t kind;
    } part;
    bool lit;
    int32_t *wires;
    char end[1];
    meeple_vec2 at;
    uint8_t grid_count;
};

static const meeple_field lamp_fields[] = {
    MEEPLE_STATE(struct lamp, watts, .min = 1, .max = 100, .mode = MEEPLE_RPC_MASTER),
    MEEPLE_STATE(struct lamp, grid),
    MEEPLE_STATE(struct lamp, label, .mode = MEEPLE_RPC_REMOTESYNC),
    MEEPLE_STATE(struct lamp, maker, .max = 20, .mode = MEEPLE_RPC_PUPPET),
    MEEPLE_STATE(struct lamp, extra, .mode = MEEPLE_RPC_REMOTE),
};
static const meeple_state lamp_state = {
    .fields = lamp_fields, .field_count = MEEPLE_COUNT(lamp_fields), .size = sizeof(struct lamp)};

static void run(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_method lamp_methods[] = {{pass_rpc, run, MEEPLE_RPC_REMOTE}};
static const meeple_class lamp_class = {
    .name = "lamp", .methods = lamp_methods, .method_count = 1, .state = &lamp_state};

static struct meeple__classes classes;
static struct meeple__methods *methods;
static struct meeple__sentence why;

static void end(void)
{
    meeple__classes_done(&classes, NULL);
}

TestSuite(setters, .fini = end);

static int add(const meeple_class *cls)
{
    meeple__sentence_init(&why);
    return meeple__classes_add(&classes, NULL, cls, &methods, &why);
}

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

Test(setters, are_methods_behind_those_of_the_class)
{
    static const char *const expected[] = {"pass()", "watts=(int32 watts)", "label=(string label)",
                                           "maker=(string maker)", "extra=(value extra)"};

    cr_assert_eq(add(&lamp_class), 0, "%s", why.text);
    cr_assert_eq(methods->count, MEEPLE_COUNT(expected));
    cr_expect_eq(methods->own_count, 1);
    cr_expect_eq(methods->kept_count, 2);
    for (unsigned i = 0; i < methods->count; i++) {
        char shown[100];

        meeple_rpc_type_text(methods->types[i], shown, sizeof shown);
        cr_expect_str_eq(shown, expected[i]);
        cr_expect_eq(meeple__methods_find(methods, methods->types[i]), (int)i);
    }
    cr_expect_null(meeple__methods_setter(methods, 0));
    cr_expect_eq(meeple__methods_setter(methods, 1)->field, 0);
    cr_expect_eq(meeple__methods_setter(methods, 4)->field, 4);
    cr_expect_eq(meeple__methods_setter(methods, 3)->kept, 0);
    cr_expect_eq(meeple__methods_setter(methods, 4)->kept, 1);
    cr_expect_eq(meeple__methods_setter(methods, 4)->mode, MEEPLE_RPC_REMOTE);
}

Test(setters, are_found_by_the_field)
{
    char longest[300];

    memset(longest, 'x', sizeof longest);
    cr_assert_eq(add(&lamp_class), 0);
    cr_expect_eq(meeple__methods_setting(methods, text("watts")), 1);
    cr_expect_eq(meeple__methods_named(methods, text("watts=")), 1);
    cr_expect_eq(meeple__methods_setting(methods, text("grid")), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__methods_setting(methods, text("watts=")), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__methods_setting(methods, text("")), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__methods_setting(methods, text("pass")), MEEPLE_ENOTFOUND);
    for (size_t len = 253; len < sizeof longest; len++) {
        cr_expect_eq(
            meeple__methods_setting(methods, (meeple_bytes){(const uint8_t *)longest, len}),
            MEEPLE_ENOTFOUND);
    }
}

Test(setters, have_the_bounds_of_their_field)
{
    const struct meeple__setter *label, *watts;

    cr_assert_eq(add(&lamp_class), 0);
    watts = meeple__methods_setter(methods, 1);
    cr_expect_eq(watts->argument.min, 1);
    cr_expect_eq(watts->argument.max, 100);
    cr_expect_eq(watts->type.size, sizeof(int32_t));
    label = meeple__methods_setter(methods, 2);
    cr_expect_eq(label->argument.type, MEEPLE_TYPE_STR);
    cr_expect_eq(label->argument.min, 0);
    cr_expect_eq(label->argument.max, 7, "a text of 8 bytes has a NUL in it");
}

Test(setters, keep_the_lower_bound_of_a_text_in_place)
{
    static const meeple_field fields[] = {
        MEEPLE_STATE(struct lamp, label, .min = 2, .max = 90, .mode = MEEPLE_RPC_REMOTE)};
    static const meeple_state state = {
        .fields = fields, .field_count = 1, .size = sizeof(struct lamp)};

    cr_assert_eq(add(&(meeple_class){.name = "lamp", .state = &state}), 0, "%s", why.text);
    cr_expect_eq(meeple__methods_setter(methods, 0)->argument.min, 2);
    cr_expect_eq(meeple__methods_setter(methods, 0)->argument.max, 7);
}

/* What the class of a lamp with that one field is refused for. */
static void expect_fault(meeple_field field, const char *expected)
{
    const meeple_state state = {.fields = &field, .field_count = 1, .size = sizeof(struct lamp)};

    cr_expect_eq(add(&(meeple_class){.name = "lamp", .state = &state}), MEEPLE_EINVAL, "%s",
                 expected);
    cr_expect_str_eq(why.text, expected);
    cr_expect_eq(classes.count, 0);
}

#define SETTABLE(member, ...)                                                                      \
    (meeple_field) MEEPLE_STATE(struct lamp, member, .mode = MEEPLE_RPC_REMOTE, __VA_ARGS__)

Test(setters, are_of_single_values_only)
{
    static const meeple_field part_fields[] = {MEEPLE_STATE(struct lamp_part, kind)};
    static const char no_value[] = "class lamp: '%s' has a mode, but is no single value that could "
                                   "be set";
    const meeple_field bad[] = {
        SETTABLE(grid, .min = 0),
        SETTABLE(names, .min = 0),
        SETTABLE(wires, .min = 0),
        SETTABLE(end, .min = 0),
        SETTABLE(watts, .count = "n", .count_type = MEEPLE_TYPE_U8),
        MEEPLE_STATE_STRUCT(struct lamp, part, struct lamp_part, part_fields,
                            .mode = MEEPLE_RPC_REMOTE),
        {.name = "span",
         .type = MEEPLE_TYPE_INTS,
         .offset = offsetof(struct lamp, maker),
         .size = sizeof(meeple_ints),
         .mode = MEEPLE_RPC_REMOTE},
        {.name = "sizeless", .type = MEEPLE_TYPE_I32, .mode = MEEPLE_RPC_REMOTE},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(bad); i++) {
        char expected[200];

        snprintf(expected, sizeof expected, no_value, bad[i].name);
        expect_fault(bad[i], expected);
    }
}

Test(setters, are_not_in_structs_inside)
{
    static const meeple_field part_fields[] = {
        MEEPLE_STATE(struct lamp_part, kind, .mode = MEEPLE_RPC_REMOTE)};

    expect_fault(
        (meeple_field)MEEPLE_STATE_STRUCT(struct lamp, part, struct lamp_part, part_fields),
        "class lamp: 'kind' has a mode, but lies in a struct inside");
}

Test(setters, of_a_member_of_a_struct_inside_have_its_dots)
{
    const meeple_field field = SETTABLE(part.kind, .min = 0);
    const meeple_state state = {.fields = &field, .field_count = 1, .size = sizeof(struct lamp)};

    cr_assert_eq(add(&(meeple_class){.name = "lamp", .state = &state}), 0, "%s", why.text);
    cr_expect_eq(meeple__methods_setting(methods, text("part.kind")), 0);
}

Test(setters, make_sense)
{
    char longest[260], control[] = "a\nb";
    const char *nameless = "class lamp has a field with a mode and no name of 1 to 254 bytes of "
                           "UTF-8";
    meeple_field field = SETTABLE(watts, .min = 0);

    field.mode = (meeple_rpc_mode)7;
    expect_fault(field, "class lamp: 'watts' has no such mode");
    field.mode = MEEPLE_RPC_REMOTE;
    expect_fault(SETTABLE(watts, .min = 6, .max = 1),
                 "class lamp: 'watts' has bounds that make no sense");
    expect_fault(SETTABLE(lit, .max = 1), "class lamp: 'lit' has bounds that make no sense");
    expect_fault(SETTABLE(at, .max = 1), "class lamp: 'at' has bounds that make no sense");
    expect_fault(SETTABLE(label, .min = 8, .max = 9),
                 "class lamp: 'label' has bounds that make no sense");
    field.offset = 2;
    expect_fault(field, "class lamp: 'watts' has a mode, but no place in its struct");
    field.offset = sizeof(struct lamp);
    expect_fault(field, "class lamp: 'watts' has a mode, but no place in its struct");
    field.offset = 0;
    field.name = NULL;
    expect_fault(field, nameless);
    field.name = "";
    expect_fault(field, nameless);
    field.name = control;
    expect_fault(field, nameless);
    memset(longest, 'x', sizeof longest);
    longest[255] = '\0';
    field.name = longest;
    expect_fault(field, nameless);
}

Test(setters, may_have_a_name_of_254_bytes)
{
    char longest[255];
    meeple_field field = SETTABLE(watts, .min = 0);
    const meeple_state state = {.fields = &field, .field_count = 1, .size = sizeof(struct lamp)};

    memset(longest, 'x', sizeof longest);
    longest[254] = '\0';
    field.name = longest;
    cr_assert_eq(add(&(meeple_class){.name = "lamp", .state = &state}), 0, "%s", why.text);
    cr_expect_eq(meeple__methods_setting(methods, text(longest)), 0);
}

#define NOTHING(ARG)
MEEPLE_RPC_NAMED(watts_set, "watts=", NOTHING)

Test(setters, may_not_have_the_name_of_a_method)
{
    static const meeple_method own[] = {{watts_set_rpc, run, MEEPLE_RPC_REMOTE}};

    cr_expect_eq(add(&(meeple_class){
                     .name = "lamp", .methods = own, .method_count = 1, .state = &lamp_state}),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "class lamp has two methods watts=");
    cr_assert_eq(add(&(meeple_class){.name = "lamp", .methods = own, .method_count = 1}), 0);
    cr_expect_eq(meeple__methods_setting(methods, text("watts")), MEEPLE_ENOTFOUND,
                 "it is a method like others");
}

Test(setters, may_not_be_there_twice)
{
    static const meeple_field fields[] = {
        MEEPLE_STATE(struct lamp, watts, .mode = MEEPLE_RPC_REMOTE),
        MEEPLE_STATE(struct lamp, watts, .mode = MEEPLE_RPC_REMOTE)};
    static const meeple_state state = {
        .fields = fields, .field_count = 2, .size = sizeof(struct lamp)};

    cr_expect_eq(add(&(meeple_class){.name = "lamp", .state = &state}), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "class lamp has two methods watts=");
}

Test(setters, and_methods_are_255_at_most)
{
    static meeple_field fields[256];
    static char names[256][8];
    meeple_state state = {.fields = fields, .field_count = 254, .size = 256};
    meeple_class cls = {
        .name = "many", .methods = lamp_methods, .method_count = 1, .state = &state};

    for (size_t i = 0; i < MEEPLE_COUNT(fields); i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        fields[i] = (meeple_field){.name = names[i],
                                   .type = MEEPLE_TYPE_U8,
                                   .offset = (uint16_t)i,
                                   .size = 1,
                                   .mode = MEEPLE_RPC_REMOTE};
    }
    state.field_count = 255;
    cr_expect_eq(add(&cls), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "class many has over 255 methods and fields that can be set");
    state.field_count = 254;
    cr_assert_eq(add(&cls), 0, "%s", why.text);
    cr_expect_eq(methods->count, 255);
    cr_expect_eq(meeple__methods_setting(methods, text("f253")), 254);
}

Test(setters, of_another_copy_of_a_class_are_the_same)
{
    static const meeple_field copied[] = {
        MEEPLE_STATE(struct lamp, watts, .min = 1, .max = 100, .mode = MEEPLE_RPC_MASTER),
        MEEPLE_STATE(struct lamp, lit),
        MEEPLE_STATE(struct lamp, label, .mode = MEEPLE_RPC_REMOTESYNC),
        MEEPLE_STATE(struct lamp, maker, .max = 20, .mode = MEEPLE_RPC_PUPPET),
        MEEPLE_STATE(struct lamp, extra, .mode = MEEPLE_RPC_REMOTE),
        MEEPLE_STATE(struct lamp, names),
    };
    const meeple_state state = {
        .fields = copied, .field_count = MEEPLE_COUNT(copied), .size = sizeof(struct lamp)};
    const struct meeple__methods *first;

    cr_assert_eq(add(&lamp_class), 0);
    first = methods;
    cr_assert_eq(add(&(meeple_class){
                     .name = "lamp", .methods = lamp_methods, .method_count = 1, .state = &state}),
                 0, "%s", why.text);
    cr_expect_eq(methods, first);
}

static void expect_other(const meeple_field *fields, size_t count)
{
    const meeple_state state = {
        .fields = fields, .field_count = count, .size = sizeof(struct lamp)};

    cr_expect_eq(add(&(meeple_class){
                     .name = "lamp", .methods = lamp_methods, .method_count = 1, .state = &state}),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "there is another class lamp with other fields that can be set");
}

Test(setters, of_another_class_of_that_name_are_others)
{
    meeple_field fields[MEEPLE_COUNT(lamp_fields)];

    cr_assert_eq(add(&lamp_class), 0);
    memcpy(fields, lamp_fields, sizeof fields);
    fields[0].mode = MEEPLE_RPC_REMOTE;
    expect_other(fields, MEEPLE_COUNT(fields));
    memcpy(fields, lamp_fields, sizeof fields);
    fields[0].max = 99;
    expect_other(fields, MEEPLE_COUNT(fields));
    memcpy(fields, lamp_fields, sizeof fields);
    fields[1].mode = MEEPLE_RPC_DISABLED;
    fields[4].mode = MEEPLE_RPC_DISABLED;
    expect_other(fields, MEEPLE_COUNT(fields));
    expect_other(lamp_fields, MEEPLE_COUNT(lamp_fields) - 1);
    expect_other(NULL, 0);
}

Test(setters, need_memory)
{
    struct counting_mem counting;
    struct meeple__classes few = {0};

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    meeple__sentence_init(&why);
    cr_expect_eq(meeple__classes_add(&few, &counting.mem, &lamp_class, &methods, &why),
                 MEEPLE_ENOMEM);
    cr_expect_eq(few.count, 0);
    cr_expect_eq(counting.live, 0);
}
