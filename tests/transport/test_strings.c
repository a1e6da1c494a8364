/* test_strings: copies of NULL-terminated lists of strings. */
#include "transport/strings.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/counting_mem.h"

Test(strings, copies_every_string_into_one_block)
{
    char first[] = "one";
    const char *const list[] = {first, "", "three", NULL};
    struct counting_mem mem;
    char **copy = NULL;

    counting_mem_init(&mem);
    cr_assert_eq(meeple__strings_copy(&copy, list, &mem.mem), 0);
    first[0] = 'X';
    cr_assert_str_eq(copy[0], "one");
    cr_assert_str_eq(copy[1], "");
    cr_assert_str_eq(copy[2], "three");
    cr_assert_null(copy[3]);
    cr_assert_eq(mem.live, 1);
    meeple__strings_free(copy, &mem.mem);
    cr_assert_eq(mem.live, 0);
}

Test(strings, a_null_list_is_a_null_copy)
{
    char *something[1];
    char **copy = something;
    struct counting_mem mem;

    counting_mem_init(&mem);
    cr_assert_eq(meeple__strings_copy(&copy, NULL, &mem.mem), 0);
    cr_assert_null(copy);
    cr_assert_eq(mem.calls, 0);
    meeple__strings_free(copy, &mem.mem);
}

Test(strings, an_empty_list_is_an_empty_copy)
{
    const char *const list[] = {NULL};
    char **copy = NULL;

    cr_assert_eq(meeple__strings_copy(&copy, list, NULL), 0);
    cr_assert_not_null(copy);
    cr_assert_null(copy[0]);
    meeple__strings_free(copy, NULL);
}

Test(strings, out_of_memory_touches_nothing)
{
    const char *const list[] = {"one", NULL};
    char *something[1];
    char **copy = something;
    struct counting_mem mem;

    counting_mem_init(&mem);
    counting_mem_fail(&mem, 1);
    cr_assert_eq(meeple__strings_copy(&copy, list, &mem.mem), MEEPLE_ENOMEM);
    cr_assert_eq(copy, something);
    cr_assert_eq(mem.live, 0);
}
