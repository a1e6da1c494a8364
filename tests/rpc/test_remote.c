/* test_remote: what a peer announces is kept, matched with ours, and bounded. */
#include "rpc/remote.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rpc/sentence.h"
#include "tests/support/counting_mem.h"

#define ROLL(ARG) ARG(int32_t, eyes)
MEEPLE_RPC(roll, ROLL)
#define PASS(ARG)
MEEPLE_RPC(pass, PASS)
#define SHOUT(ARG) ARG(const char *, text)
MEEPLE_RPC(shout, SHOUT)

static void run(void *self, const void *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

static const meeple_method table[] = {
    {roll_rpc, run, MEEPLE_RPC_MASTER},
    {pass_rpc, run, MEEPLE_RPC_REMOTE},
    {shout_rpc, run, MEEPLE_RPC_REMOTE},
};
static const meeple_class dice = {.name = "dice", .methods = table, .method_count = 3};

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

static struct meeple__command class_command(uint32_t number, const char *name, const char *methods,
                                            uint8_t method_count)
{
    return (struct meeple__command){.type = MEEPLE__COMMAND_CLASS,
                                    .number = number,
                                    .name = text(name),
                                    .rest = text(methods),
                                    .method_count = method_count};
}

static struct meeple__command object_command(uint32_t number, uint32_t class_number,
                                             const char *path)
{
    return (struct meeple__command){.type = MEEPLE__COMMAND_OBJECT,
                                    .number = number,
                                    .class_number = class_number,
                                    .name = text(path)};
}

static const struct meeple__classes no_classes;

Test(remote, matches_methods_by_name_and_types)
{
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    /* extra(), shout(int32), roll(int32) */
    struct meeple__command command = class_command(5, "dice", "", 3);
    struct meeple__remote_class *cls;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__classes_add(&classes, NULL, &dice, &methods, &why), 0);
    command.rest = (meeple_bytes){(const uint8_t *)"\5extra\0\5shout\1i\4roll\1i", 22};
    cr_assert_eq(meeple__remote_add_class(remote, NULL, &command, &classes), 0);
    cls = meeple__remote_class(remote, "dice");
    cr_assert_not_null(cls);
    cr_expect_eq(cls->methods, methods);
    cr_expect_eq(cls->theirs[0].answer, MEEPLE__LACKS);
    cr_expect_eq(cls->theirs[1].answer, MEEPLE__DIFFERS);
    cr_expect_eq(cls->theirs[1].index, 2);
    cr_expect_eq(cls->theirs[2].answer, MEEPLE__ANSWERS);
    cr_expect_eq(cls->theirs[2].index, 0);
    cr_expect_eq(meeple__remote_answer(remote, methods, 0), MEEPLE__ANSWERS);
    cr_expect_eq(meeple__remote_answer(remote, methods, 1), MEEPLE__LACKS);
    cr_expect_eq(meeple__remote_answer(remote, methods, 2), MEEPLE__DIFFERS);
    cr_expect_eq(meeple__remote_signature(cls, text("shout")).ptr[0], 'i');
    cr_expect_eq(meeple__remote_signature(cls, text("none")).len, 0);
    meeple__remote_free(remote, NULL);
    meeple__classes_done(&classes, NULL);
}

/* It may not hide that there are others of ours which it lacks. */
Test(remote, may_name_a_method_twice)
{
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    struct meeple__command command = class_command(5, "dice", "\4roll\1i\4roll\1i\4roll\1i", 3);

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__classes_add(&classes, NULL, &dice, &methods, &why), 0);
    cr_assert_eq(methods->count, 3);
    cr_assert_eq(meeple__remote_add_class(remote, NULL, &command, &classes), 0);
    cr_expect_eq(methods->unlike, 1);
    cr_expect_eq(meeple__remote_answer(remote, methods, 0), MEEPLE__ANSWERS);
    cr_expect_eq(meeple__remote_answer(remote, methods, 1), MEEPLE__LACKS);
    cr_expect_eq(meeple__remote_answer(remote, methods, 2), MEEPLE__LACKS);
    meeple__remote_free(remote, NULL);
    cr_expect_eq(methods->unlike, 0);
    meeple__classes_done(&classes, NULL);
}

Test(remote, meets_a_class_that_we_get_later)
{
    struct meeple__classes classes = {0};
    struct meeple__methods *methods;
    struct meeple__sentence why;
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    struct meeple__command command = class_command(0, "dice", "\4roll\1i", 1);

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__remote_add_class(remote, NULL, &command, &classes), 0);
    cr_assert_eq(meeple__classes_add(&classes, NULL, &dice, &methods, &why), 0);
    cr_expect_eq(meeple__remote_answer(remote, methods, 1), MEEPLE__ANSWERS, "it has not said");
    meeple__remote_meet(remote, methods);
    cr_expect_eq(meeple__remote_answer(remote, methods, 1), MEEPLE__LACKS);
    meeple__remote_free(remote, NULL);
    meeple__classes_done(&classes, NULL);
}

