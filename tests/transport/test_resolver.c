/* test_resolver: names to addresses without waiting. */
#include "transport/resolver.h"

#include <criterion/criterion.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>

static const struct meeple__answer *answer_of(struct meeple__lookup *lookup)
{
    struct pollfd polled = {.fd = meeple__lookup_fd(lookup), .events = POLLIN};

    cr_assert_eq(poll(&polled, 1, 30000), 1, "no answer");
    cr_assert_not_null(meeple__lookup_answer(lookup));
    return meeple__lookup_answer(lookup);
}

Test(resolver, finds_localhost)
{
    struct meeple__lookup *lookup;
    const struct meeple__answer *answer;

    cr_assert_eq(meeple__lookup_new(&lookup, "localhost", 4567), 0);
    answer = answer_of(lookup);
    cr_assert_eq(answer->error, 0);
    cr_assert_gt(answer->count, 0);
    for (size_t i = 0; i < answer->count; i++) {
        char text[64];

        meeple__address_host(&answer->addresses[i], text, sizeof text);
        cr_assert(strcmp(text, "::1") == 0 || strncmp(text, "127.", 4) == 0, "%s", text);
        cr_assert_eq(meeple__address_port(&answer->addresses[i]), 4567);
    }
    meeple__lookup_free(lookup);
}

Test(resolver, says_why_there_is_no_address)
{
    struct meeple__lookup *lookup;
    const struct meeple__answer *answer;
    char text[100];

    cr_assert_eq(meeple__lookup_new(&lookup, "name.invalid", 80), 0);
    answer = answer_of(lookup);
    cr_assert_neq(answer->error, 0);
    cr_assert_eq(answer->count, 0);
    cr_assert_gt(strlen(meeple__answer_text(answer, text, sizeof text)), 5);
    meeple__lookup_free(lookup);
}

Test(resolver, says_what_the_system_said)
{
    const struct meeple__answer answer = {.error = EAI_SYSTEM, .number = 13};
    char text[100];

    cr_assert_str_eq(meeple__answer_text(&answer, text, sizeof text), "Permission denied");
}

Test(resolver, a_lookup_may_be_freed_at_any_time)
{
    struct meeple__lookup *lookup;

    for (int i = 0; i < 50; i++) {
        cr_assert_eq(meeple__lookup_new(&lookup, "localhost", 80), 0);
        if (i % 3 == 0) {
            answer_of(lookup);
        }
        meeple__lookup_free(lookup);
    }
    meeple__lookup_free(NULL);
}

Test(resolver, many_lookups_run_at_once)
{
    struct meeple__lookup *lookups[20];

    for (size_t i = 0; i < MEEPLE_COUNT(lookups); i++) {
        cr_assert_eq(meeple__lookup_new(&lookups[i], "localhost", (uint16_t)i), 0);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(lookups); i++) {
        cr_assert_eq(meeple__address_port(&answer_of(lookups[i])->addresses[0]), i);
        meeple__lookup_free(lookups[i]);
    }
}

Test(resolver, a_name_that_is_too_long_has_no_address)
{
    struct meeple__lookup *lookup;
    char name[5000];

    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    cr_assert_eq(meeple__lookup_new(&lookup, name, 80), 0);
    cr_assert_neq(answer_of(lookup)->error, 0);
    meeple__lookup_free(lookup);
}

Test(io_address, reads_numeric_addresses_only)
{
    static const char *const good[][2] = {{"127.0.0.1", "127.0.0.1:80"},
                                          {"::1", "[::1]:80"},
                                          {"::ffff:10.1.2.3", "10.1.2.3:80"},
                                          {"2001:DB8:0::1", "[2001:db8::1]:80"}};
    static const char *const bad[] = {"", "localhost", "1.2.3.4.5", "[::1]", "::1::", "300.1.1.1"};
    struct meeple__address address;
    struct meeple__ip ip;
    char text[64];

    for (size_t i = 0; i < MEEPLE_COUNT(good); i++) {
        cr_assert(meeple__address_parse(&address, good[i][0], 80), "%s", good[i][0]);
        ip = meeple__address_ip(&address);
        meeple__ip_write(text, &ip);
        cr_assert_str_eq(text, good[i][1]);
        cr_assert_eq(meeple__address_port(&address), 80);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(bad); i++) {
        cr_assert_not(meeple__address_parse(&address, bad[i], 80), "%s", bad[i]);
    }
}

Test(io_address, what_is_no_address_has_no_text)
{
    const struct meeple__address address = {.len = 0};
    struct meeple__ip ip = meeple__address_ip(&address);
    char text[8] = "?";

    meeple__address_host(&address, text, sizeof text);
    cr_assert_str_eq(text, "");
    cr_assert(meeple__ip_is_none(&ip));
    cr_assert_eq(meeple__address_port(&address), 0);
}

Test(io_address, an_unknown_error_has_a_text)
{
    char text[100] = "", small[5];

    meeple__errno_text(123456, text, sizeof text);
    cr_assert_gt(strlen(text), 5);
    meeple__errno_text(111, small, sizeof small);
    cr_assert_lt(strlen(small), sizeof small);
}
