/* test_scan: small steps over borrowed text. */
#include "core/scan.h"

#include <criterion/criterion.h>
#include <string.h>

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

static bool is(meeple_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

Test(scan, takes_a_byte_only_if_it_is_the_next)
{
    meeple_bytes rest = bytes_of("ab");

    cr_expect_not(meeple__take_byte(&rest, 'b'));
    cr_expect(meeple__take_byte(&rest, 'a'));
    cr_expect(is(rest, "b"));
    cr_expect(meeple__take_byte(&rest, 'b'));
    cr_expect_not(meeple__take_byte(&rest, 'b'));
    cr_expect_not(meeple__take_byte(&rest, '\0'));
}

Test(scan, blanks_are_spaces_and_tabs)
{
    static const char *const rows[][3] = {{" \t a b \t", "a b \t", "a b"},
                                          {"a", "a", "a"},
                                          {"", "", ""},
                                          {" \t ", "", ""},
                                          {"\r a\n", "\r a\n", "\r a\n"}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        meeple_bytes rest = bytes_of(rows[i][0]);

        meeple__skip_blanks(&rest);
        cr_expect(is(rest, rows[i][1]), "%s", rows[i][0]);
        cr_expect(is(meeple__trim(bytes_of(rows[i][0])), rows[i][2]), "%s", rows[i][0]);
    }
}

Test(scan, decodes_what_is_percent_encoded)
{
    static const struct {
        const char *text;
        int byte;
        const char *rest;
    } rows[] = {{"a", 'a', ""},    {"%41b", 'A', "b"}, {"%fFx", 0xff, "x"}, {"%00", 0, ""},
                {"+", '+', ""},    {"%", -1, NULL},    {"%4", -1, NULL},    {"%4g", -1, NULL},
                {"%g4", -1, NULL}, {"%%41", -1, NULL}, {"%@@", -1, NULL},   {"%`1", -1, NULL},
                {"\xff", 0xff, ""}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        meeple_bytes rest = bytes_of(rows[i].text);
        int byte = meeple__take_percent(&rest);

        cr_expect_eq(byte, rows[i].byte < 0 ? MEEPLE_EPROTO : rows[i].byte, "%s", rows[i].text);
        cr_expect(byte < 0 || is(rest, rows[i].rest), "%s", rows[i].text);
    }
}
