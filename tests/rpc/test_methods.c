/* test_methods: classes are validated, found by name, and their methods by type. */
#include "rpc/methods.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rpc/sentence.h"
#include "tests/support/counting_mem.h"

#define ROLL(ARG) ARG(int32_t, eyes, .min = 1, .max = 6) ARG(const char *, name)
MEEPLE_RPC(roll, ROLL)
#define PASS(ARG)
MEEPLE_RPC(pass, PASS)
#define STRANGER(ARG) ARG(bool, yes)
MEEPLE_RPC(stranger, STRANGER)

static void run(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_method dice_methods[] = {
    {roll_rpc, run, MEEPLE_RPC_MASTER},
    {pass_rpc, run, MEEPLE_RPC_REMOTE},
};
static const meeple_class dice = {.name = "dice", .methods = dice_methods, .method_count = 2};

static int add(struct meeple__classes *classes, const meeple_class *cls,
               struct meeple__methods **out, struct meeple__sentence *why)
{
    meeple__sentence_init(why);
    return meeple__classes_add(classes, NULL, cls, out, why);
}

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

Test(methods, finds_a_method_by_its_type)
{
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;

    cr_assert_eq(add(&classes, &dice, &methods, &why), 0, "%s", why.text);
    cr_expect_eq(meeple__methods_find(methods, roll_rpc()), 0);
    cr_expect_eq(meeple__methods_find(methods, pass_rpc()), 1);
    cr_expect_eq(meeple__methods_find(methods, stranger_rpc()), MEEPLE_ENOTFOUND);
    cr_expect_eq(meeple__methods_named(methods, text("pass")), 1);
    cr_expect_eq(meeple__methods_named(methods, text("pas")), MEEPLE_ENOTFOUND);
    meeple__classes_done(&classes, NULL);
}

Test(methods, takes_another_copy_of_a_type_for_the_same)
{
    meeple_rpc_type copy = *roll_rpc(), shorter = copy;
    char name[] = "roll";
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;

    copy.name = name;
    shorter.field_count = 1;
    cr_assert_eq(add(&classes, &dice, &methods, &why), 0);
    cr_expect_eq(meeple__methods_find(methods, &copy), 0);
    cr_expect_eq(meeple__methods_find(methods, &shorter), MEEPLE_ENOTFOUND);
    meeple__classes_done(&classes, NULL);
}

Test(methods, takes_another_copy_of_a_class_for_the_same)
{
    static const meeple_method copied[] = {
        {roll_rpc, run, MEEPLE_RPC_MASTER},
        {pass_rpc, run, MEEPLE_RPC_REMOTE},
    };
    static const meeple_method other[] = {{roll_rpc, run, MEEPLE_RPC_REMOTE},
                                          {pass_rpc, run, MEEPLE_RPC_REMOTE}};
    struct meeple__classes classes = {0};
    struct meeple__methods *first, *second;
    struct meeple__sentence why;

    cr_assert_eq(add(&classes, &dice, &first, &why), 0);
    cr_assert_eq(add(&classes,
                     &(meeple_class){.name = "dice", .methods = copied, .method_count = 2}, &second,
                     &why),
                 0);
    cr_expect_eq(first, second);
    cr_expect_eq(add(&classes, &(meeple_class){.name = "dice", .methods = other, .method_count = 2},
                     &second, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "there is another class dice with other methods");
    cr_expect_eq(add(&classes,
                     &(meeple_class){.name = "dice", .methods = copied, .method_count = 1}, &second,
                     &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(classes.count, 1);
    meeple__classes_done(&classes, NULL);
}

static const meeple_field no_type[] = {{.name = "x", .type = (meeple_type)99}};
static const meeple_field outside[] = {{.name = "x", .type = MEEPLE_TYPE_I32, .offset = 4}};
static const meeple_field upside_down[] = {
    {.name = "x", .type = MEEPLE_TYPE_I32, .min = 6, .max = 1}};
static const meeple_field bounded_bool[] = {{.name = "x", .type = MEEPLE_TYPE_BOOL, .max = 1}};
static const meeple_field nameless[] = {{.name = NULL, .type = MEEPLE_TYPE_I32}};

#define BAD_TYPE(name)                                                                             \
    static const meeple_rpc_type *name##_rpc(void)                                                 \
    {                                                                                              \
        static const meeple_rpc_type type = {#name, name, 1, 4};                                   \
        return &type;                                                                              \
    }
BAD_TYPE(no_type)
BAD_TYPE(outside)
BAD_TYPE(upside_down)
BAD_TYPE(bounded_bool)
BAD_TYPE(nameless)

static const meeple_rpc_type *none_rpc(void)
{
    return NULL;
}

static const meeple_rpc_type *control_rpc(void)
{
    static const meeple_rpc_type type = {"a\nb", NULL, 0, 1};
    return &type;
}

Test(methods, refuses_a_class_that_makes_no_sense)
{
    static const meeple_method twice[] = {{roll_rpc, run, MEEPLE_RPC_MASTER},
                                          {roll_rpc, run, MEEPLE_RPC_MASTER}};
    const meeple_method bad[] = {
        {no_type_rpc, run, MEEPLE_RPC_REMOTE},     {outside_rpc, run, MEEPLE_RPC_REMOTE},
        {upside_down_rpc, run, MEEPLE_RPC_REMOTE}, {bounded_bool_rpc, run, MEEPLE_RPC_REMOTE},
        {nameless_rpc, run, MEEPLE_RPC_REMOTE},    {none_rpc, run, MEEPLE_RPC_REMOTE},
        {control_rpc, run, MEEPLE_RPC_REMOTE},     {NULL, run, MEEPLE_RPC_REMOTE},
        {roll_rpc, NULL, MEEPLE_RPC_REMOTE},       {roll_rpc, run, (meeple_rpc_mode)7},
    };
    char long_name[257];
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;

    memset(long_name, 'n', 256);
    long_name[256] = '\0';
    for (size_t i = 0; i < MEEPLE_COUNT(bad); i++) {
        cr_expect_eq(add(&classes,
                         &(meeple_class){.name = "bad", .methods = &bad[i], .method_count = 1},
                         &methods, &why),
                     MEEPLE_EINVAL, "%zu", i);
        cr_expect_gt(why.len, 0);
    }
    cr_expect_eq(add(&classes, &(meeple_class){.name = "dice", .methods = twice, .method_count = 2},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "class dice has two methods roll");
    cr_expect_eq(add(&classes,
                     &(meeple_class){.name = "", .methods = dice_methods, .method_count = 2},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(add(&classes,
                     &(meeple_class){.name = NULL, .methods = dice_methods, .method_count = 2},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(add(&classes,
                     &(meeple_class){.name = long_name, .methods = dice_methods, .method_count = 2},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(add(&classes, &(meeple_class){.name = "dice", .methods = NULL, .method_count = 2},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(add(&classes,
                     &(meeple_class){.name = "dice", .methods = dice_methods, .method_count = 256},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_eq(classes.count, 0);
    meeple__classes_done(&classes, NULL);
}

#define MAYBE(ARG)                                                                                 \
    ARG(int32_t, id)                                                                               \
    ARG(const char *, name, .min = 1, .max = 8, .flags = MEEPLE_OPTIONAL)                          \
    ARG(meeple_bytes, blob, .flags = MEEPLE_OPTIONAL)                                              \
    ARG(meeple_value, rest, .flags = MEEPLE_OPTIONAL)
MEEPLE_RPC(maybe, MAYBE)
#define GAP(ARG) ARG(int32_t, id, .flags = MEEPLE_OPTIONAL) ARG(const char *, name)
MEEPLE_RPC(gap, GAP)
#define HIDDEN(ARG) ARG(int32_t, id, .flags = MEEPLE_OWNER_ONLY)
MEEPLE_RPC(hidden, HIDDEN)

Test(methods, may_have_optional_arguments_at_their_end_only)
{
    static const meeple_method last[] = {{maybe_rpc, run, MEEPLE_RPC_REMOTE}};
    static const meeple_method first[] = {{gap_rpc, run, MEEPLE_RPC_REMOTE}};
    static const meeple_method other[] = {{hidden_rpc, run, MEEPLE_RPC_REMOTE}};
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;

    cr_expect_eq(add(&classes, &(meeple_class){.name = "a", .methods = last, .method_count = 1},
                     &methods, &why),
                 0, "%s", why.text);
    cr_expect_eq(add(&classes, &(meeple_class){.name = "b", .methods = first, .method_count = 1},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "method gap: 'id' is optional, but one behind it is not");
    cr_expect_eq(add(&classes, &(meeple_class){.name = "c", .methods = other, .method_count = 1},
                     &methods, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "method hidden has a field that makes no sense");
    meeple__classes_done(&classes, NULL);
}

Test(methods, takes_256_classes)
{
    static char names[MEEPLE__CLASSES_MAX + 1][16];
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;

    for (size_t i = 0; i <= MEEPLE__CLASSES_MAX; i++) {
        int rc;

        snprintf(names[i], sizeof names[i], "class %zu", i);
        rc = add(&classes, &(meeple_class){.name = names[i], .methods = NULL}, &methods, &why);
        cr_expect_eq(rc, i < MEEPLE__CLASSES_MAX ? 0 : MEEPLE_ETOOBIG);
    }
    cr_expect_eq(meeple__classes_find(&classes, text("class 255"))->number, 255);
    cr_expect_null(meeple__classes_find(&classes, text("class 256")));
    meeple__classes_done(&classes, NULL);
}

Test(methods, loses_nothing_when_out_of_memory)
{
    struct counting_mem counting;
    struct meeple__classes classes = {0};
    struct meeple__methods *methods = NULL;
    struct meeple__sentence why;

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    meeple__sentence_init(&why);
    cr_expect_eq(meeple__classes_add(&classes, &counting.mem, &dice, &methods, &why),
                 MEEPLE_ENOMEM);
    cr_expect_null(methods);
    cr_expect_eq(meeple__classes_add(&classes, &counting.mem, &dice, &methods, &why), 0);
    meeple__classes_done(&classes, &counting.mem);
    cr_expect_eq(counting.live, 0);
}

Test(methods, is_told_as_a_person_would_write_it)
{
    struct meeple__sentence said;

    meeple__sentence_init(&said);
    meeple__say_method(&said, "game", roll_rpc());
    cr_expect_str_eq(said.text, "game.roll(int32, string)");
    meeple__sentence_init(&said);
    meeple__say_method(&said, "game", pass_rpc());
    cr_expect_str_eq(said.text, "game.pass()");
}
