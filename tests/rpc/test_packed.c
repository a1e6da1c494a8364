/* test_packed: packed arrays from their elements to their bytes and back. */
#include "rpc/packed.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/bytes.h"

static int add(void *data, const char *bytes, size_t len)
{
    return meeple__buf_add(data, NULL, (meeple_bytes){(const uint8_t *)bytes, len}, 1 << 20);
}

/* The bytes of a span; the caller frees them. */
static struct meeple__buf bytes_of(meeple_value_kind kind, const void *ptr, size_t len)
{
    const struct meeple__span span = {ptr, len};
    struct meeple__buf buf = {0};

    meeple__packed_span(kind, &span, add, &buf);
    cr_expect_eq(buf.len, meeple__packed_span_size(kind, &span));
    return buf;
}

Test(packed, lies_in_bytes_as_the_wire_document_says)
{
    static const int32_t ints[] = {1, -2};
    static const float reals[] = {0.5f};
    static const char *const strings[] = {"An", NULL, ""};
    static const meeple_vec2 vec2s[] = {{1, -2}};
    static const meeple_vec3 vec3s[] = {{0, 0.5f, 1}};
    static const meeple_color colors[] = {{1, 0, 0, 0.5f}};
    static const struct {
        meeple_value_kind kind;
        const void *ptr;
        size_t len;
        const char *hex;
    } cases[] = {
        {MEEPLE_VALUE_INTS, ints, 2, "01 00 00 00 fe ff ff ff"},
        {MEEPLE_VALUE_REALS, reals, 1, "00 00 00 3f"},
        {MEEPLE_VALUE_STRINGS, strings, 3, "02 00 00 00 41 6e 00 00 00 00 00 00 00 00"},
        {MEEPLE_VALUE_VEC2S, vec2s, 1, "00 00 80 3f 00 00 00 c0"},
        {MEEPLE_VALUE_VEC3S, vec3s, 1, "00 00 00 00 00 00 00 3f 00 00 80 3f"},
        {MEEPLE_VALUE_COLORS, colors, 1, "00 00 80 3f 00 00 00 00 00 00 00 00 00 00 00 3f"},
        {MEEPLE_VALUE_INTS, NULL, 0, ""},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__buf buf = bytes_of(cases[i].kind, cases[i].ptr, cases[i].len);

        expect_bytes(buf, cases[i].hex);
        meeple__buf_done(&buf, NULL);
    }
}

Test(packed, comes_back_wherever_its_room_begins)
{
    int32_t ints[200];
    struct meeple__buf buf;
    uint32_t count;

    for (size_t i = 0; i < MEEPLE_COUNT(ints); i++) {
        ints[i] = (int32_t)(i * 2654435761U);
    }
    for (size_t len = 0; len <= MEEPLE_COUNT(ints); len += 25) {
        buf = bytes_of(MEEPLE_VALUE_INTS, ints, len);
        cr_assert(
            meeple__packed_count(MEEPLE_VALUE_INTS, (meeple_bytes){buf.ptr, buf.len}, &count));
        cr_assert_eq(count, len);
        for (size_t shift = 0; shift < 9; shift++) {
            const meeple_value value = {
                .kind = MEEPLE_VALUE_INTS, .count = count, .bytes = {buf.ptr, buf.len}};
            char *memory = malloc(meeple__packed_room(buf.len) + shift), *room = memory + shift;
            struct meeple__span span = meeple__packed_unpack(&value, &room);

            cr_expect_eq((uintptr_t)span.ptr % sizeof(int32_t), 0);
            cr_expect_eq(span.len, len);
            cr_expect(len == 0 || memcmp(span.ptr, ints, len * sizeof *ints) == 0);
            cr_expect_leq((size_t)(room - memory), meeple__packed_room(buf.len) + shift);
            free(memory);
        }
        meeple__buf_done(&buf, NULL);
    }
}

Test(packed, has_only_whole_elements)
{
    static const uint8_t bytes[] = {1, 0, 0, 0, 'a', 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
    static const bool strings[] = {true,  false, false, false, false, true,  false,
                                   false, false, true,  false, false, false, false};
    uint32_t count = 99;

    for (size_t len = 0; len <= sizeof bytes; len++) {
        const meeple_bytes some = {bytes, len};

        cr_expect_eq(meeple__packed_count(MEEPLE_VALUE_INTS, some, &count), len % 4 == 0);
        cr_expect_eq(meeple__packed_count(MEEPLE_VALUE_VEC2S, some, &count), len % 8 == 0);
        cr_expect_eq(meeple__packed_count(MEEPLE_VALUE_VEC3S, some, &count), len % 12 == 0);
        cr_expect_eq(meeple__packed_count(MEEPLE_VALUE_STRINGS, some, &count), strings[len], "%zu",
                     len);
    }
    cr_expect(meeple__packed_count(MEEPLE_VALUE_STRINGS, (meeple_bytes){bytes, 9}, &count));
    cr_expect_eq(count, 2);
}
