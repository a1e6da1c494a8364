/* test_sha1: the digest, against the examples of FIPS 180. */
#include "transport/sha1.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void expect_digest(const char *text, size_t len, const char *hex)
{
    uint8_t digest[MEEPLE__SHA1_SIZE];
    char said[2 * MEEPLE__SHA1_SIZE + 1];

    cr_assert_eq(meeple__sha1(digest, (meeple_bytes){(const uint8_t *)text, len}), 0);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(said + 2 * i, 3, "%02x", digest[i]);
    }
    cr_assert_str_eq(said, hex, "%s, not %s", said, hex);
}

Test(sha1, has_the_digests_of_the_standard)
{
    static const char *const rows[][2] = {
        {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "a49b2446a02c645bf419f995b67091253a04a259"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        expect_digest(rows[i][0], strlen(rows[i][0]), rows[i][1]);
    }
}

Test(sha1, has_the_digest_of_many_blocks)
{
    static char text[1000000];

    memset(text, 'a', sizeof text);
    expect_digest(text, sizeof text, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* Where padding needs one block more. */
Test(sha1, has_the_digests_around_the_end_of_a_block)
{
    static const char *const rows[] = {
        "c1c8bbdc22796e28c0e15163d20899b65621d65a", /* 55 */
        "c2db330f6083854c99d4b5bfb6e8f29f201be699", /* 56 */
        "03f09f5b158a7a8cdad920bddc29b81c18a551f5", /* 63 */
        "0098ba824b5c16427bd7a1122a5a442a25ec644d", /* 64 */
        "11655326c708d70319be2610e8a57d9a5b959d3b", /* 65 */
    };
    static const size_t lens[] = {55, 56, 63, 64, 65};
    char text[65];

    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        expect_digest(text, lens[i], rows[i]);
    }
}
