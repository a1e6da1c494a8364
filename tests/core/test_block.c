/* test_block: pooled blocks and the queues they wait in. */
#include "core/block.h"
#include "tests/support/counting_mem.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct counting_mem counting;
static struct meeple__pool pool;

static void setup(void)
{
    counting_mem_init(&counting);
    meeple__pool_init(&pool, &counting.mem);
}

static void teardown(void)
{
    meeple__pool_done(&pool);
    cr_assert_eq(counting.live, 0);
}

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

static struct meeple__block *block_of(const char *text)
{
    struct meeple__block *block = meeple__block_new(&pool, 0, strlen(text) + 8);

    meeple__block_append(block, bytes_of(text));
    return block;
}

/* Adds it and lets go of it. */
static void add(struct meeple__queue *queue, const char *text)
{
    struct meeple__block *block = block_of(text);

    cr_assert_eq(meeple__queue_add(queue, &pool, block), 0);
    meeple__block_unref(&pool, block);
}

/* Adds it to the last block, if there is one that has the room; returns the block it is in. */
static struct meeple__block *join(struct meeple__queue *queue, const char *text)
{
    struct meeple__block *block = meeple__queue_room(queue, &pool, strlen(text));

    cr_assert_not_null(block);
    meeple__block_append(block, bytes_of(text));
    meeple__queue_grown(queue, strlen(text));
    return block;
}

/* What the queue has still to write is this. */
static void waits(const struct meeple__queue *queue, const char *text)
{
    meeple_bytes parts[64];
    size_t count = meeple__queue_parts(queue, parts, 64), at = 0;

    cr_assert_eq(queue->bytes, strlen(text));
    for (size_t i = 0; i < count; i++) {
        cr_assert_gt(parts[i].len, 0);
        cr_assert_leq(parts[i].len, strlen(text) - at);
        cr_assert_eq(memcmp(parts[i].ptr, text + at, parts[i].len), 0);
        at += parts[i].len;
    }
    cr_assert_eq(at, strlen(text));
    cr_assert_eq(queue->first == NULL, at == 0);
    cr_assert_eq(queue->last == NULL, at == 0);
}

TestSuite(block, .init = setup, .fini = teardown);

Test(block, bytes_are_put_behind_and_headers_before)
{
    struct meeple__block *block = meeple__block_new(&pool, 10, 10);

    cr_assert_eq(meeple__block_len(block), 0);
    meeple__block_append(block, bytes_of("payload"));
    meeple__block_prepend(block, bytes_of("inner "));
    meeple__block_prepend(block, bytes_of("out "));
    meeple__block_append(block, bytes_of("..."));
    meeple__block_append(block, (meeple_bytes){NULL, 0});
    cr_assert_eq(meeple__block_len(block), 20);
    cr_assert_eq(memcmp(block->bytes + block->start, "out inner payload...", 20), 0);
    meeple__block_unref(&pool, block);
}

Test(block, a_block_that_was_given_back_is_used_again)
{
    static const size_t sizes[] = {0, 1, 250, 256, 257, 4096, 4097, 65536};

    for (size_t i = 0; i < MEEPLE_COUNT(sizes); i++) {
        struct meeple__block *block = meeple__block_new(&pool, 0, sizes[i]);
        size_t calls = counting.calls;

        meeple__block_unref(&pool, block);
        cr_assert_eq(meeple__block_new(&pool, 0, sizes[i]), block);
        cr_assert_eq(counting.calls, calls);
        meeple__block_unref(&pool, block);
    }
}

Test(block, a_block_used_again_is_empty)
{
    struct meeple__block *block = block_of("secret");

    meeple__block_unref(&pool, block);
    block = meeple__block_new(&pool, 5, 5);
    cr_assert_eq(meeple__block_len(block), 0);
    cr_assert_eq(block->refs, 1);
    cr_assert_eq(block->start, 5);
    meeple__block_unref(&pool, block);
}

Test(block, one_larger_than_any_class_is_not_kept)
{
    struct meeple__block *block = meeple__block_new(&pool, 100, 1 << 20);

    cr_assert_geq(block->cap, (1 << 20) + 100);
    meeple__block_unref(&pool, block);
    cr_assert_eq(counting.live, 0);
}

Test(block, more_than_two_gigabytes_are_refused_without_asking_for_them)
{
    cr_assert_null(meeple__block_new(&pool, 0, (size_t)INT32_MAX + 1));
    cr_assert_null(meeple__block_new(&pool, 0, SIZE_MAX));
    cr_assert_null(meeple__block_new(&pool, SIZE_MAX, 2));
    cr_assert_eq(counting.calls, 0);
}

