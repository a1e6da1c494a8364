/* test_layout: tables of state checked, and taken apart into slots. */
#include "rpc/layout.h"

#include <criterion/criterion.h>

#include <string.h>

#include "rpc/sentence.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/decks.h"
#include "tests/rpc/grids.h"

struct piece {
    char name[8];
    int16_t x;
    struct {
        float speed;
        bool on;
    } motor;
    uint8_t cells[5];
    meeple_color color;
};

static const meeple_field fields[] = {
    MEEPLE_STATE(struct piece, name, .flags = MEEPLE_ON_SPAWN, .max = 4),
    MEEPLE_STATE(struct piece, x, .min = -3, .max = 3),
    MEEPLE_STATE(struct piece, motor.speed),
    MEEPLE_STATE(struct piece, motor.on),
    MEEPLE_STATE(struct piece, cells, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct piece, color),
};
static const meeple_state state = {
    .fields = fields, .field_count = MEEPLE_COUNT(fields), .size = sizeof(struct piece)};
static const meeple_class piece_class = {.name = "piece", .state = &state};

static struct meeple__layout *layout_of(const meeple_class *cls)
{
    struct meeple__layout *layout = NULL;
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&layout, NULL, cls, NULL, &why), 0, "%s", why.text);
    return layout;
}

Test(layout, has_a_slot_for_each_element)
{
    static const char *const names[] = {"name",  "x",     "motor.speed", "motor.on", "cells",
                                        "cells", "cells", "cells",       "cells",    "color"};
    struct meeple__layout *layout = layout_of(&piece_class);

    cr_expect_eq(layout->slot_count, MEEPLE_COUNT(names));
    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        cr_expect_str_eq(meeple__layout_slot(layout, slot).name, names[slot]);
    }
    cr_expect_eq(meeple__layout_slot(layout, 7).offset, offsetof(struct piece, cells) + 3);
    cr_expect_eq(meeple__layout_slot(layout, 7).flags, MEEPLE_OWNER_ONLY);
    cr_assert_eq(layout->run_count, 1);
    cr_expect_eq(layout->runs[0].offset, offsetof(struct piece, x),
                 "what is only spawned is not compared");
    cr_expect_eq(layout->runs[0].offset + layout->runs[0].len,
                 offsetof(struct piece, color) + sizeof(meeple_color));
    cr_expect_not(layout->runs[0].solid);
    free(layout);
}

Test(layout, tells_others_its_fields)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    meeple__layout_write(layout, &sink);
    cr_expect_eq(sink.rc, 0);
    buf.len = 13;
    expect_bytes(buf, "04 6e 61 6d 65 74 08 01 00 01 78 68 00");
    meeple__buf_done(&buf, NULL);
    free(layout);
}

struct grouped {
    int32_t own, tray, late;
};

static const meeple_field grouped_fields[] = {
    MEEPLE_STATE(struct grouped, own, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct grouped, tray, .flags = MEEPLE_GROUP(1)),
    MEEPLE_STATE(struct grouped, late, .flags = MEEPLE_ON_SPAWN | MEEPLE_GROUP(6)),
};
static const meeple_state grouped_state = {.fields = grouped_fields,
                                           .field_count = MEEPLE_COUNT(grouped_fields),
                                           .size = sizeof(struct grouped)};
static const meeple_class grouped_class = {.name = "grouped", .state = &grouped_state};

Test(layout, knows_the_groups_that_there_are)
{
    struct meeple__layout *layout = layout_of(&grouped_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    cr_expect_eq(layout->groups, 1 | 2 | 4 | 128);
    meeple__layout_write(layout, &sink);
    expect_bytes(buf, "03 6f 77 6e 69 02 00 04 74 72 61 79 69 10 00 04 6c 61 74 65 69 61 00");
    meeple__buf_done(&buf, NULL);
    free(layout);
}

Test(layout, what_lies_side_by_side_is_compared_at_once)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    static const uint32_t solid[] = {0, sizeof(int16_t), sizeof(float), 1, 5, sizeof(meeple_color)};

    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        cr_expect_eq(layout->leaves[i].solid, solid[i], "%s", layout->leaves[i].field.name);
    }
    cr_assert_not_null(meeple__layout_only_run(layout));
    cr_expect_not(meeple__layout_only_run(layout)->solid, "there are bytes between members");
    free(layout);
    layout = layout_of(&grouped_class);
    cr_assert_not_null(meeple__layout_only_run(layout), "however short it is");
    cr_expect_eq(meeple__layout_only_run(layout)->len, 2 * sizeof(int32_t));
    free(layout);
}

