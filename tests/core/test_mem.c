/* test_mem: the allocator. */
#include "core/mem.h"
#include "tests/support/counting_mem.h"

#include <criterion/criterion.h>
#include <string.h>

Test(mem, what_is_allocated_is_zero)
{
    uint8_t *ptr = meeple__alloc(NULL, 1000);

    cr_assert_not_null(ptr);
    for (size_t i = 0; i < 1000; i++) {
        cr_assert_eq(ptr[i], 0);
    }
    meeple__free(NULL, ptr);
}

Test(mem, the_callers_allocator_is_asked_and_nobody_else)
{
    struct counting_mem counting;
    char *ptr, *copy;

    counting_mem_init(&counting);
    ptr = meeple__alloc(&counting.mem, 10);
    copy = meeple__strdup(&counting.mem, "text");
    cr_assert_eq(counting.live, 2);
    cr_assert_str_eq(copy, "text");
    memcpy(ptr, "123456789", 10);
    ptr = meeple__resize(&counting.mem, ptr, 10000);
    cr_assert_str_eq(ptr, "123456789");
    cr_assert_eq(counting.live, 2);
    meeple__free(&counting.mem, ptr);
    meeple__free(&counting.mem, copy);
    cr_assert_eq(counting.live, 0);
    cr_assert_eq(counting.calls, 3);
}

Test(mem, freeing_nothing_does_nothing)
{
    struct counting_mem counting;

    counting_mem_init(&counting);
    meeple__free(&counting.mem, NULL);
    meeple__free(NULL, NULL);
    cr_assert_eq(counting.live, 0);
}

Test(mem, out_of_memory_is_null_and_the_old_block_stays)
{
    struct counting_mem counting;
    char *ptr;

    counting_mem_init(&counting);
    counting_mem_fail(&counting, 1);
    cr_assert_null(meeple__alloc(&counting.mem, 1));
    counting_mem_fail(&counting, 1);
    cr_assert_null(meeple__strdup(&counting.mem, "text"));
    ptr = meeple__strdup(&counting.mem, "text");
    counting_mem_fail(&counting, 1);
    cr_assert_null(meeple__resize(&counting.mem, ptr, 100));
    cr_assert_str_eq(ptr, "text");
    meeple__free(&counting.mem, ptr);
    cr_assert_eq(counting.live, 0);
}

Test(mem, an_empty_text_is_copied_as_one)
{
    char *copy = meeple__strdup(NULL, "");

    cr_assert_str_eq(copy, "");
    meeple__free(NULL, copy);
}