Test(block, the_pool_keeps_only_so_much)
{
    struct meeple__block *blocks[300];

    for (size_t i = 0; i < MEEPLE_COUNT(blocks); i++) {
        blocks[i] = meeple__block_new(&pool, 0, 65536);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(blocks); i++) {
        meeple__block_unref(&pool, blocks[i]);
    }
    cr_assert_leq(counting.live, 4);
    for (size_t i = 0; i < MEEPLE_COUNT(blocks); i++) {
        blocks[i] = meeple__block_new(&pool, 0, 1);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(blocks); i++) {
        meeple__block_unref(&pool, blocks[i]);
    }
    cr_assert_leq(counting.live, 4 + 256);
}

/* So many of a size at once, given back. */
static void peak(size_t size, unsigned count)
{
    static struct meeple__block *blocks[300];

    for (unsigned i = 0; i < count; i++) {
        blocks[i] = meeple__block_new(&pool, 0, size);
    }
    for (unsigned i = 0; i < count; i++) {
        meeple__block_unref(&pool, blocks[i]);
    }
}

Test(block, a_trim_frees_what_nobody_used_since_the_last)
{
    size_t live;

    cr_assert_not(meeple__pool_swollen(&pool));
    peak(200, 250);
    peak(4000, 60);
    peak(60000, 4);
    cr_assert_eq(counting.live, 314);
    cr_assert(meeple__pool_swollen(&pool));
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 314, "all of it was used since the beginning");
    peak(200, 100);
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 100 + 4 + 1);
    live = counting.live;
    peak(200, 100);
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, live, "what is in use stays");
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 16 + 4 + 1);
    cr_assert_not(meeple__pool_swollen(&pool));
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 16 + 4 + 1, "a few always stay");
}

Test(block, a_trim_frees_links_too)
{
    struct meeple__queue queue = {0};
    struct meeple__block *block = block_of("x");

    for (unsigned i = 0; i < 500; i++) {
        cr_assert_eq(meeple__queue_add(&queue, &pool, block), 0);
    }
    meeple__block_unref(&pool, block);
    meeple__queue_clear(&queue, &pool);
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 501);
    meeple__pool_trim(&pool);
    cr_assert_eq(counting.live, 64 + 1);
}

Test(block, it_goes_back_with_the_last_reference)
{
    struct meeple__block *block = block_of("shared");
    struct meeple__block *other;

    meeple__block_ref(block);
    meeple__block_unref(&pool, block);
    other = meeple__block_new(&pool, 0, 10);
    cr_assert_neq(other, block);
    cr_assert_eq(memcmp(block->bytes + block->start, "shared", 6), 0);
    meeple__block_unref(&pool, block);
    meeple__block_unref(&pool, other);
}

Test(block, out_of_memory_is_null)
{
    counting_mem_fail(&counting, 1);
    cr_assert_null(meeple__block_new(&pool, 0, 10));
    counting_mem_fail(&counting, 1);
    cr_assert_null(meeple__block_new(&pool, 0, 1 << 20));
}

Test(block, appending_over_its_room_is_a_bug_that_stops, .signal = SIGABRT)
{
    struct meeple__block *block = meeple__block_new(&pool, 0, 256);

    for (int i = 0; i < 257; i++) {
        meeple__block_append(block, bytes_of("x"));
    }
}

Test(block, a_queue_writes_in_the_order_of_adding)
{
    struct meeple__queue queue = {0};

    waits(&queue, "");
    add(&queue, "one");
    add(&queue, "two");
    add(&queue, "three");
    waits(&queue, "onetwothree");
    meeple__queue_clear(&queue, &pool);
    waits(&queue, "");
}

Test(block, a_queue_can_be_written_in_any_pieces)
{
    static const char text[] = "onetwothreefourfive";
    size_t len = sizeof text - 1;

    for (size_t step = 1; step <= len; step++) {
        struct meeple__queue queue = {0};
        size_t at = 0;

        add(&queue, "one");
        add(&queue, "two");
        add(&queue, "three");
        add(&queue, "four");
        add(&queue, "five");
        while (at < len) {
            size_t gone = len - at < step ? len - at : step;

            waits(&queue, text + at);
            meeple__queue_sent(&queue, &pool, gone);
            at += gone;
        }
        waits(&queue, "");
        add(&queue, "again");
        waits(&queue, "again");
        meeple__queue_clear(&queue, &pool);
    }
}

