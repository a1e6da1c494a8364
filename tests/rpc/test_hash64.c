/* test_hash64: FNV-1a in pieces, mixed, and NaNs that are all the same one. */
#include "rpc/hash64.h"

#include <criterion/criterion.h>

#include <string.h>

#include "tests/rpc/bytes.h"

static meeple_bytes text(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

Test(hash64, is_fnv_1a)
{
    struct meeple__hash64 hash = meeple__hash64_begin();

    cr_expect_eq(hash.state, UINT64_C(0xcbf29ce484222325));
    meeple__hash64_add(&hash, text("a"));
    cr_expect_eq(hash.state, UINT64_C(0xaf63dc4c8601ec8c));
    hash = meeple__hash64_begin();
    meeple__hash64_add(&hash, text("foobar"));
    cr_expect_eq(hash.state, UINT64_C(0x85944171f73967e8));
}

Test(hash64, does_not_know_the_pieces)
{
    struct meeple__hash64 whole = meeple__hash64_begin(), pieces = meeple__hash64_begin();

    meeple__hash64_add(&whole, text("what two peers think"));
    meeple__hash64_add(&pieces, text("what two "));
    meeple__hash64_add(&pieces, text(""));
    meeple__hash64_add(&pieces, text("peers think"));
    cr_expect_eq(meeple__hash64_end(whole), meeple__hash64_end(pieces));
}

Test(hash64, mixes_every_bit_into_every_other)
{
    uint64_t first = meeple__hash64_end((struct meeple__hash64){1});

    cr_expect_eq(meeple__hash64_end((struct meeple__hash64){0}), 0);
    for (unsigned bit = 1; bit < 64; bit++) {
        uint64_t other =
            first ^ meeple__hash64_end((struct meeple__hash64){1 ^ UINT64_C(1) << bit});
        unsigned count = 0;

        for (; other != 0; other &= other - 1) {
            count++;
        }
        cr_expect(count > 12 && count < 52, "bit %u: %u", bit, count);
    }
}

static void expect_one(meeple_type type, const char *encoding, const char *expected)
{
    uint8_t bytes[64], wanted[64];
    size_t len = from_hex(bytes, encoding);

    cr_assert_eq(from_hex(wanted, expected), len);
    meeple__hash64_one_nan(type, bytes, len);
    cr_expect_arr_eq(bytes, wanted, len, "%s", encoding);
}

Test(hash64, every_nan_is_the_same_one)
{
    expect_one(MEEPLE_TYPE_F32, "ca ff 80 00 01", "ca 7f c0 00 00");
    expect_one(MEEPLE_TYPE_F32, "ca 7f ff ff ff", "ca 7f c0 00 00");
    expect_one(MEEPLE_TYPE_F32, "ca 7f 80 00 00", "ca 7f 80 00 00"); /* infinity */
    expect_one(MEEPLE_TYPE_F32, "ca ff 80 00 00", "ca ff 80 00 00");
    expect_one(MEEPLE_TYPE_F32, "ca 7f 7f ff ff", "ca 7f 7f ff ff");
    expect_one(MEEPLE_TYPE_F32, "ca 80 00 00 00", "ca 80 00 00 00"); /* -0 */
    expect_one(MEEPLE_TYPE_F64, "cb 7f f0 00 00 00 00 00 01", "cb 7f f8 00 00 00 00 00 00");
    expect_one(MEEPLE_TYPE_F64, "cb ff f4 00 00 00 00 00 00", "cb 7f f8 00 00 00 00 00 00");
    expect_one(MEEPLE_TYPE_F64, "cb 7f f0 00 00 00 00 00 00", "cb 7f f0 00 00 00 00 00 00");
    expect_one(MEEPLE_TYPE_F64, "cb 7f ef ff ff ff ff ff ff", "cb 7f ef ff ff ff ff ff ff");
    expect_one(MEEPLE_TYPE_VEC2, "d7 01 3f 80 00 00 ff c0 00 07", "d7 01 3f 80 00 00 7f c0 00 00");
    expect_one(MEEPLE_TYPE_VEC3, "c7 0c 02 ff 80 00 01 00 00 00 00 3f 80 00 00",
               "c7 0c 02 7f c0 00 00 00 00 00 00 3f 80 00 00");
    expect_one(MEEPLE_TYPE_COLOR, "d8 03 ff 80 00 01 00 00 00 00 3f 80 00 00 7f 80 10 00",
               "d8 03 7f c0 00 00 00 00 00 00 3f 80 00 00 7f c0 00 00");
    expect_one(MEEPLE_TYPE_QUAT, "d8 05 ff 80 00 01 00 00 00 00 3f 80 00 00 7f 80 10 00",
               "d8 05 7f c0 00 00 00 00 00 00 3f 80 00 00 7f c0 00 00");
    expect_one(MEEPLE_TYPE_AABB,
               "c7 18 07 ff 80 00 01 00 00 00 00 3f 80 00 00 00 00 00 00 00 00 00 00 ff c0 00 00",
               "c7 18 07 7f c0 00 00 00 00 00 00 3f 80 00 00 00 00 00 00 00 00 00 00 7f c0 00 00");
}

Test(hash64, leaves_alone_what_is_no_float)
{
    expect_one(MEEPLE_TYPE_I32, "ce ff 80 00 01", "ce ff 80 00 01");
    expect_one(MEEPLE_TYPE_CHARS, "a4 7f ff ff ff", "a4 7f ff ff ff");
    expect_one(MEEPLE_TYPE_F32, "c1", "c1");
    expect_one(MEEPLE_TYPE_COLOR, "c1", "c1");
}