Test(layout, checks_every_element)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    struct meeple__sentence why;
    struct piece piece = {.name = "four"};

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), 0);
    piece.x = 4;
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'x' is 4, allowed -3..3");
    meeple__sentence_init(&why);
    strcpy(piece.name, "fives");
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' is 5 bytes long, allowed 0..4");
    meeple__sentence_init(&why);
    memset(piece.name, 'x', sizeof piece.name);
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' has no end");
    meeple__sentence_init(&why);
    strcpy(piece.name, "\xff");
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' is not UTF-8");
    free(layout);
}

Test(layout, compares_texts_up_to_their_end)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    meeple_field name = meeple__layout_slot(layout, 0), x = meeple__layout_slot(layout, 1);
    struct piece left = {.name = "a\0bc"}, right = {.name = "a\0de", .x = 1};

    cr_expect(meeple__slot_same(&name, &left, &right));
    cr_expect_not(meeple__slot_same(&x, &left, &right));
    free(layout);
}

static const meeple_state deck_state = {
    .fields = deck_fields, .field_count = MEEPLE_COUNT(deck_fields), .size = sizeof(struct deck)};
static const meeple_class deck_class = {.name = "deck", .state = &deck_state};

Test(layout, takes_structs_apart)
{
    static const struct {
        const char *name;
        uint32_t count;
        uint16_t offset, flags;
    } leaves[] = {
        {"title", 1, offsetof(struct deck, title), MEEPLE_ON_SPAWN},
        {"top.rank", 1, offsetof(struct deck, top.rank), 0},
        {"top.suit", 1, offsetof(struct deck, top.suit), 0},
        {"top.note", 1, offsetof(struct deck, top.note), MEEPLE_OWNER_ONLY},
        {"hand_count", 1, offsetof(struct deck, hand_count), 0},
        {"hands.label", 4, offsetof(struct deck, hands[0].label), 0},
        {"hands.count", 4, offsetof(struct deck, hands[0].count), 0},
        {"hands.cards.rank", 12, offsetof(struct deck, hands[0].cards[0].rank), 0},
        {"hands.cards.suit", 12, offsetof(struct deck, hands[0].cards[0].suit), 0},
        {"hands.cards.note", 12, offsetof(struct deck, hands[0].cards[0].note), MEEPLE_OWNER_ONLY},
        {"hands.weight", 4, offsetof(struct deck, hands[0].weight), 0},
        {"chip_count", 1, offsetof(struct deck, chip_count), 0},
        {"chips", 5, offsetof(struct deck, chips), 0},
        {"names", 2, offsetof(struct deck, names), 0},
        {"blob", 1, offsetof(struct deck, blob), MEEPLE_OWNER_ONLY},
        {"value", 1, offsetof(struct deck, value), 0},
        {"value_count", 1, offsetof(struct deck, value_count), 0},
        {"values", 3, offsetof(struct deck, values), 0},
    };
    struct meeple__layout *layout = layout_of(&deck_class);
    uint32_t first = 0;

    cr_assert_eq(layout->leaf_count, MEEPLE_COUNT(leaves));
    for (size_t i = 0; i < MEEPLE_COUNT(leaves); i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];

        cr_expect_str_eq(leaf->field.name, leaves[i].name);
        cr_expect_eq(leaf->count, leaves[i].count, "%s", leaves[i].name);
        cr_expect_eq(leaf->first, first);
        cr_expect_eq(leaf->field.offset, leaves[i].offset);
        cr_expect_eq(leaf->field.flags & (MEEPLE_ON_SPAWN | MEEPLE_OWNER_ONLY), leaves[i].flags);
        first += leaf->count;
    }
    cr_expect_eq(layout->slot_count, first);
    cr_expect_eq(layout->blob_count, 1 + 1 + 12 + 2 + 1 + 1 + 3);
    cr_expect_eq(meeple__leaf_offset(&layout->leaves[8], 7),
                 offsetof(struct deck, hands[2].cards[1].suit));
    cr_expect_eq(meeple__layout_slot(layout, layout->leaves[8].first + 7).offset,
                 offsetof(struct deck, hands[2].cards[1].suit));
    free(layout);
}

