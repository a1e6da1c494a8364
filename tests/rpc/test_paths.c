/* test_paths: what a peer of Godot 3 and we call the paths of objects towards each other. */
#include "rpc/paths.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rpc/command.h"
#include "tests/support/counting_mem.h"

static int hear(struct meeple__paths *paths, const meeple_mem *mem, uint32_t id, const char *path)
{
    return meeple__paths_hear(paths, mem, id, (meeple_bytes){(const uint8_t *)path, strlen(path)},
                              4096);
}

Test(paths, finds_what_an_id_means)
{
    struct meeple__paths paths = {0};
    struct meeple__heard_path *heard;

    cr_expect_null(meeple__paths_heard(&paths, 0));
    cr_assert_eq(hear(&paths, NULL, 0, "T/N"), 0);
    cr_assert_eq(hear(&paths, NULL, 0x7fffffff, ""), 0);
    heard = meeple__paths_heard(&paths, 0);
    cr_assert_not_null(heard);
    cr_expect_str_eq(heard->path, "T/N");
    cr_expect(heard->len == 3 && heard->id == 0 && heard->sequence == 0);
    cr_expect_eq(heard->hash, meeple__hash_bytes("T/N", 3));
    heard = meeple__paths_heard(&paths, 0x7fffffff);
    cr_assert_not_null(heard);
    cr_expect_eq(heard->len, 0);
    cr_expect_null(meeple__paths_heard(&paths, 1));
    meeple__paths_done(&paths, NULL);
}

Test(paths, an_id_means_what_was_said_last)
{
    struct meeple__paths paths = {0};

    cr_assert_eq(hear(&paths, NULL, 7, "T/N"), 0);
    meeple__paths_heard(&paths, 7)->sequence = 5;
    cr_assert_eq(hear(&paths, NULL, 7, "T/C"), 0);
    cr_expect_str_eq(meeple__paths_heard(&paths, 7)->path, "T/C");
    cr_expect_eq(meeple__paths_heard(&paths, 7)->sequence, 0);
    meeple__paths_unhear(&paths, NULL, 7);
    cr_expect_null(meeple__paths_heard(&paths, 7));
    meeple__paths_unhear(&paths, NULL, 7);
    cr_expect_eq(paths.heard_bytes, 0);
    meeple__paths_done(&paths, NULL);
}

Test(paths, are_not_more_than_there_may_be)
{
    struct meeple__paths paths = {0};
    meeple_bytes path = {(const uint8_t *)"x", 1};

    for (uint32_t id = 0; id < 16; id++) {
        cr_assert_eq(meeple__paths_hear(&paths, NULL, id * 1000, path, 16), 0);
    }
    cr_expect_eq(meeple__paths_hear(&paths, NULL, 1, path, 16), MEEPLE_ETOOBIG);
    cr_expect_eq(meeple__paths_hear(&paths, NULL, 1000, path, 16), 0);
    meeple__paths_done(&paths, NULL);
}

Test(paths, have_no_more_bytes_than_they_may)
{
    struct meeple__paths paths = {0};
    char path[MEEPLE__NAME_MAX + 1] = "";
    uint32_t id = 0;

    memset(path, 'x', MEEPLE__NAME_MAX);
    while (hear(&paths, NULL, id, path) == 0) {
        id++;
    }
    cr_expect_eq(id, MEEPLE__PATH_BYTES_MAX / MEEPLE__NAME_MAX);
    cr_expect_eq(paths.heard_bytes, id * MEEPLE__NAME_MAX);
    cr_expect_eq(hear(&paths, NULL, 3, "x"), 0);
    cr_expect_eq(hear(&paths, NULL, id, path), 0);
    /* Over the limit, an id does not go on meaning what it was. */
    memset(path, 'y', MEEPLE__NAME_MAX);
    cr_expect_eq(hear(&paths, NULL, 3, path), MEEPLE_ETOOBIG);
    cr_expect_null(meeple__paths_heard(&paths, 3));
    meeple__paths_done(&paths, NULL);
}

Test(paths, of_ours_are_untold_then_told_then_confirmed)
{
    struct meeple__paths paths = {0};

    cr_expect_eq(meeple__paths_told(&paths, 9, 1), MEEPLE__PATH_UNTOLD);
    cr_expect_not(meeple__paths_confirm(&paths, 9, 1));
    cr_assert_eq(meeple__paths_tell(&paths, NULL, 9, 1), 0);
    cr_expect_eq(meeple__paths_told(&paths, 9, 1), MEEPLE__PATH_TOLD);
    cr_expect_eq(meeple__paths_told(&paths, 8, 1), MEEPLE__PATH_UNTOLD);
    cr_expect(meeple__paths_confirm(&paths, 9, 1));
    cr_expect_eq(meeple__paths_told(&paths, 9, 1), MEEPLE__PATH_CONFIRMED);
    cr_expect(meeple__paths_confirm(&paths, 9, 1));
    meeple__paths_untell(&paths, 9);
    cr_expect_eq(meeple__paths_told(&paths, 9, 1), MEEPLE__PATH_UNTOLD);
    meeple__paths_untell(&paths, 1000);
    meeple__paths_done(&paths, NULL);
}

Test(paths, of_an_object_that_is_gone_are_not_those_of_the_next)
{
    struct meeple__paths paths = {0};

    cr_assert_eq(meeple__paths_tell(&paths, NULL, 0, 1), 0);
    cr_expect(meeple__paths_confirm(&paths, 0, 1));
    cr_expect_eq(meeple__paths_told(&paths, 0, 2), MEEPLE__PATH_UNTOLD);
    cr_expect_not(meeple__paths_confirm(&paths, 0, 2));
    cr_assert_eq(meeple__paths_tell(&paths, NULL, 0, 2), 0);
    cr_expect_eq(meeple__paths_told(&paths, 0, 2), MEEPLE__PATH_TOLD);
    cr_expect_eq(meeple__paths_told(&paths, 0, 1), MEEPLE__PATH_UNTOLD);
    meeple__paths_done(&paths, NULL);
}

Test(paths, survive_every_failed_allocation)
{
    for (size_t n = 1; n < 1000; n++) {
        struct meeple__paths paths = {0};
        struct counting_mem counting;
        bool failed = false;

        counting_mem_init(&counting);
        counting_mem_fail(&counting, n);
        for (uint32_t i = 0; i < 20; i++) {
            bool heard = hear(&paths, &counting.mem, i, "T/N") == 0;
            bool told = meeple__paths_tell(&paths, &counting.mem, i, i + 1) == 0;

            cr_assert_eq(heard, meeple__paths_heard(&paths, i) != NULL);
            cr_assert_eq(told, meeple__paths_told(&paths, i, i + 1) == MEEPLE__PATH_TOLD);
            failed = failed || !heard || !told;
        }
        meeple__paths_done(&paths, &counting.mem);
        cr_assert_eq(counting.live, 0);
        if (!failed) {
            cr_expect_gt(n, 20);
            return;
        }
    }
    cr_assert_fail();
}