Test(remote, takes_a_class_again_only_if_it_is_the_same)
{
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    struct meeple__command first = class_command(3, "dice", "\4roll\1i", 1);
    struct meeple__command other = class_command(3, "dice", "\4roll\1s", 1);
    struct meeple__command renamed = class_command(3, "dies", "\4roll\1i", 1);
    struct meeple__command renumbered = class_command(4, "dice", "\4roll\1i", 1);

    cr_expect_eq(meeple__remote_add_class(remote, NULL, &first, &no_classes), 0);
    cr_expect_eq(meeple__remote_add_class(remote, NULL, &first, &no_classes), 0);
    cr_expect_eq(meeple__remote_add_class(remote, NULL, &other, &no_classes), MEEPLE_EPROTO);
    cr_expect_eq(meeple__remote_add_class(remote, NULL, &renamed, &no_classes), MEEPLE_EPROTO);
    cr_expect_eq(meeple__remote_add_class(remote, NULL, &renumbered, &no_classes), MEEPLE_EPROTO);
    meeple__remote_free(remote, NULL);
}

Test(remote, keeps_no_more_classes_than_its_limit)
{
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);

    for (uint32_t i = 0; i < 300; i++) {
        char name[20];
        struct meeple__command command;

        snprintf(name, sizeof name, "class %u", i);
        command = class_command(i * 7777777, name, "", 0);
        cr_expect_eq(meeple__remote_add_class(remote, NULL, &command, &no_classes),
                     i < 256 ? 0 : MEEPLE_ETOOBIG);
    }
    meeple__remote_free(remote, NULL);
}

Test(remote, keeps_no_more_bytes_of_classes_than_its_limit)
{
    static char methods[60000];
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    size_t len = 0;
    uint32_t taken = 0;

    for (unsigned i = 0; i < 100; i++) {
        methods[len++] = '\x7f';
        memset(methods + len, 'm', 127);
        len += 127;
        methods[len++] = '\x7f';
        memset(methods + len, 'i', 127);
        len += 127;
    }
    for (uint32_t i = 0; i < 20; i++) {
        char name[20];
        struct meeple__command command;

        snprintf(name, sizeof name, "class %u", i);
        command = class_command(i, name, "", 100);
        command.rest = (meeple_bytes){(uint8_t *)methods, len};
        taken += meeple__remote_add_class(remote, NULL, &command, &no_classes) == 0;
    }
    cr_expect_eq(taken, MEEPLE__CLASS_BYTES_MAX / (len + 7));
    meeple__remote_free(remote, NULL);
}

Test(remote, knows_objects_by_number_until_they_are_gone)
{
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    struct meeple__command cls = class_command(3, "dice", "\4roll\1i", 1);
    struct meeple__command first = object_command(9, 3, "game");
    struct meeple__command second = object_command(9, 3, "other");
    struct meeple__command stray = object_command(1, 4, "game");

    cr_assert_eq(meeple__remote_add_class(remote, NULL, &cls, &no_classes), 0);
    cr_expect_eq(meeple__remote_add_object(remote, NULL, &stray, 10), MEEPLE_EPROTO);
    cr_expect_eq(meeple__remote_add_object(remote, NULL, &first, 10), 0);
    cr_expect_str_eq(meeple__remote_object(remote, 9)->path, "game");
    cr_expect_eq(meeple__remote_add_object(remote, NULL, &second, 10), 0);
    cr_expect_str_eq(meeple__remote_object(remote, 9)->path, "other");
    cr_expect_eq(remote->objects.count, 1);
    meeple__remote_drop_object(remote, NULL, 8);
    meeple__remote_drop_object(remote, NULL, 9);
    cr_expect_null(meeple__remote_object(remote, 9));
    meeple__remote_free(remote, NULL);
}

Test(remote, keeps_no_more_objects_than_its_limit)
{
    struct meeple__remote *remote = meeple__remote_new(NULL, 7);
    struct meeple__command cls = class_command(0, "dice", "", 0);

    cr_assert_eq(meeple__remote_add_class(remote, NULL, &cls, &no_classes), 0);
    for (uint32_t i = 0; i < 20; i++) {
        struct meeple__command object = object_command(i, 0, "game");

        cr_expect_eq(meeple__remote_add_object(remote, NULL, &object, 10),
                     i < 10 ? 0 : MEEPLE_ETOOBIG);
    }
    cr_expect_eq(remote->objects.count, 10);
    meeple__remote_free(remote, NULL);
}

Test(remote, is_as_it_was_when_out_of_memory)
{
    for (size_t n = 1; n < 12; n++) {
        struct counting_mem counting;
        struct meeple__remote *remote;
        struct meeple__command cls = class_command(0, "dice", "\4roll\1i", 1);
        struct meeple__command object = object_command(0, 0, "game");
        int rc;

        counting_mem_init(&counting);
        remote = meeple__remote_new(&counting.mem, 7);
        counting_mem_fail(&counting, n);
        rc = meeple__remote_add_class(remote, &counting.mem, &cls, &no_classes);
        cr_expect_eq(rc, n <= 5 ? MEEPLE_ENOMEM : 0);
        cr_expect_eq(meeple__remote_class(remote, "dice") != NULL, rc == 0);
        if (rc == 0) {
            rc = meeple__remote_add_object(remote, &counting.mem, &object, 10);
            cr_expect_eq(meeple__remote_object(remote, 0) != NULL, rc == 0);
            cr_expect_eq(rc, n <= 7 ? MEEPLE_ENOMEM : 0);
        }
        meeple__remote_free(remote, &counting.mem);
        cr_expect_eq(counting.live, 0);
    }
}