/* All that two peers have to agree on is in it. */
Test(layout, tells_others_its_arrays)
{
    enum {
        HANDS_AT = 59
    };
    struct meeple__layout *layout = layout_of(&deck_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};
    uint8_t expected[200];
    size_t len;

    meeple__layout_write(layout, &sink);
    cr_expect_eq(sink.rc, 0);
    len = from_hex(expected, "0b 68616e64732e6c6162656c 74 06 00 01 04 05"
                             "0b 68616e64732e636f756e74 43 00 01 04 05"
                             "10 68616e64732e63617264732e72616e6b 43 00 02 04 05 03 07"
                             "10 68616e64732e63617264732e73756974 49 00 02 04 05 03 07"
                             "10 68616e64732e63617264732e6e6f7465 73 02 02 04 05 03 07");
    cr_assert_geq(buf.len, HANDS_AT + len);
    cr_expect_eq(memcmp(buf.ptr + HANDS_AT, expected, len), 0);
    meeple__buf_done(&buf, NULL);
    free(layout);
}

Test(layout, knows_what_exists)
{
    struct meeple__layout *layout = layout_of(&deck_class);
    const struct deck deck = {.hand_count = 3, .hands = {{.count = 1}, {.count = 200}, {0}}};
    static const bool there[12] = {true, false, false, true, true, true};

    for (uint32_t i = 0; i < 12; i++) {
        cr_expect_eq(meeple__leaf_present(layout, &layout->leaves[7], i, &deck), there[i], "%u", i);
    }
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_eq(meeple__layout_present(layout, layout->leaves[5].first + i, &deck), i < 3);
    }
    cr_expect(meeple__layout_present(layout, 0, &deck));
    free(layout);
}

Test(layout, finds_the_elements_that_bytes_belong_to)
{
    struct meeple__layout *layout = layout_of(&deck_class);

    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];
        size_t size = meeple__slot_size(&leaf->field);

        for (size_t low = 0; low < sizeof(struct deck); low += 3) {
            for (size_t len = 0; len < 130; len = len * 2 + 1) {
                uint32_t found = meeple__leaf_touching(leaf, 0, low, low + len);

                for (uint32_t at = 0; at < leaf->count; at++) {
                    size_t offset = meeple__leaf_offset(leaf, at);
                    bool touches = offset < low + len && offset + size > low && len > 0;

                    cr_assert_eq(found == at, touches, "%s %u in %zu+%zu", leaf->field.name, at,
                                 low, len);
                    if (touches) {
                        found = meeple__leaf_touching(leaf, at + 1, low, low + len);
                    }
                }
                cr_assert_eq(found, leaf->count);
            }
        }
    }
    free(layout);
}