Test(block, only_as_many_parts_as_asked_for)
{
    struct meeple__queue queue = {0};
    meeple_bytes parts[2];

    add(&queue, "one");
    add(&queue, "two");
    add(&queue, "three");
    cr_assert_eq(meeple__queue_parts(&queue, parts, 0), 0);
    cr_assert_eq(meeple__queue_parts(&queue, parts, 2), 2);
    cr_assert_eq(parts[1].len, 3);
    meeple__queue_sent(&queue, &pool, 4);
    cr_assert_eq(meeple__queue_parts(&queue, parts, 2), 2);
    cr_assert_eq(parts[0].len, 2);
    cr_assert_eq(parts[1].len, 5);
    meeple__queue_clear(&queue, &pool);
}

Test(block, one_block_can_wait_in_many_queues)
{
    struct meeple__queue queues[5] = {0};
    struct meeple__block *block = block_of("everyone");

    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(meeple__queue_add(&queues[i], &pool, block), 0);
    }
    cr_assert_eq(block->refs, 6);
    meeple__block_unref(&pool, block);
    for (size_t i = 0; i < 5; i++) {
        meeple__queue_sent(&queues[i], &pool, i);
    }
    for (size_t i = 0; i < 5; i++) {
        waits(&queues[i], &"everyone"[i]);
        meeple__queue_clear(&queues[i], &pool);
    }
}

Test(block, a_small_message_may_join_the_last_block)
{
    struct meeple__queue queue = {0};
    struct meeple__block *first, *shared;

    first = join(&queue, "one");
    cr_assert_eq(join(&queue, "two"), first);
    waits(&queue, "onetwo");

    /* Not one that somebody else has, too. */
    shared = block_of("shared");
    cr_assert_eq(meeple__queue_add(&queue, &pool, shared), 0);
    cr_assert_neq(join(&queue, "three"), shared);
    meeple__block_unref(&pool, shared);
    waits(&queue, "onetwosharedthree");
    meeple__queue_clear(&queue, &pool);

    cr_assert_eq(meeple__queue_add(&queue, &pool, (shared = block_of("given"))), 0);
    meeple__block_unref(&pool, shared);
    cr_assert_eq(join(&queue, "more"), shared);
    waits(&queue, "givenmore");
    meeple__queue_clear(&queue, &pool);
}

/* What is said in one turn is to be few parts, whatever its messages are. */
Test(block, who_has_much_to_say_gets_a_larger_block)
{
    struct meeple__queue queue = {0};
    meeple_bytes parts[8];

    for (int i = 0; i < 200; i++) {
        join(&queue, "twenty bytes of them");
    }
    cr_assert_eq(queue.bytes, 4000);
    cr_assert_eq(meeple__queue_parts(&queue, parts, MEEPLE_COUNT(parts)), 2);
    meeple__queue_clear(&queue, &pool);
}

Test(block, no_room_is_made_without_memory)
{
    for (size_t n = 1; n <= 2; n++) {
        struct counting_mem failing;
        struct meeple__pool empty;
        struct meeple__queue queue = {0};

        counting_mem_init(&failing);
        meeple__pool_init(&empty, &failing.mem);
        counting_mem_fail(&failing, n);
        cr_expect_null(meeple__queue_room(&queue, &empty, 10), "call %zu", n);
        cr_expect_null(queue.first);
        meeple__pool_done(&empty);
        cr_expect_eq(failing.live, 0);
    }
}

Test(block, a_part_that_was_written_stays_written_when_the_block_grows)
{
    struct meeple__queue queue = {0};

    add(&queue, "one");
    meeple__queue_sent(&queue, &pool, 2);
    join(&queue, "two");
    waits(&queue, "etwo");
    meeple__queue_clear(&queue, &pool);
}

Test(block, the_steady_state_allocates_nothing)
{
    struct meeple__queue queue = {0};
    size_t calls = 0;

    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 20; i++) {
            add(&queue, "message");
        }
        meeple__queue_clear(&queue, &pool);
        if (round == 0) {
            calls = counting.calls;
        }
    }
    cr_assert_eq(counting.calls, calls);
}

Test(block, a_queue_out_of_memory_is_as_it_was)
{
    struct meeple__queue queue = {0};
    struct meeple__block *block = block_of("two");

    add(&queue, "one");
    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple__queue_add(&queue, &pool, block), MEEPLE_ENOMEM);
    cr_assert_eq(block->refs, 1);
    waits(&queue, "one");
    meeple__block_unref(&pool, block);
    meeple__queue_clear(&queue, &pool);
}
