/* test_address_counts: how many connections come from where. */
#include "transport/address_counts.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/counting_mem.h"

static struct meeple__ip ip_of(const char *text)
{
    struct meeple__ip ip;

    cr_assert(meeple__ip_parse(&ip, (meeple_bytes){(const uint8_t *)text, strlen(text)}), "%s",
              text);
    return ip;
}

static struct meeple__address_count *enter(struct meeple__address_counts *counts,
                                           const meeple_mem *mem, const char *text)
{
    struct meeple__ip ip = ip_of(text);

    return meeple__address_counts_enter(counts, mem, &ip);
}

Test(address_counts, one_address_is_one_count_whatever_the_port)
{
    struct meeple__address_counts counts = {.seed = 5};
    struct counting_mem mem;
    struct meeple__address_count *a, *b;

    counting_mem_init(&mem);
    a = enter(&counts, &mem.mem, "10.0.0.1:5000");
    b = enter(&counts, &mem.mem, "10.0.0.2:5000");
    cr_assert(a && b && a != b);
    cr_assert_eq(enter(&counts, &mem.mem, "10.0.0.1:6000"), a);
    cr_assert_eq(enter(&counts, &mem.mem, "::ffff:10.0.0.1"), a);
    cr_expect_eq(meeple__address_counts_find(&counts, &(struct meeple__ip){0}), NULL);
    for (int i = 0; i < 2; i++) {
        struct meeple__ip ip = ip_of(i ? "10.0.0.2" : "10.0.0.1:7"), other = ip_of("10.0.0.3");

        cr_expect_eq(meeple__address_counts_find(&counts, &ip), i ? b : a);
        cr_expect_eq(meeple__address_counts_find(&counts, &other), NULL);
    }
    cr_expect_eq(a->count, 3);
    cr_expect_eq(b->count, 1);
    meeple__address_counts_leave(&counts, &mem.mem, a);
    meeple__address_counts_leave(&counts, &mem.mem, a);
    cr_expect_eq(a->count, 1);
    meeple__address_counts_leave(&counts, &mem.mem, a);
    meeple__address_counts_leave(&counts, &mem.mem, b);
    meeple__address_counts_leave(&counts, &mem.mem, NULL);
    cr_expect_eq(counts.map.count, 0);
    meeple__address_counts_done(&counts, &mem.mem);
    cr_expect_eq(mem.live, 0);
}

Test(address_counts, a_network_of_64_bits_is_one)
{
    struct meeple__address_counts counts = {0};
    struct meeple__address_count *a = enter(&counts, NULL, "2001:db8::1");

    cr_assert_eq(enter(&counts, NULL, "2001:db8::ffff:1:2"), a);
    cr_expect_eq(a->count, 2);
    cr_assert_neq(enter(&counts, NULL, "2001:db8:0:1::1"), a);
    meeple__address_counts_leave(&counts, NULL, enter(&counts, NULL, "2001:db8:0:1::1"));
    meeple__address_counts_leave(&counts, NULL, enter(&counts, NULL, "2001:db8:0:1::1"));
    for (int i = 0; i < 2; i++) {
        meeple__address_counts_leave(&counts, NULL, a);
    }
    a = enter(&counts, NULL, "2001:db8:0:1::1");
    cr_expect_eq(a->count, 2);
    meeple__address_counts_leave(&counts, NULL, a);
    meeple__address_counts_leave(&counts, NULL, a);
    meeple__address_counts_done(&counts, NULL);
}

Test(address_counts, every_allocation_fails_once)
{
    for (size_t n = 1; n <= 2; n++) {
        struct meeple__address_counts counts = {0};
        struct counting_mem mem;

        counting_mem_init(&mem);
        counting_mem_fail(&mem, n);
        cr_expect_eq(enter(&counts, &mem.mem, "10.0.0.1"), NULL);
        cr_expect_eq(counts.map.count, 0);
        meeple__address_counts_done(&counts, &mem.mem);
        cr_expect_eq(mem.live, 0);
    }
}