/* Neither what lies between members, nor what is behind a text or does not exist. */
Test(layout, compares_state_and_nothing_else)
{
    struct meeple__layout *layout = layout_of(&deck_class);
    struct deck left, right;
    char same[] = "x";

    memset(&left, 0x55, sizeof left);
    memset(&right, 0xaa, sizeof right);
    for (struct deck *deck = &left; deck; deck = deck == &left ? &right : NULL) {
        deck->top = (struct card){.rank = 1};
        deck->hand_count = 1;
        deck->hands[0].count = 1;
        deck->hands[0].label[0] = '\0';
        deck->hands[0].weight = 0.5;
        deck->hands[0].cards[0].rank = 1;
        deck->hands[0].cards[0].suit = CLUBS;
        deck->hands[0].cards[0].note = deck == &left ? NULL : "";
        deck->chip_count = 2;
        deck->chips[0] = deck->chips[1] = 3;
        deck->title = NULL;
        deck->names[0] = deck->names[1] = deck == &left ? "x" : same;
        deck->blob = (meeple_bytes){NULL, 0};
        deck->value = meeple_value_nil();
        deck->value_count = 0;
    }
    cr_expect(meeple__layout_same(layout, &left, &right));
    left.title = "only spawned";
    left.hands[0].label[3] = 'x';
    left.local = 'x';
    cr_expect(meeple__layout_same(layout, &left, &right));
#define EXPECT_DIFFERENT(member, value)                                                            \
    do {                                                                                           \
        struct deck before = left;                                                                 \
        left.member = (value);                                                                     \
        cr_expect_not(meeple__layout_same(layout, &left, &right), #member);                        \
        left = before;                                                                             \
    } while (0)
    EXPECT_DIFFERENT(top.suit, SPADES);
    EXPECT_DIFFERENT(hand_count, 2);
    EXPECT_DIFFERENT(hands[0].label[0], 'x');
    EXPECT_DIFFERENT(hands[0].count, 0);
    EXPECT_DIFFERENT(hands[0].cards[0].rank, 2);
    EXPECT_DIFFERENT(hands[0].cards[0].note, "x");
    EXPECT_DIFFERENT(chips[1], 4);
    EXPECT_DIFFERENT(names[1], "y");
    EXPECT_DIFFERENT(blob, ((meeple_bytes){(const uint8_t *)"", 1}));
    EXPECT_DIFFERENT(value, meeple_value_int(0));
    cr_expect(meeple__layout_same(layout, &left, &right));
    free(layout);
}

Test(layout, bounds_what_is_pointed_at_and_what_exists)
{
    struct meeple__layout *layout = layout_of(&deck_class);
    struct deck deck = {.top = {.rank = 1}, .chips = {0, 0, 101}, .chip_count = 2};
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__layout_check(layout, &deck, &why), 0, "%s", why.text);
#define EXPECT_FAULT(member, value, text_)                                                         \
    do {                                                                                           \
        struct deck before = deck;                                                                 \
        deck.member = (value);                                                                     \
        meeple__sentence_init(&why);                                                               \
        cr_expect_eq(meeple__layout_check(layout, &deck, &why), MEEPLE_EINVAL);                    \
        cr_expect_str_eq(why.text, text_);                                                         \
        deck = before;                                                                             \
    } while (0)
    EXPECT_FAULT(chip_count, 3, "field 'chips' is 101, allowed 1..100");
    EXPECT_FAULT(chip_count, 6, "field 'chip_count' is 6, allowed 0..5");
    EXPECT_FAULT(hand_count, 5, "field 'hand_count' is 5, allowed 0..4");
    EXPECT_FAULT(top.rank, 14, "field 'top.rank' is 14, allowed 1..13");
    EXPECT_FAULT(names[1], "thirteen long", "field 'names' is 13 bytes long, allowed 0..12");
    EXPECT_FAULT(names[0], "\xff", "field 'names' is not UTF-8");
    EXPECT_FAULT(blob.len, 1, "field 'blob' has a length and no bytes");
    EXPECT_FAULT(value, ((meeple_value){.kind = MEEPLE_VALUE_ARRAY, .count = 1}),
                 "field 'value' ends too early");
    layout->value_max = 10;
    EXPECT_FAULT(names[0], "ten letters",
                 "field 'names' is 12 bytes long, more than value_bytes_max, 10");
    free(layout);
}

struct board {
    uint8_t before;
    uint64_t cells[10];
    bool behind;
    int16_t last;
    int32_t local;
};
static const meeple_field board_fields[] = {
    MEEPLE_STATE(struct board, before), MEEPLE_STATE(struct board, cells),
    MEEPLE_STATE(struct board, behind), MEEPLE_STATE(struct board, last)};
static const meeple_state board_state = {.fields = board_fields,
                                         .field_count = MEEPLE_COUNT(board_fields),
                                         .size = sizeof(struct board)};
