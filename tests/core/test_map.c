/* test_map: the hash map against a plain table. */
#include "core/map.h"
#include "tests/support/counting_mem.h"

#include <criterion/criterion.h>
#include <string.h>

struct member {
    uint32_t key;
    struct meeple__map_link link;
};

static struct counting_mem counting;
static struct meeple__map map;

static void setup(void)
{
    counting_mem_init(&counting);
    map = (struct meeple__map){0};
}

static void teardown(void)
{
    meeple__map_done(&map, &counting.mem);
    cr_assert_eq(counting.live, 0);
}

static struct member *member_of(struct meeple__map_link *link)
{
    return (struct member *)(void *)((char *)link - offsetof(struct member, link));
}

static struct member *find(uint32_t key, uint32_t hash)
{
    struct meeple__map_link *link = meeple__map_find(&map, hash);

    while (link && member_of(link)->key != key) {
        link = meeple__map_again(link);
    }
    return link ? member_of(link) : NULL;
}

TestSuite(map, .init = setup, .fini = teardown);

Test(map, an_empty_one_finds_nothing_and_owns_nothing)
{
    cr_assert_null(meeple__map_find(&map, 0));
    cr_assert_null(meeple__map_find(&map, UINT32_MAX));
    cr_assert_eq(counting.calls, 0);
}

Test(map, everything_put_is_found_and_nothing_else)
{
    static struct member members[5000];

    for (uint32_t i = 0; i < 5000; i++) {
        members[i].key = i * 2;
        cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[i].link,
                                     meeple__hash_u32(members[i].key)),
                     0);
    }
    cr_assert_eq(map.count, 5000);
    for (uint32_t key = 0; key < 10000; key++) {
        struct member *found = find(key, meeple__hash_u32(key));

        cr_assert_eq(found, key % 2 ? NULL : &members[key / 2]);
    }
}

Test(map, members_of_one_hash_are_all_found)
{
    struct member members[3] = {{.key = 1}, {.key = 2}, {.key = 3}};
    struct member other = {.key = 4};

    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[i].link, 77), 0);
    }
    /* The same slot of sixteen, but not the same hash. */
    cr_assert_eq(meeple__map_put(&map, &counting.mem, &other.link, 77 + 16), 0);
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(find(i + 1, 77), &members[i]);
    }
    cr_assert_null(find(4, 77));
    cr_assert_eq(find(4, 77 + 16), &other);
    meeple__map_remove(&map, &members[1].link);
    cr_assert_null(find(2, 77));
    cr_assert_eq(find(1, 77), &members[0]);
    cr_assert_eq(find(3, 77), &members[2]);
    cr_assert_eq(map.count, 3);
}

Test(map, a_thousand_random_steps_agree_with_a_plain_table)
{
    static struct member members[64];
    bool in[64] = {false};
    uint32_t random = 12345, count = 0;

    for (int step = 0; step < 20000; step++) {
        uint32_t i, key;

        random = random * 1664525U + 1013904223U;
        i = (random >> 16) % 64;
        key = i % 8; /* eight members to a hash */
        if (in[i]) {
            meeple__map_remove(&map, &members[i].link);
            count--;
        } else {
            members[i].key = i;
            cr_assert_eq(
                meeple__map_put(&map, &counting.mem, &members[i].link, meeple__hash_u32(key)), 0);
            count++;
        }
        in[i] = !in[i];
        cr_assert_eq(map.count, count);
        for (uint32_t j = 0; j < 64; j++) {
            cr_assert_eq(find(j, meeple__hash_u32(j % 8)), in[j] ? &members[j] : NULL);
        }
    }
}

Test(map, out_of_memory_leaves_it_as_it_was)
{
    static struct member members[17];

    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[0].link, 0), MEEPLE_ENOMEM);
    cr_assert_null(meeple__map_find(&map, 0));
    for (uint32_t i = 0; i < 16; i++) {
        cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[i].link, i), 0);
    }
    counting_mem_fail(&counting, 1);
    cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[16].link, 16), MEEPLE_ENOMEM);
    cr_assert_eq(map.count, 16);
    for (uint32_t i = 0; i < 16; i++) {
        cr_assert_eq(meeple__map_find(&map, i), &members[i].link);
    }
    cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[16].link, 16), 0);
    cr_assert_eq(meeple__map_find(&map, 16), &members[16].link);
}

Test(map, different_numbers_have_different_hashes)
{
    /* The mixing can be undone, so no two numbers share a hash; here a sample that is dense below
     * and sparse above. */
    static struct member members[40000];

    for (uint32_t i = 0; i < 40000; i++) {
        uint32_t key = i < 20000 ? i : i * 100003U;

        members[i].key = key;
        cr_assert_null(find(key, meeple__hash_u32(key)));
        cr_assert_null(meeple__map_find(&map, meeple__hash_u32(key)));
        cr_assert_eq(meeple__map_put(&map, &counting.mem, &members[i].link, meeple__hash_u32(key)),
                     0);
    }
}

Test(map, the_hash_of_bytes_is_fnv_1a)
{
    cr_assert_eq(meeple__hash_bytes("", 0), 0x811c9dc5U);
    cr_assert_eq(meeple__hash_bytes("a", 1), 0xe40c292cU);
    cr_assert_eq(meeple__hash_bytes("foobar", 6), 0xbf9cf968U);
    cr_assert_neq(meeple__hash_bytes("a\0b", 3), meeple__hash_bytes("a\0c", 3));
}
