/* test_codec_godot3_elements: Arrays and Dictionaries as msgpack, and that they never grow. */
#include "rpc/codec_godot3_elements.h"

#include "tests/rpc/variants.h"

enum {
    MANY = 70000 /* elements of which each head of msgpack is at its longest */
};

/* Variants after one another, without a ceiling. */
struct pile {
    struct meeple__buf buf;
    struct meeple__sink sink;
};

static void pile_init(struct pile *pile)
{
    *pile = (struct pile){.sink = {.ceiling = SIZE_MAX}};
    pile->sink.buf = &pile->buf;
}

static void pile_u32s(struct pile *pile, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        meeple__sink_u32(&pile->sink, numbers[i]);
    }
}

#define PILE(pile, ...)                                                                            \
    pile_u32s(pile, (const uint32_t[]){__VA_ARGS__},                                               \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* Reads it in memory of exact size; how many bytes of room were used. */
static size_t used_by(struct pile *pile, enum meeple__variant_fault expected)
{
    uint8_t *room = malloc(pile->buf.len);
    struct meeple__reader reader = meeple__reader_of((meeple_bytes){pile->buf.ptr, pile->buf.len});
    meeple_value value, again;
    size_t used;

    cr_assert_eq(pile->sink.rc, 0);
    cr_expect_eq(meeple__variant_whole(&reader, room, pile->buf.len, &value, &used), expected);
    if (expected == MEEPLE__VARIANT_NONE_FAULT) {
        size_t size = meeple_value_size(value);
        uint8_t *bytes = malloc(size);

        /* What was made is what msgpack has for it. */
        cr_expect(meeple__reader_at_end(&reader));
        cr_assert_eq(meeple_value_copy(&again, value, bytes, size), (int)size);
        cr_expect_eq(meeple_value_read(&again, (meeple_bytes){bytes, size}), 0);
        cr_expect(meeple_value_equal(value, again));
        cr_expect_leq(size, pile->buf.len, "it is longer than the Variants");
        free(bytes);
    }
    meeple__buf_done(&pile->buf, NULL);
    free(room);
    return used;
}

static void expect_elements(const char *hex, const char *expected)
{
    struct variant variant = variant_hex(hex);

    cr_assert_eq(variant.rc, 0, "%s", variant.why.text);
    expect_text(variant.value, expected, hex);
    variant_done(&variant);
}

Test(codec_godot3_elements, reads_arrays_within_dictionaries_within_arrays)
{
    expect_elements("13000000 02000000"
                    "12000000 01000000 04000000 01000000 61000000 13000000 00000000"
                    "02000000 05000000",
                    "[{\"a\": []}, 5]");
    expect_elements("12000000 02000000 12000000 00000000 00000000 13000000 01000000 00000000"
                    "10000000",
                    "{{}: nil, [nil]: rid()}");
}

/* Whatever is put elsewhere first comes to the right place. */
Test(codec_godot3_elements, puts_paths_and_strings_where_they_belong)
{
    expect_elements("13000000 04000000"
                    "0f000000 02000080 01000000 01000000 04000000 726f6f74 01000000 61ffffff"
                    "01000000 78ffffff"
                    "17000000 03000000 02000000 61000000 00000000 03000000 62620000"
                    "0f000000 00000080 00000000 00000000"
                    "17000000 00000000",
                    "[node_path(\"/root/a:x\"), strings[\"a\", \"\", \"bb\"], node_path(\"\"), "
                    "strings[]]");
}

Test(codec_godot3_elements, bounds_the_depth)
{
    for (unsigned depth = MEEPLE_VALUE_DEPTH_MAX; depth <= MEEPLE_VALUE_DEPTH_MAX + 1; depth++) {
        struct pile arrays, maps;

        pile_init(&arrays);
        pile_init(&maps);
        for (unsigned i = 0; i < depth; i++) {
            PILE(&arrays, 19, 1);
            PILE(&maps, 18, 1, 0);
        }
        PILE(&arrays, 0);
        PILE(&maps, 0);
        used_by(&arrays, depth > MEEPLE_VALUE_DEPTH_MAX ? MEEPLE__VARIANT_DEEP_FAULT
                                                        : MEEPLE__VARIANT_NONE_FAULT);
        used_by(&maps, depth > MEEPLE_VALUE_DEPTH_MAX ? MEEPLE__VARIANT_DEEP_FAULT
                                                      : MEEPLE__VARIANT_NONE_FAULT);
    }
}

/* The stack does not grow with it. */
Test(codec_godot3_elements, refuses_a_million_levels)
{
    struct pile pile;

    pile_init(&pile);
    for (unsigned i = 0; i < 1000000; i++) {
        PILE(&pile, 19, 1);
    }
    cr_expect_lt(used_by(&pile, MEEPLE__VARIANT_DEEP_FAULT), 100);
}

Test(codec_godot3_elements, does_not_believe_counts)
{
    static const uint32_t types[] = {18, 19, 20, 21, 22, 23, 24, 25, 26};
    static const uint32_t counts[] = {3, 0x10000, 0x10000000, 0x3fffffff, 0x7fffffff};

    for (size_t i = 0; i < MEEPLE_COUNT(types); i++) {
        for (size_t j = 0; j < MEEPLE_COUNT(counts); j++) {
            struct pile pile;

            /* Two bytes are there for three, two elements of four bytes, and so on. */
            pile_init(&pile);
            PILE(&pile, 19, 1, types[i], counts[j]);
            if (types[i] == 20) {
                meeple__sink_bytes(&pile.sink, (meeple_bytes){(const uint8_t *)"ab", 2});
            } else {
                PILE(&pile, 0, 0);
            }
            cr_expect_lt(used_by(&pile, MEEPLE__VARIANT_SHORT_FAULT), 100);
        }
    }
}

/* The shortest of each type, many times: where a byte more would be seen. */
Test(codec_godot3_elements, never_grows_with_many_small_ones)
{
    static const struct {
        uint32_t count, numbers[6];
    } small[] = {
        {1, {0}},
        {2, {1, 1}},
        {2, {2, 0x7fffffff}},
        {3, {2 | 1U << 16, 0, 0x80000000}},
        {2, {3, 0x3f800000}},
        {3, {3 | 1U << 16, 1, 1}},
        {2, {4, 0}},
        {3, {4, 1, 'a'}},
        {3, {5, 1, 1}},
        {5, {6, 1, 1, 1, 1}},
        {4, {7, 1, 1, 1}},
        {4, {15, 0x80000000, 0, 0}},
        {4, {15, 0x80000000, 0, 1}},
        {6, {15, 0x80000001, 0, 1, 1, 'a'}},
        {1, {16}},
        {2, {17, 0}},
        {2, {18, 0}},
        {2, {19, 0}},
        {2, {20, 0}},
        {3, {20, 1, 'a'}},
        {2, {21, 0}},
        {3, {21, 1, 7}},
        {3, {22, 1, 7}},
        {2, {23, 0}},
        {3, {23, 1, 0}},
        {4, {23, 1, 1, 0}},
        {4, {24, 1, 7, 7}},
        {5, {25, 1, 7, 7, 7}},
        {6, {26, 1, 7, 7, 7, 7}},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(small); i++) {
        struct pile pile;

        pile_init(&pile);
        PILE(&pile, 19, MANY);
        for (unsigned j = 0; j < MANY; j++) {
            pile_u32s(&pile, small[i].numbers, small[i].count);
        }
        cr_expect_leq(used_by(&pile, MEEPLE__VARIANT_NONE_FAULT), 4 * small[i].count * MANY);
    }
}

/* Lengths on both sides of where the head of msgpack gets longer. */
Test(codec_godot3_elements, never_grows_with_a_large_one)
{
    static const uint32_t lens[] = {0,   1,   3,   4,   15,    16,    17,    31,    32,
                                    255, 256, 257, 300, 65534, 65535, 65536, 65537, 200001};

    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        struct pile string, bytes, path, strings, ints;
        uint32_t len = lens[i];

        pile_init(&string);
        pile_init(&bytes);
        pile_init(&path);
        pile_init(&strings);
        pile_init(&ints);
        PILE(&string, 19, 1, 4, len);
        PILE(&bytes, 19, 1, 20, len);
        PILE(&path, 19, 1, 15, 0x80000001, 0, 1, len + 1);
        PILE(&strings, 19, 1, 23, 1, len);
        PILE(&ints, 19, 1, 21, len);
        for (uint32_t j = 0; j < (len + 3) / 4; j++) {
            PILE(&string, 0x61616161);
            PILE(&bytes, 0x61616161);
            PILE(&strings, 0x61616161);
        }
        for (uint32_t j = 0; j < (len + 4) / 4; j++) {
            PILE(&path, 0x61616161);
        }
        for (uint32_t j = 0; j < len; j++) {
            PILE(&ints, j);
        }
        used_by(&string, MEEPLE__VARIANT_NONE_FAULT);
        used_by(&bytes, MEEPLE__VARIANT_NONE_FAULT);
        used_by(&path, MEEPLE__VARIANT_NONE_FAULT);
        used_by(&strings, MEEPLE__VARIANT_NONE_FAULT);
        used_by(&ints, MEEPLE__VARIANT_NONE_FAULT);
    }
}

Test(codec_godot3_elements, never_writes_beyond_its_room)
{
    uint8_t bytes[VARIANT_SIZE];
    size_t len = from_hex(bytes, "13000000 02000000 04000000 04000000 61626364 02000000 05000000");

    for (size_t size = 0; size < len; size++) {
        struct meeple__reader reader = meeple__reader_of((meeple_bytes){bytes, len});
        uint8_t *room = malloc(size + 1);
        meeple_value value;
        size_t used;

        cr_expect_eq(meeple__variant_whole(&reader, room, size, &value, &used),
                     MEEPLE__VARIANT_ROOM_FAULT);
        free(room);
    }
}