static const meeple_class board_class = {.name = "board", .state = &board_state};

Test(layout, compares_what_is_long_at_once)
{
    struct meeple__layout *layout = layout_of(&board_class);
    struct board left = {.local = 1}, right = {.local = 2};

    cr_assert_eq(layout->run_count, 3);
    cr_expect(layout->runs[1].solid);
    cr_expect_eq(layout->runs[1].offset, offsetof(struct board, cells));
    cr_expect_eq(layout->runs[1].len, sizeof left.cells + 1, "and behind");
    cr_expect(meeple__layout_same(layout, &left, &right));
    for (size_t at = 0; at < sizeof left; at++) {
        uint8_t *byte = (uint8_t *)&left + at;
        bool counts =
            at == 0 ||
            (at >= offsetof(struct board, cells) && at <= offsetof(struct board, behind)) ||
            (at >= offsetof(struct board, last) && at < offsetof(struct board, local));

        *byte ^= 1;
        cr_expect_eq(meeple__layout_same(layout, &left, &right), !counts, "%zu", at);
        *byte ^= 1;
    }
    free(layout);
}

static const meeple_state grid_state = {
    .fields = grid_fields, .field_count = MEEPLE_COUNT(grid_fields), .size = sizeof(struct grid)};
static const meeple_class grid_class = {.name = "grid", .state = &grid_state};

Test(layout, takes_rows_apart)
{
    static const struct {
        const char *name;
        uint32_t count, depth, dims[3], last, size;
    } leaves[] = {
        {"cells", 64, 2, {8, 8}, offsetof(struct grid, cells[7][7]), 1},
        {"names", 4, 1, {4}, offsetof(struct grid, names[3]), 32},
        {"places", 6, 2, {2, 3}, offsetof(struct grid, places[1][2]), sizeof(meeple_vec2)},
        {"flags", 2, 1, {2}, offsetof(struct grid, flags[0][1]), 1},
        {"thin", 3, 1, {3}, offsetof(struct grid, thin[2][0]), 1},
        {"words", 4, 2, {2, 2}, offsetof(struct grid, words[1][1]), sizeof(char *)},
        {"row_count", 1, 0, {0}, offsetof(struct grid, row_count), 1},
        {"rows", 12, 2, {4, 3}, offsetof(struct grid, rows[3][2]), 4},
        {"title_count", 1, 0, {0}, offsetof(struct grid, title_count), 2},
        {"titles", 3, 1, {3}, offsetof(struct grid, titles[2]), 6},
        {"rank_count", 1, 0, {0}, offsetof(struct grid, rank_count), 1},
        {"board.piece", 6, 2, {3, 2}, offsetof(struct grid, board[2][1].piece), 1},
        {"board.marks", 12, 3, {3, 2, 2}, offsetof(struct grid, board[2][1].marks[1]), 3},
    };
    struct meeple__layout *layout = layout_of(&grid_class);

    cr_assert_eq(layout->leaf_count, MEEPLE_COUNT(leaves));
    for (size_t i = 0; i < MEEPLE_COUNT(leaves); i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];

        cr_expect_str_eq(leaf->field.name, leaves[i].name);
        cr_expect_eq(leaf->count, leaves[i].count, "%s", leaves[i].name);
        cr_assert_eq(leaf->depth, leaves[i].depth, "%s", leaves[i].name);
        for (uint32_t dim = 0; dim < leaf->depth; dim++) {
            cr_expect_eq(leaf->dims[dim].count, leaves[i].dims[dim], "%s", leaves[i].name);
        }
        cr_expect_eq(meeple__leaf_offset(leaf, leaf->count - 1), leaves[i].last, "%s",
                     leaves[i].name);
        cr_expect_eq(meeple__slot_size(&leaf->field), leaves[i].size, "%s", leaves[i].name);
    }
    cr_expect_eq(layout->leaves[6].field.max, 4, "rows are counted");
    cr_expect_eq(layout->leaves[7].dims[0].counter, 6);
    cr_expect_eq(layout->leaves[7].dims[1].counter, MEEPLE__NO_COUNTER);
    free(layout);
}

