/* test_dice_text: what others wrote, made fit to be shown on one line. */
#include <criterion/criterion.h>

#include <string.h>

#include <meeple/base.h>

#include "samples/lobby/text.h"
#include "samples/ui/utf8.h"
#include "tests/support/prng.h"

Test(lobby_text, takes_out_what_is_no_character_to_be_seen)
{
    static const struct {
        const char *text, *clean;
    } cases[] = {
        {"", ""},
        {"   ", ""},
        {"a", "a"},
        {"  a  b  ", "a  b"},
        {"a\nb\tc\x1b[31m\x7f", "abc[31m"},
        {"\xc2\x85\xc2\x9b", ""},
        {"\xe2\x80\xa8\xe2\x80\xaeX\xe2\x81\xa6\xef\xbb\xbf", "X"},
        {"\xff\xfe\x80 ok", "ok"},
        {"\xc3", ""},
        {"\xed\xa0\x80\xc0\xaf\xf5\x80\x80\x80", ""},
        {"日本 \xf0\x9f\x8e\xb2", "日本 \xf0\x9f\x8e\xb2"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"},
    };
    char dst[64];

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        size_t len = lobby_text_clean(dst, sizeof dst, cases[i].text);

        cr_expect_str_eq(dst, cases[i].clean);
        cr_expect_eq(len, strlen(cases[i].clean));
    }
}

Test(lobby_text, cuts_between_two_characters_and_behind_no_blank)
{
    char dst[8];

    cr_expect_eq(lobby_text_clean(dst, 1, "abc"), 0);
    cr_expect_eq(lobby_text_clean(dst, 4, "abcdef"), 3);
    cr_expect_str_eq(dst, "abc");
    cr_expect_eq(lobby_text_clean(dst, 4, "ab\xc3\xa9"), 2);
    cr_expect_str_eq(dst, "ab");
    cr_expect_eq(lobby_text_clean(dst, 5, "ab\xc3\xa9"), 4);
    cr_expect_eq(lobby_text_clean(dst, 4, "ab cd"), 2);
    cr_expect_str_eq(dst, "ab");
}

/* Any bytes: what comes out is UTF-8, fits, and is clean: a second time changes nothing. */
Test(lobby_text, is_the_same_when_done_twice)
{
    static const unsigned char pieces[] = {'a',  ' ',  '\n', 0x7f, 0x80, 0x85, 0x8d,
                                           0x9f, 0xa8, 0xae, 0xc2, 0xc3, 0xe2, 0xed,
                                           0xef, 0xbb, 0xbf, 0xf0, 0xf4, 0xff};
    struct prng prng = {.state = 11};

    for (int round = 0; round < 20000; round++) {
        char text[24], once[20], twice[20];
        size_t len = prng_below(&prng, sizeof text);
        size_t cap = 1 + prng_below(&prng, sizeof once);

        for (size_t i = 0; i < len; i++) {
            text[i] = (char)pieces[prng_below(&prng, sizeof pieces)];
        }
        text[len] = '\0';
        len = lobby_text_clean(once, cap, text);
        cr_assert_lt(len, cap);
        cr_assert_eq(strlen(once), len);
        for (size_t at = 0, size; at < len; at += size) {
            cr_assert_neq(utf8_read(once + at, len - at, &size), UTF8_INVALID);
        }
        cr_assert_eq(lobby_text_clean(twice, cap, once), len);
        cr_assert_str_eq(twice, once);
    }
}