Test(layout, tells_others_its_rows)
{
    struct meeple__layout *layout = layout_of(&grid_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    meeple__layout_write(layout, &sink);
    cr_expect_eq(sink.rc, 0);
    buf.len = 25;
    expect_bytes(buf, "05 63 65 6c 6c 73 43 00 02 08 00 08 00 05 6e 61 6d 65 73 74 20 00 01 04 00");
    meeple__buf_done(&buf, NULL);
    free(layout);
}

/* As deep as it gets: each of the structs in an array of arrays of the one around it. */
struct deep1 {
    uint8_t cells[2][2];
};
struct deep2 {
    struct deep1 in[2][2];
};
struct deep3 {
    struct deep2 in[2][2];
};
struct deep4 {
    struct deep3 in[2][2];
};
struct deep5 {
    struct deep4 in[2][2];
};
static const meeple_field deep1_fields[] = {MEEPLE_STATE(struct deep1, cells)};
static const meeple_field deep2_fields[] = {
    MEEPLE_STATE_STRUCT(struct deep2, in, struct deep1, deep1_fields)};
static const meeple_field deep3_fields[] = {
    MEEPLE_STATE_STRUCT(struct deep3, in, struct deep2, deep2_fields)};
static const meeple_field deep4_fields[] = {
    MEEPLE_STATE_STRUCT(struct deep4, in, struct deep3, deep3_fields)};
static const meeple_field deep5_fields[] = {
    MEEPLE_STATE_STRUCT(struct deep5, in, struct deep4, deep4_fields)};

Test(layout, has_room_for_all_dimensions)
{
    const meeple_state deep_state = {
        .fields = deep5_fields, .field_count = 1, .size = sizeof(struct deep5)};
    const meeple_class deep_class = {.name = "deep", .state = &deep_state};
    struct meeple__layout *layout = layout_of(&deep_class);

    cr_expect_eq(layout->slot_count, 1024);
    cr_expect_eq(layout->leaves[0].depth, MEEPLE__DIMS_MAX);
    for (uint32_t slot = 0; slot < 1024; slot++) {
        cr_expect_eq(meeple__leaf_offset(&layout->leaves[0], slot), slot);
    }
    free(layout);
}

static void expect_no_layout(const meeple_field *bad, size_t count, size_t size, const char *text)
{
    const meeple_state wrong = {.fields = bad, .field_count = count, .size = size};
    const meeple_class cls = {.name = "bad", .state = &wrong};
    struct meeple__layout *layout = NULL;
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__layout_new(&layout, NULL, &cls, NULL, &why), MEEPLE_EINVAL);
    cr_expect_null(layout);
    cr_expect_str_eq(why.text, text);
}

struct wrong {
    int32_t *numbers;
    int32_t number;
    bool yes;
    int32_t (*rows)[4];
    char (*texts)[4];
};

Test(layout, a_struct_hands_its_interval_down)
{
    const meeple_field paced[] = {
        MEEPLE_STATE_STRUCT(struct deck, top, struct card, card_fields, .interval_ms = 50)};
    const meeple_state paced_state = {
        .fields = paced, .field_count = 1, .size = sizeof(struct deck)};
    const meeple_class cls = {.name = "paced", .state = &paced_state};
    struct meeple__layout *layout = layout_of(&cls);

    cr_expect_eq(layout->rhythms.count, 1);
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        cr_expect_eq(layout->leaves[i].rhythm, 1);
        cr_expect_eq(layout->leaves[i].field.interval_ms, 50);
    }
    free(layout);
}

Test(layout, refuses_intervals_that_make_no_sense)
{
    const meeple_field spawned[] = {
        MEEPLE_STATE(struct piece, x, .flags = MEEPLE_ON_SPAWN, .interval_ms = 1)};
    const meeple_field both[] = {
        MEEPLE_STATE(struct piece, x, .flags = MEEPLE_ON_SPAWN | MEEPLE_ALWAYS)};
    meeple_field many[9];
    char names[9][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

    expect_no_layout(spawned, 1, sizeof(struct piece), "class bad: 'x' makes no sense");
    expect_no_layout(both, 1, sizeof(struct piece), "class bad: 'x' makes no sense");
    for (uint16_t i = 0; i < 9; i++) {
        many[i] = (meeple_field){.name = names[i],
                                 .type = MEEPLE_TYPE_U8,
                                 .offset = i,
                                 .size = 1,
                                 .interval_ms = i + 1U};
    }
    expect_no_layout(many, 9, 9, "class bad has more than 8 different intervals");
}

Test(layout, refuses_a_table_that_makes_no_sense)
{
    const meeple_field pointer[] = {MEEPLE_STATE(struct wrong, numbers)};
    const meeple_field rows[] = {MEEPLE_STATE(struct wrong, rows)};
    const meeple_field texts[] = {MEEPLE_STATE(struct wrong, texts)};
    const meeple_field span[] = {
        {.name = "span", .type = MEEPLE_TYPE_INTS, .size = sizeof(meeple_ints)}};
    const meeple_field uneven[] = {
        {.name = "uneven", .type = MEEPLE_TYPE_I32, .size = 24, .row = 16}};
    const meeple_field cut[] = {{.name = "cut", .type = MEEPLE_TYPE_I32, .size = 12, .row = 6}};
    const meeple_field twice[] = {MEEPLE_STATE(struct wrong, number),
                                  MEEPLE_STATE(struct wrong, number)};
    const meeple_field upside_down[] = {MEEPLE_STATE(struct wrong, number, .min = 2, .max = 1)};
    const meeple_field bounded[] = {MEEPLE_STATE(struct wrong, yes, .max = 1)};
    const meeple_field odd[] = {{.name = "odd", .type = MEEPLE_TYPE_I32, .size = 6}};
    const meeple_field flags[] = {
        {.name = "flags", .type = MEEPLE_TYPE_I32, .size = 4, .flags = 8}};
    const meeple_field seventh[] = {
        {.name = "seventh", .type = MEEPLE_TYPE_I32, .size = 4, .flags = 7 << 8}};
    const meeple_field two_groups[] = {
        MEEPLE_STATE(struct wrong, number, .flags = MEEPLE_OWNER_ONLY | MEEPLE_GROUP(1))};
    const meeple_field packed[] = {
        {.name = "packed", .type = MEEPLE_TYPE_I32, .offset = 2, .size = 4}};
    const meeple_field wrapped[] = {
        {.name = "wrapped", .type = MEEPLE_TYPE_I16, .offset = 65534, .size = 4}};
    const meeple_field nameless[] = {{.name = NULL, .type = MEEPLE_TYPE_I32, .size = 4}};
    const meeple_field many[] = {MEEPLE_STATE_STRUCT(struct deck, top, struct card, card_fields),
                                 MEEPLE_STATE(struct deck, top.rank)};
    const meeple_field deep[] = {
        {.name = "a", .fields = deep, .field_count = 1, .stride = 4, .size = 4}};
    const meeple_field number = MEEPLE_STATE(struct wrong, number, .count = "yes");
    meeple_field counted[4][1] = {{number}, {number}, {number}, {number}};
    const meeple_field weight[] = {MEEPLE_STATE(struct hand, weight, .flags = MEEPLE_ON_SPAWN)};
    const meeple_field spawned[] = {MEEPLE_STATE_STRUCT(
        struct deck, hands, struct hand, weight, MEEPLE_COUNTED_BY(struct deck, hand_count))};
    const meeple_field pair[] = {{.name = "list",
                                  .type = MEEPLE_TYPE_U8,
                                  .offset = 2,
                                  .size = 2,
                                  .count = "count",
                                  .count_type = MEEPLE_TYPE_U16}};
    const meeple_field odd_counts[] = {
        {.name = "odd", .fields = pair, .field_count = 1, .offset = 1, .stride = 4, .size = 4}};
    const meeple_field odd_strides[] = {
        {.name = "odd", .fields = pair, .field_count = 1, .stride = 5, .size = 10}};
    const meeple_field tableless[] = {{.name = "number", .fields = weight, .stride = 4, .size = 4}};
    const meeple_field structs[] = {
        {.name = "number", .fields = weight, .field_count = 1, .stride = 4, .size = 4, .max = 1}};
    const size_t size = sizeof(struct wrong);

    counted[0][0].count_type = MEEPLE_TYPE_I8;
    counted[1][0].count_type = MEEPLE_TYPE_U16;
    counted[1][0].count_offset = 1;
    counted[2][0].count_type = MEEPLE_TYPE_U8;
    counted[2][0].count_offset = sizeof(struct wrong);
    counted[3][0].count_type = MEEPLE_TYPE_U8;
    counted[3][0].count_offset = offsetof(struct wrong, number);

    expect_no_layout(pointer, 1, size,
                     "class bad: 'numbers' is a pointer, which is no state: nobody would own it");
    expect_no_layout(rows, 1, size,
                     "class bad: 'rows' is a pointer, which is no state: nobody would own it");
    expect_no_layout(texts, 1, size,
                     "class bad: 'texts' is a pointer, which is no state: nobody would own it");
    expect_no_layout(
        span, 1, size,
        "class bad: 'span' has its elements elsewhere, which is no state: nobody would "
        "own them");
    expect_no_layout(uneven, 1, size, "class bad: 'uneven' makes no sense");
    expect_no_layout(cut, 1, size, "class bad: 'cut' makes no sense");
    expect_no_layout(twice, 2, size, "class bad: 'number' is there twice");
    expect_no_layout(upside_down, 1, size, "class bad: the bounds of 'number' make no sense");
    expect_no_layout(bounded, 1, size, "class bad: the bounds of 'yes' make no sense");
    expect_no_layout(odd, 1, size, "class bad: 'odd' makes no sense");
    expect_no_layout(odd, 1, 3, "class bad: 'odd' makes no sense");
    expect_no_layout(packed, 1, size,
                     "class bad: 'packed' is not aligned as C aligns it: is the struct packed?");
    /* What the count is to be read from, in the struct around it. */
    expect_no_layout(odd_counts, 1, size,
                     "class bad: 'odd.list' is not aligned as C aligns it: is the struct packed?");
    expect_no_layout(odd_strides, 1, size,
                     "class bad: 'odd.list' is not aligned as C aligns it: is the struct packed?");
    expect_no_layout(wrapped, 1, 65535, "class bad: 'wrapped' makes no sense");
    expect_no_layout(flags, 1, size, "class bad: 'flags' makes no sense");
    expect_no_layout(seventh, 1, size, "class bad: 'seventh' makes no sense");
    expect_no_layout(two_groups, 1, size, "class bad: 'number' makes no sense");
    expect_no_layout(nameless, 1, size, "class bad has a field of state without a name");
    expect_no_layout(many, MEEPLE_COUNT(many), sizeof(struct deck),
                     "class bad: 'top.rank' is there twice");
    expect_no_layout(deep, 1, size, "class bad: 'a.a.a.a.a' has structs nested too deep");
    expect_no_layout(counted[0], 1, size, "class bad: 'number' makes no sense");
    expect_no_layout(counted[1], 1, size,
                     "class bad: 'number' is not aligned as C aligns it: is the struct packed?");
    expect_no_layout(counted[2], 1, size, "class bad: 'number' makes no sense");
    expect_no_layout(counted[3], 1, size, "class bad: 'number' is there twice");
    expect_no_layout(spawned, 1, sizeof(struct deck),
                     "class bad: 'hands.weight' is only spawned, but comes and goes with a count");
    expect_no_layout(tableless, 1, size, "class bad: 'number' makes no sense");
    expect_no_layout(structs, 1, size, "class bad: the bounds of 'number' make no sense");
    expect_no_layout(NULL, 0, size,
                     "class bad has no state of 1 to 255 fields in 1 to 65535 bytes");
    expect_no_layout(fields, MEEPLE_COUNT(fields), 65536,
                     "class bad has no state of 1 to 255 fields in 1 to 65535 bytes");
}
